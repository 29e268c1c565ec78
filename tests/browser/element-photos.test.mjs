// <tarnkappe-input> with the real engine: what a partner's server gets of real photos.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open, unavailable } from "./chromium.mjs";
import { EXAMPLES, buildExample } from "./examples.mjs";
import * as firefox from "./firefox.mjs";
import { POLICY, filesOf, sharedRun, startPartner } from "./partner.mjs";

if (unavailable) throw new Error(unavailable);

const file = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const GROUP = file("../photos/solvay_1927.jpg");
const PATIENCE_MS = 180_000;
/**
 * Outside the covers a JPEG keeps its coefficients. Where the bits of such blocks happen to start at the same bit of a byte, short runs are
 * equal; covers in every row of blocks end them. The original itself would be a run of half a million bytes.
 */
const LONGEST_RUN = 256;

const page = (attributes) => `<script type="module" src="/npm/code/tarnkappe.js"></script><html lang="en">
  <form action="/upload" method="post" enctype="multipart/form-data"><tarnkappe-input id="p" name="photo" required ${attributes}></tarnkappe-input><button>Send</button></form>`;

const NPM = file("../../dist/npm/");
const LAX = { "Content-Security-Policy": POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") };

describe("a form with the real engine", { timeout: 1_200_000 }, () => {
  let partner;
  let tab;
  let close;
  let host;
  const examples = {};

  before(async () => {
    for (const name of ["uppy", "filepond", "react"]) examples[name] = await buildExample(NPM, name);
    host = await startPartner({ folders: { "/embed/": file("../../dist/embed/") } });
    const built = Object.entries(examples);
    const example = await readFile(`${EXAMPLES}/plain/index.html`, "utf8");
    const sealed = (await readFile(`${EXAMPLES}/sealed/index.html`, "utf8")).replace("https://photos.example", host.url);
    const pages = {
      ...Object.fromEntries(built.map(([name, { html }]) => [`/${name}`, { html, headers: LAX }])),
      "/sealed": { html: sealed, headers: { "Content-Security-Policy": `${POLICY}; frame-src ${host.url}` } },
      ...{ "/plain-form": example, "/plain": page(""), "/auto": page("auto"), "/empty": "" },
    };
    const folders = { ...Object.fromEntries(built.map(([name, { folder }]) => [`/${name}/`, folder])), "/npm/": NPM, "/tarnkappe/": NPM };
    partner = await startPartner({ pages, folders });
    host.state.frameAncestors = partner.url;
    ({ page: tab, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
    tab.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await close();
    await Promise.all([partner.close(), host.close(), ...Object.values(examples).map(({ remove }) => remove())]);
  });

  const choose = (path) => tab.locator("#p .frame > input[type=file]").setInputFiles(path);
  async function send() {
    await tab.waitForFunction(() => document.getElementById("p").validity.valid);
    partner.uploads.length = 0;
    await tab.getByRole("button", { name: "Send" }).click();
    await tab.waitForURL("**/upload");
    return partner.uploads[0];
  }

  /** What a check of the bytes finds. */
  async function found(bytes) {
    await tab.goto(`${partner.url}/empty`);
    return tab.evaluate(async (content) => {
      const { createTarnkappe } = await import("/npm/code/index.js");
      const tarnkappe = await createTarnkappe();
      const report = await tarnkappe.check(new File([new Uint8Array(content)], "x.jpg"));
      tarnkappe.dispose();
      return { faces: report.regions.filter(({ kind, maybe }) => kind === "face" && !maybe).length, leaks: report.leaks.map(({ kind }) => kind) };
    }, [...bytes]);
  }

  test("auto: the group goes out once, under a name that says nothing", async () => {
    await tab.goto(`${partner.url}/auto`);
    await choose(GROUP);
    const files = filesOf(await send());
    assert.deepEqual(files.map(({ name, filename, type }) => [name, filename, type]), [["photo", "photo-1.jpg", "image/jpeg"]]);
    assert.deepEqual(await found(files[0].bytes), { faces: 0, leaks: [] });
  });

  test("a face that the person leaves open goes out in a proved copy", async () => {
    await tab.goto(`${partner.url}/plain`);
    await choose(file("../photos/astronaut.jpg"));
    await tab.locator("#p dialog").getByRole("button", { name: "Open all" }).click();
    await tab.locator("#p dialog .protect").click();
    await tab.getByRole("button", { name: "Use this copy" }).click();
    const [copy] = filesOf(await send());
    assert.deepEqual(await found(copy.bytes), { faces: 1, leaks: [] });
  });

  /** What a person does in each example until the photo has been sent. */
  const USES = {
    "plain-form": () => decide(tab),
    react: () => decide(tab),
    sealed: () => decide(tab.frameLocator("tarnkappe-input iframe")),
    uppy: async () => {
      await tab.locator("input[type=file]").setInputFiles(GROUP);
      await press();
      await tab.locator("output", { hasText: "1 sent" }).waitFor();
    },
    filepond: async () => {
      await tab.locator(".filepond--browser").setInputFiles(GROUP);
      await tab.locator(".filepond--file-info-main", { hasText: "photo-1.jpg" }).waitFor();
      await press();
      await tab.getByText("Upload complete").first().waitFor();
    },
  };
  const press = () => tab.getByRole("button", { name: "Send" }).click();

  async function decide(place) {
    await place.locator(".frame > input[type=file]").setInputFiles(GROUP);
    await place.locator("dialog .protect").click();
    await place.getByRole("button", { name: "Use this copy" }).click();
    await tab.waitForFunction(() => document.querySelector("tarnkappe-input").validity.valid);
    await press();
    await tab.waitForURL("**/upload");
  }

  for (const [name, use] of Object.entries(USES)) {
    test(`the example ${name} sends one file without a face or metadata`, async () => {
      await tab.goto(`${partner.url}/${name}`);
      partner.uploads.length = 0;
      await use();
      const files = partner.uploads.flatMap(filesOf);
      assert.deepEqual(files.map(({ filename }) => filename), ["photo-1.jpg"]);
      const run = sharedRun(Buffer.concat(partner.uploads.map(({ body }) => body)), await readFile(GROUP));
      assert.ok(run <= LONGEST_RUN, `${run} bytes of the original's data`);
      assert.deepEqual(await found(files[0].bytes), { faces: 0, leaks: [] });
    });
  }

  test("a plain form in Firefox", { skip: firefox.unavailable ?? false }, async () => {
    const other = await firefox.open();
    try {
      await other.page.goto(`${partner.url}/auto`);
      partner.uploads.length = 0;
      await other.page.waitForFunction(() => document.getElementById("p")?.matches(":defined"));
      assert.equal(await other.page.evaluate(() => document.getElementById("p").checkValidity()), false);
      const chooser = await other.page.waitForSelector("#p >>> .frame > input[type=file]");
      await chooser.uploadFile(file("../photos/astronaut.jpg"));
      await other.page.waitForFunction(() => document.getElementById("p").validity.valid, { timeout: PATIENCE_MS });
      await other.page.evaluate(() => document.forms[0].requestSubmit());
      const deadline = Date.now() + 10_000;
      while (partner.uploads.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
      const [copy] = partner.uploads.flatMap(filesOf);
      assert.equal(copy.filename, "photo-1.jpg");
      assert.deepEqual(await found(copy.bytes), { faces: 0, leaks: [] });
    } finally {
      await other.close();
    }
  });
});
