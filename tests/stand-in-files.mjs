// What the build passes to the engine about its files, for tests of the engine's modules one by one. To be imported before them.

/** `sha256`: of the smallest WebAssembly module. */
const formats = { path: "formats.wasm", bytes: 8, sha256: "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476" };
const network = { path: "models/none", bytes: 1, sha256: "" };
globalThis.TARNKAPPE_FILES = {
  worker: { path: "worker.js", integrity: "" },
  modules: { plain: "plain.wasm", relaxed: "relaxed.wasm", formats: { plain: formats, relaxed: formats }, tract: "tract.wasm" },
  decoders: {},
  networks: { yunet: network, centerface: network, retinaface: network, sface: network },
  folder: "./",
  integrity: {},
};
