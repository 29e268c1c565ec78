//! The pictures that a file holds besides its own: the classic leak is a thumbnail that shows the uncovered face.

use crate::detect::{Detector, Look, Policy};
use crate::error::Result;
use crate::leaks;
use crate::photo::{self, Limits};
use crate::report::Leak;

/// A leaked picture, small enough to be shown.
#[derive(Debug, Clone)]
pub struct LeakedPicture {
    /// The leak's place in [`crate::report::FileReport::leaks`].
    pub leak: usize,
    /// A JPEG or PNG file that was made from the leaked pixels and holds nothing else.
    pub file: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// Pictures that are looked at in one file: thumbnail, preview, the picture of the other eye, and some more.
const MAX_PICTURES: usize = 8;
/// Longest side of what is shown, in pixels: the width of the page's column.
const SHOWN_SIDE: u32 = 320;

/// Opens the pictures that leaks point at and writes into the leaks how many faces are seen in each. Together they may
/// have as many pixels as one picture; what is too large, damaged or in no format known here is passed over.
///
/// # Errors
/// If the detector fails.
pub(super) fn look_through(
    file: &[u8],
    found: &mut [Leak],
    detector: &mut Detector,
    policy: &Policy,
    limits: &Limits,
) -> Result<Vec<LeakedPicture>> {
    let policy = Policy { looks: vec![Look::preview()], ..policy.clone() };
    let mut limits = *limits;
    let mut pictures = Vec::new();
    for (leak, entry) in found.iter_mut().enumerate() {
        if pictures.len() == MAX_PICTURES {
            break;
        }
        let opened = leaks::picture(file, entry).and_then(|bytes| photo::open(&bytes, &limits).ok());
        let Some(frame) = opened.map(|photo| photo.frame) else { continue };
        limits.max_pixels -= u64::from(frame.width) * u64::from(frame.height);
        entry.faces = Some(detector.detect(&frame, &policy, &mut |_| ())?.len() as u32);
        let (file, width, height) = photo::preview(&frame, SHOWN_SIDE)?;
        pictures.push(LeakedPicture { leak, file, width, height });
    }
    Ok(pictures)
}
