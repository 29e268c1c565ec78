#!/usr/bin/env node
// A static file server for the built app, with the headers that the app is meant to be deployed under.
//
//   node tools/serve.mjs [FOLDER] [--port N] [--log FILE]

import { createHash } from "node:crypto";
import { appendFile, readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, constants as zlib, gzip } from "node:zlib";

// Nothing but this origin may be reached, so a photo could not be sent away even by mistake. The WebAssembly needs
// 'wasm-unsafe-eval'; pictures are shown, and workers started, from blob: URLs made in the page. Such workers have this policy, too.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every response, errors included. */
export const SECURITY_HEADERS = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), browsing-topics=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

const MIME_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

const COMPRESSIBLE = new Set([".css", ".html", ".js", ".json", ".map", ".mjs", ".packed", ".svg", ".txt", ".wasm", ".webmanifest"]);

/** Names with a hash of the content in them: as the bundler writes it, and as tools/build_web.mjs does. */
const HASHED = /-([A-Z0-9]{8}|[0-9a-f]{8})\.\w+(\.map)?$/;
const FOREVER = "public, max-age=31536000, immutable";

// Quality 11 would hold up the first request for the megabytes of WebAssembly by many seconds.
const BROTLI_QUALITY = 5;

const ENCODERS = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: promisify(gzip),
};

/** Of the encodings that the client accepts, the one that makes the body smallest; null for none. */
function chooseEncoding(acceptEncoding = "") {
  const accepted = acceptEncoding
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => !/;\s*q=0(\.0*)?$/.test(entry))
    .map((entry) => entry.split(";")[0].trim());
  return Object.keys(ENCODERS).find((name) => accepted.includes(name)) ?? null;
}

/** The file that a request path stands for; null where it is none, or lies outside `root` (links are followed first). */
async function resolveFile(root, requestPath) {
  let decoded;
  try {
    decoded = decodeURIComponent(requestPath);
  } catch {
    return null;
  }
  if (decoded.includes("\0")) return null;
  const wanted = path.join(root, decoded.endsWith("/") ? `${decoded}index.html` : decoded);
  const real = await realpath(wanted).catch(() => null);
  if (real === null || !real.startsWith(root + path.sep)) return null;
  const info = await stat(real);
  return info.isFile() ? { path: real, version: `${info.mtimeMs}-${info.size}` } : null;
}

/** Reads and compresses files, keeping the result until the file changes. */
class FileCache {
  #entries = new Map();

  async get(file, encoding) {
    const key = `${encoding} ${file.path}`;
    const known = this.#entries.get(key);
    if (known?.version === file.version) return known;
    const bytes = await readFile(file.path);
    const body = encoding === null ? bytes : await ENCODERS[encoding](bytes);
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const entry = { version: file.version, body, etag };
    this.#entries.set(key, entry);
    return entry;
  }
}

/** The response to one request: status, headers and body. */
async function respond(root, cache, request) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { status: 405, headers: { Allow: "GET, HEAD" }, body: "method not allowed\n" };
  }
  const file = await resolveFile(root, request.url.split(/[?#]/)[0]);
  if (file === null) return { status: 404, headers: {}, body: "not found\n" };

  const extension = path.extname(file.path);
  const compressible = COMPRESSIBLE.has(extension);
  const encoding = compressible ? chooseEncoding(request.headers["accept-encoding"]) : null;
  const { body, etag } = await cache.get(file, encoding);
  const headers = {
    "Content-Type": MIME_TYPES[extension] ?? "application/octet-stream",
    "Cache-Control": HASHED.test(file.path) ? FOREVER : "no-cache",
    ETag: etag,
    ...(compressible && { Vary: "Accept-Encoding" }),
    ...(encoding !== null && { "Content-Encoding": encoding }),
  };
  if (request.headers["if-none-match"] === etag) return { status: 304, headers, body: "" };
  return { status: 200, headers, body };
}

function send(request, response, { status, headers, body }) {
  const length = status === 304 ? {} : { "Content-Length": Buffer.byteLength(body) };
  const type = { "Content-Type": "text/plain; charset=utf-8" };
  response.writeHead(status, { ...type, ...SECURITY_HEADERS, ...headers, ...length });
  response.end(request.method === "HEAD" ? undefined : body);
}

/**
 * Serves the files under `root` on the loopback interface.
 *
 * @param {object} options
 * @param {string} options.root folder to serve
 * @param {number} [options.port] 0, the default, takes any free one
 * @param {string} [options.log] file to append one line per request to: time, method, path, status
 * @returns {Promise<{url: string, port: number, requests: {method: string, url: string, status: number}[],
 *   close: () => Promise<void>}>} `requests` grows as they are answered
 */
export async function startServer({ root, port = 0, log }) {
  const realRoot = await realpath(root);
  const cache = new FileCache();
  const requests = [];

  async function handle(request, response) {
    const answer = await respond(realRoot, cache, request);
    const { method, url } = request;
    requests.push({ method, url, status: answer.status });
    if (log) await appendFile(log, `${new Date().toISOString()} ${method} ${url} ${answer.status}\n`);
    send(request, response, answer);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      console.error(error);
      send(request, response, { status: 500, headers: {}, body: "internal error\n" });
    });
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", resolve);
  });
  const actualPort = server.address().port;
  return {
    url: `http://localhost:${actualPort}/`,
    port: actualPort,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string", default: "8080" }, log: { type: "string" } },
  });
  try {
    const server = await startServer({ root: positionals[0] ?? "dist/web", port: Number(values.port), log: values.log });
    console.log(`Tarnkappe is at ${server.url} (Ctrl-C stops it)`);
  } catch (error) {
    const taken = error.code === "EADDRINUSE";
    console.error(taken ? `Port ${values.port} is taken; choose another: make run PORT=8081` : error.message);
    process.exit(1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
