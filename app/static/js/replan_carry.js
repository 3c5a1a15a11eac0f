// Zoom, lanes, filters, diamonds and “Move” lead on, and only the address holds the draft.
const KEYS = ["base", "bar", "gate"];
const isBoard = () => document.querySelector("[data-roadmap]") && document.querySelector("[data-plan-draft]");

function drafted() {
  const asked = new URLSearchParams(location.search);
  return KEYS.flatMap((key) => asked.getAll(key).map((value) => [key, value]));
}

function carry(event) {
  const to = event.target.closest?.('a[href^="?"], a[href*="/move"]');
  if (!to || !isBoard()) return;
  const [page, query] = to.getAttribute("href").split("?");
  const asked = new URLSearchParams(query);
  for (const key of KEYS) asked.delete(key);
  for (const [key, value] of drafted()) asked.append(key, value);
  to.setAttribute("href", `${page}?${asked.toString().replaceAll("%3A", ":")}`);
}

function carryForm(event) {
  const form = event.target;
  if (form.method !== "get" || new URL(form.action).pathname !== location.pathname || !isBoard()) return;
  for (const [name, value] of drafted()) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

document.addEventListener("click", carry, true);
document.addEventListener("submit", carryForm, true);
