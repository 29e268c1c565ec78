/** The part of the WebAssembly module's glue that the worker uses. The code itself is built into `dist/wasm/`. */

import type { CheckOptions, Part, ProtectOptions, Purpose } from "../generated/options.js";
import type { FileReport, Identifiability, Region } from "../generated/report.js";
import type { CachedTiles, Embedding } from "../internal/protocol.js";

export interface EnginePreview {
  bytes: Uint8Array<ArrayBuffer>;
  mediaType: string;
  width: number;
  height: number;
}

/** A picture that the file holds besides its own. */
export interface EngineLeakedPicture extends EnginePreview {
  /** Its leak's place in the report. */
  leak: number;
}

/** A thumbnail or second picture of a HEIC, as a file of its own that the engine does not decode; empty if it would be too much. */
export interface FurtherPicture {
  /** Its leak's place in the report. */
  leak: number;
  file: Uint8Array<ArrayBuffer>;
}

/** A picture that the browser or a module of its own has decoded. */
export class Pixels {
  /**
   * `format`: a format of WebCodecs with one plane of red, green and blue, or RGB, RGB16 or RGBA16. `codePoints`: primaries and
   * transfer function of numbers that are as coded. `profile`: theirs, if the file has it in coded form only.
   */
  constructor(width: number, height: number, samples: Uint8Array, format: string, codePoints?: Uint16Array, profile?: Uint8Array);
}

export type OnProgress = (stage: string, fraction: number) => void;

export class Engine {
  /** Throws if the bytes are not the expected model. `secret`: 16 random bytes, the same for all workers of a page. */
  constructor(model: Uint8Array, secret: Uint8Array);
  /** Adds a network. Throws if there is no such family, or the bytes are not the expected ones. */
  load(family: string, packed: Uint8Array): void;
  /** Adds a custom detector; `spec`: a DetectorSpec as JSON. Throws if they do not fit, or the module has no tract. */
  loadCustomDetector(onnx: Uint8Array, spec: string): void;
  /** The file to give to the browser's decoder, and its format in reports; undefined if the engine decodes that, or it is not to be decoded. */
  static forPlatform(bytes: Uint8Array): { file: Uint8Array<ArrayBuffer>; format: string } | undefined;
  /** An error carries the `report` of what the file gives away although it cannot be opened. */
  check(
    bytes: Uint8Array,
    name: string,
    options: CheckOptions,
    onProgress: OnProgress,
    pixels: Pixels | undefined,
  ): { report: FileReport; preview: EnginePreview | undefined; pictures: EngineLeakedPicture[]; further?: FurtherPicture[] };
  /** How identifiable each face is for the recogniser. Throws if that has not been loaded. */
  recognise(bytes: Uint8Array, regions: Region[], onProgress: OnProgress, pixels: Pixels | undefined): Identifiability[];
  /** What the recogniser compares each face by. Throws if it has not been loaded. */
  embed(bytes: Uint8Array, regions: Region[], onProgress: OnProgress, pixels: Pixels | undefined): Embedding[];
  /** Runs everything once with a small synthetic picture, so that the browser compiles what is run often. */
  warmUp(seed: number): void;
  /** Scans a part of the picture for another engine with the same networks to import. The leader, which goes on with the file, takes the first part. */
  scanPart(
    bytes: Uint8Array,
    purpose: Purpose,
    part: Part,
    options: CheckOptions,
    onProgress: OnProgress,
    pixels: Pixels | undefined,
  ): CachedTiles;
  importTiles(tiles: CachedTiles): void;
  /** Bytes to be proved. Without `regions`, every face that is found is covered. */
  cover(
    bytes: Uint8Array,
    name: string,
    options: ProtectOptions,
    onProgress: OnProgress,
    pixels: Pixels | undefined,
  ): Uint8Array<ArrayBuffer>;
  /**
   * What covers will look like: `picture` is a small picture of an upright photo of `width` x `height` pixels, as `check` gives it.
   * Only the covers of the given `regions` are drawn.
   */
  static previewCovers(
    picture: Uint8Array,
    width: number,
    height: number,
    options: ProtectOptions,
  ): { samples: Uint8ClampedArray<ArrayBuffer>; width: number; height: number };
  /** Proves what was covered last, whose file is given again. Either bytes of another copy that is to be proved, or the end. */
  prove(
    bytes: Uint8Array,
    previewSide: number | undefined,
    onProgress: OnProgress,
    pixels: Pixels | undefined,
  ): Uint8Array<ArrayBuffer> | EngineProtected;
}

export interface EngineProtected {
  report: FileReport;
  /** Undefined unless the proof is ok. */
  bytes: Uint8Array<ArrayBuffer> | undefined;
  mediaType: string;
  extension: string;
  preview: EnginePreview | undefined;
}

export interface Exports {
  memory: WebAssembly.Memory;
  /** In the module with tract: makes its fast kernels known. To be called once, before anything else. */
  __wasm_call_ctors?(): void;
}

export default function init(input: { module_or_path: WebAssembly.Module }): Promise<Exports>;
