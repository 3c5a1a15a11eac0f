// Zoom, lanes, filters and diamonds lead to the roadmap again, and only its address holds the draft.
const KEYS = ["bar", "gate"];
const isBoard = () => document.querySelector("[data-roadmap]") && document.querySelector("[data-plan-draft]");

function drafted() {
  const asked = new URLSearchParams(location.search);
  return KEYS.flatMap((key) => asked.getAll(key).map((value) => [key, value]));
}

function carry(event) {
  const to = event.target.closest?.('a[href^="?"]');
  if (!to || !isBoard()) return;
  const asked = new URLSearchParams(to.getAttribute("href"));
  for (const key of KEYS) asked.delete(key);
  for (const [key, value] of drafted()) asked.append(key, value);
  to.setAttribute("href", `?${asked.toString().replaceAll("%3A", ":")}`);
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
