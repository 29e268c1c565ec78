// Zip files that photos come in, also damaged and hostile ones.

import assert from "node:assert/strict";
import { File } from "node:buffer";
import { describe, test } from "node:test";
import { zipOf } from "./zip.mjs";

globalThis.File ??= File;
const { readZip } = await import("../target/www/apps/page/archive.js");

const photo = Buffer.from("a photo, a photo, a photo");
const read = (bytes) => readZip(new File([bytes], "photos.zip"), "photos.zip");
const codeOf = (promise) => promise.then(() => null, ({ code }) => code);
const text = async (source) => (await source.open()).text();

describe("a zip file", () => {
  test("has its files, packed or not, with their folders, and none of what systems add", async () => {
    const zip = zipOf(
      [
        { name: "day/", content: Buffer.alloc(0), stored: true },
        { name: "day/a.jpg", content: photo },
        { name: "ü.jpg", content: photo, stored: true, flags: 0 },
        { name: "__MACOSX/day/._a.jpg", content: photo },
        { name: "day/.DS_Store", content: photo },
      ],
      { comment: "made by hand" },
    );
    const { files, refused } = await read(zip);
    assert.deepEqual([files.map(({ name }) => name), refused], [["photos.zip/day/a.jpg", "photos.zip/ü.jpg"], []]);
    assert.deepEqual(await Promise.all(files.map(text)), [String(photo), String(photo)]);
    assert.equal((await files[0].open()).name, "a.jpg");
  });

  test("two files of one name are both taken", async () => {
    const { files } = await read(zipOf([{ name: "a.jpg", content: photo }, { name: "a.jpg", content: Buffer.from("another") }]));
    assert.deepEqual(await Promise.all(files.map(text)), [String(photo), "another"]);
  });

  for (const [name, entry, code] of [
    ["encrypted", { name: "b.jpg", content: photo, flags: 1 }, "zip-encrypted"],
    ["a zip file by its name", { name: "b.zip", content: photo }, "zip-nested"],
    ["packed in another way", { name: "b.jpg", content: photo, method: 14 }, "zip-method"],
    ["too large", { name: "b.jpg", content: photo, claims: 257 * 1024 * 1024 }, "too-many-bytes"],
  ]) {
    test(`one that is ${name} is refused, and the others go on`, async () => {
      const { files, refused } = await read(zipOf([{ name: "a.jpg", content: photo }, entry, { name: "c.jpg", content: photo }]));
      assert.deepEqual([files.length, refused], [2, [{ name: `photos.zip/${entry.name}`, code }]]);
    });
  }

  for (const [name, entry, code] of [
    ["becomes larger than it says", { name: "b.jpg", content: Buffer.alloc(50_000_000), claims: 1000 }, "zip-bomb"],
    ["is shorter than it says", { name: "b.jpg", content: photo, claims: 1000 }, "zip-damaged"],
    ["is a zip file by its content", { name: "b.jpg", content: zipOf([{ name: "a", content: photo }]) }, "zip-nested"],
    ["is not what it says to be packed as", { name: "b.jpg", content: Buffer.from([255, 255, 255]), stored: true, method: 8 }, "zip-damaged"],
    ["does not lie in the file", { name: "b.jpg", content: photo, at: 5_000_000 }, "zip-damaged"],
  ]) {
    test(`one that ${name} is refused when its turn comes`, async () => {
      const { files } = await read(zipOf([entry]));
      assert.equal(await codeOf(files[0].open()), code);
    });
  }

  test("whose files share the same bytes is a bomb", async () => {
    const large = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251));
    const entries = [{ name: "0", content: large, stored: true }, ...[1, 2, 3].map((at) => ({ name: `${at}`, content: large, stored: true, at: 0 }))];
    const zip = zipOf(entries);
    const cut = Buffer.concat([zip.subarray(0, 5031), zip.subarray(4 * 5031)]);
    cut.writeUInt32LE(5031, cut.length - 22 + 16);
    assert.equal(await codeOf(read(cut)), "zip-bomb");
  });

  test("that is cut off, is none, or says nonsense, is damaged", async () => {
    const zip = zipOf([{ name: "a.jpg", content: photo }]);
    for (const bytes of [zip.subarray(0, -1), zip.subarray(10), Buffer.alloc(0), Buffer.from("PK"), Buffer.concat([zip.subarray(0, 40), zip.subarray(-22)])]) {
      assert.equal(await codeOf(read(bytes)), "zip-damaged");
    }
  });

  test("without a file is empty", async () => {
    assert.equal(await codeOf(read(zipOf([{ name: "day/", content: Buffer.alloc(0), stored: true }]))), "zip-empty");
  });

  test("of a newer kind says so", async () => {
    const zip = zipOf([{ name: "a.jpg", content: photo }]);
    zip.writeUInt32LE(0xffffffff, zip.length - 22 + 16);
    assert.equal(await codeOf(read(zip)), "zip-large");
  });

  test("of 12,000 files is read in a moment", async () => {
    const zip = zipOf(Array.from({ length: 12_000 }, (_, index) => ({ name: `${index}.jpg`, content: photo, stored: true })));
    const start = performance.now();
    assert.equal((await read(zip)).files.length, 10_001);
    assert.ok(performance.now() - start < 1000);
  });
});
