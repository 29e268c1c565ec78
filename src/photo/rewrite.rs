//! Saving without loss: the coded picture is kept instead of being decoded and coded again.

use super::frame::Photo;
use super::jpeg;
use super::lossy_reason::LossyReason;
use super::save::{Saved, kept_note};
use crate::mask::Mask;
use crate::report::{Format, Note, NoteCode};

/// Writes the picture of the JPEG `source`, which `photo` was opened from, without decoding it: upright, nothing besides
/// the picture (but the orientation as a tag where turning it would cost quality, and the profile that `photo` has), and every
/// coefficient of it as it was, except in the coding blocks that `hidden` (upright pixels) touches. They
/// show `photo`'s frame, on which the covers are drawn.
///
/// No other format is kept like this: copied bytes could hold what the detector never saw, and lossless pictures lose nothing
/// by being written anew.
///
/// # Errors
/// [`LossyReason`]; then use [`super::save`].
pub fn rewrite(source: &[u8], photo: &Photo, hidden: &Mask) -> Result<Saved, LossyReason> {
    if photo.format != Format::Jpeg {
        return Err(LossyReason::Format);
    }
    if photo.full_size.is_some() {
        return Err(LossyReason::OpenedSmaller);
    }
    if photo.notes.iter().any(|note| note.code == NoteCode::ConvertedToSrgb) {
        return Err(LossyReason::Colours);
    }
    let rewritten = jpeg::rewrite(source, photo, hidden)?;
    let tag_note = rewritten.has_orientation_tag.then(orientation_tag_note);
    let tables_note = jpeg::has_own_tables(&rewritten.bytes).then(Note::kept_tables);
    let notes = photo.profile.map(kept_note).into_iter().chain(tag_note).chain(tables_note).collect();
    Ok(Saved { bytes: rewritten.bytes, format: Format::Jpeg, profile: photo.profile, notes })
}

fn orientation_tag_note() -> Note {
    let message = "The picture is turned by a tag in the file, its only one: turning the picture itself would have meant compressing it again.";
    Note { code: NoteCode::OrientationTag, message: message.into() }
}
