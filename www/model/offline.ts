/** Whether the page works without a network from now on, and which version of it is in use: `(state, event) → state and effects`. */

export interface Offline {
  /** The page's files in the browser. `none`: it does not keep them. `full`: for some of them there was no room. */
  readonly files: "unknown" | "kept" | "none" | "full";
  /**
   * `waiting`: a newer one is there, and a person may take it. `wanted`: one does. `replaced`: another window has taken it, so that
   * what this one has not fetched yet may be gone.
   */
  readonly version: "current" | "waiting" | "wanted" | "replaced";
}

export const ONLINE: Offline = { files: "unknown", version: "current" };

/** `new-version`, `taken-over`: it is there; it is in use now. `take-over`, `later`: what the person wants. */
export type OfflineEvent = { readonly kind: "kept" | "not-kept" | "full" | "new-version" | "taken-over" | "take-over" | "later" };

/** `reload`: the page, which is then the new version. */
export type OfflineEffect = { readonly kind: "take-over" | "reload" };

/** The page is loaded anew only if a person has asked for the new version in this very window. */
export function stepOffline(state: Offline, { kind }: OfflineEvent): { state: Offline; effects: readonly OfflineEffect[] } {
  switch (kind) {
    case "kept":
      return { state: { ...state, files: "kept" }, effects: [] };
    case "full":
      return { state: { ...state, files: "full" }, effects: [] };
    case "not-kept": // Of a file that comes later. Those for the start stay.
      return { state: { ...state, files: state.files === "unknown" ? "none" : state.files }, effects: [] };
    case "new-version":
      return { state: { ...state, version: "waiting" }, effects: [] };
    case "later":
      return { state: { ...state, version: "current" }, effects: [] };
    case "take-over":
      return { state: { ...state, version: "wanted" }, effects: [{ kind: "take-over" }] };
    case "taken-over":
      return { state: { ...state, version: "replaced" }, effects: state.version === "wanted" ? [{ kind: "reload" }] : [] };
  }
}
