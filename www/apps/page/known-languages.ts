/** The available languages, one for each file of `www/locales/`, and which of them a person wants. */

import type { Language } from "../../ui/header/header.js";

/** Filled in by `tools/build_web.mjs`. */
declare const TARNKAPPE_LANGUAGES: readonly Language[];

export const LANGUAGES = TARNKAPPE_LANGUAGES;

/** Spoken if a language is not to be had: those that the others are translated from. */
export const ORIGINALS = ["en", "de"] as const;
export const [FALLBACK] = ORIGINALS;

/** Pseudo-locales under their usual names: for those who test the page, and not in the menu. */
export const PSEUDO: Record<string, "ltr" | "rtl"> = { "en-XA": "ltr", "ar-XB": "rtl" };

/** The first language of the person's list that there are words for. `?lang=` in the address goes before the list. */
export function chooseLanguage(search: string, preferred: readonly string[]): string {
  const asked = new URLSearchParams(search).get("lang") ?? "";
  if (asked in PSEUDO) {
    return asked;
  }
  const codes = [asked, ...preferred].map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return codes.find((each) => LANGUAGES.some(({ code }) => code === each)) ?? FALLBACK;
}
