import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Refusal } from "../../model/session.js";
import { iconButton } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { leakFacts } from "../facts/facts.js";
import factsSheet from "../facts/facts.css";
import { errorWords } from "../words/sentences.js";
import refusalsSheet from "./refusals.css";

/** What could not be used, each by name with a sentence. */
export class Refusals extends Component {
  static override properties = { refusals: { attribute: false } };
  static override styles = styled(factsSheet, refusalsSheet);

  declare refusals: readonly Refusal[];

  protected override render() {
    return html`<details class="refusals" open>
      <summary>${this.t("refusals.title", { count: this.refusals.length })}</summary>
      <ul>
        ${repeat(
          this.refusals,
          ({ id }) => id,
          (refusal) => this.#refusal(refusal),
        )}
      </ul>
    </details>`;
  }

  #refusal({ id, name, code, file, report }: Refusal) {
    const leaks = report?.leaks ?? [];
    return html`<li class="refusal">
      <div class="refusal-words">
        <p><strong><bdi>${name}</bdi></strong> <span>${errorWords(this.words, code)}</span></p>
        ${leaks.length > 0 ? leakFacts(this.words, leaks, [], nothing) : nothing}
      </div>
      ${file === null ? nothing : iconButton(this.t("refusals.again", { name }), "again", "quiet", () => this.send({ kind: "retry", refusal: id }))}
      ${iconButton(this.t("refusals.dismiss", { name }), "cross", "quiet", () => this.send({ kind: "dismiss", refusal: id }))}
    </li>`;
  }
}
