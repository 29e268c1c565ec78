import { html } from "lit";
import { gauge, percent } from "../base/gauge.js";
import rangeSheet from "../base/range.css";
import { Screen, screenStyles } from "../base/screen.js";
import { sourced } from "../base/sourced.js";
import { GROUPS, MISTAKEN } from "../data.js";
import unequalSheet from "./unequal.css";

/** Fewer faces say hardly anything. */
const FEW = 50;

/** A share measured for a group, with its 95 % interval. */
interface Measured {
  readonly kind: string;
  readonly group: string;
  readonly count: number;
  readonly share: number;
  readonly interval: readonly [number, number];
}

const FOUND: readonly Measured[] = GROUPS.map(({ kind, group, faces, quick, quickInterval }) => ({ kind, group, count: faces, share: quick, interval: quickInterval }));
const TAKEN: readonly Measured[] = MISTAKEN.map(({ kind, group, persons, mistaken, interval }) => ({ kind, group, count: persons, share: mistaken, interval }));

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
        ${this.#tables(FOUND, this.t("unequal.faces"), this.t("unequal.found"))}
        <p class="text">${this.t("unequal.ours_limits")}</p>`,
      html`<h2 tabindex="-1">${this.t("unequal.mistaken")}</h2>
        <p class="text">${sourced(this.words, this.t("unequal.mistaken_words"))}</p>
        ${this.#tables(TAKEN, this.t("unequal.persons"), this.t("unequal.taken"))}
        <p class="text">${this.t("unequal.mistaken_limits")}</p>`,
    ];
  }

  /** One table for what groups differ in: age, for example. */
  #tables(measured: readonly Measured[], counted: string, share: string) {
    const kinds = [...new Set(measured.map(({ kind }) => kind))];
    return kinds.map(
      (kind) => html`<table>
        <caption>${this.t(`unequal.kind.${keyOf(kind)}`)}</caption>
        <thead><tr>
          <th scope="col">${this.t("unequal.group")}</th>
          <th scope="col">${counted}</th>
          <th scope="col">${share}</th>
        </tr></thead>
        <tbody>${measured.filter((row) => row.kind === kind).map((row) => this.#row(row))}</tbody>
      </table>`,
    );
  }

  #row({ group, count, share, interval }: Measured) {
    const [from, to] = interval.map((each) => percent(this.words, each)) as [string, string];
    return html`<tr class=${count < FEW ? "few" : ""}>
      <th scope="row">${this.#name(group)}</th>
      <td>${this.words.number(count)}</td>
      <td>${this.t("unequal.between", { share: percent(this.words, share), from, to })} ${gauge(share, interval)}</td>
    </tr>`;
  }

  /** Types of skin are Roman numbers and ages are digits; the others have words. */
  #name(group: string): string {
    const key = `unequal.group.${keyOf(group)}`;
    return this.words.has(key) ? this.t(key) : group;
  }
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(",", "").replaceAll(" ", "_");
}
