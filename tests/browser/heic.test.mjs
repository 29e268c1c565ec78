// HEIC in a browser that does not decode it: the module with the decoder is fetched when the first such file comes.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../tools/serve.mjs";
import { grid, withThumbnail } from "../heic.mjs";
import { open, unavailable } from "./chromium.mjs";
import { POLICY, filesOf, startPartner } from "./partner.mjs";
import { askedFor } from "./reach.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WEB = path("../../dist/web");
const HEIC = path("../photos/astronaut.heic");
const PATIENCE_MS = 120_000;
const MODULE = "wasm/tarnkappe_heic_bg.wasm";

if (unavailable) throw new Error(unavailable);

describe("HEIC", { timeout: 300_000 }, () => {
  let server;
  let page;
  let close;
  const visit = async (root, options = {}) => {
    server = await startServer({ root });
    ({ page, close } = await open({ locale: "en-US", ...options }));
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url);
    await page.waitForSelector(options.serviceWorkers ? "html[data-ready][data-offline=kept]" : "html[data-ready]");
  };
  afterEach(async () => {
    await close();
    await server.close();
  });

  test("its module and that of all formats are fetched once, the face is covered, and that works without a network from then on", async () => {
    const job = async () => {
      await page.setInputFiles("#chooser", HEIC);
      await page.waitForSelector(".protect");
      assert.equal(await page.locator(".faces .face").count(), 1);
      await page.click(".protect");
      await page.waitForSelector(".save");
    };
    await visit(WEB, { serviceWorkers: "allow" });
    const loaded = server.requests.length;
    await job();
    const requested = askedFor(server.requests.slice(loaded));
    assert.equal(requested.length, 2, `${requested}`);
    assert.equal(requested[0], `/${MODULE}`);
    assert.match(requested[1], /^\/wasm\/tarnkappe_formats_(relaxed_)?bg-/);
    await page.waitForFunction(async () => {
      const cache = await caches.open((await caches.keys())[0]);
      return (await cache.keys()).filter(({ url }) => /heic|formats/.test(url)).length === 2;
    });
    await server.close();
    await page.reload();
    await page.waitForSelector("html[data-ready][data-offline=kept]");
    await job();
  });

  test("twelve megapixels without a check before; a damaged file has its own error, and what it gives away", async () => {
    await visit(WEB);
    const photo = await readFile(HEIC);
    const damaged = Buffer.from(photo);
    damaged.writeUInt32BE(500, damaged.indexOf("ispe") + 12); // Its height is not that of the coded picture.
    const files = { grid: grid(), damaged };
    const given = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.toString("base64")]));
    const seen = await page.evaluate(use, given);
    assert.deepEqual(seen.grid, { width: 4032, height: 3024, faces: 48, proved: true, type: "image/jpeg" });
    assert.deepEqual(seen.damaged, { code: "corrupt", reported: "corrupt", gives: ["gps"] });
  });

  test("a thumbnail in HEVC is decoded as well, shown, and searched for faces; one that is damaged is said not to have been", async () => {
    await visit(WEB);
    for (const [isDamaged, words] of [[false, "1 face is seen in it"], [true, "not searched for faces"]]) {
      await page.setInputFiles("#chooser", { name: "a.heic", mimeType: "image/heic", buffer: withThumbnail(isDamaged) });
      await page.waitForSelector(".protect");
      await page.click(".facts summary");
      const thumbnail = page.locator(".leak").first();
      assert.match(await thumbnail.innerText(), new RegExp(words));
      assert.equal(await thumbnail.locator("img").count(), isDamaged ? 0 : 1);
      assert.equal(await page.locator(".unseen").getByText("was not searched for faces").count(), isDamaged ? 1 : 0);
      await page.click(".clear");
    }
  });

  test("a module that is altered is not used, and the person reads that", async () => {
    await visit(WEB);
    await page.route(`**/${MODULE}`, async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      body[body.length - 1] ^= 1;
      await route.fulfill({ response, body });
    });
    await page.setInputFiles("#chooser", HEIC);
    assert.match(await page.locator(".refusal p").innerText(), /arrived altered/);
  });

  describe("in a deployment without the module", () => {
    let root;
    before(async () => {
      root = await mkdtemp(join(tmpdir(), "tarnkappe-without-heic-"));
      await cp(WEB, root, { recursive: true });
      await rm(join(root, MODULE));
    });
    after(() => rm(root, { recursive: true }));

    test("the file is named with a way out, and with what it gives away; everything else works", async () => {
      await visit(root);
      await page.setInputFiles("#chooser", HEIC);
      await page.waitForSelector(".refusal .facts");
      assert.match(await page.locator(".refusal p").innerText(), /astronaut\.heic\s.*HEIC.*iPhone.*Most Compatible.*Android/);
      await page.click(".refusal .facts summary");
      const leaks = await page.locator(".refusal .leak").allInnerTexts();
      assert.ok(leaks.some((leak) => /29\.563/.test(leak)) && leaks.some((leak) => /Example Phone/.test(leak)), `${leaks}`);
      await page.setInputFiles("#chooser", path("../photos/astronaut.jpg"));
      await page.waitForSelector(".protect");
    });

    test("a page that forbids itself all connections once everything is loaded starts all the same", async () => {
      await visit(root);
      const code = await page.evaluate(async (photo) => {
        const { createTarnkappe } = await import("/api.js");
        const engine = await createTarnkappe({ workers: 1, onLoaded: () => (window.fetch = () => Promise.reject(new TypeError("forbidden"))) });
        const file = new File([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))], "a.heic");
        return engine.check(file).then(() => "opened", (error) => error.code);
      }, (await readFile(HEIC)).toString("base64"));
      assert.equal(code, "no-decoder");
    });
  });

  test("a page that forbids itself all connections has the module before", async () => {
    await visit(WEB);
    const faces = await page.evaluate(async (photo) => {
      const { createTarnkappe } = await import("/api.js");
      const engine = await createTarnkappe({ workers: 1, onLoaded: () => (window.fetch = () => Promise.reject(new TypeError("forbidden"))) });
      const { regions } = await engine.check(new File([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))], "a.heic"));
      return regions.length;
    }, (await readFile(HEIC)).toString("base64"));
    assert.equal(faces, 1);
  });
});

describe("HEIC in a form, with the real engine", { timeout: 300_000 }, () => {
  let host;
  let partner;
  let page;
  let close;
  before(async () => {
    host = await startPartner({ folders: { "/embed/": path("../../dist/embed/") } });
    const form = (attributes) =>
      `<script type="module" src="/npm/code/tarnkappe.js"></script><html lang="en"><form action="/upload" method="post" enctype="multipart/form-data"><tarnkappe-input id="p" name="photo" required auto ${attributes}></tarnkappe-input><button>Send</button></form>`;
    const policy = `${POLICY}; frame-src ${host.url}; require-trusted-types-for 'script'; trusted-types lit-html tarnkappe`;
    const pages = { "/plain": form(""), "/sealed": form(`sealed src="${host.url}/embed/"`) };
    const withPolicy = Object.entries(pages).map(([name, html]) => [name, { html, headers: { "Content-Security-Policy": policy } }]);
    partner = await startPartner({ pages: Object.fromEntries(withPolicy), folders: { "/npm/": path("../../dist/npm/") } });
    host.state.frameAncestors = partner.url;
    ({ page, close } = await open({ locale: "en-US" }));
    page.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await close();
    await Promise.all([partner.close(), host.close()]);
  });

  for (const mode of ["plain", "sealed"]) {
    test(`${mode}: a JPEG goes out, also where trusted types are required`, async () => {
      await page.goto(`${partner.url}/${mode}`);
      const place = mode === "sealed" ? page.frameLocator("tarnkappe-input iframe") : page.locator("#p");
      await place.locator(".frame > input[type=file]").setInputFiles(HEIC);
      await page.waitForFunction(() => document.getElementById("p").validity.valid);
      partner.uploads.length = 0;
      await page.getByRole("button", { name: "Send" }).click();
      await page.waitForURL("**/upload");
      const files = filesOf(partner.uploads[0]);
      assert.deepEqual(files.map(({ name, filename, type }) => [name, filename, type]), [["photo", "photo-1.jpg", "image/jpeg"]]);
    });
  }
});

/** Runs in the page. */
async function use(given) {
  const { createTarnkappe } = await import("/api.js");
  const fileOf = (name) => new File([Uint8Array.from(atob(given[name]), (c) => c.charCodeAt(0))], `${name}.heic`);
  const engine = await createTarnkappe();
  const { report, blob, proof } = await engine.protect(fileOf("grid"));
  const seen = { grid: { width: report.width, height: report.height, faces: report.regions.length, proved: proof.ok, type: blob.type } };
  seen.damaged = await engine.check(fileOf("damaged")).then(
    () => "opened",
    ({ code, report }) => ({ code, reported: report.error.code, gives: report.leaks.map(({ kind }) => kind).filter((kind) => kind === "gps") }),
  );
  return seen;
}
