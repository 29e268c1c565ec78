// Times the job on photos of several sizes in Chromium, with one worker and with two, and writes a table.
//
//   node tools/bench/job.mjs [--docs FILE] [MEGAPIXELS…]     default: 1 3 12 24 48
//   node tools/bench/job.mjs --heic [--docs FILE] [FILE…]    default: the grid of twelve megapixels of the tests
//
// The photo is the test group enlarged. A preview is what is shown of the covers before a copy is made, by the slowest method.
// Each size has a new browser, whose page has been open for a while when the photo comes. Memory is what one worker's engine
// holds in the end, which only grows, and the renderer's peak resident set (Linux), which holds all workers, the page and the
// browser's own code. For HEIC, which Chromium does not decode, the first photo is measured, for which two modules are fetched, and the
// second one. "Decoder MB" is what an instance of the decoder takes besides, and the picture that it gives.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "../../tests/browser/chromium.mjs";
import { grid } from "../../tests/heic.mjs";
import { rendererPeak } from "./memory.mjs";
import { table, write } from "./section.mjs";
import { startServer } from "../serve.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PHOTO = readFileSync(path("../../tests/photos/solvay_1927.jpg")).toString("base64");
const SMALL_HEIC = readFileSync(path("../../tests/photos/astronaut.heic")).toString("base64");
const { values, positionals } = parseArgs({ allowPositionals: true, options: { docs: { type: "string" }, heic: { type: "boolean" } } });
const sizes = positionals.length > 0 ? positionals.map(Number) : [1, 3, 12, 24, 48];

/** Runs in the page: checks and protects a photo, enlarged to so many megapixels or, without a number, as it is. */
async function job([photo, megapixels, workers, pause, warmUp]) {
  let memory = 0;
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => (memory = Math.max(memory, data.memory ?? 0)));
    }
  };
  let decoder = 0;
  new BroadcastChannel("bench").onmessage = ({ data }) => (decoder = Math.max(decoder, data));
  const { createTarnkappe } = await import("/api.js");
  const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const enlarged = async () => {
    const picture = await createImageBitmap(new Blob([bytesOf(photo)]));
    const height = Math.round(Math.sqrt(megapixels * 1e6 * 0.75));
    const canvas = new OffscreenCanvas(Math.round((megapixels * 1e6) / height), height);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
    canvas.width = canvas.height = 1;
    return blob;
  };
  const file = new File([megapixels === null ? bytesOf(photo) : await enlarged()], "photo");

  const tarnkappe = await createTarnkappe({ workers });
  if (warmUp !== null) await tarnkappe.check(new File([bytesOf(warmUp)], "first"));
  await new Promise((resolve) => setTimeout(resolve, pause));
  const ready = performance.now();
  const { report, preview } = await tarnkappe.inspect(file, { previewSide: 1600 });
  const checked = performance.now();
  const { regions } = report;
  const previews = [];
  for (const method of ["soft", "solid", "mosaic", "sticker", "soft", "solid", "mosaic", "sticker"]) {
    const asked = performance.now();
    await tarnkappe.drawCovers(preview.blob, report, { regions, method });
    previews.push(performance.now() - asked);
  }
  const decided = performance.now();
  const stages = { detect: report.timings_ms.detect };
  const add = (timings) => Object.entries(timings).forEach(([name, ms]) => (stages[name] = (stages[name] ?? 0) + ms));
  let result;
  let rounds = 0;
  do {
    result = await tarnkappe.protect(file, { regions, previewSide: 1600 });
    add(result.report.timings_ms);
    // What a person does with faces that only the proof finds.
    const found = result.proof.checks.find((check) => check.name === "faces-outside").regions;
    regions.push(...found.map((box) => ({ box })));
    rounds += 1;
  } while (!result.proof.ok && rounds < 4);
  const proved = performance.now();
  tarnkappe.dispose();
  return {
    faces: report.regions.length,
    pixels: report.width * report.height,
    proved: result.proof.ok,
    check: checked - ready,
    previews,
    protect: proved - decided,
    rounds,
    stages,
    memory,
    decoder,
  };
}

/** Runs in a worker: tells how much memory decoders have. */
function watchDecoders() {
  const { instantiate } = WebAssembly;
  const channel = new BroadcastChannel("bench");
  WebAssembly.instantiate = async (module, imports) => {
    const result = await instantiate(module, imports);
    if (imports === undefined) setTimeout(() => channel.postMessage(result.exports.memory.buffer.byteLength));
    return result;
  };
}

const server = await startServer({ root: path("../../dist/web") });
const STAGES = ["decode", "detect", "cover", "encode", "prove"];
const WORKERS = [1, 2];
/** As long as it takes to choose a photo. */
const PAUSE_MS = 3000;
/** The first four start the worker and let the browser compile what is run. */
const slowest = (previews) => Math.round(Math.max(...previews.slice(4)));
const seconds = (ms) => (ms / 1000).toFixed(2);
const FIRST = ["workers", "MP", "faces"];
const TIMES = ["check s", "cover and prove s", "total s", "proofs", ...STAGES];
const megabytes = (bytes) => Math.round(bytes / 2 ** 20);
const times = (r) => [...[r.check, r.protect, r.check + r.protect].map(seconds), r.rounds, ...STAGES.map((stage) => Math.round(r.stages[stage]))];

/** In a new browser. @returns what {@link job} does, with the peak of the renderer */
async function measure(name, ...given) {
  const { page, close } = await open();
  page.on("worker", (worker) => worker.evaluate(watchDecoders).catch(() => undefined)); // It may have been replaced already.
  await page.goto(server.url);
  const result = await page.evaluate(job, given);
  const peak = rendererPeak();
  await close();
  if (!result.proved) throw new Error(`${name}: the proof failed`);
  return { ...result, peak };
}

async function jpegs() {
  const rows = [];
  for (const workers of WORKERS) {
    for (const megapixels of sizes) {
      const r = await measure(`${megapixels} MP`, PHOTO, megapixels, workers, PAUSE_MS, null);
      rows.push([workers, megapixels, r.faces, slowest(r.previews), ...times(r), megabytes(r.memory), r.peak]);
    }
  }
  write(values.docs, "bench: job", table([...FIRST, "preview ms", ...TIMES, "worker MB", "renderer MB"], rows));
}

async function heics() {
  const rows = [];
  const files = positionals.length > 0 ? positionals.map((file) => [basename(file), readFileSync(file)]) : [["grid of the tests", grid()]];
  for (const [name, bytes] of files) {
    for (const [which, warmUp] of [["first", null], ["second", SMALL_HEIC]]) {
      for (const workers of WORKERS) {
        const r = await measure(name, bytes.toString("base64"), null, workers, PAUSE_MS, warmUp);
        rows.push([name, which, workers, (r.pixels / 1e6).toFixed(1), r.faces, ...times(r), megabytes(r.memory), megabytes(r.decoder + 3 * r.pixels), r.peak]);
      }
    }
  }
  write(values.docs, "bench: heic", table(["file", "photo", ...FIRST, ...TIMES, "worker MB", "decoder MB", "renderer MB"], rows));
}

await (values.heic ? heics() : jpegs());
await server.close();
