/** Starts the engine, apart from the page: its files are on their way while those of the page still arrive. */

import { createTarnkappe } from "../api/index.js";

export const engine = createTarnkappe();
engine.catch(() => undefined); // The page says what happened, once it is there.
