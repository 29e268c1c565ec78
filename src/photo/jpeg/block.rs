//! A block of quantised coefficients.

/// Quantised coefficients of 8 x 8 samples in zigzag order (T.81, figure A.6).
pub(super) type Block = [i16; 64];

/// A bit for each coefficient that is not 0, the first one's the lowest.
#[inline]
pub(super) fn nonzero(block: &Block) -> u64 {
    // Moves the lowest bits of eight bytes side by side into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let flags = block.map(|value| u8::from(value != 0));
    let eights = flags.as_chunks().0.iter().map(|eight| u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56);
    eights.rev().fold(0, |mask, eight| mask << 8 | eight)
}
