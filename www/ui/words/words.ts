/** The words of one language. */

/** A sentence, or one for each plural category of the language. Placeholders: `{name}`. */
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Messages = Record<string, Message>;
export type Values = Record<string, string | number>;

export class Words {
  readonly #messages: Messages;

  constructor(
    readonly language: string,
    messages: Messages,
  ) {
    this.#messages = messages;
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

  #plural(message: Partial<Record<Intl.LDMLPluralRule, string>>, count: number): string {
    const category = new Intl.PluralRules(this.language).select(count);
    return message[category] ?? message.other ?? "";
  }

  #format(value: string | number | undefined): string {
    return typeof value === "number" ? value.toLocaleString(this.language) : (value ?? "");
  }
}
