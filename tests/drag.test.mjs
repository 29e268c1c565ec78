// What a pointer does on the picture, from press to lift.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dragStep } from "../target/www/model/drag.js";

const PICTURE = { width: 3000, height: 9000 };
/** Pixels of the picture in one of the view. */
const SCALE = 26;
const BOX = [1200, 4000, 600, 600];
const MIDDLE = [1500, 4300];
const MOVE = { kind: "move", box: BOX };
const DRAW = { kind: "draw" };
const resize = (corner) => ({ kind: "resize", box: BOX, corner });

const press = (grip, at = MIDDLE, pointer = 1) => ({ kind: "press", pointer, at, grip, scale: SCALE });
const to = (dx, dy, pointer = 1) => ({ kind: "move", pointer, at: [MIDDLE[0] + dx, MIDDLE[1] + dy] });
const lift = (dx, dy, pointer = 1) => ({ kind: "lift", pointer, at: [MIDDLE[0] + dx, MIDDLE[1] + dy] });
const cancel = { kind: "cancel", pointer: 1 };

/** All inputs one after the other; the effects and what is left of the drag. */
function play(...inputs) {
  let drag = null;
  const effects = [];
  for (const input of inputs) {
    const step = dragStep(drag, input, PICTURE);
    drag = step.drag;
    if (step.effect !== null) effects.push(step.effect);
  }
  return { drag, effects, last: effects.at(-1) };
}

describe("a drag", () => {
  test("from an area's inside moves it by as much as the pointer and leaves its size", () => {
    const { drag, last } = play(press(MOVE), to(300, -200), lift(520, -260));
    assert.deepEqual(last, { kind: "commit", grip: MOVE, box: [1720, 3740, 600, 600] });
    assert.equal(drag, null);
  });

  test("never changes the size of what it moves, wherever it goes", () => {
    for (const [width, height] of [[3, 5], [8, 8], [104, 312], [3000, 40]]) {
      const grip = { kind: "move", box: [0, 100, width, height] };
      for (const [dx, dy] of [[-9999, 0], [9999, 9999], [0, -9999], [150, 150]]) {
        const { box } = play(press(grip), lift(dx, dy)).last;
        assert.deepEqual(box.slice(2), [width, height]);
        assert.ok(box[0] >= 0 && box[1] >= 0 && box[0] + width <= PICTURE.width && box[1] + height <= PICTURE.height);
      }
    }
  });

  test("from a corner resizes from that corner", () => {
    assert.deepEqual(play(press(resize("se")), lift(200, 300)).last.box, [1200, 4000, 800, 900]);
    assert.deepEqual(play(press(resize("nw")), lift(200, 300)).last.box, [1400, 4300, 400, 300]);
  });

  test("leaves no sliver of an area", () => {
    const [, , width, height] = play(press(resize("se")), lift(-5000, -5000)).last.box;
    assert.deepEqual([width, height], [8 * SCALE, 8 * SCALE]);
  });

  test("does not make an area larger that was smaller than the least before", () => {
    const grip = { kind: "resize", box: [100, 100, 20, 600], corner: "se" };
    assert.deepEqual(play(press(grip), lift(-500, 200)).last.box, [100, 100, 20, 800]);
  });

  test("is none while the hand only trembles", () => {
    const { effects } = play(press(MOVE), to(3 * SCALE, -3 * SCALE), lift(2 * SCALE, 0));
    assert.deepEqual(effects, [{ kind: "drop", grip: MOVE }]);
  });

  test("shows a draft and decides at the end", () => {
    assert.deepEqual(play(press(MOVE), to(300, 0), to(400, 0), lift(500, 0)).effects.map(({ kind }) => kind), ["show", "show", "commit"]);
  });

  test("on the bare picture draws an area, but no sliver", () => {
    assert.deepEqual(play(press(DRAW), lift(900, -800)).last.box, [1500, 3500, 900, 800]);
    assert.equal(play(press(DRAW), lift(900, 2 * SCALE)).last.kind, "drop");
  });

  for (const grip of [MOVE, resize("ne"), DRAW]) {
    test(`${grip.kind}: a second finger neither moves nor ends it`, () => {
      const alone = play(press(grip), to(300, 300), lift(400, 400));
      const disturbed = play(
        ...[press(grip), press(MOVE, [10, 10], 2), to(300, 300), to(-900, -900, 2), lift(-900, -900, 2), { kind: "cancel", pointer: 2 }],
        lift(400, 400),
      );
      assert.deepEqual(disturbed, alone);
    });

    test(`${grip.kind}: cancelled, it leaves everything as it was and nothing pressed`, () => {
      const { drag, last } = play(press(grip), to(300, 300), cancel, lift(900, 900));
      assert.deepEqual(last, { kind: "drop", grip });
      assert.equal(drag, null);
    });

    test(`${grip.kind}: pressed again without a lift, it begins anew`, () => {
      const { effects } = play(press(grip), to(300, 300), press(grip), lift(400, 400));
      assert.deepEqual(effects.map(({ kind }) => kind), ["show", "drop", "commit"]);
    });
  }

  test("a pointer that was not pressed does nothing", () => {
    assert.deepEqual(play(to(5, 5), lift(5, 5), cancel), { drag: null, effects: [], last: undefined });
  });
});
