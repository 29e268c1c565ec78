//! Coefficients of a block to its samples: the inverse discrete cosine transform (T.81, A.3.3).
//!
//! As the Independent JPEG Group's libjpeg does it by default (jidctint.c), so that samples are those that browsers show: the
//! factorisation of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 11 multiplications a line, in integers.

use super::coefficients::Block;
use super::header::ZIGZAG;
use crate::photo::rewrite::Obstacle;

/// Bits after the point of the constants.
const FRACTION: u32 = 13;

/// Bits after the point of what the first pass leaves to the second.
const BETWEEN: u32 = 2;

/// The largest norm of a block's dequantised coefficients. The transform is orthonormal, so that 64 samples of
/// -128 to 127 have a norm of 1024 at most, and rounding to steps of 255 at most adds half of 8 * 255. Beyond it decoders
/// that compute in 16 bits, as libjpeg-turbo does with vector instructions, show another picture than those that do not.
const MAX_NORM: i32 = 2048;

/// Eight values beside each other, which are transformed at once.
type Lanes = [i32; 8];

/// Coefficients in natural order, by the quantisation `steps`, both in zigzag order.
///
/// # Errors
/// [`Obstacle::Damaged`] if no picture of 8-bit samples has such a block.
#[inline]
pub(super) fn dequantised(block: &Block, steps: &[u16; 64]) -> Result<[Lanes; 8], Obstacle> {
    let values: [i32; 64] = std::array::from_fn(|place| i32::from(block[place]) * i32::from(steps[place]));
    // Cut, so that the sum of squares fits; what is cut is too large alone.
    let energy: i32 = values.iter().map(|value| value.abs().min(MAX_NORM + 1).pow(2)).sum();
    if energy > MAX_NORM * MAX_NORM {
        return Err(Obstacle::Damaged);
    }
    let mut natural = [[0; 8]; 8];
    for (value, position) in values.into_iter().zip(ZIGZAG) {
        natural[position / 8][position % 8] = value;
    }
    Ok(natural)
}

/// Samples of a block, line by line, from what [`dequantised`] gives.
#[inline]
pub(super) fn samples(coefficients: [Lanes; 8]) -> [[u8; 8]; 8] {
    let columns = pass::<{ FRACTION - BETWEEN }>(coefficients);
    // The middle of the samples, and three bits for the two factors of 1 / sqrt(8).
    let lines = transposed(pass::<{ FRACTION + BETWEEN + 3 }>(transposed(columns)));
    lines.map(|line| line.map(|value| (value + 128).clamp(0, 255) as u8))
}

fn transposed(lanes: [Lanes; 8]) -> [Lanes; 8] {
    std::array::from_fn(|i| std::array::from_fn(|j| lanes[j][i]))
}

/// The transform of eight values, one of each of the lanes, scaled by the square root of 8; `SHIFT` bits are rounded off.
#[inline]
fn pass<const SHIFT: u32>(v: [Lanes; 8]) -> [Lanes; 8] {
    // The constants' names give their values times 1000; jidctint.c has the derivation.
    const C0_298: i32 = 2446;
    const C0_390: i32 = 3196;
    const C0_541: i32 = 4433;
    const C0_765: i32 = 6270;
    const C0_899: i32 = 7373;
    const C1_175: i32 = 9633;
    const C1_501: i32 = 12299;
    const C1_847: i32 = 15137;
    const C1_961: i32 = 16069;
    const C2_053: i32 = 16819;
    const C2_562: i32 = 20995;
    const C3_072: i32 = 25172;
    let mut out = [[0; 8]; 8];
    for i in 0..8 {
        let shared = (v[2][i] + v[6][i]) * C0_541;
        let (low, high) = (shared - v[6][i] * C1_847, shared + v[2][i] * C0_765);
        let (sum, difference) = ((v[0][i] + v[4][i]) << FRACTION, (v[0][i] - v[4][i]) << FRACTION);
        let even = [sum + high, difference + low, difference - low, sum - high];

        let (z1, z2, z3, z4) = (v[7][i] + v[1][i], v[5][i] + v[3][i], v[7][i] + v[3][i], v[5][i] + v[1][i]);
        let z5 = (z3 + z4) * C1_175;
        let (z1, z2, z3, z4) = (-z1 * C0_899, -z2 * C2_562, z5 - z3 * C1_961, z5 - z4 * C0_390);
        let odd = [
            v[1][i] * C1_501 + z1 + z4,
            v[3][i] * C3_072 + z2 + z3,
            v[5][i] * C2_053 + z2 + z4,
            v[7][i] * C0_298 + z1 + z3,
        ];
        for k in 0..4 {
            let half = 1 << (SHIFT - 1);
            out[k][i] = (even[k] + odd[k] + half) >> SHIFT;
            out[7 - k][i] = (even[k] - odd[k] + half) >> SHIFT;
        }
    }
    out
}
