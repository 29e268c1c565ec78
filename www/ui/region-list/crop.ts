import { html } from "lit";
import { clamp } from "../../model/geometry.js";
import type { Box, Size } from "../../model/geometry.js";
import { sizeOf } from "../../model/photo.js";
import type { Photo } from "../../model/photo.js";
import { shownBox } from "../../model/regions.js";
import type { ListedRegion } from "../../model/regions.js";
import { styles } from "../base/place.js";
import { badgeWords } from "../words/sentences.js";
import type { Words } from "../words/words.js";

/** What is seen around a region, as a multiple of its longer side. */
const SURROUNDINGS = 1.4;

/** The region's place in the photo, uncovered, with what marks it. */
export function crop(words: Words, photo: Photo, region: ListedRegion) {
  const look = photo.before === null ? {} : { "background-image": `url("${photo.before.url}")`, ...cut(shownBox(region), sizeOf(photo)) };
  return html`<span class="crop" aria-hidden="true" ${styles(look)}><span class="badge">${badgeWords(words, region)}</span></span>`;
}

/** Shows a square of the picture in a square element. */
function cut([x, y, width, height]: Box, picture: Size): Record<string, string> {
  const side = Math.max(1, Math.min(Math.max(width, height) * SURROUNDINGS, picture.width, picture.height));
  const along = (start: number, length: number, whole: number) => {
    const room = whole - side;
    return room < 1 ? "0%" : `${(100 * clamp(start + (length - side) / 2, 0, room)) / room}%`;
  };
  return {
    "background-size": `${(100 * picture.width) / side}% ${(100 * picture.height) / side}%`,
    "background-position": `${along(x, width, picture.width)} ${along(y, height, picture.height)}`,
  };
}
