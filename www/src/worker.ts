/** The module worker: owns one WebAssembly instance and does one request at a time. */

import { decode, toPixels } from "./platform.js";
import type { PlatformPicture } from "./platform.js";
import init, { Engine } from "./wasm/tarnkappe.js";
import type { EnginePreview } from "./wasm/tarnkappe.js";
import type {
  Assets,
  CheckOptions,
  LookedAt,
  Network,
  Preview,
  ProtectOptions,
  Region,
  Stage,
  WorkerReply,
  WorkerRequest,
  WorkerResult,
} from "./types/protocol.js";
import type { Face, FileReport } from "./types/report.js";

declare const self: DedicatedWorkerGlobalScope;

/** A fault with a stable code, as the engine throws them too. */
interface CodedError {
  code: string;
  message: string;
  /** What the file gives away although it cannot be opened. */
  report?: FileReport;
}

let engine: Engine | undefined;
let memory: WebAssembly.Memory | undefined;
/** What is being protected, from `cover` to the last `prove`: the file may change meanwhile. */
let original: { bytes: Uint8Array; picture: PlatformPicture | null; previewSide: number | undefined } | undefined;

self.onmessage = async (event: MessageEvent<WorkerRequest>) => {
  try {
    const result = await serve(event.data);
    reply({ type: "done", result, memory: memory?.buffer.byteLength ?? 0 });
  } catch (error) {
    reply(failure(error));
  }
};

reply({ type: "loaded" });

async function serve(request: WorkerRequest): Promise<WorkerResult> {
  switch (request.kind) {
    case "init":
      return start(request.assets);
    case "load":
      return load(request.networks);
    case "rehearse":
      running().rehearse(request.seed);
      return { kind: "rehearse" };
    case "look":
      return look(request);
    case "check":
      return check(request.file, request.options, request.seen);
    case "recognise":
      return recognise(request.file, request.faces);
    case "cover":
      return cover(request.file, request.options, request.seen);
    case "prove":
      return prove(request.seen);
  }
}

async function start(assets: Assets): Promise<WorkerResult> {
  const exports = await init({ module_or_path: assets.module });
  exports.__wasm_call_ctors?.();
  ({ memory } = exports);
  const started = new Engine(assets.model, assets.secret);
  if (assets.detector !== null) {
    started.bring(assets.detector.onnx, JSON.stringify(assets.detector.spec));
  }
  engine = started;
  return { kind: "init" };
}

async function load(networks: Network[]): Promise<WorkerResult> {
  for (const { family, packed } of networks) {
    running().load(family, packed);
  }
  return { kind: "load" };
}

async function look({ file, purpose, part, options }: Extract<WorkerRequest, { kind: "look" }>): Promise<WorkerResult> {
  const bytes = await read(file);
  const pixels = toPixels(await decode(bytes));
  return { kind: "look", seen: running().lookAtPart(bytes, purpose, part, options, onProgress, pixels) };
}

async function check(file: File, options: CheckOptions, seen: LookedAt): Promise<WorkerResult> {
  running().takeOver(seen);
  const bytes = await read(file);
  const pixels = toPixels(await decode(bytes));
  const { report, preview, pictures } = running().check(bytes, file.name, options, onProgress, pixels);
  const shown = pictures.map((picture) => ({ ...toBlob(picture), leak: picture.leak }));
  return { kind: "check", report, preview: toPreview(preview), pictures: shown };
}

async function recognise(file: File, faces: Face[]): Promise<WorkerResult> {
  const bytes = await read(file);
  const pixels = toPixels(await decode(bytes));
  return { kind: "recognise", identifiability: running().recognise(bytes, faces, onProgress, pixels) };
}

async function cover(file: File, options: ProtectOptions, seen: LookedAt): Promise<WorkerResult> {
  running().takeOver(seen);
  const bytes = await read(file);
  const picture = await decode(bytes);
  const regions = options.regions ?? findRegions(bytes, picture, file.name, options);
  const copy = running().cover(bytes, file.name, { ...options, regions }, onProgress, toPixels(picture));
  original = { bytes, picture, previewSide: options.previewSide };
  return { kind: "unproved", copy: new Blob([copy]) };
}

async function prove(seen: LookedAt): Promise<WorkerResult> {
  const current = original;
  original = undefined; // After an error nothing of the photo is kept.
  if (current === undefined) {
    throw { code: "internal", message: "Nothing was covered that could be proved." } satisfies CodedError;
  }
  running().takeOver(seen);
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

function findRegions(bytes: Uint8Array, picture: PlatformPicture | null, name: string, options: ProtectOptions): Region[] {
  const thorough = options.thorough ?? false;
  const { report } = running().check(bytes, name, { thorough }, onProgress, toPixels(picture));
  return report.faces.map((face: Face) => ({ box: face.box, cover: true, area: face.cover, landmarks: face.landmarks }));
}

async function read(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    // A folder, or a file that has been moved, changed or withdrawn since it was chosen.
    throw { code: "unreadable", message: String(error) } satisfies CodedError;
  }
}

function running(): Engine {
  if (engine === undefined) {
    throw { code: "model_missing", message: "The worker has not been initialised." } satisfies CodedError;
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
    return { type: "failed", code: error.code, message: error.message, report: error.report ?? null, fatal: false };
  }
  // A trap, an exhausted stack or memory: the instance's state is unknown from here on.
  return { type: "failed", code: "crash", message: String(error), report: null, fatal: true };
}

function isCoded(error: unknown): error is CodedError {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string";
}

function reply(message: WorkerReply): void {
  self.postMessage(message);
}
