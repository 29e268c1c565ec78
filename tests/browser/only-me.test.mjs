// Looking for oneself in the other photos, with the stand-in engine.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addAxe, violations } from "./axe.mjs";
import { until } from "./reach.mjs";
import { DESK, PHONE, standIn } from "./stand-in.mjs";

describe("looking for oneself", { timeout: 240_000 }, () => {
  const it = standIn();
  const part = (selector) => it.page.locator(`tk-only-me ${selector}`);
  const recognisers = () => it.server.requests.filter(({ url }) => url.includes("face_recognition")).length;
  const focused = () => it.page.evaluate(() => window.deepActive().className);

  /** Three photos, in the first of which the person has said who they are; the dialog is open. */
  async function opened(options) {
    const page = await it.ready(options);
    await it.choose("few-1.jpg", "few-2.jpg", "few-3.jpg");
    await until(page, ".state-review", 3);
    assert.equal(await page.locator(".look-for-me").count(), 0);
    await page.click(".only-open");
    await page.locator(".switch").nth(1).click();
    await page.focus(".look-for-me");
    await page.evaluate(() => [1, 2].forEach(() => window.deepAll(".look-for-me")[0].click())); // In a hurry, twice.
    await page.waitForSelector("tk-only-me dialog[open]");
    assert.equal(await page.locator("tk-only-me").count(), 1);
    return page;
  }

  async function compared(options) {
    const page = await opened(options);
    await part(".recogniser input").click();
    await part(".look").click();
    await part(".choice").waitFor();
    return page;
  }

  const openFaces = async (photo) => {
    await it.page.locator(".tile").nth(photo - 1).click();
    await it.page.waitForFunction((photo) => window.deepAll(".tile")[photo - 1].getAttribute("aria-current") === "true", photo);
    return it.page.locator(".switch").evaluateAll((all) => all.flatMap((each, at) => (each.ariaChecked === "false" ? [at] : [])));
  };

  test("fetches the recogniser only once the person agrees, and opens nothing by itself", async () => {
    const before = recognisers();
    const page = await opened(DESK);
    assert.deepEqual([recognisers(), await part(".look").count()], [before, 0]);
    await part(".recogniser input").click();
    await part(".look").click();
    await part(".choice").waitFor();
    assert.equal(recognisers(), before + 1);
    assert.match(await part("dialog").innerText(), /errs both ways/);
    assert.match(await part("dialog").innerText(), /Left open: 0 of 2/);
    await part(".close").click();
    await until(page, "tk-only-me", 0);
    assert.deepEqual(await openFaces(2), []);
  });

  test("all can be left open once all were shown, and be covered again; by keys alone", async () => {
    const page = await compared(DESK);
    assert.equal(await part(".open-all").getAttribute("aria-disabled"), "true");
    await part(".next").focus();
    await page.keyboard.press("Enter");
    await part(".open-all[aria-disabled=false]").waitFor();
    assert.match(await part("dialog").innerText(), /Face 2 of 2: is this you\?/);
    await part(".open-all").focus();
    await page.keyboard.press("Enter");
    await part("dialog").getByText("Left open: 2 of 2").waitFor();
    assert.match(await focused(), /open-all/);
    await part(".take-back").click();
    await part("dialog").getByText("Left open: 0 of 2").waitFor();
    await part(".choice .open").click();
    await part("dialog").getByText("Left open: 1 of 2").waitFor();
    await page.keyboard.press("Escape");
    await until(page, "tk-only-me", 0);
    assert.match(await focused(), /look-for-me/);
    assert.deepEqual([await openFaces(2), await openFaces(3)], [[], [1]]);
  });

  test("forgets what it found when the recogniser is switched off, and when the dialog is left", async () => {
    const page = await compared(DESK);
    await part(".recogniser input").click();
    await until(page, "tk-only-me .choice", 0);
    await part(".recogniser input").click();
    await part(".look").waitFor();
    await part(".close").click();
    await page.click(".look-for-me");
    await part(".look").waitFor();
    assert.equal(await part(".choice").count(), 0);
  });

  test("fits a phone from right to left, and breaks no rule of accessibility", async () => {
    const page = await compared({ ...PHONE, locale: "ar", bypassCSP: true });
    const { width, content } = await page.evaluate(() => {
      const box = window.deepAll("tk-only-me dialog")[0] ?? window.deepAll("dialog[open]")[0];
      return { width: box.clientWidth, content: box.scrollWidth };
    });
    assert.ok(content <= width, `${content} of ${width}`);
    await addAxe(page);
    const ofDialog = (await violations(page)).filter((each) => each.includes("tk-only-me"));
    assert.deepEqual(ofDialog, []);
  });
});
