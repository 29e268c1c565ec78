// The rules of axe-core for WCAG 2.2 AA, with the size of targets, in the page's states, in both directions of writing and both colour
// schemes. What no program can judge is tested elsewhere: the job by keys alone, focus, names that say what happens.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addAxe, violations } from "./axe.mjs";
import { until } from "./reach.mjs";
import { standIn } from "./stand-in.mjs";

/** High enough that nothing lies under the bar with the main action, which depends on how far the page is scrolled. */
const VIEWS = [
  { locale: "en-US", colorScheme: "light", viewport: { width: 1280, height: 2000 } },
  { locale: "ar", colorScheme: "dark", viewport: { width: 360, height: 3000 }, hasTouch: true, isMobile: true },
  { locale: "de-DE", colorScheme: "dark", viewport: { width: 320, height: 3000 } },
];

describe("accessibility", { timeout: 600_000 }, () => {
  const it = standIn();
  let page;

  const load = async (view) => {
    page = await it.ready({ bypassCSP: true, ...view });
    await addAxe(page);
  };
  const { choose } = it;
  const expectNone = async () => assert.deepEqual(await violations(page), []);

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
