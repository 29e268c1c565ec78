/** Words from the locale files. Both are loaded at the start, so that switching needs no request. */

export const LANGUAGES = ["de", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A sentence, or one for each plural category of the language. Placeholders: `{name}`. */
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Messages = Record<string, Message>;
export type Values = Record<string, string | number>;

export class I18n {
  #language: Language;
  readonly #locales: Record<Language, Messages>;

  constructor(locales: Record<Language, Messages>, language: Language) {
    this.#locales = locales;
    this.#language = language;
  }

  get language(): Language {
    return this.#language;
  }

  set language(language: Language) {
    this.#language = language;
  }

  has(key: string): boolean {
    return key in this.#locales[this.#language];
  }

  /** The words for `key`. `values.count` chooses the plural form. A missing key shows itself. */
  t(key: string, values: Values = {}): string {
    const message = this.#locales[this.#language][key] ?? key;
    const text = typeof message === "string" ? message : this.#plural(message, Number(values["count"]));
    return text.replace(/\{(\w+)\}/g, (_, name: string) => this.#format(values[name]));
  }

  #plural(message: Partial<Record<Intl.LDMLPluralRule, string>>, count: number): string {
    const category = new Intl.PluralRules(this.#language).select(count);
    return message[category] ?? message.other ?? "";
  }

  #format(value: string | number | undefined): string {
    return typeof value === "number" ? value.toLocaleString(this.#language) : (value ?? "");
  }
}

/** The first language of the person's list that there are words for. `?lang=` in the address goes before the list. */
export function chooseLanguage(search: string, preferred: readonly string[]): Language {
  const wanted = [new URLSearchParams(search).get("lang") ?? "", ...preferred];
  for (const tag of wanted) {
    const language = LANGUAGES.find((known) => tag.toLowerCase().split("-")[0] === known);
    if (language !== undefined) {
      return language;
    }
  }
  return "en";
}

export async function loadLocales(base: URL): Promise<Record<Language, Messages>> {
  const load = async (language: Language): Promise<[Language, Messages]> => {
    const response = await fetch(new URL(`${language}.json`, base));
    return [language, (await response.json()) as Messages];
  };
  return Object.fromEntries(await Promise.all(LANGUAGES.map(load))) as Record<Language, Messages>;
}
