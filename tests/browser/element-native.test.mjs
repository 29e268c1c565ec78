// <tarnkappe-input> beside <input type="file">, each row of the table in docs/embedding.md. With the stand-in engine.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { open, unavailable } from "./chromium.mjs";
import { makePackage, removeRoot } from "./fake/root.mjs";
import { filesOf, startPartner } from "./partner.mjs";

if (unavailable) throw new Error(unavailable);

const PHOTO = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
const DOCS = await readFile(new URL("../../docs/embedding.md", import.meta.url), "utf8");
const SCRIPT = '<script type="module" src="/npm/code/tarnkappe.js"></script>';
const IDS = ["native", "ours"];

/** A form with both, which have the same attributes. */
const pair = (attributes = "", { of = "", wrap = (inner) => inner } = {}) => `
  <form id="f" action="/upload" method="post" enctype="multipart/form-data" ${of}>
    ${wrap(`<input type="file" id="native" name="native" ${attributes}><tarnkappe-input id="ours" name="ours" auto ${attributes}></tarnkappe-input>`)}
    <button>Send</button>
  </form>`;

describe("beside a native input", { timeout: 300_000 }, () => {
  const pages = {};
  const tested = [];
  let root;
  let partner;
  let page;
  let close;

  before(async () => {
    root = await makePackage();
    partner = await startPartner({ pages, folders: { "/npm/": root } });
    ({ page, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
    page.setDefaultTimeout(15_000);
  });
  after(async () => {
    await close();
    await partner.close();
    await removeRoot(root);
  });
  beforeEach(() => {
    partner.uploads.length = 0;
  });

  /** One row of the table. */
  const row = (name, run) => {
    tested.push(name);
    test(name, run);
  };
  async function show(html) {
    pages["/now"] = `${SCRIPT}<html lang="en"><title>Now</title>${html}`;
    await page.goto(`${partner.url}/now`);
    await page.waitForFunction(() => document.getElementById("ours").matches(":defined"));
  }
  const photo = (name) => ({ name, mimeType: "image/jpeg", buffer: PHOTO });
  const chooserOf = (id) => page.locator(id === "native" ? "#native" : "#ours .frame > input[type=file]");
  async function choose(...names) {
    for (const id of IDS) await chooserOf(id).setInputFiles(names.map(photo));
    if (!names.some((name) => name.startsWith("slow"))) await isReady();
  }
  const isReady = (count = 1) =>
    page.waitForFunction((least) => document.getElementById("ours").files.length >= least && document.getElementById("ours").validity.valid, count);
  /** What the function says of each. */
  const both = (get) =>
    page.evaluate(([code, ids]) => ids.map((id) => new Function(`return (${code})(...arguments)`)(document.getElementById(id))), [String(get), IDS]);
  const same = async (get, expected) => assert.deepEqual(await both(get), [expected, expected]);
  /** Names of the files that are posted. */
  const posted = (id) => page.evaluate((name) => new FormData(document.getElementById("f")).getAll(name).map((file) => file.name), id);
  async function submit(how) {
    await page.evaluate(how);
    await page.waitForURL("**/upload");
    return partner.uploads.at(-1);
  }

  row("posts", async () => {
    await show(pair());
    await choose("IMG_1 few.jpg");
    const { parts } = await submit(() => document.getElementById("f").requestSubmit());
    assert.deepEqual(parts.map(({ name, filename, type }) => [name, filename, type]), [["native", "IMG_1 few.jpg", "image/jpeg"], ["ours", "photo-1.jpg", "image/jpeg"]]);
  });

  row("posts while something is open", async () => {
    await show(pair("", { of: "novalidate" }));
    await choose("slow-check.jpg");
    assert.deepEqual([await posted("native"), await posted("ours")], [["slow-check.jpg"], []]);
  });

  row("nothing chosen", async () => {
    await show(pair());
    const { parts } = await submit(() => document.getElementById("f").requestSubmit());
    const empty = (name) => ({ name, filename: "", type: "application/octet-stream", bytes: Buffer.alloc(0) });
    assert.deepEqual(parts, [empty("native"), empty("ours")]);
  });

  row("without `name`, or disabled", async () => {
    await show(pair());
    await choose("few.jpg");
    for (const change of [(element) => (element.name = ""), (element) => (element.disabled = true)]) {
      await both(change);
      assert.deepEqual(await page.evaluate(() => [...new FormData(document.getElementById("f")).keys()]), []);
      await page.evaluate((ids) => ids.forEach((id) => (document.getElementById(id).name = id)), IDS);
    }
  });

  row("`required`", async () => {
    await show(pair("required"));
    await same(({ validity, willValidate }) => [validity.valueMissing, validity.valid, willValidate], [true, false, true]);
    await page.getByRole("button", { name: "Send" }).click();
    assert.equal(partner.uploads.length, 0);
    await both((element) => (element.required = false));
    await same(({ validity }) => validity.valid, true);
    await both((element) => (element.required = true));
    await choose("few.jpg");
    await same(({ validity }) => validity.valid, true);
  });

  row("`validity`", async () => {
    await show(pair());
    const flags = ({ validity }) => ["valueMissing", "badInput", "rangeOverflow", "customError"].filter((name) => validity[name]);
    await choose("slow-check.jpg");
    assert.deepEqual(await both(flags), [[], ["customError"]]);
    await chooserOf("ours").setInputFiles({ name: "x.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
    await page.locator("#ours .row.bad").waitFor();
    assert.deepEqual(await both(flags), [[], ["badInput"]]);
    await choose("few.jpg");
    await page.evaluate(() => document.getElementById("ours").setAttribute("max-size", "1000"));
    assert.deepEqual(await both(flags), [[], ["rangeOverflow"]]);
  });

  row("`checkValidity()`, `reportValidity()`, `setCustomValidity()`", async () => {
    await show(pair());
    await both((element) => element.setCustomValidity("No."));
    await same((element) => {
      const seen = [];
      element.addEventListener("invalid", ({ bubbles, cancelable }) => seen.push([bubbles, cancelable]));
      return [element.validationMessage, element.validity.customError, element.checkValidity(), element.reportValidity(), seen];
    }, ["No.", true, false, false, [[false, true], [false, true]]]);
    await both((element) => element.setCustomValidity(""));
    await same((element) => [element.validationMessage, element.checkValidity(), element.matches(":valid")], ["", true, true]);
  });

  row("choosing again", async () => {
    for (const [attributes, count] of [["", 1], ["multiple", 2]]) {
      await show(pair(attributes));
      await choose("a few.jpg");
      await choose("b few.jpg");
      await page.waitForFunction((name) => [...document.getElementById("ours").files].at(-1)?.name === name, "photo-2.jpg");
      assert.deepEqual([(await posted("native")).length, (await posted("ours")).length], [1, count]);
      assert.equal(await page.locator("#ours .row").count(), count);
    }
  });

  row("`multiple`, `accept`, `capture`", async () => {
    await show(pair('multiple accept=".png" capture="user"'));
    const inner = `(element) => element.shadowRoot?.querySelector(".frame > input") ?? element`;
    await same(`(element) => {
      const { multiple, accept } = (${inner})(element);
      return [multiple, accept, (${inner})(element).getAttribute("capture"), element.multiple, element.accept, element.getAttribute("capture")];
    }`, [true, ".png", "user", true, ".png", "user"]);
    await choose("a few.jpg", "b few.jpg"); // Neither is a .png: it is a hint only.
    await isReady(2);
    await same(({ files }) => files.length, 2);
    await both((element) => ["multiple", "accept", "capture"].forEach((name) => element.removeAttribute(name)));
    assert.deepEqual(await both(`(element) => { const { multiple, accept } = (${inner})(element); return [multiple, accept]; }`), [[false, ""], [false, "image/*"]]);
  });

  row("several files dropped without `multiple`", async () => {
    await show(pair());
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      for (const name of ["a few.jpg", "b few.jpg"]) dataTransfer.items.add(new File([Uint8Array.of(0xff, 0xd8, 0xff)], name, { type: "image/jpeg" }));
      const frame = document.getElementById("ours").shadowRoot.querySelector(".frame");
      frame.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, composed: true, cancelable: true }));
    });
    await isReady();
    assert.equal(await page.locator("#ours .row").count(), 1);
  });

  row("reset", async () => {
    await show(pair("required"));
    await choose("few.jpg");
    const seen = await page.evaluate(() => {
      const seen = [];
      for (const name of ["input", "change"]) document.addEventListener(name, ({ target }) => seen.push([target.id, name]));
      document.getElementById("f").reset();
      return seen;
    });
    assert.deepEqual(seen, []);
    await same(({ value, files, validity }) => [value, files.length, validity.valueMissing], ["", 0, true]);
    assert.deepEqual([await posted("native"), await posted("ours")], [[""], [""]]);
  });

  row("disabled fieldset", async () => {
    await show(pair("required", { wrap: (inner) => `<fieldset disabled>${inner}</fieldset>` }));
    await same((element) => [element.willValidate, element.checkValidity(), element.matches(":disabled"), element.disabled], [false, true, true, false]);
    let opened = 0;
    page.on("filechooser", () => (opened += 1));
    await both((element) => element.click());
    await page.locator("#ours .choose").click({ force: true });
    await page.waitForTimeout(200);
    page.removeAllListeners("filechooser");
    assert.equal(opened, 0);
    await page.evaluate(() => (document.querySelector("fieldset").disabled = false));
    await choose("few.jpg");
    await page.evaluate(() => (document.querySelector("fieldset").disabled = true));
    assert.deepEqual([await posted("native"), await posted("ours")], [[], []]);
  });

  row("`form` attribute", async () => {
    await show(`${pair()}<form id="other"></form>`);
    await both((element) => element.setAttribute("form", "other"));
    await same(({ form }) => form.id, "other");
    await choose("few.jpg");
    assert.deepEqual(await page.evaluate(() => ["f", "other"].map((id) => [...new FormData(document.getElementById(id)).keys()])), [[], IDS]);
    await both((element) => element.setAttribute("form", "none"));
    await same(({ form }) => form, null);
  });

  row("`form.submit()`, `novalidate`", async () => {
    await show(pair("required", { of: "novalidate" }));
    await choose("slow-check.jpg");
    const files = filesOf(await submit(() => document.getElementById("f").submit()));
    assert.deepEqual(files.map(({ name }) => name), ["native"]);
    await show(pair("required", { of: "novalidate" }));
    await choose("few.jpg");
    assert.deepEqual(filesOf(await submit(() => document.getElementById("f").submit())).map(({ name }) => name), IDS);
  });

  row("`new FormData(form)`", async () => {
    await show(pair());
    await choose("few.jpg");
    assert.deepEqual([await posted("native"), await posted("ours")], [["few.jpg"], ["photo-1.jpg"]]);
  });

  row("label, `click()`", async () => {
    const labelled = (id) => `<label for="${id}">For ${id}</label>`;
    await show(`${IDS.map(labelled).join("")}${pair()}<label>Around <tarnkappe-input id="inner"></tarnkappe-input></label>`);
    await same(({ labels }) => [...labels].map(({ textContent }) => textContent.slice(0, 3)), ["For"]);
    let opened = 0;
    page.on("filechooser", () => (opened += 1));
    const acts = [...IDS.map((id) => () => page.getByText(`For ${id}`).click()), ...IDS.map((id) => () => page.evaluate((each) => document.getElementById(each).click(), id)), () => page.getByText("Around").click()];
    for (const [index, act] of acts.entries()) {
      await act();
      await page.waitForTimeout(150);
      assert.equal(opened, index + 1);
    }
    page.removeAllListeners("filechooser");
    const clicks = () => page.evaluate(() => window.clicks.splice(0));
    await page.evaluate(() => {
      window.clicks = [];
      document.addEventListener("click", ({ target }) => window.clicks.push(target.id));
      document.querySelectorAll("#native, #ours").forEach((element) => element.click());
    });
    assert.deepEqual(await clicks(), IDS);
  });

  row("`focus()`, `autofocus`", async () => {
    for (const id of IDS) {
      await show(pair().replace(`id="${id}"`, `id="${id}" autofocus`));
      await page.waitForFunction((each) => document.activeElement.id === each, id);
    }
    await both((element) => element.blur());
    for (const id of IDS) {
      assert.equal(await page.evaluate((each) => (document.getElementById(each).focus(), document.activeElement.id), id), id);
    }
    assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.className), "choose");
  });

  row("`value`", async () => {
    await show(pair());
    await same(({ type, value }) => [type, value], ["file", ""]);
    await choose("few.jpg");
    assert.deepEqual(await both(({ value }) => value), ["C:\\fakepath\\few.jpg", "C:\\fakepath\\photo-1.jpg"]);
    await same((element) => {
      try {
        element.value = "x";
      } catch ({ name }) {
        return name;
      }
    }, "InvalidStateError");
    await both((element) => (element.value = ""));
    await same(({ files }) => files.length, 0);
  });

  row("`files`", async () => {
    await show(pair());
    await choose("few.jpg");
    await same(({ files }) => [files instanceof FileList, files.length, files.item(0) instanceof File], [true, 1, true]);
    const written = await both((element) => {
      const list = new DataTransfer();
      list.items.add(new File(["original"], "original.jpg"));
      try {
        element.files = list.files;
      } catch {}
      return element.files[0].name;
    });
    assert.deepEqual(written, ["original.jpg", "photo-1.jpg"]);
    await page.evaluate(() => document.getElementById("ours").add([new File([Uint8Array.of(0xff, 0xd8, 0xff)], "added few.jpg")]));
    await page.waitForFunction(() => document.getElementById("ours").files[0]?.name === "photo-2.jpg");
  });

  row("`input`, `change`", async () => {
    await show(pair());
    await page.evaluate(() => {
      window.seen = { native: [], ours: [] };
      for (const name of ["input", "change"]) {
        document.addEventListener(name, ({ target, bubbles, composed }) => window.seen[target.id].push([name, bubbles, composed, target.files.length]));
      }
    });
    await choose("few.jpg");
    const expected = [["input", true, true, 1], ["change", true, false, 1]];
    assert.deepEqual(await page.evaluate(() => window.seen), { native: expected, ours: expected });
  });

  row("`cancel`", async () => {
    await show(pair());
    const seen = await page.evaluate(() => {
      const seen = [];
      document.addEventListener("cancel", ({ target, bubbles }) => seen.push([target.id, bubbles]));
      const chooser = document.getElementById("ours").shadowRoot.querySelector(".frame > input");
      for (const element of [document.getElementById("native"), chooser]) element.dispatchEvent(new Event("cancel", { bubbles: true }));
      return seen;
    });
    assert.deepEqual(seen, [["native", true], ["ours", true]]);
  });

  row("after navigation", async () => {
    await show(pair("required"));
    await choose("few.jpg");
    await page.goto(`${partner.url}/npm/package.json`);
    await page.goBack();
    await page.waitForFunction(() => document.getElementById("ours")?.matches(":defined"));
    assert.deepEqual(await posted("ours"), [""]);
    assert.deepEqual(await page.evaluate(() => [document.getElementById("ours").files.length, document.getElementById("ours").validity.valid]), [0, false]);
    // Chromium remembers only what a form would send as text, so it is called as it would be by a browser that remembers more.
    await page.evaluate(() => document.getElementById("ours").formStateRestoreCallback("chosen", "restore"));
    assert.equal(await page.evaluate(() => document.getElementById("ours").validationMessage), "Photos are not remembered. Choose them again.");
  });

  row("moved within the page", async () => {
    await show(`${pair()}<div id="place"></div>`);
    await choose("few.jpg");
    await both((element) => void document.getElementById("place").append(element));
    await page.waitForTimeout(100);
    await same(({ files, form }) => [files.length, form], [1, null]);
  });

  row("removed from the page", async () => {
    await show(pair());
    await choose("few.jpg");
    const left = await page.evaluate(async (ids) => {
      const elements = ids.map((id) => document.getElementById(id));
      elements.forEach((element) => element.remove());
      await new Promise((resolve) => setTimeout(resolve, 50));
      return elements.map(({ files }) => files.length);
    }, IDS);
    assert.deepEqual(left, [1, 0]);
  });

  row("nonsense in an attribute", async () => {
    await show(pair('accept="???" capture="moon" multiple="false" method="blur" max-files="-1" max-size="lots" lang="xx"'));
    await choose("a few.jpg", "b few.jpg");
    await isReady(2);
    await same(({ multiple, files }) => [multiple, files.length], [true, 2]);
    assert.equal(await page.evaluate(() => document.getElementById("ours").method), "soft");
  });

  test("the table has these rows", () => {
    const [, table] = /## Beside `<input type="file">`\n\n[^\n]+\n[^\n]+\n(.*?)\n\n/s.exec(DOCS);
    const rows = table.split("\n").map((line) => line.split(" | ")[0].replace(/^\| /, ""));
    assert.deepEqual(rows, tested);
  });
});
