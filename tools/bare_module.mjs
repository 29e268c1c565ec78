// Takes out of a WebAssembly module what wasm-bindgen's crates export, and what only that uses: for a module that is used without glue.
//
//   node tools/bare_module.mjs IN OUT EXPORT…

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

const [source, target, ...kept] = process.argv.slice(2);
const bytes = readFileSync(source);
const module = binaryen.readBinary(bytes);
module.setFeatures(binaryen.Features.All);
const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
names.filter((name) => name !== "memory" && !kept.includes(name)).forEach((name) => module.removeExport(name));
module.runPasses(["remove-unused-module-elements", "strip-debug", "strip-producers"]);
const bare = module.emitBinary();
const imports = WebAssembly.Module.imports(new WebAssembly.Module(bare));
if (imports.length > 0) throw new Error(`It still imports ${imports.map(({ name }) => name)}`);
writeFileSync(target, bare);
