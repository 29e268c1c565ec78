// The whole job without a pointer: by keys alone, and by what a screen reader is given (roles, names, states, announcements). With the
// stand-in engine; page.test.mjs has the job by keys with the real one.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "./reach.mjs";
import { DESK, PHONE, standIn } from "./stand-in.mjs";

/** More stops than the page has in any state that is tested. */
const MOST_STOPS = 80;
const PHOTO = { name: "few.jpg", mimeType: "image/jpeg", buffer: Buffer.from([0xff]) };
const CONTROLS = new Set(["button", "checkbox", "combobox", "link", "radio", "slider", "switch"]);

describe("without a pointer", { timeout: 600_000 }, () => {
  const it = standIn();

  /** Runs in the page: what has the focus, whether that is seen, and whether anything lies over it. */
  function focused() {
    const element = deepActive();
    const { left, top, width, height } = element.getBoundingClientRect();
    const marks = [element, element.parentElement, element.nextElementSibling].filter(Boolean).map((each) => getComputedStyle(each));
    const roots = [element.getRootNode(), document];
    const hit = roots.map((root) => root.elementFromPoint(left + width / 2, top + height / 2)).find((each) => each === element || element.contains(each));
    return {
      what: `${element.localName}.${element.className}`,
      isSeen: marks.some(({ outlineStyle, outlineWidth, boxShadow }) => (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none"),
      isInView: top < innerHeight && top + height > 0 && width > 0,
      isFree: hit !== undefined || element.matches("input, [role=switch]"),
    };
  }

  /** Goes on by Tab until something that matches has the focus, which must be seen at every stop. */
  const tabTo = async (selector) => {
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      await it.page.keyboard.press("Tab");
      const { what, isSeen, isInView, isFree } = await it.page.evaluate(focused);
      if (what.startsWith("body")) continue;
      assert.ok(isSeen && isInView && isFree, `the focus on ${what}: marked ${isSeen}, in view ${isInView}, free ${isFree}`);
      if (await it.page.evaluate((wanted) => deepActive().matches(wanted), selector)) return;
    }
    assert.fail(`Tab does not reach ${selector}`);
  };
  /** Waits until the focus is on the heading. */
  const heading = (words) => it.page.waitForFunction((wanted) => deepActive().localName === "h1" && deepActive().textContent.trim() === wanted, words);
  /** Playwright does not wait until the browser hands choosers over. */
  const ready = async (options, prepare) => {
    const page = await it.ready({ ...options, acceptDownloads: true }, prepare);
    page.on("filechooser", () => {});
    return page;
  };

  for (const [name, device] of Object.entries({ "on a desk": DESK, "on a phone with a keyboard": PHONE })) {
    test(`by keys alone ${name}: choose a photo, change a decision, cover, save`, async () => {
      const page = await ready(device);
      await tabTo(".choose");
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
      await chooser.setFiles(PHOTO);
      await heading("3 faces found");
      await tabTo('[data-region="2"] .switch');
      await page.keyboard.press("Space");
      assert.equal(await page.getAttribute('[data-region="2"] .switch', "aria-checked"), "false");
      await tabTo(".protect");
      await page.keyboard.press("Enter");
      await heading("Covered and checked");
      await tabTo(".save");
      const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
      assert.equal(download.suggestedFilename(), "photo-1.jpg");
    });
  }

  test("by keys alone: many photos, from the one that needs a person to all copies in one file", async () => {
    const page = await ready(DESK, (target) => target.addInitScript(() => delete window.showSaveFilePicker));
    await tabTo(".choose");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
    await chooser.setFiles(["few-1.jpg", "few-2.jpg", "few-3.jpg"].map((name) => ({ ...PHOTO, name })));
    await until(page, ".state-review", 3);
    await tabTo(".next");
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute(".tile[aria-current=true]", "aria-label").then((words) => words.split(":")[0]), "Photo 2");
    await tabTo(".protect-all");
    await page.keyboard.press("Enter");
    await until(page, ".state-proved", 3);
    await tabTo(".save-all");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    assert.equal(download.suggestedFilename(), "photos.zip");
  });

  describe("by what a screen reader is given", () => {
    let client;

    /** What is not left out, in the order in which it is read: role, name, whether it is on, and the element. */
    const read = async () => {
      const { nodes } = await client.send("Accessibility.getFullAXTree");
      const state = ({ properties = [] }, name) => properties.find((property) => property.name === name)?.value.value;
      return nodes
        .filter(({ ignored }) => !ignored)
        .map((node) => ({ role: node.role.value, name: node.name?.value ?? "", isOn: String(state(node, "checked") ?? state(node, "pressed")) === "true", level: state(node, "level"), element: node.backendDOMNodeId }));
    };
    const find = async (role, name) => {
      const found = (await read()).filter((node) => node.role === role && (name instanceof RegExp ? name.test(node.name) : node.name === name));
      assert.equal(found.length, 1, `${found.length} times ${role} “${name}”`);
      return found[0];
    };
    /** As screen readers do it: the element gets the focus and a key. */
    const act = async (role, name, key = "Enter") => {
      await client.send("DOM.focus", { backendNodeId: (await find(role, name)).element });
      await it.page.keyboard.press(key);
    };
    const expectStructure = async (title) => {
      const nodes = await read();
      assert.deepEqual(nodes.filter(({ role, level }) => role === "heading" && level === 1).map(({ name }) => name), [title]);
      for (const landmark of ["banner", "main", "contentinfo"]) assert.equal(nodes.filter(({ role }) => role === landmark).length, 1, landmark);
      const nameless = nodes.filter(({ role, name }) => (CONTROLS.has(role) || role === "image") && name.trim() === "");
      assert.deepEqual(nameless.map(({ role }) => role), []);
      const names = nodes.filter(({ role }) => CONTROLS.has(role)).map(({ role, name }) => `${role} ${name}`);
      assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), [], "two controls have the same name");
    };
    const said = () => it.page.evaluate(() => window.said);

    /** Runs in the page before anything else: what the live region says. */
    function listen() {
      window.said = [];
      addEventListener("DOMContentLoaded", () => {
        const status = document.querySelector("[role=status]");
        new MutationObserver(() => status.textContent !== "" && window.said.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
      });
    }

    test("one photo: every control has a name of its own, and what happens is announced", async () => {
      const page = await ready(DESK, (target) => target.addInitScript(listen));
      client = await page.context().newCDPSession(page);
      await expectStructure("Take the faces out before you share.");
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), act("button", "Choose photos")]);
      await chooser.setFiles(PHOTO);
      await page.waitForSelector(".protect");
      await expectStructure("3 faces found");
      const cover = "Cover Face 2, Upper left";
      assert.ok((await find("switch", cover)).isOn && (await find("button", cover)).isOn);
      await act("switch", cover, "Space");
      assert.ok(!(await find("switch", cover)).isOn && !(await find("button", cover)).isOn);
      await act("button", "Add an area");
      await page.keyboard.press("Enter");
      await find("switch", /^Cover Area 4/);
      await act("button", "Cover 3 and check");
      await page.waitForSelector(".save");
      await expectStructure("Covered and checked");
      await find("image", "The covered copy");
      await Promise.all([page.waitForEvent("download"), act("link", "Save the copy")]);
      const words = (await said()).join("\n");
      assert.match(words, /3 faces found[^]*Area 4, Middle added[^]*1 face left open by you[^]*photo-1\.jpg was handed to your downloads/);
    });

    test("many photos: each is named with its state", async () => {
      const page = await ready(DESK, (target) => target.addInitScript(listen));
      client = await page.context().newCDPSession(page);
      await it.choose("few.jpg", "nobody.jpg", "crash-in-check.jpg");
      await until(page, ".state-review", 2);
      await page.waitForSelector(".refusal");
      await find("button", /^Photo 1: .*few\.jpg.*, /);
      await find("button", /^Photo 2: .*nobody\.jpg.*, no face found$/i);
      await find("progressbar", /./);
      await act("button", "Cover and check all 2 photos");
      await until(page, ".state-proved", 2);
      await find("button", /^Photo 1: .*few\.jpg.*, covered/i);
      assert.match((await said()).join("\n"), /crash-in-check\.jpg/);
    });
  });
});
