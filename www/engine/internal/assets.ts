import type { Detector } from "./detector.js";
import { TarnkappeError } from "./errors.js";
import { FILES, networkFile } from "./files.js";
import { inlinedPart } from "./inlined.js";
import type { Assets } from "./protocol.js";
import { moduleFlavour } from "./support.js";

/** The network of the quick search. */
const FIRST_NETWORK = "yunet";

const SECRET_BYTES = 16;

/** Answers of a server that has a newer version of the program, or none. */
const NOT_THERE = new Set([404, 410]);

/** Longest file of a detector. The engine has the same limit. */
const MAX_DETECTOR_BYTES = 128 * 1024 * 1024;

/**
 * Loads and compiles what the workers need.
 *
 * @param base URL of the folder that holds `wasm/` and `models/`, with a slash at its end
 * @param allFormats with the decoders that are fetched later else
 * @throws TarnkappeError `load`, or `model-too-large`
 */
export async function loadAssets(base: URL, detector: Detector | null, allFormats = false): Promise<Assets> {
  try {
    const [module, model, onnx] = await Promise.all([
      WebAssembly.compileStreaming(requestPart(modulePath(detector, allFormats), base)),
      requestPart(networkFile(FIRST_NETWORK).path, base).then((response) => response.arrayBuffer()),
      detector && loadDetector(detector.onnx),
    ]);
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
    return { module, model: new Uint8Array(model), secret, detector: detector && onnx && { onnx, spec: detector.spec } };
  } catch (cause) {
    if (cause instanceof TarnkappeError) {
      throw cause;
    }
    throw new TarnkappeError("load", `The program could not be loaded: ${String(cause)}`, { cause });
  }
}

/** The module with tract is many times as large, and fetched only for a custom detector. */
function modulePath(detector: Detector | null, allFormats: boolean): string {
  if (detector !== null) {
    return FILES.modules.tract;
  }
  const flavour = moduleFlavour();
  return allFormats ? FILES.modules.formats[flavour].path : FILES.modules[flavour];
}

async function loadDetector(onnx: Detector["onnx"]): Promise<Uint8Array> {
  if (onnx instanceof Uint8Array) {
    return checkSize(onnx, onnx.byteLength);
  }
  const response = successful(await fetch(new URL(onnx, document.baseURI)));
  const announced = checkSize(response, Number(response.headers.get("Content-Length") ?? 0));
  const bytes = new Uint8Array(await announced.arrayBuffer());
  return checkSize(bytes, bytes.byteLength);
}

function checkSize<T>(detector: T, bytes: number): T {
  if (bytes > MAX_DETECTOR_BYTES) {
    throw new TarnkappeError("model-too-large", `The detector has ${bytes} bytes; the limit is ${MAX_DETECTOR_BYTES}.`);
  }
  return detector;
}

/**
 * Fetches a part of the program. The browser rejects one that is not as it was built, where the build knows its hash.
 *
 * @throws TarnkappeError `gone` if the server does not have it
 */
export async function requestPart(path: string, base: URL, options: RequestInit = {}): Promise<Response> {
  if (FILES.inlined !== undefined) {
    return inlinedPart(FILES.inlined, path);
  }
  const url = new URL(path, base);
  const response = await fetch(url, { integrity: FILES.integrity[path] ?? "", ...options });
  if (NOT_THERE.has(response.status)) {
    throw new TarnkappeError("gone", `The server has no ${url.pathname}`);
  }
  return successful(response);
}

function successful(response: Response): Response {
  if (!response.ok) {
    throw new Error(`${response.status} for ${response.url}`);
  }
  return response;
}
