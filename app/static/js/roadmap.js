// The roadmap opens at today, and its diamonds are one tab stop: arrows go from one to the next.
function begin() {
  for (const map of document.querySelectorAll("[data-roadmap]:not([data-bound])")) {
    map.dataset.bound = "yes";
    const today = map.querySelector("#today");
    const chosen = map.querySelector(".is-selected use[href='#d-ring']");
    const name = map.querySelector(".rm-name").getBoundingClientRect().width;
    const at = (chosen || today)?.getBoundingClientRect().left - map.getBoundingClientRect().left - name;
    if (at > (map.clientWidth - name) * 0.7) map.scrollLeft = at - (map.clientWidth - name) / 3;
    const marks = [...map.querySelectorAll(".rm-track a")];
    const first = marks.indexOf(chosen?.closest("a"));
    marks.forEach((mark, i) => mark.setAttribute("tabindex", i === Math.max(first, 0) ? "0" : "-1"));
    map.addEventListener("keydown", (event) => move(event, map));
  }
}

function move(event, map) {
  const mark = event.target.closest(".rm-track a");
  if (!mark || event.altKey || event.ctrlKey || event.metaKey) return;
  const track = mark.closest(".rm-track");
  const here = [...track.querySelectorAll("a")];
  const place = here.indexOf(mark);
  let goal;
  if (event.key === "ArrowRight") goal = here[place + 1];
  else if (event.key === "ArrowLeft") goal = here[place - 1];
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const tracks = [...map.querySelectorAll(".rm-row .rm-track")].filter((t) => t.querySelector("a"));
    const next = tracks[tracks.indexOf(track) + (event.key === "ArrowDown" ? 1 : -1)];
    const marks = next ? [...next.querySelectorAll("a")] : [];
    goal = marks[Math.min(place, marks.length - 1)];
  } else return;
  event.preventDefault();
  if (!goal) return;
  mark.setAttribute("tabindex", "-1");
  goal.setAttribute("tabindex", "0");
  goal.focus();
}

begin();
document.addEventListener("htmx:after:swap", begin);
