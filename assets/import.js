// The page /import: sends the file in one piece, and looks how far the server is with it.
(function () {
  "use strict";
  const now = document.getElementById("import-now");
  const status = document.getElementById("import-status");
  const trouble = document.getElementById("import-error");
  const LOOK_MS = 400;
  const BUSY = ["checking", "loading"];
  const CUT = "The file did not arrive whole: look whether you are still connected, and try again.";
  let sending = null;

  const stage = () => now.querySelector("[data-stage]");
  const part = (name) => document.getElementById(`import-${name}`);
  const megabytes = (bytes) => (bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 });

  function token() {
    const cookie = document.cookie.split("; ").find((each) => each.startsWith("_csrf_token="));
    return cookie?.slice("_csrf_token=".length) ?? "";
  }

  function complain(words) {
    trouble.textContent = words;
    trouble.hidden = !words;
  }

  // New words are read out; a bar that grows is not, and whoever is at a button stays there.
  function show(html) {
    const before = stage()?.dataset.stage;
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const words = fresh.querySelector("[data-stage]")?.dataset;
    if (before === words?.stage && BUSY.includes(before)) {
      now.querySelector("progress").value = fresh.querySelector("progress").value;
      now.querySelector("#import-doing").textContent =
        fresh.querySelector("#import-doing").textContent;
      return;
    }
    now.replaceChildren(...fresh.body.childNodes);
    status.textContent = words?.words ?? "";
    now.querySelector("h2")?.focus({ preventScroll: true });
  }

  async function look() {
    try {
      const answer = await fetch("/import/now");
      if (answer.ok && !answer.redirected) {
        show(await answer.text());
      } else {
        complain("You may not see this any more: reload the page.");
        return;
      }
    } catch {
      status.textContent = "The server does not answer right now.";
    }
    if (BUSY.includes(stage()?.dataset.stage)) {
      setTimeout(look, LOOK_MS);
    }
  }

  function at_rest() {
    sending = null;
    part("drop").hidden = false;
    part("sending").hidden = true;
  }

  function refused(request) {
    try {
      return JSON.parse(request.responseText).error.message;
    } catch {
      return request.status ? `The server refused the file (${request.status}).` : CUT;
    }
  }

  function ended(request, name) {
    if (request.status === 202) {
      sending = null;
      look();
      return;
    }
    at_rest();
    complain(refused(request));
    status.textContent = `${name} was not sent.`;
    part("file").focus();
  }

  function send(file) {
    const most = Number(stage().dataset.most);
    complain("");
    if (file.size > most) {
      complain(
        `${file.name} has ${megabytes(file.size)} MB, and ${megabytes(most)} MB are the most: ` +
          "split it by days, or import it on the server with dbspend360 import.",
      );
      return;
    }
    part("drop").hidden = true;
    part("sending").hidden = false;
    part("progress").value = 0;
    part("sent").textContent = `Sending ${file.name}`;
    status.textContent = `Sending ${file.name}`;
    part("stop").focus();
    const request = new XMLHttpRequest();
    sending = request;
    request.upload.addEventListener("progress", (event) => {
      part("progress").value = event.total ? event.loaded / event.total : 0;
      part("sent").textContent =
        `Sending ${file.name}: ${megabytes(event.loaded)} of ${megabytes(event.total)} MB`;
    });
    request.addEventListener("load", () => ended(request, file.name));
    request.addEventListener("error", () => ended(request, file.name));
    request.addEventListener("abort", () => {
      at_rest();
      status.textContent = "Stopped.";
      part("file").focus();
    });
    request.open("POST", `/import/file?name=${encodeURIComponent(file.name.toWellFormed())}`);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  }

  // A folder has no type and no size worth speaking of; reading it fails, and that is said.
  function take(files) {
    if (sending || stage()?.dataset.stage !== "none" || !files.length) {
      return;
    }
    if (files.length > 1) {
      complain("One file at a time, please.");
      return;
    }
    send(files[0]);
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "import-file") {
      take([...event.target.files]);
      event.target.value = ""; // the same file may be chosen again
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "import-stop") {
      sending?.abort();
    }
  });

  // Anywhere on the page: who misses the field by an inch has not meant to leave it.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    part("drop")?.classList.add("import__drop--over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) {
      part("drop")?.classList.remove("import__drop--over");
    }
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    part("drop")?.classList.remove("import__drop--over");
    take([...event.dataTransfer.files]);
  });

  if (BUSY.includes(stage()?.dataset.stage)) {
    setTimeout(look, LOOK_MS);
  }
})();
