// What can be undone and done again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, enter, redo, undo } from "../target/www/model/history.js";

const times = (count, step) => (history) => Array.from({ length: count }).reduce(step, history);

test("undoing all leads to the start, doing all again to the end", () => {
  const history = ["b", "c", "d"].reduce((each, present) => enter(each, present), begin("a"));
  assert.equal(times(3, undo)(history).present, "a");
  assert.equal(times(3, redo)(times(3, undo)(history)).present, "d");
});

test("past the start and past the end nothing changes", () => {
  assert.deepEqual(undo(begin("a")), begin("a"));
  assert.deepEqual(redo(begin("a")), begin("a"));
});

test("a new change drops what was undone", () => {
  const history = enter(undo(enter(begin("a"), "b")), "c");
  assert.deepEqual([history.future, undo(history).present], [[], "a"]);
});

test("the same change several times in a second is undone at once, after a pause by itself", () => {
  const nudge = (history, present, at) => enter(history, present, { sort: "nudge 1", at });
  const quick = nudge(nudge(begin("a"), "b", 0), "c", 900);
  assert.equal(undo(quick).present, "a");
  assert.equal(undo(nudge(quick, "d", 2000)).present, "c");
  assert.equal(undo(enter(quick, "d", { sort: "nudge 2", at: 901 })).present, "c");
});

test("after an undo, the same change is a new one", () => {
  const nudge = (history, present, at) => enter(history, present, { sort: "nudge 1", at });
  const history = nudge(undo(nudge(begin("a"), "b", 0)), "c", 100);
  assert.equal(undo(history).present, "a");
});
