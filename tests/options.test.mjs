// A wrong option is the caller's error, and is named.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFile, checkOptions, checkRegions } from "../target/www/engine/internal/options.js";

const { signal } = new AbortController();
const region = { box: [1, 2, 30, 40], decision: "cover" };
const cover = { bounds: [1, 2, 3, 4], shape: "rectangle" };

for (const [call, options] of [
  ["create", {}],
  ["create", { assets: "/a/", workers: "auto", detector: { onnx: "/a.onnx", spec: {} } }],
  ["create", { assets: new URL("http://localhost/"), workers: 3, detector: undefined }],
  ["check", { thorough: true, previewSide: 1600, signal, onProgress: () => {} }],
  ["protect", { method: "solid", regions: [{ box: region.box }, { ...region, kind: "other", cover: null }, { ...region, cover, id: 1, score: null }] }],
  ["protect", { method: "solid", colour: "00aAff" }],
  ["protect", { method: "sticker", sticker: "cat", colour: undefined }],
  ["protect", { recompress: true, longSide: 16 }],
  ["protect", { longSide: 65_535 }],
  ["protect", { rawPreview: true }],
  ["recognise", { rawPreview: false }],
  ["protect", { regions: [{ ...region, cover: { ...cover, shape: "mask", ellipse: null, mask: [3, 6] } }] }],
  ["load", { signal: undefined, onProgress: undefined }],
]) {
  test(`${call}(${Object.keys(options)}) is right`, () => checkOptions(call, options));
}

for (const [call, options, named] of [
  ["create", null, "options"],
  ["create", { worker: 2 }, "worker"],
  ["create", { workers: 0 }, "workers"],
  ["create", { workers: 2.5 }, "workers"],
  ["create", { workers: "two" }, "workers"],
  ["create", { assets: 7 }, "assets"],
  ["create", { detector: "/a.onnx" }, "detector"],
  ["check", { thorough: "yes" }, "thorough"],
  ["check", { method: "soft" }, "method"],
  ["check", { previewSide: -1 }, "previewSide"],
  ["check", { previewSide: Number.NaN }, "previewSide"],
  ["check", { onProgress: 1 }, "onProgress"],
  ["check", { signal: "stop" }, "signal"],
  ["check", { rawPreview: 1 }, "rawPreview"],
  ["load", { rawPreview: true }, "rawPreview"],
  ["check", { constructor: 1 }, "constructor"],
  ["protect", { method: "blur" }, "method"],
  ["protect", { method: null }, "method"],
  ["protect", { colour: "#00aaff" }, "colour"],
  ["protect", { colour: 7 }, "colour"],
  ["protect", { sticker: "dog" }, "sticker"],
  ["protect", { recompress: 1 }, "recompress"],
  ["protect", { longSide: 15 }, "longSide"],
  ["protect", { longSide: 65_536 }, "longSide"],
  ["protect", { longSide: 99.5 }, "longSide"],
  ["protect", { regions: {} }, "regions"],
  ["protect", { regions: [region, null] }, "regions[1]"],
  ["protect", { regions: [{ decision: "cover" }] }, "regions[0].box"],
  ["protect", { regions: [{ box: [1, 2, 3] }] }, "regions[0].box"],
  ["protect", { regions: [{ ...region, covered: true }] }, "regions[0].covered"],
  ["protect", { regions: [{ ...region, decision: "yes" }] }, "regions[0].decision"],
  ["protect", { regions: [{ ...region, kind: "nose" }] }, "regions[0].kind"],
  ["protect", { regions: [{ ...region, cover: true }] }, "regions[0].cover"],
  ["protect", { regions: [{ ...region, cover: { bounds: [1], shape: "rectangle" } }] }, "regions[0].cover.bounds"],
  ["protect", { regions: [{ ...region, cover: { bounds: cover.bounds } }] }, "regions[0].cover.shape"],
  ["protect", { regions: [{ ...region, cover: { ...cover, round: 1 } }] }, "regions[0].cover.round"],
]) {
  test(`${call}: "${named}" is named if it is wrong: ${JSON.stringify(options)}`, () => {
    assert.throws(() => checkOptions(call, options), (error) => error.code === "bad-option" && error.message.includes(`"${named}"`));
  });
}

test("regions of schema 1, and its reports, have an error of their own", () => {
  const face = { box: region.box, score: 0.9, maybe: false, landmarks: null, cover: [1, 2, 30, 40], identifiability: {} };
  for (const regions of [[face], [{ box: region.box, cover: true, grow: "none" }], { schema: 1, faces: [face] }]) {
    assert.throws(() => checkOptions("protect", { regions }), { code: "schema" });
    assert.throws(() => checkRegions(regions), { code: "schema" });
  }
  assert.throws(() => checkRegions({ schema: 2, regions: [region] }), { code: "bad-option" });
});

test("what is no file is named", () => {
  checkFile(new File([], "a.jpg"));
  for (const file of [undefined, null, "a.jpg", new Blob([])]) {
    assert.throws(() => checkFile(file), { code: "bad-option" });
  }
});
