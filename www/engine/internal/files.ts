/** The files that are fetched at run time. */

/** Paths from the folder that is served. */
interface Files {
  /** `integrity`: the hash, as a request states it. */
  worker: { path: string; integrity: string };
  /** Modules of WebAssembly: for every browser, with fused multiply-add, both with the decoders of rare formats, and with tract. */
  modules: { plain: string; relaxed: string; formats: { plain: LazyFile; relaxed: LazyFile }; tract: string };
  /** By their names in models/manifest.toml. */
  networks: Record<string, LazyFile>;
}

/** Filled in by the build (tools/build_web.mjs), which gives files names with their hash. */
declare const TARNKAPPE_FILES: Files;

export const FILES = TARNKAPPE_FILES;

/** A file that is fetched only once it is needed. */
export interface LazyFile {
  path: string;
  bytes: number;
  sha256: string;
}

/** A network that is fetched only once somebody asks for what it does. */
export interface NetworkFile extends LazyFile {
  /** Its name in models/manifest.toml. */
  family: string;
}

/** @throws Error if the build knows no such network */
export function networkFile(family: string): NetworkFile {
  const file = FILES.networks[family];
  if (file === undefined) {
    throw new Error(`models/manifest.toml has no ${family}`);
  }
  return { family, ...file };
}

/** The folder that is served: this code lies in a folder in it. */
export function folder(): URL {
  return new URL("../", import.meta.url);
}
