/** What the covers of a photo will look like, drawn by the engine over the small picture of it. */

import type { RegionRequest } from "../engine/generated/options.js";
import type { Size } from "./geometry.js";
import { coveredCount, regionsOf, requestsOf, sizeOf } from "./photo.js";
import type { Photo } from "./photo.js";
import type { ListedRegion } from "./regions.js";
import type { Style } from "./style.js";

/** Pixels to be shown: red, green, blue and alpha, row by row. */
export interface Drawing extends Size {
  readonly samples: Uint8ClampedArray<ArrayBuffer>;
}

export interface Preview {
  readonly photo: number;
  readonly regions: readonly ListedRegion[];
  readonly style: Style;
  /** What was asked for last. */
  readonly job: number;
  /** What was answered last. While one is on its way, answers to earlier ones are shown. */
  readonly answered: number;
  /** Null if there is none yet, or nothing is covered. */
  readonly drawing: Drawing | null;
  /** It could not be drawn. */
  readonly failed: boolean;
}

export interface PreviewEffect {
  readonly kind: "draw-covers";
  readonly photo: number;
  readonly job: number;
  /** Address of the small picture. */
  readonly picture: string;
  /** Of the photo. */
  readonly size: Size;
  readonly regions: readonly RegionRequest[];
  readonly style: Style;
}

/** The preview is of these covers already, or they are being drawn. */
export function isUpToDate({ photo, regions, style }: Preview, wanted: Photo, wantedStyle: Style): boolean {
  return photo === wanted.id && regions === regionsOf(wanted) && JSON.stringify(style) === JSON.stringify(wantedStyle);
}

/** Until the covers have been drawn, what was shown of the same photo stays. Without a cover there is nothing to draw. */
export function nextPreview(
  last: Preview | null,
  photo: Photo,
  style: Style,
  job: number,
): { preview: Preview; effect: PreviewEffect | null } {
  const asked = { photo: photo.id, regions: regionsOf(photo), style, job };
  if (coveredCount(photo) === 0 || photo.before === null) {
    return { preview: { ...asked, answered: job, drawing: null, failed: false }, effect: null };
  }
  const { answered, drawing, failed } = last?.photo === photo.id ? last : { answered: job - 1, drawing: null, failed: false };
  const requests = { picture: photo.before.url, size: sizeOf(photo), regions: requestsOf(photo) };
  return { preview: { ...asked, answered, drawing, failed }, effect: { kind: "draw-covers", photo: photo.id, job, ...requests, style } };
}

/** Takes in an answer, unless a later one is there. Only what was asked for last can fail. */
export function answered(preview: Preview, job: number, drawing: Drawing | null): Preview {
  const isNews = job > preview.answered && (drawing !== null || job === preview.job);
  return isNews ? { ...preview, answered: job, drawing, failed: drawing === null } : preview;
}
