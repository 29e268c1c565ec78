import type { Context } from "./context.js";
import { h } from "./dom.js";
import { dragStep } from "./drag.js";
import type { Drag, DragEffect, DragInput, Grip, Point } from "./drag.js";
import { CORNERS, handlesOf } from "./handles.js";
import type { Corner, Handle } from "./handles.js";
import type { Photo } from "./photo.js";
import type { Box, Region, Size } from "./regions.js";
import { isMaybe, moved, reshaped } from "./regions.js";
import { badgeWords, regionName } from "./words.js";

export interface StageEvents {
  toggle(region: Region): void;
  /** The pointer or the focus is on the region's box, or on none. */
  point(region: Region | null): void;
  reshape(region: Region, box: Box): void;
  draw(box: Box): void;
  finishAdjusting(): void;
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A key press moves an area by this share of the picture's longer side. */
const KEY_STEP_SHARE = 1 / 200;

/** How far one key press or button moves an edge, in pixels of the picture. */
export function keyStep(picture: Size): number {
  return Math.max(1, Math.round(Math.max(picture.width, picture.height) * KEY_STEP_SHARE));
}

/** The photo with a box over each region. A click toggles; a region being adjusted is dragged or moved by keys. */
export class Stage {
  readonly element: HTMLElement;
  readonly #overlay: HTMLElement;
  readonly #boxes = new Map<number, HTMLButtonElement>();
  readonly #photo: Photo;
  readonly #context: Context;
  readonly #events: StageEvents;
  /** Squares at the corners of the area that is being adjusted. */
  readonly #handles = (Object.keys(CORNERS) as Corner[]).map((corner) => h("span", { class: `corner ${corner}`, "data-corner": corner }));
  readonly #rubber = h("div", { class: "rubber", hidden: true });
  #adjusted: Region | null = null;
  #reachable: number | null = null;
  #drag: Drag | null = null;

  constructor(photo: Photo, context: Context, events: StageEvents) {
    this.#photo = photo;
    this.#context = context;
    this.#events = events;
    const label = context.t("stage.label");
    this.#overlay = h("div", { class: "overlay", role: "group", "aria-label": label });
    this.#overlay.append(...this.#handles, this.#rubber);
    this.#overlay.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.#overlay.addEventListener("pointermove", (event) => this.#dragged(this.#input("move", event)));
    this.#overlay.addEventListener("pointerup", (event) => this.#dragged(this.#input("lift", event)));
    this.#overlay.addEventListener("pointercancel", (event) => this.#dragged({ kind: "cancel", pointer: event.pointerId }));
    this.#overlay.addEventListener("lostpointercapture", (event) => this.#dragged({ kind: "cancel", pointer: event.pointerId }));
    new ResizeObserver(() => this.#placeHandles()).observe(this.#overlay);
    this.element = pictureFrame(photo, context.t("stage.photo", { number: photo.number }), this.#overlay);
    this.sync();
  }

  /** Shows the photo's regions as they are now. */
  sync(): void {
    const kept = new Set(this.#photo.regions.map((region) => region.id));
    for (const [id, box] of this.#boxes) {
      if (!kept.has(id)) {
        box.remove();
        this.#boxes.delete(id);
      }
    }
    for (const region of this.#photo.regions) {
      this.#show(region);
    }
    this.#reach(this.#reachable ?? this.#photo.regions[0]?.id ?? null);
    this.#placeHandles();
  }

  mark(region: Region | null): void {
    for (const [id, box] of this.#boxes) {
      box.classList.toggle("marked", id === region?.id);
    }
  }

  adjust(region: Region | null): void {
    this.#cancel();
    this.#adjusted = region;
    for (const [id, box] of this.#boxes) {
      box.classList.toggle("adjusted", id === region?.id);
    }
    this.sync();
  }

  focus(region: Region): void {
    this.#boxes.get(region.id)?.focus();
  }

  #show(region: Region): void {
    const box = this.#boxes.get(region.id) ?? this.#create(region);
    place(box, region.box, this.#photo.size);
    box.classList.toggle("covered", region.covered);
    box.setAttribute("aria-pressed", String(region.covered));
    const name = regionName(this.#context, region, this.#photo.size);
    const adjusted = region === this.#adjusted;
    box.setAttribute("aria-label", this.#context.t(adjusted ? "stage.adjusting" : "stage.toggle", { name }));
  }

  #create(region: Region): HTMLButtonElement {
    const badge = h("span", { class: "badge" }, badgeWords(region));
    const box = h("button", { type: "button", class: isMaybe(region) ? "box maybe" : "box", tabindex: -1 }, badge);
    box.addEventListener("click", () => region !== this.#adjusted && this.#events.toggle(region));
    box.addEventListener("pointerenter", () => this.#events.point(region));
    box.addEventListener("pointerleave", () => this.#events.point(null));
    box.addEventListener("focus", () => {
      this.#reach(region.id);
      this.#events.point(region);
    });
    box.addEventListener("blur", () => this.#events.point(null));
    box.addEventListener("keydown", (event) => this.#typed(event, region));
    this.#boxes.set(region.id, box);
    this.#overlay.append(box);
    return box;
  }

  /** Only one box is a stop of the Tab key; arrow keys go from box to box. */
  #reach(id: number | null): void {
    this.#reachable = id !== null && this.#boxes.has(id) ? id : (this.#boxes.keys().next().value ?? null);
    for (const [each, box] of this.#boxes) {
      box.tabIndex = each === this.#reachable ? 0 : -1;
    }
  }

  #typed(event: KeyboardEvent, region: Region): void {
    const arrow = ARROWS[event.key];
    if (region !== this.#adjusted) {
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
      this.#events.finishAdjusting();
    } else if (arrow) {
      event.preventDefault();
      this.#events.reshape(region, this.#byKey(region.box, arrow, event.shiftKey));
    }
  }

  #byKey(box: Box, [dx, dy]: [number, number], resize: boolean): Box {
    const step = keyStep(this.#photo.size);
    return resize
      ? reshaped(box, { right: dx * step, bottom: dy * step }, this.#photo.size)
      : moved(box, dx * step, dy * step, this.#photo.size);
  }

  #focusNext(region: Region, by: number): void {
    const ids = [...this.#boxes.keys()];
    const next = ids[(ids.indexOf(region.id) + by + ids.length) % ids.length];
    if (next !== undefined) {
      this.#boxes.get(next)?.focus();
    }
  }

  #pressed(event: PointerEvent): void {
    const grip = event.button === 0 ? this.#gripOf(event.target as HTMLElement, event.pointerType) : null;
    if (grip === null || (this.#drag !== null && this.#drag.pointer !== event.pointerId)) {
      return;
    }
    event.preventDefault();
    const scale = this.#photo.size.width / this.#overlay.getBoundingClientRect().width;
    this.#dragged({ kind: "press", pointer: event.pointerId, at: this.#toPicture(event), grip, scale });
    this.#overlay.setPointerCapture(event.pointerId);
  }

  #gripOf(target: HTMLElement, pointerType: string): Grip | null {
    const adjusted = this.#adjusted;
    const corner = target.dataset["corner"] as Corner | undefined;
    if (adjusted !== null && corner !== undefined) {
      return { kind: "resize", box: adjusted.box, corner };
    }
    if (adjusted !== null && this.#boxes.get(adjusted.id)?.contains(target)) {
      return { kind: "move", box: adjusted.box };
    }
    // A finger on the picture scrolls the page; "Add an area" is its way.
    return target === this.#overlay && pointerType !== "touch" ? { kind: "draw" } : null;
  }

  #input(kind: "move" | "lift", event: PointerEvent): DragInput {
    return { kind, pointer: event.pointerId, at: this.#toPicture(event) };
  }

  #dragged(input: DragInput): void {
    const { drag, effect } = dragStep(this.#drag, input, this.#photo.size);
    this.#drag = drag;
    if (effect !== null) {
      this.#apply(effect);
    }
  }

  #cancel(): void {
    if (this.#drag !== null) {
      this.#dragged({ kind: "cancel", pointer: this.#drag.pointer });
    }
  }

  #apply(effect: DragEffect): void {
    const isNew = effect.grip.kind === "draw";
    this.#rubber.hidden = !isNew || effect.kind !== "show";
    if (effect.kind === "show") {
      this.#showDraft(isNew ? this.#rubber : this.#adjustedBox(), effect.box);
    } else if (effect.kind === "commit" && isNew) {
      this.#events.draw(effect.box);
    } else if (effect.kind === "commit" && this.#adjusted !== null) {
      this.#events.reshape(this.#adjusted, effect.box);
    } else {
      this.sync();
    }
  }

  #showDraft(element: HTMLElement | undefined, box: Box): void {
    if (element !== undefined) {
      place(element, box, this.#photo.size);
      this.#placeHandles();
    }
  }

  #adjustedBox(): HTMLElement | undefined {
    return this.#adjusted === null ? undefined : this.#boxes.get(this.#adjusted.id);
  }

  /** Puts the handles around the area that is being adjusted, as it is shown now. */
  #placeHandles(): void {
    const box = this.#adjustedBox();
    const frame = { width: this.#overlay.clientWidth, height: this.#overlay.clientHeight };
    const handles = box === undefined ? [] : handlesOf([box.offsetLeft, box.offsetTop, box.offsetWidth, box.offsetHeight], frame);
    for (const element of this.#handles) {
      const handle = handles.find(({ corner }) => corner === element.dataset["corner"]);
      element.hidden = handle === undefined;
      if (handle !== undefined) {
        placeHandle(element, handle);
      }
    }
  }

  #toPicture(event: PointerEvent): Point {
    const frame = this.#overlay.getBoundingClientRect();
    const { width, height } = this.#photo.size;
    return [((event.clientX - frame.left) / frame.width) * width, ((event.clientY - frame.top) / frame.height) * height];
  }
}

function placeHandle({ style }: HTMLElement, { left, top, mark }: Handle): void {
  style.setProperty("left", `${left}px`);
  style.setProperty("top", `${top}px`);
  style.setProperty("--mark-left", `${mark[0]}px`);
  style.setProperty("--mark-top", `${mark[1]}px`);
}

/** The photo's picture in a frame of its proportions, so that nothing moves when it appears. */
export function pictureFrame(photo: Photo, label: string, ...over: HTMLElement[]): HTMLElement {
  const picture = photo.before && h("img", { src: photo.before.url, alt: label, draggable: "false" });
  const frame = h("div", { class: "picture" }, picture, ...over);
  frame.style.setProperty("--ratio", String(photo.size.width / photo.size.height));
  return frame;
}

/** Puts an element where `box` lies in the picture. */
export function place(element: HTMLElement, box: Box, picture: Size): void {
  element.style.setProperty("left", `${(box[0] / picture.width) * 100}%`);
  element.style.setProperty("top", `${(box[1] / picture.height) * 100}%`);
  element.style.setProperty("width", `${(box[2] / picture.width) * 100}%`);
  element.style.setProperty("height", `${(box[3] / picture.height) * 100}%`);
}
