// “/” goes to the search field; Escape and a click beside it close the phone's menu.
document.addEventListener("keydown", (event) => {
  const more = document.querySelector("details.more[open]");
  if (event.key === "Escape" && more) {
    more.open = false;
    more.querySelector("summary").focus();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const field = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
});

document.addEventListener("click", (event) => {
  const more = document.querySelector("details.more[open]");
  if (more && !more.contains(event.target)) more.open = false;
});
