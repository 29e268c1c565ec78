/** The JavaScript API: finds faces, covers them and proves it, in workers. No picture leaves the device. */

import type { DetectorInput, DetectorRows, DetectorSpec } from "./generated/detector.js";
import type { CheckOptions, Method, ProtectOptions, RegionRequest, Stage, Sticker } from "./generated/options.js";
import type { FileReport, Identifiability, Proof, Region } from "./generated/report.js";
import { loadAssets } from "./internal/assets.js";
import type { Detector } from "./internal/detector.js";
import { TarnkappeError, UndecodedError } from "./internal/errors.js";
import type { TarnkappeErrorCode } from "./internal/errors.js";
import { FILES, folder } from "./internal/files.js";
import { LazyNetworks, RECOGNISER_BYTES, RECOGNISER_FILES, THOROUGH_BYTES, THOROUGH_FILES } from "./internal/lazy-networks.js";
import { LazyModule } from "./internal/lazy-module.js";
import type { LoadOptions } from "./internal/lazy-files.js";
import { checkFile, checkOptions, checkRegions } from "./internal/options.js";
import type { Drawing, FileRequest, FileResult, LeakedPicture, Preview } from "./internal/protocol.js";
import { RAW_PREVIEW_NOTE, previewIn } from "./internal/raw-preview.js";
import { checkSupport, moduleFlavour } from "./internal/support.js";
import type { OnProgress } from "./internal/worker-handle.js";
import { loadWorkerCode } from "./internal/worker-code.js";
import { WorkerPool } from "./internal/worker-pool.js";
import type { RunOptions } from "./internal/worker-pool.js";

export { RECOGNISER_BYTES, TarnkappeError, THOROUGH_BYTES };
export type { CheckOptions, Drawing, LeakedPicture, LoadOptions, Method, OnProgress, Preview, ProtectOptions, RegionRequest, Stage, Sticker };
export type { Detector, DetectorInput, DetectorRows, DetectorSpec, TarnkappeErrorCode };
export type * from "./generated/report.js";

/** Larger files are refused before they are read. The engine has the same limit. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** So many parts may be missing for a file, one after the other: only the engine with all formats knows that a JPEG XL needs a decoder. */
const MOST_PARTS = 2;

/** The page is warmed up after this time, unless a photo has been dropped by then. */
const IDLE_MS = 200;

/** Ways in which a part of the program may not be had that is fetched on demand. */
const NOT_LOADED: ReadonlySet<TarnkappeErrorCode> = new Set(["altered", "gone", "left-out", "load"]);

/** More workers than this would take more memory than they save time. */
const MAX_WORKERS = 4;

export interface TarnkappeOptions {
  /**
   * Own URL of the folder with the workers' code, `wasm/` and `models/`, with a slash at its end: of the package's `assets/`, or of `dist/web/`.
   * It may lie on another origin that allows that. By default it is where it lies beside this code.
   */
  assets?: string | URL;
  /**
   * How many workers there are, for several files or for parts of one; `auto` is half the processor's cores, at least two if
   * it has more than one, at most four.
   */
  workers?: number | "auto";
  /**
   * A custom detector. It scans in addition to the built-in one, in checks and proofs: detections of both count.
   * A larger WebAssembly module is loaded for it; see docs/detectors.md. `createTarnkappe` rejects if it cannot be used.
   */
  detector?: Detector;
  /**
   * Called once everything has been fetched and before a worker is started. All decoders are fetched, too, so that nothing
   * is asked for any more and a page can forbid itself all connections. Only a thorough search and the recogniser would ask for something.
   */
  onLoaded?: () => void;
}

interface JobOptions {
  /** Of a camera's raw file the largest preview is opened, if it has one: a JPEG that the camera has made, not the developed photo. */
  rawPreview?: boolean | undefined;
  /** Aborting stops the work at once and rejects with the code `aborted`. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

export type CheckCallOptions = CheckOptions & JobOptions;
export type ProtectCallOptions = ProtectOptions & JobOptions;

export interface ProtectResult {
  /** The cleaned file, or `null` if its proof failed. */
  blob: Blob | null;
  /** What the file's name should end in, without the dot. */
  extension: string;
  report: FileReport;
  proof: Proof;
  /** Of the exported picture, if `previewSide` was given. */
  preview: Preview | null;
}

export interface Inspection {
  report: FileReport;
  /** Of the photo, if `previewSide` was given. */
  preview: Preview | null;
  /** What else the file shows, if `previewSide` was given. */
  pictures: LeakedPicture[];
}

/** Made by {@link createTarnkappe}. Every method rejects with a {@link TarnkappeError}. */
export class Tarnkappe {
  readonly #pool: WorkerPool;
  readonly #thorough: LazyNetworks;
  readonly #recogniser: LazyNetworks;
  readonly #formats: LazyModule | null;
  readonly #decoders: ReadonlyMap<string, LazyModule>;
  /** How many {@link copy} has made, for their names. */
  #copies = 0;

  /**
   * @param base URL of the folder that holds `wasm/` and `models/`, with a slash at its end
   * @param formats the engine with all formats; null if the workers have that already
   */
  constructor(pool: WorkerPool, base: URL, formats: LazyModule | null, decoders: ReadonlyMap<string, LazyModule>) {
    this.#pool = pool;
    this.#thorough = new LazyNetworks(base, THOROUGH_FILES);
    this.#recogniser = new LazyNetworks(base, RECOGNISER_FILES);
    this.#formats = formats;
    this.#decoders = decoders;
  }

  /**
   * Fetches what a thorough search needs, {@link THOROUGH_BYTES} in all, so that thorough searches work without a network
   * from then on. Without it, the first call with `thorough` does the same. After a failure it can be called again.
   */
  async prepareThorough(options: LoadOptions = {}): Promise<void> {
    checkOptions("load", options);
    await this.#thorough.load(options);
  }

  /** Fetches what {@link recognise} and {@link embed} need, {@link RECOGNISER_BYTES} in all; without it, the first call does the same. */
  async prepareRecogniser(options: LoadOptions = {}): Promise<void> {
    checkOptions("load", options);
    await this.#recogniser.load(options);
  }

  /** What the photo gives away. */
  async check(file: File, options: CheckCallOptions = {}): Promise<FileReport> {
    return (await this.inspect(file, options)).report;
  }

  /** Like {@link check}, with pictures to show if `previewSide` is given. */
  async inspect(file: File, options: CheckCallOptions = {}): Promise<Inspection> {
    checkOptions("check", options);
    const { signal, onProgress, rawPreview, ...rest } = options;
    const result = await this.#run({ kind: "check", file, options: rest }, { signal, onProgress, rawPreview });
    return { report: result.report, preview: result.preview, pictures: result.pictures };
  }

  /**
   * How identifiable faces that were found in the photo are for a face recogniser, in the order given. It computes biometric data of the people
   * shown, so ask first; it is kept nowhere.
   */
  async recognise(file: File, regions: Region[], options: JobOptions = {}): Promise<Identifiability[]> {
    checkOptions("recognise", options);
    checkRegions(regions);
    const { identifiability } = await this.#run({ kind: "recognise", file, regions }, options);
    return identifiability;
  }

  /**
   * What a face recogniser compares the regions by, in the order given: vectors of length 1, whose products tell how alike faces are; null for
   * a region without landmarks. They are biometric data of the people shown, so ask first, compare them at once and drop them.
   */
  async embed(file: File, regions: Region[], options: JobOptions = {}): Promise<(Float32Array | null)[]> {
    checkOptions("embed", options);
    checkRegions(regions);
    const { embeddings } = await this.#run({ kind: "embed", file, regions }, options);
    return embeddings;
  }

  /** A cleaned copy, and the proof made on its bytes. Goes before checks that are still waiting. */
  async protect(file: File, options: ProtectCallOptions = {}): Promise<ProtectResult> {
    checkOptions("protect", options);
    const { signal, onProgress, rawPreview, method = "soft", ...rest } = options;
    const request = { kind: "protect" as const, file, options: { ...rest, method } };
    const { report, blob, extension, preview } = await this.#run(request, { signal, onProgress, rawPreview, urgent: true });
    if (report.proof === null) {
      throw new TarnkappeError("internal", "The engine made no proof.");
    }
    return { blob: report.proof.ok ? blob : null, extension, report, proof: report.proof, preview };
  }

  /** A proved copy under a name that says nothing, or a rejection, with the code `unproved` if the proof failed: never the photo. */
  async copy(file: File, options: ProtectCallOptions = {}): Promise<File> {
    const { blob, extension } = await this.protect(file, options);
    if (blob === null) {
      throw new TarnkappeError("unproved", "The proof of the copy failed.");
    }
    this.#copies += 1;
    return new File([blob], `photo-${this.#copies}.${extension}`, { type: blob.type });
  }

  /** The same data with a {@link copy} in the place of every file. If one file cannot be cleaned, nothing is returned. */
  async clean(data: FormData, options: ProtectCallOptions = {}): Promise<FormData> {
    const cleaned = new FormData();
    for (const [name, value] of data) {
      const isUnfilled = typeof value !== "string" && value.size === 0 && value.name === ""; // A file input without a choice.
      cleaned.append(name, typeof value === "string" || isUnfilled ? value : await this.copy(value, options));
    }
    return cleaned;
  }

  /**
   * What covers will look like, to be shown only: `picture` is the preview of an upright photo of `width` x `height` pixels, as
   * {@link inspect} gives it. While one is drawn, only the latest of further calls is kept, and the others reject with `aborted`.
   */
  async drawCovers(picture: Blob, { width, height }: { width: number; height: number }, options: ProtectOptions): Promise<Drawing> {
    checkOptions("protect", options);
    return this.#pool.draw({ kind: "preview-covers", picture, width, height, options });
  }

  /** Stops all workers and gives their memory back. */
  dispose(): void {
    this.#pool.dispose();
  }

  async #run<R extends FileRequest>(request: R, { rawPreview = false, ...options }: RunOptions & Pick<JobOptions, "rawPreview">): Promise<Answer<R>> {
    checkFile(request.file);
    if (request.file.size > MAX_FILE_BYTES) {
      const message = `The file has ${request.file.size} bytes; the limit is ${MAX_FILE_BYTES}.`;
      throw new TarnkappeError("too-many-bytes", message);
    }
    const result = await this.#open(request, options).catch(async (error: unknown) => {
      const raw = rawPreview && isRaw(error) ? await this.#told(request.file, error, options) : null;
      if (raw?.raw_preview === undefined) {
        throw error;
      }
      return ofPreviewIn(raw, await this.#open({ ...request, file: previewIn(request.file, raw.raw_preview) }, options));
    });
    return result as Answer<R>;
  }

  async #open(request: FileRequest, options: RunOptions): Promise<FileResult> {
    for (let added = 0; ; added += 1) {
      try {
        return await this.#attempt(request, options);
      } catch (error) {
        if (added === MOST_PARTS) {
          throw error;
        }
        await this.#addWhatIsMissing(error, options);
      }
    }
  }

  /** What a raw file gives away, and which preview it has. */
  async #told(file: File, error: TarnkappeError, options: RunOptions): Promise<FileReport | null> {
    return error.report ?? this.#open({ kind: "check", file, options: {} }, options).then(() => null, reportOf);
  }

  #attempt(request: FileRequest, options: RunOptions): Promise<FileResult> {
    const networks = this.#networksFor(request);
    return networks === null ? this.#pool.run(request, options) : this.#runWith(networks, request, options);
  }

  /** Gives the workers a decoder, if the error says that it is missing. Any other error is thrown again. */
  async #addWhatIsMissing(error: unknown, options: RunOptions): Promise<void> {
    if (error instanceof UndecodedError) {
      await this.#addDecoder(error, options);
      await this.#addFormats(error, options); // Only the engine with all formats knows what numbers mean that others have decoded.
    } else if (error instanceof TarnkappeError && error.code === "needs-formats") {
      await this.#addFormats(error, options);
    } else {
      throw error;
    }
  }

  /** Where the module cannot be had, as in deployments without it, the error is thrown again, which says what a person can do. */
  async #addDecoder(error: UndecodedError, { signal, onProgress }: RunOptions): Promise<void> {
    const decoder = this.#decoders.get(error.format);
    if (decoder === undefined) {
      throw error;
    }
    try {
      this.#pool.addDecoder(error.format, await decoder.load({ signal, onProgress: (loaded, total) => onProgress?.("load", loaded / total) }));
    } catch (cause) {
      const isNotThere = cause instanceof TarnkappeError && NOT_LOADED.has(cause.code) && cause.code !== "altered";
      throw isNotThere ? error : cause;
    }
  }

  /** The decoders of WebP, TIFF, GIF and BMP. */
  async #addFormats(error: TarnkappeError, { signal, onProgress }: RunOptions): Promise<void> {
    if (this.#formats === null) {
      return;
    }
    try {
      const module = await this.#formats.load({ signal, onProgress: (loaded, total) => onProgress?.("load", loaded / total) });
      this.#pool.useModule(module);
    } catch (cause) {
      if (cause instanceof TarnkappeError && NOT_LOADED.has(cause.code)) {
        const code = cause.code === "load" ? "needs-formats" : cause.code;
        throw new TarnkappeError(code, cause.message, { cause, report: error.report });
      }
      throw cause;
    }
  }

  /** What the request needs besides the engine. */
  #networksFor(request: FileRequest): LazyNetworks | null {
    if (request.kind === "recognise" || request.kind === "embed") {
      return this.#recogniser;
    }
    return request.options.thorough ? this.#thorough : null;
  }

  async #runWith(lazy: LazyNetworks, request: FileRequest, options: RunOptions): Promise<FileResult> {
    const { signal, onProgress } = options;
    const networks = await lazy.load({ signal, onProgress: (loaded, total) => onProgress?.("load", loaded / total) });
    try {
      return await this.#pool.run(request, { ...options, networks });
    } catch (error) {
      if (error instanceof TarnkappeError && error.code === "model-hash") {
        lazy.distrust();
      }
      throw error;
    }
  }
}

/**
 * Loads everything and resolves when the first file can be processed. After that, only the first thorough search, the first recognition,
 * the first file of a rare format, the first HEIC and the first JPEG XL request anything. An option that is unknown or wrong is rejected
 * with `bad-option` here and in every call, and the message names it.
 */
export async function createTarnkappe(options: TarnkappeOptions = {}): Promise<Tarnkappe> {
  checkOptions("create", options);
  checkSupport();
  const base = new URL(options.assets ?? folder(), document.baseURI);
  const hasAllFormats = options.detector !== undefined || options.onLoaded !== undefined;
  const assets = loadAssets(base, options.detector ?? null, options.onLoaded !== undefined);
  assets.catch(() => undefined); // Whoever waits for them gets the error.
  const decoders = new Map(Object.entries(FILES.decoders).map(([format, file]) => [format, new LazyModule(base, file)]));
  const code = await loadWorkerCode(base);
  if (options.onLoaded !== undefined) {
    // A deployment may do without decoders. They are kept, and handed to the workers when the first such file comes.
    await Promise.all([assets, Promise.allSettled([...decoders.values()].map((decoder) => decoder.load({})))]);
    options.onLoaded();
  }
  const pool = new WorkerPool(assets, code, workerCount(options.workers ?? "auto"));
  try {
    await pool.start();
  } catch (error) {
    pool.dispose();
    throw error;
  }
  setTimeout(() => void pool.warmUp(), IDLE_MS);
  const formats = hasAllFormats ? null : new LazyModule(base, FILES.modules.formats[moduleFlavour()]);
  return new Tarnkappe(pool, base, formats, decoders);
}

/** What is answered to a request. */
type Answer<R extends FileRequest> = Extract<FileResult, { kind: R["kind"] }>;

function isRaw(error: unknown): error is TarnkappeError {
  return error instanceof TarnkappeError && error.code === "raw";
}

function reportOf(error: unknown): FileReport | null {
  return error instanceof TarnkappeError ? error.report : null;
}

/** The result of a raw file's preview, which says that it is one, and what the whole file gives away. */
function ofPreviewIn({ leaks, parts }: FileReport, result: FileResult): FileResult {
  if ("report" in result) {
    result.report.notes.push(RAW_PREVIEW_NOTE);
    Object.assign(result.report, { leaks, parts });
  }
  return "pictures" in result ? { ...result, pictures: [] } : result; // They are shown by the places of the preview's own leaks.
}

function workerCount(wanted: number | "auto"): number {
  return wanted === "auto" ? Math.max(1, Math.floor(automatic(navigator.hardwareConcurrency))) : wanted;
}

/** Two workers share the work on one photo; of more cores, half are left to others. */
function automatic(cores: number): number {
  return Math.min(cores, Math.max(2, cores / 2), MAX_WORKERS);
}
