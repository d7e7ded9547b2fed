// The points of a figure as the rows of a table.
//
// A figure's `layout.meta` is {first: the head of the first column, opens: whether a day is a link};
// without it the first column is the first of a trace's own. A trace's column has the trace's name,
// or several the names in `meta`, and its cells are the trace's `customdata`.
(function () {
  "use strict";

  function element(type, children, props = {}) {
    return { type, namespace: "dash_html_components", props: { children, ...props } };
  }

  // Texts of a figure are a little HTML.
  function plain(text) {
    return String(text).replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  }

  function place(trace) {
    return trace.labels || trace.x;
  }

  function columns({ data, layout: { meta } }) {
    const first = meta?.first ? [meta.first] : [];
    return [...first, ...data.flatMap((trace) => trace.meta || [trace.name])];
  }

  function cells(trace, at) {
    const index = place(trace).indexOf(at);
    const found = index < 0 ? [] : [trace.customdata[index]].flat();
    return (trace.meta || [trace.name]).map((_, n) => plain(found[n] ?? ""));
  }

  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  function day(text) {
    const [year, month, number] = text.split("-").map(Number);
    return `${number} ${months[month - 1]} ${year}`;
  }

  function head(at, meta) {
    const words = /^\d{4}-\d\d-\d\d$/.test(at) ? day(at) : String(at);
    if (!meta.opens) {
      return words;
    }
    const change = { start_date: at, end_date: at, preset: "" };
    const href = `?start_date=${at}&end_date=${at}`;
    return element("A", words, { href, "data-change": JSON.stringify(change) });
  }

  function row(at, { data, layout: { meta } }) {
    const own = data.flatMap((trace) => cells(trace, at));
    const [first, ...rest] = meta?.first ? [head(at, meta), ...own] : own;
    return element("Tr", [
      element("Th", first, { scope: "row" }),
      ...rest.map((words) => element("Td", words)),
    ]);
  }

  function table(figure) {
    const heads = columns(figure).map((words) => element("Th", words, { scope: "col" }));
    const body = place(figure.data[0]).map((at) => row(at, figure));
    const parts = [element("Thead", element("Tr", heads)), element("Tbody", body)];
    const tree = element("Table", parts, { className: "chart-table__rows" });
    return { type: "Tree", namespace: "dbspend360", props: { tree } };
  }

  // Nothing is made before somebody has asked for it.
  function rows(figure, clicks) {
    if (!clicks) {
      return window.dash_clientside.no_update;
    }
    return figure ? table(figure) : element("P", "There is nothing to show.");
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.chart_table = { rows };
})();
