//! Coefficients of a block to its samples: the inverse discrete cosine transform (T.81, A.3.3).
//!
//! By the factorisation of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 11 multiplications a line, as in the Independent
//! JPEG Group's jidctint.c; with floating point numbers, which vector instructions multiply quickly everywhere.

use super::block::ZIGZAG;
use super::block::{Block, nonzero};
use crate::photo::lossy_reason::LossyReason;

/// The largest norm of a block's dequantised coefficients. The transform is orthonormal, so that 64 samples of
/// -128 to 127 have a norm of 1024 at most, and rounding to steps of 255 at most adds half of 8 * 255. Beyond it decoders
/// that compute in 16 bits, as libjpeg-turbo does with vector instructions, show another picture than those that do not.
const MAX_NORM: f32 = 2048.0;

/// Eight values beside each other, which are transformed at once.
type Lanes = [f32; 8];

/// Coefficients in natural order, by the quantisation `steps`, both in zigzag order.
///
/// # Errors
/// [`LossyReason::Damaged`] if no picture of 8-bit samples has such a block.
#[inline]
pub(super) fn dequantised(block: &Block, steps: &[u16; 64]) -> Result<[Lanes; 8], LossyReason> {
    let mut natural = [[0.0; 8]; 8];
    let mut energy = 0.0;
    let mut rest = nonzero(block);
    while rest != 0 {
        let place = rest.trailing_zeros() as usize;
        let value = f32::from(block[place]) * f32::from(steps[place]);
        energy += value * value;
        natural[ZIGZAG[place] / 8][ZIGZAG[place] % 8] = value;
        rest &= rest - 1;
    }
    if energy > MAX_NORM * MAX_NORM { Err(LossyReason::Damaged) } else { Ok(natural) }
}

/// Samples of a block, line by line, which may lie beyond 0 and 255.
pub(super) type Samples = [[i32; 8]; 8];

/// Samples from what [`dequantised`] gives.
#[inline]
pub(super) fn unclamped(coefficients: [Lanes; 8]) -> Samples {
    let columns = pass(coefficients);
    let lines = transposed(pass(transposed(columns)));
    // Once this is added, the lowest bits of a number are those of the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    let sample = |value: f32| ((value / 8.0 + ROUND).to_bits() as i32) - (ROUND.to_bits() as i32) + 128;
    lines.map(|line| line.map(sample))
}

#[inline]
fn transposed(lanes: [Lanes; 8]) -> [Lanes; 8] {
    std::array::from_fn(|i| std::array::from_fn(|j| lanes[j][i]))
}

/// The transform of eight values, one of each of the lanes, times the square root of 8.
#[inline]
fn pass(v: [Lanes; 8]) -> [Lanes; 8] {
    // jidctint.c has the derivation and these numbers.
    let mut out = [[0.0; 8]; 8];
    for i in 0..8 {
        let shared = (v[2][i] + v[6][i]) * 0.541_196_1;
        let (low, high) = (shared - v[6][i] * 1.847_759_1, shared + v[2][i] * 0.765_366_9);
        let (sum, difference) = (v[0][i] + v[4][i], v[0][i] - v[4][i]);
        let even = [sum + high, difference + low, difference - low, sum - high];

        let (z1, z2, z3, z4) = (v[7][i] + v[1][i], v[5][i] + v[3][i], v[7][i] + v[3][i], v[5][i] + v[1][i]);
        let z5 = (z3 + z4) * 1.175_875_6;
        let (z1, z2, z3, z4) = (z1 * -0.899_976_2, z2 * -2.562_915_4, z5 - z3 * 1.961_570_6, z5 - z4 * 0.390_180_64);
        let odd = [
            v[1][i] * 1.501_321_1 + z1 + z4,
            v[3][i] * 3.072_711 + z2 + z3,
            v[5][i] * 2.053_12 + z2 + z4,
            v[7][i] * 0.298_631_34 + z1 + z3,
        ];
        for k in 0..4 {
            out[k][i] = even[k] + odd[k];
            out[7 - k][i] = even[k] - odd[k];
        }
    }
    out
}
