/** How photos come in: chosen, dropped, pasted, taken or opened with the installed page; in folders and zip files, too. */

import { IntakeError, MOST_FILES, fromFile, isJunk } from "./source.js";
import type { Intake, Refused, Source } from "./source.js";

/** What was dropped or pasted: must be asked for while the event is being handled, since the list is empty afterwards. */
function entriesOf(transfer: DataTransfer): (File | FileSystemEntry)[] {
  return [...transfer.items].flatMap((item): (File | FileSystemEntry)[] => {
    if (item.kind !== "file") {
      return [];
    }
    const entry = item.webkitGetAsEntry();
    const file = entry?.isDirectory ? entry : item.getAsFile();
    return file === null ? [] : [file];
  });
}

/** The photos in what was chosen, as far as they can be had. */
export async function takeIn(chosen: readonly (File | FileSystemEntry)[]): Promise<Intake> {
  const intake: Intake = { files: [], refused: [] };
  for (const each of chosen) {
    if (each instanceof File) {
      await addSource(fromFile(each), intake);
    } else {
      await refusing(each.name, intake.refused, () => addFolder(each as FileSystemDirectoryEntry, intake));
    }
  }
  return intake;
}

/** Opening takes time. */
export function mustBeOpened(chosen: readonly (File | FileSystemEntry)[]): boolean {
  return chosen.some((each) => !(each instanceof File) || isZip(each.name));
}

function isZip(name: string): boolean {
  return /\.zip$/i.test(name);
}

async function addSource(source: Source, intake: Intake): Promise<void> {
  if (!isZip(source.name)) {
    intake.files.push(source);
    return;
  }
  await refusing(source.name, intake.refused, async () => {
    const { readZip } = await import("./archive.js").catch(() => {
      throw new IntakeError("load");
    });
    const { files, refused } = await readZip(await source.open(), source.name);
    intake.files.push(...files);
    intake.refused.push(...refused);
  });
}

async function refusing(name: string, refused: Refused[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    refused.push({ name, code: error instanceof IntakeError ? error.code : "unreadable" });
  }
}

/** Adds the files of the folder and of all folders in it. */
async function addFolder(folder: FileSystemDirectoryEntry, intake: Intake): Promise<void> {
  const before = intake.files.length + intake.refused.length;
  const folders = [folder];
  for (let next = folders.shift(); next !== undefined && intake.files.length < MOST_FILES; next = folders.shift()) {
    for await (const entry of listed(next)) {
      if (entry.isDirectory) {
        folders.push(entry as FileSystemDirectoryEntry);
      } else if (!isJunk(entry.fullPath)) {
        await addSource(fromEntry(entry as FileSystemFileEntry), intake);
      }
    }
  }
  if (intake.files.length + intake.refused.length === before) {
    throw new IntakeError("folder-empty");
  }
}

/** A folder is listed in parts. */
async function* listed(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) {
      return;
    }
    yield* part;
  }
}

function fromEntry(entry: FileSystemFileEntry): Source {
  return { name: entry.fullPath.replace(/^\//, ""), open: () => new Promise((resolve, reject) => entry.file(resolve, reject)) };
}

/** Calls `receive` for whatever is dropped on or pasted into the page. Text being pasted is left alone. */
export function listen(target: Window, receive: (chosen: (File | FileSystemEntry)[]) => void, onDragging: (dragging: boolean) => void): void {
  target.addEventListener("dragover", (event) => {
    event.preventDefault();
    onDragging(true);
  });
  target.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) {
      onDragging(false);
    }
  });
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    onDragging(false);
    deliver(event.dataTransfer, receive);
  });
  target.addEventListener("paste", (event) => deliver(event.clipboardData, receive));
}

function deliver(transfer: DataTransfer | null, receive: (chosen: (File | FileSystemEntry)[]) => void): void {
  const chosen = transfer === null ? [] : entriesOf(transfer);
  if (chosen.length > 0) {
    receive(chosen);
  }
}

/** Not in TypeScript's library yet. */
interface LaunchQueue {
  setConsumer(consume: (launch: { files?: readonly { getFile(): Promise<File> }[] }) => void): void;
}

/** Calls `receive` for files that the system opens with the installed page, as the manifest's `file_handlers` say. */
export function listenForLaunch(receive: (files: File[]) => void): void {
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    if (files.length > 0) {
      receive(await Promise.all(files.map((file) => file.getFile())));
    }
  });
}
