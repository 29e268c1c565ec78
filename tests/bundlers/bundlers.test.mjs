// An app as docs/embedding.md has it, with the packed npm package, built by each bundler: a form sends a proved copy. `make long-bundlers` runs it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";
import { open, unavailable } from "../browser/chromium.mjs";
import { EXAMPLES } from "../browser/examples.mjs";
import { filesOf, startPartner } from "../browser/partner.mjs";

if (unavailable) throw new Error(unavailable);

const file = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PHOTO = file("../photos/astronaut.jpg");
const PATIENCE_MS = 120_000;

const MAIN = `
  import { createTarnkappe } from "tarnkappe";
  import { TarnkappeInput } from "tarnkappe/element";
  TarnkappeInput.assets = "/tarnkappe-assets/";
  document.body.innerHTML = '<form action="/upload" method="post" enctype="multipart/form-data"><tarnkappe-input id="p" name="photo" auto></tarnkappe-input></form>';
  window.createTarnkappe = createTarnkappe;`;
const page = (src) => `<html lang="en"><body><script type="module" src="${src}"></script></body></html>`;

const withVite = (app, out) =>
  vite.build({
    root: app,
    logLevel: "warn",
    build: { outDir: out, rollupOptions: { input: path.join(app, "main.js"), output: { entryFileNames: "main.js" } } },
  });

/** Each writes what it makes of `main.js` into a folder, with an entry of that name. */
const BUNDLERS = {
  esbuild: (app, out) =>
    esbuild.build({ absWorkingDir: app, entryPoints: ["main.js"], bundle: true, format: "esm", splitting: true, minify: true, outdir: out, logLevel: "warning" }),
  Vite: withVite,
  webpack: (app, out) =>
    new Promise((resolve, reject) => {
      webpack({ mode: "production", context: app, entry: "./main.js", output: { path: out, publicPath: "/out/" } }, (error, stats) => {
        error || stats.hasErrors() || stats.hasWarnings() ? reject(error ?? new Error(stats.toString())) : resolve();
      });
    }),
};

describe("apps with the packed package", { timeout: 600_000 }, () => {
  let app;
  let tab;
  let close;

  before(async () => {
    app = await mkdtemp(path.join(tmpdir(), "tarnkappe-app-"));
    const installed = path.join(app, "node_modules/tarnkappe");
    await mkdir(installed, { recursive: true });
    const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", app, file("../../dist/npm")], { encoding: "utf8" }).trim();
    execFileSync("tar", ["-xzf", path.join(app, packed), "-C", installed, "--strip-components=1"]);
    await cp(path.join(installed, "assets"), path.join(app, "public/tarnkappe-assets"), { recursive: true });
    await symlink(file("../../node_modules/@uppy"), path.join(app, "node_modules/@uppy"));
    await writeFile(path.join(app, "main.js"), MAIN);
    await writeFile(path.join(app, "package.json"), '{ "type": "module" }');
    await writeFile(path.join(app, "index.html"), page("/main.js"));
    ({ page: tab, close } = await open({ locale: "en-US" }));
    tab.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await close();
    await rm(app, { recursive: true });
  });

  async function protect() {
    await tab.locator("#p .frame > input[type=file]").setInputFiles(PHOTO);
    await tab.waitForFunction(() => document.getElementById("p").files.length === 1 && document.getElementById("p").validity.valid);
  }

  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    test(`${name}: the form sends a proved copy, under the policy that the docs name`, async () => {
      const out = path.join(app, `out-${name}`);
      await bundle(app, out);
      const folders = { "/out/": out, "/tarnkappe-assets/": path.join(app, "public/tarnkappe-assets"), "/assets/": path.join(out, "assets") };
      const partner = await startPartner({ pages: { "/": page("/out/main.js") }, folders });
      try {
        await tab.goto(partner.url);
        await protect();
        await tab.evaluate(() => document.forms[0].submit());
        await tab.waitForURL("**/upload");
        assert.deepEqual(partner.uploads.flatMap(filesOf).map(({ filename }) => filename), ["photo-1.jpg"]);
      } finally {
        await partner.close();
      }
    });
  }

  test("Vite: the example with Uppy", async () => {
    const out = path.join(app, "out-uppy");
    await cp(path.join(EXAMPLES, "uppy/main.js"), path.join(app, "main.js"));
    await withVite(app, out);
    await writeFile(path.join(app, "main.js"), MAIN);
    const folders = { "/out/": out, "/tarnkappe/assets/": path.join(app, "public/tarnkappe-assets"), "/assets/": path.join(out, "assets") };
    const html = `<html lang="en"><body><main id="app"></main><script type="module" src="/out/main.js"></script></body></html>`;
    const partner = await startPartner({ pages: { "/": html }, folders });
    try {
      await tab.goto(partner.url);
      await tab.locator("input[type=file]").setInputFiles(PHOTO);
      await tab.getByRole("button", { name: "Send" }).click();
      await tab.locator("output", { hasText: "1 sent, 0 not sent" }).waitFor();
      assert.deepEqual(partner.uploads.flatMap(filesOf).map(({ filename }) => filename), ["photo-1.jpg"]);
    } finally {
      await partner.close();
    }
  });

  test("Vite while developing", async () => {
    const server = await vite.createServer({ root: app, logLevel: "warn", optimizeDeps: { exclude: ["tarnkappe"] }, server: { host: "127.0.0.1", port: 0 } });
    try {
      await server.listen();
      await tab.goto(server.resolvedUrls.local[0]);
      await protect();
    } finally {
      await server.close();
    }
  });
});
