/** What the page and its service worker tell each other. */

/** `complete`: keep what is still missing of the files for the start. `take-over`: be the version in use, at once. */
export interface Order {
  kind: "complete" | "take-over";
}

/** Whether the files are kept: the answer to `complete`, and what every window is told of a file that could not be kept. `full`: storage is. */
export interface News {
  kind: "kept" | "not-kept" | "full";
}
