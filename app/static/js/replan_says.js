// What a key moved is said aloud; who drags sees it.
const says = () => document.querySelector("[data-announces]");

function monthWords(months) {
  if (!months) return "back where it was";
  return `${Math.abs(months)} month${Math.abs(months) === 1 ? "" : "s"} ${months > 0 ? "later" : "earlier"}`;
}

function dayWords(value, on) {
  if (!value || value === on) return "back where it was";
  const day = new Date(`${value}T00:00:00Z`);
  return `now ${day.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })}`;
}

// The address holds every move by the time the key has done its work.
function valueOf(name, id) {
  const entries = new URLSearchParams(location.search).getAll(name);
  return entries.find((entry) => entry.startsWith(`${id}:`))?.split(":")[1];
}

document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".rm-track [data-bar], .rm-track [data-gate]");
  if (!mark || !event.defaultPrevented || !(event.altKey || event.key === "Escape")) return;
  const { bar, gate, on } = mark.dataset;
  const words = bar ? monthWords(Number(valueOf("bar", bar) || 0)) : dayWords(valueOf("gate", gate), on);
  says().textContent = `${mark.getAttribute("aria-label").split(", ")[0]}: ${words}, not saved.`;
});
