// Single keys. A page says on its own elements what a key does there: data-key="n" is pressed or
// focused by n and listed with data-says (or its words); data-keys='{"Alt →": "…"}' only lists keys
// that another module answers. Off for who wants none (WCAG 2.1.4); Ctrl K is palette.js's.
const dialog = document.getElementById("keys");
const single = document.getElementById("keys-single");
const STORED = "waymark-single-keys";
const FIELDS = "input, select, textarea, [contenteditable]";

function isOn() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true; // a browser that keeps nothing keeps no refusal either
  }
}

function keep(on) {
  try {
    if (on) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "off");
  } catch {
    single.checked = true;
  }
}

const inSight = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());

function row(keys, words) {
  const line = document.createElement("div");
  const term = document.createElement("dt");
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key.length === 1 ? key.toUpperCase() : key;
    term.append(cap, " ");
  }
  const meaning = document.createElement("dd");
  meaning.textContent = words;
  line.append(term, meaning);
  return line;
}

function keysHere() {
  const found = new Map();
  for (const one of document.querySelectorAll("[data-key], [data-keys]")) {
    if (!one.checkVisibility()) continue;
    if (one.dataset.key) found.set(one.dataset.key, one.dataset.says || one.textContent.trim());
    for (const [keys, words] of Object.entries(JSON.parse(one.dataset.keys || "{}"))) found.set(keys, words);
  }
  return found;
}

function list() {
  const rows = [...keysHere()].map(([keys, words]) => row(keys, words));
  document.getElementById("keys-here").replaceChildren(...rows);
  document.getElementById("keys-none").hidden = rows.length > 0;
  single.checked = isOn();
  dialog.showModal();
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest(FIELDS) || document.querySelector("dialog[open]") || !isOn()) return;
  const goal = inSight(`[data-key="${CSS.escape(event.key)}"]`);
  if (goal?.matches(FIELDS)) goal.focus();
  else if (goal) goal.click();
  else if (event.key === "?" && dialog) list();
  else if (event.key === "/" && document.getElementById("palette")) document.dispatchEvent(new Event("waymark:search"));
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  const more = document.querySelector("details.more[open]");
  if (event.key === "Escape" && more && !document.querySelector("dialog[open]")) {
    more.open = false;
    more.querySelector("summary").focus();
  }
  press(event);
});

document.addEventListener("click", (event) => {
  const more = document.querySelector("details.more[open]");
  if (more && !more.contains(event.target)) more.open = false;
  const open = event.target.closest("dialog[open]");
  if (open && (event.target === open || event.target.closest("[data-closes]"))) open.close();
  if (dialog && event.target.closest("[data-shows-keys]")) list();
});

if (dialog) {
  single.addEventListener("change", () => keep(single.checked));
  for (const one of document.querySelectorAll("[data-shows-keys]")) one.hidden = false;
}
if (/Mac|iPhone|iPad/.test(navigator.platform)) for (const one of document.querySelectorAll("[data-command]")) one.textContent = "⌘";
