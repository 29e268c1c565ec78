/** Sentences that several parts of the page make from data. */

import type { Check, FileReport, Leak } from "../api/index.js";
import type { Context } from "./context.js";
import type { Region, Size } from "./regions.js";
import { placeKey, sizeKey } from "./regions.js";

/** "Face 3, upper left". */
export function regionName({ t }: Context, region: Region, picture: Size): string {
  const name = t(`region.${region.origin}`, { id: region.id });
  return t("region.named", { name, place: t(placeKey(region.box, picture)) });
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

/** What a check has shown; one that is not known here speaks for itself. */
export function checkWords({ t, i18n }: Context, check: Check): string {
  const key = `check.${check.name}.${check.ok ? "ok" : "failed"}`;
  return i18n.has(key) ? t(key) : `${check.name}: ${check.detail}`;
}

/** What a leak says: in words of the person's language, or as the file has it. */
export function leakWords({ t }: Context, leak: Leak): string {
  return leak.words === null ? leak.value : t(`words.${leak.words.code}`, leak.words);
}

/** How many faces the search has found. */
export function foundWords({ t }: Context, report: FileReport | null): string {
  const count = report?.faces.length ?? 0;
  return count === 0 ? t("review.title_none") : t("review.title", { count });
}
