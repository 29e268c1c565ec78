/** The JavaScript API: finds faces, covers them and proves it, in workers. No picture leaves the device. */

import type {
  CheckOptions,
  FileRequest,
  LeakedPicture,
  Method,
  Preview,
  ProtectOptions,
  Region,
  Stage,
  WorkerResult,
} from "../types/protocol.js";
import type { FileReport, Proof } from "../types/report.js";
import { loadAssets } from "./assets.js";
import { TarnkappeError } from "./errors.js";
import { THOROUGH_BYTES, ThoroughNetworks } from "./thorough-networks.js";
import type { LoadOptions } from "./thorough-networks.js";
import type { OnProgress } from "./worker-handle.js";
import { WorkerPool } from "./worker-pool.js";
import type { RunOptions } from "./worker-pool.js";

export { TarnkappeError, THOROUGH_BYTES };
export type { CheckOptions, FileReport, LeakedPicture, LoadOptions, Method, OnProgress, Preview, Proof, ProtectOptions, Region, Stage };
export type * from "../types/report.js";

/** Larger files are refused before they are read. The engine has the same limit. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** More workers than this would take more memory than they save time. */
const MAX_WORKERS = 4;

export interface TarnkappeOptions {
  /** Own URL of the folder with `wasm/` and `models/`; by default the folder that holds this package's files. */
  assets?: string | URL;
  /** How many files are worked on at once; `auto` is half the processor's cores, at least one, at most four. */
  workers?: number | "auto";
}

interface JobOptions {
  /** Aborting stops the work at once and rejects with the code `aborted`. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

export type CheckCallOptions = CheckOptions & JobOptions;
export type ProtectCallOptions = Omit<ProtectOptions, "method"> & { method?: Method } & JobOptions;

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
  readonly #networks: ThoroughNetworks;

  constructor(pool: WorkerPool, networks: ThoroughNetworks) {
    this.#pool = pool;
    this.#networks = networks;
  }

  /**
   * Fetches what a thorough search needs, {@link THOROUGH_BYTES} in all, so that thorough searches work without a network
   * from then on. Without it, the first call with `thorough` does the same. After a failure it can be called again.
   */
  async prepareThorough(options: LoadOptions = {}): Promise<void> {
    await this.#networks.load(options);
  }

  /** What the photo gives away. */
  async check(file: File, options: CheckCallOptions = {}): Promise<FileReport> {
    return (await this.inspect(file, options)).report;
  }

  /** Like {@link check}, with pictures to look at if `previewSide` is given. */
  async inspect(file: File, options: CheckCallOptions = {}): Promise<Inspection> {
    const { signal, onProgress, ...rest } = options;
    const result = await this.#run({ kind: "check", file, options: rest }, { signal, onProgress });
    return { report: result.report, preview: result.preview, pictures: result.pictures };
  }

  /** A cleaned copy, and the proof made on its bytes. Goes before checks that are still waiting. */
  async protect(file: File, options: ProtectCallOptions = {}): Promise<ProtectResult> {
    const { signal, onProgress, method = "soft", ...rest } = options;
    const request = { kind: "protect" as const, file, options: { ...rest, method } };
    const { report, blob, extension, preview } = await this.#run(request, { signal, onProgress, urgent: true });
    if (report.proof === null) {
      throw new TarnkappeError("internal", "The engine made no proof.");
    }
    return { blob: report.proof.ok ? blob : null, extension, report, proof: report.proof, preview };
  }

  /** Stops all workers and gives their memory back. */
  dispose(): void {
    this.#pool.dispose();
  }

  async #run<R extends FileRequest>(request: R, options: RunOptions) {
    if (request.file.size > MAX_FILE_BYTES) {
      const message = `The file has ${request.file.size} bytes; the limit is ${MAX_FILE_BYTES}.`;
      throw new TarnkappeError("too_many_bytes", message);
    }
    const result = await (request.options.thorough ? this.#runThoroughly(request, options) : this.#pool.run(request, options));
    return result as Extract<typeof result, { kind: R["kind"] }>;
  }

  async #runThoroughly(request: FileRequest, options: RunOptions): Promise<WorkerResult> {
    const { signal, onProgress } = options;
    const networks = await this.#networks.load({ signal, onProgress: (loaded, total) => onProgress?.("load", loaded / total) });
    try {
      return await this.#pool.run(request, { ...options, networks });
    } catch (error) {
      if (error instanceof TarnkappeError && error.code === "model_hash") {
        this.#networks.forget(); // They were damaged on the way.
      }
      throw error;
    }
  }
}

/**
 * Loads everything and resolves when the first file can be worked on. Nothing is requested after that, unless something is
 * to be done thoroughly.
 */
export async function createTarnkappe(options: TarnkappeOptions = {}): Promise<Tarnkappe> {
  const base = new URL(options.assets ?? new URL("../", import.meta.url), document.baseURI);
  const pool = new WorkerPool(await loadAssets(base), workerCount(options.workers ?? "auto"));
  try {
    await pool.warmUp();
  } catch (error) {
    pool.dispose();
    throw error;
  }
  return new Tarnkappe(pool, new ThoroughNetworks(base));
}

function workerCount(wanted: number | "auto"): number {
  const count = wanted === "auto" ? Math.min(navigator.hardwareConcurrency / 2, MAX_WORKERS) : wanted;
  return Math.max(1, Math.floor(count));
}
