/** A custom face detector, which scans in addition to the built-in one. */

import type { DetectorSpec } from "../generated/detector.js";

export interface Detector {
  /** The ONNX file, or where it is. It is fetched from there once; a content security policy must allow that. */
  onnx: string | URL | Uint8Array;
  spec: DetectorSpec;
}
