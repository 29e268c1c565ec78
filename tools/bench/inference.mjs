// Times single networks in Chromium, with our engine and with onnxruntime-web, and writes a table.
//
//   node tools/bench/inference.mjs [--rounds N] [--docs FILE]     default: 15 rounds
//
// Each engine has a page of its own in one browser. The engines take turns: in each round each runs every network a few
// times, and the fastest of these counts, which is the one that was disturbed least. The medians of all rounds are written.
// What the engines make of the picture is compared, so that they are known to do the same work.

import { parseArgs } from "node:util";
import { open } from "../../tests/browser/chromium.mjs";
import { NETWORKS, RUNNERS } from "./runners.js";
import { median, table, write } from "./section.mjs";
import { startServer } from "./server.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" }, docs: { type: "string" } } });
const ROUNDS = Number(values.rounds);
const RUNS = 3;
/** Compiling in the background ends within these many runs. */
const WARM_UP = 10;
/** Our weights have 16 or 8 bits, so outputs differ. Share of the largest value. */
const TOLERANCE = 0.05;

/** Runs in the page: loads every network and keeps its runner; gives the outputs. */
async function load([engine, warmUp]) {
  const { NETWORKS, RUNNERS, picture } = await import("/tools/bench/runners.js");
  globalThis.runners = {};
  const outputs = {};
  for (const [name, network] of Object.entries(NETWORKS)) {
    const run = await RUNNERS[engine](network, await picture(network.side), name);
    for (let i = 0; i < warmUp; i += 1) outputs[name] = [await run()].flat().flatMap((values) => [...values]);
    globalThis.runners[name] = run;
  }
  return outputs;
}

/** Runs in the page: the least time of some runs, in milliseconds. */
async function time([name, runs]) {
  let least = Infinity;
  for (let i = 0; i < runs; i += 1) {
    const start = performance.now();
    await globalThis.runners[name]();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function compare(engine, name, values, expected) {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const apart = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i])), 0);
  if (values.length !== expected.length || !(apart <= TOLERANCE * scale)) {
    throw new Error(`${engine} makes something else of ${name}: ${apart} apart, values up to ${scale}`);
  }
}

const server = await startServer();
const { page, close } = await open();
const pages = new Map();
let expected;
for (const engine of Object.keys(RUNNERS)) {
  const own = pages.size === 0 ? page : await page.context().newPage();
  await own.goto(server.url);
  const outputs = await own.evaluate(load, [engine, WARM_UP]);
  expected ??= outputs;
  Object.keys(NETWORKS).forEach((name) => compare(engine, name, outputs[name], expected[name]));
  pages.set(engine, own);
}

const times = new Map();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of Object.keys(NETWORKS)) {
    for (const [engine, own] of pages) {
      const key = `${name} ${engine}`;
      times.set(key, [...(times.get(key) ?? []), await own.evaluate(time, [name, RUNS])]);
    }
  }
}
await close();
server.close();

const engines = Object.keys(RUNNERS);
const [simd, relaxed, one] = engines;
const rows = Object.entries(NETWORKS).map(([name, { side }]) => {
  const ms = (engine) => median(times.get(`${name} ${engine}`));
  const ratio = (engine) => (ms(engine) / ms(one)).toFixed(2);
  return [`${name}, ${side} x ${side}`, ...engines.map((engine) => ms(engine).toFixed(1)), ratio(simd), ratio(relaxed)];
});
write(values.docs, "bench: inference", table(["network", ...engines.map((engine) => `${engine}, ms`), "simd128 to 1 thread", "relaxed to 1 thread"], rows));
