//! What an attacker can do with a covered face.
//!
//! The attacker knows how and where the face was covered, and where its landmarks were: the worst case. Nothing here can
//! show that a cover is safe; each attack that succeeds shows that it is not. `make attack` runs all of them over covers of
//! all kinds, and docs/threats.md has the table.

mod average;
pub mod covers;
mod parrot;
pub mod portrait;
mod redetect;
mod reidentify;
mod transplant;
mod undo;

pub use average::mean_embedding;
pub use parrot::{crop_under, trimmed_distance};
pub use redetect::redetected;
pub use reidentify::{Rank, centred, identify};
pub use transplant::transplant;
pub use undo::{Known, Undoing, undone};

#[cfg(test)]
mod tests;
