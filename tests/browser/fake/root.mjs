// The page with the stand-in engine in the place of the real one.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildWeb } from "../../../tools/build_web.mjs";

const GLUE = fileURLToPath(new URL("tarnkappe.js", import.meta.url));
/** The smallest WebAssembly module: its magic number and version. */
const EMPTY_MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** @returns {Promise<string>} a new folder to serve, which the caller removes */
export async function makeRoot() {
  const folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-page-"));
  const root = path.join(folder, "web");
  const modules = { plain: path.join(folder, "tarnkappe_bg.wasm"), relaxed: path.join(folder, "tarnkappe_relaxed_bg.wasm") };
  await Promise.all(Object.values(modules).map((file) => writeFile(file, EMPTY_MODULE)));
  await buildWeb({ out: root, glue: GLUE, modules });
  return root;
}

/** Removes what {@link makeRoot} made. */
export function removeRoot(root) {
  return rm(path.dirname(root), { recursive: true });
}
