// The service worker, and the list of all files with their hashes, by which it knows them.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ENTRY = fileURLToPath(new URL("../www/apps/service-worker/sw.ts", import.meta.url));
/** Its name stays, since browsers look for a new version under the name that they know. */
const SERVICE_WORKER = "sw.js";
/** For `sha256sum --check`. */
export const SUMS = "SHA256SUMS.txt";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const line = (hash, name) => `${hash}  ${name}\n`;

/** Paths of all files in the folder, in order. */
function listFiles(out) {
  const names = readdirSync(out, { recursive: true }).map((name) => name.split(path.sep).join("/"));
  return names.filter((name) => statSync(path.join(out, name)).isFile()).sort();
}

/**
 * To be called when everything else has been written.
 *
 * @param {object} options
 * @param {string} options.out the folder that is served
 * @param {string[]} options.start paths of what the page needs to work without a network, without the engine's module
 * @param {string[]} options.workshop paths of what the workshop needs besides
 * @param {{plain: string, relaxed: string}} options.modules of which each browser needs one
 * @param {object} options.settings of the bundler
 */
export async function buildServiceWorker({ out, start, workshop, modules, settings }) {
  const hashes = Object.fromEntries(listFiles(out).map((name) => [name, sha256(readFileSync(path.join(out, name)))]));
  const sums = Object.entries(hashes).map(([name, hash]) => line(hash, name)).join("");
  // Source maps are for debugging, and browsers ask for them without the service worker.
  const kept = Object.fromEntries([...Object.entries(hashes), [SUMS, sha256(sums)]].filter(([name]) => !name.endsWith(".map")));
  const description = {
    version: sha256(JSON.stringify(kept)).slice(0, 16),
    hashes: kept,
    start: { plain: [...start, SUMS, modules.plain], relaxed: [...start, SUMS, modules.relaxed] },
    workshop,
  };
  const define = { TARNKAPPE_BUILD: JSON.stringify(description) };
  await build({ ...settings, entryPoints: [ENTRY], format: "iife", outfile: path.join(out, SERVICE_WORKER), define });
  writeFileSync(path.join(out, SUMS), sums + line(sha256(readFileSync(path.join(out, SERVICE_WORKER))), SERVICE_WORKER));
}
