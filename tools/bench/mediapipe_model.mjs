// Gives MediaPipe's face detector the metadata that the package tasks-vision asks for.
//
//   node tools/bench/mediapipe_model.mjs OUT
//
// npm has the network (BlazeFace, short range) in the package @mediapipe/face_detection, as the package before tasks-vision
// read it: without saying how pixels become numbers. tasks-vision wants that said inside the file, in TensorFlow Lite's
// metadata. Here it is added; the network stays as it is.
//
// Source of the tables' fields: tensorflow/lite/schema/schema.fbs and
// tensorflow/lite/experimental/support/metadata/metadata_schema.fbs. Source of the numbers:
// mediapipe/modules/face_detection/face_detection.pbtxt, where pixels become -1 to 1.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Builder, ByteBuffer } from "flatbuffers";

const MODEL = fileURLToPath(new URL("node_modules/@mediapipe/face_detection/face_detection_short_range.tflite", import.meta.url));
const MEAN = 127.5;
const DEVIATION = 127.5;

/** Fields of the table Model. */
const VERSION = 0;
const OPERATOR_CODES = 1;
const SUBGRAPHS = 2;
const DESCRIPTION = 3;
const BUFFERS = 4;
const METADATA = 6;
const MODEL_FIELDS = 8;

/** TensorFlow Lite wants the contents of buffers at multiples of this. */
const ALIGNMENT = 16;

/** A table of offsets, by field. */
function tableOf(builder, fields, offsets) {
  builder.startObject(fields);
  Object.entries(offsets).forEach(([field, offset]) => builder.addFieldOffset(Number(field), offset, 0));
  return builder.endObject();
}

function vectorOf(builder, offsets) {
  builder.startVector(4, offsets.length, 4);
  offsets.toReversed().forEach((offset) => builder.addOffset(offset));
  return builder.endVector();
}

/** A list with one number. */
function numbers(builder, number) {
  builder.startVector(4, 1, 4);
  builder.addFloat32(number);
  return builder.endVector();
}

/** A table that holds one of several kinds of table. */
function union(builder, fields, kind, offset) {
  builder.startObject(fields);
  builder.addFieldInt8(0, kind, 0);
  builder.addFieldOffset(1, offset, 0);
  return builder.endObject();
}

/** A ModelMetadata: the one input is a picture in red, green and blue, normalised. */
function metadata(outputs) {
  const builder = new Builder();
  const options = tableOf(builder, 2, { 0: numbers(builder, MEAN), 1: numbers(builder, DEVIATION) });
  const normalisation = union(builder, 2, 1, options);
  builder.startObject(2);
  builder.addFieldInt8(0, 1, 0); // ImageProperties.color_space: RGB
  const content = union(builder, 3, 2, builder.endObject());
  const input = tableOf(builder, 7, { 0: builder.createString("image"), 3: content, 4: vectorOf(builder, [normalisation]) });
  const named = outputs.map((name) => tableOf(builder, 7, { 0: builder.createString(name) }));
  const subgraph = tableOf(builder, 9, { 2: vectorOf(builder, [input]), 3: vectorOf(builder, named) });
  builder.finish(tableOf(builder, 8, { 3: vectorOf(builder, [subgraph]) }), "M001");
  return builder.asUint8Array();
}

function bytes(builder, content) {
  builder.startVector(1, content.length, ALIGNMENT);
  content.toReversed().forEach((byte) => builder.addInt8(byte));
  return builder.endVector();
}

/**
 * The model with one more entry in its metadata. A buffer grows from its end, and offsets in it point forward: the old
 * file goes in whole, and a new first table, which points to the old one's parts, before it.
 */
function withMetadata(model, content) {
  const old = new ByteBuffer(model);
  const root = old.readInt32(0);
  const builder = new Builder(2 * model.length);
  const start = bytes(builder, model) - 4; // After the vector's length.
  const moved = (position) => start - position;
  const field = (index) => {
    const at = old.__offset(root, 4 + 2 * index);
    return at === 0 ? null : old.__indirect(root + at);
  };
  const entries = (index) => {
    const vector = field(index);
    const length = vector === null ? 0 : old.readInt32(vector);
    return Array.from({ length }, (_, i) => moved(old.__indirect(vector + 4 + 4 * i)));
  };

  const buffers = entries(BUFFERS);
  const buffer = tableOf(builder, 1, { 0: bytes(builder, content) });
  const name = builder.createString("TFLITE_METADATA");
  builder.startObject(2);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldInt32(1, buffers.length, 0);
  const entry = builder.endObject();
  const newBuffers = vectorOf(builder, [...buffers, buffer]);
  const newMetadata = vectorOf(builder, [...entries(METADATA), entry]);

  builder.startObject(MODEL_FIELDS);
  builder.addFieldInt32(VERSION, old.readInt32(root + old.__offset(root, 4 + 2 * VERSION)), 0);
  for (const index of [OPERATOR_CODES, SUBGRAPHS, DESCRIPTION]) {
    if (field(index) !== null) builder.addFieldOffset(index, moved(field(index)), 0);
  }
  builder.addFieldOffset(BUFFERS, newBuffers, 0);
  builder.addFieldOffset(METADATA, newMetadata, 0);
  builder.finish(builder.endObject(), "TFL3");
  return builder.asUint8Array();
}

const out = process.argv[2];
mkdirSync(path.dirname(out), { recursive: true });
writeFileSync(out, withMetadata(new Uint8Array(readFileSync(MODEL)), metadata(["regressors", "classificators"])));
