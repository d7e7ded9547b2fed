// The page's picture from the server goes when the page is there. See dashboard/shell.py.
(function () {
  "use strict";
  const entry = document.getElementById("react-entry-point");

  const watching = new MutationObserver(() => {
    if (!entry.querySelector("._dash-loading")) {
      watching.disconnect();
      document.getElementById("shell")?.remove();
    }
  });
  watching.observe(entry, { childList: true, subtree: true });
})();
