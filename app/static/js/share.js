// “Share view” holds the address of what is shown; here it is copied, with what moved since the page came.
const MOVED = ["base", "bar", "gate"];

function renew(field) {
  const here = new URLSearchParams(location.search);
  const [page, query] = field.value.split("?");
  const asked = new URLSearchParams(query);
  for (const key of MOVED) asked.delete(key);
  if (here.has("bar") || here.has("gate")) {
    for (const key of MOVED) for (const value of here.getAll(key)) asked.append(key, value);
  }
  for (const key of ["zoom", "at", "work"]) if (here.has(key)) asked.set(key, here.get(key));
  for (const key of ["at", "work"]) if (!here.has(key)) asked.delete(key);
  field.value = `${page}?${asked.toString().replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
}

async function copy(share) {
  const field = share.querySelector("input");
  field.select();
  let done = false;
  try {
    await navigator.clipboard.writeText(field.value);
    done = true;
  } catch {
    done = document.execCommand("copy"); // without https there is no clipboard of the newer kind
  }
  share.querySelector("[role=status]").textContent = done ? "The link is copied." : "Copy it with Ctrl C.";
}

function begin() {
  for (const button of document.querySelectorAll("[data-share] [data-copies]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const share = event.target.closest("[data-share]");
  if (share && event.target.closest("[data-copies]")) copy(share);
  for (const open of document.querySelectorAll("[data-share][open]")) if (open !== share) open.open = false;
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("[data-share]") || !event.target.open) return;
  const field = event.target.querySelector("input");
  renew(field);
  field.focus();
  field.select();
}, true);

document.addEventListener("keydown", (event) => {
  const open = event.target.closest?.("[data-share][open]");
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
  event.preventDefault();
});

begin();
document.addEventListener("htmx:after:swap", begin);
