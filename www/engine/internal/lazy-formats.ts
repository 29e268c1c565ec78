import { TarnkappeError } from "./errors.js";
import { FILES } from "./files.js";
import { LazyFiles } from "./lazy-files.js";
import type { LoadOptions } from "./lazy-files.js";
import { moduleFlavour } from "./support.js";

/** The engine with the decoders of WebP, TIFF, GIF and BMP too: fetched when the first such file comes, and kept. */
export class LazyFormats {
  readonly #files: LazyFiles;
  #module: Promise<WebAssembly.Module> | undefined;

  /** @param base URL of the folder that holds `wasm/`, with a slash at its end */
  constructor(base: URL) {
    this.#files = new LazyFiles(base, [FILES.modules.formats[moduleFlavour()]]);
  }

  /** @throws TarnkappeError `load` or `aborted`; the next call tries again */
  async load(options: LoadOptions): Promise<WebAssembly.Module> {
    if (this.#module === undefined) {
      const [bytes = new Uint8Array()] = await this.#files.load(options);
      this.#module ??= WebAssembly.compile(bytes); // Another call that waited may have begun.
      this.#files.forget();
    }
    try {
      return await this.#module;
    } catch (cause) {
      this.#module = undefined;
      throw new TarnkappeError("load", `A part of the program could not be compiled: ${String(cause)}`, { cause });
    }
  }
}
