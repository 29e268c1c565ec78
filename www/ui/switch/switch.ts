import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import type { Feature, OnDemand } from "../../model/session.js";
import cardSheet from "../base/card.css";
import { alarm, button } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import trackSheet from "../base/track.css";
import { failureWords } from "../words/sentences.js";
import switchSheet from "./switch.css";

/**
 * A switch for something that needs networks which are fetched only then: its download size and the download's progress. What else there is
 * to say while it is on or off stands in its slot.
 */
export class SwitchCard extends Component {
  static override properties = {
    feature: { attribute: false },
    state: { attribute: false },
    bytes: { attribute: false },
    empty: { attribute: false },
  };
  static override styles = styled(cardSheet, trackSheet, switchSheet);

  /** Sentences are those of the locale files under its name. */
  declare feature: Feature;
  declare state: OnDemand;
  /** What is fetched when it is first switched on. */
  declare bytes: number;
  /** There is nothing in the slot. */
  declare empty: boolean;
  #hadFocus = false;

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("state") as OnDemand | undefined;
    const active = (this.renderRoot as ShadowRoot | undefined)?.activeElement ?? null;
    this.#hadFocus = before !== undefined && before.kind !== this.state.kind && active?.closest(".switch-more") != null;
  }

  protected override render() {
    const { feature, state } = this;
    const isOn = state.kind === "on" || state.kind === "loading";
    const words = this.t(`${feature}.words`, { size: megabytes(this.bytes) });
    return html`<div class="switch-card">
      <label class="card-switch">
        <span class="card-words"><strong>${this.t(`${feature}.name`)}</strong><span>${words}</span></span>
        <input
          type="checkbox"
          .checked=${isOn}
          aria-label=${this.t(`${feature}.name`)}
          aria-description=${words}
          @change=${(event: Event) => this.#set((event.target as HTMLInputElement).checked)}
        >
      </label>
      <div class="switch-more" ?hidden=${(state.kind === "on" || state.kind === "off") && this.empty}>${this.#more()}</div>
    </div>`;
  }

  /** Focus on what is gone goes to the switch. */
  protected override updated(): void {
    if (this.#hadFocus) {
      this.focusSwitch();
    }
  }

  focusSwitch(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  #more() {
    const { feature, state } = this;
    switch (state.kind) {
      case "loading": {
        const values = { loaded: megabytes(state.loaded), total: megabytes(this.bytes) };
        return html`<p>${this.t(`${feature}.loading`, values)}</p>
          <progress max="1" .value=${state.loaded / this.bytes} aria-label=${this.t(`${feature}.load`)}></progress>
          ${button(this.t(`${feature}.cancel`), "secondary", () => this.#set(false))}`;
      }
      case "failed":
        return html`${alarm(failureWords(this.words, feature, state.code))}
          ${button(this.t(`${feature}.again`), "secondary", () => this.#set(true))}`;
      case "on":
      case "off":
        return this.empty ? nothing : html`<slot></slot>`;
    }
  }

  #set(wanted: boolean): void {
    this.send({ kind: "switch", feature: this.feature, wanted });
  }
}

/** In millions of bytes, to one decimal. */
function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
