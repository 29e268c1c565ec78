/** The messages between the workshop and its worker. */

import type { ErrorCode } from "../generated/report.js";
import type { Drawing } from "./protocol.js";

/** Covers, weak ones and the product's own; those with a strength are given one. */
export type CoverKind =
  | "none"
  | "eye-bar"
  | "mask"
  | "small-sticker"
  | "blur"
  | "mosaic"
  | "soft"
  | "solid"
  | "own-mosaic"
  | "sticker";

/** `strength`: of `blur` the standard deviation in widths of the face, of `mosaic` the number of cells across it. */
export interface Covering {
  kind: CoverKind;
  strength: number;
}

/** A face as it is seen, and what it gives away. */
export interface Look {
  picture: Drawing;
  /** As the recogniser sees it. */
  aligned: Drawing;
  /** Where eyes, nose and corners of the mouth of the clear face lie in the aligned one. */
  landmarks: [number, number][];
  /** All that a search engine keeps: 128 numbers. */
  numbers: Float32Array<ArrayBuffer>;
  /** How alike it is to each entry of the gallery, in their order, -1 to 1. */
  likeness: Float32Array<ArrayBuffer>;
}

export type Undoing = "none" | "unsharp" | "enlarged-2" | "enlarged-4" | "wiener" | "cubic";

/** What undoing a cover made of the face. */
export interface Attempt {
  undoing: Undoing;
  aligned: Drawing;
  likeness: Float32Array<ArrayBuffer>;
}

/** A photo of which a person chooses a face. */
export interface Opened {
  picture: Drawing;
  /** Boxes `[x, y, width, height]` in its pixels, large ones first. */
  faces: [number, number, number, number][];
}

export type ShopRequest =
  | { kind: "init"; module: WebAssembly.Module; detector: Uint8Array; recogniser: Uint8Array }
  | { kind: "enrol"; pictures: Uint8Array[] }
  | { kind: "open"; file: Blob }
  | { kind: "choose"; index: number }
  | { kind: "enrol-own"; file: Blob }
  | { kind: "enrol-subject" }
  | { kind: "weaken"; covering: Covering }
  | { kind: "undo" }
  | { kind: "parrot"; entries: number }
  | { kind: "same-photo" }
  | { kind: "forget"; kept: number };

export interface ShopResults {
  init: null;
  /** Which pictures show a face. */
  enrol: boolean[];
  open: Opened;
  choose: Look | null;
  "enrol-own": boolean;
  "enrol-subject": null;
  weaken: Look;
  undo: Attempt[];
  parrot: Float32Array<ArrayBuffer>;
  "same-photo": Float32Array<ArrayBuffer>;
  forget: null;
}

/** `stop`: ends what is done picture by picture. */
export type ShopOrder = { id: number; request: ShopRequest } | { stop: number };

/** `fatal`: the WebAssembly instance is unusable. */
export type ShopReply =
  | { id: number; type: "progress"; done: number; of: number }
  | { id: number; type: "done"; result: ShopResults[keyof ShopResults] }
  | { id: number; type: "failed"; code: ErrorCode | "crash" | "aborted"; message: string; fatal: boolean };
