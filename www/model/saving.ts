/** Copies on their way to the person's disk: which are still to come, and which are really there. */

import type { Photo } from "./photo.js";
import { reviewed } from "./photo.js";

/** Where several copies go: into zip files, or as they are into a folder. */
export type Target = "zip" | "folder";

export interface Saving {
  readonly job: number;
  /** Photos whose copies have not been handed over: they may still be made. */
  readonly left: readonly number[];
  /** Copies in a file that is not complete yet, by the numbers of the work that made them. */
  readonly inFile: readonly number[];
  readonly all: number;
  /** So many are on the disk, or were handed to the browser's downloads. */
  readonly done: number;
}

export type SavingEffect =
  /** Asks for a place, where the browser can do that, and takes copies one by one until the end. */
  | { readonly kind: "save"; readonly job: number; readonly to: Target }
  | { readonly kind: "save-part"; readonly job: number; readonly made: number; readonly url: string }
  | { readonly kind: "save-end"; readonly job: number };

/** Copies that can be saved and were not. */
export function unsaved(photos: readonly Photo[]): Photo[] {
  return photos.filter(({ phase }) => phase.kind === "proved" && !phase.saved);
}

/** What is there to be saved, or will be soon. */
export function savable(photos: readonly Photo[]): number[] {
  const isComing = ({ work, phase }: Photo) => work?.task === "protect" || (phase.kind === "proved" && !phase.saved && phase.copy.url !== null);
  return photos.filter(isComing).map(({ id }) => id);
}

/** Hands over the copies that are there. Photos that will have none are left out. */
export function handedOver(saving: Saving, photos: readonly Photo[]): { saving: Saving; effects: SavingEffect[] } {
  const known = new Map(photos.map((photo) => [photo.id, photo]));
  const effects: SavingEffect[] = [];
  const left = saving.left.filter((id) => {
    const photo = known.get(id);
    const phase = photo?.phase.kind === "proved" ? photo.phase : null;
    if (phase !== null && phase.copy.url !== null) {
      effects.push({ kind: "save-part", job: saving.job, made: phase.made, url: phase.copy.url });
      return false;
    }
    return photo?.work?.task === "protect";
  });
  if (left.length === 0 && saving.left.length > 0) {
    effects.push({ kind: "save-end", job: saving.job });
  }
  return { saving: left.length === saving.left.length ? saving : { ...saving, left }, effects };
}

/** A file that is not complete yet holds a copy that has been given up since: the person has changed their mind about what it shows. */
export function holdsGivenUp({ inFile }: Saving, photos: readonly Photo[]): boolean {
  if (inFile.length === 0) {
    return false;
  }
  const known = new Set(photos.flatMap(({ phase }) => (phase.kind === "proved" ? [phase.made] : [])));
  return inFile.some((made) => !known.has(made));
}

/** The copy is written: it leaves the memory, although it is not yet certain that the file will be complete. */
export function written(photo: Photo): Photo {
  return photo.phase.kind === "proved" ? { ...photo, phase: { ...photo.phase, copy: { ...photo.phase.copy, url: null } } } : photo;
}

export function saved(photo: Photo): Photo {
  return photo.phase.kind === "proved" ? { ...photo, phase: { ...photo.phase, saved: true } } : photo;
}

/** A copy that has left the memory for a file that was never complete has to be made again. */
export function lost(photo: Photo): Photo {
  const { phase } = photo;
  return phase.kind === "proved" && !phase.saved && phase.copy.url === null ? reviewed(photo) : photo;
}
