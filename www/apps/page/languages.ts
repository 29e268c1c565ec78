/** The available languages, one for each file of `www/locales/`. The words of each are fetched when it is first used. */

import type { Language } from "../../ui/header/header.js";
import { Words } from "../../ui/words/words.js";
import type { Messages } from "../../ui/words/words.js";

/** Filled in by `tools/build_web.mjs`. */
declare const TARNKAPPE_LANGUAGES: readonly Language[];

/** Spoken if a language is not to be had: those that the others are translated from. */
const ORIGINALS = ["en", "de"] as const;
const [FALLBACK] = ORIGINALS;

/** Pseudo-locales under their usual names: for those who test the page, and not in the menu. */
const PSEUDO: Record<string, "ltr" | "rtl"> = { "en-XA": "ltr", "ar-XB": "rtl" };

export const LANGUAGES = TARNKAPPE_LANGUAGES;

/** The first language of the person's list that there are words for. `?lang=` in the address goes before the list. */
export function chooseLanguage(search: string, preferred: readonly string[]): string {
  const asked = new URLSearchParams(search).get("lang") ?? "";
  if (asked in PSEUDO) {
    return asked;
  }
  const codes = [asked, ...preferred].map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return codes.find((each) => LANGUAGES.some(({ code }) => code === each)) ?? FALLBACK;
}

/** @throws Error if the words are not to be had */
export async function loadWords(language: string): Promise<Words> {
  const direction = PSEUDO[language];
  if (direction === undefined) {
    return new Words(language, await loadMessages(language));
  }
  const { pseudoWords } = await import("../../ui/words/pseudo.js");
  return new Words(language, pseudoWords(await loadMessages(FALLBACK), direction));
}

async function loadMessages(language: string): Promise<Messages> {
  const file = (await import(`../../locales/${language}.json`)) as { default: Messages };
  return file.default;
}

/** The words of that language, or of an original. @throws Error if none is to be had */
export async function loadAnyWords(language: string): Promise<Words> {
  for (const code of new Set([language, ...ORIGINALS])) {
    try {
      return await loadWords(code);
    } catch (error) {
      console.warn(error);
    }
  }
  throw new Error("No words could be loaded.");
}
