//! Face recognition: alignment to the pose that the recogniser was trained with, and the recogniser itself.

pub mod alignment;
pub mod recogniser;
