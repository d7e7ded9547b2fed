// Large parts come when they come into sight, or somebody begins to use the page: the table's
// scripts alone are as large as all else. Their places are kept until then.
(function () {
  "use strict";
  const { createElement, lazy, Suspense, useEffect, useRef, useState } = window.React;
  const signs = ["pointermove", "pointerdown", "touchstart", "wheel", "keydown"];

  const begun = new Promise((resolve) => {
    function begin() {
      signs.forEach((each) => window.removeEventListener(each, begin, true));
      resolve();
    }
    signs.forEach((each) => window.addEventListener(each, begin, { capture: true, passive: true }));
  });

  function Missing() {
    const words = "This part could not be loaded. Check your connection and reload the page.";
    return createElement("div", { className: "state state--failure", role: "alert" }, words);
  }

  // A component like `load()`'s, which is only asked for when it is needed.
  function late(load) {
    const Part = lazy(async () => ({ default: await load().catch(() => Missing) }));

    return function Late(props) {
      const [wanted, want] = useState(false);
      const place = useRef(null);

      useEffect(() => {
        const found = () => want(true);
        const watching = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && found());
        watching.observe(place.current);
        begun.then(found);
        return () => watching.disconnect();
      }, []);

      const { id, className, style } = props;
      const empty = createElement("div", { ref: place, id, className: `${className} late`, style });
      return wanted ? createElement(Suspense, { fallback: empty }, createElement(Part, props)) : empty;
    };
  }

  function script(address) {
    return new Promise((resolve, reject) => {
      const found = document.createElement("script");
      found.src = address;
      found.onload = resolve;
      found.onerror = reject;
      document.head.append(found);
    });
  }

  const parts = window.dash_core_components;
  window.dash_core_components = { ...parts, Graph: late(async () => parts.Graph) };

  const { grid } = document.currentScript.dataset;
  if (grid) {
    let ready;
    const loaded = new Promise((resolve) => (ready = resolve));
    const AgGrid = late(async () => {
      await script(grid);
      const real = window.dash_ag_grid;
      // Dash looks the component up again and again: to it, it stays the same.
      window.dash_ag_grid = { ...real, AgGrid };
      ready(real);
      return real.AgGrid;
    });
    AgGrid.dashRenderType = true; // as the real one says
    window.dash_ag_grid = { AgGrid, getApiAsync: async (id) => (await loaded).getApiAsync(id) };
  }
})();
