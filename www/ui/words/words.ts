/** The words of one language. */

/** A sentence, or one for each plural category of the language. Placeholders: `{name}`. */
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Messages = Record<string, Message>;
export type Values = Record<string, string | number>;

/** First strong isolate, and its end: what stands between them does not turn the words around it. */
const ISOLATE = "\u2068";
const END_OF_ISOLATE = "\u2069";
const RIGHT_TO_LEFT = /[\u0590-\u08ff]/;

export class Words {
  readonly #messages: Messages;
  readonly #plurals: Intl.PluralRules;
  readonly #numbers: Intl.NumberFormat;
  readonly #lists: Intl.ListFormat;

  constructor(
    readonly language: string,
    messages: Messages,
  ) {
    this.#messages = messages;
    this.#plurals = new Intl.PluralRules(language);
    this.#numbers = new Intl.NumberFormat(language);
    this.#lists = new Intl.ListFormat(language, { style: "narrow" });
  }

  get direction(): "ltr" | "rtl" {
    return this.#messages["language.direction"] === "rtl" ? "rtl" : "ltr";
  }

  has(key: string): boolean {
    return key in this.#messages;
  }

  /** The words for `key`. `values.count` chooses the plural form. A missing key shows itself. */
  t(key: string, values: Values = {}): string {
    const message = this.#messages[key] ?? key;
    const text = typeof message === "string" ? message : this.#plural(message, Number(values["count"]));
    return text.replace(/\{(\w+)\}/g, (_, name: string) => this.#format(values[name] ?? ""));
  }

  /** A number in the digits of the language. */
  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** Several things one after the other. */
  list(items: Iterable<string>): string {
    return this.#lists.format(items);
  }

  #plural(message: Partial<Record<Intl.LDMLPluralRule, string>>, count: number): string {
    return message[this.#plurals.select(count)] ?? message.other ?? "";
  }

  #format(value: string | number): string {
    if (typeof value === "number") {
      return this.number(value);
    }
    const mayTurn = this.direction === "rtl" || RIGHT_TO_LEFT.test(value);
    return mayTurn ? `${ISOLATE}${value}${END_OF_ISOLATE}` : value;
  }
}
