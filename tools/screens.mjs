// Writes pictures of the page in every state, to be looked at: three widths, light and dark, in three languages of both directions,
// and the printed report.
//
//   node tools/screens.mjs FOLDER [--only STATE]… [--width PIXELS]… [--language CODE]…
//
// With the stand-in engine of the tests, so that every state can be reached; nothing has to be built. One file is named after what it
// shows: STATE-WIDTH-LANGUAGE-SCHEME.png.

import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "../tests/browser/chromium.mjs";
import { makeRoot, removeRoot } from "../tests/browser/fake/root.mjs";
import { reach, until } from "../tests/browser/reach.mjs";
import { startServer } from "./serve.mjs";

const list = { type: "string", multiple: true };
const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: list, width: list, language: list } });
const [folder] = positionals;
if (folder === undefined) throw new Error("usage: node tools/screens.mjs FOLDER");
const PHOTO = readFileSync(fileURLToPath(new URL("../tests/photos/solvay_1927.jpg", import.meta.url)));
const DEVICES = [
  { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  { viewport: { width: 768, height: 1024 }, hasTouch: true },
  { viewport: { width: 1440, height: 900 } },
].filter(({ viewport }) => values.width?.includes(String(viewport.width)) ?? true);
const LANGUAGES = values.language ?? ["de", "ar", "en"];
/** A second click at the same place is taken for a double tap before that. */
const DOUBLE_TAP_MS = 400;
/** Until pictures are drawn and what moves has come to rest. */
const REST_MS = 500;

const choose = (page, ...names) => page.setInputFiles("#chooser", names.map((name) => ({ name, mimeType: "image/jpeg", buffer: PHOTO })));
const review = async (page, name = "few.jpg") => {
  await choose(page, name);
  await page.waitForSelector(".protect");
};
const press = async (page, selector) => {
  await page.waitForTimeout(DOUBLE_TAP_MS);
  await page.locator(selector).first().click();
};
const cover = async (page, name) => {
  await review(page, name);
  await press(page, ".protect");
};
const several = async (page) => {
  await choose(page, "few-1.jpg", "nobody.jpg", "few-2.jpg", "crash-in-check.jpg", "few-3.jpg", "slow-check.jpg");
  await page.waitForSelector(".refusal");
  await until(page, ".state-review", 4);
};

/** How each state is reached. `isWhole`: the picture is of the whole page, not only of what is seen at first. */
const STATES = {
  start: { isWhole: true, reach: async () => {} },
  trust: { reach: (page) => press(page, ".check-it") },
  working: {
    reach: async (page) => {
      await choose(page, "slow-check.jpg");
      await page.waitForSelector(".cancel");
    },
  },
  review: { isWhole: true, reach: (page) => review(page) },
  group: { reach: (page) => review(page, "group.jpg") },
  crowd: { isWhole: true, reach: (page) => review(page, "crowd.jpg") },
  wide: { reach: (page) => review(page, "wide-nobody.jpg") },
  adjusting: {
    isWhole: true,
    reach: async (page) => {
      await review(page);
      await press(page, ".add-area");
    },
  },
  picking: {
    isWhole: true,
    reach: async (page) => {
      await review(page);
      await press(page, ".only-open");
    },
  },
  thorough: {
    isWhole: true,
    reach: async (page) => {
      await review(page);
      await press(page, ".thorough input");
      await page.waitForSelector(".thorough .switch-done");
    },
  },
  sticker: {
    isWhole: true,
    reach: async (page) => {
      await review(page);
      await press(page, "input[value=sticker]");
    },
  },
  several: { isWhole: true, reach: several },
  unfolded: {
    isWhole: true,
    reach: async (page) => {
      await several(page);
      if (await page.locator(".more").isVisible()) await press(page, ".more");
    },
  },
  asking: {
    reach: async (page) => {
      await choose(page, "few-1.jpg", "few-2.jpg");
      await until(page, ".state-review", 2);
      await press(page, ".protect-all");
      await until(page, ".state-proved", 2);
      if (await page.locator(".more").isVisible()) await press(page, ".more");
      await press(page, ".clear");
      await page.waitForSelector("dialog[open]");
    },
  },
  result: {
    isWhole: true,
    reach: async (page) => {
      await cover(page, "few-maybe.jpg");
      await page.waitForSelector(".save");
    },
  },
  open: {
    isWhole: true,
    reach: async (page) => {
      await review(page);
      await press(page, ".switch");
      await press(page, ".protect");
      await page.waitForSelector(".save");
      await page.locator("tk-result input[type=range]").fill("50");
    },
  },
  unproved: {
    isWhole: true,
    reach: async (page) => {
      await cover(page, "few-unproved.jpg");
      await page.waitForSelector("tk-result .suspect");
    },
  },
  crashed: {
    isWhole: true,
    reach: async (page) => {
      await cover(page, "few-crash-in-protect.jpg");
      await page.waitForSelector(".alarm");
    },
  },
  unusable: { prepare: (page) => page.addInitScript(() => (WebAssembly.validate = () => false)), reach: (page) => page.waitForSelector("tk-failure") },
};

const root = await makeRoot();
const server = await startServer({ root });
mkdirSync(folder, { recursive: true });

async function picture(name, device, language, colorScheme) {
  const { prepare, reach: go, isWhole = false } = STATES[name];
  const { page, close } = await open({ ...device, locale: language, colorScheme });
  try {
    await page.addInitScript(reach);
    await prepare?.(page);
    await page.goto(server.url);
    if (prepare === undefined) await page.waitForSelector("html[data-ready]");
    await go(page);
    await page.waitForTimeout(REST_MS);
    await page.screenshot({ path: path.join(folder, `${name}-${device.viewport.width}-${language}-${colorScheme}.png`), fullPage: isWhole });
  } finally {
    await close();
  }
}

async function printed(language) {
  const { page, close } = await open({ locale: language });
  await page.addInitScript(reach);
  await page.goto(server.url);
  await page.waitForSelector("html[data-ready]");
  await review(page);
  await page.evaluate(() => deepAll("details").forEach((details) => (details.open = true))); // As the page does it for printing.
  await page.waitForTimeout(REST_MS);
  await page.pdf({ path: path.join(folder, `report-${language}.pdf`), format: "A4", printBackground: true });
  await close();
}

const states = Object.keys(STATES).filter((name) => values.only?.includes(name) ?? true);
for (const language of LANGUAGES) {
  for (const name of states) {
    for (const device of DEVICES) {
      for (const scheme of ["light", "dark"]) {
        await picture(name, device, language, scheme).catch((error) => console.error(`${name} at ${device.viewport.width} in ${language}: ${error.message}`));
      }
    }
  }
  if (values.only?.includes("report") ?? true) await printed(language);
}
await server.close();
await removeRoot(root);
