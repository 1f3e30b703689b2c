// @ts-check
/// <reference lib="webworker" />
/**
 * Keeps the station's own pages and files, so that it starts without network. It is served with the list of them in
 * front (`STATION`); whatever is not on the list goes to the network and is never kept, so no page about a person is.
 */

/** @typedef {{version: string, files: string[]}} Listed */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { version: VERSION, files: FILES } = /** @type {{STATION: Listed}} */ (/** @type {unknown} */ ({ STATION })).STATION;
const PREFIX = "station-";
const CACHE = PREFIX + VERSION;
const CHOSEN = "/scan/chosen-language";

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

async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) {
      await caches.delete(name);
    }
  }
  await worker.clients.claim();
}

// The page says when: after its scans are sent, or when it starts.
worker.addEventListener("message", (event) => {
  if (event.data === "take over") {
    void worker.skipWaiting();
  }
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) {
    return;
  }
  if (request.mode === "navigate" && address.pathname === "/scan") {
    event.respondWith(shell(request, address.searchParams.get("lang")));
  } else if (FILES.includes(address.pathname + address.search) || FILES.includes(address.pathname)) {
    event.respondWith(kept(request, address));
  }
});

/** @param {Request} request @param {string | null} asked */
async function shell(request, asked) {
  const cache = await caches.open(CACHE);
  if (asked === "vi" || asked === "en") {
    await cache.put(CHOSEN, new Response(asked));
  }
  const chosen = await (await cache.match(CHOSEN))?.text();
  return (await cache.match(`/scan?lang=${chosen ?? "vi"}`)) ?? fetch(request);
}

/** @param {Request} request @param {URL} address */
async function kept(request, address) {
  const cache = await caches.open(CACHE);
  return (
    (await cache.match(address.pathname + address.search)) ?? (await cache.match(address.pathname)) ?? fetch(request)
  );
}
