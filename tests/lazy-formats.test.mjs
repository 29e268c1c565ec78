// The module with the rare formats, fetched when the first such file comes.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./stand-in-files.mjs";
import { LazyFormats } from "../target/www/engine/internal/lazy-formats.js";

/** The smallest WebAssembly module: its magic number and version. */
const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const BASE = new URL("http://localhost/");

test("two who ask at once are given one module by one request, and so is who asks later", async (t) => {
  const fetch = t.mock.method(globalThis, "fetch", async () => new Response(MODULE));
  const formats = new LazyFormats(BASE);
  const [first, second] = await Promise.all([formats.load({}), formats.load({})]);
  assert.ok(first instanceof WebAssembly.Module);
  assert.equal(second, first);
  assert.equal(await formats.load({}), first);
  assert.equal(fetch.mock.callCount(), 1);
});

test("what is altered on the way is not compiled, and fetched anew", async (t) => {
  const bodies = [new Uint8Array(MODULE.length), MODULE];
  t.mock.method(globalThis, "fetch", async () => new Response(bodies.shift()));
  const formats = new LazyFormats(BASE);
  await assert.rejects(formats.load({}), { code: "altered" });
  assert.ok((await formats.load({})) instanceof WebAssembly.Module);
});

test("what cannot be compiled is reported as not loaded, and fetched anew", async (t) => {
  t.mock.method(globalThis, "fetch", async () => new Response(MODULE));
  const compile = t.mock.method(WebAssembly, "compile", async () => Promise.reject(new RangeError("out of memory")));
  const formats = new LazyFormats(BASE);
  await assert.rejects(formats.load({}), { code: "load" });
  compile.mock.restore();
  assert.ok((await formats.load({})) instanceof WebAssembly.Module);
});
