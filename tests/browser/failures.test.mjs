// What the page says where something that it needs is missing, forbidden or altered. With the stand-in engine.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { describe, test } from "node:test";
import { until } from "./reach.mjs";
import { standIn } from "./stand-in.mjs";

const NETWORKS = "**/models/{centerface,retinaface}*";

describe("failures", { timeout: 300_000 }, () => {
  const it = standIn();
  let page;

  const load = async (prepare, options) => {
    page = await it.load(options, prepare);
  };
  const ready = async () => {
    page = await it.ready();
  };
  const { choose } = it;

  /** The page's policy without what the pattern matches, as a browser's setting or an extension may have it. */
  const forbid = (pattern, replacement) => (target) =>
    target.route(it.server.url, async (route) => {
      const response = await route.fetch();
      const policy = response.headers()["content-security-policy"].replace(pattern, replacement);
      await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy } });
    });

  for (const { what, prepare, says } of [
    { what: "WebAssembly is missing", prepare: (target) => target.addInitScript(() => delete window.WebAssembly), says: /no WebAssembly, or forbids it/ },
    { what: "WebAssembly is forbidden", prepare: forbid(" 'wasm-unsafe-eval'", ""), says: /no WebAssembly, or forbids it/ },
    { what: "SIMD is missing", prepare: (target) => target.addInitScript(() => (WebAssembly.validate = () => false)), says: /too old: its WebAssembly has no SIMD/ },
    { what: "workers are missing", prepare: (target) => target.addInitScript(() => delete window.Worker), says: /does not start background processes/ },
    { what: "workers are forbidden", prepare: forbid("worker-src 'self' blob:", "worker-src 'none'"), says: /does not start background processes/ },
  ]) {
    test(`${what}: a sentence about that, and nothing about the connection`, async () => {
      await load(prepare);
      await page.getByRole("heading", { name: "could not start" }).waitFor();
      const words = await page.locator("[role=alert]").innerText();
      assert.match(words, says);
      assert.doesNotMatch(words, /connection/i);
    });
  }

  test("JavaScript is off: a sentence in every language, and nothing about the connection", async () => {
    await load(undefined, { javaScriptEnabled: false });
    const languages = (await readdir(new URL("../../www/locales/", import.meta.url))).map((name) => name.replace(".json", ""));
    const html = await (await fetch(it.server.url)).text();
    const noscript = html.match(/<noscript>(.*?)<\/noscript>/s)[1];
    assert.deepEqual([...noscript.matchAll(/lang="(\w+)"/g)].map(([, code]) => code).sort(), languages.sort());
    const words = await page.locator("body").innerText();
    assert.match(words, /needs JavaScript/);
    assert.doesNotMatch(words, /connection/);
  });

  test("a worker that ends without an event: its photo is reported, and the others go on", async () => {
    await ready();
    await choose("end-in-check.jpg", "fine.jpg");
    await until(page, ".tile .state-review", 1);
    assert.match(await page.locator(".refusal").innerText(), /end-in-check\.jpg.*crashed/s);
  });

  test("a worker that ends without an event while it covers: nothing to save, and the decisions stay", async () => {
    await ready();
    await choose("end-in-protect.jpg");
    await page.locator(".switch").nth(2).click();
    await page.click(".protect");
    await page.waitForSelector(".alarm");
    assert.equal(await page.locator(".save").count(), 0);
    assert.equal(await page.locator(".switch").nth(2).getAttribute("aria-checked"), "false");
  });

  test("a network that arrives altered: advice that does not lose the work, and another try", async () => {
    await ready();
    await page.route(NETWORKS, zeros, { times: 2 });
    await choose("fine.jpg");
    await page.click(".thorough input");
    const words = await page.locator(".thorough .alarm").innerText();
    assert.match(words, /arrived altered and is not used\. Try again/);
    assert.doesNotMatch(words, /load the page/i);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.waitForSelector(".thorough .switch-done");
  });

  for (const { what, file, pattern, alarm } of [
    { what: "a network", file: "fine.jpg", pattern: NETWORKS, alarm: ".thorough .alarm" },
    { what: "the module with rare formats", file: "rare.gif", pattern: "**/wasm/tarnkappe_formats*", alarm: ".refusal p" },
  ]) {
    test(`${what} is no longer on the server: copies are to be saved before the page is loaded again`, async () => {
      await ready();
      await page.route(pattern, (route) => route.fulfill({ status: 404 }));
      await choose(file);
      if (file === "fine.jpg") await page.click(".thorough input");
      assert.match(await page.locator(alarm).innerText(), /newer version\. Save your copies first/);
    });
  }
});

/** Answers with zeros in the place of a network. */
function zeros(route) {
  const bytes = route.request().url().includes("centerface") ? 3_656_904 : 848_408;
  return route.fulfill({ body: Buffer.alloc(bytes) });
}
