import { html } from "lit";
import { icon } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import headerSheet from "./header.css";

/** The name, the promise, and the choice of languages. Event: `tk-language` (detail: its code). */
export class Header extends Component {
  static override properties = { emblem: { attribute: false }, languages: { attribute: false } };
  static override styles = styled(headerSheet);

  /** Address of a picture. */
  declare emblem: string;
  declare languages: readonly string[];

  protected override render() {
    return html`<span class="wordmark"><img src=${this.emblem} alt="" width="32" height="32">Tarnkappe</span>
      <span class="local">${icon("lock")}<span>${this.t("header.local")}</span></span>
      <div class="languages" role="group" aria-label=${this.t("language.label")}>
        ${this.languages.map((language) => this.#choice(language))}
      </div>`;
  }

  #choice(language: string) {
    return html`<button
      type="button"
      class="language"
      lang=${language}
      aria-pressed=${language === this.words.language}
      aria-label=${this.t(`language.${language}`)}
      @click=${() => this.dispatchEvent(new CustomEvent("tk-language", { detail: language }))}
    >${language.toUpperCase()}</button>`;
  }
}
