// The day stays as it is: what changes at the server comes as pieces of the page and is put in place of the old ones.
// Whoever is reading or writing in a piece keeps it, with a mark that says who has changed it.
/* global Idiomorph */

const SILENCE = 10_000;
const PATIENCE = 6;
const day = document.querySelector("#den");
const state = document.querySelector("#zive");
const banner = document.querySelector("#bez-spojeni");
const waitingParts = new Map();
const held = new Map();
let heard = performance.now();
let time = "";
let changed = () => {};
let source = null;
let queue = [];
let working = false;

const CALLBACKS = {
  beforeAttributeUpdated: (name, node) => !(name === "tabindex" && node.matches?.("a")) && name !== "aria-current",
  beforeNodeMorphed: (old, fresh) => !(old.nodeType === 1 && isKept(old, fresh)),
  beforeNodeRemoved: (old) => old.nodeType !== 1 || !(old.matches(".aid-board__place, .aid-changed") || keepGone(old)),
};

/** The ride (or line) in which somebody is: it is not taken from under their hands. */
const mine = () => document.activeElement?.closest("[id^='j-'], [id^='r-'], [id^='c-']");

function isKept(old, fresh) {
  if (old !== mine() || old.isEqualNode(fresh) || !marks[codeOf(old)]) return false;
  waitingParts.set(old.id, fresh.cloneNode(true));
  mark(old, marks[codeOf(old)]);
  return true;
}

function keepGone(old) {
  if (old !== mine() || !marks[codeOf(old)]) return false;
  mark(old, marks[codeOf(old)]);
  old.id += "-gone";
  waitingParts.set(old.id, null);
  return true;
}

const codeOf = (element) => element.id.split("-")[1];
let marks = {};

function mark(element, text) {
  let badge = element.querySelector(".aid-changed");
  if (!badge) {
    badge = document.createElement("span");
    badge.className = "aid-changed";
    (element.matches("tr") ? element.lastElementChild : element).append(badge);
  }
  badge.textContent = text;
  const said = document.querySelector("#sdeleni");
  if (said) said.textContent = text;
}

/** Once nobody is in it any more, a piece that was kept becomes what it is by now. */
function left() {
  requestAnimationFrame(() => {
    for (const [id, fresh] of [...waitingParts]) {
      const old = document.getElementById(id);
      if (old && old === mine()) continue;
      waitingParts.delete(id);
      if (old && fresh) Idiomorph.morph(old, fresh, { callbacks: CALLBACKS });
      else old?.remove();
      changed();
    }
  });
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Put one piece in the place of the old one; a piece that is new finds its place by its time. */
function put(fresh) {
  const old = document.getElementById(fresh.id);
  if (fresh.dataset.hold !== undefined && old) return hold(old, fresh);
  if (old?.matches("svg")) old.replaceWith(fresh);
  else if (old) Idiomorph.morph(old, fresh, { ignoreActiveValue: true, callbacks: CALLBACKS });
  else if (fresh.matches("tr")) {
    const body = document.querySelector("#radky");
    const after = [...(body?.children ?? [])].find((each) => Number(each.dataset.s) > Number(fresh.dataset.s));
    body?.insertBefore(fresh, after ?? null);
  }
}

/** What waits does not move under the hand: new ones stay behind a button, those that are over are crossed out. */
function hold(list, fresh) {
  const there = new Set([...list.children].map((each) => each.id));
  const coming = new Map([...fresh.children].map((each) => [each.id, each]));
  for (const item of [...list.children]) {
    const next = coming.get(item.id);
    item.classList.toggle("aid-queue--over", !next);
    if (next) Idiomorph.morph(item, next, { ignoreActiveValue: true, callbacks: CALLBACKS });
  }
  const news = [...coming.keys()].filter((id) => !there.has(id)).length;
  held.set(list.id, fresh);
  list.hidden = !list.children.length;
  offer(list, news);
}

function offer(list, news) {
  let button = document.getElementById(`${list.id}-nove`);
  if (!news) return void button?.remove();
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.id = `${list.id}-nove`;
    button.className = "govuk-button govuk-button--secondary aid-more-new";
    button.addEventListener("click", () => {
      const fresh = held.get(list.id);
      const first = [...fresh.children].find((each) => !document.getElementById(each.id))?.id;
      list.replaceChildren(...fresh.cloneNode(true).children);
      list.hidden = !list.children.length;
      list.parentElement.querySelector(".aid-empty")?.remove();
      button.remove();
      document.getElementById(first)?.querySelector("a")?.focus();
    });
    list.before(button);
  }
  button.textContent = list.dataset.hold.replace("#", news);
}

/** A few pieces in each frame, so that the keyboard never waits for the news. */
function work() {
  const until = performance.now() + PATIENCE;
  while (queue.length && performance.now() < until) put(parsed(queue.shift()));
  working = queue.length > 0;
  if (working) requestAnimationFrame(work);
  else changed();
}

function news(event) {
  alive();
  const said = JSON.parse(event.data);
  time = said.time;
  marks = said.changed;
  for (const id of said.gone) {
    const old = document.getElementById(id);
    if (old && !keepGone(old)) old.remove();
  }
  queue.push(...said.parts);
  if (!working) {
    working = true;
    requestAnimationFrame(work);
  }
  shown();
}

function shown() {
  const stale = !banner.hidden;
  state.classList.toggle("aid-live--lost", stale);
  if (time) state.textContent = (stale ? day.dataset.saysStale : day.dataset.saysLive).replace("#", time);
}

function alive() {
  heard = performance.now();
  if (!banner.hidden) {
    banner.hidden = true;
    shown();
  }
}

function lost(text) {
  if (!banner.hidden && !text) return;
  if (text || time) banner.querySelector("p").textContent = text ?? day.dataset.saysStale.replace("#", time);
  banner.hidden = false;
  shown();
}

/** The whole page anew, put in place piece by piece: after a deed of one's own. */
export async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  marks = {};
  for (const id of ["figury", "cekaji", "prani", "plan"]) {
    const fresh = page.getElementById(id);
    const whole = fresh?.closest("section") && id !== "figury" ? fresh.closest("section") : fresh;
    const there = document.getElementById(id);
    const old = there?.closest("section") && id !== "figury" ? there.closest("section") : there;
    if (old && whole) Idiomorph.morph(old, whole, { ignoreActiveValue: true, callbacks: CALLBACKS });
  }
  const rows = page.querySelector("#radky");
  const sheet = page.querySelector(".aid-board__sheet");
  if (rows) Idiomorph.morph(document.querySelector("#radky"), rows, { callbacks: CALLBACKS });
  if (sheet) Idiomorph.morph(document.querySelector(".aid-board__sheet"), sheet, { callbacks: CALLBACKS });
  changed();
}

export function start(listener) {
  changed = listener.changed;
  const asked = new URLSearchParams(location.search);
  asked.set("od", day.dataset.mark);
  source = new EventSource(`${day.dataset.live}?${asked}`);
  source.addEventListener("zmena", news);
  source.addEventListener("zije", (event) => {
    time = event.data;
    alive();
    shown();
  });
  source.addEventListener("konec", () => {
    source.close();
    lost(day.dataset.saysOver);
  });
  setInterval(() => performance.now() - heard > SILENCE && lost(), 1000);
  document.addEventListener("focusout", left);
  addEventListener("pagehide", () => source.close());
}
