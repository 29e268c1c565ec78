// HEIC files for tests, made of the coded picture in tests/photos/astronaut.heic.

import { readFileSync } from "node:fs";

const PHOTO = readFileSync(new URL("photos/astronaut.heic", import.meta.url));
/** Of the picture, both width and height. */
const SIDE = 512;

const u16 = (...numbers) => Buffer.concat(numbers.map((number) => Buffer.from([number >> 8, number & 0xff])));
const u32 = (...numbers) => Buffer.concat(numbers.map((number) => u16(number >>> 16, number & 0xffff)));

function box(kind, ...content) {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(8 + body.length), Buffer.from(kind), body]);
}

const full = (kind, version, ...content) => box(kind, u32(version << 24), ...content);

/** The property that says how the picture is coded. */
function config() {
  const at = PHOTO.indexOf("hvcC") - 4;
  return PHOTO.subarray(at, at + PHOTO.readUInt32BE(at));
}

/** The coded picture, where `iloc` says it lies. */
function coded() {
  const first = PHOTO.indexOf("iloc") + 12;
  const [offset, length] = [4, 14].map((at) => PHOTO.readUInt32BE(first + at));
  return PHOTO.subarray(offset, offset + length);
}

/** @param properties the descriptions; `associations`: of each item, the numbers of those that hold for it; `references`: boxes */
function heif(items, references, properties, associations) {
  const ids = items.map((_, index) => index + 1);
  const infe = (id) => full("infe", 2, u16(id, 0), Buffer.from(`${items[id - 1].kind}\0`));
  const meta = (offsets) =>
    full(
      "meta",
      0,
      full("hdlr", 0, u32(0), Buffer.from("pict"), Buffer.alloc(13)),
      full("pitm", 0, u16(1)),
      full("iloc", 0, u16(0x4400, items.length), ...ids.map((id) => Buffer.concat([u16(id, 0, 1), u32(offsets[id - 1], items[id - 1].content.length)]))),
      full("iinf", 0, u16(items.length), ...ids.map(infe)),
      full("iref", 0, ...references),
      box("iprp", box("ipco", ...properties), full("ipma", 0, u32(items.length), ...ids.map((id) => Buffer.concat([u16(id), Buffer.from([associations[id - 1].length, ...associations[id - 1]])])))),
    );
  const ftyp = box("ftyp", Buffer.from("heic\0\0\0\0mif1heic"));
  const start = ftyp.length + meta(ids.map(() => 0)).length + 8;
  const offsets = items.map((_, index) => items.slice(0, index).reduce((sum, { content }) => sum + content.length, start));
  return Buffer.concat([ftyp, meta(offsets), box("mdat", ...items.map(({ content }) => content))]);
}

const ispe = (...sides) => full("ispe", 0, u32(...sides));

/** A picture of 4032 x 3024 pixels, as phones take it: of 48 tiles, each of which is the photo. */
export function grid() {
  const [columns, rows, width, height] = [8, 6, 4032, 3024];
  const items = [
    { kind: "grid", content: Buffer.concat([Buffer.from([0, 0, rows - 1, columns - 1]), u16(width, height)]) },
    { kind: "hvc1", content: coded() },
  ];
  const tiles = box("dimg", u16(1, columns * rows, ...Array(columns * rows).fill(2)));
  return heif(items, [tiles], [config(), ispe(SIDE, SIDE), ispe(width, height)], [[3], [1, 2]]);
}

/** The photo twice: as the picture, and as its thumbnail. `isDamaged`: nothing decodes that. */
export function withThumbnail(isDamaged = false) {
  const picture = coded();
  const thumbnail = isDamaged ? Buffer.alloc(picture.length) : picture;
  const items = [picture, thumbnail].map((content) => ({ kind: "hvc1", content }));
  return heif(items, [box("thmb", u16(2, 1, 1))], [config(), ispe(SIDE, SIDE)], [[1, 2], [1, 2]]);
}
