// What lets the page work offline, and gives it the headers that hosts of static files leave out.
//
// `photochrom site` writes three constants in front of this script: FILES, the path of each file of the page and a
// digest of it; LARGE, those that are kept when the page first asks for them, and not at once; HEADERS. So a page
// that has changed has another script, by which browsers find out. It is shown when no tab shows the old one.

const CACHE = `photochrom ${self.registration.scope}`; // other pages of the same host have their own
const address = (path) => new URL(path, self.registration.scope).href;
const key = (path) => `${address(path)}?${FILES[path]}`; // a file that has not changed is not loaded again

async function keep(path) {
  const cache = await caches.open(CACHE);
  if (await cache.match(key(path))) return;
  const response = await fetch(address(path), { cache: "no-store" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  await cache.put(key(path), response);
}

async function removeOthers() {
  const cache = await caches.open(CACHE), wanted = new Set(Object.keys(FILES).map(key));
  const kept = await cache.keys();
  await Promise.all(kept.filter(({ url }) => !wanted.has(url)).map((request) => cache.delete(request)));
}

function withHeaders(response) {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

// The file as it was kept, else from the network, and kept from then on if there is room for it.
async function answer(path, event) {
  const cache = await caches.open(CACHE), kept = await cache.match(key(path));
  if (kept) return withHeaders(kept);
  const response = await fetch(address(path), { cache: "no-store" });
  if (response.ok) event.waitUntil(cache.put(key(path), response.clone()).catch(() => {}));
  return withHeaders(response);
}

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all(Object.keys(FILES).filter((path) => !LARGE.includes(path)).map(keep)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(self.registration.scope)) return;
  const path = url.slice(self.registration.scope.length).split(/[?#]/)[0] || "index.html";
  if (Object.hasOwn(FILES, path)) event.respondWith(answer(path, event));
});
