// Nothing moves by itself while the page and the workshop start, over a slow connection.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { oneBrowser, unavailable } from "./chromium.mjs";

if (unavailable) throw new Error(unavailable);

const WEB = fileURLToPath(new URL("../../dist/web", import.meta.url));
/** What is fetched comes in pieces. */
const SLOW = { offline: false, latency: 100, downloadThroughput: 400_000, uploadThroughput: 100_000 };
/** Until the browser has kept the page's files, or has said that it does not, which changes the words. */
const LATER_MS = 1500;

describe("starting", { timeout: 120_000 }, () => {
  const open = oneBrowser();
  let server;
  before(async () => {
    server = await startServer({ root: WEB });
  });
  after(() => server.close());

  for (const path of ["", "workshop/"]) {
    for (const [viewport, serviceWorkers] of [[{ width: 360, height: 740 }, "allow"], [{ width: 1280, height: 900 }, "block"]]) {
      test(`nothing moves: /${path}, ${viewport.width} pixels wide, service workers: ${serviceWorkers}`, async () => {
        const { page, close } = await open({ viewport, serviceWorkers, locale: "de-DE" });
        const devtools = await page.context().newCDPSession(page);
        await devtools.send("Network.enable");
        await devtools.send("Network.emulateNetworkConditions", SLOW);
        await page.addInitScript(() => {
          window.shifts = [];
          const told = ({ value, sources }) => ({ value, nodes: sources.map(({ node }) => node?.outerHTML?.slice(0, 80)) });
          new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(told))).observe({ type: "layout-shift", buffered: true });
        });
        await page.goto(server.url + path);
        await page.waitForSelector("html[data-ready][data-offline]");
        await page.waitForTimeout(LATER_MS);
        assert.deepEqual(await page.evaluate(() => window.shifts), []);
        await close();
      });
    }
  }
});
