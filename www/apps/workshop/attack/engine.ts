/** The engine of the attacks, which all exercises share: it is loaded once, and forgets a participant's photo when an exercise ends. */

import { createWorkshop } from "../../../engine/workshop.js";
import type { Stage, Workshop } from "../../../engine/workshop.js";

let running: Workshop | undefined;
let addresses: readonly string[] = [];

/** The engine, if it has been loaded. */
export function loadedWorkshop(): Workshop | undefined {
  return running;
}

/** @throws TarnkappeError */
export async function loadWorkshop(signal: AbortSignal, onProgress: (stage: Stage, share: number) => void): Promise<Workshop> {
  if (running === undefined) {
    running = await createWorkshop({ signal, onProgress });
    addresses.forEach((address) => URL.revokeObjectURL(address));
    addresses = running.pictures.map((picture) => URL.createObjectURL(picture));
  }
  return running;
}

/** After a crash, the next exercise starts a new one. */
export function dropWorkshop(): void {
  running?.dispose();
  running = undefined;
}

/** Addresses of the gallery's pictures; none before the engine has been loaded. */
export function galleryAddresses(): readonly string[] {
  return addresses;
}
