//! Colours that a PNG describes without a profile (PNG third edition, 4.3 and 11.3.2): code points (`cICP`), or a gamma, alone or
//! with chromaticities. They become sRGB as in Chromium, high dynamic range included.

use moxcms::{Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, Matrix3d};
use moxcms::{MatrixCoefficients, TransferCharacteristics};

use super::colour::SAME;
use super::frame::to_8_bits;
use crate::container::png::ColourChunks;

/// Of a display for sRGB, times 100,000.
const SRGB_GAMMA: u32 = 45_455;
/// A gamma this near to that of sRGB, in hundredths of it, means sRGB, as in libpng and browsers.
const NEAR: u32 = 5;
/// Code points (ITU-T H.273).
const BT_2020: u8 = 9;
const PQ: u8 = 16;
const HLG: u8 = 18;
/// Luminance of white in pictures of standard range, and the most of one of high range that says nothing of it, in candela a
/// square metre (ITU-R BT.2408, BT.2100).
const WHITE: f32 = 203.0;
const PEAK: f32 = 1000.0;

/// Whether a PNG is in the colours of its profile, or in sRGB without one, as nearly all are. The order of the chunks is the
/// standard's: code points, then a profile, sRGB, and gamma. Chromaticities without a gamma mean nothing to browsers.
pub(super) fn is_plain(said: &ColourChunks, has_profile: bool) -> bool {
    let is_srgb = |gamma: u32| gamma == 0 || gamma.abs_diff(SRGB_GAMMA) <= SRGB_GAMMA * NEAR / 100;
    let as_stated = said.gamma.is_none_or(|gamma| said.chromaticities.is_none() && is_srgb(gamma));
    said.code_points.is_none() && (has_profile || said.is_srgb || as_stated)
}

/// What the numbers of a PNG mean.
#[derive(Debug)]
pub(super) enum Meaning {
    /// What its profile says; sRGB if it has none.
    Profile,
    /// Something else that is known.
    Signal(Signal),
    /// Something that cannot be known.
    Unknown,
}

/// Colours by primaries and a transfer function.
#[derive(Debug)]
pub(super) struct Signal {
    transfer: Transfer,
    /// From its primaries to those of sRGB, or of Rec. 2020 if `from_2020` is there.
    matrix: Matrix3d,
    /// High dynamic range, which is reduced in light of Rec. 2020.
    from_2020: Option<Matrix3d>,
}

#[derive(Debug, Clone, Copy)]
enum Transfer {
    /// Light is the value to this power.
    Power(f32),
    Code(u8),
}

impl Meaning {
    /// See [`is_plain`] for the order.
    pub(super) fn of(said: &ColourChunks, has_profile: bool) -> Self {
        if is_plain(said, has_profile) {
            return Self::Profile;
        }
        if let Some(signal) = said.code_points.and_then(Signal::by_code_points) {
            return Self::Signal(signal);
        }
        let fallback = if said.code_points.is_some() { Self::Unknown } else { Self::Profile };
        match said.gamma {
            _ if has_profile || said.is_srgb => Self::Profile,
            None | Some(0) => fallback,
            Some(gamma) => Signal::by_gamma(gamma, said.chromaticities).map_or(Self::Unknown, Self::Signal),
        }
    }
}

impl Signal {
    pub(super) fn by_code_points([primaries, transfer, matrix, full_range]: [u8; 4]) -> Option<Self> {
        let is_known = matches!(transfer, 1 | 4..=8 | 11 | 13..=18);
        if !is_known || matrix != 0 || full_range != 1 {
            return None;
        }
        let profile = by_primaries(primaries)?;
        let is_high_range = matches!(transfer, PQ | HLG);
        let working = if is_high_range { by_primaries(BT_2020)? } else { ColorProfile::new_srgb() };
        let from_2020 = is_high_range.then(|| working.transform_matrix(&ColorProfile::new_srgb()));
        Some(Self { transfer: Transfer::Code(transfer), matrix: profile.transform_matrix(&working), from_2020 })
    }

    /// `None` if the chromaticities are those of no colours.
    fn by_gamma(gamma: u32, chromaticities: Option<[u32; 8]>) -> Option<Self> {
        let mut profile = ColorProfile::new_srgb();
        if let Some(xy) = chromaticities {
            let xy = xy.map(|value| value as f32 / 100_000.0);
            let [white, red, green, blue] = [0, 2, 4, 6].map(|at| Chromaticity::new(xy[at], xy[at + 1]));
            if xy.iter().any(|value| *value > 1.0) || white.y == 0.0 {
                return None;
            }
            profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
        }
        let matrix = profile.transform_matrix(&ColorProfile::new_srgb());
        let is_finite = matrix.v.as_flattened().iter().all(|value| value.is_finite());
        // Primaries on one line have no inverse; what is left of it are huge or no numbers.
        let is_sound = is_finite && matrix.v.as_flattened().iter().all(|value| value.abs() < 1000.0);
        let transfer = Transfer::Power(100_000.0 / gamma as f32);
        is_sound.then_some(Self { transfer, matrix, from_2020: None })
    }

    /// Converts interleaved samples (grey or red green blue, with alpha or not) to sRGB of 8 bits. Returns whether that changes
    /// anything; if not, the samples stay as they are, 16 bits a sample too.
    pub(super) fn to_srgb(&self, samples: &mut Vec<u8>, is_deep: bool, channels: u8) -> bool {
        let encoded = encoded();
        let colours = if channels < 3 { 1 } else { 3 };
        if self.is_srgb(&encoded, colours) {
            return false;
        }
        let (most, width) = if is_deep { (usize::from(u16::MAX), 2) } else { (usize::from(u8::MAX), 1) };
        let light: Vec<f32> = (0..=most).map(|level| self.transfer.light(level as f32 / most as f32)).collect();
        let level = |samples: &[u8], at: usize| match is_deep {
            true => usize::from(u16::from_ne_bytes([samples[2 * at], samples[2 * at + 1]])),
            false => usize::from(samples[at]),
        };
        let channels = usize::from(channels);
        let count = samples.len() / width;
        for first in (0..count).step_by(channels) {
            let colour = std::array::from_fn(|n| light[level(samples, first + n.min(colours - 1))]);
            let last = level(samples, first + channels - 1);
            let shown = self.shown(colour, &encoded);
            samples[first..first + colours].copy_from_slice(&shown[..colours]);
            if channels > colours {
                samples[first + colours] = if is_deep { to_8_bits(last as u16) } else { last as u8 };
            }
        }
        samples.truncate(count);
        samples.shrink_to_fit();
        true
    }

    /// Whether that changes next to nothing, tried on 16 levels of each channel.
    fn is_srgb(&self, encoded: &[u8], colours: usize) -> bool {
        let levels: [u8; 16] = std::array::from_fn(|level| level as u8 * 17);
        let light = levels.map(|level| self.transfer.light(f32::from(level) / 255.0));
        (0..16 * 16 * 16).all(|i: usize| {
            let at = if colours == 1 { [i % 16; 3] } else { [i / 256, i / 16 % 16, i % 16] };
            let shown = self.shown(at.map(|n| light[n]), encoded);
            shown.iter().zip(at).all(|(shown, n)| shown.abs_diff(levels[n]) <= SAME)
        })
    }

    fn shown(&self, light: [f32; 3], encoded: &[u8]) -> [u8; 3] {
        let mut light = times(&self.matrix, light);
        if let Some(from_2020) = &self.from_2020 {
            if matches!(self.transfer, Transfer::Code(HLG)) {
                light = of_display(light);
            }
            light = times(from_2020, reduced(light));
        }
        // `as` takes what is below zero, and no number, for zero.
        light.map(|light| encoded[((light * (ENCODED - 1) as f32 + 0.5) as usize).min(ENCODED - 1)])
    }
}

/// `None` for code points that name no primaries of displays or cameras (10 is X, Y and Z themselves).
fn by_primaries(code: u8) -> Option<ColorProfile> {
    if code == 10 {
        return None;
    }
    let color_primaries = CicpColorPrimaries::try_from(code).ok()?;
    ColorPrimaries::try_from(color_primaries).ok()?;
    Some(ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics: TransferCharacteristics::Srgb,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    }))
}

fn times(matrix: &Matrix3d, [r, g, b]: [f32; 3]) -> [f32; 3] {
    matrix.v.map(|row| row[0] as f32 * r + row[1] as f32 * g + row[2] as f32 * b)
}

impl Transfer {
    /// The light of a value, 1 for white; of HLG that of the scene.
    fn light(self, value: f32) -> f32 {
        match self {
            Self::Power(power) => value.powf(power),
            // What cameras for these standards encode is watched on displays with this power (ITU-R BT.1886).
            Self::Code(1 | 6 | 11 | 14 | 15) => value.powf(2.4),
            Self::Code(4) => value.powf(2.2),
            Self::Code(5) => value.powf(2.8),
            Self::Code(7) if value < 0.0913 => value / 4.0,
            Self::Code(7) => ((value + 0.1115) / 1.1115).powf(1.0 / 0.45),
            Self::Code(PQ) => perceptual_quantizer(value) * (10_000.0 / WHITE),
            Self::Code(17) => value.powf(2.6) * (52.37 / 48.0),
            Self::Code(HLG) if value <= 0.5 => value * value / 3.0,
            Self::Code(HLG) => (((value - 0.559_910_7) / 0.178_832_77).exp() + 0.284_668_92) / 12.0,
            Self::Code(8) => value,
            Self::Code(_) if value <= 0.04045 => value / 12.92,
            Self::Code(_) => ((value + 0.055) / 1.055).powf(2.4),
        }
    }
}

/// Of 10,000 candela a square metre (SMPTE ST 2084).
fn perceptual_quantizer(value: f32) -> f32 {
    let power = value.powf(32.0 / 2523.0);
    ((power - 0.835_937_5).max(0.0) / (18.851_563 - 18.6875 * power)).powf(16_384.0 / 2610.0)
}

/// From the scene to a display of [`PEAK`] (ITU-R BT.2100, table 5).
fn of_display(scene: [f32; 3]) -> [f32; 3] {
    let luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2];
    scene.map(|light| light * luminance.max(0.0).powf(0.2) * (PEAK / WHITE))
}

/// From a high dynamic range, with white at 1 and [`PEAK`] above, to the standard one, as Chromium does (the operator around
/// reference white of SMPTE ST 2094-50): white becomes half the light, and what is brighter a curve up to full light.
fn reduced(light: [f32; 3]) -> [f32; 3] {
    const HALF: f32 = 0.5;
    /// Where between its ends the curve's middle point lies.
    const MIDDLE: f32 = 0.65;
    const MOST: f32 = PEAK / WHITE;
    let [x, y] = [1.0 + MIDDLE * (1.0 / HALF - 1.0), HALF + MIDDLE * (1.0 - HALF)];
    let brightest = light[0].max(light[1]).max(light[2]);
    let factor = if brightest <= 1.0 {
        HALF
    } else if brightest >= MOST {
        1.0 / brightest
    } else {
        let (a, b, c) = (1.0 - 2.0 * x + MOST, 2.0 * (x - 1.0), 1.0 - brightest);
        let t = ((b * b - 4.0 * a * c).sqrt() - b) / (2.0 * a);
        ((1.0 - t) * (1.0 - t) * HALF + 2.0 * t * (1.0 - t) * y + t * t) / brightest
    };
    light.map(|light| light * factor)
}

/// Steps of light from 0 to 1, fine enough that the darkest level of sRGB has five.
const ENCODED: usize = 1 << 14;

/// The level of sRGB of each step of light (IEC 61966-2-1).
fn encoded() -> Vec<u8> {
    let level = |light: f32| match light <= 0.003_130_8 {
        true => 12.92 * light,
        false => 1.055 * light.powf(1.0 / 2.4) - 0.055,
    };
    (0..ENCODED).map(|step| (255.0 * level(step as f32 / (ENCODED - 1) as f32)).round() as u8).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::photo::colour::tests::{P3_TO_SRGB, decode_share, encode};

    const SRGB_XY: [u32; 8] = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    const P3_XY: [u32; 8] = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];

    fn code_points(primaries: u8, transfer: u8) -> ColourChunks {
        ColourChunks { code_points: Some([primaries, transfer, 0, 1]), ..ColourChunks::default() }
    }

    fn gamma(gamma: u32, chromaticities: Option<[u32; 8]>) -> ColourChunks {
        ColourChunks { gamma: Some(gamma), chromaticities, ..ColourChunks::default() }
    }

    /// What colours become; `None` if they stay.
    fn converted(said: &ColourChunks, rgb: &[u8]) -> Option<Vec<u8>> {
        let Meaning::Signal(signal) = Meaning::of(said, false) else { return None };
        let mut rgb = rgb.to_vec();
        signal.to_srgb(&mut rgb, false, 3).then_some(rgb)
    }

    fn colours() -> Vec<u8> {
        (0..8 * 8 * 8).flat_map(|i| [i / 64 * 36, i / 8 % 8 * 36, i % 8 * 36].map(|v: u32| v as u8)).collect()
    }

    /// Compares with light of a transfer function and a matrix to linear sRGB.
    fn assert_like(said: &ColourChunks, light: impl Fn(f64) -> f64, matrix: [[f64; 3]; 3]) {
        let before = colours();
        let after = converted(said, &before).unwrap();
        for (before, after) in before.chunks_exact(3).zip(after.chunks_exact(3)) {
            let light: Vec<f64> = before.iter().map(|value| light(f64::from(*value) / 255.0)).collect();
            for (row, value) in matrix.iter().zip(after) {
                let expected = encode(row.iter().zip(&light).map(|(a, b)| a * b).sum());
                assert!((expected - f64::from(*value)).abs() <= 1.5, "{said:?} {before:?}: {expected} but {value}");
            }
        }
    }

    #[test]
    fn a_gamma_and_chromaticities_are_what_the_standard_says() {
        const SAME: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        assert_like(&gamma(100_000, None), |v| v, SAME);
        assert_like(&gamma(55_556, None), |v| v.powf(1.8), SAME);
        assert_like(&gamma(45_455, Some(P3_XY)), |v| v.powf(2.2), P3_TO_SRGB);
        assert_like(&code_points(12, 13), decode_share, P3_TO_SRGB);
        assert_like(&code_points(1, 8), |v| v, SAME);
        assert_like(&code_points(1, 4), |v| v.powf(2.2), SAME);
    }

    #[test]
    fn what_means_srgb_or_nothing_stays() {
        let plain = ColourChunks::default();
        let is_srgb = ColourChunks { is_srgb: true, ..gamma(100_000, Some(P3_XY)) };
        let alone = ColourChunks { chromaticities: Some(P3_XY), ..plain };
        for said in [plain, is_srgb, alone, code_points(1, 13), gamma(0, None)] {
            assert_eq!(converted(&said, &colours()), None, "{said:?}");
        }
        // Five percent beside the gamma of sRGB.
        for (value, stays) in [(43_000, false), (43_500, true), (45_455, true), (47_500, true), (48_000, false)] {
            assert_eq!(converted(&gamma(value, None), &colours()).is_none(), stays, "{value}");
        }
        // With chromaticities the power counts.
        assert!(converted(&gamma(45_455, Some(SRGB_XY)), &colours()).is_some());
    }

    #[test]
    fn the_first_in_the_standards_order_counts() {
        let is_signal = |said: ColourChunks, has_profile| matches!(Meaning::of(&said, has_profile), Meaning::Signal(_));
        let is_profile = |said: ColourChunks, has_profile| matches!(Meaning::of(&said, has_profile), Meaning::Profile);
        let all = ColourChunks { is_srgb: true, gamma: Some(100_000), ..code_points(12, 13) };
        assert!(is_signal(all, true));
        let without = ColourChunks { code_points: None, ..all };
        assert!(is_profile(without, true) && is_profile(without, false));
        assert!(is_profile(gamma(100_000, None), true) && is_signal(gamma(100_000, None), false));
        // Code points of no RGB, of a narrow range or of nothing known are passed over.
        for bad in [
            [12, 13, 1, 1],
            [12, 13, 0, 0],
            [2, 13, 0, 1],
            [12, 2, 0, 1],
            [12, 99, 0, 1],
            [99, 13, 0, 1],
            [10, 13, 0, 1],
        ] {
            let said = ColourChunks { code_points: Some(bad), ..gamma(100_000, None) };
            assert!(is_signal(said, false) && is_profile(said, true), "{bad:?}");
            assert!(matches!(Meaning::of(&ColourChunks { gamma: None, ..said }, false), Meaning::Unknown));
        }
    }

    #[test]
    fn chromaticities_of_no_colours_are_said() {
        let [white, one_line, beyond] =
            [[0; 8], [31_270, 32_900, 64_000, 33_000, 64_000, 33_000, 15_000, 6_000], [u32::MAX; 8]];
        for xy in [white, one_line, beyond] {
            assert!(matches!(Meaning::of(&gamma(100_000, Some(xy)), false), Meaning::Unknown), "{xy:?}");
        }
    }

    #[test]
    fn white_of_a_high_range_is_half_the_light_and_its_peak_all() {
        // Values of 203 and 1000 candela (SMPTE ST 2084), and of the same light in HLG (ITU-R BT.2408: 75 and 100 %).
        for (transfer, white, peak) in [(16, 0.5807, 0.7518), (18, 0.75, 1.0)] {
            let shown = |share: f64| converted(&code_points(9, transfer), &[(share * 255.0).round() as u8; 3]).unwrap();
            assert!(shown(white).iter().all(|value| value.abs_diff(188) <= 2), "{:?}", shown(white));
            assert!(shown(peak).iter().all(|value| *value >= 254), "{:?}", shown(peak));
            let ramp: Vec<u8> = (0..=u8::MAX).flat_map(|value| [value; 3]).collect();
            assert!(converted(&code_points(9, transfer), &ramp).unwrap().is_sorted());
        }
    }

    #[test]
    fn sixteen_bits_are_converted_before_they_are_reduced() {
        let Meaning::Signal(signal) = Meaning::of(&gamma(100_000, None), false) else { panic!("linear") };
        let levels: Vec<u16> = (0..400).collect();
        let mut samples: Vec<u8> =
            levels.iter().flat_map(|level| [*level, 65_535]).flat_map(u16::to_ne_bytes).collect();
        assert!(signal.to_srgb(&mut samples, true, 2));
        for (level, pixel) in levels.iter().zip(samples.chunks_exact(2)) {
            assert!((encode(f64::from(*level) / 65_535.0) - f64::from(pixel[0])).abs() <= 1.0);
            assert_eq!(pixel[1], 255);
        }
    }
}
