// What Dash's date picker leaves unsaid for whoever does not see it.
(function () {
  "use strict";

  // Dash writes `aria-expanded` at a box that is neither a button nor a field.
  function mend_box(box) {
    box.removeAttribute("aria-expanded");
    box.removeAttribute("aria-haspopup");
    box.removeAttribute("aria-labelledby");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Days shown");
  }

  function mend_calendar(calendar) {
    calendar.setAttribute("aria-label", "Choose the first and the last day");
    calendar.querySelector("input[type=number]")?.setAttribute("aria-label", "Year");
  }

  const watching = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.hasAttribute("aria-expanded")) {
        mend_box(target);
      }
    }
  });

  // The calendar comes as a child of the body, and so does the page.
  new MutationObserver(() => {
    document.querySelectorAll(".dash-datepicker-content:not([aria-label])").forEach(mend_calendar);
  }).observe(document.body, { childList: true });

  function begin() {
    const box = document.getElementById("filter-dates-wrapper");
    if (!box) {
      setTimeout(begin, 100);
      return;
    }
    mend_box(box);
    watching.observe(box, { attributeFilter: ["aria-expanded"] });
  }

  begin();
})();
