// What the build passes to the engine about its files, for tests of the engine's modules one by one. To be imported before them.

const formats = { path: "formats.wasm", bytes: 8 };
const network = { path: "models/none", bytes: 1 };
globalThis.TARNKAPPE_FILES = {
  worker: { path: "worker.js", integrity: "" },
  modules: { plain: "plain.wasm", relaxed: "relaxed.wasm", formats: { plain: formats, relaxed: formats }, tract: "tract.wasm" },
  networks: { yunet: network, centerface: network, retinaface: network, sface: network },
};
