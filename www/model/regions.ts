/** The parts of a picture that a person decides about. */

import type { Check, Decision, Region } from "../engine/generated/report.js";
import type { CoverRequest, RegionRequest } from "../engine/generated/options.js";
import { centre, contains, holds, inscribed, isSameBox, isSameSize, overlap, wholePixels } from "./geometry.js";
import type { Box, Ellipse, Size } from "./geometry.js";

/** A region as a report has it, and what a person has made of it. Its id is never used again for the same photo. */
export interface ListedRegion extends Readonly<Region> {
  /** Where a person has put it; null for one that lies where it was found or, if a person drew it, where its box is. */
  readonly shaped: Box | null;
}

/** Two detections that overlap by more than this (intersection over union) are one face, as in the engine's own merging. */
const SAME_FACE_OVERLAP = 0.4;

export function fromReport(id: number, region: Region): ListedRegion {
  return { ...region, id, decision: "undecided", shaped: null };
}

/** An area that a person has drawn: it is covered as it is, and does not grow to a head. */
export function fromPerson(id: number, box: Box): ListedRegion {
  return { ...bare(id, box), kind: "other", origin: "added", decision: "cover" };
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

export function reshape(region: ListedRegion, box: Box): ListedRegion {
  return region.origin === "added" ? { ...region, box } : { ...region, shaped: box };
}

/** The ellipse that covers the region if it is put into `box`, as far as that is known; null if it is covered in another shape. */
export function ellipseOf(region: ListedRegion, box: Box = shownBox(region)): Ellipse | null {
  const ellipse = movedEllipse(region, box);
  return ellipse ?? (isRound(region) ? inscribed(box) : null);
}

/** Faces and heads are covered by ellipses, unless a report says otherwise. */
function isRound({ kind, cover }: ListedRegion): boolean {
  return (kind === "face" || kind === "head") && (cover === null || cover.shape === "ellipse");
}

/** The cover's own ellipse, which keeps its radii and its angle as long as the region is only moved. */
function movedEllipse({ cover }: ListedRegion, box: Box): Ellipse | null {
  if (cover === null || cover.ellipse === null || !isSameSize(cover.bounds, box)) {
    return null;
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
  return isRound(region) ? { bounds, shape: "ellipse", ellipse: movedEllipse(region, box) } : { bounds, shape: "rectangle" };
}

/** For each region of a second search the listed one that means the same, each at most once; null for a new one. */
export function match(found: Region[], listed: readonly ListedRegion[]): (ListedRegion | null)[] {
  const free = new Set(listed);
  return found.map((face) => {
    let best: ListedRegion | null = null;
    let most = SAME_FACE_OVERLAP;
    for (const region of free) {
      const share = likeness(region, face);
      if (share > most) {
        [best, most] = [region, share];
      }
    }
    if (best !== null) {
      free.delete(best);
    }
    return best;
  });
}

/** How well they overlap. An area that a person has drawn means a face only if it holds the whole of it. */
function likeness(region: ListedRegion, face: Region): number {
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
  return pointedAt.filter((box) => !regions.some((region) => contains(shownBox(region), centre(box))));
}
