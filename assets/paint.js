// Figures come with the names of colours; here they get the colours of the theme.
(function () {
  "use strict";

  function painted(value, style) {
    if (typeof value === "string") {
      const name = /^var\((--[\w-]+)\)$/.exec(value);
      if (name) {
        return style.getPropertyValue(name[1]).trim();
      }
      return value === "inherit" ? getComputedStyle(document.body).fontFamily : value;
    }
    if (Array.isArray(value)) {
      return value.map((each) => painted(each, style));
    }
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, painted(each, style)]));
    }
    return value;
  }

  function blank() {
    const axis = { visible: false, fixedrange: true };
    const clear = "rgba(0,0,0,0)";
    return { data: [], layout: { xaxis: axis, yaxis: axis, paper_bgcolor: clear, plot_bgcolor: clear } };
  }

  function figure(source) {
    return source ? painted(source, getComputedStyle(document.documentElement)) : blank();
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.paint = { figure };
  window.addEventListener("theme", (event) => {
    window.dash_clientside.set_props?.("theme", { data: event.detail });
  });
})();
