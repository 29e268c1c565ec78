/** Sentences that several components make from data. */

import type { Check, Identifiability, Leak } from "../../engine/generated/report.js";
import { clamp } from "../../model/geometry.js";
import type { Box, Size } from "../../model/geometry.js";
import { doneKey, passedKey } from "../../model/outcome.js";
import type { Outcome } from "../../model/outcome.js";
import { foundCount, isDecidable, regionsOf } from "../../model/photo.js";
import type { Photo } from "../../model/photo.js";
import { shownBox } from "../../model/regions.js";
import type { ListedRegion } from "../../model/regions.js";
import type { Feature } from "../../model/session.js";
import { givenAway, standingOf } from "../../model/standing.js";
import type { Words } from "./words.js";

/** Shares of the picture's longer side from which on a face is called large or medium. */
const LARGE_SHARE = 0.25;
const MEDIUM_SHARE = 0.08;

/** "Face 3, upper left". */
export function regionName(words: Words, region: ListedRegion, picture: Size): string {
  const name = words.t(region.maybe ? "region.maybe" : `region.${region.origin}`, { id: region.id });
  return words.t("region.named", { name, place: words.t(placeKey(shownBox(region), picture)) });
}

/** What marks the region in the picture and in the list. */
export function badgeWords(words: Words, region: ListedRegion): string {
  const number = words.number(region.id);
  return region.maybe ? `${number}?` : number;
}

/** "Upper left, small". */
export function regionPlace(words: Words, region: ListedRegion, picture: Size): string {
  return words.t("region.place", { place: words.t(placeKey(shownBox(region), picture)), size: words.t(sizeKey(shownBox(region), picture)) });
}

/** What an error's code means, or at least that something failed. */
export function errorWords(words: Words, code: string): string {
  const key = `error.${code}`;
  return words.has(key) ? words.t(key) : words.t("error.unknown", { code });
}

/** What was done to a photo, and what of it was left open. */
export function outcomeWords(words: Words, outcome: Outcome): string {
  return [words.t(doneKey(outcome)), ...openWords(words, outcome)].join(". ");
}

/** How far a photo is. */
export function standingWords(words: Words, photo: Photo): string {
  const { phase } = photo;
  const standing = standingOf(photo);
  const faces = isDecidable(photo) && foundCount(photo) > 0 ? [words.t("phase.faces", { count: foundCount(photo) })] : [];
  switch (standing) {
    case "proved":
    case "saved":
      return [...(phase.kind === "proved" ? [outcomeWords(words, phase.outcome)] : []), ...(standing === "saved" ? [words.t("phase.saved")] : [])].join(", ");
    case "faces":
      return faces.join("");
    case "look":
      return [words.t(phase.kind === "unproved" || phase.kind === "failed" ? `phase.${phase.kind}` : "phase.look"), ...faces].join(", ");
    default:
      return words.t(`phase.${standing}`);
  }
}

/** What the photo gives away, in one sentence; empty if it was not checked. */
export function givenAwayWords(words: Words, photo: Photo): string {
  if (photo.report === null) {
    return "";
  }
  const things = givenAway(photo).map(({ key, count }) => words.t(key, { count }));
  return things.length === 0 ? words.t("gives.nothing") : words.t("gives.away", { things: words.list(things) });
}

/** What a person has left open, a sentence for each kind; none if nothing. */
export function openWords(words: Words, { openFaces, openSpots }: Outcome): string[] {
  return [
    ...(openFaces.length > 0 ? [words.t("result.open_faces", { count: openFaces.length })] : []),
    ...(openSpots.length > 0 ? [words.t("result.open_spots", { count: openSpots.length })] : []),
  ];
}

/** What a check has shown; one that is not known here speaks for itself. */
export function checkWords(words: Words, check: Check, outcome: Outcome): string {
  const key = check.ok ? passedKey(check.name, outcome) : `check.${check.name}.failed`;
  return words.has(key) ? words.t(key) : `${check.name}: ${check.detail}`;
}

/** What a leak says: in words of the person's language, or as the file has it. */
export function leakWords(words: Words, leak: Leak): string {
  return leak.words === null ? leak.value : words.t(`words.${leak.words.code}`, leak.words);
}

/** How many faces the search has found. */
export function foundWords(words: Words, photo: Photo): string {
  const count = foundCount(photo);
  return count === 0 ? words.t("review.title_none") : words.t("review.title", { count });
}

/** How many of them are uncertain; null if none is. */
export function maybeWords(words: Words, photo: Photo): string | null {
  const count = regionsOf(photo).filter(({ maybe }) => maybe).length;
  return count === 0 ? null : words.t("review.maybe", { count });
}

/** Why a thorough search or the recogniser, or what it needs, is not to be had. */
export function failureWords(words: Words, feature: Feature, code: string): string {
  return code === "load" ? words.t(`${feature}.not_loaded`) : errorWords(words, code);
}

/** Why a face is as identifiable as it is said to be: one sentence, most important first. */
export function reasonWords(words: Words, { reasons, inter_eye_px, score }: Identifiability): string {
  const values = { pixels: Math.round(inter_eye_px), percent: Math.round(100 * score) };
  return words.list(reasons.map((reason) => words.t(`reason.${reason}`, values)));
}

/** What a check means and what it cannot show; null for one that is not known here. */
export function checkMeaning(words: Words, check: Check): { means: string; limits: string } | null {
  const key = `check.${check.name}.means`;
  return words.has(key) ? { means: words.t(key), limits: words.t(`check.${check.name}.limits`) } : null;
}

/** How the photo's thorough search ended; null if there was none. */
export function searchWords(words: Words, { thorough, searchFailure }: Photo): string | null {
  if (searchFailure !== null) {
    return failureWords(words, "thorough", searchFailure);
  }
  if (thorough === null) {
    return null;
  }
  const { added, dropped } = thorough;
  const came = added === 0 ? words.t("thorough.done_none") : words.t("thorough.done", { count: added });
  const went = dropped === 0 ? null : words.t("thorough.dropped", { count: dropped });
  return [came, went, words.t("thorough.proof")].filter((sentence) => sentence !== null).join(" ");
}

/** Locale key of where in the picture the box is: one of nine fields. */
export function placeKey(box: Box, picture: Size): string {
  const column = third((box[0] + box[2] / 2) / picture.width, ["left", "centre", "right"]);
  const row = third((box[1] + box[3] / 2) / picture.height, ["upper", "middle", "lower"]);
  return `place.${row}_${column}`;
}

/** Locale key of how large the box is within the picture. */
export function sizeKey(box: Box, picture: Size): string {
  const share = Math.max(box[2], box[3]) / Math.max(picture.width, picture.height);
  if (share >= LARGE_SHARE) {
    return "size.large";
  }
  return share >= MEDIUM_SHARE ? "size.medium" : "size.small";
}

function third(share: number, names: [string, string, string]): string {
  return names[clamp(Math.floor(share * 3), 0, 2)] ?? names[1];
}

