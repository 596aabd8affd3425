// From the outbox to the server, in order, one tab at a time. A report stays here until the server has answered and a
// page from the server knows it; sent twice it is still one report, as its key is made here. What a network on the way
// answers instead of the server (a page to accept its terms, a way in) is no answer.
import { REFUSED, astray } from "./stops.js";
import * as store from "./store.js";

const TOGETHER = 50;
const PATIENCE = 15_000;
const ADDRESS = "/ridic/hlaseni";

export class LoggedOut extends Error {}

async function post(device, reports) {
  const answer = await fetch(ADDRESS, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-Device": device },
    body: JSON.stringify({ device, sent_at: new Date().toISOString(), reports }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 401 || ledAway(answer)) throw new LoggedOut();
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { now, reports: told } = await answer.json();
  const outcomes = new Map(told.map((each) => [each.key, each]));
  if (Number.isNaN(Date.parse(now)) || !reports.every((each) => outcomes.get(each.key)?.outcome)) throw new Error("no answer");
  return { now, outcomes };
}

const ledAway = (answer) => answer.redirected && new URL(answer.url).pathname.startsWith("/ridic/prihlaseni");

/** What the server gets of a report: nothing that only this device needs. */
const worded = ({ key, seq, shift, kind, promise, stop, at, about, facts }) => ({
  key,
  seq,
  shift,
  kind,
  promise,
  stop,
  at,
  about,
  facts,
});

/**
 * Send what was not answered yet, with `anew` also what is of another driver, who may be logged in by now. Gives what
 * has arrived, nothing if another tab is sending; throws LoggedOut, or an error when the server is not there.
 */
export function send(anew) {
  return store.alone(async () => {
    const device = await store.device();
    const [tried, arrived] = [new Set(), []];
    for (;;) {
      const left = (await store.all()).filter((each) => !tried.has(each.seq));
      const waiting = left.filter((each) => !each.outcome || (anew && astray(each))).slice(0, TOGETHER);
      if (!waiting.length) return arrived;
      const { now, outcomes } = await post(device, waiting.map(worded));
      await store.keep("offset", Date.parse(now) - Date.now());
      for (const each of waiting) {
        const { outcome, why } = outcomes.get(each.key);
        await store.change(each.seq, { outcome, why });
        tried.add(each.seq);
        if (outcome !== "refused") arrived.push(each);
      }
    }
  });
}

/** Let go of what the server has answered and its page knows by now; of all it has answered if a page knows nothing. */
export async function settle(page) {
  const known = new Set(page.said.map((each) => each.key));
  for (const each of await store.all()) {
    const elsewhere = each.shift !== page.shift && !REFUSED.has(each.outcome);
    if (each.outcome && (known.has(each.key) || elsewhere)) await store.drop(each.seq);
  }
}

/** A page as the server has it now; LoggedOut if it shows the way in instead. */
export async function fresh(address) {
  const answer = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
  if (ledAway(answer)) throw new LoggedOut();
  if (!answer.ok) throw new Error(`${answer.status}`);
  if (!answer.headers.has("Forget-After")) throw new Error("no page of ours");
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
