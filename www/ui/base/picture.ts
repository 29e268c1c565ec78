import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { sizeOf } from "../../model/photo.js";
import type { Photo } from "../../model/photo.js";
import { styles } from "./place.js";

/**
 * The photo's picture in a frame of its proportions, so that nothing moves when it appears. A photo is never mirrored.
 *
 * @param printed whether it may be printed
 */
export function pictureFrame(photo: Photo, label: string, over: unknown = nothing, printed = false): TemplateResult {
  const { width, height } = sizeOf(photo);
  const picture = photo.before && html`<img class=${printed ? "printed" : ""} src=${photo.before.url} alt=${label} draggable="false">`;
  return html`<div class="picture" dir="ltr" ${styles({ "--ratio": String(width / height) })}>${picture}${over}</div>`;
}
