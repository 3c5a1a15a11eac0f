// The budgets agree while a slider moves, and a change asks for its answer by itself.
const form = document.querySelector("form[data-bench]");
const amount = (field) => Number(field.value.replace(/[^\d.]/g, "")) || 0;
const written = (value) => value.toLocaleString("en");

function fields(part) {
  return [...form.querySelectorAll(`[data-part="${part}"] input:not([type=range])`)];
}

function show(field, value) {
  field.value = written(value);
  const range = field.closest("[data-slider]").querySelector("input[type=range]");
  if (range) range.value = value;
}

function agree(changed) {
  const [whole] = fields("all");
  const funds = fields("fund");
  if (!whole || !funds.length) return;
  if (changed.closest("[data-part]").dataset.part === "fund") {
    show(whole, funds.reduce((sum, one) => sum + amount(one), 0));
    return;
  }
  const had = funds.map(amount);
  const all = had.reduce((sum, one) => sum + one, 0);
  const wanted = amount(whole);
  let left = wanted;
  funds.forEach((one, i) => {
    const last = i === funds.length - 1;
    const share = last ? left : Math.round((all ? had[i] / all : 1 / funds.length) * wanted);
    left = Math.round((left - share) * 100) / 100;
    show(one, share);
  });
}

let waiting;
function ask() {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.requestSubmit(), 300);
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.closest("[data-part]")) agree(event.target);
  });
  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-part]")) ask();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const run = document.querySelector("form[data-run]");
  if (!run) return;
  event.preventDefault();
  run.requestSubmit();
});

document.addEventListener("htmx:after:swap", () => {
  const block = document.querySelector("[data-what-if] > section");
  if (!block) return;
  block.scrollIntoView({ block: innerWidth < 1100 ? "start" : "nearest" });
  if (document.activeElement === document.body) block.focus({ preventScroll: true });
});
