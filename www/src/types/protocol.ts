/** What the page and its worker say to each other: one request at a time, answered by progress and one end. */

import type { Face, FileReport, Identifiability } from "./report.js";

/** `load`: networks that were not needed before are being fetched, which happens once. */
export type Stage = "load" | "decode" | "detect" | "recognise" | "cover" | "encode" | "prove";

/** `mosaic` hides from people and from search, but can be linked by someone who has this very photo. */
export type Method = "soft" | "solid" | "mosaic";

/** A part of the picture that a person has decided about. */
export interface Region {
  /** `[x, y, width, height]` in upright pixels. */
  box: [number, number, number, number];
  /** False: the person expressly leaves it open, so that finding a face there does not fail the proof. */
  cover: boolean;
  /** `head` (default): the box is a face and the cover grows to hair, ears and chin. `none`: the box is the cover. */
  grow?: "head" | "none";
  /** The cover as an earlier report of the same file states it, whatever `grow` says; any other area is grown to the blocks. */
  area?: [number, number, number, number] | null;
}

export interface CheckOptions {
  /** Look harder, which takes longer. The first time, two more networks are fetched. */
  thorough?: boolean;
  /** Longest side of the preview in pixels; none is made without it. */
  previewSide?: number;
}

export interface ProtectOptions extends CheckOptions {
  method: Method;
  /** Without it, every face that is found is covered. */
  regions?: Region[];
}

/** A smaller picture to look at. */
export interface Preview {
  blob: Blob;
  width: number;
  height: number;
}

/** A picture that the file holds besides its own, to look at. */
export interface LeakedPicture extends Preview {
  /** Its leak's place in the report. */
  leak: number;
}

/** Everything a worker needs, loaded once by the page and handed to every worker. */
export interface Assets {
  module: WebAssembly.Module;
  model: Uint8Array;
}

/** A network that not everybody needs. */
export interface Network {
  /** Its name in models/manifest.toml. */
  family: string;
  packed: Uint8Array;
}

export type WorkerRequest =
  | { kind: "init"; assets: Assets }
  | { kind: "load"; networks: Network[] }
  | { kind: "check"; file: File; options: CheckOptions }
  | { kind: "recognise"; file: File; faces: Face[] }
  | { kind: "protect"; file: File; options: ProtectOptions };

/** A request that concerns a file. */
export type FileRequest = Extract<WorkerRequest, { file: File }>;

export type WorkerResult =
  | { kind: "init" }
  | { kind: "load" }
  | { kind: "check"; report: FileReport; preview: Preview | null; pictures: LeakedPicture[] }
  | { kind: "recognise"; identifiability: Identifiability[] }
  | { kind: "protect"; report: FileReport; blob: Blob | null; extension: string; preview: Preview | null };

export type WorkerReply =
  | { type: "loaded" }
  | { type: "progress"; stage: Stage; fraction: number }
  | { type: "done"; result: WorkerResult }
  /**
   * `report`: what the file gives away although it cannot be opened.
   * `fatal`: the WebAssembly instance is unusable and the worker has to be replaced.
   */
  | { type: "failed"; code: string; message: string; report: FileReport | null; fatal: boolean };
