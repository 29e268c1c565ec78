/** The parts of a picture that a person decides about. */

import type { Brush, Check, Cover, Decision, Region } from "../engine/generated/report.js";
import type { CoverRequest, RegionRequest } from "../engine/generated/options.js";
import { around, centre, contains, cutTo, distanceFrom, holds, inscribed, isSameBox, isSameSize, overlap, scaled, stretched, wholePixels } from "./geometry.js";
import type { Box, Ellipse, Point, Size } from "./geometry.js";

/** A region as a report has it, and what a person has made of it. Its id is never used again for the same photo. */
export interface ListedRegion extends Readonly<Region> {
  /** Where a person has put it; null for one that lies where it was found or, if a person drew it, where its box is. */
  readonly shaped: Box | null;
}

/** What a person can draw. A stroke covers all that is at most its radius away from a line through its points. */
export type Shape = { readonly kind: "rectangle" | "ellipse"; readonly box: Box } | ({ readonly kind: "brush" } & Stroke);

export interface Stroke {
  readonly points: readonly Point[];
  readonly radius: number;
}

/** No scaling makes a side or a brush smaller than this, in pixels of the picture. */
const LEAST_SIDE = 8;
const LEAST_RADIUS = 2;

/** Two detections that overlap by more than this (intersection over union) are one face, as in the engine's own merging. */
const SAME_FACE_OVERLAP = 0.4;

export function fromReport(id: number, region: Region): ListedRegion {
  return { ...region, id, decision: "undecided", shaped: null };
}

/** An area that a person has drawn: it is covered as it is, and does not grow to a head. */
export function fromPerson(id: number, box: Box): ListedRegion {
  return { ...bare(id, box), kind: "other", origin: "added", decision: "cover" };
}

/** An area in the shape that a person has drawn. */
export function fromShape(id: number, shape: Shape, picture: Size): ListedRegion {
  switch (shape.kind) {
    case "rectangle":
      return fromPerson(id, shape.box);
    case "ellipse":
      return { ...fromPerson(id, shape.box), cover: coverOf(shape.box, "ellipse", { ellipse: inscribed(shape.box) }) };
    case "brush":
      return withStroke(fromPerson(id, [0, 0, 0, 0]), shape, picture);
  }
}

/** The area, drawn by this stroke. */
export function withStroke(region: ListedRegion, { points, radius }: Stroke, picture: Size): ListedRegion {
  const box = cutTo(picture, around(points, radius));
  return { ...region, box, cover: coverOf(box, "brush", { brush: { points: points.map(([x, y]) => [x, y]), radius } }) };
}

function coverOf(bounds: Box, shape: Cover["shape"], more: Partial<Cover>): Cover {
  return { bounds, shape, ellipse: null, polygon: null, brush: null, mask: null, ...more };
}

/** What the proof of a copy points at. */
export function fromProof(id: number, box: Box, decision: Decision): ListedRegion {
  return { ...bare(id, box), kind: "face", origin: "rechecked", decision };
}

function bare(id: number, box: Box) {
  return { id, box, score: null, maybe: false, landmarks: null, cover: null, identifiability: null, shaped: null };
}

/** What is undecided is covered. */
export function isCovered(region: Region): boolean {
  return region.decision !== "open";
}

/** The engine has found it and is sure that it is a face. */
export function isCertain(region: Region): boolean {
  return region.origin === "found" && !region.maybe;
}

/** What is shown of the region: what would be covered, as far as that is known. */
export function shownBox(region: ListedRegion): Box {
  return region.shaped ?? region.cover?.bounds ?? region.box;
}

/** A stroke is only moved: its shape is its own. */
export function reshape(region: ListedRegion, box: Box): ListedRegion {
  if (region.origin !== "added") {
    return { ...region, shaped: box };
  }
  const { cover } = region;
  if (cover === null) {
    return { ...region, box };
  }
  const brush = cover.brush && movedBrush(cover.brush, box[0] - region.box[0], box[1] - region.box[1]);
  const bounds: Box = brush === null ? box : [box[0], box[1], region.box[2], region.box[3]];
  return { ...region, box: bounds, cover: { ...cover, bounds, brush, ellipse: cover.ellipse && inscribed(bounds) } };
}

function movedBrush({ points, radius }: Brush, dx: number, dy: number): Brush {
  return { points: points.map(([x, y]) => [x + dx, y + dy]), radius };
}

/** Makes a region so many times as large, around its middle. A larger one covers all that it did before. */
export function scale(region: ListedRegion, factor: number, picture: Size): ListedRegion {
  const brush = strokeOf(region);
  if (brush !== null) {
    return withStroke(region, { ...brush, radius: Math.max(brush.radius * factor, Math.min(brush.radius, LEAST_RADIUS)) }, picture);
  }
  const box = shownBox(region);
  const shorter = Math.min(box[2], box[3]);
  return reshape(region, scaled(box, Math.max(factor, Math.min(1, LEAST_SIDE / shorter))));
}

/** What the region is drawn by, if that is a brush. */
export function strokeOf({ cover }: ListedRegion): Brush | null {
  return cover?.brush ?? null;
}

/** The ellipse that covers the region if it is put into `box`, as far as that is known; null if it is covered in another shape. */
export function ellipseOf(region: ListedRegion, box: Box = shownBox(region)): Ellipse | null {
  const ellipse = ownEllipse(region, box);
  return ellipse ?? (isRound(region) ? inscribed(box) : null);
}

/** Faces and heads are covered by ellipses, unless a report says otherwise. */
function isRound({ kind, cover }: ListedRegion): boolean {
  return (kind === "face" || kind === "head") && (cover === null || cover.shape === "ellipse");
}

/** The cover's own ellipse, moved or stretched with its bounds: whoever makes them larger uncovers nothing. */
function ownEllipse({ cover }: ListedRegion, box: Box): Ellipse | null {
  if (cover === null || cover.ellipse === null) {
    return null;
  }
  if (!isSameSize(cover.bounds, box)) {
    return stretched(cover.ellipse, cover.bounds, box);
  }
  const [cx, cy, rx, ry, angle] = cover.ellipse;
  return [cx + box[0] - cover.bounds[0], cy + box[1] - cover.bounds[1], rx, ry, angle];
}

/** What the engine gets. A region that a person has shaped is covered as it is shown. */
export function toRequest({ shaped, ...region }: ListedRegion, picture: Size): RegionRequest {
  return shaped === null ? region : { ...region, cover: shapedCover({ shaped, ...region }, shaped, picture) };
}

function shapedCover(region: ListedRegion, box: Box, picture: Size): CoverRequest {
  const bounds = wholePixels(box, picture);
  return isRound(region) ? { bounds, shape: "ellipse", ellipse: ownEllipse(region, box) } : { bounds, shape: "rectangle" };
}

/**
 * For each region of a second search the listed one that means the same, each at most once; null for a new one. Those that overlap most
 * come first: a face that is left open must not be taken for its neighbour.
 */
export function match(found: Region[], listed: readonly ListedRegion[]): (ListedRegion | null)[] {
  const pairs = found.flatMap((face, at) => listed.map((region) => ({ at, region, share: likeness(region, face) })));
  const matches = found.map((): ListedRegion | null => null);
  const taken = new Set<ListedRegion>();
  for (const { at, region } of pairs.filter(({ share }) => share > SAME_FACE_OVERLAP).sort((a, b) => b.share - a.share)) {
    if (matches[at] === null && !taken.has(region)) {
      matches[at] = region;
      taken.add(region);
    }
  }
  return matches;
}

/** How well they overlap. An area that a person has drawn means a face only if it holds the whole of it, as only a rectangle surely does. */
function likeness(region: ListedRegion, face: Region): number {
  if (region.origin === "added" && region.cover !== null) {
    return 0;
  }
  const isArea = region.origin === "added" || (region.origin === "rechecked" && region.shaped !== null);
  if (!isArea) {
    return overlap(region.box, face.box);
  }
  const area = shownBox(region);
  return holds(area, face.box) ? overlap(area, face.cover?.bounds ?? face.box) : 0;
}

/** The listed region with what a second search says of it; what a person has decided stays. */
export function confirmed(region: ListedRegion, face: Region): ListedRegion {
  const { id, decision, shaped } = region;
  return region.origin === "found" ? { ...face, id, decision, shaped } : region;
}

/** Boxes that failed checks point at, each once. */
export function failedBoxes(checks: Check[]): Box[] {
  const boxes = checks.filter((check) => !check.ok).flatMap((check) => check.regions);
  return boxes.filter((box, index) => boxes.findIndex((other) => isSameBox(other, box)) === index);
}

/** Boxes that passed checks point at, not certain enough to fail them, and that lie outside every region decided about. */
export function faintBoxes(checks: Check[], regions: readonly ListedRegion[]): Box[] {
  const pointedAt = checks.filter((check) => check.ok).flatMap((check) => check.regions);
  return pointedAt.filter((box) => !regions.some((region) => isAt(region, centre(box))));
}

/** The point lies in the region. A stroke is less than the box around it. */
function isAt(region: ListedRegion, point: Point): boolean {
  const stroke = strokeOf(region);
  return stroke === null ? contains(shownBox(region), point) : distanceFrom(stroke.points, point) <= stroke.radius;
}
