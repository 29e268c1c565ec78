// The workshop: each exercise by keys alone, in both languages, after the server is gone; what is forgotten; the projector; paper.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";
import { reach, remote } from "./reach.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WEB = here("../../dist/web");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PATIENCE_MS = 60_000;

if (unavailable) throw new Error(unavailable);

const locale = async (language) => JSON.parse(await readFile(here(`../../www/apps/workshop/locales/workshop_${language}.json`), "utf8"));

/** Presses Tab until the focus is on an element that matches. */
async function tabTo(page, selector) {
  for (let count = 0; count < 150; count += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => deepActive()?.matches(wanted), selector)) return;
  }
  throw new Error(`Tab does not lead to ${selector}.`);
}

async function press(page, selector, key = "Enter") {
  await tabTo(page, selector);
  await page.keyboard.press(key);
}

const headings = (page) => page.locator("main h1");

describe("the workshop", { timeout: 900_000 }, () => {
  let server;
  let page;
  let close;
  let url;
  const requested = [];

  before(async () => {
    server = await startServer({ root: WEB });
    url = `${server.url}workshop/`;
    ({ page, close } = await open({ locale: "de-DE", serviceWorkers: "allow", viewport: { width: 1280, height: 900 } }));
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(reach);
    page.on("pageerror", (error) => requested.push(error.stack));
    await page.goto(url);
    await page.waitForSelector("html[data-ready][data-offline=kept]");
    await press(page, ".fetch");
    await page.locator(".switch-done").waitFor();
    await server.close(); // From here on there is no network.
  });
  after(() => close());

  /** Another hash alone does not load the page anew, so the projector view of the last test would stay. */
  const goTo = async (hash, language = "de") => {
    await page.keyboard.press("Escape");
    await page.goto(`${url}?lang=${language}#/${hash}`);
    await page.waitForSelector(`html[data-ready][lang=${language}]`);
    await headings(page).first().waitFor();
  };

  for (const language of ["de", "en"]) {
    describe(language, () => {
      let words;
      before(async () => {
        words = await locale(language);
      });

      test("the start leads to each exercise and back, by keys", async () => {
        await goTo("", language);
        const links = await page.locator(".exercise a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
        assert.ok(links.length >= 8);
        for (const hash of links) {
          await press(page, `a[href="${hash}"]`);
          await page.getByRole("heading", { level: 1, name: words[`card.${hash.slice(2)}`] }).waitFor();
          assert.equal(await page.evaluate(() => deepActive().localName), "h1", `${hash}: the heading has the focus`);
          await press(page, "a.home");
          await page.getByRole("heading", { level: 1, name: words["shop.title"] }).waitFor();
        }
      });

      test("one to many: a longer list makes a false match almost certain", async () => {
        await goTo("one-to-many", language);
        const number = () => page.locator(".result .number").innerText();
        assert.match(await number(), /^0[.,]01\s?%$/);
        await tabTo(page, ".candidates");
        await page.keyboard.press("End");
        assert.match(await number(), /^100\s?%$/);
        await tabTo(page, ".rate");
        await page.keyboard.press("End");
        assert.match(await page.locator(".expected").innerText(), /8/);
        await page.keyboard.press("Home");
        await page.locator(".preset-passport").focus();
        await page.keyboard.press("Enter");
        assert.match(await number(), /^0[.,]01\s?%$/);
      });

      test("base rates: presets, own numbers, and a field of a thousand figures with words for it", async () => {
        await goTo("base-rates", language);
        const sentence = () => page.locator(".result .number").innerText();
        const figures = () => page.locator(".figure").evaluateAll((paths) => paths.reduce((sum, path) => sum + (path.getAttribute("d").match(/z/g)?.length ?? 0) / 2, 0));
        assert.match(await sentence(), /^90 \w+ 98/);
        assert.equal(await figures(), 1000);
        const alt = await page.locator(".figures").getAttribute("aria-label");
        assert.match(alt, /918/);
        await press(page, ".preset-london");
        assert.match(await sentence(), /^10 \w+ 2[.,]077/);
        assert.match((await page.locator(".slide").allInnerTexts()).join(), /waren 8 Schwarz|8 were Black/);
        await press(page, ".view-people");
        assert.equal(await figures(), 1000);
        await tabTo(page, ".field-wanted");
        await page.keyboard.press("Control+A");
        await page.keyboard.type("0");
        assert.match(await sentence(), /^10 \w+ 10/);
        assert.match(await page.locator(".about").innerText(), new RegExp(words["base.own"]));
      });

      test("unequal errors: our tables have every group of docs/accuracy.md with its interval", async () => {
        await goTo("unequal", language);
        const rows = await page.locator("tbody tr").allInnerTexts();
        const table = (await readFile(here("../../docs/accuracy.md"), "utf8")).match(/^\| (perceived \w+|(race|gender)(, from \d+ years)?|age group): /gm);
        assert.equal(rows.length, table.length);
        assert.match(rows.at(-1), /65\+.*48.*[.,]\d\s?%/s);
        assert.match(rows[0], /246.*97[.,]6\s?%.*95[.,]4\s?%.*99[.,]2\s?%/s);
        assert.ok((await page.locator(".source").count()) >= 6);
      });

      test("a source leads to its line in the list", async () => {
        await press(page, ".source");
        await page.getByRole("heading", { level: 1, name: words["sources.title"] }).waitFor();
        assert.equal(await page.locator(".wanted").count(), 1);
      });

      test("metadata: the engine finds what was planted, and nothing of it in the copy", async () => {
        await goTo("metadata", language);
        await press(page, ".check");
        await page.locator(".clean").waitFor();
        const planted = () => page.locator("[data-planted]").evaluateAll((all) => all.map(({ dataset, className }) => `${dataset.planted} ${className}`));
        assert.deepEqual(await planted(), ["place there", "time there", "device there", "preview there"]);
        await page.locator("details.facts summary").focus();
        await page.keyboard.press("Enter");
        assert.match(await page.locator(".leaks").innerText(), /52[.,]51630.*EX-3-0048151623|EX-3-0048151623.*52[.,]51630/s);
        await press(page, ".clean");
        await page.locator(".photo").nth(1).waitFor();
        assert.deepEqual(await planted(), ["place gone", "time gone", "device gone", "preview gone"]);
      });

      test("letters: filled in on the device, forgotten on leaving", async () => {
        await goTo("who", language);
        await tabTo(page, '[name="letter"]');
        await page.keyboard.press("ArrowDown");
        for (const [field, value] of Object.entries({ company: "Beispiel GmbH", name: "Ada Beispiel" })) {
          await tabTo(page, `.field-${field}`);
          await page.keyboard.type(value);
        }
        const letter = await page.locator(".letter").innerText();
        assert.match(letter, /Beispiel GmbH[^]*17 (GDPR|DSGVO)[^]*Ada Beispiel/);
        await page.keyboard.press("Shift+Tab");
        await press(page, ".reset");
        await page.waitForFunction(() => deepAll(".field-name")[0]?.value === "");
        assert.doesNotMatch(await page.locator(".letter").innerText(), /Ada/);
        await page.fill(".field-name", "Ada Beispiel");
        await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))); // Going back would show it.
        await page.waitForFunction(() => deepAll(".field-name")[0]?.value === "");
      });

      test("quiz: a guess, then what was measured", async () => {
        await goTo("quiz", language);
        for (let count = 0; count < 6; count += 1) {
          await press(page, count === 5 ? ".enough" : ".not-enough");
          await page.locator(".answer .verdict.right").waitFor();
          assert.match(await page.locator(".answer").innerText(), /100/);
          await press(page, ".next-question");
        }
        await page.getByText(words["quiz.score"].replace("{score}", "6").replace("{of}", "6")).waitFor();
      });

      test("a photo under time: the clock stops when the copy is proved", async () => {
        await goTo("timed", language);
        await press(page, ".start");
        await page.locator(".protect").waitFor();
        await press(page, ".protect");
        await page.locator(".timed-verdict").waitFor();
        const clock = await page.locator(".clock").innerText();
        await page.waitForTimeout(1_200);
        assert.equal(await page.locator(".clock").innerText(), clock);
        assert.match(await page.locator(".timed-verdict").innerText(), /1[56]/);
        assert.equal(await page.locator(".save").count(), 0, "nothing can be saved");
      });

      test("the overlooked face: the quick search misses somebody, and the person finds it, by the thorough search or by hand", async () => {
        await goTo("overlooked", language);
        await press(page, ".start");
        await page.locator(".protect").waitFor();
        const count = await page.locator(".tally").innerText();
        const [, found] = count.match(/(\d+)/);
        assert.ok(Number(found) < 29, count);
        if (language === "de") {
          await page.locator(".thorough input").focus(); // In a root of its own, where Tab leads as well.
          await page.keyboard.press("Space");
          await page.getByText(words["overlooked.all"]).waitFor();
          return;
        }
        await press(page, ".add-area");
        await page.waitForFunction((before) => deepAll(".tally")[0]?.innerText !== before, count);
      });

      test("sheets to print: one page each, on A4 and on Letter", async () => {
        for (const [sheet, shown] of [["kit/checklist", ".sheet.checklist"], ["kit/poster", ".sheet.poster"], ["kit/handout", ".sheet.handout"], ["15", ".steps"]]) {
          await goTo(sheet, language);
          await page.locator(shown).waitFor();
          assert.doesNotMatch(await page.locator("main").innerText(), / [.;]/, "no gap where a source was");
          for (const format of ["A4", "Letter"]) {
            const pdf = await page.pdf({ format });
            const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
            assert.equal(pages, 1, `${sheet} on ${format}`);
          }
        }
      });
    });
  }

  test("nothing is stored but the files of the program", async () => {
    const kept = await page.evaluate(async () => {
      const names = (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))).flat().map(({ url: address }) => address);
      const bases = (await indexedDB.databases?.()) ?? [];
      return { local: localStorage.length, session: sessionStorage.length, bases: bases.length, cookies: document.cookie, names };
    });
    assert.deepEqual([kept.local, kept.session, kept.bases, kept.cookies], [0, 0, 0, ""]);
    assert.ok(kept.names.length > 20 && kept.names.every((address) => address.startsWith(url.replace("workshop/", ""))));
  });

  test("in another language: English, and a sentence that says so", async () => {
    await page.goto(`${url}?lang=fr`);
    await page.waitForSelector("html[data-ready][lang=en]");
    assert.match(await page.locator(".missing").innerText(), /Français/);
    await page.locator("header select").selectOption("Deutsch");
    await page.waitForSelector("html[lang=de]");
    assert.equal(await page.locator(".missing").count(), 0);
  });

  test("on a projector: every text has 28 pixels, a remote turns the pages, through parts and screens, and Escape ends it", async () => {
    await goTo("base-rates");
    await press(page, ".project");
    const small = await page.evaluate(() => {
      const shown = deepAll("*").filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""));
      const seen = shown.filter((element) => element.checkVisibility() && !element.closest(".visually-hidden, style, script, option, noscript, title") && element.getRootNode().host?.localName !== "style");
      return seen.filter((element) => parseFloat(getComputedStyle(element).fontSize) < 28).map((element) => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`);
    });
    assert.deepEqual(small, []);
    await page.setViewportSize({ width: 1280, height: 640 });
    const part = async () => (await page.locator(".slide").allInnerTexts()).join();
    const lowest = () => page.evaluate(() => deepAll(".slide").at(-1).getBoundingClientRect().bottom - innerHeight);
    assert.equal(await page.locator(".slide").count(), 1);
    const first = await part();
    assert.equal(await page.evaluate(() => scrollY), 0);
    assert.ok((await lowest()) > 0, "the first part does not fit the window");
    while ((await lowest()) > 0) {
      await page.keyboard.press("PageDown");
      assert.equal(await part(), first, "a part is shown to its end before the page is turned");
    }
    await page.keyboard.press("PageUp");
    assert.equal(await part(), first);
    await remote(page, async () => (await part()) !== first);
    assert.equal(await page.evaluate(() => scrollY), 0);
    const second = await part();
    await remote(page, async () => (await part()) !== second);
    await tabTo(page, ".field-hits");
    await remote(page, () => page.url().endsWith("#/unequal"));
    await page.keyboard.press("PageUp");
    await page.waitForURL(/#\/base-rates$/);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.documentElement.classList.contains("projector"));
  });

  test("on a projector: names and addresses are shown only when asked for", async () => {
    await goTo("who");
    await press(page, ".project");
    await remote(page, () => page.locator(".hidden-data").isVisible());
    assert.equal(await page.locator(".field-name").count(), 0);
    await press(page, ".show");
    await page.locator(".field-name").waitFor();
  });

  test("on a projector: a participant's photo is shown only when asked for, and gone for the next one", async () => {
    await goTo("timed");
    await press(page, ".project");
    await page.locator(".own input").setInputFiles(here("../photos/astronaut.jpg"));
    await page.locator(".hidden-data").waitFor();
    assert.equal(await page.locator("tk-shop-desk").isVisible(), false);
    await press(page, ".show");
    await page.locator("tk-shop-desk").waitFor();
    await press(page, ".reset");
    await page.locator(".start").waitFor();
    assert.equal(await page.locator("tk-shop-desk").count(), 0);
  });

  test("a participant's file that is no photo: a sentence, and a way on", async () => {
    await goTo("timed");
    await page.locator(".own input").setInputFiles({ name: "x.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no photo") });
    await page.locator("tk-shop-desk .alarm").waitFor();
    await press(page, "button.again");
    await page.locator(".start").waitFor();
  });

  test("the plan of 15 minutes leads through all of its steps with the words for the trainer", async () => {
    const words = await locale("de");
    await goTo("15");
    await press(page, ".begin");
    const done = {
      hook: async () => {
        await press(page, ".load");
        await page.locator(".portraits button").first().waitFor();
        await press(page, ".portraits button");
        await page.locator(".ranks").first().getByText("Albert Einstein").waitFor();
      },
      vote: async () => {
        await page.locator("canvas.drawn").waitFor();
        await press(page, ".not-enough");
        await page.locator(".computed").waitFor();
        assert.match(await page.locator(".computed").innerText(), /Platz 1 von \d+/);
      },
      why: () => press(page, ".preset-london"),
      action: () => press(page, ".sheet-poster"),
    };
    for (const name of ["hook", "vote", "attack", "why", "action", "question"]) {
      await page.locator("tk-shop-step").getByText(words[`plan.step.${name}_words`]).waitFor();
      await headings(page).first().waitFor();
      await done[name]?.();
      if (name !== "question") await press(page, ".next");
    }
    assert.equal(await page.locator(".next").count(), 0);
  });

  test("no error came up", () => assert.deepEqual(requested, []));
});

describe("the workshop, for assistive technology", { timeout: 600_000 }, () => {
  let server;
  before(async () => {
    server = await startServer({ root: WEB });
  });
  after(() => server.close());

  for (const view of [
    { locale: "en-US", colorScheme: "light", viewport: { width: 1280, height: 900 } },
    { locale: "de-DE", colorScheme: "dark", viewport: { width: 360, height: 740 } },
  ]) {
    test(`axe-core, and nothing wider than the window: ${view.locale}, ${view.viewport.width} px`, async () => {
      const { page, close } = await open({ bypassCSP: true, ...view });
      try {
        await page.addInitScript(reach);
        await page.goto(`${server.url}workshop/`);
        await page.waitForSelector("html[data-ready]");
        await page.addScriptTag({ path: AXE });
        const screens = ["", "attack", "one-to-many", "base-rates", "unequal", "metadata", "who", "quiz", "timed", "overlooked", "kit", "sources", "15", "15/4", "45/1"];
        for (const hash of screens) {
          await page.evaluate((place) => (location.hash = `#/${place}`), hash);
          await page.waitForTimeout(300);
          const found = await page.evaluate(async (tags) => {
            const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } } });
            return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(" ")}: ${failureSummary}`));
          }, TAGS);
          assert.deepEqual(found, [], hash);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${hash} is ${wide} px too wide`);
        }
      } finally {
        await close();
      }
    });
  }
});
