// A stand-in for the WebAssembly module's glue. It scans nothing: a file's name says what is to happen, so that
// the page can be tested in states that real photos do not lead to (a crash, a failed proof, slow work).

const FACE_COUNT = 29;
const FEW = 3;
const COLUMNS = 10;
const PIXELS = { width: 1800, height: 1303 };
const TALL = { width: 3000, height: 9000 };
const WIDE = { width: 12000, height: 600 };
const HUGE = 221;
const SLOW_MS = 20_000;
/** A slow preview takes so long. */
const PREVIEW_MS = 400;
/** Width of what a preview is drawn in. */
const PREVIEW_WIDTH = 450;

const NAME_MARK = "\0name:";
const EMBLEM_COLOURS = { smile: [255, 209, 71], heart: [235, 77, 92], star: [255, 196, 61], flower: [110, 190, 128], cat: [128, 198, 224] };

let hasRareFormats = false;

export default async function init({ module_or_path }) {
  hasRareFormats = WebAssembly.Module.customSections(module_or_path, "formats").length > 0;
  return {};
}

export class Pixels {}

/** Networks that a thorough search needs. */
const FAMILIES = ["centerface", "retinaface"];
const RECOGNISER = "sface";
/** Further detections of a thorough search: a face, and something that may be one. */
const FOUND_THOROUGHLY = [{ column: 8.5, row: 2, maybe: false }, { column: 9.5, row: 2, maybe: true }];

export class Engine {
  #loaded = new Set();
  #job;

  static forPlatform() {
    return undefined;
  }

  /** Opaque where something is covered, in one colour for each method; the rest is see-through, as nothing here can decode a photo. */
  static previewCovers(picture, width, height, { method, colour, sticker, regions }) {
    const name = nameIn(picture);
    if (name.includes("crash-in-preview")) {
      throw new WebAssembly.RuntimeError("unreachable");
    }
    if (name.includes("slow-preview")) {
      const end = performance.now() + PREVIEW_MS;
      while (performance.now() < end);
    }
    const scale = PREVIEW_WIDTH / width;
    const size = { width: PREVIEW_WIDTH, height: Math.round(height * scale) };
    const samples = new Uint8ClampedArray(4 * size.width * size.height);
    const paint = { soft: [150, 160, 150], solid: rgb(colour), mosaic: [120, 130, 140], sticker: EMBLEM_COLOURS[sticker] }[method];
    for (const region of regions.filter(({ decision }) => decision !== "open")) {
      const [cx, cy, rx, ry, angle] = ellipseOf(region).map((value, index) => (index < 4 ? value * scale : value));
      const reach = Math.ceil(Math.max(rx, ry));
      const isRectangle = region.cover?.shape === "rectangle" || region.kind === "other";
      for (let y = Math.floor(cy) - reach; y <= cy + reach; y += 1) {
        for (let x = Math.floor(cx) - reach; x <= cx + reach; x += 1) {
          const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
          const u = (dx * Math.cos(angle) + dy * Math.sin(angle)) / rx;
          const v = (dy * Math.cos(angle) - dx * Math.sin(angle)) / ry;
          const isInside = isRectangle ? Math.max(Math.abs(u), Math.abs(v)) <= 1 : u * u + v * v <= 1;
          if (isInside && x >= 0 && y >= 0 && x < size.width && y < size.height) {
            samples.set([...paint, 255], 4 * (y * size.width + x));
          }
        }
      }
    }
    return { samples, ...size };
  }

  load(family, packed) {
    if (![...FAMILIES, RECOGNISER].includes(family) || this.#loaded.has(family)) {
      throw { code: "internal", message: `${family} is unknown or was handed over twice.` };
    }
    if (packed.every((byte) => byte === 0)) {
      throw { code: "model-hash", message: "The bytes are not the expected ones." };
    }
    this.#loaded.add(family);
  }

  check(bytes, name, options, onProgress) {
    this.#prepare(options);
    misbehave(bytes, name, options.thorough ? "search" : "check");
    for (const fraction of [0, 0.5, 1]) {
      onProgress("detect", fraction);
    }
    const found = report(name);
    if (options.thorough) {
      const again = found.regions.filter(isConfirmed).map(nudge);
      found.regions = numbered([...FOUND_THOROUGHLY.map(face), ...again]);
    }
    return { report: found, preview: preview(bytes, name, options.previewSide), pictures: isUnseen(name) || isUnshown(name) ? [] : [{ ...preview(bytes, name, options.previewSide), leak: 2 }] };
  }

  recognise(bytes, regions, onProgress) {
    if (!this.#loaded.has(RECOGNISER)) {
      throw { code: "model-missing", message: "The recogniser is missing." };
    }
    onProgress("recognise", 0.5);
    return regions.map(({ identifiability }) => ({ ...identifiability, score: 0.87, reasons: ["size-ample", "blurred", "recogniser"] }));
  }

  /** In every photo, the second face is the same person's. */
  embed(bytes, regions, onProgress) {
    if (!this.#loaded.has(RECOGNISER)) {
      throw { code: "model-missing", message: "The recogniser is missing." };
    }
    onProgress("recognise", 0.5);
    return regions.map(({ id }) => Float32Array.of(...(id === 2 ? [1, 0] : [0, 1])));
  }

  warmUp() {}

  scanPart(bytes, purpose, part, options) {
    this.#prepare(options);
    return [{ purpose, part }];
  }

  importTiles(tiles) {
    if (!Array.isArray(tiles)) {
      throw { code: "internal", message: "No tiles can be imported from that." };
    }
  }

  cover(bytes, name, options) {
    this.#prepare(options);
    misbehave(bytes, name, "protect");
    this.#job = { name, options };
    return bytes;
  }

  prove(bytes, previewSide, onProgress) {
    const { name, options } = this.#job;
    onProgress("prove", 1);
    const ok = !name.includes("never-proved") && (!name.includes("unproved") || options.regions?.length > FACE_COUNT);
    const regions = ok ? [] : [[1500, 1100, 90, 110]];
    const maybe = name.includes("maybe") ? [[200, 1000, 60, 80]] : [];
    const checks = [
      { name: "container", ok: true, detail: "", regions: [] },
      { name: "opens", ok: true, detail: "", regions: [] },
      { name: "covers", ok: true, detail: "", regions: [] },
      { name: "faces-outside", ok, detail: "", regions: [...regions, ...maybe] },
      { name: "unheard-of", ok: true, detail: `a check that has no words, made ${options.thorough ? "thoroughly" : "quickly"}`, regions: [] },
    ];
    const result = { ...report(name), proof: { ok, checks, parts: [{ name: "SOI", offset: 0, bytes: bytes.length }] } };
    return { report: result, bytes: ok ? bytes : undefined, mediaType: "image/jpeg", extension: "jpg", preview: preview(bytes, name, previewSide) };
  }

  #prepare(options) {
    if (options.thorough && !FAMILIES.every((family) => this.#loaded.has(family))) {
      throw { code: "model-missing", message: "A network is missing." };
    }
  }
}

function misbehave(bytes, name, task) {
  if (bytes.length === 0) {
    throw { code: "empty", message: "The file is empty." };
  }
  if (bytes[0] !== 0xff) {
    throw { code: "unknown-format", message: "This is not a picture." };
  }
  if (name.includes("rare") && !hasRareFormats) {
    throw { code: "needs-formats", message: "There are no decoders for it.", report: report(name) };
  }
  if (name.includes(`end-in-${task}`)) {
    self.postMessage = () => {};
    self.close();
  }
  if (name.includes(`crash-in-${task}`)) {
    throw new WebAssembly.RuntimeError("unreachable");
  }
  if (name.includes(`slow-${task}`)) {
    const end = performance.now() + SLOW_MS;
    while (performance.now() < end);
  }
}

/** The photo itself, with its name behind the picture's end. It is said to be as small as was asked for. */
function preview(bytes, name, side) {
  const { width, height } = pixels(name);
  const scale = Math.min(side / Math.max(width, height), 1);
  const tail = new TextEncoder().encode(NAME_MARK + name);
  const named = new Uint8Array(bytes.length + tail.length);
  named.set(bytes);
  named.set(tail, bytes.length);
  return { bytes: named, mediaType: "image/jpeg", width: Math.round(width * scale), height: Math.round(height * scale) };
}

function nameIn(picture) {
  return new TextDecoder("latin1").decode(picture.subarray(-200)).split(NAME_MARK)[1] ?? "";
}

function rgb(colour) {
  return colour && [0, 2, 4].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** What covers the region, or the ellipse that fits into its bounds. */
function ellipseOf({ box, cover }) {
  const [x, y, width, height] = cover?.bounds ?? box;
  return cover?.ellipse ?? [x + width / 2, y + height / 2, width / 2, height / 2, 0];
}

function pixels(name) {
  if (name.includes("tall")) {
    return TALL;
  }
  return name.includes("wide") ? WIDE : PIXELS;
}

function report(name) {
  return {
    schema: 2,
    file: name,
    format: "jpeg",
    ...pixels(name),
    ...(name.includes("halved") && { full_size: Object.values(pixels(name)).map((side) => 2 * side) }),
    regions: numbered(faces(name)),
    leaks: [
      leak("camera", "medium", "EXIF IFD0", [20, 60], "Example Phone 3"),
      leak("gps", "high", "EXIF GPS IFD", [100, 160], "52.51630, 13.37770"),
      {
        ...leak("thumbnail", "high", "EXIF IFD1", [200, 900], "picture of 700 bytes"),
        words: { code: "picture", bytes: 700 },
        faces: isUnseen(name) ? null : 2,
      },
      leak("camera", "medium", "APP1 XMP", [70, 90], "Example Phone 3"),
      ...(name.includes("own-tables") ? [{ ...leak("coding", "low", "DQT", [900, 1038], ""), words: { code: "own-tables" } }] : []),
    ],
    skipped: { tiles: 0, frames: 0 },
    not_checked: ["clothing", "context", "hands", "tattoos"],
    notes: [{ code: name.includes("halved") ? "opened-smaller" : "converted-to-srgb", message: "" }],
    proof: null,
    output: null,
    timings_ms: { decode: 1, detect: 1, cover: 0, encode: 0, prove: 0 },
    error: null,
  };
}

/** The preview in the file cannot be decoded. */
function isUnseen(name) {
  return name.includes("unseen");
}

/** It was decoded, but there are more pictures in the file than are shown. */
function isUnshown(name) {
  return name.includes("unshown");
}

function leak(kind, severity, where, bytes, value) {
  return { kind, severity, where, bytes, value, words: null, faces: null };
}

/** As many as the picture has people in it by its name: many, a crowd, a huge one, a few of whom one is uncertain, or nobody. */
function faces(name) {
  const numbers = { nobody: 0, few: FEW, crowd: 4 * FACE_COUNT, huge: HUGE };
  const [, count] = Object.entries(numbers).find(([word]) => name.includes(word)) ?? ["", FACE_COUNT];
  return Array.from({ length: count }, (_, index) =>
    face({ column: index % COLUMNS, row: Math.floor(index / COLUMNS), maybe: count === FEW && index === FEW - 1 }, index),
  );
}

function numbered(regions) {
  return regions.map((region, index) => ({ id: index + 1, ...region }));
}

/** Of the few, only the first is found again. */
function isConfirmed(_face, index, all) {
  return all.length !== FEW || index === 0;
}

/** The face a little beside where it was found before. */
function nudge(face) {
  const beside = ([x, y, width, height]) => [x + 6, y - 4, width, height];
  const [cx, cy, ...shape] = face.cover.ellipse;
  const cover = { ...face.cover, bounds: beside(face.cover.bounds), ellipse: [cx + 6, cy - 4, ...shape] };
  return { ...face, box: beside(face.box), cover };
}

function face({ column, row, maybe }, index) {
  const x = 60 + column * 170;
  const y = 260 + row * 260;
  const level = ["likely", "possible", "unlikely"][index % 3];
  return {
    kind: "face",
    origin: "found",
    box: [x + 15, y + 15, 80, 100],
    score: maybe ? 0.3 : 0.9,
    maybe,
    landmarks: null,
    // Every third head is tilted.
    cover: {
      bounds: [x, y, 110, 140],
      shape: "ellipse",
      ellipse: index % 3 === 1 ? [x + 55, y + 70, 48, 70, 0.35] : [x + 55, y + 70, 55, 70, 0],
      polygon: null,
      brush: null,
      mask: null,
    },
    decision: "undecided",
    identifiability: { level, score: 0.5, inter_eye_px: 30, reasons: ["size-ample"] },
  };
}
