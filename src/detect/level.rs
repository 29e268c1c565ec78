//! Sizes at which the picture is scanned, and parts of them.

/// One size at which the picture is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Level {
    /// Width in network pixels, at least 1.
    pub(super) width: u32,
    /// Height in network pixels, at least 1.
    pub(super) height: u32,
}

/// A part of a level that a network scans in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Tile {
    /// Left edge.
    pub(super) x: u32,
    /// Top edge.
    pub(super) y: u32,
    /// One that the network takes; may reach past the level's edge.
    pub(super) width: u32,
    /// One that the network takes; may reach past the level's edge.
    pub(super) height: u32,
}

impl Tile {
    /// The network's work, in pixels.
    pub(super) fn cost(self) -> f32 {
        self.width as f32 * self.height as f32
    }
}
