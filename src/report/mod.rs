//! The one schema: what the command line prints, JavaScript receives and a person can save.
//!
//! TypeScript types and the JSON Schema `docs/report.schema.json` are generated from these by the tests of this module.
//! Coordinates are upright pixels (after the orientation tag), origin at the top left corner of the top left pixel.

mod codes;
mod region;
pub(crate) mod words;

use serde::{Deserialize, Serialize};

pub use crate::error::ErrorCode;
pub use codes::{CheckName, Stage};
pub use region::{
    Brush, Cover, CoverRequest, Decision, Identifiability, Landmarks, Level, Origin, Reason, Region, RegionKind,
    RegionRequest, Shape, ShapeKind,
};
pub use words::LeakWords;

/// Version of the schema; raised when a field changes its meaning.
pub const SCHEMA: u32 = 2;

/// One file's report: one JSON line of the command line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FileReport {
    /// Version of the schema; raised when a field changes its meaning.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), schemars(extend("const" = SCHEMA)))]
    pub schema: u32,
    /// The name or path as given.
    pub file: String,
    /// The bytes of a path that is no UTF-8, percent-encoded but for ASCII letters, digits and `-._~/`. `file` has replacements for
    /// what cannot be written in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(optional))]
    pub file_bytes: Option<String>,
    /// The format by content; `None` if it is not known.
    pub format: Option<Format>,
    /// Width in upright pixels, 0 if the file could not be opened.
    pub width: u32,
    /// Height in upright pixels, 0 if the file could not be opened.
    pub height: u32,
    /// Width and height in upright pixels of a picture that was opened smaller than it is. Everything else in the report is in pixels of
    /// the size in which it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(optional))]
    pub full_size: Option<[u32; 2]>,
    /// Every region found, best first, or given.
    pub regions: Vec<Region>,
    /// What the file gives away besides its pixels.
    pub leaks: Vec<Leak>,
    /// What the file is made of: every byte belongs to exactly one part, in file order; empty for an unknown format.
    pub parts: Vec<Part>,
    /// What the person should know about how the file was read or will be written.
    pub notes: Vec<Note>,
    /// Parts of the file that were not scanned although they may show something.
    pub skipped: Skipped,
    /// What else can identify a person and no check covers.
    pub not_checked: Vec<NotChecked>,
    /// What was checked on the exported bytes; only from `protect` and `verify`.
    pub proof: Option<Proof>,
    /// Path of the written file; only from the command line's `protect`.
    pub output: Option<String>,
    /// The bytes of that path, as in `file_bytes`, if it is no UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(optional))]
    pub output_bytes: Option<String>,
    /// The largest preview in a camera's raw file, which itself is not opened. It can be opened instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(optional))]
    pub raw_preview: Option<RawPreview>,
    /// How long each stage took.
    pub timings_ms: Timings,
    /// Why the file could not be processed.
    pub error: Option<ErrorReport>,
}

/// A JPEG in a camera's raw file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RawPreview {
    /// First byte and the byte after the last, from the file's start.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(type = "[number, number]"))]
    pub bytes: [u64; 2],
    /// Width in upright pixels.
    pub width: u32,
    /// Height in upright pixels.
    pub height: u32,
    /// The raw file's orientation as EXIF numbers it, 2 to 8, where the preview has none of its own and has to be turned.
    pub orientation: Option<u8>,
}

/// Parts of a file that were not scanned for faces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Skipped {
    /// Parts of the picture, at any of the sizes at which it is scanned, in which all pixels have the same colour.
    pub tiles: u32,
    /// Further frames, pages and pictures in the file: too many, too large or damaged.
    pub frames: u32,
}

/// What identifies people besides their faces, and what no part of this program checks. It comes with every report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NotChecked {
    /// Clothes, jewellery, what somebody carries.
    Clothing,
    /// The place, companions, writing, reflections.
    Context,
    /// Hands and fingerprints.
    Hands,
    /// Tattoos and scars.
    Tattoos,
    /// The noise pattern of the camera's sensor, by which pictures of one camera are told from those of others. Copies keep it.
    SensorNoise,
}

impl NotChecked {
    /// All of it.
    pub const ALL: [Self; 5] = [Self::Clothing, Self::Context, Self::Hands, Self::Tattoos, Self::SensorNoise];

    /// What it is, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Clothing => "clothes, jewellery, what people carry",
            Self::Context => "the place, companions, writing, reflections",
            Self::Hands => "hands and fingerprints",
            Self::Tattoos => "tattoos and scars",
            Self::SensorNoise => "the noise of the camera's sensor, which ties pictures to one camera",
        }
    }
}

/// A picture format, known by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// ISO/IEC 10918-1.
    Jpeg,
    /// ISO/IEC 15948.
    Png,
    /// RIFF WebP.
    Webp,
    /// GIF 87a or 89a.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF 6.0.
    Tiff,
    /// HEIF with HEVC (ISO/IEC 23008-12); opened where the platform decodes it.
    Heic,
    /// HEIF with AV1; opened where the platform decodes it.
    Avif,
    /// JPEG XL (ISO/IEC 18181), in boxes or bare.
    Jxl,
}

impl Format {
    /// As people write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Jxl => "JPEG XL",
        }
    }
}

/// Something the file says besides its pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Leak {
    /// What it is.
    pub kind: LeakKind,
    /// How much it matters.
    pub severity: Severity,
    /// Where in the file, in the format's own terms: `EXIF IFD1`, `APP13`, `tEXt`.
    #[serde(rename = "where")]
    pub location: String,
    /// First byte and the byte after the last, from the file's start; `None` for what is not in the bytes (its name).
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(type = "[number, number] | null"))]
    pub bytes: Option<[u64; 2]>,
    /// What it says, shortened, for a person to read: text from the file, or an English sentence.
    pub value: String,
    /// That sentence as data, for other languages; `None` if `value` is text from the file.
    pub words: Option<LeakWords>,
    /// How many faces are seen in a leaked picture; `None` for what is no picture or could not be decoded.
    pub faces: Option<u32>,
}

/// A stretch of a file and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Part {
    /// In the format's own terms (`SOI`, `APP1`, `IDAT`), or what a reader found there (`exif`, `thumbnail`, `xmp`);
    /// `trailer` for bytes after the picture's end, `unknown` for bytes that the format gives no meaning to.
    pub name: String,
    /// First byte, from the file's start.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(type = "number"))]
    pub offset: u64,
    /// Length.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(type = "number"))]
    pub bytes: u64,
}

/// Kinds of leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum LeakKind {
    Gps,
    Thumbnail,
    Preview,
    SecondImage,
    MotionPhoto,
    Depth,
    Audio,
    Serial,
    Owner,
    Camera,
    Id,
    Date,
    Software,
    Description,
    Comment,
    Text,
    Xmp,
    Iptc,
    Photoshop,
    Makernote,
    Icc,
    C2pa,
    FaceRegion,
    Trailer,
    Filename,
    Coding,
    Other,
}

/// How much a leak matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Says where, who, or shows the uncovered picture.
    High,
    /// Narrows down who or when, or can link files to each other.
    Medium,
    /// Technical, of use only together with other things.
    Low,
}

/// A fact about how a file was read or is written, such as that only the first frame of an animation is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Note {
    /// What it is; its words are in the locale files.
    pub code: NoteCode,
    /// An English sentence for the command line.
    pub message: String,
}

impl Note {
    /// Of a copy that has [`LeakKind::Coding`].
    pub(crate) fn kept_tables() -> Self {
        let message = "The copy's quantisation tables can tell which camera or program compressed the picture. Compressed again, it has \
                       tables that many programs use.";
        Self { code: NoteCode::KeptTables, message: message.into() }
    }
}

#[cfg(feature = "rare-formats")]
impl RawPreview {
    /// How large it is.
    pub(crate) fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

#[cfg(feature = "rare-formats")]
impl Note {
    /// Of a photo that is the preview in a raw file.
    pub fn raw_preview() -> Self {
        let message = "This is the preview in a camera's raw file, as the camera has made it, not the developed photo.";
        Self { code: NoteCode::RawPreview, message: message.into() }
    }

    /// Of a copy whose original is a raw file.
    pub fn compared_with_raw_preview() -> Self {
        let message = "The original is a camera's raw file. The copy was compared with the largest preview in it, not with the developed \
            photo.";
        Self { code: NoteCode::RawPreview, message: message.into() }
    }
}

/// Codes of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoteCode {
    /// An animation or a file of several pages: only the first picture is read and written.
    FirstFrameOnly,
    /// An animation with a picture that is not part of it: what browsers show first is read and written.
    HiddenPicture,
    /// Colours were converted to sRGB from those that the file describes, by a profile or otherwise.
    ConvertedToSrgb,
    /// The colours stay in Display P3, and the output has a profile for them.
    KeptDisplayP3,
    /// The colours stay in those of Adobe RGB (1998), and the output has a profile for them.
    KeptAdobeRgb,
    /// The embedded colour profile could not be read; the colours were taken for sRGB.
    ProfileIgnored,
    /// The camera meant the colours in Adobe RGB but said so where no browser looks: they stay as browsers show them.
    MeantAsAdobeRgb,
    /// The picture has more brightness on some displays, by a gain map: the copy has none.
    GainMapDropped,
    /// Covers hide more than half of the picture.
    MostlyCovered,
    /// More than 8 bits a channel were reduced to 8.
    #[serde(rename = "reduced-to-8-bit")]
    ReducedTo8Bit,
    /// The output is a JPEG although the input is not.
    SavedAsJpeg,
    /// The output is a PNG although the input is not.
    SavedAsPng,
    /// Sent by a messenger, which has taken out the position and the camera already.
    MessengerCopy,
    /// A picture of a screen: what it shows gives away more than the file.
    Screenshot,
    /// A JPEG whose coefficients could not be kept: all of it was compressed again.
    CompressedAgain,
    /// A JPEG that is turned by a tag, since it could not be turned without compressing it again.
    OrientationTag,
    /// The copy has fewer pixels than the picture.
    MadeSmaller,
    /// The picture has more pixels than can be opened: it was opened in half its width and height.
    OpenedSmaller,
    /// The preview in a camera's raw file, not the developed photo.
    RawPreview,
    /// A picture that was not opaque: it was laid on white.
    Flattened,
    /// A JPEG whose coefficients are kept, and with them quantisation tables by which camera or program can be told.
    KeptTables,
}

/// What was checked on the exported bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Proof {
    /// All checks passed.
    pub ok: bool,
    /// Each check.
    pub checks: Vec<Check>,
    /// What the proved file is made of: every byte belongs to exactly one part, in file order.
    pub parts: Vec<Part>,
}

impl Proof {
    /// A proof by these checks of a file that is made of these parts.
    pub fn new(checks: Vec<Check>, parts: Vec<Part>) -> Self {
        Self { ok: checks.iter().all(|check| check.ok), checks, parts }
    }
}

/// One check of a proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Check {
    /// Which check; its words are in the locale files.
    pub name: CheckName,
    /// Passed.
    pub ok: bool,
    /// What was seen, in English.
    pub detail: String,
    /// Regions the check points at (faces found again), upright pixels `[x, y, width, height]`; may be empty.
    pub regions: Vec<[f32; 4]>,
}

/// How long each stage took, in milliseconds; 0 for a stage that did not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[allow(missing_docs)]
pub struct Timings {
    pub decode: f64,
    pub detect: f64,
    pub cover: f64,
    pub encode: f64,
    pub prove: f64,
}

/// An error as it stands in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ErrorReport {
    /// What went wrong, for programs; its words are in the locale files.
    pub code: ErrorCode,
    /// A sentence the person can act on, in English.
    pub message: String,
}

impl From<&crate::error::Error> for ErrorReport {
    fn from(error: &crate::error::Error) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

impl FileReport {
    /// A report about `file` with nothing in it yet.
    pub fn new(file: impl Into<String>) -> Self {
        Self {
            schema: SCHEMA,
            file: file.into(),
            file_bytes: None,
            format: None,
            width: 0,
            height: 0,
            full_size: None,
            regions: Vec::new(),
            leaks: Vec::new(),
            parts: Vec::new(),
            notes: Vec::new(),
            skipped: Skipped::default(),
            not_checked: NotChecked::ALL.to_vec(),
            proof: None,
            output: None,
            output_bytes: None,
            raw_preview: None,
            timings_ms: Timings::default(),
            error: None,
        }
    }

    /// The report of a raw file whose preview was opened: this one is about the preview, `raw` says what the whole file gives away.
    #[cfg(feature = "rare-formats")]
    #[must_use]
    pub fn of_preview_in(mut self, raw: Self) -> Self {
        self.notes.push(Note::raw_preview());
        Self { leaks: raw.leaks, parts: raw.parts, ..self }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
