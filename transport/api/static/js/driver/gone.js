// The service worker that takes itself away: every telephone gets it while the app is switched off for everybody.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  for (const each of await caches.keys()) if (each.startsWith("ridic-")) await caches.delete(each);
  await self.registration.unregister();
}
