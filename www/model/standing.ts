/** How far a photo is, in one word, and what it gives away, in one sentence. */

import type { LeakKind } from "../engine/generated/report.js";
import { looksLikeCrowd } from "./crowd.js";
import { foundCount, identifiabilityOf, isUnderReview, regionsOf, suspects } from "./photo.js";
import type { Photo } from "./photo.js";
import { isCertain } from "./regions.js";

/** `clean`: no face was found. `faces`: some were, and all are certain. `look`: a person has to look at it. */
export type Standing = "waiting" | "working" | "clean" | "faces" | "look" | "proved" | "saved";

const known = new WeakMap<Photo, Standing>();

/** Asked for very often of very many photos, which never change themselves. */
export function standingOf(photo: Photo): Standing {
  const standing = known.get(photo) ?? toStanding(photo);
  known.set(photo, standing);
  return standing;
}

function toStanding(photo: Photo): Standing {
  const { phase } = photo;
  if (phase.kind === "waiting" || phase.kind === "working") {
    return phase.kind;
  }
  if (needsLook(photo)) {
    return "look";
  }
  if (phase.kind === "proved") {
    return phase.saved ? "saved" : "proved";
  }
  return regionsOf(photo).length === 0 ? "clean" : "faces";
}

/** Something about the photo is uncertain or went wrong, and nobody has decided about it. */
function needsLook(photo: Photo): boolean {
  const { phase, report } = photo;
  switch (phase.kind) {
    case "unproved":
    case "failed":
      return true;
    case "proved":
      return !phase.saved && suspects(photo, phase.proof.checks).faint.length > 0;
    default:
      return isUnderReview(photo) && report !== null && (isDoubtful(photo) || isHalfSearched(photo));
  }
}

function isDoubtful(photo: Photo): boolean {
  return regionsOf(photo).some(({ maybe, decision }) => maybe && decision === "undecided");
}

/** A thorough search would probably find more, or a picture in the file was passed over. */
function isHalfSearched({ report, thorough }: Photo): boolean {
  return report !== null && ((report.skipped?.frames ?? 0) > 0 || (thorough === null && looksLikeCrowd(report)));
}

/** The next photo after the selected one that a person has to look at; the first comes after the last. */
export function nextToLookAt(all: readonly Photo[], selected: number | null): number | null {
  const at = all.findIndex(({ id }) => id === selected);
  const ordered = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return ordered.find((photo) => standingOf(photo) === "look")?.id ?? null;
}

/** A thing that a photo gives away: locale key and how many of it there are. */
export interface GivenAway {
  readonly key: string;
  readonly count: number;
}

/** What leaks tell, worst first. */
const TELLING: readonly (readonly [string, readonly LeakKind[]])[] = [
  ["gives.gps", ["gps"]],
  ["gives.picture", ["thumbnail", "preview", "second-image", "motion-photo", "depth"]],
  ["gives.name", ["owner", "face-region"]],
  ["gives.device", ["serial", "camera", "makernote"]],
  ["gives.date", ["date"]],
];

/** What the photo gives away, worst first; nothing if it was not checked. */
export function givenAway(photo: Photo): GivenAway[] {
  const leaks = photo.report?.leaks ?? [];
  const told = TELLING.filter(([, kinds]) => leaks.some(({ kind }) => kinds.includes(kind)));
  const known = told.flatMap(([, kinds]) => kinds);
  const more = new Set(leaks.filter(({ kind }) => !known.includes(kind)).map(({ kind }) => kind)).size;
  return [
    ...facesOf(photo),
    ...told.map(([key]) => ({ key, count: 1 })),
    ...(more > 0 ? [{ key: "gives.more", count: more }] : []),
  ];
}

function facesOf(photo: Photo): GivenAway[] {
  const faces = foundCount(photo);
  const easy = regionsOf(photo).filter((region) => isCertain(region) && identifiabilityOf(photo, region)?.level === "likely").length;
  const others = faces - easy;
  return [
    ...(easy > 0 ? [{ key: "gives.easy", count: easy }] : []),
    ...(others > 0 ? [{ key: easy > 0 ? "gives.other_faces" : "gives.faces", count: others }] : []),
  ];
}
