import { TarnkappeError } from "./errors.js";
import type { Assets, Drawing, PreviewRequest } from "./protocol.js";
import { WorkerHandle } from "./worker-handle.js";

interface Wish {
  request: PreviewRequest;
  resolve(drawing: Drawing): void;
  reject(reason: unknown): void;
}

/**
 * Draws previews of covers, one at a time, in a worker of its own: a person who tries out covers does not wait for photos that are
 * being checked. Of what is asked for meanwhile only the latest is drawn.
 */
export class Painter {
  readonly #assets: Promise<Assets>;
  readonly #code: string;
  #worker: WorkerHandle | undefined;
  #isBusy = false;
  #next: Wish | undefined;
  #end: TarnkappeError | undefined;

  /** @param code address of the worker's code, which is first needed with the first preview */
  constructor(assets: Promise<Assets>, code: string) {
    this.#assets = assets;
    this.#code = code;
  }

  /** Rejects with `aborted` if something else is asked for before it is begun. */
  draw(request: PreviewRequest): Promise<Drawing> {
    return new Promise((resolve, reject) => {
      this.#next?.reject(new TarnkappeError("aborted", "Another preview has been asked for."));
      this.#next = { request, resolve, reject };
      void this.#run();
    });
  }

  dispose(reason: TarnkappeError): void {
    this.#end = reason;
    this.#next?.reject(reason);
    this.#next = undefined;
    this.#worker?.terminate(reason);
  }

  async #run(): Promise<void> {
    for (let wish = this.#take(); wish !== undefined; wish = this.#take()) {
      this.#isBusy = true;
      await this.#draw(wish.request).then(wish.resolve, wish.reject);
      this.#isBusy = false;
    }
  }

  #take(): Wish | undefined {
    const wish = this.#isBusy ? undefined : this.#next;
    this.#next = wish === undefined ? this.#next : undefined;
    return wish;
  }

  async #draw(request: PreviewRequest): Promise<Drawing> {
    const assets = await this.#assets;
    if (this.#end !== undefined) {
      throw this.#end;
    }
    if (this.#worker === undefined || this.#worker.dead) {
      this.#worker = new WorkerHandle(this.#code);
    }
    await this.#worker.prepare({ ...assets, detector: null }); // It looks for nothing.
    return (await this.#worker.request(request)).drawing;
  }
}
