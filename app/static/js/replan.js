// Bars and diamonds are dragged, or moved by Alt and arrows, into a draft in the address.
const MONTH = 365.25 / 12;
let drawing, words, link, draft, held, dragged;

function begin() {
  const map = document.querySelector("[data-roadmap]:not([data-plan])");
  const pending = document.querySelector("[data-plan-draft]");
  if (!map || !pending) return;
  map.dataset.plan = "yes";
  [drawing, words, link] = [map, pending.querySelector("span"), pending.querySelector("a")];
  link.dataset.href ||= link.getAttribute("href").split(/.(?=bar=|gate=)/)[0];
  draft = read();
  map.addEventListener("pointerdown", take);
  map.addEventListener("keydown", press);
  map.addEventListener("dragstart", (event) => event.preventDefault());
  map.addEventListener("click", swallow, true);
  document.addEventListener("roadmap:drawn", show);
  show();
}

function read() {
  const asked = new URLSearchParams(location.search);
  const entry = (name) => (text) => [`${name}:${text.split(":")[0]}`, text.split(":")[1]];
  return new Map(["bar", "gate"].flatMap((name) => asked.getAll(name).map(entry(name))));
}

const nameOf = (mark) => (mark.dataset.bar ? `bar:${mark.dataset.bar}` : `gate:${mark.dataset.gate}`);
const marks = (name) => drawing.querySelectorAll(`[data-${name.replace(":", '="')}"]`);
const dayWidth = (mark) => mark.closest(".rm-track").getBoundingClientRect().width / drawing.dataset.days;
const dayOf = (text) => new Date(`${text}T00:00:00Z`);
const written = (day) => day.toISOString().slice(0, 10);
const movable = (at) => at.closest?.(".rm-track [data-bar], .rm-track [data-gate]");

function later(day, months) {
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day.getUTCDate(), last));
  return first;
}

function put(mark, value) {
  const name = nameOf(mark);
  const stays = mark.dataset.bar ? !Number(value) : !value || value === mark.dataset.on;
  if (stays) draft.delete(name);
  else draft.set(name, String(value));
  show();
  keep();
}

function keep() {
  const asked = new URLSearchParams(location.search);
  for (const key of ["base", "bar", "gate"]) asked.delete(key);
  const parts = [asked.toString(), draft.size && link.search.slice(1)];
  history.replaceState(history.state, "", `?${parts.filter(Boolean).join("&")}`);
}

function show() {
  for (const mark of drawing.querySelectorAll(".rm-track > a[transform]")) mark.removeAttribute("transform");
  for (const [name, value] of draft) {
    for (const mark of marks(name)) {
      const { on } = mark.dataset;
      const x = dayWidth(mark) * (on ? (dayOf(value) - dayOf(on)) / 864e5 : value * MONTH);
      shift(mark, x);
      if (on) continue;
      for (const gate of mark.closest(".rm-track").querySelectorAll("[data-gate]")) {
        if (!draft.has(nameOf(gate))) shift(gate, x);
      }
    }
  }
  link.closest("[data-plan-draft]").hidden = !draft.size;
  words.textContent = draft.size ? `${draft.size} moved, not saved` : "";
  const moves = [...draft].map(([name, to]) => `${name.replace(":", "=")}:${to}`);
  link.href = `${link.dataset.href}&${moves.join("&")}`;
}

const shift = (mark, x) => mark.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);

function take(event) {
  const mark = movable(event.target);
  dragged = false;
  if (!mark || event.button) return;
  held = { mark, x: event.clientX, before: draft.get(nameOf(mark)), moved: false };
  addEventListener("pointermove", drag);
  addEventListener("pointerup", drop, { once: true });
  addEventListener("pointercancel", giveBack, { once: true });
}

function drag(event) {
  const by = event.clientX - held.x;
  if (!held.moved && Math.abs(by) < 4) return;
  held.moved = true;
  const { mark, before } = held;
  const days = by / dayWidth(mark);
  if (mark.dataset.bar) put(mark, Math.round(days / MONTH) + Number(before || 0));
  else put(mark, written(new Date(+dayOf(before || mark.dataset.on) + Math.round(days) * 864e5)));
}

function drop() {
  removeEventListener("pointermove", drag);
  removeEventListener("pointercancel", giveBack);
  dragged = held?.moved;
  held = null;
}

function giveBack() {
  if (held?.moved) put(held.mark, held.before ?? null);
  removeEventListener("pointerup", drop);
  drop();
}

// A drag ends in a click.
function swallow(event) {
  if (!dragged) return;
  dragged = false;
  event.preventDefault();
  event.stopPropagation();
}

function press(event) {
  const mark = movable(event.target);
  if (event.key === "Escape" && held) return giveBack();
  if (!mark) return;
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const now = draft.get(nameOf(mark));
  if (event.altKey && step) {
    if (mark.dataset.bar) put(mark, Number(now || 0) + step);
    else put(mark, written(later(dayOf(now || mark.dataset.on), step)));
  } else if (event.key === "Escape" && now) put(mark, null);
  else return;
  event.preventDefault();
}

begin();
document.addEventListener("htmx:after:swap", begin);
