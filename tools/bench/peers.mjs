// Measures other face detectors and us on the same photos in Chromium, interleaved, and writes a table.
//
//   node tools/bench/peers.mjs [--rounds N] [--docs FILE]     default: 3 rounds
//
// Each round opens a fresh browser for each detector: the test group to warm up, then the group enlarged to 12 megapixels,
// from the file to the boxes. The medians of all rounds are written. Where the evaluation pictures are (EVALDATA), the share
// of annotated faces found in some of them is written too.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { open } from "../../tests/browser/chromium.mjs";
import { NAMES } from "./detectors.js";
import { rendererPeak } from "./memory.mjs";
import { median, table, write } from "./section.mjs";
import { EVALDATA, startServer } from "./server.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" }, docs: { type: "string" } } });
const PICTURES = 20;
/** A detection overlaps a face by at least this: detectors draw their boxes differently. */
const SAME = 0.3;

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
  const { DETECTORS, enlarge, overlap } = await import("/tools/bench/detectors.js");
  const load = async (url) => new File([await (await fetch(url)).blob()], "photo.jpg");
  const group = await load("/tests/photos/solvay_1927.jpg");
  const detect = await DETECTORS[name]();
  await detect(group);

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
  return { detection, proved, group: boxes.length, recall: faces === 0 ? undefined : hits / faces };
}

const server = await startServer();
const pictures = annotated();
const results = new Map(NAMES.map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round += 1) {
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
const rows = [...results].filter(([, runs]) => runs.length > 0).map(([name, runs]) => {
  const of = (key) => median(runs.map((run) => run[key]).filter((value) => value !== undefined));
  const recall = of("recall")?.toFixed(3) ?? "";
  return [name, seconds(of("detection")), seconds(of("proved")), of("group"), recall, Math.round(of("sent") / 1000), of("memory")];
});
const head = ["detector", "12 MP, file to boxes s", "12 MP, file to proved copy s", "faces found in the group", "recall", "sent, kB", "renderer MB"];
write(values.docs, "bench: peers", table(head, rows));
