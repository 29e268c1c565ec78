//! Names that programs and locale files rely on. Their words are in the locale files.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The checks of proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// Only the segments that this program writes, and nothing after the end.
    Container,
    /// The copy says nothing besides its pixels.
    Metadata,
    /// The copy opens and has the expected size.
    Opens,
    /// Two decoders agree on what a JPEG shows.
    Decoders,
    /// Covered pixels are as computed.
    Covers,
    /// Faces that are neither covered nor left open.
    FacesOutside,
    /// What looks like a face inside covers.
    FacesInside,
    /// Faces of the original that are covered in part.
    FacesPartlyCovered,
    /// Whether a cover can be linked to this very photo.
    Linked,
    /// Whether a recogniser still matches a covered face.
    Reidentified,
    /// `verify`: how the copy's picture lies in the original's.
    Size,
    /// `verify`: the copy holds one picture.
    OnePicture,
    /// `verify`: no bytes of the original's file stand in the copy.
    SharedBytes,
    /// `verify`: how many faces the original shows.
    OriginalFaces,
    /// `verify`: whether light and shade of the original's faces are left.
    Likeness,
}

/// What is being done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Networks are being fetched. Reported by the JavaScript around this library, which does that.
    Load,
    /// The file is being decoded.
    Decode,
    /// Faces are being detected.
    Detect,
    /// Faces are shown to the recogniser.
    Recognise,
    /// Covers are being drawn.
    Cover,
    /// The copy is being written.
    Encode,
    /// The copy is being proved.
    Prove,
}

macro_rules! display_as_serialised {
    ($($code:ty),*) => {
        $(impl fmt::Display for $code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.serialize(f)
            }
        })*
    };
}
display_as_serialised!(CheckName, Stage);
