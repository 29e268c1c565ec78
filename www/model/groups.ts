/** A long list of regions in groups: what people have drawn, then faces, those first that are most easily matched. */

import { identifiabilityOf, regionsOf } from "./photo.js";
import type { Photo } from "./photo.js";
import type { ListedRegion } from "./regions.js";

/** A shorter list needs no groups. */
export const GROUP_FROM = 40;

const GROUPS = ["own", "likely", "possible", "unlikely", "maybe"] as const;
export type Group = (typeof GROUPS)[number];

export function groupOf(photo: Photo, region: ListedRegion): Group {
  if (region.origin !== "found") {
    return "own";
  }
  return region.maybe ? "maybe" : (identifiabilityOf(photo, region)?.level ?? "possible");
}

/** All groups that have a region. */
export function groupsOf(photo: Photo): [Group, ListedRegion[]][] {
  const members = (group: Group) => regionsOf(photo).filter((region) => groupOf(photo, region) === group);
  return GROUPS.map((group): [Group, ListedRegion[]] => [group, members(group)]).filter(([, regions]) => regions.length > 0);
}
