// What the workshop shows of the documentation: the sources of its facts, and how often faces of each group were found and mistaken.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const docs = (name) => readFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), "utf8");
const cellsOf = (line) => line.split("|").slice(1, -1).map((cell) => cell.trim());

/**
 * The table of docs/workshop-sources.md.
 *
 * @returns {{key: string, what: string, where: string, date: string, read: string}[]}
 */
export function readSources(text = docs("workshop-sources.md")) {
  const rows = text.split("\n").filter((line) => /^\| `[a-z0-9-]+` \|/.test(line)).map(cellsOf);
  if (rows.length === 0) throw new Error("docs/workshop-sources.md has no table of sources.");
  return rows.map(([key, what, where, date, read]) => ({ key: key.replaceAll("`", ""), what, where: where.replace(/^<|>$/g, ""), date, read }));
}

const share = (cell) => {
  const number = Number(cell.replace(/%$/, ""));
  if (!/%$/.test(cell) || Number.isNaN(number)) throw new Error(`${cell} is no share`);
  return number / 100;
};

/** The rows of a table that a measurement has written into a document, without its heads, which must be these. */
function readTable(text, name, heads) {
  const [, table] = text.match(new RegExp(`<!-- ${name} -->\\n\\n([^]*?)\\n\\n<!-- end -->`)) ?? [];
  if (table === undefined) throw new Error(`There is no table ${name}.`);
  const [found, , ...rows] = table.split("\n").map(cellsOf);
  if (!heads.test(`${found}`)) throw new Error(`${name} has other columns: ${found}`);
  return rows.map(([label, ...cells]) => {
    const [kind, group] = label.split(": ");
    return { kind, group, cells };
  });
}

const between = (cell) => cell.split(" to ").map(share);

/** For each group, the share of its faces that the quick and the thorough search found. */
function readFound(text, name) {
  const heads = /^,faces,found, default,interval,not covered,found, thorough,interval,not covered$/;
  return readTable(text, name, heads).map(({ kind, group, cells: [faces, found, interval, , thorough, thoroughInterval] }) => {
    return { kind, group, faces: Number(faces), quick: share(found), quickInterval: between(interval), thorough: share(thorough), thoroughInterval: between(thoroughInterval) };
  });
}

/**
 * How often faces were found, by group. The build fails if the tables are not there.
 *
 * @returns {{kind: string, group: string, faces: number, quick: number, quickInterval: number[], thorough: number, thoroughInterval: number[]}[]}
 */
export function readGroups(text = docs("accuracy.md")) {
  return [...readFound(text, "eval: groups"), ...readFound(text, "eval: portraits")];
}

/**
 * How often the recogniser takes two persons of a group for one, at the threshold that one in a hundred pairs of people from 13 years on
 * reaches. The build fails if the table is not there.
 *
 * @returns {{kind: string, group: string, persons: number, mistaken: number, interval: number[]}[]}
 */
export function readMistaken(text = docs("accuracy.md")) {
  const heads = /^,persons,pairs,false matches at [\d.]+,interval,at [\d.]+,interval$/;
  return readTable(text, "pairs: groups", heads).map(({ kind, group, cells: [persons, , , , mistaken, interval] }) => {
    return { kind, group, persons: Number(persons), mistaken: share(mistaken), interval: between(interval) };
  });
}

/** The quiz's covers by the names of docs/threats.md. */
const COVERS = {
  eye_bar: "eye bar",
  mosaic_16: "mosaic, 16 cells",
  blur_light: "Gaussian 0.05 w",
  blur_strong: "Gaussian 0.2 w",
  mosaic_8: "mosaic, 8 cells",
  solid: "Tarnkappe solid",
};

/**
 * Of 100 people covered in that way, how many the best attack found that has one covered photo and searches by another. The build fails if
 * the table of docs/threats.md or a row of it is not there.
 *
 * @returns {Record<string, number>}
 */
export function readFoundAgain(text = docs("threats.md")) {
  const heads = /^cover,detected again,other photo,undone first,gallery covered alike,two photos averaged,/;
  const rows = new Map(readTable(text, "attack: covers", heads).map(({ kind, cells: [, ...attacks] }) => [kind, attacks.slice(0, 3)]));
  const best = (name) => Math.max(...(rows.get(name) ?? [name]).map((cell) => Number.parseInt(cell, 10)));
  const found = Object.entries(COVERS).map(([cover, name]) => [cover, best(name)]);
  const bare = found.filter(([, people]) => Number.isNaN(people));
  if (bare.length > 0) throw new Error(`docs/threats.md does not say how many were found behind ${bare.map(([cover]) => cover)}.`);
  return Object.fromEntries(found);
}
