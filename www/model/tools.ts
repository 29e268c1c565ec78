/**
 * What pointers and keys do on the picture: `(stage, event) → stage + change`. One pointer at a time works with a tool; a second finger
 * that comes at once takes that back and zooms with it instead. Points of events are in pixels of the view, all else is in pixels of the
 * picture. Knows nothing of the page's elements.
 */

import { fullZoom, panned, pinched, scaleOf, showing, toPicture, wholeOf, zoomedTo, ZOOM_STEP } from "./camera.js";
import type { Camera, View } from "./camera.js";
import { dragStep } from "./drag.js";
import type { Drag, DragInput, Grip } from "./drag.js";
import { boxBetween, longEnough } from "./geometry.js";
import type { Box, Point, Size } from "./geometry.js";
import type { RegionChange } from "./photo.js";
import type { Stroke } from "./regions.js";

export const TOOLS = ["select", "rectangle", "ellipse", "brush", "eraser"] as const;
export type Tool = (typeof TOOLS)[number];

export interface Stage {
  readonly camera: Camera;
  readonly tool: Tool;
  /** Radius of the brush and the eraser in pixels of the view: whoever zooms in paints finer. */
  readonly radius: number;
  readonly doing: Doing;
  /** Fingers that are down. */
  readonly touches: readonly Touch[];
  /** The first corner of an area that is given by two clicks. */
  readonly corner: Point | null;
  /** Where the mouse or, moved by keys, the drawing point is; null if nobody knows. */
  readonly cursor: Point | null;
}

export type Doing =
  | { readonly kind: "idle" }
  | { readonly kind: "drag"; readonly drag: Drag }
  | { readonly kind: "stroke"; readonly pointer: number; readonly isFinger: boolean; readonly points: readonly Point[]; readonly radius: number }
  /** `moving`: it is more than a click. */
  | { readonly kind: "pan"; readonly pointer: number; readonly from: Point; readonly camera: Camera; readonly moving: boolean }
  | { readonly kind: "pinch"; readonly pointers: readonly [number, number]; readonly from: readonly [Point, Point]; readonly camera: Camera }
  /** After a pinch, until no finger is down. */
  | { readonly kind: "rest" };

export interface Touch {
  readonly pointer: number;
  readonly from: Point;
  readonly at: Point;
  /** In milliseconds. */
  readonly since: number;
  /** How far away from where it went down it has been. */
  readonly reach: number;
}

export type StageEvent =
  /** `grip`: what is taken hold of there with the tool `select`. `pans`: by a button of the mouse that always pans. */
  | {
      readonly kind: "press";
      readonly pointer: number;
      readonly isFinger: boolean;
      readonly at: Point;
      readonly time: number;
      readonly grip: Grip | null;
      readonly pans: boolean;
    }
  /** All points since the last event, the newest last. */
  | { readonly kind: "move"; readonly pointer: number; readonly points: readonly Point[] }
  | { readonly kind: "lift"; readonly pointer: number; readonly at: Point }
  /** The system has taken the pointer away, or its capture was lost. */
  | { readonly kind: "lose"; readonly pointer: number }
  /** A key has ended it, the window is no longer in front, or what was worked on has changed. */
  | { readonly kind: "stop" }
  | { readonly kind: "choose"; readonly tool: Tool }
  | { readonly kind: "resize"; readonly by: 1 | -1 }
  /** The drawing point is moved by keys, by pixels of the view. */
  | { readonly kind: "step"; readonly by: Point }
  /** A click where the drawing point is. */
  | { readonly kind: "tap" }
  | { readonly kind: "wheel"; readonly at: Point; readonly factor: number }
  | { readonly kind: "zoom"; readonly to: "in" | "out" | "whole" | "full" }
  | { readonly kind: "pan"; readonly by: Point };

/** What events are about. */
export interface Scene {
  readonly view: View;
  /** The region that is being moved and resized. */
  readonly adjusted: number | null;
}

export interface Staged {
  readonly stage: Stage;
  readonly change: RegionChange | null;
}

/** What would come of it if it ended now. */
export type Draft =
  | { readonly kind: "box"; readonly box: Box; readonly isNew: boolean; readonly isRound: boolean }
  | ({ readonly kind: "stroke"; readonly erases: boolean } & Stroke);

/** Radii of the brush in pixels of the view. */
const RADII = [6, 10, 16, 24, 36, 54];
const USUAL_RADIUS = 24;
/** A finger that has stayed within so many pixels has not begun anything, and neither has one that came just now and is still near. */
const STILL_PX = 8;
const FRESH_PX = 16;
const FRESH_MS = 150;
const SLACK = 4;

const IDLE: Doing = { kind: "idle" };

export function newStage(picture: Size): Stage {
  return { camera: wholeOf(picture), tool: "select", radius: USUAL_RADIUS, doing: IDLE, touches: [], corner: null, cursor: null };
}

export function stageStep(stage: Stage, event: StageEvent, scene: Scene): Staged {
  switch (event.kind) {
    case "press":
      return pressed(stage, event, scene);
    case "move":
      return only(followed(stage, event.pointer, event.points, scene));
    case "lift":
      return lifted(stage, event.pointer, event.at, scene);
    case "lose":
      return only(lost(stage, event.pointer));
    case "stop":
      return only({ ...stage, doing: IDLE, touches: [], corner: null });
    case "choose":
      return only({ ...stage, tool: event.tool, doing: IDLE, corner: null, cursor: null });
    case "resize":
      return only({ ...stage, radius: nextRadius(stage.radius, event.by) });
    case "step":
      return only(stepped(stage, event.by, scene));
    case "tap":
      return tapped(stage, stage.cursor ?? stage.camera.centre, scene);
    default:
      return only(isBusy(stage) ? stage : { ...stage, camera: aimed(stage.camera, event, scene.view) });
  }
}

/** Something is under way that stopping would take back. */
export function isBusy({ doing, corner }: Stage): boolean {
  return doing.kind !== "idle" || corner !== null;
}

export function isZoomed({ camera }: Stage): boolean {
  return camera.zoom > 1;
}

/** The pointers that belong to the picture, wherever they go. */
export function ownersOf({ doing }: Stage): readonly number[] {
  switch (doing.kind) {
    case "idle":
    case "rest":
      return [];
    case "pinch":
      return doing.pointers;
    case "pan":
      return doing.moving ? [doing.pointer] : [];
    default:
      return [ownerOf(doing) ?? -1];
  }
}

export function draftOf({ doing, tool, corner, cursor }: Stage): Draft | null {
  if (doing.kind === "stroke") {
    return { kind: "stroke", points: doing.points, radius: doing.radius, erases: tool === "eraser" };
  }
  const isRound = tool === "ellipse";
  if (doing.kind === "drag" && doing.drag.moving) {
    return { kind: "box", box: doing.drag.box, isNew: doing.drag.grip.kind === "draw", isRound };
  }
  if (corner === null) {
    return null;
  }
  const [x, y] = cursor ?? corner;
  return { kind: "box", box: [Math.min(corner[0], x), Math.min(corner[1], y), Math.abs(x - corner[0]), Math.abs(y - corner[1])], isNew: true, isRound };
}

/** Where a finger draws, which hides what it draws on. */
export function magnifiedAt({ doing, tool, touches }: Stage): Point | null {
  if (doing.kind === "stroke") {
    return doing.isFinger ? (doing.points.at(-1) ?? null) : null;
  }
  const isFinger = doing.kind === "drag" && touches.some(({ pointer }) => pointer === doing.drag.pointer);
  return isFinger && doing.drag.moving && tool !== "select" ? doing.drag.at : null;
}

function only(stage: Stage): Staged {
  return { stage, change: null };
}

function ownerOf(doing: Doing): number | null {
  switch (doing.kind) {
    case "drag":
      return doing.drag.pointer;
    case "stroke":
    case "pan":
      return doing.pointer;
    default:
      return null;
  }
}

// Pointers

type Press = Extract<StageEvent, { kind: "press" }>;

function pressed(stage: Stage, press: Press, scene: Scene): Staged {
  const others = stage.touches.filter(({ pointer }) => pointer !== press.pointer);
  const touch: Touch = { pointer: press.pointer, from: press.at, at: press.at, since: press.time, reach: 0 };
  const next = press.isFinger ? { ...stage, touches: [...others, touch] } : stage;
  const [first] = others;
  if (press.isFinger && others.length === 1 && first !== undefined && givesWay(stage.doing, first, press.time)) {
    const doing: Doing = { kind: "pinch", pointers: [first.pointer, press.pointer], from: [first.at, press.at], camera: stage.camera };
    return only({ ...next, doing });
  }
  const owner = ownerOf(stage.doing);
  const isFree = stage.doing.kind === "idle" || owner === press.pointer;
  return isFree && (!press.isFinger || others.length === 0) ? only({ ...next, doing: begun(stage, press, scene) }) : only(next);
}

/** What one finger does ends as if it had not been, if a second one comes before it has really begun. */
function givesWay(doing: Doing, touch: Touch, now: number): boolean {
  switch (doing.kind) {
    case "pan":
      return doing.pointer === touch.pointer;
    case "idle":
      return true;
    case "drag":
    case "stroke":
      return ownerOf(doing) === touch.pointer && (touch.reach <= STILL_PX || (touch.reach <= FRESH_PX && now - touch.since <= FRESH_MS));
    default:
      return false;
  }
}

function begun(stage: Stage, { pointer, isFinger, at, grip, pans }: Press, { view }: Scene): Doing {
  const { camera, tool } = stage;
  const scale = 1 / scaleOf(camera, view);
  const point = toPicture(camera, view, at);
  const pan: Doing = { kind: "pan", pointer, from: at, camera, moving: false };
  if (pans) {
    return pan;
  }
  if (tool === "brush" || tool === "eraser") {
    return { kind: "stroke", pointer, isFinger, points: [point], radius: stage.radius * scale };
  }
  const taken = tool === "select" ? grip : { kind: "draw" as const };
  if (taken === null) {
    return isZoomed(stage) ? pan : IDLE;
  }
  return dragged(null, { kind: "press", pointer, at: point, grip: taken, scale }, view).doing;
}

function dragged(drag: Drag | null, input: DragInput, { picture }: View) {
  const step = dragStep(drag, input, picture);
  const doing: Doing = step.drag === null ? IDLE : { kind: "drag", drag: step.drag };
  return { doing, effect: step.effect };
}

function followed(stage: Stage, pointer: number, points: readonly Point[], { view }: Scene): Stage {
  const at = points.at(-1);
  if (at === undefined) {
    return stage;
  }
  const point = toPicture(stage.camera, view, at);
  const touches = stage.touches.map((touch) => (touch.pointer === pointer ? movedTouch(touch, at) : touch));
  const isTouch = stage.touches.some((touch) => touch.pointer === pointer);
  const next: Stage = { ...stage, touches, cursor: isTouch ? null : point };
  const { doing } = stage;
  if (doing.kind === "pinch") {
    return { ...next, camera: pinched(doing.camera, view, doing.from, fingersAt(doing, touches)) };
  }
  if (ownerOf(doing) !== pointer) {
    return next;
  }
  switch (doing.kind) {
    case "drag":
      return { ...next, doing: dragged(doing.drag, { kind: "move", pointer, at: point }, view).doing };
    case "stroke":
      return { ...next, doing: { ...doing, points: [...doing.points, ...points.map((each) => toPicture(stage.camera, view, each))] } };
    case "pan": {
      const by: Point = [at[0] - doing.from[0], at[1] - doing.from[1]];
      const moving = doing.moving || Math.hypot(...by) > SLACK;
      return moving ? { ...next, doing: { ...doing, moving }, camera: panned(doing.camera, view, by) } : next;
    }
    default:
      return next;
  }
}

function movedTouch(touch: Touch, at: Point): Touch {
  return { ...touch, at, reach: Math.max(touch.reach, Math.hypot(at[0] - touch.from[0], at[1] - touch.from[1])) };
}

function fingersAt({ pointers, from }: Extract<Doing, { kind: "pinch" }>, touches: readonly Touch[]): [Point, Point] {
  const at = (index: 0 | 1) => touches.find(({ pointer }) => pointer === pointers[index])?.at ?? from[index];
  return [at(0), at(1)];
}

function lifted(stage: Stage, pointer: number, at: Point, scene: Scene): Staged {
  const { doing } = stage;
  const after = lost(stage, pointer);
  if (ownerOf(doing) !== pointer) {
    return only(after);
  }
  const point = toPicture(stage.camera, scene.view, at);
  if (doing.kind === "stroke") {
    const { radius, points } = doing;
    const last = points.at(-1);
    const isNew = last === undefined || last[0] !== point[0] || last[1] !== point[1];
    return { stage: after, change: painted(stage.tool, { radius, points: isNew ? [...points, point] : points }) };
  }
  if (doing.kind !== "drag") {
    return only(after);
  }
  const { effect } = dragged(doing.drag, { kind: "lift", pointer, at: point }, scene.view);
  if (effect?.kind === "commit") {
    return { stage: { ...after, corner: null }, change: boxed(stage.tool, effect.grip, effect.box, scene) };
  }
  return doing.drag.moving ? only(after) : tapped(after, doing.drag.from, scene);
}

/** The pointer is gone; what it was doing is, too, as if it had not been. */
function lost(stage: Stage, pointer: number): Stage {
  const touches = stage.touches.filter((touch) => touch.pointer !== pointer);
  const { doing } = stage;
  const isOver = touches.length === 0 && (doing.kind === "rest" || doing.kind === "pinch");
  if (isOver || ownerOf(doing) === pointer) {
    return { ...stage, touches, doing: IDLE };
  }
  const isBroken = doing.kind === "pinch" && doing.pointers.includes(pointer);
  return isBroken ? { ...stage, touches, doing: { kind: "rest" } } : { ...stage, touches };
}

// What tools do

function painted(tool: Tool, stroke: Stroke): RegionChange {
  return tool === "eraser" ? { kind: "erase", ...stroke } : { kind: "draw", shape: { kind: "brush", ...stroke } };
}

function boxed(tool: Tool, grip: Grip, box: Box, { adjusted }: Scene): RegionChange | null {
  if (grip.kind !== "draw") {
    return adjusted === null ? null : { kind: "reshape", region: adjusted, box };
  }
  return tool === "rectangle" || tool === "ellipse" ? { kind: "draw", shape: { kind: tool, box } } : { kind: "add", box };
}

/** A click, or a press of a key instead of one: a dot of the brush, or a corner of an area. */
function tapped(stage: Stage, point: Point, { view }: Scene): Staged {
  const { tool, corner } = stage;
  if (tool === "select") {
    return only(stage);
  }
  if (tool === "brush" || tool === "eraser") {
    return { stage, change: painted(tool, { points: [point], radius: stage.radius / scaleOf(stage.camera, view) }) };
  }
  if (corner === null) {
    return only({ ...stage, corner: point, cursor: point });
  }
  const box = boxBetween(corner, point, view.picture);
  return longEnough(box) ? { stage: { ...stage, corner: null }, change: { kind: "draw", shape: { kind: tool, box } } } : only(stage);
}

function stepped(stage: Stage, [dx, dy]: Point, { view }: Scene): Stage {
  const scale = scaleOf(stage.camera, view);
  const [x, y] = stage.cursor ?? stage.camera.centre;
  const inside = (value: number, length: number) => Math.min(Math.max(value, 0), length);
  const cursor: Point = [inside(x + dx / scale, view.picture.width), inside(y + dy / scale, view.picture.height)];
  return { ...stage, cursor, camera: showing(stage.camera, view, cursor) };
}

function nextRadius(radius: number, by: 1 | -1): number {
  return RADII[RADII.indexOf(radius) + by] ?? radius;
}

// The camera

function aimed(camera: Camera, event: Extract<StageEvent, { kind: "wheel" | "zoom" | "pan" }>, view: View): Camera {
  if (event.kind === "pan") {
    return panned(camera, view, event.by);
  }
  if (event.kind === "wheel") {
    return zoomedTo(camera, view, camera.zoom * event.factor, event.at);
  }
  const zoom = { in: camera.zoom * ZOOM_STEP, out: camera.zoom / ZOOM_STEP, whole: 1, full: fullZoom(view) }[event.to];
  return zoomedTo(camera, view, zoom, [view.frame.width / 2, view.frame.height / 2]);
}
