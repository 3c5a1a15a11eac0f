// The roadmap opens at today and is one tab stop: arrows go from mark to mark and from row to row.
const MARKS = ".rm-name a, .rm-track a";
const FAR = 10;

function begin() {
  for (const map of document.querySelectorAll("[data-roadmap]:not([data-bound])")) {
    map.dataset.bound = "yes";
    const chosen = map.querySelector(".is-selected use[href='#d-ring']") || map.querySelector(".is-selected .rm-b");
    const start = (chosen || map.querySelector("#today"))?.getBoundingClientRect().left;
    const room = map.clientWidth - nameWidth(map);
    const at = start - map.getBoundingClientRect().left - nameWidth(map);
    if (at > room * 0.7) map.scrollLeft = at - room / 3;
    const marks = map.querySelectorAll(MARKS);
    for (const mark of marks) mark.setAttribute("tabindex", "-1");
    const stop = chosen?.closest("a") || map.querySelector(".rm-track a") || marks[0];
    if (!stop) continue;
    stop.setAttribute("tabindex", "0");
    map.removeAttribute("tabindex");
    map.addEventListener("keydown", press);
    map.addEventListener("focusin", stay);
  }
}

const nameWidth = (map) => map.querySelector(".rm-name").offsetWidth;
const ROWS = ".rm-lane, .rm-row";
const marksOf = (row) => [...row.querySelectorAll(MARKS)];
const middle = (mark) => {
  const { left, width } = mark.getBoundingClientRect();
  return left + width / 2;
};

// Whatever is focused, by key, mouse or script, is where Tab comes back to.
function stay(event) {
  const mark = event.target.closest(MARKS);
  if (!mark) return;
  for (const old of this.querySelectorAll('[tabindex="0"]')) old.setAttribute("tabindex", "-1");
  mark.setAttribute("tabindex", "0");
}

function press(event) {
  const mark = event.target.closest(MARKS);
  if (!mark || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const goal = goalOf(event.key, event.ctrlKey, mark);
  if (goal === undefined) return;
  event.preventDefault();
  goal?.focus();
}

// The mark to go to; null where there is none, undefined where the key means nothing here.
function goalOf(key, control, mark) {
  const row = mark.closest(ROWS);
  const here = marksOf(row);
  const place = here.indexOf(mark);
  if (control && (key === "Home" || key === "End")) {
    const rows = [...row.closest(".rm-body").querySelectorAll(ROWS)];
    return nearest(key === "Home" ? rows : rows.reverse(), mark);
  }
  if (control) return undefined;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: FAR, PageUp: -FAR };
  if (key in steps) return nearest(beyond(row, steps[key]), mark);
  return { ArrowRight: here[place + 1] ?? null, ArrowLeft: here[place - 1] ?? null, Home: here[0], End: here.at(-1) }[key];
}

// Rows in the direction of the step, from the one that many rows away; the last one where there are fewer.
function beyond(row, step) {
  const all = [...row.closest(".rm-body").querySelectorAll(ROWS)];
  const place = all.indexOf(row);
  const ahead = step > 0 ? all.slice(place + 1) : all.slice(0, place).reverse();
  const rows = ahead.filter((one) => one.querySelector(MARKS));
  return rows.length < Math.abs(step) ? rows.slice(-1) : rows.slice(Math.abs(step) - 1);
}

// Names go to names, bars to bars, hurdles to the hurdle that lies nearest.
function nearest(rows, mark) {
  const kind = mark.closest(".rm-name") ? ".rm-name a" : mark.matches(".rm-bar") ? ".rm-bar" : ".rm-track a:not(.rm-bar)";
  for (const row of rows) {
    const same = [...row.querySelectorAll(kind)];
    const found = same.length ? same : [...row.querySelectorAll(".rm-track a")];
    const x = middle(mark);
    if (found.length) return found.reduce((a, b) => (Math.abs(middle(b) - x) < Math.abs(middle(a) - x) ? b : a));
  }
  return null;
}

// htmx looks at every element and every attribute; it finds nothing in thousands of marks, so it goes round them.
function goRound(event) {
  const map = event.target.querySelector?.("[data-roadmap]");
  if (!map || !window.htmx) return;
  event.preventDefault();
  for (let one = map; one !== event.target; one = one.parentElement) {
    for (const beside of one.parentElement.children) if (beside !== one) window.htmx.process(beside);
  }
}

begin();
document.addEventListener("htmx:before:process", goRound);
document.addEventListener("htmx:after:swap", begin);
