// Builds what a host serves: the page, the JavaScript API, the WebAssembly and the networks. Files that never change under their
// name have a hash in it.
//
//   node tools/build_web.mjs OUT --glue JS --plain WASM --relaxed WASM --formats WASM --formats-relaxed WASM [--heic WASM] \
//     [--jxl WASM] [--workshop WASM --workshop-glue JS]
//
// JS: what wasm-bindgen made for the WebAssembly module. The module with tract keeps its name, so that it can be added later.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build, transform } from "esbuild";
import { buildServiceWorker } from "./build_service_worker.mjs";
import { licencesOfCrates } from "./licences.mjs";
import { readFoundAgain, readGroups, readMistaken, readSources } from "./workshop_data.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WWW = here("../www");
const MANIFEST = here("../models/manifest.toml");
/** The folder of everything that the bundler writes. */
const CODE = "assets";
const TRACT = "wasm/tarnkappe_tract_bg.wasm";
/** Modules that only decode, by their formats' names in reports. They are under their own names, by which a host can leave them out. */
export const DECODERS = { heic: "wasm/tarnkappe_heic_bg.wasm", jxl: "wasm/tarnkappe_jxl_bg.wasm" };
/** The notices of what the modules are made of. */
export const LICENCES = "wasm/LICENCES.txt";
/** Fetched before the page asks for it. */
const FIRST_NETWORK = "yunet";
/** The folder of the workshop. */
const WORKSHOP = "workshop";

export const OPTIONS = { bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning", legalComments: "none" };

/** Style sheets of components, which become text in the bundle. */
export const styleText = {
  name: "style-text",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/(ui|apps\/element|apps\/workshop\/[\w-]+)\/.*\.css$/ }, async ({ path: file }) => {
      const { code } = await transform(readFileSync(file, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    }),
};

/** Locale files without a name for each of their sentences, which the bundler would give them. */
export const sentences = {
  name: "sentences",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/locales\/\w+\.json$/ }, ({ path: file }) => ({
      contents: `export default ${JSON.stringify(JSON.parse(readFileSync(file, "utf8")))};`,
      loader: "js",
    })),
};

/** What the menu of languages says about each, in the order of their names. The words themselves are fetched when they are chosen. */
export function listLanguages() {
  const folder = path.join(WWW, "locales");
  const languages = readdirSync(folder).map((file) => {
    const words = JSON.parse(readFileSync(path.join(folder, file), "utf8"));
    return { code: path.parse(file).name, name: words["language.name"], isUnread: words["language.proofreading"] === "none" };
  });
  return languages.sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** `www` imports the glue by its types alone. */
export const glueOf = (glue) => ({
  name: "glue",
  setup: ({ onResolve }) => onResolve({ filter: /\/wasm\/tarnkappe(_workshop)?\.js$/ }, () => ({ path: path.resolve(glue) })),
});

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest();
}

function withHash(name, bytes) {
  const { dir, name: stem, ext } = path.parse(name);
  const hash = sha256(bytes).toString("hex").slice(0, 8);
  return path.posix.join(dir, `${stem}-${hash}${ext}`);
}

function write(out, name, bytes) {
  mkdirSync(path.dirname(path.join(out, name)), { recursive: true });
  writeFileSync(path.join(out, name), bytes);
  return name;
}

export function copyHashed(out, file, folder) {
  const bytes = readFileSync(file);
  return write(out, withHash(`${folder}/${path.basename(file)}`, bytes), bytes);
}

/**
 * One file that imports nothing, so that the page can hold it in memory and start it from there. It is no module, since on a page that
 * was opened from a file Chromium starts none. Its source map is for debugging.
 */
export async function buildWorker(out, glue, folder = CODE, source = "worker") {
  const entry = path.join(WWW, `engine/worker/${source}.ts`);
  const output = { format: "iife", write: false, outfile: "worker.js", sourcemap: "external" };
  // The glue would look for its module beside itself, but is given it.
  const options = { ...OPTIONS, ...output, entryPoints: [entry], plugins: [glueOf(glue)], logOverride: { "empty-import-meta": "silent" } };
  const { outputFiles } = await build(options);
  const [map, code] = [".map", ".js"].map((ending) => outputFiles.find((file) => file.path.endsWith(ending)).contents);
  const name = write(out, withHash(path.posix.join(folder, `${source}.js`), code), code);
  write(out, `${name}.map`, map);
  return { path: name, integrity: `sha256-${sha256(code).toString("base64")}` };
}

/** What shares code, in a folder of its own. */
function bundleInto(folder, entryPoints, files, facts = {}) {
  return build({
    ...OPTIONS,
    entryPoints: Object.fromEntries(Object.entries(entryPoints).map(([name, file]) => [name, path.join(WWW, file)])),
    outdir: folder,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    splitting: true,
    sourcemap: "linked",
    legalComments: "external",
    metafile: true,
    define: { TARNKAPPE_FILES: JSON.stringify(files), TARNKAPPE_LANGUAGES: JSON.stringify(listLanguages()), ...facts },
    plugins: [styleText, sentences],
    absWorkingDir: here(".."),
  });
}

const buildPage = (out, files) =>
  bundleInto(path.join(out, CODE), { main: "apps/page/main.ts", api: "engine/index.ts", page: "apps/page/page.css" }, files);

/** By itself: what it shares with the page would split the page's code, which would then be larger. */
function buildWorkshop(out, files) {
  const facts = { TARNKAPPE_SOURCES: readSources(), TARNKAPPE_GROUPS: readGroups(), TARNKAPPE_MISTAKEN: readMistaken(), TARNKAPPE_FOUND: readFoundAgain(), TARNKAPPE_PICTURES: copyPictures(out) };
  const define = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, JSON.stringify(value)]));
  return bundleInto(path.join(out, WORKSHOP), { main: "apps/workshop/main.ts", style: "apps/workshop/workshop.css" }, files, define);
}

/** @returns addresses by the pictures' names, seen from the workshop */
function copyPictures(out) {
  const folder = path.join(WWW, "apps/workshop/pictures");
  const copied = (name) => copyHashed(out, path.join(folder, name), `${WORKSHOP}/pictures`).slice(WORKSHOP.length + 1);
  return Object.fromEntries(readdirSync(folder).map((name) => [name, copied(name)]));
}

/**
 * An app's HTML with the names of the build, and links to all that is needed at the start.
 *
 * @param {object} app
 * @param {string} app.source folder in `www/apps`
 * @param {string} app.start module that is always loaded at the start, besides `main.ts`
 * @param {string} app.style
 * @param {string} app.target path of the HTML
 * @param {string[]} app.links further lines
 */
function writeHtml(out, { outputs }, { source, start, style, target, links: further }) {
  const up = "../".repeat(target.split("/").length - 1);
  const names = Object.keys(outputs);
  const nameOf = (file) => path.relative(out, names.find((name) => outputs[name].entryPoint === `www/apps/${source}/${file}`));
  const absolute = Object.fromEntries(names.map((name) => [path.relative(out, name), outputs[name]]));
  const main = nameOf("main.ts");
  const needed = new Set();
  const need = (name) => {
    if (needed.has(name)) return;
    needed.add(name);
    const imports = absolute[name].imports.filter(({ kind }) => kind === "import-statement");
    imports.forEach((imported) => need(path.relative(out, imported.path)));
  };
  need(main);
  need(nameOf(start));
  const links = [...needed].map((name) => `    <link rel="modulepreload" href="${up}${name}">\n`);
  const html = readFileSync(path.join(WWW, "apps", source, "index.html"), "utf8")
    .replace(`href="${style}"`, `href="${up}${nameOf(style)}"`)
    .replace('src="main.js"', `src="${up}${main}"`)
    .replace("  </head>", `${[...links, ...further].join("")}  </head>`);
  write(out, target, html.replace(/<!--.*?-->/gs, "").replace(/\n\s+/g, "\n"));
}

/** Whoever embeds the API imports it under a name that stays. */
function writeApi(out, { outputs }) {
  const name = Object.keys(outputs).find((each) => outputs[each].entryPoint === "www/engine/index.ts");
  write(out, "api.js", `export * from "./${path.relative(out, name)}";\n`);
}

/** @returns those that are among the modules */
export function copyDecoders(out, modules) {
  const given = Object.entries(DECODERS).filter(([format]) => modules[format] !== undefined);
  return Object.fromEntries(given.map(([format, name]) => [format, lazyFile(out, write(out, name, readFileSync(modules[format])))]));
}

/** A file that is fetched on demand, and what it must be. */
export const lazyFile = (out, name) => {
  const bytes = readFileSync(path.join(out, name));
  return { path: name, bytes: bytes.length, sha256: sha256(bytes).toString("hex") };
};

/** The portraits of the gallery in one file: each has its length before it, in four bytes, the lowest first. */
function packGallery(out) {
  const folder = path.join(WWW, "apps/workshop/gallery");
  const pictures = JSON.parse(readFileSync(path.join(folder, "gallery.json"), "utf8")).map(({ id }) => readFileSync(path.join(folder, `${id}.jpg`)));
  const length = (bytes) => new Uint8Array(Uint32Array.of(bytes.length).buffer);
  const packed = Buffer.concat(pictures.flatMap((bytes) => [length(bytes), bytes]));
  return write(out, withHash(`${WORKSHOP}/gallery.packed`, packed), packed);
}

/** What the attacks of the workshop need, of which nothing is fetched before a person asks for it. */
async function buildAttacks(out, glue, module) {
  return {
    worker: await buildWorker(out, glue, WORKSHOP, "workshop-worker"),
    module: lazyFile(out, copyHashed(out, module, "wasm")),
    gallery: lazyFile(out, packGallery(out)),
  };
}

/** What a device needs to install the page. @returns the manifest's path */
function copyInstallation(out) {
  const folder = path.join(WWW, "apps/page");
  for (const icon of readdirSync(path.join(folder, "icons"))) {
    write(out, `icons/${icon}`, readFileSync(path.join(folder, "icons", icon)));
  }
  return write(out, "manifest.webmanifest", readFileSync(path.join(folder, "manifest.webmanifest")));
}

/** What an app may import, at the start or later, and its style sheet. */
function outputsOf(out, { outputs }, sources) {
  const found = new Set();
  const follow = (name) => {
    if (!found.has(name)) {
      found.add(name);
      outputs[name].imports.forEach((imported) => follow(imported.path));
    }
  };
  sources.forEach((source) => follow(Object.keys(outputs).find((name) => outputs[name].entryPoint === `www/apps/${source}`)));
  return [...found].map((name) => path.relative(out, name).split(path.sep).join("/"));
}

/**
 * @param {object} options
 * @param {string} options.out folder to be written anew
 * @param {string} options.glue
 * @param {{plain: string, relaxed: string, formats: string, "formats-relaxed": string, workshop?: string, "workshop-glue"?: string}} options.modules
 *   without the last two, the workshop has no attacks; `heic` and others of {@link DECODERS} may be among them
 */
export async function buildWeb({ out: folder, glue, modules }) {
  // The bundler names its outputs from where links lead.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const out = path.relative(here(".."), path.resolve(folder));
  process.chdir(here(".."));
  const networks = JSON.parse(execFileSync("python3", [here("copy_models.py"), MANIFEST, path.join(out, "models")], { encoding: "utf8" }));
  const [plain, relaxed] = [modules.plain, modules.relaxed].map((file) => copyHashed(out, file, "wasm"));
  const [formats, formatsRelaxed] = [modules.formats, modules["formats-relaxed"]].map((file) => lazyFile(out, copyHashed(out, file, "wasm")));
  const lazily = { plain: formats, relaxed: formatsRelaxed };
  const decoders = copyDecoders(out, modules);
  const files = { worker: await buildWorker(out, glue), modules: { plain, relaxed, formats: lazily, tract: TRACT }, decoders, networks, folder: "../", integrity: {} };
  const { metafile } = await buildPage(out, files);
  const network = `    <link rel="preload" href="${files.networks[FIRST_NETWORK].path}" as="fetch" crossorigin>\n`;
  writeHtml(out, metafile, { source: "page", start: "page.ts", style: "page.css", target: "index.html", links: [network] });
  const attacks = modules.workshop && (await buildAttacks(out, modules["workshop-glue"], modules.workshop));
  const workshop = (await buildWorkshop(out, { ...files, workshop: attacks })).metafile;
  writeHtml(out, workshop, { source: "workshop", start: "start/start.ts", style: "workshop.css", target: `${WORKSHOP}/index.html`, links: [] });
  writeApi(out, metafile);
  const manifest = copyInstallation(out);
  write(out, LICENCES, licencesOfCrates());
  write(out, `${CODE}/lit.LICENSE.txt`, readFileSync(here("../node_modules/lit/LICENSE")));
  write(out, `${CODE}/client-zip.LICENSE.txt`, readFileSync(new URL("LICENSE.txt", import.meta.resolve("client-zip"))));
  const start = ["index.html", manifest, "icons/apple-touch-icon.png", files.worker.path, networks[FIRST_NETWORK].path, ...outputsOf(out, metafile, ["page/main.ts", "page/page.css"])];
  const pictures = readdirSync(path.join(out, WORKSHOP, "pictures")).map((name) => `${WORKSHOP}/pictures/${name}`);
  const ofTheWorkshop = [`${WORKSHOP}/index.html`, ...pictures, ...outputsOf(out, workshop, ["workshop/main.ts", "workshop/workshop.css"])];
  await buildServiceWorker({ out, start, workshop: ofTheWorkshop, modules: { plain, relaxed }, settings: OPTIONS });
  return files;
}

async function main() {
  const options = Object.fromEntries(["glue", "plain", "relaxed", "formats", "formats-relaxed", ...Object.keys(DECODERS), "workshop", "workshop-glue"].map((name) => [name, { type: "string" }]));
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const { glue, ...modules } = values;
  await buildWeb({ out: positionals[0], glue, modules });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
