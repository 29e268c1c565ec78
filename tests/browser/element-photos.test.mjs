// <tarnkappe-input> with the real engine: what a partner's server gets of real photos.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open, unavailable } from "./chromium.mjs";
import { EXAMPLES, buildExample } from "./examples.mjs";
import * as firefox from "./firefox.mjs";
import { POLICY, filesOf, sharedRun, startPartner } from "./partner.mjs";
import * as webkit from "./webkit.mjs";

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
/** A second program, which has not made the files that it checks. */
const BINARY = path.join(process.env.CARGO_TARGET_DIR ?? file("../../target"), "release/tarnkappe");
if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: \`cargo build --release --bin tarnkappe\` makes it; CARGO_TARGET_DIR says where it is`);

/** Choosing the group in the input of an element, which may lie in the frame of the sealed mode. */
const FAMILIES = [
  {
    name: "Firefox",
    driver: firefox,
    choose: async (page, isSealed) => {
      const place = isSealed ? await page.waitForFrame((frame) => frame.url().includes("/embed/")) : page;
      await (await place.waitForSelector("tarnkappe-input >>> .frame > input[type=file]")).uploadFile(GROUP);
    },
  },
  {
    name: "WebKitGTK",
    driver: webkit,
    choose: async (page, isSealed) => {
      if (isSealed) await page.enterFrame(() => document.querySelector("tarnkappe-input").shadowRoot.querySelector("iframe"));
      await page.chooseFiles(() => document.querySelector("tarnkappe-input").shadowRoot.querySelector(".frame > input[type=file]"), GROUP);
      if (isSealed) await page.enterFrame();
    },
  },
];

describe("a form with the real engine", { timeout: 1_200_000 }, () => {
  let partner;
  let tab;
  let close;
  let host;
  let folder;
  const examples = {};

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-uploads-"));
    for (const name of ["uppy", "filepond", "react"]) examples[name] = await buildExample(NPM, name);
    host = await startPartner({ folders: { "/embed/": file("../../dist/embed/") } });
    const built = Object.entries(examples);
    const example = await readFile(`${EXAMPLES}/plain/index.html`, "utf8");
    const sealed = (await readFile(`${EXAMPLES}/sealed/index.html`, "utf8")).replace("https://photos.example", host.url);
    const sealedPolicy = { "Content-Security-Policy": `${POLICY}; frame-src ${host.url}` };
    const pages = {
      ...Object.fromEntries(built.map(([name, { html }]) => [`/${name}`, html])),
      "/sealed": { html: sealed, headers: sealedPolicy },
      "/sealed-auto": { html: sealed.replace("required sealed", "required sealed auto"), headers: sealedPolicy },
      ...{ "/plain-form": example, "/plain": page(""), "/auto": page("auto") },
    };
    const folders = { ...Object.fromEntries(built.map(([name, { folder }]) => [`/${name}/`, folder])), "/npm/": NPM, "/tarnkappe/": NPM };
    partner = await startPartner({ pages, folders });
    host.state.frameAncestors = partner.url;
    ({ page: tab, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
    tab.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await close();
    await Promise.all([rm(folder, { recursive: true }), partner.close(), host.close(), ...Object.values(examples).map(({ remove }) => remove())]);
  });

  const choose = (photo) => tab.locator("#p .frame > input[type=file]").setInputFiles(photo);
  async function send() {
    await tab.waitForFunction(() => document.getElementById("p").validity.valid);
    partner.uploads.length = 0;
    await tab.getByRole("button", { name: "Send" }).click();
    await tab.waitForURL("**/upload");
    return partner.uploads[0];
  }

  /** What our command line finds in the file. */
  async function found(bytes) {
    const name = path.join(folder, "upload.jpg");
    await writeFile(name, bytes);
    const { stdout } = spawnSync(BINARY, ["check", "--json", name], { encoding: "utf8" });
    const { regions, leaks, error } = JSON.parse(stdout);
    assert.equal(error, null);
    return { faces: regions.filter(({ kind, maybe }) => kind === "face" && !maybe).length, leaks: leaks.map(({ kind }) => kind) };
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
      await showsNobody();
    });
  }

  /** One file that shows nobody, and nothing of the original. */
  async function showsNobody() {
    const files = partner.uploads.flatMap(filesOf);
    assert.deepEqual(files.map(({ filename }) => filename), ["photo-1.jpg"]);
    const run = sharedRun(Buffer.concat(partner.uploads.map(({ body }) => body)), await readFile(GROUP));
    assert.ok(run <= LONGEST_RUN, `${run} bytes of the original's data`);
    assert.deepEqual(await found(files[0].bytes), { faces: 0, leaks: [] });
  }

  for (const { name, driver, choose: chooseThere } of FAMILIES) {
    test(`${name}: a plain form and a sealed one send one file without a face or metadata`, { skip: driver.unavailable ?? false }, async () => {
      const other = await driver.open();
      try {
        for (const place of ["auto", "sealed-auto"]) {
          await other.page.goto(`${partner.url}/${place}`);
          partner.uploads.length = 0;
          await other.page.waitForFunction(() => document.querySelector("tarnkappe-input")?.validity?.valueMissing, { timeout: PATIENCE_MS });
          await chooseThere(other.page, place.startsWith("sealed"));
          await other.page.waitForFunction(() => document.querySelector("tarnkappe-input").validity.valid, { timeout: PATIENCE_MS });
          await other.page.evaluate(() => document.forms[0].requestSubmit());
          const deadline = Date.now() + 10_000;
          while (partner.uploads.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
          await showsNobody();
        }
      } finally {
        await other.close();
      }
    });
  }
});
