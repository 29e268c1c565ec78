import { TarnkappeError, aborted } from "./errors.js";
import { Painter } from "./painter.js";
import type { Assets, Drawing, FileRequest, FileResult, Network, PreviewRequest } from "./protocol.js";
import { Team } from "./team.js";
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
  resolve(result: FileResult): void;
  reject(reason: unknown): void;
  /** Removes the listener for aborting, which is there only while the job waits. */
  leaveQueue(): void;
}

/** An idle worker may hold this many bytes: a phone's photo of 12 megapixels takes less. */
const MAX_IDLE_MEMORY = 384 * 1024 * 1024;

/** Most runs of the warm-up. The first takes 0.3 s, the second half of that, and those that follow no less. */
const WARM_UPS = 3;

/**
 * A queue in front of `size` workers. One that was stopped or has crashed is replaced by a new one, started from code that is
 * held in memory: going on needs no request and works without a network. Workers with nothing to do help others scan.
 */
export class WorkerPool {
  #assets: Promise<Assets>;
  readonly #code: string;
  readonly #size: number;
  readonly #painter: Painter;
  #idle: WorkerHandle[] = [];
  #running = new Set<WorkerHandle>();
  #queue: Job[] = [];
  /** What {@link useModule} was given. */
  #module: WebAssembly.Module | undefined;
  /** What {@link addDecoder} was given. */
  readonly #decoders: Network[] = [];
  /** Workers of a module that is used no longer. They end what they do. */
  readonly #outdated = new WeakSet<WorkerHandle>();
  /** Who worked on a file last: that worker has its tiles cached. */
  #lastWorkers = new WeakMap<File, WorkerHandle>();
  #disposed = false;
  /** The browser has optimised the code that runs often. Until then it does that beside the first worker, and a second is no help. */
  #compiled = false;

  /**
   * @param assets may still be on their way: the workers start meanwhile
   * @param code address of the workers' code, which the pool revokes once it is disposed of
   */
  constructor(assets: Promise<Assets>, code: string, size: number) {
    this.#assets = assets;
    this.#code = code;
    this.#size = size;
    this.#painter = new Painter(assets, code);
    for (let count = 0; count < size; count += 1) {
      this.#idle.push(new WorkerHandle(code));
    }
  }

  /** Resolves when every worker is loaded and the first has its engine started. */
  async start(): Promise<void> {
    const assets = await this.#assets;
    await Promise.all([...this.#idle.map((handle) => handle.loaded), this.#idle[0]?.prepare(assets)]);
  }

  /**
   * Starts the other engines, and lets an idle worker run everything with synthetic pictures until the first file comes:
   * browsers optimise WebAssembly only after it has run for a while, for all workers at once.
   */
  async warmUp(): Promise<void> {
    if (this.#running.size > 0 || this.#disposed) {
      return;
    }
    const assets = await this.#assets;
    await Promise.allSettled(this.#idle.map((handle) => handle.prepare(assets)));
    for (let seed = 0; seed < WARM_UPS && this.#running.size === 0; seed += 1) {
      const handle = this.#idle.filter((idle) => idle.warm && !idle.dead).at(-1);
      if (handle === undefined) {
        return;
      }
      this.#idle = this.#idle.filter((idle) => idle !== handle);
      this.#running.add(handle);
      await handle.request({ kind: "warm-up", seed }).catch(() => undefined); // The first file will report what is wrong.
      this.#release(handle);
    }
    this.#compiled = true;
  }

  /** Workers have this module from now on. Those that are working are replaced once they have finished. */
  useModule(module: WebAssembly.Module): void {
    if (module === this.#module || this.#disposed) {
      return;
    }
    this.#module = module;
    this.#assets = this.#assets.then((assets) => ({ ...assets, module }));
    this.#compiled = false;
    this.#running.forEach((handle) => this.#outdated.add(handle));
    this.#idle.forEach((handle) => handle.terminate(replaced()));
    this.#idle = this.#idle.map(() => new WorkerHandle(this.#code));
  }

  /** Workers have this module as well from now on, which decodes files of this format. */
  addDecoder(format: string, module: WebAssembly.Module): void {
    if (!this.#decoders.some(({ family }) => family === format)) {
      this.#decoders.push({ family: format, packed: module });
    }
  }

  run(request: FileRequest, options: RunOptions): Promise<FileResult> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ request, options, resolve, reject, leaveQueue: () => undefined });
    });
  }

  /** Needs no free worker; see {@link Painter.draw}. */
  draw(request: PreviewRequest): Promise<Drawing> {
    return this.#painter.draw(request);
  }

  /** Stops everything; what is pending is rejected with the code `disposed`. */
  dispose(): void {
    this.#disposed = true;
    URL.revokeObjectURL(this.#code);
    const reason = disposed();
    this.#painter.dispose(reason);
    for (const job of this.#queue.splice(0)) {
      job.leaveQueue();
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
    const withdraw = () => signal && this.#withdraw(job, signal);
    signal?.addEventListener("abort", withdraw);
    job.leaveQueue = () => signal?.removeEventListener("abort", withdraw);
    const firstPatient = this.#queue.findIndex((queued) => queued.options.urgent !== true);
    const position = job.options.urgent && firstPatient >= 0 ? firstPatient : this.#queue.length;
    this.#queue.splice(position, 0, job);
    this.#pump();
  }

  #withdraw(job: Job, signal: AbortSignal): void {
    const position = this.#queue.indexOf(job);
    if (position >= 0) {
      this.#queue.splice(position, 1);
      job.leaveQueue();
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
    job.leaveQueue();
    const leader = this.#takeLeader(job.request);
    const team = [leader, ...this.#takeHelpers(job.request)];
    const { signal, onProgress, networks = [] } = job.options;
    const stop = () => signal && team.forEach((handle) => handle.terminate(aborted(signal)));
    signal?.addEventListener("abort", stop);
    try {
      const ready = team.map((handle) => this.#prepare(handle, networks));
      await Promise.allSettled(ready);
      await ready[0];
      job.resolve(await new Team(leader, team.slice(1).filter((handle) => !handle.dead), onProgress).run(job.request));
    } catch (error) {
      job.reject(error);
    } finally {
      signal?.removeEventListener("abort", stop);
      team.forEach((handle) => this.#release(handle, job.request));
    }
  }

  async #prepare(handle: WorkerHandle, networks: Network[]): Promise<void> {
    await handle.prepare(await this.#assets);
    await handle.load([...this.#decoders, ...networks]);
  }

  #takeLeader(request: FileRequest): WorkerHandle {
    this.#idle = this.#idle.filter((handle) => !handle.dead);
    const last = this.#idle.findIndex((handle) => handle === this.#lastWorkers.get(request.file));
    const warm = this.#idle.findIndex((handle) => handle.warm);
    const handle = this.#idle.splice(Math.max(last >= 0 ? last : warm, 0), 1)[0] ?? new WorkerHandle(this.#code);
    this.#lastWorkers.set(request.file, handle);
    this.#running.add(handle);
    return handle;
  }

  /** Workers that have nothing else to do. */
  #takeHelpers(request: FileRequest): WorkerHandle[] {
    if (request.kind === "recognise" || request.kind === "embed" || this.#queue.length > 0 || !this.#compiled) {
      return [];
    }
    const byWarmth = [...this.#idle].sort((a, b) => Number(b.warm) - Number(a.warm));
    const helpers = byWarmth.filter((handle) => !handle.dead).slice(0, this.#size - this.#running.size);
    this.#idle = this.#idle.filter((handle) => !helpers.includes(handle));
    helpers.forEach((handle) => this.#running.add(handle));
    return helpers;
  }

  /** Once a file is done, a worker that is outdated or has taken much memory is replaced: WebAssembly gives none back. */
  #release(handle: WorkerHandle, request?: FileRequest): void {
    this.#running.delete(handle);
    if (this.#disposed) {
      return;
    }
    this.#compiled ||= request !== undefined;
    if (this.#outdated.has(handle) || (request?.kind === "protect" && handle.memory > MAX_IDLE_MEMORY)) {
      handle.terminate(replaced());
    }
    this.#idle.push(handle.dead ? new WorkerHandle(this.#code) : handle);
    this.#pump();
  }
}

function replaced(): TarnkappeError {
  return new TarnkappeError("internal", "The worker has been replaced.");
}

function disposed(): TarnkappeError {
  return new TarnkappeError("disposed", "dispose() has been called.");
}
