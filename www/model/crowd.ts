import type { FileReport } from "../engine/generated/report.js";

// With these values a thorough search is suggested for 52 of the 150 pictures of wider_val (docs/accuracy.md), and those hold
// 129 of the 139 faces of 16 pixels and more that the quick search misses.

/** From so many faces on, a photo is a crowd, whatever their size. */
const MANY_FACES = 12;
/** So many small faces are enough: where some people are far away, others are farther. */
const SEVERAL_SMALL_FACES = 4;
/** A face is small if its longer side is less than this share of the picture's, as 200 pixels are of 4000. */
const SMALL_SHARE = 0.05;

/** A thorough search of the photo would probably find more. */
export function looksLikeCrowd({ regions, width, height }: Pick<FileReport, "regions" | "width" | "height">): boolean {
  const smallBelow = Math.max(width, height) * SMALL_SHARE;
  const small = regions.filter(({ box }) => Math.max(box[2], box[3]) < smallBelow);
  return regions.length >= MANY_FACES || small.length >= SEVERAL_SMALL_FACES;
}
