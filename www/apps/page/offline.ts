/** Has the browser keep the page's files, and takes a new version of them when a person wants it. */

import type { OfflineEvent } from "../../model/offline.js";
import type { App, Keeping, News, Order } from "../../model/offline-messages.js";


/** New versions are looked for by the browser, when the page is opened, and by nobody else. */
export class Keeper {
  readonly #say: (event: OfflineEvent) => void;
  readonly #requested: (address: string) => void;
  readonly #worker: string;
  readonly #app: App;
  #registration: ServiceWorkerRegistration | undefined;

  /**
   * @param requested is given the address of what the service worker has asked the server for
   * @param worker its address, seen from the document
   * @param app what it is to keep besides the page
   */
  constructor(say: (event: OfflineEvent) => void, requested: (address: string) => void, worker = "sw.js", app: App = "page") {
    this.#say = say;
    this.#worker = worker;
    this.#app = app;
    this.#requested = requested;
  }

  /** To be called when the page itself has been loaded: what is fetched here, nobody waits for. */
  async start(): Promise<void> {
    if (location.protocol === "file:") {
      this.#say({ kind: "kept" }); // All that there is lies on this device already.
      return;
    }
    const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    try {
      const registration = await container?.register(this.#worker, { updateViaCache: "none" });
      if (container === undefined || registration === undefined) {
        throw new Error("There are no service workers here.");
      }
      this.#registration = registration;
      this.#watch(container, registration);
      await this.#complete(container);
    } catch (error) {
      console.warn(error);
      this.#say({ kind: "not-kept" });
    }
  }

  /** The version that waits becomes the one in use, which is said by `taken-over`. */
  takeOver(): void {
    tell(this.#registration?.waiting, { kind: "take-over" });
  }

  #watch(container: ServiceWorkerContainer, registration: ServiceWorkerRegistration): void {
    container.addEventListener("message", ({ data }: MessageEvent<News>) =>
      data.kind === "requested" ? this.#requested(data.address) : this.#say(data),
    );
    const isUpdate = () => registration.active !== null;
    if (registration.waiting !== null && isUpdate()) {
      this.#say({ kind: "new-version" });
    }
    registration.addEventListener("updatefound", () => {
      const { installing } = registration;
      installing?.addEventListener("statechange", () => {
        if (installing.state === "installed" && isUpdate()) {
          this.#say({ kind: "new-version" });
        }
      });
    });
    // The first one takes over as well, and is no new version.
    let isFirst = container.controller === null;
    container.addEventListener("controllerchange", () => {
      if (!isFirst) {
        this.#say({ kind: "taken-over" });
      }
      isFirst = false;
    });
  }

  /** If there is no room for the files, `ready` never comes; then the service worker has said why. */
  async #complete(container: ServiceWorkerContainer): Promise<void> {
    const { active } = await container.ready;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Keeping>) => this.#say(data);
    tell(active, { kind: "complete", app: this.#app }, [port2]);
  }
}

function tell(worker: ServiceWorker | null | undefined, order: Order, transfer: Transferable[] = []): void {
  worker?.postMessage(order, transfer);
}
