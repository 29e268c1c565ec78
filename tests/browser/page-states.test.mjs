// The page in states that real photos hardly lead to: a crash, a failed proof, cancelled work, no network. The engine is
// the stand-in of fake/tarnkappe.js, which does what a file's name says.

import assert from "node:assert/strict";
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { open, unavailable } from "./chromium.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
/** The smallest WebAssembly module: its magic number and version. */
const EMPTY_MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const FACES = 29;
/** WCAG 2.2, 2.5.5 Target Size (Enhanced). */
const TARGET_PX = 44;
const PHONE = { width: 360, height: 740 };

if (unavailable) throw new Error(unavailable);

/** The built page with the stand-in in the place of the engine. */
async function makeRoot() {
  const root = await mkdtemp(path.join(tmpdir(), "tarnkappe-page-"));
  const built = here("../../dist");
  await cp(built, root, { recursive: true, filter: (source) => source !== path.join(built, "wasm") });
  await mkdir(path.join(root, "wasm"));
  await cp(here("fake/tarnkappe.js"), path.join(root, "wasm/tarnkappe.js"));
  for (const name of ["tarnkappe_bg.wasm", "tarnkappe_relaxed_bg.wasm"]) {
    await writeFile(path.join(root, "wasm", name), EMPTY_MODULE);
  }
  return root;
}

describe("the page with a stand-in engine", { timeout: 300_000 }, () => {
  let root;
  let server;
  let picture;
  let page;
  let close;

  const named = (name) => ({ name, mimeType: "image/jpeg", buffer: picture });
  const choose = (...names) => page.setInputFiles("#chooser", names.map(named));
  const review = async (name) => {
    await choose(name);
    await page.waitForSelector("#protect");
  };
  const status = () => page.locator("#status").innerText();
  const openPage = async (contextOptions) => {
    ({ page, close } = await open({ locale: "en-US", acceptDownloads: true, ...contextOptions }));
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
    await rm(root, { recursive: true });
  });
  beforeEach(() => openPage());
  afterEach(() => close());

  test("a crash while checking is told by the file's name, and the next photo is worked on", async () => {
    await choose("crash-in-check.jpg", "fine.jpg");
    await page.waitForSelector("#protect");
    assert.match(await page.locator(".refusal").innerText(), /crash-in-check\.jpg.*crashed/s);
    assert.equal(await page.locator(".face").count(), FACES);
  });

  test("a crash while covering is told, leaves nothing to save and keeps the decisions", async () => {
    await review("crash-in-protect.jpg");
    await page.locator(".switch").nth(2).click();
    await page.click("#protect");
    await page.waitForSelector(".alarm");
    assert.match(await page.locator(".alarm").innerText(), /crashed/);
    assert.equal(await page.locator("#save").count(), 0);
    assert.equal(await page.locator(".switch").nth(2).getAttribute("aria-checked"), "false");
  });

  test("a photo that failed can be tried again", async () => {
    await choose("crash-in-check.jpg");
    await page.getByRole("button", { name: "Try crash-in-check.jpg again" }).click();
    await page.waitForFunction(() => document.querySelector("#status").textContent.includes("crashed"));
    assert.equal(await page.locator(".refusal").count(), 1);
  });

  test("if the proof fails there is nothing to save", async () => {
    await review("unproved.jpg");
    await page.click("#protect");
    await page.waitForSelector(".verdict.bad");
    assert.equal(await page.locator("#save, a[download]").count(), 0);
  });

  test("what a failed check points at is covered by the next try", async () => {
    await review("unproved.jpg");
    await page.click("#protect");
    await page.getByRole("button", { name: "Cover 1 more and check again" }).click();
    await page.waitForSelector("#save");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".face").count(), FACES + 1);
  });

  test("what a failed check points at can be left open by a person who sees that it is no face", async () => {
    await review("unproved.jpg");
    await page.click("#protect");
    await page.getByRole("button", { name: "No faces: leave open and check again" }).click();
    await page.waitForSelector("#save");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".switch").last().getAttribute("aria-checked"), "false");
  });

  test("what a failed check points at is listed when the covers are changed", async () => {
    await review("unproved.jpg");
    await page.click("#protect");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator(".face").count(), FACES + 1);
  });

  test("a faint find is shown and can be added to the covers", async () => {
    await review("maybe.jpg");
    await page.click("#protect");
    await page.getByRole("button", { name: "Add them to the covers" }).click();
    assert.equal(await page.locator(".face").count(), FACES + 1);
  });

  test("changing the covers drops the copy", async () => {
    await review("fine.jpg");
    await page.click("#protect");
    await page.waitForSelector("#save");
    const url = await page.locator("#save").getAttribute("href");
    await page.getByRole("button", { name: "Change the covers" }).click();
    assert.equal(await page.locator("#save").count(), 0);
    assert.equal(await page.evaluate((address) => fetch(address).then(() => "there", () => "gone"), url), "gone");
  });

  test("cancelling a check stops it at once and takes the photo away", async () => {
    await choose("slow-check.jpg");
    await page.click("#cancel");
    await page.waitForSelector("#choose", { timeout: 2_000 });
  });

  test("cancelling the covering stops it at once and goes back to the decisions", async () => {
    await review("slow-protect.jpg");
    await page.click("#protect");
    await page.click("#cancel");
    await page.waitForSelector("#protect", { timeout: 2_000 });
    assert.equal(await page.locator(".face").count(), FACES);
  });

  test("after a cancel, work goes on without a network", async () => {
    await page.context().setOffline(true);
    await choose("slow-check.jpg");
    await page.click("#cancel");
    await review("fine.jpg");
    await page.click("#protect");
    await page.waitForSelector("#save");
  });

  test("a check that has no words here speaks for itself", async () => {
    await review("fine.jpg");
    await page.click("#protect");
    await page.waitForSelector("#save");
    assert.match(await page.locator(".checks").innerText(), /unheard_of: a check that has no words/);
  });

  test("what the file gives away is listed, the worst first", async () => {
    await review("fine.jpg");
    await page.locator(".facts summary").click();
    const kinds = await page.locator(".leak-kind").allInnerTexts();
    assert.deepEqual(kinds, ["Where it was taken", "Small preview, uncovered", "Camera"]);
  });

  test("a preview in the file is shown with the faces that are seen in it", async () => {
    await review("fine.jpg");
    await page.locator(".facts summary").click();
    assert.equal(await page.locator(".leak-picture").innerText(), "2 faces are seen in it");
    assert.ok(await page.locator(".leak-picture img").evaluate((image) => image.naturalWidth > 0));
  });

  test("what the file gives away is told in the page's language", async () => {
    await close();
    await openPage({ locale: "de-DE" });
    await review("fine.jpg");
    await page.locator(".facts summary").click();
    assert.match(await page.locator(".leaks").innerText(), /Bild von 700 Byte/);
  });

  test("the parts of the new file are listed", async () => {
    await review("fine.jpg");
    await page.click("#protect");
    await page.waitForSelector("#save");
    await page.locator(".facts summary").click();
    assert.match(await page.locator(".parts").innerText(), /SOI: [0-9,]+ bytes/);
  });

  test("several photos are covered and saved together", async () => {
    await choose("one.jpg", "two.jpg", "three.jpg");
    await page.waitForSelector("#protect-all");
    await page.waitForFunction(() => document.querySelectorAll(".state-review").length === 3);
    await page.click("#protect-all");
    await page.waitForFunction(() => document.querySelectorAll(".state-proved").length === 3);
    const names = [];
    page.on("download", (download) => names.push(download.suggestedFilename()));
    await page.click("#save-all");
    await page.waitForEvent("download", { predicate: () => names.length === 3 });
    assert.deepEqual(names.sort(), ["photo-1.jpg", "photo-2.jpg", "photo-3.jpg"]);
  });

  test("another photo's failure does not disturb the one being decided about", async () => {
    await review("fine.jpg");
    await page.locator("#add-area").click();
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
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "2");
    assert.equal(await page.locator(".box[tabindex='0']").count(), 1);
  });

  test("an area can be moved by buttons, without dragging", async () => {
    await review("fine.jpg");
    await page.click("#add-area");
    const left = () => page.locator(".box.adjusted").evaluate((box) => box.style.left);
    const start = await left();
    await page.getByRole("button", { name: "Move right" }).click();
    assert.ok(parseFloat(await left()) > parseFloat(start));
  });

  test("an area that was added can be removed", async () => {
    await review("fine.jpg");
    await page.click("#add-area");
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    assert.equal(await page.locator(".face").count(), FACES);
  });

  test("the result is announced and the focus is at its heading", async () => {
    await review("fine.jpg");
    await page.locator("#protect").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#save");
    assert.equal(await status(), "Covered and checked");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Covered and checked");
  });

  test("before and after are compared by keyboard", async () => {
    await review("fine.jpg");
    await page.click("#protect");
    await page.locator("#compare").focus();
    await page.keyboard.press("End");
    assert.equal(await page.locator(".compare").evaluate((frame) => frame.style.getPropertyValue("--cut")), "100%");
  });

  test("pasting a picture adds it", async () => {
    await page.evaluate((bytes) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(bytes)], "pasted.jpg"));
      window.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, [...picture]);
    await page.waitForSelector("#protect");
  });

  test("a file beyond the size limit is refused before it is read", async () => {
    const code = await page.evaluate(async () => {
      const { createTarnkappe, MAX_FILE_BYTES } = await import("/api/index.js");
      const tarnkappe = await createTarnkappe();
      const file = new File([], "large.jpg");
      Object.defineProperty(file, "size", { value: MAX_FILE_BYTES + 1 });
      return tarnkappe.check(file).catch((error) => error.code);
    });
    assert.equal(code, "too_many_bytes");
  });

  test("an aborted call is rejected as such", async () => {
    const rejection = await page.evaluate(async () => {
      const { createTarnkappe, TarnkappeError } = await import("/api/index.js");
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
      const { createTarnkappe } = await import("/api/index.js");
      const tarnkappe = await createTarnkappe();
      const pending = tarnkappe.check(new File([new Uint8Array([0xff])], "slow-check.jpg"));
      tarnkappe.dispose();
      return pending.catch((error) => error.code);
    });
    assert.equal(code, "disposed");
  });

  test("German is chosen for a browser that prefers it", async () => {
    await close();
    await openPage({ locale: "de-AT" });
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
  });

  test("switching the language keeps the decisions", async () => {
    await review("fine.jpg");
    await page.locator(".switch").first().click();
    await page.getByRole("button", { name: "Deutsch" }).click();
    assert.equal(await page.locator(".switch").first().getAttribute("aria-checked"), "false");
    assert.equal(await page.locator(".panel h1").innerText(), "29 Gesichter gefunden");
  });

  test("on a phone every control but the boxes in the picture is large enough for a thumb", async () => {
    await page.setViewportSize(PHONE);
    await review("fine.jpg");
    await page.click("#add-area");
    const small = await page.evaluate((least) => {
      const targets = [...document.querySelectorAll("button:not(.box), a, summary, label")];
      const visible = targets.filter((target) => target.checkVisibility());
      const tooSmall = ({ width, height }) => Math.min(width, height) < least;
      return visible.filter((target) => tooSmall(target.getBoundingClientRect())).map((target) => target.outerHTML);
    }, TARGET_PX);
    assert.deepEqual(small, []);
  });
});
