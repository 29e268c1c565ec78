// What pointers and keys do on the picture, as scripts of events.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { changeRegions, newPhoto, regionsOf } from "../target/www/model/photo.js";
import { draftOf, isBusy, magnifiedAt, newStage, ownersOf, stageStep, TOOLS } from "../target/www/model/tools.js";

const PICTURE = { width: 4000, height: 3000 };
const VIEW = { frame: { width: 400, height: 300 }, picture: PICTURE };
/** Pixels of the picture in one of the view, as long as all of it is shown. */
const SCALE = 10;
const BOX = [1000, 1000, 600, 500];
const MOVE = { kind: "move", box: BOX };

const finger = (pointer, x, y, time = 0) => ({ kind: "press", pointer, isFinger: true, at: [x, y], time, grip: null, pans: false });
const mouse = (x, y, more) => ({ ...finger(1, x, y), isFinger: false, ...more });
const to = (pointer, ...points) => ({ kind: "move", pointer, points });
const lift = (pointer, x, y) => ({ kind: "lift", pointer, at: [x, y] });
const lose = (pointer) => ({ kind: "lose", pointer });
const choose = (tool) => ({ kind: "choose", tool });
const stop = { kind: "stop" };
const tap = { kind: "tap" };
const step = (x, y) => ({ kind: "step", by: [x, y] });

function play(...events) {
  let stage = newStage(PICTURE);
  const changes = [];
  for (const event of events) {
    const next = stageStep(stage, event, { view: VIEW, adjusted: 7 });
    stage = next.stage;
    if (next.change !== null) changes.push(next.change);
  }
  return { stage, changes };
}

describe("drawing", () => {
  for (const [name, press] of [["finger", finger(1, 100, 100)], ["mouse or pen", mouse(100, 100)]]) {
    test(`by ${name}: the brush keeps every point as it was, with a constant radius`, () => {
      const { changes } = play(choose("brush"), press, to(1, [101, 103], [140, 90]), to(1, [140, 90]), lift(1, 150, 95));
      const points = [[1000, 1000], [1010, 1030], [1400, 900], [1400, 900], [1500, 950]];
      assert.deepEqual(changes, [{ kind: "draw", shape: { kind: "brush", radius: 24 * SCALE, points } }]);
    });

    test(`by ${name}: a tap of the brush is a dot`, () => {
      const { changes } = play(choose("brush"), press, lift(1, 100, 100));
      assert.deepEqual(changes, [{ kind: "draw", shape: { kind: "brush", radius: 24 * SCALE, points: [[1000, 1000]] } }]);
    });

    for (const tool of ["rectangle", "ellipse"]) {
      const expected = [{ kind: "draw", shape: { kind: tool, box: [600, 1000, 400, 300] } }];
      test(`by ${name}: ${tool} by dragging`, () => {
        assert.deepEqual(play(choose(tool), press, to(1, [80, 120]), lift(1, 60, 130)).changes, expected);
      });
      test(`by ${name}: ${tool} by two clicks`, () => {
        const second = { ...press, at: [60, 130] };
        assert.deepEqual(play(choose(tool), press, lift(1, 101, 100), second, lift(1, 61, 130)).changes, expected);
      });
    }
  }

  test("zoomed in, the brush is finer", () => {
    const { changes } = play(choose("brush"), { kind: "zoom", to: "full" }, mouse(200, 150), lift(1, 200, 150));
    assert.equal(Math.round(changes[0].shape.radius), 24);
  });

  test("the brush is made thicker and thinner within bounds", () => {
    const radius = (...events) => play(...events).stage.radius;
    assert.ok(radius({ kind: "resize", by: 1 }) > 24 && radius({ kind: "resize", by: -1 }) < 24);
    assert.equal(radius(...Array(20).fill({ kind: "resize", by: -1 })), 6);
  });

  test("the eraser says where it was", () => {
    const { changes } = play(choose("eraser"), mouse(100, 100), to(1, [120, 100]), lift(1, 120, 100));
    assert.deepEqual(changes, [{ kind: "erase", radius: 240, points: [[1000, 1000], [1200, 1000]] }]);
  });

  test("by keys alone: rectangle, dot and erasing, without a drag", () => {
    const { changes } = play(choose("rectangle"), step(-50, -50), tap, step(30, 40), tap, choose("brush"), step(10, 0), tap, choose("eraser"), tap);
    assert.deepEqual(changes.map(({ kind, shape }) => shape?.kind ?? kind), ["rectangle", "brush", "erase"]);
    assert.deepEqual(changes[0].shape.box, [1500, 1000, 300, 400]);
    assert.deepEqual(changes[1].shape.points, [[2100, 1500]]);
  });

  test("a second click on the same place is no area", () => {
    const { stage, changes } = play(choose("rectangle"), mouse(50, 50), lift(1, 50, 50), mouse(50, 50), lift(1, 50, 50));
    assert.deepEqual([changes, stage.corner], [[], [500, 500]]);
  });

  test("after a first corner, a drag draws by itself", () => {
    const { stage, changes } = play(choose("rectangle"), mouse(50, 50), lift(1, 50, 50), mouse(100, 100), to(1, [150, 150]), lift(1, 150, 150));
    assert.deepEqual(changes[0].shape.box, [1000, 1000, 500, 500]);
    assert.equal(stage.corner, null);
  });

  test("with the tool for selecting, a drag of the mouse adds an area to be adjusted, and its handles work", () => {
    const grip = { kind: "draw" };
    assert.deepEqual(play(mouse(10, 10, { grip }), to(1, [60, 60]), lift(1, 60, 60)).changes, [{ kind: "add", box: [100, 100, 500, 500] }]);
    const moved = play(mouse(110, 110, { grip: MOVE }), to(1, [120, 110]), lift(1, 120, 110)).changes;
    assert.deepEqual(moved, [{ kind: "reshape", region: 7, box: [1100, 1000, 600, 500] }]);
  });

  test("what a finger draws is magnified, what a mouse draws is not", () => {
    assert.deepEqual(magnifiedAt(play(choose("brush"), finger(1, 50, 50), to(1, [90, 60])).stage), [900, 600]);
    assert.deepEqual(magnifiedAt(play(choose("ellipse"), finger(1, 50, 50), to(1, [90, 60])).stage), [900, 600]);
    assert.equal(magnifiedAt(play(choose("brush"), mouse(50, 50), to(1, [90, 60])).stage), null);
    assert.equal(magnifiedAt(play(finger(1, 110, 110), to(1, [90, 60])).stage), null);
  });
});

describe("two fingers", () => {
  for (const tool of TOOLS) {
    test(`${tool}: at once they zoom, and nothing is drawn or moved`, () => {
      const first = { ...finger(1, 100, 150), grip: tool === "select" ? MOVE : null };
      const events = [choose(tool), first, to(1, [103, 151]), finger(2, 300, 150, 60), to(1, [50, 150]), to(2, [350, 150]), lift(1, 50, 150)];
      const { stage, changes } = play(...events, to(2, [200, 100]), lift(2, 200, 100));
      assert.deepEqual(changes, []);
      assert.ok(Math.abs(stage.camera.zoom - 1.5) < 0.05, `${stage.camera.zoom}`);
      assert.equal(isBusy(stage), false);
    });
  }

  test("a second one that comes later is ignored", () => {
    const alone = play(choose("brush"), finger(1, 100, 100), to(1, [160, 100]), to(1, [200, 100]), lift(1, 200, 100));
    const events = [choose("brush"), finger(1, 100, 100), to(1, [160, 100]), finger(2, 10, 10, 900), to(2, [90, 90]), to(1, [200, 100]), lift(2, 90, 90)];
    const both = play(...events, lift(1, 200, 100));
    assert.deepEqual(both.changes, alone.changes);
    assert.equal(both.stage.camera.zoom, 1);
  });

  test("so is a third", () => {
    const { stage } = play(finger(1, 100, 100), finger(2, 200, 100, 10), finger(3, 300, 100, 20), to(3, [390, 290]), to(2, [300, 100]));
    assert.ok(Math.abs(stage.camera.zoom - 2) < 0.01);
  });

  test("after the first corner of an area they zoom, and the corner stays", () => {
    const { stage } = play(choose("rectangle"), finger(1, 100, 100), lift(1, 100, 100), finger(1, 50, 50), finger(2, 150, 50, 20), to(2, [250, 50]), lift(2, 250, 50), lift(1, 50, 50));
    assert.deepEqual(stage.corner, [1000, 1000]);
    assert.ok(stage.camera.zoom > 1.5);
  });
});

describe("looking", () => {
  test("zoomed in, a finger pans, and so does the mouse's middle button with any tool", () => {
    const zoomed = { kind: "zoom", to: "full" };
    const before = play(zoomed).stage.camera.centre;
    const after = play(zoomed, finger(1, 100, 100), to(1, [70, 110]), lift(1, 70, 110)).stage.camera.centre;
    assert.deepEqual(after.map((value, index) => Math.round(value - before[index])), [30, -10]);
    const { stage, changes } = play(zoomed, choose("brush"), mouse(100, 100, { pans: true }), to(1, [70, 110]), lift(1, 70, 110));
    assert.deepEqual([stage.camera.centre, changes], [after, []]);
  });

  test("a click is no panning, so the box under it gets it", () => {
    const { stage } = play({ kind: "zoom", to: "in" }, mouse(100, 100), to(1, [102, 101]));
    assert.deepEqual(ownersOf(stage), []);
    assert.deepEqual(ownersOf(play({ kind: "zoom", to: "in" }, mouse(100, 100), to(1, [122, 101])).stage), [1]);
  });

  test("in, out, whole and by the wheel", () => {
    const zoom = (...events) => play(...events).stage.camera.zoom;
    assert.equal(zoom({ kind: "zoom", to: "in" }), 1.5);
    assert.equal(zoom({ kind: "zoom", to: "in" }, { kind: "zoom", to: "out" }), 1);
    assert.equal(zoom({ kind: "zoom", to: "full" }, { kind: "zoom", to: "whole" }), 1);
    assert.equal(zoom({ kind: "wheel", at: [10, 10], factor: 3 }), 3);
    assert.equal(zoom({ kind: "wheel", at: [10, 10], factor: 0.1 }), 1);
  });

  test("not while something is drawn", () => {
    assert.equal(play(choose("brush"), mouse(1, 1), { kind: "wheel", at: [10, 10], factor: 3 }).stage.camera.zoom, 1);
  });
});

/** Numbers that look random and are always the same. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

/** A script of events that make no sense. */
function scriptOf(seed, length) {
  const random = numbers(seed);
  const next = () => random.next().value;
  const at = () => [Math.floor(next() * 420) - 10, Math.floor(next() * 320) - 10];
  const pointer = () => 1 + Math.floor(next() * 3);
  const kinds = [
    () => ({ ...finger(pointer(), ...at(), next() * 500), isFinger: next() < 0.7, grip: [null, MOVE, { kind: "draw" }][Math.floor(next() * 3)], pans: next() < 0.1 }),
    () => to(pointer(), at(), at()),
    () => to(pointer(), at()),
    () => lift(pointer(), ...at()),
    () => lose(pointer()),
    () => choose(TOOLS[Math.floor(next() * TOOLS.length)]),
    () => step(...at()),
    () => tap,
    () => ({ kind: "wheel", at: at(), factor: 0.5 + next() }),
    () => ({ kind: "zoom", to: ["in", "out", "whole", "full"][Math.floor(next() * 4)] }),
  ];
  return Array.from({ length }, () => kinds[Math.floor(next() * kinds.length)]());
}

describe("any script", () => {
  test("that ends in a cancel of everything is idle, without a draft", () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const script = scriptOf(seed, 25);
      const { stage } = play(...script, stop);
      assert.deepEqual([stage.doing.kind, stage.touches.length, draftOf(stage), isBusy(stage)], ["idle", 0, null, false], `seed ${seed}`);
      const lost = play(...script, lose(1), lose(2), lose(3)).stage;
      assert.deepEqual([lost.doing.kind, lost.touches.length], ["idle", 0], `seed ${seed}`);
    }
  });

  test("keeps the camera within the picture and every number a number", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const { stage, changes } = play(...scriptOf(seed, 40));
      const { zoom, centre } = stage.camera;
      assert.ok(zoom >= 1 && centre[0] >= 0 && centre[0] <= 4000 && centre[1] >= 0 && centre[1] <= 3000);
      assert.doesNotMatch(JSON.stringify(changes), /null/);
    }
  });

  test("of changes is undone to the start and done again to the end", () => {
    const report = { ...PICTURE, regions: [] };
    let areas = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const start = { ...newPhoto(1, 1, "a.jpg", 1), report };
      let photo = start;
      for (const change of play(...scriptOf(seed, 60)).changes) {
        const of = regionsOf(photo).at(-1)?.id ?? 1;
        photo = changeRegions(photo, change.kind === "reshape" ? { ...change, region: of } : change);
        if (seed % 3 === 0) photo = changeRegions(photo, { kind: "scale", region: of, factor: 1.15, at: 5000 * seed });
      }
      areas += regionsOf(photo).length;
      const ids = regionsOf(photo).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      const count = photo.history.past.length;
      const all = (kind, from) => Array.from({ length: count }).reduce((each) => changeRegions(each, { kind }), from);
      assert.deepEqual(regionsOf(all("undo", photo)), regionsOf(start));
      assert.deepEqual(regionsOf(all("redo", all("undo", photo))), regionsOf(photo));
    }
    assert.ok(areas > 300);
  });
});
