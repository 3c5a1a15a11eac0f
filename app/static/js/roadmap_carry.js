// Zoom, inspector and moves change the address without a new page; links and filters that lead on take them along.
const MOVED = ["base", "bar", "gate"];
const LOOKS = ["at", "work"];
const isBoard = () => document.querySelector("[data-roadmap]") && document.querySelector("[data-inspector]");

// What of the address a link does not decide itself.
function kept(link) {
  if (link.matches('nav[aria-label="Zoom"] a')) return [...MOVED, ...LOOKS];
  if (link.closest("nav")) return [...MOVED, ...LOOKS, "zoom"];
  return link.getAttribute("href").startsWith("?") ? [...MOVED, "zoom"] : MOVED;
}

function carry(event) {
  const link = event.target.closest?.('a[href^="?"], a[href*="/move"]');
  if (!link || !isBoard()) return;
  const [page, query] = link.getAttribute("href").split("?");
  const [asked, here] = [new URLSearchParams(query), new URLSearchParams(location.search)];
  for (const key of kept(link)) {
    if (key === "zoom" && !here.has(key)) continue;
    asked.delete(key);
    for (const value of here.getAll(key)) asked.append(key, value);
  }
  link.setAttribute("href", `${page}?${asked.toString().replaceAll("%3A", ":").replaceAll("%2C", ",")}`);
}

function carryForm(event) {
  const form = event.target;
  if (form.method !== "get" || new URL(form.action).pathname !== location.pathname || !isBoard()) return;
  const here = new URLSearchParams(location.search);
  for (const name of [...MOVED, ...LOOKS, "zoom"]) {
    if (name === "zoom" && !here.has(name)) continue;
    for (const old of form.querySelectorAll(`input[type=hidden][name=${name}]`)) old.remove();
    for (const value of here.getAll(name)) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  }
}

for (const kind of ["pointerdown", "click", "auxclick"]) document.addEventListener(kind, carry, true);
document.addEventListener("submit", carryForm, true);
