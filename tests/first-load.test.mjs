// What a visit fetches, compressed: until a photo can be dropped, and later on demand. What is served, and what the browser keeps of it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants as zlib } from "node:zlib";

const WEB = fileURLToPath(new URL("../dist/web", import.meta.url));
const FILES = readdirSync(WEB, { recursive: true });
const read = (name) => readFileSync(path.join(WEB, name));

/** The one file of that name, but for the hash in it. */
function named(pattern) {
  const found = FILES.filter((name) => pattern.test(name));
  assert.equal(found.length, 1, `${pattern}: ${found}`);
  return found[0];
}

/** What the HTML asks for, each once. */
const linkedIn = (html) => [...new Set([...read(html).toString().matchAll(/ (?:href|src)="(?:\.\.\/)?((?:assets|models|workshop)\/[^"]+)"/g)].map(([, name]) => name))];
const linked = linkedIn("index.html");
const NETWORK = named(/^models\/face_detection_yunet.*\.packed$/);
/** The larger of the two modules, only one of which is fetched. */
const MODULE = named(/^wasm\/tarnkappe_bg-\w+\.wasm$/);
const WORKER = named(/^assets\/worker-\w+\.js$/);
/** A page speaks one language; the largest counts. */
const wordsOf = (folder) => largest(FILES.filter((name) => new RegExp(`^${folder}/[a-z]{2}-\\w+\\.js$`).test(name)));
const largest = (names) => names.reduce((a, b) => (compressed(a) > compressed(b) ? a : b));
const WORDS = wordsOf("assets");
const LANGUAGES_OF_THE_WORKSHOP = FILES.filter((name) => /^workshop\/workshop_[a-z]{2}-\w+\.js$/.test(name));
const WORKSHOP = ["workshop/index.html", ...linkedIn("workshop/index.html"), wordsOf("workshop"), largest(LANGUAGES_OF_THE_WORKSHOP)];
const PAGE = ["index.html", ...linked.filter((name) => name !== NETWORK), WORKER, WORDS];

function compressed(name) {
  const params = { [zlib.BROTLI_PARAM_QUALITY]: zlib.BROTLI_MAX_QUALITY, [zlib.BROTLI_PARAM_LGWIN]: zlib.BROTLI_MAX_WINDOW_BITS };
  return brotliCompressSync(readFileSync(path.join(WEB, name)), { params }).length;
}

const size = (name) => readFileSync(path.join(WEB, name)).length;

for (const { what, limit, files, measure = compressed } of [
  { what: "the page until a photo can be dropped, without the engine", limit: 80_000, files: PAGE },
  { what: "the engine with its network", limit: 650_000, files: [MODULE, NETWORK] },
  { what: "the first load", limit: 700_000, files: [...PAGE, MODULE, NETWORK] },
  { what: "the first paint of the workshop", limit: 250_000, files: WORKSHOP },
  { what: "the attacks of the workshop, without networks", limit: 1_100_000, files: [named(/^wasm\/tarnkappe_workshop_bg-\w+\.wasm$/), named(/^workshop\/gallery-\w+\.packed$/), named(/^workshop\/workshop-worker-\w+\.js$/)] },
  { what: "another language", limit: 14_000, files: [WORDS] },
  { what: "the engine with rare formats", limit: 700_000, files: [named(/^wasm\/tarnkappe_formats_bg-\w+\.wasm$/)] },
  { what: "the decoder of HEIC", limit: 90_000, files: [named(/^wasm\/tarnkappe_heic_bg\.wasm$/)] },
  { what: "the decoder of JPEG XL", limit: 300_000, files: [named(/^wasm\/tarnkappe_jxl_bg\.wasm$/)] },
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
  const folders = ["assets", "icons", "models", "wasm", "workshop", "workshop/pictures"];
  const expected = /^((workshop\/)?index\.html|workshop\/[\w-]+\.(js|css)(\.map)?|workshop\/pictures\/[\w-]+-\w{8}\.jpg|workshop\/[\w-]+\.js\.LEGAL\.txt|api\.js|sw\.js|SHA256SUMS\.txt|manifest\.webmanifest|icons\/[\w-]+\.(svg|png)|assets\/[\w-]+\.(js|css)(\.map)?|assets\/[\w-]+\.js\.LEGAL\.txt|assets\/(lit|client-zip)\.LICENSE\.txt|models\/\w+(-\w{8}\.packed|\.LICENSE\.txt)|workshop\/gallery-\w{8}\.packed|wasm\/tarnkappe_((formats_)?(relaxed_)?|workshop_)bg-\w{8}\.wasm|wasm\/tarnkappe_(heic|jxl|tract)_bg\.wasm|wasm\/LICENCES\.txt)$/;
  assert.deepEqual(FILES.filter((name) => !folders.includes(name) && !expected.test(name)), []);
});

/** Another target of the Makefile may add it. */
const ADDED_LATER = "wasm/tarnkappe_tract_bg.wasm";
const sums = Object.fromEntries(read("SHA256SUMS.txt").toString().trimEnd().split("\n").map((line) => line.split("  ").reverse()));
const code = read("sw.js").toString();

/** The list within the service worker's code. */
const kept = Object.fromEntries([...code.match(/hashes:\{(.*?)\}/)[1].matchAll(/"?([^",:]+)"?:"(\w{64})"/g)].map(([, name, hash]) => [name, hash]));
const started = (list) => [...code.match(new RegExp(`${list}:\\[(.*?)\\]`))[1].matchAll(/"([^"]+)"/g)].map(([, name]) => name);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const served = FILES.filter((name) => statSync(path.join(WEB, name)).isFile() && name !== ADDED_LATER).sort();

test("the list of hashes has every file of the folder but itself, and no other, and each hash is right", () => {
  assert.deepEqual(Object.keys(sums).sort(), served.filter((name) => name !== "SHA256SUMS.txt"));
  assert.deepEqual(Object.entries(sums).filter(([name, hash]) => sha256(read(name)) !== hash), []);
});

test("the service worker has the same list, but for itself and what is for debugging", () => {
  const { "SHA256SUMS.txt": ofTheList, ...hashes } = kept;
  assert.deepEqual(Object.keys(hashes).sort(), served.filter((name) => !/^(sw\.js|SHA256SUMS\.txt|.*\.map)$/.test(name)));
  assert.deepEqual(Object.entries(hashes).filter(([name, hash]) => sums[name] !== hash), []);
  const list = read("SHA256SUMS.txt").toString();
  assert.equal(ofTheList, sha256(list.slice(0, list.trimEnd().lastIndexOf("\n") + 1)));
});

const inWorkshop = started("workshop");

test("what is kept of the workshop is all that it may import, and nothing of that is kept before a person opens it", () => {
  const missing = WORKSHOP.filter((name) => !inWorkshop.includes(name) && !started("plain").includes(name));
  assert.deepEqual(missing, []);
  assert.deepEqual(inWorkshop.filter((name) => !(name in kept) || started("plain").includes(name)), []);
  assert.ok(LANGUAGES_OF_THE_WORKSHOP.every((name) => inWorkshop.includes(name)), "the words of both languages");
});

for (const flavour of ["plain", "relaxed"]) {
  test(`${flavour}: what is kept at first is all that the page may import, its worker, one network and one module`, () => {
    const names = started(flavour).map((name) => name.replace(/-\w{8}\./, "."));
    const expected = served.filter((name) => /^assets\/(?!api).*\.(js|css)$/.test(name)).map((name) => name.replace(/-\w{8}\./, "."));
    const module = flavour === "plain" ? "wasm/tarnkappe_bg.wasm" : "wasm/tarnkappe_relaxed_bg.wasm";
    const others = ["index.html", "manifest.webmanifest", "icons/apple-touch-icon.png", "SHA256SUMS.txt", "models/face_detection_yunet_2023mar.packed", module];
    assert.deepEqual([...new Set(names)].sort(), [...new Set([...expected, ...others])].sort());
    assert.deepEqual(started(flavour).filter((name) => !(name in kept)), []);
  });
}

test("the manifest's icons are served, and it has no share target: the system would post photos over the network", () => {
  const manifest = JSON.parse(read("manifest.webmanifest"));
  assert.deepEqual(manifest.icons.filter(({ src }) => !FILES.includes(src)), []);
  assert.ok(manifest.file_handlers.length > 0);
  assert.equal(manifest.share_target, undefined);
});

test("the notices of crates under licences that ask for them are served with the modules", () => {
  const notices = read("wasm/LICENCES.txt").toString();
  for (const crate of ["jxl", "heic-rs", "moxcms", "png", "image-webp"]) assert.match(notices, new RegExp(`^${crate}-\\d`, "m"));
  assert.match(notices, /Redistributions in binary form must reproduce/);
  assert.doesNotMatch(notices, /^(tract|clap)/m);
});
