//! What a JPEG's segments say of its orientation and its colours, as browsers read it: what stands before the first scan, and
//! of several EXIF blocks the first.

use super::header::ICC;
use crate::container::Span;
use crate::container::jpeg::{APP1, APP2, EOI, MarkerSegment, Markers, SOS};
use crate::container::tiff::{Role, Tiff};

/// A piece of a colour profile: its number from 1 on, the number of pieces, the bytes.
type Piece<'a> = (u8, u8, &'a [u8]);

/// The segments before the first scan that hold more than the picture.
#[derive(Debug, Default)]
pub(in crate::photo) struct Metadata<'a> {
    /// The first EXIF block, from its TIFF header on.
    pub(in crate::photo) exif: Option<&'a [u8]>,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Metadata<'a> {
    /// Of a file whose header has been read.
    pub(in crate::photo) fn of(bytes: &'a [u8]) -> Self {
        let mut found = Self::default();
        let mut markers = Markers::after_start(bytes);
        while let Ok(MarkerSegment { code, content, .. }) = markers.next() {
            match (code, content) {
                (SOS | EOI, _) => break,
                // The sixth byte fills up; browsers do not look at it.
                (APP1, [b'E', b'x', b'i', b'f', 0, _, exif @ ..]) => {
                    found.exif.get_or_insert(exif);
                }
                (APP2, content) => {
                    if let Some([number, count, data @ ..]) = content.strip_prefix(ICC)
                        && !data.is_empty()
                    {
                        found.pieces.push((*number, *count, data));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The first whole colour profile, whose pieces may come in any order, by the rules of Chromium (Skia's
    /// `SkJpegMetadataDecoder`); and whether there are pieces that say something else.
    pub(in crate::photo) fn profile(&self) -> (Option<Vec<u8>>, bool) {
        let Some(&(_, count, _)) = self.pieces.first() else { return (None, false) };
        let (used, more) = self.pieces.split_at(self.pieces.len().min(count.into()));
        let piece = |number: u8| used.iter().find(|piece| (piece.0, piece.1) == (number, count)).map(|piece| piece.2);
        let profile = (1..=count).map(piece).collect::<Option<Vec<_>>>().map(|pieces| pieces.concat());
        let has_more = profile.is_none() || !more.iter().all(|piece| used.contains(piece));
        (profile.filter(|profile| !profile.is_empty()), has_more)
    }

    /// The camera says that the colours are those of Adobe RGB, by EXIF alone (DCF 2.0: interoperability index `R03`). No
    /// browser looks at it.
    pub(in crate::photo) fn means_adobe_rgb(&self) -> bool {
        const INDEX: u16 = 0x0001;
        let Some(tiff) = self.exif.and_then(|exif| Tiff::open(Span::whole(exif))) else { return false };
        let directories = tiff.directories().0;
        directories.iter().any(|directory| {
            directory.role == Role::Interop
                && directory.field(INDEX).is_some_and(|field| field.data.bytes().starts_with(b"R03"))
        })
    }
}
