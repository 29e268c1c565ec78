/** Where an area that is being adjusted is taken hold of. All in pixels of the view; knows nothing of the page's elements. */

import { clamp } from "./geometry.js";
import type { Box, Size } from "./geometry.js";

/** The edges that each corner moves. */
export const CORNERS = {
  nw: ["left", "top"],
  se: ["right", "bottom"],
  ne: ["right", "top"],
  sw: ["left", "bottom"],
} as const;

export type Corner = keyof typeof CORNERS;

/** A square that resizes the area from one of its corners. */
export interface Handle {
  corner: Corner;
  /** Of the square, whose side is {@link HANDLE_SIDE}. */
  left: number;
  top: number;
  /** Where in the square its mark is drawn: as near to the area's corner as it fits. */
  mark: [number, number];
}

/** WCAG 2.2, 2.5.5 Target Size (Enhanced). The style sheet has the same. */
export const HANDLE_SIDE = 44;
/** From this size on the corners leave enough of an area's inside to move it by. */
const ROOMY = 3 * HANDLE_SIDE;
/** Half of the mark's side, and a little. */
const MARK_RADIUS = 10;

/** The part of the view that moves an area: the area itself, or what a finger can hit around a small one. */
export function moveZone([x, y, width, height]: Box): Box {
  const [wide, high] = [Math.max(width, HANDLE_SIDE), Math.max(height, HANDLE_SIDE)];
  return [x - (wide - width) / 2, y - (high - height) / 2, wide, high];
}

/**
 * The handles of an area in a frame. They lie at those corners of a large area that are seen and outside of a small one, where all that
 * is inside moves it. At the frame's edge they slide along it. One that has no room left is missing: the others do for all sizes, and
 * keys and buttons for the rest.
 */
export function handlesOf(box: Box, frame: Size): Handle[] {
  const corners = Object.keys(CORNERS) as Corner[];
  if (box[2] >= ROOMY && box[3] >= ROOMY) {
    const seen = corners.filter((corner) => isIn(frame, cornerOf(box, corner)));
    return seen.map((corner) => handleAt(corner, box, within(centredAt(cornerOf(box, corner)), frame)));
  }
  const zone = moveZone(box);
  const wanted = corners.map((corner) => ({ corner, square: outside(zone, corner) }));
  const taken = [zone];
  const handles: Handle[] = [];
  for (const { corner, square } of [...wanted].sort((a, b) => overhang(a.square, frame) - overhang(b.square, frame))) {
    const slid = within(square, frame);
    if (!taken.some((other) => overlaps(other, slid))) {
      taken.push(slid);
      handles.push(handleAt(corner, box, slid));
    }
  }
  return handles;
}

function handleAt(corner: Corner, box: Box, [left, top]: Box): Handle {
  const [x, y] = cornerOf(box, corner);
  const inside = (value: number) => clamp(value, MARK_RADIUS, HANDLE_SIDE - MARK_RADIUS);
  return { corner, left, top, mark: [inside(x - left), inside(y - top)] };
}

function cornerOf([x, y, width, height]: Box, corner: Corner): [number, number] {
  const [horizontal, vertical] = CORNERS[corner];
  return [horizontal === "left" ? x : x + width, vertical === "top" ? y : y + height];
}

/** At its very edge counts, too. */
function isIn({ width, height }: Size, [x, y]: [number, number]): boolean {
  return x >= -1 && y >= -1 && x <= width + 1 && y <= height + 1;
}

function centredAt([x, y]: [number, number]): Box {
  return [x - HANDLE_SIDE / 2, y - HANDLE_SIDE / 2, HANDLE_SIDE, HANDLE_SIDE];
}

function outside(zone: Box, corner: Corner): Box {
  const [x, y] = cornerOf(zone, corner);
  const [horizontal, vertical] = CORNERS[corner];
  const [left, top] = [horizontal === "left" ? x - HANDLE_SIDE : x, vertical === "top" ? y - HANDLE_SIDE : y];
  return [left, top, HANDLE_SIDE, HANDLE_SIDE];
}

/** How far the square has to slide to lie in the frame. */
function overhang(square: Box, frame: Size): number {
  const slid = within(square, frame);
  return Math.abs(slid[0] - square[0]) + Math.abs(slid[1] - square[1]);
}

function within([x, y, width, height]: Box, frame: Size): Box {
  return [clamp(x, 0, frame.width - width), clamp(y, 0, frame.height - height), width, height];
}

function overlaps(a: Box, b: Box): boolean {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}
