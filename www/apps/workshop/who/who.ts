import { html, nothing } from "lit";
import { FIELDS, LETTERS, UNFILLED, valuesOf } from "../../../model/workshop/letters.js";
import type { Field, Filled, LetterName } from "../../../model/workshop/letters.js";
import { button } from "../../../ui/base/controls.js";
import { Screen, screenStyles } from "../base/screen.js";
import { sourced } from "../base/sourced.js";
import whoSheet from "./who.css";

/** Who searches for faces, and how many sentences each card has. */
const CARDS = { engines: 4, live: 4, phones: 1, glasses: 1 } as const;
const LAWS = ["ai_h", "ai_e", "ai_dates", "gdpr_nine", "gdpr_rights"] as const;

/** Who searches for faces, what the law says, and letters by which people use their rights. */
export class Who extends Screen {
  static override properties = { filled: { state: true }, letter: { state: true }, isShown: { state: true }, copied: { state: true } };
  static override styles = screenStyles(whoSheet);

  declare private filled: Filled;
  declare private letter: LetterName;
  /** On a projector, names and addresses are shown only if somebody asks for that. */
  declare private isShown: boolean;
  declare private copied: "yes" | "no" | null;

  constructor() {
    super();
    this.filled = UNFILLED;
    this.letter = "access";
    this.isShown = false;
    this.copied = null;
  }

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("card.who")}</h1>
        <p class="lead">${this.t("who.lead")}</p>
        <div class="cards">${Object.entries(CARDS).map(([name, count]) => this.#card(name, count))}</div>`,
      html`<h2 tabindex="-1">${this.t("who.law")}</h2>
        <ul class="law">${LAWS.map((name) => html`<li>${sourced(this.words, this.t(`who.law.${name}`))}</li>`)}</ul>
        <p class="hint">${this.t("who.no_advice")}</p>`,
      html`<h2 tabindex="-1">${this.t("who.letters")}</h2>
        <p class="text">${sourced(this.words, this.t("who.letters_words"))}</p>
        <p class="text">${sourced(this.words, this.t("who.letters_limits"))}</p>
        ${this.isProjected && !this.isShown ? this.concealed(this.t("who.hidden"), () => (this.isShown = true)) : this.#writing()}`,
    ];
  }

  #card(name: string, count: number) {
    const sentences = Array.from({ length: count }, (_, at) => `who.${name}_${at + 1}`);
    return html`<section class="card">
      <h3>${this.t(`who.${name}`)}</h3>
      ${sentences.map((key) => html`<p>${sourced(this.words, this.t(key))}</p>`)}
    </section>`;
  }

  #writing() {
    return html`<fieldset class="choice">
        <legend>${this.t("who.choose")}</legend>
        ${LETTERS.map(
          (name) => html`<label><input type="radio" name="letter" .checked=${this.letter === name} @change=${() => this.#choose(name)}> ${this.t(`letter.${name}`)}</label>`,
        )}
      </fieldset>
      <div class="fields">${FIELDS.map((field) => this.#field(field))}</div>
      <pre class="letter" tabindex="0" role="region" aria-label=${this.t(`letter.${this.letter}`)}>${this.#text()}</pre>
      <div class="actions">
        ${button(this.t("who.copy"), "primary copy", () => void this.#copy())} ${button(this.t("who.print"), "secondary print", () => print())}
        ${button(this.t("who.empty"), "quiet empty", () => (this.filled = UNFILLED), "cross")}
      </div>
      <p role="status">${this.copied === null ? nothing : this.t(this.copied === "yes" ? "who.copied" : "who.not_copied")}</p>`;
  }

  #field(field: Field) {
    const isLong = field === "address" || field === "contact";
    const change = ({ target }: Event) => this.#change(field, (target as HTMLInputElement).value);
    return html`<label class="field"
      >${this.t(`letter.field.${field}`)}
      ${isLong
        ? html`<textarea class="field-${field}" rows="2" autocomplete="off" .value=${this.filled[field]} @input=${change}></textarea>`
        : html`<input class="field-${field}" type="text" autocomplete="off" .value=${this.filled[field]} @input=${change}>`}
    </label>`;
  }

  #text(): string {
    return this.t(`letter.${this.letter}_text`, valuesOf(this.filled));
  }

  #choose(name: LetterName): void {
    this.letter = name;
    this.copied = null;
  }

  #change(field: Field, value: string): void {
    this.filled = { ...this.filled, [field]: value };
    this.copied = null;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#text());
      this.copied = "yes";
    } catch {
      this.copied = "no";
    }
  }
}
