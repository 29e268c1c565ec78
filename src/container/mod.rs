//! Containers: cutting a file into its segments, and writing one.
//!
//! One walk a container. Everything that needs to know where the parts of a file lie uses it: reading metadata, the byte map,
//! opening, keeping a JPEG's coefficients, and the proof. Each walk is total on any bytes and bounded in memory. What the
//! segments say is read elsewhere.

pub(crate) mod bmp;
pub(crate) mod gif;
pub(crate) mod isobmff;
pub(crate) mod jpeg;
pub(crate) mod jxl;
pub(crate) mod png;
mod profile;
pub(crate) mod riff;
mod sniff;
mod span;
pub(crate) mod text;
pub(crate) mod tiff;
mod walk;
mod xml;

use crate::error::Result;
use crate::report::Format;

pub use profile::Profile;
pub use sniff::sniff;
pub(crate) use span::{ByteOrder, Span};
pub(crate) use walk::{Segment, TRAILER, UNKNOWN, Walk};

/// Containers that can be walked, which are more than can be opened as pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// A JPEG.
    Jpeg,
    /// A PNG, animated or not.
    Png,
    /// RIFF with pictures.
    Webp,
    /// A GIF.
    Gif,
    /// A Windows bitmap.
    Bmp,
    /// TIFF, and the raw formats built on it.
    Tiff,
    /// HEIF, AVIF, JPEG 2000: boxes.
    Boxes,
    /// JPEG XL: boxes, or a bare codestream.
    JpegXl,
    /// SVG, and XMP in a file of its own.
    Xml,
}

impl Container {
    /// By the first bytes.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let box_type = bytes.get(4..8);
        match sniff(bytes) {
            Ok(format) => Some(format.into()),
            Err(_) if matches!(box_type, Some(b"ftyp" | b"jP  ")) => Some(Self::Boxes),
            Err(_) if tiff::is_tiff(bytes) => Some(Self::Tiff),
            Err(_) => xml::is_xml(bytes).then_some(Self::Xml),
        }
    }

    /// Cuts the file into segments.
    pub(crate) fn walk(self, bytes: &[u8]) -> Walk {
        match self {
            Self::Jpeg => jpeg::walk(bytes),
            Self::Png => png::walk(bytes),
            Self::Webp => riff::walk(bytes),
            Self::Gif => gif::walk(bytes),
            Self::Bmp => bmp::walk(bytes),
            Self::Tiff => tiff::walk(bytes),
            Self::Boxes => isobmff::walk(bytes),
            Self::JpegXl => jxl::walk(bytes),
            Self::Xml => xml::walk(bytes),
        }
    }
}

impl From<Format> for Container {
    fn from(format: Format) -> Self {
        match format {
            Format::Jpeg => Self::Jpeg,
            Format::Png => Self::Png,
            Format::Webp => Self::Webp,
            Format::Gif => Self::Gif,
            Format::Bmp => Self::Bmp,
            Format::Tiff => Self::Tiff,
            Format::Heic | Format::Avif => Self::Boxes,
            Format::Jxl => Self::JpegXl,
        }
    }
}

/// Cuts a file of the given format into segments: every byte belongs to exactly one, in file order, the first starts
/// at 0, the last ends where the file does.
///
/// # Errors
/// `Truncated` if the file ends before its structure does, `Corrupt` if the structure breaks the format's rules.
pub(crate) fn segments(bytes: &[u8], format: Format) -> Result<Vec<Segment>> {
    let walk = Container::from(format).walk(bytes);
    match walk.fault {
        Some(fault) => Err(fault.into()),
        None => Ok(walk.segments),
    }
}

/// Whether a file has the segments that are written here, each where it belongs, and no others, with exactly this profile or
/// none; `None` for formats that are never written.
pub(crate) fn is_as_written(
    bytes: &[u8],
    format: Format,
    segments: &[Segment],
    profile: Option<Profile>,
) -> Option<bool> {
    let file = Span::whole(bytes);
    match format {
        Format::Jpeg => Some(jpeg::is_as_written(file, segments, profile)),
        Format::Png => Some(png::is_as_written(file, segments, profile)),
        _ => None,
    }
}
