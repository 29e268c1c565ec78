//! Weights stored in 16 bits: IEEE 754 binary16, finite numbers only.

/// The exponent of binary32 is biased by 127, that of binary16 by 15: 2^(127 - 15).
const REBIAS: f32 = f32::from_bits((127 + 112) << 23);

/// Fraction bits that binary32 has and binary16 has not.
const EXTRA_BITS: u32 = 13;

/// Binary16 keeps its largest exponent, from here on, for infinity and for what is not a number.
const LIMIT: f32 = 65536.0;

/// The number that 16 bits stand for; none if it is not finite.
pub(super) fn widen(half: u16) -> Option<f32> {
    let sign = u32::from(half & 0x8000) << 16;
    let magnitude = f32::from_bits(u32::from(half & 0x7fff) << EXTRA_BITS) * REBIAS;
    (magnitude < LIMIT).then(|| f32::from_bits(magnitude.to_bits() | sign))
}

/// The 16 bits that stand for exactly this number; none if there are none.
pub(super) fn narrow(value: f32) -> Option<u16> {
    let sign = (value.to_bits() >> 16) as u16 & 0x8000;
    let magnitude = u16::try_from((value.abs() / REBIAS).to_bits() >> EXTRA_BITS).ok()?;
    let half = magnitude | sign;
    (widen(half)?.to_bits() == value.to_bits()).then_some(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_widened_as_the_standard_says() {
        let smallest = 2.0f32.powi(-24);
        let known =
            [(0, 0.0), (0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x7bff, 65504.0), (0x0001, smallest)];
        for (half, value) in known {
            assert_eq!(widen(half), Some(value));
        }
        assert_eq!(widen(0x7c00), None);
        assert_eq!(widen(0xfe00), None);
    }

    #[test]
    fn every_finite_number_comes_back() {
        for half in 0..=u16::MAX {
            assert_eq!(widen(half).and_then(narrow), widen(half).map(|_| half));
        }
    }

    #[test]
    fn a_number_that_does_not_fit_is_not_narrowed() {
        for value in [0.1, 65505.0, 65536.0, 1e30, f32::INFINITY, f32::NAN, f32::MIN_POSITIVE] {
            assert_eq!(narrow(value), None, "{value}");
        }
    }
}
