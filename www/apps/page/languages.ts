/** The words of the available languages, which are fetched when they are first used. */

import { Words } from "../../ui/words/words.js";
import type { Messages } from "../../ui/words/words.js";
import { FALLBACK, ORIGINALS, PSEUDO } from "./known-languages.js";

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
