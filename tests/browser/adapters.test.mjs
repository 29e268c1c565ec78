// The adapters with the real libraries, as the examples use them, and the stand-in engine: whatever goes wrong, no photo is sent.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { open, unavailable } from "./chromium.mjs";
import { buildExample } from "./examples.mjs";
import { makePackage, removeRoot } from "./fake/root.mjs";
import { filesOf, sharedRun, startPartner } from "./partner.mjs";

if (unavailable) throw new Error(unavailable);

const PHOTO = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
/** What the examples do not show. */
const MORE = {
  uppy: "globalThis.uppy = uppy;",
  react: 'createRoot(document.body.appendChild(document.createElement("div"))).render(h(TarnkappeInput, { id: "away", name: "away", form: "outside" }));',
};
const photo = (name) => ({ name, mimeType: "image/jpeg", buffer: PHOTO });

describe("adapters", { timeout: 300_000 }, () => {
  let root;
  let partner;
  let page;
  let close;
  const examples = {};

  before(async () => {
    root = await makePackage();
    for (const name of ["uppy", "filepond", "react"]) examples[name] = await buildExample(root, name, MORE[name]);
    const pages = Object.fromEntries(Object.entries(examples).map(([name, { html }]) => [`/${name}`, html]));
    const folders = Object.fromEntries(Object.entries(examples).map(([name, { folder }]) => [`/${name}/`, folder]));
    partner = await startPartner({ pages: { ...pages, "/empty": "" }, folders: { ...folders, "/tarnkappe/": root } });
    ({ page, close } = await open({ locale: "en-US" }));
    page.setDefaultTimeout(8_000);
  });
  after(async () => {
    await close();
    await partner.close();
    await Promise.all(Object.values(examples).map(({ remove }) => remove()));
    await removeRoot(root);
  });
  beforeEach(() => {
    partner.uploads.length = 0;
    partner.state.tamper = () => null;
  });

  const names = () => partner.uploads.flatMap(filesOf).map(({ filename }) => filename);

  describe("Uppy", () => {
    const choose = (...files) => page.locator("input[type=file]").setInputFiles(files);
    const send = () => page.getByRole("button", { name: "Send" }).click();
    const says = (words) => page.locator("output", { hasText: words }).waitFor();

    test("uploads copies", async () => {
      await page.goto(`${partner.url}/uppy`);
      await choose(photo("IMG_20240101 a.jpg"), photo("b.jpg"));
      await send();
      await says("2 sent");
      assert.deepEqual(names().sort(), ["photo-1.jpg", "photo-2.jpg"]);
      assert.doesNotMatch(Buffer.concat(partner.uploads.map(({ body }) => body)).toString("latin1"), /IMG_/);
    });

    for (const name of ["never-proved.jpg", "crash-in-protect.jpg"]) {
      test(`${name} is not uploaded, and the others are`, async () => {
        await page.goto(`${partner.url}/uppy`);
        await choose(photo(name), photo("b.jpg"));
        await send();
        await says("1 sent, 1 not sent");
        assert.equal(names().length, 1);
      });
    }

    test("the name of the folder is not sent", async () => {
      await page.goto(`${partner.url}/uppy`);
      await page.waitForFunction(() => window.uppy !== undefined);
      await page.evaluate((bytes) => {
        const data = new File([new Uint8Array(bytes)], "IMG_1.jpg", { type: "image/jpeg" });
        window.uppy.addFile({ name: data.name, type: data.type, data, meta: { relativePath: "Holiday in Rome/IMG_1.jpg", caption: "mine" } });
        return window.uppy.upload();
      }, [...PHOTO]);
      assert.deepEqual(names(), ["photo-1.jpg"]);
      const sent = Buffer.concat(partner.uploads.map(({ body }) => body)).toString("latin1");
      assert.doesNotMatch(sent, /IMG_|Rome/);
      assert.match(sent, /caption/);
    });

    test("without the assets nothing is uploaded; later it can be tried again", async () => {
      await page.goto(`${partner.url}/uppy`);
      partner.state.tamper = (url) => (url.includes("/assets/") ? 503 : null);
      await choose(photo("a.jpg"));
      await send();
      await says("0 sent, 1 not sent");
      assert.deepEqual(names(), []);
      partner.state.tamper = () => null;
      await choose(photo("b.jpg"));
      await send();
      await page.waitForFunction(() => !document.querySelector("output").value.startsWith("0 sent"));
      assert.deepEqual(names().sort(), ["photo-1.jpg", "photo-2.jpg"]); // Uppy tries the first once more.
    });
  });

  describe("FilePond", () => {
    const add = (...files) => page.locator(".filepond--browser").setInputFiles(files);
    const send = () => page.getByRole("button", { name: "Send" }).click();

    test("uploads copies", async () => {
      await page.goto(`${partner.url}/filepond`);
      await add(photo("IMG_1.jpg"));
      await page.locator(".filepond--file-info-main", { hasText: "photo-1.jpg" }).waitFor();
      await send();
      await page.getByText("Upload complete").first().waitFor();
      assert.deepEqual(names(), ["photo-1.jpg"]);
    });

    for (const when of ["input", "change", "timer"]) {
      test(`its own input gives a form around it nothing: ${when}`, async () => {
        await page.goto(`${partner.url}/filepond`);
        await page.evaluate((event) => {
          const form = Object.assign(document.createElement("form"), { action: "/upload", method: "post", enctype: "multipart/form-data" });
          const app = document.getElementById("app");
          app.replaceWith(form);
          form.append(app);
          const go = () => form.submit();
          event === "timer" ? form.addEventListener("change", () => setTimeout(go, 100)) : form.addEventListener(event, go);
        }, when);
        await add(photo("few.jpg"));
        await page.waitForURL("**/upload");
        assert.deepEqual(partner.uploads.flatMap(filesOf), []);
        assert.equal(sharedRun(partner.uploads[0].body, PHOTO), 0);
      });
    }

    for (const name of ["never-proved.jpg", "crash-in-protect.jpg"]) {
      test(`${name} is refused with the reason`, async () => {
        await page.goto(`${partner.url}/filepond`);
        await add(photo(name));
        await page.getByText("The photo could not be cleaned").first().waitFor();
        await send();
        await page.waitForTimeout(300);
        assert.deepEqual(names(), []);
      });
    }

    test("without the assets nothing is uploaded", async () => {
      await page.goto(`${partner.url}/filepond`);
      partner.state.tamper = (url) => (url.includes("/assets/") ? 503 : null);
      await add(photo("a.jpg"));
      await page.getByText("The photo could not be cleaned").first().waitFor();
      await send();
      await page.waitForTimeout(300);
      assert.deepEqual(names(), []);
    });
  });

  test("React: the form sends the copy, and the app knows of it", async () => {
    await page.goto(`${partner.url}/react`);
    await page.locator("#photos .frame > input[type=file]").setInputFiles(photo("few.jpg"));
    await page.getByRole("button", { name: "Send" }).click({ force: true, noWaitAfter: true }).catch(() => undefined);
    assert.deepEqual(names(), []);
    await page.locator("#photos dialog .protect").click();
    await page.getByRole("button", { name: "Use this copy" }).click();
    await page.locator("output", { hasText: "1 ready" }).waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.waitForURL("**/upload");
    assert.deepEqual(names(), ["photo-1.jpg"]);
  });

  test("React: the attribute `form`", async () => {
    await page.goto(`${partner.url}/react`);
    await page.waitForFunction(() => document.getElementById("away")?.getAttribute("form") === "outside");
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("form"), { id: "outside" })));
    assert.equal(await page.evaluate(() => document.getElementById("away").form?.id), "outside");
  });

  test("clean(): form data with copies, or none at all", async () => {
    await page.goto(`${partner.url}/empty`);
    const clean = (name) =>
      page.evaluate(async ([bytes, fileName]) => {
        const { createTarnkappe } = await import("/tarnkappe/code/index.js");
        const tarnkappe = await createTarnkappe();
        const data = new FormData();
        data.append("text", "hello");
        data.append("photo", new File([new Uint8Array(bytes)], fileName));
        data.append("none", new File([], ""));
        try {
          return [...(await tarnkappe.clean(data))].map(([key, value]) => [key, value.name ?? value]);
        } catch (error) {
          return error.code;
        } finally {
          tarnkappe.dispose();
        }
      }, [[...PHOTO], name]);
    assert.deepEqual(await clean("few.jpg"), [["text", "hello"], ["photo", "photo-1.jpg"], ["none", ""]]);
    assert.equal(await clean("never-proved.jpg"), "unproved");
  });
});
