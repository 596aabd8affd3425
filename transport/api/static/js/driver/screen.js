// The shift on the screen: the page of the server, with what this device has said on top of it. All words are in the
// page already; here they are only shown, hidden and moved.
import { REFUSED, absentFrom, next, said, standing } from "./stops.js";

const clock = new Intl.DateTimeFormat("cs", { timeZone: "Europe/Prague", hour: "numeric", minute: "2-digit" });
const byId = (id) => document.getElementById(id);
const counts = new Intl.PluralRules(document.documentElement.lang || "cs");
const EXAMPLES = { one: "1", few: "2" };

/** Milliseconds of our time as the clock on the wall: `8:34`. */
export const shown = (moment) => clock.format(moment);

/** What the server knew when it wrote this page; null on a page that is about no stops. */
export const facts = (from = document) => JSON.parse(from.getElementById("smena")?.dataset.page ?? "null");

export const phrases = () => JSON.parse(byId("stav").dataset.phrases);

/** So many, in the form that the language has for that number. */
const counted = (words, count) => words[EXAMPLES[counts.select(count)] ?? "5"].replace("#", count);

const deedOf = (words, kind, card) => words.kinds[`${kind}-${card.split("-")[1]}`] ?? words.kinds[kind] ?? kind;

/** Show how each stop stands. Returns the stop that is the next one. */
export function paint(page, outbox, offset) {
  const stops = standing(page, outbox, offset);
  const now = Date.now() + offset;
  const first = next(stops, page.held);
  for (const stop of stops) paintStop(stop, stop === first, now);
  const all = [...document.querySelectorAll("#zbyva > li, #bylo > li")];
  const past = new Set(stops.filter((each) => each.done || each.gone).map((each) => `l-${each.card}`));
  all.sort((one, other) => one.dataset.number - other.dataset.number);
  order(byId("zbyva"), all.filter((each) => !past.has(each.id)));
  order(byId("bylo"), all.filter((each) => past.has(each.id)));
  byId("dalsi").hidden = all.length === past.size + (first ? 1 : 0);
  byId("hotovo").hidden = !past.size;
  byId("hotovo").querySelector("[data-count]").textContent = past.size;
  byId("nyni").hidden = !first;
  byId("konec").hidden = Boolean(first);
  if (byId("potiz")) byId("potiz").hidden = Boolean(first);
  const heading = byId("nadpis");
  heading.textContent = first ? heading.dataset.next : heading.dataset.over;
  heading.classList.toggle("govuk-visually-hidden", Boolean(first));
  paintLast(page, outbox, offset, stops);
  return first;
}

/** Put these lines into the list, moving nothing that is there already. */
function order(list, lines) {
  if (lines.length !== list.children.length || lines.some((each, at) => list.children[at] !== each)) {
    list.replaceChildren(...lines);
  }
}

function paintStop(stop, isNext, now) {
  const body = byId(`b-${stop.card}`);
  const line = byId(`l-${stop.card}`);
  if (!line) return;
  line.hidden = isNext;
  const over = stop.done || stop.gone;
  show(line, "past", over);
  show(line, "absent", stop.absent && !over);
  show(line, "open", stop.step);
  if (stop.done) line.querySelector("[data-time]").textContent = shown(stop.done);
  const nobody = line.querySelector("[data-show=absent] [data-says]");
  if (nobody && stop.absent) nobody.textContent = nobody.dataset.says.replace("#", shown(stop.absent));
  if (!body) return;
  for (const part of body.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== stop.step;
  const home = isNext ? byId("nyni") : line.querySelector("[data-body]");
  if (home && body.parentElement !== home) home.append(body);
  const early = body.querySelector("[data-early]");
  if (early) early.hidden = now >= stop.start;
  const wait = body.querySelector("[data-wait]");
  if (wait && stop.arrived) {
    const from = absentFrom(stop);
    wait.textContent = wait.dataset.says.replace("#", shown(from));
    wait.hidden = now >= from;
    body.querySelector("[data-absent]").hidden = now < from;
  }
}

function show(line, what, wanted) {
  const part = line.querySelector(`[data-show=${what}]`);
  if (part) part.hidden = !wanted;
}

/** The bar that takes the last report back, and the list of reports whose time may be corrected. */
function paintLast(page, outbox, offset, stops) {
  const bar = byId("zpet");
  if (!bar) return;
  const words = phrases();
  const names = new Map(stops.map((each) => [each.card, each.who]));
  const told = said(page, outbox, offset).filter((each) => names.has(each.card));
  const last = told.at(-1);
  bar.hidden = !last;
  byId("opravit").hidden = !told.length;
  if (!last) return;
  const form = bar.querySelector("form");
  const deed = deedOf(words, last.kind, last.card);
  bar.querySelector("[data-written]").textContent = words.written.replace("#", shown(last.at));
  const [text, button] = bar.querySelectorAll("[data-deed]");
  text.textContent = `${deed}, ${names.get(last.card)}`;
  button.textContent = ` ${deed}`;
  set(form, "about", last.key);
  const options = told
    .toReversed()
    .map((each) => new Option(`${shown(each.at)} ${deedOf(words, each.kind, each.card)}, ${names.get(each.card)}`, each.key));
  const chosen = byId("about").value;
  byId("about").replaceChildren(...options);
  if (byId("opravit").open && told.some((each) => each.key === chosen)) byId("about").value = chosen;
}

function set(form, name, value) {
  const field = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
}

/** One line about the connection, and what waits to be sent; said aloud only when it changes. */
export function tell({ offline, stuck, waiting, fresh }) {
  const words = phrases();
  const state = byId("stav");
  const parts = [];
  if (offline) parts.push(["strong", words.offline]);
  if (stuck) parts.push(["strong", words.stuck]);
  if (waiting && (offline || stuck)) {
    parts.push(["span", counted(words.waiting, waiting)]);
  } else if (waiting) parts.push(["span", words.sending]);
  if (fresh) parts.push(["span", words.refreshed.replace("#", shown(fresh))]);
  const text = parts.map((each) => each[1]).join(" ");
  state.classList.toggle("aid-state--off", Boolean(offline || stuck));
  if (state.textContent === text) return;
  state.replaceChildren(...parts.flatMap(([tag, said]) => [Object.assign(document.createElement(tag), { textContent: said }), " "]));
}

/** What lies in this telephone and was not sent: a line about others' reports, and one for whoever logs out. */
export function tellKept(unsent, others) {
  const words = phrases();
  for (const [id, count, said] of [["neodeslano", unsent, words.unsent], ["cizi", others, words.others]]) {
    const line = byId(id);
    if (!line) continue;
    line.hidden = !count;
    line.textContent = counted(said, count);
  }
}

/** Reports that a person has to look at, and whom to call; what the server never kept stays until it was read. */
export function tellRefused(outbox, offset, read) {
  const words = phrases();
  const there = new Set([...document.querySelectorAll("[data-aside]")].map((each) => each.dataset.aside));
  const items = outbox.filter((each) => REFUSED.has(each.outcome) && !there.has(each.key));
  const box = byId("odlozene");
  box.replaceChildren(...items.map((each) => refused(each, words, offset, read)));
  box.hidden = !items.length;
}

function refused(report, words, offset, read) {
  const notice = Object.assign(document.createElement("div"), { className: "aid-notice aid-notice--error" });
  const deed = deedOf(words, report.kind, `-${report.stop ?? ""}`);
  const text = words.aside.replace("#1", deed).replace("#2", shown(Date.parse(report.at) + offset));
  notice.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (report.outcome === "refused") {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.read });
    button.className = "govuk-button govuk-button--secondary";
    button.addEventListener("click", () => read(report));
    notice.append(button);
  }
  return notice;
}

/** Put the page of the server in the place of this one, and keep what somebody has opened, ticked or written. */
export function swap(fresh) {
  const there = document.querySelector("main");
  const coming = fresh.querySelector("main");
  const opened = [...there.querySelectorAll("details[open][id]")].map((each) => each.id);
  const fields = [...there.querySelectorAll("input[id], textarea[id]")];
  const filled = fields.map((each) => [each.id, each.matches("[type=radio], [type=checkbox]"), each.checked, each.value]);
  const focused = document.activeElement?.id;
  const forms = [...there.querySelectorAll("form")].indexOf(document.activeElement?.closest("form"));
  const state = [byId("stav"), byId("prihlaseni"), byId("odlozene")];
  state[0].dataset.who = coming.querySelector("#stav").dataset.who;
  for (const each of state) coming.querySelector(`#${each.id}`)?.replaceWith(each);
  there.replaceChildren(...[...coming.childNodes].map((each) => document.adoptNode(each)));
  for (const id of opened) byId(id)?.setAttribute("open", "");
  for (const [id, ticked, checked, value] of filled) {
    const field = byId(id);
    if (field && ticked) field.checked = checked;
    else if (field) field.value = value;
  }
  if (focused) byId(focused)?.focus({ preventScroll: true });
  else if (forms >= 0) there.querySelectorAll("form")[forms]?.querySelector("button")?.focus({ preventScroll: true });
}

const TOKENS = /value="[0-9a-f]{8}-[0-9a-f-]{27}"|data-page='[^']*'|data-page="[^"]*"/g;

/** A page without what is different each time it is written. */
export const essence = (of) => of.querySelector("main").innerHTML.replace(TOKENS, "");
