/** Fetches what the exercises would fetch when they are first used, so that a session needs no network. The service worker keeps it. */

import { THOROUGH_BYTES } from "../../engine/index.js";
import { WORKSHOP_BYTES, prepareWorkshop } from "../../engine/workshop.js";
import { theEngine } from "./engine.js";

/** How much that is, nearly. */
export const SESSION_BYTES = THOROUGH_BYTES + WORKSHOP_BYTES;

/** @param onProgress is given the share that is there. @throws TarnkappeError if something is not to be had; then it can be called again */
export async function fetchEverything(onProgress: (share: number) => void): Promise<void> {
  const engine = await theEngine();
  const report = (before: number) => (loaded: number) => onProgress((before + loaded) / SESSION_BYTES);
  await engine.prepareThorough({ onProgress: report(0) });
  await prepareWorkshop({ onProgress: report(THOROUGH_BYTES) });
}
