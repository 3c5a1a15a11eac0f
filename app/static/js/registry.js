// The registry: its menus close as people expect.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A cell's field: Enter saves, Esc leaves it as it was.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest("form[data-cell]");
  if (!form) return;
  if (event.key === "Escape") {
    event.preventDefault();
    form.querySelector("[data-cancel]").click();
  } else if (event.key === "Enter" && event.target.matches("select")) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// Ticked rows are counted, and all of the page are ticked at once.
const ticks = () => [...document.querySelectorAll(".tick")];

function count() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const ticked = ticks().filter((one) => one.checked).length;
  const button = bar.querySelector("[data-ticked]");
  button.textContent = ticked ? `Change ${ticked} ticked` : "Change ticked";
  button.disabled = !ticked;
  const all = bar.querySelector("[data-tick-all]");
  all.hidden = false;
  all.firstElementChild.checked = ticked > 0 && ticked === ticks().length;
}

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-tick-all]");
  if (all) for (const one of ticks()) one.checked = event.target.checked;
  if (all || event.target.matches(".tick")) count();
});
count();
window.addEventListener("pageshow", count);
document.addEventListener("htmx:after:swap", count);

// The matrix is one stop of Tab: arrows go to the nearest point that way.
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const matrix = document.querySelector("[data-matrix]");
const points = matrix ? [...matrix.querySelectorAll("a")] : [];
const at = (point, name) => Number(point.dataset[name]);

function stand(point) {
  for (const one of points) one.setAttribute("tabindex", one === point ? "0" : "-1");
}

function nearest(from, [right, down]) {
  let best = null;
  let least = Infinity;
  const onwards = right + down > 0 ? points.slice(0, points.indexOf(from)).reverse() : points.slice(points.indexOf(from) + 1);
  const same = onwards.find((one) => at(one, "x") === at(from, "x") && at(one, "y") === at(from, "y"));
  if (same) return same;
  for (const one of points) {
    const x = at(one, "x") - at(from, "x");
    const y = at(one, "y") - at(from, "y");
    const along = x * right + y * down;
    const distance = along + 2 * Math.abs(x * down + y * right);
    if (one !== from && along > 0 && distance < least) [best, least] = [one, distance];
  }
  return best;
}

if (points.length) {
  stand(points.at(-1));
  matrix.addEventListener("focusin", (event) => stand(event.target.closest("a")));
  matrix.addEventListener("keydown", (event) => {
    const from = event.target.closest("a");
    const ends = { Home: points.at(-1), End: points[0] };
    const goal = ends[event.key] ?? (WAYS[event.key] && nearest(from, WAYS[event.key]));
    if (goal === undefined) return;
    event.preventDefault();
    goal?.focus();
  });
}
