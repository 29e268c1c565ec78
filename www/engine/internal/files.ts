/** The files that are fetched at run time. */

/** Paths from the folder that is served. */
interface Files {
  /** `integrity`: the hash, as a request states it. */
  worker: { path: string; integrity: string };
  /** Modules of WebAssembly: for every browser, with fused multiply-add, both with the decoders of rare formats, and with tract. */
  modules: { plain: string; relaxed: string; formats: { plain: LazyFile; relaxed: LazyFile }; tract: string };
  /** Modules that only decode, by the formats' names in reports. A host may leave them out. */
  decoders: Record<string, LazyFile>;
  /** By their names in models/manifest.toml. */
  networks: Record<string, LazyFile>;
  /** Where the folder that is served lies, seen from the code. */
  folder: string;
  /** Hashes by paths, where the files may come from another place than the code. */
  integrity: Record<string, string>;
  /** Of a page that is one file: all parts that it has, by paths; see `inlined.ts`. */
  inlined?: Record<string, string>;
  /** Of the workshop alone. */
  workshop?: WorkshopFiles;
}

/** What the workshop's attacks need besides networks. */
export interface WorkshopFiles {
  worker: { path: string; integrity: string };
  module: LazyFile;
  /** Portraits, one after the other. */
  gallery: LazyFile;
}

/** Filled in by the build (tools/build_web.mjs, tools/build_npm.mjs, tools/build_portable.mjs), which gives files names with their hash. */
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

/** The folder that is served. */
export function folder(): URL {
  const here = import.meta.url; // Bundlers take what stands in one expression with it for a file to be bundled.
  return new URL(FILES.folder, here);
}
