// The examples of www/examples/, built with the npm package as an app has it: found by its name in a folder node_modules.

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
export const EXAMPLES = here("../../www/examples");

/**
 * @param {string} packageFolder the npm package
 * @param {string} name of the example
 * @param {string} [more] code at its end, for what an example does not show
 * @returns {Promise<{html: string, folder: string, remove: () => Promise<void>}>} its page, and what it loads
 */
export async function buildExample(packageFolder, name, more = "") {
  const folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-example-"));
  const modules = path.join(folder, "node_modules");
  await mkdir(modules);
  await symlink(path.resolve(packageFolder), path.join(modules, "tarnkappe"));
  await writeFile(path.join(folder, "main.js"), `${await readFile(path.join(EXAMPLES, name, "main.js"), "utf8")}${more}`);
  await build({
    entryPoints: [path.join(folder, "main.js")],
    bundle: true,
    format: "esm",
    splitting: true,
    outdir: path.join(folder, "out"),
    nodePaths: [modules, here("../../node_modules")],
    define: { "process.env.NODE_ENV": '"production"' },
    preserveSymlinks: true,
    logLevel: "warning",
  });
  const html = await readFile(path.join(EXAMPLES, name, "index.html"), "utf8");
  return { html: html.replaceAll(/"(main\.(?:js|css))"/g, `"/${name}/$1"`), folder: path.join(folder, "out/"), remove: () => rm(folder, { recursive: true }) };
}
