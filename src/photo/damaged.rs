//! Files with faults, as decoders of other people's making have to survive them.

use super::{Limits, open};

/// The file with these values at these places, counted around, and cut at such a place.
pub(super) fn damaged(mut file: Vec<u8>, places: &[(usize, u8)], cut: Option<usize>) -> Vec<u8> {
    let len = file.len();
    for (at, value) in places {
        file[at % len] = *value;
    }
    file.truncate(cut.map_or(len, |cut| cut % len));
    file
}

/// What is opened has all of its pixels, in little memory.
pub(super) fn assert_opened_or_refused(file: &[u8]) {
    let limits = Limits { max_pixels: 1 << 20, max_decode_memory: 1 << 26, ..Limits::default() };
    if let Ok(photo) = open(file, &limits) {
        let pixels = photo.frame.width as usize * photo.frame.height as usize;
        assert_eq!(photo.frame.rgb.len(), 3 * pixels);
    }
}
