import { html } from "lit";
import { gauge, percent } from "../base/gauge.js";
import rangeSheet from "../base/range.css";
import { Screen, screenStyles } from "../base/screen.js";
import { sourced } from "../base/sourced.js";
import { GROUPS } from "../data.js";
import type { Group } from "../data.js";
import unequalSheet from "./unequal.css";

/** Fewer faces say hardly anything. */
const FEW = 50;

/** Errors do not fall on all alike: our own figures by group, published ones beside them, and what they mean for people. */
export class Unequal extends Screen {
  static override styles = screenStyles(rangeSheet, unequalSheet);

  protected override slides() {
    const facts = (name: string, count: number) =>
      Array.from({ length: count }, (_, at) => html`<li>${sourced(this.words, this.t(`unequal.${name}_${at + 1}`))}</li>`);
    return [
      html`<h1 tabindex="-1">${this.t("card.unequal")}</h1>
        <p class="lead">${this.t("unequal.lead")}</p>
        <h2>${this.t("unequal.published")}</h2>
        <ul class="facts">${facts("fact", 5)}</ul>`,
      html`<h2 tabindex="-1">${this.t("unequal.people")}</h2>
        <ul class="facts">${facts("people", 3)}</ul>
        <p class="text">${this.t("unequal.so")}</p>`,
      html`<h2 tabindex="-1">${this.t("unequal.ours")}</h2>
        <p class="text">${sourced(this.words, this.t("unequal.ours_words"))}</p>
        ${kinds().map((kind) => this.#table(kind))}
        <p class="text">${this.t("unequal.ours_limits")}</p>`,
    ];
  }

  #table(kind: string) {
    const rows = GROUPS.filter((group) => group.kind === kind);
    return html`<table>
      <caption>${this.t(`unequal.kind.${kind.replaceAll(" ", "_")}`)}</caption>
      <thead><tr>
        <th scope="col">${this.t("unequal.group")}</th>
        <th scope="col">${this.t("unequal.faces")}</th>
        <th scope="col">${this.t("unequal.found")}</th>
      </tr></thead>
      <tbody>${rows.map((row) => this.#row(row))}</tbody>
    </table>`;
  }

  #row({ group, faces, quick, quickInterval }: Group) {
    const [from, to] = quickInterval.map((share) => percent(this.words, share)) as [string, string];
    return html`<tr class=${faces < FEW ? "few" : ""}>
      <th scope="row">${this.#name(group)}</th>
      <td>${this.words.number(faces)}</td>
      <td>${this.t("unequal.between", { share: percent(this.words, quick), from, to })} ${gauge(quick, quickInterval)}</td>
    </tr>`;
  }

  /** Types of skin are Roman numbers and ages are digits; the others have words. */
  #name(group: string): string {
    const key = `unequal.group.${group.toLowerCase().replaceAll(" ", "_")}`;
    return this.words.has(key) ? this.t(key) : group;
  }
}

function kinds(): string[] {
  return [...new Set(GROUPS.map(({ kind }) => kind))];
}
