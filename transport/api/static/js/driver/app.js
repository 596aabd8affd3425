// The driver's app: any form[data-report] becomes a report that is written down here first and sent when there is a
// signal. Without this script the same forms go to the server as they are.
import * as phone from "./phone.js";
import { paintProblems } from "./problems.js";
import * as screen from "./screen.js";
import { fresh, LoggedOut, send, settle } from "./sending.js";
import { typed, waits } from "./stops.js";
import * as store from "./store.js";

const AGAIN = 30_000;
/** Milliseconds in which a finger that trembles taps twice. */
const TREMBLE = 600;
const OWN = new Set(["csrf", "key", "kind", "promise", "stop", "about", "dal"]);
/** What a page of a shift knows whose stops may not be read any more. */
const NOTHING = { shift: 0, said: [] };
const LISTS = new Set(["evidence", "checks"]);
/** Pages beside the stops that show what became of a report. */
const BESIDE = /^\/ridic\/smena\/\d+\/(problem|zacatek|konec)$/;
const state = { offline: !navigator.onLine, stuck: false, fresh: 0 };
let page = screen.facts();
let written = "";
let busy = false;
let again = false;
/** Whether reports of another driver are still to be tried: once for each page, as somebody else may have logged in. */
let anew = true;
/** The last tap that was a report, by the clock of this page: on a page that comes right after one it is the beginning. */
let tapped = new URLSearchParams(location.search).has("hlaseno") ? 0 : -TREMBLE;

/** Whose page this is, by number. */
const whoever = () => document.getElementById("stav").dataset.who;

/** What a form says, as a report with a key of its own and the time of this very moment. */
function reportOf(form, submitter) {
  const facts = {};
  const data = new FormData(form, submitter);
  const one = (name) => String(data.get(name) ?? "");
  for (const [name, value] of data) {
    if (OWN.has(name) || value === "") continue;
    if (LISTS.has(name)) facts[name] = data.getAll(name);
    else facts[name] = String(value);
  }
  if (facts.handed_other) facts.handed_to = facts.handed_other;
  delete facts.handed_other;
  const [promise, stop] = [Number(one("promise")) || null, one("stop") || null];
  return {
    key: crypto.randomUUID(),
    shift: Number(/\/smena\/(\d+)/.exec(form.getAttribute("action"))[1]),
    kind: one("kind"),
    promise,
    stop,
    card: `${promise}-${stop}`,
    at: new Date().toISOString(),
    about: one("about"),
    who: whoever(),
    facts,
  };
}

/** Right after a report something else is under the finger: a second tap that was none does nothing. */
function trembled(event) {
  if (!event.detail || performance.now() - tapped > TREMBLE) return;
  event.preventDefault();
  event.stopPropagation();
}

/** What is missing in a form, said beside it; true if nothing is. */
function complete(form, report) {
  const hands = form.elements.handed_to && !report.facts.handed_to;
  const missing =
    hands ||
    (report.kind === "absent" && report.facts.evidence?.length !== 2) ||
    (report.kind === "retimed" && Number.isNaN(typed(report.facts.happened ?? "", 0, "0:00")));
  const wanted = hands ? form.elements.handed_to : [...form.elements].filter((each) => each.matches("input:not([type=hidden])"));
  const first = wanted[0] ?? wanted;
  const sentence = first.closest?.("fieldset, .govuk-form-group")?.querySelector(".govuk-error-message");
  if (sentence) sentence.hidden = !missing;
  if (missing) first.focus();
  return !missing;
}

async function submitted(event) {
  const form = event.target;
  if (form.id === "odhlasit") return void forget();
  if (event.defaultPrevented || !(form.matches("[data-report], #videno"))) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  if (form.id === "videno") return void read(form);
  const report = reportOf(form, event.submitter);
  if (!complete(form, report)) return;
  form.setAttribute("aria-busy", "true");
  tapped = performance.now();
  try {
    report.seq = await store.add(report);
  } catch {
    return void form.submit();
  }
  if (!page) return void location.assign(form.dataset.after ?? `/ridic/smena/${report.shift}`);
  form.reset();
  await paint({ moved: true });
  form.removeAttribute("aria-busy");
  const at = await phone.position();
  if (at) await store.change(report.seq, { facts: { ...report.facts, position: at } });
  replay();
}

/** The driver has read what changed: from now on the new plan alone is shown; the server is told when it can be. */
async function read(form) {
  try {
    await store.keep("read", { shift: page.shift, version: page.version });
  } catch {
    return void form.submit();
  }
  await paint({ moved: true });
  replay();
}

/** Whether the changes that the page shows were read here already. */
async function wasRead() {
  const { shift, version } = (await store.kept("read")) ?? {};
  return page.version > 0 && shift === page.shift && version >= page.version;
}

async function tellRead() {
  const form = document.getElementById("videno");
  if (!form || !(await wasRead())) return;
  const body = new URLSearchParams(new FormData(form));
  await fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
}

async function paint({ moved = false } = {}) {
  const outbox = await store.all();
  const offset = (await store.kept("offset")) ?? 0;
  if (page) {
    const changes = document.getElementById("zmeny");
    if (changes) changes.hidden = await wasRead();
    if (changes?.hidden) page.held = "";
    const mine = outbox.filter((each) => each.shift === page.shift).map((each) => localised(each, outbox, offset));
    const first = screen.paint(page, mine, offset);
    if (moved) document.getElementById(first ? `kdo-${first.card}` : "nadpis")?.focus();
    if (moved) scrollTo(0, 0);
  }
  paintProblems(outbox, offset);
  const others = outbox.filter((each) => waits(each, whoever()));
  const unsent = outbox.filter((each) => !each.outcome).length;
  const theirs = outbox.filter((each) => !others.includes(each));
  screen.tellRefused(theirs, offset, (report) => store.drop(report.seq).then(() => paint()));
  screen.tell({ ...state, waiting: unsent });
  screen.tellKept(unsent, whoever() ? others.length : 0);
}

/** A corrected time is typed as the clock on the wall shows it; here it becomes a moment of this device's clock. */
function localised(report, outbox, offset) {
  if (report.kind !== "retimed") return report;
  const said = page.said.find((each) => each.key === report.about);
  const own = outbox.find((each) => each.key === report.about);
  const near = said ? Date.parse(said.at) : Date.parse((own ?? report).at) + offset;
  const moment = typed(report.facts.happened, near, screen.shown(near)) - offset;
  return { ...report, facts: { ...report.facts, happened: new Date(moment).toISOString() } };
}

/** Send what waits, then show what the server makes of it. */
async function replay() {
  if (busy) return void (again = true);
  busy = true;
  again = false;
  const login = document.getElementById("prihlaseni");
  try {
    const arrived = await send(anew);
    if (arrived) anew = false;
    if (page) await tellRead();
    if (page) await refresh();
    else if (arrived?.length && BESIDE.test(location.pathname)) await renew();
    if (arrived?.some((each) => each.kind === "problem" || each.kind === "undone")) keepPages();
    Object.assign(state, { offline: false, stuck: false });
    login.hidden = true;
  } catch (error) {
    const out = error instanceof LoggedOut;
    if (out) login.hidden = false;
    state.offline = !out && !/^\d/.test(error.message);
    state.stuck = /^4/.test(error.message);
  } finally {
    busy = false;
    await paint();
  }
  if (again) replay();
}

const writing = () => document.activeElement?.matches("input[type=text], textarea, select");

/** Show what the server makes of what was just sent from a page beside the stops. */
async function renew() {
  const coming = await fresh(location.pathname + location.search);
  if (!writing()) screen.swap(coming);
}

/** Bring the page up to date, unless somebody is just writing on it. */
async function refresh() {
  const coming = await fresh(location.pathname);
  const theirs = screen.facts(coming);
  const changed = coming.getElementById("zmeny") && theirs.version !== page.version;
  const content = screen.essence(coming);
  if (content !== written && !writing()) {
    screen.swap(coming);
    written = content;
  }
  if (theirs && (!writing() || content === written)) page = theirs;
  if (!theirs) return void location.reload();
  state.fresh = Date.parse(theirs.now);
  await store.keep("offset", state.fresh - Date.now());
  await settle(theirs);
  if (changed) navigator.vibrate?.([300, 150, 300]);
  if (withoutApp(coming)) await phone.leave();
}

/** Ask the worker to let go of all pages: somebody else may drive with this telephone next. */
function forget() {
  navigator.serviceWorker?.controller?.postMessage({ forget: true });
}

/** Somebody else is logged in than last time: the pages of whoever drove before leave this telephone. */
async function takeOver() {
  const [now, before] = [whoever(), await store.kept("who")];
  if (!now || now === before) return;
  if (before) forget();
  await store.keep("who", now);
}

/** Whether the server has switched the app off for everybody. */
const withoutApp = (from) => from.getElementById("stav").hasAttribute("data-without-app");

async function install() {
  if (!navigator.serviceWorker || localStorage.getItem("bez-aplikace") === "yes") return;
  if (withoutApp(document)) return void phone.leave();
  await navigator.serviceWorker.register("/ridic/sw.js", { scope: "/ridic", updateViaCache: "none" }).catch(() => {});
  const ready = await navigator.serviceWorker.ready;
  if (page) keepPages(ready.active);
}

/** Let the worker keep this page and those it leads to, as they are now. */
function keepPages(worker = navigator.serviceWorker?.controller) {
  const besides = [...document.querySelectorAll("a[data-keep]")].map((each) => each.pathname);
  worker?.postMessage({ keep: [location.pathname, ...besides] });
}

/** A page kept for all stops does not know what it is asked for: that is in its address. */
function fillIn() {
  const asked = new URLSearchParams(location.search);
  for (const name of ["promise", "stop"]) {
    for (const field of document.querySelectorAll(`form[data-report] input[type=hidden][name=${name}]`)) {
      if (!field.value && asked.has(name)) field.value = asked.get(name);
    }
  }
  const onItsWay = document.getElementById("cestou");
  if (!onItsWay || !asked.has("hlaseno")) return;
  onItsWay.append(document.getElementById("potize"));
  onItsWay.hidden = false;
}

async function start() {
  document.addEventListener("submit", submitted);
  document.addEventListener("click", trembled, true);
  addEventListener("pagehide", () => document.querySelector("[aria-busy]")?.removeAttribute("aria-busy"));
  phone.start();
  fillIn();
  if (!(await store.works())) return;
  await takeOver();
  if (page) {
    written = screen.essence(document);
    state.fresh = Date.parse(page.now);
    await settle(page);
  } else if (/^\/ridic\/smena\/\d+$/.test(location.pathname)) await settle(NOTHING);
  await paint();
  install();
  addEventListener("online", replay);
  addEventListener("offline", () => {
    state.offline = true;
    paint();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && replay());
  setInterval(replay, AGAIN);
  replay();
}

start();
