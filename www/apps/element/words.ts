/** The few words that the element needs before a photo is chosen, in every language. All others are fetched with what shows them. */

interface Sentences {
  direction: "ltr" | "rtl";
  /** Those of the locale file under `element.`, without that. */
  words: Record<string, string>;
}

/** Filled in by the build (tools/build_npm.mjs), by language codes. */
declare const TARNKAPPE_ELEMENT_WORDS: Record<string, Sentences>;

const FALLBACK = "en";

/** The code of the language that the element speaks: its own `lang`, that of what it lies in, or the first of the person's that there is. */
export function languageOf(element: Element): string {
  const tags = [langAround(element), ...navigator.languages];
  const codes = tags.map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return codes.find((code) => Object.hasOwn(TARNKAPPE_ELEMENT_WORDS, code)) ?? FALLBACK;
}

/** Shadow roots do not end a language. */
function langAround(element: Element): string {
  for (let place: Element | null = element; place !== null; place = hostOf(place)) {
    const tag = place.closest("[lang]")?.getAttribute("lang");
    if (tag) {
      return tag;
    }
  }
  return "";
}

function hostOf(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

export function directionOf(language: string): "ltr" | "rtl" {
  return sentencesOf(language).direction;
}

/** The words for `key`, with numbers in the language's digits. */
export function say(language: string, key: string, values: Record<string, number> = {}): string {
  const numbers = new Intl.NumberFormat(language);
  const text = sentencesOf(language).words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => numbers.format(values[name] ?? 0));
}

function sentencesOf(language: string): Sentences {
  return TARNKAPPE_ELEMENT_WORDS[language] ?? (TARNKAPPE_ELEMENT_WORDS[FALLBACK] as Sentences);
}
