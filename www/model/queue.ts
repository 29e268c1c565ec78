/** The order in which photos are worked on, and how long it will take. */

import type { Photo } from "./photo.js";

/** So many are handed to the engine at once: as many as it can have workers. What waits here can be put into another order. */
const MOST_AT_ONCE = 4;

/** Copies that are not saved yet may take so much memory, in bytes. No more are made until some are saved. */
const MOST_COPY_BYTES = 1_000_000_000;

/** While copies are saved, so many may wait for that. */
const MOST_WAITING_COPIES = 8;

/** When the works of a run were done, in milliseconds. The first is the origin: how long it took is not known. */
export interface Pace {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** What decides about the order. */
interface Line {
  readonly photos: readonly Photo[];
  readonly selected: number | null;
  /** Only what a person has asked for by itself is begun. */
  readonly paused: boolean;
  /** Copies are being saved. */
  readonly isSaving: boolean;
}

export function isQueued({ work }: Photo): boolean {
  return work !== null;
}

/** The photos whose work is to be begun now, in this order. */
export function nextInLine({ photos, selected, paused, isSaving }: Line): Photo[] {
  const waiting = photos.filter(({ work }) => work !== null && !work.begun);
  if (waiting.length === 0) {
    return [];
  }
  const urgent = waiting.filter(({ work }) => work?.urgent);
  const free = MOST_AT_ONCE - photos.filter(({ work }) => work?.begun).length - urgent.length;
  if (paused || free <= 0) {
    return urgent;
  }
  const isFull = copiesAreMany(photos, isSaving);
  const others = waiting.filter(({ work }) => !work?.urgent && !(isFull && work?.task === "protect"));
  const rank = ({ id, work }: Photo) => (work?.task === "protect" ? 0 : id === selected ? 1 : 2);
  return [...urgent, ...others.sort((a, b) => rank(a) - rank(b)).slice(0, free)];
}

/** There is no room for more copies until some are saved. */
export function copiesAreMany(photos: readonly Photo[], isSaving: boolean): boolean {
  let [count, bytes] = [0, 0];
  for (const { phase } of photos) {
    if (phase.kind === "proved" && phase.copy.url !== null && !phase.saved) {
      count += 1;
      bytes += phase.copy.bytes;
    }
  }
  return bytes >= MOST_COPY_BYTES || (isSaving && count >= MOST_WAITING_COPIES);
}

/** Takes in that something was done at that time. */
export function paced(pace: Pace | null, at: number): Pace {
  return pace === null ? { first: at, last: at, count: 0 } : { ...pace, last: at, count: pace.count + 1 };
}

/** How many photos are done, of how many, and in how many seconds the others will be, if that can be told. */
export function progressOf(photos: readonly Photo[], pace: Pace | null): { done: number; all: number; secondsLeft: number | null } {
  const left = photos.filter(isQueued).length;
  const isKnown = pace !== null && pace.count > 0;
  const secondsLeft = isKnown ? ((pace.last - pace.first) / pace.count / 1000) * left : null;
  return { done: photos.length - left, all: photos.length, secondsLeft };
}
