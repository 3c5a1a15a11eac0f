// Filters send themselves, sliders and their number fields agree, problems get the focus.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
});

function bindSlider(box) {
  const number = box.querySelector("input:not([type=range])");
  const range = box.querySelector("input[type=range]");
  if (!number || !range || !range.hidden) return;
  const plain = (text) => text.replace(/[^\d.]/g, "");
  range.hidden = false;
  range.value = plain(number.value) || range.min;
  range.addEventListener("input", () => {
    number.value = Number(range.value).toLocaleString("en");
  });
  number.addEventListener("input", () => {
    range.value = plain(number.value) || range.min;
  });
}

function begin() {
  document.querySelectorAll("[data-slider]").forEach(bindSlider);
  document.querySelector("[data-focus]")?.focus();
}

begin();
document.addEventListener("htmx:after:swap", begin);
