import { networkFile } from "./files.js";
import type { NetworkFile } from "./files.js";
import { LazyFiles, sizeOf } from "./lazy-files.js";
import type { LoadOptions } from "./lazy-files.js";
import type { Network } from "./protocol.js";

/** The networks that only a thorough search needs. */
export const THOROUGH_FILES = ["centerface", "retinaface"].map(networkFile);

export const RECOGNISER_FILES = [networkFile("sface")];

/** What the first thorough search fetches, in bytes. */
export const THOROUGH_BYTES = sizeOf(THOROUGH_FILES);

/** What the first try to recognise fetches, in bytes. */
export const RECOGNISER_BYTES = sizeOf(RECOGNISER_FILES);

/** Networks that are fetched when they are first asked for, and kept. */
export class LazyNetworks {
  readonly #families: string[];
  readonly #files: LazyFiles;

  /** @param base URL of the folder that holds `models/`, with a slash at its end */
  constructor(base: URL, files: NetworkFile[]) {
    this.#families = files.map(({ family }) => family);
    this.#files = new LazyFiles(base, files);
  }

  /** @throws TarnkappeError `load` or `aborted` */
  async load(options: LoadOptions): Promise<Network[]> {
    const contents = await this.#files.load(options);
    return contents.map((packed, index) => ({ family: this.#families[index] ?? "", packed }));
  }

  /** They are not what they should be: fetches anew when it is next asked. */
  distrust(): void {
    this.#files.distrust();
  }
}
