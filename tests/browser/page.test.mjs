// The page as a person uses it, in Chromium, with the real engine.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { after, before, beforeEach, describe, test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import { storedIn } from "../zip.mjs";
import { open, unavailable } from "./chromium.mjs";
import { askedFor, reach, until } from "./reach.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const GROUP = path("../photos/solvay_1927.jpg");
const PORTRAIT = path("../photos/astronaut.jpg");
const NOBODY = path("../photos/coffee.png");
const TURNED_AVIF = path("../photos/astronaut_turned.avif");

/** A photo takes seconds on a small machine; this is for a busy one. */
const PATIENCE_MS = 120_000;
/** The group's faces are found with scores above this; what else is found there, below it. */
const SURE = 0.9;
const THOROUGH_MODELS = ["/models/centerface.packed", "/models/retinaface_mobilenet025.packed"];
/** The path without the hash in it. */
const unhashed = (url) => url.replace(/-\w{8}\./, ".");
/** The page must never be frozen for longer. */
const FROZEN_MS = 100;
/** From a change to the frame that shows the covers anew. */
const PREVIEW_MS = 100;

if (unavailable) throw new Error(unavailable);

describe("the page", { timeout: 600_000 }, () => {
  let server;
  let page;
  let close;
  let violations;
  const readied = async () => {
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready][data-offline=kept]");
  };

  before(async () => {
    server = await startServer({ root: path("../../dist/web") });
    ({ page, close } = await open({ locale: "en-US", serviceWorkers: "allow", acceptDownloads: true, viewport: { width: 1280, height: 900 } }));
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(watch);
    await page.addInitScript(reach);
  });
  after(async () => {
    await close();
    await server.close();
  });
  beforeEach(async () => {
    violations = [];
    page.removeAllListeners("console");
    page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
    await readied();
  });

  for (const { name, file, faces, type } of [
    { name: "a group of 29", file: GROUP, faces: 29, type: "image/jpeg" },
    { name: "a portrait", file: PORTRAIT, faces: 1, type: "image/jpeg" },
    { name: "nobody", file: NOBODY, faces: 0, type: "image/png" },
    { name: "a portrait in AVIF", file: TURNED_AVIF, faces: 1, type: "image/jpeg" },
  ]) {
    test(`${name}: from drop to a saved copy without a face, and not one request`, async () => {
      const loaded = server.requests.length;
      await drop(page, [file]);
      await page.waitForSelector(".protect");
      assert.equal(await page.locator(".faces .face").count(), faces);
      const saved = await coverAndSave(page);
      assert.deepEqual(askedFor(server.requests.slice(loaded)), [], "requests after the page had loaded");
      assert.deepEqual(violations, []);
      assert.deepEqual(await page.evaluate(() => window.watched.violations), []);
      const worst = await page.evaluate(() => Math.max(0, ...window.watched.longTasks));
      assert.ok(worst <= FROZEN_MS, `the page was frozen for ${worst} ms`);
      assert.deepEqual(await lookAgain(page, saved, type), { faces: 0, leaks: 0, opens: true });
    });
  }

  test("a thorough check finds the group's 29 faces with two requests, a quick one makes none", async () => {
    await page.evaluate(makeEngine, [...(await readFile(GROUP))]);
    const requested = server.requests.length;
    await page.evaluate(scores, { thorough: false });
    assert.deepEqual(askedFor(server.requests.slice(requested)), []);
    const found = await page.evaluate(scores, { thorough: true });
    assert.equal(found.filter((score) => score > SURE).length, 29);
    assert.deepEqual(askedFor(server.requests.slice(requested)).map(unhashed).sort(), THOROUGH_MODELS);
  });

  test("the thorough search, from its switch to a saved copy, makes two requests", async () => {
    // The browser may have them in its cache, where the server is not asked.
    const asked = [];
    page.on("request", (request) => request.url().startsWith("http") && asked.push(new URL(request.url()).pathname));
    await drop(page, [PORTRAIT]);
    await page.waitForSelector(".protect");
    assert.deepEqual(asked, []);
    await page.click(".thorough input");
    await page.waitForSelector(".thorough .switch-done");
    await coverAndSave(page);
    page.removeAllListeners("request");
    assert.deepEqual(asked.map(unhashed).sort(), THOROUGH_MODELS);
    assert.deepEqual(violations, []);
  });

  test("a photo of 48 megapixels: no request, and after it the next photo is covered while the server is gone", async () => {
    const loaded = server.requests.length;
    await page.evaluate(dropLargePhoto, [...(await readFile(PORTRAIT))]);
    await page.waitForSelector(".protect");
    await coverAndSave(page);
    assert.deepEqual(askedFor(server.requests.slice(loaded)), []);
    await server.close();
    await page.setInputFiles("#chooser", NOBODY);
    await page.locator(".tile").nth(1).click();
    await page.waitForSelector(".protect");
    await coverAndSave(page);
    server = await startServer({ root: path("../../dist/web") });
  });

  test("what lies under a cover does not change the copy", async () => {
    const [copy, swapped] = await page.evaluate(swapUnderCover);
    assert.ok(copy.length > 1000);
    assert.deepEqual(copy, swapped);
  });

  test(`in a photo of 12 megapixels, covers are shown within ${PREVIEW_MS} ms of a change, and no request is made`, async (t) => {
    await page.evaluate(dropPhoto, [[...(await readFile(GROUP))], 4000, 3000]);
    await page.waitForSelector(".protect");
    const loaded = server.requests.length;
    const times = await page.evaluate(timePreviews);
    t.diagnostic(times.map(([what, ms]) => `${what} ${Math.round(ms)}`).join(", "));
    // Any one may have met with something else that the machine did.
    const [, median] = [...times].sort(([, a], [, b]) => a - b)[times.length >> 1];
    assert.ok(median <= PREVIEW_MS, `${median} ms`);
    assert.equal(await page.locator(".alarm").count(), 0);
    assert.deepEqual(askedFor(server.requests.slice(loaded)), []);
    assert.deepEqual(await page.evaluate(() => window.watched.violations), []);
    const worst = await page.evaluate(() => Math.max(0, ...window.watched.longTasks));
    assert.ok(worst <= FROZEN_MS, `the page was frozen for ${worst} ms`);
  });

  for (const method of ["soft", "solid", "mosaic", "sticker"]) {
    test(`${method}: what is shown before is what the copy has`, async () => {
      await page.setInputFiles("#chooser", PORTRAIT);
      await page.waitForSelector(".protect");
      const open = await page.evaluate(colourInFace, ".picture img");
      await page.locator(`input[name=method][value=${method}]`).check();
      await page.waitForFunction(isDrawn, method);
      const shown = await page.evaluate(colourInFace, "canvas.covers");
      await page.click(".protect");
      await page.waitForSelector(".save");
      const saved = await page.evaluate(colourInFace, ".picture img");
      const distance = (a, b) => Math.max(...a.map((value, index) => Math.abs(value - b[index])));
      // In a JPEG the blocks beside a head are drawn as well, so that its colours come from a little further away.
      assert.ok(distance(shown, saved) < 24, `${shown} was shown, ${saved} is in the copy`);
      assert.ok(distance(shown, open) > 16, `${open} of the photo, ${shown} with the cover`);
    });
  }

  test("a face that is left open stays, on purpose", async () => {
    await page.setInputFiles("#chooser", PORTRAIT);
    await page.getByRole("switch").click();
    await page.click(".protect");
    await page.waitForSelector(".save");
  });

  test("the whole job by keyboard", async () => {
    await page.setInputFiles("#chooser", PORTRAIT);
    await page.waitForSelector(".protect");
    await tabTo(page, ".switch");
    await page.keyboard.press("Space");
    assert.equal(await page.getAttribute(".switch", "aria-checked"), "false");
    await page.keyboard.press("Space");
    await tabTo(page, ".add-area");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".faces .face").count(), 2);
    const left = () => page.locator(".box.adjusted").evaluate((box) => box.style.left);
    const start = await left();
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await left(), start);
    await page.keyboard.press("Enter");
    await tabTo(page, ".protect");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".save");
    await tabTo(page, ".save");
  });

  test("an area drawn on the picture is added", async () => {
    await page.setInputFiles("#chooser", NOBODY);
    await page.waitForSelector(".protect");
    const overlay = await page.locator(".overlay").boundingBox();
    await page.mouse.move(overlay.x + 50, overlay.y + 50);
    await page.mouse.down();
    await page.mouse.move(overlay.x + 150, overlay.y + 120, { steps: 4 });
    await page.mouse.up();
    assert.equal(await page.locator(".faces .face").count(), 1);
  });

  test("a stroke of the brush is covered in the copy as it was painted", async () => {
    await page.setInputFiles("#chooser", NOBODY);
    await page.waitForSelector(".protect");
    await page.getByRole("radio", { name: "Solid" }).check();
    await page.click('[data-tool="brush"]');
    const { x, y, width } = await page.locator(".overlay").boundingBox();
    const way = [[100, 100], [300, 140], [120, 220]];
    await page.mouse.move(x + way[0][0], y + way[0][1]);
    await page.mouse.down();
    for (const [dx, dy] of way.slice(1)) await page.mouse.move(x + dx, y + dy);
    await page.mouse.up();
    await page.click(".protect");
    await page.waitForSelector(".save");
    assert.deepEqual(await page.evaluate(bareAlong, { way, width, radius: 20 }), []);
  });

  test("the language can be switched; its words are there already, and nothing is requested", async () => {
    const loaded = server.requests.length;
    assert.equal(await page.getAttribute("html", "lang"), "en");
    const menu = page.locator("header select");
    await menu.selectOption("Deutsch");
    await page.waitForSelector("html[lang=de]");
    assert.match(await page.locator("main h1").first().innerText(), /Gesichter/);
    await menu.selectOption("English");
    await page.waitForSelector("html[lang=en]");
    await menu.selectOption("Deutsch");
    await page.waitForSelector("html[lang=de]");
    assert.deepEqual(askedFor(server.requests.slice(loaded)), []);
  });

  test("bad files are named with a sentence each, and the others go on", async () => {
    const portrait = await readFile(PORTRAIT);
    await page.setInputFiles("#chooser", [
      { name: "empty.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(0) },
      { name: "text.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture at all") },
      { name: "cut.jpg", mimeType: "image/jpeg", buffer: portrait.subarray(0, 30_000) },
      { name: "huge.png", mimeType: "image/png", buffer: hugeHeader() },
      { name: "good.jpg", mimeType: "image/jpeg", buffer: portrait },
    ]);
    await page.waitForSelector(".protect");
    await until(page, ".refusal", 4);
    const words = await page.locator(".refusal p").allInnerTexts();
    for (const expected of [/^empty\.jpg\s.*empty/, /^text\.jpg\s.*not a picture/, /^cut\.jpg\s.*cut off/, /^huge\.png\s.*too many/]) {
      assert.ok(words.some((sentence) => expected.test(sentence)), `${expected} in ${words}`);
    }
  });

  test("an AVIF is scanned in the orientation that its file states", async () => {
    const [jpeg, avif] = await Promise.all([PORTRAIT, TURNED_AVIF].map((file) => readFile(file)));
    const boxes = await page.evaluate(facesOf, [[...jpeg], [...avif]]);
    boxes[0].forEach((value, i) => assert.ok(Math.abs(value - boxes[1][i]) < 4, `${boxes[0]} in the JPEG, ${boxes[1]} in the AVIF`));
  });

  test("twenty photos become twenty proved copies in one zip file", async () => {
    const buffer = await readFile(PORTRAIT);
    await page.evaluate(() => delete window.showSaveFilePicker);
    await page.setInputFiles("#chooser", Array.from({ length: 20 }, (_, index) => ({ name: `${index}.jpg`, mimeType: "image/jpeg", buffer })));
    await until(page, ".state-review", 20, { timeout: PATIENCE_MS });
    await page.click(".protect-all");
    await until(page, ".state-proved", 20, { timeout: PATIENCE_MS });
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".save-all")]);
    const files = storedIn(await readFile(await download.path()));
    assert.deepEqual(files.map(({ name }) => name), Array.from({ length: 20 }, (_, index) => `photo-${index + 1}.jpg`));
    assert.deepEqual(await lookAgain(page, [...files[19].content], "image/jpeg"), { faces: 0, leaks: 0, opens: true });
  });

  test("two hundred files at once are all dealt with", async () => {
    const tiny = await page.evaluate(tinyPicture);
    const files = Array.from({ length: 200 }, (_, index) => ({
      name: `${index}.png`,
      mimeType: "image/png",
      buffer: index % 2 ? Buffer.from(tiny) : Buffer.from("no picture"),
    }));
    await page.setInputFiles("#chooser", files);
    await page.getByText("100 files could not be used").waitFor();
    await until(page, ".refusal", 20);
    await page.locator("tk-refusals .unfold").click();
    await until(page, ".refusal", 100);
    await until(page, ".tile .state-review", 100);
  });

  test("a dropped folder without a file is named with a sentence", async () => {
    await page.evaluate(() => {
      const entry = { isDirectory: true, name: "holiday", createReader: () => ({ readEntries: (resolve) => resolve([]) }) };
      const folder = { kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => null };
      const drop = new Event("drop", { bubbles: true, cancelable: true });
      Object.defineProperty(drop, "dataTransfer", { value: { items: [folder] } });
      window.dispatchEvent(drop);
    });
    assert.match(await page.locator(".refusal p").innerText(), /holiday\s.*no file in this folder/);
  });

  test("of an animation the first picture is read, and that is said", async () => {
    await page.setInputFiles("#chooser", { name: "a.gif", mimeType: "image/gif", buffer: twoFrames() });
    await page.waitForSelector(".protect");
    assert.match(await page.locator(".panel").innerText(), /first picture/);
  });

  test("a copy is named after nothing in the original's name", async () => {
    const buffer = await readFile(PORTRAIT);
    await page.setInputFiles("#chooser", { name: "anna-at-the-demo.jpg", mimeType: "image/jpeg", buffer });
    await page.waitForSelector(".protect");
    await page.click(".protect");
    assert.equal(await page.locator(".save").getAttribute("download"), "photo-1.jpg");
  });

  for (const width of [360, 1440]) {
    test(`nothing sticks out sideways at ${width} pixels`, async () => {
      await page.setViewportSize({ width, height: 800 });
      await page.setInputFiles("#chooser", PORTRAIT);
      await page.waitForSelector(".protect");
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    });
  }

  test("every control has a name, and targets are large enough for a thumb", async () => {
    await page.setInputFiles("#chooser", PORTRAIT);
    await page.waitForSelector(".protect");
    const { unnamed, small } = await page.evaluate(auditControls);
    assert.deepEqual(unnamed, []);
    assert.deepEqual(small, []);
  });
});

/** Runs in the page: places along a stroke where the copy does not have the usual colour of solid covers. */
async function bareAlong({ way, width, radius }) {
  const [image] = deepAll(".compare img");
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const scale = image.naturalWidth / width;
  const bare = [];
  for (let index = 1; index < way.length; index += 1) {
    for (let part = 0; part <= 1; part += 0.05) {
      for (let turn = 0; turn < 6.28; turn += 0.5) {
        const along = [0, 1].map((axis) => way[index - 1][axis] + part * (way[index][axis] - way[index - 1][axis]));
        const at = [Math.round((along[0] + radius * Math.cos(turn)) * scale), Math.round((along[1] + radius * Math.sin(turn)) * scale)];
        const seen = context.getImageData(...at, 1, 1).data;
        const difference = [0x26, 0x2c, 0x34].reduce((sum, value, channel) => sum + Math.abs(value - seen[channel]), 0);
        if (difference > 60) bare.push([at, ...seen].join(" "));
      }
    }
  }
  return bare;
}

/** Runs in the page before anything else: notes what must not happen. */
function watch() {
  window.watched = { violations: [], longTasks: [] };
  addEventListener("securitypolicyviolation", (event) => window.watched.violations.push(event.violatedDirective));
  new PerformanceObserver((list) => window.watched.longTasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ type: "longtask" });
}

/** Drops files on the page, as from a file manager. Handing the bytes over is the test's own work and not counted. */
async function drop(page, paths) {
  for (const file of paths) {
    const bytes = [...(await readFile(file))];
    await page.evaluate(([bytes, name]) => {
      window.transfer = new DataTransfer();
      window.transfer.items.add(new File([new Uint8Array(bytes)], name));
    }, [bytes, file.split("/").at(-1)]);
    await page.waitForTimeout(200);
    await page.evaluate(() => {
      window.watched.longTasks.length = 0;
      window.dispatchEvent(new DragEvent("drop", { dataTransfer: window.transfer, bubbles: true, cancelable: true }));
    });
  }
}

/** In the page: drops the photo as a part of one of 48 megapixels. */
async function dropLargePhoto(bytes) {
  const photo = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
  const canvas = new OffscreenCanvas(8000, 6000);
  const context = canvas.getContext("2d");
  context.fillStyle = "#9ab";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(photo, 4000, 2000, 768, 768);
  const transfer = new DataTransfer();
  transfer.items.add(new File([await canvas.convertToBlob({ type: "image/jpeg" })], "large.jpg"));
  window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}

/** In the page: drops the photo as one of that size. */
async function dropPhoto([bytes, width, height]) {
  const photo = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").drawImage(photo, 0, 0, width, height);
  const transfer = new DataTransfer();
  transfer.items.add(new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })], "photo.jpg"));
  canvas.width = canvas.height = 1;
  window.watched.longTasks.length = 0;
  window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}

/** In the page: changes one thing after another, and measures until the frame that shows it: [what, milliseconds] for each. */
async function timePreviews() {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const preview = () => deepAll("tk-canvas")[0].preview;
  const isShown = () => preview() !== null && preview().answered === preview().job;
  while (!isShown()) await frame();
  const pick = (name) => () => deepAll(`input[value=${name}]`)[0].click();
  const changes = [
    ...["solid", "mosaic", "sticker", "soft", "sticker"].map((name) => [name, pick(name)]),
    ["cat", pick("cat")],
    ["solid", pick("solid")],
    ["blue", pick("blue")],
    ["one open", () => deepAll(".box")[3].click()],
    ["one covered", () => deepAll(".box")[3].click()],
    ["soft", pick("soft")],
    ["mosaic", pick("mosaic")],
  ];
  const times = [];
  for (const [what, change] of changes) {
    const { job } = preview();
    const begun = performance.now();
    change();
    do await frame();
    while (preview().job === job || !isShown());
    times.push([what, performance.now() - begun]);
  }
  return times;
}

/** In the page: the covers are shown as this method draws them. */
function isDrawn(method) {
  const preview = deepAll("tk-canvas")[0]?.preview;
  return preview?.style.method === method && preview.answered === preview.job && preview.drawing !== null;
}

/** In the page: the mean colour in the middle of the first face. */
async function colourInFace(selector) {
  const [source] = deepAll(selector);
  await source.decode?.();
  const [width, height] = [source.naturalWidth ?? source.width, source.naturalHeight ?? source.height];
  const { report } = (deepAll("tk-canvas")[0] ?? deepAll("tk-compare")[0]).photo;
  const [x, y, w, h] = report.regions[0].box.map((value, index) => (value * (index % 2 ? height : width)) / (index % 2 ? report.height : report.width));
  const side = 32;
  const context = new OffscreenCanvas(side, side).getContext("2d");
  context.drawImage(source, x + w / 4, y + h / 4, w / 2, h / 2, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  return [0, 1, 2].map((channel) => data.reduce((sum, value, at) => sum + (at % 4 === channel ? value : 0), 0) / side ** 2);
}

async function coverAndSave(page) {
  await page.click(".protect");
  await page.waitForSelector(".save");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(".save")]);
  return [...(await readFile(await download.path()))];
}

/** Checks a saved copy: with the engine for faces and leaks, with the browser's own decoder for whether it opens. */
async function lookAgain(page, bytes, type) {
  return page.evaluate(async ([bytes, type]) => {
    const { createTarnkappe } = await import("/api.js");
    const tarnkappe = await createTarnkappe();
    const file = new File([new Uint8Array(bytes)], "copy", { type });
    const report = await tarnkappe.check(file);
    tarnkappe.dispose();
    const bitmap = await createImageBitmap(file);
    return { faces: report.regions.length, leaks: report.leaks.length, opens: bitmap.width === report.width };
  }, [bytes, type]);
}

/** An engine and a photo, kept in the page for {@link scores}. */
async function makeEngine(bytes) {
  const { createTarnkappe } = await import("/api.js");
  window.photo = new File([new Uint8Array(bytes)], "photo.jpg");
  window.tarnkappe = await createTarnkappe();
}

async function scores(options) {
  const { regions } = await window.tarnkappe.check(window.photo, options);
  return regions.map(({ score }) => score);
}

/** The box of the first face in each file. */
async function facesOf(files) {
  const { createTarnkappe } = await import("/api.js");
  const tarnkappe = await createTarnkappe();
  const reports = await Promise.all(files.map((bytes) => tarnkappe.check(new File([new Uint8Array(bytes)], "photo"))));
  tarnkappe.dispose();
  return reports.map((report) => report.regions[0].box);
}

/** Protects two pictures that differ under the one region only; returns both copies' bytes. */
async function swapUnderCover() {
  const { createTarnkappe } = await import("/api.js");
  const tarnkappe = await createTarnkappe();
  const copyOf = async (seed) => {
    const canvas = new OffscreenCanvas(160, 120);
    const context = canvas.getContext("2d");
    const picture = context.createImageData(160, 120);
    picture.data.forEach((_, at) => {
      const [x, y] = [(at >> 2) % 160, Math.floor((at >> 2) / 160)];
      const covered = x >= 40 && x < 90 && y >= 30 && y < 80;
      picture.data[at] = at % 4 === 3 ? 255 : (at * (covered ? seed : 31)) % 253;
    });
    context.putImageData(picture, 0, 0);
    const file = new File([await canvas.convertToBlob({ type: "image/png" })], "a.png");
    const regions = [{ box: [40, 30, 50, 50], kind: "other" }];
    const { blob } = await tarnkappe.protect(file, { regions, method: "soft" });
    return [...new Uint8Array(await blob.arrayBuffer())];
  };
  const copies = [await copyOf(7), await copyOf(113)];
  tarnkappe.dispose();
  return copies;
}

async function tabTo(page, selector) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((wanted) => deepActive()?.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the Tab key does not reach ${selector}`);
}

async function tinyPicture() {
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d").fillRect(0, 0, 4, 4);
  return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
}

/** A PNG whose header announces 65535 x 65535 pixels, with the checksum that belongs to it. */
function hugeHeader() {
  const header = "89504e470d0a1a0a0000000d494844520000ffff0000ffff0802000000";
  const body = Buffer.from(header, "hex");
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body.subarray(12)));
  const end = Buffer.from("0000000049444154 35af061e 0000000049454e44ae426082".replaceAll(" ", ""), "hex");
  return Buffer.concat([body, checksum, end]);
}

/** The checksum of ISO 3309 that PNG uses. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A GIF of 1 x 1 pixels with two pictures. */
function twoFrames() {
  const picture = "2c00000000010001000002024401 00".replaceAll(" ", "");
  return Buffer.from(`47494638396101000100800000ffffff000000${picture}${picture}3b`, "hex");
}

/** Buttons and the like without an accessible name, or smaller than 24 x 24 pixels (WCAG 2.2, 2.5.8). */
function auditControls() {
  const controls = deepAll("button, a[href], input:not([hidden])").filter((c) => c.checkVisibility());
  const name = (c) => c.getAttribute("aria-label") || c.innerText || c.closest("label")?.innerText || "";
  const target = (c) => (c.closest("label") ?? c).getBoundingClientRect();
  return {
    unnamed: controls.filter((c) => name(c).trim() === "").map((c) => c.outerHTML),
    small: controls.filter((c) => Math.min(target(c).width, target(c).height) < 24).map((c) => c.outerHTML),
  };
}
