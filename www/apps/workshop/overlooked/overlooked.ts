import { html, nothing } from "lit";
import { regionsOf } from "../../../model/photo.js";
import type { Photo } from "../../../model/photo.js";
import { alarm, button } from "../../../ui/base/controls.js";
import { Screen, screenStyles } from "../base/screen.js";
import { loadPicture } from "../data.js";
import { defineDesk } from "../desk/desk.js";

const PICTURE = "small.jpg";
/** How many people are in the picture, each of whom can be seen; see tests/photos/SOURCES.md. */
const PEOPLE = 29;

/** A group photo, sent small, in which the quick search overlooks somebody: the person finds out who. */
export class Overlooked extends Screen {
  static override properties = { file: { state: true }, photo: { state: true }, first: { state: true }, hasFailed: { state: true } };
  static override styles = screenStyles();

  declare private file: File | null;
  declare private photo: Photo | null;
  /** How many faces the quick search has found. */
  declare private first: number | null;
  declare private hasFailed: boolean;

  constructor() {
    super();
    defineDesk();
    this.file = this.photo = null;
    this.first = null;
    this.hasFailed = false;
  }

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("card.overlooked")}</h1>
        <p class="lead">${this.t("overlooked.lead", { people: PEOPLE })}</p>
        <p class="text">${this.t("overlooked.task")}</p>
        <p class="hint">${this.t("shop.photo_credit")}</p>
        ${this.file === null ? html`<div class="actions">${button(this.t("overlooked.start"), "primary start", () => void this.#start(), "open")}</div>` : this.#desk()}
        ${this.hasFailed ? alarm(this.t("shop.failed")) : nothing}`,
    ];
  }

  #desk() {
    return html`<div role="status">${this.#found()}</div>
      <tk-shop-desk .words=${this.words} .file=${this.file} @tk-photo=${this.#changed} @tk-done=${() => (this.file = null)}></tk-shop-desk>`;
  }

  #found() {
    if (this.first === null || this.photo === null) {
      return nothing;
    }
    const now = regionsOf(this.photo).length;
    const missing = Math.max(0, PEOPLE - now);
    return html`<p class="card tally">
      ${this.t("overlooked.first", { count: this.first })} ${missing > 0 ? this.t("overlooked.missing", { count: missing }) : this.t("overlooked.all")}
    </p>`;
  }

  async #start(): Promise<void> {
    this.first = null;
    try {
      this.file = await loadPicture(PICTURE);
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
  }

  readonly #changed = ({ detail }: CustomEvent<Photo | null>): void => {
    this.photo = detail;
    if (this.first === null && detail?.phase.kind === "review") {
      this.first = regionsOf(detail).length;
    }
  };
}
