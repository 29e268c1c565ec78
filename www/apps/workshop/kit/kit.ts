import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { button } from "../../../ui/base/controls.js";
import { Screen, screenStyles } from "../base/screen.js";
import { withoutSources } from "../base/sourced.js";
import { publicAddress } from "./address.js";
import kitSheet from "./kit.css";

/** The place for an address that only the trainer knows. */
const TO_BE_WRITTEN = "_".repeat(30);

const SHEETS = ["checklist", "poster", "handout"] as const;
type Sheet = (typeof SHEETS)[number];

const CHECKS = 10;
const POSTER_LINES = 4;
const HANDOUT = { seen: 4, do: 5, rights: 3 } as const;

const isSheet = (name: string): name is Sheet => (SHEETS as readonly string[]).includes(name);

/** What is printed and given away. The sheet on the screen is the one on paper. */
export class Kit extends Screen {
  static override properties = { sheet: { state: true } };
  static override styles = screenStyles(kitSheet);

  declare private sheet: Sheet;

  constructor() {
    super();
    this.sheet = "checklist";
    this.#follow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
  }

  /** `#/kit/poster` is the address of a sheet. */
  readonly #follow = (): void => {
    const asked = location.hash.split("/")[2] ?? "";
    this.sheet = isSheet(asked) ? asked : this.sheet;
  };

  protected override slides() {
    return [
      html`<div class="not-printed head">
          <h1 tabindex="-1">${this.t("kit.title")}</h1>
          ${this.isProjected ? nothing : html`<p class="lead">${this.t("kit.lead")}</p>`}
          <div class="actions" role="group" aria-label=${this.t("kit.choose")}>
            ${SHEETS.map(
              (name) => html`<button type="button" class="secondary sheet-${name}" aria-pressed=${this.sheet === name} @click=${() => (this.sheet = name)}>
                ${this.t(`kit.${name}`)}
              </button>`,
            )}
          </div>
          ${button(this.t("kit.print"), "primary print", () => print())}
        </div>
        <article class="sheet ${this.sheet}" tabindex="-1">${this.#sheet()}</article>
        <p class="not-printed"><a class="button quiet" href="#/sources">${this.t("sources.title")}</a></p>`,
    ];
  }

  #sheet(): TemplateResult {
    switch (this.sheet) {
      case "checklist":
        return html`<h2>${this.t("checklist.title")}</h2>
          <ul class="checks">${this.#items("checklist", CHECKS)}</ul>
          ${this.#foot()}`;
      case "poster":
        return html`<h2>${this.t("poster.title")}</h2>
          ${Array.from({ length: POSTER_LINES }, (_, at) => html`<p class="line">${this.t(`poster.${at + 1}`)}</p>`)}
          <p class="call">${this.t("poster.call")}</p>
          ${this.#foot()}`;
      case "handout":
        return html`<h2>${this.t("handout.title")}</h2>
          ${Object.entries(HANDOUT).map(([name, count]) => html`<h3>${this.t(`handout.${name}`)}</h3><ul>${this.#items(`handout.${name}`, count)}</ul>`)}
          ${this.#foot()}`;
    }
  }

  #items(prefix: string, count: number) {
    return Array.from({ length: count }, (_, at) => html`<li>${withoutSources(this.t(`${prefix}.${at + 1}`))}</li>`);
  }

  #foot() {
    return html`<p class="foot">${this.t("kit.foot")} ${this.t("kit.address", { address: publicAddress(location) ?? TO_BE_WRITTEN })}</p>`;
  }
}
