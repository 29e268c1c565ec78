import { html } from "lit";
import type { Box } from "../../model/geometry.js";
import { ellipseOf, shownBox } from "../../model/regions.js";
import type { ListedRegion } from "../../model/regions.js";
import { styles } from "./place.js";

/** The outline of what covers the region, within an element that lies at `box`. */
export function rim(region: ListedRegion, box: Box = shownBox(region)) {
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
