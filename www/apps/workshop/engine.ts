/** The engine, which is fetched and started when an exercise first needs it, and stays until the workshop is left. */

import { createTarnkappe } from "../../engine/index.js";
import type { Tarnkappe } from "../../engine/index.js";

let engine: Promise<Tarnkappe> | null = null;

/** @returns rejects with a TarnkappeError; then the next call tries again */
export function theEngine(): Promise<Tarnkappe> {
  engine ??= createTarnkappe().catch((error: unknown) => {
    engine = null;
    throw error;
  });
  return engine;
}
