// The components outside of the page: in a shadow root of somebody else's, and from right to left. With the stand-in engine.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { reach } from "./reach.mjs";

const UI = new URL("../../www/ui/", import.meta.url);
const names = (await readdir(UI, { recursive: true })).sort();
const sources = await Promise.all(names.filter((name) => /\.(ts|css)$/.test(name)).map(async (name) => [name, await readFile(new URL(name, UI), "utf8")]));

for (const [name, source] of sources) {
  test(`${name}: no ids, no document, no fixed direction`, () => {
    assert.doesNotMatch(source, / id=|\bdocument\.|getElementById/);
    // A picture is never mirrored.
    if (name.endsWith(".css") && !/canvas|compare|picture/.test(name)) {
      assert.doesNotMatch(source, /(margin|padding|border)-(left|right)|(^|[\s;{])(left|right):|text-align: (left|right)|float:/m);
    }
  });
}

if (unavailable) throw new Error(unavailable);

describe("a component in a foreign shadow root, from right to left, scaled and scrolled", { timeout: 300_000 }, () => {
  let root;
  let server;
  let page;
  let close;

  before(async () => {
    root = await makeRoot();
    server = await startServer({ root });
    ({ page, close } = await open({ locale: "en-US", viewport: { width: 1280, height: 900 } }));
    await page.addInitScript(reach);
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
    const buffer = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
    await page.setInputFiles("#chooser", { name: "few.jpg", mimeType: "image/jpeg", buffer });
    await page.waitForSelector(".protect");
    await page.evaluate(mount);
  });
  after(async () => {
    await close();
    await server.close();
    await removeRoot(root);
  });

  /** Puts a second review, with the properties of the page's, into a host of its own, and notes what it asks for. */
  async function mount() {
    const [original] = deepAll("tk-review");
    const host = document.body.appendChild(document.createElement("div"));
    host.id = "host";
    host.dir = "rtl";
    host.style.cssText = "position: fixed; inset: 0; z-index: 9; overflow: auto; background: #fff; transform: scale(0.8);";
    const inner = host.attachShadow({ mode: "open" });
    const copy = document.createElement("tk-review");
    for (const name of ["words", "photo", "preview", "method", "colour", "sticker", "recompress", "features"]) copy[name] = original[name];
    inner.append(document.createElement("p"), copy);
    inner.firstChild.style.height = "300px";
    await copy.updateComplete;
    host.scrollTop = 200;
    window.asked = [];
    inner.addEventListener("tk-command", (event) => window.asked.push(event.detail));
  }

  const asked = () => page.evaluate(() => window.asked.splice(0));

  test("looks as it should", async () => {
    const colours = await page.evaluate(() => {
      const [inPage, inHost] = ["body > main", "#host"].map((place) => deepAll(".protect").find((each) => isIn(each, document.querySelector(place))));
      function isIn(element, place) {
        for (let node = element; node; node = node.parentNode ?? node.host) if (node === place) return true;
        return false;
      }
      return [inPage, inHost].map((button) => getComputedStyle(button).backgroundColor);
    });
    assert.equal(colours[0], colours[1]);
  });

  test("does not mirror the picture", async () => {
    const lefts = await page.locator("#host .box").evaluateAll((boxes) => boxes.map((box) => box.getBoundingClientRect().left));
    assert.ok(lefts[0] < lefts[1] && lefts[1] < lefts[2], `${lefts}`);
  });

  test("shows the covers over the picture, and outlines where they are", async () => {
    // The copy was made when the covers may not have been drawn yet.
    await page.waitForFunction(() => deepAll("tk-review")[0].preview.drawing !== null);
    await page.evaluate(async () => {
      const [inPage, copy] = deepAll("tk-review");
      copy.preview = inPage.preview;
      await copy.updateComplete;
    });
    const [canvas, overlay, rim] = await Promise.all(
      ["canvas.covers", ".overlay", ".rim.round"].map((each) => page.locator(`#host ${each}`).first().boundingBox()),
    );
    assert.deepEqual(canvas, overlay);
    const [x, y] = [rim.x + rim.width / 2 - canvas.x, rim.y + rim.height / 2 - canvas.y];
    assert.ok(Math.abs(x / canvas.width - 115 / 1800) < 0.005 && Math.abs(y / canvas.height - 330 / 1303) < 0.005, `${x} ${y}`);
  });

  test("asks for a method, a colour and an emblem by radio buttons", async () => {
    await page.locator("#host input[value=solid]").check();
    assert.deepEqual(await asked(), [{ kind: "set-method", method: "solid" }]);
    const choices = async (properties) => {
      await page.evaluate((values) => Object.assign(deepAll("tk-review").at(-1), values), properties);
      return page.locator("#host tk-methods [role=radiogroup]");
    };
    await (await choices({ method: "solid" })).getByRole("radio", { name: "Blue" }).check();
    await (await choices({ method: "sticker" })).getByRole("radio", { name: "Cat" }).check();
    assert.deepEqual(await asked(), [{ kind: "set-colour", colour: "2f5f8f" }, { kind: "set-sticker", sticker: "cat" }]);
  });

  test("asks for what a click means, by an event that leaves its shadow root", async () => {
    await page.locator("#host .box").first().click();
    assert.deepEqual(await asked(), [{ kind: "regions", photo: 1, change: { kind: "decide", regions: [1], decision: "open" } }]);
  });

  test("draws an area where the mouse is", async () => {
    const { x, y, width, height } = await page.locator("#host .overlay").boundingBox();
    await page.mouse.move(x + width / 4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + (3 * height) / 4, { steps: 3 });
    await page.mouse.up();
    const [{ change }] = await asked();
    const shares = [change.box[0] / 1800, change.box[1] / 1303, change.box[2] / 1800, change.box[3] / 1303];
    shares.forEach((share, index) => assert.ok(Math.abs(share - [0.25, 0.5, 0.25, 0.25][index]) < 0.01, `${shares}`));
  });
});
