// Two WebAssembly modules are built, each also with the rare formats: one for every browser, and a faster one for those with
// relaxed SIMD.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const MODULE = "tarnkappe_bg.wasm";
const RELAXED_MODULE = "tarnkappe_relaxed_bg.wasm";
const FORMATS_MODULE = "tarnkappe_formats_bg.wasm";
const RELAXED_FORMATS_MODULE = "tarnkappe_formats_relaxed_bg.wasm";

if (unavailable) throw new Error(unavailable);

function relaxedInstructions(module) {
  const disassemble = here("../../node_modules/.bin/wasm-dis");
  const options = { encoding: "utf8", maxBuffer: 2 ** 30 };
  const text = execFileSync(disassemble, ["--all-features", here(`../../dist/wasm/${module}`)], options);
  return text.match(/\w+\.relaxed_\w+/g) ?? [];
}

for (const module of [MODULE, FORMATS_MODULE]) {
  test(`${module}, for every browser, has no relaxed instruction`, () => {
    assert.deepEqual(relaxedInstructions(module), []);
  });
}

for (const module of [RELAXED_MODULE, RELAXED_FORMATS_MODULE]) {
  test(`${module} multiplies and adds in one instruction`, () => {
    assert.ok(relaxedInstructions(module).includes("f32x4.relaxed_madd"));
  });
}

describe("the page", { timeout: 120_000 }, () => {
  let server;
  before(async () => {
    server = await startServer({ root: here("../../dist/web") });
  });
  after(() => server.close());

  /** The modules that the page asks for, after `script` has run in it. */
  const modulesLoaded = async (script) => {
    const { page, close } = await open();
    const loaded = [];
    page.on("request", (request) => {
      if (request.url().endsWith(".wasm")) loaded.push(request.url().split("/").pop().replace(/-\w{8}\./, "."));
    });
    try {
      await page.addInitScript(script);
      await page.goto(server.url);
      await page.waitForSelector("html[data-ready]");
    } finally {
      await close();
    }
    return loaded;
  };

  /** Runs in the page: the browser knows SIMD, but not f32x4.relaxed_madd. */
  function withoutRelaxed() {
    const { validate } = WebAssembly;
    const relaxedMadd = [0xfd, 0x85, 0x02].join();
    WebAssembly.validate = (bytes) => !bytes.join().includes(relaxedMadd) && validate(bytes);
  }

  test("loads the faster module alone where the browser has relaxed SIMD", async () => {
    assert.deepEqual(await modulesLoaded(() => {}), [RELAXED_MODULE]);
  });

  test("loads the other one alone where it has not", async () => {
    assert.deepEqual(await modulesLoaded(withoutRelaxed), [MODULE]);
  });
});
