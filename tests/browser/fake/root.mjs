// The page with the stand-in engine in the place of the real one.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildEmbed, buildNpm } from "../../../tools/build_npm.mjs";
import { buildWeb } from "../../../tools/build_web.mjs";

const GLUE = fileURLToPath(new URL("tarnkappe.js", import.meta.url));
/** The smallest WebAssembly module: its magic number and version. */
const EMPTY_MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/**
 * @param {string} [version] builds of different versions differ in a file whose name stays, and in one whose name does not
 * @returns {Promise<string>} a new folder to serve, which the caller removes
 */
export async function makeRoot(version = "1") {
  const folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-page-"));
  const root = path.join(folder, "web");
  await buildWeb({ out: root, glue: GLUE, modules: await writeModules(folder, version) });
  return root;
}

/** @returns {Promise<string>} the npm package in a new folder, which the caller removes */
export async function makePackage() {
  const folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-npm-"));
  const root = path.join(folder, "npm");
  await buildNpm({ out: root, glue: GLUE, modules: await writeModules(folder, "1") });
  return root;
}

/** @returns {Promise<string>} the page of the sealed mode in a new folder, which the caller removes */
export async function makeEmbed() {
  const folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-embed-"));
  const root = path.join(folder, "embed");
  await buildEmbed({ out: root, glue: GLUE, modules: await writeModules(folder, "1") });
  return root;
}

async function writeModules(folder, version) {
  const names = { plain: "_bg", relaxed: "_relaxed_bg", formats: "_formats_bg", "formats-relaxed": "_formats_relaxed_bg" };
  const modules = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, path.join(folder, `tarnkappe${name}.wasm`)]));
  const section = (name) => Buffer.concat([Buffer.from([0, name.length + 1, name.length]), Buffer.from(name)]);
  const versioned = Buffer.concat([EMPTY_MODULE, section(version)]);
  const content = (key) => (key.startsWith("formats") ? Buffer.concat([versioned, section("formats")]) : versioned);
  await Promise.all(Object.entries(modules).map(([key, file]) => writeFile(file, content(key))));
  return modules;
}

/** Removes what the functions above made. */
export function removeRoot(root) {
  return rm(path.dirname(root), { recursive: true });
}
