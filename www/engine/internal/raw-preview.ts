import type { Note, RawPreview } from "../generated/report.js";

/** Says of a photo that it is such a preview. */
export const RAW_PREVIEW_NOTE: Note = {
  code: "raw-preview",
  message: "This is the preview in a camera's raw file, as the camera has made it, not the developed photo.",
};

/** The segment with the orientation as its only field; its value comes next to last. */
const TAG = "\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
const AFTER_VALUE = 6;

/** The preview as a file of its own: a JPEG with all that it says, and with a tag for the orientation if it needs one. */
export function previewIn(raw: File, { bytes: [start, end], orientation }: RawPreview): File {
  const preview = raw.slice(start, end);
  const tag = orientation === null ? [] : [Uint8Array.of(...[...TAG].map((byte) => byte.charCodeAt(0)), orientation, ...Array<number>(AFTER_VALUE).fill(0))];
  return new File([preview.slice(0, 2), ...tag, preview.slice(2)], raw.name, { type: "image/jpeg" });
}
