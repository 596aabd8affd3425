// The board and the list of a day: positions, walking with the arrow keys, keys for what is done to a ride, dragging.
// Positions go into one constructed sheet: the policy of the page forbids style attributes.
import * as live from "./live.js";
import * as panel from "./panel.js";

const WIDE = matchMedia("(min-width: 1000px)");
const STEP = 5;
const HOUR = 60;
const LETTERS = "board-letters";

const day = document.querySelector("#den");
const board = document.querySelector(".aid-board");
const home = `/disp/${day.dataset.day}`;
const sheet = new CSSStyleSheet();
const stops = (lane) => [...lane.querySelectorAll(".aid-lane__head a, a.aid-block")];
const lanes = () => [...board.querySelectorAll(".aid-lane")];
const codeOf = (link) => link.pathname.split("/").pop();
const startOf = (link) => Number(link.closest("li")?.dataset.s ?? 0);
const clock = (minute) => `${Math.floor(minute / HOUR)}:${String(Math.floor(minute % HOUR)).padStart(2, "0")}`;

let current = null;
let hand = null;
const from = () => Number(board.dataset.from);
const span = () => Number(board.dataset.to) - from();
const ppm = () => Number(board.dataset.ppm);

// --- where things stand ---

/** Each block in the first row in which nothing is in its way; a narrow one is in the way as wide as it is drawn. */
function rowsOf(lane, found) {
  const free = [];
  const least = ((ppm() === 1 ? 50 : 66) + 2) / ppm();
  for (const item of lane.children) {
    const start = Number(item.dataset.s);
    let row = free.findIndex((until) => until <= start);
    if (row < 0) row = free.push(0) - 1;
    free[row] = start + Math.max(Number(item.dataset.d), least);
    found.push(`#${item.id}{--s:${start - from()};--d:${item.dataset.d};--r:${row}}`);
  }
  found.push(`#${lane.id}{--rows:${Math.max(free.length, 1)}}`);
}

let placing = 0;
function place() {
  placing = 0;
  const found = [`.aid-board{--ppm:${ppm()};--span:${span()};--now:${minuteNow() - from()}}`];
  for (const hour of board.querySelectorAll(".aid-board__hours li")) {
    found.push(`#${hour.id}{--s:${Number(hour.dataset.s) - from()}}`);
  }
  for (const lane of board.querySelectorAll(".aid-lane ol")) rowsOf(lane, found);
  if (hand) found.push(`.aid-board__place{--at:${hand.minute - from()}}`);
  sheet.replaceSync(found.join("\n"));
}

const placeSoon = () => (placing ||= requestAnimationFrame(place));

const opened = performance.now();
const minuteNow = () => Number(board.dataset.now ?? -1) + (performance.now() - opened) / 60000;

function tick() {
  const line = board.querySelector(".aid-board__now");
  const now = minuteNow() - from();
  line.hidden = !board.dataset.now || now < 0 || now > span();
  placeSoon();
}

// --- walking ---

/** One stop of the Tab key for the whole board: the ride that was focused last. */
function rove() {
  for (const link of board.querySelectorAll(".aid-lane__head a:not([tabindex]), a.aid-block:not([tabindex])")) {
    if (link !== current) link.tabIndex = -1;
  }
  if (!current || !document.contains(current)) {
    current = (current && blockOf(codeOf(current))) || board.querySelector("a.aid-block");
  }
  if (current) current.tabIndex = 0;
}

const blockOf = (code) => document.querySelector(`:is(#j-${CSS.escape(code)}, #r-${CSS.escape(code)}) a`);

function take(link) {
  if (current && current !== link) current.tabIndex = -1;
  current = link;
  current.tabIndex = 0;
}

const nearest = (links, start) =>
  links.reduce((best, each) => (Math.abs(startOf(each) - start) < Math.abs(startOf(best) - start) ? each : best));

function neighbour(link, key) {
  const lane = link.closest(".aid-lane");
  const mine = stops(lane);
  const at = mine.indexOf(link);
  if (key === "ArrowLeft") return mine[at - 1];
  if (key === "ArrowRight") return mine[at + 1];
  if (key === "Home") return mine[0];
  if (key === "End") return mine.at(-1);
  if (key === "PageUp" || key === "PageDown") return anHourOn(mine, link, key === "PageDown" ? 1 : -1);
  const all = lanes();
  const step = key === "ArrowDown" ? 1 : -1;
  const heads = link.closest(".aid-lane__head");
  for (let number = all.indexOf(lane) + step; all[number]; number += step) {
    const there = heads ? stops(all[number]).slice(0, 1) : [...all[number].querySelectorAll("a.aid-block")];
    if (there.length) return heads ? there[0] : nearest(there, startOf(link));
  }
  return undefined;
}

function anHourOn(links, link, step) {
  const beyond = links.filter((each) => (startOf(each) - startOf(link)) * step > 0);
  return beyond.length ? nearest(beyond, startOf(link) + step * HOUR) : undefined;
}

const WALK = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

function pressed(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    panel.open(`${home}/zpet`, current);
    return;
  }
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (hand && carried(event)) return event.preventDefault();
  if (WALK.has(event.key)) {
    const link = event.target.closest("a");
    const next = link && neighbour(link, event.key);
    event.preventDefault();
    if (next) next.focus();
    return;
  }
  if (lettersWork() && event.target.matches("a.aid-block")) deed(event);
}

function deed(event) {
  const link = event.target;
  const key = event.key.toLowerCase();
  if (key === "m") panel.open(`${link.href}/presunout`, link);
  else if (key === "p") panel.open(`${link.href}/pripnout`, link);
  else if (key === "x") pickUp(link);
  else return;
  event.preventDefault();
}

// --- into the hand and down again ---

function pickUp(link) {
  drop();
  const lane = link.closest(".aid-lane");
  hand = { link, lane, minute: startOf(link), mark: document.createElement("div") };
  hand.mark.className = "aid-board__place";
  hand.mark.append(document.createElement("span"));
  link.classList.add("aid-block--held");
  aim(lane, hand.minute, { say: false });
  panel.announce(board.dataset.saysTaken);
}

function aim(lane, minute, { say = true } = {}) {
  hand.lane.classList.remove("aid-lane--aim");
  Object.assign(hand, { lane, minute: Math.min(Math.max(minute, from()), from() + span()) });
  const where = `${lane.dataset.vehicle}, ${clock(hand.minute)}`;
  hand.mark.firstChild.textContent = where;
  lane.classList.add("aid-lane--aim");
  lane.querySelector(".aid-lane__track").append(hand.mark);
  placeSoon();
  if (!say) return;
  panel.announce(where);
  hand.mark.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function carried(event) {
  const all = lanes();
  const move = { ArrowLeft: -STEP, ArrowRight: STEP, PageUp: -HOUR, PageDown: HOUR }[event.key];
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (move) aim(hand.lane, hand.minute + move);
  else if (step) aim(all[Math.min(Math.max(all.indexOf(hand.lane) + step, 0), all.length - 1)], hand.minute);
  else if (event.key.toLowerCase() === "v" || event.key === "Enter") putDown();
  else if (event.key === "Escape") {
    drop();
    panel.announce(board.dataset.saysDropped);
  } else return false;
  return true;
}

function drop() {
  if (!hand) return;
  hand.link.classList.remove("aid-block--held");
  hand.lane.classList.remove("aid-lane--aim");
  hand.mark.remove();
  hand = null;
}

function putDown() {
  const { link, lane, minute } = hand;
  drop();
  const asked = new URLSearchParams({ vuz: lane.id.slice(2), cas: clock(minute) });
  panel.open(`${link.href}/presunout?${asked}`, link);
}

// --- by pointer: the same, with a hand that follows ---

const FAR = 8;
let drag = null;

function grabbed(event) {
  const link = event.target.closest("a.aid-block");
  if (!link || event.button || event.pointerType === "touch") return;
  drag = { link, x: event.clientX, y: event.clientY, off: event.clientX - link.getBoundingClientRect().left };
}

function dragged(event) {
  if (!drag) return;
  if (!hand) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    board.setPointerCapture(event.pointerId);
    pickUp(drag.link);
  }
  const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest(".aid-lane");
  drag.inside = Boolean(lane);
  if (!lane) return;
  const left = lane.querySelector(".aid-lane__track").getBoundingClientRect().left;
  const minute = from() + (event.clientX - drag.off - left) / ppm();
  aim(lane, Math.round(minute / STEP) * STEP, { say: false });
}

function released() {
  if (drag && hand) {
    addEventListener("click", stopped, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stopped, { capture: true }), 0);
    if (drag.inside) putDown();
    else drop();
  }
  drag = null;
}

const stopped = (event) => event.preventDefault();

// --- letters may be switched off, the scale changed in place ---

const lettersWork = () => localStorage.getItem(LETTERS) !== "off";

function switches() {
  const label = document.querySelector("#pismena");
  const box = label.querySelector("input");
  label.hidden = false;
  box.checked = lettersWork();
  box.addEventListener("change", () => localStorage.setItem(LETTERS, box.checked ? "on" : "off"));
  for (const link of document.querySelectorAll("[data-zoom]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      board.dataset.ppm = link.dataset.zoom;
      for (const each of document.querySelectorAll("[data-zoom]")) each.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      remember({ meritko: link.dataset.zoom });
      place();
      current?.scrollIntoView({ block: "nearest", inline: "center" });
    });
  }
}

/** What is looked at stands in the address, so that it can be sent to a colleague. */
function remember(said) {
  const url = new URL(location);
  for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
  url.searchParams.delete("hotovo");
  history.replaceState(history.state, "", url);
}

// --- after a deed in the panel ---

/** The panel came back to this page: bring everything up to date, say what was done, look at the ride. */
async function arrived(page, url) {
  const said = page.querySelector("#sdeleni")?.textContent;
  const code = url.searchParams.get("jizda") ?? new URLSearchParams(location.search).get("jizda");
  if (code) remember({ jizda: code });
  await live.refresh();
  lookAt(code);
  panel.announce(said);
}

function lookAt(code) {
  const link = code && blockOf(code);
  for (const each of document.querySelectorAll(":is(.aid-board, #radky) [aria-current]")) {
    each.removeAttribute("aria-current");
  }
  if (!link) return;
  (link.closest("tr") ?? link).setAttribute("aria-current", "true");
  link.focus();
  link.scrollIntoView({ block: "nearest", inline: "center" });
}

function chosen(event) {
  const link = event.target.closest("a[data-panel]");
  const code = link && codeOf(link);
  if (code && /^\d+$/.test(code)) remember({ jizda: code });
}

function start() {
  const said = new URLSearchParams(location.search);
  if (day.dataset.chosen === "no" && day.dataset.view === "seznam" && WIDE.matches) {
    said.set("pohled", "deska");
    location.replace(`${location.pathname}?${said}`);
    return;
  }
  if (board) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    place();
    board.classList.add("aid-board--placed");
    rove();
    switches();
    tick();
    setInterval(tick, 30_000);
    board.addEventListener("focusin", (event) => event.target.matches("a") && take(event.target));
    board.addEventListener("keydown", pressed);
    board.addEventListener("pointerdown", grabbed);
    board.addEventListener("pointermove", dragged);
    board.addEventListener("pointerup", released);
    board.addEventListener("pointercancel", () => (drop(), (drag = null)));
    board.addEventListener("dragstart", (event) => event.preventDefault());
    if (!said.get("jizda") && board.dataset.now) scrollToNow();
  }
  document.addEventListener("click", chosen);
  panel.onArrival(arrived);
  live.start({ changed: board ? () => (rove(), placeSoon()) : () => {} });
  if (said.get("jizda")) lookAt(said.get("jizda"));
}

function scrollToNow() {
  board.scrollLeft = Math.max(0, (minuteNow() - from() - HOUR) * ppm());
}

start();
