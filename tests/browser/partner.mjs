// A partner's website, for the tests: serves pages and the npm package, and records every byte that is sent to it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html; charset=utf-8", ".css": "text/css", ".json": "application/json" };

/** What docs/embedding.md tells partners to allow. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; worker-src blob:; connect-src 'self'; img-src blob:; style-src 'self'; form-action 'self'";

/**
 * @param {object} options
 * @param {Record<string, string | {html: string, headers: object}>} [options.pages] bodies by paths
 * @param {Record<string, string>} [options.folders] folders by the beginnings of paths
 * @param {Record<string, string>} [options.headers] of every answer
 * @param {(url: string) => Promise<Buffer | number | "broken" | null> | Buffer | number | "broken" | null} [options.tamper] other bytes, a status
 *   or the end of the connection for a file
 */
export async function startPartner({ pages = {}, folders = {}, headers = {}, tamper = () => null }) {
  const uploads = [];
  const requests = [];
  const state = { tamper, frameAncestors: null };

  async function handle(request, response) {
    const url = request.url.split("?")[0];
    requests.push({ method: request.method, url: request.url });
    const body = await bodyOf(request);
    if (request.method === "POST") {
      uploads.push({ type: request.headers["content-type"] ?? "", body, parts: partsOf(request.headers["content-type"] ?? "", body) });
      if (url === "/api") return answer(response, 200, { "Content-Type": TYPES[".json"] }, "{}");
      return answer(response, 200, { "Content-Type": TYPES[".html"] }, "<!doctype html><title>received</title>");
    }
    const page = pages[url];
    if (page !== undefined) {
      const { html, headers: own = {} } = typeof page === "string" ? { html: page } : page;
      return answer(response, 200, { "Content-Type": TYPES[".html"], "Content-Security-Policy": POLICY, ...headers, ...own }, `<!doctype html><meta charset="utf-8">${html}`);
    }
    const [prefix, folder] = Object.entries(folders).find(([start]) => url.startsWith(start)) ?? [];
    if (folder === undefined) return answer(response, url === "/favicon.ico" ? 204 : 404, {}, "");
    const tampered = await state.tamper(url);
    if (tampered === "broken") return void request.socket.destroy();
    if (typeof tampered === "number") return answer(response, tampered, headers, "");
    const file = path.join(folder, path.normalize(url.slice(prefix.length)), url.endsWith("/") ? "index.html" : "");
    const bytes = tampered ?? (await readFile(file).catch(() => null));
    if (bytes === null) return answer(response, 404, headers, "");
    const ancestors = state.frameAncestors && { "Content-Security-Policy": `frame-ancestors ${state.frameAncestors}` };
    return answer(response, 200, { "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream", ...ancestors, ...headers }, bytes);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => answer(response, 500, {}, String(error)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}`,
    /** The same server seen as another origin. */
    otherUrl: `http://localhost:${port}`,
    uploads,
    requests,
    state,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response, status, headers, body) {
  response.writeHead(status, headers);
  response.end(body);
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The parts of a multipart body: their headers and bytes. */
function partsOf(type, body) {
  const boundary = /boundary=(.+)$/.exec(type)?.[1];
  if (boundary === undefined) return [];
  const text = body.toString("latin1");
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf("\r\n\r\n");
      const head = part.slice(2, end);
      return {
        name: /name="([^"]*)"/.exec(head)?.[1],
        filename: /filename="([^"]*)"/.exec(head)?.[1],
        type: /Content-Type: (.+)/i.exec(head)?.[1],
        bytes: Buffer.from(part.slice(end + 4, -2), "latin1"),
      };
    });
}

/** Parts that are files with something in them. */
export const filesOf = (upload) => upload.parts.filter(({ filename, bytes }) => filename !== undefined && bytes.length > 0);

/** The longest run of bytes of the original's image data that stands in `sent`, as far as it has `length` or more. */
export function sharedRun(sent, original, length = 64) {
  const half = length / 2;
  const blocks = new Map();
  const start = Math.max(0, original.lastIndexOf(Buffer.from([0xff, 0xda]))); // Tables before it may be those that the standard gives.
  // A shared run contains at least one whole block of half its length.
  for (let at = start; at + half <= original.length; at += half) blocks.set(original.toString("latin1", at, at + half), at);
  const text = sent.toString("latin1");
  let longest = 0;
  for (let at = 0; at + half <= text.length; at += 1) {
    const from = blocks.get(text.slice(at, at + half));
    if (from === undefined) continue;
    let [before, after] = [0, half];
    while (sent[at - before - 1] === original[from - before - 1] && before < at && before < from) before += 1;
    while (at + after < sent.length && sent[at + after] === original[from + after]) after += 1;
    if (before + after >= length) longest = Math.max(longest, before + after);
  }
  return longest;
}
