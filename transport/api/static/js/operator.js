// The desk of whoever takes the telephone, faster: keys, proposals, forms sent without loading the page anew.
// Everything it does, the page can do without it; what is understood is always said by the server.

import { combobox, fetched } from "./combobox.js";

const SLOW = 1000;
const TOO_SLOW = 5000;
const SWITCH = "operator-keys";

const desk = () => document.getElementById("stul");
const by = (id) => document.getElementById(id);
const status = by("hlaseni");
const say = (text) => {
  status.textContent = text;
};
let sending = null;

function focusRightly() {
  const target = desk().querySelector(".govuk-error-summary") ?? desk().querySelector("[autofocus]") ?? by("q");
  target.focus();
  if (target.type === "text") target.select();
}

function show(page, address) {
  const fresh = page.getElementById("stul");
  if (!fresh) {
    location.assign(address);
    return;
  }
  desk().replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  history.replaceState(null, "", address);
  prepare();
  focusRightly();
}

// One form at a time: a doubled key changes nothing. After five seconds the operator goes on without the answer.
async function send(form, button) {
  if (sending) return;
  const data = new URLSearchParams(new FormData(form, button ?? null));
  const alone = new AbortController();
  const busy = button?.dataset.busy;
  const label = button?.innerHTML;
  sending = alone;
  desk().setAttribute("aria-busy", "true");
  button?.setAttribute("aria-disabled", "true");
  const slow = setTimeout(() => {
    if (!busy) return;
    button.textContent = busy;
    say(busy);
  }, SLOW);
  const tooSlow = setTimeout(() => {
    const instead = by("zavolame");
    if (form.id !== "jizda" || !instead) return;
    alone.abort();
    say(instead.textContent);
    instead.focus();
  }, TOO_SLOW);
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, signal: alone.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok || answer.status === 422) show(page, answer.redirected ? answer.url : location.href);
    else form.submit();
  } catch (problem) {
    if (problem.name !== "AbortError") form.submit();
  } finally {
    clearTimeout(slow);
    clearTimeout(tooSlow);
    sending = null;
    desk().removeAttribute("aria-busy");
    button?.removeAttribute("aria-disabled");
    if (button && label && button.isConnected) button.innerHTML = label;
  }
}

const press = (id) => {
  const button = by(id);
  if (button?.form) send(button.form, button);
  return Boolean(button);
};

// Enter goes on to the next question of the form.
function next(input) {
  const form = by("jizda");
  const fields = [...form.elements].filter((each) => {
    if (each.type === "hidden" || each.tabIndex < 0 || each.closest("details:not([open])")) return false;
    return each.type !== "radio" || each.checked || !form.elements[each.name].value;
  });
  const after = fields[fields.indexOf(input) + 1];
  after?.focus();
  if (after?.type === "text") after.select();
}

async function understand(input) {
  const shown = by(`rozumime-${input.name}`);
  if (!shown) return;
  const page = await fetched(`/op/kdy?${new URLSearchParams({ [input.name]: input.value })}`);
  shown.textContent = page.getElementById(shown.id)?.textContent ?? "";
}

function choose(offers, key) {
  const legs = [...offers.querySelectorAll("[data-leg]")];
  const here = document.activeElement.closest("[data-leg]") ?? legs[0];
  const radio = here?.querySelector(`[data-key="${key}"]`);
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  const open = legs.find((leg) => leg.querySelector("input") && !leg.querySelector(":checked"));
  if (open) open.querySelector("input").focus();
  else press("zvolit");
}

async function go(link) {
  if (sending || !link) return;
  show(await fetched(link.href), link.href);
}

function inOffers(event) {
  const at = event.target;
  if (at.type === "text" || at.tagName === "SELECT" || event.shiftKey) return false;
  const reasons = at.closest("#nic");
  if (reasons) {
    const radio = reasons.querySelector(`[data-key="${event.key}"]`);
    if (!radio) return false;
    radio.checked = true;
    send(radio.form, null);
    return true;
  }
  const offers = at.closest("[data-offers]");
  if (!offers) return false;
  if (event.key === "0") go(by("nic-nevyhovuje"));
  else if ("123".includes(event.key)) choose(offers, event.key);
  else return false;
  return true;
}

// Esc undoes one step: the reasons, the choice, the offers.
function back(event) {
  if (by("k-nabidkam")) go(by("k-nabidkam"));
  else if (by("zpet")) press("zpet");
  else if (event.target.closest("[data-offers]")) {
    by("time").focus();
    by("time").select();
  } else return false;
  return true;
}

function key(event) {
  if (event.defaultPrevented || event.altKey || event.metaKey || event.isComposing) return false;
  if (event.key === "F2" && !event.ctrlKey) {
    if (event.shiftKey) location.assign(by("novy").href);
    else {
      by("q").focus();
      by("q").select();
    }
    return true;
  }
  if (event.key === "F8" && !event.ctrlKey) return press(event.shiftKey ? "hledat-dny" : "hledat");
  if (event.key === "Enter" && event.ctrlKey) return press("potvrdit") || press("rovnou");
  if (event.ctrlKey) return false;
  if (event.key === "Escape") return back(event);
  if (event.key === "Enter" && event.target.form?.id === "jizda" && /text|radio|checkbox/.test(event.target.type)) {
    next(event.target);
    return true;
  }
  return inOffers(event);
}

function prepare() {
  for (const box of desk().querySelectorAll("[data-combobox]")) {
    combobox(box, {
      say,
      chosen(input, option) {
        if (option?.dataset.href) location.assign(option.dataset.href);
        else if (input.id === "q") input.form.submit();
        else next(input);
      },
    });
  }
  for (const input of desk().querySelectorAll("output[for]")) {
    const field = by(input.htmlFor.value);
    field?.addEventListener("change", () => understand(field));
    field?.addEventListener("input", () => field.classList.remove("aid-as-before"));
  }
}

const on = () => localStorage.getItem(SWITCH) !== "off";
by("klavesy-zapnout").hidden = false;
by("klavesy-ano").checked = on();
by("klavesy-ano").addEventListener("change", (event) => localStorage.setItem(SWITCH, event.target.checked ? "on" : "off"));

document.addEventListener("keydown", (event) => {
  if (on() && key(event)) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || !desk().contains(event.target)) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
prepare();
if (document.activeElement?.type === "text") document.activeElement.select();
