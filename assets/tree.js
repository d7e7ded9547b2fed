// Draws what a callback need not reach: one component for Dash, however many elements it holds.
// Dash looks at every component of its own after every change. See dashboard/tree.py.
(function () {
  "use strict";
  const { createElement, Fragment, memo } = window.React;

  function drawn(tree) {
    if (Array.isArray(tree)) {
      return createElement(Fragment, null, ...tree.map(drawn));
    }
    if (tree === null || typeof tree !== "object") {
      return tree;
    }
    const { children = null, ...own } = tree.props;
    return createElement(tree.type.toLowerCase(), own, ...[children].flat().map(drawn));
  }

  window.dbspend360 = { Tree: memo(({ tree }) => drawn(tree)) };
})();
