/** The languages of the workshop. Its words have files of their own; the words of the page's components come from the page's. */

import type { Language } from "../../ui/header/header.js";
import { Words } from "../../ui/words/words.js";
import { LANGUAGES as LANGUAGES_OF_THE_PAGE, chooseLanguage } from "../page/known-languages.js";

/** Those that the workshop is written in; see `locales/`. */
const CODES = ["en", "de"] as const;
type Code = (typeof CODES)[number];
const [FALLBACK] = CODES;

const FILES = {
  en: () => Promise.all([import("../../locales/en.json"), import("./locales/workshop_en.json")]),
  de: () => Promise.all([import("../../locales/de.json"), import("./locales/workshop_de.json")]),
} as const;

export const LANGUAGES: readonly Language[] = LANGUAGES_OF_THE_PAGE.filter(({ code }) => (CODES as readonly string[]).includes(code));

export interface Spoken {
  readonly words: Words;
  /** The name of the language that was wanted, if the workshop does not have it. */
  readonly missing: string | null;
}

/** The words of the first language of the person's that there is: `?lang=` in the address, then the browser's. @throws Error */
export async function chooseWords(search: string, preferred: readonly string[]): Promise<Spoken> {
  const wanted = chooseLanguage(search, preferred);
  const isHere = LANGUAGES.some(({ code }) => code === wanted);
  const name = LANGUAGES_OF_THE_PAGE.find(({ code }) => code === wanted)?.name ?? wanted;
  return { words: await loadAny(isHere ? wanted : FALLBACK), missing: isHere ? null : name };
}

async function loadAny(language: string): Promise<Words> {
  for (const code of new Set([language, ...CODES])) {
    try {
      return await loadWords(code);
    } catch (error) {
      console.warn(error);
    }
  }
  throw new Error("No words could be loaded.");
}

/** @throws Error if the words are not to be had */
export async function loadWords(language: string): Promise<Words> {
  const [page, workshop] = await FILES[language as Code]();
  return new Words(language, { ...page.default, ...workshop.default });
}
