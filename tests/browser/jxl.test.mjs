// JPEG XL in a browser that decodes it, as Chromium 156 does and Chromium 148 does not, and in one that does not: there the module with the
// decoder is fetched when the first such file comes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";
import { askedFor } from "./reach.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WEB = path("../../dist/web");
const JPEG_XL = path("../photos/astronaut.jxl");
const PATIENCE_MS = 120_000;
const MODULE = "wasm/tarnkappe_jxl_bg.wasm";
const FORMATS = /^\/wasm\/tarnkappe_formats_(relaxed_)?bg-/;
/** In levels: previews are compressed with loss, and the browser converts colours before that. */
const MOST_DIFFERENCE = 3;
const WITHOUT_DECODER = ["JXLImageFormat"];

if (unavailable) throw new Error(unavailable);

describe("JPEG XL", { timeout: 600_000 }, () => {
  let server;
  let page;
  let close;
  const visit = async (without, options = {}) => {
    server = await startServer({ root: WEB });
    ({ page, close } = await open({ locale: "en-US", ...options }, without));
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url);
    await page.waitForSelector(options.serviceWorkers ? "html[data-ready][data-offline=kept]" : "html[data-ready]");
    await page.waitForFunction(() => customElements.get("tk-result") !== undefined);
  };
  const leave = async () => {
    await close();
    await server.close();
  };
  afterEach(leave);
  const cover = async () => {
    await page.setInputFiles("#chooser", JPEG_XL);
    await page.waitForSelector(".protect");
    assert.equal(await page.locator(".faces .face").count(), 1);
    await page.click(".protect");
    await page.waitForSelector(".save");
  };
  /** What was asked for while the face was found and covered, and the copy proved. */
  const job = async () => {
    const loaded = server.requests.length;
    await cover();
    return askedFor(server.requests.slice(loaded));
  };

  test("the face is found and covered, and the copy proved, by the browser's decoder if it has one", async () => {
    await visit([]);
    const hasDecoder = await page.evaluate(decodes, (await readFile(JPEG_XL)).toString("base64"));
    const [formats, ...module] = await job();
    assert.match(formats, FORMATS);
    assert.deepEqual(module, hasDecoder ? [] : [`/${MODULE}`]);
  });

  test("in a browser without a decoder the module is fetched once, and that works without a network from then on", async () => {
    await visit(WITHOUT_DECODER, { serviceWorkers: "allow" });
    const [formats, ...module] = await job();
    assert.match(formats, FORMATS);
    assert.deepEqual(module, [`/${MODULE}`]);
    await page.waitForFunction(async () => {
      const cache = await caches.open((await caches.keys())[0]);
      return (await cache.keys()).filter(({ url }) => /jxl|formats/.test(url)).length === 2;
    });
    await server.close();
    await page.reload();
    await page.waitForSelector("html[data-ready][data-offline=kept]");
    await cover();
  });

  test("the module shows what the browser shows, in the same size, turn and colours", async (t) => {
    const names = ["plain", "deep", "grey", "p3", "turned", "transcoded"];
    const photos = await Promise.all(names.map((name) => readFile(path(`../photos/jxl/${name}.jxl`))));
    const given = photos.map((photo) => photo.toString("base64"));
    await visit([]);
    if (!(await page.evaluate(decodes, given[0]))) {
      await leave(); // Nothing is done after a test that is skipped.
      return t.skip("this Chromium does not decode JPEG XL");
    }
    const expected = await page.evaluate(previews, given);
    await leave();
    await visit(WITHOUT_DECODER);
    const seen = await page.evaluate(previews, given);
    for (const [index, name] of names.entries()) {
      assert.deepEqual(seen[index].size, expected[index].size, name);
      const difference = meanDifference(seen[index].samples, expected[index].samples);
      assert.ok(difference <= MOST_DIFFERENCE, `${name}: ${difference} levels in the mean`);
    }
  });
});

function meanDifference(a, b) {
  return a.reduce((sum, sample, index) => sum + Math.abs(sample - b[index]), 0) / a.length;
}

/** Runs in the page: whether the browser decodes the photo. */
function decodes(photo) {
  const bitmap = createImageBitmap(new Blob([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))]));
  return bitmap.then(() => true, () => false);
}

/** Runs in the page. */
async function previews(given) {
  const { createTarnkappe } = await import("/api.js");
  const engine = await createTarnkappe({ workers: 1 });
  const seen = [];
  for (const photo of given) {
    const file = new File([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))], "a.jxl");
    const { preview } = await engine.inspect(file, { previewSide: 100 });
    const bitmap = await createImageBitmap(preview.blob);
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    seen.push({ size: [bitmap.width, bitmap.height], samples: [...context.getImageData(0, 0, bitmap.width, bitmap.height).data] });
  }
  return seen;
}
