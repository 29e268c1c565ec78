//! What of a tile shows the picture, and the blocks in which it is compared.

/// Side of the blocks in which faint parts of a tile are sought, in network pixels: a face of 30 is a few of them.
pub(super) const BLOCK: usize = 16;

/// Blocks that a faint part has at least.
pub(super) const FEWEST_BLOCKS: usize = 4;

/// Share of a tile's blocks, as one in so many, that a faint part has at least.
pub(super) const SMALLEST_PART: usize = 24;

/// The part of a tile that shows the picture, and which of its pixels do not count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// Columns of the tile, in pixels.
    pub(super) width: usize,
    /// Columns from the left that lie in the picture.
    pub(super) columns: usize,
    /// Rows from the top that lie in the picture.
    pub(super) rows: usize,
    /// Black pixels lie beside a tilted picture, or may; they stay black and are not counted.
    pub(super) tilted: bool,
}

impl Shown {
    /// A pixel lies in the picture, as far as that is known.
    pub(super) fn counts(&self, pixel: &[u8; 3]) -> bool {
        !self.tilted || *pixel != [0; 3]
    }

    /// Rows of pixels that lie in the picture.
    pub(super) fn pixels<'a>(&self, rgb: &'a [u8]) -> impl Iterator<Item = impl Iterator<Item = &'a [u8; 3]>> {
        let Self { width, columns, rows, .. } = *self;
        let rows = rgb.chunks_exact(3 * width.max(1)).take(rows);
        rows.map(move |row| row.as_chunks().0[..columns].iter().filter(|pixel| self.counts(pixel)))
    }
}
