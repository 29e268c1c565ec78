/** The parts of a picture that a person decides about. Boxes are `[x, y, width, height]` in upright pixels. */

import type { Region as EngineRegion } from "../api/index.js";
import type { Check, Face, Identifiability } from "../types/report.js";

export type Box = [number, number, number, number];

export interface Size {
  width: number;
  height: number;
}

/** Where a region comes from: the search, the person, or a check of the exported bytes. */
export type Origin = "found" | "added" | "rechecked";

export interface Region {
  /** Counts from 1 within a photo and is never used again there. */
  id: number;
  origin: Origin;
  /** Of `found` regions. */
  face: Face | null;
  /** Where a face was found; of regions that do not come from a person. It stays as it is when the area is moved or resized. */
  find: Box | null;
  /** What the recogniser made of the face, if a person let it try. */
  recognised: Identifiability | null;
  /** What is shown and would be covered. */
  box: Box;
  /** A person has moved or resized it, so it is taken as it is. */
  edited: boolean;
  /** A person has chosen whether it is covered. */
  decided: boolean;
  covered: boolean;
}

/** A new area's side, as a share of the picture's shorter side. */
const NEW_AREA_SHARE = 0.2;
/** Smallest side that a person can give an area, in pixels. */
const MIN_SIDE = 8;
/** Shares of the picture's longer side from which on a face is called large or medium. */
const LARGE_SHARE = 0.25;
const MEDIUM_SHARE = 0.08;

/** Two finds that overlap by more than this (intersection over union) are one face, as in the engine's own merging. */
const SAME_FACE_OVERLAP = 0.4;

export function fromFace(id: number, face: Face): Region {
  return { id, origin: "found", face, find: [...face.box], recognised: null, box: [...face.cover], edited: false, decided: false, covered: true };
}

export function fromPerson(id: number, box: Box): Region {
  return { id, origin: "added", face: null, find: null, recognised: null, box, edited: true, decided: false, covered: true };
}

export function fromCheck(id: number, box: Box): Region {
  return { id, origin: "rechecked", face: null, find: [...box], recognised: null, box, edited: false, decided: false, covered: true };
}

/** What the engine is told: faces grow to the head, unless a person has shaped them. */
export function toEngine(region: Region): EngineRegion {
  const shaped = region.edited || region.origin === "added";
  const area = shaped ? region.box : (region.face?.cover ?? null);
  return {
    box: region.find ?? region.box,
    cover: region.covered,
    grow: shaped ? "none" : "head",
    area: region.find === null ? null : area,
    landmarks: region.face?.landmarks ?? null,
  };
}

/** What the engine is less sure of than not; covered all the same until a person opens it. */
export function isMaybe(region: Region): boolean {
  return region.face?.maybe ?? false;
}

/** How identifiable the region's face is, as well as it is known. */
export function identifiabilityOf(region: Region): Identifiability | null {
  return region.recognised ?? region.face?.identifiability ?? null;
}

/** For each face of a second search the region that means the same, each region at most once; null for a new face. */
export function matchFaces(faces: Face[], regions: Region[]): (Region | null)[] {
  const free = new Set(regions);
  return faces.map((face) => {
    const [best] = [...free].sort((a, b) => likeness(b, face) - likeness(a, face));
    if (best === undefined || likeness(best, face) <= SAME_FACE_OVERLAP) {
      return null;
    }
    free.delete(best);
    return best;
  });
}

/** How well a region and a face overlap. An area that a person has drawn means a face only if it holds the whole of it. */
function likeness(region: Region, face: Face): number {
  if (region.face === null && region.edited) {
    return holds(region.box, face.box) ? overlap(region.box, face.cover) : 0;
  }
  return overlap(region.face?.box ?? region.box, face.box);
}

/** Intersection over union, 0 to 1. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(width, 0) * Math.max(height, 0);
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

function holds(outer: Box, inner: Box): boolean {
  const [right, bottom] = [inner[0] + inner[2], inner[1] + inner[3]];
  return inner[0] >= outer[0] && inner[1] >= outer[1] && right <= outer[0] + outer[2] && bottom <= outer[1] + outer[3];
}

/** A square in the middle of the picture. */
export function centredBox(picture: Size): Box {
  const wanted = Math.min(picture.width, picture.height) * NEW_AREA_SHARE;
  const side = Math.round(Math.max(wanted, Math.min(MIN_SIDE, picture.width, picture.height)));
  return [Math.round((picture.width - side) / 2), Math.round((picture.height - side) / 2), side, side];
}

/** `box` moved by (dx, dy), kept inside the picture. */
export function moved(box: Box, dx: number, dy: number, picture: Size): Box {
  const [x, y, width, height] = box;
  return [clamp(x + dx, 0, picture.width - width), clamp(y + dy, 0, picture.height - height), width, height];
}

/**
 * `box` with its four edges moved by whole or part pixels, kept inside the picture. No side becomes shorter than the least one,
 * nor does one grow that was shorter before.
 */
export function reshaped(
  box: Box,
  edges: { left?: number; top?: number; right?: number; bottom?: number },
  picture: Size,
  leastSide = MIN_SIDE,
): Box {
  const least = Math.max(leastSide, MIN_SIDE);
  const [left, right] = span(box[0], box[2], edges.left ?? 0, edges.right ?? 0, picture.width, least);
  const [top, bottom] = span(box[1], box[3], edges.top ?? 0, edges.bottom ?? 0, picture.height, least);
  return [left, top, right - left, bottom - top];
}

function span(start: number, length: number, startBy: number, endBy: number, limit: number, leastSide: number): [number, number] {
  const least = Math.min(leastSide, length);
  const from = startBy === 0 ? start : clamp(start + startBy, 0, start + length - least);
  const to = endBy === 0 ? start + length : clamp(start + length + endBy, from + least, limit);
  return [from, to];
}

/** The box between two corners, cut to the picture. */
export function boxBetween(a: [number, number], b: [number, number], picture: Size): Box {
  const [x0, x1] = [a[0], b[0]].map((x) => clamp(x, 0, picture.width)).sort((p, q) => p - q) as [number, number];
  const [y0, y1] = [a[1], b[1]].map((y) => clamp(y, 0, picture.height)).sort((p, q) => p - q) as [number, number];
  return [x0, y0, x1 - x0, y1 - y0];
}

export function longEnough(box: Box, leastSide = MIN_SIDE): boolean {
  return Math.min(box[2], box[3]) >= Math.max(leastSide, MIN_SIDE);
}

/** Locale key of where in the picture the box is: one of nine fields. */
export function placeKey(box: Box, picture: Size): string {
  const column = third((box[0] + box[2] / 2) / picture.width, ["left", "centre", "right"]);
  const row = third((box[1] + box[3] / 2) / picture.height, ["upper", "middle", "lower"]);
  return `place.${row}_${column}`;
}

/** Locale key of how large the box is within the picture. */
export function sizeKey(box: Box, picture: Size): string {
  const share = Math.max(box[2], box[3]) / Math.max(picture.width, picture.height);
  if (share >= LARGE_SHARE) {
    return "size.large";
  }
  return share >= MEDIUM_SHARE ? "size.medium" : "size.small";
}

/** Boxes that failed checks point at, each once. */
export function failedBoxes(checks: Check[]): Box[] {
  const boxes = checks.filter((check) => !check.ok).flatMap((check) => check.regions);
  return boxes.filter((box, index) => boxes.findIndex((other) => isSameBox(other, box)) === index);
}

/** The boxes are the same but for rounding. */
export function isSameBox(a: Box, b: Box): boolean {
  return a.every((value, index) => Math.abs(value - (b[index] ?? 0)) < 0.5);
}

/** Boxes that passed checks point at, too weak to fail them, and that lie outside every region decided about. */
export function faintBoxes(checks: Check[], regions: Region[]): Box[] {
  const pointedAt = checks.filter((check) => check.ok).flatMap((check) => check.regions);
  return pointedAt.filter((box) => !regions.some((region) => contains(region.box, centre(box))));
}

function centre(box: Box): [number, number] {
  return [box[0] + box[2] / 2, box[1] + box[3] / 2];
}

function contains(box: Box, [x, y]: [number, number]): boolean {
  return x >= box[0] && x < box[0] + box[2] && y >= box[1] && y < box[1] + box[3];
}

function third(share: number, names: [string, string, string]): string {
  return names[clamp(Math.floor(share * 3), 0, 2)] ?? names[1];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
