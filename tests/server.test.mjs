import assert from "node:assert/strict";
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { SECURITY_HEADERS, startServer } from "../tools/serve.mjs";

let folder;
let server;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tarnkappe-server-"));
  const root = path.join(folder, "root");
  await mkdir(root);
  await writeFile(path.join(folder, "secret.txt"), "secret");
  await writeFile(path.join(root, "index.html"), "<!doctype html>" + " ".repeat(1000));
  await writeFile(path.join(root, "a.wasm"), Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  await writeFile(path.join(root, "a.js"), "export {};");
  await writeFile(path.join(root, "a-5APJ6RGX.js"), "export {};");
  await writeFile(path.join(root, "b-a261e8c0.packed"), "network");
  await writeFile(path.join(root, "changing.txt"), "first");
  await symlink(path.join(folder, "secret.txt"), path.join(root, "link.txt"));
  server = await startServer({ root, log: path.join(folder, "log") });
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Sends the path as it is; fetch would tidy up the dots. */
function get(rawPath, { method = "GET", headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, path: rawPath, method, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on("error", reject).end();
  });
}

test("a folder is answered with its index page", async () => {
  const response = await get("/");
  assert.equal(response.status, 200);
  assert.match(response.body.toString(), /^<!doctype html>/);
});

test("WebAssembly has the type that streaming compilation needs", async () => {
  assert.equal((await get("/a.wasm")).headers["content-type"], "application/wasm");
});

test("modules have a JavaScript type", async () => {
  assert.match((await get("/a.js")).headers["content-type"], /^text\/javascript/);
});

for (const rawPath of ["/", "/nowhere"]) {
  test(`the answer to ${rawPath} carries every security header`, async () => {
    const { headers } = await get(rawPath);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) assert.equal(headers[name.toLowerCase()], value);
  });
}

for (const rawPath of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/x/../../secret.txt", "/link.txt"]) {
  test(`${rawPath} does not lead out of the folder`, async () => {
    assert.equal((await get(rawPath)).status, 404);
  });
}

for (const rawPath of ["/%", "/%00", "/%ff", "//", "/index.html/"]) {
  test(`the malformed path ${rawPath} is not found, and the server lives on`, async () => {
    assert.equal((await get(rawPath)).status, rawPath === "//" ? 200 : 404);
    assert.equal((await get("/")).status, 200);
  });
}

test("an unchanged file is not sent again", async () => {
  const { etag } = (await get("/a.js")).headers;
  const again = await get("/a.js", { headers: { "If-None-Match": etag } });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
});

for (const [rawPath, expected] of [
  ["/a-5APJ6RGX.js", /immutable/],
  ["/b-a261e8c0.packed", /immutable/],
  ["/a.js", /^no-cache$/],
  ["/", /^no-cache$/],
]) {
  test(`how long ${rawPath} may be kept: ${expected}`, async () => {
    assert.match((await get(rawPath)).headers["cache-control"], expected);
  });
}

test("a changed file is sent anew", async () => {
  const { etag } = (await get("/changing.txt")).headers;
  await writeFile(path.join(folder, "root", "changing.txt"), "second");
  const again = await get("/changing.txt", { headers: { "If-None-Match": etag } });
  assert.equal(again.body.toString(), "second");
});

for (const encoding of ["br", "gzip"]) {
  test(`${encoding} is used where it is accepted`, async () => {
    const { headers, body } = await get("/", { headers: { "Accept-Encoding": encoding } });
    assert.equal(headers["content-encoding"], encoding);
    assert.ok(body.length < 200);
  });
}

test("an encoding that the client refuses is not used", async () => {
  const { headers } = await get("/", { headers: { "Accept-Encoding": "br;q=0, gzip;q=0.0" } });
  assert.equal(headers["content-encoding"], undefined);
});

test("a HEAD request is answered without a body", async () => {
  const response = await get("/a.js", { method: "HEAD" });
  assert.equal(response.headers["content-length"], "10");
  assert.equal(response.body.length, 0);
});

test("nothing can be sent to the server", async () => {
  assert.equal((await get("/", { method: "POST" })).status, 405);
});

test("each request is one line in the log", async () => {
  await get("/logged");
  const lines = (await readFile(path.join(folder, "log"), "utf8")).trimEnd().split("\n");
  assert.equal(lines.length, server.requests.length);
  assert.match(lines.at(-1), /^\S+Z GET \/logged 404$/);
});

test("a taken port is an error", async () => {
  await assert.rejects(startServer({ root: folder, port: server.port }), { code: "EADDRINUSE" });
});
