import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { RawPreview } from "../../engine/generated/report.js";
import type { Refusal } from "../../model/session.js";
import { button, iconButton } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { leakFacts } from "../facts/facts.js";
import factsSheet from "../facts/facts.css";
import { errorWords } from "../words/sentences.js";
import refusalsSheet from "./refusals.css";

/** A longer list is folded to so many. */
const ROWS_OF_FOLDED = 20;

/** What could not be used, each by name with a sentence. */
export class Refusals extends Component {
  static override properties = { refusals: { attribute: false }, unfolded: { state: true } };
  static override styles = styled(factsSheet, refusalsSheet);

  declare refusals: readonly Refusal[];
  declare private unfolded: boolean;

  constructor() {
    super();
    this.unfolded = false;
  }

  protected override render() {
    const { refusals } = this;
    const { length } = refusals;
    return html`<details class="refusals" open>
      <summary>${this.t("refusals.title", { count: length })}</summary>
      ${length > 1 ? this.#forAll() : nothing}
      <ul>
        ${repeat(
          this.unfolded ? refusals : refusals.slice(0, ROWS_OF_FOLDED),
          ({ id }) => id,
          (refusal) => this.#refusal(refusal),
        )}
      </ul>
      ${length > ROWS_OF_FOLDED && !this.unfolded
        ? button(this.t("list.all", { count: length }), "quiet unfold", () => (this.unfolded = true))
        : nothing}
    </details>`;
  }

  #forAll() {
    return html`<div class="actions">
      ${button(this.t("refusals.all_again"), "quiet all-again", () => this.send({ kind: "retry-all" }), "again")}
      ${button(this.t("refusals.dismiss_all"), "quiet dismiss-all", () => this.send({ kind: "dismiss-all" }), "cross")}
    </div>`;
  }

  /** Of a raw file what can be opened instead. */
  #preview(refusal: number, preview: RawPreview | undefined) {
    if (preview === undefined) {
      return nothing;
    }
    const { width, height } = preview;
    return html`<p>${this.t("raw.preview_words")}</p>
      ${button(this.t("raw.use_preview", { width, height }), "secondary use-preview", () => this.send({ kind: "use-preview", refusal }))}`;
  }

  #refusal({ id, name, code, file, report }: Refusal) {
    const leaks = report?.leaks ?? [];
    return html`<li class="refusal">
      <div class="refusal-words">
        <p><strong><bdi>${name}</bdi></strong> <span>${errorWords(this.words, code)}</span></p>
        ${this.#preview(id, report?.raw_preview)} ${leaks.length > 0 ? leakFacts(this.words, leaks, [], nothing) : nothing}
      </div>
      ${file === null ? nothing : iconButton(this.t("refusals.again", { name }), "again", "quiet", () => this.send({ kind: "retry", refusal: id }))}
      ${iconButton(this.t("refusals.dismiss", { name }), "cross", "quiet", () => this.send({ kind: "dismiss", refusal: id }))}
    </li>`;
  }
}
