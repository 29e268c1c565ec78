// How sentences are made in a language: plural forms, digits, lists, and names that must not turn the words around them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { pseudoWords } from "../target/www/ui/words/pseudo.js";
import { Words } from "../target/www/ui/words/words.js";

const load = async (code) => new Words(code, JSON.parse(await readFile(new URL(`../www/locales/${code}.json`, import.meta.url), "utf8")));
const [ar, en, fa, ru] = await Promise.all(["ar", "en", "fa", "ru"].map(load));

test("Arabic has six plural forms, and Russian three", () => {
  const forms = (words, counts) => new Set(counts.map((count) => words.t("review.title", { count }).replace(/\d+/, "")));
  assert.equal(forms(ar, [0, 1, 2, 3, 11, 100]).size, 6);
  assert.equal(forms(ru, [1, 2, 5]).size, 3);
  assert.deepEqual(forms(ru, [1, 21, 101]).size, 1);
});

test("numbers have the digits of the language", () => {
  assert.equal(fa.t("canvas.photo", { number: 12 }), "عکس ۱۲");
  assert.equal(fa.number(3), "۳");
});

test("several things are joined as the language joins them", () => {
  assert.equal(en.list(["dark", "blurred", "grainy"]), "dark, blurred, grainy");
  assert.equal(ar.list(["داكن", "خشن"]), "داكن وخشن");
});

test("a name is kept apart from words in the other direction, and only from those", () => {
  assert.equal(en.t("strip.photo", { number: 1, name: "a.jpg", state: "waiting" }), "Photo 1: a.jpg, waiting");
  assert.match(en.t("refusals.again", { name: "صورة.jpg" }), /\u2068صورة\.jpg\u2069/);
  assert.match(ar.t("refusals.again", { name: "a (1).jpg" }), /\u2068a \(1\)\.jpg\u2069/);
});

test("a pseudo-locale keeps what stands in braces, and is longer", async () => {
  const english = { "language.direction": "ltr", a: "Photo {number}", b: { one: "{count} face", other: "{count} faces" } };
  const messages = pseudoWords(english, "rtl");
  const words = new Words("ar-XB", messages);
  assert.equal(words.direction, "rtl");
  assert.match(words.t("a", { number: 1 }), /^\[Phötö 1 .+\]$/);
  assert.ok(messages.a.length > english.a.length * 1.4);
  assert.match(messages.b.other, /\{count\}/);
});

test("the language is chosen from the address, then from the browser's list, and is English else", async () => {
  globalThis.TARNKAPPE_LANGUAGES = ["de", "en", "pt"].map((code) => ({ code, name: code, isUnread: false }));
  const { chooseLanguage } = await import("../target/www/apps/page/known-languages.js");
  assert.equal(chooseLanguage("", ["pt-BR", "de"]), "pt");
  assert.equal(chooseLanguage("?lang=de-AT", ["pt"]), "de");
  assert.equal(chooseLanguage("?lang=xx", ["yy", "de-CH"]), "de");
  assert.equal(chooseLanguage("", ["yy"]), "en");
  assert.equal(chooseLanguage("?lang=en-XA", ["de"]), "en-XA");
  assert.equal(chooseLanguage("", ["en-XA"]), "en");
});
