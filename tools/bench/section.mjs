// The parts of documents that measurements write, as tools/sections.py knows them: they stand between `<!-- NAME -->` and
// `<!-- end -->`.

import { readFileSync, writeFileSync } from "node:fs";

/** A table in Markdown; every row has as many cells as `head`. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [head, head.map(() => "---"), ...rows].map(line).join("\n");
}

/** Prints a section, and replaces what stands between its markers in the file `docs`, if there is one. */
export function write(docs, name, text) {
  console.log(`\n== ${name}\n\n${text}`);
  if (docs === undefined) return;
  const old = readFileSync(docs, "utf8");
  const begin = `<!-- ${name} -->\n`;
  const start = old.indexOf(begin);
  const end = old.indexOf("<!-- end -->", start);
  if (start < 0 || end < 0) throw new Error(`${docs} has no section ${name}`);
  writeFileSync(docs, `${old.slice(0, start)}${begin}\n${text}\n\n${old.slice(end)}`);
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
