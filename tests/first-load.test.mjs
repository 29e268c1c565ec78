// What a visit fetches, compressed: until a photo can be dropped, and later on demand.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants as zlib } from "node:zlib";

const WEB = fileURLToPath(new URL("../dist/web", import.meta.url));
const FILES = readdirSync(WEB, { recursive: true });
const html = readFileSync(path.join(WEB, "index.html"), "utf8");

/** The one file of that name, but for the hash in it. */
function named(pattern) {
  const found = FILES.filter((name) => pattern.test(name));
  assert.equal(found.length, 1, `${pattern}: ${found}`);
  return found[0];
}

/** What index.html asks for, each once. */
const linked = [...new Set([...html.matchAll(/ (?:href|src)="((?:assets|models)\/[^"]+)"/g)].map(([, name]) => name))];
const NETWORK = named(/^models\/face_detection_yunet.*\.packed$/);
/** The larger of the two modules, only one of which is fetched. */
const MODULE = named(/^wasm\/tarnkappe_bg-\w+\.wasm$/);
const WORKER = named(/^assets\/worker-\w+\.js$/);
const LANGUAGES = FILES.filter((name) => /^assets\/[a-z]{2}-\w+\.js$/.test(name));
/** A page speaks one language; the largest counts. */
const WORDS = LANGUAGES.reduce((a, b) => (compressed(a) > compressed(b) ? a : b));
const PAGE = ["index.html", ...linked.filter((name) => name !== NETWORK), WORKER, WORDS];

function compressed(name) {
  const params = { [zlib.BROTLI_PARAM_QUALITY]: zlib.BROTLI_MAX_QUALITY, [zlib.BROTLI_PARAM_LGWIN]: zlib.BROTLI_MAX_WINDOW_BITS };
  return brotliCompressSync(readFileSync(path.join(WEB, name)), { params }).length;
}

const size = (name) => readFileSync(path.join(WEB, name)).length;

for (const { what, limit, files, measure = compressed } of [
  { what: "the page until a photo can be dropped, without the engine", limit: 70_000, files: PAGE },
  { what: "the engine with its network", limit: 650_000, files: [MODULE, NETWORK] },
  { what: "the first load", limit: 700_000, files: [...PAGE, MODULE, NETWORK] },
  { what: "another language", limit: 14_000, files: [WORDS] },
  { what: "the engine with rare formats", limit: 700_000, files: [named(/^wasm\/tarnkappe_formats_bg-\w+\.wasm$/)] },
  // Networks hardly become smaller.
  { what: "a thorough search", limit: 4_600_000, files: FILES.filter((name) => /models\/(centerface|retinaface).*packed$/.test(name)), measure: size },
  { what: "the recogniser", limit: 10_700_000, files: [named(/models\/face_recognition.*packed$/)], measure: size },
]) {
  test(`${what}: at most ${limit / 1000} kB`, (t) => {
    const bytes = files.reduce((sum, name) => sum + measure(name), 0);
    t.diagnostic(`${bytes} bytes: ${files.map((name) => `${name} ${measure(name)}`).join(", ")}`);
    assert.ok(bytes <= limit, `${bytes} bytes`);
  });
}

test("what is served is what a host needs, and nothing else", () => {
  const folders = ["assets", "models", "wasm"];
  const expected = /^(index\.html|api\.js|assets\/[\w-]+\.(js|css)(\.map)?|assets\/[\w-]+\.js\.LEGAL\.txt|assets\/(lit|client-zip)\.LICENSE\.txt|models\/\w+(-\w{8}\.packed|\.LICENSE\.txt)|wasm\/tarnkappe_(formats_)?(relaxed_)?bg-\w{8}\.wasm|wasm\/tarnkappe_tract_bg\.wasm)$/;
  assert.deepEqual(FILES.filter((name) => !folders.includes(name) && !expected.test(name)), []);
});
