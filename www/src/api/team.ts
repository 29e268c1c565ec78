import type { CheckOptions, FileRequest, FileResult, LookedAt } from "../types/protocol.js";
import type { OnProgress, WorkerHandle } from "./worker-handle.js";

/**
 * Workers that do one thing about one file: a leader, and helpers who look at parts of the picture for it. A helper that
 * fails is no harm: the leader looks at what nobody else has looked at.
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
        return this.#leader.request(request, this.#onProgress);
      case "check": {
        const seen = await this.#look(request.file, "check", request.options);
        return this.#leader.request({ ...request, seen }, this.#onProgress);
      }
      case "protect":
        return this.#protect(request);
    }
  }

  async #protect({ file, options }: Extract<FileRequest, { kind: "protect" }>): Promise<FileResult> {
    const seen = options.regions === undefined ? await this.#look(file, "check", options) : [];
    let { copy } = await this.#leader.request({ kind: "cover", file, options, seen }, this.#onProgress);
    for (;;) {
      const seenInCopy = await this.#look(copy, "proof", options);
      const result = await this.#leader.request({ kind: "prove", seen: seenInCopy }, this.#onProgress);
      if (result.kind === "protect") {
        return result;
      }
      ({ copy } = result);
    }
  }

  /** What the helpers saw, while the leader looked at its own part. */
  async #look(file: Blob, purpose: "check" | "proof", { thorough = false }: CheckOptions): Promise<LookedAt> {
    if (this.#helpers.length === 0) {
      return [];
    }
    const workers = [this.#leader, ...this.#helpers];
    const looks = workers.map(async (worker, index) => {
      const part = { index, of: workers.length };
      const onProgress = index === 0 ? this.#onProgress : undefined;
      const { seen } = await worker.request({ kind: "look", file, purpose, part, options: { thorough } }, onProgress);
      return seen;
    });
    const [, ...ofHelpers] = await Promise.all(looks.map((look) => look.catch(() => [])));
    return ofHelpers.flat();
  }
}

/** Leaves out what would lead back: going through what has been looked at counts from nought again. */
function onwards(onProgress: OnProgress): OnProgress {
  const reached = new Map<string, number>();
  return (stage, fraction) => {
    if (fraction >= (reached.get(stage) ?? 0)) {
      reached.set(stage, fraction);
      onProgress(stage, fraction);
    }
  };
}
