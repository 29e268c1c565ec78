// The page in states that real photos hardly lead to: a crash, a failed proof, cancelled work, no network. The engine is
// the stand-in of fake/tarnkappe.js, which does what a file's name says.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { oneBrowser, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { reach, until } from "./reach.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const FACES = 29;
/** WCAG 2.2, 2.5.5 Target Size (Enhanced). */
const TARGET_PX = 44;
/** From the page's address to the moment when it is ready. */
const MOST_REQUESTS = 12;
const PHONE = { width: 360, height: 740 };

if (unavailable) throw new Error(unavailable);

describe("the page with a stand-in engine", { timeout: 600_000 }, () => {
  const open = oneBrowser();
  let root;
  let server;
  let picture;
  let page;
  let close;

  const named = (name) => ({ name, mimeType: "image/jpeg", buffer: picture });
  const choose = (...names) => page.setInputFiles("#chooser", names.map(named));
  const review = async (name) => {
    await choose(name);
    await page.waitForSelector(".protect");
  };
  const status = () => page.locator("#status").innerText();
  const openPage = async (contextOptions) => {
    ({ page, close } = await open({ locale: "en-US", acceptDownloads: true, ...contextOptions }));
    await page.addInitScript(reach);
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
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
  beforeEach(() => openPage());
  afterEach(() => close());

  test(`until a photo can be dropped, at most ${MOST_REQUESTS} requests are made`, async () => {
    const loaded = server.requests.length;
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    const urls = server.requests.slice(loaded).map(({ url }) => url);
    assert.ok(urls.length <= MOST_REQUESTS, `${urls.length}: ${urls.join(", ")}`);
  });

  test("a crash while checking is reported with the file's name, and the next photo is worked on", async () => {
    await choose("crash-in-check.jpg", "fine.jpg");
    await page.waitForSelector(".protect");
    assert.match(await page.locator(".refusal").innerText(), /crash-in-check\.jpg.*crashed/s);
    assert.equal(await page.locator(".face").count(), FACES);
  });

  test("a crash while covering is reported, leaves nothing to save and keeps the decisions", async () => {
    await review("crash-in-protect.jpg");
    await page.locator(".switch").nth(2).click();
    await page.click(".protect");
    await page.waitForSelector(".alarm");
    assert.match(await page.locator(".alarm").innerText(), /crashed/);
    assert.equal(await page.locator(".save").count(), 0);
    assert.equal(await page.locator(".switch").nth(2).getAttribute("aria-checked"), "false");
  });

  test("a photo that failed can be tried again", async () => {
    await choose("crash-in-check.jpg");
    await page.getByRole("button", { name: "Try crash-in-check.jpg again" }).click();
    await page.waitForSelector(".refusal");
    assert.match(await page.locator("#status").innerText(), /crashed/);
  });

  test("if the proof fails there is nothing to save", async () => {
    await review("unproved.jpg");
    await page.click(".protect");
    await page.waitForSelector(".verdict.bad");
    assert.equal(await page.locator(".save, a[download]").count(), 0);
  });

  test("what a failed check points at is covered by the next try", async () => {
    await review("unproved.jpg");
    await page.click(".protect");
    await page.getByRole("button", { name: "Cover 1 more and check again" }).click();
    await page.waitForSelector(".save");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".face").count(), FACES + 1);
  });

  test("what a failed check points at can be left open by a person who sees that it is no face", async () => {
    await review("unproved.jpg");
    await page.click(".protect");
    await page.getByRole("button", { name: "No faces: leave open and check again" }).click();
    await page.waitForSelector(".save");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".switch").last().getAttribute("aria-checked"), "false");
  });

  test("what a failed check points at is added once, however often it is tried", async () => {
    await review("never-proved.jpg");
    await page.click(".protect");
    const retry = async (name) => {
      await page.getByRole("button", { name }).click();
      await page.waitForSelector(".verdict.bad");
    };
    await retry("Cover 1 more and check again");
    await retry("Cover 1 more and check again");
    await retry("No faces: leave open and check again");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".face").count(), FACES + 1);
  });

  test("what a failed check points at is listed when the covers are changed", async () => {
    await review("unproved.jpg");
    await page.click(".protect");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".face").count(), FACES + 1);
  });

  test("an uncertain detection in the copy is shown and can be added to the covers", async () => {
    await review("maybe.jpg");
    await page.click(".protect");
    await page.getByRole("button", { name: "Add them to the covers" }).click();
    assert.equal(await page.locator(".face").count(), FACES + 1);
  });

  test("changing the covers drops the copy", async () => {
    await review("fine.jpg");
    await page.click(".protect");
    await page.waitForSelector(".save");
    const url = await page.locator(".save").getAttribute("href");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".save").count(), 0);
    assert.equal(await page.evaluate((address) => fetch(address).then(() => "there", () => "gone"), url), "gone");
  });

  test("cancelling a check stops it at once and takes the photo away", async () => {
    await choose("slow-check.jpg");
    await page.click(".cancel");
    await page.waitForSelector(".choose", { timeout: 2_000 });
  });

  test("cancelling the covering stops it at once and goes back to the decisions", async () => {
    await review("slow-protect.jpg");
    await page.click(".protect");
    await page.click(".cancel");
    await page.waitForSelector(".protect", { timeout: 2_000 });
    assert.equal(await page.locator(".face").count(), FACES);
  });

  test("a check that has no words here speaks for itself", async () => {
    await review("fine.jpg");
    await page.click(".protect");
    await page.waitForSelector(".save");
    assert.match(await page.locator(".checks").innerText(), /unheard-of: a check that has no words/);
  });

  test("what the file gives away is listed, the worst first", async () => {
    await review("fine.jpg");
    await page.locator(".facts summary").click();
    const kinds = await page.locator(".leak-kind").allInnerTexts();
    assert.deepEqual(kinds, ["Where it was taken", "Small preview, uncovered", "Camera"]);
  });

  test("what the file says in several places stands there once", async () => {
    await review("fine.jpg");
    await page.locator(".facts summary").click();
    assert.match(await page.locator(".facts summary").innerText(), /3 more things/);
    assert.equal(await page.locator(".leak-where").last().innerText(), "EXIF IFD0, APP1 XMP");
  });

  test("a preview in the file is shown with the faces that are seen in it", async () => {
    await review("fine.jpg");
    await page.locator(".facts summary").click();
    assert.equal(await page.locator(".leak-picture").innerText(), "2 faces are seen in it");
    assert.ok(await page.locator(".leak-picture img").evaluate((image) => image.naturalWidth > 0));
  });

  test("a preview that could not be opened is said not to have been searched", async () => {
    await review("unseen.jpg");
    await page.locator(".facts summary").click();
    const [other, preview] = await page.locator(".leak").allInnerTexts();
    assert.match(preview, /Small preview.*not searched for faces/s);
    assert.doesNotMatch(other, /not searched/);
  });

  test("faces in a picture of the file that is not shown are said all the same", async () => {
    await review("unshown.jpg");
    await page.locator(".facts summary").click();
    assert.match((await page.locator(".leak").allInnerTexts())[1], /Small preview.*2 faces are seen in it/s);
  });

  test("a photo that was opened in half its size says both sizes, before it is covered and before it is saved", async () => {
    await review("halved.jpg");
    assert.match(await page.locator(".panel .note").innerText(), /3,600 × 2,606 pixels.* size: 1,800 × 1,303\./);
    await page.click(".protect");
    await page.waitForSelector(".save");
    assert.match(await page.locator(".panel .note").innerText(), /3,600 × 2,606 pixels.* size: 1,800 × 1,303\./);
  });

  test("what the file gives away is said in the page's language", async () => {
    await close();
    await openPage({ locale: "de-DE" });
    await review("fine.jpg");
    await page.locator(".facts summary").click();
    assert.match(await page.locator(".leaks").innerText(), /Bild von 700 Byte/);
  });

  test("the parts of the new file are listed", async () => {
    await review("fine.jpg");
    await page.click(".protect");
    await page.waitForSelector(".save");
    await page.locator(".facts summary").click();
    assert.match(await page.locator(".parts").innerText(), /SOI: [0-9,]+ bytes/);
  });

  test("another photo's failure does not disturb the one being decided about", async () => {
    await review("fine.jpg");
    await page.locator(".add-area").click();
    await choose("crash-in-check.jpg");
    await page.waitForSelector(".refusal");
    assert.equal(await page.locator(".box.adjusted").count(), 1);
  });

  test("pointing at a face in the list marks it in the picture", async () => {
    await review("fine.jpg");
    await page.locator(".face").nth(4).hover();
    assert.equal(await page.locator(".box.marked .badge").textContent(), "5");
  });

  test("a click on a face in the picture leaves it open", async () => {
    await review("fine.jpg");
    await page.locator(".box").nth(6).click();
    assert.equal(await page.locator(".switch").nth(6).getAttribute("aria-checked"), "false");
  });

  test("arrow keys go from face to face in the picture, which is one stop of the Tab key", async () => {
    await review("fine.jpg");
    await page.locator(".box").first().focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => deepActive().textContent), "2");
    assert.equal(await page.locator(".box[tabindex='0']").count(), 1);
  });

  test("an area can be moved by buttons, without dragging", async () => {
    await review("fine.jpg");
    await page.click(".add-area");
    const left = () => page.locator(".box.adjusted").evaluate((box) => box.style.left);
    const start = await left();
    await page.getByRole("button", { name: "Move right" }).click();
    assert.ok(parseFloat(await left()) > parseFloat(start));
  });

  test("what was done to regions can be undone and done again, by buttons and by keys", async () => {
    await review("fine.jpg");
    const covered = () => page.locator(".switch[aria-checked=true]").count();
    assert.equal(await page.locator(".undo").getAttribute("aria-disabled"), "true");
    await page.locator(".switch").nth(4).click();
    await page.click(".add-area");
    assert.equal(await page.locator(".face").count(), FACES + 1);
    await page.click(".undo");
    assert.equal(await page.locator(".face").count(), FACES);
    await page.keyboard.press("Control+z");
    assert.equal(await covered(), FACES);
    await page.keyboard.press("Control+Shift+Z");
    assert.equal(await covered(), FACES - 1);
    await page.click(".redo");
    assert.equal(await page.locator(".face").count(), FACES + 1);
    assert.equal(await page.locator(".redo").getAttribute("aria-disabled"), "true");
  });

  test("an area that was added can be removed", async () => {
    await review("fine.jpg");
    await page.click(".add-area");
    await page.getByRole("button", { name: /^Remove Area/ }).click();
    assert.equal(await page.locator(".face").count(), FACES);
  });

  test("the result is announced and the focus is at its heading", async () => {
    await review("fine.jpg");
    await page.locator(".protect").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(".save");
    assert.equal(await status(), "Covered and checked");
    assert.equal(await page.evaluate(() => deepActive().textContent), "Covered and checked");
  });

  for (const [locale, one, all, covered, cleaned, falsehood] of [
    ["en-US", "1 face left open by you", "29 faces left open by you", "Covered and checked", "Cleaned and checked", /No face found outside/],
    ["de-DE", "1 Gesicht von dir offen gelassen", "29 Gesichter von dir offen gelassen", "Verdeckt und geprüft", "Bereinigt und geprüft", /Außerhalb der Abdeckungen/],
  ]) {
    const openPanel = async () => {
      await close();
      await openPage({ locale });
      await review("fine.jpg");
    };
    const proved = async () => {
      await page.click(".protect");
      await page.waitForSelector(".save");
      return page.locator(".panel").innerText();
    };

    test(`${locale}: one face left open of many is named, marked in the picture and announced`, async () => {
      await openPanel();
      await page.locator(".switch").nth(4).click();
      const words = await proved();
      assert.equal(await page.locator(".panel h1").innerText(), covered);
      assert.ok(words.includes(one), words);
      assert.doesNotMatch(words, falsehood);
      assert.deepEqual(await page.locator(".open-mark .badge").allInnerTexts(), ["5"]);
      assert.equal(await status(), `${covered}. ${one}`);
    });

    test(`${locale}: with all faces left open, nothing is called covered`, async () => {
      await openPanel();
      await page.locator(".list-head button").nth(1).click();
      const words = await proved();
      assert.equal(await page.locator(".panel h1").innerText(), cleaned);
      assert.ok(words.includes(all), words);
      assert.doesNotMatch(words, falsehood);
      assert.equal(await page.locator(".check", { hasText: /pixel|Bildpunkt/ }).count(), 0);
      assert.equal(await page.locator(".open-mark").count(), FACES);
      assert.ok((await page.locator(".tile").first().getAttribute("aria-label")).includes(`${cleaned}. ${all}`));
    });
  }

  test("before and after are compared by keyboard", async () => {
    await review("fine.jpg");
    await page.click(".protect");
    await page.locator(".compare-bar input").focus();
    await page.keyboard.press("End");
    assert.equal(await page.locator(".compare").evaluate((frame) => frame.style.getPropertyValue("--cut")), "100%");
  });

  test("pasting a picture adds it", async () => {
    await page.evaluate((bytes) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(bytes)], "pasted.jpg"));
      window.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, [...picture]);
    await page.waitForSelector(".protect");
  });

  test("a file beyond the size limit is refused before it is read", async () => {
    const code = await page.evaluate(async () => {
      const { createTarnkappe, MAX_FILE_BYTES } = await import("/api.js");
      const tarnkappe = await createTarnkappe();
      const file = new File([], "large.jpg");
      Object.defineProperty(file, "size", { value: MAX_FILE_BYTES + 1 });
      return tarnkappe.check(file).catch((error) => error.code);
    });
    assert.equal(code, "too-many-bytes");
  });

  test("a wrong option is the caller's error, by its name", async () => {
    const rejections = await page.evaluate(async () => {
      const { createTarnkappe } = await import("/api.js");
      const file = new File([new Uint8Array([0xff])], "few.jpg");
      const tarnkappe = await createTarnkappe({ workers: 1 });
      const calls = [
        createTarnkappe({ workers: 0 }),
        tarnkappe.check(file, { through: true }),
        tarnkappe.protect(file, { method: "blur" }),
        tarnkappe.check("few.jpg"),
      ];
      return Promise.all(calls.map((call) => call.then(() => null, ({ code, message }) => `${code}: ${message}`)));
    });
    assert.deepEqual(rejections, [
      'bad-option: The option "workers" must be a whole number from 1 on, or "auto".',
      'bad-option: There is no option "through".',
      'bad-option: The option "method" must be one of soft, solid, mosaic, sticker.',
      'bad-option: The option "file" must be a File.',
    ]);
  });

  test("an aborted call is rejected as such", async () => {
    const rejection = await page.evaluate(async () => {
      const { createTarnkappe, TarnkappeError } = await import("/api.js");
      const tarnkappe = await createTarnkappe();
      const signal = AbortSignal.timeout(50);
      const file = new File([new Uint8Array([0xff])], "slow-check.jpg");
      const error = await tarnkappe.check(file, { signal }).catch((reason) => reason);
      return { typed: error instanceof TarnkappeError, code: error.code, cause: error.cause.name };
    });
    assert.deepEqual(rejection, { typed: true, code: "aborted", cause: "TimeoutError" });
  });

  test("dispose rejects what is pending", async () => {
    const code = await page.evaluate(async () => {
      const { createTarnkappe } = await import("/api.js");
      const tarnkappe = await createTarnkappe();
      const pending = tarnkappe.check(new File([new Uint8Array([0xff])], "slow-check.jpg"));
      tarnkappe.dispose();
      return pending.catch((error) => error.code);
    });
    assert.equal(code, "disposed");
  });

  describe("searching thoroughly", () => {
    const MODELS = "**/models/{centerface,retinaface}*";
    const modelRequests = () => server.requests.filter(({ url }) => /centerface|retinaface/.test(url)).length;
    const searched = () => page.waitForSelector(".thorough .switch-done");
    /** Holds the larger file back; returns what lets it through. */
    const holdLarger = async () => {
      let letThrough;
      const held = new Promise((resolve) => (letThrough = resolve));
      await page.route("**/models/centerface*", async (route) => {
        await held;
        await route.continue().catch(() => undefined); // It has been given up.
      });
      return letThrough;
    };

    test("fetches its two files when it is switched on, and nothing before", async () => {
      const before = modelRequests();
      await review("fine.jpg");
      assert.equal(modelRequests(), before);
      await page.click(".thorough input");
      await searched();
      assert.equal(modelRequests(), before + 2);
    });

    test("adds what it finds, and says how much", async () => {
      await review("fine.jpg");
      await page.click(".thorough input");
      await searched();
      assert.equal(await page.locator(".face").count(), FACES + 2);
      assert.match(await page.locator(".thorough .switch-done").innerText(), /2 more found/);
      assert.match(await status(), /31 faces found.*2 more found/);
    });

    test("keeps what the person has opened, shaped and added", async () => {
      await review("fine.jpg");
      const left = (at) => page.locator(".box").nth(at).evaluate((box) => box.style.left);
      await page.locator(".switch").nth(4).click();
      await page.locator(".adjust").nth(7).click();
      await page.getByRole("button", { name: "Move right" }).click();
      const shaped = await left(7);
      await page.click(".add-area");
      await page.click(".thorough input");
      await searched();
      assert.equal(await page.locator(".face").count(), FACES + 1 + 2);
      assert.equal(await page.locator(".switch[aria-checked=false]").count(), 1);
      assert.equal(await page.locator(".switch").nth(4).getAttribute("aria-checked"), "false");
      assert.equal(await left(7), shaped);
    });

    test("drops an uncertain detection that it does not make again, and makes a certain one uncertain", async () => {
      await review("few.jpg");
      await page.click(".thorough input");
      await searched();
      assert.match(await page.locator(".thorough .switch-done").innerText(), /1 uncertain one was not confirmed/);
      assert.deepEqual(await page.locator(".faces .badge").allInnerTexts(), ["1", "2?", "4", "5?"]);
    });

    test("keeps an uncertain detection that the person has decided about", async () => {
      await review("few.jpg");
      await page.locator(".switch").nth(2).click();
      await page.locator(".switch").nth(2).click();
      await page.click(".thorough input");
      await searched();
      assert.deepEqual(await page.locator(".faces .badge").allInnerTexts(), ["1", "2?", "3?", "4", "5?"]);
    });

    test("says how much has been loaded, while decisions go on", async () => {
      const letThrough = await holdLarger();
      await review("fine.jpg");
      await page.click(".thorough input");
      await page.getByText("Loading the thorough search, 0.8 of 4.5 MB").waitFor();
      await page.locator(".switch").nth(2).click();
      letThrough();
      await searched();
      assert.equal(await page.locator(".switch").nth(2).getAttribute("aria-checked"), "false");
    });

    test("can be cancelled while it is loaded, and switched on again", async () => {
      const letThrough = await holdLarger();
      await review("fine.jpg");
      await page.click(".thorough input");
      await page.locator(".thorough").getByRole("button", { name: "Cancel" }).click();
      assert.equal(await page.isChecked(".thorough input"), false);
      assert.equal(await page.evaluate(() => deepActive().type + " of " + deepActive().getRootNode().host.className), "checkbox of thorough");
      letThrough();
      await page.click(".thorough input");
      await searched();
    });

    test("says so if it can't be loaded, loses nothing and can be tried again", async () => {
      await review("fine.jpg");
      await page.locator(".switch").nth(2).click();
      await page.context().setOffline(true);
      await page.click(".thorough input");
      await page.waitForSelector(".thorough .alarm");
      assert.match(await status(), /could not be loaded/);
      assert.equal(await page.isChecked(".thorough input"), false);
      assert.equal(await page.locator(".switch").nth(2).getAttribute("aria-checked"), "false");
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "Try again" }).click();
      await searched();
    });

    test("a file of another size is a failed loading", async () => {
      await page.route(MODELS, (route) => route.fulfill({ body: "<p>Sign in to this network</p>" }));
      await review("fine.jpg");
      await page.click(".thorough input");
      await page.waitForSelector(".thorough .alarm");
    });

    test("concerns all photos under review, and those that are added later", async () => {
      await choose("one.jpg", "two.jpg");
      await until(page, ".state-review", 2);
      await page.click(".thorough input");
      await searched();
      await choose("three.jpg");
      for (const at of [1, 2]) {
        await page.locator(".tile").nth(at).click();
        await searched();
      }
      assert.equal(await page.locator(".face").count(), FACES + 2);
    });

    test("switched off, it ends the searches that are under way", async () => {
      await choose("one.jpg", "slow-search.jpg");
      await until(page, ".state-review", 2);
      await page.click(".thorough input");
      await searched();
      await page.waitForTimeout(400); // Sooner, it could be the second tap of a double tap.
      await page.click(".thorough input");
      await until(page, ".state-review", 2, { timeout: 2_000 });
    });

    test("cancelled for a photo, it leaves the quick search's result", async () => {
      await review("slow-search.jpg");
      await page.click(".thorough input");
      await page.click(".cancel");
      await page.getByText("has not been searched thoroughly").waitFor({ timeout: 2_000 });
      assert.equal(await page.locator(".face").count(), FACES);
    });

    test("a crash is reported, keeps the decisions, and the photo can still be covered", async () => {
      await review("crash-in-search.jpg");
      await page.locator(".switch").nth(2).click();
      await page.click(".thorough input");
      await page.waitForSelector(".thorough .alarm");
      assert.match(await page.locator(".thorough .alarm").innerText(), /crashed/);
      assert.equal(await page.locator(".switch").nth(2).getAttribute("aria-checked"), "false");
      await page.click(".protect");
      await page.waitForSelector(".save");
    });

    test("goes on without a network after a cancel: the next worker is given what has been fetched", async () => {
      await review("slow-search.jpg");
      await page.click(".thorough input");
      await page.waitForSelector(".cancel");
      await page.context().setOffline(true);
      await page.click(".cancel");
      await choose("fine.jpg");
      await page.locator(".tile").nth(1).click();
      await searched();
    });

    test("the copy of a photo is checked as thoroughly as it was searched", async () => {
      await review("fine.jpg");
      await page.click(".thorough input");
      await searched();
      await page.click(".protect");
      await page.waitForSelector(".save");
      assert.match(await page.locator(".checks").innerText(), /made thoroughly/);
    });

    test("is suggested for a crowd and done at the press of a button", async () => {
      await review("fine.jpg");
      await page.getByRole("button", { name: "Search thoroughly now" }).click();
      await searched();
      assert.equal(await page.isChecked(".thorough input"), true);
    });

    test("is not suggested for a few people", async () => {
      await review("few.jpg");
      assert.equal(await page.locator(".thorough .switch-more").isVisible(), false);
    });

    test("by itself: a call fetches what it needs, once, also for two at a time", async () => {
      const before = modelRequests();
      const counts = await page.evaluate(async () => {
        const { createTarnkappe } = await import("/api.js");
        const tarnkappe = await createTarnkappe({ workers: 2 });
        const file = new File([new Uint8Array([0xff])], "few.jpg");
        const calls = [1, 2, 3].map(() => tarnkappe.check(file, { thorough: true }));
        const reports = await Promise.all(calls);
        await tarnkappe.protect(file, { thorough: true });
        tarnkappe.dispose();
        return reports.map(({ regions }) => regions.length);
      });
      assert.deepEqual(counts, [3, 3, 3]);
      assert.equal(modelRequests(), before + 2);
    });

    test("ahead of time: after prepareThorough() no network is needed", async () => {
      const [first, last, faces] = await page.evaluate(async () => {
        const { createTarnkappe, THOROUGH_BYTES } = await import("/api.js");
        window.tarnkappe = await createTarnkappe({ workers: 1 });
        const seen = [];
        await window.tarnkappe.prepareThorough({ onProgress: (loaded, total) => seen.push([loaded, total]) });
        window.fetch = () => Promise.reject(new TypeError("offline"));
        const report = await window.tarnkappe.check(new File([new Uint8Array([0xff])], "few.jpg"), { thorough: true });
        return [seen[0][0] < THOROUGH_BYTES, `${seen.at(-1)}` === `${[THOROUGH_BYTES, THOROUGH_BYTES]}`, report.regions.length];
      });
      assert.deepEqual([first, last, faces], [true, true, 3]);
    });

    test("one who waits for the loading can give up without stopping it for the other", async () => {
      const letThrough = await holdLarger();
      const codes = page.evaluate(async () => {
        const { createTarnkappe } = await import("/api.js");
        const tarnkappe = await createTarnkappe({ workers: 1 });
        const other = tarnkappe.prepareThorough().then(() => "there", (error) => error.code);
        const code = await tarnkappe.prepareThorough({ signal: AbortSignal.timeout(50) }).catch((error) => error.code);
        window.gaveUp = true;
        return [code, await other];
      });
      await page.waitForFunction(() => window.gaveUp);
      letThrough();
      assert.deepEqual(await codes, ["aborted", "there"]);
    });

    for (const [code, by, hasHashes] of [["altered", "at once", true], ["model-hash", "by the engine", false]]) {
      test(`damaged files are refused ${by}, and fetched anew by the next call`, async () => {
        await page.route(MODELS, zeros, { times: 2 });
        assert.deepEqual(await page.evaluate(checkTwice, hasHashes), [code, 3]);
      });
    }
  });

  test("what may be a face is marked in words and in the picture, and is covered", async () => {
    await review("few.jpg");
    assert.match(await page.locator(".panel").innerText(), /1 of them may not be a face/);
    assert.match(await page.locator(".face").nth(2).innerText(), /Maybe a face/);
    assert.equal(await page.locator(".box.maybe").count(), 1);
    assert.equal(await page.locator(".box.maybe").innerText(), "3?");
    assert.equal(await page.locator(".box.maybe .rim").evaluate((rim) => getComputedStyle(rim).borderStyle), "dotted");
    assert.equal(await page.getByRole("switch", { name: "Cover Possible face 3" }).getAttribute("aria-checked"), "true");
  });

  test("what may be a face is left open by one click", async () => {
    await review("few.jpg");
    await page.locator(".box.maybe").click();
    assert.equal(await page.locator(".switch").nth(2).getAttribute("aria-checked"), "false");
  });

  for (const name of ["fine.jpg", "nobody.jpg"]) {
    test(`the person is asked to look for heads that no search finds: ${name}`, async () => {
      await review(name);
      assert.match(await page.locator(".look").innerText(), /from behind, hoods/);
    });
  }

  describe("how faces are covered", () => {
    const SOFT = [150, 160, 150];
    const MOSAIC = [120, 130, 140];
    const SLATE = [0x26, 0x2c, 0x34];
    const CAT = [128, 198, 224];
    /** The canvas's pixel in the middle of a box: its colour, or null where nothing is drawn. */
    const pixel = (at = 0) =>
      page.evaluate((index) => {
        const [canvas] = deepAll("canvas.covers");
        if (!canvas.checkVisibility()) return null;
        const [frame, box] = [canvas, deepAll(".box")[index]].map((each) => each.getBoundingClientRect());
        const scale = canvas.width / frame.width;
        const middle = [box.left + box.width / 2 - frame.left, box.top + box.height / 2 - frame.top];
        const [r, g, b, alpha] = canvas.getContext("2d").getImageData(...middle.map((value) => Math.round(value * scale)), 1, 1).data;
        return alpha === 0 ? null : [r, g, b];
      }, at);
    const shows = async (colour, at) => {
      const deadline = Date.now() + 5_000;
      for (;;) {
        const seen = await pixel(at);
        if (`${seen}` === `${colour}`) return;
        assert.ok(Date.now() < deadline, `${seen} instead of ${colour}`);
        await page.waitForTimeout(20);
      }
    };
    const method = (name) => page.locator(`input[name=method][value=${name}]`).check();
    /** Notes what is asked of workers from now on, each with its style. */
    const watchWorkers = async () => {
      await close();
      await openPage();
      await page.evaluate(() => {
        window.posted = [];
        const { postMessage } = Worker.prototype;
        Worker.prototype.postMessage = function (message, ...rest) {
          if (message.kind === "preview-covers" || message.kind === "cover") window.posted.push({ kind: message.kind, ...message.options });
          return postMessage.call(this, message, ...rest);
        };
      });
    };
    const posted = (kind) => page.evaluate((wanted) => window.posted.filter((each) => each.kind === wanted), kind);

    test("four methods are offered, soft first, each with words", async () => {
      await review("fine.jpg");
      const names = await page.locator("tk-methods .card strong").allInnerTexts();
      assert.deepEqual(names, ["Soft", "Solid", "Mosaic", "Sticker"]);
      assert.equal(await page.getByRole("radio", { name: "Soft" }).isChecked(), true);
      assert.equal(await page.locator("tk-methods [role=radiogroup]").count(), 0);
    });

    test("each method is shown over the photo as the engine draws it, before anything is saved", async () => {
      await review("fine.jpg");
      await shows(SOFT);
      assert.equal(await page.locator(".box.covered .rim").first().evaluate((rim) => getComputedStyle(rim).backgroundColor), "rgba(0, 0, 0, 0)");
      for (const [name, colour] of [["mosaic", MOSAIC], ["solid", SLATE], ["sticker", [255, 209, 71]], ["soft", SOFT]]) {
        await method(name);
        await shows(colour);
      }
    });

    test("a colour is chosen by its name or freely, and an emblem by its name; the copy is made with it", async () => {
      await watchWorkers();
      await review("fine.jpg");
      await method("solid");
      await page.getByRole("radio", { name: "Blue" }).check();
      await shows([0x2f, 0x5f, 0x8f]);
      await page.getByLabel("Another").fill("#aa3355");
      await shows([0xaa, 0x33, 0x55]);
      assert.equal(await page.locator(".chip.chosen").innerText(), "Another");
      await method("sticker");
      await page.getByRole("radio", { name: "Cat" }).check();
      await shows(CAT);
      await page.click(".protect");
      await page.waitForSelector(".save");
      const [{ regions, kind: _, ...options }] = await posted("cover");
      assert.deepEqual([options.method, options.sticker, options.colour], ["sticker", "cat", undefined]);
      assert.ok(regions.every(({ cover }) => cover.shape === "ellipse"));
    });

    test("a photo that tells its camera by how it is compressed is compressed again if that is switched on", async () => {
      await watchWorkers();
      await review("own-tables.jpg");
      const again = page.getByRole("checkbox", { name: "Compress again" });
      assert.equal(await again.isChecked(), false);
      await again.check();
      await page.click(".protect");
      await page.waitForSelector(".save");
      assert.deepEqual((await posted("cover")).map(({ recompress }) => recompress), [true]);
    });

    test("no other photo is offered to be compressed again", async () => {
      await watchWorkers();
      await review("fine.jpg");
      assert.equal(await page.locator("tk-recompress").count(), 0);
      await page.click(".protect");
      await page.waitForSelector(".save");
      assert.deepEqual((await posted("cover")).map(({ recompress }) => recompress), [undefined]);
    });

    test("methods, colours and emblems are chosen by keyboard", async () => {
      await review("fine.jpg");
      await page.locator("input[value=soft]").focus();
      await page.keyboard.press("ArrowDown");
      await shows(SLATE);
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowRight");
      await shows([0, 0, 0]);
      assert.equal(await page.evaluate(() => deepActive().value), "black");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => deepActive().type), "color");
    });

    test("choices of one photo hold for the next", async () => {
      await choose("one.jpg", "two.jpg");
      await until(page, ".state-review", 2);
      await method("mosaic");
      await page.locator(".tile").nth(1).click();
      await shows(MOSAIC);
      assert.equal(await page.locator("input[value=mosaic]").isChecked(), true);
    });

    test("a face left open is not covered in the preview, and one that is pointed at can be seen", async () => {
      await review("fine.jpg");
      await shows(SOFT, 4);
      await page.locator(".switch").nth(4).click();
      await page.mouse.move(0, 0);
      await shows(null, 4);
      await page.locator(".face").nth(6).hover();
      await shows(null, 6);
      await page.mouse.move(0, 0);
      await shows(SOFT, 6);
    });

    test("an area is covered in the preview where it is put, as a rectangle; a face stays round", async () => {
      await watchWorkers();
      await review("few.jpg");
      await page.click(".add-area");
      await shows(SOFT, 3);
      assert.equal(await page.locator(".box.adjusted .rim.round").count(), 0);
      await page.getByRole("button", { name: "Done" }).click();
      await page.locator(".adjust").nth(1).click();
      await page.getByRole("button", { name: "Move right" }).click();
      await shows(SOFT, 1);
      assert.equal(await page.locator(".box.adjusted .rim.round").count(), 1);
      const opacity = () => page.locator("canvas.covers").evaluate((canvas) => getComputedStyle(canvas).opacity);
      assert.equal(await opacity(), "1");
      await page.locator(".box.adjusted").hover();
      assert.equal(await opacity(), "0.6");
      const { regions } = (await posted("preview-covers")).at(-1);
      const [, moved, , area] = regions;
      assert.deepEqual([moved.cover.shape, moved.cover.ellipse[0] > 285, moved.cover.ellipse[4]], ["ellipse", true, 0.35]);
      assert.deepEqual([area.kind, area.cover], ["other", null]);
    });

    test("of many changes in a row the first and the last are drawn", async () => {
      await watchWorkers();
      await review("slow-preview.jpg");
      await shows(SOFT);
      await page.evaluate(() => {
        for (const name of ["solid", "mosaic", "soft", "mosaic", "sticker"]) deepAll(`input[name=method][value=${name}]`)[0].click();
      });
      await shows([255, 209, 71]);
      assert.deepEqual((await posted("preview-covers")).map(({ method: name }) => name), ["soft", "solid", "sticker"]);
    });

    test("other photos being checked do not hold the preview up", async () => {
      await review("fine.jpg");
      await choose("slow-check.jpg", "slow-check-too.jpg", "slow-check-three.jpg", "slow-check-four.jpg");
      await method("mosaic");
      await shows(MOSAIC);
    });

    test("if it fails, the boxes are tinted instead, that is said, and the copy can be made", async () => {
      await review("crash-in-preview.jpg");
      await page.getByText("can't be shown in advance").waitFor();
      assert.equal(await page.locator("canvas.covers").isVisible(), false);
      const tint = (at) => page.locator(".box .rim").nth(at).evaluate((rim) => getComputedStyle(rim).backgroundColor);
      assert.match(await tint(3), /^rgba\(14, 90, 90, 0\.[45]/);
      await page.locator(".switch").nth(3).click();
      await page.mouse.move(0, 0);
      assert.equal(await tint(3), "rgba(0, 0, 0, 0)");
      await page.click(".protect");
      await page.waitForSelector(".save");
    });

    test("what is covered, open or uncertain is told apart without colours", async () => {
      await review("few.jpg");
      await page.locator(".switch").first().click();
      await page.mouse.move(0, 0);
      const styles = await page.locator(".box .rim").evaluateAll((rims) => rims.map((rim) => getComputedStyle(rim).borderStyle));
      assert.deepEqual(styles, ["dashed", "solid", "dotted"]);
    });

    test("on a phone, from right to left, every choice fits and is large enough for a thumb", async () => {
      await page.setViewportSize(PHONE);
      await page.evaluate(() => (document.documentElement.dir = "rtl"));
      await review("few.jpg");
      for (const name of ["solid", "sticker"]) {
        await method(name);
        await page.waitForSelector(".chip");
        const boxes = await page.locator(".card, .chip").evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
        assert.ok(boxes.every(({ left, right, height }) => left >= 0 && right <= PHONE.width && height >= TARGET_PX), JSON.stringify(boxes));
      }
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    });
  });

  describe("that could not start", () => {
    const load = async (contextOptions) => {
      await close();
      ({ page, close } = await open({ locale: "en-US", ...contextOptions }));
    };
    const missing = (...patterns) => Promise.all(patterns.map((each) => page.route(each, (route) => route.fulfill({ status: 404 }))));

    test("says so in every language, and takes no photo, until it is loaded again", async () => {
      await load();
      await missing("**/*.wasm");
      await page.goto(server.url);
      await page.getByRole("heading", { name: "could not start" }).waitFor();
      await page.locator("header select").selectOption("Deutsch");
      await page.getByRole("heading", { name: "konnte nicht starten" }).waitFor();
      await choose("fine.jpg");
      assert.equal(await page.locator(".choose, .tile, .refusal").count(), 0);
      await page.unroute("**/*.wasm");
      await page.getByRole("button", { name: "Neu laden" }).click();
      await page.waitForSelector("html[data-ready]");
      assert.equal(await page.locator(".choose").count(), 1);
    });

    for (const [name, ...patterns] of [
      ["a module", "**/chunk-*.js"],
      ["the script", "**/main-*.js"],
      ["the components", "**/page-*.js"],
      ["all words", /\/assets\/[a-z]{2}-\w+\.js$/],
    ]) {
      test(`without ${name}, it says so in both languages`, async () => {
        await load();
        await missing(...patterns);
        await page.goto(server.url);
        const words = await page.locator("main").innerText();
        assert.match(words, /could not be loaded/);
        assert.match(words, /konnte ein Teil nicht geladen werden/);
        assert.ok(await page.getByRole("link", { name: "Load again" }).isVisible());
        await page.unrouteAll();
        await page.getByRole("link", { name: "Load again" }).click();
        await page.waitForSelector("html[data-ready]");
        assert.equal(await page.locator(".boot").count(), 0);
      });
    }

    test("without the words of one language, it speaks the other", async () => {
      await load({ locale: "de-DE" });
      await missing("**/de-*.js");
      await page.goto(server.url);
      await page.waitForSelector("html[data-ready]");
      assert.match(await page.locator("h1").innerText(), /Take the faces out/);
      assert.equal(await page.locator("header option", { hasText: "Deutsch" }).count(), 0);
    });
  });

  test("German is chosen for a browser that prefers it", async () => {
    await close();
    await openPage({ locale: "de-AT" });
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
  });

  test("switching the language keeps the decisions", async () => {
    await review("fine.jpg");
    await page.locator(".switch").first().click();
    await page.locator("header select").selectOption("Deutsch");
    await page.getByRole("heading", { name: "29 Gesichter gefunden" }).waitFor();
    assert.equal(await page.locator(".switch").first().getAttribute("aria-checked"), "false");
  });

  describe("how identifiable a face is", () => {
    const requests = () => server.requests.filter(({ url }) => url.includes("face_recognition")).length;
    const recognised = () => page.waitForSelector(".recogniser .switch-done");
    const firstWhy = () => page.locator(".face-why").first().innerText();

    test("is said with its reasons", async () => {
      await review("fine.jpg");
      assert.match(await firstWhy(), /eyes 30 pixels apart: enough for a face search engine/);
    });

    test("what was not checked is listed before and after covering", async () => {
      await review("fine.jpg");
      assert.match(await page.locator(".unseen").innerText(), /tattoos/);
      await page.click(".protect");
      await page.waitForSelector(".save");
      assert.match(await page.locator(".unseen").innerText(), /tattoos/);
    });

    test("every known check says behind its line what it means and what it cannot show", async () => {
      await review("fine.jpg");
      await page.click(".protect");
      await page.waitForSelector(".save");
      const line = page.locator(".check", { hasText: "The new file opens" });
      assert.equal(await line.getByText("What it can't show").isVisible(), false);
      await line.locator("summary").click();
      assert.ok(await line.getByText("What it can't show").isVisible());
    });

    test("the recogniser is off, and its one file is fetched when it is switched on", async () => {
      const before = requests();
      await review("fine.jpg");
      assert.equal(await page.isChecked(".recogniser input"), false);
      assert.equal(requests(), before);
      await page.click(".recogniser input");
      await recognised();
      assert.equal(requests(), before + 1);
    });

    test("the card says what the recogniser means for the people shown", async () => {
      await review("fine.jpg");
      assert.match(await page.locator(".recogniser .card-words > span").innerText(), /biometric data.*GDPR Article 9/);
    });

    test("what the recogniser made of a face stands in the list, and goes when it is switched off", async () => {
      await review("fine.jpg");
      await page.click(".recogniser input");
      await recognised();
      assert.match(await firstWhy(), /87 in 100/);
      await page.click(".recogniser input");
      assert.doesNotMatch(await firstWhy(), /in 100/);
    });

    test("photos that are added later, and faces found later, are shown to the recogniser, too", async () => {
      await review("fine.jpg");
      await page.click(".recogniser input");
      await recognised();
      await page.click(".thorough input");
      await page.waitForSelector(".thorough .switch-done");
      await recognised();
      const reasons = await page.locator(".face-why:not(:empty)").allInnerTexts();
      assert.ok(reasons.length > FACES && reasons.every((words) => words.includes("87 in 100")));
    });

    test("if the recogniser cannot be loaded, that is said and can be tried again", async () => {
      await page.route("**/models/face_recognition*", (route) => route.abort());
      await review("fine.jpg");
      await page.click(".recogniser input");
      await page.waitForSelector(".recogniser .alarm");
      assert.equal(await page.isChecked(".recogniser input"), false);
      await page.unroute("**/models/face_recognition*");
      await page.locator(".recogniser").getByRole("button", { name: "Try again" }).click();
      await recognised();
    });

    test("without a face the recogniser is not offered", async () => {
      await review("nobody.jpg");
      assert.equal(await page.locator(".recogniser input").count(), 0);
    });
  });

  test("on a phone every control but the boxes in the picture is large enough for a thumb", async () => {
    await page.setViewportSize(PHONE);
    await review("fine.jpg");
    await page.click(".add-area");
    assert.ok(await page.getByRole("button", { name: "Search thoroughly now" }).isVisible());
    const small = await page.evaluate((least) => {
      const targets = deepAll("button:not(.box), a, summary, label");
      const visible = targets.filter((target) => target.checkVisibility());
      const tooSmall = ({ width, height }) => Math.min(width, height) < least;
      return visible.filter((target) => tooSmall(target.getBoundingClientRect())).map((target) => target.outerHTML);
    }, TARGET_PX);
    assert.deepEqual(small, []);
  });
});

/** Answers with zeros in the place of a network. */
function zeros(route) {
  const bytes = route.request().url().includes("centerface") ? 3_656_904 : 848_408;
  return route.fulfill({ body: Buffer.alloc(bytes) });
}

/** In the page: the code of a first thorough check that fails, and how many faces a second one finds. */
async function checkTwice(hasHashes) {
  if (!hasHashes) Object.defineProperty(crypto, "subtle", { value: undefined });
  const { createTarnkappe } = await import("/api.js");
  const tarnkappe = await createTarnkappe({ workers: 1 });
  const check = () => tarnkappe.check(new File([new Uint8Array([0xff])], "few.jpg"), { thorough: true });
  return [await check().catch((error) => error.code), await check().then(({ regions }) => regions.length)];
}
