//! Containers: cutting a file into its segments, and writing one.
//!
//! One walk a container. Everything that needs to know where the parts of a file lie uses it: reading metadata, the byte map,
//! opening, keeping a JPEG's coefficients, and the proof. Each walk is total on any bytes and bounded in memory. What the
//! segments say is read elsewhere.

pub(crate) mod bmp;
pub(crate) mod gif;
pub(crate) mod jpeg;
pub(crate) mod orientation;
pub(crate) mod png;
pub(crate) mod riff;
mod sniff;
mod span;
pub(crate) mod text;
mod walk;

pub use sniff::sniff;
pub(crate) use span::{ByteOrder, Span};
pub(crate) use walk::{MAX_SEGMENTS, Segment, TRAILER, UNKNOWN, Walk};

use crate::report::Format;

/// Whether a file has the segments that are written here, each where it belongs, and no others; `None` for formats that are
/// never written.
pub(crate) fn is_as_written(bytes: &[u8], format: Format, segments: &[Segment]) -> Option<bool> {
    match format {
        Format::Jpeg => Some(jpeg::is_as_written(Span::whole(bytes), segments)),
        Format::Png => Some(png::is_as_written(segments)),
        _ => None,
    }
}
