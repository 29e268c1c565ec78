import type { Context } from "./context.js";
import { h } from "./dom.js";
import type { Photo } from "./photo.js";
import type { Box, Region, Size } from "./regions.js";
import { boxBetween, isMaybe, longEnough, moved, reshaped } from "./regions.js";
import { badgeWords, regionName } from "./words.js";

export interface StageEvents {
  toggle(region: Region): void;
  /** The pointer or the focus is on the region's box, or on none. */
  point(region: Region | null): void;
  reshape(region: Region, box: Box): void;
  draw(box: Box): void;
  finishAdjusting(): void;
}

/** Edges that a corner moves. */
const CORNERS = {
  nw: ["left", "top"],
  ne: ["right", "top"],
  sw: ["left", "bottom"],
  se: ["right", "bottom"],
} as const;
type Corner = keyof typeof CORNERS;

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
  #adjusted: Region | null = null;
  #reachable: number | null = null;

  constructor(photo: Photo, context: Context, events: StageEvents) {
    this.#photo = photo;
    this.#context = context;
    this.#events = events;
    const label = context.t("stage.label");
    this.#overlay = h("div", { class: "overlay", role: "group", "aria-label": label });
    this.#overlay.addEventListener("pointerdown", (event) => this.#pressed(event));
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
  }

  mark(region: Region | null): void {
    for (const [id, box] of this.#boxes) {
      box.classList.toggle("marked", id === region?.id);
    }
  }

  adjust(region: Region | null): void {
    this.#adjusted = region;
    for (const [id, box] of this.#boxes) {
      const adjusted = id === region?.id;
      box.classList.toggle("adjusted", adjusted);
      box.querySelectorAll(".corner").forEach((corner) => corner.remove());
      if (adjusted) {
        box.append(...Object.keys(CORNERS).map((corner) => h("span", { class: `corner ${corner}`, "data-corner": corner })));
      }
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
    if (event.key === "Escape" || event.key === "Enter") {
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
    const target = event.target as HTMLElement;
    const onAdjusted = this.#adjusted !== null && this.#boxes.get(this.#adjusted.id)?.contains(target);
    if (event.button !== 0) {
      return;
    }
    if (onAdjusted && this.#adjusted !== null) {
      this.#dragAdjusted(event, this.#adjusted, target.dataset["corner"] as Corner | undefined);
    } else if (target === this.#overlay && event.pointerType !== "touch") {
      this.#dragNew(event); // A finger on the picture scrolls the page; "Add an area" is its way.
    }
  }

  #dragAdjusted(event: PointerEvent, region: Region, corner: Corner | undefined): void {
    const origin = this.#toPicture(event);
    const box = region.box;
    this.#drag(event, (at) => {
      const [dx, dy] = [at[0] - origin[0], at[1] - origin[1]];
      this.#events.reshape(region, corner ? byCorner(box, corner, dx, dy, this.#photo.size) : moved(box, dx, dy, this.#photo.size));
    });
  }

  #dragNew(event: PointerEvent): void {
    const origin = this.#toPicture(event);
    const rubber = h("div", { class: "rubber" });
    this.#overlay.append(rubber);
    const finish = this.#drag(event, (at) => place(rubber, boxBetween(origin, at, this.#photo.size), this.#photo.size));
    void finish.then((at) => {
      rubber.remove();
      const box = at && boxBetween(origin, at, this.#photo.size);
      if (box && longEnough(box)) {
        this.#events.draw(box);
      }
    });
  }

  /** Follows the pointer until it is let go; resolves with where that was, or null if the system took it away. */
  #drag(event: PointerEvent, follow: (at: [number, number]) => void): Promise<[number, number] | null> {
    event.preventDefault();
    const listening = new AbortController();
    const options = { signal: listening.signal };
    this.#overlay.setPointerCapture(event.pointerId);
    return new Promise((resolve) => {
      const end = (at: [number, number] | null) => {
        listening.abort();
        resolve(at);
      };
      this.#overlay.addEventListener("pointermove", (move) => follow(this.#toPicture(move)), options);
      this.#overlay.addEventListener("pointerup", (up) => end(this.#toPicture(up)), options);
      this.#overlay.addEventListener("pointercancel", () => end(null), options);
    });
  }

  #toPicture(event: PointerEvent): [number, number] {
    const frame = this.#overlay.getBoundingClientRect();
    const { width, height } = this.#photo.size;
    return [((event.clientX - frame.left) / frame.width) * width, ((event.clientY - frame.top) / frame.height) * height];
  }
}

function byCorner(box: Box, corner: Corner, dx: number, dy: number, picture: Size): Box {
  const [horizontal, vertical] = CORNERS[corner];
  return reshaped(box, { [horizontal]: dx, [vertical]: dy }, picture);
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
