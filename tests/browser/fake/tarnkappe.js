// A stand-in for the WebAssembly module's glue. It looks at nothing: a file's name says what is to happen, so that
// the page can be tested in states that real photos do not lead to (a crash, a failed proof, slow work).

const FACE_COUNT = 29;
const COLUMNS = 10;
const PIXELS = { width: 1800, height: 1303 };
const SLOW_MS = 20_000;

export default async function init() {}

export class Engine {
  check(bytes, name, _options, onProgress) {
    misbehave(bytes, name, "check");
    for (const fraction of [0, 0.5, 1]) {
      onProgress("detect", fraction);
    }
    return { report: report(name), preview: preview(bytes), pictures: [{ ...preview(bytes), leak: 2 }] };
  }

  protect(bytes, name, options, onProgress) {
    misbehave(bytes, name, "protect");
    onProgress("prove", 1);
    const ok = !name.includes("unproved") || options.regions.length > FACE_COUNT;
    const regions = ok ? [] : [[1500, 1100, 90, 110]];
    const maybe = name.includes("maybe") ? [[200, 1000, 60, 80]] : [];
    const checks = [
      { name: "container", ok: true, detail: "", regions: [] },
      { name: "opens", ok: true, detail: "", regions: [] },
      { name: "covers", ok: true, detail: "", regions: [] },
      { name: "faces_outside", ok, detail: "", regions: [...regions, ...maybe] },
      { name: "unheard_of", ok: true, detail: "a check that has no words", regions: [] },
    ];
    const result = { ...report(name), proof: { ok, checks, parts: [{ name: "SOI", offset: 0, bytes: bytes.length }] } };
    return { report: result, bytes: ok ? bytes : undefined, mediaType: "image/jpeg", extension: "jpg", preview: preview(bytes) };
  }
}

function misbehave(bytes, name, task) {
  if (bytes.length === 0) {
    throw { code: "empty", message: "The file is empty." };
  }
  if (bytes[0] !== 0xff) {
    throw { code: "unknown_format", message: "This is not a picture." };
  }
  if (name.includes(`crash-in-${task}`)) {
    throw new WebAssembly.RuntimeError("unreachable");
  }
  if (name.includes(`slow-${task}`)) {
    const end = performance.now() + SLOW_MS;
    while (performance.now() < end);
  }
}

function preview(bytes) {
  return { bytes, mediaType: "image/jpeg", ...PIXELS };
}

function report(name) {
  return {
    schema: 1,
    file: name,
    format: "jpeg",
    ...PIXELS,
    faces: Array.from({ length: FACE_COUNT }, (_, index) => face(index)),
    parts: [],
    leaks: [
      leak("camera", "medium", "EXIF IFD0", [20, 60], "Example Phone 3"),
      leak("gps", "high", "EXIF GPS IFD", [100, 160], "52.51630, 13.37770"),
      {
        ...leak("thumbnail", "high", "EXIF IFD1", [200, 900], "picture of 700 bytes"),
        words: { code: "picture", bytes: 700 },
        faces: 2,
      },
    ],
    hints: [],
    notes: [{ code: "converted-to-srgb", message: "" }],
    proof: null,
    output: null,
    timings_ms: { decode: 1, detect: 1, cover: 0, encode: 0, prove: 0 },
    error: null,
  };
}

function leak(kind, severity, where, bytes, value) {
  return { kind, severity, where, bytes, value, words: null, faces: null };
}

function face(index) {
  const x = 60 + (index % COLUMNS) * 170;
  const y = 260 + Math.floor(index / COLUMNS) * 260;
  const level = ["likely", "possible", "unlikely"][index % 3];
  return {
    box: [x + 15, y + 15, 80, 100],
    score: 0.9,
    landmarks: null,
    cover: [x, y, 110, 140],
    identifiability: { level, score: 0.5, inter_eye_px: 30, reasons: [] },
  };
}
