import type { Context } from "./context.js";
import { button, h, iconButton } from "./dom.js";
import type { IconName } from "./dom.js";
import type { Photo } from "./photo.js";
import type { Box, Region } from "./regions.js";
import { identifiabilityOf, isMaybe, moved, reshaped } from "./regions.js";
import { keyStep } from "./stage.js";
import { badgeWords, reasonWords, regionName, regionPlace } from "./words.js";

export interface FaceListEvents {
  toggle(region: Region): void;
  point(region: Region | null): void;
  reshape(region: Region, box: Box): void;
  adjust(region: Region | null): void;
  remove(region: Region): void;
}

/** Ways to shape an area without dragging: icon, locale key and what it does in steps. */
const SHAPING: [IconName, string, (step: number) => { move?: [number, number]; right?: number; bottom?: number }][] = [
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

/** The regions in words, each with its switch. */
export class FaceList {
  readonly element = h("ul", { class: "faces" });
  readonly #rows = new Map<number, HTMLElement>();
  readonly #photo: Photo;
  readonly #context: Context;
  readonly #events: FaceListEvents;
  #adjusted: Region | null = null;

  constructor(photo: Photo, context: Context, events: FaceListEvents) {
    this.#photo = photo;
    this.#context = context;
    this.#events = events;
    this.element.setAttribute("aria-label", context.t("faces.label"));
    this.sync();
  }

  /** Shows the photo's regions as they are now. */
  sync(): void {
    const kept = new Set(this.#photo.regions.map((region) => region.id));
    for (const [id, row] of this.#rows) {
      if (!kept.has(id)) {
        row.remove();
        this.#rows.delete(id);
      }
    }
    for (const region of this.#photo.regions) {
      this.#show(region);
    }
  }

  mark(region: Region | null): void {
    for (const [id, row] of this.#rows) {
      row.classList.toggle("marked", id === region?.id);
    }
  }

  adjust(region: Region | null): void {
    this.#adjusted = region;
    for (const [id, row] of this.#rows) {
      const adjusted = id === region?.id;
      row.querySelector(".adjust")?.setAttribute("aria-expanded", String(adjusted));
      row.querySelector(".shaping")?.remove();
      if (adjusted && region !== null) {
        row.append(this.#shaping(region));
        row.scrollIntoView({ block: "nearest" });
      }
    }
  }

  focusAdjust(region: Region): void {
    this.#rows.get(region.id)?.querySelector<HTMLElement>(".adjust")?.focus();
  }

  #show(region: Region): void {
    const row = this.#rows.get(region.id) ?? this.#create(region);
    const control = row.querySelector(".switch");
    row.classList.toggle("covered", region.covered);
    control?.setAttribute("aria-checked", String(region.covered));
    const name = regionName(this.#context, region, this.#photo.size);
    control?.setAttribute("aria-label", this.#context.t("face.cover", { name }));
    rename(row.querySelector(".adjust"), this.#context.t("face.adjust", { name }));
    const words = this.#context.t(region.covered ? "face.covered" : "face.open");
    control?.querySelector(".switch-words")?.replaceChildren(words);
    row.querySelector(".face-place")?.replaceChildren(regionPlace(this.#context, region, this.#photo.size));
    row.querySelector(".face-rating")?.replaceChildren(this.#level(region));
    row.querySelector(".face-why")?.replaceChildren(this.#why(region));
  }

  #create(region: Region): HTMLElement {
    const row = h(
      "li",
      { class: "face" },
      h("span", { class: "badge", "aria-hidden": "true" }, badgeWords(region)),
      h("div", { class: "face-words" }, h("span", { class: "face-place" }), h("span", { class: "face-rating" })),
      iconButton("", "adjust", {
        class: "quiet adjust",
        "aria-expanded": "false",
        onclick: () => this.#events.adjust(region === this.#adjusted ? null : region),
      }),
      h(
        "button",
        { type: "button", class: "switch", role: "switch", onclick: () => this.#events.toggle(region) },
        h("span", { class: "switch-track", "aria-hidden": "true" }),
        h("span", { class: "switch-words", "aria-hidden": "true" }),
      ),
      h("span", { class: "face-why" }),
    );
    row.addEventListener("pointerenter", () => this.#events.point(region));
    row.addEventListener("pointerleave", () => this.#events.point(null));
    row.addEventListener("focusin", () => this.#events.point(region));
    row.addEventListener("focusout", () => this.#events.point(null));
    this.#rows.set(region.id, row);
    this.element.append(row);
    return row;
  }

  #level(region: Region): HTMLElement {
    const { t } = this.#context;
    if (isMaybe(region)) {
      return h("span", { class: "face-level" }, t("face.maybe"));
    }
    const level = identifiabilityOf(region)?.level;
    return level
      ? h("span", { class: `face-level level-${level}` }, t(`level.${level}`))
      : h("span", { class: "face-level" }, t(`origin.${region.origin}`));
  }

  /** Why it is as identifiable as that. */
  #why(region: Region): string {
    const identifiability = isMaybe(region) ? null : identifiabilityOf(region);
    return identifiability === null ? "" : reasonWords(this.#context, identifiability);
  }

  #shaping(region: Region): HTMLElement {
    const { t } = this.#context;
    const step = keyStep(this.#photo.size) * STEPS_PER_CLICK;
    const shapers = SHAPING.map(([iconName, key, change]) =>
      iconButton(t(key), iconName, { class: "secondary", onclick: () => this.#shape(region, change(step)) }),
    );
    const removal = button(t("adjust.remove"), { class: "quiet", onclick: () => this.#events.remove(region) }, "cross");
    return h(
      "div",
      { class: "shaping", role: "group", "aria-label": t("adjust.label") },
      h("p", { class: "hint" }, t("adjust.hint")),
      h("div", { class: "shapers" }, ...shapers),
      h(
        "div",
        { class: "actions" },
        button(t("adjust.done"), { class: "secondary", onclick: () => this.#events.adjust(null) }, "check"),
        region.origin === "found" ? null : removal,
      ),
    );
  }

  #shape(region: Region, change: { move?: [number, number]; right?: number; bottom?: number }): void {
    const { size } = this.#photo;
    const box = change.move
      ? moved(region.box, change.move[0], change.move[1], size)
      : reshaped(region.box, change, size);
    this.#events.reshape(region, box);
  }
}

/** Gives a button of an icon alone another name. */
function rename(control: Element | null, name: string): void {
  control?.setAttribute("aria-label", name);
  control?.setAttribute("title", name);
}
