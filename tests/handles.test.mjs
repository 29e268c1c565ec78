// Where the handles of an area lie: never where it is moved, and never where they cannot be reached.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANDLE_SIDE, handlesOf, moveZone } from "../target/www/model/handles.js";

const FRAME = { width: 360, height: 260 };
const SIZES = [1, 4, 12, 24, 45, 100, 131];

const square = ({ left, top }) => [left, top, HANDLE_SIDE, HANDLE_SIDE];
const overlap = (a, b) => a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
const corners = (handles) => handles.map(({ corner }) => corner).sort();
const ALL = ["ne", "nw", "se", "sw"];

/** Areas of all small sizes in every place of the frame. */
function* areas() {
  for (const width of SIZES) {
    for (const height of SIZES) {
      for (let x = 0; x <= FRAME.width - width; x += 19) {
        for (let y = 0; y <= FRAME.height - height; y += 17) yield [x, y, width, height];
      }
    }
  }
}

describe("handles", () => {
  for (const side of [12, 24, 45, 100]) {
    test(`an area of ${side} pixels in the middle has all four, outside of it`, () => {
      const box = [130, 80, side, side];
      const handles = handlesOf(box, FRAME);
      assert.deepEqual(corners(handles), ALL);
      assert.ok(handles.every((handle) => !overlap(square(handle), box)));
    });
  }

  test("wherever a small area lies, its handles are in the frame, apart from it and from each other", () => {
    for (const box of areas()) {
      const squares = handlesOf(box, FRAME).map(square);
      for (const [index, one] of squares.entries()) {
        assert.ok(!overlap(one, moveZone(box)), `${one} over ${box}`);
        assert.ok(one[0] >= 0 && one[1] >= 0 && one[0] + one[2] <= FRAME.width && one[1] + one[3] <= FRAME.height, `${one} of ${box}`);
        assert.ok(squares.slice(index + 1).every((other) => !overlap(one, other)), `${squares} of ${box}`);
      }
    }
  });

  test("wherever a small area lies, it has a handle", () => {
    for (const box of areas()) {
      assert.ok(handlesOf(box, FRAME).length >= 1, `${box}`);
    }
  });

  test("marks lie within their handles, as near to the area's corner as they can", () => {
    const [nw] = handlesOf([130, 80, 60, 60], FRAME).filter(({ corner }) => corner === "nw");
    assert.deepEqual(nw.mark, [HANDLE_SIDE - 10, HANDLE_SIDE - 10]);
  });

  test("a large area has them at its corners", () => {
    const [nw] = handlesOf([50, 60, 200, 150], FRAME).filter(({ corner }) => corner === "nw");
    assert.deepEqual([nw.left, nw.top], [50 - HANDLE_SIDE / 2, 60 - HANDLE_SIDE / 2]);
  });

  test("a small area is moved by as much as a finger can hit", () => {
    assert.deepEqual(moveZone([100, 100, 12, 24]), [84, 90, 44, 44]);
    assert.deepEqual(moveZone([100, 100, 60, 24]), [100, 90, 60, 44]);
  });
});
