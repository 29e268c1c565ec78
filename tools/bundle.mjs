// Bundles the page, the JavaScript API and the worker.
//
//   node tools/bundle.mjs GLUE DIST     GLUE: the JavaScript that wasm-pack made for the WebAssembly module
//
// The worker becomes one file that imports nothing, so that the page can hold it in memory and start it from there. The page has
// the hash of that file in it.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const SOURCES = fileURLToPath(new URL("../www/src", import.meta.url));
const STATIC = fileURLToPath(new URL("../www/static", import.meta.url));
/** As the sources name the glue, of which they have the types only. */
const GLUE_IMPORT = /\/wasm\/tarnkappe\.js$/;
/** A link to a module in index.html, which is to be followed by links to what that imports. */
const LINK = /^( *)<link rel="modulepreload" href="([^"]+)">\n/gm;

const OPTIONS = { bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning" };

/** Writes everything but the WebAssembly, the networks and the locale files into the folder `dist`. */
export async function bundle(glue, dist) {
  const integrity = await bundleWorker(glue, dist);
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: ["app/main.ts", "app/engine.ts", "api/index.ts"].map((entry) => path.join(SOURCES, entry)),
    outbase: SOURCES,
    outdir: dist,
    splitting: true,
    // In a folder of the same depth as the entries: the API finds its other files from where it lies.
    chunkNames: "api/[name]-[hash]",
    define: { WORKER_INTEGRITY: JSON.stringify(integrity) },
    metafile: true,
    absWorkingDir: dist,
  });
  await build({ ...OPTIONS, entryPoints: [path.join(STATIC, "app.css")], outdir: dist });
  const html = await readFile(path.join(STATIC, "index.html"), "utf8");
  await writeFile(path.join(dist, "index.html"), withPreloads(html, metafile.outputs));
}

/** Writes the worker; gives its hash as a request's `integrity` states it. */
async function bundleWorker(glue, dist) {
  const findGlue = {
    name: "glue",
    setup: ({ onResolve }) => onResolve({ filter: GLUE_IMPORT }, () => ({ path: path.resolve(glue) })),
  };
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [path.join(SOURCES, "worker.ts")], write: false, plugins: [findGlue] });
  const code = outputFiles[0].contents;
  await writeFile(path.join(dist, "worker.js"), code);
  return `sha256-${createHash("sha256").update(code).digest("base64")}`;
}

/**
 * Names every module in the HTML, so that the browser fetches all at once: without that it learns of each only from those that
 * import it.
 */
function withPreloads(html, outputs) {
  const found = new Set();
  const collect = (file) => {
    if (!found.has(file)) {
      found.add(file);
      outputs[file].imports.forEach((imported) => collect(imported.path));
    }
  };
  return html.replace(LINK, (_, indent, file) => {
    const known = found.size;
    collect(file);
    return [...found].slice(known).map((name) => `${indent}<link rel="modulepreload" href="${name}">\n`).join("");
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await bundle(process.argv[2], path.resolve(process.argv[3]));
