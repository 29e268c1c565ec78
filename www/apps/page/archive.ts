/**
 * Reads zip files by their directory. All is bounded: the directory, how much each file may become, and all of them together, since
 * each must have bytes of its own. What is packed is unpacked when its turn comes, by the browser.
 */

import { IntakeError, MOST_FILES, isJunk } from "./source.js";
import type { Intake, Source } from "./source.js";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
/** These values say that the real ones stand elsewhere, as for more than 4 GB or 65,535 files. */
const ELSEWHERE_32 = 0xffffffff;
const ELSEWHERE_16 = 0xffff;

/** A directory of 10,000 files with very long names takes less. */
const MOST_DIRECTORY_BYTES = 16 * 1024 * 1024;
/** The engine takes no larger file. */
const MOST_BYTES = 256 * 1024 * 1024;

const ENCRYPTED = 1;
const UTF8_NAME = 1 << 11;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packed: number;
  readonly bytes: number;
  /** Where its local header is. */
  readonly at: number;
}

/** The files in the zip file, and what is wrong with those that cannot be had. @throws IntakeError if it is no zip file that can be read */
export async function readZip(zip: File, zipName: string): Promise<Intake> {
  const entries = (await directoryOf(zip)).filter(({ name }) => !name.endsWith("/") && !isJunk(name));
  if (entries.length === 0) {
    throw new IntakeError("zip-empty");
  }
  if (entries.reduce((sum, { packed }) => sum + packed, 0) > zip.size) {
    throw new IntakeError("zip-bomb"); // Entries share the same bytes.
  }
  const intake: Intake = { files: [], refused: [] };
  for (const entry of entries) {
    const name = `${zipName}/${entry.name}`;
    const code = refusalOf(entry);
    if (code === null) {
      intake.files.push(sourceOf(zip, entry, name));
    } else {
      intake.refused.push({ name, code });
    }
  }
  return intake;
}

function refusalOf({ name, flags, method, packed, bytes }: Entry): string | null {
  if ((flags & ENCRYPTED) !== 0) {
    return "zip-encrypted";
  }
  if (/\.zip$/i.test(name)) {
    return "zip-nested";
  }
  if (method !== STORED && method !== DEFLATED) {
    return "zip-method";
  }
  if (bytes > MOST_BYTES) {
    return "too-many-bytes";
  }
  return method === STORED && packed !== bytes ? "zip-damaged" : null;
}

async function directoryOf(zip: File): Promise<Entry[]> {
  const tail = await view(zip, Math.max(0, zip.size - END_BYTES - LONGEST_COMMENT), zip.size);
  const end = endOf(tail);
  const [count, bytes, start] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (count === ELSEWHERE_16 || bytes === ELSEWHERE_32 || start === ELSEWHERE_32 || bytes > MOST_DIRECTORY_BYTES) {
    throw new IntakeError("zip-large");
  }
  if (start + bytes > zip.size) {
    throw new IntakeError("zip-damaged");
  }
  return entriesOf(await view(zip, start, start + bytes), Math.min(count, MOST_FILES));
}

/** Where the directory's end is described: the last place that fits, since a comment may follow. */
function endOf(tail: DataView): number {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === END && at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength) {
      return at;
    }
  }
  throw new IntakeError("zip-damaged");
}

function entriesOf(directory: DataView, count: number): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + ENTRY_BYTES > directory.byteLength || directory.getUint32(at, true) !== ENTRY) {
      throw new IntakeError("zip-damaged");
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => directory.getUint16(at + offset, true)) as [number, number, number];
    if (at + ENTRY_BYTES + nameBytes > directory.byteLength) {
      throw new IntakeError("zip-damaged");
    }
    entries.push(entryAt(directory, at, nameBytes));
    at += ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

function entryAt(directory: DataView, at: number, nameBytes: number): Entry {
  const flags = directory.getUint16(at + 8, true);
  const name = new Uint8Array(directory.buffer, directory.byteOffset + at + ENTRY_BYTES, nameBytes);
  return {
    name: nameOf(name, (flags & UTF8_NAME) !== 0),
    flags,
    method: directory.getUint16(at + 10, true),
    packed: directory.getUint32(at + 20, true),
    bytes: directory.getUint32(at + 24, true),
    at: directory.getUint32(at + 42, true),
  };
}

/** Many programs write UTF-8 without saying so. */
function nameOf(bytes: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: !isUtf8 }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function sourceOf(zip: File, entry: Entry, name: string): Source {
  return {
    name,
    open: async () => {
      const blob = entry.method === STORED ? await packedBytes(zip, entry) : await unpacked(await packedBytes(zip, entry), entry.bytes);
      if (blob.size > 4 && (await view(blob, 0, 4)).getUint32(0, true) === LOCAL) {
        throw new IntakeError("zip-nested");
      }
      return new File([blob], name.slice(name.lastIndexOf("/") + 1));
    },
  };
}

async function packedBytes(zip: File, { at, packed }: Entry): Promise<Blob> {
  if (at + LOCAL_BYTES > zip.size) {
    throw new IntakeError("zip-damaged");
  }
  const header = await view(zip, at, at + LOCAL_BYTES);
  const start = at + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  if (header.getUint32(0, true) !== LOCAL || start + packed > zip.size) {
    throw new IntakeError("zip-damaged");
  }
  return zip.slice(start, start + packed);
}

/** Stops as soon as there is more than the directory says. */
async function unpacked(blob: Blob, bytes: number): Promise<Blob> {
  const reader = blob.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new IntakeError("zip-damaged");
    });
    if (done) {
      break;
    }
    size += value.byteLength;
    if (size > bytes) {
      void reader.cancel().catch(() => undefined);
      throw new IntakeError("zip-bomb");
    }
    chunks.push(value as Uint8Array<ArrayBuffer>);
  }
  if (size < bytes) {
    throw new IntakeError("zip-damaged");
  }
  return new Blob(chunks);
}

async function view(blob: Blob, start: number, end: number): Promise<DataView> {
  return new DataView(await blob.slice(start, end).arrayBuffer());
}
