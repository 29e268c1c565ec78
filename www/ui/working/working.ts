import { html } from "lit";
import type { Stage } from "../../engine/generated/options.js";
import { coveredCount } from "../../model/photo.js";
import type { Photo, Task } from "../../model/photo.js";
import { button } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { pictureFrame } from "../base/picture.js";
import pictureSheet from "../base/picture.css";
import workspaceSheet from "../base/workspace.css";

/** Where each stage begins and ends on the bar, by its usual share of the time. */
const SPANS: Record<Task, Partial<Record<Stage, [number, number]>>> = {
  check: { decode: [0, 0.15], detect: [0.15, 1] },
  search: { decode: [0, 0.02], detect: [0.02, 1] },
  protect: { decode: [0, 0.1], detect: [0.1, 0.1], cover: [0.1, 0.2], encode: [0.2, 0.3], prove: [0.3, 1] },
};

/** A photo that is waiting or being worked on. */
export class Working extends Component {
  static override properties = { photo: { attribute: false } };
  static override styles = styled(workspaceSheet, pictureSheet);

  declare photo: Photo;

  protected override render() {
    const { photo } = this;
    const task = photo.work?.task ?? "check";
    const title = task === "protect" && coveredCount(photo) === 0 ? "working.clean" : `working.${task}`;
    return html`<div class="canvas">
        ${photo.before === null
          ? html`<div class="picture placeholder" aria-hidden="true"></div>`
          : pictureFrame(photo, this.t("canvas.photo", { number: photo.id }))}
      </div>
      <div class="panel working">
        <h1 tabindex="-1">${this.t(title)}</h1>
        <p class="muted file-name">${photo.name}</p>
        ${this.#progress()}
        ${button(this.t("working.cancel"), "secondary cancel", () => this.send({ kind: "cancel", photo: photo.id }), "cross")}
      </div>`;
  }

  #progress() {
    const { phase } = this.photo;
    const label = this.t("working.label");
    if (phase.kind !== "working") {
      return html`<progress max="1" aria-label=${label}></progress><p class="stage-words">${this.t("working.waiting")}</p>`;
    }
    const [from, to] = SPANS[phase.task][phase.stage] ?? [0, 0];
    const value = from + (to - from) * phase.fraction;
    return html`<progress max="1" value=${value} aria-label=${label}></progress>
      <p class="stage-words">${this.t(`stage.${phase.stage}`)}</p>`;
  }
}
