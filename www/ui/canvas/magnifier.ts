import { html, nothing, svg } from "lit";
import { scaleOf, toView } from "../../model/camera.js";
import type { View } from "../../model/camera.js";
import type { Photo } from "../../model/photo.js";
import { draftOf, magnifiedAt } from "../../model/tools.js";
import type { Draft, Stage } from "../../model/tools.js";
import { strokePath } from "../base/rim.js";

/** Of the magnifier, in pixels of the view. The style sheet has the same. */
const SIDE = 112;
const MAGNIFICATION = 2;

/** What is under the finger that draws, in the corner of the view that is farther away from it. */
export function magnifier(photo: Photo, stage: Stage, view: View) {
  const at = magnifiedAt(stage);
  if (at === null || photo.before === null) {
    return nothing;
  }
  const [x, y] = toView(stage.camera, view, at);
  const isRight = x < view.frame.width / 2 && y < view.frame.height * 0.75;
  const side = SIDE / MAGNIFICATION / scaleOf(stage.camera, view);
  const { width, height } = view.picture;
  return html`<svg
    class=${isRight ? "magnifier right" : "magnifier"}
    aria-hidden="true"
    viewBox=${`${at[0] - side / 2} ${at[1] - side / 2} ${side} ${side}`}
  >
    <image href=${photo.before.url} width=${width} height=${height} preserveAspectRatio="none"></image>
    ${draftShape(draftOf(stage))}
    <path class="cross" d=${`M${at[0] - side / 20} ${at[1]}h${side / 10}M${at[0]} ${at[1] - side / 20}v${side / 10}`}></path>
  </svg>`;
}

/** What is being drawn, to be put into an SVG in pixels of the picture. */
export function draftShape(draft: Draft | null) {
  if (draft === null || (draft.kind === "box" && !draft.isNew)) {
    return nothing;
  }
  if (draft.kind === "stroke") {
    return strokePath(draft, draft.erases ? "draft erases" : "draft");
  }
  const [x, y, width, height] = draft.box;
  const [rx, ry] = draft.isRound ? [width / 2, height / 2] : [0, 0];
  return svg`<rect class="draft-box" x=${x} y=${y} width=${width} height=${height} rx=${rx} ry=${ry}></rect>`;
}
