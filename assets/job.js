// The page of one job: its address names the job, its query is the view of the dashboard.
window.dash_clientside = window.dash_clientside || {};

(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;
  const give = (store, data) => window.dash_clientside.set_props(store, { data });
  let asked = null; // the view that was asked last
  let run_asked = null;
  let open = false; // whether the breakdown should be
  let again = 0;

  function query() {
    const found = window.spend_view.params();
    found.delete("run");
    return found.toString();
  }

  function ask(forget) {
    asked = query();
    give("job-question", { path: window.location.pathname, query: asked, again, forget });
  }

  function ask_run(run) {
    const question = run && `${run}?${query()}`;
    if (question && question !== run_asked) {
      give("run-question", { run, query: query(), again });
    }
    run_asked = question || null;
  }

  function follow() {
    const run = window.spend_view.params().get("run") || "";
    if (asked !== query()) {
      ask(false);
    }
    ask_run(run);
    open = Boolean(run);
    return open;
  }

  function shut(is_open) {
    if (open && !is_open) {
      open = false;
      window.spend_view.go({ run: "" });
    }
    return keep();
  }

  function ask_again(forget) {
    again += 1;
    document.body.classList.add("is-refreshing");
    ask(forget);
    run_asked = null;
    ask_run(window.spend_view.params().get("run") || "");
  }

  function drawn() {
    document.body.classList.remove("is-refreshing");
    setTimeout(() => {
      const name = document.querySelector(".job__name")?.textContent;
      document.title = name ? `${name} · DBSpend360` : "Job · DBSpend360";
    });
    return keep();
  }

  window.dash_clientside.job = { follow, shut, drawn };
  window.job_page = { ask_again };
})();
