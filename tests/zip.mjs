// Zip files for tests, also such as no program writes.

import { deflateRawSync } from "node:zlib";

/**
 * @param {{name: string, content: Buffer, stored?: boolean, flags?: number, method?: number, claims?: number}[]} files
 *   `claims`: how long the content is said to be
 */
export function zipOf(files, { comment = "" } = {}) {
  const locals = [];
  const entries = [];
  let at = 0;
  for (const file of files) {
    const { name, content, stored = false, flags = 0x800, claims = content.length } = file;
    const data = stored ? content : deflateRawSync(content);
    const method = file.method ?? (stored ? 0 : 8);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    locals.push(local, Buffer.from(name), data);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(claims, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(file.at ?? at, 42);
    entries.push(entry, Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + data.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, directory, end, Buffer.from(comment)]);
}

/** Names and contents of the files in a zip file whose entries lie one behind the other and are not packed. */
export function storedIn(zip) {
  const files = [];
  let at = zip.readUInt32LE(zip.length - 22 + 16);
  for (let left = zip.readUInt16LE(zip.length - 22 + 10); left > 0; left -= 1) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const [time, date] = [12, 14].map((offset) => zip.readUInt16LE(at + offset));
    const start = zip.readUInt32LE(at + 42);
    const content = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    files.push({ name, time, date, content: zip.subarray(content, content + zip.readUInt32LE(at + 24)) });
    at += 46 + nameLength + extra + comment;
  }
  return files;
}
