// Stands between the waiting-room screen and a network that may be gone when the power comes back: keeps one page that says
// so, with its style sheets and script, and nothing else. That page asks again by itself.

const KEPT = 'away-1';
const AWAY = new URL('utan-kontakt', self.location).href;

self.addEventListener('install', (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => kept(AWAY)));
  else if (request.url.includes('/static/')) event.respondWith(fetch(request).catch(() => kept(request)));
});

// Whatever a request's other headers say: there is one of each.
function kept(request) {
  return caches.match(request, { ignoreVary: true });
}

async function keep() {
  const cache = await caches.open(KEPT);
  const page = await fetch(AWAY, { cache: 'no-store' });
  const parts = [...(await page.clone().text()).matchAll(/(?:href|src)="([^"]*\/static\/[^"]*)"/g)];
  await cache.put(AWAY, page);
  await cache.addAll(parts.map(([, address]) => address.replaceAll('&amp;', '&')));
}
