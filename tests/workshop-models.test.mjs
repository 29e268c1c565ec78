// What the workshop computes: false matches, alarms, fields of figures, the quiz, letters, the clock, and what it reads of the documentation.

import assert from "node:assert/strict";
import { test } from "node:test";
import { publicAddress } from "../target/www/apps/workshop/kit/address.js";
import { FIGURES, PRESETS, figuresOf, outcomeOf } from "../target/www/model/workshop/base-rates.js";
import { STOPPED, clockWords, secondsOf, stepClock } from "../target/www/model/workshop/clock.js";
import { CANDIDATES, MOST_CANDIDATES, chanceOfFalseMatch, expectedMatches, stopOf } from "../target/www/model/workshop/false-match.js";
import { UNFILLED, valuesOf } from "../target/www/model/workshop/letters.js";
import { BEGUN, COVERED, isRight, score, stepQuiz } from "../target/www/model/workshop/quiz.js";
import { readFoundAgain, readGroups, readMistaken, readSources } from "../tools/workshop_data.mjs";

const near = (value, expected, share = 0.01) => assert.ok(Math.abs(value - expected) <= share * expected, `${value} instead of ${expected}`);
const preset = (name) => PRESETS.find((each) => each.name === name);

test("the chance of a false match is one less the chance that no comparison is wrong", () => {
  near(chanceOfFalseMatch(0.25, 1), 0.25, 1e-12);
  near(chanceOfFalseMatch(0.5, 2), 0.75, 1e-12);
  near(chanceOfFalseMatch(1e-4, 1_000), 0.0952);
  near(chanceOfFalseMatch(1e-4, 16_000), 0.798);
  near(chanceOfFalseMatch(1e-6, 1_000_000), 0.632);
  assert.equal(chanceOfFalseMatch(1e-6, MOST_CANDIDATES), 1);
  assert.equal(expectedMatches(1e-4, MOST_CANDIDATES), 8_400);
});

test("a very small rate is not rounded away", () => {
  near(chanceOfFalseMatch(1e-18, 1), 1e-18, 1e-9);
  near(chanceOfFalseMatch(1e-15, 1_000), 1e-12, 1e-9);
});

test("the slider goes from one candidate to a country in ever larger steps", () => {
  assert.equal(CANDIDATES[0], 1);
  assert.equal(CANDIDATES.at(-1), MOST_CANDIDATES);
  assert.deepEqual(CANDIDATES, [...new Set(CANDIDATES)].sort((a, b) => a - b));
  CANDIDATES.forEach((number, at) => assert.equal(stopOf(number), at));
  assert.equal(CANDIDATES[stopOf(16_000)], 20_000);
});

test("alarms at Südkreuz, as the ministry and as the report said", () => {
  const said = outcomeOf(preset("suedkreuz"));
  near(said.wrong, 90);
  assert.equal(said.right, 8);
  assert.equal(said.missed, 2);
  near(said.wrongShare, 0.918);
  const reported = outcomeOf(preset("suedkreuz_report"));
  near(reported.wrong, 603);
  near(reported.right, 8.49);
  near(reported.wrongShare, 0.986);
});

test("the published counts come out again", () => {
  const london = outcomeOf(preset("london"));
  near(london.wrong, 10, 1e-9);
  near(london.alarms, 2_077, 1e-9);
  const stadium = outcomeOf(preset("stadium"));
  near(stadium.wrong, 2_297, 1e-9);
  near(stadium.alarms, 2_470, 1e-9);
});

test("nobody passes, nobody is wanted, more are wanted than pass: no number is nonsense", () => {
  for (const setting of [
    { hits: 0, falseAlarms: 0, people: 0, wanted: 0 },
    { hits: 1, falseAlarms: 1, people: 0, wanted: 5 },
    { hits: 1, falseAlarms: 1, people: 3, wanted: 5 },
  ]) {
    const outcome = outcomeOf(setting);
    Object.values(outcome).forEach((value) => assert.ok(Number.isFinite(value) && value >= 0, JSON.stringify(outcome)));
    assert.ok(outcome.alarms <= setting.people);
  }
});

test("a field has exactly its figures, in the proportions of the parts", () => {
  for (const parts of [[90, 8], [1, 1, 1], [10, 2_067], [0, 5], [1e-9, 1], [3, 0, 0]]) {
    const counts = figuresOf(parts);
    assert.equal(counts.reduce((a, b) => a + b, 0), FIGURES);
    const sum = parts.reduce((a, b) => a + b, 0);
    counts.forEach((count, at) => assert.ok(Math.abs(count - (parts[at] / sum) * FIGURES) < 1));
  }
  assert.deepEqual(figuresOf([0, 0]), [0, 0]);
});

test("a guess counts once, and the next question comes only after it", () => {
  let state = stepQuiz(BEGUN, { kind: "next" });
  assert.equal(state.at, 0);
  state = stepQuiz(state, { kind: "guess", guess: "enough" });
  state = stepQuiz(state, { kind: "guess", guess: "not-enough" });
  assert.deepEqual(state.guesses, ["enough"]);
  for (let count = 0; count < 20; count += 1) {
    state = stepQuiz(stepQuiz(state, { kind: "next" }), { kind: "guess", guess: "not-enough" });
  }
  assert.equal(state.at, COVERED.length);
  assert.equal(state.guesses.length, COVERED.length);
});

test("only the cover that keeps nothing of the face is enough, by what docs/threats.md says", () => {
  const found = readFoundAgain();
  const questions = COVERED.map((name) => ({ name, found: found[name] }));
  assert.deepEqual(questions.filter((question) => isRight(question, "enough")).map(({ name }) => name), ["solid"]);
  const all = (guess) => score({ at: 0, guesses: questions.map(() => guess) }, questions);
  assert.equal(all("enough") + all("not-enough"), COVERED.length);
});

test("how many were found again is the highest of the searches, and the build fails without a row", () => {
  const heads = "| cover | detected again | other photo | undone first | gallery covered alike | two photos averaged | same photo, pixels |\n| --- |";
  const row = (name, cells) => `| ${name} | 99 [95–100] | ${cells.join(" | ")} | 98 [90–100] |`;
  const named = ["eye bar", "mosaic, 16 cells", "Gaussian 0.05 w", "Gaussian 0.2 w", "mosaic, 8 cells", "Tarnkappe solid"];
  const table = (rows) => `<!-- attack: covers -->\n\n${[heads, ...rows].join("\n")}\n\n<!-- end -->`;
  const rows = named.map((name, at) => row(name, ["1 [0–5]", `${at + 2} [1–9] (2x, centred)`, "0 [0–4]", "99 [90–100]"]));
  assert.deepEqual(Object.values(readFoundAgain(table(rows))), [2, 3, 4, 5, 6, 7]);
  assert.throws(() => readFoundAgain(table(rows.slice(1))), /eye_bar/);
});

test("what is not filled in stands as a dotted line", () => {
  const values = valuesOf({ ...UNFILLED, name: " Ada " });
  assert.equal(values.name, "Ada");
  assert.match(values.company, /^…+$/);
});

test("the clock runs from the start to the first stop", () => {
  let clock = stepClock(STOPPED, { kind: "stop", at: 5 });
  assert.equal(secondsOf(clock, 99_000), 0);
  clock = stepClock(clock, { kind: "start", at: 1_000 });
  clock = stepClock(clock, { kind: "start", at: 9_000 });
  assert.equal(secondsOf(clock, 66_500), 65);
  clock = stepClock(clock, { kind: "stop", at: 66_000 });
  clock = stepClock(clock, { kind: "stop", at: 90_000 });
  assert.equal(secondsOf(clock, 200_000), 65);
  assert.equal(clockWords(65), "1:05");
  assert.deepEqual(stepClock(clock, { kind: "reset" }), STOPPED);
});

test("the groups are those of docs/accuracy.md, and the build fails without them", () => {
  const groups = readGroups();
  assert.ok(groups.length > 20);
  for (const { faces, quick, quickInterval: [from, to] } of groups) {
    assert.ok(faces > 0 && from <= quick && quick <= to && to <= 1);
  }
  const taken = readMistaken();
  assert.ok(taken.length > 10);
  for (const { persons, mistaken, interval: [from, to] } of taken) {
    assert.ok(persons > 0 && from <= mistaken && mistaken <= to && to <= 1);
  }
  assert.throws(() => readMistaken("# Accuracy\n"), /no table pairs: groups/);
  assert.throws(() => readGroups("# Accuracy\n"), /no table eval: groups/);
  const table = (heads) => `<!-- eval: groups -->\n\n|  | ${heads} |\n| --- |\n\n<!-- end -->`;
  assert.throws(() => readGroups(table("other columns")), /other columns/);
  assert.throws(() => readSources("nothing"), /no table/);
});

test("printed sheets say where the page is, unless only this computer finds it there", () => {
  const at = (address) => publicAddress(new URL(address));
  assert.equal(at("https://example.org/tarnkappe/workshop/#/kit"), "example.org/tarnkappe/");
  assert.equal(at("https://example.org/workshop/index.html?lang=de"), "example.org/");
  for (const address of ["http://localhost:8080/workshop/", "http://127.0.0.1:8080/workshop/", "http://[::1]:8080/workshop/"]) {
    assert.equal(at(address), null);
  }
});
