// The URL is the only filter state. Controls, links, rows and charts change the URL; everything
// on the page follows it, whoever changed it: a click, a pasted link, back or forward.
window.dash_clientside = window.dash_clientside || {};

(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;

  // What the table and the dialog need but the overview does not.
  const NOT_OVERVIEW = ["group_by", "sort", "where", "alerts", "run"];
  // What `follow` last gave the controls: an equal value is no change of the person's.
  const last = { preset: null, start: null, end: null, job: "", group: null, open: false };
  let asked = null; // the view the overview was asked last
  let run_asked = null; // the run and view the breakdown was asked last
  let again = 0; // counts refreshes and retries

  function params() {
    return new URLSearchParams(window.location.search);
  }

  function text(found) {
    const written = found.toString();
    return written ? `?${written}` : "";
  }

  // Changes the URL: `change` maps names to values; "" or null drops the name.
  function go(change) {
    const found = params();
    for (const [name, value] of Object.entries(change)) {
      found.delete(name);
      for (const each of [value].flat()) {
        if (each !== "" && each !== null && each !== undefined) {
          found.append(name, each);
        }
      }
    }
    const search = text(found);
    if (search === text(params())) {
      return;
    }
    window.history.pushState({}, "", window.location.pathname + search);
    if (asked !== null) {
      // Dash takes its time to tell `follow`: the server can begin now.
      ask_what_is_new(overviewQuery(), params().get("run"));
      window.table_goes?.();
    }
    window.dispatchEvent(new PopStateEvent("popstate"));
  }

  function overviewQuery() {
    const found = params();
    NOT_OVERVIEW.forEach((name) => found.delete(name));
    return found.toString();
  }

  // Asks the overview again, and the table after it; `forget` makes the server ask the warehouse.
  function ask_again(forget) {
    again += 1;
    document.body.classList.add("is-refreshing");
    window.dash_clientside.set_props("view", { data: { query: overviewQuery(), again, forget } });
    const run = params().get("run");
    if (run) {
      window.dash_clientside.set_props("run-question", { data: { run, query: overviewQuery(), again } });
    }
  }

  // Questions go out by set_props, not as an output of `follow`: the answer comes back to
  // `follow`, and Dash does not run circles.
  function ask_what_is_new(query, run) {
    if (asked !== query) {
      asked = query;
      window.dash_clientside.set_props("view", { data: { query, again, forget: false } });
    }
    const question = run && `${run}?${query}`;
    if (question && question !== run_asked) {
      window.dash_clientside.set_props("run-question", { data: { run, query, again } });
    }
    run_asked = question || null;
  }

  // Values that did not change stay: a control is not touched while somebody types in it.
  function differing(wanted) {
    const given = {};
    for (const [name, value] of Object.entries(wanted)) {
      given[name] = value === last[name] ? keep() : value;
      last[name] = value;
    }
    return given;
  }

  function follow(search, shown) {
    const found = params();
    const query = overviewQuery();
    // The server says what dates a preset means and what it made of an odd link.
    const known = shown && shown.asked === query ? shown : null;
    const run = found.get("run") || "";
    const explicit = found.has("start_date") || found.has("end_date");
    const controls = differing({
      preset: known ? known.preset : explicit ? null : found.get("preset") || "last_30_days",
      start: known ? known.start_date : found.get("start_date") || last.start,
      end: known ? known.end_date : found.get("end_date") || last.end,
      job: known ? known.job_name : found.get("job_name") || "",
      group: window.table_group(),
      open: Boolean(run),
    });
    ask_what_is_new(query, run);
    document.getElementById("alerts-only")?.setAttribute("aria-pressed", String(found.has("alerts")));
    setTimeout(show_chosen_preset, 200);
    return [
      controls.preset,
      controls.start,
      controls.end,
      controls.job,
      controls.group,
      controls.open,
      ...window.spend_exports.links(),
    ];
  }

  // On a phone the presets scroll sideways: the chosen one must be seen.
  function show_chosen_preset() {
    const chosen = document.querySelector(".pills__label--on");
    const row = chosen?.closest(".pills");
    if (row && row.scrollWidth > row.clientWidth) {
      row.scrollLeft = chosen.offsetLeft - row.clientWidth / 2 + chosen.offsetWidth / 2;
    }
  }

  function changed(preset, start, end, job, group, open) {
    if (preset && preset !== last.preset) {
      last.preset = preset;
      go({ preset: preset === "last_30_days" ? "" : preset, start_date: "", end_date: "" });
    } else if (start && end && (start !== last.start || end !== last.end)) {
      Object.assign(last, { start, end });
      go({ start_date: start.slice(0, 10), end_date: end.slice(0, 10), preset: "" });
    }
    if ((job || "") !== last.job) {
      last.job = job || "";
      go({ job_name: last.job });
    }
    if (group && group !== last.group) {
      last.group = group;
      go({ group_by: group === "run" ? "" : group, sort: "", where: "" });
    }
    if (last.open && !open) {
      last.open = false;
      go({ run: "" });
    }
    return keep();
  }

  // A row's id says what a click on it changes: see dashboard/grid_rows.py.
  function row_clicked(cell) {
    if (cell && cell.rowId && !String(window.getSelection())) {
      const change = new URLSearchParams(cell.rowId.replace(/#\d+$/, ""));
      go(Object.fromEntries(change));
    }
    return keep();
  }

  function day_clicked(click) {
    const day = click && click.points && click.points[0] && click.points[0].x;
    if (day) {
      const date = String(day).slice(0, 10);
      go({ start_date: date, end_date: date, preset: "" });
    }
    return keep();
  }

  function alerts_only() {
    go({ alerts: params().has("alerts") ? "" : "only" });
  }

  function clear() {
    window.history.pushState({}, "", window.location.pathname);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }

  window.dash_clientside.view = { follow, changed, row_clicked, day_clicked };
  window.spend_view = { go, params, alerts_only, clear, ask_again };
})();
