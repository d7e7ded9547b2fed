// What the dashboard does with its view beside showing it: mail it, schedule it, save it.
window.dash_clientside = window.dash_clientside || {};

(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;
  const give = (store, data) => window.dash_clientside.set_props(store, { data });
  const open = (dialog, is_open) => window.dash_clientside.set_props(dialog, { is_open });

  const PATIENCE = 400; // milliseconds after the last key before the mail is drawn again
  let form = null; // what the dialog shows
  let tried = null; // what was sent last to be drawn
  let token = 0;
  let timer = null;
  let watching = null;
  let number = 0; // makes two equal questions two
  let ordered = null; // the form of the mail that was sent last
  let is_asked = false; // an order has no answer yet

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  // The view of the page: what the link says, without the open breakdown.
  function query() {
    const found = new URLSearchParams(window.location.search);
    found.delete("run");
    return found.toString();
  }

  function focus_on(id) {
    setTimeout(() => document.getElementById(id)?.focus(), 350);
  }

  // ---- mail

  function changed(recipients, kind, message, is_open, verdict, state) {
    if (!is_open) {
      form = tried = null;
      return [true, ""];
    }
    form = { recipients: recipients || "", kind: kind || "pdf", message: message || "", query: query() };
    if (!same(form, tried)) {
      clearTimeout(timer);
      timer = setTimeout(try_out, tried ? PATIENCE : 0);
    }
    show_wrong(verdict ? verdict.wrong : []);
    const is_tried = Boolean(verdict && verdict.token === token && same(form, tried));
    const is_going = is_asked || Boolean(state && state.again_in);
    const was_sent = Boolean(state && state.id) && same(form, ordered);
    const missing = is_tried && verdict.missing ? `Still needed: ${verdict.missing}` : "";
    return [!(is_tried && verdict.valid) || is_going || was_sent, missing];
  }

  function try_out() {
    if (form) {
      token += 1;
      tried = form;
      give("mail-trial", { form, token });
    }
  }

  function show_wrong(wrong) {
    for (const id of ["mail-recipients", "mail-message"]) {
      const field = document.getElementById(id);
      field?.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
      field?.setAttribute("aria-invalid", String(wrong.includes(id)));
    }
  }

  function send() {
    if (form && !is_asked) {
      number += 1;
      is_asked = true;
      ordered = form;
      document.getElementById("mail-send").disabled = true; // until the page has drawn it so
      give("mail-order", { send: form, number });
    }
  }

  function watched(state) {
    is_asked = false;
    clearTimeout(watching);
    watching = null;
    if (state && state.again_in) {
      watching = setTimeout(() => {
        number += 1;
        give("mail-order", { watch: state.id, number });
      }, state.again_in * 1000);
    }
    document.querySelector("#mail-result")?.scrollIntoView({ block: "nearest" });
    return keep();
  }

  // ---- saved views

  let saving = null;

  function ask_view(question) {
    number += 1;
    saving = { query: query(), save: null, ...question, number };
    give("view-question", saving);
  }

  function name_typed() {
    return document.getElementById("view-name").value;
  }

  function view_kept(answer) {
    if (answer.saved) {
      open("view-dialog", false);
      window.say(`Saved as “${answer.saved}”: see Reports`);
    } else if (answer.suggested) {
      window.dash_clientside.set_props("view-name", { value: answer.suggested });
      select_name(answer.suggested);
    }
    return keep();
  }

  // As soon as it stands there; never what somebody has begun to type.
  function select_name(suggested, tries = 60) {
    const field = document.getElementById("view-name");
    if (field?.value === suggested) {
      field.select();
    } else if (tries && !field?.value) {
      requestAnimationFrame(() => select_name(suggested, tries - 1));
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "view-name") {
      ask_view({ save: name_typed() });
    }
  });

  window.dash_clientside.mail = { changed, watched, view_kept };
  window.mail_dialog = {
    open: () => {
      if (!watching) {
        give("mail-state", null);
        window.dash_clientside.set_props("mail-result", { children: null });
      }
      open("mail-dialog", true);
      focus_on("mail-recipients");
    },
    close: () => open("mail-dialog", false),
    send,
    schedule: () => window.location.assign(`/reports?new=${encodeURIComponent(query())}`),
    open_view: () => {
      open("view-dialog", true);
      ask_view({});
      focus_on("view-name");
    },
    close_view: () => open("view-dialog", false),
    keep_view: () => ask_view({ save: name_typed() }),
    keep_over: () => ask_view({ save: name_typed(), over: true }),
    ask_again: () => {
      tried = null;
      try_out();
    },
  };
})();
