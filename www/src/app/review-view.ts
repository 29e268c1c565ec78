import type { Method } from "../api/index.js";
import type { Context } from "./context.js";
import { button, h, icon } from "./dom.js";
import { FaceList } from "./face-list.js";
import { fileFacts } from "./file-facts.js";
import { notLookedAt } from "./not-looked-at.js";
import type { Photo } from "./photo.js";
import { recogniseCard } from "./recognise-card.js";
import type { Box, Region } from "./regions.js";
import { centredBox } from "./regions.js";
import { Stage } from "./stage.js";
import type { SwitchCard } from "./switch-card.js";
import { thoroughCard } from "./thorough-card.js";
import { errorWords, foundWords, maybeWords, regionName } from "./words.js";

/** In the order they are offered. Those that can be linked to their source by someone who has it are not offered. */
const METHODS: Method[] = ["soft", "solid"];

/** A photo with its regions, while a person decides about them. */
export class ReviewView {
  readonly stage: HTMLElement;
  readonly panel: HTMLElement;
  readonly #context: Context;
  readonly #photo: Photo;
  readonly #stage: Stage;
  readonly #list: FaceList;
  readonly #thorough: SwitchCard;
  readonly #recognise: SwitchCard;
  readonly #count = h("p", { class: "count" });
  readonly #go: HTMLButtonElement;
  #adjusted: Region | null = null;

  constructor(photo: Photo, context: Context) {
    this.#photo = photo;
    this.#context = context;
    const events = {
      toggle: (region: Region) => this.#cover([region], !region.covered),
      point: (region: Region | null) => this.#mark(region),
      reshape: (region: Region, box: Box) => this.#reshape(region, box),
      adjust: (region: Region | null) => this.#adjust(region),
      remove: (region: Region) => this.#remove(region),
      draw: (box: Box) => this.#include(box),
      finishAdjusting: () => this.#finishAdjusting(),
    };
    this.#stage = new Stage(photo, context, events);
    this.#list = new FaceList(photo, context, events);
    this.#thorough = thoroughCard(photo, context);
    this.#recognise = recogniseCard(photo, context);
    this.#go = button("", { class: "primary go", id: "protect", onclick: () => void context.session.protect(photo) });
    this.stage = this.#stage.element;
    this.panel = this.#buildPanel();
    this.#refresh();
  }

  /** Thorough searching was switched, or what it needs is being fetched. */
  thoroughChanged(): void {
    this.#thorough.sync();
  }

  /** Recognising was switched, or went on. */
  recognitionChanged(): void {
    this.#recognise.sync();
    this.#recognise.render();
    this.#list.sync();
  }

  #buildPanel(): HTMLElement {
    const { t } = this.#context;
    return h(
      "div",
      { class: "panel" },
      h("h1", { tabindex: -1 }, foundWords(this.#context, this.#photo)),
      this.#failure(),
      h("p", { class: "muted" }, t(this.#photo.regions.length > 0 ? "review.lead" : "review.no_faces")),
      this.#maybe(),
      h("p", { class: "look" }, icon("open"), h("span", {}, t("review.look"))),
      button(t("faces.add"), { class: "secondary add-area", id: "add-area", onclick: () => this.#addInTheMiddle() }, "add"),
      this.#thorough.element,
      h(
        "div",
        { class: "list-head" },
        this.#count,
        button(t("faces.all"), { class: "quiet", onclick: () => this.#cover(this.#photo.regions, true) }),
        button(t("faces.none"), { class: "quiet", onclick: () => this.#cover(this.#photo.regions, false) }),
      ),
      this.#list.element,
      ...(this.#photo.foundCount > 0 ? [h("p", { class: "hint" }, t("level.hint")), this.#recognise.element] : []),
      this.#methods(),
      ...fileFacts(this.#photo, this.#context),
      ...notLookedAt(this.#photo.report, this.#context),
      h("div", { class: "action-bar" }, this.#go),
    );
  }

  #maybe(): HTMLElement | null {
    const words = maybeWords(this.#context, this.#photo);
    return words === null ? null : h("p", { class: "maybe-words" }, h("span", { class: "badge", "aria-hidden": "true" }, "?"), h("span", {}, words));
  }

  #failure(): HTMLElement | null {
    if (this.#photo.phase.kind !== "failed") {
      return null;
    }
    return h("p", { class: "alarm" }, icon("alert"), h("span", {}, errorWords(this.#context, this.#photo.phase.code)));
  }

  #methods(): HTMLElement {
    const { t, session } = this.#context;
    const card = (method: Method) =>
      h(
        "label",
        { class: "card" },
        h("input", {
          type: "radio",
          name: "method",
          value: method,
          checked: session.method === method,
          onchange: () => (session.method = method),
        }),
        h("span", { class: `swatch swatch-${method}`, "aria-hidden": "true" }),
        h("span", { class: "card-words" }, h("strong", {}, t(`method.${method}`)), h("span", {}, t(`method.${method}_words`))),
      );
    return h("fieldset", { class: "methods" }, h("legend", {}, t("method.legend")), ...METHODS.map(card));
  }

  #cover(regions: Region[], covered: boolean): void {
    for (const region of regions) {
      region.covered = covered;
      region.decided = true;
    }
    this.#refresh();
  }

  #reshape(region: Region, box: Box): void {
    region.box = box;
    region.edited = true;
    this.#refresh();
  }

  #include(box: Box): Region {
    const region = this.#photo.add(box);
    this.#refresh();
    this.#adjust(region);
    return region;
  }

  #addInTheMiddle(): void {
    const region = this.#include(centredBox(this.#photo.size));
    this.#stage.focus(region);
    this.#context.announce(this.#context.t("faces.added", { name: regionName(this.#context, region, this.#photo.size) }));
  }

  #remove(region: Region): void {
    this.#adjust(null);
    this.#photo.remove(region);
    this.#refresh();
    this.panel.querySelector<HTMLElement>("#add-area")?.focus();
  }

  #adjust(region: Region | null): void {
    this.#adjusted = region;
    this.#stage.adjust(region);
    this.#list.adjust(region);
    if (region === null) {
      this.#mark(null);
    }
  }

  #finishAdjusting(): void {
    const region = this.#adjusted;
    this.#adjust(null);
    if (region !== null) {
      this.#list.focusAdjust(region);
    }
  }

  #mark(region: Region | null): void {
    const marked = region ?? this.#adjusted;
    this.#stage.mark(marked);
    this.#list.mark(marked);
  }

  #refresh(): void {
    const { t } = this.#context;
    const covered = this.#photo.coveredCount;
    this.#stage.sync();
    this.#list.sync();
    this.#count.replaceChildren(t("faces.count", { count: covered, all: this.#photo.regions.length }));
    this.#go.replaceChildren(t(covered > 0 ? "review.go" : "review.go_without", { count: covered }));
  }
}
