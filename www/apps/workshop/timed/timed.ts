import { html, nothing } from "lit";
import { coveredCount, regionsOf } from "../../../model/photo.js";
import type { Photo } from "../../../model/photo.js";
import { STOPPED, clockWords, secondsOf, stepClock } from "../../../model/workshop/clock.js";
import type { Clock } from "../../../model/workshop/clock.js";
import { alarm, button } from "../../../ui/base/controls.js";
import { fileButton } from "../base/file-button.js";
import { Screen, screenStyles } from "../base/screen.js";
import { loadPicture } from "../data.js";
import { defineDesk } from "../desk/desk.js";
import timedSheet from "./timed.css";

const PICTURE = "task.jpg";
/** What there is to beat. */
const GOAL_S = 120;
const TICK_MS = 250;

/** A photo to clean under time, with the page's own tools. */
export class Timed extends Screen {
  static override properties = { clock: { state: true }, file: { state: true }, photo: { state: true }, isShown: { state: true }, hasFailed: { state: true }, now: { state: true } };
  static override styles = screenStyles(timedSheet);

  declare private clock: Clock;
  declare private file: File | null;
  declare private photo: Photo | null;
  /** On a projector, a photo of one's own is shown only if somebody asks for that. */
  declare private isShown: boolean;
  declare private hasFailed: boolean;
  declare private now: number;
  #ticks = 0;

  constructor() {
    super();
    defineDesk();
    this.clock = STOPPED;
    this.file = this.photo = null;
    this.hasFailed = false;
    this.isShown = true;
    this.now = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticks);
  }

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("card.timed")}</h1>
        <p class="lead">${this.t("timed.lead")}</p>
        ${this.file === null ? this.#begin() : this.#task()}`,
    ];
  }

  #begin() {
    return html`<ol class="rules">${["find", "cover", "prove"].map((name) => html`<li>${this.t(`timed.rule.${name}`)}</li>`)}</ol>
      <div class="actions">
        ${button(this.t("timed.start"), "primary start", () => void this.#bundled(), "right")}
        ${fileButton(this.t("timed.own"), "own", this.#chosen)}
      </div>
      <p class="hint">${this.t("timed.own_words")}</p>
      <p class="hint">${this.t("shop.photo_credit")}</p>
      ${this.hasFailed ? alarm(this.t("shop.failed")) : nothing}`;
  }

  #task() {
    const seconds = secondsOf(this.clock, this.now);
    const isDone = this.clock.ended !== null;
    return html`<p class="clock ${seconds > GOAL_S ? "late" : ""}" role="timer">${clockWords(seconds)} <span class="hint">${this.t("timed.goal", { goal: clockWords(GOAL_S) })}</span></p>
      <div role="status">${isDone ? this.#verdict(seconds) : nothing}</div>
      ${this.isProjected && !this.isShown ? this.concealed(this.t("timed.hidden"), () => (this.isShown = true)) : nothing}
      <tk-shop-desk ?hidden=${this.isProjected && !this.isShown} .words=${this.words} .file=${this.file} @tk-photo=${this.#changed} @tk-done=${() => this.#again()}></tk-shop-desk>
      ${button(this.t("timed.again"), "secondary again", () => this.#again(), "again")}`;
  }

  #verdict(seconds: number) {
    const { photo } = this;
    if (photo === null) {
      return nothing;
    }
    const open = regionsOf(photo).length - coveredCount(photo);
    return html`<div class="card timed-verdict">
      <h2>${this.t("timed.done", { time: clockWords(seconds) })}</h2>
      <p>${this.t("timed.covered", { count: coveredCount(photo) })} ${open > 0 ? this.t("timed.open", { count: open }) : ""}</p>
      <p>${this.t("timed.look")}</p>
    </div>`;
  }

  readonly #chosen = (file: File): void => {
    this.isShown = false;
    this.#start(file);
  };

  async #bundled(): Promise<void> {
    try {
      const file = await loadPicture(PICTURE);
      this.isShown = true;
      this.#start(file);
    } catch {
      this.hasFailed = true;
    }
  }

  #start(file: File): void {
    this.hasFailed = false;
    this.file = file;
    this.now = performance.now();
    this.clock = stepClock(STOPPED, { kind: "start", at: this.now });
    clearInterval(this.#ticks);
    this.#ticks = setInterval(() => (this.now = performance.now()), TICK_MS);
  }

  readonly #changed = ({ detail }: CustomEvent<Photo | null>): void => {
    this.photo = detail;
    if (detail?.phase.kind === "proved") {
      this.clock = stepClock(this.clock, { kind: "stop", at: performance.now() });
      clearInterval(this.#ticks);
    }
  };

  #again(): void {
    clearInterval(this.#ticks);
    this.clock = stepClock(this.clock, { kind: "reset" });
    this.file = this.photo = null;
  }
}
