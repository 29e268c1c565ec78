/** The available languages. The words of each are fetched when it is first used. */

import { Words } from "../../ui/words/words.js";
import type { Messages } from "../../ui/words/words.js";

type Load = () => Promise<{ default: Messages }>;

/** To add a language, add its file to `www/locales/` and a line here. */
const LOCALES: Record<string, Load> = {
  de: () => import("../../locales/de.json"),
  en: () => import("../../locales/en.json"),
};

const FALLBACK = "en";

export const LANGUAGES = Object.keys(LOCALES);

/** The first language of the person's list that there are words for. `?lang=` in the address goes before the list. */
export function chooseLanguage(search: string, preferred: readonly string[]): string {
  const wanted = [new URLSearchParams(search).get("lang") ?? "", ...preferred];
  const codes = wanted.map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return codes.find((code) => LANGUAGES.includes(code)) ?? FALLBACK;
}

/** @throws Error if the words are not to be had */
export async function loadWords(language: string): Promise<Words> {
  const load = LOCALES[language];
  if (load === undefined) {
    throw new Error(`no words for ${language}`);
  }
  return new Words(language, (await load()).default);
}

/** The words of that language, or of any other. @throws Error if there are none at all */
export async function loadAnyWords(language: string): Promise<Words> {
  for (const code of [language, ...LANGUAGES.filter((each) => each !== language)]) {
    try {
      return await loadWords(code);
    } catch (error) {
      console.warn(error);
    }
  }
  throw new Error("The words of no language could be loaded.");
}
