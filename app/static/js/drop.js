// A file dropped anywhere on a zone is the field's; its name and size are said, and a kind or size
// that nobody could read is refused at once.
const units = ["bytes", "kB", "MB", "GB"];

function size(bytes) {
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit += 1) bytes /= 1000;
  return `${bytes.toLocaleString("en", { maximumFractionDigits: unit ? 1 : 0 })} ${units[unit]}`;
}

function problemOf(file, zone) {
  const { drop, names, most } = zone.dataset;
  const ending = file.name.split(".").at(-1).toLowerCase();
  if (!file.name.includes(".") || !drop.split(" ").includes(ending)) return `“${file.name}” is not a ${names} file. Choose another one.`;
  if (!file.size) return `“${file.name}” is empty. Choose another file.`;
  if (most && file.size > most * 2 ** 20) return `“${file.name}” has ${size(file.size)}; at most ${most} MB can be sent from here.`;
  return "";
}

function say(zone, words, isProblem) {
  const note = zone.querySelector("[data-drop-note]");
  const input = zone.querySelector("input[type=file]");
  note.textContent = words;
  note.classList.toggle("problem", isProblem);
  if (isProblem) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function look(zone) {
  const input = zone.querySelector("input[type=file]");
  const [file] = input.files;
  if (!file) return say(zone, "", false);
  const problem = problemOf(file, zone);
  if (problem) input.value = "";
  say(zone, problem || `${file.name}, ${size(file.size)}`, Boolean(problem));
}

function take(zone, files) {
  if (files.length !== 1) {
    return say(zone, files.length ? `${files.length} files were dropped; drop one.` : "That is no file. Drop a file.", true);
  }
  zone.querySelector("input[type=file]").files = files;
  look(zone);
}

const zoneOf = (event) => event.target.closest?.("[data-drop]");
const mark = (zone, isOver) => zone?.querySelector(".drop-zone").classList.toggle("is-over", isOver);

document.addEventListener("change", (event) => {
  const zone = zoneOf(event);
  if (zone && event.target.type === "file") look(zone);
});
document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (zone) event.preventDefault();
  mark(zone, true);
});
document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) mark(zone, false);
});
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  mark(zone, false);
  take(zone, event.dataTransfer.files);
});
