// What is carried on a USB stick: the page as one file, opened without a server, and the folder with the file that starts one.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildPortable } from "../../tools/build_portable.mjs";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PORTRAIT = here("../photos/astronaut.jpg");
const PATIENCE_MS = 120_000;

if (unavailable) throw new Error(unavailable);

describe("on a USB stick", { timeout: 300_000 }, () => {
  let out;
  before(async () => {
    out = await mkdtemp(path.join(tmpdir(), "tarnkappe-portable-"));
    const [web, glue, module] = ["dist/web", "target/pkg/tarnkappe.js", "dist/wasm/tarnkappe_formats_bg.wasm"].map((name) => here(`../../${name}`));
    await buildPortable({ out, web, glue, module });
  });
  after(() => rm(out, { recursive: true }));

  test("one file, opened without a server: a face is found, covered and proved, and nothing is requested", async () => {
    const { page, close } = await open({ locale: "en-US" });
    page.setDefaultTimeout(PATIENCE_MS);
    const [requested, violations] = [[], []];
    page.on("request", (request) => requested.push(request.url()));
    page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
    const address = pathToFileURL(path.join(out, "tarnkappe.html")).href;
    try {
      await page.goto(address);
      await page.waitForSelector("html[data-ready][data-offline=kept]");
      await page.locator("header select").selectOption("Deutsch");
      await page.waitForSelector("html[lang=de]");
      await page.locator("header select").selectOption("English");
      const photo = await readFile(PORTRAIT);
      const gif = Buffer.from("47494638396101000100800000ffffff0000002c00000000010001000002024401003b", "hex");
      await page.setInputFiles("#chooser", [
        { name: "portrait.jpg", mimeType: "image/jpeg", buffer: photo },
        { name: "dot.gif", mimeType: "image/gif", buffer: gif },
      ]);
      await page.waitForSelector(".protect");
      assert.equal(await page.locator(".faces .face").count(), 1);
      assert.equal(await page.locator(".refusal").count(), 0, "rare formats open as well");
      await page.click(".thorough input");
      assert.match(await page.locator(".thorough .alarm").innerText(), /which is one file, does not have that part/);
      await page.click(".protect");
      await page.waitForSelector(".save");
      assert.deepEqual(requested.filter((url) => !url.startsWith("blob:") && !url.startsWith("data:")), [address]);
      assert.deepEqual(violations, []);
    } finally {
      await close();
    }
  });

  test("the one file's policy allows no request, and no code but its own", async () => {
    const html = await readFile(path.join(out, "tarnkappe.html"), "utf8");
    const [, policy] = html.match(/http-equiv="Content-Security-Policy" content="([^"]+)"/);
    assert.match(policy, /^default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-[^']+'; img-src blob: data:; worker-src blob:; /);
    assert.doesNotMatch(policy, /connect-src|'self'|unsafe-inline/);
  });

  test("the folder has what a server needs, its hashes are right, and a start file serves it", async () => {
    const names = await readdir(out);
    assert.deepEqual(names.sort(), ["README.txt", "SHA256SUMS.txt", "serve.mjs", "start.bat", "start.command", "start.sh", "tarnkappe.html", "web"]);
    const { port, close } = await startServer({ root: out });
    await close(); // The port is free again.
    const started = spawn(path.join(out, "start.sh"), { env: { ...process.env, PORT: String(port) }, stdio: "ignore", detached: true });
    try {
      const response = await answered(`http://localhost:${port}/`);
      assert.match(await response.text(), /<title>Tarnkappe/);
    } finally {
      process.kill(-started.pid);
    }
  });
});

/** The answer of a server that is being started. */
async function answered(url) {
  for (;;) {
    try {
      return await fetch(url);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
