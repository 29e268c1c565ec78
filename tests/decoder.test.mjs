// A module that decodes one format: what it gives, what it refuses, and what becomes of one that fails.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import binaryen from "binaryen";
import { decodeBy } from "../target/www/engine/platform/decoder.js";
import { grid } from "./heic.mjs";

const read = (name) => readFile(new URL(name, import.meta.url));
const compile = (text) => WebAssembly.compile(binaryen.parseText(text).emitBinary());

let heic;
let jxl;
let photo;
before(async () => {
  [heic, jxl] = await Promise.all(["heic", "jxl"].map(async (name) => WebAssembly.compile(await read(`../dist/web/wasm/tarnkappe_${name}_bg.wasm`))));
  photo = await read("photos/astronaut.heic");
});

test("the module for HEIC needs nothing of the page, and gives a picture as it is coded", async () => {
  assert.deepEqual(WebAssembly.Module.imports(heic), []);
  const { picture } = await decodeBy(heic, photo);
  assert.deepEqual([picture.width, picture.height, picture.format, picture.samples.length], [512, 512, "RGB", 3 * 512 * 512]);
  assert.equal(picture.codePoints.length, 2);
});

test("the module for JPEG XL needs a clock alone, and gives what numbers mean that are as they are coded", async () => {
  assert.deepEqual(WebAssembly.Module.imports(jxl).map(({ module, name, kind }) => [module, name, kind]), [["env", "now", "function"]]);
  const expected = { plain: ["RGB", [1, 13], false], deep: ["RGBA16", [1, 13], false], grey: ["RGB", [1, 13], true], p3: ["RGB", [12, 13], false] };
  for (const [name, kind] of Object.entries(expected)) {
    const { picture } = await decodeBy(jxl, await read(`photos/jxl/${name}.jxl`));
    assert.deepEqual([picture.format, [...picture.codePoints], picture.profile !== undefined], kind, name);
    assert.deepEqual([picture.width, picture.height], [33, 21], name);
  }
});

test("tiles of twelve megapixels lie beside each other", async () => {
  const tile = (await decodeBy(heic, photo)).picture.samples;
  const { picture } = await decodeBy(heic, grid());
  assert.deepEqual([picture.width, picture.height], [4032, 3024]);
  const row = picture.samples.subarray(3 * 4032 * 700, 3 * 4032 * 701);
  assert.ok(Buffer.from(row.subarray(3 * 512, 3 * 1024)).equals(tile.subarray(3 * 512 * 188, 3 * 512 * 189)));
});

test("what it refuses has the engine's code", async () => {
  const { picture, refusal } = await decodeBy(heic, photo.subarray(0, 3000));
  assert.equal(picture, null);
  assert.equal(refusal.code, "truncated");
});

test("a module that traps, ends too early or has no memory refuses the file", async () => {
  const module = (input, decode) => compile(`(module (memory (export "memory") 1) (func (export "input") (param i32) (result i32) ${input}) (func (export "decode") (result i32) ${decode}))`);
  const codeOf = async (input, decode) => (await decodeBy(await module(input, decode), photo.subarray(0, 100))).refusal.code;
  assert.equal(await codeOf("(i32.const 8)", "(unreachable)"), "corrupt");
  assert.equal(await codeOf("(i32.const 0)", "(unreachable)"), "memory");
  assert.equal(await codeOf("(i32.const 65500)", "(i32.const 0)"), "memory", "room outside its memory");
});
