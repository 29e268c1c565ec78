// Measures the page with many photos of 12 megapixels in Chromium with two workers: from a folder to one saved zip file.
//
//   node tools/bench/many.mjs [--docs FILE] [--photos N] [--folder FOLDER]     default: 200 photos
//
// The photos are crops of the test group, enlarged, no two of them alike: detections of tiles that are alike are not computed twice. They
// are kept in the folder. A single photo's time is the mean of some of them, one after the other in the same page, with both workers.
// Memory is the renderer's peak resident set (Linux), which holds all workers, the page and the browser's own code. A gap is the time
// between two timers that the page is due to run every 10 ms. A press is one of a person who selects photos meanwhile: the time until
// what it did is painted. If a proof fails because a check points at a place outside the covers, that place is covered and the photo
// checked again, as a person would do; such photos are saved to one more zip file.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "../../tests/browser/chromium.mjs";
import { rendererPeak } from "./memory.mjs";
import { table, write } from "./section.mjs";
import { startServer } from "../serve.mjs";

const at = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const { values } = parseArgs({
  options: { docs: { type: "string" }, photos: { type: "string", default: "200" }, folder: { type: "string", default: path.join(tmpdir(), "tarnkappe-many") } },
});
const COUNT = Number(values.photos);
const [WIDTH, HEIGHT] = [4000, 3000];
/** So many are timed one by one. */
const SINGLES = 8;
/** So many are being worked on when a person cancels. */
const CANCELLED = 24;
const PRESS_EVERY_MS = 3000;
/** As long as it takes to choose a photo; the engine is warmed up meanwhile. */
const PAUSE_MS = 3000;
const NEVER = { timeout: 0 };

/** Runs in the page: a crop of the group, enlarged to 12 megapixels. */
async function draw([group, number, count, width, height]) {
  window.group ??= await createImageBitmap(new Blob([Uint8Array.from(atob(group), (c) => c.charCodeAt(0))]));
  const side = 0.7 + (0.3 * number) / count;
  const [w, h] = [window.group.width * side, (window.group.width * side * height) / width];
  const scale = Math.min(1, window.group.height / h);
  const canvas = new OffscreenCanvas(width, height);
  const left = ((window.group.width - w * scale) * (number % 7)) / 6;
  const top = ((window.group.height - h * scale) * (number % 5)) / 4;
  canvas.getContext("2d").drawImage(window.group, left, top, w * scale, h * scale, 0, 0, width, height);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })).arrayBuffer());
  return bytes.toBase64?.() ?? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Writes those photos that are not there. */
async function makePhotos(url) {
  const group = readFileSync(at("../../tests/photos/solvay_1927.jpg")).toString("base64");
  const names = Array.from({ length: COUNT }, (_, number) => path.join(values.folder, String(COUNT), `photo-${number}.jpg`));
  mkdirSync(path.join(values.folder, String(COUNT)), { recursive: true });
  const { page, close } = await open();
  await page.goto(url);
  for (const [number, name] of names.entries()) {
    if (!existsSync(name)) writeFileSync(name, Buffer.from(await page.evaluate(draw, [group, number, COUNT, WIDTH, HEIGHT]), "base64"));
  }
  await close();
  return names;
}

/** Runs in the page before anything else: watches how long it does not answer. Zip files go to the origin's own file system. */
function watch() {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 });
  const state = (window.watched = { gaps: [], presses: [], last: performance.now(), zips: 0 });
  window.showSaveFilePicker = async () => (await navigator.storage.getDirectory()).getFileHandle(`${state.zips++}.zip`, { create: true });
  setInterval(() => {
    const now = performance.now();
    state.gaps.push(now - state.last);
    state.last = now;
  }, 10);
  new PerformanceObserver((list) => {
    state.presses.push(...list.getEntries().filter(({ name }) => name === "click").map(({ duration }) => duration));
  }).observe({ type: "event", durationThreshold: 16 });
}

/** Runs in the page: the time from the press of "Cancel" until no photo is worked on, and nothing is said to be. */
async function cancelled() {
  const roots = (root) => [root, ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : []))];
  const all = (selector) => roots(document).flatMap((root) => [...root.querySelectorAll(selector)]);
  const start = performance.now();
  all(".cancel-all")[0].click();
  while (all(".state-working, .state-waiting").length > 0) await new Promise((resolve) => setTimeout(resolve));
  return performance.now() - start;
}

/** Runs in the page: how many files the saved zip files have, by their last records. */
async function savedCount() {
  const folder = await navigator.storage.getDirectory();
  const counts = Array.from({ length: window.watched.zips }, async (_, number) => {
    const file = await (await folder.getFileHandle(`${number}.zip`)).getFile();
    return new DataView(await file.slice(-22).arrayBuffer()).getUint16(10, true);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Runs in the page: how many photos have no copy because their proof failed. */
const unprovedCount = () => document.querySelector("tk-strip").session.photos.filter(({ phase }) => phase.kind === "unproved").length;

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const share = (numbers, part) => numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part)] ?? 0;

const server = await startServer({ root: at("../../dist/web") });
const photos = await makePhotos(server.url);
const { page, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } });
await page.addInitScript(watch);
await page.goto(server.url);
await page.waitForSelector("html[data-ready]");
await page.waitForTimeout(PAUSE_MS);
const startOver = async () => {
  await page.click(".clear");
  const sure = page.locator(".sure");
  if (await sure.isVisible()) await sure.click();
  await page.waitForSelector(".choose");
};

/** The answer of a person to a proof that failed: what its checks point at is covered. Fails if there is nothing they point at. */
const coverAndRetry = () => page.click(".verdict.bad ~ .action-bar .primary");

/** Waits for the copy of the only photo. */
const proved = async () => {
  for (;;) {
    await page.waitForSelector(".save, .verdict.bad", NEVER);
    if (await page.locator(".save").isVisible()) return;
    await coverAndRetry();
  }
};

/** Saves what is there and what is being made, until the file is complete. */
const saveAll = async () => {
  await page.click(".save-all");
  await page.waitForFunction(() => {
    const { saving, notice } = document.querySelector("tk-strip").session;
    return saving === null && notice !== null;
  }, null, NEVER);
};

/** Goes from photo to photo that needs a person. @returns how many of them had a proof that failed */
const answerAll = async () => {
  const count = await page.evaluate(unprovedCount);
  for (let left = count; left > 0; ) {
    await page.click(".next");
    if (await page.locator(".verdict.bad").isVisible()) {
      await coverAndRetry();
      left -= 1;
    }
  }
  return count;
};

const singles = [];
for (const photo of photos.slice(0, SINGLES)) {
  const start = performance.now();
  await page.setInputFiles("#chooser", photo);
  await page.click(".protect", NEVER);
  await proved();
  singles.push(performance.now() - start);
  await startOver();
}

// What was scanned is forgotten: no photo may find its tiles in the cache.
await page.reload();
await page.waitForSelector("html[data-ready]");
await page.waitForTimeout(PAUSE_MS);
await page.evaluate(() => Object.assign(window.watched, { gaps: [], presses: [], last: performance.now() }));
const start = performance.now();
await page.setInputFiles("#chooser", photos);
let isOver = false;
const pressing = (async () => {
  for (let number = 0; !isOver; number += 1) {
    await page.waitForTimeout(PRESS_EVERY_MS);
    await page.locator(".tile").nth((number * 7) % Math.min(COUNT, 90)).click({ timeout: PRESS_EVERY_MS }).catch(() => undefined);
  }
})();
await page.waitForFunction((count) => document.querySelector("tk-strip")?.session.photos.filter(({ report, work }) => report !== null && work === null).length === count, COUNT, NEVER);
const checked = performance.now();
const protectAll = page.locator(".protect-all");
await protectAll.click();
await saveAll();
isOver = true;
await pressing;
let answers = 0;
for (let more = await answerAll(); more > 0; more = await answerAll()) {
  answers += more;
  await saveAll();
}
const saved = performance.now();
const { gaps, presses } = await page.evaluate(() => window.watched);
const notice = await page.locator(".notice").innerText();
const inZip = await page.evaluate(savedCount);
if (inZip !== COUNT) throw new Error(`${inZip} of ${COUNT} photos are in the zip files: ${notice}`);
const memory = rendererPeak();

await startOver();
await page.setInputFiles("#chooser", photos.slice(0, CANCELLED));
await page.waitForSelector(".state-working");
await page.waitForTimeout(PAUSE_MS);
const cancelling = await page.evaluate(cancelled);
await close();
await server.close();

const single = mean(singles) / 1000;
const total = (saved - start) / 1000;
const rows = [
  ["one photo alone, s", single.toFixed(2), ""],
  [`${COUNT} photos, s`, total.toFixed(0), ""],
  ["of that, checking, s", ((checked - start) / 1000).toFixed(0), ""],
  [`time to ${COUNT} x one photo`, (total / (single * COUNT)).toFixed(2), "1.10"],
  ["decisions that failed proofs asked for", answers, ""],
  ["renderer, peak, MB", memory, "900"],
  ["longest gap, ms", share(gaps, 1).toFixed(0), "100"],
  ["gap that one in a thousand exceeds, ms", share(gaps, 0.999).toFixed(0), ""],
  ["gaps over 100 ms", gaps.filter((gap) => gap > 100).length, "0"],
  [`longest of ${presses.length} presses, ms`, share(presses, 1).toFixed(0), "100"],
  ["until all is cancelled, ms", cancelling.toFixed(0), "300"],
];
write(values.docs, "bench: many", table(["what", "measured", "at most"], rows));
