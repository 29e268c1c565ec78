import { html } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import { button } from "../../../ui/base/controls.js";
import { Component, styled } from "../../../ui/base/element.js";
import screenSheet from "./screen.css";

/** Of an event by which a screen says how many parts it has. */
export const COUNTED = "tk-counted";

/** The style sheets of a screen, after those that all have. */
export const screenStyles = (...texts: string[]) => styled(screenSheet, ...texts);

/**
 * What all screens of the workshop have in common. A screen has parts. All of them are shown, one below the other; on a projector one at
 * a time. The app makes a new element for every visit and for every participant, so that nothing of the last one is left; what a screen
 * holds outside of itself it gives back in `disconnectedCallback`.
 */
export abstract class Screen extends Component {
  static override properties: PropertyDeclarations = { isProjected: { attribute: false }, slide: { attribute: false } };
  static override styles = screenStyles();

  declare isProjected: boolean;
  /** The number of the part that is shown on a projector. */
  declare slide: number;

  #counted = 0;

  /** The parts. The first begins with a heading, `h1` with `tabindex="-1"`, which gets the focus. */
  protected abstract slides(): readonly TemplateResult[];

  protected override render() {
    const slides = this.slides();
    const shown = this.isProjected ? slides.slice(Math.min(this.slide, slides.length - 1)).slice(0, 1) : slides;
    return html`${shown.map((slide) => html`<section class="slide">${slide}</section>`)}`;
  }

  protected override updated(): void {
    const { length } = this.slides();
    if (length !== this.#counted) {
      this.#counted = length;
      this.dispatchEvent(new CustomEvent<number>(COUNTED, { detail: length, bubbles: true, composed: true }));
    }
  }

  /** In the place of what is a participant's own, on a projector: it is shown only when somebody asks for it. */
  protected concealed(words: string, reveal: () => void): TemplateResult {
    return html`<div class="note hidden-data"><p>${words}</p>${button(this.t("shop.show"), "secondary show", reveal, "open")}</div>`;
  }

  /** Moves the focus to what is read first: the heading, or the part that is shown on the projector. */
  override async focusHeading(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h1, h2")?.focus();
  }
}
