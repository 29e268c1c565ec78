// Runs in the browser: detectors behind one interface. Each entry loads a detector and gives a function from an image
// file to the boxes [x, y, width, height] of the faces in it, in pixels.

const PEERS = "/tools/bench/node_modules";

/** TensorFlow.js's WebAssembly, which neither human nor face-api include. */
const TENSORFLOW = `${globalThis.location?.origin}${PEERS}/@tensorflow/tfjs-backend-wasm/dist/`;

/** YuNet's strides, in the order of its outputs. */
const STRIDES = [8, 16, 32];
const YUNET_THRESHOLD = 0.5;
const YUNET_OVERLAP = 0.4;

async function tarnkappe() {
  const { createTarnkappe } = await import("/dist/web/api.js");
  const engine = await createTarnkappe({ workers: 1 });
  const detect = async (file) => (await engine.check(file)).regions.map((region) => region.box);
  return Object.assign(detect, { prove: (file) => prove(engine, file) });
}

/** The whole job: a proved copy, with what only the proof finds covered too. */
async function prove(engine, file) {
  const { regions } = await engine.check(file);
  for (let round = 0; round < 4; round += 1) {
    const { proof } = await engine.protect(file, { regions });
    if (proof.ok) return;
    const found = proof.checks.find((check) => check.name === "faces-outside").regions;
    regions.push(...found.map((box) => ({ box })));
  }
  throw new Error("the proof failed");
}

/** The network that we use, at the photo's full size, in one run: what a page does that has only a runtime. */
async function onnxruntime(threads) {
  const ort = await import(`${PEERS}/onnxruntime-web/dist/ort.wasm.min.mjs`);
  ort.env.wasm.wasmPaths = `${PEERS}/onnxruntime-web/dist/`;
  ort.env.wasm.numThreads = threads;
  const model = await (await fetch("/target/bench/onnx/yunet.onnx")).arrayBuffer();
  const session = await ort.InferenceSession.create(new Uint8Array(model));
  return async (file) => {
    const { data, width, height } = await pixels(file, 32);
    const plane = width * height;
    const input = new Float32Array(3 * plane);
    for (let i = 0; i < plane; i += 1) {
      for (let channel = 0; channel < 3; channel += 1) input[channel * plane + i] = data[4 * i + 2 - channel];
    }
    const outputs = await session.run({ input: new ort.Tensor("float32", input, [1, 3, height, width]) });
    return suppress(STRIDES.flatMap((stride) => decodeYunet(outputs, stride, width)));
  };
}

function decodeYunet(outputs, stride, width) {
  const [classes, objects, boxes] = ["cls", "obj", "bbox"].map((name) => outputs[`${name}_${stride}`].data);
  const columns = width / stride;
  const found = [];
  classes.forEach((probability, cell) => {
    const score = Math.sqrt(probability * objects[cell]);
    if (score < YUNET_THRESHOLD) return;
    const [dx, dy, w, h] = boxes.subarray(4 * cell, 4 * cell + 4);
    const side = [Math.exp(w) * stride, Math.exp(h) * stride];
    const centre = [((cell % columns) + dx) * stride, (Math.floor(cell / columns) + dy) * stride];
    found.push({ score, box: [centre[0] - side[0] / 2, centre[1] - side[1] / 2, ...side] });
  });
  return found;
}

function suppress(found) {
  const kept = [];
  for (const { box } of found.sort((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlap(better, box) <= YUNET_OVERLAP)) kept.push(box);
  }
  return kept;
}

/** Intersection over union. */
export function overlap(a, b) {
  const shared = (axis) => Math.max(0, Math.min(a[axis] + a[axis + 2], b[axis] + b[axis + 2]) - Math.max(a[axis], b[axis]));
  const both = shared(0) * shared(1);
  return both / (a[2] * a[3] + b[2] * b[3] - both);
}

/** The model is the package's before this one, with the metadata that mediapipe_model.mjs adds. */
async function mediapipe() {
  const { FaceDetector, FilesetResolver } = await import(`${PEERS}/@mediapipe/tasks-vision/vision_bundle.mjs`);
  const files = await FilesetResolver.forVisionTasks(`${PEERS}/@mediapipe/tasks-vision/wasm`);
  const model = await (await fetch("/target/bench/blaze_face_short_range.tflite")).arrayBuffer();
  const detector = await FaceDetector.createFromOptions(files, {
    baseOptions: { modelAssetBuffer: new Uint8Array(model), delegate: "CPU" },
    runningMode: "IMAGE",
  });
  return async (file) => {
    const { detections } = detector.detect(await createImageBitmap(file));
    return detections.map(({ boundingBox: { originX, originY, width, height } }) => [originX, originY, width, height]);
  };
}

async function human() {
  const { default: Human } = await import(`${PEERS}/@vladmandic/human/dist/human.esm.js`);
  const off = { enabled: false };
  const engine = new Human({
    backend: "wasm",
    wasmPath: TENSORFLOW,
    modelBasePath: `${PEERS}/@vladmandic/human/models/`,
    cacheModels: false,
    face: { enabled: true, detector: { maxDetected: 100, rotation: false }, mesh: off, iris: off, emotion: off, description: off },
    body: off,
    hand: off,
    gesture: off,
  });
  await engine.load();
  return async (file) => (await engine.detect(await createImageBitmap(file))).face.map((face) => face.box);
}

async function faceApi() {
  const faceapi = await import(`${PEERS}/@vladmandic/face-api/dist/face-api.esm.js`);
  faceapi.tf.setWasmPaths(TENSORFLOW);
  await faceapi.tf.setBackend("wasm");
  await faceapi.tf.ready();
  await faceapi.nets.tinyFaceDetector.loadFromUri(`${PEERS}/@vladmandic/face-api/model`);
  const options = new faceapi.TinyFaceDetectorOptions({ inputSize: 608 });
  return async (file) => {
    const found = await faceapi.detectAllFaces(await canvas(file), options);
    return found.map(({ box }) => [box.x, box.y, box.width, box.height]);
  };
}

async function canvas(file) {
  const bitmap = await createImageBitmap(file);
  const target = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  target.getContext("2d").drawImage(bitmap, 0, 0);
  return target;
}

/** The pixels of a file on a canvas whose sides are multiples of `stride`. */
async function pixels(file, stride) {
  const bitmap = await createImageBitmap(file);
  const up = (side) => Math.ceil(side / stride) * stride;
  const context = new OffscreenCanvas(up(bitmap.width), up(bitmap.height)).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, up(bitmap.width), up(bitmap.height));
}

export const DETECTORS = {
  tarnkappe,
  "onnxruntime-web, 1 thread": () => onnxruntime(1),
  "onnxruntime-web, 2 threads": () => onnxruntime(2),
  "MediaPipe, short range": mediapipe,
  human,
  "face-api, tiny": faceApi,
};

export const NAMES = Object.keys(DETECTORS);

/** The test group enlarged to so many pixels, as a JPEG. */
export async function enlarge(file, megapixels) {
  const bitmap = await createImageBitmap(file);
  const height = Math.round(Math.sqrt(megapixels * 1e6 * 0.75));
  const target = new OffscreenCanvas(Math.round((megapixels * 1e6) / height), height);
  target.getContext("2d").drawImage(bitmap, 0, 0, target.width, target.height);
  return new File([await target.convertToBlob({ type: "image/jpeg", quality: 0.92 })], "photo.jpg");
}
