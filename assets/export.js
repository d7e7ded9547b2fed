// The menu "Export": keeps its links on the view, fetches a small file, and follows a large one
// while the server makes it: see dashboard/export_menu.py.
window.dash_clientside = window.dash_clientside || {};

(function () {
  "use strict";
  const keep = () => window.dash_clientside.no_update;
  const find = (name) => document.getElementById(`export-${name}`);

  const SLOW = 400; // milliseconds before a small file is worth a word
  let job = null; // {token, name} of the file that is on its way
  let number = 0;
  let linked = null; // the query that the links carry

  // For `follow` of view.js: one callback less for each change of the URL.
  function links() {
    const query = window.location.search;
    if (query === linked) {
      return [keep(), keep(), keep(), keep()];
    }
    linked = query;
    const marked = query ? `${query}&bom=1` : "?bom=1";
    return [
      `/export/job-spends.pdf${query}`,
      `/export/job-spends.xlsx${query}`,
      `/export/job-spends.csv${query}`,
      `/export/job-spends.csv${marked}`,
    ];
  }

  // ---- the panel

  function show(words, share) {
    const panel = find("panel");
    panel.hidden = false;
    panel.classList.toggle("export-panel--failed", share === undefined);
    find("title").textContent = share === undefined ? `No ${job.name} file` : `Making the ${job.name} file`;
    find("words").textContent = words;
    if (share === null) {
      find("bar").removeAttribute("value"); // nobody knows how long
    } else {
      find("bar").value = share ?? 0;
    }
  }

  function close() {
    job = null;
    find("panel").hidden = true;
  }

  function save(href, name) {
    const link = document.createElement("a");
    link.href = href;
    link.download = name || "";
    document.body.append(link);
    link.click();
    link.remove();
  }

  // ---- a small file

  function name_of(answer) {
    return /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1];
  }

  async function fetch_small(link) {
    const mine = (job = { token: ++number, name: link.dataset.name });
    const slow = setTimeout(() => job === mine && show("A moment", null), SLOW);
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) {
        const said = await answer.text();
        const is_json = answer.headers.get("Content-Type") === "application/json";
        throw new Error((is_json ? JSON.parse(said).error.message : said.slice(0, 500)) || answer.statusText);
      }
      const whole = URL.createObjectURL(await answer.blob());
      if (job === mine) {
        save(whole, name_of(answer));
        close();
      }
      setTimeout(() => URL.revokeObjectURL(whole), 60000);
    } catch (error) {
      const lost = "The server did not answer. Check that it is running and that you are online.";
      if (job === mine) {
        show(error instanceof TypeError ? lost : error.message);
      }
    } finally {
      clearTimeout(slow);
    }
  }

  // ---- a large file

  function order(link) {
    const token = `${Date.now()}-${Math.random()}`;
    job = { token, name: link.dataset.name };
    show("Getting ready", null);
    const query = window.location.search;
    window.dash_clientside.set_props("export-question", { data: { query, kind: link.dataset.export, token } });
  }

  function is_mine(said) {
    return said && job && (said.token ?? job.token) === job.token;
  }

  function progress(said) {
    if (is_mine(said)) {
      const { done, of, waiting } = said;
      const count = (rows) => rows.toLocaleString("en-US");
      if (waiting) {
        show("Waiting for other exports to end", null);
      } else if (done < of) {
        show(`Writing row ${count(done)} of ${count(of)}`, done / of);
      } else {
        show("Putting the file together", null);
      }
    }
    return keep();
  }

  function answer(said) {
    if (is_mine(said)) {
      if (said.error) {
        show(said.error);
      } else {
        close();
        save(said.href);
      }
    }
    return keep();
  }

  // ---- the menu

  function choose(link, event) {
    const menu = link.closest(".menu");
    menu.open = false;
    const most = Number(link.dataset.most);
    if (!most || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return; // a link like any other
    }
    event.preventDefault();
    menu.querySelector("summary").focus();
    if (job && !find("panel").classList.contains("export-panel--failed")) {
      window.say("One file is on its way already");
      return;
    }
    const rows = window.table_rows();
    if (rows !== null && rows <= most) {
      fetch_small(link);
    } else {
      order(link);
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-export]");
    if (link) {
      choose(link, event);
    } else if (event.target.closest?.("#export-cancel")) {
      close(); // Dash ends the process
    }
  });
  window.dash_clientside.exports = { progress, answer };
  window.spend_exports = { close, links };
})();
