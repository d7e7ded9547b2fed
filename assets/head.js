// Runs before the first paint: the theme, so that a dark page never flashes white, and our
// smaller build of plotly.js in place of the one that Dash would load.
(function () {
  "use strict";
  const own = document.currentScript;
  // Dash writes the address of its own build here later; ours stays.
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => own.dataset.plotly, set() {} });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage may be forbidden
    }
  }

  function apply() {
    const chosen = choice();
    const theme = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
    document.documentElement.dataset.bsTheme = theme;
    document.documentElement.dataset.themeChoice = chosen;
    window.dispatchEvent(new CustomEvent("theme", { detail: theme }));
  }

  window.chooseTheme = function (name) {
    try {
      localStorage.setItem("theme", name);
    } catch {
      // then it lasts as long as the page
    }
    apply();
  };

  // The line of the period before: shown, or hidden until somebody wants it again.
  window.showBefore = function () {
    const root = document.documentElement;
    root.dataset.before = root.dataset.before === "hidden" ? "shown" : "hidden";
    try {
      localStorage.setItem("before", root.dataset.before);
    } catch {
      // then it lasts as long as the page
    }
    return root.dataset.before;
  };
  try {
    document.documentElement.dataset.before = localStorage.getItem("before") || "shown";
  } catch {
    // storage may be forbidden
  }

  dark.addEventListener("change", apply);
  apply();
})();
