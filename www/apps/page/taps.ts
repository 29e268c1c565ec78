/** Keeps the second tap of a double tap from hitting what the first one has brought there. */

/** Taps that follow each other faster, at about the same place, are a double tap. */
const DOUBLE_TAP_MS = 350;
const SAME_PLACE_PX = 24;

interface Tap {
  readonly at: number;
  readonly x: number;
  readonly y: number;
  readonly control: EventTarget | null;
}

/** The same control may be tapped twice. */
export function guardDoubleTaps(target: HTMLElement): { viewChanged(): void } {
  let last: Tap | null = null;
  let hasChanged = false;
  const guard = (event: MouseEvent) => {
    if (!event.isTrusted || event.detail === 0) {
      return; // By keyboard or by a program.
    }
    const tap = { at: event.timeStamp, x: event.clientX, y: event.clientY, control: controlOf(event) };
    if (last !== null && hasChanged && tap.control !== last.control && isDoubleTap(last, tap)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    last = tap;
    hasChanged = false;
  };
  target.addEventListener("click", guard, { capture: true });
  return { viewChanged: () => (hasChanged = true) };
}

function isDoubleTap(first: Tap, second: Tap): boolean {
  return second.at - first.at < DOUBLE_TAP_MS && Math.hypot(second.x - first.x, second.y - first.y) < SAME_PLACE_PX;
}

function controlOf(event: MouseEvent): EventTarget | null {
  return event.composedPath().find((each) => each instanceof HTMLButtonElement || each instanceof HTMLAnchorElement) ?? event.composedPath()[0] ?? null;
}
