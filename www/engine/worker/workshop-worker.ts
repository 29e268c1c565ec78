/** The workshop's worker: owns one WebAssembly instance. What takes longer is done picture by picture, and can be stopped in between. */

import type { ErrorCode } from "../generated/report.js";
import type { ShopOrder, ShopReply, ShopRequest, ShopResults } from "../internal/workshop-protocol.js";
import { decode, toPixels } from "../platform/decode.js";
import type { Decoders } from "../platform/decode.js";
import init, { Workshop } from "../wasm/tarnkappe_workshop.js";

declare const self: DedicatedWorkerGlobalScope;

/** A fault with a stable code, as the engine throws them too. */
interface CodedError {
  code: ErrorCode | "aborted";
  message: string;
}

/** Here only the browser decodes what the engine does not. */
const NO_DECODERS: Decoders = new Map();

let workshop: Workshop | undefined;
/** Numbers of the requests that were stopped. */
const stopped = new Set<number>();
let queue = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ShopOrder>) => {
  if ("stop" in data) {
    stopped.add(data.stop);
    return;
  }
  queue = queue.then(() => answer(data.id, data.request));
};

async function answer(id: number, request: ShopRequest): Promise<void> {
  try {
    reply({ id, type: "done", result: await serve(id, request) });
  } catch (error) {
    reply(failure(id, error));
  } finally {
    stopped.delete(id);
  }
}

async function serve(id: number, request: ShopRequest): Promise<ShopResults[keyof ShopResults]> {
  switch (request.kind) {
    case "init":
      await init({ module_or_path: request.module });
      workshop = new Workshop(request.detector, request.recogniser);
      return null;
    case "enrol":
      return eachOf(id, request.pictures, (picture) => running().enrol(picture, undefined));
    case "open": {
      const bytes = await read(request.file);
      const { picture } = await decode(bytes, NO_DECODERS);
      return running().open(bytes, toPixels(picture));
    }
    case "choose":
      return running().choose(request.index) ?? null;
    case "enrol-own": {
      const bytes = await read(request.file);
      const { picture } = await decode(bytes, NO_DECODERS);
      return running().enrolLargest(bytes, toPixels(picture));
    }
    case "enrol-subject":
      running().enrolSubject();
      return null;
    case "weaken":
      return running().weaken(request.covering.kind, request.covering.strength);
    case "undo":
      return running().undo();
    case "parrot":
      await eachOf(id, Array.from({ length: request.entries }, (_, index) => index), (index) => running().coverEntry(index));
      return running().parrot();
    case "same-photo":
      return running().samePhoto();
    case "forget":
      running().forget(request.kept);
      return null;
  }
}

/** Messages are read after every item, so that the work can be stopped. */
async function eachOf<T, R>(id: number, items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    await new Promise((resolve) => setTimeout(resolve));
    if (stopped.has(id)) {
      throw { code: "aborted", message: "The work was cancelled." } satisfies CodedError;
    }
    results.push(work(item));
    reply({ id, type: "progress", done: results.length, of: items.length });
  }
  return results;
}

async function read(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw { code: "unreadable", message: String(error) } satisfies CodedError;
  }
}

function running(): Workshop {
  if (workshop === undefined) {
    throw { code: "model-missing", message: "The worker has not been initialised." } satisfies CodedError;
  }
  return workshop;
}

function failure(id: number, error: unknown): ShopReply {
  if (isCoded(error)) {
    return { id, type: "failed", code: error.code, message: error.message, fatal: false };
  }
  // A trap, an exhausted stack or memory: the instance's state is unknown from here on.
  return { id, type: "failed", code: "crash", message: String(error), fatal: true };
}

function isCoded(error: unknown): error is CodedError {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string";
}

function reply(message: ShopReply): void {
  self.postMessage(message);
}
