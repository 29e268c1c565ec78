// The locale files have words for everything that the program can say, in every language.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { describe, test } from "node:test";

const root = new URL("../", import.meta.url);
const text = (path) => readFile(new URL(path, root), "utf8");
const languages = (await readdir(new URL("www/locales/", root))).map((name) => name.replace(".json", ""));
const locales = Object.fromEntries(await Promise.all(languages.map(async (code) => [code, JSON.parse(await text(`www/locales/${code}.json`))])));
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

/** A message's sentences, one for each plural form. */
const formsOf = (message) => (typeof message === "string" ? { other: message } : message);

/** How many characters a translation may be longer than the longer of the originals: little for a word, less in proportion for a text. */
const limitOf = (length) => Math.ceil(14 + 1.45 * length);

/** On narrow buttons and badges, of which several stand in a row. */
const NARROW = /^(faces\.(all|none|undo|redo)|face\.(covered|open)|result\.(before|after|share|save)$|size\.|severity\.|sticker\.|colour\.|method\.(soft|solid|mosaic|sticker|colour|own_colour|emblem)$|adjust\.(done|remove)|[a-z]+\.cancel)/;
const NARROW_LIMIT = 22;

/** What nobody can promise. */
const PROMISES = {
  ar: /(^|[^\p{L}])(ال)?آمن(ة|ون)?($|[^\p{L}])|بأمان/u,
  de: /(^|\P{L})sicher(e[mnrs]?)?($|\P{L})/iu,
  en: /\bsafe(ly|ty)?\b/i,
  es: /(^|\P{L})segur[oa]s?($|\P{L})/iu,
  fa: /(^|\P{L})(امن|ایمن)($|\P{L})/u,
  fr: /(^|\P{L})(sûre?s?|sécurisée?s?|en sécurité)($|\P{L})/iu,
  pt: /(^|\P{L})segur[oa]s?($|\P{L})/iu,
  ru: /безопасн/iu,
  tr: /güvenli|güvende/iu,
  uk: /безпечн/iu,
};

/** The other way to say "you" than the one that the file has chosen. */
const OTHER_ADDRESS = {
  es: /(^|\P{L})(usted|ustedes)($|\P{L})/iu,
  fr: /(^|\P{L})(tu|toi|ton|tes)($|\P{L})/iu,
  ru: /(^|\P{L})(ты|теб[ея]|тво[йяёи])($|\P{L})/iu,
  tr: /(^|\P{L})(sen|sana|seni|senin)($|\P{L})/iu,
  uk: /(^|\P{L})(ти|теб[ея]|тобі|тв[оі]й)($|\P{L})/iu,
};

for (const [language, messages] of Object.entries(locales)) {
  describe(language, () => {
    const wrong = (isWrong) => keys.filter((key) => key in messages && isWrong(key, messages[key]));

    test("has all sentences of the English file, and no other", () => {
      assert.deepEqual(keys.filter((key) => !(key in messages)), []);
      assert.deepEqual(Object.keys(messages).filter((key) => !keys.includes(key)), []);
    });

    test("says how it is written and who has read it", () => {
      assert.match(messages["language.direction"], ["ar", "fa", "he", "ur"].includes(language) ? /^rtl$/ : /^ltr$/);
      assert.match(messages["language.proofreading"], ["de", "en"].includes(language) ? /^original$/ : /^(none|native speaker)$/);
    });

    test("takes the values that the English sentences take", () => {
      assert.deepEqual(wrong((key, message) => `${placeholders(message)}` !== `${placeholders(locales.en[key])}`), []);
    });

    test("has every plural form that it needs", () => {
      const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
      const isPlural = (key) => typeof locales.en[key] === "object";
      assert.deepEqual(wrong((key, message) => isPlural(key) !== (typeof message === "object")), []);
      assert.deepEqual(wrong((key, message) => isPlural(key) && `${Object.keys(message).sort()}` !== `${categories}`), []);
    });

    test("takes every value in every plural form, but for a form of one number alone", () => {
      const rules = new Intl.PluralRules(language);
      const hasOneNumber = (category) => Array.from({ length: 200 }, (_, at) => at + 1).filter((count) => rules.select(count) === category).length < 2;
      const isIn = (name, [category, form]) => form.includes(`{${name}}`) || (name === "count" && hasOneNumber(category));
      const lacks = (message) => placeholders(message).some((name) => !Object.entries(formsOf(message)).every((form) => isIn(name, form)));
      assert.deepEqual(wrong((_, message) => lacks(message)), []);
    });

    test("is not much longer than the originals", () => {
      const longest = (message) => Math.max(...Object.values(formsOf(message)).map((form) => form.length));
      const limit = (key) => limitOf(Math.max(longest(locales.en[key]), longest(locales.de[key])));
      assert.deepEqual(wrong((key, message) => longest(message) > limit(key)), []);
      assert.deepEqual(wrong((key, message) => NARROW.test(key) && longest(message) > NARROW_LIMIT), []);
    });

    test("is translated", () => {
      const isSentence = (message) => Object.values(formsOf(message)).some((form) => form.split(" ").length > 3);
      const same = (key, message) => isSentence(message) && JSON.stringify(message) === JSON.stringify(locales.en[key]);
      assert.deepEqual(language === "en" ? [] : wrong(same), []);
    });

    test("says without JavaScript that the page needs it", async () => {
      const html = await text("www/apps/page/index.html");
      const direction = messages["language.direction"] === "rtl" ? ' dir="rtl"' : "";
      assert.ok(html.match(/<noscript>.*<\/noscript>/s)[0].includes(`<p lang="${language}"${direction}>`));
    });

    test("says you in one way", () => {
      const other = OTHER_ADDRESS[language];
      assert.deepEqual(other ? wrong((_, message) => Object.values(formsOf(message)).some((form) => other.test(form))) : [], []);
    });

    test("never calls anything safe", () => {
      assert.ok(PROMISES[language], "add the words for it");
      assert.deepEqual(wrong((_, message) => Object.values(formsOf(message)).some((form) => PROMISES[language].test(form))), []);
    });
  });
}

test("every error code has a sentence", async () => {
  const codes = await union("ErrorCode");
  const ofTheApi = all((await text("www/engine/internal/errors.ts")).match(/TarnkappeErrorCode =([^;]+);/)[1], /"([^"]+)"/g);
  assert.ok(codes.length > 10 && ofTheApi.length > 5);
  assert.deepEqual(missing("error.", [...codes, ...ofTheApi, "folder"]), []);
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
  const literal = /["`]((?:page|header|language|load|offline|update|trust|start|step|strip|refusals|working|stage|canvas|review|thorough|recogniser|unchecked|faces|face|me|region|adjust|method|leaks|result|check)\.[a-z_]+)["`]/g;
  const named = all(source, literal);
  assert.ok(named.length > 50);
  assert.deepEqual(missing("", named), []);
});
