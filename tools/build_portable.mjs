// Builds what is carried on a USB stick: the page as one file that opens without a server, and as a folder with files that start one.
//
//   node tools/build_portable.mjs OUT --web FOLDER --glue JS --module WASM
//
// FOLDER: what tools/build_web.mjs has built. WASM: the module that the one file gets, with the decoders of rare formats.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { OPTIONS, buildWorker, listLanguages, sentences, styleText } from "./build_web.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WWW = here("../www");
const STARTERS = here("portable");
const ONE_FILE = "tarnkappe.html";
/** The one network that the one file has. */
const FIRST_NETWORK = "yunet";
/** Left out: for debugging, and for custom detectors alone. */
const LEFT_OUT = /\.map$|tarnkappe_tract_bg\.wasm$/;

const sha256 = (bytes, encoding) => createHash("sha256").update(bytes).digest(encoding);
const packed = (bytes) => gzipSync(bytes, { level: 9 }).toString("base64");

/** What the engine is told about its files: all are in the page, but for the networks that are fetched on demand elsewhere. */
async function describeFiles(glue, module) {
  const folder = mkdtempSync(path.join(tmpdir(), "tarnkappe-portable-"));
  const networks = JSON.parse(execFileSync("python3", [here("copy_models.py"), here("../models/manifest.toml"), path.join(folder, "models")], { encoding: "utf8" }));
  const worker = await buildWorker(folder, glue);
  const first = networks[FIRST_NETWORK].path;
  const name = "wasm/tarnkappe.wasm";
  const lazily = { path: name, bytes: 0, sha256: "" };
  const inlined = Object.fromEntries([
    [name, packed(readFileSync(module))],
    ...[first, worker.path].map((file) => [file, packed(readFileSync(path.join(folder, file)))]),
  ]);
  rmSync(folder, { recursive: true });
  const modules = { plain: name, relaxed: name, formats: { plain: lazily, relaxed: lazily }, tract: "" };
  return { worker, modules, decoders: {}, networks, folder: "./", integrity: {}, inlined };
}

async function bundle(entry, define) {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [path.join(WWW, entry)], write: false, define, plugins: [styleText, sentences] });
  return outputFiles[0].text;
}

/** The page with everything in it. Its policy allows no request at all, and no code but its own. */
async function buildOneFile(glue, module) {
  const files = await describeFiles(glue, module);
  const define = { TARNKAPPE_FILES: JSON.stringify(files), TARNKAPPE_LANGUAGES: JSON.stringify(listLanguages()) };
  const code = await bundle("apps/page/main.ts", define);
  const style = await bundle("apps/page/page.css", {});
  const hash = (text) => `'sha256-${sha256(text, "base64")}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    "img-src blob: data:",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const put = (html, pattern, text) => {
    if (!pattern.test(html)) throw new Error(`index.html has no ${pattern}`);
    return html.replace(pattern, () => text);
  };
  let html = readFileSync(path.join(WWW, "apps/page/index.html"), "utf8");
  html = put(html, /(?<=http-equiv="Content-Security-Policy" content=")[^"]+/, policy);
  html = put(html, / *<link rel="(apple-touch-icon|manifest)".*\n *<link rel="(apple-touch-icon|manifest)".*\n/, "");
  html = put(html, /<link rel="stylesheet".*>/, `<style>${style}</style>`);
  return put(html, /<script type="module".*><\/script>/, `<script type="module">${code}</script>`);
}

/**
 * @param {object} options
 * @param {string} options.out folder to be written anew
 * @param {string} options.web
 * @param {string} options.glue
 * @param {string} options.module
 */
export async function buildPortable({ out, web, glue, module }) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync(web, path.join(out, "web"), { recursive: true, filter: (name) => !LEFT_OUT.test(name) });
  cpSync(here("serve.mjs"), path.join(out, "serve.mjs"));
  for (const name of readdirSync(STARTERS)) {
    cpSync(path.join(STARTERS, name), path.join(out, name));
  }
  ["start.sh", "start.command"].forEach((name) => chmodSync(path.join(out, name), 0o755));
  const html = await buildOneFile(glue, module);
  writeFileSync(path.join(out, ONE_FILE), html);
  writeFileSync(path.join(out, "SHA256SUMS.txt"), `${sha256(html, "hex")}  ${ONE_FILE}\n`);
}

async function main() {
  const options = Object.fromEntries(["web", "glue", "module"].map((name) => [name, { type: "string" }]));
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  await buildPortable({ out: path.resolve(positionals[0]), ...values });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
