import type { Assets, FileRequest, Network, WorkerResult } from "../types/protocol.js";
import { TarnkappeError, aborted } from "./errors.js";
import { WorkerHandle } from "./worker-handle.js";
import type { OnProgress } from "./worker-handle.js";

export interface RunOptions {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  /** Goes before everything that is not urgent: a person is waiting for it. */
  urgent?: boolean;
  /** What the request needs besides the engine; handed to its worker if that does not have it yet. */
  networks?: Network[];
}

interface Job {
  request: FileRequest;
  options: RunOptions;
  resolve(result: WorkerResult): void;
  reject(reason: unknown): void;
}

/**
 * A queue in front of `size` workers and a spare one.
 *
 * The spare has its code loaded but no engine started. It takes the place of a worker that was stopped or has
 * crashed, so that going on needs no request, and works without a network.
 */
export class WorkerPool {
  readonly #assets: Assets;
  readonly #size: number;
  #idle: WorkerHandle[] = [];
  #running = new Set<WorkerHandle>();
  #queue: Job[] = [];
  /** Who worked on a file last: that worker remembers where there is nothing new to look at. */
  #lastWorkers = new WeakMap<File, WorkerHandle>();
  #disposed = false;

  constructor(assets: Assets, size: number) {
    this.#assets = assets;
    this.#size = size;
    for (let count = 0; count < size + 1; count += 1) {
      this.#idle.push(new WorkerHandle());
    }
  }

  /** Resolves when every worker is loaded and all but the spare one have their engine started. */
  async warmUp(): Promise<void> {
    const engines = this.#idle.slice(0, this.#size).map((handle) => handle.prepare(this.#assets));
    await Promise.all([...this.#idle.map((handle) => handle.loaded), ...engines]);
  }

  run(request: FileRequest, options: RunOptions): Promise<WorkerResult> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ request, options, resolve, reject });
    });
  }

  /** Stops everything; what is pending is rejected with the code `disposed`. */
  dispose(): void {
    this.#disposed = true;
    const reason = disposed();
    for (const job of this.#queue.splice(0)) {
      job.reject(reason);
    }
    for (const handle of [...this.#running, ...this.#idle]) {
      handle.terminate(reason);
    }
  }

  #enqueue(job: Job): void {
    const { signal } = job.options;
    if (this.#disposed) {
      job.reject(disposed());
      return;
    }
    if (signal?.aborted) {
      job.reject(aborted(signal));
      return;
    }
    signal?.addEventListener("abort", () => this.#withdraw(job, signal), { once: true });
    const firstPatient = this.#queue.findIndex((queued) => queued.options.urgent !== true);
    const position = job.options.urgent && firstPatient >= 0 ? firstPatient : this.#queue.length;
    this.#queue.splice(position, 0, job);
    this.#pump();
  }

  #withdraw(job: Job, signal: AbortSignal): void {
    const position = this.#queue.indexOf(job);
    if (position >= 0) {
      this.#queue.splice(position, 1);
      job.reject(aborted(signal));
    }
  }

  #pump(): void {
    while (this.#running.size < this.#size) {
      const job = this.#queue.shift();
      if (job === undefined) {
        return;
      }
      void this.#start(job);
    }
  }

  async #start(job: Job): Promise<void> {
    const handle = this.#takeHandle(job.request);
    const { signal, onProgress, networks = [] } = job.options;
    const stop = () => signal && handle.terminate(aborted(signal));
    this.#running.add(handle);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      await handle.prepare(this.#assets);
      if (networks.length > 0) {
        await handle.load(networks);
      }
      job.resolve(await handle.request(job.request, onProgress));
    } catch (error) {
      job.reject(error);
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#release(handle);
    }
  }

  #takeHandle(request: FileRequest): WorkerHandle {
    this.#idle = this.#idle.filter((handle) => !handle.dead);
    const last = this.#idle.findIndex((handle) => handle === this.#lastWorkers.get(request.file));
    const warm = this.#idle.findIndex((handle) => handle.warm);
    const handle = this.#idle.splice(Math.max(last >= 0 ? last : warm, 0), 1)[0] ?? new WorkerHandle();
    this.#lastWorkers.set(request.file, handle);
    return handle;
  }

  #release(handle: WorkerHandle): void {
    this.#running.delete(handle);
    if (this.#disposed) {
      return;
    }
    this.#idle.push(handle.dead ? new WorkerHandle() : handle);
    this.#pump();
  }
}

function disposed(): TarnkappeError {
  return new TarnkappeError("disposed", "dispose() has been called.");
}
