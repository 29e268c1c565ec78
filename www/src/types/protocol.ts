/** What the page and its worker say to each other: one request at a time, answered by progress and one end. */

import type { DetectorSpec } from "./detector.js";
import type { Face, FileReport, Identifiability } from "./report.js";

/** `load`: networks that were not needed before are being fetched, which happens once. */
export type Stage = "load" | "decode" | "detect" | "recognise" | "cover" | "encode" | "prove";

/** `mosaic` hides from people and from search, but can be linked by someone who has this very photo. */
export type Method = "soft" | "solid" | "mosaic";

/** A part of the picture that a person has decided about: a face that was found, or an area that was drawn. */
export interface Region {
  /**
   * `[x, y, width, height]` in upright pixels: where the face was found, whatever a person made of its cover since, or else what
   * was drawn. The proof compares what it finds with it.
   */
  box: [number, number, number, number];
  /** False: the person expressly leaves it open, so that finding a face there does not fail the proof. */
  cover: boolean;
  /** `head` (default): the box is a face and the cover grows to hair, ears and chin. `none`: the box, or `area`, is the cover. */
  grow?: "head" | "none";
  /**
   * What is covered, where it is not to be worked out from the box. With `head` the cover as an earlier report of the same file
   * states it, with `none` as a person has shaped it, which is grown to the blocks of a lossy file.
   */
  area?: [number, number, number, number] | null;
  /** As in the report's faces. */
  landmarks?: Face["landmarks"];
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
  /** Keys the hashes by which workers tell each other what they saw, so that nobody who makes a photo can foresee them. */
  secret: Uint8Array;
  /** A detector of somebody else's; the module is the one that can run it. */
  detector: { onnx: Uint8Array; spec: DetectorSpec } | null;
}

/** A network that not everybody needs. */
export interface Network {
  /** Its name in models/manifest.toml. */
  family: string;
  packed: Uint8Array;
}

/** A part of a look at a picture: all of them together are the whole. The first is for the worker that goes on with the file. */
export interface Part {
  index: number;
  of: number;
}

/** Where an engine has looked and what was there, for another one to take over. Only engines know what is in it. */
export type LookedAt = unknown[];

/** What a person asks for. */
export type FileRequest =
  | { kind: "check"; file: File; options: CheckOptions }
  | { kind: "recognise"; file: File; faces: Face[] }
  | { kind: "protect"; file: File; options: ProtectOptions };

/** What a worker does in one go. `seen`: what others saw for it. */
export type WorkerRequest =
  | { kind: "init"; assets: Assets }
  | { kind: "load"; networks: Network[] }
  | { kind: "rehearse"; seed: number }
  | { kind: "look"; file: Blob; purpose: "check" | "proof"; part: Part; options: CheckOptions }
  | { kind: "check"; file: File; options: CheckOptions; seen: LookedAt }
  | { kind: "recognise"; file: File; faces: Face[] }
  | { kind: "cover"; file: File; options: ProtectOptions; seen: LookedAt }
  /** Of the copy that came from `cover`, or from the last `prove`. */
  | { kind: "prove"; seen: LookedAt };

export type FileResult =
  | { kind: "check"; report: FileReport; preview: Preview | null; pictures: LeakedPicture[] }
  | { kind: "recognise"; identifiability: Identifiability[] }
  | { kind: "protect"; report: FileReport; blob: Blob | null; extension: string; preview: Preview | null };

export type WorkerResult =
  | { kind: "init" }
  | { kind: "load" }
  | { kind: "rehearse" }
  | { kind: "look"; seen: LookedAt }
  /** To be looked at by other workers and proved by this one; it is no result, and nobody else may have it. */
  | { kind: "unproved"; copy: Blob }
  | FileResult;

export type WorkerReply =
  | { type: "loaded" }
  | { type: "progress"; stage: Stage; fraction: number }
  /** `memory`: bytes that the engine holds and cannot give back while its worker lives. */
  | { type: "done"; result: WorkerResult; memory: number }
  /**
   * `report`: what the file gives away although it cannot be opened.
   * `fatal`: the WebAssembly instance is unusable and the worker has to be replaced.
   */
  | { type: "failed"; code: string; message: string; report: FileReport | null; fatal: boolean };
