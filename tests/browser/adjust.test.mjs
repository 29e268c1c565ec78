// Moving and resizing areas in the picture, by mouse and by finger, with the stand-in engine. What a drag means is tested without
// a browser in ../drag.test.mjs and ../handles.test.mjs.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, PHONE, standIn } from "./stand-in.mjs";

/** Sides of areas in pixels of the view. */
const SIDES = [12, 24, 45, 100];
/** Pixels of the view, for rounding. */
const NEAR = 1.5;

describe("an area in the picture", { timeout: 600_000 }, () => {
  const it = standIn();
  let page;
  const { touch } = it;
  const review = async (name, device) => {
    page = await it.review(name, device);
  };

  const byMouse = async (from, to) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 4 });
    await page.mouse.up();
  };
  const byFinger = async (from, to) => {
    await touch("touchStart", from);
    for (const share of [0.25, 0.5, 0.75, 1]) {
      await touch("touchMove", [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
    }
    await touch("touchEnd");
  };

  /** Draws an area in the middle of the picture; a mouse does that on a phone, too. */
  const draw = async (side) => {
    const { x, y, width, height } = await page.locator(".overlay").boundingBox();
    const [left, top] = [x + (width - side) / 2, y + (height - side) / 2];
    await byMouse([left, top], [left + side, top + side]);
    await page.waitForSelector(".box.adjusted");
  };
  const area = () => page.locator(".box.adjusted").boundingBox();
  const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
  const shares = () => page.locator(".box.adjusted").evaluate(({ style }) => [style.left, style.top, style.width, style.height]);
  const near = (actual, expected, side) =>
    Object.entries(expected).forEach(([key, value]) => assert.ok(Math.abs(actual[key] - value) <= NEAR, `${side} pixels, ${key}: ${actual[key]}, not ${value}`));

  for (const [way, drag, device] of [["by mouse", byMouse, DESK], ["by finger", byFinger, PHONE]]) {
    for (const photo of ["nobody.jpg", "tall-nobody.jpg"]) {
      test(`${photo}, ${way}: dragged from its middle it moves and keeps its size, dragged at a handle it is resized`, async () => {
        await review(photo, device);
        for (const side of SIDES) {
          await draw(side);
          const before = await area();
          const [x, y] = middle(before);
          await drag([x, y], [x - 3, y + 40]);
          near(await area(), { ...before, x: before.x - 3, y: before.y + 40 }, side);
          await page.click(".remove");
          await page.evaluate(() => scrollTo(0, 0));

          await draw(side);
          const again = await area();
          const handle = page.locator(".corner:visible").first();
          const isTop = /n[ew]/.test(await handle.getAttribute("data-corner"));
          const [left, top] = middle(await handle.boundingBox());
          await drag([left, top], [left, top + (isTop ? -20 : 20)]);
          near(await area(), { ...again, y: again.y - (isTop ? 20 : 0), height: again.height + 20 }, side);
          await page.click(".remove");
          await page.waitForSelector(".box", { state: "detached" });
          await page.evaluate(() => scrollTo(0, 0));
        }
      });
    }
  }

  test("a second finger neither moves nor ends a drag", async () => {
    await review("nobody.jpg", PHONE);
    await draw(45);
    const before = await area();
    const [x, y] = middle(before);
    await touch("touchStart", [x, y]);
    await touch("touchMove", [x, y + 20]);
    await touch("touchStart", [x, y + 20], [x - 90, y - 60]);
    await touch("touchMove", [x, y + 20], [x - 140, y - 90]);
    await touch("touchMove", [x, y + 20]);
    await touch("touchMove", [x, y + 40]);
    await touch("touchEnd");
    near(await area(), { ...before, y: before.y + 40 }, 45);
  });

  test("a finger that the system takes away leaves the area where it was, and the next one moves it", async () => {
    await review("nobody.jpg", PHONE);
    await draw(45);
    const before = await shares();
    const [x, y] = middle(await area());
    await touch("touchStart", [x, y]);
    await touch("touchMove", [x, y + 40]);
    await touch("touchCancel");
    assert.deepEqual(await shares(), before);
    await byFinger([x, y], [x, y + 30]);
    assert.notDeepEqual(await shares(), before);
  });

  for (const [name, event] of [["taken away", "pointercancel"], ["lost", "lostpointercapture"]]) {
    test(`a mouse that is ${name} while an area is drawn leaves nothing behind`, async () => {
      await review("nobody.jpg", DESK);
      const { x, y } = await page.locator(".overlay").boundingBox();
      await page.mouse.move(x + 50, y + 50);
      await page.mouse.down();
      await page.mouse.move(x + 150, y + 150, { steps: 3 });
      assert.equal(await page.locator(".rubber").isVisible(), true);
      await page.locator(".view").evaluate((view, type) => {
        view.dispatchEvent(new PointerEvent(type, { pointerId: 1 }));
      }, event);
      await page.mouse.up();
      assert.equal(await page.locator(".rubber").isVisible(), false);
      assert.equal(await page.locator(".face").count(), 0);
    });
  }

  test("the Escape key takes a drag back", async () => {
    await review("nobody.jpg", DESK);
    await draw(45);
    await page.locator(".box.adjusted").focus();
    const before = await shares();
    const [x, y] = middle(await area());
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y, { steps: 3 });
    await page.keyboard.press("Escape");
    await page.mouse.up();
    assert.deepEqual(await shares(), before);
  });

  test("its labels follow it", async () => {
    await review("nobody.jpg", DESK);
    await draw(45);
    const [x, y] = middle(await area());
    const frame = await page.locator(".overlay").boundingBox();
    await byMouse([x, y], [frame.x + 40, frame.y + 40]);
    const name = "Area 1, Upper left";
    assert.equal(await page.locator(".switch").getAttribute("aria-label"), `Cover ${name}`);
    assert.equal(await page.locator(".adjust").getAttribute("aria-label"), `Adjust ${name}`);
    assert.equal(await page.locator(".adjust").getAttribute("title"), `Adjust ${name}`);
    assert.ok((await page.locator(".box.adjusted").getAttribute("aria-label")).startsWith(name));
    assert.match(await page.locator(".face-place").innerText(), /^Upper left/);
  });

  test("its handles stay at it when the window is resized", async () => {
    await review("nobody.jpg", DESK);
    await draw(100);
    await page.setViewportSize({ width: 700, height: 900 });
    await page.waitForFunction(() => {
      const [box, handle] = [".box.adjusted", ".corner.se"].map((each) => deepAll(each)[0].getBoundingClientRect());
      return Math.abs(handle.left - box.right) < 2 && Math.abs(handle.top - box.bottom) < 2;
    });
  });
});
