// Keys that work anywhere but where somebody types: see dashboard/keys_dialog.py.
(function () {
  "use strict";
  const dialog = () => document.getElementById("keys");

  function are_on() {
    try {
      return localStorage.getItem("keys") !== "off";
    } catch {
      return true; // storage may be forbidden
    }
  }

  function show_whether_on() {
    const button = dialog().querySelector("[data-action='keys-on']");
    button.setAttribute("aria-pressed", String(are_on()));
    button.textContent = `Keys / and ? are ${are_on() ? "on" : "off"}`;
  }

  function open() {
    show_whether_on();
    dialog().showModal(); // keeps Tab inside, and gives the focus back when it is shut
    dialog().querySelector("[data-action='close-keys']").focus();
  }

  function switch_over() {
    try {
      localStorage.setItem("keys", are_on() ? "off" : "on");
    } catch {
      // then they stay as they are
    }
    show_whether_on();
  }

  function find() {
    const field = document.getElementById("filter-job");
    field?.focus();
    field?.select();
    return Boolean(field);
  }

  function help() {
    open();
    return true;
  }

  function is_typing({ target }) {
    return target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  }

  const keys = { "/": find, "?": help };

  document.addEventListener("keydown", (event) => {
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    const is_plain = !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
    const is_shut = !document.querySelector(".modal-content, dialog[open]");
    if (act && is_plain && is_shut && are_on() && !is_typing(event) && act()) {
      event.preventDefault();
    }
  });

  // A click beside the dialog shuts it, too.
  document.addEventListener("click", (event) => {
    if (event.target === dialog()) {
      dialog().close();
    }
  });

  // The content itself takes the focus: a link to it would only scroll there.
  document.addEventListener("click", (event) => {
    if (event.target.matches?.(".skip")) {
      event.preventDefault();
      document.getElementById("content").focus();
    }
  });

  window.key_help = { open, close: () => dialog().close(), switch_over };
})();
