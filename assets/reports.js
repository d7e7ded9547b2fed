// The page /reports: fills the form, has it tried as it changes, and looks again while a report is
// under way.
window.dash_clientside = window.dash_clientside || {};

(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;
  const give = (store, data) => window.dash_clientside.set_props(store, { data });

  const PATIENCE = 300; // milliseconds after the last key before the form is tried
  const LONGEST = 2 ** 31 - 1; // of a timer
  // In the order of FIELDS in dashboard/schedule_fields.py.
  const NAMES = [
    "name",
    "link",
    "kind",
    "recipients",
    "message",
    "every",
    "weekday",
    "month_day",
    "time",
    "zone",
  ];
  const FIELDS = NAMES.map((name) => `schedule-${name.replace("_", "-")}`);

  let kept = null; // what the form began with: id, seen, values
  let form = null; // what the fields show
  let tried = null; // the form that was sent last to be tried
  let token = 0;
  let timer = null;
  let asking = null; // the question about a schedule that has no good answer yet
  let looking = null; // the timer of the next look at the lists
  let number = 0; // makes two equal questions two
  let prints = null; // which lists are there already
  let focused = null; // the button with the focus, as CSS
  let acted = null; // the schedule that somebody just did something about
  let views = []; // the options of the saved views

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const is_changed = () => Boolean(kept && form && !same(form, kept.values));

  function own_zone() {
    return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  }

  // What can be chosen; anything else may be typed, and the server says whether there is such a zone.
  function offer_zones() {
    const list = document.getElementById("schedule-zones");
    const known = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [own_zone()];
    list.replaceChildren(...[...new Set(["UTC", ...known])].map((zone) => new Option(zone, zone)));
  }

  // ---- the lists

  function ask_lists(deed, quiet) {
    number += 1;
    clearTimeout(looking);
    give("reports-question", { deed: deed || null, quiet: Boolean(quiet), drawn: quiet ? prints : null, number });
  }

  function arrive() {
    if (!kept && !asking) {
      offer_zones();
      ask_schedule({ id: "", new: new URLSearchParams(window.location.search).get("new") });
      ask_lists(null);
    }
    return keep();
  }

  function drawn(state) {
    look_in(state.again_in);
    prints = state.drawn;
    setTimeout(() => {
      if (acted) {
        const card = document.querySelector(`[data-schedule="${CSS.escape(acted)}"]`);
        card?.focus({ preventScroll: true });
        card?.scrollIntoView({ block: "nearest" });
        acted = null;
      } else if (focused && document.activeElement === document.body) {
        document.querySelector(focused)?.focus({ preventScroll: true });
      }
      tick();
    }, 60);
    return keep();
  }

  function look_in(seconds) {
    clearTimeout(looking);
    looking = seconds === null ? null : setTimeout(look, Math.min(seconds * 1000, LONGEST));
  }

  // A page that nobody looks at asks nothing, and an open menu stays as it is.
  function look() {
    if (document.querySelector(".menu[open]")) {
      look_in(1);
    } else if (!document.hidden) {
      ask_lists(null, true);
    }
  }
  document.addEventListener("visibilitychange", () => kept && look());

  // Which button had the focus, for when its list is drawn anew.
  document.addEventListener("focusin", ({ target }) => {
    const { action, what, id } = target.dataset || {};
    focused = action === "report" ? `[data-what="${what}"][data-id="${CSS.escape(id)}"]` : null;
  });

  function act({ what, id, seen }, button) {
    if (what === "edit") {
      leave_form(() => edit(id), "edit another one");
      return;
    }
    acted = button.closest("[data-schedule]")?.dataset.schedule || null;
    button.closest(".menu")?.removeAttribute("open");
    ask_lists({ what, id, seen: seen || "" });
  }

  // "in 3 days" stays true while the page is open; the words are those of dashboard/moments.py.
  function until(then) {
    const left = Math.max(0, then - Date.now());
    for (const [name, step] of [["day", 86400000], ["hour", 3600000], ["minute", 60000]]) {
      if (left >= 2 * step || (left >= step && name === "minute")) {
        const count = Math.floor(left / step);
        return `in ${count.toLocaleString("en-US")} ${name}${count === 1 ? "" : "s"}`;
      }
    }
    return left ? "in less than a minute" : "now";
  }

  function tick() {
    for (const each of document.querySelectorAll("[data-until]")) {
      const words = until(Date.parse(each.dataset.until));
      if (each.textContent !== words) {
        each.textContent = words;
      }
    }
  }
  setInterval(tick, 5000);

  // ---- the form

  function ask_schedule(question) {
    number += 1;
    asking = { ...question, number };
    give("schedule-question", asking);
  }

  function edit(id) {
    ask_schedule({ id });
    to_form();
  }

  function fresh(query, name) {
    ask_schedule({ id: "", new: query ?? null, name });
    to_form();
  }

  function to_form() {
    document.querySelector(".side__form").scrollIntoView({ block: "nearest" });
    setTimeout(() => document.getElementById("schedule-name").focus({ preventScroll: true }), 60);
  }

  // What somebody typed is not thrown away by a click on something else.
  function leave_form(go, what) {
    const place = document.getElementById("schedule-unsaved");
    if (!is_changed()) {
      go();
      return;
    }
    place.replaceChildren();
    const box = document.createElement("div");
    box.className = "message message--warning";
    const said = document.createElement("div");
    said.textContent = "What you typed is not saved. ";
    const choices = document.createElement("span");
    choices.className = "message__actions";
    const button = (words, then) => {
      const made = document.createElement("button");
      made.className = "button";
      made.textContent = words;
      made.addEventListener("click", () => {
        place.replaceChildren();
        then();
      });
      choices.append(made);
    };
    button(`Discard it and ${what}`, go);
    button("Keep it", () => document.getElementById("schedule-name").focus());
    said.append(choices);
    box.append(said);
    place.append(box);
    place.scrollIntoView({ block: "nearest" });
    choices.firstElementChild.focus();
  }

  function save(change) {
    if (form && !(asking && asking.save)) {
      ask_schedule({ id: kept.id, save: form, seen: kept.seen, ...change });
    }
  }

  function fill(answer) {
    const nothing = () => [keep(), ...NAMES.map(keep)];
    if (!answer || !answer.ok) {
      asking = asking && { ...asking, save: null, again: asking };
      return nothing();
    }
    const question = asking;
    asking = null;
    document.getElementById("schedule-unsaved").replaceChildren();
    if (answer.saved) {
      window.say("Schedule saved");
      acted = answer.id;
      ask_lists(null);
      if (question && !same(form, question.save)) {
        kept = answer; // what was typed while it was being saved stays
        return nothing();
      }
      forget_link();
      ask_schedule({ id: "" });
      return nothing();
    }
    kept = { ...answer, values: { ...answer.values, zone: answer.values.zone || own_zone() } };
    if (question && question.name) {
      kept.values.name = question.name;
    }
    if (kept.id) {
      forget_link();
    }
    const title = kept.id ? `Edit: ${kept.values.name}` : "New schedule";
    return [title, ...NAMES.map((name) => kept.values[name])];
  }

  // The view that somebody came with is in the form now; a reload begins anew.
  function forget_link() {
    if (window.location.search) {
      window.history.replaceState({}, "", window.location.pathname);
    }
  }

  function changed(...all) {
    const values = all.slice(0, NAMES.length);
    const [verdict, , options, choice] = all.slice(NAMES.length);
    if (!kept) {
      return [true, ""];
    }
    form = Object.fromEntries(NAMES.map((name, n) => [name, values[n] ?? ""]));
    document.getElementById("schedule-form").dataset.every = form.every;
    show_choice(options || [], choice);
    if (!same(form, tried)) {
      clearTimeout(timer);
      timer = setTimeout(try_out, tried ? PATIENCE : 0);
    }
    const is_tried = Boolean(verdict && verdict.token === token && same(form, tried));
    show_wrong(verdict ? verdict.wrong : []);
    const is_valid = is_tried && verdict.valid;
    const is_new = !kept.id || is_changed();
    return [!(is_new && is_valid), words_of_change(verdict, is_tried)];
  }

  function words_of_change(verdict, is_tried) {
    if (!is_tried || (kept.id && !is_changed())) {
      return "";
    }
    if (verdict.wrong.length) {
      return "Not saved: see the marks";
    }
    if (verdict.missing) {
      return `Still needed: ${verdict.missing}`;
    }
    return "Not saved yet";
  }

  function try_out() {
    token += 1;
    tried = form;
    give("schedule-trial", { form, token });
  }

  // Fields of Dash take no aria attributes: they are given here.
  function show_wrong(wrong) {
    for (const id of FIELDS) {
      const field = document.getElementById(id);
      const hint = document.getElementById(`${id}-hint`) ? `${id}-hint ` : "";
      field?.setAttribute("aria-describedby", `${hint}${id}-error`);
      field?.setAttribute("aria-invalid", String(wrong.includes(id)));
    }
  }

  // The list of saved views follows the link, and the link follows the list.
  const query_in = (link) => (link.includes("?") ? link.slice(link.indexOf("?") + 1) : "");

  function show_choice(options, choice) {
    views = options;
    const query = query_in(form.link);
    const fits = (each) => each.value.includes("?") && query_in(each.value) === query;
    const found = options.find((each) => each.value === choice && fits(each)) || options.find(fits);
    const wanted = found ? found.value : "other";
    if (wanted !== choice) {
      window.dash_clientside.set_props("schedule-saved-view", { value: wanted });
    }
  }

  function chosen(choice) {
    if (choice && choice !== "other" && form && query_in(choice) !== query_in(form.link)) {
      const query = query_in(choice);
      window.dash_clientside.set_props("schedule-link", { value: query ? `/?${query}` : "/" });
    }
    return keep();
  }

  // After a failure: everything that has no answer, and what may be old.
  function ask_again() {
    if (asking) {
      const { number: _, again, ...question } = asking;
      ask_schedule(again ? { ...again, again: undefined } : question);
    }
    ask_lists(null);
    if (form) {
      try_out();
    }
  }

  window.dash_clientside.reports = { arrive, drawn, chosen, fill, changed };
  window.reports_page = {
    act,
    ask_again,
    fresh: (query, name) => leave_form(() => fresh(query, name), "begin a new one"),
    cancel: () => fresh(),
    save: () => save({}),
    save_over: () => save({ over: true }),
    save_new: () => save({ id: "", seen: null }),
    show_kept: () => ask_schedule({ id: kept.id }),
  };
})();
