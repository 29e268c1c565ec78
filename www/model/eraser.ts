/**
 * What an eraser takes away: of strokes each part that it touches, other drawn areas as a whole. Covers of what was found stay as they
 * are; whoever wants to see a face leaves it open.
 */

import { distanceFrom } from "./geometry.js";
import type { Point, Size } from "./geometry.js";
import { ellipseOf, strokeOf, withStroke } from "./regions.js";
import type { ListedRegion, Stroke } from "./regions.js";

/** Strokes are cut at steps of this share of the smaller radius. */
const STEP_SHARE = 0.25;

export interface Erased {
  readonly regions: readonly ListedRegion[];
  readonly lastRegion: number;
}

/** Without anything to erase, the same regions. What is left of a cut stroke are several, of which the first keeps the id. */
export function erase(regions: readonly ListedRegion[], eraser: Stroke, lastRegion: number, picture: Size): Erased {
  const touched = regions.filter((region) => region.origin === "added" && isTouched(region, eraser));
  if (touched.length === 0) {
    return { regions, lastRegion };
  }
  let last = lastRegion;
  const nextId = () => (last += 1);
  const left = regions.flatMap((region) => (touched.includes(region) ? remains(region, eraser, nextId, picture) : [region]));
  return { regions: left, lastRegion: last };
}

function isTouched(region: ListedRegion, eraser: Stroke): boolean {
  const stroke = strokeOf(region);
  if (stroke !== null) {
    const reach = stroke.radius + eraser.radius;
    return finely(stroke.points, stepOf(stroke, eraser)).some((point) => distanceFrom(eraser.points, point) <= reach);
  }
  return finely(eraser.points, eraser.radius * STEP_SHARE).some((point) => isNear(region, point, eraser.radius));
}

/** The point is at most so far away from the region. */
function isNear(region: ListedRegion, [x, y]: Point, reach: number): boolean {
  const ellipse = ellipseOf(region);
  if (ellipse !== null) {
    const [cx, cy, rx, ry, angle] = ellipse;
    const [dx, dy] = [x - cx, y - cy];
    const along = (dx * Math.cos(angle) + dy * Math.sin(angle)) / (rx + reach);
    const across = (dy * Math.cos(angle) - dx * Math.sin(angle)) / (ry + reach);
    return along ** 2 + across ** 2 <= 1;
  }
  const [left, top, width, height] = region.box;
  return Math.hypot(Math.max(left - x, 0, x - left - width), Math.max(top - y, 0, y - top - height)) <= reach;
}

function remains(region: ListedRegion, eraser: Stroke, nextId: () => number, picture: Size): ListedRegion[] {
  const stroke = strokeOf(region);
  if (stroke === null) {
    return [];
  }
  const reach = stroke.radius + eraser.radius;
  const pieces: Point[][] = [[]];
  for (const point of finely(stroke.points, stepOf(stroke, eraser))) {
    distanceFrom(eraser.points, point) <= reach ? pieces.push([]) : pieces.at(-1)?.push(point);
  }
  const left = pieces.filter((points) => points.length > 0);
  return left.map((points, index) => withStroke({ ...region, id: index === 0 ? region.id : nextId() }, { ...stroke, points }, picture));
}

function stepOf(stroke: Stroke, eraser: Stroke): number {
  return Math.min(stroke.radius, eraser.radius) * STEP_SHARE;
}

/** The same line through more points, none farther from the next than a step. */
function finely(points: readonly Point[], step: number): Point[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (before === undefined) {
      return [point];
    }
    const count = Math.max(1, Math.ceil(Math.hypot(point[0] - before[0], point[1] - before[1]) / step));
    const between = (part: number): Point => [before[0] + (point[0] - before[0]) * part, before[1] + (point[1] - before[1]) * part];
    return Array.from({ length: count }, (_, each) => between((each + 1) / count));
  });
}
