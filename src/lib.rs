//! Finds the faces in a photo, covers them so that nothing of them is left, and proves it on the exported bytes.
//!
//! ```
//! use tarnkappe::report::{Decision, RegionRequest};
//! use tarnkappe::{Choice, Elsewhere, Method, Pipeline, Settings};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut pipeline = Pipeline::from_yunet(&std::fs::read("models/face_detection_yunet_2023mar.packed")?)?;
//! let (photo, settings) = (std::fs::read("tests/photos/astronaut.jpg")?, Settings::default());
//! let mut progress = |_stage, _share| ();
//!
//! // What the photo gives away: faces, and what the file says besides its pixels.
//! let report = pipeline.check(&photo, "astronaut.jpg", &settings, &mut progress)?.report;
//! assert_eq!((report.regions.len(), report.leaks.len()), (1, 0));
//!
//! // A person may leave regions open and add others.
//! let mut regions: Vec<_> = report.regions.iter().map(RegionRequest::from).collect();
//! regions[0].decision = Decision::Cover;
//! regions.push(RegionRequest::area([10.0, 400.0, 60.0, 60.0]));
//!
//! // There is a copy only if every check of its bytes passed.
//! let choice = Choice::Given { regions, elsewhere: Elsewhere::Fails };
//! let copy = pipeline.protect(&photo, "astronaut.jpg", Method::Soft, &choice, &settings, &mut progress)?;
//! let copy = copy.saved.ok_or("the proof failed")?;
//!
//! // Anybody with the original can compare them later.
//! let report = pipeline.verify(&photo, &copy.bytes, "copy.jpg", &settings)?;
//! assert!(report.proof.is_some_and(|proof| proof.ok));
//! # Ok(())
//! # }
//! ```
//!
//! The modules that are not listed here are for this repository's command line, tests, examples and tools. They may change at
//! any time.
//!
//! The path, one module a stage, plain data between them:
//!
//! ```text
//! bytes ──photo::open──▶ Photo ──detect──▶ faces ──protect──▶ Photo with covers ──photo::save──▶ bytes ──prove──▶ Proof
//!   └────leaks::scan──▶ what the file says besides its pixels
//! ```
//!
//! [`pipeline`] walks it. Nothing outside `src/web/` knows of a browser, so everything runs and is tested natively.

mod container;
#[doc(hidden)]
pub mod detect;
pub mod error;
#[doc(hidden)]
pub mod geometry;
#[doc(hidden)]
pub mod identifiability;
#[doc(hidden)]
pub mod infer;
#[doc(hidden)]
pub mod leaks;
#[doc(hidden)]
pub mod mask;
mod order;
#[doc(hidden)]
pub mod photo;
pub mod pipeline;
mod places;
#[doc(hidden)]
pub mod protect;
#[doc(hidden)]
pub mod prove;
#[doc(hidden)]
pub mod recognition;
pub mod report;
// The modules with the decoders of HEIC and JPEG XL (tools/heic, tools/jxl) export nothing of the engine.
#[cfg(all(target_arch = "wasm32", not(any(feature = "heic", feature = "jxl"))))]
mod web;
#[cfg(feature = "workshop")]
#[doc(hidden)]
pub mod workshop;

#[doc(inline)]
pub use detect::{Detector, DetectorSpec, Family, Policy};
pub use error::{Error, Result};
#[doc(inline)]
pub use geometry::PixelRect;
#[doc(inline)]
pub use photo::{Frame, Limits, Photo, PixelFormat, PlatformPixels, Saved, Source, open};
pub use pipeline::{Checked, Choice, FaceChoice, Job, Pipeline, Protected, Settings, Step};
#[doc(inline)]
pub use protect::{CoverRules, Method};
#[doc(inline)]
pub use prove::Elsewhere;
#[doc(inline)]
pub use recognition::recogniser::Recogniser;
