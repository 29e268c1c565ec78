import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { keyStep, moved, reshaped } from "../../model/geometry.js";
import type { Box, Size } from "../../model/geometry.js";
import { identifiabilityOf, regionsOf, sizeOf } from "../../model/photo.js";
import type { Photo, RegionChange } from "../../model/photo.js";
import { isCovered, shownBox } from "../../model/regions.js";
import type { ListedRegion } from "../../model/regions.js";
import { button, icon, iconButton } from "../base/controls.js";
import type { IconName } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import trackSheet from "../base/track.css";
import { badgeWords, reasonWords, regionName, regionPlace } from "../words/sentences.js";
import listSheet from "./region-list.css";

/** What a button does to an area, in pixels of the picture. */
type Shaping = { move: [number, number] } | { right: number } | { bottom: number };

/** Ways to shape an area without dragging: icon, locale key and what it does in steps. */
const SHAPING: [IconName, string, (step: number) => Shaping][] = [
  ["left", "adjust.left", (step) => ({ move: [-step, 0] })],
  ["up", "adjust.up", (step) => ({ move: [0, -step] })],
  ["down", "adjust.down", (step) => ({ move: [0, step] })],
  ["right", "adjust.right", (step) => ({ move: [step, 0] })],
  ["grow", "adjust.wider", (step) => ({ right: step })],
  ["slimmer", "adjust.slimmer", (step) => ({ right: -step })],
  ["taller", "adjust.taller", (step) => ({ bottom: step })],
  ["shorter", "adjust.shorter", (step) => ({ bottom: -step })],
];

/** A longer list is folded to its first rows. */
const MOST_ROWS = 40;
const ROWS_OF_FOLDED = 30;

/** A button moves an area by as many steps as this; the arrow keys are for the fine work. */
const STEPS_PER_CLICK = 4;

/**
 * The regions in words, each with its switch.
 *
 * Events: `tk-point` (detail: the id of the region that the pointer or the focus is on, or null), `tk-remove` (detail: its id).
 */
export class RegionList extends Component {
  static override properties = { photo: { attribute: false }, marked: { attribute: false }, unfolded: { state: true } };
  static override styles = styled(trackSheet, listSheet);

  declare photo: Photo;
  /** The region that is pointed at somewhere. */
  declare marked: number | null;
  declare private unfolded: boolean;

  constructor() {
    super();
    this.marked = null;
    this.unfolded = false;
  }

  /** Moves the focus to the button that adjusts the region. */
  focusAdjust(id: number): void {
    this.#rowOf(id)?.querySelector<HTMLElement>(".adjust")?.focus();
  }

  protected override render() {
    const regions = regionsOf(this.photo);
    const isLong = regions.length > MOST_ROWS;
    return html`<ul class="faces" aria-label=${this.t("faces.label")}>
        ${repeat(
          isLong && !this.unfolded ? this.#firstOf(regions) : regions,
          ({ id }) => id,
          (region) => this.#row(region),
        )}
      </ul>
      ${isLong ? this.#unfold(regions.length) : nothing}`;
  }

  /** The first regions, and the one that is being adjusted. */
  #firstOf(regions: readonly ListedRegion[]): ListedRegion[] {
    return regions.filter(({ id }, index) => index < ROWS_OF_FOLDED || id === this.photo.adjusted);
  }

  #unfold(count: number) {
    const words = this.unfolded ? this.t("list.fewer") : this.t("list.all", { count });
    return html`<button type="button" class="quiet unfold" aria-expanded=${this.unfolded} @click=${() => (this.unfolded = !this.unfolded)}>${words}</button>`;
  }

  protected override updated(changed: PropertyValues): void {
    const { adjusted } = this.photo;
    const before = changed.get("photo") as Photo | undefined;
    if (adjusted !== null && before?.adjusted !== adjusted) {
      this.#rowOf(adjusted)?.scrollIntoView({ block: "nearest" });
    }
  }

  #row(region: ListedRegion) {
    const { id } = region;
    const size = sizeOf(this.photo);
    const covered = isCovered(region);
    const isAdjusted = id === this.photo.adjusted;
    const name = regionName(this.words, region, size);
    const adjust = this.t("face.adjust", { name });
    const classes = ["face", ...(covered ? ["covered"] : []), ...(id === this.marked ? ["marked"] : [])].join(" ");
    return html`<li
      class=${classes}
      data-region=${id}
      @pointerenter=${() => this.#point(id)}
      @pointerleave=${() => this.#point(null)}
      @focusin=${() => this.#point(id)}
      @focusout=${() => this.#point(null)}
    >
      <span class="badge" aria-hidden="true">${badgeWords(this.words, region)}</span>
      <div class="face-words">
        <span class="face-place">${regionPlace(this.words, region, size)}</span>
        <span class="face-rating">${this.#level(region)}</span>
      </div>
      <button
        type="button"
        class="quiet adjust"
        aria-label=${adjust}
        title=${adjust}
        aria-expanded=${isAdjusted}
        @click=${() => this.#adjust(isAdjusted ? null : id)}
      >${icon("adjust")}</button>
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked=${covered}
        aria-label=${this.t("face.cover", { name })}
        @click=${() => this.#change({ kind: "decide", regions: [id], decision: covered ? "open" : "cover" })}
      >
        <span class="switch-track" aria-hidden="true"></span>
        <span class="switch-words" aria-hidden="true">${this.t(covered ? "face.covered" : "face.open")}</span>
      </button>
      <span class="face-why">${this.#why(region)}</span>
      ${isAdjusted ? this.#shaping(region, size) : nothing}
    </li>`;
  }

  #level(region: ListedRegion) {
    if (region.maybe) {
      return html`<span class="face-level">${this.t("face.maybe")}</span>`;
    }
    const level = region.origin === "found" ? identifiabilityOf(this.photo, region)?.level : undefined;
    return level === undefined
      ? html`<span class="face-level">${this.t(`origin.${region.origin}`)}</span>`
      : html`<span class="face-level level-${level}">${this.t(`level.${level}`)}</span>`;
  }

  /** Why it is as identifiable as that. */
  #why(region: ListedRegion): string {
    const identifiability = region.maybe ? null : identifiabilityOf(this.photo, region);
    return identifiability === null ? "" : reasonWords(this.words, identifiability);
  }

  #shaping(region: ListedRegion, size: Size) {
    const step = keyStep(size) * STEPS_PER_CLICK;
    const shape = (change: Shaping) => (event: Event) =>
      this.#change({ kind: "reshape", region: region.id, box: shaped(shownBox(region), change, size), at: event.timeStamp });
    const remove = () => this.dispatchEvent(new CustomEvent("tk-remove", { detail: region.id }));
    return html`<div class="shaping" role="group" aria-label=${this.t("adjust.label")}>
      <p class="hint">${this.t("adjust.hint")}</p>
      <div class="shapers" dir="ltr">
        ${SHAPING.map(([iconName, key, change]) => iconButton(this.t(key), iconName, "secondary", shape(change(step))))}
      </div>
      <div class="actions">
        ${button(this.t("adjust.done"), "secondary", () => this.#adjust(null), "check")}
        ${region.origin === "found" ? nothing : button(this.t("adjust.remove"), "quiet", remove, "cross")}
      </div>
    </div>`;
  }

  #rowOf(id: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-region="${id}"]`);
  }

  #point(region: number | null): void {
    this.dispatchEvent(new CustomEvent("tk-point", { detail: region }));
  }

  #adjust(region: number | null): void {
    this.send({ kind: "adjust", photo: this.photo.id, region });
  }

  #change(change: RegionChange): void {
    this.send({ kind: "regions", photo: this.photo.id, change });
  }
}

function shaped(box: Box, change: Shaping, size: Size): Box {
  return "move" in change ? moved(box, change.move[0], change.move[1], size) : reshaped(box, change, size);
}
