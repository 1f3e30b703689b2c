// @ts-check
/// <reference lib="webworker" />
/**
 * Keeps the station's own pages and files, so that it starts without network. It is served with the list of them in
 * front (`STATION`); whatever is not on the list goes to the network and is never kept, so no page about a person is.
 */

/** @typedef {{version: string, files: string[], later: string[]}} Listed */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const LISTED = /** @type {{STATION: Listed}} */ (/** @type {unknown} */ ({ STATION })).STATION;
const { version: VERSION, files: FILES, later: LATER } = LISTED;
const PREFIX = "station-";
const CACHE = PREFIX + VERSION;
const CHOSEN = "/scan/chosen-language";
const PAGES = ["/scan", "/scan/camera"];

worker.addEventListener("install", (event) => {
  event.waitUntil(keep());
});

async function keep() {
  const cache = await caches.open(CACHE);
  await Promise.all(
    FILES.map(async (address) => {
      // Nobody's cookies, so that what is kept is what everybody gets.
      const answer = await fetch(address, { cache: "reload", credentials: "omit" });
      if (!answer.ok) {
        throw new Error(`${address}: ${answer.status}`);
      }
      await cache.put(address, answer);
    }),
  );
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

/** Drop what other versions kept, but for the language that was chosen and the large files that are still the same. */
async function tidy() {
  const cache = await caches.open(CACHE);
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) {
      continue;
    }
    const old = await caches.open(name);
    for (const address of [CHOSEN, ...LATER]) {
      const had = await old.match(address);
      if (had && !(await cache.match(address))) {
        await cache.put(address, had);
      }
    }
    await caches.delete(name);
  }
  await worker.clients.claim();
}

// The page says when to take over: after its scans are sent, or when it starts; and when to fetch what is large. It asks
// for the version, since a browser may let a waiting one take over by itself while the page loads.
worker.addEventListener("message", (event) => {
  if (event.data === "take over") {
    void worker.skipWaiting();
  } else if (event.data === "keep the camera") {
    event.waitUntil(keepLater());
  } else if (event.data === "version") {
    event.ports[0]?.postMessage(VERSION);
  }
});

/** Keep the large files too; without network the page asks again when it starts. */
async function keepLater() {
  const cache = await caches.open(CACHE);
  for (const address of LATER) {
    if (!(await cache.match(address))) {
      await cache.add(new Request(address, { credentials: "omit" })).catch(() => {});
    }
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) {
    return;
  }
  const named = address.pathname + address.search;
  if (request.mode === "navigate" && PAGES.includes(address.pathname)) {
    event.respondWith(shell(request, address));
  } else if ([...FILES, ...LATER].includes(named) || FILES.includes(address.pathname)) {
    event.respondWith(kept(request, address));
  }
});

/** @param {Request} request @param {URL} address */
async function shell(request, address) {
  const cache = await caches.open(CACHE);
  const asked = address.searchParams.get("lang");
  if (asked === "vi" || asked === "en") {
    await cache.put(CHOSEN, new Response(asked));
  }
  const chosen = await (await cache.match(CHOSEN))?.text();
  return (await cache.match(`${address.pathname}?lang=${chosen ?? "vi"}`)) ?? fetch(request);
}

/** @param {Request} request @param {URL} address */
async function kept(request, address) {
  const cache = await caches.open(CACHE);
  return (
    (await cache.match(address.pathname + address.search)) ?? (await cache.match(address.pathname)) ?? fetch(request)
  );
}
