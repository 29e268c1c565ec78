import { html, nothing } from "lit";
import { METHODS, STICKERS } from "../../engine/generated/options.js";
import type { Method, Sticker } from "../../engine/generated/options.js";
import cardSheet from "../base/card.css";
import { Component, styled } from "../base/element.js";
import { styles } from "../base/place.js";
import { EMBLEMS, MOSAIC, drawn } from "./emblems.js";
import methodsSheet from "./methods.css";

const COLOURS: Record<string, string> = { slate: "262c34", black: "000000", grey: "8c9196", white: "ffffff", blue: "2f5f8f", yellow: "f2c94c" };

/** How covers are drawn: a method, and what there is to choose about it. */
export class Methods extends Component {
  static override properties = { method: { attribute: false }, colour: { attribute: false }, sticker: { attribute: false } };
  static override styles = styled(cardSheet, methodsSheet);

  declare method: Method;
  /** Six hexadecimal digits. */
  declare colour: string;
  declare sticker: Sticker;

  protected override render() {
    return html`<fieldset class="methods"><legend>${this.t("method.legend")}</legend>${METHODS.map((method) => this.#card(method))}</fieldset>`;
  }

  #card(method: Method) {
    const isChosen = this.method === method;
    return html`<label class="card">
        <input type="radio" name="method" value=${method} .checked=${isChosen} @change=${() => this.send({ kind: "set-method", method })}>
        ${this.#swatch(method)}
        <span class="card-words"><strong>${this.t(`method.${method}`)}</strong><span>${this.t(`method.${method}_words`)}</span></span>
      </label>
      ${isChosen ? this.#choices() : nothing}`;
  }

  #swatch(method: Method) {
    const drawings: Partial<Record<Method, unknown>> = { mosaic: drawn(MOSAIC), sticker: drawn(EMBLEMS[this.sticker]) };
    return html`<span class="swatch swatch-${method}" aria-hidden="true" ${styles({ "--solid": `#${this.colour}` })}>${drawings[method] ?? nothing}</span>`;
  }

  #choices() {
    switch (this.method) {
      case "solid":
        return html`<div class="chips" role="radiogroup" aria-label=${this.t("method.colour")}>
          ${Object.entries(COLOURS).map(([name, colour]) => this.#colour(name, colour))} ${this.#ownColour()}
        </div>`;
      case "sticker":
        return html`<div class="chips" role="radiogroup" aria-label=${this.t("method.emblem")}>${STICKERS.map((sticker) => this.#emblem(sticker))}</div>`;
      default:
        return nothing;
    }
  }

  #colour(name: string, colour: string) {
    const choose = () => this.send({ kind: "set-colour", colour });
    const dot = html`<span class="dot" aria-hidden="true" ${styles({ "--solid": `#${colour}` })}></span>`;
    return this.#chip("colour", name, colour === this.colour, choose, dot);
  }

  #ownColour() {
    const isChosen = !Object.values(COLOURS).includes(this.colour);
    const choose = (event: Event) => this.send({ kind: "set-colour", colour: (event.target as HTMLInputElement).value.slice(1) });
    return html`<label class=${isChosen ? "chip chosen" : "chip"}>
      <input type="color" .value=${`#${this.colour}`} @input=${choose}><span>${this.t("method.own_colour")}</span>
    </label>`;
  }

  #emblem(sticker: Sticker) {
    return this.#chip("sticker", sticker, sticker === this.sticker, () => this.send({ kind: "set-sticker", sticker }), drawn(EMBLEMS[sticker]));
  }

  #chip(group: string, name: string, isChosen: boolean, choose: () => void, look: unknown) {
    return html`<label class=${isChosen ? "chip chosen" : "chip"}>
      <input type="radio" name=${group} value=${name} .checked=${isChosen} @change=${choose}>
      ${look}<span>${this.t(`${group}.${name}`)}</span>
    </label>`;
  }
}
