//! From bytes to upright pixels: what browsers show first.

use super::colour::converted_note;
use super::decode::as_stored;
use super::frame::Photo;
use super::further;
use super::limits::Limits;
use crate::error::Result;
use crate::report::{Note, NoteCode};

/// Opens a picture: sniffed by content, decoded, turned upright, in sRGB or the colours of a [`super::Profile`] that is
/// kept.
///
/// # Errors
/// [`InputError`](crate::error::InputError) for what the file is or lacks, [`LimitsError`](crate::error::LimitsError) for what
/// it asks beyond `limits`; those come before anything is decoded.
pub fn open(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    let mut photo = as_stored(bytes, limits)?;
    if let Some(frame) = further::shown_instead(bytes, limits) {
        photo.frame = frame;
        photo.notes.extend(photo.profile.take().map(|_| converted_note()));
        photo.notes.push(hidden_picture_note());
    }
    photo.frame = photo.frame.turned(photo.orientation)?;
    Ok(photo)
}

fn hidden_picture_note() -> Note {
    Note {
        code: NoteCode::HiddenPicture,
        message: "The file holds a picture that browsers do not show; what they show first is read and written.".into(),
    }
}
