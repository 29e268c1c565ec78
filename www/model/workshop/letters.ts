/** Letters by which people use their rights. They are filled in on the device and kept nowhere. */

export const LETTERS = ["access", "erasure", "objection"] as const;
export type LetterName = (typeof LETTERS)[number];

export const FIELDS = ["company", "address", "name", "contact", "date"] as const;
export type Field = (typeof FIELDS)[number];
export type Filled = Readonly<Record<Field, string>>;

export const UNFILLED: Filled = { company: "", address: "", name: "", contact: "", date: "" };

/** What stands for each field in a letter; for an empty one a dotted line, to be filled in by hand. */
export function valuesOf(filled: Filled): Record<Field, string> {
  return Object.fromEntries(FIELDS.map((field) => [field, filled[field].trim() || "…………………………"])) as Record<Field, string>;
}
