import { html } from "lit";
import cardSheet from "../base/card.css";
import { Component, styled } from "../base/element.js";
import switchSheet from "../switch/switch.css";

/** The switch by which photos that tell their camera by how they are compressed are compressed again. */
export class Recompress extends Component {
  static override properties = { wanted: { attribute: false } };
  static override styles = styled(cardSheet, switchSheet);

  declare wanted: boolean;

  protected override render() {
    const words = this.t("recompress.words");
    return html`<div class="switch-card">
      <label class="card-switch">
        <span class="card-words"><strong>${this.t("recompress.name")}</strong><span>${words}</span></span>
        <input
          type="checkbox"
          .checked=${this.wanted}
          aria-label=${this.t("recompress.name")}
          aria-description=${words}
          @change=${(event: Event) => this.send({ kind: "set-recompress", wanted: (event.target as HTMLInputElement).checked })}
        >
      </label>
    </div>`;
  }
}
