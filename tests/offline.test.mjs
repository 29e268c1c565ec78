// Whether the page works without a network, and which version of it is in use.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ONLINE, stepOffline } from "../target/www/model/offline.js";

const run = (...kinds) =>
  kinds.reduce(
    ({ state, effects }, kind) => {
      const step = stepOffline(state, { kind });
      return { state: step.state, effects: [...effects, ...step.effects.map((effect) => effect.kind)] };
    },
    { state: ONLINE, effects: [] },
  );

test("a new version is taken and the page loaded anew when a person wants it", () => {
  const { state, effects } = run("kept", "new-version", "take-over", "taken-over");
  assert.deepEqual(effects, ["take-over", "reload"]);
  assert.equal(state.files, "kept");
});

for (const kinds of [["taken-over"], ["new-version", "taken-over"], ["new-version", "later", "taken-over"]]) {
  test(`${kinds}: another window's wish loads nothing here`, () => {
    const { state, effects } = run("kept", ...kinds);
    assert.deepEqual(effects, []);
    assert.equal(state.version, "replaced");
  });
}

test("a reload that the person stops is not tried again", () => {
  assert.deepEqual(run("new-version", "take-over", "taken-over", "taken-over").effects, ["take-over", "reload"]);
});

for (const [kinds, files] of [
  [["not-kept"], "none"],
  [["full"], "full"],
  [["full", "not-kept"], "full"],
  [["kept", "not-kept"], "kept"],
  [["kept", "full"], "full"],
]) {
  test(`${kinds}: ${files}`, () => assert.equal(run(...kinds).state.files, files));
}
