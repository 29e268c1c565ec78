/** The part of the workshop's WebAssembly module that its worker uses. The code itself is built into `dist/wasm/`. */

import type { Drawing } from "../internal/protocol.js";
import type { Attempt, Look } from "../internal/workshop-protocol.js";
import type { Exports, Pixels } from "./tarnkappe.js";

export class Workshop {
  /** Throws if the bytes are not the expected networks. */
  constructor(detector: Uint8Array, recogniser: Uint8Array);
  /** Opens a photo, made smaller if it is large. Boxes of faces, large ones first. */
  open(bytes: Uint8Array, pixels: Pixels | undefined): { picture: Drawing; faces: [number, number, number, number][] };
  /** Undefined if nothing can be made of the face. */
  choose(index: number): Look | undefined;
  /** Adds the face in the middle of a picture to the gallery. Returns whether there is one. */
  enrol(bytes: Uint8Array, pixels: Pixels | undefined): boolean;
  /** Adds the largest face of a photo to the gallery. */
  enrolLargest(bytes: Uint8Array, pixels: Pixels | undefined): boolean;
  /** Adds the chosen photo to the gallery, as if it had been published once. */
  enrolSubject(): void;
  weaken(kind: string, strength: number): Look;
  undo(): Attempt[];
  coverEntry(index: number): void;
  parrot(): Float32Array<ArrayBuffer>;
  samePhoto(): Float32Array<ArrayBuffer>;
  forget(kept: number): void;
}

export default function init(input: { module_or_path: WebAssembly.Module }): Promise<Exports>;
