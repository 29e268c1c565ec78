/** The workshop's engine: attacks on a face, in a worker. Nothing of a photo leaves the device or is stored. */

import { TarnkappeError, aborted } from "./internal/errors.js";
import { FILES, folder, networkFile } from "./internal/files.js";
import type { WorkshopFiles } from "./internal/files.js";
import { LazyFiles, sizeOf } from "./internal/lazy-files.js";
import type { LoadOptions } from "./internal/lazy-files.js";
import { checkSupport } from "./internal/support.js";
import { loadWorkerCode } from "./internal/worker-code.js";
import { startWorker } from "./internal/worker-handle.js";
import type { Attempt, Covering, Look, Opened, ShopOrder, ShopReply, ShopRequest, ShopResults } from "./internal/workshop-protocol.js";

export { TarnkappeError };
export type { Drawing } from "./internal/protocol.js";
export type { Attempt, CoverKind, Covering, Look, Opened, Undoing } from "./internal/workshop-protocol.js";
export type { TarnkappeErrorCode } from "./internal/errors.js";

/** Larger files are refused before they are read. The engine has the same limit. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Called as `(done, of)` with bytes or pictures. */
type OnProgress = (done: number, of: number) => void;

export interface StepOptions {
  /** Aborting rejects with the code `aborted`. */
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/** What a whole attack on the covered face shows; see {@link Workshop.attack}. */
export interface AttackResults {
  look: Look;
  /** The face after each way of undoing the cover. */
  undone: Attempt[];
  /** How alike the face is to each entry of the gallery, all of them covered alike. */
  parrot: Float32Array<ArrayBuffer>;
  /** How far the own face, and then others in the same photo, are from what is seen; in grey levels. */
  samePhoto: Float32Array<ArrayBuffer>;
}

const partsOf = ({ module, gallery }: WorkshopFiles) => [module, networkFile("yunet"), networkFile("sface"), gallery];

/** What is fetched before the first attack, in bytes; 0 in a copy of the program without the workshop's engine. */
export const WORKSHOP_BYTES = FILES.workshop === undefined ? 0 : sizeOf(partsOf(FILES.workshop));

/** Downloads are kept for the next participant. */
let files: LazyFiles | undefined;

interface Pending {
  resolve(result: never): void;
  reject(reason: TarnkappeError): void;
  onProgress: OnProgress | undefined;
}

/** One participant after the other, and the gallery. Made by {@link createWorkshop}. Every method rejects with a {@link TarnkappeError}. */
export class Workshop {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #failure: TarnkappeError | undefined;
  /** Entries of the gallery: bundled ones, and all. */
  #bundled = 0;
  #entries = 0;
  /** The pictures of the gallery, to be shown. */
  pictures: readonly Blob[] = [];

  /** @param code address of the worker's code */
  constructor(code: string) {
    this.#worker = startWorker(code);
    this.#worker.onmessage = ({ data }: MessageEvent<ShopReply>) => this.#receive(data);
    this.#worker.onerror = (event) => this.#die(event.message);
    this.#worker.onmessageerror = () => this.#die("A message could not be read.");
  }

  /** How many entries the gallery has: the bundled ones, then the participant's own. */
  get entries(): number {
    return this.#entries;
  }

  /** Starts the engine and reads the gallery. */
  async start(parts: Parts, options: StepOptions): Promise<void> {
    const { module, detector, recogniser, pictures } = parts;
    await this.#ask({ kind: "init", module, detector, recogniser }, options);
    const found = await this.#ask({ kind: "enrol", pictures }, options);
    if (found.includes(false)) {
      throw new TarnkappeError("internal", `A picture of the gallery has no face: ${found.indexOf(false)}.`);
    }
    this.#bundled = this.#entries = pictures.length;
    this.pictures = pictures.map((picture) => new Blob([picture], { type: "image/jpeg" }));
  }

  /** Opens a photo, and forgets the one before. */
  async open(file: Blob, options: StepOptions = {}): Promise<Opened> {
    refuseHuge(file);
    // Both at once: if the exercise is left meanwhile, that is forgotten after the photo has been opened, and not before.
    const [, opened] = await Promise.all([this.forget(), this.#ask({ kind: "open", file }, options)]);
    return opened;
  }

  /** Takes one of the faces; null if nothing can be made of it. */
  choose(index: number): Promise<Look | null> {
    return this.#ask({ kind: "choose", index });
  }

  /** Adds a further photo of the participant to the gallery. Returns whether there is a face in it. */
  async enrol(file: Blob): Promise<boolean> {
    refuseHuge(file);
    const isUsable = await this.#ask({ kind: "enrol-own", file });
    this.#entries += isUsable ? 1 : 0;
    return isUsable;
  }

  /** Adds the chosen photo to the gallery, as if it had been published once without a cover. */
  async enrolSubject(): Promise<void> {
    await this.#ask({ kind: "enrol-subject" });
    this.#entries += 1;
  }

  /** Covers the chosen face, and searches for it. */
  weaken(covering: Covering): Promise<Look> {
    return this.#ask({ kind: "weaken", covering });
  }

  /** Undoes the last cover. */
  undo(): Promise<Attempt[]> {
    return this.#ask({ kind: "undo" });
  }

  /** Covers the whole gallery alike, and searches in it. */
  parrot(options: StepOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    return this.#ask({ kind: "parrot", entries: this.#entries }, options);
  }

  /** Puts other faces into the same photo and covers it alike: how far are they from what is seen? */
  samePhoto(): Promise<Float32Array<ArrayBuffer>> {
    return this.#ask({ kind: "same-photo" });
  }

  /** All attacks on one cover. */
  async attack(covering: Covering, options: StepOptions = {}): Promise<AttackResults> {
    const look = await this.weaken(covering);
    return { look, undone: await this.undo(), parrot: await this.parrot(options), samePhoto: await this.samePhoto() };
  }

  /** Forgets everything of the participant. */
  async forget(): Promise<void> {
    this.#entries = this.#bundled;
    await this.#ask({ kind: "forget", kept: this.#bundled });
  }

  /** Stops whatever is going on, and gives the memory back. */
  dispose(): void {
    this.#end(new TarnkappeError("disposed", "The workshop's engine was stopped."));
  }

  #ask<R extends ShopRequest>(request: R, { signal, onProgress }: StepOptions = {}): Promise<ShopResults[R["kind"]]> {
    return new Promise((resolve, reject) => {
      const failure = signal?.aborted ? aborted(signal) : this.#failure;
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const id = ++this.#last;
      signal?.addEventListener("abort", () => this.#send({ stop: id }), { once: true });
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#send({ id, request });
    });
  }

  #send(order: ShopOrder): void {
    this.#worker.postMessage(order);
  }

  #receive(reply: ShopReply): void {
    const pending = this.#pending.get(reply.id);
    if (reply.type === "progress") {
      pending?.onProgress?.(reply.done, reply.of);
      return;
    }
    this.#pending.delete(reply.id);
    if (reply.type === "done") {
      pending?.resolve(reply.result as never);
      return;
    }
    const error = new TarnkappeError(reply.code, reply.message);
    pending?.reject(error);
    if (reply.fatal) {
      this.#end(error);
    }
  }

  #die(message: string): void {
    this.#end(new TarnkappeError("crash", `The worker failed: ${message}`));
  }

  #end(reason: TarnkappeError): void {
    this.#failure ??= reason;
    this.#worker.terminate();
    this.#pending.forEach(({ reject }) => reject(reason));
    this.#pending.clear();
  }
}

interface Parts {
  module: WebAssembly.Module;
  detector: Uint8Array;
  recogniser: Uint8Array;
  pictures: Uint8Array<ArrayBuffer>[];
}

/** The stages of getting ready: bytes are fetched, then the gallery's pictures are read. */
export type Stage = "fetch" | "gallery";

/**
 * Fetches what is needed, {@link WORKSHOP_BYTES} in all, and reads the gallery. After a failure it can be called again. What was
 * fetched once is not fetched again.
 *
 * @throws TarnkappeError `left-out` in a copy of the program without the workshop's engine
 */
export async function createWorkshop({ signal, onProgress }: { signal?: AbortSignal; onProgress?: (stage: Stage, share: number) => void }): Promise<Workshop> {
  checkSupport();
  const { workshop } = FILES;
  if (workshop === undefined) {
    throw new TarnkappeError("left-out", "This copy of the program has no workshop engine.");
  }
  const parts = await loadParts(workshop, { signal, onProgress: (done, of) => onProgress?.("fetch", done / of) });
  const code = await loadWorkerCode(folder(), workshop.worker);
  const started = new Workshop(code);
  try {
    await started.start(parts, { signal, onProgress: (done, of) => onProgress?.("gallery", done / of) });
    return started;
  } catch (error) {
    started.dispose();
    throw error;
  } finally {
    URL.revokeObjectURL(code);
  }
}

/** Fetches what {@link createWorkshop} needs, so that it works without a network from then on. @throws TarnkappeError */
export async function prepareWorkshop(options: LoadOptions): Promise<void> {
  const { workshop } = FILES;
  if (workshop !== undefined) {
    URL.revokeObjectURL(await loadWorkerCode(folder(), workshop.worker));
    await fetchParts(workshop).load(options);
  }
}

function fetchParts(workshop: WorkshopFiles): LazyFiles {
  return (files ??= new LazyFiles(folder(), partsOf(workshop)));
}

async function loadParts(workshop: WorkshopFiles, options: LoadOptions): Promise<Parts> {
  const empty = new Uint8Array();
  const [module = empty, detector = empty, recogniser = empty, gallery = empty] = await fetchParts(workshop).load(options);
  try {
    return { module: await WebAssembly.compile(module), detector, recogniser, pictures: unpack(gallery) };
  } catch (cause) {
    fetchParts(workshop).forget();
    throw new TarnkappeError("load", `A part of the program could not be used: ${String(cause)}`, { cause });
  }
}

/** Each picture has its length before it, in four bytes, the lowest first. */
function unpack(gallery: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(gallery.buffer, gallery.byteOffset, gallery.byteLength);
  const pictures: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < gallery.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    pictures.push(gallery.subarray(at + 4, end));
    at = end;
  }
  return pictures;
}

function refuseHuge({ size }: Blob): void {
  if (size > MAX_FILE_BYTES) {
    throw new TarnkappeError("too-many-bytes", `The file has ${size} bytes; the limit is ${MAX_FILE_BYTES}.`);
  }
}
