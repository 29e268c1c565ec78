/** A custom face detector, which scans in addition to the built-in one. */

export interface Detector {
  /** The ONNX file, or where it is. It is fetched from there once; a content security policy must allow that. */
  onnx: string | URL | Uint8Array;
  spec: DetectorSpec;
}

/** A detector's inputs and outputs. */
export interface DetectorSpec {
  input: DetectorInput;
  /**
   * How the outputs are read: as those of one of the networks in `models/`, identified by their order in the file, or as tables
   * with a row for each candidate.
   */
  head: "yunet" | "centerface" | "retinaface" | { rows: DetectorRows };
}

/** The network's one input: float32 of shape `[1, 3, height, width]`. */
export interface DetectorInput {
  /** The order of the channels. */
  channels: "rgb" | "bgr";
  /** What is subtracted from red, green and blue (in this order), 0 to 255; without it, nothing. */
  mean?: [number, number, number];
  /** What red, green and blue are then multiplied by, such as 1/255; without it, 1. */
  scale?: [number, number, number];
  /** Sides in pixels: any multiple of a number up to 256, or one width and height of 64 to 2048 each. */
  sides: { multipleOf: number } | { fixed: [width: number, height: number] };
}

/** Names of output tensors. Each has a row for each candidate; a batch axis of length 1 may come first. */
export interface DetectorRows {
  /** `[N, 4]` */
  boxes: string;
  /** Left, top, right, bottom; or the centre's x and y, width, height. */
  form: "corners" | "center";
  /** Of boxes and landmarks: pixels of the input, or shares of its width and height. */
  unit: "pixels" | "relative";
  /** `[N]`, `[N, 1]`, or `[N, 2]` where a face is the last; 0 to 1, taken for the probability that it is a face. */
  scores: string;
  /** `[N, 10]`: x and y of the right eye, the left eye, the nose tip, the right and the left corner of the mouth. */
  landmarks?: string;
}
