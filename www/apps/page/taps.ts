/** Keeps the second tap of a double tap from hitting what the first one has brought there. */

/** Taps that follow each other faster, at about the same place, are a double tap. */
const DOUBLE_TAP_MS = 500;
const SAME_PLACE_PX = 24;

export function guardDoubleTaps(target: HTMLElement): { viewChanged(): void } {
  let last = { at: -Infinity, x: 0, y: 0, hasChangedView: false };
  const guard = (event: MouseEvent) => {
    const isTap = event.isTrusted && event.detail > 0; // Not by keyboard or by a program.
    const isSamePlace = Math.hypot(event.clientX - last.x, event.clientY - last.y) < SAME_PLACE_PX;
    if (isTap && isSamePlace && last.hasChangedView && event.timeStamp - last.at < DOUBLE_TAP_MS) {
      event.preventDefault();
      event.stopPropagation();
    } else if (isTap) {
      last = { at: event.timeStamp, x: event.clientX, y: event.clientY, hasChangedView: false };
    }
  };
  target.addEventListener("click", guard, { capture: true });
  return { viewChanged: () => (last = { ...last, hasChangedView: true }) };
}
