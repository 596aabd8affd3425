// The service worker of the driver's app. The door puts two lines before it: VERSION, a mark of everything that belongs
// to the app, and SHELL, the addresses of it. It keeps the shell and the pages of the shift; it never keeps a report.

const APP = `ridic-shell-${VERSION}`;
const PAGES = "ridic-pages";
const PATIENCE = 3000;
const NEVER = /^\/ridic\/(sw|prihlaseni|hlaseni)/;
const SHIFT = /^\/ridic\/smena\/\d+(\/|$)/;

self.addEventListener("install", (event) => {
  const all = SHELL.map((each) => new Request(each, { cache: "no-cache" }));
  event.waitUntil(caches.open(APP).then((cache) => cache.addAll(all)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => {
  if (event.data.forget) event.waitUntil(caches.delete(PAGES));
  for (const path of event.data.keep ?? []) event.waitUntil(fetch(path, asked).then((got) => keep(new URL(path, location), got)).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || NEVER.test(url.pathname)) return;
  if (nameOf(url)) event.respondWith(part(request, url));
  else if (request.mode === "navigate" && url.pathname.startsWith("/ridic")) event.respondWith(page(event, url));
  else if (SHIFT.test(url.pathname)) event.respondWith(renewed(event, url));
});

const asked = { credentials: "same-origin", headers: { Accept: "text/html" } };

/** What a file of the shell is called, whatever version of it is asked for; "" for anything else. */
function nameOf(url) {
  const name = (address) => address.pathname.replace(/^\/ridic\/app\/\w+\//, "/ridic/app/");
  const same = SHELL.find((each) => name(new URL(each, location)) === name(url));
  return same ?? "";
}

async function takeOver() {
  const old = (await caches.keys()).filter((each) => each.startsWith("ridic-shell-") && each !== APP);
  await Promise.all(old.map((each) => caches.delete(each)));
  await forget();
  await self.clients.claim();
}

/** A file of the shell: this version from here; another one from the server, or ours if it cannot be had. */
async function part(request, url) {
  const cache = await caches.open(APP);
  const kept = await cache.match(request);
  if (kept) return kept;
  try {
    return await fetch(request);
  } catch {
    return (await cache.match(nameOf(url))) ?? Response.error();
  }
}

/** A page: from the server if it answers soon, else the one that was kept last. */
async function page(event, url) {
  await forget();
  const kept = await (await caches.open(PAGES)).match(url.pathname);
  const coming = fetch(event.request).then((got) => keep(url, got));
  event.waitUntil(coming.catch(() => {}));
  const soon = kept ? Promise.race([coming, new Promise((resolve) => setTimeout(resolve, PATIENCE))]) : coming;
  const got = await soon.catch(() => null);
  if (got && !(kept && (got.status >= 500 || foreign(got)))) return got;
  return kept ?? (await instead(url));
}

/** The app asks how the shift stands now: only the server knows; what it says is kept. */
async function renewed(event, url) {
  const got = await fetch(event.request);
  event.waitUntil(keep(url, got.clone()));
  return got;
}

/** A page that a network on the way shows instead of ours: ours say how long they may be kept. */
const foreign = (got) => got.ok && !got.headers.has("Forget-After");

/** Keep a page of a shift; nothing else, and never what is shown instead of one, or only after a report. */
async function keep({ pathname, searchParams }, got) {
  const after = searchParams.has("hlaseno");
  if (SHIFT.test(pathname) && !after && got.ok && !got.redirected && !foreign(got)) {
    const headers = new Headers(got.headers);
    headers.set("Forget-At", Date.now() + 1000 * headers.get("Forget-After"));
    const copy = got.clone();
    await (await caches.open(PAGES)).put(pathname, new Response(copy.body, { headers }));
  }
  return got;
}

/** No signal, and the page was never here: the shift that is kept, else an answer that says so by its number. */
async function instead(url) {
  const paths = (await (await caches.open(PAGES)).keys()).map((each) => new URL(each.url).pathname);
  const shift = paths.find((each) => /^\/ridic\/smena\/\d+$/.test(each));
  return shift && shift !== url.pathname ? Response.redirect(shift) : Response.error();
}

/** Pages of a shift that is over for good leave this telephone. */
async function forget() {
  const cache = await caches.open(PAGES);
  for (const request of await cache.keys()) {
    const until = Number((await cache.match(request)).headers.get("Forget-At"));
    if (until < Date.now()) await cache.delete(request);
  }
}
