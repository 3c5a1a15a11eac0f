// People are offered while somebody types after an @, and what was read is noted as read.
const ASKED = /(?:^|[^\w@.+-])@([^\s@]+(?: [^\s@]+)?)?$/;
const WAIT = 150;

function bind(field) {
  const list = document.createElement("ul");
  list.id = `${field.id}-people`;
  list.className = "people";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People to mention");
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  let at = -1;
  let chosen = 0;
  let timer;
  let asked = "";

  const options = () => [...list.children];
  function close() {
    clearTimeout(timer);
    list.hidden = true;
    at = -1;
    field.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    const all = options();
    chosen = (number + all.length) % all.length;
    all.forEach((one, i) => one.setAttribute("aria-selected", String(i === chosen)));
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function write(option) {
    const after = field.value.slice(field.selectionStart).replace(/^(?! )/, " ");
    const before = `${field.value.slice(0, at)}@${option.dataset.write}`;
    field.value = before + after;
    field.setSelectionRange(before.length + 1, before.length + 1);
    close();
    field.focus();
  }

  function show(people) {
    list.replaceChildren(
      ...people.map((one, i) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${i}`;
        option.setAttribute("role", "option");
        option.dataset.write = one.write;
        option.append(one.name, " ");
        const handle = document.createElement("span");
        handle.textContent = `@${one.handle}`;
        option.append(handle);
        return option;
      }),
    );
    list.hidden = !people.length;
    if (people.length) choose(0);
    else field.removeAttribute("aria-activedescendant");
  }

  async function ask(typed) {
    asked = typed;
    const answer = await fetch(`${field.dataset.people}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (answer?.ok && asked === typed && at >= 0) show(await answer.json());
  }

  field.addEventListener("input", () => {
    const before = field.value.slice(0, field.selectionStart);
    const found = ASKED.exec(before);
    if (!found) return close();
    const typed = found[1] ?? "";
    at = before.length - typed.length - 1;
    clearTimeout(timer);
    timer = setTimeout(() => ask(typed), WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(chosen + step);
    else if (event.key === "Enter" || event.key === "Tab") write(options()[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("blur", () => setTimeout(close, WAIT));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) write(option);
  });
}

document.querySelectorAll("textarea[data-people]").forEach(bind);
document.querySelectorAll("form[data-read-mentions]").forEach(async (form) => {
  const body = new URLSearchParams(new FormData(form));
  await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  form.remove();
});
