// The list of regions, comparing before and after, and how both fit on small screens, with the stand-in engine.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, PHONE, standIn } from "./stand-in.mjs";

const SIDEWAYS = { viewport: { width: 740, height: 360 }, hasTouch: true, isMobile: true };
const NARROW = { viewport: { width: 320, height: 640 } };
const LANGUAGES = ["ar", "de", "en", "es", "fa", "fr", "pt", "ru", "tr", "uk"];
/** Of a page with 221 faces. */
const MOST_PIXELS = 6000;

describe("reviewing", { timeout: 600_000 }, () => {
  const it = standIn();
  let page;

  const review = async (name, device) => {
    page = await it.review(name, device);
  };
  const result = async (name, device) => {
    page = await it.result(name, device);
  };
  const row = (id) => page.locator(`.face[data-region="${id}"]`);
  const fitsAcross = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  describe("the list", () => {
    test("shows each region's place", async () => {
      await review("few.jpg", DESK);
      const looks = await page.locator(".crop").evaluateAll((crops) => crops.map((crop) => getComputedStyle(crop)).map((style) => [style.backgroundImage, style.backgroundPosition]));
      assert.equal(looks.length, 3);
      assert.ok(looks.every(([image]) => image.startsWith('url("blob:')));
      assert.equal(new Set(looks.map(([, position]) => position)).size, 3);
    });

    test("makes a region larger and smaller, and removes one that was drawn, without dragging", async () => {
      await review("few.jpg", DESK);
      const width = () => page.locator('.box[data-region="1"]').evaluate((box) => parseFloat(box.style.width));
      const start = await width();
      await row(1).getByRole("button", { name: /^Larger/ }).click();
      assert.ok((await width()) > start * 1.1);
      await row(1).getByRole("button", { name: /^Smaller/ }).click();
      assert.ok(Math.abs((await width()) - start) < 0.01);
      assert.equal(await row(1).locator(".remove").count(), 0);
      await page.click(".add-area");
      await row(4).locator(".remove").click();
      assert.equal(await page.locator(".face").count(), 3);
      await page.click(".undo");
      assert.equal(await page.locator(".face").count(), 4);
    });

    test("of 221 faces is grouped, folded and short; a whole group is decided about at once", async () => {
      await review("huge.jpg", PHONE);
      assert.equal(await page.locator(".group").count(), 3);
      const visible = () => page.locator(".face:visible").count();
      assert.equal(await visible(), 0);
      assert.ok((await page.evaluate(() => document.documentElement.scrollHeight)) < MOST_PIXELS);
      await page.locator(".group summary").first().click();
      assert.equal(await visible(), 24);
      await page.locator(".group").first().getByRole("button", { name: "Open all" }).click();
      assert.match(await page.locator(".count").innerText(), /147 of 221/);
      await page.locator(".show-all").first().click();
      assert.equal(await visible(), 74);
    });

    test("unfolds for what is being adjusted", async () => {
      await review("huge.jpg", DESK);
      await page.click(".add-area");
      assert.ok(await row(222).isVisible());
    });
  });

  describe("comparing", () => {
    const cut = () => page.locator(".compare").evaluate((frame) => frame.style.getPropertyValue("--cut"));

    test("by dragging on the picture itself", async () => {
      await result("few.jpg", DESK);
      const { x, y, width, height } = await page.locator(".compare").boundingBox();
      await page.mouse.move(x + width * 0.25, y + height / 2);
      await page.mouse.down();
      assert.equal(await cut(), "25%");
      await page.mouse.move(x + width * 0.75, y + height / 3, { steps: 3 });
      assert.equal(await cut(), "75%");
      await page.mouse.up();
      await page.mouse.move(x + 5, y + 5);
      assert.equal(await cut(), "75%");
    });

    test("closely: the middle stays, every place is reached by keys, and a press moves the line to where it is", async () => {
      await result("few.jpg", DESK);
      const frame = page.locator(".frame");
      const { width } = await frame.boundingBox();
      await page.getByRole("button", { name: "Zoom in" }).click();
      await page.getByRole("button", { name: "Zoom in" }).click();
      assert.equal(await page.getByRole("button", { name: "Zoom in" }).getAttribute("aria-disabled"), "true");
      const middle = () => frame.evaluate(({ scrollLeft, clientWidth, scrollWidth }) => (scrollLeft + clientWidth / 2) / scrollWidth);
      assert.ok(Math.abs((await page.locator(".compare").boundingBox()).width - 4 * width) < 80);
      assert.ok(Math.abs((await middle()) - 0.5) < 0.02, `${await middle()}`);
      const { x, y, height } = await frame.boundingBox();
      await page.mouse.click(x + width / 2, y + height / 2);
      assert.ok(Math.abs(parseFloat(await cut()) - 50) <= 2, await cut());
      await frame.focus();
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(() => deepAll(".frame")[0].scrollLeft > (deepAll(".frame")[0].scrollWidth - deepAll(".frame")[0].clientWidth) / 2 + 10);
      await page.getByRole("button", { name: "Zoom out" }).click();
      await page.getByRole("button", { name: "Zoom out" }).click();
      assert.ok(Math.abs((await page.locator(".compare").boundingBox()).width - width) < 2);
    });

    test("by holding a button, with the pointer and with keys", async () => {
      await result("few.jpg", DESK);
      const { x, y, width, height } = await page.locator(".hold").boundingBox();
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.mouse.down();
      assert.equal(await cut(), "100%");
      await page.mouse.up();
      assert.equal(await cut(), "0%");
      await page.locator(".hold").focus();
      for (const key of [" ", "Enter"]) {
        await page.keyboard.down(key);
        assert.equal(await cut(), "100%");
        await page.keyboard.up(key);
        assert.equal(await cut(), "0%");
      }
      await page.keyboard.down(" ");
      await page.locator(".compare-bar input").focus();
      assert.equal(await cut(), "0%");
    });
  });

  for (const [name, device, letters] of [["at 320 pixels", NARROW, "100%"], ["at 360 pixels with letters twice as large", PHONE, "200%"]]) {
    test(`nothing sticks out ${name}, in any language`, async () => {
      page = await it.ready(device);
      await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), letters);
      const wide = [];
      const lookAt = async (where) => {
        for (const language of LANGUAGES) {
          await page.locator("header select").selectOption(language);
          await page.waitForSelector(`html[lang=${language}]`);
          await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
          if (!(await fitsAcross())) wide.push(`${where}, ${language}`);
        }
      };
      await lookAt("the start");
      await it.choose("few.jpg");
      await page.click(".add-area");
      await page.click('[data-tool="brush"]');
      await lookAt("deciding");
      await page.click(".protect");
      await page.waitForSelector(".save");
      await lookAt("the copy");
      assert.deepEqual(wide, []);
    });
  }

  for (const [name, device] of [["held upright", PHONE], ["held sideways", SIDEWAYS]]) {
    test(`on a phone ${name}, the main action is in reach, and nothing that has the focus is under it or under the picture`, async () => {
      await review("fine.jpg", device);
      const { height } = device.viewport;
      const action = page.locator(".protect");
      for (const place of [0, 0.5, 1]) {
        await page.evaluate((share) => window.scrollTo(0, share * document.documentElement.scrollHeight), place);
        const box = await action.boundingBox();
        assert.ok(box.y > 0 && box.y + box.height <= height, JSON.stringify(box));
      }
      const hidden = await page.evaluate(() => {
        const under = (element) => {
          const { left, top, width, height: high } = element.getBoundingClientRect();
          const at = deepAll("tk-review")[0].getRootNode().elementFromPoint(left + width / 2, top + high / 2);
          let inner = at;
          while (inner?.shadowRoot) {
            const next = inner.shadowRoot.elementFromPoint(left + width / 2, top + high / 2);
            if (next === null || next === inner) break;
            inner = next;
          }
          return !(element === inner || element.contains(inner));
        };
        const targets = deepAll("button, summary").filter((each) => each.checkVisibility() && !each.closest(".overlay"));
        return targets.filter((each) => (each.focus(), under(each))).map((each) => each.outerHTML.slice(0, 120));
      });
      assert.deepEqual(hidden, []);
    });
  }

  test("on a phone with several photos, the main action is in reach although the list of photos pushes the panel out of sight", async () => {
    page = await it.ready(PHONE);
    await it.choose("few-1.jpg", "few-2.jpg", "nobody.jpg");
    const action = page.locator(".protect");
    await action.waitFor();
    const reachable = async () => {
      const box = await action.boundingBox();
      return box.y > 0 && box.y + box.height <= PHONE.viewport.height;
    };
    assert.ok(await reachable());
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    assert.equal(await page.locator(".panel h1").evaluate((heading) => heading.getBoundingClientRect().width > 250), true);
    await page.evaluate(() => window.scrollTo(0, 400));
    assert.ok(await reachable());
  });

  test("on a phone the verdict is not under the picture, wherever the list was", async () => {
    await review("few.jpg", PHONE);
    await page.evaluate(() => window.scrollTo(0, 120));
    await page.click(".protect");
    await page.waitForSelector(".save");
    await page.waitForFunction(() => deepActive()?.matches(".verdict"));
    const [heading, picture] = [await page.locator(".verdict").boundingBox(), await page.locator("tk-result .canvas").boundingBox()];
    assert.ok(heading.y >= picture.y + picture.height, `${heading.y}, ${JSON.stringify(picture)}`);
  });

  test("a picture 20 times as wide as high can be looked at closely and drawn on, on a phone", async () => {
    await review("wide-nobody.jpg", PHONE);
    const view = await page.locator(".view").boundingBox();
    assert.ok(view.height >= 140, `${view.height}`);
    const small = () => page.evaluate(() => deepAll("tk-canvas, tk-result")[0].photo).then(({ before, phase }) => [before.height, phase.copy?.after.height]);
    assert.deepEqual(await small(), [310, undefined]);
    await page.getByRole("button", { name: "Zoom in" }).click({ clickCount: 6 });
    assert.ok((await page.locator(".overlay").boundingBox()).height >= 140);
    await page.click('[data-tool="brush"]');
    await page.touchscreen.tap(view.x + view.width / 2, view.y + view.height / 2);
    const [x, y] = await page.evaluate(() => deepAll("tk-canvas")[0].photo.history.present[0].cover.brush.points[0]);
    assert.ok(Math.abs(x - 6000) < 60 && Math.abs(y - 300) < 60, `${x}, ${y}`);
    await page.click(".protect");
    await page.waitForSelector(".save");
    assert.deepEqual(await small(), [310, 310]);
  });

  test("in forced colours, the chosen tool and what is held are told by their borders", async () => {
    await review("few.jpg", { ...DESK, forcedColors: "active" });
    const borders = () => page.locator("[data-tool]").evaluateAll((tools) => tools.map((tool) => getComputedStyle(tool).borderTopWidth));
    assert.deepEqual(await borders(), ["3px", "1px", "1px", "1px", "1px"]);
    const rims = await page.locator(".box .rim").evaluateAll((all) => all.map((each) => getComputedStyle(each).borderTopStyle));
    assert.deepEqual(new Set(rims), new Set(["solid", "dotted"]));
    const cards = await page.locator("tk-methods .card").evaluateAll((all) => all.map((card) => getComputedStyle(card)).map((style) => [style.borderTopColor, style.borderTopWidth, style.outlineStyle].join(" ")));
    assert.equal(new Set(cards).size, 2, `${cards}`);
  });

  test("in forced colours, where all buttons have borders, none touches another or reaches over the margin", async () => {
    await review("few.jpg", { ...DESK, forcedColors: "active" });
    const wrong = await page.evaluate(() => {
      const boxes = (selector) => deepAll(selector).map((each) => each.getBoundingClientRect()).filter(({ width }) => width > 0);
      const [margin] = boxes("header .wordmark, .wordmark");
      const buttons = boxes(".quiet:not([role=toolbar] *, .tool)");
      const touches = (a, b) => a !== b && a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom && b.top < a.bottom;
      return buttons.filter((button) => button.left < margin.left - 1 || buttons.some((other) => touches(button, other))).length;
    });
    assert.equal(wrong, 0);
  });
});
