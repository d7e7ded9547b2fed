// The "?" beside a figure shows its definition: a click, Enter or Space opens it, Escape shuts it.
(function () {
  "use strict";
  const gap = 6;
  let button = null; // whose words are shown
  let shown = null;
  let was_in_sight = false; // a page that scrolls smoothly may still be on its way to the button

  function written(name, words, className) {
    const found = document.createElement(name);
    found.textContent = words;
    found.className = className;
    return found;
  }

  function definition(name) {
    const title = document.querySelector(`#definitions [data-definition="${name}"]`);
    return [
      written("strong", title.textContent, "explanation__title"),
      written("p", title.nextElementSibling.textContent, "explanation__words"),
    ];
  }

  function place() {
    const at = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = shown;
    const left = Math.min(Math.max(8, at.left - 12), window.innerWidth - width - 8);
    const fits_below = at.bottom + gap + height <= window.innerHeight - 8;
    const top = fits_below ? at.bottom + gap : Math.max(8, at.top - gap - height);
    Object.assign(shown.style, { left: `${left}px`, top: `${top}px` });
  }

  function open(target) {
    button = target;
    shown = document.createElement("div");
    shown.className = "explanation";
    shown.tabIndex = -1;
    shown.setAttribute("role", "dialog");
    shown.setAttribute("aria-label", target.getAttribute("aria-label"));
    shown.append(...target.dataset.explain.split(" ").flatMap(definition));
    // Inside a dialog, for it keeps the focus to itself.
    (target.closest(".modal-content") || document.body).append(shown);
    shown.popover = "manual";
    shown.showPopover();
    place();
    button.setAttribute("aria-expanded", "true");
    was_in_sight = is_in_sight(button);
    shown.focus({ preventScroll: true });
  }

  function shut(gives_focus_back) {
    if (!shown) {
      return;
    }
    const [old, its_button] = [shown, button];
    shown = button = null;
    its_button.setAttribute("aria-expanded", "false");
    if (gives_focus_back) {
      its_button.focus({ preventScroll: true });
    }
    old.remove();
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-explain]");
    const again = target && target === button;
    if (again || !shown?.contains(event.target)) {
      shut(Boolean(again));
    }
    if (target && !again) {
      open(target);
    }
  });

  // Before a dialog hears of it: Escape shuts the words alone. Tab goes on from the button.
  window.addEventListener(
    "keydown",
    (event) => {
      if (shown && event.key === "Escape") {
        event.preventDefault();
        event.stopImmediatePropagation();
        shut(true);
      } else if (shown && event.key === "Tab") {
        shut(true);
      }
    },
    true,
  );
  // The words stay beside their button, and go when it is gone.
  function follow(event) {
    if (!shown || shown.contains(event.target)) {
      return;
    }
    if (is_in_sight(button)) {
      was_in_sight = true;
      place();
    } else if (was_in_sight || !button.isConnected) {
      shut(false);
    }
  }

  function is_in_sight(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return element.isConnected && bottom > 0 && top < window.innerHeight;
  }

  window.addEventListener("scroll", follow, true);
  window.addEventListener("resize", () => shut(false));
})();
