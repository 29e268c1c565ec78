/** Who is in the gallery. */

import type { Subject } from "../../../model/workshop/attack.js";
import LIST from "../gallery/gallery.json";
import SOURCES from "../gallery/sources.json";

interface Person {
  readonly id: string;
  readonly name: string;
  /** In German, if it is another one. */
  readonly de?: string;
  readonly year: number;
  readonly source: string;
}

export const PEOPLE: readonly Person[] = LIST;

export function nameOf({ name, de }: Person, language: string): string {
  return language === "de" ? (de ?? name) : name;
}

/** Where the pictures come from, and whom each source shows. */
export const ORIGINS = Object.entries(SOURCES).map(([source, words]) => ({ words, people: PEOPLE.filter((person) => person.source === source) }));

/** Portraits that are offered. Of Albert Einstein the gallery has another photo, of the others this very picture. */
const IDS = ["albert-einstein-2", "marie-curie", "grace-hopper", "geronimo", "eileen-collins", "pocahontas", "max-planck"];

/** Their numbers. */
export const OFFERED: readonly number[] = IDS.map((wanted) => PEOPLE.findIndex(({ id }) => id === wanted));

/** The one of which there is another photo. */
export const [FIRST_PORTRAIT = 0] = OFFERED;

/** A picture of the gallery. If another one shows the same person, that is what is searched for. */
export function subjectOf(entry: number): Subject {
  const name = PEOPLE[entry]?.name;
  const same = PEOPLE.flatMap((person, at) => (person.name === name ? [at] : []));
  const others = same.filter((at) => at !== entry);
  return others.length > 0 ? { entry, right: others, leftOut: entry } : { entry, right: [entry], leftOut: null };
}
