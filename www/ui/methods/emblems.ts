/** Small pictures of what covers look like: decoration, much simpler than what the engine draws. */

import { html, svg } from "lit";
import type { Sticker } from "../../engine/generated/options.js";

/** On a 24 x 24 grid: colours of the inside and of the line, the line's width, and the outline. */
type Shape = [fill: string, stroke: string, width: number, outline: string];

const DISC = "M12 1.5a10.5 10.5 0 1 0 .01 0z";

export const EMBLEMS: Record<Sticker, Shape[]> = {
  smile: [["#ffd147", "#e09d20", 1.5, DISC], ["none", "#543616", 2, "M8.5 8.5v2M15.5 8.5v2M7 14.5q5 5.5 10 0"]],
  heart: [["#eb4d5c", "#bc2c42", 1.5, "M12 21C5 15 2 12 2 8a5 5 0 0 1 10-1 5 5 0 0 1 10 1c0 4-3 7-10 13z"]],
  star: [["#ffc43d", "#db8e18", 1.5, "M12 2l3 6.3 7 .9-5 4.8 1.2 6.9L12 17.6l-6.2 3.3L7 14 2 9.2l7-.9z"]],
  flower: [
    ["#6ebe80", "#46915c", 1.5, DISC],
    ["none", "#fff", 7, "M12 7v.01M17 10.5v.01M15 16v.01M9 16v.01M7 10.5v.01"],
    ["#ffcb40", "none", 0, "M12 9a3 3 0 1 0 .01 0z"],
  ],
  cat: [
    ["#80c6e0", "#5094b6", 1.5, DISC],
    ["#faa754", "#ce7428", 1, "M5.5 6.5L9 9h6l3.5-2.5V14c0 7-13 7-13 0z"],
    ["none", "#4a3028", 2, "M9.5 12.5v1M14.5 12.5v1M12 16v.01"],
  ],
};

export const MOSAIC: Shape[] = [
  ["#b7ae98", "none", 0, "M8 4h4v4H8zM16 8h4v4h-4zM4 12h4v4H4zM12 12h4v4h-4zM8 16h4v4H8z"],
  ["#94a39c", "none", 0, "M12 4h4v4h-4zM4 8h4v4H4zM12 8h4v4h-4zM16 12h4v4h-4z"],
  ["#7d8f8b", "none", 0, "M8 8h4v4H8zM8 12h4v4H8zM12 16h4v4h-4z"],
];

export function drawn(shapes: Shape[]) {
  const path = ([fill, stroke, width, outline]: Shape) => svg`<path fill=${fill} stroke=${stroke} stroke-width=${width} d=${outline}></path>`;
  return html`<svg class="emblem" viewBox="0 0 24 24" aria-hidden="true">${shapes.map(path)}</svg>`;
}
