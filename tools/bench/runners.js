// Runs in the browser: one network behind one interface, with our engine or with onnxruntime-web. Each entry loads a
// network and gives a function that runs it on a picture and returns the values of all outputs in one array.

const ORT = "/tools/bench/node_modules/onnxruntime-web/dist/";

/** The networks: the packed file, the side of the pictures to measure with, and the colour that comes first. */
export const NETWORKS = {
  yunet: { packed: "face_detection_yunet_2023mar.packed", side: 640, blueFirst: true },
  sface: { packed: "face_recognition_sface_2021dec.packed", side: 112, blueFirst: false },
  centerface: { packed: "centerface.packed", side: 640, blueFirst: false },
};

const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

async function compact(folder, { packed, side }, rgb) {
  const { default: init, Inference } = await import(`/target/bench/${folder}/network.js`);
  await init();
  const network = new Inference(await bytes(`/models/${packed}`));
  return () => network.run(rgb, side, side);
}

/** The numbers are laid out before the time counts; ours are laid out within it. */
async function onnxruntime(threads, { side, blueFirst }, rgb, name) {
  const ort = await import(`${ORT}ort.wasm.min.mjs`);
  ort.env.wasm.wasmPaths = ORT;
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(await bytes(`/target/bench/onnx/${name}.onnx`));
  const input = new ort.Tensor("float32", planes(rgb, side * side, blueFirst), [1, 3, side, side]);
  return async () => {
    const outputs = await session.run({ [session.inputNames[0]]: input });
    return session.outputNames.map((output) => outputs[output].data);
  };
}

function planes(rgb, area, blueFirst) {
  const planes = new Float32Array(3 * area);
  for (let i = 0; i < 3 * area; i += 1) {
    const channel = blueFirst ? 2 - (i % 3) : i % 3;
    planes[channel * area + Math.floor(i / 3)] = rgb[i];
  }
  return planes;
}

export const RUNNERS = {
  "tarnkappe, simd128": (...network) => compact("simd128", ...network),
  "tarnkappe, relaxed": (...network) => compact("relaxed", ...network),
  "onnxruntime-web, 1 thread": (...network) => onnxruntime(1, ...network),
  "onnxruntime-web, 2 threads": (...network) => onnxruntime(2, ...network),
};

/** The middle of the test group, as red, green and blue bytes. */
export async function picture(side) {
  const bitmap = await createImageBitmap(await (await fetch("/tests/photos/solvay_1927.jpg")).blob());
  const context = new OffscreenCanvas(side, side).getContext("2d");
  context.drawImage(bitmap, (side - bitmap.width) / 2, (side - bitmap.height) / 2);
  const { data } = context.getImageData(0, 0, side, side);
  return Uint8Array.from({ length: 3 * side * side }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]);
}
