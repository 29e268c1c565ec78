// The preview in a camera's raw file as a file of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { previewIn } from "../target/www/engine/internal/raw-preview.js";

const PREVIEW = [0xff, 0xd8, 0xff, 0xdb, 0xff, 0xd9];
const raw = new File([Uint8Array.of(1, 2, 3, ...PREVIEW, 4)], "photo.raf");
const bytesOf = async (file) => [...new Uint8Array(await file.arrayBuffer())];

test("a preview that need not be turned is the bytes in the raw file", async () => {
  const file = previewIn(raw, { bytes: [3, 9], width: 2, height: 1, orientation: null });
  assert.deepEqual([file.name, file.type, await bytesOf(file)], ["photo.raf", "image/jpeg", PREVIEW]);
});

test("the raw file's orientation becomes a tag after the start", async () => {
  const bytes = await bytesOf(previewIn(raw, { bytes: [3, 9], width: 1, height: 2, orientation: 6 }));
  const tag = [0xff, 0xe1, 0, 34, ...Buffer.from("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", "latin1")];
  assert.equal(tag.length, 36);
  assert.deepEqual(bytes, [...PREVIEW.slice(0, 2), ...tag, ...PREVIEW.slice(2)]);
});
