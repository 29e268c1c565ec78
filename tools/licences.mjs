// The licences of the crates that are in the WebAssembly modules: each asks that its notice goes with the copies.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const REGISTRIES = path.join(process.env.CARGO_HOME ?? path.join(homedir(), ".cargo"), "registry/src");
/** The packages of the modules, with the features of all that are served. */
const MODULES = [["tarnkappe-module", "--features", "rare-formats,workshop"], ["tarnkappe-heic"], ["tarnkappe-jxl"]];
const NOTICE = /^(licen[cs]e|copying|copyright|notice|unlicense)/i;
const RULE = "=".repeat(78);

/** Crates of registries that a module is made of, each as its name and version. */
function cratesOf([name, ...features]) {
  const options = ["--locked", "--offline", "--target", "wasm32-unknown-unknown", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"];
  const tree = execFileSync("cargo", ["tree", "--package", name, ...features, ...options], { encoding: "utf8", cwd: fileURLToPath(new URL("..", import.meta.url)) });
  return tree.split("\n").flatMap((line) => line.match(/^(\S+) v(\S+)( \(\*\))?$/)?.slice(1, 3).join("-") ?? []);
}

/** A crate's licence, and its notices without Apache's where there is the choice of a shorter one. */
function noticesOf(crate) {
  const folder = readdirSync(REGISTRIES).map((registry) => path.join(REGISTRIES, registry, crate)).find(existsSync);
  const files = readdirSync(folder).filter((name) => NOTICE.test(name)).sort();
  const licence = readFileSync(path.join(folder, "Cargo.toml"), "utf8").match(/^license = "(.*)"/m)?.[1] ?? "";
  const shorter = files.filter((name) => !/apache/i.test(name));
  const taken = shorter.some((name) => /mit|bsd/i.test(name)) ? shorter : files;
  return { licence, text: taken.map((name) => readFileSync(path.join(folder, name), "utf8").trim()).join("\n\n") };
}

/** One text, in which crates with the same notice stand together. */
export function licencesOfCrates() {
  const crates = [...new Set(MODULES.flatMap(cratesOf))].sort();
  const byNotice = new Map();
  for (const crate of crates) {
    const { licence, text } = noticesOf(crate);
    byNotice.set(text, [...(byNotice.get(text) ?? []), `${crate} (${licence})`]);
  }
  return [...byNotice].map(([text, names]) => `${RULE}\n${names.join("\n")}\n${RULE}\n\n${text}\n`).join("\n");
}
