import { html } from "lit";
import { button, icon } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import startSheet from "./start.css";

const STEPS = ["find", "cover", "prove"] as const;

/** What is seen before there is a photo: what this is, what it promises, and the way in. */
export class Start extends Component {
  static override properties = { ready: { attribute: false }, dragging: { attribute: false } };
  static override styles = styled(startSheet);

  /** Everything has been loaded. */
  declare ready: boolean;
  /** Files are being dragged over the page. */
  declare dragging: boolean;

  constructor() {
    super();
    this.ready = this.dragging = false;
  }

  protected override render() {
    return html`<div class="start ${this.dragging ? "dragging" : ""}">
      <div class="start-words">
        <h1 tabindex="-1">${this.t("start.title")}</h1>
        <p class="lead">${this.t("start.lead")}</p>
        <p class="promise">
          ${icon("lock")}
          <span>${this.t("start.promise")} <span class=${this.ready ? "" : "not-yet"}>${this.t("start.offline")}</span></span>
        </p>
      </div>
      ${this.#dropZone()}
      <ol class="steps">
        ${STEPS.map((step) => html`<li><h2>${this.t(`step.${step}`)}</h2><p>${this.t(`step.${step}_words`)}</p></li>`)}
      </ol>
      <p class="caveat">${this.t("start.caveat")}</p>
    </div>`;
  }

  #dropZone() {
    const figure = (name: string) =>
      html`<span class="figure figure-${name}"><span class="figure-head"></span><span class="figure-body"></span></span>`;
    return html`<div class="drop-zone">
      <div class="drop-picture" aria-hidden="true">${["a", "b", "c"].map(figure)}</div>
      <p class="drop-words">${this.t("start.drop")}</p>
      <div class="actions">
        ${button(this.t("start.choose"), "primary choose", () => this.send({ kind: "choose" }), "photos")}
        ${button(this.t("start.take"), "secondary take", () => this.send({ kind: "take" }), "camera")}
      </div>
      <p class="hint">${this.t("start.paste")}</p>
    </div>`;
  }
}
