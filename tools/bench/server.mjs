// Serves the repository to the browser that measures.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants as zlib } from "node:zlib";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const EVALDATA = path.resolve(ROOT, process.env.EVALDATA ?? "../shared/evaldata", "wider_val");

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** The folder that holds what a path of a URL stands for. */
const FOLDERS = { "/wider/": path.join(EVALDATA, "images"), "/": ROOT };

/**
 * Serves the repository and the evaluation pictures, isolated so that threads work, and adds up what is sent: the sizes of
 * all files but photos, compressed with brotli at quality 9.
 */
export async function startServer() {
  const sizes = new Map();
  const sent = { bytes: 0 };
  const compressed = (name, bytes) => {
    const params = { [zlib.BROTLI_PARAM_QUALITY]: 9 };
    if (!sizes.has(name)) sizes.set(name, brotliCompressSync(bytes, { params }).length);
    return sizes.get(name);
  };
  const read = (name) => {
    const [prefix, folder] = Object.entries(FOLDERS).find(([prefix]) => name.startsWith(prefix));
    return readFile(path.join(folder, name.slice(prefix.length)));
  };
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.setHeader("Content-Type", TYPES[path.extname(name) || ".html"] ?? "application/octet-stream");
    try {
      const body = name === "/" ? Buffer.from("<!doctype html><title>bench</title>") : await read(name);
      if (!/\.jpg$|^\/$/.test(name)) sent.bytes += compressed(name, body);
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, sent, close: () => server.close() };
}
