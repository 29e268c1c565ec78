import { html, svg } from "lit";

/** Fewer in a row on a phone, so that a figure can still be seen. */
const COLUMNS = { wide: 50, narrow: 25 } as const;
const NARROW = "(max-width: 40rem)";
const STEP = 12;

/** A head and shoulders whose upper left corner is at that place. */
const figureAt = (x: number, y: number) => `M${x + 5} ${y + 1}a2 2 0 1 0 .01 0zM${x + 1.5} ${y + 10.5}v-2a3.5 3 0 0 1 7 0v2z`;

/** One kind of people in the field: its name for the style sheet, and how many there are. */
export interface Kind {
  readonly name: string;
  readonly count: number;
}

/** A field of small figures, kind after kind. What it shows stands in `label` for those who do not see it. */
export function figures(kinds: readonly Kind[], label: string) {
  const columns = matchMedia(NARROW).matches ? COLUMNS.narrow : COLUMNS.wide;
  const rows = Math.ceil(kinds.reduce((sum, { count }) => sum + count, 0) / columns);
  let from = 0;
  const paths = kinds.map(({ name, count }) => {
    const places = Array.from({ length: count }, (_, at) => from + at);
    from += count;
    return svg`<path class="figure figure-${name}" d=${places.map((at) => figureAt((at % columns) * STEP, Math.floor(at / columns) * STEP)).join("")}></path>`;
  });
  return html`<svg class="figures" viewBox="0 0 ${columns * STEP} ${rows * STEP}" role="img" aria-label=${label}>${paths}</svg>`;
}
