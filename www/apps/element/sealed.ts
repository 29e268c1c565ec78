/** The sealed mode: photos are chosen and worked on in a frame of another origin, and only proved copies come out of it. */

import { GREETING, PASSED } from "./frame.js";
import type { FromFrame, ToFrame } from "./frame.js";
import { NOTHING } from "./state.js";
import type { Desk, Place, Standing } from "./state.js";

/** The frame must be there by then, and must have answered so soon after that: its script has run. */
const PATIENCE_MS = 20_000;
const ANSWER_MS = 3_000;

/** @throws Error if `src` is not of another origin, or the page there does not answer */
export async function openSealed(place: Place, element: HTMLElement, language: string): Promise<Desk> {
  const address = new URL(element.getAttribute("src") ?? "", document.baseURI);
  if (!/^https?:$/.test(address.protocol) || address.origin === location.origin) {
    throw new Error(`The sealed mode needs a src of another origin, not ${address.origin}.`);
  }
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin");
  frame.setAttribute("part", "frame-sealed");
  frame.setAttribute("popover", "manual");
  frame.referrerPolicy = "origin";
  frame.src = address.href;
  try {
    return new SealedDesk(place, element, frame, await connect(place.list, frame, address.origin), language);
  } catch (error) {
    frame.remove();
    throw error;
  }
}

/** A channel to the page of that origin, and to no other one. */
function connect(parent: Element, frame: HTMLIFrameElement, origin: string): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const giveUp = () => reject(new Error(`Nothing answers at ${frame.src}.`));
    let late = setTimeout(giveUp, PATIENCE_MS);
    port1.onmessage = () => {
      clearTimeout(late);
      resolve(port1);
    };
    const greet = () => {
      clearTimeout(late);
      late = setTimeout(giveUp, ANSWER_MS);
      frame.contentWindow?.postMessage(GREETING, origin, [port2]);
    };
    frame.addEventListener("load", greet, { once: true });
    frame.addEventListener("error", () => reject(new Error(`${frame.src} could not be loaded.`)));
    parent.append(frame);
  });
}

class SealedDesk implements Desk {
  #standing: Standing = NOTHING;
  readonly #place: Place;
  readonly #element: HTMLElement;
  readonly #frame: HTMLIFrameElement;
  readonly #port: MessagePort;
  #wishes = "";

  constructor(place: Place, element: HTMLElement, frame: HTMLIFrameElement, port: MessagePort, language: string) {
    this.#place = place;
    this.#element = element;
    this.#frame = frame;
    this.#port = port;
    port.onmessage = (event: MessageEvent<FromFrame>) => this.#received(event.data);
    this.refresh(language);
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Photos are chosen in the frame alone. */
  add(): void {}

  /** The same wishes again would be no news. */
  refresh(language: string): void {
    const attributes = Object.fromEntries(PASSED.flatMap((name) => (this.#element.hasAttribute(name) ? [[name, this.#element.getAttribute(name) ?? ""]] : [])));
    const scheme = getComputedStyle(this.#element).colorScheme;
    const wishes: ToFrame = { kind: "wishes", attributes, language, disabled: this.#element.matches(":disabled"), scheme };
    const text = JSON.stringify(wishes);
    if (text !== this.#wishes) {
      this.#wishes = text;
      this.#port.postMessage(wishes);
    }
  }

  clear(): void {
    this.#standing = NOTHING;
    this.#port.postMessage({ kind: "reset" } satisfies ToFrame);
  }

  close(): void {
    this.#port.close();
    this.#frame.remove();
  }

  #received(message: FromFrame): void {
    switch (message.kind) {
      case "standing":
        this.#stand(message.copies, message.problem);
        break;
      case "height":
        this.#frame.style.setProperty("height", `${message.height}px`);
        break;
      case "dialog":
        message.isOpen ? this.#frame.showPopover() : this.#frame.hidePopover();
        this.#frame.focus();
        break;
    }
  }

  #stand(copies: File[], problem: Standing["problem"]): void {
    const before = this.#standing.copies;
    this.#standing = { copies, problem };
    copies.filter(({ name }) => !before.some((file) => file.name === name)).forEach((file) => this.#place.tell("tarnkappe-protected", { file, proof: null }));
    this.#place.changed();
  }
}
