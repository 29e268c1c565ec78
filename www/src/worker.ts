/** The module worker: owns one WebAssembly instance and does one request at a time. */

import { decode, toPixels } from "./platform.js";
import type { PlatformPicture } from "./platform.js";
import init, { Engine } from "./wasm/tarnkappe.js";
import type { EnginePreview } from "./wasm/tarnkappe.js";
import type {
  Assets,
  CheckOptions,
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

self.onmessage = async (event: MessageEvent<WorkerRequest>) => {
  try {
    reply({ type: "done", result: await serve(event.data) });
  } catch (error) {
    reply(failure(error));
  }
};

reply({ type: "loaded" });

function serve(request: WorkerRequest): Promise<WorkerResult> {
  switch (request.kind) {
    case "init":
      return start(request.assets);
    case "load":
      return load(request.networks);
    case "check":
      return check(request.file, request.options);
    case "recognise":
      return recognise(request.file, request.faces);
    case "protect":
      return protect(request.file, request.options);
  }
}

async function start(assets: Assets): Promise<WorkerResult> {
  await init({ module_or_path: assets.module });
  engine = new Engine(assets.model);
  return { kind: "init" };
}

async function load(networks: Network[]): Promise<WorkerResult> {
  for (const { family, packed } of networks) {
    running().load(family, packed);
  }
  return { kind: "load" };
}

async function check(file: File, options: CheckOptions): Promise<WorkerResult> {
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

async function protect(file: File, options: ProtectOptions): Promise<WorkerResult> {
  const bytes = await read(file);
  const picture = await decode(bytes);
  const regions = options.regions ?? findRegions(bytes, picture, file.name, options);
  const result = running().protect(bytes, file.name, { ...options, regions }, onProgress, toPixels(picture));
  const bytesIfProved = result.report.proof?.ok ? result.bytes : undefined;
  return {
    kind: "protect",
    report: result.report,
    blob: bytesIfProved ? new Blob([bytesIfProved], { type: result.mediaType }) : null,
    extension: result.extension,
    preview: toPreview(result.preview),
  };
}

function findRegions(bytes: Uint8Array, picture: PlatformPicture | null, name: string, options: ProtectOptions): Region[] {
  const thorough = options.thorough ?? false;
  const { report } = running().check(bytes, name, { thorough }, onProgress, toPixels(picture));
  return report.faces.map((face: Face) => ({ box: face.box, cover: true, area: face.cover }));
}

async function read(file: File): Promise<Uint8Array> {
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
