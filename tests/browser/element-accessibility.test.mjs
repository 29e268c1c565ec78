// <tarnkappe-input> for those who do not see it: the rules of axe-core in its states, in both directions of writing and both colour schemes,
// and what the browser tells assistive technology. With the stand-in engine.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { addAxe, violations } from "./axe.mjs";
import { open, unavailable } from "./chromium.mjs";
import { makePackage, removeRoot } from "./fake/root.mjs";
import { startPartner } from "./partner.mjs";

if (unavailable) throw new Error(unavailable);

const PHOTO = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
/** High enough that nothing lies under the bar with the main action. */
const VIEWS = [
  { locale: "en", colorScheme: "light", viewport: { width: 1280, height: 1200 } },
  { locale: "ar", colorScheme: "dark", viewport: { width: 320, height: 3000 } },
];

const form = (language) => `<script type="module" src="/npm/code/tarnkappe.js"></script><html lang="${language}"><title>A form</title>
  <meta name="color-scheme" content="light dark"><style>body { background: Canvas; color: CanvasText }</style>
  <main><h1>A form</h1><form action="/upload" method="post" enctype="multipart/form-data">
    <label for="p">Photos</label><tarnkappe-input id="p" name="photos" multiple required></tarnkappe-input><button style="min-height: 24px">OK</button></form></main>`;

describe("accessibility of the element", { timeout: 300_000 }, () => {
  let root;
  let partner;
  let page;

  before(async () => {
    root = await makePackage();
    partner = await startPartner({ pages: Object.fromEntries(VIEWS.map(({ locale }) => [`/${locale}`, form(locale)])), folders: { "/npm/": root } });
  });
  after(async () => {
    await partner.close();
    await removeRoot(root);
  });

  const choose = (name, buffer = PHOTO) => page.locator("#p .frame > input[type=file]").setInputFiles({ name, mimeType: "image/jpeg", buffer });
  const breaksNothing = async (state) => assert.deepEqual(await violations(page), [], state);

  async function visit(view, run) {
    const { page: opened, close } = await open({ bypassCSP: true, ...view });
    page = opened;
    try {
      await page.goto(`${partner.url}/${view.locale}`);
      await page.waitForFunction(() => document.getElementById("p").matches(":defined"));
      await addAxe(page);
      await run();
    } finally {
      await close();
    }
  }

  for (const view of VIEWS) {
    test(`every state: ${view.locale}, ${view.colorScheme}, ${view.viewport.width} px`, () =>
      visit(view, async () => {
        await breaksNothing("nothing chosen");
        await choose("slow-check.jpg");
        await page.locator("#p dialog .workspace").waitFor();
        await breaksNothing("being worked on");
        await page.evaluate(() => document.forms[0].reset());
        await choose("few.jpg");
        await page.locator("#p dialog .protect").waitFor();
        await breaksNothing("to be decided about");
        await page.locator("#p dialog .protect").click();
        await page.locator("#p dialog .verdict").waitFor();
        await breaksNothing("done");
        await page.locator("#p dialog .action-bar .primary").click();
        await page.waitForFunction(() => document.getElementById("p").validity.valid);
        await choose("x.jpg", Buffer.from("%PDF-1.7"));
        await page.locator("#p .row.bad").waitFor();
        await page.keyboard.press("Escape");
        await breaksNothing("refused, and a copy that is ready");
        await page.reload();
        await addAxe(page);
        partner.state.tamper = (url) => (url.includes("/assets/") ? 503 : null);
        await choose("few.jpg");
        await page.locator("#p .message.alarm").waitFor();
        await breaksNothing("not loaded");
        partner.state.tamper = () => null;
      }));
  }

  test("what is told to assistive technology: the label, the hint, and a status that was there before its words", () =>
    visit(VIEWS[0], async () => {
      const session = await page.context().newCDPSession(page);
      const nodes = async () => {
        const { nodes: all } = await session.send("Accessibility.getFullAXTree");
        return all.filter(({ ignored }) => !ignored).map(({ role, name, description, properties }) => ({
          role: role?.value,
          name: name?.value,
          description: description?.value,
          live: properties?.find(({ name: property }) => property === "live")?.value.value,
        }));
      };
      const before = await nodes();
      const status = ({ role }) => role === "status";
      assert.deepEqual(before.filter(status).map(({ live }) => live), ["polite"]);
      assert.ok(before.some(({ role, name }) => role === "group" && name === "Photos"), JSON.stringify(before));
      const button = before.find(({ role, name }) => role === "button" && name === "Choose photos");
      assert.match(button.description, /covered on this device/);
      await page.locator("#p").evaluate((element) => element.formStateRestoreCallback("chosen", "restore"));
      const later = (await nodes()).find(({ role, name }) => role === "button" && name === "Choose photos");
      assert.match(later.description, /Photos are not remembered/);
    }));
});
