import { requestPart } from "./assets.js";
import { TarnkappeError, aborted } from "./errors.js";
import type { LazyFile } from "./files.js";

type OnLoading = (loaded: number, total: number) => void;

export interface LoadOptions {
  /** Aborting rejects with the code `aborted`, and stops the download unless someone else waits for it. */
  signal?: AbortSignal | undefined;
  /** How many bytes are there, and how many it will be. */
  onProgress?: OnLoading | undefined;
}

/** Fetches files when they are first asked for and keeps them; after a failure the next call tries again. */
export class LazyFiles {
  readonly #base: URL;
  readonly #files: LazyFile[];
  #download: Download | undefined;
  #cache: RequestCache = "default";

  /** @param base URL of the folder that is served, with a slash at its end */
  constructor(base: URL, files: LazyFile[]) {
    this.#base = base;
    this.#files = files;
  }

  /**
   * @returns the files' bytes in their order
   * @throws TarnkappeError `load` or `aborted`
   */
  async load({ signal, onProgress }: LoadOptions): Promise<Uint8Array<ArrayBuffer>[]> {
    if (signal?.aborted) {
      throw aborted(signal);
    }
    const download = (this.#download ??= new Download(this.#base, this.#files, this.#cache));
    try {
      return await download.wait({ signal, onProgress });
    } catch (error) {
      if (error instanceof TarnkappeError && error.code === "altered") {
        this.distrust();
      }
      throw error;
    } finally {
      if (download.stopped && download === this.#download) {
        this.forget();
      }
    }
  }

  /** Fetches anew when it is next asked. */
  forget(): void {
    this.#download = undefined;
  }

  /** Like {@link forget}, and past the browser's cache, which may have the wrong bytes too. */
  distrust(): void {
    this.forget();
    this.#cache = "reload";
  }
}

/** One try, which several may wait for. */
class Download {
  readonly #contents: Promise<Uint8Array<ArrayBuffer>[]>;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<{ onProgress: OnLoading | undefined }>();
  readonly #bytes: number;
  #loaded = 0;
  #complete = false;

  constructor(base: URL, files: LazyFile[], cache: RequestCache) {
    this.#bytes = sizeOf(files);
    this.#contents = Promise.all(files.map((file) => this.#fetch(base, file, cache)));
    this.#contents.then(
      () => (this.#complete = true),
      () => this.#stop.abort(), // One that failed makes the others useless. Those who wait get the error.
    );
  }

  /** It has failed or was given up. */
  get stopped(): boolean {
    return this.#stop.signal.aborted && !this.#complete;
  }

  async wait({ signal, onProgress }: LoadOptions): Promise<Uint8Array<ArrayBuffer>[]> {
    const waiting = { onProgress };
    this.#waiting.add(waiting);
    const stopped = stoppable(signal);
    try {
      return await Promise.race([this.#contents, stopped.promise]);
    } finally {
      stopped.forget();
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) {
        this.#stop.abort();
      }
    }
  }

  async #fetch(base: URL, { path, bytes, sha256 }: LazyFile, cache: RequestCache): Promise<Uint8Array<ArrayBuffer>> {
    try {
      // With a hash in the request, the browser would hold all of it back until it is there, and nobody would see how far it is.
      const response = await requestPart(path, base, { signal: this.#stop.signal, cache, integrity: "" });
      const body = await readAll(response, bytes, (count) => this.#arrived(count));
      await check(body, sha256, path);
      return body;
    } catch (cause) {
      if (cause instanceof TarnkappeError) {
        throw cause;
      }
      throw new TarnkappeError("load", `A part of the program could not be loaded: ${String(cause)}`, { cause });
    }
  }

  #arrived(bytes: number): void {
    this.#loaded += bytes;
    for (const { onProgress } of this.#waiting) {
      onProgress?.(this.#loaded, this.#bytes);
    }
  }
}

/**
 * Browsers compute hashes only for pages that came encrypted or from this device. For all others the engine checks its networks itself.
 *
 * @throws TarnkappeError `altered`
 */
async function check(body: Uint8Array<ArrayBuffer>, sha256: string, path: string): Promise<void> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  const digest = await subtle?.digest("SHA-256", body);
  if (digest !== undefined && hexadecimal(digest) !== sha256) {
    throw new TarnkappeError("altered", `${path} is not what this version was built with.`);
  }
}

function hexadecimal(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The body, which must have as many bytes as said. */
async function readAll(response: Response, bytes: number, onChunk: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Uint8Array(bytes);
  let filled = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      body.set(chunk, filled); // Throws if there is more than expected.
      filled += chunk.length;
      onChunk(chunk.length);
    },
  });
  await response.body?.pipeTo(sink);
  if (filled !== bytes) {
    throw new Error(`${filled} of ${bytes} bytes from ${response.url}`);
  }
  return body;
}

export function sizeOf(files: LazyFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

/** A promise that is rejected once the signal is aborted, until it is forgotten. */
function stoppable(signal: AbortSignal | undefined): { promise: Promise<never>; forget(): void } {
  let stop = () => {};
  const promise = new Promise<never>((_, reject) => {
    stop = () => signal && reject(aborted(signal));
  });
  signal?.addEventListener("abort", stop);
  return { promise, forget: () => signal?.removeEventListener("abort", stop) };
}
