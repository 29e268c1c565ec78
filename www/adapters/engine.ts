/** The engine of an adapter: started when the first file comes, and anew if that fails. */

import { createTarnkappe } from "tarnkappe";
import type { Method, Sticker, Tarnkappe } from "tarnkappe";

export interface AdapterOptions {
  /** An engine of the app's own; by default the adapter starts one. */
  engine?: Tarnkappe | Promise<Tarnkappe>;
  /** Own URL of the package's folder `assets`, with a slash at its end. */
  assets?: string | URL;
  method?: Method;
  colour?: string;
  sticker?: Sticker;
  thorough?: boolean;
}

export class AdapterEngine {
  readonly #options: AdapterOptions;
  #started: Promise<Tarnkappe> | undefined;

  constructor(options: AdapterOptions) {
    this.#options = options;
  }

  /** A proved copy; rejects if there is none. Every face found is covered. */
  async copy(file: Blob, name: string, signal?: AbortSignal): Promise<File> {
    const { method, colour, sticker, thorough } = this.#options;
    const options = Object.entries({ method, colour, sticker, thorough, signal }).filter(([, value]) => value !== undefined);
    const engine = await this.#engine();
    return engine.copy(file instanceof File ? file : new File([file], name, { type: file.type }), Object.fromEntries(options));
  }

  /** Ends what the adapter itself has started. */
  dispose(): void {
    this.#started?.then(
      (engine) => engine.dispose(),
      () => undefined, // It never ran.
    );
    this.#started = undefined;
  }

  async #engine(): Promise<Tarnkappe> {
    const { engine, assets } = this.#options;
    if (engine !== undefined) {
      return engine;
    }
    const started = (this.#started ??= createTarnkappe(assets === undefined ? {} : { assets }));
    started.catch(() => started === this.#started && (this.#started = undefined));
    return started;
  }
}
