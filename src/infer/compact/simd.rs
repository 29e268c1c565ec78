//! Eight floats side by side.
//!
//! Plain arrays where the compiler turns them into vector instructions; in WebAssembly the instructions themselves,
//! because there it does not.

/// Floats in one vector.
pub(super) const LANES: usize = 8;

/// Eight floats: one register of 256 bits or two of 128.
pub(super) trait Vector: Copy {
    /// A vector is one register and not two.
    const IS_ONE_REGISTER: bool;

    fn load(values: &[f32; LANES]) -> Self;

    fn store(self, to: &mut [f32; LANES]);

    fn splat(value: f32) -> Self;

    /// `self * factor + sum`, rounded once or twice.
    fn mul_add(self, factor: Self, sum: Self) -> Self;

    fn add(self, other: Self) -> Self;

    fn mul(self, other: Self) -> Self;

    /// The larger one in each lane.
    fn max(self, other: Self) -> Self;
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    use super::{LANES, Vector};

    /// Floats for any processor, or with `FUSED` for one with 256-bit registers and fused multiply-add.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Array<const FUSED: bool>([f32; LANES]);

    impl<const FUSED: bool> Vector for Array<FUSED> {
        const IS_ONE_REGISTER: bool = FUSED;

        #[inline(always)]
        fn load(values: &[f32; LANES]) -> Self {
            Self(*values)
        }

        #[inline(always)]
        fn store(self, to: &mut [f32; LANES]) {
            *to = self.0;
        }

        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self([value; LANES])
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(std::array::from_fn(|i| {
                if FUSED { self.0[i].mul_add(factor.0[i], sum.0[i]) } else { self.0[i] * factor.0[i] + sum.0[i] }
            }))
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] * other.0[i]))
        }

        #[inline(always)]
        fn max(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] }))
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_pmax, f32x4_splat, v128};

    use super::{LANES, Vector};

    /// Two registers.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Pair(v128, v128);

    impl Pair {
        #[inline(always)]
        fn zip(self, other: Self, operation: impl Fn(v128, v128) -> v128) -> Self {
            Self(operation(self.0, other.0), operation(self.1, other.1))
        }
    }

    #[inline(always)]
    fn mul_add(a: v128, b: v128, c: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return std::arch::wasm32::f32x4_relaxed_madd(a, b, c);
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_add(f32x4_mul(a, b), c)
    }

    impl Vector for Pair {
        const IS_ONE_REGISTER: bool = false;

        #[inline(always)]
        fn load(values: &[f32; LANES]) -> Self {
            Self(f32x4(values[0], values[1], values[2], values[3]), f32x4(values[4], values[5], values[6], values[7]))
        }

        #[inline(always)]
        fn store(self, to: &mut [f32; LANES]) {
            *to = [
                f32x4_extract_lane::<0>(self.0),
                f32x4_extract_lane::<1>(self.0),
                f32x4_extract_lane::<2>(self.0),
                f32x4_extract_lane::<3>(self.0),
                f32x4_extract_lane::<0>(self.1),
                f32x4_extract_lane::<1>(self.1),
                f32x4_extract_lane::<2>(self.1),
                f32x4_extract_lane::<3>(self.1),
            ];
        }

        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self(f32x4_splat(value), f32x4_splat(value))
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(mul_add(self.0, factor.0, sum.0), mul_add(self.1, factor.1, sum.1))
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            self.zip(other, |a, b| f32x4_add(a, b))
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            self.zip(other, |a, b| f32x4_mul(a, b))
        }

        /// `pmax` is one instruction on x86; `max` is several, for the sake of NaN.
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            self.zip(other, |a, b| f32x4_pmax(b, a))
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use lanes::Array;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use lanes::Pair;

/// Work that can be done with any vectors.
pub(super) trait Work {
    /// Does it. Must be inlined into its caller, as everything that uses vectors must: only there does the compiler know
    /// what registers there are.
    fn with<V: Vector>(self);
}

/// Does the work with the best vectors that this processor has.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) fn fastest(work: impl Work) {
    work.with::<Pair>();
}

/// Does the work with the best vectors that this processor has.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) fn fastest(work: impl Work) {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
        // SAFETY: the function needs these two features and nothing else.
        #[allow(unsafe_code)]
        unsafe {
            with_avx2(work);
        }
        return;
    }
    work.with::<Array<{ cfg!(target_arch = "aarch64") }>>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2(work: impl Work) {
    work.with::<Array<true>>();
}
