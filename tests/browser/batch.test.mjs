// Many photos on the page, with the stand-in engine: how they come in, how far they are, and that no copy is lost.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { rendererShared } from "../../tools/bench/memory.mjs";
import { startServer } from "../../tools/serve.mjs";
import { storedIn, zipOf } from "../zip.mjs";
import { oneBrowser, unavailable } from "./chromium.mjs";
import { makeRoot, removeRoot } from "./fake/root.mjs";
import { reach, until } from "./reach.mjs";

const FACES = 29;
/** What a page that answers may take at most. */
const ANSWER_MS = 100;
/** For so long, a second tap at the same place does nothing if the view has changed. */
const DOUBLE_TAP_MS = 400;
const PHONE = { width: 360, height: 740 };

if (unavailable) throw new Error(unavailable);

describe("many photos", { timeout: 600_000 }, () => {
  const open = oneBrowser();
  let root;
  let server;
  let picture;
  let folder;
  let page;
  let close;

  const named = (name, buffer = picture) => ({ name, mimeType: "image/jpeg", buffer });
  const choose = (...names) => page.setInputFiles("#chooser", names.map((name) => named(name)));
  const status = () => page.locator("#status").innerText();
  const button = (name) => page.getByRole("button", { name, exact: typeof name === "string" });
  const openPage = async (options, init = noPickers) => {
    ({ page, close } = await open({ locale: "en-US", acceptDownloads: true, ...options }));
    await page.addInitScript(reach);
    await page.addInitScript(init);
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
  };
  const reopen = async (options, init) => {
    await close();
    await openPage(options, init);
  };
  /** Photos of few people, covered and checked. */
  const proved = async (...names) => {
    await choose(...names);
    await until(page, ".state-review", names.length);
    await page.click(".protect-all");
    await until(page, ".state-proved", names.length);
  };
  const saveZip = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".save-all")]);
    return storedIn(await readFile(await download.path()));
  };
  const expectQuestion = async (isExpected, act) => {
    let asked = false;
    const answer = (dialog) => {
      asked = dialog.type() === "beforeunload";
      void dialog.accept();
    };
    page.on("dialog", answer);
    await act();
    page.off("dialog", answer);
    assert.equal(asked, isExpected);
  };

  before(async () => {
    root = await makeRoot();
    server = await startServer({ root });
    picture = await readFile(new URL("../photos/astronaut.jpg", import.meta.url));
    folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-photos-"));
  });
  after(async () => {
    await server.close();
    await removeRoot(root);
    await rm(folder, { recursive: true });
  });
  beforeEach(() => openPage());
  afterEach(() => close());

  /** As in browsers that can only download. */
  function noPickers() {
    delete window.showSaveFilePicker;
    delete window.showDirectoryPicker;
  }

  /** The person chooses places in the origin's own file system. */
  function pickers() {
    window.showSaveFilePicker = async () => (await navigator.storage.getDirectory()).getFileHandle("photos.zip", { create: true });
    window.showDirectoryPicker = () => navigator.storage.getDirectory();
    window.bytesOf = async (name) => {
      const file = await (await (await navigator.storage.getDirectory()).getFileHandle(name)).getFile();
      return [...new Uint8Array(await file.arrayBuffer())];
    };
  }

  describe("come in", () => {
    test("from a chosen folder, with the folders in it", async () => {
      await mkdir(path.join(folder, "day/night"), { recursive: true });
      await writeFile(path.join(folder, "day/few.jpg"), picture);
      await writeFile(path.join(folder, "day/night/few.jpg"), picture);
      await page.setInputFiles("#folder", path.join(folder, "day"));
      await until(page, ".state-review", 2);
      const names = await page.locator(".tile").evaluateAll((tiles) => tiles.map(({ title }) => title));
      assert.match(names.sort().join(), /day\/few\.jpg.*day\/night\/few\.jpg/);
    });

    test("from a dropped folder that is listed in parts", async () => {
      await page.evaluate((bytes) => {
        const file = (name) => ({ isDirectory: false, fullPath: `/day/${name}`, name, file: (resolve) => resolve(new File([new Uint8Array(bytes)], name)) });
        const parts = [[file("few-1.jpg"), file("few-2.jpg")], [file(".DS_Store"), file("few-3.jpg")], []];
        const entry = { isDirectory: true, name: "day", createReader: () => ({ readEntries: (resolve) => resolve(parts.shift()) }) };
        const drop = new Event("drop", { bubbles: true, cancelable: true });
        Object.defineProperty(drop, "dataTransfer", { value: { items: [{ kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => null }] } });
        window.dispatchEvent(drop);
      }, [...picture]);
      await until(page, ".state-review", 3);
      assert.equal(await page.locator(".refusal").count(), 0);
    });

    test("from a zip file; what cannot be had of it is named, and the others go on", async () => {
      const zip = zipOf([
        { name: "few-1.jpg", content: picture },
        { name: "locked.jpg", content: picture, flags: 1 },
        { name: "inner.zip", content: picture },
        { name: "bomb.jpg", content: Buffer.alloc(1_000_000), claims: 100 },
        { name: "few-1.jpg", content: picture, stored: true },
      ]);
      await page.setInputFiles("#chooser", named("photos.zip", zip));
      await until(page, ".state-review", 2);
      await until(page, ".refusal", 3);
      const words = (await page.locator(".refusal p").allInnerTexts()).join("\n");
      assert.match(words, /photos\.zip\/locked\.jpg\s.*password/);
      assert.match(words, /photos\.zip\/inner\.zip\s.*zip file inside/);
      assert.match(words, /photos\.zip\/bomb\.jpg\s.*far more/);
      await page.click(".protect-all");
      await until(page, ".state-proved", 2);
    });

    test("a damaged zip file is named with a sentence", async () => {
      await page.setInputFiles("#chooser", named("photos.zip", Buffer.from("PK no zip")));
      await page.locator("main").getByText("damaged or cut off").waitFor();
    });

    test("a photo that is changed on disk before it is covered is named so, and keeps its decisions", async () => {
      const file = path.join(folder, "few-changing.jpg");
      await writeFile(file, picture);
      await page.setInputFiles("#chooser", file);
      await page.waitForSelector(".protect");
      await page.locator(".switch").first().click();
      await writeFile(file, Buffer.concat([picture, Buffer.from("more")]));
      await page.click(".protect");
      assert.match(await page.locator(".alarm").innerText(), /moved or changed/);
      assert.equal(await page.locator(".switch").first().getAttribute("aria-checked"), "false");
    });

    test("10,000 files do not freeze the page", async () => {
      await page.evaluate((bytes) => {
        const file = (index) => new File([new Uint8Array(index % 50 === 0 ? bytes : [1])], `few-${index}.jpg`);
        const items = Array.from({ length: 10_000 }, (_, index) => file(index)).map((each) => ({ kind: "file", webkitGetAsEntry: () => null, getAsFile: () => each }));
        window.drop = new Event("drop", { bubbles: true, cancelable: true });
        Object.defineProperty(window.drop, "dataTransfer", { value: { items } });
      }, [...picture]);
      const browser = page.context().browser();
      await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
      await page.evaluate(() => window.dispatchEvent(window.drop));
      await page.waitForTimeout(5_000);
      const { traceEvents } = JSON.parse(await browser.stopTracing());
      const main = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`));
      const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => /RunTask$/.test(name) && tdur > 0 && main.has(`${pid} ${tid}`));
      const longest = Math.max(...tasks.map(({ tdur }) => tdur / 1000));
      assert.ok(await page.locator(".tile").count() <= 100);
      assert.ok(tasks.length > 100 && longest < ANSWER_MS, `${longest} ms in one of ${tasks.length} tasks`); // Of the processor: the machine may be busy with other things.
      await button("Cancel the rest").click();
      await page.locator("main").getByText(/^(\d[\d,]*) of \1 photos done/).waitFor();
    });
  });

  describe("are shown", () => {
    test("each with its state in words, and those that need a person come one after the other", async () => {
      await choose("nobody.jpg", "few-1.jpg", "nobody-2.jpg", "few-2.jpg");
      await until(page, ".state-review", 4);
      const titles = await page.locator(".tile").evaluateAll((tiles) => tiles.map(({ title }) => title.split(", ").slice(1).join(", ")));
      assert.deepEqual(titles, ["no face found", "needs a look, 3 faces", "no face found", "needs a look, 3 faces"]);
      const current = () => page.locator(".tile[aria-current=true]").getAttribute("title");
      await button("Next photo that needs you (2)").click();
      assert.match(await current(), /few-1/);
      await page.click(".next");
      assert.match(await current(), /few-2/);
    });

    test("with progress, and can be paused, go on and be cancelled", async () => {
      await choose("slow-check-1.jpg", "slow-check-2.jpg", "slow-check-3.jpg", "slow-check-4.jpg", "few.jpg", "few-2.jpg");
      await page.locator("main").getByText("0 of 6 photos done").waitFor();
      await page.click(".pause");
      await page.locator("main").getByText("Paused").waitFor();
      await page.click(".pause");
      const start = Date.now();
      await page.click(".cancel-all");
      await page.waitForSelector(".choose");
      assert.ok(Date.now() - start < 2_000);
    });

    test("a button that has nothing to do gives no number", async () => {
      await choose("few-1.jpg", "few-2.jpg");
      await until(page, ".state-review", 2);
      const words = async () => [await page.locator(".protect-all").innerText(), await page.locator(".save-all").innerText()];
      assert.deepEqual(await words(), ["Cover and check all 2 photos", "Save all copies"]);
      await page.click(".protect-all");
      await until(page, ".state-proved", 2);
      assert.deepEqual(await words(), ["Cover and check all photos", "Save all 2 copies"]);
    });

    test("buttons stay the same ones while photos are worked on, and keep the focus", async () => {
      await choose("one.jpg", "two.jpg");
      await until(page, ".state-review", 2);
      await page.evaluate(() => {
        const classes = [".next", ".protect-all", ".save-all", ".add", ".remove", ".clear", ".pause", ".cancel-all"];
        window.buttons = classes.map((each) => deepAll(each)[0]);
        deepAll(".add")[0].focus();
      });
      await choose("few-1.jpg", "few-2.jpg", "crash-in-check.jpg", "few-3.jpg");
      await until(page, ".state-review", 5);
      await page.click(".protect-all");
      await until(page, ".state-proved", 5);
      const state = await page.evaluate(() => window.buttons.map((each) => each.isConnected));
      assert.deepEqual(state, state.map(() => true));
    });

    test("no large picture stays decoded for the small one in the row", { skip: process.platform !== "linux" && "memory is read from /proc" }, async () => {
      const group = await readFile(new URL("../photos/solvay_1927.jpg", import.meta.url));
      await page.setInputFiles("#chooser", Array.from({ length: 24 }, (_, number) => named(`few-${number}.jpg`, group)));
      await until(page, "tk-thumbnail canvas:not([hidden])", 24);
      assert.ok(rendererShared() < 120, `${rendererShared()} MB are shared with the browser`);
    });

    test("one can be taken out", async () => {
      await choose("few-1.jpg", "few-2.jpg", "few-3.jpg");
      await until(page, ".state-review", 3);
      await page.locator(".tile").nth(1).click();
      await button("Take photo 2 out").click();
      assert.equal(await page.locator(".tile").count(), 2);
      assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY");
    });

    test("on a phone nothing sticks out, and every control is large enough for a thumb", async () => {
      await page.setViewportSize(PHONE);
      await proved("few-1.jpg", "few-2.jpg", "few-3.jpg");
      const small = await page.evaluate(() => {
        const targets = deepAll("button:not(.box), a").filter((each) => each.checkVisibility());
        return targets.filter((each) => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < 44).map(({ outerHTML }) => outerHTML);
      });
      assert.deepEqual(small, []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    });

    test("on a phone half the screen is the picture's, and what is rarely used can be unfolded", async () => {
      await page.setViewportSize(PHONE);
      await choose(...Array.from({ length: 9 }, (_, number) => `few-${number}.jpg`));
      await until(page, ".state-review", 9);
      const { y } = await page.locator("tk-canvas").boundingBox();
      assert.ok(y <= PHONE.height / 2, `the picture begins at ${y}`);
      assert.ok(!(await button("Start over").isVisible()));
      await page.locator(".tile").last().scrollIntoViewIfNeeded();
      await page.locator(".tile").last().click();
      await button(/^Next photo/).click();
      const [tile, row] = [await page.locator(".tile[aria-current=true]").boundingBox(), await page.locator(".tiles").boundingBox()];
      assert.ok(tile.x >= row.x && tile.x + tile.width <= row.x + row.width, "the selected photo is in view");
      await button("More").click();
      await button("Start over").click();
      await page.waitForSelector(".choose");
    });
  });

  describe("are decided about", () => {
    test("all at once: everyone everywhere is covered, also who was left open", async () => {
      await choose("few-1.jpg", "few-2.jpg");
      await until(page, ".state-review", 2);
      await page.locator(".switch").first().click();
      await button("Cover everyone everywhere").click();
      await until(page, ".state-proved", 2);
      assert.equal(await page.locator(".left-open").count(), 0);
    });

    test("covering all does not count those that are still being checked", async () => {
      await choose("few-1.jpg", "few-2.jpg", "slow-check.jpg");
      await until(page, ".state-review", 2);
      assert.match(await page.locator(".protect-all").innerText(), /all 2 photos/);
    });

    test("only me: one's own face stays open, everybody else is covered", async () => {
      await choose("fine.jpg");
      await page.waitForSelector(".protect");
      await page.locator(".switch").nth(4).click();
      await page.click(".only-open");
      await page.locator("main").getByText("Tap your own face").waitFor();
      await page.locator(".box").nth(6).click();
      const open = await page.locator(".switch").evaluateAll((all) => all.flatMap((each, at) => (each.ariaChecked === "false" ? [at] : [])));
      assert.deepEqual(open, [6]);
    });

    test("and the reverse: one face is covered, everybody else stays open", async () => {
      await choose("fine.jpg");
      await page.waitForSelector(".protect");
      await page.click(".only-cover");
      await page.locator(".switch").nth(3).click();
      const covered = await page.locator(".switch").evaluateAll((all) => all.flatMap((each, at) => (each.ariaChecked === "true" ? [at] : [])));
      assert.deepEqual(covered, [3]);
    });

    test("Escape drops what was done to a region, and Enter keeps it", async () => {
      await choose("few.jpg");
      await page.waitForSelector(".protect");
      const left = () => page.locator(".box").first().evaluate((box) => parseFloat(box.style.left));
      const start = await left();
      const shape = async (key) => {
        await page.locator(".adjust").first().click();
        await page.locator(".box.adjusted").focus();
        await page.keyboard.press("ArrowRight");
        assert.ok((await left()) > start);
        await page.keyboard.press(key);
      };
      await shape("Escape");
      assert.equal(await left(), start);
      await shape("Enter");
      assert.ok((await left()) > start);
    });

    test("a double tap on what changes the view does not hit what appears there", async () => {
      await choose("fine.jpg");
      await page.waitForSelector(".protect");
      await page.click(".protect");
      await page.waitForSelector(".save");
      const change = button("Change the covers");
      await change.scrollIntoViewIfNeeded();
      const { x, y, width, height } = await change.boundingBox();
      await page.evaluate(() => {
        window.reached = 0;
        document.querySelector("main").addEventListener("click", () => (window.reached += 1));
      });
      await page.mouse.dblclick(x + width / 2, y + height / 2);
      await page.waitForSelector(".protect");
      assert.equal(await page.evaluate(() => window.reached), 1);
    });
  });

  describe("are saved", () => {
    test("all in one zip file, each once, with no date and no name of the original", async () => {
      await proved("few-1.jpg", "few-2.jpg", "few-3.jpg");
      const files = await saveZip();
      assert.deepEqual(files.map(({ name }) => name), ["photo-1.jpg", "photo-2.jpg", "photo-3.jpg"]);
      assert.deepEqual([...new Set(files.map(({ time, date }) => `${time} ${date}`))], [`0 ${(1 << 5) | 1}`]);
      assert.ok(files.every(({ content }) => content.equals(picture)));
      await page.locator("main").getByText("3 copies saved.").waitFor();
      assert.equal(await status(), "3 copies saved.");
    });

    test("a double click saves once", async () => {
      await proved("few-1.jpg", "few-2.jpg");
      let count = 0;
      page.on("download", () => (count += 1));
      await page.locator(".save-all").dblclick();
      await page.locator("main").getByText("2 copies saved.").waitFor();
      await page.locator(".tile").first().click();
      await page.locator("main").getByText("no longer kept here").or(page.locator(".save")).first().waitFor();
      assert.equal(count, 1);
    });

    test("a double click on the one copy saves it once", async () => {
      await choose("few.jpg");
      await page.click(".protect");
      await page.waitForTimeout(DOUBLE_TAP_MS);
      let count = 0;
      page.on("download", () => (count += 1));
      await page.locator(".save").dblclick();
      await page.waitForTimeout(1_000);
      assert.equal(count, 1);
    });

    test("then starting over loses none and asks nothing", async () => {
      const names = Array.from({ length: 40 }, (_, index) => `few-${index}.jpg`);
      await proved(...names);
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(".save-all")]);
      await page.locator("main").getByText("40 copies saved.").waitFor();
      await button("Start over").click();
      await page.waitForSelector(".choose");
      assert.equal(storedIn(await readFile(await download.path())).length, 40);
    });

    test("a copy that is dropped while several are saved is not saved any more", async () => {
      await proved("few-1.jpg", "few-2.jpg", "few-3.jpg");
      await page.route("**/*.js", async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 500)); // What writes zip files comes late.
        await route.continue();
      });
      await page.locator(".tile").nth(1).click();
      const download = page.waitForEvent("download");
      await page.click(".save-all");
      await button("Change the covers").click();
      assert.deepEqual(storedIn(await readFile(await (await download).path())).map(({ name }) => name), ["photo-1.jpg", "photo-3.jpg"]);
    });

    test("copies that are being made are saved, too", async () => {
      await proved("few-1.jpg", "few-2.jpg");
      await choose("few-3.jpg", "few-4.jpg");
      await until(page, ".state-review", 2);
      const download = page.waitForEvent("download");
      await page.evaluate(() => [".protect-all", ".save-all"].forEach((each) => deepAll(each)[0].click()));
      assert.equal(storedIn(await readFile(await (await download).path())).length, 4);
    });

    test("copies that are saved leave the memory, and one can be made again", async () => {
      await proved("few-1.jpg", "few-2.jpg");
      const url = await page.locator(".save").getAttribute("href");
      await saveZip();
      await button("Make the copy again").click();
      await page.waitForSelector(".save");
      assert.notEqual(await page.locator(".save").getAttribute("href"), url);
      assert.equal(await page.evaluate((address) => fetch(address).then(() => "there", () => "gone"), url), "gone");
    });

    test("without the part that writes zip files, each is downloaded", async () => {
      await proved("few-1.jpg", "few-2.jpg");
      await page.context().setOffline(true);
      const names = [];
      page.on("download", (download) => names.push(download.suggestedFilename()));
      await page.click(".save-all");
      await page.locator("main").getByText("2 copies saved.").waitFor();
      assert.deepEqual(names.sort(), ["photo-1.jpg", "photo-2.jpg"]);
    });

    test("straight into a file, where the browser can do that", async () => {
      await reopen({}, pickers);
      await proved("few-1.jpg", "few-2.jpg");
      await page.click(".save-all");
      await page.locator("main").getByText("2 copies saved.").waitFor();
      const files = storedIn(Buffer.from(await page.evaluate(() => window.bytesOf("photos.zip"))));
      assert.deepEqual(files.map(({ name }) => name), ["photo-1.jpg", "photo-2.jpg"]);
    });

    test("into a folder, where nothing is overwritten", async () => {
      await reopen({}, pickers);
      await page.evaluate(async () => (await navigator.storage.getDirectory()).getFileHandle("photo-1.jpg", { create: true }));
      await proved("few-1.jpg", "few-2.jpg");
      await button("Save into a folder").click();
      await page.locator("main").getByText("2 copies saved.").waitFor();
      const lengths = await page.evaluate(() => Promise.all(["photo-1.jpg", "photo-1-2.jpg", "photo-2.jpg"].map(async (name) => (await window.bytesOf(name)).length)));
      assert.deepEqual(lengths, [0, picture.length, picture.length]);
    });

    test("if the place is gone, that is said, and the copies can be made again", async () => {
      await reopen({}, () => {
        window.showSaveFilePicker = async () => ({ createWritable: async () => new WritableStream({ write: () => Promise.reject(new DOMException("full", "QuotaExceededError")) }) });
      });
      await proved("few-1.jpg", "few-2.jpg");
      await page.click(".save-all");
      await page.locator("main").getByText("disk may be full").waitFor();
      await expectQuestion(true, () => page.reload());
    });

    test("one who closes the dialog loses nothing and is told nothing", async () => {
      await reopen({}, () => {
        window.showSaveFilePicker = () => Promise.reject(new DOMException("closed", "AbortError"));
      });
      await proved("few-1.jpg", "few-2.jpg");
      await page.click(".save-all");
      await page.waitForTimeout(300);
      assert.equal(await page.locator(".state-proved").count(), 2);
      assert.equal(await page.locator(".notice").count(), 0);
    });

    for (const [name, error, sentence] of [["refused", "NotAllowedError", "did not take the copies"], ["closed", "AbortError", null]]) {
      test(`sharing that is ${name} is no error`, async () => {
        const errors = [];
        await reopen({}, `navigator.canShare = () => true; navigator.share = () => Promise.reject(new DOMException("", "${error}"));`);
        page.on("pageerror", (each) => errors.push(each));
        await choose("few.jpg");
        await page.click(".protect");
        await button("Share").click();
        await page.waitForTimeout(300);
        assert.deepEqual(errors, []);
        assert.equal(await page.locator(".notice").count(), sentence === null ? 0 : 1);
        assert.ok(sentence === null || (await page.locator(".notice").innerText()).includes(sentence));
      });
    }
  });

  describe("are not lost", () => {
    test("starting over asks, and goes back or does it", async () => {
      await proved("few-1.jpg", "few-2.jpg");
      await button("Start over").click();
      await page.locator("main").getByText("2 copies are not saved yet").waitFor();
      await button("Go back").click();
      assert.equal(await page.locator(".state-proved").count(), 2);
      await button("Start over").click();
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".state-proved").count(), 2);
      await button("Start over").click();
      await button("Start over anyway").click();
      await page.waitForSelector(".choose");
    });

    test("taking one out asks if its copy is not saved", async () => {
      await proved("few-1.jpg", "few-2.jpg");
      await page.click(".remove");
      await page.locator("main").getByText("copy of this photo is not saved").waitFor();
      await button("Take it out anyway").click();
      assert.equal(await page.locator(".state-proved").count(), 1);
    });

    test("reloading, going back and closing ask, as long as copies are not saved", async () => {
      await expectQuestion(false, () => page.reload());
      await choose("few.jpg");
      await page.click(".protect");
      await page.waitForSelector(".save");
      await expectQuestion(true, () => page.reload());
      await page.waitForSelector("html[data-ready]");
      await choose("few.jpg");
      await page.click(".protect");
      await page.waitForSelector(".save");
      await expectQuestion(true, () => page.goBack());
    });

    test("whoever goes back to the page that was left finds no photo", async () => {
      await choose("few.jpg");
      await page.waitForSelector(".protect");
      await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
      await page.waitForSelector(".choose");
    });

    test("a copy that was downloaded is not asked about", async () => {
      await choose("few.jpg");
      await page.click(".protect");
      await page.waitForTimeout(DOUBLE_TAP_MS);
      await Promise.all([page.waitForEvent("download"), page.click(".save")]);
      await expectQuestion(false, () => page.reload());
    });
  });

  describe("the focus", () => {
    const isLost = () => page.evaluate(() => document.activeElement === document.body);

    test("is not lost when photos have been chosen", async () => {
      await page.locator(".choose").focus();
      await choose("few.jpg");
      await page.waitForSelector(".protect");
      await page.waitForTimeout(100);
      assert.equal(await isLost(), false);
    });

    test("is not lost with the last message about a file", async () => {
      await choose("crash-in-check.jpg", "crash-in-check-2.jpg");
      await until(page, ".refusal", 2);
      for (let left = 2; left > 0; left -= 1) {
        await page.locator(".refusal button").last().focus();
        await page.keyboard.press("Enter");
        await until(page, ".refusal", left - 1);
        await page.waitForTimeout(100);
        assert.equal(await isLost(), false);
      }
    });
  });

  describe("what a photo gives away", () => {
    test("stands above it in one sentence", async () => {
      await choose("few.jpg");
      await page.waitForSelector(".protect");
      const words = await page.locator(".gives").innerText();
      assert.match(words, /^This photo gives away: 1 face that is easy to match, 2 other faces, where it was taken, a second picture/);
    });

    test("can be saved as a report without any picture, and printed with all that is unfolded", async () => {
      await choose("few.jpg");
      await page.waitForSelector(".protect");
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(".save-report")]);
      const report = JSON.parse(await readFile(await download.path(), "utf8"));
      assert.deepEqual([download.suggestedFilename(), report.schema, report.regions.length], ["report-1.json", 2, 3]);
      await page.evaluate(() => (window.print = () => (window.unfolded = deepAll("details").every(({ open }) => open))));
      await page.click(".print-report");
      assert.equal(await page.evaluate(() => window.unfolded), true);
      await page.emulateMedia({ media: "print" });
      const pressable = await page.evaluate(() => deepAll("button:not(.box, .switch), input, select, .action-bar, footer").filter((each) => each.checkVisibility()).map(({ outerHTML }) => outerHTML.slice(0, 80)));
      assert.deepEqual(pressable, [], "nothing to be pressed is printed");
      assert.match(await page.locator(".switch-words").first().innerText(), /Covered/);
    });

    test("is not printed: a file that is printed to holds a photo only as far as nobody in it is covered", async () => {
      const printed = () =>
        page.evaluate(() => {
          deepAll("details").forEach((each) => (each.open = true));
          const crops = deepAll(".crop").filter((each) => getComputedStyle(each).backgroundImage !== "none");
          return [deepAll(".picture > img, .leak-picture img").filter((image) => image.checkVisibility()).length, crops.length];
        });
      await choose("few.jpg");
      await page.waitForSelector(".covers:not([hidden])", { state: "attached" });
      await page.emulateMedia({ media: "print" });
      assert.deepEqual(await printed(), [0, 0]);
      await page.emulateMedia({ media: "screen" });
      await button("Open all").click();
      await page.emulateMedia({ media: "print" });
      assert.deepEqual(await printed(), [1, 0]);
      await page.emulateMedia({ media: "screen" });
      await button("Cover all").click();
      await page.click(".protect");
      await page.waitForSelector("tk-compare");
      await page.emulateMedia({ media: "print" });
      assert.deepEqual(await page.evaluate(() => deepAll(".compare > img").map((image) => image.checkVisibility())), [true, false]);
    });
  });

  test(`a list of more than 40 faces is folded`, async () => {
    await choose("crowd.jpg");
    await until(page, ".group", 3);
    assert.equal(await page.locator(".face:visible").count(), 0);
  });
});
