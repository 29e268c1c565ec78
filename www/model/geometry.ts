/** Boxes, `[x, y, width, height]`, and points in pixels of the upright picture; what a hand does to them. */

export type Box = [number, number, number, number];
export type Point = [number, number];

/** `[cx, cy, rx, ry, angle]`: centre, radii, and the angle in radians by which it is turned clockwise. */
export type Ellipse = [number, number, number, number, number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A new area's side, as a share of the picture's shorter side. */
const NEW_AREA_SHARE = 0.2;
/** Smallest side that a person can give an area, in pixels. */
const MIN_SIDE = 8;
/** A key press moves an area by this share of the picture's longer side. */
const KEY_STEP_SHARE = 1 / 200;

/** How far one key press or button moves an edge, in pixels of the picture. */
export function keyStep(picture: Size): number {
  return Math.max(1, Math.round(Math.max(picture.width, picture.height) * KEY_STEP_SHARE));
}

/** A square in the middle of the picture. */
export function centredBox(picture: Size): Box {
  const wanted = Math.min(picture.width, picture.height) * NEW_AREA_SHARE;
  const side = Math.round(Math.max(wanted, Math.min(MIN_SIDE, picture.width, picture.height)));
  return [Math.round((picture.width - side) / 2), Math.round((picture.height - side) / 2), side, side];
}

/** `box` moved by (dx, dy), kept inside the picture; what reaches out of it is moved no farther out. */
export function moved(box: Box, dx: number, dy: number, picture: Size): Box {
  const [x, y, width, height] = box;
  const along = (start: number, by: number, room: number) => clamp(start + by, Math.min(0, start), Math.max(room, start));
  return [along(x, dx, picture.width - width), along(y, dy, picture.height - height), width, height];
}

/** `box` with its sides so many times as long, around the same centre; it may reach out of the picture. */
export function scaled([x, y, width, height]: Box, factor: number): Box {
  const [wide, high] = [width * factor, height * factor];
  return [x - (wide - width) / 2, y - (high - height) / 2, wide, high];
}

/** What becomes of an ellipse if everything is stretched so that one box becomes the other. */
export function stretched([cx, cy, rx, ry, angle]: Ellipse, from: Box, to: Box): Ellipse {
  const [sx, sy] = [to[2] / from[2], to[3] / from[3]];
  const centre: Point = [to[0] + (cx - from[0]) * sx, to[1] + (cy - from[1]) * sy];
  // Its two radii, as vectors; the stretched ones are conjugate radii of the new ellipse (Rytz).
  const [u, v] = [[sx * rx * Math.cos(angle), sy * rx * Math.sin(angle)], [-sx * ry * Math.sin(angle), sy * ry * Math.cos(angle)]] as const;
  const turn = Math.atan2(2 * (u[0] * v[0] + u[1] * v[1]), u[0] ** 2 + u[1] ** 2 - v[0] ** 2 - v[1] ** 2) / 2;
  const at = (t: number): Point => [u[0] * Math.cos(t) + v[0] * Math.sin(t), u[1] * Math.cos(t) + v[1] * Math.sin(t)];
  const [long, short] = [at(turn), at(turn + Math.PI / 2)];
  return [...centre, Math.hypot(...long), Math.hypot(...short), Math.atan2(long[1], long[0])];
}

/** Distance of a point from a line through points. */
export function distanceFrom(points: readonly Point[], [x, y]: Point): number {
  const ends = points.slice(1).map((end, index) => [points[index] ?? end, end] as const);
  const [first] = points;
  const segments = ends.length === 0 && first !== undefined ? [[first, first] as const] : ends;
  return Math.min(...segments.map(([a, b]) => {
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const along = clamp(((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy || 1), 0, 1);
    return Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy);
  }));
}

/** The smallest box around points, and so much more on all sides. */
export function around(points: readonly Point[], margin = 0): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }
  return [left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin];
}

/** The part of the box that lies in the picture. */
export function cutTo(picture: Size, [x, y, width, height]: Box): Box {
  return boxBetween([x, y], [x + width, y + height], picture);
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
export function boxBetween(a: Point, b: Point, picture: Size): Box {
  const [x0, x1] = [a[0], b[0]].map((x) => clamp(x, 0, picture.width)).sort((p, q) => p - q) as [number, number];
  const [y0, y1] = [a[1], b[1]].map((y) => clamp(y, 0, picture.height)).sort((p, q) => p - q) as [number, number];
  return [x0, y0, x1 - x0, y1 - y0];
}

export function longEnough(box: Box, leastSide = MIN_SIDE): boolean {
  return Math.min(box[2], box[3]) >= Math.max(leastSide, MIN_SIDE);
}

/** The boxes are the same but for rounding. */
export function isSameBox(a: Box, b: Box): boolean {
  return a.every((value, index) => Math.abs(value - (b[index] ?? 0)) < 0.5);
}

/** The boxes have the same size but for rounding. */
export function isSameSize(a: Box, b: Box): boolean {
  return Math.abs(a[2] - b[2]) < 0.5 && Math.abs(a[3] - b[3]) < 0.5;
}

/** The upright ellipse that fits into the box. */
export function inscribed([x, y, width, height]: Box): Ellipse {
  return [x + width / 2, y + height / 2, width / 2, height / 2, 0];
}

/** Intersection over union, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(width, 0) * Math.max(height, 0);
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

export function holds(outer: Box, inner: Box): boolean {
  const [right, bottom] = [inner[0] + inner[2], inner[1] + inner[3]];
  return inner[0] >= outer[0] && inner[1] >= outer[1] && right <= outer[0] + outer[2] && bottom <= outer[1] + outer[3];
}

export function centre(box: Box): Point {
  return [box[0] + box[2] / 2, box[1] + box[3] / 2];
}

export function contains(box: Box, [x, y]: Point): boolean {
  return x >= box[0] && x < box[0] + box[2] && y >= box[1] && y < box[1] + box[3];
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

/** The smallest box of whole pixels around this one, cut to the picture. */
export function wholePixels([x, y, width, height]: Box, picture: Size): Box {
  const [left, top] = [clamp(Math.floor(x), 0, picture.width), clamp(Math.floor(y), 0, picture.height)];
  const [right, bottom] = [clamp(Math.ceil(x + width), 0, picture.width), clamp(Math.ceil(y + height), 0, picture.height)];
  return [left, top, right - left, bottom - top];
}
