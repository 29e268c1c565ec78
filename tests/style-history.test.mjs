// Choices of how covers are drawn are undone in one order with changes of regions.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { canRedo, canUndo } from "../target/www/model/photo.js";
import { EMPTY, step } from "../target/www/model/session.js";

const FACE = { kind: "face", origin: "found", box: [10, 10, 20, 20], score: 0.9, maybe: false, landmarks: null, cover: null, decision: "undecided", identifiability: null };
const REPORT = { width: 100, height: 100, regions: [FACE, { ...FACE, box: [60, 10, 20, 20] }], leaks: [], notes: [], skipped: { tiles: 0, frames: 0 }, not_checked: [] };

/** A photo of two faces under review. */
function review() {
  let { state, effects } = step(EMPTY, { kind: "add", files: [{ file: 1, name: "a.jpg" }], refused: [] });
  const { job } = effects.find(({ kind }) => kind === "check");
  ({ state } = step(state, { kind: "checked", photo: 1, job, report: REPORT, before: null, leaked: [] }));
  return state;
}
const play = (state, ...events) => events.reduce((last, event) => step(last, event).state, state);
const change = (change) => ({ kind: "regions", photo: 1, change });
const open = (id) => change({ kind: "decide", regions: [id], decision: "open" });
const [undo, redo] = [change({ kind: "undo" }), change({ kind: "redo" })];
const seen = ({ method, colour, photos: [photo] }) => [method, colour, photo.history.present.filter(({ decision }) => decision === "open").length].join(" ");

describe("choices of how covers are drawn", () => {
  test("are undone and made again in the order in which they were made, between changes of regions", () => {
    const events = [open(1), { kind: "set-method", method: "solid" }, { kind: "set-colour", colour: "ff0000" }, open(2), { kind: "set-method", method: "mosaic" }];
    const states = events.reduce((all, event) => [...all, play(all.at(-1), event)], [review()]);
    const back = [...events].reduce((all) => [...all, play(all.at(-1), undo)], [states.at(-1)]);
    assert.deepEqual(back.map(seen), states.toReversed().map(seen));
    assert.ok(!canUndo(back.at(-1).photos[0]) && canRedo(back.at(-1).photos[0]));
    const again = [...events].reduce((all) => [...all, play(all.at(-1), redo)], [back.at(-1)]);
    assert.deepEqual(again.map(seen), states.map(seen));
  });

  test("cannot be made again once something else was done, and the other way round", () => {
    const chosen = play(review(), { kind: "set-method", method: "solid" }, undo, open(1), redo, undo, redo);
    assert.equal(seen(chosen), "soft 262c34 1");
    const opened = play(review(), open(1), undo, { kind: "set-method", method: "solid" }, redo);
    assert.equal(seen(opened), "solid 262c34 0");
  });

  test("colours that are tried out in a row are undone together", () => {
    const colours = ["ff0000", "00ff00", "0000ff"].map((colour) => ({ kind: "set-colour", colour }));
    assert.equal(seen(play(review(), { kind: "set-method", method: "solid" }, ...colours, undo)), "solid 262c34 0");
  });

  test("concern all photos, and are undone where they were made", () => {
    const state = play(review(), { kind: "set-method", method: "solid" }, { kind: "add", files: [{ file: 2, name: "b.jpg" }], refused: [] });
    assert.equal(play(state, { kind: "regions", photo: 2, change: { kind: "undo" } }).method, "solid");
    assert.equal(play(state, undo).method, "soft");
  });
});
