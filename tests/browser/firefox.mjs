// Firefox, driven by Puppeteer over WebDriver BiDi, which needs no geckodriver.

import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { poll } from "./poll.mjs";

/** Where Debian puts it; FIREFOX in the environment names another. */
const EXECUTABLE = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** Why the browser can't be used here; null if it can. */
export const unavailable = existsSync(EXECUTABLE) ? null : `${EXECUTABLE} is not installed`;

/**
 * Starts a headless browser with a fresh profile.
 *
 * @returns {Promise<{page: import("puppeteer-core").Page, close: () => Promise<void>}>}
 */
export async function open() {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: EXECUTABLE, headless: true });
  const page = await browser.newPage();
  // Firefox 140 does not let the driver wait in a page whose policy forbids `eval`.
  page.waitForFunction = (code, { timeout = 30_000 } = {}, ...args) => poll(() => page.evaluate(code, ...args), timeout, `${code}`);
  return { page, close: () => browser.close() };
}
