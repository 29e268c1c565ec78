// Times a cold start in Chromium, ours and others', interleaved, and writes a table.
//
//   node tools/bench/startup.mjs [--rounds N] [--docs FILE]     default: 7 rounds
//
// Each start has a new browser with an empty profile, and a server on the same machine. From the beginning of the page (or of
// the script that loads a detector) to the moment when a photo can be taken, and to the result for the test group, which is
// handed over in that moment. The medians of all rounds are written.

import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { open } from "../../tests/browser/chromium.mjs";
import { NAMES } from "./detectors.js";
import { median, table, write } from "./section.mjs";
import { ROOT, startServer } from "./server.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" }, docs: { type: "string" } } });
const PHOTO = readFileSync(path.join(ROOT, "tests/photos/solvay_1927.jpg")).toString("base64");
const PAGE = "tarnkappe, the page";

/** Runs in our page before anything else: hands the photo over when the page is ready, and waits for the list of faces. */
function watch(photo) {
  const bytes = Uint8Array.from(atob(photo), (c) => c.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], "photo.jpg"));
  const times = {};
  const handOver = () => {
    times.ready = performance.now();
    const chooser = document.querySelector("#chooser");
    chooser.files = files.files;
    chooser.dispatchEvent(new Event("change"));
  };
  globalThis.started = new Promise((resolve) => {
    const update = () => {
      if (!("ready" in times) && document.documentElement?.dataset.ready) handOver();
      // The list of faces is in a shadow root, whose changes an observer of the document does not see.
      document.querySelector("tk-review")?.updateComplete.then(() => resolve({ ...times, first: performance.now() }));
    };
    new MutationObserver(update).observe(document, { subtree: true, childList: true, attributes: true });
  });
}

async function startPage(page, url) {
  await page.addInitScript(watch, PHOTO);
  await page.goto(`${url}dist/web/index.html`);
  return page.evaluate(() => globalThis.started);
}

/** Runs in an empty page. */
async function start([name, photo]) {
  const group = new File([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))], "photo.jpg");
  const began = performance.now();
  const { DETECTORS } = await import("/tools/bench/detectors.js");
  const detect = await DETECTORS[name]();
  const ready = performance.now() - began;
  await detect(group);
  return { ready, first: performance.now() - began };
}

async function startDetector(page, url, name) {
  await page.goto(url);
  return page.evaluate(start, [name, PHOTO]);
}

const server = await startServer();
const results = new Map([PAGE, ...NAMES].map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [name, runs] of results) {
    const { page, close } = await open();
    try {
      runs.push(await (name === PAGE ? startPage(page, server.url) : startDetector(page, server.url, name)));
    } catch (error) {
      console.error(`${name}: ${error}`);
    }
    await close();
  }
}
server.close();

const rows = [...results].filter(([, runs]) => runs.length > 0).map(([name, runs]) => {
  const of = (key) => Math.round(median(runs.map((run) => run[key])));
  return [name, of("ready"), of("first")];
});
write(values.docs, "bench: startup", table(["what", "ready, ms", "first result, ms"], rows));
