// A custom detector: run by tract in a module of its own, which is loaded only for it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PORTRAIT = path("../photos/astronaut.jpg");
const TRACT_MODULE = "/wasm/tarnkappe_tract_bg.wasm";
/** Not part of what is served: it stands for somebody else's network. */
const ONNX = "/detectors/centerface.onnx";
const SPEC = { input: { channels: "rgb", sides: { multipleOf: 32 } }, head: "centerface" };
/** tract compiles its larger module first. */
const PATIENCE_MS = 240_000;

if (unavailable) throw new Error(unavailable);

describe("a custom detector", { timeout: 3 * PATIENCE_MS }, () => {
  let server;
  let page;
  let close;
  const requested = () => server.requests.map(({ url }) => url);

  before(async () => {
    server = await startServer({ root: path("../../dist/web") });
    ({ page, close } = await open());
    page.setDefaultTimeout(PATIENCE_MS);
    await page.route(`**${ONNX}`, (route) => route.fulfill({ path: path("../../models/centerface.onnx") }));
  });
  after(async () => {
    await close();
    await server.close();
  });

  test("is not there, nor what runs it, unless it is asked for", async () => {
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
    assert.ok(!requested().includes(TRACT_MODULE));
  });

  test("detects, covers and proves with the built-in one, in a module loaded instead of the usual one", async () => {
    await page.goto(server.url);
    const photo = await page.evaluate(belowTheEyes, [...(await readFile(PORTRAIT))]);
    const expected = await page.evaluate(builtIn, photo);
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const result = await page.evaluate(job, { photo, detector: { onnx: ONNX, spec: SPEC }, expected });
    assert.deepEqual(result, { surer: true, proved: true, saved: true });
    assert.deepEqual(asked.filter((url) => /\.(wasm|onnx)$/.test(url)).sort(), [ONNX, TRACT_MODULE]);
  });

  for (const { name, detector, code } of [
    { name: "is not there", detector: { onnx: "/detectors/nothing.onnx", spec: SPEC }, code: "load" },
    { name: "is no ONNX file", detector: { onnx: "/index.html", spec: SPEC }, code: "model-not-onnx" },
    { name: "is described wrongly", detector: { onnx: ONNX, spec: { ...SPEC, head: "retinaface" } }, code: "model-outputs" },
    { name: "has a description with a misspelt key", detector: { onnx: ONNX, spec: { ...SPEC, heads: 1 } }, code: "model-spec" },
  ]) {
    test(`is refused at the start if it ${name}`, async () => {
      assert.equal(await page.evaluate(refusal, detector), code);
    });
  }
});

/** In the page: the portrait from below the eyes down, of which the custom detector is surer than the built-in one. */
async function belowTheEyes(photo) {
  const whole = await createImageBitmap(new Blob([new Uint8Array(photo)]));
  const canvas = new OffscreenCanvas(300, 382);
  canvas.getContext("2d").drawImage(whole, -100, -130);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return [...new Uint8Array(await blob.arrayBuffer())];
}

/** In the page: the photo's one face as the built-in detector detects it. */
async function builtIn(photo) {
  const { createTarnkappe } = await import("/api.js");
  const tarnkappe = await createTarnkappe({ workers: 1 });
  const { regions } = await tarnkappe.check(new File([new Uint8Array(photo)], "photo.png"));
  tarnkappe.dispose();
  return regions[0];
}

/** In the page: checks and protects a photo with the detector. */
async function job({ photo, detector, expected }) {
  const { createTarnkappe } = await import("/api.js");
  const file = new File([new Uint8Array(photo)], "photo.png", { type: "image/png" });
  const tarnkappe = await createTarnkappe({ workers: 1, detector });
  const report = await tarnkappe.check(file);
  const { proof, blob } = await tarnkappe.protect(file);
  tarnkappe.dispose();
  const surer = Math.max(...report.regions.map(({ score }) => score)) > expected.score + 0.1;
  return { surer, proved: proof.ok, saved: blob !== null };
}

/** In the page: the code with which the detector is refused. */
async function refusal(detector) {
  const { createTarnkappe } = await import("/api.js");
  return createTarnkappe({ workers: 1, detector }).then(() => "none", (error) => error.code);
}
