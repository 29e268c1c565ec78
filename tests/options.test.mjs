// A wrong option is the caller's error, and is named.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFile, checkOptions } from "../target/web/api/options.js";

const { signal } = new AbortController();
const region = { box: [1, 2, 30, 40], cover: true };

for (const [call, options] of [
  ["create", {}],
  ["create", { assets: "/a/", workers: "auto", detector: { onnx: "/a.onnx", spec: {} } }],
  ["create", { assets: new URL("http://localhost/"), workers: 3, detector: undefined }],
  ["check", { thorough: true, previewSide: 1600, signal, onProgress: () => {} }],
  ["protect", { method: "solid", regions: [region, { ...region, grow: "none", area: null }, { ...region, area: [1, 2, 3, 4] }] }],
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
  ["check", { constructor: 1 }, "constructor"],
  ["protect", { method: "blur" }, "method"],
  ["protect", { method: null }, "method"],
  ["protect", { regions: {} }, "regions"],
  ["protect", { regions: [region, null] }, "regions[1]"],
  ["protect", { regions: [{ cover: true }] }, "regions[0].box"],
  ["protect", { regions: [{ box: [1, 2, 3], cover: true }] }, "regions[0].box"],
  ["protect", { regions: [{ box: region.box }] }, "regions[0].cover"],
  ["protect", { regions: [{ ...region, covered: true }] }, "regions[0].covered"],
  ["protect", { regions: [{ ...region, grow: "face" }] }, "regions[0].grow"],
  ["protect", { regions: [{ ...region, area: [1] }] }, "regions[0].area"],
]) {
  test(`${call}: "${named}" is named if it is wrong: ${JSON.stringify(options)}`, () => {
    assert.throws(() => checkOptions(call, options), (error) => error.code === "bad_option" && error.message.includes(`"${named}"`));
  });
}

test("what is no file is named", () => {
  checkFile(new File([], "a.jpg"));
  for (const file of [undefined, null, "a.jpg", new Blob([])]) {
    assert.throws(() => checkFile(file), { code: "bad_option" });
  }
});
