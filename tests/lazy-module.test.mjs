// A module that is fetched when the first file comes that needs it.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./stand-in-files.mjs";
import { LazyModule } from "../target/www/engine/internal/lazy-module.js";

/** The smallest WebAssembly module: its magic number and version. */
const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const BASE = new URL("http://localhost/");
const FILE = TARNKAPPE_FILES.modules.formats.plain;

test("two who ask at once are given one module by one request, and so is who asks later", async (t) => {
  const fetch = t.mock.method(globalThis, "fetch", async () => new Response(MODULE));
  const lazy = new LazyModule(BASE, FILE);
  const [first, second] = await Promise.all([lazy.load({}), lazy.load({})]);
  assert.ok(first instanceof WebAssembly.Module);
  assert.equal(second, first);
  assert.equal(await lazy.load({}), first);
  assert.equal(fetch.mock.callCount(), 1);
});

test("what is altered on the way is not compiled, and fetched anew", async (t) => {
  const bodies = [new Uint8Array(MODULE.length), MODULE];
  t.mock.method(globalThis, "fetch", async () => new Response(bodies.shift()));
  const lazy = new LazyModule(BASE, FILE);
  await assert.rejects(lazy.load({}), { code: "altered" });
  assert.ok((await lazy.load({})) instanceof WebAssembly.Module);
});

test("what cannot be compiled is reported as not loaded, and fetched anew", async (t) => {
  t.mock.method(globalThis, "fetch", async () => new Response(MODULE));
  const compile = t.mock.method(WebAssembly, "compile", async () => Promise.reject(new RangeError("out of memory")));
  const lazy = new LazyModule(BASE, FILE);
  await assert.rejects(lazy.load({}), { code: "load" });
  compile.mock.restore();
  assert.ok((await lazy.load({})) instanceof WebAssembly.Module);
});
