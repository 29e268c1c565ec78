import assert from "node:assert/strict";
import { test } from "node:test";
import { looksLikeCrowd } from "../target/www/model/crowd.js";

const photo = (count, side) => ({ width: 4000, height: 3000, regions: Array.from({ length: count }, () => ({ box: [0, 0, side, side] })) });

test("many faces are a crowd, whatever their size", () => {
  assert.equal(looksLikeCrowd(photo(12, 400)), true);
});

test("several small faces are a crowd", () => {
  assert.equal(looksLikeCrowd(photo(4, 60)), true);
});

test("a group of friends is none", () => {
  assert.equal(looksLikeCrowd(photo(6, 500)), false);
});

test("a few people far away are none", () => {
  assert.equal(looksLikeCrowd(photo(3, 60)), false);
});
