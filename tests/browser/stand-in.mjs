// The page with the stand-in engine, for the tests of one suite.

import { readFile } from "node:fs/promises";
import { after, afterEach, before } from "node:test";
import { startServer } from "../../tools/serve.mjs";
import { oneBrowser, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { reach } from "./reach.mjs";

if (unavailable) throw new Error(unavailable);

export const DESK = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/**
 * To be called in a suite. The page is built and served before its tests, and what a test has opened is closed after it. What the functions
 * take as `options` is for Playwright's context; the language is English unless they say otherwise.
 */
export function standIn() {
  const open = oneBrowser();
  let picture;
  let close = async () => {};
  const it = { root: "", server: null, page: null, load, ready, choose, review, result, touch };

  before(async () => {
    it.root = await makeRoot();
    it.server = await startServer({ root: it.root });
    picture = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
  });
  after(async () => {
    await it.server.close();
    await removeRoot(it.root);
  });
  afterEach(() => close());

  /** Goes to the page, however far that gets. `prepare`: what is done before. */
  async function load(options = {}, prepare = async () => {}) {
    await close();
    ({ page: it.page, close } = await open({ locale: "en-US", ...options }));
    await it.page.addInitScript(reach);
    await prepare(it.page);
    await it.page.goto(it.server.url);
    return it.page;
  }

  async function ready(options, prepare) {
    await load(options, prepare);
    await it.page.waitForSelector("html[data-ready]");
    return it.page;
  }

  /** Chooses photos of which nothing but the names differs: those say what the stand-in engine does. */
  function choose(...names) {
    return it.page.setInputFiles("#chooser", names.map((name) => ({ name, mimeType: "image/jpeg", buffer: picture })));
  }

  /** Goes to the decisions about a photo. */
  async function review(name, options) {
    await ready(options);
    await choose(name);
    await it.page.waitForSelector(".protect");
    return it.page;
  }

  /** Goes to the copy of a photo. */
  async function result(name, options) {
    await review(name, options);
    await it.page.click(".protect");
    await it.page.waitForSelector(".save");
    return it.page;
  }

  let fingers = null;
  /** An event of fingers at these places of the view. */
  async function touch(type, ...points) {
    if (fingers?.page !== it.page) {
      fingers = { page: it.page, session: await it.page.context().newCDPSession(it.page) };
    }
    await fingers.session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  }

  return it;
}
