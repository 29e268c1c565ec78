// The words of the workshop: both languages say the same, every fact has a source, every code has words.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { readGroups, readMistaken, readSources } from "../tools/workshop_data.mjs";
import { PRESETS } from "../target/www/model/workshop/base-rates.js";
import { MATCH_PRESETS } from "../target/www/model/workshop/false-match.js";
import { FIELDS, LETTERS } from "../target/www/model/workshop/letters.js";
import { EXERCISES, PLANS, STEPS } from "../target/www/model/workshop/plans.js";
import { COVERED } from "../target/www/model/workshop/quiz.js";

const root = new URL("../", import.meta.url);
const text = (name) => readFile(new URL(name, root), "utf8");
const folder = "www/apps/workshop/locales/";
const files = (await readdir(new URL(folder, root))).sort();
const locales = Object.fromEntries(await Promise.all(files.map(async (name) => [name.match(/workshop_(\w+)\.json/)[1], JSON.parse(await text(folder + name))])));
const { en, de } = locales;
const keys = Object.keys(en);
const sources = readSources();
const known = new Set(sources.map(({ key }) => key));

const formsOf = (message) => (typeof message === "string" ? [message] : Object.values(message));
const placeholders = (message) => [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort().join();
const marks = (message) => [...JSON.stringify(message).matchAll(/\[([a-z0-9-]+)\]/g)].map(([, key]) => key).sort();
const missing = (names) => names.filter((key) => !(key in en));

test("German and English have the same sentences, which take the same values and name the same sources", () => {
  assert.deepEqual(files, ["workshop_de.json", "workshop_en.json"]);
  assert.deepEqual(Object.keys(de), keys);
  assert.deepEqual(keys.filter((key) => placeholders(en[key]) !== placeholders(de[key])), []);
  assert.deepEqual(keys.filter((key) => marks(en[key]).join() !== marks(de[key]).join()), []);
  assert.deepEqual(keys.filter((key) => typeof en[key] !== typeof de[key]), []);
});

test("the keys are none of the page's, whose words the workshop has as well", async () => {
  const page = JSON.parse(await text("www/locales/en.json"));
  assert.deepEqual(keys.filter((key) => key in page), []);
});

test("every source that is named is listed, every listed one is named, and says how it was checked", () => {
  const named = new Set(keys.flatMap((key) => marks(en[key])));
  assert.deepEqual([...named].filter((key) => !known.has(key)), []);
  assert.deepEqual([...known].filter((key) => !named.has(key)), []);
  assert.deepEqual(sources.filter(({ read }) => !["primary", "secondary", "notes", "ours"].includes(read)), []);
  assert.deepEqual(sources.filter(({ read, date }) => read !== "ours" && !/20\d\d/.test(date)), []);
  assert.equal(known.size, sources.length);
});

/** Sentences that state facts whatever is in them. */
const FACTS = /^(base\.preset\.\w+_words|unequal\.(fact_\d|people_[12]|mistaken_words)|many\.formula_words|who\.(engines_\d|law\.\w+|letters_\w+)|quiz\.(measured|same_photo)|handout\.seen\.[123])$/;
/** What only a fact has: a year, a share, an article of a law, a large number, a name of those whom the workshop is about. */
const FACT =
  /\b(19|20)\d\d\b|\d ?%|\bArt(\.|icle|ikel)\b|\b(million|milliard|billion)|\d[.,]\d{3}\b|GDPR|DSGVO|PimEyes|Clearview|Mobile Fortify|NIST|Williams|(London|Südkreuz|Cardiff).*\d/i;
/**
 * No facts about the world: names of examples, the letters' own text, what the person is told about the photo of 1927 in front of them, and
 * what the workshop says about itself.
 */
const NO_FACT = /^(letter\.|base\.preset\.\w+(?<!_words)$|base\.view|metadata\.|overlooked\.|unequal\.ours_limits|plan\.|sources\.|shop\.)/;

const isFact = (key, message) => FACTS.test(key) || (!NO_FACT.test(key) && formsOf(message).some((form) => FACT.test(form.replace(/\{\w+\}/g, ""))));

for (const [language, messages] of Object.entries(locales)) {
  test(`${language}: every sentence that states a fact has a source`, () => {
    const bare = keys.filter((key) => isFact(key, messages[key]) && formsOf(messages[key]).some((form) => marks(form).length === 0));
    assert.deepEqual(bare, []);
  });
}

test("a sentence without its source would be noticed", () => {
  const facts = keys.filter((key) => marks(en[key]).length > 0);
  const bare = (message) => message.replace(/\[[a-z0-9-]+\]/g, "");
  assert.ok(facts.length > 20);
  assert.deepEqual(facts.filter((key) => !isFact(key, bare(en[key]))), []);
});

test("nothing is called safe, in either language", () => {
  assert.deepEqual(keys.filter((key) => formsOf(en[key]).some((form) => /\bsafe(ly|ty)?\b/i.test(form))), []);
  assert.deepEqual(keys.filter((key) => formsOf(de[key]).some((form) => /(^|\P{L})sicher(e[mnrs]?)?($|\P{L})/iu.test(form))), []);
});

test("every exercise, plan, preset, question, letter and group has words", () => {
  assert.deepEqual(missing(EXERCISES.flatMap((name) => [`card.${name}`, `card.${name}_words`])), []);
  const steps = PLANS.flatMap((plan) => STEPS[plan]);
  assert.deepEqual(missing(steps.flatMap(({ name }) => [`plan.step.${name}`, `plan.step.${name}_words`])), []);
  assert.deepEqual(missing(steps.filter(({ screen }) => screen === "talk").map(({ name }) => `plan.step.${name}_shown`)), []);
  assert.deepEqual(missing(PLANS.map((plan) => `plan.${plan}.goal`)), []);
  assert.deepEqual(missing(PRESETS.flatMap(({ name }) => [`base.preset.${name}`, `base.preset.${name}_words`])), []);
  assert.deepEqual(missing(MATCH_PRESETS.map(({ name }) => `many.preset.${name}`)), []);
  assert.deepEqual(missing(COVERED.flatMap((name) => [`quiz.question.${name}`, `quiz.why.${name}`])), []);
  assert.deepEqual(missing(LETTERS.flatMap((name) => [`letter.${name}`, `letter.${name}_text`])), []);
  assert.deepEqual(missing(FIELDS.map((name) => `letter.field.${name}`)), []);
  const groups = [...readGroups(), ...readMistaken()];
  assert.deepEqual(missing(groups.map(({ kind }) => `unequal.kind.${kind.replaceAll(",", "").replaceAll(" ", "_")}`)), []);
  const named = groups.map(({ group }) => group).filter((group) => !/^([IVX]+|\d+(-\d+|\+))$/.test(group));
  assert.deepEqual(missing(named.map((group) => `unequal.group.${group.toLowerCase().replaceAll(" ", "_")}`)), []);
});

test("every key that the code asks for has words, and every sentence is asked for", async () => {
  const folders = ["www/apps/workshop/", "www/model/workshop/"];
  const listIn = async (folder) => (await readdir(new URL(folder, root), { recursive: true })).map((name) => folder + name);
  const names = (await Promise.all(folders.map(listIn))).flat().filter((name) => name.endsWith(".ts"));
  const code = (await Promise.all(names.map(text))).join("\n");
  const page = JSON.parse(await text("www/locales/en.json"));
  const asked = [...code.matchAll(/\bt\(\s*"([\w.-]+)"/g)].map(([, key]) => key);
  assert.ok(asked.length > 60);
  assert.deepEqual(asked.filter((key) => !(key in en) && !(key in page)), []);
  // Keys that are put together begin with a part that stands in the code.
  const prefixes = [...code.matchAll(/`([a-z]+\.[\w.-]*)\$\{/g)].map(([, prefix]) => prefix);
  const listed = [...code.matchAll(/"([\w-]+\.[\w.-]+)"/g)].map(([, key]) => key);
  const isAsked = (key) => listed.includes(key) || prefixes.some((prefix) => key.startsWith(prefix)) || /^(checklist|handout|plan\.before)\./.test(key);
  assert.deepEqual(keys.filter((key) => !isAsked(key)), []);
});
