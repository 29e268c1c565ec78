// Names every module of the page in its HTML, so that the browser fetches all at once: without that it learns of each only
// from those that import it, one generation after the other.
//
//   node tools/preload.mjs INDEX_HTML

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Imports as tsc writes them. */
const IMPORT = /^(?:import|export)\b.* from "(\.[^"]+)";$/gm;
/** A link to a module, whose imports are to follow. */
const LINK = /^( *)<link rel="modulepreload" href="([^"]+)">\n/gm;

/** Adds the path of a module in `folder`, and of all that it imports, to those that are `found`. */
function collect(folder, file, found) {
  if (found.has(file)) return;
  found.add(file);
  const source = readFileSync(path.join(folder, file), "utf8");
  for (const [, imported] of source.matchAll(IMPORT)) {
    collect(folder, path.posix.join(path.posix.dirname(file), imported), found);
  }
}

const index = process.argv[2];
const html = readFileSync(index, "utf8");
const found = new Set();
const links = html.replace(LINK, (_, indent, file) => {
  const known = found.size;
  collect(path.dirname(index), file, found);
  return [...found].slice(known).map((name) => `${indent}<link rel="modulepreload" href="${name}">\n`).join("");
});
writeFileSync(index, links);
