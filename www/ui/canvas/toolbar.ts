import { html, nothing } from "lit";
import { isZoomed, TOOLS } from "../../model/tools.js";
import type { Stage, StageEvent, Tool } from "../../model/tools.js";
import { icon, iconButton } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { PAN_STEP, TOOL_KEYS } from "./keys.js";
import toolbarSheet from "./toolbar.css";

const PANS = [
  ["left", "canvas.pan_left", [PAN_STEP, 0]],
  ["up", "canvas.pan_up", [0, PAN_STEP]],
  ["down", "canvas.pan_down", [0, -PAN_STEP]],
  ["right", "canvas.pan_right", [-PAN_STEP, 0]],
] as const;

/**
 * What is done to the picture, and how it is looked at.
 *
 * Events: `tk-stage` (detail: a {@link StageEvent}), `tk-undo`, `tk-redo`.
 */
export class Toolbar extends Component {
  static override properties = {
    stage: { attribute: false },
    undoable: { attribute: false },
    redoable: { attribute: false },
    pans: { state: true },
  };
  static override styles = styled(toolbarSheet);

  declare stage: Stage;
  declare undoable: boolean;
  declare redoable: boolean;
  /** The buttons that move the picture are shown. */
  declare private pans: boolean;

  constructor() {
    super();
    this.pans = this.undoable = this.redoable = false;
  }

  protected override render() {
    const { tool } = this.stage;
    const isPainting = tool === "brush" || tool === "eraser";
    const resize = (by: 1 | -1) => () => this.#say({ kind: "resize", by });
    return html`<div class="bar" role="toolbar" aria-label=${this.t("canvas.tools")}>
        ${TOOLS.map((each) => this.#tool(each))}
        <span class="gap"></span>
        ${iconButton(this.t("faces.undo"), "undo", "tool undo", () => this.dispatchEvent(new CustomEvent("tk-undo")), !this.undoable)}
        ${iconButton(this.t("faces.redo"), "redo", "tool redo", () => this.dispatchEvent(new CustomEvent("tk-redo")), !this.redoable)}
      </div>
      <div class="bar" role="toolbar" aria-label=${this.t("canvas.zoom")}>
        ${iconButton(this.t("canvas.finer"), "finer", "tool finer", resize(-1), !isPainting)}
        ${iconButton(this.t("canvas.thicker"), "thicker", "tool thicker", resize(1), !isPainting)}
        <span class="gap"></span>
        ${iconButton(this.t("canvas.zoom_out"), "minus", "tool zoom-out", () => this.#zoom("out"), !isZoomed(this.stage))}
        ${iconButton(this.t("canvas.zoom_in"), "add", "tool zoom-in", () => this.#zoom("in"))}
        ${iconButton(this.t("canvas.whole"), "fit", "tool whole", () => this.#zoom("whole"), !isZoomed(this.stage))}
        <button type="button" class="tool full" aria-label=${`1:1, ${this.t("canvas.full")}`} title=${this.t("canvas.full")} @click=${() => this.#zoom("full")}>1:1</button>
        ${this.#panning()}
      </div>`;
  }

  #tool(tool: Tool) {
    const name = this.t(`canvas.${tool}`);
    const [key = ""] = Object.entries(TOOL_KEYS).find(([, each]) => each === tool) ?? [];
    return html`<button
      type="button"
      class="tool"
      data-tool=${tool}
      aria-pressed=${this.stage.tool === tool}
      aria-label=${name}
      aria-keyshortcuts=${key}
      title=${`${name} (${key.toUpperCase()})`}
      @click=${() => this.#say({ kind: "choose", tool })}
    >${icon(tool)}</button>`;
  }

  #panning() {
    const name = this.t("canvas.pan");
    const toggle = () => (this.pans = !this.pans);
    return html`<button type="button" class="tool pan" aria-label=${name} title=${name} aria-expanded=${this.pans} @click=${toggle}>${icon("pan")}</button>
      ${this.pans ? html`<span class="pans" dir="ltr">${PANS.map((pan) => this.#pan(pan))}</span>` : nothing}`;
  }

  #pan([image, key, [x, y]]: (typeof PANS)[number]) {
    return iconButton(this.t(key), image, "tool", () => this.#say({ kind: "pan", by: [x, y] }));
  }

  #zoom(to: "in" | "out" | "whole" | "full"): void {
    this.#say({ kind: "zoom", to });
  }

  #say(event: StageEvent): void {
    this.dispatchEvent(new CustomEvent<StageEvent>("tk-stage", { detail: event }));
  }
}
