/** Words from the locale files. All are loaded at the start, so that switching needs no request. */

export const LANGUAGES = ["de", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A sentence, or one for each plural category of the language. Placeholders: `{name}`. */
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Messages = Record<string, Message>;
export type Locales = Map<Language, Messages>;
export type Values = Record<string, string | number>;

export class I18n {
  #language: Language;
  readonly #locales: Locales;

  /** @param language must be one of the locales */
  constructor(locales: Locales, language: Language) {
    this.#locales = locales;
    this.#language = language;
  }

  /** Those that there are words for. */
  get languages(): Language[] {
    return [...this.#locales.keys()];
  }

  get language(): Language {
    return this.#language;
  }

  set language(language: Language) {
    this.#language = language;
  }

  has(key: string): boolean {
    return key in this.#messages;
  }

  /** The words for `key`. `values.count` chooses the plural form. A missing key shows itself. */
  t(key: string, values: Values = {}): string {
    const message = this.#messages[key] ?? key;
    const text = typeof message === "string" ? message : this.#plural(message, Number(values["count"]));
    return text.replace(/\{(\w+)\}/g, (_, name: string) => this.#format(values[name]));
  }

  get #messages(): Messages {
    return this.#locales.get(this.#language) ?? {};
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
export function chooseLanguage(available: Language[], search: string, preferred: readonly string[]): Language {
  const wanted = [new URLSearchParams(search).get("lang") ?? "", ...preferred];
  for (const tag of wanted) {
    const language = available.find((known) => tag.toLowerCase().split("-")[0] === known);
    if (language !== undefined) {
      return language;
    }
  }
  return available.find((known) => known === "en") ?? available[0] ?? "en";
}

/** The words of every language whose file is to be had. @throws Error if that is none */
export async function loadLocales(base: URL): Promise<Locales> {
  const load = async (language: Language): Promise<[Language, Messages]> => {
    const response = await fetch(new URL(`${language}.json`, base));
    if (!response.ok) {
      throw new Error(`${response.status} for ${response.url}`);
    }
    return [language, (await response.json()) as Messages];
  };
  const loaded = await Promise.allSettled(LANGUAGES.map(load));
  const locales = new Map(loaded.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])));
  if (locales.size === 0) {
    throw new Error("No locale file could be loaded.");
  }
  return locales;
}
