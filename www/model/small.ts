/** How large the small pictures of photos are that the page shows. */

import type { Size } from "./geometry.js";

/** Longer side, in pixels: enough for a large screen, small in memory. */
export const SMALL_SIDE = 1600;

/** So many times as long as wide, a photo is a panorama. Its small picture would be too coarse if its longer side were limited like that. */
const PANORAMA = 3;
/** What the small picture of a panorama has: as many pixels as that of a photo of 4:3. */
const SMALL_PIXELS = SMALL_SIDE * SMALL_SIDE * 0.75;
/** Browsers do not draw wider pictures everywhere. */
const MOST_SIDE = 8192;

/** Longer side of a photo's small picture. */
export function smallSide({ width, height }: Size): number {
  const ratio = Math.max(width, height) / Math.min(width, height);
  return ratio < PANORAMA ? SMALL_SIDE : Math.min(Math.round(Math.sqrt(SMALL_PIXELS * ratio)), MOST_SIDE);
}
