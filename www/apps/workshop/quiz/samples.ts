/** A drawn head, covered in the way that a question is about. It shows what the cover looks like; nobody is in it. */

import { html, nothing, svg } from "lit";

const SIDE = 240;
const CENTRE = { x: 120, y: 112 };

/** Cells of a mosaic over the drawn head, coloured by what of it lies in the middle of each. */
function mosaic(cells: number) {
  const size = 144 / cells;
  const places = Array.from({ length: cells * cells }, (_, at) => ({ x: 48 + (at % cells) * size, y: 28 + Math.floor(at / cells) * size }));
  return places.map(({ x, y }) => svg`<rect class="cell-${partAt(x + size / 2, y + size / 2)}" x=${x} y=${y} width=${size + 0.5} height=${size + 0.5}></rect>`);
}

/** Which part of the drawing lies there, seen roughly. */
function partAt(x: number, y: number): "hair" | "eye" | "mouth" | "shade" | "skin" | "ground" {
  const across = Math.abs(x - CENTRE.x);
  if ((across / 64) ** 2 + ((y - CENTRE.y) / 82) ** 2 > 1) {
    return "ground";
  }
  if (y < 66 || across > 54) {
    return "hair";
  }
  if (Math.abs(y - 104) < 11 && Math.abs(across - 24) < 13) {
    return "eye";
  }
  if (Math.abs(y - 152) < 9 && across < 24) {
    return "mouth";
  }
  return across > 36 ? "shade" : "skin";
}

const COVERS: Record<string, () => unknown> = {
  eye_bar: () => svg`<rect class="cover" x="62" y="90" width="116" height="28"></rect>`,
  mosaic_16: () => mosaic(16),
  mosaic_8: () => mosaic(8),
  solid: () => svg`<ellipse class="cover" cx="120" cy="112" rx="78" ry="98"></ellipse>`,
};

/** @param name of the question */
export function sample(name: string, label: string) {
  const blurred = name.startsWith("blur") ? name : "";
  return html`<svg class="sample" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label=${label}>
    <rect class="cell-ground" width=${SIDE} height=${SIDE}></rect>
    <g class=${blurred}>${head()}</g>
    ${COVERS[name]?.() ?? nothing}
  </svg>`;
}

function head() {
  return svg`<path class="body" d="M30 240c4-44 40-56 90-56s86 12 90 56z"></path>
    <ellipse class="cell-hair" cx="120" cy="104" rx="66" ry="80"></ellipse>
    <ellipse class="cell-skin" cx="120" cy="118" rx="52" ry="70"></ellipse>
    <path class="cell-hair" d="M66 96c4-52 104-52 108 0-16-22-92-22-108 0z"></path>
    <ellipse class="cell-eye" cx="97" cy="106" rx="10" ry="6"></ellipse><ellipse class="cell-eye" cx="143" cy="106" rx="10" ry="6"></ellipse>
    <path class="line" d="M84 92q12-7 25 0M131 92q12-7 25 0M120 112l-7 22h13"></path>
    <path class="cell-mouth" d="M99 152q21 10 42 0-21 18-42 0z"></path>`;
}
