// The exercise "Attack me": what is asked of the engine, in which order, and what its numbers are said to mean.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BEFORE, COVERS, bestAttempt, possibleFaces, rank, seenWords, stepAttack, thoughtWords, verdict } from "../target/www/model/workshop/attack.js";

const PIXELS = { samples: new Uint8ClampedArray(4), width: 100, height: 100 };
const lookOf = (likeness) => ({ picture: PIXELS, aligned: PIXELS, landmarks: [], numbers: [], likeness });
const bundled = { entry: 3, right: [0], leftOut: 3 };
const own = { entry: "own", right: [4], leftOut: null };
const SOFT = COVERS.find(({ id }) => id === "soft");

function drive(state, ...events) {
  const effects = [];
  for (const event of events) {
    const turn = event.turn ?? state.turn;
    const next = stepAttack(state, { ...event, turn });
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const ready = drive(BEFORE, { kind: "prepare" }, { kind: "ready" }).state;
const opened = (...faces) => ({ kind: "opened", picture: PIXELS, faces });
const seen = drive(ready, { kind: "take", subject: bundled }, opened([40, 40, 20, 20]), { kind: "seen", look: lookOf([0.6, 0.2, 0.1, 1]) }).state;

test("a portrait is opened, its face in the middle is taken, and the search is shown", () => {
  const { state, effects } = drive(ready, { kind: "take", subject: bundled }, opened([0, 0, 30, 30], [40, 40, 20, 20]));
  assert.deepEqual(effects.map(({ kind }) => kind), ["stop", "open", "choose"]);
  assert.equal(effects[2].face, 1);
  assert.equal(state.look, null);
  assert.equal(seen.look, seen.clear);
});

test("of several faces in an own photo the person chooses theirs", () => {
  const several = drive(ready, { kind: "take", subject: own }, opened([0, 0, 30, 30], [40, 40, 20, 20]));
  assert.deepEqual(several.effects.map(({ kind }) => kind), ["stop", "open"]);
  assert.equal(several.state.choice.faces.length, 2);
  assert.equal(drive(several.state, { kind: "choose", face: 1 }).effects[0].face, 1);
});

test("a photo without a face, or that cannot be opened, is refused with a reason, and another one can be taken", () => {
  for (const [event, code] of [
    [opened(), "no-face"],
    [{ kind: "seen", look: null }, "no-face"],
    [{ kind: "failed", code: "unknown-format" }, "unknown-format"],
  ]) {
    const { state } = drive(ready, { kind: "take", subject: own }, event);
    assert.deepEqual([state.problem, state.subject, state.look, state.engine.kind, state.isBusy], [code, null, null, "ready", false]);
    assert.equal(drive(state, { kind: "take", subject: bundled }).state.problem, null);
  }
});

test("an engine that does not come says why and can be asked again; a stop is no failure", () => {
  const failed = drive(BEFORE, { kind: "prepare" }, { kind: "engine-failed", code: "load" }).state;
  assert.deepEqual(failed.engine, { kind: "failed", code: "load" });
  assert.deepEqual(drive(failed, { kind: "prepare" }).effects, [{ kind: "load" }]);
  assert.equal(drive(BEFORE, { kind: "prepare" }, { kind: "engine-failed", code: "aborted" }).state.engine.kind, "off");
  assert.equal(drive(seen, { kind: "cover", cover: SOFT }, { kind: "failed", code: "crash" }).state.engine.kind, "failed");
});

test("answers to older questions are dropped", () => {
  const { state } = drive(seen, { kind: "cover", cover: SOFT });
  const late = stepAttack(state, { kind: "covered", turn: state.turn - 1, look: lookOf([0, 0, 0, 0]) }).state;
  assert.equal(late, state);
});

test("another cover stops the attacker and forgets what was thought of the last one", () => {
  const thought = drive(seen, { kind: "think" }, { kind: "thinking", share: 0.5 }).state;
  assert.equal(thought.thinking.share, 0.5);
  const { state, effects } = drive(thought, { kind: "cover", cover: SOFT });
  assert.deepEqual([state.thinking.kind, effects.map(({ kind }) => kind)], ["idle", ["stop", "cover"]]);
  assert.equal(drive(thought, { kind: "stop" }).state.thinking.kind, "idle");
});

test("nothing of the last participant is left when the next photo is taken", () => {
  const { state } = drive(seen, { kind: "cover", cover: SOFT }, { kind: "take", subject: own });
  assert.deepEqual({ ...state, turn: 0, subject: null, isBusy: false }, { ...BEFORE, engine: { kind: "ready" } });
});

test("the very picture that is searched with is no answer where another one shows the person", () => {
  const { place, of, best } = rank([0.4, 0.5, 0.1, 1], bundled);
  assert.deepEqual([place, of, best.map(({ entry }) => entry)], [2, 3, [1, 0, 2]]);
});

test("what is said follows the numbers", () => {
  const words = (likeness, subject = bundled) => seenWords({ ...seen, subject, look: lookOf(likeness) }).key;
  assert.equal(words([0.6, 0.2, 0.1, 1]), "attack.seen_first");
  assert.equal(words([0.3, 0.2, 0.1, 1]), "attack.seen_unsure");
  assert.equal(words([0.3, 0.4, 0.1, 1]), "attack.seen_later");
  assert.equal(words([0.3, 0.4, 0.1, 1], { ...own, right: [9] }), "attack.seen_nobody");
});

const thoughts = (undone, parrot, samePhoto) => ({ undone: undone.map((likeness, at) => ({ undoing: `${at}`, aligned: PIXELS, likeness })), parrot, samePhoto });
const FOUND = [0.6, 0.2, 0.1, 1];
const LOST = [0.1, 0.4, 0.2, 1];

test("the verdict counts every attack that succeeds, and says so of a cover only", () => {
  const of = (look, thought, id = "mosaic-8") => verdict(lookOf(look), thought, bundled, COVERS.find((cover) => cover.id === id));
  assert.deepEqual(of(LOST, thoughts([LOST], LOST, [0, 0, 0])), { key: "attack.verdict_hidden", values: { found: 0, count: 0, of: 4 } });
  assert.deepEqual(of(LOST, thoughts([LOST, FOUND], LOST, [0, 0, 0])).values, { found: 1, count: 1, of: 4 });
  assert.deepEqual(of(FOUND, thoughts([FOUND], FOUND, [0, 3, 4])), { key: "attack.verdict_found", values: { found: 4, count: 4, of: 4 } });
  assert.equal(of(FOUND, thoughts([FOUND], FOUND, [0, 3]), "none").key, "attack.verdict_open");
});

test("under a cover that does not depend on the face a first place is luck, unless the very photo tells the face", () => {
  const of = (thought) => verdict(lookOf(LOST), thought, bundled, SOFT);
  assert.deepEqual(of(thoughts([LOST], FOUND, [0, 0, 0])), { key: "attack.verdict_luck", values: { found: 1, count: 1, of: 3 } });
  assert.equal(of(thoughts([LOST], LOST, [0, 0, 0])).key, "attack.verdict_hidden");
  assert.equal(of(thoughts([LOST], FOUND, [0, 5, 6])).key, "attack.verdict_found");
});

test("under a cover that says nothing of the face all faces are possible", () => {
  assert.equal(possibleFaces([0, 0, 0.001, 0]), 4);
  assert.equal(possibleFaces([0, 2, 0, 5]), 2);
  assert.equal(possibleFaces([0, 2, 3]), 1);
  const said = thoughtWords(thoughts([LOST, FOUND], LOST, [0, 0]), bundled).map(({ key }) => key);
  assert.deepEqual(said, ["attack.undone_first", "attack.parrot_later", "attack.photo_not_told"]);
  const photoWords = (samePhoto) => thoughtWords(thoughts([LOST], LOST, samePhoto), bundled).at(-1).key;
  assert.deepEqual([photoWords([0, 2]), photoWords([0, 0, 2])], ["attack.photo_told", "attack.photo_some"]);
  assert.equal(bestAttempt(thoughts([LOST, FOUND], LOST, [0]).undone, bundled).attempt.undoing, "1");
});
