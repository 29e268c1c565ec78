/** A modifier for Uppy: what is uploaded are proved copies. A file that has none is not uploaded. */

import { BasePlugin } from "@uppy/core";
import type { Body, Meta, PluginOpts, Uppy } from "@uppy/core";
import { AdapterEngine } from "./engine.js";
import type { AdapterOptions } from "./engine.js";

export interface TarnkappeUppyOptions extends PluginOpts, AdapterOptions {}

export default class TarnkappeUppy<M extends Meta, B extends Body> extends BasePlugin<TarnkappeUppyOptions, M, B> {
  readonly #engine: AdapterEngine;
  /** What is being cleaned, or could not be: Uppy itself has nothing of it any more, so no uploader can send it. */
  readonly #originals = new Map<string, Blob>();
  readonly #copies = new WeakSet<Blob>();

  constructor(uppy: Uppy<M, B>, options?: TarnkappeUppyOptions) {
    super(uppy, options);
    this.id = options?.id ?? "Tarnkappe";
    this.type = "modifier";
    this.#engine = new AdapterEngine(options ?? {});
  }

  override install(): void {
    this.uppy.addPreProcessor(this.#prepare);
    this.uppy.on("file-removed", this.#forget);
  }

  override uninstall(): void {
    this.uppy.removePreProcessor(this.#prepare);
    this.uppy.off("file-removed", this.#forget);
    this.#originals.clear();
    this.#engine.dispose();
  }

  readonly #forget = (file: { id: string }): void => {
    this.#originals.delete(file.id);
  };

  readonly #prepare = async (ids: string[]): Promise<void> => {
    await Promise.all(ids.map((id) => this.#clean(id)));
  };

  async #clean(id: string): Promise<void> {
    const file = this.uppy.getFile(id);
    const { data } = file;
    if (data instanceof Blob && this.#copies.has(data)) {
      return; // It is uploaded once more.
    }
    const original = this.#originals.get(id) ?? (file.isRemote ? undefined : data);
    this.uppy.emit("preprocess-progress", file, { mode: "indeterminate", message: "Covering faces" });
    this.uppy.setFileState(id, { data: new Blob([]), size: 0 });
    try {
      if (!(original instanceof Blob)) {
        throw new Error("A file that lies on another server cannot be cleaned.");
      }
      this.#originals.set(id, original);
      this.#replace(id, await this.#engine.copy(original, file.name ?? "photo"));
    } catch (error) {
      // Uploaders leave out files with an error.
      this.uppy.emit("upload-error", this.uppy.getFile(id), error instanceof Error ? error : new Error(String(error)));
    }
    this.uppy.emit("preprocess-complete", this.uppy.getFile(id));
  }

  /** The name goes, too, and that of the folder: they may say when, where and with what the photo was taken. */
  #replace(id: string, copy: File): void {
    const file = this.uppy.getFile(id);
    if (file === undefined) {
      return; // It has been taken out.
    }
    this.#copies.add(copy);
    this.#originals.delete(id);
    const { name, type, size } = copy;
    const meta = { ...file.meta, name, type, ...("relativePath" in file.meta && { relativePath: null }) };
    this.uppy.setFileState(id, { data: copy, name, type, size, extension: name.split(".").at(-1) ?? "", meta });
  }
}
