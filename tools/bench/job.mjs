// Times the job on photos of several sizes in Chromium, with one worker and with two, and writes a table.
//
//   node tools/bench/job.mjs [--docs FILE] [MEGAPIXELS…]     default: 1 3 12 24 48
//
// The photo is the test group enlarged. A preview is what is shown of the covers before a copy is made, by the slowest method.
// Each size has a new browser, whose page has been open for a while when the photo comes. Memory is what one worker's engine
// holds in the end, which only grows, and the renderer's peak resident set (Linux), which holds all workers, the page and the
// browser's own code.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "../../tests/browser/chromium.mjs";
import { rendererPeak } from "./memory.mjs";
import { table, write } from "./section.mjs";
import { startServer } from "../serve.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PHOTO = readFileSync(path("../../tests/photos/solvay_1927.jpg")).toString("base64");
const { values, positionals } = parseArgs({ allowPositionals: true, options: { docs: { type: "string" } } });
const sizes = positionals.length > 0 ? positionals.map(Number) : [1, 3, 12, 24, 48];

/** Runs in the page: checks and protects a photo of so many megapixels. */
async function job([photo, megapixels, workers, pause]) {
  let memory = 0;
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => (memory = Math.max(memory, data.memory ?? 0)));
    }
  };
  const { createTarnkappe } = await import("/api.js");
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))]));
  const height = Math.round(Math.sqrt(megapixels * 1e6 * 0.75));
  const canvas = new OffscreenCanvas(Math.round((megapixels * 1e6) / height), height);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
  canvas.width = canvas.height = 1;
  const file = new File([blob], "photo.jpg");

  const tarnkappe = await createTarnkappe({ workers });
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
    proved: result.proof.ok,
    check: checked - ready,
    previews,
    protect: proved - decided,
    rounds,
    stages,
    memory,
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
const rows = [];
for (const workers of WORKERS) {
  for (const megapixels of sizes) {
    const { page, close } = await open();
    await page.goto(server.url);
    const r = await page.evaluate(job, [PHOTO, megapixels, workers, PAUSE_MS]);
    if (!r.proved) throw new Error(`${megapixels} MP: the proof failed`);
    const times = [r.check, r.protect, r.check + r.protect].map(seconds);
    const stages = STAGES.map((stage) => Math.round(r.stages[stage]));
    rows.push([workers, megapixels, r.faces, slowest(r.previews), ...times, r.rounds, ...stages, Math.round(r.memory / 2 ** 20), rendererPeak()]);
    await close();
  }
}
await server.close();
const head = ["workers", "MP", "faces", "preview ms", "check s", "cover and prove s", "total s", "proofs", ...STAGES, "worker MB", "renderer MB"];
write(values.docs, "bench: job", table(head, rows));
