/** How covers are drawn: a method with its settings. */

import type { Method, Sticker } from "../engine/generated/options.js";

/** What of it the method has no use for is missing. */
export interface Style {
  readonly method: Method;
  readonly colour?: string;
  readonly sticker?: Sticker;
}

export function styleOf({ method, colour, sticker }: Required<Style>): Style {
  return { method, ...(method === "solid" && { colour }), ...(method === "sticker" && { sticker }) };
}
