import { TarnkappeError } from "./errors.js";
import type { LazyFile } from "./files.js";
import { LazyFiles } from "./lazy-files.js";
import type { LoadOptions } from "./lazy-files.js";

/** A module that is fetched when the first file comes that needs it, and kept. */
export class LazyModule {
  readonly #files: LazyFiles;
  #module: Promise<WebAssembly.Module> | undefined;

  /** @param base URL of the folder that holds `wasm/`, with a slash at its end */
  constructor(base: URL, file: LazyFile) {
    this.#files = new LazyFiles(base, [file]);
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
