// Repeated rows: spare empty rows wait behind “Add”; clearing a row empties it, and the server
// leaves empty rows out.
const controls = (row) => [...row.querySelectorAll("input:not([type=hidden]), select, textarea")];
const isEmpty = (row) =>
  controls(row).every((c) =>
    c.type === "checkbox" || c.type === "radio" ? !c.checked : c.tagName === "SELECT" ? c.selectedIndex <= 0 : !c.value.trim(),
  );

function empty(row) {
  for (const control of row.querySelectorAll("input, select, textarea")) {
    if (control.name.endsWith("csrf_token")) continue;
    if (control.type === "checkbox" || control.type === "radio") control.checked = false;
    else if (control.tagName === "SELECT") control.selectedIndex = 0;
    else control.value = "";
    control.removeAttribute("aria-invalid");
  }
  row.querySelectorAll(".problem").forEach((message) => message.remove());
}

function nextOf(last, number) {
  const copy = last.cloneNode(true);
  for (const node of copy.querySelectorAll("[name], [id], [for], [aria-describedby], [aria-label]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.replace(new RegExp(`-${number}(?=-|$)`), `-${number + 1}`));
    }
    const words = node.getAttribute("aria-label");
    if (words) node.setAttribute("aria-label", words.replace(/row \d+$/, `row ${number + 2}`));
  }
  copy.querySelectorAll("[data-number]").forEach((node) => (node.textContent = number + 2));
  empty(copy);
  return copy;
}

function bind(box) {
  if (box.dataset.bound) return;
  box.dataset.bound = "yes";
  const rows = () => [...box.querySelectorAll("[data-row]")];
  const all = rows();
  const spare = Number(box.dataset.spare || 0);
  all.forEach((row, i) => {
    if (i > 0 && i >= all.length - spare && isEmpty(row) && !row.querySelector(".problem")) row.hidden = true;
  });
  const add = box.querySelector("[data-add-row]");
  if (add) {
    add.hidden = false;
    add.addEventListener("click", () => {
      let row = rows().find((r) => r.hidden);
      if (!row) {
        const last = rows().at(-1);
        row = nextOf(last, rows().length - 1);
        last.after(row);
        offer(row);
      }
      row.hidden = false;
      controls(row)[0]?.focus();
    });
  }
  rows().forEach(offer);
}

function offer(row) {
  const button = row.querySelector("[data-remove-row]");
  if (button) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove-row]");
  if (!button) return;
  const row = button.closest("[data-row]");
  const box = row.closest("[data-rows]");
  empty(row);
  if ([...box.querySelectorAll("[data-row]")].filter((r) => !r.hidden).length > 1) row.hidden = true;
  box.querySelector("[data-add-row]")?.focus();
});

const begin = () => document.querySelectorAll("[data-rows]").forEach(bind);
begin();
document.addEventListener("htmx:after:swap", begin);
