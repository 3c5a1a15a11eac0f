// What a bar needs and what needs it, as lines from start to start while it is pointed at or focused. They
// are said in words in the bar's name and beside the roadmap.
const SVG = "http://www.w3.org/2000/svg";
const EDGE = 14;
const STEP = 10;
let shown = null;

const rowAt = (target) => target.closest?.("[data-roadmap] .rm-track a")?.closest("[data-link]");
const middleOf = (box) => box.top + box.height / 2;

// One initiative may lie in several lanes: the nearest row is meant.
function nearest(rows, row) {
  const y = middleOf(row.getBoundingClientRect());
  const far = (one) => Math.abs(middleOf(one.getBoundingClientRect()) - y);
  const found = new Map();
  for (const one of rows) {
    const other = found.get(one.dataset.link);
    if (!other || far(one) < far(other)) found.set(one.dataset.link, one);
  }
  return [...found.values()];
}

function ends(row) {
  const body = row.closest(".rm-body");
  const needed = (row.dataset.needs || "").split(" ").filter(Boolean);
  const asked = needed.map((id) => `[data-link="${CSS.escape(id)}"]`).join();
  return {
    needs: asked ? nearest(body.querySelectorAll(asked), row) : [],
    needed: nearest(body.querySelectorAll(`[data-needs~="${CSS.escape(row.dataset.link)}"]`), row),
  };
}

function line(layer, from, to, kind) {
  const frame = layer.getBoundingClientRect();
  const [a, b] = [from, to].map((row) => {
    const box = row.querySelector(".rm-b").getBoundingClientRect();
    return { x: Math.max(box.left - frame.left, EDGE), y: middleOf(box) - frame.top };
  });
  const turn = Math.min(a.x, b.x) - STEP;
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", `rm-link rm-link--${kind}`);
  path.setAttribute("d", `M${a.x} ${a.y}H${turn}V${b.y}H${b.x}m-6 -4l6 4l-6 4`);
  return path;
}

function draw(row) {
  const layer = row.closest("[data-roadmap]").querySelector(".rm-links svg");
  const { needs, needed } = ends(row);
  layer.replaceChildren(
    ...needs.map((one) => line(layer, one, row, "needs")),
    ...needed.map((one) => line(layer, row, one, "needed")),
  );
  for (const one of [...needs, ...needed]) one.classList.add("is-linked");
}

function clear() {
  if (!shown) return;
  const map = shown.closest("[data-roadmap]");
  shown = null;
  map?.querySelector(".rm-links svg").replaceChildren();
  for (const one of map?.querySelectorAll(".is-linked") || []) one.classList.remove("is-linked");
}

function show(event) {
  const row = rowAt(event.target) || rowAt(document.activeElement);
  if (row === shown && event.type !== "roadmap:drawn") return;
  clear();
  shown = row || null;
  if (row) draw(row);
}

for (const kind of ["pointerover", "focusin", "focusout", "roadmap:drawn"]) document.addEventListener(kind, show);