/** What the element and the desk, on which photos are worked on, say to each other. */

import type { Method } from "../../engine/generated/options.js";
import type { FileReport, Proof } from "../../engine/generated/report.js";

/** Why the form cannot be sent yet: keys of the locale files under `element.` */
export type Problem = "loading" | "not_loaded" | "blocked" | "unsupported" | "busy" | "undecided" | "refused" | "failed" | "too_many" | "too_large";

/** Limits and ways of working that the element's attributes state. */
export interface Wishes {
  method: Method;
  /** Photos are covered as they are chosen, without waiting for a person. */
  auto: boolean;
  /** What was covered so must be looked at before it can be sent. */
  review: boolean;
  maxFiles: number;
  maxSize: number;
}

/** What the desk has told about its photos. */
export interface Standing {
  /** Proved copies, in the order in which their photos were chosen. */
  copies: readonly File[];
  /** Null if the copies may be sent. */
  problem: Problem | null;
}

export const NOTHING: Standing = { copies: [], problem: null };

export interface ReportDetail {
  report: FileReport;
}

export interface ProtectedDetail {
  file: File;
  /** Null in the sealed mode, whose frame tells nothing but the copy. */
  proof: Proof | null;
}

export interface ErrorDetail {
  /** As in `TarnkappeError`; `unproved` if the proof failed, `blocked` if the page's policy forbids WebAssembly. */
  code: string;
}

/** The element's own events, all of which bubble out of shadow roots. */
export interface ElementEvents {
  "tarnkappe-report": ReportDetail;
  "tarnkappe-protected": ProtectedDetail;
  "tarnkappe-error": ErrorDetail;
}

/** What the desk needs of its element. */
export interface Place {
  list: HTMLElement;
  dialog: HTMLDialogElement;
  wishes(): Wishes;
  /** The desk's standing is another one. */
  changed(): void;
  tell<K extends keyof ElementEvents>(name: K, detail: ElementEvents[K]): void;
}

/** Where photos are worked on; its code is fetched when the first is chosen. */
export interface Desk {
  readonly standing: Standing;
  add(files: readonly File[]): void;
  /** Another limit or another language. */
  refresh(language: string): void;
  /** Takes all photos out and stops all work. */
  clear(): void;
  /** As {@link clear}, and for good. */
  close(): void;
}
