/**
 * Pictures decoded by a module of its own (tools/heic, tools/jxl), where the browser does not decode their format. All such modules have
 * the same exports.
 */

import type { ErrorCode } from "../generated/report.js";
import type { Decoded } from "./decode.js";

interface Exports {
  memory: WebAssembly.Memory;
  /** Room for a file; 0 if there is none. */
  input(bytes: number): number;
  /** Where the answer lies. */
  decode(): number;
}

/** In the order of the module's. */
const FORMATS = ["RGB", "RGBA", "RGB16", "RGBA16"];
/** Width, height, place and number of bytes, those of a profile, format, primaries and transfer function. */
const ANSWER = 9;
/** What modules may ask for: one that is slow with some files ends by itself. */
const IMPORTS = { env: { now: () => performance.now() } };

/** Why a file is not opened. */
export interface Refusal {
  code: ErrorCode;
  message: string;
}

/** What the file shows, as stored. A module that traps refuses it. */
export async function decodeBy(module: WebAssembly.Module, bytes: Uint8Array): Promise<Decoded> {
  try {
    return await run(module, bytes);
  } catch (error) {
    const code = error instanceof RangeError ? "memory" : "corrupt";
    return { picture: null, refusal: { code, message: `The decoder failed: ${String(error)}` } };
  }
}

/** The instance is used once: what it took is given back. */
async function run(module: WebAssembly.Module, bytes: Uint8Array): Promise<Decoded> {
  const instance = await WebAssembly.instantiate(module, IMPORTS);
  const { memory, input, decode } = instance.exports as unknown as Exports;
  const at = input(bytes.length) >>> 0;
  if (at === 0) {
    throw new RangeError("There is no memory for the file.");
  }
  new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
  const answer = decode() >>> 0;
  const [width = 0, height = 0, start = 0, length = 0, profileStart = 0, profileLength = 0, format = 0, ...points] = new Uint32Array(memory.buffer, answer, ANSWER);
  const copied = (from: number, bytes: number) => new Uint8Array(memory.buffer, from, bytes).slice();
  const samples = copied(start, length);
  if (width === 0) {
    const code = new TextDecoder().decode(samples) as ErrorCode;
    return { picture: null, refusal: { code, message: `The decoder refused the file: ${code}` } };
  }
  const picture = { width, height, samples, format: FORMATS[format] ?? "", codePoints: Uint16Array.from(points) };
  return { picture: profileLength > 0 ? { ...picture, profile: copied(profileStart, profileLength) } : picture };
}
