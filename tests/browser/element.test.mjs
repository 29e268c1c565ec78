// <tarnkappe-input> in forms of a partner's website, with the stand-in engine: whatever goes wrong, no photo is sent.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { open, unavailable } from "./chromium.mjs";
import { makePackage, removeRoot } from "./fake/root.mjs";
import { POLICY, filesOf, startPartner } from "./partner.mjs";
import { until } from "./reach.mjs";

if (unavailable) throw new Error(unavailable);

const PHOTO = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
const SCRIPT = '<script type="module" src="/npm/code/tarnkappe.js"></script>';
const form = (inner, attributes = "") => `<form action="/upload" method="post" enctype="multipart/form-data" ${attributes}>${inner}<button>Send</button></form>`;
const INPUT = '<label for="p">Photos</label><tarnkappe-input id="p" name="photos" multiple required></tarnkappe-input><input name="comment">';
/** All bytes that the element costs before a photo is chosen. */
const BUDGET = 15_000;

const PAGES = {
  "/plain": `${SCRIPT}<html lang="en">${form(INPUT)}`,
  "/single": `${SCRIPT}<html lang="en">${form('<tarnkappe-input id="p" name="photo" auto></tarnkappe-input>')}`,
  "/auto": `${SCRIPT}<html lang="en">${form('<tarnkappe-input id="p" name="photos" multiple required auto></tarnkappe-input>')}`,
  "/looked-at": `${SCRIPT}<html lang="en">${form('<tarnkappe-input id="p" name="photos" auto review></tarnkappe-input>')}`,
  "/limits": `${SCRIPT}<html lang="en">${form('<tarnkappe-input id="p" name="photos" multiple auto max-files="2" max-size="200000"></tarnkappe-input>')}`,
  "/novalidate": `${SCRIPT}<html lang="en">${form(INPUT, "novalidate")}`,
  "/fieldset": `${SCRIPT}<html lang="en">${form('<fieldset disabled><tarnkappe-input id="p" name="photos" auto required></tarnkappe-input></fieldset>')}`,
  "/two": `${SCRIPT}<html lang="en">${form('<tarnkappe-input id="p" name="first" auto></tarnkappe-input><tarnkappe-input id="q" name="second" auto></tarnkappe-input>')}`,
  "/fallback": `${SCRIPT}<html lang="en">${form('<tarnkappe-input id="p" name="photos" required>Send the photo by post.</tarnkappe-input>')}`,
  "/twice": `${SCRIPT}<script type="module" src="/npm/code/tarnkappe.js?again"></script><html lang="en">${form('<tarnkappe-input id="p" name="photos" auto></tarnkappe-input>')}`,
  "/dialog": `${SCRIPT}<html lang="en"><dialog id="d">${form(INPUT)}</dialog><script>d.showModal()</script>`,
  "/shadow": `${SCRIPT}<html lang="en"><div id="h"></div><script>h.attachShadow({ mode: "open" }).innerHTML = ${JSON.stringify(form(INPUT))}</script>`,
  "/arabic": `${SCRIPT}<html lang="ar">${form(INPUT)}`,
  "/dark": `${SCRIPT}<html lang="en"><meta name="color-scheme" content="dark">${form(INPUT)}`,
  "/trusted": { html: `${SCRIPT}<html lang="en">${form(INPUT)}`, headers: { "Content-Security-Policy": `${POLICY}; require-trusted-types-for 'script'; trusted-types lit-html tarnkappe` } },
  "/untrusted": { html: `${SCRIPT}<html lang="en">${form(INPUT)}`, headers: { "Content-Security-Policy": `${POLICY}; require-trusted-types-for 'script'; trusted-types lit-html` } },
  "/undrawn": { html: `${SCRIPT}<html lang="en">${form(INPUT)}`, headers: { "Content-Security-Policy": `${POLICY}; require-trusted-types-for 'script'; trusted-types tarnkappe` } },
  "/no-wasm": { html: `${SCRIPT}<html lang="en">${form(INPUT)}`, headers: { "Content-Security-Policy": POLICY.replace("'wasm-unsafe-eval'", "") } },
  "/no-workers": { html: `${SCRIPT}<html lang="en">${form(INPUT)}`, headers: { "Content-Security-Policy": POLICY.replace("worker-src blob:", "worker-src 'none'") } },
};

describe("<tarnkappe-input>", { timeout: 600_000 }, () => {
  let root;
  let partner;
  let page;
  let close;

  before(async () => {
    root = await makePackage();
    const elsewhere = () => ({
      html: `<script type="module" src="/npm/code/tarnkappe.js"></script><html lang="en">${form(`<tarnkappe-input id="p" name="photos" auto assets="${partner.otherUrl}/npm/assets/"></tarnkappe-input>`)}`,
      headers: { "Content-Security-Policy": POLICY.replace("connect-src 'self'", `connect-src 'self' ${partner.otherUrl}`) },
    });
    partner = await startPartner({
      pages: new Proxy(PAGES, { get: (pages, url) => (url === "/elsewhere" ? elsewhere() : pages[url]) }),
      folders: { "/npm/": root },
      headers: { "Access-Control-Allow-Origin": "*" },
    });
    ({ page, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
    page.setDefaultTimeout(30_000);
  });
  after(async () => {
    await close();
    await partner.close();
    await removeRoot(root);
  });
  beforeEach(() => {
    partner.uploads.length = 0;
    partner.state.tamper = () => null;
    page.removeAllListeners("console");
  });

  const visit = (name) => page.goto(`${partner.url}/${name}`);
  const photo = (name) => ({ name, mimeType: "image/jpeg", buffer: PHOTO });
  const choose = (names, id = "p") => page.locator(`#${id} .frame > input[type=file]`).setInputFiles([names].flat().map(photo));
  const send = () => page.getByRole("button", { name: "Send" }).click();
  const sent = async () => {
    await page.waitForURL("**/upload");
    return partner.uploads.at(-1);
  };
  const state = (id = "p") =>
    page.locator(`#${id}`).evaluate((element) => ({
      message: element.validationMessage,
      value: element.value,
      files: [...element.files].map(({ name }) => name),
      valid: element.validity.valid,
      posted: element.form && new FormData(element.form).getAll(element.name).map((each) => each.name),
    }));
  const isValid = (id = "p") => page.waitForFunction((which) => document.getElementById(which).validity.valid, id);
  const says = (words, id = "p") => page.locator(`#${id} .message`, { hasText: words }).waitFor();
  /** Submitting in every way sends no file. */
  async function sendsNothing(id = "p") {
    assert.deepEqual((await state(id)).posted, []);
    await page.locator(`#${id}`).evaluate((element) => element.form.requestSubmit());
    assert.equal(partner.uploads.length, 0, "blocked");
    await page.locator(`#${id}`).evaluate((element) => element.form.submit());
    assert.deepEqual(filesOf(await sent()), []);
  }

  test("costs little before a photo is chosen, and fetches nothing until then", async () => {
    partner.requests.length = 0;
    await visit("plain");
    await page.waitForFunction(() => customElements.get("tarnkappe-input"));
    const scripts = partner.requests.map(({ url }) => url).filter((url) => url.startsWith("/npm/"));
    assert.ok(scripts.every((url) => url.endsWith(".js")), `${scripts}`);
    const bytes = await Promise.all(scripts.map((url) => readFile(path.join(root, url.slice(5)))));
    const size = bytes.reduce((sum, each) => sum + brotliCompressSync(each).length, 0);
    assert.ok(size <= BUDGET, `${size} bytes`);
  });

  test("a person decides, and the form sends the proved copy alone", async () => {
    await visit("plain");
    await choose("holiday few.jpg");
    assert.equal((await state()).valid, false);
    await page.locator("#p dialog .protect").click();
    await page.getByRole("button", { name: "Use this copy" }).click();
    await isValid();
    assert.deepEqual(await state(), { message: "", value: "C:\\fakepath\\photo-1.jpg", files: ["photo-1.jpg"], valid: true, posted: ["photo-1.jpg"] });
    assert.equal(await page.locator("#p dialog").evaluate(({ open }) => open), false);
    await send();
    const files = filesOf(await sent());
    assert.deepEqual(files.map(({ name, filename, type }) => [name, filename, type]), [["photos", "photo-1.jpg", "image/jpeg"]]);
    assert.doesNotMatch(partner.uploads[0].body.toString("latin1"), /holiday/);
  });

  test("several photos, one after the other in the dialog", async () => {
    await visit("plain");
    await choose(["a few.jpg", "b few.jpg"]);
    for (const _ of [1, 2]) {
      await page.locator("#p dialog .protect").click();
      await page.getByRole("button", { name: "Use this copy" }).click();
    }
    await isValid();
    await send();
    assert.deepEqual(filesOf(await sent()).map(({ filename }) => filename), ["photo-1.jpg", "photo-2.jpg"]);
  });

  test("a photo that nobody has decided about is not sent, and the person reads why", async () => {
    await visit("plain");
    await choose("few.jpg");
    await page.locator("#p dialog .protect").waitFor();
    await page.keyboard.press("Escape");
    await send();
    assert.equal((await state()).message, "Decide about each photo, or take it out.");
    await says("Decide about each photo");
    await sendsNothing();
  });

  test("Enter in another field sends nothing while a photo is worked on", async () => {
    await visit("auto");
    await page.evaluate(() => document.forms[0].prepend(Object.assign(document.createElement("input"), { id: "text" })));
    await choose("slow-check.jpg");
    await says("still being worked on");
    await page.locator("#text").press("Enter");
    await sendsNothing();
  });

  for (const [what, place] of [["novalidate", "novalidate"], ["a form in a dialog", "dialog"]]) {
    test(`${what}: nothing is sent before a photo is proved`, async () => {
      await visit(place);
      await choose("slow-check.jpg");
      await page.waitForFunction(() => document.getElementById("p").validationMessage.includes("worked on"));
      assert.deepEqual((await state()).posted, []);
      await page.evaluate(() => document.getElementById("p").form.submit());
      assert.deepEqual(filesOf(await sent()), []);
    });
  }

  test("in a shadow root", async () => {
    await visit("shadow");
    await page.locator("#p .frame > input[type=file]").setInputFiles(photo("slow-check.jpg"));
    await says("still being worked on");
    await page.evaluate(() => document.getElementById("h").shadowRoot.querySelector("form").submit());
    assert.deepEqual(filesOf(await sent()), []);
    partner.uploads.length = 0;
    await visit("shadow");
    await page.locator("#p .frame > input[type=file]").setInputFiles(photo("few.jpg"));
    await page.locator("#p dialog .protect").click();
    await page.getByRole("button", { name: "Use this copy" }).click();
    await page.waitForFunction(() => document.getElementById("h").shadowRoot.getElementById("p").validity.valid);
    await send();
    assert.deepEqual(filesOf(await sent()).map(({ filename }) => filename), ["photo-1.jpg"]);
  });

  test("auto: covered without waiting, sent once even if the button is pressed twice", async () => {
    await visit("auto");
    await choose("few.jpg");
    await isValid();
    await page.getByRole("button", { name: "Send" }).dblclick();
    assert.equal(filesOf(await sent()).length, 1);
  });

  test("sent twice while a photo is worked on: nothing goes out", async () => {
    await visit("auto");
    await choose("slow-check.jpg");
    await says("still being worked on");
    await page.getByRole("button", { name: "Send" }).dblclick();
    await page.evaluate(() => [1, 2].forEach(() => document.forms[0].requestSubmit()));
    assert.equal(partner.uploads.length, 0);
  });

  test("auto review: a copy must be looked at", async () => {
    await visit("looked-at");
    await choose("few.jpg");
    await says("Decide about each photo");
    assert.deepEqual((await state()).posted, []);
    await page.locator("#p .decide").click();
    await page.getByRole("button", { name: "Use this copy" }).click();
    await isValid();
    assert.deepEqual((await state()).posted, ["photo-1.jpg"]);
    await page.locator("#p .decide").click();
    await page.locator("#p dialog").getByRole("button", { name: "Change" }).click();
    await page.locator("#p dialog .protect").click();
    await page.getByRole("button", { name: "Use this copy" }).waitFor();
    await page.keyboard.press("Escape");
    assert.deepEqual((await state()).posted, [], "another copy");
  });

  test("one photo only without `multiple`: another one takes its place", async () => {
    await visit("single");
    await choose("few.jpg");
    await isValid();
    await page.waitForFunction(() => document.getElementById("p").files.length === 1);
    await page.locator("#p").evaluate((element) => {
      window.seen = [];
      element.addEventListener("change", () => window.seen.push([element.checkValidity(), new FormData(element.form).getAll("photo").map(({ name }) => name)]));
    });
    await choose("b few.jpg");
    await page.waitForFunction(() => document.getElementById("p").files[0]?.name === "photo-2.jpg");
    assert.deepEqual((await state()).posted, ["photo-2.jpg"]);
    assert.deepEqual(await page.evaluate(() => window.seen), [[false, []], [true, ["photo-2.jpg"]]], "never an empty form that may be sent");
  });

  test("a proof that fails blocks the form; without the photo it can be used again", async () => {
    await visit("auto");
    await choose(["never-proved.jpg", "few.jpg"]);
    await says("could not be cleaned");
    await page.waitForFunction(() => document.getElementById("p").files.length === 1);
    assert.deepEqual((await state()).posted, []);
    await send();
    assert.equal(partner.uploads.length, 0);
    await page.getByRole("button", { name: "Take out never-proved.jpg" }).click();
    await isValid();
    await send();
    assert.equal(filesOf(await sent()).length, 1);
  });

  for (const name of ["crash-in-check.jpg", "crash-in-protect.jpg", "end-in-check.jpg", "end-in-protect.jpg"]) {
    test(`${name}: nothing is sent, and without the photo the form can be used again`, async () => {
      await visit("auto");
      await choose(name);
      await page.locator("#p .message.alarm").waitFor();
      await sendsNothing();
      await visit("auto");
      await choose([name, "few.jpg"]);
      await page.locator("#p .message.alarm").waitFor();
      await page.getByRole("button", { name: `Take out ${name}` }).click();
      await isValid();
      await send();
      assert.equal(filesOf(await sent()).length, 1);
    });
  }

  test("a file that is no picture blocks the form with its reason until it is taken out", async () => {
    await visit("auto");
    await page.locator("#p .frame > input[type=file]").setInputFiles({ name: "x.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
    await page.locator("#p .row", { hasText: "not a picture" }).waitFor();
    assert.equal((await page.locator("#p").evaluate(({ validity }) => validity.badInput)), true);
    await page.getByRole("button", { name: "Take out x.pdf" }).click();
    await choose("few.jpg");
    await isValid();
  });

  test("reset while working, and after", async () => {
    await visit("auto");
    for (const name of ["slow-check.jpg", "few.jpg"]) {
      await choose(name);
      await (name.startsWith("slow") ? says("still being worked on") : isValid());
      await page.evaluate(() => document.forms[0].reset());
      assert.deepEqual(await state(), { message: "Choose a photo first.", value: "", files: [], valid: false, posted: [""] });
      assert.equal(await page.locator("#p .row").count(), 0);
    }
    await choose("few.jpg");
    await isValid();
  });

  test("reset while the program is loaded", async () => {
    await visit("auto");
    let go;
    partner.state.tamper = (url) => (url.includes("worker") ? new Promise((resolve) => (go = () => resolve(null))) : null);
    await choose("few.jpg");
    await says("Loading what is needed");
    await page.evaluate(() => document.forms[0].reset());
    while (go === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    go();
    await page.waitForTimeout(500);
    assert.deepEqual((await state()).posted, [""]);
    assert.equal(await page.locator("#p .row").count(), 0);
    await choose("few.jpg");
    await isValid();
  });

  for (const [what, place, again] of [
    ["another choice while the program is loaded", "single", () => undefined],
    ["a choice after a reset while the program is loaded", "single", () => document.forms[0].reset()],
  ]) {
    test(`${what} keeps the form waiting`, async () => {
      await visit(place);
      let go;
      partner.state.tamper = (url) => (url.includes("worker") ? new Promise((resolve) => (go = () => resolve(null))) : null);
      await choose("a few.jpg");
      await says("Loading what is needed");
      await page.evaluate(again);
      await choose("b few.jpg");
      await says("Loading what is needed");
      assert.deepEqual((await state()).posted, []);
      assert.equal((await state()).valid, false);
      while (go === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      go();
      await isValid();
      assert.deepEqual((await state()).posted, ["photo-1.jpg"]);
    });
  }

  test("moved while working: goes on, in the new form", async () => {
    await visit("auto");
    await choose("few.jpg");
    await page.evaluate(() => {
      const other = document.body.appendChild(document.forms[0].cloneNode(false));
      other.id = "other";
      other.append(document.getElementById("p"), Object.assign(document.createElement("button"), { textContent: "Other" }));
    });
    await isValid();
    await page.getByRole("button", { name: "Other" }).click();
    assert.equal(filesOf(await sent()).length, 1);
  });

  test("removed while working: everything ends, and the form sends nothing of it", async () => {
    await visit("auto");
    await choose("slow-check.jpg");
    await says("still being worked on");
    await page.evaluate(async () => {
      window.kept = document.getElementById("p");
      window.kept.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    assert.equal(await page.evaluate(() => window.kept.files.length), 0);
    await page.evaluate(() => document.forms[0].append(window.kept));
    await choose("few.jpg");
    await isValid();
    await send();
    assert.equal(filesOf(await sent()).length, 1);
  });

  test("removed while the program is loaded: no worker is left", async () => {
    await visit("auto");
    let go;
    partner.state.tamper = (url) => (url.includes("/wasm/") ? new Promise((resolve) => (go = () => resolve(null))) : null);
    await choose("few.jpg");
    await says("Loading what is needed");
    while (go === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    await page.evaluate(() => document.getElementById("p").remove());
    await page.waitForTimeout(100);
    const begun = page.workers().length;
    go();
    const deadline = Date.now() + 5_000;
    while (page.workers().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([begun > 0, page.workers().length], [true, 0]);
  });

  test("two elements, one of which is not ready", async () => {
    await visit("two");
    await choose("few.jpg", "p");
    await choose("slow-check.jpg", "q");
    await isValid("p");
    await send();
    assert.equal(partner.uploads.length, 0);
    await page.getByRole("button", { name: "Take out slow-check.jpg" }).click();
    await choose("b few.jpg", "q");
    await page.waitForFunction(() => document.getElementById("q").files.length === 1 && document.getElementById("q").validity.valid);
    await send();
    assert.deepEqual(filesOf(await sent()).map(({ name }) => name), ["first", "second"]);
  });

  test("the script loaded twice", async () => {
    const errors = [];
    page.on("pageerror", (error) => errors.push(error));
    await visit("twice");
    await choose("few.jpg");
    await isValid();
    assert.deepEqual(errors, []);
  });

  test("a disabled fieldset: nothing can be chosen, nothing is required", async () => {
    await visit("fieldset");
    assert.equal(await page.locator("#p .choose").isDisabled(), true);
    await page.locator("#p").evaluate((element, bytes) => element.add([new File([new Uint8Array(bytes)], "few.jpg")]), [...PHOTO.subarray(0, 99)]);
    assert.equal(await page.locator("#p").evaluate(({ willValidate }) => willValidate), false);
    assert.deepEqual((await state()).files, []);
    await page.evaluate(() => (document.querySelector("fieldset").disabled = false));
    await choose("few.jpg");
    await isValid();
    await page.evaluate(() => (document.querySelector("fieldset").disabled = true));
    assert.deepEqual((await state()).posted, []);
  });

  test("limits, and taking out what is too much", async () => {
    await visit("limits");
    await choose(["a few.jpg", "b few.jpg", "c few.jpg"]);
    await says("The limit is 2");
    assert.deepEqual((await state()).posted, []);
    await page.getByRole("button", { name: "Take out c few.jpg" }).click();
    await isValid();
    await page.locator("#p").evaluate((element) => element.setAttribute("max-size", "1000"));
    await says("A copy is too large");
    assert.deepEqual((await state()).posted, []);
  });

  test("a drop is taken in, and more events come than a native input has", async () => {
    await visit("auto");
    const events = await page.locator("#p").evaluate(async (element, bytes) => {
      const seen = [];
      for (const name of ["input", "change", "tarnkappe-report", "tarnkappe-protected"]) element.addEventListener(name, (event) => seen.push([name, event.detail?.file?.name ?? event.detail?.report?.schema]));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(bytes)], "few.jpg", { type: "image/jpeg" }));
      element.shadowRoot.querySelector(".frame").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      while (!element.validity.valid) await new Promise((resolve) => setTimeout(resolve, 20));
      element.form.reset();
      return seen;
    }, [...PHOTO]);
    assert.deepEqual(events, [["tarnkappe-report", 2], ["tarnkappe-protected", "photo-1.jpg"], ["input", undefined], ["change", undefined]]);
  });

  test("what happens inside is not heard by the page, which may upload what is dropped on it", async () => {
    await visit("auto");
    await page.evaluate(() => {
      window.heard = [];
      for (const name of ["drop", "dragenter", "dragover", "dragleave", "input", "click"]) document.addEventListener(name, () => window.heard.push(name));
      const frame = document.getElementById("p").shadowRoot.querySelector(".frame");
      const options = { bubbles: true, composed: true, cancelable: true };
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.of(0xff, 0xd8, 0xff)], "few.jpg", { type: "image/jpeg" }));
      for (const isDisabled of [true, false]) {
        document.getElementById("p").disabled = isDisabled;
        for (const name of ["dragenter", "dragover", "dragleave", "drop"]) frame.firstChild.dispatchEvent(new DragEvent(name, { ...options, dataTransfer }));
      }
      frame.querySelector("dialog").dispatchEvent(new InputEvent("input", options));
    });
    assert.deepEqual(await page.evaluate(() => window.heard.splice(0)), []);
    await isValid();
    assert.deepEqual((await state()).posted, ["photo-1.jpg"]);
    assert.deepEqual(await page.evaluate(() => window.heard), ["input"]); // That of the element itself.
  });

  test("no global variables", async () => {
    await visit("auto");
    const before = await page.evaluate(() => Object.getOwnPropertyNames(window));
    await choose("few.jpg");
    await isValid();
    const after = await page.evaluate(() => Object.getOwnPropertyNames(window));
    assert.deepEqual(after.filter((name) => !before.includes(name) && !/^[a-z]$/.test(name)), []);
  });

  test("language, direction and colours are the page's", async () => {
    await visit("arabic");
    assert.equal(await page.locator("#p .frame").evaluate(({ dir }) => dir), "rtl");
    await page.evaluate(() => (document.documentElement.lang = "de"));
    await page.locator("#p .choose", { hasText: "Fotos auswählen" }).waitFor();
    const ground = () => page.locator("#p .frame").evaluate((frame) => getComputedStyle(frame).backgroundColor);
    const light = await ground();
    await visit("dark");
    assert.notEqual(await ground(), light);
    await page.locator("#p").evaluate((element) => element.style.setProperty("--tk-surface", "rgb(1, 2, 3)"));
    assert.equal(await ground(), "rgb(1, 2, 3)");
  });

  test("trusted types", async () => {
    await visit("trusted");
    await choose("few.jpg");
    await page.locator("#p dialog .protect").click();
    await page.getByRole("button", { name: "Use this copy" }).click();
    await isValid();
    assert.deepEqual((await state()).posted, ["photo-1.jpg"]);
  });

  for (const [place, directive] of [["no-wasm", "wasm-unsafe-eval"], ["no-workers", "worker-src"], ["untrusted", "trusted-types"], ["undrawn", "trusted-types"]]) {
    test(`a policy without ${directive} is named in the console, and the person reads that nothing was sent`, async () => {
      const errors = [];
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      await visit(place);
      await choose("few.jpg");
      await says("does not let the program run");
      assert.ok(errors.some((text) => text.startsWith("<tarnkappe-input>") && text.includes(directive)), `${errors}`);
      await sendsNothing();
    });
  }

  for (const [what, pattern, answer] of [
    ["a network is missing", /yunet/, 404],
    ["a network is altered", /yunet/, Buffer.from("altered")],
    ["the WebAssembly is altered", /\.wasm$/, Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0])],
    ["the workers' code is altered", /worker-/, Buffer.from("altered")],
    ["the assets are not there", /assets/, 503],
    ["the connection breaks", /assets/, "broken"],
    ["the desk is not there", /desk-/, 404],
  ]) {
    test(`${what}: nothing is sent, and it can be tried again`, async () => {
      await visit("auto");
      partner.state.tamper = (url) => (pattern.test(url) ? answer : null);
      await choose("few.jpg");
      await says("could not be loaded. Nothing was sent.");
      assert.deepEqual((await state()).posted, []);
      await send();
      assert.equal(partner.uploads.length, 0);
      partner.state.tamper = () => null;
      await page.locator("#p .frame > .bar .again").click();
      await isValid();
      assert.deepEqual((await state()).posted, ["photo-1.jpg"]);
    });
  }

  test("its own script is not there: nothing is sent, and the words inside are shown", async () => {
    partner.state.tamper = (url) => (url.endsWith("/tarnkappe.js") ? 404 : null);
    await visit("fallback");
    assert.equal(await page.locator("#p").isVisible(), true);
    await send();
    assert.deepEqual((await sent()).parts, []);
    partner.state.tamper = () => null;
    await visit("fallback");
    await page.waitForFunction(() => document.getElementById("p").matches(":defined"));
    assert.equal(await page.getByText("by post").evaluate((element) => element.checkVisibility() && element.innerText.includes("post")), false);
  });

  test("assets from another origin", async () => {
    await visit("elsewhere");
    partner.requests.length = 0;
    await choose("few.jpg");
    await page.waitForFunction(() => document.getElementById("p").files.length === 1);
    await isValid();
    await send();
    assert.equal(filesOf(await sent()).length, 1);
  });
});
