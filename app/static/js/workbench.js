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

// A what-if stands in the address, and the filters of the list keep it.
const isTried = (name) => name === "tried" || name.startsWith("fund-");

function carry(address) {
  const tried = [...new URL(address, location.href).searchParams].filter(([name]) => isTried(name));
  history.replaceState(history.state, "", address);
  document.querySelectorAll("#list a").forEach((link) => {
    const to = new URL(link.href);
    if (to.pathname !== location.pathname) return;
    [...to.searchParams.keys()].filter(isTried).forEach((name) => to.searchParams.delete(name));
    tried.forEach(([name, value]) => to.searchParams.append(name, value));
    link.href = to;
  });
  document.querySelectorAll("#list form.filters").forEach((filters) => {
    filters.querySelectorAll("input[type=hidden]").forEach((one) => isTried(one.name) && one.remove());
    tried.forEach(([name, value]) => {
      const kept = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      filters.append(kept);
    });
  });
}

document.addEventListener("htmx:after:swap", (event) => {
  const address = event.detail.ctx?.response?.headers.get("HX-Replace-Url");
  if (address) carry(address);
  const block = document.querySelector("[data-what-if] > section");
  if (!block) return;
  block.scrollIntoView({ block: innerWidth < 1100 ? "start" : "nearest" });
  if (document.activeElement === document.body) block.focus({ preventScroll: true });
});
