// Where in the workshop one is: addresses, paging with keys or a remote, lesson plans, resets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EXERCISES, PLANS, STEPS, minutesOf } from "../target/www/model/workshop/plans.js";
import { ARRIVED, hashOf, placeOf, stepTour } from "../target/www/model/workshop/tour.js";

/** The states after events, as the app drives them: it follows where an effect leads. */
function drive(state, ...events) {
  for (const event of events) {
    const next = stepTour(state, event);
    state = next.state;
    for (const { kind, hash } of next.effects) {
      if (kind === "go") state = stepTour(state, { kind: "arrive", hash }).state;
    }
  }
  return state;
}

const page = (by) => ({ kind: "page", by });
const counted = (slides) => ({ kind: "counted", slides });
const projected = { ...ARRIVED, isProjected: true };

test("every place has an address, and every other address is the start", () => {
  for (const screen of ["start", ...EXERCISES, "kit", "sources"]) {
    assert.equal(placeOf(hashOf({ screen, plan: null, step: null })).screen, screen);
  }
  for (const plan of PLANS) {
    STEPS[plan].forEach(({ screen }, step) => assert.deepEqual(placeOf(hashOf({ screen, plan, step })), { screen, plan, step }));
    assert.deepEqual(placeOf(`#/${plan}`), { screen: "plan", plan, step: null });
    assert.deepEqual(placeOf(`#/${plan}/99`), { screen: "plan", plan, step: null });
  }
  for (const hash of ["", "#", "#/nothing", "#/talk", "#/__proto__", "#/constructor/1"]) {
    assert.equal(placeOf(hash).screen, "start", hash);
  }
});

test("each plan takes as long as its name says", () => {
  assert.deepEqual(PLANS.map(minutesOf), PLANS.map(Number));
});

test("paging leads through every exercise and back, and ends at both ends", () => {
  let state = ARRIVED;
  const seen = [];
  for (let count = 0; count < 20; count += 1) {
    state = drive(state, page(1));
    seen.push(state.place.screen);
  }
  assert.deepEqual([...new Set(seen)], [...EXERCISES]);
  for (let count = 0; count < 20; count += 1) state = drive(state, page(-1));
  assert.equal(state.place.screen, "start");
});

test("on a projector the parts of a screen come one after the other, then the next screen", () => {
  let state = drive(projected, counted(2), page(1));
  assert.deepEqual([state.place.screen, state.slide], ["start", 1]);
  state = drive(state, page(1), counted(3));
  assert.deepEqual([state.place.screen, state.slide], [EXERCISES[0], 0]);
  state = drive(state, page(-1), counted(2));
  assert.deepEqual([state.place.screen, state.slide], ["start", 1], "back at the last part");
});

test("without a projector paging leads from screen to screen", () => {
  assert.equal(drive(ARRIVED, counted(3), page(1)).place.screen, EXERCISES[0]);
});

test("paging through a plan leads through its steps, and stays in it", () => {
  let state = drive(ARRIVED, { kind: "arrive", hash: "#/15" });
  const seen = [];
  for (let count = 0; count < 10; count += 1) {
    state = drive(state, page(1));
    seen.push(state.place.step);
  }
  assert.deepEqual([...new Set(seen)], STEPS["15"].map((_, at) => at));
  assert.equal(state.place.plan, "15");
  for (let count = 0; count < 10; count += 1) state = drive(state, page(-1));
  assert.deepEqual(state.place, { screen: "plan", plan: "15", step: null });
});

test("a screen that has fewer parts than before shows its last one", () => {
  assert.equal(drive({ ...projected, slide: 5, slides: 6 }, counted(2)).slide, 1);
});

test("a reset changes what the app makes anew, and stays at the place", () => {
  const before = drive(projected, { kind: "arrive", hash: "#/quiz" }, counted(3), page(1));
  const after = drive(before, { kind: "reset" });
  assert.equal(after.resets, before.resets + 1);
  assert.deepEqual([after.place, after.slide], [before.place, 0]);
});
