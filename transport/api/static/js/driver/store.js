// What the driver said and the server has not confirmed, in IndexedDB: it outlives a killed browser and a flat battery.
//   outbox   reports by their number on this device (seq); numbers are never used again
//   kept     what this device knows of itself: its id, who was logged in last, how far its clock is from
//            ours, which changed plan was read

const NAME = "ridic";
let opening = null;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
      asked.result.createObjectStore("kept");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

/** One transaction: `work` gets the store and may return a request; resolved once everything is on the disk. */
async function within(name, mode, work) {
  const database = await opened();
  return new Promise((resolve, reject) => {
    const step = database.transaction(name, mode, { durability: "strict" });
    const asked = work(step.objectStore(name));
    step.oncomplete = () => resolve(asked?.result);
    step.onabort = step.onerror = () => reject(step.error);
  });
}

/** Whether anything can be kept here: a private window may refuse to. */
export const works = () => all().then(() => true, () => false);

/** Write a report down; it gets the next number of this device. */
export const add = (report) => within("outbox", "readwrite", (store) => store.add(report));

/** All reports in the order in which they were made. */
export const all = () => within("outbox", "readonly", (store) => store.getAll());

/** Change one report, unless it is gone meanwhile. */
export const change = (seq, parts) =>
  within("outbox", "readwrite", (store) => {
    const asked = store.get(seq);
    asked.onsuccess = () => asked.result && store.put({ ...asked.result, ...parts });
  });

export const drop = (seq) => within("outbox", "readwrite", (store) => store.delete(seq));

export const kept = (name) => within("kept", "readonly", (store) => store.get(name));

export const keep = (name, value) => within("kept", "readwrite", (store) => store.put(value, name));

/** The id of this device, made once; of two tabs that ask at once the first one wins. */
export async function device() {
  const fresh = crypto.randomUUID();
  await within("kept", "readwrite", (store) => {
    const asked = store.get("device");
    asked.onsuccess = () => asked.result || store.put(fresh, "device");
  });
  return kept("device");
}

/** Run `work` in one tab at a time; where the browser has no locks, a note with an end does the same. */
export async function alone(work, longest = 30_000) {
  if (navigator.locks) {
    return navigator.locks.request("ridic-replay", { ifAvailable: true }, (lock) => lock && work());
  }
  let mine = false;
  await within("kept", "readwrite", (store) => {
    const asked = store.get("busy");
    asked.onsuccess = () => {
      mine = !(asked.result > Date.now() && asked.result < Date.now() + longest);
      if (mine) store.put(Date.now() + longest, "busy");
    };
  });
  if (!mine) return undefined;
  try {
    return await work();
  } finally {
    await keep("busy", 0);
  }
}
