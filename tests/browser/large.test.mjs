// A photo with more pixels than can be opened, as phones of 108 megapixels write it, with the real engine.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PATIENCE_MS = 120_000;
const [WIDTH, HEIGHT] = [12_000, 9_000];
/** Of one worker. Its pixels in full would take 324. */
const MOST_MEGABYTES = 320;

if (unavailable) throw new Error(unavailable);

/** Runs in the page before anything else: how much memory the engine of a worker has at most. */
function watch() {
  window.megabytes = 0;
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => (window.megabytes = Math.max(window.megabytes, (data.memory ?? 0) / 2 ** 20)));
    }
  };
}

/** Runs in the page: the portrait enlarged, as a JPEG in base 64. */
async function enlarged([portrait, width, height]) {
  const picture = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${portrait}`)).blob());
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").drawImage(picture, 0, 0, height, height);
  const reader = new FileReader();
  reader.readAsDataURL(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 }));
  await new Promise((resolve) => (reader.onload = resolve));
  return reader.result.split(",")[1];
}

describe("a JPEG of 108 megapixels", { timeout: 300_000 }, () => {
  let server;
  let page;
  let close;
  before(async () => {
    server = await startServer({ root: path("../../dist/web") });
    ({ page, close } = await open({ locale: "en-US" }));
    page.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await close();
    await server.close();
  });

  test("is opened in half its size, which the page says, covered and proved, with less memory than its pixels", async () => {
    const portrait = (await readFile(path("../photos/astronaut.jpg"))).toString("base64");
    await page.goto("about:blank"); // The page's policy would forbid the fetch.
    const photo = await page.evaluate(enlarged, [portrait, WIDTH, HEIGHT]);
    await page.addInitScript(watch);
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
    await page.setInputFiles("#chooser", { name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from(photo, "base64") });
    await page.waitForSelector(".protect");
    assert.notEqual(await page.locator(".faces .face").count(), 0);
    const words = /12,000 × 9,000 pixels.* size: 6,000 × 4,500\./;
    assert.match(await page.locator(".panel .note").first().innerText(), words);
    await page.click(".protect");
    await page.waitForSelector(".save");
    assert.match(await page.locator(".panel .note").first().innerText(), words);
    const size = await page.locator(".save").evaluate(async ({ href }) => {
      const copy = Object.assign(new Image(), { src: href });
      await copy.decode();
      return [copy.naturalWidth, copy.naturalHeight];
    });
    assert.deepEqual(size, [6_000, 4_500]);
    const used = await page.evaluate(() => window.megabytes);
    assert.ok(used > 0 && used < MOST_MEGABYTES, `${used} MB`);
  });
});
