// What a driver has chosen for this telephone: colours, a screen that stays on, where reports come from. All of it is
// off or automatic until somebody chooses it, and stays on this telephone.

const GPS_PATIENCE = 4000;
let awake = null;

async function stayAwake() {
  if (!navigator.wakeLock || localStorage.getItem("sviti") !== "yes" || document.visibilityState !== "visible") return;
  awake = await navigator.wakeLock.request("screen").catch(() => null);
}

function choose(name, value) {
  localStorage.setItem(name, value);
  if (name === "vzhled") {
    if (value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
  } else if (name === "sviti" && value === "no") awake?.release();
  else if (name === "sviti") stayAwake();
  else if (name === "poloha" && value === "yes") navigator.geolocation?.getCurrentPosition(() => {}, () => {});
}

/** Take the service worker and the pages it kept off this telephone; what was not sent yet stays. */
export async function leave() {
  for (const each of (await navigator.serviceWorker?.getRegistrations()) ?? []) await each.unregister();
  for (const each of await caches.keys()) if (each.startsWith("ridic-")) await caches.delete(each);
}

/** Show the switches as they stand and obey them. */
export function start() {
  const box = document.getElementById("telefon");
  if (!box) return;
  box.hidden = false;
  box.querySelector(`[name=vzhled][value=${localStorage.getItem("vzhled") ?? "auto"}]`).checked = true;
  for (const name of ["sviti", "poloha"]) box.querySelector(`[name=${name}]`).checked = localStorage.getItem(name) === "yes";
  box.addEventListener("change", ({ target }) => {
    choose(target.name, target.type === "checkbox" ? (target.checked ? "yes" : "no") : target.value);
  });
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
}

/** Where the telephone is at this moment, if its driver allowed it and it knows in time; else null. */
export function position() {
  if (localStorage.getItem("poloha") !== "yes" || !navigator.geolocation) return Promise.resolve(null);
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: GPS_PATIENCE, maximumAge: 10_000 },
    );
  });
}
