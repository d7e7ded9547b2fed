// Buttons and links that need no server: they name what they do in `data-` attributes.
(function () {
  "use strict";
  const plain_fetch = window.fetch;

  function toast(words) {
    const line = document.getElementById("toast");
    line.textContent = words;
    line.classList.add("toast-line--shown");
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => line.classList.remove("toast-line--shown"), 2500);
  }

  window.say = toast;

  async function copy(words, said) {
    try {
      await navigator.clipboard.writeText(words);
      toast(said);
    } catch {
      toast("This browser does not let a page copy: select the text instead.");
    }
  }

  // Every page asks its own parts again.
  function page() {
    const pages = { alerts: window.alerts_page, reports: window.reports_page, jobs: window.job_page };
    return pages[document.body.dataset.page] || window.spend_view;
  }

  function ask_again() {
    page().ask_again(false);
    window.mail_dialog?.ask_again();
  }

  const actions = {
    refresh: () => page().ask_again(true),
    retry: () => {
      failed.clear();
      ask_again();
    },
    incident: (target) => window.alerts_page.act(target.dataset, target),
    "save-config": () => window.alerts_page.save(),
    "save-over": () => window.alerts_page.save_over(),
    "show-config": () => window.alerts_page.show_kept(),
    report: (target) => window.reports_page.act(target.dataset, target),
    "new-schedule": () => window.reports_page.fresh(),
    "schedule-saved": ({ dataset }) => window.reports_page.fresh(dataset.query, dataset.name),
    "cancel-schedule": () => window.reports_page.cancel(),
    "save-schedule": () => window.reports_page.save(),
    "save-schedule-over": () => window.reports_page.save_over(),
    "save-schedule-new": () => window.reports_page.save_new(),
    "show-schedule": () => window.reports_page.show_kept(),
    "mail-report": () => window.mail_dialog.open(),
    "send-mail": () => window.mail_dialog.send(),
    "close-mail": () => window.mail_dialog.close(),
    "schedule-view": () => window.mail_dialog.schedule(),
    "save-view": () => window.mail_dialog.open_view(),
    "keep-view": () => window.mail_dialog.keep_view(),
    "keep-over": () => window.mail_dialog.keep_over(),
    "close-view": () => window.mail_dialog.close_view(),
    budget: () => window.budget_dialog.open(),
    "keep-budget": () => window.budget_dialog.keep(),
    "remove-budget": () => window.budget_dialog.remove(),
    "close-budget": () => window.budget_dialog.close(),
    "close-export": () => window.spend_exports.close(),
    before: () => window.say(`The period before is ${window.showBefore()}`),
    clear: () => window.spend_view.clear(),
    "alerts-only": () => window.spend_view.alerts_only(),
    keys: () => window.key_help.open(),
    "keys-on": () => window.key_help.switch_over(),
    "close-keys": () => window.key_help.close(),
    "copy-link": () => copy(window.location.href, "Link copied"),
    "theme-light": () => window.chooseTheme("light"),
    "theme-dark": () => window.chooseTheme("dark"),
    "theme-system": () => window.chooseTheme("system"),
  };

  // A click on an item of a menu, or beside it, shuts the menu.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      menu.open = menu.contains(event.target) && !event.target.closest(".menu__item");
    }
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-action], [data-copy], a[data-change]");
    if (!target) {
      return;
    }
    if (target.dataset.copy !== undefined) {
      copy(target.dataset.copy, "Copied");
    } else if (target.dataset.action) {
      actions[target.dataset.action]?.(target);
    } else if (!(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)) {
      event.preventDefault();
      window.spend_view.go(JSON.parse(target.dataset.change));
    }
  });

  // A link to a job takes the view along as it is now; the table changes it without the server.
  function take_view_along(event) {
    const link = event.target.closest?.("a[data-job], a[data-back]");
    if (link) {
      const found = new URLSearchParams(window.location.search);
      found.delete("run");
      const query = found.toString();
      link.href = (link.dataset.job || "/") + (query ? `?${query}` : "");
    }
    return link;
  }

  for (const kind of ["pointerover", "focusin", "pointerdown", "keydown"]) {
    document.addEventListener(kind, take_view_along, true);
  }
  // In the table the click is the link's alone: the row has one of its own.
  document.addEventListener(
    "click",
    (event) => {
      if (take_view_along(event)?.closest("#spend-grid")) {
        event.stopPropagation();
      }
    },
    true,
  );

  // A form of ours proves that it is: see signin/csrf.py.
  document.addEventListener("submit", (event) => {
    const cookie = document.cookie.split("; ").find((each) => each.startsWith("_csrf_token="));
    const field = event.target.elements.csrf_token || document.createElement("input");
    Object.assign(field, { type: "hidden", name: "csrf_token", value: cookie?.split("=")[1] ?? "" });
    event.target.append(field);
  });

  // One small menu is open at a time, and Escape shuts it.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches?.(".menu") && event.target.open) {
        for (const other of document.querySelectorAll(".menu[open]")) {
          other.open = other === event.target;
        }
      }
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Enter on a cell of the table is a click on it.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && document.activeElement?.matches("#spend-grid .ag-row .ag-cell")) {
      document.activeElement.click();
    }
  });

  // Tab goes round inside an open dialog: its last stop leads to its first.
  document.addEventListener("keydown", (event) => {
    const dialog = event.key === "Tab" && document.querySelector(".modal-content");
    if (!dialog) {
      return;
    }
    const stops = [
      ...dialog.querySelectorAll("a[href], :is(button, input, textarea, select):not([disabled])"),
    ];
    const [first, last] = event.shiftKey ? [stops.at(-1), stops[0]] : [stops[0], stops.at(-1)];
    if (document.activeElement === last || !dialog.contains(document.activeElement)) {
      event.preventDefault();
      first?.focus();
    }
  });

  // "as of 3 min ago" stays true while the page is open.
  function ago(then) {
    const minutes = Math.floor((Date.now() - then) / 60000);
    if (minutes < 1) {
      return "as of just now";
    }
    if (minutes < 60) {
      return `as of ${minutes} min ago`;
    }
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `as of ${hours} h ago` : `as of ${Math.floor(hours / 24)} days ago`;
  }

  function tick() {
    for (const each of document.querySelectorAll("[data-as-of]")) {
      const words = ago(Date.parse(each.dataset.asOf));
      if (each.textContent !== words) {
        each.textContent = words;
        each.title = new Date(each.dataset.asOf).toLocaleString();
      }
    }
  }
  // "0:42" for how long somebody has waited, and the bar that goes with it.
  function waited() {
    for (const each of document.querySelectorAll("[data-elapsed-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(each.dataset.elapsedSince)) / 1000));
      each.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
      const bar = each.parentElement.querySelector("progress");
      if (bar) {
        bar.value = Math.min(seconds, bar.max * 0.97);
      }
    }
  }

  // While a part of the page is old or missing, look whether the warehouse is back, and then ask.
  let looking = false;

  async function watch() {
    const wanted = document.querySelector('[data-watch="warehouse"]') && !document.hidden;
    if (!wanted || looking || document.body.classList.contains("is-refreshing")) {
      return;
    }
    looking = true;
    try {
      const answer = await plain_fetch("/healthz/warehouse", { cache: "no-store" });
      if (answer.ok && (await answer.json()).warehouse === "ok") {
        ask_again();
      }
    } catch {
      // the next look may do better
    } finally {
      looking = false;
    }
  }

  setInterval(tick, 1000);
  setInterval(waited, 1000);
  setInterval(watch, 3000);

  // Dash keeps silent when the server is gone; we say it, with what to do.
  const signed_out = "You are signed out.";

  function say_connection(words) {
    const place = document.getElementById("connection");
    if (!place) {
      return;
    }
    place.replaceChildren();
    if (!words) {
      return;
    }
    const box = document.createElement("div");
    box.className = "message message--warning";
    const said = document.createElement("div");
    said.textContent = words;
    box.append(said, words === signed_out ? sign_in() : retry_button());
    place.append(box);
  }

  function retry_button() {
    const retry = document.createElement("button");
    retry.className = "button";
    retry.dataset.action = "retry";
    retry.textContent = "Retry";
    return retry;
  }

  // Leads back to this view.
  function sign_in() {
    const link = document.createElement("a");
    link.className = "button";
    link.href = `/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`;
    link.textContent = "Sign in again";
    return link;
  }

  // A part's failure stays said until that part has an answer, whatever the others got.
  const failed = new Map();

  function note(part, words) {
    if (words) {
      failed.set(part, words);
      document.body.classList.remove("is-refreshing");
      if (part === "rows-answer.data") {
        window.table_unreachable?.();
      }
    } else {
      failed.delete(part);
    }
    say_connection([...failed.values()].at(-1) || "");
  }

  // Why there is no answer: the server's own sentence, where it has one; nothing when there is.
  async function refusal(answer) {
    if (answer.status < 400) {
      return "";
    }
    try {
      return (await answer.clone().json()).error.message;
    } catch {
      return "The server could not answer. Try again; its log says why.";
    }
  }

  window.fetch = async function (...all) {
    const address = String(all[0]?.url ?? all[0]);
    if (!address.includes("_dash-update-component")) {
      return plain_fetch.apply(this, all);
    }
    const part = /"output":"([^"]*)"/.exec(String(all[1]?.body))?.[1];
    try {
      const answer = await plain_fetch.apply(this, all);
      note(part, answer.status === 401 ? signed_out : await refusal(answer));
      // Dash reads the body of a 401 twice, and fails.
      return answer.status === 401 ? new Response("", { status: 403 }) : answer;
    } catch (error) {
      note(part, "The server did not answer. Check that it is running and that you are online.");
      throw error;
    }
  };
})();
