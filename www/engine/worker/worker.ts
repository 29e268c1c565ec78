/** The worker: owns one WebAssembly instance and does one request at a time. */

import type { CheckOptions, ProtectOptions, Stage } from "../generated/options.js";
import type { ErrorCode, FileReport, Region } from "../generated/report.js";
import type {
  Assets,
  CachedTiles,
  LeakedPicture,
  Network,
  Preview,
  PreviewRequest,
  WorkerReply,
  WorkerRequest,
  WorkerResult,
} from "../internal/protocol.js";
import { decode, toPixels } from "../platform/decode.js";
import type { Decoded, PlatformPicture } from "../platform/decode.js";
import { holdLock } from "../platform/life.js";
import init, { Engine } from "../wasm/tarnkappe.js";
import type { EnginePreview, FurtherPicture } from "../wasm/tarnkappe.js";

declare const self: DedicatedWorkerGlobalScope;

/** A fault with a stable code, as the engine throws them too. */
interface CodedError {
  code: ErrorCode;
  message: string;
  /** What the file gives away although it cannot be opened. */
  report?: FileReport;
}

let engine: Engine | undefined;
let memory: WebAssembly.Memory | undefined;
/** Modules that decode what the browser does not, by formats. */
const decoders = new Map<string, WebAssembly.Module>();
/** Longest side of what is shown of a picture in the file, in pixels, as in the engine. */
const SHOWN_SIDE = 320;
/**
 * What decoding may take: more than the module for JPEG XL gives itself (LEAST_TIME, TIME_PER_MEGAPIXEL and PIXELS_PER_BYTE of
 * src/photo/jxl.rs), in milliseconds, with those for each byte and for the largest picture.
 */
const DECODING = { least: 8000, perByte: 0.064, perPicture: 100_000 };
/** A decoded picture of more bytes is not kept. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** A file that a module has decoded, until it is proved or another one comes: it is needed again to be covered. */
let kept: { bytes: Uint8Array; picture: PlatformPicture } | undefined;
/** Why the last file has no picture, if the engine does not decode it. */
let unopened: Omit<Decoded, "picture"> = {};
/** What is being protected, from `cover` to the last `prove`: the file may change meanwhile. */
let original: { bytes: Uint8Array; picture: PlatformPicture | null; previewSide: number | undefined } | undefined;

self.onmessage = async (event: MessageEvent<WorkerRequest>) => {
  try {
    const result = await serve(event.data);
    const transfer = result.kind === "preview-covers" ? [result.drawing.samples.buffer] : [];
    reply({ type: "done", result, memory: memory?.buffer.byteLength ?? 0 }, transfer);
  } catch (error) {
    reply(failure(error));
  }
};

void holdLock().then((lock) => reply({ type: "loaded", lock }));

async function serve(request: WorkerRequest): Promise<WorkerResult> {
  switch (request.kind) {
    case "init":
      return start(request.assets);
    case "load":
      return load(request.networks);
    case "warm-up":
      running().warmUp(request.seed);
      return { kind: "warm-up" };
    case "scan":
      return scan(request);
    case "check":
      return check(request.file, request.options, request.tiles);
    case "recognise":
    case "embed":
      return recognise(request.kind, request.file, request.regions);
    case "cover":
      return cover(request.file, request.options, request.tiles);
    case "prove":
      return prove(request.tiles);
    case "preview-covers":
      return previewCovers(request);
  }
}

async function start(assets: Assets): Promise<WorkerResult> {
  const exports = await init({ module_or_path: assets.module });
  exports.__wasm_call_ctors?.();
  ({ memory } = exports);
  const started = new Engine(assets.model, assets.secret);
  if (assets.detector !== null) {
    started.loadCustomDetector(assets.detector.onnx, JSON.stringify(assets.detector.spec));
  }
  engine = started;
  return { kind: "init" };
}

async function load(networks: Network[]): Promise<WorkerResult> {
  for (const { family, packed } of networks) {
    if (packed instanceof WebAssembly.Module) {
      decoders.set(family, packed);
    } else {
      running().load(family, packed);
    }
  }
  return { kind: "load" };
}

async function scan({ file, purpose, part, options }: Extract<WorkerRequest, { kind: "scan" }>): Promise<WorkerResult> {
  const bytes = await read(file);
  const pixels = toPixels(await pictureOf(bytes));
  return { kind: "scan", tiles: running().scanPart(bytes, purpose, part, options, onProgress, pixels) };
}

async function check(file: File, options: CheckOptions, tiles: CachedTiles): Promise<WorkerResult> {
  running().importTiles(tiles);
  const bytes = await read(file);
  const pixels = toPixels(await pictureOf(bytes));
  const { report, preview, pictures, further = [] } = running().check(bytes, file.name, options, onProgress, pixels);
  const shown = pictures.map((picture) => ({ ...toBlob(picture), leak: picture.leak }));
  for (const picture of further) {
    shown.push(...(await lookThrough(picture, report, options)));
  }
  return { kind: "check", report, preview: toPreview(preview), pictures: shown };
}

/** Looks for faces in a picture within a HEIC, as the engine does in those that it decodes. @returns what is to be shown of it */
async function lookThrough({ leak, file }: FurtherPicture, report: FileReport, options: CheckOptions): Promise<LeakedPicture[]> {
  const { picture } = await decoded(file);
  const asked = options.previewSide === undefined ? options : { ...options, previewSide: SHOWN_SIDE };
  try {
    const seen = running().check(file, "", asked, () => undefined, toPixels(picture));
    Object.assign(report.leaks[leak] ?? {}, { faces: seen.report.regions.length });
    return seen.preview === undefined ? [] : [{ ...toBlob(seen.preview), leak }];
  } catch (error) {
    if (!isCoded(error)) {
      throw error;
    }
    report.skipped.frames += 1;
    return [];
  }
}

async function recognise(kind: "recognise" | "embed", file: File, regions: Region[]): Promise<WorkerResult> {
  const bytes = await read(file);
  const pixels = toPixels(await pictureOf(bytes));
  if (kind === "embed") {
    return { kind, embeddings: running().embed(bytes, regions, onProgress, pixels) };
  }
  return { kind: "recognise", identifiability: running().recognise(bytes, regions, onProgress, pixels) };
}

async function cover(file: File, options: ProtectOptions, tiles: CachedTiles): Promise<WorkerResult> {
  running().importTiles(tiles);
  const bytes = await read(file);
  const picture = await pictureOf(bytes);
  const copy = running().cover(bytes, file.name, options, onProgress, toPixels(picture));
  original = { bytes, picture, previewSide: options.previewSide };
  return { kind: "unproved", copy: new Blob([copy]) };
}

async function prove(tiles: CachedTiles): Promise<WorkerResult> {
  const current = original;
  original = kept = undefined; // After an error nothing of the photo is kept.
  if (current === undefined) {
    throw { code: "internal", message: "Nothing was covered that could be proved." } satisfies CodedError;
  }
  running().importTiles(tiles);
  const step = running().prove(current.bytes, current.previewSide, onProgress, toPixels(current.picture));
  if (step instanceof Uint8Array) {
    original = current;
    return { kind: "unproved", copy: new Blob([step]) };
  }
  const bytesIfProved = step.report.proof?.ok ? step.bytes : undefined;
  return {
    kind: "protect",
    report: step.report,
    blob: bytesIfProved ? new Blob([bytesIfProved], { type: step.mediaType }) : null,
    extension: step.extension,
    preview: toPreview(step.preview),
  };
}

async function previewCovers({ picture, width, height, options }: PreviewRequest): Promise<WorkerResult> {
  return { kind: "preview-covers", drawing: Engine.previewCovers(await read(picture), width, height, options) };
}

async function read(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    // A folder, or a file that has been moved, changed or withdrawn since it was chosen.
    throw { code: "unreadable", message: String(error) } satisfies CodedError;
  }
}

async function pictureOf(bytes: Uint8Array): Promise<PlatformPicture | null> {
  if (kept !== undefined && isSame(kept.bytes, bytes)) {
    return kept.picture;
  }
  kept = undefined;
  const { picture, ...rest } = await decoded(bytes);
  unopened = rest;
  if (picture?.codePoints !== undefined && picture.samples.length <= MAX_KEPT_BYTES) {
    kept = { bytes, picture };
  }
  return picture;
}

/** Whoever started this worker ends it if that takes too long: nothing here can. */
async function decoded(bytes: Uint8Array): Promise<Decoded> {
  reply({ type: "limit", ms: DECODING.least + Math.min(DECODING.perByte * bytes.length, DECODING.perPicture) });
  try {
    return await decode(bytes, decoders);
  } finally {
    reply({ type: "limit", ms: null });
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function running(): Engine {
  if (engine === undefined) {
    throw { code: "model-missing", message: "The worker has not been initialised." } satisfies CodedError;
  }
  return engine;
}

function onProgress(stage: string, fraction: number): void {
  reply({ type: "progress", stage: stage as Stage, fraction });
}

function toPreview(preview: EnginePreview | undefined): Preview | null {
  return preview === undefined ? null : toBlob(preview);
}

function toBlob({ bytes, mediaType, width, height }: EnginePreview): Preview {
  return { blob: new Blob([bytes], { type: mediaType }), width, height };
}

function failure(error: unknown): WorkerReply {
  if (isCoded(error)) {
    // The engine only knows that it was given no picture.
    const { undecoded = null, refusal = null } = error.code === "no-decoder" ? unopened : {};
    const { code, message } = refusal ?? error;
    const report = error.report && { ...error.report, error: { code, message } };
    return { type: "failed", code, message, report: report ?? null, undecoded, fatal: false };
  }
  // A trap, an exhausted stack or memory: the instance's state is unknown from here on.
  return { type: "failed", code: "crash", message: String(error), report: null, undecoded: null, fatal: true };
}

function isCoded(error: unknown): error is CodedError {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string";
}

function reply(message: WorkerReply, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
