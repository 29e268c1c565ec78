import { html } from "lit";
import type { PropertyValues } from "lit";
import type { Picture } from "../../model/photo.js";
import { Component, styled } from "../base/element.js";
import thumbnailSheet from "./thumbnail.css";

/** Longer side of a small picture in device pixels. */
const SIDE = 144;

/** A picture drawn small once, so that a long row of photos does not keep large pictures decoded. Without one, what is in its slot. */
export class Thumbnail extends Component {
  static override properties = { picture: { attribute: false }, drawn: { state: true } };
  static override styles = styled(thumbnailSheet);

  declare picture: Picture | null;
  declare private drawn: boolean;
  #url: string | null = null;

  constructor() {
    super();
    this.picture = null;
    this.drawn = false;
  }

  protected override render() {
    return html`<slot ?hidden=${this.drawn}></slot><canvas ?hidden=${!this.drawn}></canvas>`;
  }

  protected override updated(changed: PropertyValues): void {
    const { picture } = this;
    if (changed.has("picture") && picture !== null && picture.url !== this.#url) {
      this.#url = picture.url;
      void this.#draw(picture).catch(() => undefined); // The picture has gone meanwhile.
    }
  }

  async #draw({ url, width, height }: Picture): Promise<void> {
    const image = await loaded(url);
    const scale = SIDE / Math.max(width, height);
    const size = { resizeWidth: Math.round(width * scale) || 1, resizeHeight: Math.round(height * scale) || 1 };
    const bitmap = await createImageBitmap(image, { ...size, resizeQuality: "medium" });
    const canvas = this.renderRoot.querySelector("canvas");
    if (canvas !== null && url === this.#url) {
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      this.drawn = true;
    }
    bitmap.close();
  }
}

/** Not decoded: `decode()` would leave the large picture in a cache of the browser that may grow to half a gigabyte. */
function loaded(url: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = url;
  });
}
