// Drawing, erasing and zooming in the picture by finger, mouse and keys, with the stand-in engine. What events mean is tested without a
// browser in ../tools.test.mjs.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, PHONE, standIn } from "./stand-in.mjs";

/** Radius of the brush at first, in pixels of the view. */
const RADIUS = 24;

describe("the tools", { timeout: 600_000 }, () => {
  const it = standIn();
  let page;
  const { touch } = it;
  const review = async (name, device) => {
    page = await it.review(name, device);
  };
  const tool = (name) => page.locator(`[data-tool="${name}"]`).click();
  const frame = () => page.locator(".overlay").boundingBox();
  /** The regions of the photo, as the model has them. */
  const regions = () => page.evaluate(() => deepAll("tk-canvas")[0].photo.history.present.map(({ origin, cover, box }) => ({ origin, cover, box })));
  const zoom = async () => (await frame()).width / Number(await page.locator(".view").evaluate((view) => Math.min(view.clientWidth, view.clientHeight * (1800 / 1303))));
  const distance = ([x, y], [a, b], [c, d]) => {
    const [dx, dy] = [c - a, d - b];
    const along = Math.min(Math.max(((x - a) * dx + (y - b) * dy) / (dx * dx + dy * dy || 1), 0), 1);
    return Math.hypot(x - a - along * dx, y - b - along * dy);
  };

  test("the brush covers what a finger swept, to the pixel, however quick it was", async () => {
    await review("nobody.jpg", PHONE);
    await tool("brush");
    const { x, y, width } = await frame();
    const zigzag = [[60, 60], [200, 80], [70, 120], [240, 150], [90, 180]];
    const way = zigzag.map(([dx, dy]) => [x + dx, y + dy]);
    await touch("touchStart", way[0]);
    for (const point of way.slice(1)) await touch("touchMove", point);
    assert.ok(await page.locator(".magnifier").isVisible());
    await touch("touchEnd");
    assert.equal(await page.locator(".magnifier").count(), 0);
    const [{ cover }] = await regions();
    const scale = 1800 / width;
    const { points, radius } = cover.brush;
    assert.ok(Math.abs(radius - RADIUS * scale) < 0.01);
    for (let index = 1; index < zigzag.length; index += 1) {
      for (let part = 0; part <= 1; part += 0.02) {
        const at = [0, 1].map((axis) => scale * (zigzag[index - 1][axis] + part * (zigzag[index][axis] - zigzag[index - 1][axis])));
        const away = Math.min(...points.slice(1).map((end, place) => distance(at, points[place], end)));
        assert.ok(away <= 1.5 * scale, `${away / scale} pixels of the view away from the stroke at ${at}`);
      }
    }
  });

  test("a missed head is covered by two gestures: choose the brush, paint", async () => {
    await review("nobody.jpg", PHONE);
    const { x, y } = await frame();
    await page.locator('[data-tool="brush"]').tap();
    await page.touchscreen.tap(x + 80, y + 80);
    assert.equal((await regions())[0].cover.shape, "brush");
    assert.equal(await page.locator(".switch[aria-checked=true]").count(), 1);
  });

  test("what is asked of the engine is the shape that was drawn", async () => {
    await review("nobody.jpg", DESK);
    await page.evaluate(() => {
      window.asked = [];
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.kind === "cover") window.asked.push(message.options.regions);
        return post.call(this, message, ...rest);
      };
    });
    const { x, y } = await frame();
    const drag = async (name, from, to) => {
      await tool(name);
      await page.mouse.move(x + from[0], y + from[1]);
      await page.mouse.down();
      await page.mouse.move(x + to[0], y + to[1], { steps: 5 });
      await page.mouse.up();
    };
    await drag("ellipse", [50, 50], [150, 120]);
    await drag("rectangle", [200, 50], [300, 120]);
    await drag("brush", [350, 50], [400, 120]);
    await page.click(".protect");
    await page.waitForSelector(".save");
    const sent = (await page.evaluate(() => window.asked)).at(-1);
    assert.deepEqual(sent.map(({ cover }) => cover?.shape ?? "rectangle"), ["ellipse", "rectangle", "brush"]);
    assert.ok(sent[2].cover.brush.points.length >= 6);
  });

  for (const [name, device] of [["by mouse", DESK], ["by finger", PHONE]]) {
    test(`an area by two taps, ${name}`, async () => {
      await review("nobody.jpg", device);
      await tool("rectangle");
      const { x, y, width } = await frame();
      const press = (dx, dy) => (device.hasTouch ? page.touchscreen.tap(x + dx, y + dy) : page.mouse.click(x + dx, y + dy));
      await press(50, 60);
      assert.match(await page.locator(".tool-hint").innerText(), /opposite corner/);
      await press(120, 150);
      const [{ box }] = await regions();
      const scale = 1800 / width;
      [50, 60, 70, 90].forEach((value, index) => assert.ok(Math.abs(box[index] / scale - value) < 1.5, `${box}`));
    });
  }

  test("by keys alone: the brush is chosen, moved and used, and what it drew is erased and comes back", async () => {
    await review("nobody.jpg", DESK);
    await page.locator('[data-tool="select"]').focus();
    await page.keyboard.press("b");
    await page.locator(".easel").focus();
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    const [{ cover }] = await regions();
    const { width, height } = await frame();
    const scale = 1800 / width;
    assert.deepEqual(cover.brush.points[0].map(Math.round), [900 - 40 * scale, (height / 2 - 6) * scale].map(Math.round));
    await page.keyboard.press("e");
    assert.equal(await page.evaluate(() => deepActive().className), "easel");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Enter");
    assert.equal((await regions()).length, 0);
    await page.keyboard.press("Control+z");
    assert.equal((await regions()).length, 1);
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+y");
    assert.equal((await regions()).length, 1);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator('[data-tool="select"]').getAttribute("aria-pressed"), "true");
  });

  test("choosing a tool to draw with ends adjusting, and adding an area ends drawing", async () => {
    await review("nobody.jpg", DESK);
    await page.click(".add-area");
    await tool("brush");
    assert.equal(await page.locator(".box.adjusted").count(), 0);
    assert.equal(await page.locator('[data-tool="brush"]').getAttribute("aria-pressed"), "true");
    await page.click(".add-area");
    assert.equal(await page.locator(".box.adjusted").count(), 1);
    assert.equal(await page.locator(".easel").count(), 0);
  });

  test("zoomed in, a finger pans on a face without deciding about it, and a tap decides", async () => {
    await review("fine.jpg", PHONE);
    await page.getByRole("button", { name: "Zoom in" }).click();
    const box = await page.locator(".box").nth(14).boundingBox();
    const covered = () => page.locator(".switch[aria-checked=true]").count();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await touch("touchStart", [x, y]);
    for (const by of [10, 20, 30]) await touch("touchMove", [x - by, y]);
    await touch("touchEnd");
    const moved = await page.locator(".box").nth(14).boundingBox();
    assert.ok(Math.abs(box.x - moved.x - 30) < 2, `${box.x} ${moved.x}`);
    assert.equal(await covered(), 29);
    await page.waitForTimeout(600); // To the browser a tap that follows at once is the second of a double tap.
    await page.touchscreen.tap(moved.x + moved.width / 2, moved.y + moved.height / 2);
    assert.equal(await covered(), 28);
  });

  test("the eraser leaves covers of found faces alone, and says how to open them", async () => {
    await review("few.jpg", DESK);
    await tool("eraser");
    const { x, y, width, height } = await frame();
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let row = 0; row < 6; row += 1) await page.mouse.move(x + (row % 2 ? 5 : width - 5), y + (row * height) / 6, { steps: 4 });
    await page.mouse.up();
    assert.equal((await regions()).length, 3);
    assert.equal(await page.locator(".switch[aria-checked=true]").count(), 3);
    assert.match(await page.locator(".tool-hint").innerText(), /switch its cover off/);
  });

  test("two fingers zoom, keep what is between them there, and draw or move nothing", async () => {
    await review("few.jpg", PHONE);
    const before = await page.locator(".box").first().boundingBox();
    const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
    for (const name of ["select", "brush"]) {
      await tool(name);
      await page.locator(".whole").evaluate((button) => button.click());
      await touch("touchStart", [x - 20, y]);
      await touch("touchStart", [x - 20, y], [x + 20, y]);
      for (const by of [25, 30, 35, 40]) await touch("touchMove", [x - by, y], [x + by, y]);
      await touch("touchEnd");
      assert.ok(Math.abs((await zoom()) - 2) < 0.1, `${await zoom()}`);
      const now = await page.locator(".box").first().boundingBox();
      // At its edges the picture does not follow.
      assert.ok(Math.abs(now.width / before.width - 2) < 0.1);
      assert.ok(now.x <= x && now.x + now.width >= x - 1, JSON.stringify({ now, x }));
      assert.equal((await regions()).length, 3);
    }
    assert.equal(await page.evaluate(() => visualViewport.scale), 1);
  });

  test("two fingers on an area that is being moved do not move it", async () => {
    await review("nobody.jpg", PHONE);
    await page.click(".add-area");
    const before = await regions();
    const { x, y, width, height } = await page.locator(".box.adjusted").boundingBox();
    const [left, top] = [x + width / 2, y + height / 2];
    await touch("touchStart", [left, top]);
    await touch("touchStart", [left, top], [left + 60, top]);
    for (const by of [20, 40, 60]) await touch("touchMove", [left - by, top + by], [left + 60 + by, top + by]);
    await touch("touchEnd");
    assert.deepEqual(await regions(), before);
    assert.ok((await zoom()) > 1.3);
  });

  test("the wheel zooms with Ctrl or with the focus on the picture, and scrolls the page else", async () => {
    await review("few.jpg", DESK);
    const { x, y, width, height } = await frame();
    const at = [x + width * 0.5, y + height * 0.5];
    await page.mouse.move(...at);
    await page.mouse.wheel(0, -200);
    assert.ok(Math.abs((await zoom()) - 1) < 0.01);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -200);
    await page.keyboard.up("Control");
    const first = await zoom();
    assert.ok(first > 1.5);
    const now = await frame();
    assert.ok(Math.abs((at[0] - now.x) / now.width - 0.5) < 0.01);
    await tool("brush");
    await page.locator(".easel").focus();
    await page.mouse.move(...at);
    await page.mouse.wheel(0, -200);
    assert.ok((await zoom()) > first);
  });

  test("by buttons and keys: in, out, whole, actual size, and moving about", async () => {
    await review("few.jpg", DESK);
    await page.getByRole("button", { name: "Actual size, 100 %" }).click();
    assert.ok(Math.abs((await frame()).width - 1800) < 2);
    const start = await frame();
    await page.getByRole("button", { name: "Move the picture" }).click();
    await page.getByRole("button", { name: "Show more on the right" }).click();
    assert.ok((await frame()).x < start.x - 30);
    await page.keyboard.press("Shift+ArrowDown");
    assert.ok((await frame()).y < start.y - 30);
    await page.keyboard.press("0");
    assert.ok(Math.abs((await zoom()) - 1) < 0.01);
    await page.keyboard.press("+");
    assert.ok(Math.abs((await zoom()) - 1.5) < 0.01);
  });

  test("a finger that is taken away while it paints leaves nothing, and the next one paints", async () => {
    await review("nobody.jpg", PHONE);
    await tool("brush");
    const { x, y } = await frame();
    await touch("touchStart", [x + 50, y + 50]);
    await touch("touchMove", [x + 90, y + 50]);
    await touch("touchCancel");
    assert.equal((await regions()).length, 0);
    await touch("touchStart", [x + 50, y + 50]);
    await touch("touchMove", [x + 90, y + 50]);
    await touch("touchEnd");
    assert.equal((await regions()).length, 1);
  });

  for (const [name, end] of [
    ["Escape", () => page.keyboard.press("Escape")],
    ["undo", () => page.keyboard.press("Control+z")],
    ["another window in front", () => page.evaluate(() => window.dispatchEvent(new Event("blur")))],
  ]) {
    test(`${name} takes back the stroke that is being painted, and nothing else`, async () => {
      await review("nobody.jpg", DESK);
      await tool("brush");
      const { x, y } = await frame();
      await page.mouse.click(x + 300, y + 200);
      await page.mouse.move(x + 50, y + 50);
      await page.mouse.down();
      await page.mouse.move(x + 150, y + 150, { steps: 3 });
      await end();
      await page.mouse.up();
      assert.equal((await regions()).length, 1);
      assert.equal(await page.locator(".drafts polyline").count(), 0);
    });
  }

  test("in a scrolled and scaled host, from right to left, the brush is where the mouse is", async () => {
    await review("nobody.jpg", DESK);
    await page.evaluate(() => {
      document.documentElement.dir = "rtl";
      document.body.style.cssText = "transform: scale(0.7) translate(40px, 60px); transform-origin: 0 0";
    });
    await page.mouse.wheel(0, 60);
    await tool("brush");
    const { x, y, width, height } = await frame();
    await page.mouse.click(x + width / 4, y + height / 2);
    const [{ cover }] = await regions();
    assert.deepEqual(cover.brush.points[0].map((value) => Math.round(value / 10)), [45, 65]);
  });
});
