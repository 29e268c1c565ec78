// Measures other face detectors and us on the same photos in Chromium, interleaved, and prints a table.
//
//   node tools/bench/peers.mjs [ROUNDS]     default: 3
//
// Each round opens a fresh browser for each detector: from the empty page to the first result on the test group, then the
// group enlarged to 12 megapixels, from the file to the boxes. The medians of all rounds are printed. Where the
// evaluation pictures are (EVALDATA), the share of annotated faces found in some of them is printed too.
//
// MediaPipe is missing: no npm package holds a model that its package tasks-vision takes, and the package before it needs
// WebGL, which Chromium without a screen does not have.

import { readFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants as zlib } from "node:zlib";
import { open } from "../../tests/browser/chromium.mjs";
import { rendererPeak } from "./memory.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EVALDATA = path.resolve(ROOT, process.env.EVALDATA ?? "../shared/evaldata", "wider_val");
const ROUNDS = Number(process.argv[2] ?? 3);
const PICTURES = 20;
const NAMES = [
  "tarnkappe",
  "onnxruntime-web, 1 thread",
  "onnxruntime-web, 2 threads",
  "human",
  "face-api, tiny",
];
/** A find overlaps a face by at least this: detectors draw their boxes differently. */
const SAME = 0.3;

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** Serves the repository and the evaluation pictures, isolated so that threads work, and adds up what is sent. */
async function startServer() {
  const sizes = new Map();
  const sent = { bytes: 0 };
  const compressed = (name, bytes) => {
    const params = { [zlib.BROTLI_PARAM_QUALITY]: 9 };
    if (!sizes.has(name)) sizes.set(name, brotliCompressSync(bytes, { params }).length);
    return sizes.get(name);
  };
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.setHeader("Content-Type", TYPES[path.extname(name) || ".html"] ?? "application/octet-stream");
    try {
      const file = name.startsWith("/wider/") ? path.join(EVALDATA, "images", name.slice(7)) : path.join(ROOT, name);
      const body = name === "/" ? Buffer.from("<!doctype html><title>bench</title>") : await readFile(file);
      if (!/\.jpg$|^\/$/.test(name)) sent.bytes += compressed(name, body);
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, sent, close: () => server.close() };
}

/** Every so many pictures of the annotated ones. */
function annotated() {
  const file = path.join(EVALDATA, "annotations_dev.json");
  if (!existsSync(file)) return [];
  const all = JSON.parse(readFileSync(file, "utf8"));
  const step = Math.max(1, Math.floor(all.length / PICTURES));
  const chosen = all.filter((_, index) => index % step === 0).slice(0, PICTURES);
  return chosen.map(({ file, faces }) => ({
    url: `/wider/${file}`,
    faces: faces.filter((face) => !face.ignore && !face.invalid).map(({ x, y, w, h }) => [x, y, w, h]),
  }));
}

/** Runs in the page: everything about one detector. */
async function measure([name, pictures, same]) {
  const started = performance.now();
  const { DETECTORS, enlarge, overlap } = await import("/tools/bench/detectors.js");
  const load = async (url) => new File([await (await fetch(url)).blob()], "photo.jpg");
  const group = await load("/tests/photos/solvay_1927.jpg");
  const detect = await DETECTORS[name]();
  await detect(group);
  const first = performance.now() - started;

  const large = await enlarge(group, 12);
  const timed = async (work) => {
    const start = performance.now();
    return [await work(), performance.now() - start];
  };
  const [boxes, detection] = await timed(() => detect(large));
  const proved = detect.prove && (await timed(() => detect.prove(large)))[1];
  let hits = 0;
  let faces = 0;
  for (const picture of pictures) {
    const found = await detect(await load(picture.url));
    hits += picture.faces.filter((face) => found.some((box) => overlap(box, face) >= same)).length;
    faces += picture.faces.length;
  }
  return { first, detection, proved, group: boxes.length, recall: faces === 0 ? undefined : hits / faces };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const server = await startServer();
const pictures = annotated();
const results = new Map(NAMES.map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of NAMES) {
    const { page, close } = await open();
    try {
      await page.goto(server.url);
      server.sent.bytes = 0;
      // Recall does not change from round to round.
      const result = await page.evaluate(measure, [name, round === 0 ? pictures : [], SAME]);
      results.get(name).push({ ...result, sent: server.sent.bytes, memory: rendererPeak() });
    } catch (error) {
      console.error(`${name}: ${error}`);
    }
    await close();
  }
}
server.close();

const seconds = (ms) => (ms === undefined ? "" : (ms / 1000).toFixed(2));
console.log("| detector | cold page to first result s | 12 MP, file to boxes s | 12 MP, file to proved copy s | finds in the group | recall | sent, kB | renderer MB |");
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const [name, runs] of results) {
  const of = (key) => median(runs.map((run) => run[key]).filter((value) => value !== undefined));
  const recall = of("recall") === undefined ? "" : of("recall").toFixed(3);
  if (runs.length === 0) continue;
  console.log(`| ${name} | ${seconds(of("first"))} | ${seconds(of("detection"))} | ${seconds(of("proved"))} | ${of("group")} | ${recall} | ${Math.round(of("sent") / 1000)} | ${of("memory")} |`);
}
