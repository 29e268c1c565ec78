// The rules of axe-core for WCAG 2.2 AA, with the size of targets, in the page's states, in both directions of writing and both colour
// schemes. What no program can judge is tested elsewhere: the job by keys alone, focus, names that say what happens.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, afterEach, before, describe, test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { reach, until } from "./reach.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** High enough that nothing lies under the bar with the main action, which depends on how far the page is scrolled. */
const VIEWS = [
  { locale: "en-US", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { locale: "ar", colorScheme: "dark", viewport: { width: 360, height: 3000 }, hasTouch: true, isMobile: true },
  { locale: "de-DE", colorScheme: "dark", viewport: { width: 320, height: 3000 } },
];

if (unavailable) throw new Error(unavailable);

/** Runs in the page. */
async function violations(tags) {
  const rules = { "target-size": { enabled: true } };
  const { violations: found } = await axe.run(document, { runOnly: { type: "tag", values: tags }, rules });
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(" ")}: ${failureSummary}`));
}

describe("accessibility", { timeout: 600_000 }, () => {
  let root;
  let server;
  let picture;
  let page;
  let close;

  before(async () => {
    root = await makeRoot();
    server = await startServer({ root });
    picture = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
  });
  after(async () => {
    await server.close();
    await removeRoot(root);
  });
  afterEach(() => close());

  const load = async (view) => {
    ({ page, close } = await open({ bypassCSP: true, ...view }));
    await page.addInitScript(reach);
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
    await page.addScriptTag({ path: AXE });
  };
  const choose = (...names) => page.setInputFiles("#chooser", names.map((name) => ({ name, mimeType: "image/jpeg", buffer: picture })));
  const expectNone = async () => assert.deepEqual(await page.evaluate(violations, TAGS), []);

  for (const view of VIEWS) {
    const where = `${view.locale}, ${view.colorScheme}, ${view.viewport.width} px`;

    test(`start and the dialog about the page: ${where}`, async () => {
      await load(view);
      await expectNone();
      await page.locator(".check-it").first().click();
      await expectNone();
    });

    test(`review, adjusting and result: ${where}`, async () => {
      await load(view);
      await choose("few.jpg");
      await page.waitForSelector(".protect");
      await expectNone();
      await page.locator(".add-area").first().click();
      await expectNone();
      await page.locator(".protect").click();
      await page.waitForSelector(".verdict");
      await expectNone();
    });

    test(`many photos, and one that cannot be opened: ${where}`, async () => {
      await load(view);
      await choose("few.jpg", "fine.jpg", "none.jpg", "crash-in-check.jpg");
      await until(page, ".tile", 3);
      await page.waitForSelector(".refusal");
      await expectNone();
    });
  }
});
