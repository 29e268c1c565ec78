// What the page says about itself: its requests, its policy and its files. With the stand-in engine.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { standIn } from "./stand-in.mjs";

describe("check it yourself", { timeout: 300_000 }, () => {
  const it = standIn();
  let page;

  const visit = async (serviceWorkers, prepare) => {
    page = await it.ready({ serviceWorkers }, prepare);
    await page.waitForSelector("html[data-offline]");
  };
  const choose = async (name) => {
    await it.choose(name);
    await page.waitForSelector(".protect");
  };

  test("no request is counted over a whole job, another language and the checks themselves", async () => {
    await visit("allow");
    await choose("fine.jpg");
    await page.click(".protect");
    await page.waitForSelector(".save");
    await page.locator("header select").selectOption("Deutsch");
    await page.waitForSelector("html[lang=de]");
    await page.click(".check-it");
    await page.waitForSelector("dialog[open]");
    assert.match(await page.locator("dialog[open]").innerText(), /0 Anfragen/);
    await page.click("dialog .close");
    assert.match(await page.locator(".requests").innerText(), /^0 Anfragen/);
  });

  test("requests are counted, and named", async () => {
    await visit("allow");
    await choose("fine.jpg");
    await page.click(".thorough input");
    await page.waitForSelector(".thorough .switch-done");
    await page.getByText("2 requests since the page was ready.").waitFor();
    await page.click(".check-it");
    const named = (await page.locator("dialog .requested").innerText()).split("\n");
    assert.deepEqual(named.map((url) => url.replace(/.*models\/|-\w{8}\.packed$/g, "")).sort(), ["centerface", "retinaface_mobilenet025"]);
  });

  test("the policy and the hashes of all files are shown", async () => {
    await visit("allow");
    await page.click(".check-it");
    await page.locator("dialog summary").click();
    const sums = await readFile(path.join(it.root, "SHA256SUMS.txt"), "utf8");
    assert.equal((await page.locator("dialog .hashes").textContent()).trim(), sums.trim());
    const words = await page.locator("dialog").innerText();
    assert.match(words, /default-src 'none'/);
    assert.ok(words.includes(createHash("sha256").update(sums).digest("hex")));
  });

  test("without the list, that is said; and a page that came unencrypted says so", async () => {
    await visit("block", async (target) => {
      await target.route("**/SHA256SUMS.txt", (route) => route.abort());
      await target.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false }));
    });
    await page.click(".check-it");
    const words = await page.locator("dialog").innerText();
    assert.match(words, /could not be loaded/);
    assert.match(words, /unencrypted connection/);
  });

  test("the dialog takes the focus, and gives it back", async () => {
    await visit("allow");
    await page.click(".check-it");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "detached" });
    const focused = await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.className);
    assert.match(focused, /check-it/);
  });
});
