import { html, svg } from "lit";
import type { Box } from "../../model/geometry.js";
import { ellipseOf, shownBox, strokeOf } from "../../model/regions.js";
import type { ListedRegion, Stroke } from "../../model/regions.js";
import { styles } from "./place.js";

/** The outline of what covers the region, within an element that lies at `box`. */
export function rim(region: ListedRegion, box: Box = shownBox(region)) {
  const stroke = strokeOf(region);
  return stroke === null ? outline(region, box) : strokeRim(stroke, region.box);
}

function outline(region: ListedRegion, box: Box) {
  const [x, y, width, height] = box;
  const ellipse = ellipseOf(region, box);
  const [cx, cy, rx, ry, angle] = ellipse ?? [x + width / 2, y + height / 2, width / 2, height / 2, 0];
  const share = (part: number, whole: number) => `${(part / whole) * 100}%`;
  const look = {
    left: share(cx - rx - x, width),
    top: share(cy - ry - y, height),
    width: share(2 * rx, width),
    height: share(2 * ry, height),
    rotate: `${angle}rad`,
  };
  return html`<span class=${ellipse === null ? "rim" : "rim round"} ${styles(look)}></span>`;
}

/** What a brush has covered, and a line along its middle. */
function strokeRim(stroke: Stroke, box: Box) {
  return html`<svg class="rim-stroke" viewBox=${box.join(" ")} preserveAspectRatio="none">
    ${strokePath(stroke, "body")}${strokePath(stroke, "line under")}${strokePath(stroke, "line")}
  </svg>`;
}

/** A stroke in pixels of the picture, to be put into an SVG. One of a single point is a dot. */
export function strokePath({ points, radius }: Stroke, classes: string) {
  const [first = [0, 0]] = points;
  const path = points.length > 1 ? points : [first, first];
  return svg`<polyline class=${classes} points=${path.map(([x, y]) => `${x},${y}`).join(" ")} stroke-width=${2 * radius}></polyline>`;
}
