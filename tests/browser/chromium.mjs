// Chromium, driven by Playwright.

import { existsSync } from "node:fs";
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
 * Starts a headless browser. Each page has a context of its own, so that it shares nothing with the others. The page's service worker is
 * off unless `serviceWorkers` says "allow": requests that it answers cannot be altered by a test.
 *
 * @returns {Promise<{newPage: (options?: import("playwright-core").BrowserContextOptions) => Promise<import("playwright-core").Page>, close: () => Promise<void>}>}
 */
export async function launch() {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: ARGUMENTS });
  const newPage = async (options = {}) => (await browser.newContext({ serviceWorkers: "block", ...options })).newPage();
  return { newPage, close: () => browser.close() };
}

/**
 * Starts a browser with a fresh profile for one page.
 *
 * @param {import("playwright-core").BrowserContextOptions} [contextOptions]
 * @returns {Promise<{page: import("playwright-core").Page, close: () => Promise<void>}>}
 */
export async function open(contextOptions = {}) {
  const { newPage, close } = await launch();
  return { page: await newPage(contextOptions), close };
}
