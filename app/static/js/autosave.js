// A draft saves itself while somebody types: one request at a time, the newest texts last.
const REST = 1500;
const AGAIN = 10000;
const MOST_ALIVE = 60000;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

function textsOf(form) {
  const typed = new URLSearchParams(new FormData(form));
  for (const name of ["csrf_token", "version"]) typed.delete(name);
  return typed.toString();
}

function describe(control, isWrong) {
  const ids = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && !id.endsWith("-error"));
  if (isWrong) ids.push(`${control.id}-error`);
  control.toggleAttribute("aria-invalid", false);
  if (isWrong) control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", ids.join(" "));
}

function showProblems(form, found) {
  form.querySelectorAll("[aria-invalid]").forEach((control) => {
    document.getElementById(`${control.id}-error`)?.remove();
    describe(control, false);
  });
  for (const box of found?.querySelectorAll("[data-problem]") ?? []) {
    const control = document.getElementById(box.dataset.problem);
    if (control) (control.tagName === "FIELDSET" ? control : control.closest(".field")).append(box.firstElementChild);
    if (control) describe(control, true);
  }
}

function bind(form) {
  const words = form.querySelector("[data-save-words]");
  const version = form.elements.namedItem("version");
  let saved = "unsaved" in form.dataset ? null : textsOf(form);
  let kept = saved ?? textsOf(form);
  let paused = "paused" in form.dataset;
  let sending = null;
  let isLeaving = false;
  let timer;
  const isDirty = () => textsOf(form) !== saved;
  const say = (text) => (words.textContent = text);
  if (paused) say("Nothing is saved by itself until you have chosen a version.");

  function accept(found, sent) {
    saved = kept = sent;
    version.value = found.dataset.version;
    say(`Saved ${clock()}`);
  }

  function refuse(found, sent) {
    if ("kept" in found.dataset) kept = sent;
    say(`Not saved: ${[...found.querySelectorAll("[data-fault]")].map((one) => one.textContent).join(" ")}`);
    const both = found.querySelector("[data-conflict]");
    if (!both) return;
    paused = true;
    version.value = found.dataset.version;
    form.closest("section").before(both);
  }

  async function send() {
    const sent = textsOf(form);
    const body = new URLSearchParams(new FormData(form));
    const keepalive = body.toString().length < MOST_ALIVE;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, keepalive });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-answer]");
      showProblems(form, found);
      if (answer.redirected) kept = sent;
      if (found) answer.ok ? accept(found, sent) : refuse(found, sent);
      else if (answer.redirected) say("Not saved: your session has ended. What you typed is kept; reload the page and sign in.");
      else say("Not saved: save it with the button to read why.");
    } catch {
      say("Not saved: no connection. It is tried again by itself.");
      timer = setTimeout(save, AGAIN);
    }
  }

  async function save() {
    clearTimeout(timer);
    while (sending) await sending;
    if (paused || isLeaving || !isDirty()) return;
    sending = send();
    await sending;
    sending = null;
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, REST);
  });
  form.addEventListener("change", save);
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    isLeaving = true;
    if (!sending) return;
    event.preventDefault();
    const wasPaused = paused;
    await sending;
    if (paused && !wasPaused) isLeaving = false;
    else form.requestSubmit(event.submitter);
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[href]");
    const isElsewhere = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link?.target;
    if (!link || isElsewhere || event.defaultPrevented || link.href.includes("#") || paused || !(sending || isDirty())) return;
    event.preventDefault();
    await Promise.race([save(), wait(3000)]);
    location.href = link.href;
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("pagehide", () => !isLeaving && !paused && isDirty() && send());
  window.addEventListener("pageshow", (event) => event.persisted && (isLeaving = false));
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && isDirty() && textsOf(form) !== kept && words.textContent.startsWith("No")) event.preventDefault();
  });
}

document.querySelectorAll("form[data-autosave]").forEach(bind);
