import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import type { Outcome } from "../../model/outcome.js";
import { pictureOfCopy, sizeOf } from "../../model/photo.js";
import type { Copy, Photo } from "../../model/photo.js";
import { clamp } from "../../model/geometry.js";
import type { Box } from "../../model/geometry.js";
import { shownBox } from "../../model/regions.js";
import { button, icon, iconButton } from "../base/controls.js";
import type { IconName } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import pictureSheet from "../base/picture.css";
import { place, styles } from "../base/place.js";
import { rim } from "../base/rim.js";
import { badgeWords } from "../words/sentences.js";
import compareSheet from "./compare.css";

/** How many times as large the picture can be shown. */
const ZOOMS = [1, 2, 4];

/** The original over the copy, cut at a line that a slider or a pointer on the picture moves. Holding a button shows all of the original. */
export class Compare extends Component {
  static override properties = {
    photo: { attribute: false },
    copy: { attribute: false },
    outcome: { attribute: false },
    suspects: { attribute: false },
    cut: { state: true },
    held: { state: true },
    zoom: { state: true },
  };
  static override styles = styled(pictureSheet, compareSheet);

  declare photo: Photo;
  declare copy: Copy;
  declare outcome: Outcome;
  /** Where the copy may show a face: less certain detections. */
  declare suspects: readonly Box[];
  /** How much of the original is shown, in percent. */
  declare private cut: number;
  /** All of the original is shown as long as a button is held. */
  declare private held: boolean;
  /** One of {@link ZOOMS}. */
  declare private zoom: number;

  constructor() {
    super();
    this.cut = 0;
    this.zoom = 1;
    this.held = false;
  }

  /** What was in the middle stays there. */
  protected override updated(changed: PropertyValues): void {
    const before = changed.get("zoom") as number | undefined;
    const frame = this.renderRoot.querySelector(".frame");
    if (before !== undefined && frame !== null) {
      const kept = (start: number, length: number) => ((start + length / 2) * this.zoom) / before - length / 2;
      frame.scrollTo(kept(frame.scrollLeft, frame.clientWidth), kept(frame.scrollTop, frame.clientHeight));
    }
  }

  protected override render() {
    const { photo, copy, outcome, zoom } = this;
    const cut = this.held ? 100 : this.cut;
    const size = sizeOf(photo);
    const seen = pictureOfCopy(copy);
    const after = this.t(outcome.covered > 0 ? "result.after_alt" : "result.after_alt_cleaned");
    const marks = { "--ratio": String(size.width / size.height), "--zoom": String(zoom) };
    const set = (event: Event) => (this.cut = Number((event.target as HTMLInputElement).value));
    const isZoomed = zoom > 1;
    return html`<div
      class="frame ${isZoomed ? "zoomed" : ""}"
      dir="ltr"
      role=${isZoomed ? "group" : nothing}
      aria-label=${isZoomed ? this.t("canvas.zoom") : nothing}
      tabindex=${isZoomed ? "0" : nothing}
      ${styles(marks)}
    ><div
        class="picture compare"
        ${styles({ "--cut": `${cut}%` })}
        @pointerdown=${this.#pressed}
        @pointermove=${(event: PointerEvent) => this.#isDragging(event) && this.#cutAt(event)}
      >
        ${seen && html`<img class="printed" src=${seen} alt=${after} draggable="false">`}
        ${photo.before && html`<img class="before" src=${photo.before.url} alt=${this.t("result.before_alt")} draggable="false">`}
        ${this.#openMarks()} ${this.suspects.map((box) => suspect(box, photo))}
        <span class="knob" aria-hidden="true"></span>
      </div></div>
      <div class="compare-bar" dir="ltr">
        ${button(this.t("result.after"), "quiet", () => (this.cut = 0))}
        <input
          type="range"
          min="0"
          max="100"
          .value=${String(cut)}
          aria-label=${this.t("result.slider")}
          aria-valuetext=${this.t("result.slider_value", { count: cut })}
          @input=${set}
        >
        ${button(this.t("result.before"), "quiet", () => (this.cut = 100))}
      </div>
      <div class="closer">${this.#holder()} ${this.#zoomer("canvas.zoom_out", "minus", -1)} ${this.#zoomer("canvas.zoom_in", "add", 1)}</div>`;
  }

  #zoomer(label: string, name: IconName, by: 1 | -1) {
    const next = ZOOMS[ZOOMS.indexOf(this.zoom) + by];
    return iconButton(this.t(label), name, "quiet", () => (this.zoom = next ?? this.zoom), next === undefined);
  }

  #holder() {
    const hold = (held: boolean) => () => (this.held = held);
    const key = (held: boolean) => (event: KeyboardEvent) => {
      if (event.key === " " || event.key === "Enter") {
        event.preventDefault();
        this.held = held;
      }
    };
    return html`<button
      type="button"
      class="secondary hold"
      aria-pressed=${this.held}
      @pointerdown=${hold(true)}
      @pointerup=${hold(false)}
      @pointercancel=${hold(false)}
      @pointerleave=${hold(false)}
      @blur=${hold(false)}
      @keydown=${key(true)}
      @keyup=${key(false)}
      @contextmenu=${(event: Event) => event.preventDefault()}
    >${icon("open")}<span>${this.t("result.hold")}</span></button>`;
  }

  #pressed(event: PointerEvent): void {
    if (event.button === 0) {
      event.preventDefault();
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      this.#cutAt(event);
    }
  }

  #isDragging(event: PointerEvent): boolean {
    return (event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId);
  }

  #cutAt(event: PointerEvent): void {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.cut = clamp(Math.round((100 * (event.clientX - left)) / width), 0, 100);
  }

  /** What the person has left open. The panel names it for those who don't see that. */
  #openMarks() {
    const { openFaces, openSpots } = this.outcome;
    return [...openFaces, ...openSpots].map(
      (region) => html`<div class="box open-mark" aria-hidden="true" ${place(shownBox(region), sizeOf(this.photo))}>
        ${rim(region)}
        <span class="badge">${badgeWords(this.words, region)}</span>
      </div>`,
    );
  }
}

/** A spot that a check points at. */
export function suspect(box: Box, photo: Photo) {
  return html`<div class="suspect" aria-hidden="true" ${place(box, sizeOf(photo))}></div>`;
}
