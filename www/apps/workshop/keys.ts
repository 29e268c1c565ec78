/** Keys for the whole workshop, which are also those that presenter remotes send. */

import type { TourEvent } from "../../model/workshop/tour.js";

/** Elements that need arrow keys themselves. */
const USES_ARROWS = 'input, select, textarea, summary, [role="slider"], [role="radio"], [role="tab"]';
/** Elements that need every key. */
const USES_ALL = 'textarea, input:not([type]), input[type="text"], input[type="email"]';

/**
 * What a key asks for; null if it is none of the workshop's. In the projector mode PageDown and PageUp always turn the page, also while
 * a slider has the focus, since a remote is in somebody else's hand.
 */
export function keyOf(event: KeyboardEvent, isProjected: boolean): TourEvent | null {
  const element = event.composedPath()[0];
  const isIn = (selector: string) => element instanceof Element && element.matches(selector);
  if (!isProjected || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || isIn(USES_ALL)) {
    return null;
  }
  const isRight = getComputedStyle(document.documentElement).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  switch (event.key) {
    case "PageDown":
      return { kind: "page", by: 1 };
    case "PageUp":
      return { kind: "page", by: -1 };
    case "ArrowLeft":
    case "ArrowRight":
      return isIn(USES_ARROWS) ? null : { kind: "page", by: event.key === isRight ? 1 : -1 };
    case "Escape":
      return { kind: "project", on: false };
    default:
      return null;
  }
}
