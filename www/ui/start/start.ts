import { html, nothing } from "lit";
import type { Offline } from "../../model/offline.js";
import { button, icon } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import startSheet from "./start.css";

const STEPS = ["find", "cover", "prove"] as const;

/** What is seen before there is a photo: what this is, what it promises, and the way in. */
export class Start extends Component {
  static override properties = { ready: { attribute: false }, files: { attribute: false }, dragging: { attribute: false }, folders: { attribute: false } };
  static override styles = styled(startSheet);

  /** Everything has been loaded. */
  declare ready: boolean;
  /** Whether the browser keeps the page's files. */
  declare files: Offline["files"];
  /** Files are being dragged over the page. */
  declare dragging: boolean;

  /** The browser can choose a folder. */
  declare folders: boolean;

  constructor() {
    super();
    this.ready = this.dragging = this.folders = false;
    this.files = "unknown";
  }

  protected override render() {
    return html`<div class="start ${this.dragging ? "dragging" : ""}">
      <div class="start-words">
        <h1 tabindex="-1">${this.t("start.title")}</h1>
        <p class="lead">${this.t("start.lead")}</p>
        <p class="promise">
          ${icon("lock")}
          <span>
            ${this.t("start.promise")}
            <span class="works-offline">${this.#kept()}</span>
            <span class="works-offline ${this.ready ? "" : "not-yet"}">${this.t("start.offline")}</span>
          </span>
        </p>
      </div>
      ${this.#dropZone()}
      <ol class="steps">
        ${STEPS.map((step) => html`<li><h2>${this.t(`step.${step}`)}</h2><p>${this.t(`step.${step}_words`)}</p></li>`)}
      </ol>
      <p class="caveat">${this.t("start.caveat")}</p>
    </div>`;
  }

  /** Both sentences have the same place, so that nothing moves when it turns out which one holds. If there is no room, the page says so. */
  #kept() {
    const { files } = this;
    return html`<span class=${files === "kept" ? "offline-ready" : "not-yet"}>${this.t("offline.ready")}</span>
      <span class=${files === "none" ? "" : "not-yet"}>${this.t("offline.none")}</span>`;
  }

  #dropZone() {
    const figure = (name: string) =>
      html`<span class="figure figure-${name}"><span class="figure-head"></span><span class="figure-body"></span></span>`;
    return html`<div class="drop-zone">
      <div class="drop-picture" aria-hidden="true">${["a", "b", "c"].map(figure)}</div>
      <p class="drop-words">${this.t("start.drop")}</p>
      <div class="actions">
        ${button(this.t("start.choose"), "primary choose", () => this.send({ kind: "choose" }), "photos")}
        ${this.folders ? button(this.t("start.folder"), "secondary choose-folder", () => this.send({ kind: "choose-folder" }), "photos") : nothing}
        ${button(this.t("start.take"), "secondary take", () => this.send({ kind: "take" }), "camera")}
      </div>
      <p class="hint">${this.t("start.paste")}</p>
      <p class="hint gallery">${this.t("start.gallery")}</p>
    </div>`;
  }
}
