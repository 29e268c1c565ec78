// The main job in the other two browser families, with the real engine; requests are counted by the server.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import * as firefox from "./firefox.mjs";
import { askedFor, reach } from "./reach.mjs";
import * as webkit from "./webkit.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PHOTOS = [
  { name: "a group", file: path("../photos/solvay_1927.jpg"), faces: 29 },
  // Both decode AVIF, and only one of them would turn it.
  { name: "an AVIF that is to be turned", file: path("../photos/astronaut_turned.avif"), faces: 1 },
];
const PATIENCE_MS = 240_000;

/** What the two drivers do differently. */
const FAMILIES = [
  {
    name: "Firefox",
    driver: firefox,
    choose: async (page, file) => (await page.$("#chooser")).uploadFile(file),
    waitFor: (page, selector) => page.waitForFunction(`deepAll("${selector}").length > 0`, { timeout: PATIENCE_MS }),
  },
  {
    name: "WebKitGTK",
    driver: webkit,
    choose: (page, file) => page.setInputFiles("#chooser", file),
    waitFor: (page, selector) => page.waitForFunction(`() => deepAll("${selector}").length > 0`, { timeout: PATIENCE_MS }),
  },
];

for (const { family, photo } of FAMILIES.flatMap((family) => PHOTOS.map((photo) => ({ family, photo })))) {
  const { name, driver, choose, waitFor } = family;
  const skip = driver.unavailable ?? false;
  test(`${name}: ${photo.name}: every face listed, covered and proved, without a request`, { skip, timeout: 2 * PATIENCE_MS }, async () => {
    const server = await startServer({ root: path("../../dist/web") });
    const { page, close } = await driver.open();
    try {
      await page.goto(server.url);
      await page.evaluate(reach);
      await waitFor(page, "html[data-ready][data-offline]");
      const loaded = server.requests.length;
      await choose(page, photo.file);
      await waitFor(page, ".protect");
      assert.equal(await page.evaluate(() => deepAll(".faces .face").length), photo.faces);
      await waitFor(page, "canvas.covers:not([hidden])");
      await page.evaluate(() => deepAll(".protect")[0].click());
      await waitFor(page, ".save");
      assert.deepEqual(askedFor(server.requests.slice(loaded)), [], "requests after the page had loaded");
    } finally {
      await close();
      await server.close();
    }
  });
}
