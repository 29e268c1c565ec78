/**
 * What a pointer does on the picture from press to lift: it moves an area, resizes it or draws a new one. Points and boxes are in
 * pixels of the picture. Knows nothing of the page's elements: `(drag, input) → drag + effect`.
 */

import { CORNERS } from "./handles.js";
import type { Corner } from "./handles.js";
import { boxBetween, longEnough, moved, reshaped } from "./geometry.js";
import type { Box, Point, Size } from "./geometry.js";

export type Grip =
  | { kind: "move"; box: Box }
  | { kind: "resize"; box: Box; corner: Corner }
  | { kind: "draw" };

export interface Drag {
  /** Who drags; all other pointers are ignored meanwhile. */
  readonly pointer: number;
  readonly grip: Grip;
  readonly from: Point;
  /** Where the pointer is now. */
  readonly at: Point;
  /** Pixels of the picture in one of the view. */
  readonly scale: number;
  /** The pointer has left the place where it went down. */
  readonly moving: boolean;
  /** What the area is like now. */
  readonly box: Box;
}

export type DragInput =
  | { kind: "press"; pointer: number; at: Point; grip: Grip; scale: number }
  | { kind: "move"; pointer: number; at: Point }
  | { kind: "lift"; pointer: number; at: Point }
  /** The system has taken the pointer away, its capture was lost, or a key has ended the drag. */
  | { kind: "cancel"; pointer: number };

/** `show`: a draft, which is not decided yet. `drop`: all is as it was before the press. */
export type DragEffect = { kind: "show" | "commit"; grip: Grip; box: Box } | { kind: "drop"; grip: Grip };

export interface Dragging {
  drag: Drag | null;
  effect: DragEffect | null;
}

/** A movement of up to this many pixels of the view is a trembling hand, not a drag. */
const SLACK = 4;
/** Smallest side, in pixels of the view, that dragging leaves of an area; it is never a sliver that cannot be seen. */
const LEAST_SIDE = 8;

export function dragStep(drag: Drag | null, input: DragInput, picture: Size): Dragging {
  if (drag !== null && input.pointer !== drag.pointer) {
    return { drag, effect: null };
  }
  switch (input.kind) {
    case "press":
      return { drag: started(input), effect: drag && { kind: "drop", grip: drag.grip } };
    case "move":
      return drag === null ? idle : shown(followed(drag, input.at, picture));
    case "lift":
      return drag === null ? idle : ended(followed(drag, input.at, picture));
    case "cancel":
      return drag === null ? idle : { drag: null, effect: { kind: "drop", grip: drag.grip } };
  }
}

const idle: Dragging = { drag: null, effect: null };

function started({ pointer, at, grip, scale }: Extract<DragInput, { kind: "press" }>): Drag {
  const box: Box = grip.kind === "draw" ? [at[0], at[1], 0, 0] : grip.box;
  return { pointer, grip, from: at, at, scale, moving: false, box };
}

function followed(drag: Drag, at: Point, picture: Size): Drag {
  const [dx, dy] = [at[0] - drag.from[0], at[1] - drag.from[1]];
  const moving = drag.moving || Math.max(Math.abs(dx), Math.abs(dy)) > SLACK * drag.scale;
  return moving ? { ...drag, at, moving, box: boxAt(drag, at, dx, dy, picture) } : drag;
}

function boxAt({ grip, from, scale }: Drag, at: Point, dx: number, dy: number, picture: Size): Box {
  switch (grip.kind) {
    case "move":
      return moved(grip.box, dx, dy, picture);
    case "resize": {
      const [horizontal, vertical] = CORNERS[grip.corner];
      return reshaped(grip.box, { [horizontal]: dx, [vertical]: dy }, picture, LEAST_SIDE * scale);
    }
    case "draw":
      return boxBetween(from, at, picture);
  }
}

function shown(drag: Drag): Dragging {
  return { drag, effect: drag.moving ? { kind: "show", grip: drag.grip, box: drag.box } : null };
}

function ended(drag: Drag): Dragging {
  const { grip, box, moving, scale } = drag;
  const isSliver = grip.kind === "draw" && !longEnough(box, LEAST_SIDE * scale);
  return { drag: null, effect: moving && !isSliver ? { kind: "commit", grip, box } : { kind: "drop", grip } };
}
