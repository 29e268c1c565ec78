import { html } from "lit";
import { CANDIDATES, MATCH_PRESETS, ONE_IN, chanceOfFalseMatch, expectedMatches, stopOf } from "../../../model/workshop/false-match.js";
import type { MatchPreset } from "../../../model/workshop/false-match.js";
import { button } from "../../../ui/base/controls.js";
import { Screen, screenStyles } from "../base/screen.js";
import { sourced } from "../base/sourced.js";
import { gauge, percent } from "../base/gauge.js";
import rangeSheet from "../base/range.css";
import manySheet from "./one-to-many.css";

/** One face compared with one, and with a country: how likely a false match becomes. */
export class OneToMany extends Screen {
  static override properties = { stop: { state: true }, oneIn: { state: true } };
  static override styles = screenStyles(rangeSheet, manySheet);

  declare private stop: number;
  declare private oneIn: number;

  constructor() {
    super();
    this.stop = 0;
    this.oneIn = 10_000;
  }

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("card.one-to-many")}</h1>
        <p class="lead">${this.t("many.lead")}</p>
        <div class="two">
          <div class="card"><h3>${this.t("many.one")}</h3><p>${this.t("many.one_words")}</p></div>
          <div class="card"><h3>${this.t("many.many")}</h3><p>${this.t("many.many_words")}</p></div>
        </div>`,
      html`<h2 tabindex="-1">${this.t("many.try")}</h2>
        ${this.#controls()} ${this.#result()}
        <p class="formula"><span class="visually-hidden">${this.t("many.formula_spoken")}</span><span aria-hidden="true" dir="ltr">P = 1 − (1 − f)<sup>n</sup></span></p>
        <p class="hint">${sourced(this.words, this.t("many.formula_words"))}</p>`,
      html`<h2 tabindex="-1">${this.t("many.published")}</h2>
        <p class="text">${sourced(this.words, this.t("many.laboratory"))}</p>
        <p class="text">${sourced(this.words, this.t("many.suedkreuz"))}</p>
        <p class="text">${this.t("many.seen")}</p>`,
    ];
  }

  get #candidates(): number {
    return CANDIDATES[this.stop] ?? 1;
  }

  #controls() {
    const { words } = this;
    const count = words.number(this.#candidates);
    return html`<div class="presets" role="group" aria-label=${this.t("shop.presets")}>${MATCH_PRESETS.map((preset) => this.#preset(preset))}</div>
      <label class="range"
        ><span>${this.t("many.candidates")}</span> <output>${count}</output>
        <input
          class="candidates"
          type="range"
          min="0"
          max=${CANDIDATES.length - 1}
          .value=${String(this.stop)}
          aria-valuetext=${count}
          @input=${({ target }: Event) => (this.stop = Number((target as HTMLInputElement).value))}
        >
      </label>
      <label class="range"
        ><span>${this.t("many.rate")}</span> <output>${this.t("many.one_in", { count: this.oneIn })}</output>
        <input
          class="rate"
          type="range"
          min="0"
          max=${ONE_IN.length - 1}
          .value=${String(ONE_IN.indexOf(this.oneIn))}
          aria-valuetext=${this.t("many.one_in", { count: this.oneIn })}
          @input=${({ target }: Event) => (this.oneIn = ONE_IN[Number((target as HTMLInputElement).value)] ?? this.oneIn)}
        >
      </label>`;
  }

  #preset({ name, candidates, oneIn }: MatchPreset) {
    const choose = () => {
      this.stop = stopOf(candidates);
      this.oneIn = oneIn;
    };
    return button(this.t(`many.preset.${name}`), `secondary preset preset-${name}`, choose);
  }

  #result() {
    const rate = 1 / this.oneIn;
    const chance = chanceOfFalseMatch(rate, this.#candidates);
    const expected = expectedMatches(rate, this.#candidates);
    return html`<div class="result" role="status">
      <p class="number">${percent(this.words, chance)}</p>
      <p>${this.t("many.result", { count: this.#candidates })}</p>
      ${gauge(chance)}
      <p class="expected">${expected < 1 ? this.t("many.expected_few") : this.t("many.expected", { count: Math.round(expected) })}</p>
    </div>`;
  }
}
