/**
 * What of a picture is shown, and how large. The view is the frame that the picture is seen through; its points are in pixels of the
 * frame, from its upper left corner. A camera says nothing of the frame's size, so it holds when the window changes.
 */

import { clamp } from "./geometry.js";
import type { Point, Size } from "./geometry.js";

export interface Camera {
  /** 1 shows the whole picture, as large as it fits into the frame. */
  readonly zoom: number;
  /** The point of the picture in the middle of the frame. */
  readonly centre: Point;
}

export interface View {
  readonly frame: Size;
  readonly picture: Size;
}

/** What one press of a button or a key enlarges by. */
export const ZOOM_STEP = 1.5;
/** A picture can be enlarged to so many times its own size, and always to so many times what fits. */
const MOST = 4;
/** What is followed by the camera stays so far from the frame's edge, in pixels of the view. */
const MARGIN = 24;

/** The whole picture. */
export function wholeOf(picture: Size): Camera {
  return { zoom: 1, centre: [picture.width / 2, picture.height / 2] };
}

/** Pixels of the view in one of the picture. */
export function scaleOf({ zoom }: Camera, { frame, picture }: View): number {
  return zoom * Math.min(frame.width / picture.width, frame.height / picture.height);
}

export function toPicture(camera: Camera, view: View, at: Point): Point {
  const scale = scaleOf(camera, view);
  return [
    camera.centre[0] + (at[0] - view.frame.width / 2) / scale,
    camera.centre[1] + (at[1] - view.frame.height / 2) / scale,
  ];
}

export function toView(camera: Camera, view: View, point: Point): Point {
  const scale = scaleOf(camera, view);
  return [
    view.frame.width / 2 + (point[0] - camera.centre[0]) * scale,
    view.frame.height / 2 + (point[1] - camera.centre[1]) * scale,
  ];
}

/** The zoom at which one pixel of the picture is one of the view. */
export function fullZoom(view: View): number {
  return 1 / scaleOf(wholeOf(view.picture), view);
}

/** Zooms; what is at this point of the view stays there, as far as the picture's edges allow. */
export function zoomedTo(camera: Camera, view: View, zoom: number, at: Point): Camera {
  return anchored(view, zoom, toPicture(camera, view, at), at);
}

/** Moves the picture by this many pixels of the view. */
export function panned(camera: Camera, view: View, [dx, dy]: Point): Camera {
  const scale = scaleOf(camera, view);
  return bounded({ ...camera, centre: [camera.centre[0] - dx / scale, camera.centre[1] - dy / scale] }, view);
}

/** What two fingers make of the camera: what was between them stays between them. */
export function pinched(camera: Camera, view: View, from: readonly [Point, Point], to: readonly [Point, Point]): Camera {
  const factor = distance(...to) / Math.max(distance(...from), 1);
  return anchored(view, camera.zoom * factor, toPicture(camera, view, middle(...from)), middle(...to));
}

/** Moves the camera as little as it takes to see the point. */
export function showing(camera: Camera, view: View, point: Point): Camera {
  const [x, y] = toView(camera, view, point);
  const { width, height } = view.frame;
  return panned(camera, view, [clamp(x, MARGIN, width - MARGIN) - x, clamp(y, MARGIN, height - MARGIN) - y]);
}

/** The camera at which the point of the picture is seen at a point of the view. */
function anchored(view: View, wanted: number, point: Point, at: Point): Camera {
  const zoom = clamp(wanted, 1, Math.max(MOST, MOST * fullZoom(view)));
  const scale = scaleOf({ zoom, centre: point }, view);
  const { width, height } = view.frame;
  return bounded({ zoom, centre: [point[0] - (at[0] - width / 2) / scale, point[1] - (at[1] - height / 2) / scale] }, view);
}

/** The picture fills the frame, or, where it is smaller, lies in its middle. */
function bounded(camera: Camera, view: View): Camera {
  const scale = scaleOf(camera, view);
  const along = (centre: number, length: number, frame: number) => {
    const half = Math.min(frame / scale, length) / 2;
    return clamp(centre, half, length - half);
  };
  const { frame, picture } = view;
  return { ...camera, centre: [along(camera.centre[0], picture.width, frame.width), along(camera.centre[1], picture.height, frame.height)] };
}

function middle(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
