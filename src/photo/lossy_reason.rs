//! Why a picture is not kept as it is coded.

use crate::report::{Format, Note, NoteCode};

/// Why a picture cannot be kept losslessly, as it is coded. It can still be saved anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LossyReason {
    /// Only a JPEG's coefficients are kept.
    #[error("only a JPEG is kept as it is coded")]
    Format,
    /// Colours that are converted to sRGB: neither that nor those of a profile that is kept.
    #[error("its colours had to be converted")]
    Colours,
    /// Cyan, magenta, yellow and black.
    #[error("its colours are inks")]
    Inks,
    /// Arithmetic coding, 12 bits, lossless or hierarchical JPEG.
    #[error("it is a rare kind of JPEG")]
    Process,
    /// The data is not as the standard has it, though a decoder got through.
    #[error("its data is not sound")]
    Damaged,
    /// Sampling factors or quantisation tables that a baseline file cannot have.
    #[error("its sampling or quantisation is unusual")]
    Sampling,
    /// Samples far beyond black or white, where a picture may lie that nobody sees.
    #[error("more of it lies beyond black or white than compression leaves there")]
    Clipped,
    /// The person wants nothing of it kept.
    #[error("that was asked for")]
    Asked,
    /// The copy is smaller.
    #[error("it was made smaller")]
    Scaled,
    /// It has more pixels than can be opened.
    #[error("it was opened smaller")]
    OpenedSmaller,
    /// There is no room for the coefficients.
    #[error("there is not enough memory")]
    Memory,
}

impl LossyReason {
    /// What the person should know of it: that the copy is smaller, or that a JPEG loses a little by being compressed again.
    pub fn note(self, format: Format) -> Option<Note> {
        let (code, message) = match self {
            Self::Scaled => (NoteCode::MadeSmaller, "The copy has fewer pixels than the picture.".to_owned()),
            // The photo has a note of its own.
            Self::OpenedSmaller => return None,
            _ if format == Format::Jpeg => {
                (NoteCode::CompressedAgain, format!("The whole picture was compressed again, because {self}."))
            }
            _ => return None,
        };
        Some(Note { code, message })
    }
}
