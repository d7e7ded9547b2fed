// Keeps the grid and the URL in step, and carries the grid's requests to the server.
//
// A request goes out only when columns, order and conditions of the grid are those of the URL.
// Where they differ, the grid is on its way there: it takes them over bit by bit, and asks anew
// after each bit. Only what a person does in the grid goes the other way, from the grid to the URL.
(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;

  let choices = null; // per grouping: definitions, options, kinds, default order
  let group = null; // the grouping whose columns the grid has now
  let applied = null; // the search whose order and conditions the grid has been given
  let insisted = null; // the search for which the grid's state is taken as it is
  let listening = false;
  let is_learning = false; // the URL is being told what the grid has
  let table_query = null; // the query behind the rows now in the grid
  let asked = null; // what the server was asked last: query, first and last row
  let pending = null; // the grid's request that waits for an answer
  let latest = null; // the last answer, its question and when it came
  let counted = null; // the query whose rows are counted, and how many they are
  let token = 0;

  const known_groups = ["run", "job", "cluster", "day", "record"];

  window.table_group = function () {
    const asked = window.spend_view.params().get("group_by");
    return known_groups.includes(asked) ? asked : "run";
  };

  // ---- order and conditions, as the URL says them

  function wanted_sort() {
    const text = window.spend_view.params().get("sort") || "";
    const { kinds, sort } = choices[group];
    return text.replace("-", "") in kinds ? text : sort;
  }

  function filter_type(kind) {
    return { day: "date", count: "number", money: "number" }[kind] || "text";
  }

  function filter_of(where) {
    const [column, operator, ...rest] = where.split(".");
    const kind = choices[group].kinds[column];
    if (!kind || !choices[group].tests[column].includes(operator)) {
      return null;
    }
    const [from, to] = operator === "inRange" ? rest.join(".").split("..") : [rest.join(".")];
    const filterType = filter_type(kind);
    const base = { filterType, type: operator };
    if (operator === "blank" || operator === "notBlank") {
      return [column, base];
    }
    if (filterType === "date") {
      return [column, { ...base, dateFrom: `${from} 00:00:00`, dateTo: to ? `${to} 00:00:00` : null }];
    }
    const value = (each) => (filterType === "number" ? Number(each) : each);
    const end = to === undefined ? {} : { filterTo: value(to) };
    const model = { ...base, filter: value(from), ...end };
    return Number.isNaN(model.filter) || model.filter === "" ? null : [column, model];
  }

  function wanted_filters() {
    const found = window.spend_view.params().getAll("where").map(filter_of);
    return Object.fromEntries(found.filter(Boolean));
  }

  // ---- order and conditions, as the grid has them

  function grid_sort(api) {
    const sorted = api.getColumnState().find((each) => each.sort);
    return sorted ? (sorted.sort === "desc" ? "-" : "") + sorted.colId : "";
  }

  function where_of([column, model]) {
    const day = (each) => String(each).slice(0, 10);
    const ends =
      model.filterType === "date" ? [day(model.dateFrom), day(model.dateTo)] : [model.filter, model.filterTo];
    const value = model.type === "inRange" ? ends.join("..") : (ends[0] ?? "");
    return `${column}.${model.type}.${/lank$/.test(model.type) ? "" : value}`;
  }

  function wheres(filters) {
    return Object.entries(filters || {}).map(where_of).sort();
  }

  function same(one, other) {
    return one.join("\n") === other.join("\n");
  }

  function differs(api) {
    return {
      sort: grid_sort(api) !== wanted_sort(),
      filters: !same(wheres(api.getFilterModel()), wheres(wanted_filters())),
    };
  }

  function apply(api, differing) {
    applied = window.location.search;
    if (differing.sort) {
      const text = wanted_sort();
      api.applyColumnState({
        state: [{ colId: text.replace("-", ""), sort: text.startsWith("-") ? "desc" : "asc" }],
        defaultState: { sort: null },
      });
    }
    if (differing.filters) {
      api.setFilterModel(wanted_filters());
    }
    insist(800);
  }

  // A person sorted or filtered in the grid: the URL learns of it.
  function listen(api) {
    if (!listening) {
      listening = true;
      api.addEventListener("sortChanged", ({ source }) => source === "uiColumnSorted" && learn(api));
      api.addEventListener("filterChanged", ({ source }) => source === "columnFilter" && learn(api));
    }
  }

  function learn(api) {
    const sort = grid_sort(api);
    const { sort: usual } = choices[group];
    const change = { sort: sort === usual ? "" : sort, where: wheres(api.getFilterModel()) };
    is_learning = true; // the grid asks by itself: nothing to follow
    window.spend_view.go(change);
    is_learning = false;
    applied = window.location.search;
    table_query = rows_query();
    insist(80);
  }

  // ---- requests

  // The part of the URL that decides the rows.
  function rows_query() {
    const found = window.spend_view.params();
    found.delete("run");
    return found.toString();
  }

  // How many rows the view has; null while that is not known.
  window.table_rows = () => (counted?.query === rows_query() ? counted.rows : null);

  function frame() {
    return document.getElementById("spend-grid-frame");
  }

  function busy(is_busy) {
    frame()?.classList.toggle("table-frame--busy", is_busy);
  }

  function drop_pending() {
    // A request that nobody answers blocks all later ones.
    pending?.failCallback();
    pending = null;
  }

  // Whether the grid has the columns of the grouping that the URL names, and not still others.
  function has_columns(api) {
    const wanted = Object.keys(choices[group].kinds);
    const found = (api.getColumns() || []).map((each) => each.getColId());
    return found.length === wanted.length + 1 && wanted.every((each) => found.includes(each));
  }

  // New columns come a moment after `follow` has given them. A new grid and a new order make the
  // grid ask by itself; if it does not within `patience` milliseconds, it is asked to.
  function reload_with_new_columns(patience, tries = 300) {
    window.dash_ag_grid.getApiAsync("spend-grid").then((api) => {
      if (!has_columns(api)) {
        setTimeout(() => tries && reload_with_new_columns(patience, tries - 1), 20);
      } else {
        insist(patience);
      }
    });
  }

  // The grid asks by itself after most changes. When it has not within `patience` milliseconds, it
  // is made to, and its question goes out even if it could not take over all that the URL says.
  function insist(patience, tries = 150) {
    setTimeout(async () => {
      const api = await window.dash_ag_grid.getApiAsync("spend-grid");
      if (asked?.query === rows_query()) {
        return;
      }
      if (tries && is_asking(api)) {
        insist(20, tries - 1);
      } else {
        insisted = window.location.search;
        reload();
      }
    }, patience);
  }

  // Whether the grid has made a request that has not come to `ask` yet: on a busy machine it takes
  // longer than our patience, and a second one would ask the warehouse twice.
  function is_asking(api) {
    const states = Object.values(api.getCacheBlockState() || {}).map((each) => each.pageStatus);
    return !pending && states.some((each) => each === "loading" || each === "needsLoading");
  }

  // The grid already has another order or other conditions than when it made this request, so the
  // next request is on its way. Without an order the columns are not there yet.
  function is_stale({ api, sortModel, filterModel }) {
    const [first] = sortModel;
    const sort = first ? (first.sort === "desc" ? "-" : "") + first.colId : "";
    return !sort || sort !== grid_sort(api) || !same(wheres(filterModel), wheres(api.getFilterModel()));
  }

  // A grid that takes over order and conditions bit by bit may ask once more for the rows that it
  // has just got. `reload` forgets them: then they are asked for because they may have changed.
  const fresh_milliseconds = 10_000;

  function is_answered(question) {
    const is_same = latest && JSON.stringify(question) === JSON.stringify(latest.question);
    return is_same && performance.now() - latest.at < fresh_milliseconds;
  }

  function ask(request, data) {
    choices = data;
    const api = request && request.api;
    if (!api || !group || !has_columns(api) || is_stale(request)) {
      request?.failCallback?.(); // unanswered, it would hold up the next one
      return keep();
    }
    listen(api);
    const differing = differs(api);
    if ((differing.sort || differing.filters) && insisted !== window.location.search) {
      request.failCallback();
      if (applied !== window.location.search) {
        apply(api, differing);
      }
      return keep(); // the grid asks again when it is there
    }
    applied = window.location.search;
    table_query = rows_query();
    const question = { query: table_query, start: request.startRow, end: request.endRow };
    const is_same = pending && JSON.stringify(question) === JSON.stringify(asked);
    if (pending && !is_same) {
      drop_pending();
    }
    pending = request;
    if (is_same) {
      return keep(); // the answer on its way serves this request too
    }
    asked = question;
    token += 1; // an answer on its way to something else comes too late
    if (is_answered(question)) {
      give(latest.answer);
      return keep();
    }
    busy(true);
    return { token, ...question };
  }

  const titles = { run: "Runs", job: "Jobs", cluster: "Clusters", day: "Days", record: "Records" };

  function deliver(answer) {
    if (!answer || !pending || (answer.token ?? token) !== token) {
      return [keep(), keep(), keep()];
    }
    if (answer.error) {
      latest = null;
      drop_pending();
      busy(false);
      return [titles[group], answer.late ? waiting() : failure(answer), null];
    }
    latest = { question: asked, answer, at: performance.now() };
    give(answer);
    const number = answer.count.toLocaleString("en-US");
    const count = element("Span", { className: "panel__count", children: number });
    const old = answer.old && element("Span", { className: "panel__old", "data-as-of": answer.old });
    return [[titles[group], " ", count, " ", old].filter(Boolean), null, answer.messages];
  }

  // Hands the rows to the request that waits for them.
  function give(answer) {
    const request = pending;
    pending = null;
    counted = { query: asked.query, rows: answer.count };
    busy(false);
    request.successCallback(answer.rows, answer.count);
    request.api.setGridOption("pinnedBottomRowData", answer.count ? [answer.total] : []);
    frame()?.classList.toggle("table-frame--empty", !answer.count);
    if (answer.count) {
      request.api.hideOverlay();
    } else {
      request.api.showNoRowsOverlay();
    }
  }

  function element(type, props) {
    return { type, namespace: "dash_html_components", props };
  }

  function waiting() {
    return element("Div", {
      className: "state state--waiting state--over",
      role: "status",
      "data-watch": "warehouse",
      children: "The table will be here as soon as the warehouse answers.",
    });
  }

  function failure({ error: words, watch, check }) {
    const retry = element("Button", { className: "button", "data-action": "retry", children: "Retry" });
    const mend = element("A", { className: "button", href: "/check", children: "What is wrong?" });
    return element("Div", {
      className: "state state--failure state--over",
      role: "alert",
      ...(watch ? { "data-watch": "warehouse" } : {}),
      children: [
        element("Span", { children: [element("Strong", { children: "The table could not be loaded. " }), words] }),
        element("Div", { className: "state__actions", children: check ? [retry, mend] : [retry] }),
      ],
    });
  }

  window.table_unreachable = function () {
    if (pending) {
      drop_pending();
      busy(false);
    }
  };

  // Lets the grid ask for its rows again, from the top. Those it has stay, dimmed, until the answer
  // is there: a table that is emptied first is drawn twice, and asks only then. Of who has gone far
  // down, block after block would be asked for again.
  function ask_for_rows(api) {
    api.paginationGoToFirstPage(); // first, or the page that was shown is asked for as well
    if (Object.keys(api.getCacheBlockState() || {}).length > 1) {
      api.purgeInfiniteCache();
    } else {
      api.refreshInfiniteCache();
    }
    api.hideOverlay(); // "No rows" was said of the view before
  }

  function reload() {
    latest = null;
    window.dash_ag_grid.getApiAsync("spend-grid").then((api) => {
      const differing = differs(api);
      drop_pending();
      if ((differing.sort || differing.filters) && insisted !== window.location.search) {
        apply(api, differing);
      } else {
        applied = window.location.search;
        ask_for_rows(api);
      }
    });
  }

  // A table that has not come yet, or has not asked yet, will ask for what the URL says then.
  function reload_what_is_there() {
    if (asked) {
      reload();
    }
  }

  // ---- following the URL

  let refreshed = 0;

  // The same rows' columns with other dates or filters need not wait until `follow` is told.
  window.table_goes = function () {
    if (!is_learning && group === window.table_group() && rows_query() !== table_query) {
      table_query = rows_query();
      reload_what_is_there();
    }
  };

  function follow(search, shown, data) {
    choices = data;
    const wanted = window.table_group();
    if (wanted !== group) {
      const is_first = group === null;
      const as_laid_out = is_first && wanted === "run" && !stored(wanted) && !narrow.matches;
      group = wanted;
      table_query = rows_query();
      reload_with_new_columns(is_first ? 1500 : 80);
      if (as_laid_out) {
        return [keep(), data[wanted].options, data[wanted].shown];
      }
      return new_columns(wanted, data[wanted]);
    }
    const again = (shown && shown.again) || 0;
    if (again !== refreshed) {
      refreshed = again;
      document.body.classList.remove("is-refreshing");
      reload_what_is_there();
    } else if (rows_query() !== table_query) {
      table_query = rows_query();
      reload_what_is_there();
    }
    return [keep(), keep(), keep()];
  }

  const narrow = window.matchMedia("(width <= 900px)");

  // On a phone or a tablet the total stands next to the name, not five columns away.
  function total_in_sight(defs) {
    const [first, ...rest] = defs;
    const is_total = (each) => each.field === "total_cost";
    const name = { ...first, minWidth: window.innerWidth > 640 ? 260 : 150, flex: 1 };
    return [name, { ...rest.find(is_total), width: 115 }, ...rest.filter((each) => !is_total(each))];
  }

  function new_columns(name, { defs, options, shown }) {
    const wanted = wanted_sort();
    const visible = stored(name) || shown;
    const ordered = narrow.matches ? total_in_sight(defs) : defs;
    const changed = ordered.map((each) => ({
      ...each,
      hide: each.field ? !visible.includes(each.field) : false,
      sort: each.field === wanted.replace("-", "") ? (wanted.startsWith("-") ? "desc" : "asc") : null,
    }));
    return [changed, options, visible];
  }

  // ---- which columns are shown, remembered in this browser

  function stored(name) {
    try {
      const found = JSON.parse(localStorage.getItem(`columns-${name}`));
      return Array.isArray(found) && found.length ? found : null;
    } catch {
      return null;
    }
  }

  function choose_columns(shown, options) {
    if (!shown || !options) {
      return keep();
    }
    const all = options.map((each) => each.value);
    window.dash_ag_grid.getApiAsync("spend-grid").then((api) => {
      api.setColumnsVisible(all.filter((each) => shown.includes(each)), true);
      api.setColumnsVisible(all.filter((each) => !shown.includes(each)), false);
    });
    try {
      const usual = choices[group].shown;
      const same = usual.length === shown.length && usual.every((each) => shown.includes(each));
      if (same) {
        localStorage.removeItem(`columns-${group}`);
      } else {
        localStorage.setItem(`columns-${group}`, JSON.stringify(shown));
      }
    } catch {
      // then it lasts as long as the page
    }
    return keep();
  }

  window.dash_clientside.table = { follow, ask, deliver, choose_columns };
})();
