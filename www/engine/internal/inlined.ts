import { TarnkappeError } from "./errors.js";

/**
 * A part of the program that is in the program's own file, for a page that is one file.
 *
 * @param parts by path: compressed with gzip, in base64
 * @throws TarnkappeError `left-out`
 */
export function inlinedPart(parts: Record<string, string>, path: string): Response {
  const packed = parts[path];
  if (packed === undefined) {
    throw new TarnkappeError("left-out", `This copy of the program has no ${path}`);
  }
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(unpacked, { headers: { "Content-Type": path.endsWith(".wasm") ? "application/wasm" : "text/javascript" } });
}
