import { html, nothing } from "lit";
import { FIGURES, PRESETS, figuresOf, outcomeOf } from "../../../model/workshop/base-rates.js";
import type { Preset, Setting } from "../../../model/workshop/base-rates.js";
import { percent } from "../base/gauge.js";
import rangeSheet from "../base/range.css";
import { Screen, screenStyles } from "../base/screen.js";
import { sourced } from "../base/sourced.js";
import { figures } from "./figures.js";
import baseSheet from "./base-rates.css";

type Field = keyof Setting;

/** In per cent, or people. */
const FIELDS: readonly { readonly name: Field; readonly isShare: boolean; readonly max: number }[] = [
  { name: "hits", isShare: true, max: 100 },
  { name: "falseAlarms", isShare: true, max: 100 },
  { name: "people", isShare: false, max: 100_000_000 },
  { name: "wanted", isShare: false, max: 1_000_000 },
];

/** What the field of figures shows. */
type View = "alarms" | "people";

/** A camera that many people pass: how many alarms there are, and how many of them are wrong, as a picture of people. */
export class BaseRates extends Screen {
  static override properties = { preset: { state: true }, setting: { state: true }, view: { state: true } };
  static override styles = screenStyles(rangeSheet, baseSheet);

  /** Null once a person has changed a number. */
  declare private preset: Preset | null;
  declare private setting: Setting;
  declare private view: View;

  constructor() {
    super();
    this.preset = this.setting = PRESETS[0] as Preset;
    this.view = "alarms";
  }

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("card.base-rates")}</h1>
        ${this.isProjected ? nothing : this.#lead()}
        <div class="presets" role="group" aria-label=${this.t("shop.presets")}>${PRESETS.map((preset) => this.#choice(preset))}</div>
        ${this.#sentence()} ${this.isProjected ? this.#lead() : nothing}
        <p class="text about">${this.#about()}</p>`,
      html`<h2 tabindex="-1">${this.t("base.picture")}</h2>
        ${this.#picture()}`,
      html`<h2 tabindex="-1">${this.t("base.numbers")}</h2>
        <div class="fields">${FIELDS.map((field) => this.#field(field))}</div>`,
      html`<h2 tabindex="-1">${this.t("base.compare")}</h2>
        <p class="text">${sourced(this.words, this.t("base.compare_words"))}</p>
        <p class="text">${sourced(this.words, this.t("base.london_black"))}</p>
        <p class="text">${this.t("base.compare_so")}</p>`,
    ];
  }

  /** On a projector it comes later, so that what the examples change is in sight of them. */
  #lead() {
    return html`<p class="lead">${this.t("base.lead")}</p>`;
  }

  #choice(preset: Preset) {
    const choose = () => (this.preset = this.setting = preset);
    const isChosen = this.preset === preset;
    return html`<button type="button" class="secondary preset preset-${preset.name}" aria-pressed=${isChosen} @click=${choose}>
      ${this.t(`base.preset.${preset.name}`)}
    </button>`;
  }

  #about() {
    return this.preset === null ? this.t("base.own") : sourced(this.words, this.t(`base.preset.${this.preset.name}_words`));
  }

  #sentence() {
    const { right, wrong, missed, alarms, wrongShare } = outcomeOf(this.setting);
    const count = (value: number) => this.words.number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
    return html`<div class="result" role="status">
      <p class="number">${alarms === 0 ? this.t("base.none") : this.t("base.wrong_of", { wrong: count(wrong), alarms: count(alarms) })}</p>
      <p>${this.t("base.sentence", { right: count(right), missed: count(missed), share: percent(this.words, wrongShare) })}</p>
    </div>`;
  }

  #picture() {
    const { right, wrong, missed } = outcomeOf(this.setting);
    return html`<div class="result wide">
      <div class="presets" role="group" aria-label=${this.t("base.view")}>
        ${(["alarms", "people"] as const).map(
          (view) => html`<button type="button" class="quiet view-${view}" aria-pressed=${this.view === view} @click=${() => (this.view = view)}>
            ${this.t(`base.view.${view}`)}
          </button>`,
        )}
      </div>
      ${this.view === "alarms" ? this.#alarmField([wrong, right]) : this.#peopleField([wrong, right + missed])}
    </div>`;
  }

  #alarmField(parts: readonly [number, number]) {
    const [wrong = 0, right = 0] = figuresOf(parts);
    const kinds = [
      { name: "wrong", count: wrong },
      { name: "right", count: right },
    ];
    return html`${figures(kinds, this.t("base.alarms_alt", { wrong, right }))}
      ${this.#legend([
        ["wrong", "base.legend.wrong", wrong],
        ["right", "base.legend.right", right],
      ])}`;
  }

  #peopleField([wrong, wanted]: readonly [number, number]) {
    const [reported = 0, searched = 0, others = 0] = figuresOf([wrong, wanted, this.setting.people - wrong - wanted]);
    const kinds = [
      { name: "wrong", count: reported },
      { name: "right", count: searched },
      { name: "other", count: others },
    ];
    return html`${figures(kinds, this.t("base.people_alt", { wrong: reported, wanted: searched, others }))}
      ${this.#legend([
        ["wrong", "base.legend.reported", reported],
        ["right", "base.legend.wanted", searched],
        ["other", "base.legend.other", others],
      ])}
      ${reported === 0 || searched === 0 ? html`<p class="hint">${this.t("base.too_few", { figures: FIGURES })}</p>` : ""}`;
  }

  #legend(entries: readonly (readonly [kind: string, key: string, count: number])[]) {
    return html`<ul class="legend">
      ${entries.map(([kind, key, count]) => html`<li class="kind-${kind}">${this.t(key, { count })}</li>`)}
    </ul>`;
  }

  #field({ name, isShare, max }: (typeof FIELDS)[number]) {
    const value = isShare ? Number((this.setting[name] * 100).toPrecision(3)) : this.setting[name];
    const change = ({ target }: Event) => {
      const { valueAsNumber } = target as HTMLInputElement;
      if (Number.isFinite(valueAsNumber) && valueAsNumber >= 0 && valueAsNumber <= max) {
        this.preset = null;
        this.setting = { ...this.setting, [name]: isShare ? valueAsNumber / 100 : Math.round(valueAsNumber) };
      }
    };
    return html`<label class="field"
      >${this.t(`base.field.${name}`)}
      <span><input class="field-${name}" type="number" min="0" max=${max} step="any" inputmode="decimal" .value=${String(value)} @input=${change}>${isShare ? " %" : ""}</span>
    </label>`;
  }
}
