// Workers that were stopped or have crashed are replaced without a request, and without a network. With the stand-in engine;
// page.test.mjs has the same for a large photo with the real one.

import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { askedFor, until } from "./reach.mjs";

/** What a cancelled job may take to leave the page. */
const AT_ONCE = { timeout: 2_000 };
/** After this, two clicks at one place are no double tap. */
const DOUBLE_TAP_MS = 400;

if (unavailable) throw new Error(unavailable);

describe("after trouble", { timeout: 300_000 }, () => {
  let root;
  let picture;
  let server;
  let page;
  let close;

  const choose = (...names) =>
    page.setInputFiles("#chooser", names.map((name) => ({ name, mimeType: "image/jpeg", buffer: picture })));
  const review = async (name) => {
    await choose(name);
    await page.waitForSelector(".protect");
  };
  const coverFine = async () => {
    await page.click(".protect");
    await page.waitForSelector(".save");
  };

  /** Not at once after the last click there, which would count as a double tap. */
  const cancel = async () => {
    await page.waitForSelector(".cancel");
    await page.waitForTimeout(DOUBLE_TAP_MS);
    await page.click(".cancel");
  };
  const cancelCheck = async () => {
    await choose("slow-check.jpg");
    await cancel();
    await page.waitForSelector(".choose", AT_ONCE);
  };
  const cancelCovering = async () => {
    await review("slow-protect.jpg");
    await page.click(".protect");
    await cancel();
    await page.waitForSelector(".protect", AT_ONCE);
    await page.click(".clear");
  };
  const crash = async () => {
    await choose("crash-in-check.jpg");
    await page.getByRole("button", { name: "Remove the message" }).click();
  };

  before(async () => {
    root = await makeRoot();
    picture = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
  });
  after(() => removeRoot(root));
  beforeEach(async () => {
    server = await startServer({ root });
    ({ page, close } = await open({ locale: "en-US", serviceWorkers: "allow" }));
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready][data-offline=kept]");
  });
  afterEach(async () => {
    await close();
    await server.close();
  });

  for (const [name, steps] of [
    ["a cancelled check", [cancelCheck]],
    ["a cancelled covering", [cancelCovering]],
    ["a crash", [crash]],
    ["a crash, three cancelled checks and two cancelled coverings", [crash, cancelCheck, cancelCheck, cancelCheck, cancelCovering, cancelCovering]],
  ]) {
    test(`${name}: nothing is requested, and the next photo is covered`, async () => {
      const loaded = server.requests.length;
      for (const step of steps) await step();
      await review("fine.jpg");
      await coverFine();
      assert.deepEqual(askedFor(server.requests.slice(loaded)), []);
    });

    test(`${name}: the next photo is covered while the server is gone`, async () => {
      await server.close();
      for (const step of steps) await step();
      await review("fine.jpg");
      await coverFine();
    });
  }

  test("a thorough search that is switched off: nothing is requested but its two files", async () => {
    const loaded = server.requests.length;
    await choose("slow-search.jpg", "fine.jpg");
    await until(page, ".state-review", 2);
    await page.locator(".tile").nth(1).click();
    await page.click(".thorough input");
    await page.waitForSelector(".thorough .switch-done");
    await page.click(".thorough input");
    await until(page, ".state-review", 2, AT_ONCE);
    await coverFine();
    assert.equal(askedFor(server.requests.slice(loaded)).length, 2);
  });

  test("a worker's code is not run unless it is what the page was built with", async () => {
    const assets = path.join(root, "assets");
    const worker = path.join(assets, (await readdir(assets)).find((name) => /^worker-.*\.js$/.test(name)));
    const code = await readFile(worker);
    await writeFile(worker, Buffer.concat([code, Buffer.from("\n")]));
    await close(); // The browser that has the right code in its cache would run that.
    ({ page, close } = await open({ locale: "en-US", serviceWorkers: "allow" }));
    await page.goto(server.url);
    const heading = page.getByRole("heading", { name: "could not start" });
    await heading.waitFor();
    await writeFile(worker, code);
  });
});
