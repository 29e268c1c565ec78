//! A block of quantised coefficients.

/// Quantised coefficients of 8 x 8 samples in zigzag order (T.81, figure A.6).
pub(super) type Block = [i16; 64];

/// Position in natural order of each coefficient in zigzag order (T.81, figure A.6).
pub(super) const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// A bit for each coefficient that is not 0, the first one's the lowest.
#[inline]
pub(super) fn nonzero(block: &Block) -> u64 {
    // Moves the lowest bits of eight bytes side by side into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let flags = block.map(|value| u8::from(value != 0));
    let eights = flags.as_chunks().0.iter().map(|eight| u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56);
    eights.rev().fold(0, |mask, eight| mask << 8 | eight)
}
