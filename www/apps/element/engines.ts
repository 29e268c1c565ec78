/** Elements whose assets lie in the same folder share an engine, which ends with the last of them. */

import { createTarnkappe } from "../../engine/index.js";
import type { Tarnkappe, TarnkappeOptions } from "../../engine/index.js";

interface Shared {
  engine: Promise<Tarnkappe>;
  users: number;
}

const shared = new Map<string, Shared>();

export interface Loan {
  engine: Promise<Tarnkappe>;
  /** To be called once. */
  giveBack(): void;
}

/** After a failure the next call tries again. */
export function borrowEngine(options: TarnkappeOptions): Loan {
  const key = String(options.assets ?? "");
  const entry = shared.get(key) ?? { engine: createTarnkappe(options), users: 0 };
  shared.set(key, entry);
  entry.users += 1;
  const forget = () => shared.get(key) === entry && shared.delete(key);
  entry.engine.catch(forget);
  const giveBack = () => {
    entry.users -= 1;
    if (entry.users === 0) {
      forget();
      entry.engine.then(
        (engine) => engine.dispose(),
        () => undefined, // It has not started.
      );
    }
  };
  return { engine: entry.engine, giveBack };
}
