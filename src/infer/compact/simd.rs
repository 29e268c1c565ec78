//! Four floats side by side.
//!
//! Plain arrays where the compiler turns them into vector instructions; in WebAssembly the instructions themselves,
//! because there it does not.

/// Floats in one vector.
pub(super) const LANES: usize = 4;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    use super::LANES;

    /// Four floats, one vector register.
    #[derive(Clone, Copy)]
    pub(in super::super) struct F32x4([f32; LANES]);

    impl F32x4 {
        #[inline(always)]
        pub(in super::super) fn load(values: &[f32; LANES]) -> Self {
            Self(*values)
        }

        #[inline(always)]
        pub(in super::super) fn store(self, to: &mut [f32; LANES]) {
            *to = self.0;
        }

        #[inline(always)]
        pub(in super::super) fn splat(value: f32) -> Self {
            Self([value; LANES])
        }

        /// `self * factor + sum`.
        #[inline(always)]
        pub(in super::super) fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] * factor.0[i] + sum.0[i]))
        }

        #[inline(always)]
        pub(in super::super) fn add(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
        }

        #[inline(always)]
        pub(in super::super) fn mul(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] * other.0[i]))
        }

        /// The larger one in each lane.
        #[inline(always)]
        pub(in super::super) fn max(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] }))
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_pmax, f32x4_splat, v128};

    use super::LANES;

    /// Four floats, one vector register.
    #[derive(Clone, Copy)]
    pub(in super::super) struct F32x4(v128);

    impl F32x4 {
        #[inline(always)]
        pub(in super::super) fn load(values: &[f32; LANES]) -> Self {
            Self(f32x4(values[0], values[1], values[2], values[3]))
        }

        #[inline(always)]
        pub(in super::super) fn store(self, to: &mut [f32; LANES]) {
            *to = [
                f32x4_extract_lane::<0>(self.0),
                f32x4_extract_lane::<1>(self.0),
                f32x4_extract_lane::<2>(self.0),
                f32x4_extract_lane::<3>(self.0),
            ];
        }

        #[inline(always)]
        pub(in super::super) fn splat(value: f32) -> Self {
            Self(f32x4_splat(value))
        }

        /// `self * factor + sum`, rounded once or twice.
        #[inline(always)]
        pub(in super::super) fn mul_add(self, factor: Self, sum: Self) -> Self {
            #[cfg(target_feature = "relaxed-simd")]
            let value = std::arch::wasm32::f32x4_relaxed_madd(self.0, factor.0, sum.0);
            #[cfg(not(target_feature = "relaxed-simd"))]
            let value = f32x4_add(f32x4_mul(self.0, factor.0), sum.0);
            Self(value)
        }

        #[inline(always)]
        pub(in super::super) fn add(self, other: Self) -> Self {
            Self(f32x4_add(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn mul(self, other: Self) -> Self {
            Self(f32x4_mul(self.0, other.0))
        }

        /// The larger one in each lane. `pmax` is one instruction on x86; `max` is several, for the sake of NaN.
        #[inline(always)]
        pub(in super::super) fn max(self, other: Self) -> Self {
            Self(f32x4_pmax(other.0, self.0))
        }
    }
}

pub(super) use lanes::F32x4;
