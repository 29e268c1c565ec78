// What an eraser takes away, and what it never does.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { distanceFrom } from "../target/www/model/geometry.js";
import { erase } from "../target/www/model/eraser.js";
import { changeRegions, newPhoto, regionsOf } from "../target/www/model/photo.js";
import { fromProof, fromReport, fromShape } from "../target/www/model/regions.js";

const PICTURE = { width: 1000, height: 800 };
const STROKE = { kind: "brush", points: [[100, 100], [500, 100], [500, 400]], radius: 20 };
const FACE = { kind: "face", origin: "found", box: [280, 60, 80, 90], cover: null, score: 0.9, maybe: false, landmarks: null, identifiability: null };
const drawn = (id, shape) => fromShape(id, shape, PICTURE);
const rubbed = (regions, points, radius = 10) => erase(regions, { points, radius }, 9, PICTURE);

describe("the eraser", () => {
  test("never touches what was found or what a check has seen", () => {
    const regions = [fromReport(1, FACE), { ...fromReport(2, FACE), shaped: [280, 60, 80, 90] }, fromProof(3, FACE.box, "cover")];
    assert.equal(rubbed(regions, [[0, 100], [999, 100]]).regions, regions);
  });

  test("cuts a stroke where it touches it; the rest is as wide as before, and ids stay unique", () => {
    const { regions, lastRegion } = rubbed([drawn(4, STROKE)], [[300, 0], [300, 300]]);
    assert.deepEqual(regions.map(({ id }) => id), [4, 10]);
    assert.equal(lastRegion, 10);
    const lines = regions.map(({ cover }) => cover.brush);
    assert.ok(lines.every(({ radius }) => radius === 20));
    const covers = (point) => lines.some(({ points, radius }) => distanceFrom(points, point) <= radius);
    // Nothing is left under the eraser, and everything is that is farther away than what it touches.
    for (let y = 80; y <= 120; y += 5) assert.equal(covers([300, y]), false);
    for (const x of [100, 200, 250, 350, 400, 500]) assert.equal(covers([x, 100]), true, `${x}`);
    assert.equal(covers([500, 400]), true);
  });

  test("takes away the whole of a stroke that it goes along", () => {
    assert.deepEqual(rubbed([drawn(4, STROKE)], STROKE.points).regions, []);
    assert.deepEqual(rubbed([drawn(4, { ...STROKE, points: [[100, 100]] })], [[125, 100]]).regions, []);
  });

  test("takes away rectangles and ellipses that it touches, and no others", () => {
    const [rectangle, ellipse] = [drawn(1, { kind: "rectangle", box: [100, 100, 100, 100] }), drawn(2, { kind: "ellipse", box: [300, 100, 100, 100] })];
    const left = (...points) => rubbed([rectangle, ellipse], points).regions.map(({ id }) => id);
    assert.deepEqual(left([150, 95]), [2]);
    assert.deepEqual(left([350, 150]), [1]);
    // Corners of its box are no part of an ellipse.
    assert.deepEqual(left([302, 102]), [1, 2]);
    assert.deepEqual(left([250, 0], [250, 700]), [1, 2]);
    assert.deepEqual(left([0, 150], [999, 150]), []);
  });

  test("is undone at once, and one that erased nothing is no change", () => {
    const photo = { ...newPhoto(1, 1, "a.jpg", 1), report: { ...PICTURE, regions: [] } };
    const two = [STROKE, { kind: "rectangle", box: [600, 600, 50, 50] }].reduce((each, shape) => changeRegions(each, { kind: "draw", shape }), photo);
    const gone = changeRegions(two, { kind: "erase", points: [[0, 100], [620, 620]], radius: 30 });
    assert.ok(regionsOf(gone).length < 3);
    assert.equal(regionsOf(changeRegions(gone, { kind: "undo" })), regionsOf(two));
    assert.equal(changeRegions(two, { kind: "erase", points: [[900, 20]], radius: 5 }), two);
  });
});
