// The locale files have words for everything that the program can say, in every language.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../", import.meta.url);
const text = (path) => readFile(new URL(path, root), "utf8");
const locales = {
  de: JSON.parse(await text("www/static/locales/de.json")),
  en: JSON.parse(await text("www/static/locales/en.json")),
};
const keys = Object.keys(locales.en);

/** All matches' first group in the text. */
const all = (source, pattern) => [...source.matchAll(pattern)].map((match) => match[1]);

/** The members of a union of string literals in the generated types. */
async function union(name) {
  const types = await text("www/src/types/report.ts");
  return all(types.match(new RegExp(`export type ${name} = ([^;]+);`))[1], /"([^"]+)"/g);
}

const missing = (prefix, names, suffix = "") => names.map((name) => `${prefix}${name}${suffix}`).filter((key) => !keys.includes(key));

const placeholders = (message) => [...new Set(all(JSON.stringify(message), /\{(\w+)\}/g))].sort();

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(locales.de).sort(), [...keys].sort());
});

test("both languages' sentences take the same values", () => {
  const different = keys.filter((key) => `${placeholders(locales.en[key])}` !== `${placeholders(locales.de[key])}`);
  assert.deepEqual(different, []);
});

test("every plural has the forms that its language needs", () => {
  for (const [language, messages] of Object.entries(locales)) {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    const plurals = Object.entries(messages).filter(([, message]) => typeof message === "object");
    assert.deepEqual(plurals.filter(([, message]) => `${Object.keys(message).sort()}` !== `${forms}`).map(([key]) => key), []);
  }
});

test("every error code of the core has a sentence", async () => {
  const codes = all(await text("src/error.rs"), /=> "([a-z_]+)"/g);
  assert.ok(codes.length > 10);
  assert.deepEqual(missing("error.", codes), []);
});

test("every kind of leak has a name", async () => {
  assert.deepEqual(missing("leak.", await union("LeakKind")), []);
});

test("every sentence and every reason about a leak has words", async () => {
  const codes = all(await text("www/src/types/report.ts"), /"code": "([^"]+)"/g);
  assert.ok(codes.length > 30);
  assert.deepEqual(missing("words.", codes), []);
  assert.deepEqual(missing("why.", await union("LeakKind")), []);
});

test("every severity, level, reason, hint and note has words", async () => {
  assert.deepEqual(missing("severity.", await union("Severity")), []);
  assert.deepEqual(missing("level.", await union("Level")), []);
  assert.deepEqual(missing("reason.", await union("Reason")), []);
  assert.deepEqual(missing("hint.", await union("Hint")), []);
  assert.deepEqual(missing("note.", await union("NoteCode")), []);
});

test("every check that the page can see has a sentence for both outcomes, its meaning and its limits", async () => {
  const names = all((await text("src/prove/mod.rs")).split("pub fn verify")[0], /check\("([a-z_]+)"/g);
  for (const outcome of [".ok", ".failed", ".means", ".limits"]) {
    assert.deepEqual(missing("check.", ["container", "metadata", "covers", "faces_outside", "faces_inside", ...names], outcome), []);
  }
});

test("every key that the page names in full exists", async () => {
  const files = (await readdir(new URL("www/src/app/", root))).map((name) => text(`www/src/app/${name}`));
  const source = (await Promise.all(files)).join("\n");
  const literal = /["`]((?:page|header|language|load|start|step|strip|refusals|working|stage|review|thorough|recognise|hint|faces|face|region|adjust|method|leaks|result|check)\.[a-z_]+)["`]/g;
  const named = all(source, literal);
  assert.ok(named.length > 50);
  assert.deepEqual(missing("", named), []);
});
