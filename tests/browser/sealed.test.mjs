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
/** Beside `frame-ancestors`, what docs/embedding.md tells hosts to send. */
const HEADERS = { "Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff" };
const GREETING = "tarnkappe-sealed-1";
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
    host = await startPartner({ headers: HEADERS, folders: { "/embed/": embed }, pages: { "/stranger": { html: "", headers: { "Content-Security-Policy": "script-src 'unsafe-eval'" } } } });
    const of = (src) => ({ html: EXAMPLE.replace("https://photos.example/embed/", src), headers: { "Content-Security-Policy": `${POLICY}; frame-src ${host.url} 'self'` } });
    const bare = { html: `<iframe src="${host.url}/embed/"></iframe><iframe src="http://localhost:${new URL(host.url).port}/stranger"></iframe>`, headers: { "Content-Security-Policy": "script-src 'unsafe-eval'" } };
    const pages = { "/bare": bare, "/sealed": of(`${host.url}/embed/`), "/same": of("/tarnkappe/"), "/nobody": of(`${host.url}/nothing/`), "/nonsense": of("javascript:alert(1)") };
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

  test("moved within the page: the frame has lost what was chosen, and the person reads that", async () => {
    await page.goto(`${partner.url}/sealed`);
    await choose("few.jpg");
    await frame().locator(".protect").click();
    await frame().getByRole("button", { name: "Use this copy" }).click();
    await isValid();
    await page.evaluate(() => document.forms[0].prepend(document.querySelector("tarnkappe-input")));
    await page.locator("tarnkappe-input .message", { hasText: "Photos are not remembered" }).waitFor();
    assert.deepEqual(await page.evaluate(() => [document.querySelector("tarnkappe-input").files.length, new FormData(document.forms[0]).getAll("photos").filter(({ size }) => size > 0).length]), [0, 0]);
    await choose("b few.jpg");
    await frame().locator(".protect").click();
    await frame().getByRole("button", { name: "Use this copy" }).click();
    await isValid();
    await send();
    await page.waitForURL("**/upload");
    assert.equal(filesOf(partner.uploads[0]).length, 1);
  });

  test("a window that is not the frame is not believed, and the frame believes nobody but the page around", async () => {
    await page.goto(`${partner.url}/sealed`);
    await page.waitForFunction(() => document.querySelector("tarnkappe-input").validity.valueMissing);
    const forged = await page.evaluate(async (greeting) => {
      const element = document.querySelector("tarnkappe-input");
      const { contentWindow } = element.shadowRoot.querySelector("iframe");
      const original = new File(["original"], "original.jpg");
      const { port1, port2 } = new MessageChannel();
      let answers = 0;
      port1.onmessage = () => (answers += 1);
      window.postMessage({ kind: "standing", copies: [original], problem: null }, "*", [port2]);
      const again = new MessageChannel();
      again.port1.onmessage = () => (answers += 1);
      contentWindow.postMessage(greeting, "*", [again.port2]); // It has a channel.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { files: element.files.length, answers };
    }, GREETING);
    assert.deepEqual(forged, { files: 0, answers: 0 });
  });

  test("a frame listens to the window around it only, and only to attributes that are meant for it", async () => {
    await page.goto(`${partner.url}/bare`);
    const inner = page.frames().find((each) => each.url().includes("/embed/"));
    const greet = (target) => [`(${target}).postMessage(${JSON.stringify(GREETING)}, "*", [channel.port2])`, target];
    const answered = (where, [code]) =>
      where.evaluate(async (act) => {
        const channel = new MessageChannel();
        window.channel = channel;
        const answer = new Promise((resolve) => (channel.port1.onmessage = () => resolve(true)));
        new Function("channel", act)(channel);
        return Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 300, false))]);
      }, code);
    assert.equal(await answered(inner, greet("window")), false, "from itself");
    const other = page.frames().find((each) => each.url().includes("/stranger"));
    assert.equal(await answered(other, greet("parent.frames[0]")), false, "from a frame beside it");
    assert.equal(await answered(page.mainFrame(), greet("frames[0]")), true, "from the page around");
    await page.evaluate(() => {
      const attributes = { auto: "", assets: "https://evil.example/", sealed: "", src: "https://evil.example/", onclick: "fetch('/')", name: "x" };
      window.channel.port1.postMessage({ kind: "wishes", attributes, language: "de", disabled: false, scheme: "light" });
    });
    await inner.waitForFunction(() => document.querySelector("tarnkappe-input").auto);
    assert.deepEqual(await inner.evaluate(() => document.querySelector("tarnkappe-input").getAttributeNames()), ["auto"]);
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
