// The page with the stand-in engine in the place of the real one.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildWeb } from "../../../tools/build_web.mjs";

const GLUE = fileURLToPath(new URL("tarnkappe.js", import.meta.url));
/** The smallest WebAssembly module: its magic number and version. */
const EMPTY_MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** A section that says to the stand-in that this is the module with the rare formats. */
const FORMATS_SECTION = Buffer.from("\0\x08\x07formats", "latin1");

/** @returns {Promise<string>} a new folder to serve, which the caller removes */
export async function makeRoot() {
  const folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-page-"));
  const root = path.join(folder, "web");
  const names = { plain: "_bg", relaxed: "_relaxed_bg", formats: "_formats_bg", "formats-relaxed": "_formats_relaxed_bg" };
  const modules = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, path.join(folder, `tarnkappe${name}.wasm`)]));
  const content = (key) => (key.startsWith("formats") ? Buffer.concat([EMPTY_MODULE, FORMATS_SECTION]) : EMPTY_MODULE);
  await Promise.all(Object.entries(modules).map(([key, file]) => writeFile(file, content(key))));
  await buildWeb({ out: root, glue: GLUE, modules });
  return root;
}

/** Removes what {@link makeRoot} made. */
export function removeRoot(root) {
  return rm(path.dirname(root), { recursive: true });
}
