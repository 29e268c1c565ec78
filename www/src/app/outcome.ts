/** What the decisions about a photo's regions make of its copy. */

import { isMaybe } from "./regions.js";
import type { Region } from "./regions.js";

export interface Outcome {
  /** How many regions are covered. */
  covered: number;
  /** Faces that the person has left open. */
  openFaces: Region[];
  /** What else was left open: perhaps a face, or an area that the person has drawn. */
  openSpots: Region[];
}

export function outcomeOf(regions: Region[]): Outcome {
  const open = regions.filter((region) => !region.covered);
  const isFace = (region: Region) => region.origin === "found" && !isMaybe(region);
  return {
    covered: regions.length - open.length,
    openFaces: open.filter(isFace),
    openSpots: open.filter((region) => !isFace(region)),
  };
}

/** Locale key of what was done: "covered" is said only where something is. */
export function doneKey(outcome: Outcome): string {
  return outcome.covered > 0 ? "result.title" : "result.title_cleaned";
}

/** Checks that are about covers say nothing where there is none. */
const OF_COVERS = ["covers", "faces_inside"];

/** Whether what the check has shown is worth a line. A failure always is. */
export function isTelling(check: { name: string; ok: boolean }, outcome: Outcome): boolean {
  return !check.ok || outcome.covered > 0 || !OF_COVERS.includes(check.name);
}

/** Locale key of what a passed check has shown; a search that passed does not mean that no face is to be seen. */
export function passedKey(name: string, outcome: Outcome): string {
  const open = outcome.openFaces.length + outcome.openSpots.length;
  if (name === "faces_outside" && open > 0) {
    return "check.faces_outside.ok_open";
  }
  return name === "faces_outside" && outcome.covered === 0 ? "check.faces_outside.ok_none" : `check.${name}.ok`;
}
