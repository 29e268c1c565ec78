/** Sentences that several parts of the page make from data. */

import type { Check, Identifiability, Leak } from "../api/index.js";
import type { Context } from "./context.js";
import { doneKey, passedKey } from "./outcome.js";
import type { Outcome } from "./outcome.js";
import type { Photo } from "./photo.js";
import type { Region, Size } from "./regions.js";
import { isMaybe, placeKey, sizeKey } from "./regions.js";

/** "Face 3, upper left". */
export function regionName({ t }: Context, region: Region, picture: Size): string {
  const name = t(isMaybe(region) ? "region.maybe" : `region.${region.origin}`, { id: region.id });
  return t("region.named", { name, place: t(placeKey(region.box, picture)) });
}

/** What marks the region in the picture and in the list. */
export function badgeWords(region: Region): string {
  return isMaybe(region) ? `${region.id}?` : String(region.id);
}

/** "Upper left, small". */
export function regionPlace({ t }: Context, region: Region, picture: Size): string {
  return t("region.place", { place: t(placeKey(region.box, picture)), size: t(sizeKey(region.box, picture)) });
}

/** What an error's code means, or at least that something failed. */
export function errorWords({ t, i18n }: Context, code: string): string {
  const key = `error.${code}`;
  return i18n.has(key) ? t(key) : t("error.unknown", { code });
}

/** What was done to a photo, and what of it was left open. */
export function outcomeWords(context: Context, outcome: Outcome): string {
  return [context.t(doneKey(outcome)), ...openWords(context, outcome)].join(". ");
}

/** How far a photo is. */
export function phaseWords(context: Context, { phase }: Photo): string {
  return phase.kind === "proved" ? outcomeWords(context, phase.saved.outcome) : context.t(`phase.${phase.kind}`);
}

/** What a person has left open, a sentence for each kind; none if nothing. */
export function openWords({ t }: Context, { openFaces, openSpots }: Outcome): string[] {
  return [
    ...(openFaces.length > 0 ? [t("result.open_faces", { count: openFaces.length })] : []),
    ...(openSpots.length > 0 ? [t("result.open_spots", { count: openSpots.length })] : []),
  ];
}

/** What a check has shown; one that is not known here speaks for itself. */
export function checkWords({ t, i18n }: Context, check: Check, outcome: Outcome): string {
  const key = check.ok ? passedKey(check.name, outcome) : `check.${check.name}.failed`;
  return i18n.has(key) ? t(key) : `${check.name}: ${check.detail}`;
}

/** What a leak says: in words of the person's language, or as the file has it. */
export function leakWords({ t }: Context, leak: Leak): string {
  return leak.words === null ? leak.value : t(`words.${leak.words.code}`, leak.words);
}

/** How many faces the search has found. */
export function foundWords({ t }: Context, photo: Photo): string {
  const count = photo.foundCount;
  return count === 0 ? t("review.title_none") : t("review.title", { count });
}

/** How many of them are uncertain; null if none is. */
export function maybeWords({ t }: Context, photo: Photo): string | null {
  const count = photo.regions.filter(isMaybe).length;
  return count === 0 ? null : t("review.maybe", { count });
}

/** Why a thorough search, or what it needs, is not to be had. */
export function thoroughFailureWords(context: Context, code: string): string {
  return code === "load" ? context.t("thorough.not_loaded") : errorWords(context, code);
}

/** Why the recogniser is not to be had. */
export function recogniserFailureWords(context: Context, code: string): string {
  return code === "load" ? context.t("recognise.not_loaded") : errorWords(context, code);
}

/** Why a face is as identifiable as it is said to be: one sentence, most important first. */
export function reasonWords({ t }: Context, { reasons, inter_eye_px, score }: Identifiability): string {
  const values = { pixels: Math.round(inter_eye_px), percent: Math.round(100 * score) };
  return reasons.map((reason) => t(`reason.${reason}`, values)).join("; ");
}

/** What a check means and what it cannot show; null for one that is not known here. */
export function checkMeaning({ t, i18n }: Context, check: Check): { means: string; limits: string } | null {
  const key = `check.${check.name}.means`;
  return i18n.has(key) ? { means: t(key), limits: t(`check.${check.name}.limits`) } : null;
}

/** How the photo's thorough search ended; null if there was none. */
export function searchWords(context: Context, { thorough, searchFailure }: Photo): string | null {
  if (searchFailure !== null) {
    return thoroughFailureWords(context, searchFailure);
  }
  if (thorough === null) {
    return null;
  }
  const { added, dropped } = thorough;
  const came = added === 0 ? context.t("thorough.done_none") : context.t("thorough.done", { count: added });
  const went = dropped === 0 ? null : context.t("thorough.dropped", { count: dropped });
  return [came, went, context.t("thorough.proof")].filter((sentence) => sentence !== null).join(" ");
}
