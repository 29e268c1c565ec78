// Nothing of the page is tied to left or right, so that it can be turned for languages that are written from right to left.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../www/", import.meta.url);
/** Places in a picture, which is never turned. */
const IN_PICTURES = ["ui/base/picture.css", "ui/canvas/canvas.css", "ui/result/compare.css"];
const PHYSICAL = /(?:^|[\s;{])((?:(?:margin|padding|border|inset)-)?(?:left|right)(?:-\w+)?\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius\s*:)/gm;

test("style sheets have no left and right but in pictures", async () => {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".css") && !IN_PICTURES.includes(name));
  assert.ok(names.length > 10);
  const found = await Promise.all(
    names.map(async (name) => {
      const text = (await readFile(new URL(name, root), "utf8")).replace(/\/\*.*?\*\//gs, "");
      return [...text.matchAll(PHYSICAL)].map(([, property]) => `${name}: ${property}`);
    }),
  );
  assert.deepEqual(found.flat(), []);
});
