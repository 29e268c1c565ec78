// Generated from src/detect/custom.rs by `make bless`: how a custom face detector is described.

/**
 * The inputs and outputs of a custom detector.
 */
export type DetectorSpec = { 
/**
 * Its input.
 */
input: DetectorInput, 
/**
 * How its outputs are read: as those of one of the networks in `models/`, in the order of its file, or as tables with a row for
 * each candidate.
 */
head: "yunet" | "centerface" | "retinaface" | { "rows": DetectorRows }, };

/**
 * How a network wants its input: float32 of shape `[1, 3, height, width]`.
 */
export type DetectorInput = { 
/**
 * The order of the three channels.
 */
channels: "rgb" | "bgr", 
/**
 * What is subtracted from red, green and blue (in this order), 0 to 255; nothing if absent.
 */
mean?: [number, number, number], 
/**
 * What red, green and blue are then multiplied by, such as 1/255; 1 if absent.
 */
scale?: [number, number, number], 
/**
 * Which sides it takes, in pixels: any multiple of a number up to 256, or one width and height of 64 to 2048 each.
 */
sides: { "multipleOf": number } | { "fixed": [number, number] }, };

/**
 * Which output tensors hold the candidates, and how. Each has a row for each candidate; a batch axis of length 1 may come
 * first.
 */
export type DetectorRows = { 
/**
 * Name of the tensor of the boxes, `[N, 4]`.
 */
boxes: string, 
/**
 * What the four numbers of a box are: left, top, right, bottom; or the centre's x and y, width, height.
 */
form: "corners" | "center", 
/**
 * What boxes and landmarks are measured in: pixels of the input, or shares of its width and height.
 */
unit: "pixels" | "relative", 
/**
 * Name of the tensor of the scores: `[N]`, `[N, 1]` or `[N, 2]`, where a face is the last; 0 to 1, taken for the probability
 * that it is a face.
 */
scores: string, 
/**
 * Name of the tensor of the landmarks, `[N, 10]`: x and y of the right eye, the left eye, the nose tip, the right and
 * the left corner of the mouth (the person's right and left).
 */
landmarks?: string, };
