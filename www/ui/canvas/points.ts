/** Places of pointers in pixels of the view, however its host is scrolled and scaled. */

import type { Point } from "../../model/geometry.js";

export function pointIn(view: HTMLElement, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const frame = view.getBoundingClientRect();
  const scale = frame.width / view.offsetWidth || 1;
  return [(clientX - frame.left) / scale, (clientY - frame.top) / scale];
}

/** All places since the last event: a quick finger has been at more than one. Not every browser tells. */
export function pointsIn(view: HTMLElement, event: PointerEvent): Point[] {
  const all = event.getCoalescedEvents?.() ?? [];
  return (all.length > 0 ? all : [event]).map((each) => pointIn(view, each));
}

/** By how much a turn of the wheel enlarges. Browsers count in pixels, lines or pages, and pass a pinch on a trackpad on as `ctrl` and a turn. */
export function wheelFactor({ deltaY, deltaMode, ctrlKey }: WheelEvent): number {
  const pixels = deltaY * ([1, 16, 400][deltaMode] ?? 1);
  return 2 ** (-Math.min(Math.max(pixels, -200), 200) / (ctrlKey ? 150 : 300));
}
