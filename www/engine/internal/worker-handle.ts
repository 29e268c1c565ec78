import type { Stage } from "../generated/options.js";
import { TarnkappeError, UndecodedError } from "./errors.js";
import { trustedAddress } from "./trusted.js";
import type { Assets, Network, WorkerReply, WorkerRequest, WorkerResult } from "./protocol.js";

export type OnProgress = (stage: Stage, fraction: number) => void;

/** What a worker answers to a request. */
type ResultOf<R extends WorkerRequest> = R["kind"] extends "cover"
  ? Extract<WorkerResult, { kind: "unproved" }>
  : R["kind"] extends "prove"
    ? Extract<WorkerResult, { kind: "unproved" | "protect" }>
    : Extract<WorkerResult, { kind: R["kind"] }>;

interface Pending {
  resolve(result: WorkerResult): void;
  reject(reason: TarnkappeError): void;
  onProgress: OnProgress | undefined;
}

/** One worker with one request at a time. Once it has failed it stays dead and has to be replaced. */
export class WorkerHandle {
  readonly #worker: Worker;
  #pending: Pending | undefined;
  #prepared: Promise<unknown> | undefined;
  readonly #families = new Set<string>();
  #memory = 0;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #isLoaded = false;
  #failure: TarnkappeError | undefined;
  #settleLoaded!: { resolve(): void; reject(reason: TarnkappeError): void };

  /** Settles when the worker's code, but not yet the engine, is there. */
  readonly loaded = new Promise<void>((resolve, reject) => {
    this.#settleLoaded = { resolve, reject };
  });

  /** @param code address of the worker's code */
  constructor(code: string) {
    this.#worker = startWorker(code);
    this.loaded.catch(() => undefined); // Whoever uses the handle gets the error from its request.
    this.#worker.onmessage = (event: MessageEvent<WorkerReply>) => this.#receive(event.data);
    this.#worker.onerror = (event) => this.#die(event.message);
    this.#worker.onmessageerror = () => this.#die("A message could not be read.");
  }

  /** The worker can take no more requests. */
  get dead(): boolean {
    return this.#failure !== undefined;
  }

  /** The engine has been started, or is being started. */
  get warm(): boolean {
    return this.#prepared !== undefined;
  }

  /** Bytes that the engine holds, as of the last answer. */
  get memory(): number {
    return this.#memory;
  }

  /** Starts the engine, once. */
  async prepare(assets: Assets): Promise<void> {
    this.#prepared ??= this.loaded.then(() => this.request({ kind: "init", assets }));
    await this.#prepared;
  }

  /** Hands over networks, each once. Must not be called while a request is pending. */
  async load(networks: Network[]): Promise<void> {
    const missing = networks.filter(({ family }) => !this.#families.has(family));
    if (missing.length > 0) {
      await this.request({ kind: "load", networks: missing });
      missing.forEach(({ family }) => this.#families.add(family));
    }
  }

  /** Must not be called while another request is pending. */
  async request<R extends WorkerRequest>(message: R, onProgress?: OnProgress): Promise<ResultOf<R>> {
    const result = await new Promise<WorkerResult>((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#pending = { resolve, reject, onProgress };
      this.#worker.postMessage(message);
    });
    return result as ResultOf<R>;
  }

  /** Stops the worker whatever it does: WebAssembly cannot be interrupted in another way. */
  terminate(reason: TarnkappeError): void {
    this.#failure ??= reason;
    clearTimeout(this.#limit);
    this.#worker.terminate();
    this.#settleLoaded.reject(reason);
    this.#pending?.reject(reason);
    this.#pending = undefined;
  }

  #receive(reply: WorkerReply): void {
    switch (reply.type) {
      case "loaded":
        this.#isLoaded = true;
        this.#watch(reply.lock);
        this.#settleLoaded.resolve();
        break;
      case "progress":
        this.#pending?.onProgress?.(reply.stage, reply.fraction);
        break;
      case "limit":
        this.#endAfter(reply.ms);
        break;
      case "done":
        this.#memory = reply.memory;
        this.#take()?.resolve(reply.result);
        break;
      case "failed":
        this.#fail(reply);
        break;
    }
  }

  #fail(reply: Extract<WorkerReply, { type: "failed" }>): void {
    const { code, message, report, undecoded } = reply;
    const error = undecoded === null ? new TarnkappeError(code, message, { report }) : new UndecodedError(undecoded, code, message, { report });
    if (reply.fatal) {
      this.terminate(error);
    } else {
      this.#take()?.reject(error);
    }
  }

  /** A decoder may be busy for minutes with few bytes, and looks at no clock then. */
  #endAfter(ms: number | null): void {
    clearTimeout(this.#limit);
    if (ms !== null) {
      this.#limit = setTimeout(() => this.terminate(new TarnkappeError("corrupt", "The picture takes too long to decode.")), ms);
    }
  }

  /** A worker may end without any event, for example when the system is out of memory. Its lock becomes free all the same. */
  #watch(lock: string | null): void {
    if (lock !== null) {
      void navigator.locks.request(lock, () => this.#die("It has ended."));
    }
  }

  #die(message: string): void {
    const code = this.#isLoaded ? "crash" : "no-workers";
    this.terminate(new TarnkappeError(code, `The worker failed: ${message}`));
  }

  #take(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }
}

/** @param code address of the worker's code. @throws TarnkappeError `no-workers` */
export function startWorker(code: string): Worker {
  try {
    return new Worker(trustedAddress(code));
  } catch (cause) {
    throw new TarnkappeError("no-workers", "This browser starts no workers here.", { cause });
  }
}
