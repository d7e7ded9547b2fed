// The page /alerts: fills the form, asks for a trial as it changes, and carries deeds to the server.
window.dash_clientside = window.dash_clientside || {};

(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;
  const give = (store, data) => window.dash_clientside.set_props(store, { data });

  const PATIENCE = 300; // milliseconds after the last key before the form is tried
  // In the order of FIELDS in dashboard/alert_fields.py.
  const NAMES = [
    "amount_on",
    "threshold_amount",
    "percentage_on",
    "threshold_percentage",
    "minimum_increase_usd",
    "job_name",
    "dashboard_highlights",
    "email_notifications",
    "recipients",
    "digest_hour",
    "apprise_urls",
  ];
  const WITH_ERROR = [
    "alert-amount",
    "alert-percentage",
    "alert-minimum",
    "alert-job",
    "alert-recipients",
    "alert-digest",
    "alert-apprise",
  ];

  let kept = null; // what the server keeps: values, seen, unreadable
  let form = null; // what the fields show
  let tried = null; // the form that was sent last to be tried
  let token = 0;
  let timer = null;
  let asking = null; // the question about the settings that has no good answer yet
  let number = 0; // makes two equal questions two
  let chosen = null; // the incident of the link that has been shown already
  let acted = null; // the incident that somebody just did something about

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  // ---- the inbox

  function ask_inbox(deed) {
    number += 1;
    const incident = new URLSearchParams(window.location.search).get("incident") || "";
    give("inbox-question", { incident, deed: deed || null, number });
  }

  function arrive() {
    if (!kept && !asking) {
      ask_config({ save: null });
    }
    ask_inbox(null);
    return keep();
  }

  function drawn() {
    setTimeout(() => {
      const wanted = new URLSearchParams(window.location.search).get("incident");
      if (acted) {
        document.querySelector(`[data-incident="${CSS.escape(acted)}"]`)?.focus({ preventScroll: true });
        acted = null;
      } else if (wanted && wanted !== chosen) {
        chosen = wanted;
        document.querySelector(`[data-incident="${CSS.escape(wanted)}"]`)?.scrollIntoView({ block: "center" });
      }
    }, 60);
    return keep();
  }

  function act({ id, what, until }, button) {
    const day = until === "day" ? button.closest(".snooze").querySelector("input").value : until;
    acted = button.closest("[data-incident]")?.dataset.incident || null;
    button.closest(".snooze")?.removeAttribute("open");
    ask_inbox({ id, what, until: day || "" });
  }

  // ---- the settings

  function ask_config(question) {
    number += 1;
    asking = { ...question, number };
    give("config-question", asking);
  }

  function save(over) {
    if (form && !(asking && asking.save)) {
      ask_config({ save: form, seen: kept ? kept.seen : null, over });
    }
  }

  function fill(answer) {
    if (!answer || !answer.ok) {
      asking = asking && { ...asking, save: null, again: asking };
      return NAMES.map(keep);
    }
    const sent = asking && asking.save;
    asking = null;
    kept = answer;
    if (answer.saved) {
      window.say("Alert settings saved");
      ask_inbox(null);
    }
    // What was typed while it was being saved stays.
    return answer.saved && !same(form, sent) ? NAMES.map(keep) : NAMES.map((name) => answer.values[name]);
  }

  function changed(...all) {
    const values = all.slice(0, NAMES.length);
    const answer = all[NAMES.length];
    if (!kept) {
      return [true, "", true, true, true];
    }
    form = Object.fromEntries(NAMES.map((name, n) => [name, values[n] ?? ""]));
    if (!same(form, tried)) {
      clearTimeout(timer);
      timer = setTimeout(try_out, tried ? PATIENCE : 0);
    }
    show_wrong(answer ? answer.wrong : []);
    const is_new = !same(form, kept.values) || kept.unreadable;
    const is_valid = Boolean(answer && answer.valid && answer.token === token && same(form, tried));
    const words = is_new ? (is_valid ? "Not saved yet" : answer && !answer.valid ? "Not saved: see the marks" : "") : "";
    const amount_off = !form.amount_on;
    const percentage_off = !form.percentage_on;
    return [!(is_new && is_valid), words, amount_off, percentage_off, percentage_off];
  }

  function try_out() {
    token += 1;
    tried = form;
    give("trial-question", { form, token });
  }

  // Fields of Dash take no aria attributes: they are given here.
  function show_wrong(wrong) {
    for (const id of WITH_ERROR) {
      const field = document.getElementById(id);
      const hint = document.getElementById(`${id}-hint`) ? `${id}-hint ` : "";
      field?.setAttribute("aria-describedby", `${hint}${id}-error`);
      field?.setAttribute("aria-invalid", String(wrong.includes(id)));
    }
  }

  // After a failure: everything that has no answer, and what may be old.
  function ask_again() {
    if (asking) {
      const again = asking.again || asking;
      ask_config({ save: again.save, seen: again.seen, over: again.over });
    }
    ask_inbox(null);
    if (form) {
      try_out();
    }
  }

  // The calendar of the browser, where a day is to be typed.
  document.addEventListener(
    "toggle",
    (event) => {
      const field = event.target.matches?.(".snooze") && event.target.querySelector("input");
      if (field) {
        field.type = "date";
        field.min = new Date(Date.now() + 86400000).toISOString().slice(0, 10);
      }
    },
    true,
  );

  window.dash_clientside.alerts = { arrive, drawn, fill, changed };
  window.alerts_page = {
    act,
    ask_again,
    save: () => save(false),
    save_over: () => save(true),
    show_kept: () => ask_config({ save: null }),
  };
})();
