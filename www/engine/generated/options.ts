// Generated from src/pipeline by `make bless`. Coordinates are upright pixels.

import type { Brush, Decision, Identifiability, Origin, RegionKind, ShapeKind } from "./report.js";

/**
 * How a cover is drawn. Whatever the method, nothing of what is covered is left.
 */
export type Method = "soft" | "solid" | "mosaic" | "sticker";

/**
 * An emblem.
 */
export type Sticker = "smile" | "heart" | "star" | "flower" | "cat";

/**
 * What is being done with a file.
 */
export type Stage = "load" | "decode" | "detect" | "recognise" | "cover" | "encode" | "prove";

/**
 * How to check a file.
 */
export type CheckOptions = { 
/**
 * Scan harder, which takes longer. The first time, two more networks are fetched.
 */
thorough?: boolean, 
/**
 * Lowest probability at which something counts as a face, 0 to 1.
 */
threshold?: number, 
/**
 * Longest side of the preview in pixels; none is made without it.
 */
previewSide?: number, };

/**
 * How to make a cleaned copy.
 */
export type ProtectOptions = { 
/**
 * As in [`CheckOptions`], for looking for faces and for the proof.
 */
thorough?: boolean, 
/**
 * As in [`CheckOptions`].
 */
threshold?: number, 
/**
 * As in [`CheckOptions`].
 */
previewSide?: number, 
/**
 * How covers are drawn; `soft` if absent.
 */
method?: Method, 
/**
 * Colour of [`Method::Solid`]: six hexadecimal digits, red green blue; a dark slate if absent.
 */
colour?: string, 
/**
 * Emblem of [`Method::Sticker`]; a smile if absent.
 */
sticker?: Sticker, 
/**
 * Compress a JPEG again, with quantisation tables that many programs use, instead of keeping it without loss.
 */
recompress?: boolean, 
/**
 * Longer side of the copy in pixels, 16 to 65535; a smaller picture stays as it is. Regions are those of the original in its own
 * size.
 */
longSide?: number, 
/**
 * Every region, covered or left open. Without it every face that is found is covered.
 */
regions?: Array<RegionRequest>, };

/**
 * A region that a person decided about: one of a report, changed or not, or a new one.
 */
export type RegionRequest = { 
/**
 * `[x, y, width, height]` in upright pixels: where the face was found, whatever a person made of its cover since, or else what
 * was drawn. The proof compares its detections with it.
 */
box: [number, number, number, number], 
/**
 * `cover` if absent. What is undecided is covered.
 */
decision?: Decision, 
/**
 * `face` if absent.
 */
kind?: RegionKind, 
/**
 * `added` if absent.
 */
origin?: Origin, 
/**
 * What to hide. Without it a face or head grows from its box to the whole head, and anything else is its box.
 */
cover?: CoverRequest | null, 
/**
 * Has no effect: regions are numbered anew.
 */
id?: number | null, 
/**
 * As in the report that the region comes from.
 */
score?: number | null, 
/**
 * As in the report that the region comes from.
 */
maybe?: boolean, 
/**
 * As in the report that the region comes from.
 */
landmarks?: [[number, number], [number, number], [number, number], [number, number], [number, number]] | null, 
/**
 * As in the report that the region comes from.
 */
identifiability?: Identifiability | null, };

/**
 * A cover that is asked for; cut to the picture.
 */
export type CoverRequest = { 
/**
 * `[x, y, width, height]`: of a rectangle, of an ellipse that is not told otherwise, or of a mask.
 */
bounds: [number, number, number, number], 
/**
 * Which of the fields below says more.
 */
shape: ShapeKind, 
/**
 * As in [`Cover`]; without it an ellipse is the upright one that fits into the bounds.
 */
ellipse?: [number, number, number, number, number] | null, 
/**
 * As in [`Cover`].
 */
polygon?: Array<[number, number]> | null, 
/**
 * As in [`Cover`].
 */
brush?: Brush | null, 
/**
 * As in [`Cover`].
 */
mask?: Array<number> | null, };

/**
 * For which scan of a file a part is made.
 */
export type Purpose = "check" | "proof";

/**
 * One of several parts of a scan. All parts together are the whole scan, and each has about the same work.
 */
export type Part = { 
/**
 * 0 to one less than [`Part::of`].
 */
index: number, 
/**
 * How many parts there are, at least 1.
 */
of: number, };

/** All of them, in the order in which they are offered. */
export const METHODS: readonly Method[] = ["soft", "solid", "mosaic", "sticker"];

/** All of them, in the order in which they are offered. */
export const STICKERS: readonly Sticker[] = ["smile", "heart", "star", "flower", "cat"];
