/** The JavaScript API: finds faces, covers them and proves it, in workers. No picture leaves the device. */

import type { CheckOptions, LeakedPicture, Method, Preview, ProtectOptions, Region, Stage, WorkerRequest } from "../types/protocol.js";
import type { FileReport, Proof } from "../types/report.js";
import { loadAssets } from "./assets.js";
import { TarnkappeError } from "./errors.js";
import type { OnProgress } from "./worker-handle.js";
import { WorkerPool } from "./worker-pool.js";

export { TarnkappeError };
export type { CheckOptions, FileReport, LeakedPicture, Method, OnProgress, Preview, Proof, ProtectOptions, Region, Stage };
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

  constructor(pool: WorkerPool) {
    this.#pool = pool;
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

  async #run<R extends Exclude<WorkerRequest, { kind: "init" }>>(request: R, options: Parameters<WorkerPool["run"]>[1]) {
    if (request.file.size > MAX_FILE_BYTES) {
      const message = `The file has ${request.file.size} bytes; the limit is ${MAX_FILE_BYTES}.`;
      throw new TarnkappeError("too_many_bytes", message);
    }
    const result = await this.#pool.run(request, options);
    return result as Extract<typeof result, { kind: R["kind"] }>;
  }
}

/** Loads everything and resolves when the first file can be worked on; nothing is requested after that. */
export async function createTarnkappe(options: TarnkappeOptions = {}): Promise<Tarnkappe> {
  const base = new URL(options.assets ?? new URL("../", import.meta.url), document.baseURI);
  const pool = new WorkerPool(await loadAssets(base), workerCount(options.workers ?? "auto"));
  try {
    await pool.warmUp();
  } catch (error) {
    pool.dispose();
    throw error;
  }
  return new Tarnkappe(pool);
}

function workerCount(wanted: number | "auto"): number {
  const count = wanted === "auto" ? Math.min(navigator.hardwareConcurrency / 2, MAX_WORKERS) : wanted;
  return Math.max(1, Math.floor(count));
}
