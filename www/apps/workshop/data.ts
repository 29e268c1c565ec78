/** What the build has read from the documentation, and the names that it gave the pictures. */

import type { COVERED } from "../../model/workshop/quiz.js";

export interface Source {
  readonly key: string;
  readonly what: string;
  readonly where: string;
  readonly date: string;
  /** How it was checked: `primary`, `secondary`, `notes` or `ours`. */
  readonly read: string;
}

export interface Group {
  /** What the groups differ in. */
  readonly kind: string;
  readonly group: string;
  readonly faces: number;
  /** Shares found by the quick and the thorough search, with 95 % intervals. */
  readonly quick: number;
  readonly quickInterval: readonly [number, number];
  readonly thorough: number;
  readonly thoroughInterval: readonly [number, number];
}

/** How often two persons of a group are taken for one. */
export interface Mistaken {
  readonly kind: string;
  readonly group: string;
  readonly persons: number;
  /** Share of the pairs, with its 95 % interval. */
  readonly mistaken: number;
  readonly interval: readonly [number, number];
}

/** Filled in by `tools/build_web.mjs`. */
declare const TARNKAPPE_SOURCES: readonly Source[];
declare const TARNKAPPE_GROUPS: readonly Group[];
declare const TARNKAPPE_MISTAKEN: readonly Mistaken[];
declare const TARNKAPPE_FOUND: Record<(typeof COVERED)[number], number>;
declare const TARNKAPPE_PICTURES: Record<string, string>;

export const SOURCES = TARNKAPPE_SOURCES;
export const GROUPS = TARNKAPPE_GROUPS;
export const MISTAKEN = TARNKAPPE_MISTAKEN;
/** Of 100 people covered in that way, how many the best attack found. */
export const FOUND = TARNKAPPE_FOUND;

/** The bundled picture of that name, as a file that a person might have got. @throws Error if it is not to be had */
export async function loadPicture(name: string): Promise<File> {
  const response = await fetch(pictureUrl(name));
  if (!response.ok) {
    throw new Error(`${name}: ${response.status}`);
  }
  return new File([await response.blob()], name, { type: "image/jpeg" });
}

/** Seen from the document. */
export function pictureUrl(name: string): string {
  const path = TARNKAPPE_PICTURES[name];
  if (path === undefined) {
    throw new Error(`There is no picture ${name}.`);
  }
  return path;
}
