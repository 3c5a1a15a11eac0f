// The palette: Ctrl or Command K opens it from anywhere. What it shows comes from the search page;
// the field keeps the focus and names the option that is chosen, which Enter opens.
const dialog = document.getElementById("palette");
const field = document.getElementById("palette-words");
const found = document.getElementById("palette-found");
const said = document.getElementById("palette-said");

const options = () => [...found.querySelectorAll("[role=option]")];
const chosen = () => found.querySelector("[aria-selected=true]");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function open(words) {
  if (dialog.open) return dialog.close();
  field.value = words;
  dialog.showModal();
  field.focus();
  field.select();
  field.dispatchEvent(new Event("palette"));
}

function step(event) {
  const all = options();
  const place = all.indexOf(chosen());
  const goal = {
    ArrowDown: (place + 1) % all.length,
    ArrowUp: (place < 1 ? all.length : place) - 1,
    Home: 0,
    End: all.length - 1,
  }[event.key];
  if (goal === undefined || !all.length || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  choose(all[goal]);
}

// Before the results of the last letters have come, Enter sends the form: the page finds the same.
function enter(event) {
  if (found.firstElementChild?.dataset.asked !== field.value.trim() || !chosen()) return;
  event.preventDefault();
  chosen().click();
}

if (dialog) {
  new MutationObserver(() => {
    const all = options();
    // Ids are given here: htmx puts the attributes of what had the same id before back in place.
    all.forEach((option, place) => (option.id = `found-${place + 1}`));
    field.setAttribute("aria-expanded", String(all.length > 0));
    said.textContent = all.length ? `${all.length} found` : found.textContent.trim();
    choose(all[0]);
  }).observe(found, { childList: true });
  field.addEventListener("keydown", step);
  field.form.addEventListener("submit", enter);
  document.addEventListener("waymark:search", () => open(""));
  document.addEventListener("keydown", (event) => {
    const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (!isK || event.altKey || event.shiftKey || document.querySelector("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    open("");
  });
  for (const finder of document.querySelectorAll("[data-opens-palette]")) {
    finder.addEventListener("click", () => open(finder.value));
  }
}
