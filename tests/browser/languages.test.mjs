// The page in every language: its menu, both directions of writing, and text that must not be clipped on a phone. The engine is
// the stand-in of fake/tarnkappe.js.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { oneBrowser, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { reach } from "./reach.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const LANGUAGES = (await readdir(here("../../www/locales"))).map((name) => name.replace(".json", ""));
const PSEUDO = ["en-XA", "ar-XB"];
const PHONE = { width: 360, height: 740 };
const NARROW = { width: 320, height: 640 };

if (unavailable) throw new Error(unavailable);

/** Runs in the page: texts that reach out of the window, of a button or of what clips them. */
function clippedTexts() {
  const SLACK_PX = 1.5;
  const isHidden = (element) => element.closest(".visually-hidden, script, style, noscript, option") !== null || !element.checkVisibility({ visibilityProperty: true });
  const outer = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;
  const isWithin = (rect, { left, right, top, bottom }) =>
    rect.left >= left - SLACK_PX && rect.right <= right + SLACK_PX && rect.top >= top - SLACK_PX && rect.bottom <= bottom + SLACK_PX;
  const frame = { left: 0, right: innerWidth, top: -Infinity, bottom: Infinity };

  function isClipped(rect, element) {
    for (let each = element; each !== null && each !== document.body; each = outer(each)) {
      const { overflowX } = getComputedStyle(each);
      if (/auto|scroll/.test(overflowX)) return false; // It can be scrolled to.
      const bounds = /hidden|clip/.test(overflowX) || each.matches("button:not(.box), .button, summary, .badge");
      if (bounds && !isWithin(rect, each.getBoundingClientRect())) return true;
    }
    return !isWithin(rect, frame);
  }

  const texts = deepAll("*").flatMap((element) => [...element.childNodes].filter(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== ""));
  const clipped = texts.filter((text) => {
    if (isHidden(text.parentElement)) return false;
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()].some((rect) => rect.width > 0 && isClipped(rect, text.parentElement));
  });
  return clipped.map(({ data }) => data.trim());
}

/** Runs in the page: whether a menu is too narrow for what it shows. */
function textOverflow(select) {
  const style = getComputedStyle(select);
  const context = document.createElement("canvas").getContext("2d");
  context.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
  return context.measureText(select.selectedOptions[0].label).width > room;
}

/** Runs in the page: words in it, and names for assistive technology. */
function allWords() {
  const texts = deepAll("*")
    .filter((element) => element.closest("script, style, noscript, option") === null && element.checkVisibility())
    .flatMap((element) => [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data.trim()));
  const names = ["aria-label", "title", "alt", "aria-valuetext"].flatMap((name) => deepAll(`[${name}]`).map((element) => element.getAttribute(name)));
  return [...texts, ...names].filter((words) => /\p{L}{2}/u.test(words));
}

describe("languages", { timeout: 600_000 }, () => {
  const open = oneBrowser();
  let root;
  let server;
  let picture;
  let page;
  let close;

  const openPage = async (search = "", contextOptions = {}) => {
    ({ page, close } = await open({ locale: "en-US", viewport: PHONE, ...contextOptions }));
    await page.addInitScript(reach);
    await page.goto(server.url + search);
    await page.waitForSelector("html[data-ready]");
  };
  const review = async (name = "fine.jpg") => {
    await page.setInputFiles("#chooser", { name, mimeType: "image/jpeg", buffer: picture });
    await page.waitForSelector(".protect");
    await page.evaluate(() => deepAll("details").forEach((details) => (details.open = true)));
  };
  const menu = () => page.locator("header select");
  const speak = async (language, name) => {
    await menu().selectOption(name);
    await page.waitForSelector(`html[lang=${language}]`);
  };

  before(async () => {
    root = await makeRoot();
    server = await startServer({ root });
    picture = await readFile(here("../photos/astronaut.jpg"));
  });
  after(async () => {
    await server.close();
    await removeRoot(root);
  });
  afterEach(() => close());

  test("the menu has each by its own name, and says which ones no native speaker has read", async () => {
    await openPage();
    const options = await menu().locator("option").evaluateAll((all) => all.map(({ value, label, lang }) => [value, label, lang]));
    assert.deepEqual(options.map(([code]) => code).sort(), [...LANGUAGES].sort());
    assert.ok(options.some((option) => `${option}` === "ar,العربية,ar"));
    const group = menu().locator("optgroup");
    assert.match(await group.getAttribute("label"), /not yet read by a native speaker/);
    for (const code of LANGUAGES) {
      const words = JSON.parse(await readFile(here(`../../www/locales/${code}.json`), "utf8"));
      const isMarked = (await group.locator(`option[value=${code}]`).count()) === 1;
      assert.equal(isMarked, words["language.proofreading"] === "none", code);
    }
  });

  test("the menu's name has the language that it shows", async () => {
    await openPage("?lang=fr");
    await page.getByRole("combobox", { name: "Langue : Français" }).waitFor();
  });

  for (const language of LANGUAGES) {
    test(`${language}: the menu fits into a narrow window, also with text twice as large`, async () => {
      await openPage(`?lang=${language}`, { viewport: NARROW });
      for (const size of ["100%", "200%"]) {
        await page.evaluate((value) => document.documentElement.style.setProperty("font-size", value), size);
        const box = await menu().boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= NARROW.width, `${size}: ${JSON.stringify(box)}`);
        assert.equal(await menu().evaluate(textOverflow), false, size);
      }
    });
  }

  test("the menu keeps the focus and can be used by keys alone", async () => {
    await openPage();
    await menu().focus();
    await page.keyboard.press("d");
    await page.waitForSelector("html[lang=de]");
    assert.equal(await page.evaluate(() => deepActive().localName), "select");
    assert.equal(await menu().inputValue(), "de");
  });

  test("a language that cannot be loaded changes nothing but a sentence", async () => {
    await openPage();
    await page.route(/\/assets\/de-\w+\.js$/, (route) => route.abort());
    await menu().selectOption("Deutsch");
    await page.waitForFunction(() => document.querySelector("#status").textContent.includes("could not be loaded"));
    assert.equal(await menu().inputValue(), "en");
    assert.equal(await page.getAttribute("html", "lang"), "en");
  });

  test("of two languages asked for one after the other, the later one is spoken, whichever arrives first", async () => {
    await openPage();
    let arrived;
    const late = new Promise((resolve) => (arrived = resolve));
    await page.route(/\/assets\/de-\w+\.js$/, async (route) => {
      await page.waitForSelector("html[lang=fr]");
      await route.continue();
      arrived();
    });
    await menu().selectOption("Deutsch");
    await menu().selectOption("Français");
    await late;
    await page.waitForLoadState("networkidle");
    assert.equal(await page.getAttribute("html", "lang"), "fr");
  });

  test("only the words of the chosen language are loaded", async () => {
    const before = server.requests.length;
    await openPage("?lang=ar");
    const locales = server.requests.slice(before).filter(({ url }) => /\/assets\/[a-z]{2}-\w+\.js$/.test(url));
    assert.deepEqual(locales.map(({ url }) => url.match(/assets\/(\w+)-/)[1]), ["ar"]);
  });

  test("right-to-left turns the page and what points along the text, and no picture", async () => {
    await openPage();
    await review();
    const place = (selector) => page.locator(selector).first().boundingBox();
    const faceBefore = await place(".box");
    const pictureBefore = await place(".picture");
    await speak("ar", "العربية");
    assert.equal(await page.getAttribute("html", "dir"), "rtl");
    const faceAfter = await place(".box");
    const pictureAfter = await place(".picture");
    assert.ok(Math.abs(faceBefore.x - pictureBefore.x - (faceAfter.x - pictureAfter.x)) < 1, "the face stays where it is in the picture");
    const scale = (selector) => page.locator(`${selector} svg`).first().evaluate((svg) => getComputedStyle(svg).scale);
    assert.equal(await scale(".undo"), "-1 1");
    await page.locator(".adjust").first().click();
    const [left, right] = [await place('[title="إلى اليسار"]'), await place('[title="إلى اليمين"]')];
    assert.ok(left.x < right.x, "the button that moves to the left is to the left");
    assert.equal(await scale('[title="إلى اليسار"]'), "none");
    await page.locator(".pan").click();
    const pans = [await place('[title="عرض المزيد من اليسار"]'), await place('[title="عرض المزيد من اليمين"]')];
    assert.ok(pans[0].x < pans[1].x, "the button that shows more on the left is to the left");
    const [wordmark, select] = [await place(".wordmark"), await place("header select")];
    assert.ok(wordmark.x > select.x, "the header begins at the right");
  });

  test("a file name does not turn the sentence around it", async () => {
    await openPage("?lang=ar");
    await review("IMG 1 (2).jpg");
    assert.match(await page.locator(".tile").first().getAttribute("aria-label"), /\u2068IMG 1 \(2\)\.jpg\u2069/);
  });

  for (const language of PSEUDO) {
    test(`${language}: every word comes from the locale files`, async () => {
      await openPage(`?lang=${language}`);
      const strange = async () => {
        const words = await page.evaluate(allWords);
        assert.ok(words.length > 10);
        return words.filter((text) => !/[áçéîñöšüýÁÇÉÎÑÖŠÜÝ]/.test(text));
      };
      assert.deepEqual(await strange(), ["Tarnkappe"]);
      await review();
      const fromTheFile = /^(Tarnkappe|Example Phone|EXIF|APP1|[\d., ]+|.*\.jpg)/;
      assert.deepEqual((await strange()).filter((text) => !fromTheFile.test(text)), []);
    });
  }

  for (const language of [...LANGUAGES, ...PSEUDO]) {
    test(`${language}: no text is clipped on a phone`, async () => {
      await openPage(`?lang=${language}`);
      assert.equal(await page.getAttribute("html", "lang"), language);
      const fits = async (state) => {
        assert.deepEqual(await page.evaluate(clippedTexts), [], state);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${state} is too wide`);
      };
      await fits("start");
      await review();
      await fits("review");
      await page.locator(".adjust").first().click();
      await fits("adjusting");
      await page.click(".protect");
      await page.waitForSelector(".save");
      await page.evaluate(() => deepAll("details").forEach((details) => (details.open = true)));
      await fits("result");
    });
  }
});
