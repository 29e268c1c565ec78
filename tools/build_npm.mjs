// Builds the npm package: the API, the element, the adapters, their types, and the assets that they fetch; and beside it the page of the
// element's sealed mode, to be served from an origin of its own.
//
//   node tools/build_npm.mjs OUT EMBED --glue JS --plain WASM --relaxed WASM --formats WASM --formats-relaxed WASM [--heic WASM] [--jxl WASM]
//
// `tsc --build www www/adapters` must have written the types before.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { DECODERS, LICENCES, OPTIONS, buildWorker, copyDecoders, copyHashed, lazyFile, listLanguages, sentences, styleText } from "./build_web.mjs";
import { licencesOfCrates } from "./licences.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WWW = here("../www");
const LOCALES = path.join(WWW, "locales");
const TYPES = here("../target/www");
const MODULES = ["plain", "relaxed", "formats", "formats-relaxed"];
/** Sentences that the element says before it fetches anything. */
const EARLY = /^element\.(choose|choose_one|drop|local|required|loading|busy|undecided|refused|failed|not_loaded|blocked|unsupported|again|clear|restored|too_many|too_large)$/;
/** Declarations that those of the entry points refer to, as files or folders of the compiler's output. */
const DECLARATIONS = ["engine/index.d.ts", "engine/internal", "engine/generated", "apps/element/define.d.ts", "apps/element/element.d.ts", "apps/element/state.d.ts", "adapters"];
const ADAPTERS = ["uppy", "filepond", "react"];

const integrityOf = (bytes) => `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Lit notes its versions in global variables, to warn of several copies, and keeps what its decorators need in another one; there are none
 * here. A guest in somebody else's page leaves no variables.
 */
const withoutGlobals = {
  name: "without-globals",
  setup: ({ onLoad }) =>
    onLoad({ filter: /node_modules\/(lit|lit-html|lit-element|@lit)\/.*\.js$/ }, ({ path: file }) => ({
      contents: readFileSync(file, "utf8")
        .replace(/\(\w+\.(litHtmlVersions|litElementVersions|reactiveElementVersions)\?\?=\[\]\)\.push\("[^"]*"\)/g, "0")
        .replace(/\w+\.litPropertyMetadata\?\?=new WeakMap/g, "0")
        .replace(/\blitPropertyMetadata\.get\(\w+\)/g, "undefined"),
      loader: "js",
    })),
};

function earlyWords() {
  const languages = readdirSync(LOCALES).map((file) => {
    const all = JSON.parse(readFileSync(path.join(LOCALES, file), "utf8"));
    const words = Object.entries(all).flatMap(([key, text]) => (EARLY.test(key) ? [[key.slice("element.".length), text]] : []));
    return [path.parse(file).name, { direction: all["language.direction"], words: Object.fromEntries(words) }];
  });
  return Object.fromEntries(languages);
}

/** Everything that is fetched at run time, and its hashes, by paths within the folder. */
async function writeAssets(folder, { glue, modules }) {
  const networks = JSON.parse(execFileSync("python3", [here("copy_models.py"), here("../models/manifest.toml"), path.join(folder, "models")], { encoding: "utf8" }));
  const worker = await buildWorker(folder, glue, "");
  rmSync(path.join(folder, `${worker.path}.map`)); // For debugging here; in a package it would be half of all text.
  const [plain, relaxed, formats, formatsRelaxed] = MODULES.map((name) => copyHashed(folder, modules[name], "wasm"));
  const lazily = { plain: lazyFile(folder, formats), relaxed: lazyFile(folder, formatsRelaxed) };
  const decoders = copyDecoders(folder, modules);
  writeFileSync(path.join(folder, LICENCES), licencesOfCrates());
  const files = [plain, relaxed, formats, formatsRelaxed, ...[networks, decoders].flatMap(Object.values).map((lazy) => lazy.path)];
  const integrity = Object.fromEntries(files.map((file) => [file, integrityOf(readFileSync(path.join(folder, file)))]));
  return {
    worker,
    modules: { plain, relaxed, formats: lazily, tract: "wasm/tarnkappe_tract_bg.wasm" },
    decoders,
    networks,
    folder: "../assets/",
    integrity,
  };
}

/** Entry points share what several of them need. */
function buildCode(out, files, entryPoints) {
  return build({
    ...OPTIONS,
    entryPoints,
    outdir: path.join(out, "code"),
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    splitting: true,
    define: {
      TARNKAPPE_FILES: JSON.stringify(files),
      TARNKAPPE_LANGUAGES: JSON.stringify(listLanguages()),
      TARNKAPPE_ELEMENT_WORDS: JSON.stringify(earlyWords()),
    },
    plugins: [styleText, sentences, withoutGlobals],
    absWorkingDir: here(".."),
  });
}

/** They import the package by its name, so that an app has one copy of it, and their libraries are the app's own. */
function buildAdapters(out) {
  return build({
    ...OPTIONS,
    minify: false,
    entryPoints: ADAPTERS.map((name) => path.join(WWW, `adapters/${name}.ts`)),
    outdir: path.join(out, "code"),
    packages: "external",
    absWorkingDir: here(".."),
  });
}

function copyTypes(out) {
  for (const entry of DECLARATIONS) {
    cpSync(path.join(TYPES, entry), path.join(out, "types", entry), {
      recursive: true,
      filter: (source) => statSync(source).isDirectory() || source.endsWith(".d.ts"),
    });
  }
}

function packageJson() {
  const { version, description, license, devDependencies } = JSON.parse(readFileSync(here("../package.json"), "utf8"));
  const entry = (types, code) => ({ types: `./types/${types}.d.ts`, default: `./code/${code}.js` });
  const adapters = ADAPTERS.map((name) => [`./${name}`, entry(`adapters/${name}`, name)]);
  const major = (name) => `>=${devDependencies[name].split(".")[0]}`;
  return {
    name: "tarnkappe",
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=20" },
    sideEffects: ["./code/tarnkappe.js"],
    exports: {
      ".": entry("engine/index", "index"),
      "./element": entry("apps/element/define", "tarnkappe"),
      ...Object.fromEntries(adapters),
      "./assets/*": "./assets/*",
      "./custom-elements.json": "./custom-elements.json",
      "./package.json": "./package.json",
    },
    customElements: "custom-elements.json",
    peerDependencies: { "@uppy/core": major("@uppy/core"), react: ">=18" },
    peerDependenciesMeta: { "@uppy/core": { optional: true }, react: { optional: true } },
    keywords: ["privacy", "photo", "face", "metadata", "exif", "upload", "custom-element"],
  };
}

/**
 * @param {object} options
 * @param {string} options.out folder to be written anew
 * @param {string} options.glue
 * @param {Record<string, string>} options.modules as `buildWeb` takes them
 */
export async function buildNpm(options) {
  const { out, files } = await begin(options);
  await buildCode(out, files, { index: path.join(WWW, "engine/index.ts"), tarnkappe: path.join(WWW, "apps/element/define.ts") });
  markImport(path.join(out, "code/tarnkappe.js"));
  await buildAdapters(out);
  copyTypes(out);
  writeFileSync(path.join(out, "package.json"), json(packageJson()));
  cpSync(path.join(WWW, "apps/element/custom-elements.json"), path.join(out, "custom-elements.json"));
  cpSync(here("../docs/embedding.md"), path.join(out, "README.md"));
  ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"].forEach((name) => cpSync(here(`../${name}`), path.join(out, name)));
  copyLicences(out);
}

/** Bundlers leave the import of an address alone if a comment says so. Minifying takes comments away. */
function markImport(file) {
  const [before, after, ...more] = readFileSync(file, "utf8").split("import(`");
  if (after === undefined || more.length > 0) throw new Error(`${file} imports no address, or several`);
  writeFileSync(file, `${before}import(/* webpackIgnore: true *//* @vite-ignore */\`${after}`);
}

/** The page of the sealed mode; options as of {@link buildNpm}. */
export async function buildEmbed(options) {
  const { out, files } = await begin(options);
  const page = (name) => path.join(WWW, "apps/embed", name);
  await buildCode(out, files, { embed: page("main.ts") });
  cpSync(page("index.html"), path.join(out, "index.html"));
  cpSync(page("embed.css"), path.join(out, "code/embed.css"));
  copyLicences(out);
}

async function begin({ out: folder, glue, modules }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const out = path.resolve(folder);
  const absolute = Object.fromEntries(Object.entries(modules).map(([name, file]) => [name, path.resolve(file)]));
  return { out, files: await writeAssets(path.join(out, "assets"), { glue: path.resolve(glue), modules: absolute }) };
}

/** Of what is bundled. */
function copyLicences(out) {
  cpSync(here("../node_modules/lit/LICENSE"), path.join(out, "code/lit.LICENSE.txt"));
  cpSync(new URL("LICENSE.txt", import.meta.resolve("client-zip")), path.join(out, "code/client-zip.LICENSE.txt"));
}

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: Object.fromEntries(["glue", ...MODULES, ...Object.keys(DECODERS)].map((name) => [name, { type: "string" }])) });
  const { glue, ...modules } = values;
  const [out, embed] = positionals;
  await buildNpm({ out, glue, modules });
  await buildEmbed({ out: embed, glue, modules });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
