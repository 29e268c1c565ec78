/** What the decisions about a photo's regions make of its copy. */

import { isCertain, isCovered } from "./regions.js";
import type { ListedRegion } from "./regions.js";

export interface Outcome {
  /** How many regions are covered. */
  readonly covered: number;
  /** Faces that the person has left open. */
  readonly openFaces: readonly ListedRegion[];
  /** What else was left open: perhaps a face, or an area that the person has drawn. */
  readonly openSpots: readonly ListedRegion[];
}

export function outcomeOf(regions: readonly ListedRegion[]): Outcome {
  const open = regions.filter((region) => !isCovered(region));
  return {
    covered: regions.length - open.length,
    openFaces: open.filter(isCertain),
    openSpots: open.filter((region) => !isCertain(region)),
  };
}

/** Locale key of what was done: "covered" is said only where something is. */
export function doneKey(outcome: Outcome): string {
  return outcome.covered > 0 ? "result.title" : "result.title_cleaned";
}

/** Checks that are about covers say nothing where there is none. */
const OF_COVERS: readonly string[] = ["covers", "faces-inside"];

/** Whether what the check has shown is worth a line. A failure always is. */
export function isWorthShowing(check: { name: string; ok: boolean }, outcome: Outcome): boolean {
  return !check.ok || outcome.covered > 0 || !OF_COVERS.includes(check.name);
}

/** Locale key of what a passed check has shown; a search that passed does not mean that no face is to be seen. */
export function passedKey(name: string, outcome: Outcome): string {
  const open = outcome.openFaces.length + outcome.openSpots.length;
  if (name === "faces-outside" && open > 0) {
    return "check.faces-outside.ok_open";
  }
  return name === "faces-outside" && outcome.covered === 0 ? "check.faces-outside.ok_none" : `check.${name}.ok`;
}
