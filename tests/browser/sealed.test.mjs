// The sealed mode: the page at one origin, the frame in which photos are worked on at another one. With the stand-in engine.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { open, unavailable } from "./chromium.mjs";
import { makeEmbed, makePackage, removeRoot } from "./fake/root.mjs";
import { EXAMPLES } from "./examples.mjs";
import { POLICY, filesOf, startPartner } from "./partner.mjs";

if (unavailable) throw new Error(unavailable);

const PHOTO = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
const EXAMPLE = await readFile(`${EXAMPLES}/sealed/index.html`, "utf8");

describe("the sealed mode", { timeout: 300_000 }, () => {
  let npm;
  let embed;
  let host;
  let partner;
  let page;
  let close;

  before(async () => {
    [npm, embed] = [await makePackage(), await makeEmbed()];
    host = await startPartner({ folders: { "/embed/": embed } });
    const of = (src) => ({ html: EXAMPLE.replace("https://photos.example/embed/", src), headers: { "Content-Security-Policy": `${POLICY}; frame-src ${host.url} 'self'` } });
    const pages = { "/sealed": of(`${host.url}/embed/`), "/same": of("/tarnkappe/"), "/nobody": of(`${host.url}/nothing/`), "/nonsense": of("javascript:alert(1)") };
    partner = await startPartner({ pages, folders: { "/tarnkappe/": npm } });
    ({ page, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
    page.setDefaultTimeout(15_000);
  });
  after(async () => {
    await close();
    await Promise.all([partner.close(), host.close(), removeRoot(npm), removeRoot(embed)]);
  });
  beforeEach(() => {
    partner.uploads.length = 0;
    host.state.frameAncestors = partner.url;
  });

  const frame = () => page.frameLocator("tarnkappe-input iframe");
  const choose = (name) => frame().locator(".frame > input[type=file]").setInputFiles({ name, mimeType: "image/jpeg", buffer: PHOTO });
  const isValid = () => page.waitForFunction(() => document.querySelector("tarnkappe-input").validity.valid);
  const send = () => page.getByRole("button", { name: "Send" }).click();

  test("a person decides in the frame, which fills the window meanwhile, and the form sends the copy", async () => {
    await page.goto(`${partner.url}/sealed`);
    await choose("holiday few.jpg");
    const protect = frame().locator(".protect");
    await protect.waitFor();
    const size = () => page.locator("tarnkappe-input iframe").evaluate((each) => [each.clientWidth, each.clientHeight]);
    await page.waitForFunction(() => document.querySelector("tarnkappe-input").shadowRoot.querySelector("iframe").clientHeight >= 900);
    assert.deepEqual(await size(), [1280, 900]);
    await page.evaluate(() => document.forms[0].requestSubmit());
    assert.equal(partner.uploads.length, 0);
    await protect.click();
    await frame().getByRole("button", { name: "Use this copy" }).click();
    await isValid();
    await page.waitForFunction(() => document.querySelector("tarnkappe-input").shadowRoot.querySelector("iframe").clientHeight < 400);
    await send();
    await page.waitForURL("**/upload");
    assert.deepEqual(filesOf(partner.uploads[0]).map(({ name, filename }) => [name, filename]), [["photos", "photo-1.jpg"]]);
    assert.doesNotMatch(partner.uploads[0].body.toString("latin1"), /holiday/);
  });

  test("the page around gets nothing but copies, and cannot look into the frame", async () => {
    await page.addInitScript(() => {
      window.heard = [];
      addEventListener("message", (event) => window.heard.push(event.data));
    });
    await page.goto(`${partner.url}/sealed`);
    await page.evaluate(() => document.addEventListener("tarnkappe-report", () => window.heard.push("report")));
    await choose("slow-check.jpg");
    await page.waitForFunction(() => document.querySelector("tarnkappe-input").validationMessage.includes("worked on"));
    const seen = await page.evaluate(() => {
      const element = document.querySelector("tarnkappe-input");
      let inside = "closed";
      try {
        inside = element.shadowRoot.querySelector("iframe").contentWindow.document.body.innerHTML;
      } catch {}
      return { inside, heard: window.heard, files: element.files.length, posted: new FormData(document.forms[0]).getAll("photos").length };
    });
    assert.deepEqual(seen, { inside: "closed", heard: [], files: 0, posted: 0 });
  });

  test("once a photo is worked on, the frame can ask for nothing", async () => {
    await page.goto(`${partner.url}/sealed`);
    await choose("few.jpg");
    await frame().locator(".protect").waitFor();
    const inner = page.frames().find((each) => each.url().includes("/embed/"));
    assert.equal(await inner.evaluate(() => fetch("/embed/index.html").then(() => "fetched", () => "refused")), "refused");
    assert.equal(await inner.evaluate(() => new Promise((resolve) => {
      const worker = new Worker(URL.createObjectURL(new Blob(["fetch(location.origin + '/embed/').then(() => postMessage('fetched'), () => postMessage('refused'))"])));
      worker.onmessage = ({ data }) => resolve(data);
    })), "refused");
  });

  test("reset, and choosing again", async () => {
    await page.goto(`${partner.url}/sealed`);
    await choose("few.jpg");
    await frame().locator(".protect").click();
    await frame().getByRole("button", { name: "Use this copy" }).click();
    await isValid();
    await page.evaluate(() => document.forms[0].reset());
    await frame().locator(".row").waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => [document.querySelector("tarnkappe-input").files.length, document.querySelector("tarnkappe-input").validity.valueMissing]), [0, true]);
    await choose("b few.jpg");
    await frame().locator(".protect").click();
    await frame().getByRole("button", { name: "Use this copy" }).click();
    await isValid();
  });

  for (const place of ["same", "nonsense"]) {
    test(`${place}: a src that is not of another origin is refused`, async () => {
      await page.goto(`${partner.url}/${place}`);
      await page.locator("tarnkappe-input .message", { hasText: "could not be loaded" }).waitFor();
      await send();
      assert.equal(partner.uploads.length, 0);
    });
  }

  for (const [what, place, ancestors] of [["a page that is not there", "nobody", null], ["a host that does not allow this page", "sealed", "'none'"]]) {
    test(`${what}: nothing can be chosen, nothing is sent, and the person reads it`, async () => {
      host.state.frameAncestors = ancestors;
      await page.goto(`${partner.url}/${place}`);
      await page.locator("tarnkappe-input .message", { hasText: "could not be loaded" }).waitFor({ timeout: 30_000 });
      await send();
      assert.equal(partner.uploads.length, 0);
    });
  }
});
