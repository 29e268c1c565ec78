// Reaching into the shadow roots of the page's components, which Playwright's locators do by themselves, and into the server's log.

const POLL_MS = 50;

/** Waits until so many elements match. */
export async function until(page, selector, count, { timeout = 30_000 } = {}) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const found = await page.locator(selector).count();
    if (found === count) return;
    if (Date.now() > deadline) throw new Error(`${found} instead of ${count} ${selector} after ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Presses the key of a presenter remote until what it is to lead to is there. */
export async function remote(page, isThere, { most = 20 } = {}) {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press("PageDown");
    await new Promise((resolve) => setTimeout(resolve, 4 * POLL_MS));
    if (await isThere()) return;
  }
  throw new Error(`${most} presses of PageDown do not lead there.`);
}

/** Runs in the page before anything else: makes `deepAll(selector)` and `deepActive()` known to it. */
export function reach() {
  const roots = (root) => [root, ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : []))];
  window.deepAll = (selector) => roots(document).flatMap((root) => [...root.querySelectorAll(selector)]);
  window.deepActive = () => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active;
  };
}

/** Addresses that the server was asked for, but for the look for a new version, which browsers take after a page was opened. */
export function askedFor(requests) {
  return requests.map(({ url }) => url).filter((url) => url !== "/sw.js");
}
