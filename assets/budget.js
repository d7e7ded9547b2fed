// The dialog of the monthly budget: asks which there is, and has it changed.
window.dash_clientside = window.dash_clientside || {};

(function () {
  "use strict";
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  let seen = "";
  let number = 0; // makes two equal questions two
  let query = "";

  const amount = () => document.getElementById("budget-amount");

  function ask(question) {
    number += 1;
    set("budget-question", { data: { query, seen, deed: null, amount: "", ...question, number } });
  }

  function told(answer) {
    if (answer?.done) {
      close();
      window.say(answer.done);
      window.spend_view.ask_again(false);
    } else if (answer?.amount !== undefined) {
      seen = answer.seen;
      set("budget-amount", { value: answer.amount });
      const button = document.querySelector("[data-action=remove-budget]");
      if (button) {
        button.hidden = !seen;
      }
    }
    return window.dash_clientside.no_update;
  }

  function open() {
    query = window.location.search;
    seen = ""; // what it was the last time may be another by now
    set("budget-amount", { value: "" });
    set("budget-result", { children: null });
    set("budget-dialog", { is_open: true });
    ask({});
    setTimeout(() => amount()?.select(), 350);
  }

  function close() {
    set("budget-dialog", { is_open: false });
    focus_opener(performance.now() + 5_000);
  }

  // Back to the button, once the dialog has faded out and while the card is drawn anew.
  function focus_opener(until) {
    const is_lost = document.activeElement === document.body;
    if (is_lost && !document.querySelector(".modal")) {
      document.querySelector("[data-action=budget]")?.focus({ preventScroll: true });
    }
    if (performance.now() < until) {
      setTimeout(focus_opener, 100, until);
    }
  }

  const keep = () => ask({ deed: "save", amount: amount()?.value ?? "" });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "budget-amount") {
      keep();
    }
  });

  window.dash_clientside.budget = { told };
  window.budget_dialog = { open, close, keep, remove: () => ask({ deed: "remove" }) };
})();
