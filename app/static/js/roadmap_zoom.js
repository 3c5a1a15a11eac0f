// All places are percentages, so another zoom is another width: it needs no new page. The day in the middle stays.
const zooms = () => document.querySelectorAll('nav[aria-label="Zoom"] a');
const drawn = () => document.dispatchEvent(new Event("roadmap:drawn"));
const zoomOf = (link) => new URLSearchParams(link.getAttribute("href").split("?")[1]).get("zoom");

function change(zoom) {
  const map = document.querySelector("[data-roadmap]");
  const axes = [...map.querySelectorAll(".rm-axis")];
  const wanted = axes.find((axis) => axis.dataset.zoom === zoom);
  const name = map.querySelector(".rm-name").offsetWidth;
  const middle = () => (map.clientWidth - name) / 2;
  const old = axes.find((axis) => !axis.hasAttribute("hidden")).clientWidth;
  const share = (map.scrollLeft + middle()) / old;
  for (const axis of axes) axis.toggleAttribute("hidden", axis !== wanted);
  map.classList.toggle("rm--fit", wanted.getAttribute("width") === "100%");
  map.scrollLeft = share * wanted.clientWidth - middle();
  for (const link of zooms()) {
    if (zoomOf(link) === zoom) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const asked = new URLSearchParams(location.search);
  asked.set("zoom", zoom);
  history.replaceState(history.state, "", `?${asked.toString().replaceAll("%3A", ":").replaceAll("%2C", ",")}`);
  drawn();
}

addEventListener("resize", drawn);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('nav[aria-label="Zoom"] a');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const zoom = zoomOf(link);
  if (!document.querySelector(`[data-roadmap] .rm-axis[data-zoom="${zoom}"]`)) return;
  event.preventDefault();
  change(zoom);
});
