// The main job in the other two browser families, with the real engine; requests are counted by the server.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import * as firefox from "./firefox.mjs";
import * as webkit from "./webkit.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const GROUP = path("../photos/solvay_1927.jpg");
const PATIENCE_MS = 240_000;

/** What the two drivers do differently. */
const FAMILIES = [
  {
    name: "Firefox",
    driver: firefox,
    choose: async (page) => (await page.$("#chooser")).uploadFile(GROUP),
    waitFor: (page, selector) => page.waitForSelector(selector, { timeout: PATIENCE_MS }),
  },
  {
    name: "WebKitGTK",
    driver: webkit,
    choose: (page) => page.setInputFiles("#chooser", GROUP),
    waitFor: (page, selector) =>
      page.waitForFunction(`() => document.querySelector("${selector}") !== null`, { timeout: PATIENCE_MS }),
  },
];

for (const { name, driver, choose, waitFor } of FAMILIES) {
  const skip = driver.unavailable ?? false;
  test(`${name}: 29 faces listed, covered and proved, without a request`, { skip, timeout: 2 * PATIENCE_MS }, async () => {
    const server = await startServer({ root: path("../../dist") });
    const { page, close } = await driver.open();
    try {
      await page.goto(server.url);
      await waitFor(page, "html[data-ready]");
      const loaded = server.requests.length;
      await choose(page);
      await waitFor(page, "#protect");
      assert.equal(await page.evaluate(() => document.querySelectorAll(".faces .face").length), 29);
      await page.evaluate(() => document.querySelector("#protect").click());
      await waitFor(page, "#save");
      assert.equal(server.requests.length, loaded, "requests after the page had loaded");
    } finally {
      await close();
      await server.close();
    }
  });
}
