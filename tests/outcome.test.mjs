// What the page says about a copy follows from what was decided.

import assert from "node:assert/strict";
import { test } from "node:test";
import { doneKey, isWorthShowing, outcomeOf, passedKey } from "../target/www/model/outcome.js";
import { fromPerson, fromProof, fromReport } from "../target/www/model/regions.js";

const FACE = { kind: "face", origin: "found", box: [110, 60, 40, 50], score: 0.9, maybe: false, landmarks: null };
const decided = (region, decision) => ({ ...region, decision });
const face = (id, covered) => decided(fromReport(id, FACE), covered ? "undecided" : "open");
const ids = (regions) => regions.map(({ id }) => id);

test("what was left open is counted separately: faces, and what may be none", () => {
  const maybe = decided(fromReport(3, { ...FACE, maybe: true }), "open");
  const drawn = decided(fromPerson(4, [0, 0, 9, 9]), "open");
  const checked = fromProof(5, [0, 0, 9, 9], "open");
  const outcome = outcomeOf([face(1, true), face(2, false), maybe, drawn, checked]);
  assert.equal(outcome.covered, 1);
  assert.deepEqual(ids(outcome.openFaces), [2]);
  assert.deepEqual(ids(outcome.openSpots), [3, 4, 5]);
});

test("a copy is called covered only if something in it is", () => {
  assert.equal(doneKey(outcomeOf([face(1, true), face(2, false)])), "result.title");
  assert.equal(doneKey(outcomeOf([face(1, false)])), "result.title_cleaned");
  assert.equal(doneKey(outcomeOf([])), "result.title_cleaned");
});

test("with anything left open, a passed search does not say that no face was found outside the covers", () => {
  for (const regions of [[face(1, false)], [face(1, true), face(2, false)], [fromProof(1, [0, 0, 9, 9], "open")]]) {
    assert.equal(passedKey("faces-outside", outcomeOf(regions)), "check.faces-outside.ok_open");
  }
  assert.equal(passedKey("faces-outside", outcomeOf([face(1, true)])), "check.faces-outside.ok");
  assert.equal(passedKey("faces-outside", outcomeOf([])), "check.faces-outside.ok_none");
});

test("without a cover nothing is said about covers, unless a check has failed", () => {
  assert.equal(isWorthShowing({ name: "covers", ok: true }, outcomeOf([face(1, false)])), false);
  assert.equal(isWorthShowing({ name: "covers", ok: false }, outcomeOf([face(1, false)])), true);
  assert.equal(isWorthShowing({ name: "covers", ok: true }, outcomeOf([face(1, true)])), true);
  assert.equal(isWorthShowing({ name: "opens", ok: true }, outcomeOf([])), true);
});
