/** What the page and its service worker tell each other. */

/** What lies in a folder of its own, and is kept by itself. */
export type App = "page" | "workshop";

/** `complete`: keep what is still missing of the files for the start. `take-over`: be the version in use, at once. */
export type Order = { kind: "complete"; app: App } | { kind: "take-over" };

/** Whether the files are kept: the answer to `complete`, and what every window is told of a file that could not be kept. `full`: storage is. */
export interface Keeping {
  kind: "kept" | "not-kept" | "full";
}

/** `requested`: the server was asked for what the window wanted, which browsers do not count as the window's request. */
export type News = Keeping | { kind: "requested"; address: string };
