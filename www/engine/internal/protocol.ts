/** The messages between the page and a worker: one request at a time, answered by progress and one final reply. */

import type { DetectorSpec } from "../generated/detector.js";
import type { CheckOptions, Part, ProtectOptions, Purpose, Stage } from "../generated/options.js";
import type { ErrorCode, FileReport, Identifiability, Region } from "../generated/report.js";

/** A smaller picture, to be shown. */
export interface Preview {
  blob: Blob;
  width: number;
  height: number;
}

/** A picture that the file holds besides its own, to be shown. */
export interface LeakedPicture extends Preview {
  /** Its leak's place in the report. */
  leak: number;
}

/** A small picture with covers over it, to be shown. */
export interface Drawing {
  /** Red, green, blue and alpha, row by row. */
  samples: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

/** Everything a worker needs, loaded once by the page and handed to every worker. */
export interface Assets {
  module: WebAssembly.Module;
  model: Uint8Array;
  /** Key of the hashes by which workers identify cached tiles, so that nobody who makes a photo can predict them. */
  secret: Uint8Array;
  /** A custom detector; the module is the one that can run it. */
  detector: { onnx: Uint8Array; spec: DetectorSpec } | null;
}

/** A network, or a module that decodes a format, that not everybody needs. */
export interface Network {
  /** Its name in models/manifest.toml, or the format's in reports. */
  family: string;
  packed: Uint8Array | WebAssembly.Module;
}

/** What a recogniser compares a face by: a vector of length 1; null for a region without landmarks. */
export type Embedding = Float32Array | null;

/** Tiles that an engine has scanned, for another one to import. Only engines know what is in them. */
export type CachedTiles = unknown[];

/** What a person asks for. */
export type FileRequest =
  | { kind: "check"; file: File; options: CheckOptions }
  | { kind: "recognise"; file: File; regions: Region[] }
  | { kind: "embed"; file: File; regions: Region[] }
  | { kind: "protect"; file: File; options: ProtectOptions };

/** What a worker does in one go. `tiles`: what others have scanned for it. */
export type WorkerRequest =
  | { kind: "init"; assets: Assets }
  | { kind: "load"; networks: Network[] }
  | { kind: "warm-up"; seed: number }
  | { kind: "scan"; file: Blob; purpose: Purpose; part: Part; options: CheckOptions }
  | { kind: "check"; file: File; options: CheckOptions; tiles: CachedTiles }
  | { kind: "recognise"; file: File; regions: Region[] }
  | { kind: "embed"; file: File; regions: Region[] }
  | { kind: "cover"; file: File; options: ProtectOptions; tiles: CachedTiles }
  /** Of the copy that came from `cover`, or from the last `prove`. */
  | { kind: "prove"; tiles: CachedTiles }
  | PreviewRequest;

/** `picture`: a small picture of an upright photo of `width` x `height` pixels. */
export interface PreviewRequest {
  kind: "preview-covers";
  picture: Blob;
  width: number;
  height: number;
  options: ProtectOptions;
}

export type FileResult =
  | { kind: "check"; report: FileReport; preview: Preview | null; pictures: LeakedPicture[] }
  | { kind: "recognise"; identifiability: Identifiability[] }
  | { kind: "embed"; embeddings: Embedding[] }
  | { kind: "protect"; report: FileReport; blob: Blob | null; extension: string; preview: Preview | null };

export type WorkerResult =
  | { kind: "init" }
  | { kind: "load" }
  | { kind: "warm-up" }
  | { kind: "scan"; tiles: CachedTiles }
  /** To be scanned by other workers and proved by this one; it is no result, and nobody else may have it. */
  | { kind: "unproved"; copy: Blob }
  | { kind: "preview-covers"; drawing: Drawing }
  | FileResult;

export type WorkerReply =
  /** `lock`: what the worker holds as long as it lives; null if the browser has no locks here. */
  | { type: "loaded"; lock: string | null }
  | { type: "progress"; stage: Stage; fraction: number }
  /** Milliseconds after which the worker is to be ended, unless it says null before. */
  | { type: "limit"; ms: number | null }
  /** `memory`: bytes that the engine holds and cannot give back while its worker lives. */
  | { type: "done"; result: WorkerResult; memory: number }
  /**
   * `report`: what the file gives away although it cannot be opened.
   * `undecoded`: the file's format, if a decoder for it could be loaded.
   * `fatal`: the WebAssembly instance is unusable and the worker has to be replaced.
   */
  | { type: "failed"; code: ErrorCode | "crash"; message: string; report: FileReport | null; undecoded: string | null; fatal: boolean };
