import type { Assets } from "../types/protocol.js";
import { TarnkappeError } from "./errors.js";

const MODULE_PATH = "wasm/tarnkappe_bg.wasm";
const MODEL_PATH = "models/face_detection_yunet_2023mar.packed";

/**
 * Loads and compiles what the workers need.
 *
 * @param base URL of the folder that holds `wasm/` and `models/`, with a slash at its end
 * @throws TarnkappeError `load`
 */
export async function loadAssets(base: URL): Promise<Assets> {
  try {
    const [module, model] = await Promise.all([
      WebAssembly.compileStreaming(request(new URL(MODULE_PATH, base))),
      request(new URL(MODEL_PATH, base)).then((response) => response.arrayBuffer()),
    ]);
    return { module, model: new Uint8Array(model) };
  } catch (cause) {
    throw new TarnkappeError("load", `The program could not be loaded: ${String(cause)}`, { cause });
  }
}

async function request(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${response.status} for ${url.pathname}`);
  }
  return response;
}
