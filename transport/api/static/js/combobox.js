// A field that proposes while somebody types (ARIA 1.2 combobox). The proposals stand in a list on an ordinary page,
// which is fetched and read; without this script the form asks when something is not clear.

const WAITS = 150;

export const fetched = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

export function combobox(box, { say, chosen }) {
  const input = box.querySelector("input[type=text]");
  const mark = box.querySelector("input[type=hidden]");
  const list = document.createElement("ul");
  list.id = `${input.id}-navrhy`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`).firstChild.textContent.trim());
  list.hidden = true;
  box.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
  })) {
    input.setAttribute(name, value);
  }
  const before = { text: input.value, mark: mark?.value };
  let timer = 0;
  let asked = 0;
  let waiting = null;

  const options = () => [...list.children];
  const open = () => !list.hidden;

  function stop() {
    clearTimeout(timer);
    timer = 0;
  }

  function close() {
    stop();
    asked += 1;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function select(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  async function propose() {
    stop();
    asked += 1;
    const mine = asked;
    const words = encodeURIComponent(input.value.trim());
    const address = `${box.dataset.combobox}${box.dataset.combobox.includes("?") ? "&" : "?"}q=${words}`;
    waiting = fetched(address).then((page) => {
      if (mine !== asked) return;
      const rows = [...page.querySelectorAll(`#${box.dataset.list} > li`)].filter((row) => !row.dataset.street);
      list.replaceChildren(
        ...rows.map((row, number) => {
          const option = document.createElement("li");
          option.id = `${list.id}-${number}`;
          option.setAttribute("role", "option");
          option.textContent = row.textContent;
          Object.assign(option.dataset, row.dataset);
          return option;
        }),
      );
      list.hidden = rows.length === 0;
      input.setAttribute("aria-expanded", String(open()));
      if (open()) select(options()[0]);
      else input.removeAttribute("aria-activedescendant");
      say(String(rows.length));
    }, () => {});
    await waiting;
  }

  function take(option) {
    input.value = option.dataset.name;
    if (mark) mark.value = option.dataset.mark ?? "";
    input.classList.remove("aid-as-before");
    close();
    chosen(input, option);
  }

  // Enter takes the first proposal, also the one that is still on its way.
  async function accept() {
    const typed = input.value;
    await (timer ? propose() : waiting);
    const option = options().find((each) => each.getAttribute("aria-selected") === "true");
    if (option && input.value === typed) take(option);
    else chosen(input, null);
  }

  input.addEventListener("input", () => {
    if (mark) mark.value = "";
    input.classList.remove("aid-as-before");
    stop();
    waiting = null;
    if (input.value.trim() === "") close();
    else timer = setTimeout(propose, WAITS);
  });

  input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "ArrowDown" && !open()) {
      event.preventDefault();
      propose();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && open()) {
      event.preventDefault();
      const all = options();
      const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
      select(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (mark && mark.value && !open()) chosen(input, null);
      else accept();
    } else if (event.key === "Escape" && open()) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Escape" && input.value !== before.text) {
      event.preventDefault();
      event.stopPropagation();
      input.value = before.text;
      if (mark) mark.value = before.mark;
    }
  });

  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", close);
}
