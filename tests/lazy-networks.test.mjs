// The networks that the build has put beside the page are those that the manifest describes, and nothing else is there.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../", import.meta.url);
const manifest = await readFile(new URL("models/manifest.toml", root), "utf8");
const packed = manifest.split("[[model]]").slice(1).map((model) => {
  const part = model.split("[model.packed]")[1];
  const text = (name) => part.match(new RegExp(`^${name} = "([^"]+)"`, "m"))[1];
  return { file: text("file"), sha256: text("sha256"), bytes: Number(part.match(/^bytes = (\d+)/m)[1]) };
});

for (const { file, sha256, bytes } of packed) {
  test(`${file} is served under a name with its hash`, async () => {
    const name = file.replace(".packed", `-${sha256.slice(0, 8)}.packed`);
    const content = await readFile(new URL(`dist/web/models/${name}`, root));
    assert.equal(content.length, bytes);
    assert.equal(createHash("sha256").update(content).digest("hex"), sha256);
  });
}

test("only those and their licences are served", async () => {
  const names = await readdir(new URL("dist/web/models/", root));
  assert.equal(names.filter((name) => name.endsWith(".packed")).length, packed.length);
  assert.deepEqual(names.filter((name) => !/\.(packed|LICENSE\.txt)$/.test(name)), []);
});
