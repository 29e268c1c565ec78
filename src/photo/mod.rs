//! Open and save: from a file's bytes to upright pixels, and back. Colours become sRGB, but for those of the few well-known
//! profiles that are kept ([`Profile`]).
//!
//! Everything is checked from the header before anything is decoded, and a file that ends too early is refused:
//! a picture half decoded to grey would hide faces that another program still shows.

mod announced;
#[cfg(feature = "jxl")]
mod clock;
mod coded;
mod colour;
#[cfg(all(test, any(feature = "heic", feature = "jxl")))]
mod damaged;
mod decode;
mod frame;
mod further;
#[cfg(feature = "heic")]
mod heic;
mod jpeg;
#[cfg(feature = "jxl")]
mod jxl;
mod limits;
mod lossy_reason;
pub(crate) mod noise;
mod open;
mod pixels;
mod platform;
mod preview;
mod resize;
mod rewrite;
mod save;
mod signal;
#[cfg(feature = "rare-formats")]
mod tiff;

pub use crate::container::{Profile, sniff};
#[cfg(feature = "jxl")]
pub use clock::Clock;
pub use decode::{dimensions, has_deep_samples};
pub(crate) use frame::Turn;
pub use frame::{CodingBlocks, Frame, Photo};
pub use further::{Further, Place, count_further, show_further};
#[cfg(feature = "heic")]
pub use heic::decode as decode_heic;
pub use jpeg::{compare as compare_jpeg, luma_quantisation};
pub(crate) use jpeg::{has_own_tables as has_own_jpeg_tables, scans as jpeg_scans, unmarked_end as unmarked_jpeg_end};
#[cfg(feature = "rare-formats")]
pub(crate) use jpeg::{orientation as jpeg_orientation, size as jpeg_size};
#[cfg(feature = "jxl")]
pub use jxl::decode as decode_jxl;
#[cfg(feature = "jxl")]
pub(crate) use jxl::end as jxl_end;
pub use limits::Limits;
pub use lossy_reason::LossyReason;
pub use open::open;
pub use pixels::{PixelFormat, PlatformPixels};
pub use platform::{Decoded, Source, for_platform};
pub use preview::preview;
pub use resize::{resize_rgb, resize_rgb_smoothly};
pub(crate) use resize::{shrunk, size_within};
pub use rewrite::rewrite;
pub use save::{Saved, output_format, save};
