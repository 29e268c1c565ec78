// What a person's decisions about regions mean in pixels.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { boxBetween, centredBox, moved, reshaped, wholePixels } from "../target/www/model/geometry.js";
import {
  ellipseOf,
  failedBoxes,
  faintBoxes,
  fromPerson,
  fromProof,
  fromReport,
  fromShape,
  isCovered,
  match,
  reshape,
  scale,
  shownBox,
  toRequest,
} from "../target/www/model/regions.js";
import { placeKey } from "../target/www/ui/words/sentences.js";

const PICTURE = { width: 400, height: 300 };
const ELLIPSE = [130, 85, 24, 36, 0.4];
const COVER = { bounds: [100, 50, 60, 70], shape: "ellipse", ellipse: ELLIPSE, polygon: null, brush: null, mask: null };
const FACE = { kind: "face", origin: "found", box: [110, 60, 40, 50], cover: COVER, score: 0.9, maybe: false, landmarks: null };
/** A point on the rim of an ellipse. */
const onEllipse = ([cx, cy, rx, ry, angle], turn) => {
  const [u, v] = [rx * Math.cos(turn), ry * Math.sin(turn)];
  return [cx + u * Math.cos(angle) - v * Math.sin(angle), cy + u * Math.sin(angle) + v * Math.cos(angle)];
};
/** Up to 1 for a point in the ellipse. */
const within = ([cx, cy, rx, ry, angle], [x, y]) => {
  const [dx, dy] = [x - cx, y - cy];
  return Math.hypot((dx * Math.cos(angle) + dy * Math.sin(angle)) / rx, (dy * Math.cos(angle) - dx * Math.sin(angle)) / ry);
};
const SHAPE = [90.4, 50, 90.2, 70];
const STROKE = { kind: "brush", points: [[50, 60], [100, 100]], radius: 10 };

describe("regions", () => {
  test("an untouched face is sent as found, with the cover that was shown", () => {
    const { shaped: _, ...expected } = fromReport(1, FACE);
    assert.deepEqual(toRequest(fromReport(1, FACE), PICTURE), expected);
    assert.deepEqual(shownBox(fromReport(1, FACE)), COVER.bounds);
  });

  test("a face that was resized is covered by its ellipse, stretched with its bounds, and compared by where it was found", () => {
    const region = reshape(fromReport(1, FACE), SHAPE);
    const { box, cover, kind } = toRequest(region, PICTURE);
    assert.deepEqual([box, kind, cover.bounds, cover.shape], [FACE.box, "face", [90, 50, 91, 70], "ellipse"]);
    assert.deepEqual(shownBox(region), SHAPE);
    assert.deepEqual(cover.ellipse, ellipseOf(region));
    const stretch = 90.2 / 60;
    // The stretched points of the found ellipse lie on the new one.
    for (let turn = 0; turn < 6.28; turn += 0.3) {
      const [x, y] = onEllipse(ELLIPSE, turn);
      assert.ok(Math.abs(within(cover.ellipse, [90.4 + (x - 100) * stretch, y]) - 1) < 1e-9);
    }
  });

  test("a face that was only moved keeps its ellipse, tilt and all", () => {
    const region = reshape(fromReport(1, FACE), [110.5, 40, 60, 70]);
    const ellipse = [140.5, 75, 24, 36, 0.4];
    assert.deepEqual(toRequest(region, PICTURE).cover, { bounds: [110, 40, 61, 70], shape: "ellipse", ellipse });
    assert.deepEqual(ellipseOf(region), ellipse);
  });

  test("a face is outlined as it is covered", () => {
    assert.deepEqual(ellipseOf(fromReport(1, FACE)), ELLIPSE);
    assert.deepEqual(ellipseOf(fromProof(1, [20, 30, 40, 50], "cover")), [40, 55, 20, 25, 0]);
    assert.equal(ellipseOf(fromPerson(1, [20, 30, 40, 50])), null);
    assert.equal(ellipseOf(fromReport(1, { ...FACE, cover: { ...COVER, shape: "rectangle", ellipse: null } })), null);
  });

  test("so is one that only the proof found", () => {
    const { box, cover } = toRequest(reshape(fromProof(1, [20, 30, 40, 50], "cover"), [10, 20, 60, 70]), PICTURE);
    assert.deepEqual({ box, cover }, { box: [20, 30, 40, 50], cover: { bounds: [10, 20, 60, 70], shape: "ellipse", ellipse: null } });
  });

  test("a face left open is sent, so that finding it again does not fail the proof", () => {
    assert.equal(toRequest({ ...fromReport(1, FACE), decision: "open" }, PICTURE).decision, "open");
  });

  test("what is undecided is covered", () => {
    assert.equal(fromReport(1, FACE).decision, "undecided");
    assert.equal(isCovered(fromReport(1, FACE)), true);
    assert.equal(isCovered({ ...fromReport(1, FACE), decision: "open" }), false);
  });

  test("an area that a person added does not grow to a head, also after it was moved", () => {
    const { kind, box, cover, score } = toRequest(reshape(fromPerson(1, [1, 2, 30, 40]), [5, 6, 30, 40]), PICTURE);
    assert.deepEqual({ kind, box, cover, score }, { kind: "other", box: [5, 6, 30, 40], cover: null, score: null });
  });

  test("what a person draws stays a rectangle, also where the proof had pointed at something that is no face", () => {
    const region = reshape({ ...fromProof(1, [20, 30, 40, 50], "cover"), kind: "text" }, [10, 20, 60, 70]);
    assert.deepEqual(toRequest(region, PICTURE).cover, { bounds: [10, 20, 60, 70], shape: "rectangle" });
  });

  test("a face made larger covers all that it did before, and made smaller again it is as it was", () => {
    for (const bounds of [COVER.bounds, [118, 60, 60, 70], [100, 50, 60, 20]]) {
      const region = fromReport(1, { ...FACE, cover: { ...COVER, bounds } });
      const larger = scale(region, 1.15, PICTURE);
      for (let turn = 0; turn < 6.28; turn += 0.1) {
        assert.ok(within(ellipseOf(larger), onEllipse(ELLIPSE, turn)) <= 1 + 1e-9, `${bounds} ${turn}`);
      }
      assert.ok(shownBox(scale(larger, 1 / 1.15, PICTURE)).every((value, index) => Math.abs(value - bounds[index]) < 1e-9));
    }
  });

  test("nothing is made so small that it cannot be seen", () => {
    const [, , width, height] = shownBox(scale(fromPerson(1, [10, 10, 9, 40]), 0.1, PICTURE));
    assert.deepEqual([width, Math.round(height)], [8, 36]);
    assert.equal(scale(fromShape(1, STROKE, PICTURE), 0.01, PICTURE).cover.brush.radius, 2);
  });

  test("a drawn shape is sent as it was drawn", () => {
    assert.deepEqual(toRequest(fromShape(1, STROKE, PICTURE), PICTURE).cover.brush, { points: STROKE.points, radius: 10 });
    assert.deepEqual(toRequest(fromShape(1, STROKE, PICTURE), PICTURE).box, [40, 50, 70, 60]);
    const { cover } = toRequest(fromShape(1, { kind: "ellipse", box: [10, 20, 30, 40] }, PICTURE), PICTURE);
    assert.deepEqual([cover.shape, cover.ellipse], ["ellipse", [25, 40, 15, 20, 0]]);
    assert.equal(toRequest(fromShape(1, { kind: "rectangle", box: [10, 20, 30, 40] }, PICTURE), PICTURE).cover, null);
  });

  test("a stroke is moved as it is", () => {
    const region = reshape(fromShape(1, STROKE, PICTURE), [45, 40, 70, 60]);
    assert.deepEqual(region.cover.brush, { points: [[55, 50], [105, 90]], radius: 10 });
    assert.deepEqual([region.box, region.cover.bounds], [[45, 40, 70, 60], [45, 40, 70, 60]]);
  });

  test("a drawn ellipse is moved and resized with its box", () => {
    const region = reshape(fromShape(1, { kind: "ellipse", box: [10, 20, 30, 40] }, PICTURE), [0, 0, 60, 20]);
    assert.deepEqual(ellipseOf(region), [30, 10, 30, 10, 0]);
  });

  test("a stroke around a face is no cover of it: a face found there is a new one, and a faint one is told", () => {
    const ring = { kind: "brush", points: [[100, 40], [180, 40], [180, 130], [100, 130], [100, 40]], radius: 5 };
    const region = fromShape(1, ring, PICTURE);
    assert.deepEqual(match([FACE], [region]), [null]);
    const check = { name: "faces-outside", ok: true, detail: "", regions: [FACE.box] };
    assert.deepEqual(faintBoxes([check], [region]), [FACE.box]);
    assert.deepEqual(faintBoxes([check], [fromShape(1, { ...ring, points: [[100, 85], [180, 85]] }, PICTURE)]), []);
  });

  test("whole pixels reach around a box, but not past the picture", () => {
    assert.deepEqual(wholePixels([-3.5, 0.2, 10, 500], PICTURE), [0, 0, 7, 300]);
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
    const region = fromReport(1, FACE);
    const again = { ...FACE, box: [116, 55, 42, 52] };
    assert.deepEqual(match([again], [region]), [region]);
  });

  test("a face beside another is a new one", () => {
    const beside = { ...FACE, box: [150, 60, 40, 50] };
    assert.deepEqual(match([beside], [fromReport(1, FACE)]), [null]);
  });

  test("a region means one face only, the better match of two", () => {
    const near = { ...FACE, box: [120, 60, 40, 50] };
    const [far, exact] = [fromReport(1, near), fromReport(2, FACE)];
    assert.deepEqual(match([FACE, FACE], [far, exact]), [exact, far]);
    assert.deepEqual(match([FACE, FACE], [exact]), [exact, null]);
    const [neighbour, own] = [{ ...FACE, box: [127, 60, 40, 50] }, { ...FACE, box: [109, 60, 40, 50] }];
    assert.deepEqual(match([neighbour, own], [exact]), [null, exact], "whichever was found first");
  });

  test("a face that a person has moved away is known by where it was found", () => {
    const region = reshape(fromReport(1, FACE), [0, 0, 60, 70]);
    assert.deepEqual(match([FACE], [region]), [region]);
  });

  test("a person's area means a face if it holds the whole of it and little else", () => {
    const [around, across, wide] = [[105, 50, 55, 65], [125, 50, 60, 70], [0, 0, 400, 300]].map((box) => fromPerson(1, box));
    assert.deepEqual(match([FACE], [around]), [around]);
    assert.deepEqual(match([FACE], [across]), [null]);
    assert.deepEqual(match([FACE], [wide]), [null]);
  });

  test("a face that a check has found is known again", () => {
    const region = fromProof(1, [112, 62, 40, 50], "cover");
    assert.deepEqual(match([FACE], [region]), [region]);
  });

  test("an area that a person has drawn is never uncertain", () => {
    assert.equal(fromPerson(1, [1, 2, 30, 40]).maybe, false);
  });

  test("places are named by thirds of the picture", () => {
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
    assert.deepEqual(faintBoxes(checks, [fromReport(1, FACE)]), [[300, 200, 20, 20]]);
  });
});
