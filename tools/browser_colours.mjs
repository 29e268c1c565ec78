#!/usr/bin/env node
// Does the engine open files with the colours that people see? Compares every picture with Chromium, and TIFF with Pillow.
//
// Usage: node tools/browser_colours.mjs --seen SEEN --python PYTHON [--verbose] FOLDER_OR_FILE…
//
// SEEN is the example `seen` (cargo run --release --example seen), PYTHON one with Pillow. Both pictures are laid on white; the
// difference is the mean over all pixels and channels, in levels of 255. Lists the files that differ by 2 levels or more, those of
// another size, and those that are shown and refused, with the reason. Files that neither opens are counted.
//
// Exit status: 0 nothing to list; 1 otherwise.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { open } from "../tests/browser/chromium.mjs";

/** Levels of 255, as a mean over the picture. */
const TOLERANCE = 2;
const NAMES = /\.(jpe?g|png|webp|gif|bmp|tiff?)$/i;
const MAX_BUFFER = 2 ** 31;

/** Opens a file as image programs do: upright, in sRGB, red green blue alpha on standard output after a line with the size. */
const PILLOW = `
import io, sys
from PIL import Image, ImageCms, ImageOps
image = Image.open(sys.argv[1])
profile = image.info.get("icc_profile")
image = ImageOps.exif_transpose(image)
if image.mode.startswith("I;16"):
    image = image.point(lambda v: v / 257).convert("L")
if profile and image.mode in ("L", "RGB", "CMYK"):
    srgb = ImageCms.createProfile("sRGB")
    image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), srgb, outputMode="RGB")
image = image.convert("RGBA")
sys.stdout.buffer.write(b"%d %d\\n" % image.size + image.tobytes())
`;

const { values, positionals } = parseArgs({
  options: { seen: { type: "string" }, python: { type: "string" }, verbose: { type: "boolean" } },
  allowPositionals: true,
});
if (!values.seen || !values.python || positionals.length === 0) {
  throw new Error("usage: browser_colours.mjs --seen SEEN --python PYTHON [--verbose] FOLDER_OR_FILE…");
}

const files = positionals.flatMap(pictures).sort();
if (files.length === 0) {
  console.log("No pictures there, so nothing was compared.");
  process.exit(0);
}
process.exitCode = report(await compareAll(files));

/** The pictures in a folder, or the file itself. */
function pictures(path) {
  if (!existsSync(path)) {
    console.log(`${path} is not there.`);
    return [];
  }
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && NAMES.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
}

/** What the engine opens: width, height and the pixels, or the reason why not. */
function engine(file) {
  const output = execFileSync(values.seen, [file], { maxBuffer: MAX_BUFFER });
  if (output.subarray(0, 6).equals(Buffer.from("error "))) return { refused: output.toString().slice(6).trim() };
  const end = output.indexOf("ENDHDR\n") + 7;
  const number = (name) => Number(new RegExp(`${name} (\\d+)`).exec(output.toString("latin1", 0, end))[1]);
  return { width: number("WIDTH"), height: number("HEIGHT"), pixels: output.subarray(end) };
}

function pillow(file) {
  const { status, stdout } = spawnSync(values.python, ["-c", PILLOW, file], { maxBuffer: MAX_BUFFER });
  if (status !== 0) return null;
  const end = stdout.indexOf("\n");
  const [width, height] = stdout.toString("latin1", 0, end).split(" ").map(Number);
  return { width, height, pixels: stdout.subarray(end + 1) };
}

/** Answers `/file` with the file and `/seen` with the engine's pixels, so that they need not go through the driver. */
async function startServer() {
  const current = { file: Buffer.alloc(0), seen: Buffer.alloc(0) };
  const server = createServer(({ url }, response) => {
    const part = url === "/file" ? current.file : url === "/seen" ? current.seen : "<!doctype html>";
    response.setHeader("cache-control", "no-store");
    if (url === "/") response.setHeader("content-type", "text/html");
    response.end(part);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { current, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function compareAll(files) {
  const server = await startServer();
  const { page, close } = await open();
  await page.goto(server.url);
  const results = [];
  for (const file of files) {
    const bytes = readFileSync(file);
    const ours = engine(file);
    const isTiff = ["II", "MM"].includes(bytes.toString("latin1", 0, 2));
    Object.assign(server.current, { file: bytes, seen: ours.pixels ?? Buffer.alloc(0) });
    const seen = ours.refused ? null : [ours.width, ours.height];
    const result = isTiff ? withPillow(ours, pillow(file)) : await page.evaluate(withBrowser, seen);
    results.push({ file, ...result, refused: ours.refused });
  }
  await close();
  server.close();
  return results;
}

function withPillow(ours, theirs) {
  if (!theirs) return { shown: false };
  if (ours.refused) return { shown: true };
  if (theirs.width !== ours.width || theirs.height !== ours.height) return { shown: true, size: [theirs.width, theirs.height] };
  let sum = 0;
  for (let at = 0; at < ours.pixels.length; at += 4) {
    const [a, b] = [ours.pixels[at + 3] / 255, theirs.pixels[at + 3] / 255];
    for (let channel = 0; channel < 3; channel++) {
      sum += Math.abs(ours.pixels[at + channel] * a + 255 * (1 - a) - theirs.pixels[at + channel] * b - 255 * (1 - b));
    }
  }
  return { shown: true, difference: sum / (ours.width * ours.height * 3) };
}

/** In the page: shows the file on white and compares it with the engine's pixels on white. */
async function withBrowser(seen) {
  const url = URL.createObjectURL(await (await fetch("/file")).blob());
  const image = new Image();
  const shown = await new Promise((resolve) => {
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = url;
  });
  URL.revokeObjectURL(url);
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!shown || width === 0) return { shown: false };
  if (!seen) return { shown: true };
  if (seen[0] !== width || seen[1] !== height) return { shown: true, size: [width, height] };
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  const theirs = context.getImageData(0, 0, width, height).data;
  const ours = new Uint8Array(await (await fetch("/seen")).arrayBuffer());
  let sum = 0;
  for (let at = 0; at < ours.length; at += 4) {
    const alpha = ours[at + 3] / 255;
    for (let channel = 0; channel < 3; channel++) {
      sum += Math.abs(Math.round(ours[at + channel] * alpha + 255 * (1 - alpha)) - theirs[at + channel]);
    }
  }
  return { shown: true, difference: sum / (width * height * 3) };
}

/** Prints what there is to say; the exit status. */
function report(results) {
  const shown = results.filter((result) => result.shown);
  const refused = shown.filter((result) => result.refused);
  const differs = shown.filter((result) => result.size || result.difference >= TOLERANCE);
  const listed = values.verbose ? shown.filter((result) => result.difference !== undefined) : differs;
  for (const { file, size, difference } of listed) {
    console.log(`${file}: ${size ? `has another size, ${size.join(" x ")}` : `differs by ${difference.toFixed(2)} levels`}`);
  }
  for (const { file, refused: reason } of refused) console.log(`${file}: refused, ${reason}`);
  const neither = results.filter((result) => !result.shown && result.refused).length;
  const only = results.filter((result) => !result.shown && !result.refused);
  for (const { file } of only) console.log(`${file}: opened here only`);
  console.log(
    `${results.length} files, ${shown.length} shown: ${differs.length} differ by ${TOLERANCE} levels or more, ${refused.length} are refused. ` +
      `${only.length} are opened here only, ${neither} by neither.`,
  );
  return differs.length + refused.length > 0 ? 1 : 0;
}
