//! Finds the faces in a photo, covers them so that nothing of them is left, and proves it on the exported bytes.
//!
//! The pipeline reads as a path, one module a stage, plain data between them:
//!
//! ```text
//! bytes ──photo::open──▶ Photo ──detect──▶ faces ──protect──▶ Photo with covers ──photo::save──▶ bytes ──prove──▶ Proof
//!   └────leaks::find──▶ what the file says besides its pixels
//! ```
//!
//! [`pipeline`] walks it. Nothing outside `src/web/` knows of a browser, so everything runs and is tested natively.

mod container;
pub mod detect;
pub mod error;
pub mod geometry;
pub mod identify;
pub mod infer;
pub mod leaks;
mod order;
pub mod photo;
pub mod pipeline;
mod places;
pub mod protect;
pub mod prove;
pub mod report;
#[cfg(target_arch = "wasm32")]
mod web;

pub use error::{Error, Result};
