/** What the element and the page in the frame of its sealed mode say to each other, over a channel of their own. */

import type { Problem } from "./state.js";

/** The only message that goes to a window: it hands over the channel. */
export const GREETING = "tarnkappe-sealed-1";

/** Attributes that the element in the frame takes over. */
export const PASSED = ["accept", "capture", "multiple", "method", "auto", "review", "max-files", "max-size"] as const;

export type ToFrame =
  | { kind: "wishes"; attributes: Partial<Record<(typeof PASSED)[number], string>>; language: string; disabled: boolean; scheme: string }
  | { kind: "reset" };

export type FromFrame =
  | { kind: "standing"; copies: File[]; problem: Problem | null }
  /** In CSS pixels. */
  | { kind: "height"; height: number }
  | { kind: "dialog"; isOpen: boolean };
