// States that real photos do not lead to, in Chromium, with a stand-in for the engine: a crash, a failed proof, slow work.

import assert from "node:assert/strict";
import { cp, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, beforeEach, describe, test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PIXELS = Buffer.from([0xff, 0xd8, 0xff]);

if (unavailable) throw new Error(unavailable);

describe("the page when things go wrong", { timeout: 300_000 }, () => {
  let root;
  let server;
  let page;
  let close;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "tarnkappe-"));
    await cp(path("../../dist"), root, { recursive: true });
    await copyFile(path("fake/tarnkappe.js"), join(root, "wasm/tarnkappe.js"));
    server = await startServer({ root });
    ({ page, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
  });
  after(async () => {
    await close();
    await server.close();
    await rm(root, { recursive: true });
  });
  beforeEach(async () => {
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
  });

  const choose = (...names) =>
    page.setInputFiles("#chooser", names.map((name) => ({ name, mimeType: "image/jpeg", buffer: PIXELS })));

  test("a crash while looking is told, and the next photo is worked on", async () => {
    await choose("crash-in-check.jpg", "next.jpg");
    await page.waitForSelector("#protect");
    assert.match(await page.locator(".refusal p").innerText(), /crash-in-check\.jpg\s.*crashed/);
  });

  test("a crash while covering is told, nothing is offered, and it can be tried again", async () => {
    await choose("crash-in-protect.jpg");
    await page.click("#protect");
    await page.waitForSelector(".alarm");
    assert.match(await page.locator(".alarm").innerText(), /crashed/);
    assert.equal(await page.locator("#save").count(), 0);
    assert.equal(await page.locator("#protect").count(), 1);
  });

  test("cancelling stops the work at once", async () => {
    await choose("slow-check.jpg");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Choose photos" }).waitFor({ timeout: 3000 });
    await choose("next.jpg");
    await page.waitForSelector("#protect", { timeout: 10_000 });
  });

  test("a failed proof offers no file, and covering what it found does", async () => {
    await choose("unproved.jpg");
    await page.click("#protect");
    await page.waitForSelector(".verdict.bad");
    assert.equal(await page.locator("#save").count(), 0);
    await page.getByRole("button", { name: "Cover 1 more and check again" }).click();
    await page.waitForSelector("#save");
  });

  test("changing a cover drops the copy", async () => {
    await choose("a.jpg");
    await page.click("#protect");
    await page.waitForSelector("#save");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator("#save").count(), 0);
  });

  test("what the file gives away is listed", async () => {
    await choose("a.jpg");
    await page.waitForSelector("#protect");
    await page.locator("summary", { hasText: "gives away" }).click();
    assert.match(await page.locator(".panel").innerText(), /52\.51630, 13\.37770/);
  });
});
