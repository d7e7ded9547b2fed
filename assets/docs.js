// The forms of /api/docs: what is left empty is not asked, and a part of the address goes there.
(function () {
  "use strict";
  document.querySelectorAll("form.try").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = new URLSearchParams();
      let address = form.getAttribute("action");
      new FormData(form).forEach((value, name) => {
        if (form.elements[name].dataset.in === "path") {
          address = address.replace(`{${name}}`, encodeURIComponent(value));
        } else if (value) {
          asked.append(name, value);
        }
      });
      const query = asked.toString();
      window.open(query ? `${address}?${query}` : address, "_blank", "noopener");
    });
  });
})();
