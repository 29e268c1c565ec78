// The locale files have words for everything that the program can say, in every language.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../", import.meta.url);
const text = (path) => readFile(new URL(path, root), "utf8");
const locales = {
  de: JSON.parse(await text("www/locales/de.json")),
  en: JSON.parse(await text("www/locales/en.json")),
};
const keys = Object.keys(locales.en);

/** All matches' first group in the text. */
const all = (source, pattern) => [...source.matchAll(pattern)].map((match) => match[1]);

/** The members of a union of string literals in the generated types. */
async function union(name, file = "report") {
  const types = await text(`www/engine/generated/${file}.ts`);
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

test("every error code has a sentence", async () => {
  const codes = await union("ErrorCode");
  assert.ok(codes.length > 10);
  assert.deepEqual(missing("error.", [...codes, "aborted", "crash", "disposed", "load", "folder"]), []);
});

test("every kind of leak has a name", async () => {
  assert.deepEqual(missing("leak.", await union("LeakKind")), []);
});

test("every sentence and every reason about a leak has words", async () => {
  const codes = all(await text("www/engine/generated/report.ts"), /"code": "([^"]+)"/g);
  assert.ok(codes.length > 30);
  assert.deepEqual(missing("words.", codes), []);
  assert.deepEqual(missing("why.", await union("LeakKind")), []);
});

test("every severity, level, reason, note and what is not checked has words", async () => {
  assert.deepEqual(missing("severity.", await union("Severity")), []);
  assert.deepEqual(missing("level.", await union("Level")), []);
  assert.deepEqual(missing("reason.", await union("Reason")), []);
  assert.deepEqual(missing("unchecked.", await union("NotChecked")), []);
  assert.deepEqual(missing("note.", await union("NoteCode")), []);
});

/** Checks of the command line's `verify`, and of a copy that does not open. */
const NOT_ON_THE_PAGE = ["size", "likeness", "original-faces", "reidentified", "one-picture", "shared-bytes", "linked"];

test("every method, emblem and colour has a name", async () => {
  const methods = await union("Method", "options");
  assert.deepEqual([...missing("method.", methods), ...missing("method.", methods, "_words")], []);
  assert.deepEqual(missing("sticker.", await union("Sticker", "options")), []);
  const colours = (await text("www/ui/methods/methods.ts")).match(/COLOURS[^{]*{([^}]*)}/)[1];
  assert.deepEqual(missing("colour.", all(colours, /(\w+):/g)), []);
});

test("every check that the page can see has a sentence for both outcomes, its meaning and its limits", async () => {
  const names = (await union("CheckName")).filter((name) => !NOT_ON_THE_PAGE.includes(name));
  assert.ok(names.length > 5);
  for (const outcome of [".ok", ".failed", ".means", ".limits"]) {
    assert.deepEqual(missing("check.", names, outcome), []);
  }
});

test("every key that the page names in full exists", async () => {
  const names = await readdir(new URL("www/", root), { recursive: true });
  const source = (await Promise.all(names.filter((name) => name.endsWith(".ts")).map((name) => text(`www/${name}`)))).join("\n");
  const literal = /["`]((?:page|header|language|load|start|step|strip|refusals|working|stage|canvas|review|thorough|recogniser|unchecked|faces|face|region|adjust|method|leaks|result|check)\.[a-z_]+)["`]/g;
  const named = all(source, literal);
  assert.ok(named.length > 50);
  assert.deepEqual(missing("", named), []);
});
