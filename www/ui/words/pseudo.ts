/**
 * Pseudo-locales: English that is longer and has accents and brackets. Text without accents does not come from a locale file, and
 * text without its brackets is clipped.
 */

import type { Messages } from "./words.js";

/** Translations of short words are up to so much longer than English. */
const GROWTH = 0.4;
const PADDING = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";

const ACCENTED = new Map([..."aceinosuyACEINOSUY"].map((letter, at) => [letter, [..."áçéîñöšüýÁÇÉÎÑÖŠÜÝ"][at] ?? letter]));

/** @param english the words of en.json */
export function pseudoWords(english: Messages, direction: "ltr" | "rtl"): Messages {
  const messages = Object.entries(english).map(([key, message]) => [
    key,
    typeof message === "string"
      ? longer(message)
      : Object.fromEntries(Object.entries(message).map(([category, text]) => [category, longer(text)])),
  ]);
  return { ...(Object.fromEntries(messages) as Messages), "language.direction": direction };
}

function longer(text: string): string {
  const extra = PADDING.repeat(Math.ceil((text.length * GROWTH) / PADDING.length)).slice(0, Math.ceil(text.length * GROWTH));
  const accented = text.replace(/\{\w+\}|\w/g, (part) => ACCENTED.get(part) ?? part);
  return `[${accented} ${[...extra].map((letter) => ACCENTED.get(letter) ?? letter).join("")}]`;
}
