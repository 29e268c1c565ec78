// The built page with the stand-in engine in the place of the real one.

import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../../tools/bundle.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const BUILT = here("../../../dist");
/** The smallest WebAssembly module: its magic number and version. */
const EMPTY_MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** @returns {Promise<string>} a new folder to serve, which the caller removes */
export async function makeRoot() {
  const root = await mkdtemp(path.join(tmpdir(), "tarnkappe-page-"));
  await cp(BUILT, root, { recursive: true, filter: (source) => source !== path.join(BUILT, "wasm") });
  await mkdir(path.join(root, "wasm"));
  await bundle(here("tarnkappe.js"), root);
  for (const name of ["tarnkappe_bg.wasm", "tarnkappe_relaxed_bg.wasm"]) {
    await writeFile(path.join(root, "wasm", name), EMPTY_MODULE);
  }
  return root;
}
