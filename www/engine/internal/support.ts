import { TarnkappeError } from "./errors.js";

/** `(module (func (result v128) (i8x16.popcnt (i8x16.splat (i32.const 0)))))` */
const SIMD_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03],
  ...[0x02, 0x01, 0x00, 0x0a, 0x0a, 0x01, 0x08, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x62, 0x0b],
);

/** `(module (func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0))))` */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b, 0x03, 0x02],
  ...[0x01, 0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x0b],
);

/** The smallest module. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/**
 * Whether the browser has what the engine needs. Whether it starts workers shows only when one is started.
 *
 * @throws TarnkappeError `no-webassembly` or `no-simd`
 */
export function checkSupport(): void {
  try {
    new WebAssembly.Module(EMPTY_MODULE); // Some forbid it without taking it away.
  } catch (cause) {
    throw new TarnkappeError("no-webassembly", "This browser has no WebAssembly, or does not allow it here.", { cause });
  }
  if (!WebAssembly.validate(SIMD_PROBE)) {
    throw new TarnkappeError("no-simd", "This browser's WebAssembly has no SIMD.");
  }
}

/** Relaxed takes a fifth less time to scan. */
export function moduleFlavour(): "plain" | "relaxed" {
  return WebAssembly.validate(RELAXED_PROBE) ? "relaxed" : "plain";
}
