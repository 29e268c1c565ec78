// Firefox, driven by Puppeteer over WebDriver BiDi, which needs no geckodriver.

import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";

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
  return { page: await browser.newPage(), close: () => browser.close() };
}
