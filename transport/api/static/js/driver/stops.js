// How each stop stands: what the page says, and on top of it what this device has said since. Nothing here touches
// the page, the network or the clock. Times are milliseconds by our clock.

const AT_A_STOP = new Set(["arrived", "done", "absent"]);

/** What a person has to look at: kept by the server and contradicted, or not even kept. */
export const REFUSED = new Set(["aside", "refused"]);

/** Refused because the shift is not this driver's: when its own driver is logged in again, it can be sent after all. */
export const astray = (report) => report.outcome === "refused" && report.why?.startsWith("shift");

/** What another driver has said waits quietly, as long as the server says that they may still come. */
export const waits = (report, who) => astray(report) && report.why === "shift" && report.who !== who;

/** Reports the page does not know yet and that count: those laid aside are for the dispatcher. */
export function news(page, outbox) {
  const known = new Set(page.said.map((each) => each.key));
  return outbox.filter((each) => !known.has(each.key) && !REFUSED.has(each.outcome));
}

/** Everything said at stops that still holds, in its order: {key, kind, card, at}. */
export function said(page, outbox, offset) {
  const found = page.said.filter((each) => each.holds).map((each) => ({ ...each, at: Date.parse(each.at) }));
  for (const report of news(page, outbox)) {
    const about = found.findIndex((each) => each.key === report.about);
    if (AT_A_STOP.has(report.kind)) found.push({ ...report, at: Date.parse(report.at) + offset });
    else if (report.kind === "undone" && about >= 0) found.splice(about, 1);
    else if (report.kind === "retimed" && about >= 0) found[about].at = Date.parse(report.facts.happened) + offset;
  }
  return found;
}

/** The stops of the page with what is said of them; each has `step`: arrive, finish, or null when nothing is left. */
export function standing(page, outbox, offset) {
  const before = new Map(page.said.filter((each) => each.holds).map((each) => [each.key, each]));
  const stops = new Map(page.stops.map((each) => [each.card, { ...each }]));
  const now = said(page, outbox, offset);
  const holds = new Set(now.map((each) => each.key));
  for (const [key, each] of before) {
    if (!holds.has(key) && stops.has(each.card)) stops.get(each.card)[each.kind] = null;
  }
  for (const each of now) {
    if (stops.has(each.card)) stops.get(each.card)[each.kind] = each.at;
  }
  const nobody = new Set([...stops.values()].filter((each) => each.absent && !each.done).map((each) => each.promise));
  for (const each of stops.values()) {
    each.gone = each.over || (nobody.has(each.promise) && each.stop === "dropoff");
    const open = !each.done && !each.absent && !each.gone;
    each.step = !open ? null : each.arrived ? "finish" : "arrive";
  }
  return [...stops.values()];
}

/** The stop where the vehicle stands; else the one it is on its way to; else the first with something left to do. */
export function next(stops, held) {
  return (
    stops.find((each) => each.step === "finish") ??
    stops.find((each) => each.step && each.card === held) ??
    stops.find((each) => each.step)
  );
}

/** From when nobody-here may be said: the wait begins with the promise, never before the arrival. */
export const absentFrom = (stop) => Math.max(stop.arrived, stop.start) + stop.wait * 60_000;

/** `8:34` as an instant on the day of another instant of which we know how the clock on the wall shows it. */
export function typed(text, near, shown) {
  const minutes = (words) => {
    const found = /^\s*(\d{1,2})(?:\s*[:.,h]\s*|(?=\d\d\s*$)|$)(\d{2})?\s*$/.exec(words);
    const [hour, minute] = [Number(found?.[1]), Number(found?.[2] ?? 0)];
    return found && hour < 24 && minute < 60 ? hour * 60 + minute : NaN;
  };
  const second = 60_000;
  return Math.floor(near / second) * second + (minutes(text) - minutes(shown)) * second;
}
