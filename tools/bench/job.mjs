// Times the job on photos of several sizes in Chromium, one worker, and writes a table.
//
//   node tools/bench/job.mjs [--docs FILE] [MEGAPIXELS…]     default: 1 3 12 24 48
//
// The photo is the test group enlarged; the times are those of one run after a first small one has warmed things up.
// Memory is the renderer's peak resident set (Linux), which holds the worker, the page and the browser's own code.

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
async function job([photo, megapixels]) {
  const { createTarnkappe } = await import("/api/index.js");
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))]));
  const height = Math.round(Math.sqrt(megapixels * 1e6 * 0.75));
  const canvas = new OffscreenCanvas(Math.round((megapixels * 1e6) / height), height);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
  canvas.width = canvas.height = 1;
  const file = new File([blob], "photo.jpg");

  const started = performance.now();
  const tarnkappe = await createTarnkappe({ workers: 1 });
  const ready = performance.now();
  const { report } = await tarnkappe.inspect(file, { previewSide: 1600 });
  const checked = performance.now();
  const regions = report.faces.map((face) => ({ box: face.box, area: face.cover, cover: true }));
  const stages = { detect: report.timings_ms.detect };
  const add = (timings) => Object.entries(timings).forEach(([name, ms]) => (stages[name] = (stages[name] ?? 0) + ms));
  let result;
  let rounds = 0;
  do {
    result = await tarnkappe.protect(file, { regions, previewSide: 1600 });
    add(result.report.timings_ms);
    // What a person does with faces that only the proof finds.
    const found = result.proof.checks.find((check) => check.name === "faces_outside").regions;
    regions.push(...found.map((box) => ({ box, cover: true })));
    rounds += 1;
  } while (!result.proof.ok && rounds < 4);
  const proved = performance.now();
  tarnkappe.dispose();
  return {
    faces: report.faces.length,
    proved: result.proof.ok,
    start: ready - started,
    check: checked - ready,
    protect: proved - checked,
    rounds,
    stages,
  };
}

const server = await startServer({ root: path("../../dist") });
const STAGES = ["decode", "detect", "cover", "encode", "prove"];
const rows = [];
for (const megapixels of [0.3, ...sizes]) {
  const { page, close } = await open();
  await page.goto(server.url);
  const r = await page.evaluate(job, [PHOTO, megapixels]);
  const seconds = (ms) => (ms / 1000).toFixed(2);
  const stages = STAGES.map((stage) => Math.round(r.stages[stage]));
  if (!r.proved) throw new Error(`${megapixels} MP: the proof failed`);
  rows.push([megapixels, r.faces, ...[r.check, r.protect, r.check + r.protect].map(seconds), r.rounds, ...stages, rendererPeak()]);
  await close();
}
await server.close();
const head = ["MP", "faces", "check s", "cover and prove s", "total s", "proofs", ...STAGES, "renderer MB"];
write(values.docs, "bench: job", table(head, rows.slice(1)));
