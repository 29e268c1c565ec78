import { html, nothing } from "lit";
import { icon } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import headerSheet from "./header.css";

export interface Language {
  code: string;
  /** Its own name for itself. */
  name: string;
  /** Nobody who grew up with it has read these words yet. */
  isUnread: boolean;
}

/** The name, the promise, and the choice of languages. Event: `tk-language` (detail: its code). */
export class Header extends Component {
  static override properties = { emblem: { attribute: false }, languages: { attribute: false } };
  static override styles = styled(headerSheet);

  /** Address of a picture. */
  declare emblem: string;
  declare languages: readonly Language[];

  protected override render() {
    return html`<span class="wordmark"><img src=${this.emblem} alt="" width="32" height="32">Tarnkappe</span>
      <span class="local">${icon("lock")}<span>${this.t("header.local")}</span></span>
      ${this.#menu()}`;
  }

  protected override updated(): void {
    this.#showCurrent();
  }

  #menu() {
    const read = this.languages.filter(({ isUnread }) => !isUnread);
    const unread = this.languages.filter(({ isUnread }) => isUnread);
    const name = this.languages.find(({ code }) => code === this.words.language)?.name ?? this.words.language;
    return html`<span class="languages">
      ${icon("language")}
      <select aria-label=${this.t("language.label", { name })} @change=${this.#choose}>
        ${read.map(choice)}
        ${unread.length > 0 ? html`<optgroup label=${this.t("language.unread")}>${unread.map(choice)}</optgroup>` : nothing}
      </select>
      ${icon("unfold")}
    </span>`;
  }

  #choose({ target }: Event): void {
    const { value } = target as HTMLSelectElement;
    this.#showCurrent(); // Until the words are there, which may never be.
    this.dispatchEvent(new CustomEvent("tk-language", { detail: value }));
  }

  #showCurrent(): void {
    (this.renderRoot.querySelector("select") as HTMLSelectElement).value = this.words.language;
  }
}

function choice({ code, name }: Language) {
  return html`<option value=${code} lang=${code}>${name}</option>`;
}
