// Chromium, driven by Playwright.

import { existsSync } from "node:fs";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

/** Where Debian puts it; CHROMIUM in the environment names another. */
const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

// The sandbox can't be had as root. The rest keeps the browser from making requests of its own, which would be noise
// in a test that counts requests.
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
];

/** Why the browser can't be used here; null if it can. */
export const unavailable = existsSync(EXECUTABLE) ? null : `${EXECUTABLE} is not installed`;

/**
 * Starts a headless browser with a fresh profile. The page's service worker is off unless `serviceWorkers` says "allow": requests
 * that it answers cannot be altered by a test.
 *
 * @param {import("playwright-core").BrowserContextOptions} [contextOptions]
 * @param {string[]} [without] features of the browser that are switched off
 * @returns {Promise<{page: import("playwright-core").Page, close: () => Promise<void>}>}
 */
export async function open(contextOptions = {}, without = []) {
  const browser = await launch(without);
  return { page: await newPage(browser, contextOptions), close: () => browser.close() };
}

/**
 * To be called in a suite: starts one browser for all of its tests. What is returned opens a page as {@link open} does, in a context of its
 * own, which shares nothing with the others.
 */
export function oneBrowser() {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  return async (contextOptions = {}) => {
    const page = await newPage(browser, contextOptions);
    return { page, close: () => page.context().close() };
  };
}

function launch(without = []) {
  // Chromium counts the last such switch only, so the driver's own would be lost if there were no need.
  const features = without.length > 0 ? [`--disable-features=${without}`] : [];
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: [...ARGUMENTS, ...features] });
}

async function newPage(browser, contextOptions) {
  const context = await browser.newContext({ serviceWorkers: "block", ...contextOptions });
  return context.newPage();
}
