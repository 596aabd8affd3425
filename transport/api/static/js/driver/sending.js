// From the outbox to the server, in order, one tab at a time. A report stays here until the server has answered and a
// page from the server knows it; sent twice it is still one report, as its key is made here.
import { REFUSED } from "./stops.js";
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
  if (answer.status === 401) throw new LoggedOut();
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

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

/** Send what was not answered yet. True if anything was; throws LoggedOut, or an error when the server is not there. */
export function send() {
  return store.alone(async () => {
    const device = await store.device();
    let any = false;
    for (;;) {
      const waiting = (await store.all()).filter((each) => !each.outcome).slice(0, TOGETHER);
      if (!waiting.length) return any;
      const { now, reports } = await post(device, waiting.map(worded));
      await store.keep("offset", Date.parse(now) - Date.now());
      const seqs = new Map(waiting.map((each) => [each.key, each.seq]));
      for (const { key, outcome, why } of reports) await store.change(seqs.get(key), { outcome, why });
      any = true;
    }
  });
}

/** Let go of what the server has answered and its page knows by now. */
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
  const path = new URL(address, location.href).pathname;
  if (answer.redirected && new URL(answer.url).pathname !== path) throw new LoggedOut();
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
