//! Embedded colour profiles (ICC.1) to sRGB.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::frame::without_fourth;
use crate::error::{Error, Result};
use crate::report::{Note, NoteCode};

/// Pixels converted at a time: both buffers stay in the first-level cache.
const CHUNK: usize = 4096;

/// Largest difference, of 255, between a profile and sRGB that counts as rounding: such colours stay as they are.
const SAME: u8 = 1;

type Transform = Arc<Transform8BitExecutor>;

/// Converts `rgb` in place from `profile` to sRGB, and says so. `grey`: the file's pixels were grey (all three bytes
/// are equal), so that a profile for grey fits too. A profile that cannot be read or does not fit leaves the colours
/// as they are.
pub(super) fn rgb_to_srgb(rgb: &mut [u8], grey: bool, profile: &[u8]) -> Result<Option<Note>> {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return Ok(Some(ignored())) };
    match profile.color_space {
        DataColorSpace::Rgb => colour_to_srgb(rgb, &profile),
        DataColorSpace::Gray if grey => grey_to_srgb(rgb, &profile),
        _ => Ok(Some(ignored())),
    }
}

fn colour_to_srgb(rgb: &mut [u8], profile: &ColorProfile) -> Result<Option<Note>> {
    let Some(transform) = transform(profile, Layout::Rgb) else { return Ok(Some(ignored())) };
    if is_srgb(&transform)? {
        return Ok(None);
    }
    let mut converted = [0; 3 * CHUNK];
    for chunk in rgb.chunks_mut(3 * CHUNK) {
        let converted = &mut converted[..chunk.len()];
        run(&transform, chunk, converted)?;
        chunk.copy_from_slice(converted);
    }
    Ok(Some(converted_note()))
}

/// Whether a transform to sRGB changes next to nothing, tried on 16 levels of each channel.
fn is_srgb(transform: &Transform) -> Result<bool> {
    let level = |i: usize| (i % 16 * 17) as u8;
    let probe: Vec<u8> = (0..16 * 16 * 16).flat_map(|i| [level(i / 256), level(i / 16), level(i)]).collect();
    let mut converted = vec![0; probe.len()];
    run(transform, &probe, &mut converted)?;
    Ok(probe.iter().zip(&converted).all(|(a, b)| a.abs_diff(*b) <= SAME))
}

fn grey_to_srgb(rgb: &mut [u8], profile: &ColorProfile) -> Result<Option<Note>> {
    let Some(transform) = transform(profile, Layout::Gray) else { return Ok(Some(ignored())) };
    let levels: Vec<u8> = (0..=u8::MAX).collect();
    let mut table = [0; 3 * 256];
    run(&transform, &levels, &mut table)?;
    if levels.iter().zip(table.chunks_exact(3)).all(|(level, rgb)| rgb.iter().all(|v| v.abs_diff(*level) <= SAME)) {
        return Ok(None);
    }
    for pixel in rgb.chunks_exact_mut(3) {
        let entry = 3 * usize::from(pixel[0]);
        pixel.copy_from_slice(&table[entry..entry + 3]);
    }
    Ok(Some(converted_note()))
}

/// Converts 4 bytes a pixel, cyan magenta yellow black with 255 for full ink, to sRGB. Without a profile that fits,
/// each channel is (1 - ink) * (1 - black), as in decoders without colour management.
pub(super) fn inks_to_srgb(mut inks: Vec<u8>, profile: Option<&[u8]>) -> Result<(Vec<u8>, Note)> {
    let transform = profile
        .and_then(|bytes| ColorProfile::new_from_slice(bytes).ok())
        .filter(|profile| profile.color_space == DataColorSpace::Cmyk)
        .and_then(|profile| transform(&profile, Layout::Rgba));
    let mut converted = [0; 3 * CHUNK];
    for chunk in inks.chunks_mut(4 * CHUNK) {
        let converted = &mut converted[..chunk.len() / 4 * 3];
        match &transform {
            Some(transform) => run(transform, chunk, converted)?,
            None => mix(chunk, converted),
        }
        for (pixel, rgb) in chunk.chunks_exact_mut(4).zip(converted.chunks_exact(3)) {
            pixel[..3].copy_from_slice(rgb);
        }
    }
    let note = if transform.is_some() { converted_note() } else { ignored() };
    Ok((without_fourth(inks), note))
}

fn mix(inks: &[u8], rgb: &mut [u8]) {
    for (ink, rgb) in inks.chunks_exact(4).zip(rgb.chunks_exact_mut(3)) {
        let black = 255 - u32::from(ink[3]);
        for (value, ink) in rgb.iter_mut().zip(ink) {
            *value = (((255 - u32::from(*ink)) * black + 127) / 255) as u8;
        }
    }
}

fn transform(profile: &ColorProfile, layout: Layout) -> Option<Transform> {
    let srgb = ColorProfile::new_srgb();
    profile.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default()).ok()
}

fn run(transform: &Transform, from: &[u8], to: &mut [u8]) -> Result<()> {
    transform.transform(from, to).map_err(|e| Error::Internal(format!("colour conversion: {e}")))
}

fn converted_note() -> Note {
    Note {
        code: NoteCode::ConvertedToSrgb,
        message: "The colours were converted from the embedded profile to sRGB.".into(),
    }
}

fn ignored() -> Note {
    Note {
        code: NoteCode::ProfileIgnored,
        message: "There is no colour profile that could be used; the colours may look different.".into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn code(note: Option<Note>) -> Option<NoteCode> {
        note.map(|note| note.code)
    }

    /// The transfer function of IEC 61966-2-1, which Display P3 shares.
    fn decode(value: u8) -> f64 {
        let v = f64::from(value) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    }

    fn encode(linear: f64) -> f64 {
        let v = linear.clamp(0.0, 1.0);
        255.0 * if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
    }

    /// Linear Display P3 to linear sRGB: the product of the matrices that follow from the primaries in SMPTE EG 432-1
    /// and IEC 61966-2-1 with white D65.
    const P3_TO_SRGB: [[f64; 3]; 3] =
        [[1.224_940_2, -0.224_940_2, 0.0], [-0.042_056_9, 1.042_056_9, 0.0], [-0.019_637_6, -0.078_636_1, 1.098_273_7]];

    #[test]
    fn display_p3_is_converted_as_the_matrices_say() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let colours: Vec<[u8; 3]> =
            (0..8 * 8 * 8).map(|i| [i / 64 * 36, i / 8 % 8 * 36, i % 8 * 36].map(|v: u32| v as u8)).collect();
        let mut rgb = colours.concat();
        assert_eq!(code(rgb_to_srgb(&mut rgb, false, &profile).unwrap()), Some(NoteCode::ConvertedToSrgb));
        for (source, result) in colours.iter().zip(rgb.chunks_exact(3)) {
            let linear = source.map(decode);
            for (row, value) in P3_TO_SRGB.iter().zip(result) {
                let expected = encode(row.iter().zip(linear).map(|(a, b)| a * b).sum());
                assert!((expected - f64::from(*value)).abs() <= 1.5, "{source:?}: {expected} but {value}");
            }
        }
    }

    #[test]
    fn srgb_stays_as_it_is() {
        let profile = ColorProfile::new_srgb().encode().unwrap();
        let mut rgb: Vec<u8> = (0..=254).collect();
        let before = rgb.clone();
        assert_eq!(code(rgb_to_srgb(&mut rgb, false, &profile).unwrap()), None);
        assert_eq!(rgb, before);
    }

    #[test]
    fn grey_follows_its_own_curve() {
        let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let mut rgb = vec![55; 3];
        assert_eq!(code(rgb_to_srgb(&mut rgb, true, &profile).unwrap()), Some(NoteCode::ConvertedToSrgb));
        let expected = encode(55.0 / 255.0);
        assert!(rgb.iter().all(|v| (f64::from(*v) - expected).abs() <= 1.5), "{rgb:?}, not {expected}");
    }

    #[test]
    fn a_profile_for_grey_does_not_fit_colour() {
        let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let mut rgb = vec![10, 20, 30];
        assert_eq!(code(rgb_to_srgb(&mut rgb, false, &profile).unwrap()), Some(NoteCode::ProfileIgnored));
        assert_eq!(rgb, [10, 20, 30]);
    }

    #[test]
    fn an_unreadable_profile_leaves_the_colours() {
        let mut rgb = vec![10, 20, 30];
        assert_eq!(code(rgb_to_srgb(&mut rgb, false, b"no profile").unwrap()), Some(NoteCode::ProfileIgnored));
        assert_eq!(rgb, [10, 20, 30]);
    }

    #[test]
    fn damaged_profiles_never_panic() {
        let whole = ColorProfile::new_display_p3().encode().unwrap();
        for position in 0..whole.len() {
            for value in [0x00, 0x7F, 0xFF] {
                let mut damaged = whole.clone();
                damaged[position] = value;
                let mut rgb = vec![10, 20, 30];
                let _ = rgb_to_srgb(&mut rgb, false, &damaged);
            }
            let _ = rgb_to_srgb(&mut [10, 20, 30], false, &whole[..position]);
        }
    }

    #[test]
    fn inks_without_a_profile_are_mixed_plainly() {
        let inks = vec![0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 128];
        let (rgb, note) = inks_to_srgb(inks, None).unwrap();
        assert_eq!(rgb, [255, 255, 255, 0, 255, 255, 0, 0, 0, 127, 0, 127]);
        assert_eq!(note.code, NoteCode::ProfileIgnored);
    }
}
