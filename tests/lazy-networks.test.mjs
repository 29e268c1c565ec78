// What the page fetches for a thorough search, and to try to recognise, is what the manifest of the networks describes.

import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import { RECOGNISER_FILES, THOROUGH_FILES } from "../target/web/api/lazy-networks.js";

const manifest = await readFile(new URL("../models/manifest.toml", import.meta.url), "utf8");

/** The part of the manifest that describes the network of that name. */
const described = (family) => manifest.split("[[model]]").find((part) => part.includes(`name = "${family}"`));

for (const { family, path, bytes } of [...THOROUGH_FILES, ...RECOGNISER_FILES]) {
  test(`${family} is in the manifest under that name, with that file and size`, async () => {
    const packed = described(family).split("[model.packed]")[1];
    assert.ok(packed.includes(`file = "${path.replace("models/", "")}"`));
    assert.ok(packed.includes(`bytes = ${bytes}`));
    assert.equal((await stat(new URL(`../dist/${path}`, import.meta.url))).size, bytes);
  });
}
