/**
 * Pictures that the engine does not decode: HEIC, AVIF and JPEG XL. The browser is asked first, then the module for that format, if there
 * is one. No canvas is involved, whose pixels some browsers alter and others limit.
 */

import { Engine, Pixels } from "../wasm/tarnkappe.js";
import { decodeBy } from "./decoder.js";
import type { Refusal } from "./decoder.js";

export interface PlatformPicture {
  width: number;
  height: number;
  /** Row by row. */
  samples: Uint8Array;
  /** Of the samples, in the words of WebCodecs, or RGB, RGB16 or RGBA16. */
  format: string;
  /** Primaries and transfer function of numbers as they are coded; sRGB without. */
  codePoints?: Uint16Array;
  /** Of such numbers, where the file has it in coded form only. */
  profile?: Uint8Array;
}

/** What has become of a file. */
export interface Decoded {
  /** Null if the engine decodes the file, and if nothing does. */
  picture: PlatformPicture | null;
  /** Its format in reports, if a module for that is what is missing. */
  undecoded?: string;
  /** What the module for its format says. */
  refusal?: Refusal;
}

/** Formats of frames that the engine takes. */
const FORMATS: readonly unknown[] = ["RGBA", "RGBX", "BGRA", "BGRX"];

/** Modules that decode what the browser may not, by the formats' names in reports. */
export type Decoders = ReadonlyMap<string, WebAssembly.Module>;

/** The picture of a file that the engine does not decode. */
export async function decode(bytes: Uint8Array, decoders: Decoders): Promise<Decoded> {
  const given = Engine.forPlatform(bytes);
  if (given === undefined) {
    return { picture: null };
  }
  // Neither the browser's words for it nor its reason are of use to anybody: the engine says what can be done.
  const picture = await byBrowser(given.file).catch(() => null);
  if (picture !== null) {
    return { picture };
  }
  const module = decoders.get(given.format);
  return module === undefined ? { picture, undecoded: given.format } : decodeBy(module, bytes);
}

async function byBrowser(file: Uint8Array<ArrayBuffer>): Promise<PlatformPicture | null> {
  const bitmap = await createImageBitmap(new Blob([file]), { premultiplyAlpha: "none" });
  const frame = new VideoFrame(bitmap, { timestamp: 0 });
  bitmap.close();
  return await samplesOf(frame).finally(() => frame.close());
}

/** For one call of the engine, which takes them over. */
export function toPixels(picture: PlatformPicture | null): Pixels | undefined {
  return picture === null
    ? undefined
    : new Pixels(picture.width, picture.height, picture.samples, picture.format, picture.codePoints, picture.profile);
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
