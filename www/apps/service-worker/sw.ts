/**
 * The service worker: keeps this version's files in the browser and answers requests for them, so that the page works without a
 * network. It keeps no other file, and only those whose hash is that of the build. Requests that it does not know are the browser's.
 */

import { moduleFlavour } from "../../engine/internal/support.js";
import type { App, Keeping, News, Order } from "../../model/offline-messages.js";

declare const self: ServiceWorkerGlobalScope;

/** Filled in by `tools/build_service_worker.mjs`. */
interface Build {
  version: string;
  /** SHA-256 by path. */
  hashes: Record<string, string>;
  /** Kept before the page can do without a network, by the module that the browser runs. All others are kept once they were asked for. */
  start: { plain: string[]; relaxed: string[] };
  /** Kept as well once a person has opened the workshop: all of it but networks and the gallery. */
  workshop: string[];
}
declare const TARNKAPPE_BUILD: Build;

const { version, hashes, start, workshop } = TARNKAPPE_BUILD;
const SCOPE = self.registration.scope;
/** Other copies of the page on the same server have caches of their own. */
const CACHES = `tarnkappe ${SCOPE} `;
const CACHE = CACHES + version;
const INDEX = "index.html";
const WORKSHOP = "workshop/index.html";

/** The list of all hashes ends in a line about the service worker, whose hash the service worker cannot know: 64 digits, two spaces, `sw.js`. */
const SUMS = "SHA256SUMS.txt";
const LAST_LINE_BYTES = 72;

/** Names with a hash in them, which the browser's own cache need not ask about. */
const HASHED = /-\w{8}\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== null) {
    event.respondWith(answer(event, path));
  }
});
self.addEventListener("message", (event) => {
  const order = event.data as Order;
  switch (order.kind) {
    case "take-over":
      event.waitUntil(self.skipWaiting());
      break;
    case "complete":
      event.waitUntil(complete(order.app).then((news) => event.ports[0]?.postMessage(news)));
      break;
  }
});

async function install(): Promise<void> {
  const hadWorkshop = (await caches.match(SCOPE + WORKSHOP, { ignoreVary: true })) !== undefined;
  const news = await complete(hadWorkshop ? "workshop" : "page");
  if (news.kind !== "kept") {
    await caches.delete(CACHE);
    await tellAll(news);
    throw new Error(news.kind);
  }
}

/** Windows that were opened before there was a service worker are answered by it from now on. */
async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(CACHES) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The path of a file of this version, from the folder that is served; null for all else. */
function pathOf({ method, url }: Request): string | null {
  const [address = ""] = url.split(/[?#]/);
  if (method !== "GET" || !address.startsWith(SCOPE)) {
    return null;
  }
  const name = address.slice(SCOPE.length);
  const path = name === "" || name.endsWith("/") ? name + INDEX : name;
  return path in hashes ? path : null;
}

async function answer(event: FetchEvent, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path, { ignoreVary: true });
  if (kept !== undefined) {
    return kept;
  }
  const { url: address } = event.request;
  event.waitUntil(self.clients.get(event.clientId).then((client) => client?.postMessage({ kind: "requested", address } satisfies News)));
  const response = await fetch(event.request);
  if (response.ok) {
    const copy = response.clone();
    event.waitUntil(verified(path, copy).then((right) => cache.put(path, right)).catch((error) => tellAll(newsOf(error))));
  }
  return response;
}

/** Keeps what is still missing of the files for the start, and what an older version kept of the others. */
async function complete(app: App): Promise<Keeping> {
  const needed = [...start[moduleFlavour()], ...(app === "workshop" ? workshop : [])];
  const others = Object.keys(hashes).filter((path) => !needed.includes(path));
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(needed.map((path) => keep(cache, path, () => fetch(path, { cache: HASHED.test(path) ? "default" : "no-cache" }))));
    await Promise.all(others.map((path) => keep(cache, path, () => Promise.resolve(null))));
    return { kind: "kept" };
  } catch (error) {
    return newsOf(error);
  }
}

/** @param obtain for what no version has kept */
async function keep(cache: Cache, path: string, obtain: () => Promise<Response | null>): Promise<void> {
  if ((await cache.match(path, { ignoreVary: true })) !== undefined) {
    return;
  }
  const older = await caches.match(path, { ignoreVary: true });
  const right = older && (await verified(path, older).catch(() => undefined));
  const found = right ?? (await obtain());
  if (found !== null) {
    await cache.put(path, right ?? (await verified(path, found)));
  }
}

/** The same answer, once all of it is there. @throws Error if it is not the file that this version was built with */
async function verified(path: string, response: Response): Promise<Response> {
  const bytes = await response.arrayBuffer();
  const listed = path === SUMS ? bytes.slice(0, -LAST_LINE_BYTES) : bytes;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", listed));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!response.ok || hash !== hashes[path]) {
    throw new Error(`${path} is not what this version was built with.`);
  }
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding"); // The bytes are decoded.
  headers.delete("Content-Length");
  return new Response(bytes, { headers });
}

function newsOf(error: unknown): Keeping {
  console.warn(error);
  return { kind: error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "not-kept" };
}

async function tellAll(news: News): Promise<void> {
  const windows = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  windows.forEach((client) => client.postMessage(news));
}
