/** Handing proved copies over to the person: to the browser's downloads, to files and folders of their choice, or to another app. */

import type { Target } from "../../model/saving.js";

/** A zip file holds at most so much if it has to be made in memory, in bytes. */
const MOST_ZIP_BYTES = 500_000_000;

/** Browsers drop downloads that start in the same instant. */
const PAUSE_BETWEEN_DOWNLOADS_MS = 300;

/** A download goes on reading for a while after it was asked for. */
export const DOWNLOAD_MS = 60_000;

/** When a file was made says when the photos were worked on. */
const NO_DATE = new Date(1980, 0, 1);

/** A copy to be saved. */
export interface Part {
  /** The number of the work that made it. */
  readonly made: number;
  readonly file: File;
}

/** What becomes of the copies, by the numbers of the work that made them. */
export interface Told {
  /** They are in a file that is not complete yet. */
  written(copies: readonly number[]): void;
  saved(copies: readonly number[]): void;
}

/** Only some browsers have these. */
interface Pickers {
  showSaveFilePicker?(options: object): Promise<FileSystemFileHandle>;
  showDirectoryPicker?(options: object): Promise<FileSystemDirectoryHandle>;
}

export const canSaveToFolder = "showDirectoryPicker" in globalThis;

/** Copies that are still to come, one by one. One that is dropped before its turn comes is left out. */
export class Parts {
  readonly #parts: { made: number; url: string }[] = [];
  readonly #find: (url: string) => File | undefined;
  #isOver = false;
  #wake: () => void = () => undefined;

  /** @param find the copy at an address, as long as there is one */
  constructor(find: (url: string) => File | undefined) {
    this.#find = find;
  }

  push(made: number, url: string): void {
    this.#parts.push({ made, url });
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** The next one; null after the last. */
  async next(): Promise<Part | null> {
    for (;;) {
      const part = this.#parts.shift();
      const file = part && this.#find(part.url);
      if (part !== undefined && file !== undefined) {
        return { made: part.made, file };
      }
      if (part === undefined && this.#isOver) {
        return null;
      }
      if (part === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }
}

/** Must be called while a click is being handled, since it may ask for a place. The promise is rejected if not all copies are saved. */
export async function save(to: Target, parts: Parts, told: Told, signal: AbortSignal): Promise<void> {
  const { showSaveFilePicker, showDirectoryPicker } = globalThis as Pickers;
  const name = { id: "copies", suggestedName: "photos.zip", startIn: "pictures" };
  if (to === "folder" && showDirectoryPicker !== undefined) {
    await saveToFolder(await showDirectoryPicker.call(globalThis, { id: "copies", mode: "readwrite" }), parts, told, signal);
    return;
  }
  const file = await showSaveFilePicker?.call(globalThis, name).catch(unlessChosen);
  if (file === undefined) {
    await downloadZips(parts, told, signal);
  } else {
    await streamZip(file, parts, told, signal);
  }
}

/** The person has closed the dialog. Any other error means that there is none here. */
export function isChangeOfMind(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function unlessChosen(error: unknown): undefined {
  if (isChangeOfMind(error)) {
    throw error;
  }
}

async function saveToFolder(folder: FileSystemDirectoryHandle, parts: Parts, told: Told, signal: AbortSignal): Promise<void> {
  for (let part = await parts.next(); part !== null; part = await parts.next()) {
    signal.throwIfAborted();
    const handle = await folder.getFileHandle(await freeName(folder, part.file.name), { create: true });
    await part.file.stream().pipeTo(await handle.createWritable(), { signal });
    told.saved([part.made]);
  }
}

/** A file that is there is never overwritten. */
async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  const dot = name.lastIndexOf(".");
  for (let count = 1; ; count += 1) {
    const free = count === 1 ? name : `${name.slice(0, dot)}-${count}${name.slice(dot)}`;
    const isThere = await folder.getFileHandle(free).then(() => true, (error: DOMException) => error.name !== "NotFoundError");
    if (!isThere) {
      return free;
    }
  }
}

/** The file is complete, or there is none. */
async function streamZip(handle: FileSystemFileHandle, parts: Parts, told: Told, signal: AbortSignal): Promise<void> {
  const { makeZip } = await import("client-zip");
  const taken: number[] = [];
  await makeZip(entries(() => parts.next(), taken, told)).pipeTo(await handle.createWritable(), { signal });
  told.saved(taken);
}

async function* entries(next: () => Promise<Part | null>, taken: number[], told: Told) {
  for (let part = await next(); part !== null; part = await next()) {
    yield { name: part.file.name, lastModified: NO_DATE, input: part.file, size: part.file.size };
    taken.push(part.made);
    told.written([part.made]); // The next one is asked for once this one has been read.
  }
}

/** Without the part that writes zip files, which may not be there without a network, copies are downloaded one by one. */
async function downloadZips(parts: Parts, told: Told, signal: AbortSignal): Promise<void> {
  const zip = await import("client-zip").catch(() => null);
  if (zip === null) {
    await downloadEach(parts, told, signal);
    return;
  }
  let first = await parts.next();
  for (let number = 1; first !== null; number += 1) {
    const batch = new Batch(first, parts);
    const taken: number[] = [];
    const blob = await new Response(zip.makeZip(entries(() => batch.next(), taken, told))).blob();
    signal.throwIfAborted();
    download(blob, number === 1 ? "photos.zip" : `photos-${number}.zip`);
    told.saved(taken);
    await pause();
    first = batch.rest;
  }
}

/** As many copies as a zip file may hold, at least one. */
class Batch {
  #bytes = 0;
  #isFull = false;
  /** The one that did not fit. */
  rest: Part | null;

  constructor(
    first: Part,
    readonly parts: Parts,
  ) {
    this.rest = first;
  }

  async next(): Promise<Part | null> {
    const part = this.rest ?? (this.#isFull ? null : await this.parts.next());
    this.rest = null;
    if (part !== null && this.#bytes > 0 && this.#bytes + part.file.size > MOST_ZIP_BYTES) {
      this.rest = part;
      this.#isFull = true;
      return null;
    }
    this.#bytes += part?.file.size ?? 0;
    return part;
  }
}

async function downloadEach(parts: Parts, told: Told, signal: AbortSignal): Promise<void> {
  for (let part = await parts.next(); part !== null; part = await parts.next()) {
    signal.throwIfAborted();
    download(part.file, part.file.name);
    told.saved([part.made]);
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_DOWNLOADS_MS));
}

/** Has the browser download it. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MS);
}

export function canShare(files: File[]): boolean {
  return typeof navigator.canShare === "function" && files.length > 0 && navigator.canShare({ files });
}

/** Opens the system's sheet for sharing. @returns whether an app has taken the files; null if the person has closed the sheet */
export async function share(files: File[]): Promise<boolean | null> {
  try {
    await navigator.share({ files });
    return true;
  } catch (error) {
    return isChangeOfMind(error) ? null : false;
  }
}
