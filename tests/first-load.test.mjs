// What the first visit fetches before a photo can be checked and covered.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants as zlib } from "node:zlib";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const LIMIT = 700_000;
/** The larger of the two modules, only one of which is fetched, and the one network. */
const LARGE = ["wasm/tarnkappe_bg.wasm", "models/face_detection_yunet_2023mar.packed"];
/** Needed only by those who read this language. */
const OTHER_LANGUAGE = "locales/en.json";

function compressed(name) {
  const params = { [zlib.BROTLI_PARAM_QUALITY]: zlib.BROTLI_MAX_QUALITY, [zlib.BROTLI_PARAM_LGWIN]: zlib.BROTLI_MAX_WINDOW_BITS };
  return brotliCompressSync(readFileSync(path.join(DIST, name)), { params }).length;
}

test(`the first load takes at most ${LIMIT / 1000} kB, compressed`, (t) => {
  const files = readdirSync(DIST, { recursive: true });
  const text = files.filter((name) => /\.(html|css|svg|js|json)$/.test(name) && name !== OTHER_LANGUAGE);
  const sizes = Object.fromEntries([...LARGE, ...text].map((name) => [name, compressed(name)]));
  const sum = (names) => names.reduce((bytes, name) => bytes + sizes[name], 0);
  t.diagnostic(`${LARGE.map((name) => `${name} ${sizes[name]}`).join(", ")}, everything else ${sum(text)}`);
  assert.ok(sum(Object.keys(sizes)) <= LIMIT, `${sum(Object.keys(sizes))} bytes`);
});
