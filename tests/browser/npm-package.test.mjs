// The npm package as it would be published: its files, what tools say of it, and what TypeScript makes of it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PACKAGE = here("../../dist/npm");
const tool = (name, ...options) => execFileSync(here(`../../node_modules/.bin/${name}`), options, { cwd: PACKAGE, encoding: "utf8" });

test("holds the files it should, and no others", () => {
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: PACKAGE, encoding: "utf8" }));
  const expected =
    /^(package\.json|README\.md|LICENSE(-\w+)?|custom-elements\.json|code\/(index|tarnkappe|uppy|filepond|react|[\w-]+-\w{8})\.js|code\/(lit|client-zip)\.LICENSE\.txt|types\/(adapters|apps\/element|engine(\/internal|\/generated)?)\/[\w-]+\.d\.ts|assets\/worker-\w{8}\.js|assets\/wasm\/(\w+-\w{8}|tarnkappe_(heic|jxl)_bg)\.wasm|assets\/wasm\/LICENCES\.txt|assets\/models\/\w+(-\w{8}\.packed|\.LICENSE\.txt))$/;
  assert.deepEqual(files.map((file) => file.path).filter((name) => !expected.test(name)), []);
  assert.ok(files.some((file) => file.path === "types/adapters/react.d.ts"));
});

test("publint and arethetypeswrong find nothing", () => {
  assert.match(tool("publint"), /All good/);
  tool("attw", "--pack", ".", "--profile", "esm-only", "--no-emoji");
});

test("can be imported where there is no browser", async () => {
  const { TarnkappeInput } = await import(path.join(PACKAGE, "code/tarnkappe.js"));
  assert.equal(TarnkappeInput.formAssociated, true);
  assert.equal(typeof (await import(path.join(PACKAGE, "code/index.js"))).createTarnkappe, "function");
});

test("only the code for React says that it belongs to the browser: bundlers warn of that elsewhere", async () => {
  const says = async (name) => (await readFile(path.join(PACKAGE, `code/${name}.js`), "utf8")).startsWith('"use client";');
  assert.deepEqual([await says("react"), await says("uppy"), await says("filepond")], [true, false, false]);
});

test("the manifest names every attribute and event", async () => {
  const manifest = JSON.parse(await readFile(path.join(PACKAGE, "custom-elements.json"), "utf8"));
  const [{ attributes, events }] = manifest.modules[0].declarations;
  const { TarnkappeInput } = await import(path.join(PACKAGE, "code/tarnkappe.js"));
  const named = attributes.map(({ name }) => name);
  assert.deepEqual(TarnkappeInput.observedAttributes.filter((name) => !named.includes(name)), []);
  const [, table] = /## Attributes.*?\n\| --- \| --- \|\n(.*?)\n\n/s.exec(await readFile(path.join(PACKAGE, "README.md"), "utf8"));
  const documented = table.split("\n").flatMap((row) => [...row.split(" | ")[0].matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
  assert.deepEqual(documented.sort(), named.sort());
  assert.deepEqual(events.filter(({ name }) => name.startsWith("tarnkappe-")).map(({ name }) => name).sort(), ["tarnkappe-error", "tarnkappe-protected", "tarnkappe-report"]);
});

test("its types hold under `strict`, with every adapter", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-types-"));
  const modules = path.join(folder, "node_modules");
  await mkdir(path.join(modules, "@uppy"), { recursive: true });
  await mkdir(path.join(modules, "@types"));
  const links = { tarnkappe: PACKAGE, "@uppy/core": here("../../node_modules/@uppy/core"), "@types/react": here("../../node_modules/@types/react") };
  for (const [name, target] of Object.entries(links)) await symlink(target, path.join(modules, name));
  const code = `
    import { createTarnkappe, TarnkappeError } from "tarnkappe";
    import { TarnkappeInput as Element } from "tarnkappe/element";
    import Uppy from "@uppy/core";
    import TarnkappeUppy from "tarnkappe/uppy";
    import tarnkappe from "tarnkappe/filepond";
    import { TarnkappeInput } from "tarnkappe/react";
    export async function use(file: File, data: FormData): Promise<FormData> {
      const engine = await createTarnkappe({ assets: "/assets/" });
      const copy: File = await engine.copy(file, { method: "solid" });
      new Uppy().use(TarnkappeUppy, { method: "mosaic", engine });
      tarnkappe({ label: copy.name });
      const element: Element = document.createElement("tarnkappe-input");
      element.maxFiles = 3;
      // @ts-expect-error there is no such method
      element.method = "blur";
      void TarnkappeInput;
      if (element.files.length === 0) throw new TarnkappeError("aborted", "nothing");
      return engine.clean(data);
    }`;
  await writeFile(path.join(folder, "use.ts"), code);
  await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck", "--preserveSymlinks"];
  try {
    execFileSync(here("../../node_modules/.bin/tsc"), [...options, "use.ts"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    assert.fail(error.stdout);
  }
  await rm(folder, { recursive: true });
});
