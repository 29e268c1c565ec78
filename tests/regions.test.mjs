// What a person's decisions about regions mean in pixels.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  boxBetween,
  centredBox,
  failedBoxes,
  faintBoxes,
  fromCheck,
  fromFace,
  fromPerson,
  isMaybe,
  matchFaces,
  moved,
  placeKey,
  reshaped,
  toEngine,
} from "../target/web/app/regions.js";

const PICTURE = { width: 400, height: 300 };
const FACE = { box: [110, 60, 40, 50], cover: [100, 50, 60, 70], score: 0.9, landmarks: null };

describe("regions", () => {
  test("an untouched face is sent as found, with the cover that was shown", () => {
    const { box, grow, area } = toEngine(fromFace(1, FACE));
    assert.deepEqual({ box, grow, area }, { box: FACE.box, grow: "head", area: FACE.cover });
  });

  test("a face that a person has shaped is covered as shown and compared by where it was found", () => {
    const region = { ...fromFace(1, FACE), box: [90, 50, 60, 70], edited: true };
    const { box, grow, area } = toEngine(region);
    assert.deepEqual({ box, grow, area }, { box: FACE.box, grow: "none", area: [90, 50, 60, 70] });
  });

  test("so is one that only the proof found", () => {
    const region = { ...fromCheck(1, [20, 30, 40, 50]), box: [10, 20, 60, 70], edited: true };
    const { box, grow, area } = toEngine(region);
    assert.deepEqual({ box, grow, area }, { box: [20, 30, 40, 50], grow: "none", area: [10, 20, 60, 70] });
  });

  test("a face left open is sent, so that finding it again does not fail the proof", () => {
    assert.equal(toEngine({ ...fromFace(1, FACE), covered: false }).cover, false);
  });

  test("an area that a person added does not grow to a head", () => {
    assert.equal(toEngine(fromPerson(1, [1, 2, 30, 40])).grow, "none");
  });

  test("a box is moved no further than the picture's edge", () => {
    assert.deepEqual(moved([10, 10, 50, 50], -30, 500, PICTURE), [0, 250, 50, 50]);
  });

  test("a box is reshaped no further than the picture's edge", () => {
    assert.deepEqual(reshaped([10, 10, 50, 50], { left: -30, bottom: 500 }, PICTURE), [0, 10, 60, 290]);
  });

  test("a box keeps a size that can be grasped", () => {
    const [, , width, height] = reshaped([10, 10, 50, 50], { right: -200, top: 200 }, PICTURE);
    assert.deepEqual([width, height], [8, 8]);
  });

  test("a new area lies within a picture of a single pixel", () => {
    assert.deepEqual(centredBox({ width: 1, height: 1 }), [0, 0, 1, 1]);
  });

  test("a box drawn towards the upper left and past the edge is cut to the picture", () => {
    assert.deepEqual(boxBetween([50, 40], [-20, 10], PICTURE), [0, 10, 50, 30]);
  });

  test("a face that is found again a little beside is the same", () => {
    const region = fromFace(1, FACE);
    const again = { ...FACE, box: [116, 55, 42, 52] };
    assert.deepEqual(matchFaces([again], [region]), [region]);
  });

  test("a face beside another is a new one", () => {
    const beside = { ...FACE, box: [150, 60, 40, 50] };
    assert.deepEqual(matchFaces([beside], [fromFace(1, FACE)]), [null]);
  });

  test("a region means one face only, the better match of two", () => {
    const near = { ...FACE, box: [120, 60, 40, 50] };
    const [far, exact] = [fromFace(1, near), fromFace(2, FACE)];
    assert.deepEqual(matchFaces([FACE, FACE], [far, exact]), [exact, far]);
    assert.deepEqual(matchFaces([FACE, FACE], [exact]), [exact, null]);
  });

  test("a face that a person has moved away is known by where it was found", () => {
    const region = { ...fromFace(1, FACE), box: [0, 0, 60, 70], edited: true };
    assert.deepEqual(matchFaces([FACE], [region]), [region]);
  });

  test("a person's area means a face if it holds the whole of it and little else", () => {
    const [around, across, wide] = [[105, 50, 55, 65], [125, 50, 60, 70], [0, 0, 400, 300]].map((box) => fromPerson(1, box));
    assert.deepEqual(matchFaces([FACE], [around]), [around]);
    assert.deepEqual(matchFaces([FACE], [across]), [null]);
    assert.deepEqual(matchFaces([FACE], [wide]), [null]);
  });

  test("a face that a check has found is known again", () => {
    const region = fromCheck(1, [112, 62, 40, 50]);
    assert.deepEqual(matchFaces([FACE], [region]), [region]);
  });

  test("only a face can be uncertain", () => {
    assert.equal(isMaybe(fromFace(1, { ...FACE, maybe: true })), true);
    assert.equal(isMaybe(fromFace(1, { ...FACE, maybe: false })), false);
    assert.equal(isMaybe(fromPerson(1, [1, 2, 30, 40])), false);
  });

  test("places are told by thirds of the picture", () => {
    assert.equal(placeKey([0, 250, 20, 20], PICTURE), "place.lower_left");
    assert.equal(placeKey([390, 0, 40, 20], PICTURE), "place.upper_right");
  });

  test("a box that two failed checks point at is proposed once", () => {
    const check = { name: "a", ok: false, detail: "", regions: [[110, 60, 40, 50]] };
    const near = { ...check, name: "b", regions: [[110.3, 60, 40, 50], [10, 60, 40, 50]] };
    assert.deepEqual(failedBoxes([check, near]), [[110, 60, 40, 50], [10, 60, 40, 50]]);
  });

  test("boxes of failed checks are proposed, those of passed ones only where nothing was decided", () => {
    const checks = [
      { name: "a", ok: false, detail: "", regions: [[110, 60, 40, 50]] },
      { name: "b", ok: true, detail: "", regions: [[110, 60, 40, 50], [300, 200, 20, 20]] },
    ];
    assert.deepEqual(failedBoxes(checks), [[110, 60, 40, 50]]);
    assert.deepEqual(faintBoxes(checks, [fromFace(1, FACE)]), [[300, 200, 20, 20]]);
  });
});
