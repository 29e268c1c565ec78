// WebP, TIFF, GIF, BMP and PNGs in unusual colours: what opens them is in a module that is fetched when the first such file comes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { reach, until } from "./reach.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PORTRAIT = path("../photos/astronaut.jpg");
const PATIENCE_MS = 120_000;
/** What the server is asked for. */
const MODULE = /^\/wasm\/tarnkappe_formats_(relaxed_)?bg-\w{8}\.wasm$/;

if (unavailable) throw new Error(unavailable);

describe("rare formats", { timeout: 600_000 }, () => {
  let server;
  let page;
  let close;
  /** Paths requested since the page was ready. */
  let requested;
  const openPage = async (root) => {
    server = await startServer({ root });
    ({ page, close } = await open({ locale: "en-US", acceptDownloads: true }));
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(reach);
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
    await page.waitForFunction(() => customElements.get("tk-result") !== undefined);
    const loaded = server.requests.length;
    requested = () => server.requests.slice(loaded).map(({ url }) => url);
  };
  afterEach(async () => {
    await close();
    await server.close();
  });

  describe("with the real engine", () => {
    beforeEach(() => openPage(path("../../dist/web")));

    for (const format of ["bmp", "gif", "tiff", "png", "webp"]) {
      test(`${format}: the module is fetched once, the face is found and covered, and nothing more is requested`, async () => {
        const buffer = Buffer.from(await page.evaluate(write, [format, [...(await readFile(PORTRAIT))]]));
        for (const [index, name] of ["first", "second"].entries()) {
          await page.setInputFiles("#chooser", { name: `${name}.${format}`, mimeType: `image/${format}`, buffer });
          if (index > 0) await page.locator(".tile").nth(index).click();
          await page.waitForSelector(".protect");
          assert.equal(await page.locator(".faces .face").count(), 1);
          await page.click(".protect");
          await page.waitForSelector(".save");
        }
        assert.equal(requested().length, 1, `${requested()}`);
        assert.match(requested()[0], MODULE);
      });
    }
  });

  test("a raw file: its preview is opened if that is asked for, covered and proved", async () => {
    await openPage(path("../../dist/web"));
    // As Fujifilm writes it, with the portrait as its preview.
    const head = Buffer.alloc(0x94);
    head.write("FUJIFILMCCD-RAW 0201FF129502X-T1", "latin1");
    const buffer = Buffer.concat([head, await readFile(PORTRAIT), Buffer.from("sensor")]);
    await page.setInputFiles("#chooser", { name: "photo.raf", mimeType: "image/x-fuji-raf", buffer });
    const use = page.locator(".use-preview");
    await use.waitFor();
    assert.match(await use.innerText(), /512 × 512/);
    assert.match(await page.locator(".refusal").innerText(), /not the developed photo/);
    await use.click();
    await page.waitForSelector(".protect");
    assert.equal(await page.locator(".faces .face").count(), 1);
    await page.click(".protect");
    await page.waitForSelector(".save");
    assert.equal(requested().length, 1, `${requested()}`);
  });

  describe("with a stand-in engine", () => {
    let root;
    let picture;
    before(async () => {
      root = await makeRoot();
      picture = await readFile(PORTRAIT);
    });
    after(() => removeRoot(root));
    beforeEach(() => openPage(root));
    const choose = (...names) => page.setInputFiles("#chooser", names.map((name) => ({ name, mimeType: "image/gif", buffer: picture })));

    test("several at once, amid other photos, make one request", async () => {
      await choose("rare-1.gif", "fine.jpg", "rare-2.gif", "rare-3.gif");
      await until(page, ".tile .state-review", 4);
      assert.equal(requested().length, 1, `${requested()}`);
    });

    test("without a network: a sentence, what the file gives away, and another try; other photos go on", async () => {
      await page.context().setOffline(true);
      await choose("rare.gif", "fine.jpg");
      await page.waitForSelector(".protect");
      assert.match(await page.locator(".refusal p").innerText(), /rare\.gif\s.*a part that could not be loaded\. Connect to the internet/);
      assert.equal(await page.locator(".refusal .facts").count(), 1);
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "Try rare.gif again" }).click();
      await until(page, ".tile .state-review", 2);
    });

    test("a damaged module is reported as one that could not be loaded, and fetched anew", async () => {
      await page.route("**/wasm/tarnkappe_formats*", (route) => route.fulfill({ body: "<p>Sign in to this network</p>" }), { times: 1 });
      await choose("rare.gif");
      await page.waitForSelector(".refusal");
      assert.match(await page.locator(".refusal p").innerText(), /could not be loaded/);
      await page.getByRole("button", { name: "Try rare.gif again" }).click();
      await page.waitForSelector(".protect");
    });
  });
});

/** In the page: the photo as a file of another format. */
async function write([format, jpeg]) {
  const photo = await createImageBitmap(new Blob([new Uint8Array(jpeg)]));
  const { width, height } = photo;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(photo, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const two = (number) => [number & 255, number >> 8];
  const four = (number) => [...two(number & 65535), ...two(number >>> 16)];
  const samples = (order) => Array.from({ length: width * height }, (_, at) => order.map((channel) => rgba[4 * at + channel])).flat();

  const writers = {
    webp: async () => {
      const blob = await context.canvas.convertToBlob({ type: "image/webp" });
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    // One that states a gamma of 1.
    png: async () => {
      const blob = await context.canvas.convertToBlob({ type: "image/png" });
      const file = [...new Uint8Array(await blob.arrayBuffer())];
      const gamma = [...[0, 0, 0, 4], ...new TextEncoder().encode("gAMA"), ...[0, 1, 134, 160], ...[49, 232, 150, 95]];
      return [...file.slice(0, 33), ...gamma, ...file.slice(33)];
    },
    // A header of 40 bytes; 32 bits a pixel, of which the last 8 mean nothing; a negative height has the first row on top.
    bmp: () => {
      const file = [66, 77, ...four(54 + 4 * width * height), ...four(0), ...four(54)];
      const picture = [...four(40), ...four(width), ...four(-height), ...two(1), ...two(32), ...Array(24).fill(0)];
      return [...file, ...picture].concat(samples([2, 1, 0, 3]));
    },
    // One strip without compression. The bits of the three samples, which are too many for the directory, stand after it.
    tiff: () => {
      const short = (tag, value) => [...two(tag), ...two(3), ...four(1), ...four(value)];
      const long = (tag, value) => [...two(tag), ...two(4), ...four(1), ...four(value)];
      const bits = [...two(258), ...two(3), ...four(3), ...four(122)];
      const size = [long(256, width), long(257, height), bits];
      const strip = [long(273, 128), short(277, 3), long(278, height), long(279, 3 * width * height)];
      const directory = [...size, short(259, 1), short(262, 2), ...strip];
      const head = [73, 73, ...two(42), ...four(8), ...two(directory.length), ...directory.flat(), ...four(0), ...two(8), ...two(8), ...two(8)];
      return head.concat(samples([0, 1, 2]));
    },
    // Grey levels as codes of 9 bits, the table of codes cleared before it grows.
    gif: () => {
      const palette = Array.from({ length: 256 }, (_, level) => [level, level, level]).flat();
      const codes = samples([1]).flatMap((level, at) => (at % 250 === 0 ? [256, level] : [level])).concat(257);
      const bytes = new Uint8Array(Math.ceil((9 * codes.length) / 8) + 1);
      codes.forEach((code, index) => {
        const [byte, bit] = [(9 * index) >> 3, (9 * index) & 7];
        bytes[byte] |= code << bit;
        bytes[byte + 1] |= code >> (8 - bit);
      });
      const blocks = [];
      for (let start = 0; start < bytes.length; start += 255) {
        const block = bytes.subarray(start, start + 255);
        blocks.push(block.length, ...block);
      }
      const size = [...two(width), ...two(height)];
      return [...new TextEncoder().encode("GIF89a"), ...size, 0xf7, 0, 0, ...palette, 44, ...two(0), ...two(0), ...size, 0, 8, ...blocks, 0, 59];
    },
  };
  return writers[format]();
}
