//! Errors by whose fault they are, each with a stable code and a sentence a person can act on.
//!
//! `code()` is what programs and locale files rely on; the sentence is for the command line. The page shows its
//! own words for the code in the person's language. Anything secret or long (a library's message) comes last in the
//! sentence, so that a cut line loses the least.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What went wrong, by whose fault. Nothing is ever exported after one of these.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The file is the cause: another file, or a repaired one, would work.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A limit set by the program or the person is the cause, not the file's correctness.
    #[error(transparent)]
    Limits(#[from] LimitsError),
    /// A network's weights could not be loaded or run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A defect of the program.
    #[error("Something went wrong inside the program. Please report it: {0}")]
    Internal(String),
}

/// Reasons that lie in the file or in what the person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InputError {
    /// No bytes at all.
    #[error("The file is empty.")]
    Empty,
    /// The path is a folder, a socket or cannot be read.
    #[error("The file cannot be read: {0}")]
    Unreadable(String),
    /// The first bytes are of no picture format that is known here.
    #[error("This is not a picture: its content is of no known picture format, whatever its name says.")]
    UnknownFormat,
    /// A known format, or a variant of one, that is not handled. Payload: its name, such as `HEIC`.
    #[error("{0} pictures cannot be opened. Save it as JPEG or PNG first.")]
    Unsupported(String),
    /// A camera's raw file: what could be opened of it are its previews only.
    #[error(
        "This is a camera's raw file, which cannot be opened. Export it as JPEG, in the camera, in its maker's program or in a \
         photo editor, and open that."
    )]
    Raw,
    /// A format that only the platform decodes, where it does not. Payload: its name.
    #[error(
        "{0} pictures cannot be opened here. Save it as JPEG first: on an iPhone by Share > Options > Most Compatible, on \
         Android by saving a copy from the gallery. New photos are JPEGs with Settings > Camera > Formats > Most Compatible \
         on an iPhone, and without high efficiency pictures in the camera's settings on Android."
    )]
    NoDecoder(&'static str),
    /// A WebP, TIFF, GIF, BMP or JPEG XL, or a PNG in seldom colours, in a build without the feature `rare-formats`.
    #[error(
        "This build cannot open WebP, TIFF, GIF, BMP and JPEG XL pictures, nor PNGs whose colours are stated by gamma or code points: it was made \
         without what they need. Save it as JPEG or as PNG in sRGB first."
    )]
    NeedsFormats,
    /// The data ends before the picture does.
    #[error("The file is cut off: the picture's data ends too early.")]
    Truncated,
    /// The data contradicts its format.
    #[error("The file is damaged: {0}")]
    Corrupt(String),
    /// `--regions` was given and has no entry for this file.
    #[error("The regions file says nothing about this picture.")]
    NoRegions,
    /// The regions file has several entries for this picture. Payload: their names.
    #[error("The regions file has several entries for this picture: {0}. Put all covers of a picture into one.")]
    DuplicateRegions(String),
    /// An entry of the regions file is a file name that several pictures have. Payload: the name.
    #[error("The regions file's entry \"{0}\" could be of several pictures. Name each by its path.")]
    AmbiguousRegions(String),
    /// A region is not described as it must be. Payload: the field and what is wrong.
    #[error("A region is wrong: {0}")]
    BadRegion(String),
    /// A cover has a value that is infinite or no number. Payload: the cover.
    #[error("A cover has a value that is no finite number: {0}")]
    RegionNotFinite(String),
    /// A cover has a width or height below zero. Payload: the cover.
    #[error("A cover has a negative width or height: {0}")]
    RegionNegative(String),
    /// A cover has no area. Payload: the cover.
    #[error("A cover has no area: {0}")]
    RegionEmpty(String),
    /// No pixel of a cover lies in the picture. Payload: the cover.
    #[error("A cover lies outside the picture: {0}")]
    RegionOutside(String),
    /// An option that is not known, or has a wrong value. Payload: its name and what is wrong.
    #[error("An option is wrong: {0}")]
    BadOption(String),
    /// A report of another schema. Payload: its number.
    #[error("This is of a report of schema {0}, which this program does not read.")]
    Schema(u32),
    /// A proof was asked for with another file than the one that was covered.
    #[error("The proof was asked for with another file than the one that was covered.")]
    OtherSource,
    /// An original and a copy that cannot be compared.
    #[error(
        "The two files do not show the same picture, or too little of it is left to tell. Compare the copy with the photo it \
         was made from."
    )]
    Unrelated,
    /// The output would replace a file that is already there.
    #[error("The output cannot be written: {0}")]
    Unwritable(String),
}

/// Limits that were hit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LimitsError {
    /// More bytes than allowed.
    #[error("The file has {bytes} bytes; the limit is {limit}.")]
    TooManyBytes {
        /// The file's length in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// More pixels than allowed, by the header, before anything is decoded.
    #[error("The picture announces {width} x {height} pixels; the limit is {limit} pixels in all.")]
    TooManyPixels {
        /// Announced width in pixels.
        width: u32,
        /// Announced height in pixels.
        height: u32,
        /// The limit in pixels.
        limit: u64,
    },
    /// A side longer than allowed, by the header, before anything is decoded.
    #[error("The picture announces {width} x {height} pixels; the limit of a side is {limit} pixels.")]
    SideTooLong {
        /// Announced width in pixels.
        width: u32,
        /// Announced height in pixels.
        height: u32,
        /// The limit in pixels.
        limit: u32,
    },
    /// A colour profile that unpacks to more than allowed.
    #[error("The picture's colour profile is larger than {limit} bytes.")]
    Profile {
        /// The limit in bytes.
        limit: usize,
    },
    /// Decoding asked for more memory than allowed.
    #[error("The picture needs more memory than allowed.")]
    Memory,
}

/// A network could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModelError {
    /// The weights are not those the program was built for.
    #[error("A network's file is not the expected one (wrong SHA-256). Reload or reinstall.")]
    Hash,
    /// No weights have been loaded.
    #[error("A network that is needed has not been loaded.")]
    Missing,
    /// The engine refused the weights.
    #[error("A network could not be loaded: {0}")]
    Load(String),
    /// The engine failed while running.
    #[error("A network failed: {0}")]
    Run(String),
    /// A custom detector's description is not valid. Payload: what is wrong with it.
    #[error("The description of the detector is wrong: {0}")]
    Spec(String),
    /// A custom detector's file is no ONNX file.
    #[error("The detector's file is no ONNX file: {0}")]
    NotOnnx(String),
    /// A custom detector, or a tensor in it, is larger than allowed. Payload: what is, and the limit.
    #[error("The detector is too large: {0}")]
    TooLarge(String),
    /// A custom detector does not have one picture as its input.
    #[error("The detector must have one input, a picture of shape [1, 3, height, width] in float32: {0}")]
    Inputs(String),
    /// A custom detector has operators that cannot be run here. Payload: their names.
    #[error("The detector has operators that cannot be run here: {0}")]
    Operator(String),
    /// A network's outputs do not have the names or shapes of its description.
    #[error("The detector's outputs are not those of its description: {0}")]
    Outputs(String),
    /// A custom detector's output holds values that are infinite or not numbers.
    #[error("The detector's output holds values that are not finite numbers.")]
    NotFinite,
    /// This build has no engine that reads ONNX.
    #[error("This build cannot read ONNX files: it was made without the engine tract.")]
    NoImporter,
}

impl Error {
    /// What locale files, JSON and `TarnkappeError.code` carry.
    pub fn code(&self) -> ErrorCode {
        match self {
            Error::Input(e) => match e {
                InputError::Empty => ErrorCode::Empty,
                InputError::Unreadable(_) => ErrorCode::Unreadable,
                InputError::UnknownFormat => ErrorCode::UnknownFormat,
                InputError::Unsupported(_) => ErrorCode::Unsupported,
                InputError::Raw => ErrorCode::Raw,
                InputError::NoDecoder(_) => ErrorCode::NoDecoder,
                InputError::NeedsFormats => ErrorCode::NeedsFormats,
                InputError::Truncated => ErrorCode::Truncated,
                InputError::Corrupt(_) => ErrorCode::Corrupt,
                InputError::NoRegions => ErrorCode::NoRegions,
                InputError::DuplicateRegions(_) => ErrorCode::DuplicateRegions,
                InputError::AmbiguousRegions(_) => ErrorCode::AmbiguousRegions,
                InputError::BadRegion(_) => ErrorCode::BadRegion,
                InputError::RegionNotFinite(_) => ErrorCode::RegionNotFinite,
                InputError::RegionNegative(_) => ErrorCode::RegionNegative,
                InputError::RegionEmpty(_) => ErrorCode::RegionEmpty,
                InputError::RegionOutside(_) => ErrorCode::RegionOutside,
                InputError::BadOption(_) => ErrorCode::BadOption,
                InputError::Schema(_) => ErrorCode::Schema,
                InputError::OtherSource => ErrorCode::OtherSource,
                InputError::Unrelated => ErrorCode::Unrelated,
                InputError::Unwritable(_) => ErrorCode::Unwritable,
            },
            Error::Limits(e) => match e {
                LimitsError::TooManyBytes { .. } => ErrorCode::TooManyBytes,
                LimitsError::TooManyPixels { .. } => ErrorCode::TooManyPixels,
                LimitsError::SideTooLong { .. } => ErrorCode::SideTooLong,
                LimitsError::Profile { .. } => ErrorCode::ProfileTooLarge,
                LimitsError::Memory => ErrorCode::Memory,
            },
            Error::Model(e) => match e {
                ModelError::Hash => ErrorCode::ModelHash,
                ModelError::Missing => ErrorCode::ModelMissing,
                ModelError::Load(_) => ErrorCode::ModelLoad,
                ModelError::Run(_) => ErrorCode::ModelRun,
                ModelError::Spec(_) => ErrorCode::ModelSpec,
                ModelError::NotOnnx(_) => ErrorCode::ModelNotOnnx,
                ModelError::TooLarge(_) => ErrorCode::ModelTooLarge,
                ModelError::Inputs(_) => ErrorCode::ModelInputs,
                ModelError::Operator(_) => ErrorCode::ModelOperator,
                ModelError::Outputs(_) => ErrorCode::ModelOutputs,
                ModelError::NotFinite => ErrorCode::ModelNotFinite,
                ModelError::NoImporter => ErrorCode::ModelNoImporter,
            },
            Error::Internal(_) => ErrorCode::Internal,
        }
    }
}

/// Why something could not be done; [`Error`] says more about each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum ErrorCode {
    Empty,
    Unreadable,
    UnknownFormat,
    Unsupported,
    Raw,
    NoDecoder,
    NeedsFormats,
    Truncated,
    Corrupt,
    NoRegions,
    DuplicateRegions,
    AmbiguousRegions,
    BadRegion,
    RegionNotFinite,
    RegionNegative,
    RegionEmpty,
    RegionOutside,
    BadOption,
    Schema,
    OtherSource,
    Unrelated,
    Unwritable,
    TooManyBytes,
    TooManyPixels,
    SideTooLong,
    ProfileTooLarge,
    Memory,
    ModelHash,
    ModelMissing,
    ModelLoad,
    ModelRun,
    ModelSpec,
    ModelNotOnnx,
    ModelTooLarge,
    ModelInputs,
    ModelOperator,
    ModelOutputs,
    ModelNotFinite,
    ModelNoImporter,
    Internal,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;
