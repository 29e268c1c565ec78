// Generated from src/pipeline by `make bless`. Coordinates are upright pixels.

import type { Brush, Decision, Identifiability, Origin, RegionKind, ShapeKind } from "./report.js";

/**
 * How covers are drawn. `mosaic` hides from people and from search, but can be linked by someone who has this very photo.
 */
export type Method = "soft" | "solid" | "mosaic";

/**
 * What is being done with a file.
 */
export type Stage = "load" | "decode" | "detect" | "recognise" | "cover" | "encode" | "prove";

/**
 * A region that a person decided about: one of a report, changed or not, or a new one.
 */
export type RegionRequest = { 
/**
 * `[x, y, width, height]`; a face that is left open is known again by it.
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
 * Exactly what to cover; in a lossy file grown to its blocks. Without it a face grows to the head, and anything else is its box.
 */
cover?: CoverRequest | null, id?: number, score?: number | null, maybe?: boolean, landmarks?: [[number, number], [number, number], [number, number], [number, number], [number, number]] | null, 
/**
 * Has no effect.
 */
identifiability?: Identifiability | null, };

/**
 * A cover that is asked for.
 */
export type CoverRequest = { bounds: [number, number, number, number], shape: ShapeKind, ellipse?: [number, number, number, number, number] | null, polygon?: Array<[number, number]> | null, brush?: Brush | null, };
