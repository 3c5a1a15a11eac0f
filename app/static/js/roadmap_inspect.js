// A mark opens beside the roadmap what it stands for, without the whole page again; Esc closes it and goes back.
let from = null;

const panel = () => document.querySelector("[data-inspector]");
const map = () => document.querySelector("[data-roadmap]");
const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

function query(address) {
  const asked = new URLSearchParams(address.split("?")[1]);
  return asked.has("at") ? `at=${asked.get("at")}` : asked.has("work") ? `work=${asked.get("work")}` : "";
}

// The mark that an address looks at: of an initiative in several lanes the one that was used, else the first.
function markOf(address) {
  const asked = query(address);
  if (!asked) return null;
  if (from && query(from.getAttribute("href")) === asked && from.isConnected) return from;
  const marks = map().querySelectorAll(`.rm-track a[href$="${asked}"], .rm-track a[href*="${asked}&"]`);
  return [...marks].find((mark) => query(mark.getAttribute("href")) === asked) || null;
}

function choose(mark) {
  for (const ring of map().querySelectorAll("use[href='#d-ring']")) ring.remove();
  for (const row of map().querySelectorAll(".is-selected")) row.classList.remove("is-selected");
  if (!mark) return;
  mark.closest("li").classList.add("is-selected");
  const diamond = mark.querySelector("use");
  if (!diamond) return;
  const ring = diamond.cloneNode();
  ring.setAttribute("href", "#d-ring");
  diamond.before(ring);
}

async function look(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  const words = await answer.text();
  panel().innerHTML = words.trim();
  choose(markOf(address));
  document.dispatchEvent(new Event("roadmap:drawn"));
}

async function open(address) {
  try {
    await look(address);
  } catch {
    location.assign(address);
    return;
  }
  history.pushState({ roadmap: true }, "", address);
  panel().querySelector("#answer")?.focus();
}

function close() {
  const mark = markOf(location.search);
  const asked = new URLSearchParams(location.search);
  asked.delete("at");
  asked.delete("work");
  panel().replaceChildren();
  choose(null);
  const kept = asked.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  history.pushState({ roadmap: true }, "", kept ? `?${kept}` : location.pathname);
  (mark || map().querySelector('[tabindex="0"]'))?.focus();
  document.dispatchEvent(new Event("roadmap:drawn"));
}

document.addEventListener("click", (event) => {
  if (!panel() || !map() || event.defaultPrevented || !isPlain(event)) return;
  const mark = event.target.closest?.("[data-roadmap] .rm-track a");
  const link = mark || event.target.closest?.("[data-looks]");
  if (mark) from = mark;
  if (link) open(link.getAttribute("href"));
  else if (event.target.closest?.("[data-closes-inspector]")) close();
  else return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !panel()?.firstElementChild) return;
  if (!event.target.closest("[data-inspector], [data-roadmap]") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  close();
});

addEventListener("popstate", () => {
  if (!panel() || !map()) return;
  look(`${location.pathname}${location.search}`).catch(() => location.reload());
});
