/**
 * Pictures that only the browser decodes: HEIC and AVIF, where it does. No canvas is involved, whose pixels some browsers
 * alter and others limit.
 */

import { Engine, Pixels } from "../wasm/tarnkappe.js";

export interface PlatformPicture {
  width: number;
  height: number;
  /** Four bytes a pixel, row by row. */
  samples: Uint8Array;
  /** Of the samples, in the words of WebCodecs. */
  format: string;
}

/** Formats of frames that the engine takes. */
const FORMATS: readonly unknown[] = ["RGBA", "RGBX", "BGRA", "BGRX"];

/** The picture of a file that the engine does not decode; null if it does, or if the browser cannot either. */
export async function decode(bytes: Uint8Array): Promise<PlatformPicture | null> {
  const file = Engine.forPlatform(bytes);
  if (file === undefined) {
    return null;
  }
  try {
    const bitmap = await createImageBitmap(new Blob([file]), { premultiplyAlpha: "none" });
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    bitmap.close();
    return await samplesOf(frame).finally(() => frame.close());
  } catch {
    // Neither the browser's words for it nor its reason are of use to anybody: the engine says what can be done.
    return null;
  }
}

/** For one call of the engine, which takes them over. */
export function toPixels(picture: PlatformPicture | null): Pixels | undefined {
  return picture === null ? undefined : new Pixels(picture.width, picture.height, picture.samples, picture.format);
}

/** The frame's pixels as they are: not every browser converts them when asked to, and some do not turn them. */
async function samplesOf(frame: VideoFrame): Promise<PlatformPicture | null> {
  const { format, visibleRect } = frame;
  const { rotation = 0, flip = false } = frame as { rotation?: number; flip?: boolean };
  if (format === null || !FORMATS.includes(format) || visibleRect === null || rotation !== 0 || flip) {
    return null;
  }
  const { width, height } = visibleRect;
  const samples = new Uint8Array(frame.allocationSize());
  const [plane] = await frame.copyTo(samples);
  const isPacked = plane?.offset === 0 && plane.stride === 4 * width;
  return isPacked ? { width, height, samples, format } : null;
}
