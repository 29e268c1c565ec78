// JPEG XL in a browser that decodes it.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";
import { askedFor } from "./reach.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WEB = path("../../dist/web");
const JPEG_XL = path("../photos/astronaut.jxl");
const PATIENCE_MS = 120_000;

if (unavailable) throw new Error(unavailable);

describe("JPEG XL", { timeout: 600_000 }, () => {
  let server;
  let page;
  let close;
  const visit = async (root) => {
    server = await startServer({ root });
    ({ page, close } = await open({ locale: "en-US" }));
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
    await page.waitForFunction(() => customElements.get("tk-result") !== undefined);
  };
  afterEach(async () => {
    await close();
    await server.close();
  });
  /** What was asked for while the face was found and covered, and the copy proved. */
  const job = async () => {
    const loaded = server.requests.length;
    await page.setInputFiles("#chooser", JPEG_XL);
    await page.waitForSelector(".protect");
    assert.equal(await page.locator(".faces .face").count(), 1);
    await page.click(".protect");
    await page.waitForSelector(".save");
    return askedFor(server.requests.slice(loaded));
  };

  test("the face is found and covered, and the copy proved, with the engine of all formats", async () => {
    await visit(WEB);
    const requested = await job();
    assert.equal(requested.length, 1, `${requested}`);
    assert.match(requested[0], /^\/wasm\/tarnkappe_formats_(relaxed_)?bg-/);
  });
});
