import { html } from "lit";
import type { PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { dragStep } from "../../model/drag.js";
import type { Drag, DragEffect, DragInput, Grip } from "../../model/drag.js";
import { keyStep, moved, reshaped } from "../../model/geometry.js";
import type { Box, Point } from "../../model/geometry.js";
import { CORNERS, handlesOf } from "../../model/handles.js";
import type { Corner, Handle } from "../../model/handles.js";
import { regionsOf, sizeOf } from "../../model/photo.js";
import type { Photo, RegionChange } from "../../model/photo.js";
import type { Drawing, Preview } from "../../model/preview.js";
import { ellipseOf, isCovered, shownBox } from "../../model/regions.js";
import type { ListedRegion } from "../../model/regions.js";
import { Component, styled } from "../base/element.js";
import { pictureFrame } from "../base/picture.js";
import pictureSheet from "../base/picture.css";
import { place } from "../base/place.js";
import { rim } from "../base/rim.js";
import { badgeWords, regionName } from "../words/sentences.js";
import canvasSheet from "./canvas.css";

const ARROWS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const CORNER_NAMES = Object.keys(CORNERS) as Corner[];

/** What a drag would make of an area, before it is decided. */
interface Draft {
  isNew: boolean;
  box: Box;
}

/**
 * The photo with its covers as they will be, and a box over each region. A click toggles; a region being adjusted is dragged or
 * moved by keys. Pointing at a region shows what is under its cover.
 *
 * Events: `tk-point` (detail: the id of the region that the pointer or the focus is on, or null), `tk-finish` (adjusting is done).
 */
export class Canvas extends Component {
  static override properties = {
    photo: { attribute: false },
    preview: { attribute: false },
    marked: { attribute: false },
    draft: { state: true },
    reachable: { state: true },
  };
  static override styles = styled(pictureSheet, canvasSheet);

  declare photo: Photo;
  declare preview: Preview | null;
  /** The region that is pointed at somewhere. */
  declare marked: number | null;
  declare private draft: Draft | null;
  /** The one box that is a stop of the Tab key; arrow keys go from box to box. */
  declare private reachable: number | null;
  #drag: Drag | null = null;
  /** What the canvas shows. */
  #painted: { drawing: Drawing | null; bared: ListedRegion | undefined } = { drawing: null, bared: undefined };
  readonly #resizes = new ResizeObserver(() => this.#placeHandles());

  constructor() {
    super();
    this.preview = this.marked = this.draft = this.reachable = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => this.isConnected && this.#resizes.observe(this.#overlay));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  async focusRegion(id: number): Promise<void> {
    await this.updateComplete;
    this.#boxOf(id)?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("photo") as Photo | undefined;
    if (before !== undefined && before.adjusted !== this.photo.adjusted) {
      this.#cancel();
    }
    const regions = regionsOf(this.photo);
    if (!regions.some(({ id }) => id === this.reachable)) {
      this.reachable = regions[0]?.id ?? null;
    }
  }

  protected override render() {
    const regions = regionsOf(this.photo);
    const rubber = this.draft?.isNew ? this.draft.box : null;
    const covers = html`<canvas class="covers" aria-hidden="true" ?hidden=${!this.preview?.drawing}></canvas>`;
    const overlay = html`<div
      class=${this.preview === null || this.preview.failed ? "overlay undrawn" : "overlay"}
      role="group"
      aria-label=${this.t("canvas.label")}
      @pointerdown=${this.#pressed}
      @pointermove=${(event: PointerEvent) => this.#dragged(this.#input("move", event))}
      @pointerup=${(event: PointerEvent) => this.#dragged(this.#input("lift", event))}
      @pointercancel=${this.#lost}
      @lostpointercapture=${this.#lost}
    >
      ${CORNER_NAMES.map((corner) => html`<span class="corner ${corner}" data-corner=${corner}></span>`)}
      <div class="rubber" ?hidden=${rubber === null} ${place(rubber ?? [0, 0, 0, 0], sizeOf(this.photo))}></div>
      ${repeat(
        regions,
        ({ id }) => id,
        (region) => this.#box(region),
      )}
    </div>`;
    return pictureFrame(this.photo, this.t("canvas.photo", { number: this.photo.id }), html`${covers}${overlay}`);
  }

  protected override updated(): void {
    this.#placeHandles();
    this.#paint();
  }

  /** Shows the drawing, but for what is pointed at. It is never read back. */
  #paint(): void {
    const drawing = this.preview?.drawing ?? null;
    const bared = this.#bared;
    if (drawing === null || (drawing === this.#painted.drawing && bared === this.#painted.bared)) {
      return;
    }
    this.#painted = { drawing, bared };
    const canvas = this.renderRoot.querySelector("canvas") as HTMLCanvasElement;
    [canvas.width, canvas.height] = [drawing.width, drawing.height];
    const context = canvas.getContext("2d");
    context?.putImageData(new ImageData(drawing.samples, drawing.width, drawing.height), 0, 0);
    if (context && bared !== undefined) {
      const scale = drawing.width / sizeOf(this.photo).width;
      context.scale(scale, scale);
      context.globalCompositeOperation = "destination-out";
      const ellipse = ellipseOf(bared);
      ellipse === null ? context.rect(...shownBox(bared)) : context.ellipse(...ellipse, 0, 2 * Math.PI);
      context.fill();
    }
  }

  get #bared(): ListedRegion | undefined {
    return regionsOf(this.photo).find(({ id }) => id === this.marked && id !== this.photo.adjusted);
  }

  #box(region: ListedRegion) {
    const size = sizeOf(this.photo);
    const isAdjusted = region.id === this.photo.adjusted;
    const box = isAdjusted && this.draft !== null && !this.draft.isNew ? this.draft.box : shownBox(region);
    const states = { covered: isCovered(region), maybe: region.maybe, adjusted: isAdjusted, marked: region.id === this.marked };
    const classes = Object.entries(states).flatMap(([name, holds]) => (holds ? [name] : []));
    const name = regionName(this.words, region, size);
    return html`<button
      type="button"
      class=${["box", ...classes].join(" ")}
      data-region=${region.id}
      tabindex=${region.id === this.reachable ? 0 : -1}
      aria-pressed=${isCovered(region)}
      aria-label=${this.t(isAdjusted ? "canvas.adjusting" : "canvas.toggle", { name })}
      @click=${() => !isAdjusted && this.#toggle(region)}
      @pointerenter=${() => this.#point(region.id)}
      @pointerleave=${() => this.#point(null)}
      @focus=${() => this.#focused(region)}
      @blur=${() => this.#point(null)}
      @keydown=${(event: KeyboardEvent) => this.#typed(event, region)}
      ${place(box, size)}
    >${rim(region, box)}<span class="badge">${badgeWords(this.words, region)}</span></button>`;
  }

  get #overlay(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>(".overlay") as HTMLElement;
  }

  #boxOf(id: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-region="${id}"]`);
  }

  get #adjusted(): ListedRegion | undefined {
    return regionsOf(this.photo).find(({ id }) => id === this.photo.adjusted);
  }

  #change(change: RegionChange): void {
    this.send({ kind: "regions", photo: this.photo.id, change });
  }

  #toggle(region: ListedRegion): void {
    this.#change({ kind: "decide", regions: [region.id], decision: isCovered(region) ? "open" : "cover" });
  }

  #point(region: number | null): void {
    this.dispatchEvent(new CustomEvent("tk-point", { detail: region }));
  }

  #focused(region: ListedRegion): void {
    this.reachable = region.id;
    this.#point(region.id);
  }

  #typed(event: KeyboardEvent, region: ListedRegion): void {
    const arrow = ARROWS[event.key];
    if (region.id !== this.photo.adjusted) {
      if (arrow) {
        event.preventDefault();
        this.#focusNext(region, arrow[0] + arrow[1]);
      }
      return;
    }
    if (event.key === "Escape" && this.#drag !== null) {
      this.#cancel();
    } else if (event.key === "Escape" || event.key === "Enter") {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("tk-finish"));
    } else if (arrow) {
      event.preventDefault();
      this.#change({ kind: "reshape", region: region.id, box: this.#byKey(shownBox(region), arrow, event.shiftKey), at: event.timeStamp });
    }
  }

  #byKey(box: Box, [dx, dy]: Point, resize: boolean): Box {
    const size = sizeOf(this.photo);
    const step = keyStep(size);
    return resize ? reshaped(box, { right: dx * step, bottom: dy * step }, size) : moved(box, dx * step, dy * step, size);
  }

  #focusNext(region: ListedRegion, by: number): void {
    const ids = regionsOf(this.photo).map(({ id }) => id);
    const next = ids[(ids.indexOf(region.id) + by + ids.length) % ids.length];
    if (next !== undefined) {
      this.#boxOf(next)?.focus();
    }
  }

  #pressed(event: PointerEvent): void {
    const grip = event.button === 0 ? this.#gripOf(event.target as HTMLElement, event.pointerType) : null;
    if (grip === null || (this.#drag !== null && this.#drag.pointer !== event.pointerId)) {
      return;
    }
    event.preventDefault();
    const scale = sizeOf(this.photo).width / this.#overlay.getBoundingClientRect().width;
    this.#dragged({ kind: "press", pointer: event.pointerId, at: this.#toPicture(event), grip, scale });
    this.#overlay.setPointerCapture(event.pointerId);
  }

  #gripOf(target: HTMLElement, pointerType: string): Grip | null {
    const adjusted = this.#adjusted;
    const corner = target.dataset["corner"] as Corner | undefined;
    if (adjusted !== undefined && corner !== undefined) {
      return { kind: "resize", box: shownBox(adjusted), corner };
    }
    if (adjusted !== undefined && this.#boxOf(adjusted.id)?.contains(target)) {
      return { kind: "move", box: shownBox(adjusted) };
    }
    // A finger on the picture scrolls the page; "Add an area" is its way.
    return target === this.#overlay && pointerType !== "touch" ? { kind: "draw" } : null;
  }

  #input(kind: "move" | "lift", event: PointerEvent): DragInput {
    return { kind, pointer: event.pointerId, at: this.#toPicture(event) };
  }

  #lost(event: PointerEvent): void {
    this.#dragged({ kind: "cancel", pointer: event.pointerId });
  }

  #cancel(): void {
    if (this.#drag !== null) {
      this.#dragged({ kind: "cancel", pointer: this.#drag.pointer });
    }
  }

  #dragged(input: DragInput): void {
    const { drag, effect } = dragStep(this.#drag, input, sizeOf(this.photo));
    this.#drag = drag;
    if (effect !== null) {
      this.#apply(effect);
    }
  }

  #apply({ kind, grip, ...rest }: DragEffect): void {
    const isNew = grip.kind === "draw";
    const box = "box" in rest ? rest.box : null;
    this.draft = kind === "show" && box !== null ? { isNew, box } : null;
    if (kind === "commit" && box !== null) {
      const adjusted = this.photo.adjusted;
      if (isNew) {
        this.#change({ kind: "add", box });
      } else if (adjusted !== null) {
        this.#change({ kind: "reshape", region: adjusted, box });
      }
    }
  }

  /** Puts the handles around the area that is being adjusted, as it is shown now. */
  #placeHandles(): void {
    const overlay = this.#overlay;
    const box = this.photo.adjusted === null ? null : this.#boxOf(this.photo.adjusted);
    const handles = box === null ? [] : handlesAround(box, overlay);
    for (const element of overlay.querySelectorAll<HTMLElement>(".corner")) {
      const handle = handles.find(({ corner }) => corner === element.dataset["corner"]);
      element.hidden = handle === undefined;
      if (handle !== undefined) {
        placeHandle(element, handle);
      }
    }
  }

  #toPicture(event: PointerEvent): Point {
    const frame = this.#overlay.getBoundingClientRect();
    const { width, height } = sizeOf(this.photo);
    return [((event.clientX - frame.left) / frame.width) * width, ((event.clientY - frame.top) / frame.height) * height];
  }
}

function handlesAround({ offsetLeft, offsetTop, offsetWidth, offsetHeight }: HTMLElement, { clientWidth, clientHeight }: HTMLElement): Handle[] {
  return handlesOf([offsetLeft, offsetTop, offsetWidth, offsetHeight], { width: clientWidth, height: clientHeight });
}

function placeHandle({ style }: HTMLElement, { left, top, mark }: Handle): void {
  style.setProperty("left", `${left}px`);
  style.setProperty("top", `${top}px`);
  style.setProperty("--mark-left", `${mark[0]}px`);
  style.setProperty("--mark-top", `${mark[1]}px`);
}
