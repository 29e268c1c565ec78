// Takes out of a module that decodes for the page (tools/decoder.rs) what wasm-bindgen's crates export, and what only that uses: it is
// used without glue.
//
//   node tools/bare_module.mjs IN OUT

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

const KEPT = ["memory", "input", "decode"];
/** What rustc uses. With all features, wasm-opt would make use of those that older browsers lack. */
const { BulkMemory, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SIMD128, SignExt } = binaryen.Features;
const FEATURES = BulkMemory | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SIMD128 | SignExt;
/** The clock. */
const IMPORT = "now";

const [source, target] = process.argv.slice(2);
const bytes = readFileSync(source);
const module = binaryen.readBinary(bytes);
module.setFeatures(FEATURES);
const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
names.filter((name) => !KEPT.includes(name)).forEach((name) => module.removeExport(name));
module.runPasses(["remove-unused-module-elements", "strip-debug", "strip-producers"]);
const bare = module.emitBinary();
const imports = WebAssembly.Module.imports(new WebAssembly.Module(bare)).filter(({ name }) => name !== IMPORT);
if (imports.length > 0) throw new Error(`It still imports ${imports.map(({ name }) => name)}`);
writeFileSync(target, bare);
