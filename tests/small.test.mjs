// How large the small pictures of photos are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { smallSide } from "../target/www/model/small.js";

test("a photo's longer side is limited, a panorama's pixels", () => {
  assert.equal(smallSide({ width: 4000, height: 3000 }), 1600);
  assert.equal(smallSide({ width: 3000, height: 5333 }), 1600);
  for (const size of [{ width: 12000, height: 600 }, { width: 600, height: 12000 }]) {
    const side = smallSide(size);
    assert.ok(Math.abs(side * (side / 20) - 1600 * 1200) < 2000, `${side}`);
  }
});

test("no small picture is wider than browsers can draw", () => {
  assert.equal(smallSide({ width: 60000, height: 10 }), 8192);
});
