// Bundles the worker into one file that imports nothing, so that the page can hold it in memory and start it from there, and
// writes the hash by which the page knows it.
//
//   node tools/bundle_worker.mjs GLUE DIST     GLUE: the JavaScript that wasm-pack made for the WebAssembly module

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ENTRY = fileURLToPath(new URL("../www/src/worker.ts", import.meta.url));
/** As www/src names it, where only its types are. */
const GLUE_IMPORT = /\/wasm\/tarnkappe\.js$/;

/** Writes `worker.js` and `api/worker-integrity.js` into the folder `dist`. */
export async function bundleWorker(glue, dist) {
  const findGlue = {
    name: "glue",
    setup: ({ onResolve }) => onResolve({ filter: GLUE_IMPORT }, () => ({ path: path.resolve(glue) })),
  };
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    logLevel: "warning",
    plugins: [findGlue],
  });
  const code = outputFiles[0].contents;
  const hash = createHash("sha256").update(code).digest("base64");
  await mkdir(path.join(dist, "api"), { recursive: true });
  await writeFile(path.join(dist, "worker.js"), code);
  await writeFile(path.join(dist, "api/worker-integrity.js"), `export const WORKER_INTEGRITY = "sha256-${hash}";\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await bundleWorker(process.argv[2], process.argv[3]);
