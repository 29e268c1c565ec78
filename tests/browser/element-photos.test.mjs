// <tarnkappe-input> with the real engine: what a partner's server gets of real photos.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open, unavailable } from "./chromium.mjs";
import { filesOf, sharedRun, startPartner } from "./partner.mjs";

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

describe("a form with the real engine", { timeout: 600_000 }, () => {
  let partner;
  let tab;
  let close;

  before(async () => {
    partner = await startPartner({ pages: { "/plain": page(""), "/auto": page("auto"), "/empty": "" }, folders: { "/npm/": file("../../dist/npm/") } });
    ({ page: tab, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
    tab.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await close();
    await partner.close();
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

  for (const how of ["plain", "auto"]) {
    test(`${how}: the group goes out once, with no face, no metadata, and not the original`, async () => {
      await tab.goto(`${partner.url}/${how}`);
      await choose(GROUP);
      if (how === "plain") {
        await tab.locator("#p dialog .protect").click();
        await tab.getByRole("button", { name: "Use this copy" }).click();
      }
      const upload = await send();
      const files = filesOf(upload);
      assert.deepEqual(files.map(({ name, filename, type }) => [name, filename, type]), [["photo", "photo-1.jpg", "image/jpeg"]]);
      const run = sharedRun(upload.body, await readFile(GROUP));
      assert.ok(run <= LONGEST_RUN, `${run} bytes of the original's data`);
      assert.deepEqual(await found(files[0].bytes), { faces: 0, leaks: [] });
    });
  }

  test("a face that the person leaves open goes out in a proved copy", async () => {
    await tab.goto(`${partner.url}/plain`);
    await choose(file("../photos/astronaut.jpg"));
    await tab.locator("#p dialog").getByRole("button", { name: "Open all" }).click();
    await tab.locator("#p dialog .protect").click();
    await tab.getByRole("button", { name: "Use this copy" }).click();
    const [copy] = filesOf(await send());
    assert.deepEqual(await found(copy.bytes), { faces: 1, leaks: [] });
  });
});
