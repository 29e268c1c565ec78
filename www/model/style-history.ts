/** Choices of how covers are drawn, in one order with a photo's changes of regions, so that they are undone one after the other. */

import type { Style } from "./style.js";

export type Settings = Required<Style>;

interface Choice {
  /** So many changes of regions came before it. */
  readonly after: number;
  readonly from: Settings;
  readonly to: Settings;
}

/** The last one is undone or done again first. */
export interface StyleHistory {
  readonly past: readonly Choice[];
  readonly future: readonly Choice[];
}

export const NO_CHOICES: StyleHistory = { past: [], future: [] };

/** Colours that are tried out in a row are undone together. */
export function choose({ past }: StyleHistory, after: number, from: Settings, to: Settings): StyleHistory {
  const last = past.at(-1);
  const isSame = last !== undefined && last.after === after && isColour(last.from, last.to) && isColour(from, to);
  return isSame ? { past: [...past.slice(0, -1), { ...last, to }], future: [] } : { past: [...past, { after, from, to }], future: [] };
}

/** Null if the last thing that was done is not a choice. */
export function undoChoice({ past, future }: StyleHistory, after: number): { choices: StyleHistory; settings: Settings } | null {
  const last = past.at(-1);
  return last?.after === after ? { choices: { past: past.slice(0, -1), future: [...future, last] }, settings: last.from } : null;
}

/** Null if the first thing that is to be done again is not a choice. */
export function redoChoice({ past, future }: StyleHistory, after: number): { choices: StyleHistory; settings: Settings } | null {
  const next = future.at(-1);
  return next?.after === after ? { choices: { past: [...past, next], future: future.slice(0, -1) }, settings: next.to } : null;
}

function isColour(from: Settings, to: Settings): boolean {
  return from.method === to.method && from.sticker === to.sticker;
}
