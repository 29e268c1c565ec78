// Generated from src/report by `make bless`. Coordinates are upright pixels.

/** Version of the schema; raised when a field changes its meaning. */
export const SCHEMA = 2;

/**
 * One file's report: one JSON line of the command line.
 */
export type FileReport = { 
/**
 * Version of the schema; raised when a field changes its meaning.
 */
schema: number, 
/**
 * The name or path as given.
 */
file: string, 
/**
 * The bytes of a path that is no UTF-8, percent-encoded but for ASCII letters, digits and `-._~/`. `file` has replacements for
 * what cannot be written in it.
 */
file_bytes?: string, 
/**
 * The format by content; `None` if it is not known.
 */
format: Format | null, 
/**
 * Width in upright pixels, 0 if the file could not be opened.
 */
width: number, 
/**
 * Height in upright pixels, 0 if the file could not be opened.
 */
height: number, 
/**
 * Width and height in upright pixels of a picture that was opened smaller than it is. Everything else in the report is in pixels of
 * the size in which it was opened.
 */
full_size?: [number, number], 
/**
 * Every region found, best first, or given.
 */
regions: Array<Region>, 
/**
 * What the file gives away besides its pixels.
 */
leaks: Array<Leak>, 
/**
 * What the file is made of: every byte belongs to exactly one part, in file order; empty for an unknown format.
 */
parts: Array<Part>, 
/**
 * What the person should know about how the file was read or will be written.
 */
notes: Array<Note>, 
/**
 * Parts of the file that were not scanned although they may show something.
 */
skipped: Skipped, 
/**
 * What else can identify a person and no check covers.
 */
not_checked: Array<NotChecked>, 
/**
 * What was checked on the exported bytes; only from `protect` and `verify`.
 */
proof: Proof | null, 
/**
 * Path of the written file; only from the command line's `protect`.
 */
output: string | null, 
/**
 * The bytes of that path, as in `file_bytes`, if it is no UTF-8.
 */
output_bytes?: string, 
/**
 * The largest preview in a camera's raw file, which itself is not opened. It can be opened instead.
 */
raw_preview?: RawPreview, 
/**
 * How long each stage took.
 */
timings_ms: Timings, 
/**
 * Why the file could not be processed.
 */
error: ErrorReport | null, };

/**
 * A JPEG in a camera's raw file.
 */
export type RawPreview = { 
/**
 * First byte and the byte after the last, from the file's start.
 */
bytes: [number, number], 
/**
 * Width in upright pixels.
 */
width: number, 
/**
 * Height in upright pixels.
 */
height: number, 
/**
 * The raw file's orientation as EXIF numbers it, 2 to 8, where the preview has none of its own and has to be turned.
 */
orientation: number | null, };

/**
 * A picture format, known by content.
 */
export type Format = "jpeg" | "png" | "webp" | "gif" | "bmp" | "tiff" | "heic" | "avif" | "jxl";

/**
 * A part of the picture that is covered or left open.
 */
export type Region = { 
/**
 * 1, 2, … in the order of the list; unique in a report.
 */
id: number, 
/**
 * What it is.
 */
kind: RegionKind, 
/**
 * Where it comes from.
 */
origin: Origin, 
/**
 * `[x, y, width, height]` of what was found, or as given; may reach past the picture's edge.
 */
box: [number, number, number, number], 
/**
 * Probability that this is a face, 0 to 1, as fitted to annotated pictures (docs/accuracy.md); `None` unless found.
 */
score: number | null, 
/**
 * Less likely a face than not; covered all the same unless the person says otherwise.
 */
maybe: boolean, 
/**
 * Where the face's landmarks are, if they are known.
 */
landmarks: [[number, number], [number, number], [number, number], [number, number], [number, number]] | null, 
/**
 * What `protect` hides, or would; `None` only for what lies outside the picture.
 */
cover: Cover | null, 
/**
 * What becomes of it.
 */
decision: Decision, 
/**
 * How identifiable the face is; `None` for what is no face or was not measured.
 */
identifiability: Identifiability | null, };

/**
 * What a region is.
 */
export type RegionKind = "face" | "head" | "hand" | "text" | "other";

/**
 * Where a region comes from.
 */
export type Origin = "found" | "added" | "rechecked";

/**
 * What becomes of a region.
 */
export type Decision = "cover" | "open" | "undecided";

/**
 * A [`Cover`] as it is written: plain fields, of which those that the shape has no use for are null.
 */
export type Cover = { 
/**
 * The smallest rectangle around what is hidden, `[x, y, width, height]`, whole pixels inside the picture. In a JPEG more is
 * drawn: up to its coding blocks.
 */
bounds: [number, number, number, number], 
/**
 * Which of the fields below says more.
 */
shape: ShapeKind, 
/**
 * `[cx, cy, rx, ry, angle]`: centre, radii, and the angle in radians by which it is turned clockwise on the screen.
 */
ellipse: [number, number, number, number, number] | null, 
/**
 * Corners, `[x, y]`; what has a winding number other than 0 is inside.
 */
polygon: Array<[number, number]> | null, 
/**
 * A stroke.
 */
brush: Brush | null, 
/**
 * Lengths of runs in the bounds, row by row: what is not covered first, then what is, in turns.
 */
mask: Array<number> | null, };

/**
 * The names of the shapes of covers.
 */
export type ShapeKind = "rectangle" | "ellipse" | "polygon" | "brush" | "mask";

/**
 * A stroke of constant radius.
 */
export type Brush = { 
/**
 * Through these points, `[x, y]`.
 */
points: Array<[number, number]>, 
/**
 * In pixels.
 */
radius: number, };

/**
 * How identifiable a face is, as far as it can be estimated.
 */
export type Identifiability = { 
/**
 * In one word.
 */
level: Level, 
/**
 * Estimated probability that a recogniser matches the face with another photo of the person, 0 to 1.
 */
score: number, 
/**
 * Distance between the eyes' centres in pixels, as it would be if the face were seen from the front; 0 if not known.
 */
inter_eye_px: number, 
/**
 * What led to the level, most important first.
 */
reasons: Array<Reason>, };

/**
 * How identifiable, in one word.
 */
export type Level = "likely" | "possible" | "unlikely";

/**
 * What makes a face more or less identifiable; the words are in the locale files.
 */
export type Reason = "size-ample" | "size-scant" | "size-tiny" | "blurred" | "compressed" | "grainy" | "dark" | "overexposed" | "flat" | "turned" | "not-measured" | "recogniser";

/**
 * Parts of a file that were not scanned for faces.
 */
export type Skipped = { 
/**
 * Parts of the picture, at any of the sizes at which it is scanned, in which all pixels have the same colour.
 */
tiles: number, 
/**
 * Further frames, pages and pictures in the file: too many, too large or damaged.
 */
frames: number, };

/**
 * What identifies people besides their faces, and what no part of this program checks. It comes with every report.
 */
export type NotChecked = "clothing" | "context" | "hands" | "tattoos" | "sensor-noise";

/**
 * Something the file says besides its pixels.
 */
export type Leak = { 
/**
 * What it is.
 */
kind: LeakKind, 
/**
 * How much it matters.
 */
severity: Severity, 
/**
 * Where in the file, in the format's own terms: `EXIF IFD1`, `APP13`, `tEXt`.
 */
where: string, 
/**
 * First byte and the byte after the last, from the file's start; `None` for what is not in the bytes (its name).
 */
bytes: [number, number] | null, 
/**
 * What it says, shortened, for a person to read: text from the file, or an English sentence.
 */
value: string, 
/**
 * That sentence as data, for other languages; `None` if `value` is text from the file.
 */
words: LeakWords | null, 
/**
 * How many faces are seen in a leaked picture; `None` for what is no picture or could not be decoded.
 */
faces: number | null, };

/**
 * Kinds of leaks.
 */
export type LeakKind = "gps" | "thumbnail" | "preview" | "second-image" | "motion-photo" | "depth" | "audio" | "serial" | "owner" | "camera" | "id" | "date" | "software" | "description" | "comment" | "text" | "xmp" | "iptc" | "photoshop" | "makernote" | "icc" | "c2pa" | "face-region" | "trailer" | "filename" | "coding" | "other";

/**
 * A sentence about a leak, as data. The words of every language are in `www/locales`, under `words.` and the
 * code; the English ones are also here, for the command line.
 */
export type LeakWords = { "code": "picture", bytes: number, } | { "code": "pixels", width: number, height: number, } | { "code": "further-frames", count: number, } | { "code": "further-page" } | { "code": "hidden-picture" } | { "code": "unedited-picture" } | { "code": "small-copy" } | { "code": "panorama", bytes: number, } | { "code": "other-eye", bytes: number, } | { "code": "other-angle", bytes: number, } | { "code": "film", bytes: number, } | { "code": "announces-film" } | { "code": "depth-map" } | { "code": "gain-map" } | { "code": "sound", bytes: number, } | { "code": "credentials", bytes: number, } | { "code": "signed-by", name: string, } | { "code": "made-with", name: string, } | { "code": "data", bytes: number, } | { "code": "meaningless-data", bytes: number, places: number, } | { "code": "press-data", bytes: number, } | { "code": "program-notes", bytes: number, } | { "code": "editor-settings", count: number, } | { "code": "editor-data", bytes: number, } | { "code": "editor-layers", bytes: number, } | { "code": "colour-profile" } | { "code": "packed-text", name: string, } | { "code": "packed-metadata", name: string, bytes: number, } | { "code": "named-profile", name: string, bytes: number, } | { "code": "damaged" } | { "code": "technical-entries", count: number, } | { "code": "map-position" } | { "code": "maker-note", name: string, bytes: number, } | { "code": "altitude", metres: string, } | { "code": "accuracy", metres: string, } | { "code": "no-position" } | { "code": "marked-face" } | { "code": "zeros", bytes: number, } | { "code": "holds-those", bytes: number, } | { "code": "samsung-data", bytes: number, } | { "code": "appended-data", name: string, bytes: number, } | { "code": "earlier-picture", bytes: number, } | { "code": "unknown-data", bytes: number, } | { "code": "named-by-app", name: string, } | { "code": "name-holds-date", date: string, } | { "code": "name-holds-time" } | { "code": "name-holds-account" } | { "code": "name-holds-phone" } | { "code": "name-of-screenshot" } | { "code": "own-tables" };

/**
 * A stretch of a file and what it is.
 */
export type Part = { 
/**
 * In the format's own terms (`SOI`, `APP1`, `IDAT`), or what a reader found there (`exif`, `thumbnail`, `xmp`);
 * `trailer` for bytes after the picture's end, `unknown` for bytes that the format gives no meaning to.
 */
name: string, 
/**
 * First byte, from the file's start.
 */
offset: number, 
/**
 * Length.
 */
bytes: number, };

/**
 * How much a leak matters.
 */
export type Severity = "high" | "medium" | "low";

/**
 * A fact about how a file was read or is written, such as that only the first frame of an animation is kept.
 */
export type Note = { 
/**
 * What it is; its words are in the locale files.
 */
code: NoteCode, 
/**
 * An English sentence for the command line.
 */
message: string, };

/**
 * Codes of notes.
 */
export type NoteCode = "first-frame-only" | "hidden-picture" | "converted-to-srgb" | "kept-display-p3" | "kept-adobe-rgb" | "profile-ignored" | "meant-as-adobe-rgb" | "gain-map-dropped" | "mostly-covered" | "reduced-to-8-bit" | "saved-as-jpeg" | "saved-as-png" | "messenger-copy" | "screenshot" | "compressed-again" | "orientation-tag" | "made-smaller" | "opened-smaller" | "raw-preview" | "flattened" | "kept-tables";

/**
 * What was checked on the exported bytes.
 */
export type Proof = { 
/**
 * All checks passed.
 */
ok: boolean, 
/**
 * Each check.
 */
checks: Array<Check>, 
/**
 * What the proved file is made of: every byte belongs to exactly one part, in file order.
 */
parts: Array<Part>, };

/**
 * One check of a proof.
 */
export type Check = { 
/**
 * Which check; its words are in the locale files.
 */
name: CheckName, 
/**
 * Passed.
 */
ok: boolean, 
/**
 * What was seen, in English.
 */
detail: string, 
/**
 * Regions the check points at (faces found again), upright pixels `[x, y, width, height]`; may be empty.
 */
regions: Array<[number, number, number, number]>, };

/**
 * The checks of proofs.
 */
export type CheckName = "container" | "metadata" | "opens" | "decoders" | "covers" | "faces-outside" | "faces-inside" | "faces-partly-covered" | "linked" | "reidentified" | "size" | "one-picture" | "shared-bytes" | "original-faces" | "likeness";

/**
 * How long each stage took, in milliseconds; 0 for a stage that did not run.
 */
export type Timings = { decode: number, detect: number, cover: number, encode: number, prove: number, };

/**
 * An error as it stands in a report.
 */
export type ErrorReport = { 
/**
 * What went wrong, for programs; its words are in the locale files.
 */
code: ErrorCode, 
/**
 * A sentence the person can act on, in English.
 */
message: string, };

/**
 * Why something could not be done; [`Error`] says more about each.
 */
export type ErrorCode = "empty" | "unreadable" | "unknown-format" | "unsupported" | "raw" | "no-decoder" | "needs-formats" | "truncated" | "corrupt" | "no-regions" | "duplicate-regions" | "ambiguous-regions" | "bad-region" | "region-not-finite" | "region-negative" | "region-empty" | "region-outside" | "bad-option" | "schema" | "other-source" | "unrelated" | "unwritable" | "too-many-bytes" | "too-many-pixels" | "side-too-long" | "profile-too-large" | "memory" | "model-hash" | "model-missing" | "model-load" | "model-run" | "model-spec" | "model-not-onnx" | "model-too-large" | "model-inputs" | "model-operator" | "model-outputs" | "model-not-finite" | "model-no-importer" | "internal";

/** All of them, in the order in which they are offered. */
export const REGION_KINDS: readonly RegionKind[] = ["face", "head", "hand", "text", "other"];

/** All of them, in the order in which they are offered. */
export const ORIGINS: readonly Origin[] = ["found", "added", "rechecked"];

/** All of them, in the order in which they are offered. */
export const DECISIONS: readonly Decision[] = ["cover", "open", "undecided"];

/** All of them, in the order in which they are offered. */
export const SHAPES: readonly ShapeKind[] = ["rectangle", "ellipse", "polygon", "brush", "mask"];
