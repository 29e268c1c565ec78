import type { CheckOptions, Purpose } from "../generated/options.js";
import type { CachedTiles, FileRequest, FileResult } from "./protocol.js";
import type { OnProgress, WorkerHandle } from "./worker-handle.js";

/**
 * Workers that process one file together: a leader, and helpers that scan parts of the picture for it. If a helper
 * fails, the leader scans its part.
 */
export class Team {
  readonly #leader: WorkerHandle;
  readonly #helpers: WorkerHandle[];
  readonly #onProgress: OnProgress | undefined;

  constructor(leader: WorkerHandle, helpers: WorkerHandle[], onProgress: OnProgress | undefined) {
    this.#leader = leader;
    this.#helpers = helpers;
    this.#onProgress = onProgress && onwards(onProgress);
  }

  async run(request: FileRequest): Promise<FileResult> {
    switch (request.kind) {
      case "recognise":
      case "embed":
        return this.#leader.request(request, this.#onProgress);
      case "check": {
        const tiles = await this.#scan(request.file, "check", request.options);
        return this.#leader.request({ ...request, tiles }, this.#onProgress);
      }
      case "protect":
        return this.#protect(request);
    }
  }

  async #protect({ file, options }: Extract<FileRequest, { kind: "protect" }>): Promise<FileResult> {
    const tiles = options.regions === undefined ? await this.#scan(file, "check", options) : [];
    let { copy } = await this.#leader.request({ kind: "cover", file, options, tiles }, this.#onProgress);
    for (;;) {
      const scanned = await this.#scan(copy, "proof", options);
      const result = await this.#leader.request({ kind: "prove", tiles: scanned }, this.#onProgress);
      if (result.kind === "protect") {
        return result;
      }
      ({ copy } = result);
    }
  }

  /** What the helpers have scanned, while the leader scanned its own part. */
  async #scan(file: Blob, purpose: Purpose, { thorough = false }: CheckOptions): Promise<CachedTiles> {
    if (this.#helpers.length === 0) {
      return [];
    }
    const workers = [this.#leader, ...this.#helpers];
    const scans = workers.map(async (worker, index) => {
      const part = { index, of: workers.length };
      const onProgress = index === 0 ? this.#onProgress : undefined;
      const { tiles } = await worker.request({ kind: "scan", file, purpose, part, options: { thorough } }, onProgress);
      return tiles;
    });
    const [, ...ofHelpers] = await Promise.all(scans.map((scan) => scan.catch(() => [])));
    return ofHelpers.flat();
  }
}

/** Leaves out progress that would go back: going through cached tiles counts from zero again. */
function onwards(onProgress: OnProgress): OnProgress {
  const reached = new Map<string, number>();
  return (stage, fraction) => {
    if (fraction >= (reached.get(stage) ?? 0)) {
      reached.set(stage, fraction);
      onProgress(stage, fraction);
    }
  };
}
