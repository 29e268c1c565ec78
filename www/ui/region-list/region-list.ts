import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Decision } from "../../engine/generated/report.js";
import { keyStep, moved, reshaped } from "../../model/geometry.js";
import type { Box, Size } from "../../model/geometry.js";
import { GROUP_FROM, groupOf, groupsOf } from "../../model/groups.js";
import type { Group } from "../../model/groups.js";
import { identifiabilityOf, regionsOf, sizeOf } from "../../model/photo.js";
import type { Photo, RegionChange } from "../../model/photo.js";
import { isCovered, shownBox, strokeOf } from "../../model/regions.js";
import type { ListedRegion } from "../../model/regions.js";
import { button, icon, iconButton } from "../base/controls.js";
import type { IconName } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import trackSheet from "../base/track.css";
import { reasonWords, regionName, regionPlace } from "../words/sentences.js";
import { crop } from "./crop.js";
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

/** A button moves an area by as many steps as this; the arrow keys are for the fine work. */
const STEPS_PER_CLICK = 4;
/** What "larger" multiplies an area's sides by. */
const GROWTH = 1.15;
/** So many of a group are shown at first. */
const FIRST_OF_GROUP = 24;

const GROUP_KEYS: Record<Group, string> = {
  own: "faces.group_own",
  likely: "level.likely",
  possible: "level.possible",
  unlikely: "level.unlikely",
  maybe: "face.maybe",
};

/**
 * The regions in words, each with a picture of its place and its switch. Long lists are in groups, which are folded.
 *
 * Events: `tk-point` (detail: the id of the region that the pointer or the focus is on, or null), `tk-remove` (detail: its id).
 */
export class RegionList extends Component {
  static override properties = { photo: { attribute: false }, marked: { attribute: false }, unfolded: { state: true }, whole: { state: true } };
  static override styles = styled(trackSheet, listSheet);

  declare photo: Photo;
  /** The region that is pointed at somewhere. */
  declare marked: number | null;
  /** Groups that are unfolded. */
  declare private unfolded: ReadonlySet<Group>;
  /** Groups of which more than the first are shown. */
  declare private whole: ReadonlySet<Group>;

  constructor() {
    super();
    this.marked = null;
    this.unfolded = this.whole = new Set();
  }

  /** Moves the focus to the button that adjusts the region. */
  focusAdjust(id: number): void {
    this.#rowOf(id)?.querySelector<HTMLElement>(".adjust")?.focus();
  }

  /** The group of what is being adjusted cannot stay folded. */
  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("photo") as Photo | undefined;
    const adjusted = regionsOf(this.photo).find(({ id }) => id === this.photo.adjusted);
    if (adjusted !== undefined && before?.adjusted !== adjusted.id) {
      const group = groupOf(this.photo, adjusted);
      this.unfolded = withMember(this.unfolded, group, true);
      this.whole = withMember(this.whole, group, true);
    }
  }

  protected override render() {
    const regions = regionsOf(this.photo);
    return regions.length < GROUP_FROM
      ? this.#rows(regions, this.t("faces.label"))
      : html`<div role="group" aria-label=${this.t("faces.label")}>${groupsOf(this.photo).map(([group, of]) => this.#group(group, of))}</div>`;
  }

  #rows(regions: readonly ListedRegion[], label: string) {
    return html`<ul class="faces" aria-label=${label}>
      ${repeat(
        regions,
        ({ id }) => id,
        (region) => this.#row(region),
      )}
    </ul>`;
  }

  #group(group: Group, regions: readonly ListedRegion[]) {
    const name = this.t(GROUP_KEYS[group]);
    const covered = regions.filter(isCovered).length;
    const folded = (event: Event) => (this.unfolded = withMember(this.unfolded, group, (event.target as HTMLDetailsElement).open));
    return html`<details class="group" ?open=${this.unfolded.has(group)} @toggle=${folded}>
      <summary><strong>${name}</strong><span class="muted">${this.t("faces.count", { count: covered, all: regions.length })}</span></summary>
      ${this.#members(group, regions, name)}
    </details>`;
  }

  #members(group: Group, regions: readonly ListedRegion[], name: string) {
    const isWhole = this.whole.has(group) || regions.length <= FIRST_OF_GROUP;
    const decide = (decision: Decision) => () => this.#change({ kind: "decide", regions: regions.map(({ id }) => id), decision });
    const all = () => (this.whole = withMember(this.whole, group, true));
    return html`<div class="actions">${button(this.t("faces.all"), "quiet", decide("cover"))}${button(this.t("faces.none"), "quiet", decide("open"))}</div>
      ${this.#rows(isWhole ? regions : regions.slice(0, FIRST_OF_GROUP), name)}
      ${isWhole ? nothing : button(this.t("list.all", { count: regions.length }), "secondary show-all", all)}`;
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
      ${crop(this.words, this.photo, region)}
      <div class="face-words">
        <span class="face-place">${regionPlace(this.words, region, size)}</span>
        <span class="face-rating">${this.#level(region)}</span>
      </div>
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
      <div class="face-more">
        <span class="face-why">${this.#why(region)}</span>
        ${this.#sizes(region, name)}
        <button
          type="button"
          class="quiet adjust"
          aria-label=${adjust}
          title=${adjust}
          aria-expanded=${isAdjusted}
          @click=${() => this.#adjust(isAdjusted ? null : id)}
        >${icon("adjust")}</button>
        ${region.origin === "found" ? nothing : iconButton(this.t("face.remove", { name }), "cross", "quiet remove", () => this.#remove(id))}
      </div>
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

  #sizes({ id }: ListedRegion, name: string) {
    const scale = (factor: number) => (event: Event) => this.#change({ kind: "scale", region: id, factor, at: event.timeStamp });
    return html`${iconButton(this.t("face.smaller", { name }), "smaller", "quiet smaller", scale(1 / GROWTH))}
      ${iconButton(this.t("face.larger", { name }), "larger", "quiet larger", scale(GROWTH))}`;
  }

  #remove(region: number): void {
    this.dispatchEvent(new CustomEvent("tk-remove", { detail: region }));
  }

  /** A stroke can be moved, but has no edges. */
  #shaping(region: ListedRegion, size: Size) {
    const step = keyStep(size) * STEPS_PER_CLICK;
    const shape = (change: Shaping) => (event: Event) =>
      this.#change({ kind: "reshape", region: region.id, box: shaped(shownBox(region), change, size), at: event.timeStamp });
    const ways = SHAPING.filter(([, , change]) => strokeOf(region) === null || "move" in change(step));
    return html`<div class="shaping" role="group" aria-label=${this.t("adjust.label")}>
      <p class="hint">${this.t("adjust.hint")}</p>
      <div class="shapers" dir="ltr">
        ${ways.map(([iconName, key, change]) => iconButton(this.t(key), iconName, "secondary", shape(change(step))))}
      </div>
      <div class="actions">${button(this.t("adjust.done"), "secondary", () => this.#adjust(null), "check")}</div>
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

function withMember<T>(set: ReadonlySet<T>, member: T, isIn: boolean): ReadonlySet<T> {
  return new Set(isIn ? [...set, member] : [...set].filter((each) => each !== member));
}

function shaped(box: Box, change: Shaping, size: Size): Box {
  return "move" in change ? moved(box, change.move[0], change.move[1], size) : reshaped(box, change, size);
}
