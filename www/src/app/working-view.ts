import type { Stage } from "../api/index.js";
import type { Context } from "./context.js";
import { button, h } from "./dom.js";
import type { Photo, Task } from "./photo.js";
import { pictureFrame } from "./stage.js";

/** Where each stage begins and ends on the bar, by its usual share of the time. */
const SPANS: Record<Task, Partial<Record<Stage, [number, number]>>> = {
  check: { decode: [0, 0.15], detect: [0.15, 1] },
  search: { decode: [0, 0.02], detect: [0.02, 1] },
  protect: { decode: [0, 0.1], detect: [0.1, 0.1], cover: [0.1, 0.2], encode: [0.2, 0.3], prove: [0.3, 1] },
};

/** A photo that is waiting or being worked on. */
export class WorkingView {
  readonly stage: HTMLElement;
  readonly panel: HTMLElement;
  readonly #context: Context;
  readonly #photo: Photo;
  readonly #bar = h("progress", { max: 1 });
  readonly #words = h("p", { class: "stage-words" });
  #announced: Stage | null = null;

  constructor(photo: Photo, context: Context) {
    const { t, session } = context;
    this.#photo = photo;
    this.#context = context;
    this.stage = photo.before
      ? pictureFrame(photo, t("stage.photo", { number: photo.number }))
      : h("div", { class: "picture placeholder", "aria-hidden": "true" });
    this.#bar.setAttribute("aria-label", t("working.label"));
    const task = photo.phase.kind === "working" ? photo.phase.task : photo.searching ? "search" : "check";
    this.panel = h(
      "div",
      { class: "panel working" },
      h("h1", { tabindex: -1 }, t(task === "protect" && photo.coveredCount === 0 ? "working.clean" : `working.${task}`)),
      h("p", { class: "muted file-name" }, photo.file.name),
      this.#bar,
      this.#words,
      button(t("working.cancel"), { class: "secondary", id: "cancel", onclick: () => session.cancel(photo) }, "cross"),
    );
    this.progressed();
  }

  /** Shows how far the work is now. */
  progressed(): void {
    const { phase } = this.#photo;
    if (phase.kind !== "working") {
      this.#words.replaceChildren(this.#context.t("working.waiting"));
      return;
    }
    const [from, to] = SPANS[phase.task][phase.stage] ?? [0, 0];
    this.#bar.value = from + (to - from) * phase.fraction;
    if (phase.stage !== this.#announced) {
      const words = this.#context.t(`stage.${phase.stage}`);
      this.#words.replaceChildren(words);
      this.#context.announce(words);
      this.#announced = phase.stage;
    }
  }
}
