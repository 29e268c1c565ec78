import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Grip } from "../../model/drag.js";
import type { View } from "../../model/camera.js";
import { keyStep, moved, reshaped } from "../../model/geometry.js";
import type { Box, Point } from "../../model/geometry.js";
import { CORNERS, handlesOf } from "../../model/handles.js";
import type { Corner, Handle } from "../../model/handles.js";
import { canRedo, canUndo, coveredCount, regionsOf, sizeOf } from "../../model/photo.js";
import type { Photo, RegionChange } from "../../model/photo.js";
import type { Drawing, Preview } from "../../model/preview.js";
import { ellipseOf, isCovered, shownBox, strokeOf } from "../../model/regions.js";
import type { ListedRegion } from "../../model/regions.js";
import { draftOf, isBusy, isZoomed, newStage, ownersOf, stageStep } from "../../model/tools.js";
import type { Stage, StageEvent } from "../../model/tools.js";
import { Component, styled } from "../base/element.js";
import { pictureFrame } from "../base/picture.js";
import pictureSheet from "../base/picture.css";
import { place, styles } from "../base/place.js";
import { rim } from "../base/rim.js";
import { badgeWords, placeKey, regionName } from "../words/sentences.js";
import canvasSheet from "./canvas.css";
import { PAN_STEP, TOOL_KEYS } from "./keys.js";
import { draftShape, magnifier } from "./magnifier.js";
import { pointIn, pointsIn, wheelFactor } from "./points.js";

const ARROWS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const CORNER_NAMES = Object.keys(CORNERS) as Corner[];

/** Arrow keys move the drawing point by so many pixels of the view, with Shift by more. */
const CURSOR_STEP = 6;
const CURSOR_LEAP = 40;

/** Keys that do the same as buttons, while the focus is here. */
const STAGE_KEYS: Record<string, StageEvent> = {
  "+": { kind: "zoom", to: "in" },
  "=": { kind: "zoom", to: "in" },
  "-": { kind: "zoom", to: "out" },
  0: { kind: "zoom", to: "whole" },
  1: { kind: "zoom", to: "full" },
  "[": { kind: "resize", by: -1 },
  "]": { kind: "resize", by: 1 },
};

/** The frame keeps to these proportions, however long or wide the picture is. */
const WIDEST = 2.4;
const TALLEST = 0.6;

/**
 * The photo with its covers as they will be, and a box over each region. A click toggles; a region being adjusted is dragged or
 * moved by keys. Pointing at a region shows what is under its cover. With its tools areas are drawn and erased, and the picture is zoomed.
 *
 * Events: `tk-point` (detail: the id of the region that the pointer or the focus is on, or null), `tk-finish` (adjusting is done; detail: `drop`, whether what was done is taken back).
 */
export class Canvas extends Component {
  static override properties = {
    photo: { attribute: false },
    preview: { attribute: false },
    marked: { attribute: false },
    stage: { state: true },
    reachable: { state: true },
  };
  static override styles = styled(pictureSheet, canvasSheet);

  declare photo: Photo;
  declare preview: Preview | null;
  /** The region that is pointed at somewhere. */
  declare marked: number | null;
  declare private stage: Stage;
  /** The one box that is a stop of the Tab key; arrow keys go from box to box. */
  declare private reachable: number | null;
  /** Keys have moved the drawing point last. */
  #isByKeys = false;
  /** What the canvas shows. */
  #painted: { drawing: Drawing | null; bared: ListedRegion | undefined } = { drawing: null, bared: undefined };
  readonly #resizes = new ResizeObserver(() => this.#placeHandles());

  constructor() {
    super();
    this.preview = this.marked = this.reachable = null;
    this.addEventListener("keydown", (event) => this.#typedAnywhere(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => this.isConnected && this.#resizes.observe(this.#overlay));
    this.#window?.addEventListener("blur", this.#stop);
    this.#window?.addEventListener("keydown", this.#escape, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
    this.#window?.removeEventListener("blur", this.#stop);
    this.#window?.removeEventListener("keydown", this.#escape, { capture: true });
  }

  /** Takes back what is being drawn or dragged; false if there is nothing. */
  stop(): boolean {
    const busy = isBusy(this.stage);
    this.#do({ kind: "stop" });
    return busy;
  }

  async focusRegion(id: number): Promise<void> {
    await this.updateComplete;
    this.#boxOf(id)?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("photo") as Photo | undefined;
    if (!this.hasUpdated) {
      this.stage = newStage(sizeOf(this.photo));
    } else if (before !== undefined && before.adjusted !== this.photo.adjusted) {
      this.#do(this.photo.adjusted === null ? { kind: "stop" } : { kind: "choose", tool: "select" });
    }
    const regions = regionsOf(this.photo);
    if (!regions.some(({ id }) => id === this.reachable)) {
      this.reachable = regions[0]?.id ?? null;
    }
  }

  protected override render() {
    const { stage } = this;
    const look = { "--ratio": String(ratioOf(this.photo)), "--view-ratio": String(Math.min(Math.max(ratioOf(this.photo), TALLEST), WIDEST)), ...this.#aim() };
    return html`<div
        class=${["view", stage.tool, ...(isZoomed(stage) ? ["zoomed"] : [])].join(" ")}
        dir="ltr"
        ${styles(look)}
        @pointerdown=${this.#pressed}
        @pointermove=${this.#moved}
        @pointerup=${this.#lifted}
        @pointercancel=${this.#lost}
        @lostpointercapture=${this.#lost}
        @touchstart=${UNSCROLLED}
        @touchmove=${UNSCROLLED}
        @wheel=${{ handleEvent: (event: WheelEvent) => this.#turned(event), passive: false }}
      >
        ${this.#picture()} ${this.#isDrawing ? this.#easel() : nothing} ${this.hasUpdated ? magnifier(this.photo, stage, this.#seen) : nothing}
      </div>
      <tk-toolbar
        .words=${this.words}
        .stage=${stage}
        .undoable=${canUndo(this.photo)}
        .redoable=${canRedo(this.photo)}
        @tk-stage=${(event: CustomEvent<StageEvent>) => this.#do(event.detail)}
        @tk-undo=${() => this.#change({ kind: "undo" })}
        @tk-redo=${() => this.#change({ kind: "redo" })}
      ></tk-toolbar>
      <p class="tool-hint" aria-live="polite" ?hidden=${!this.#isDrawing}>${this.#isDrawing ? this.#hint() : nothing}</p>`;
  }

  #picture() {
    const { stage, photo } = this;
    const size = sizeOf(photo);
    const draft = draftOf(stage);
    const rubber = draft?.kind === "box" && draft.isNew ? draft : null;
    const covers = html`<canvas class="covers" aria-hidden="true" ?hidden=${!this.preview?.drawing}></canvas>`;
    const overlay = html`<div
      class=${this.preview === null || this.preview.failed ? "overlay undrawn" : "overlay"}
      role="group"
      aria-label=${this.t("canvas.label")}
      ?inert=${this.#isDrawing}
    >
      ${CORNER_NAMES.map((corner) => html`<span class="corner ${corner}" data-corner=${corner}></span>`)}
      ${repeat(
        regionsOf(photo),
        ({ id }) => id,
        (region) => this.#box(region),
      )}
      <div class=${rubber?.isRound ? "rubber round" : "rubber"} ?hidden=${rubber === null} ${place(rubber?.box ?? [0, 0, 0, 0], size)}></div>
      <svg class="drafts" aria-hidden="true" viewBox="0 0 ${size.width} ${size.height}" preserveAspectRatio="none">
        ${draft?.kind === "stroke" ? draftShape(draft) : nothing}
      </svg>
    </div>`;
    return pictureFrame(photo, this.t("canvas.photo", { number: photo.id }), html`${covers}${overlay}${this.#cursor()}`, coveredCount(photo) === 0);
  }

  /** What the tools draw on; over the boxes, which have to wait meanwhile. */
  #easel() {
    const label = this.t("canvas.easel", { tool: this.t(`canvas.${this.stage.tool}`) });
    return html`<div class="easel" role="application" tabindex="0" aria-label=${label} @keydown=${this.#typedOnEasel}></div>`;
  }

  /** Where the mouse or the keys would draw, as large as the brush is. */
  #cursor() {
    const { cursor, tool, radius } = this.stage;
    if (cursor === null || !this.#isDrawing) {
      return nothing;
    }
    const { width, height } = sizeOf(this.photo);
    const isPainting = tool === "brush" || tool === "eraser";
    const look = { left: `${(100 * cursor[0]) / width}%`, top: `${(100 * cursor[1]) / height}%`, "--side": `${isPainting ? 2 * radius : 18}px` };
    return html`<span class=${isPainting ? "cursor ring" : "cursor"} aria-hidden="true" ${styles(look)}></span>
      <span class="visually-hidden" aria-live="polite">${this.#isByKeys ? this.t(placeKey([...cursor, 0, 0], sizeOf(this.photo))) : nothing}</span>`;
  }

  #hint(): string {
    const { tool, corner } = this.stage;
    if (corner !== null) {
      return this.t("canvas.corner_hint");
    }
    return this.t(tool === "brush" || tool === "eraser" ? `canvas.${tool}_hint` : "canvas.area_hint");
  }

  /** Where in the frame the picture lies, and how large it is. */
  #aim() {
    const { zoom, centre } = this.stage.camera;
    const { width, height } = sizeOf(this.photo);
    return { "--zoom": String(zoom), "--x": String(centre[0] / width), "--y": String(centre[1] / height) };
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
      bare(context, bared);
    }
  }

  get #bared(): ListedRegion | undefined {
    return regionsOf(this.photo).find(({ id }) => id === this.marked && id !== this.photo.adjusted);
  }

  #box(region: ListedRegion) {
    const size = sizeOf(this.photo);
    const isAdjusted = region.id === this.photo.adjusted;
    const draft = isAdjusted ? draftOf(this.stage) : null;
    const box = draft?.kind === "box" && !draft.isNew ? draft.box : shownBox(region);
    const states = { stroke: strokeOf(region) !== null, covered: isCovered(region), maybe: region.maybe, adjusted: isAdjusted, marked: region.id === this.marked };
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

  get #view(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>(".view") as HTMLElement;
  }

  get #window(): Window | null {
    return this.ownerDocument.defaultView;
  }

  get #seen(): View {
    const { offsetWidth, offsetHeight } = this.#view;
    return { frame: { width: offsetWidth || 1, height: offsetHeight || 1 }, picture: sizeOf(this.photo) };
  }

  get #isDrawing(): boolean {
    return this.stage.tool !== "select";
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
      if (arrow && !event.shiftKey) {
        event.preventDefault();
        this.#focusNext(region, arrow[0] + arrow[1]);
      }
      return;
    }
    if (event.key === "Escape" || event.key === "Enter") {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("tk-finish", { detail: { drop: event.key === "Escape" } }));
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

  /** Escape takes back what is under way, wherever the focus is; then it puts the tool away. */
  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.stop()) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  readonly #stop = (): void => void this.stop();

  #typedAnywhere(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const arrow = ARROWS[event.key];
    const tool = TOOL_KEYS[event.key.toLowerCase()];
    const asked: StageEvent | undefined = tool === undefined ? STAGE_KEYS[event.key] : { kind: "choose", tool };
    if (asked !== undefined) {
      event.preventDefault();
      this.#choose(asked);
    } else if (arrow && event.shiftKey && !this.#isDrawing && this.photo.adjusted === null) {
      event.preventDefault();
      this.#do({ kind: "pan", by: [-arrow[0] * PAN_STEP, -arrow[1] * PAN_STEP] });
    }
  }

  /** The element with the focus may go with the tool. */
  #choose(asked: StageEvent): void {
    const wasOnPicture = this.#view.contains((this.renderRoot as ShadowRoot).activeElement);
    this.#do(asked);
    if (asked.kind === "choose" && wasOnPicture) {
      void this.#focusPicture();
    }
  }

  async #focusPicture(): Promise<void> {
    await this.updateComplete;
    const next = this.renderRoot.querySelector<HTMLElement>(this.#isDrawing ? ".easel" : `.box[tabindex="0"]`);
    (next ?? this.renderRoot.querySelector<HTMLElement>("tk-toolbar"))?.focus({ preventScroll: true });
  }

  #typedOnEasel(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? CURSOR_LEAP : CURSOR_STEP;
      this.#isByKeys = true;
      this.#do({ kind: "step", by: [arrow[0] * step, arrow[1] * step] });
    } else if (event.key === "Enter" || event.key === " ") {
      this.#do({ kind: "tap" });
    } else if (event.key === "Escape") {
      this.#choose({ kind: "choose", tool: "select" });
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #pressed(event: PointerEvent): void {
    if (event.button !== 0 && event.button !== 1) {
      return;
    }
    const isFinger = event.pointerType === "touch";
    const grip = this.#gripOf(event.target as HTMLElement, isFinger);
    const { pointerId: pointer, timeStamp: time } = event;
    this.#do({ kind: "press", pointer, isFinger, at: pointIn(this.#view, event), time, grip, pans: event.button === 1 });
    if (this.#isDrawing || grip !== null) {
      event.preventDefault();
      this.renderRoot.querySelector<HTMLElement>(".easel")?.focus({ preventScroll: true });
    }
  }

  #moved(event: PointerEvent): void {
    this.#isByKeys = false;
    this.#do({ kind: "move", pointer: event.pointerId, points: pointsIn(this.#view, event) });
  }

  #lifted(event: PointerEvent): void {
    this.#do({ kind: "lift", pointer: event.pointerId, at: pointIn(this.#view, event) });
  }

  /** A finger's capture by the box that it went down on is lost, too, once the view has captured it. */
  #lost(event: PointerEvent): void {
    if (event.type === "pointercancel" || event.target === event.currentTarget) {
      this.#do({ kind: "lose", pointer: event.pointerId });
    }
  }

  /** Zooms with Ctrl or while the focus is on the picture. Without, whoever turns the wheel is reading the page. */
  #turned(event: WheelEvent): void {
    if (event.ctrlKey || this.#view.contains((this.renderRoot as ShadowRoot).activeElement)) {
      event.preventDefault();
      this.#do({ kind: "wheel", at: pointIn(this.#view, event), factor: wheelFactor(event) });
    }
  }

  /** What of the region that is being adjusted is there to be dragged. On the bare picture, a mouse draws and a finger scrolls the page. */
  #gripOf(target: HTMLElement, isFinger: boolean): Grip | null {
    const adjusted = this.#adjusted;
    const corner = target.dataset["corner"] as Corner | undefined;
    if (adjusted !== undefined && corner !== undefined) {
      return { kind: "resize", box: shownBox(adjusted), corner };
    }
    if (adjusted !== undefined && this.#boxOf(adjusted.id)?.contains(target)) {
      return { kind: "move", box: shownBox(adjusted) };
    }
    return target === this.#overlay && !isFinger && !isZoomed(this.stage) ? { kind: "draw" } : null;
  }

  #do(event: StageEvent): void {
    const { stage, change } = stageStep(this.stage, event, { view: this.#seen, adjusted: this.photo.adjusted });
    this.stage = stage;
    for (const pointer of ownersOf(stage)) {
      if (!this.#view.hasPointerCapture(pointer)) {
        this.#view.setPointerCapture(pointer);
      }
    }
    if (change !== null) {
      this.#change(change);
    }
    if (event.kind === "choose" && event.tool !== "select" && this.photo.adjusted !== null) {
      this.send({ kind: "adjust", photo: this.photo.id, region: null });
    }
  }

  /** Puts the handles around the area that is being adjusted, as it is shown now. A stroke has none. */
  #placeHandles(): void {
    const overlay = this.#overlay;
    const adjusted = this.#adjusted;
    const box = adjusted === undefined || strokeOf(adjusted) !== null ? null : this.#boxOf(adjusted.id);
    const handles = box === null ? [] : handlesAround(box, overlay, this.#view);
    for (const element of overlay.querySelectorAll<HTMLElement>(".corner")) {
      const handle = handles.find(({ corner }) => corner === element.dataset["corner"]);
      element.hidden = handle === undefined;
      if (handle !== undefined) {
        placeHandle(element, handle);
      }
    }
  }
}

/** Two fingers zoom; the browser must not scroll with them. */
const UNSCROLLED = {
  handleEvent(event: TouchEvent) {
    if (event.touches.length > 1 && event.cancelable) {
      event.preventDefault();
    }
  },
  passive: false,
};

function ratioOf(photo: Photo): number {
  const { width, height } = sizeOf(photo);
  return width / height;
}

/** Takes the region's cover out of the drawing. */
function bare(context: CanvasRenderingContext2D, region: ListedRegion): void {
  const stroke = strokeOf(region);
  if (stroke !== null) {
    const [first = [0, 0]] = stroke.points;
    Object.assign(context, { lineWidth: 2 * stroke.radius, lineCap: "round", lineJoin: "round" });
    context.moveTo(...first);
    [first, ...stroke.points].forEach((point) => context.lineTo(...point));
    context.stroke();
    return;
  }
  const ellipse = ellipseOf(region);
  ellipse === null ? context.rect(...shownBox(region)) : context.ellipse(...ellipse, 0, 2 * Math.PI);
  context.fill();
}

/** The handles lie in that part of the picture that is seen. */
function handlesAround({ offsetLeft, offsetTop, offsetWidth, offsetHeight }: HTMLElement, overlay: HTMLElement, view: HTMLElement): Handle[] {
  const [whole, frame] = [overlay.getBoundingClientRect(), view.getBoundingClientRect()];
  const scale = frame.width / view.offsetWidth || 1;
  const [left, top] = [Math.max(frame.left - whole.left, 0) / scale, Math.max(frame.top - whole.top, 0) / scale];
  const seen = { width: Math.min(overlay.clientWidth, view.clientWidth), height: Math.min(overlay.clientHeight, view.clientHeight) };
  const handles = handlesOf([offsetLeft - left, offsetTop - top, offsetWidth, offsetHeight], seen);
  return handles.map((handle) => ({ ...handle, left: handle.left + left, top: handle.top + top }));
}

function placeHandle({ style }: HTMLElement, { left, top, mark }: Handle): void {
  style.setProperty("left", `${left}px`);
  style.setProperty("top", `${top}px`);
  style.setProperty("--mark-left", `${mark[0]}px`);
  style.setProperty("--mark-top", `${mark[1]}px`);
}
