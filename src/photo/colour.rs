//! Embedded colour profiles (ICC.1): pictures become sRGB, or keep their numbers where these mean the colours of one of the few
//! profiles that are written.

use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout, ProfileClass, ToneCurveEvaluator, Transform8BitExecutor, TransformOptions,
};

use super::frame::{Frame, Photo, without_fourth};
use crate::container::{ByteOrder, Profile, Span};
use crate::error::{Error, Result};
use crate::report::{Note, NoteCode};

/// Pixels converted at a time: both buffers stay in the first-level cache.
const CHUNK: usize = 4096;

/// Largest difference, of 255, between a profile and sRGB that counts as rounding: such colours stay as they are.
pub(super) const SAME: u8 = 1;

type Transform = Arc<Transform8BitExecutor>;

/// What became of a picture's colours.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Colours {
    /// What its numbers mean now; sRGB without one.
    pub(super) profile: Option<Profile>,
    /// What the person should know.
    pub(super) note: Option<Note>,
}

impl From<Option<Note>> for Colours {
    fn from(note: Option<Note>) -> Self {
        Self { profile: None, note }
    }
}

/// Leaves `rgb` as it is where its `bytes` of a profile mean the same as a [`Profile`]; else converts it in place to sRGB, and
/// says so. `grey`: the file's pixels were grey (all three bytes are equal), so that a profile for grey fits too. A profile that
/// cannot be read or does not fit leaves the colours as they are.
pub(super) fn keep_or_convert(rgb: &mut [u8], grey: bool, bytes: &[u8]) -> Result<Colours> {
    let Ok(profile) = ColorProfile::new_from_slice(bytes) else { return Ok(Some(ignored()).into()) };
    match kept(&profile, bytes) {
        Some(kept) if grey && kept.has_greys_of_srgb() => Ok(Colours::default()),
        kept @ Some(_) if !grey => Ok(Colours { profile: kept, note: None }),
        _ => to_srgb(rgb, grey, &profile).map(Colours::from),
    }
}

impl Photo {
    /// The pixels in sRGB, to be compared with those of other files.
    ///
    /// # Errors
    /// [`Error::Internal`] if the profile cannot be used.
    pub fn into_srgb(self) -> Result<Frame> {
        let mut frame = self.frame;
        if let Some(profile) = self.profile {
            from_kept(&mut frame.rgb, profile)?;
        }
        Ok(frame)
    }
}

/// Converts `rgb` in place to sRGB.
fn from_kept(rgb: &mut [u8], profile: Profile) -> Result<()> {
    let profile = ColorProfile::new_from_slice(profile.bytes()).map_err(|e| Error::Internal(e.to_string()))?;
    to_srgb(rgb, false, &profile).map(|_| ())
}

/// The profile that is written for pictures of this one, if it means the same to every program: a matrix and curves of a
/// display, and nothing else that could say what colours its numbers are.
fn kept(profile: &ColorProfile, bytes: &[u8]) -> Option<Profile> {
    let is_display = matches!(profile.profile_class, ProfileClass::DisplayDevice | ProfileClass::ColorSpace);
    let is_matrix = profile.color_space == DataColorSpace::Rgb && profile.pcs == DataColorSpace::Xyz;
    if !is_display || !is_matrix {
        return None;
    }
    let has_same_meaning = |kept: &Profile| {
        let written = ColorProfile::new_from_slice(kept.bytes()).ok();
        has_plain_tags(bytes, *kept) && written.is_some_and(|written| is_same(profile, &written) == Some(true))
    };
    Profile::ALL.into_iter().find(has_same_meaning)
}

/// Whether a profile has only tags that the matrix and its curves are in, and such as say nothing of the colours, each once.
/// Tables (`A2B0` and its like) have another meaning to programs that read them.
fn has_plain_tags(bytes: &[u8], kept: Profile) -> bool {
    const PLAIN: [&[u8]; 20] = [
        b"desc", b"cprt", b"wtpt", b"bkpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"dmnd",
        b"dmdd", b"vued", b"view", b"lumi", b"meas", b"tech", b"chrm", b"dscm",
    ];
    const TABLE_AT: usize = 128;
    const TAG_LEN: usize = 12;
    let profile = Span::whole(bytes);
    let Some(count) = profile.u32(TABLE_AT, ByteOrder::Big) else { return false };
    let mut seen: Vec<&[u8]> = Vec::new();
    for at in (0..count as usize).map(|n| TABLE_AT + 4 + n * TAG_LEN) {
        let Some(name) = profile.part(at, 4).map(|name| name.bytes()) else { return false };
        let is_plain = PLAIN.contains(&name) || name == b"cicp" && has_code_points(profile, at, kept);
        // With this, a table of any length costs no more than one of all plain tags.
        if !is_plain || seen.contains(&name) {
            return false;
        }
        seen.push(name);
    }
    true
}

/// Whether the tag `cicp`, whose entry is `at`, says the same as Display P3: primaries 12, RGB, full range. Android writes 1 for
/// the curve of sRGB (Skia's `SkICC.cpp`), the standard has 13 (ITU-T H.273). The curves in the profile are compared in any case.
fn has_code_points(profile: Span, at: usize, kept: Profile) -> bool {
    let Some(start) = profile.u32(at + 4, ByteOrder::Big) else { return false };
    let points = profile.part(start as usize, 12).map(|tag| tag.bytes());
    kept == Profile::DisplayP3 && matches!(points, Some([b'c', b'i', b'c', b'p', _, _, _, _, 12, 1 | 13, 0, 1]))
}

/// Whether two profiles of a matrix and curves mean the same colours: no level of a channel and no mixture of channels by more than
/// one level. `None` if one of them lacks a curve.
fn is_same(profile: &ColorProfile, other: &ColorProfile) -> Option<bool> {
    /// Levels of 255. Curves sampled in 16 bits are no nearer at the darkest ones.
    const CURVES_DIFFER: f32 = 1.0;
    /// Where a channel is 0, so much light from another is one level: 1 / (255 * 12.92).
    const CHANNELS_MIX: f64 = 0.000_3;
    /// Of the light of a channel, which is a fifth of a level.
    const LIGHT_DIFFERS: f64 = 0.002;
    let curves = |profile: &ColorProfile| {
        Some([profile.red_trc.clone()?, profile.green_trc.clone()?, profile.blue_trc.clone()?])
    };
    for (curve, other) in curves(profile)?.iter().zip(&curves(other)?) {
        let to_light: Box<dyn ToneCurveEvaluator + Send + Sync> = curve.make_linear_evaluator().ok()?;
        let to_level = other.make_gamma_evaluator().ok()?;
        // False also for what is no number.
        let is_near = |level: u8| {
            let again = 255.0 * to_level.evaluate_value(to_light.evaluate_value(f32::from(level) / 255.0));
            (again - f32::from(level)).abs() <= CURVES_DIFFER
        };
        if !(0..=u8::MAX).all(is_near) {
            return Some(false);
        }
    }
    let light = profile.transform_matrix(other).v;
    let is_near = |row: usize, column: usize| match row == column {
        true => (light[row][column] - 1.0).abs() <= LIGHT_DIFFERS,
        false => light[row][column].abs() <= CHANNELS_MIX,
    };
    Some((0..9).all(|i| is_near(i / 3, i % 3)))
}

fn to_srgb(rgb: &mut [u8], grey: bool, profile: &ColorProfile) -> Result<Option<Note>> {
    match profile.color_space {
        DataColorSpace::Rgb => colour_to_srgb(rgb, profile),
        DataColorSpace::Gray if grey => grey_to_srgb(rgb, profile),
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

pub(super) fn converted_note() -> Note {
    Note {
        code: NoteCode::ConvertedToSrgb,
        message: "The colours were converted from those that the file describes to sRGB.".into(),
    }
}

pub(super) fn ignored() -> Note {
    Note {
        code: NoteCode::ProfileIgnored,
        message: "There is no colour profile that could be used; the colours may look different.".into(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use moxcms::{ToneReprCurve, curve_from_gamma};

    fn code(colours: Colours) -> Option<NoteCode> {
        assert_eq!(colours.profile, None);
        colours.note.map(|note| note.code)
    }

    /// Without the tag `cicp`, which says other primaries.
    fn display_p3() -> ColorProfile {
        let mut profile = ColorProfile::new_display_p3();
        profile.cicp = None;
        profile
    }

    /// What is kept of colours with this profile.
    fn kept(profile: &[u8]) -> Option<Profile> {
        let mut rgb = vec![200, 90, 40];
        let colours = keep_or_convert(&mut rgb, false, profile).unwrap();
        assert_eq!(colours.profile.is_some(), colours.note.is_none() && rgb == [200, 90, 40]);
        colours.profile
    }

    /// A profile with one more tag.
    fn with_tag(profile: &[u8], name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let word = |at: usize| u32::from_be_bytes(*profile[at..].first_chunk().unwrap());
        let count = word(128);
        let table_end = 132 + 12 * count as usize;
        let mut out = profile[..128].to_vec();
        out.extend((count + 1).to_be_bytes());
        for at in (132..table_end).step_by(12) {
            out.extend(&profile[at..at + 4]);
            out.extend((word(at + 4) + 12).to_be_bytes());
            out.extend(&profile[at + 8..at + 12]);
        }
        out.extend(name);
        out.extend((profile.len() as u32 + 12).to_be_bytes());
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(&profile[table_end..]);
        out.extend(data);
        let len = out.len() as u32;
        out[..4].copy_from_slice(&len.to_be_bytes());
        out
    }

    /// Colours by a table of eight entries that leaves them as they are (lut8Type).
    fn table() -> Vec<u8> {
        let mut data = b"mft1\0\0\0\0\x03\x03\x02\0".to_vec();
        data.extend((0..9).flat_map(|i| (u32::from(i % 4 == 0) << 16).to_be_bytes()));
        data.extend((0..3).flat_map(|_| 0..=u8::MAX));
        data.extend((0..8).flat_map(|i| [i / 4, i / 2 % 2, i % 2].map(|v: u8| 255 * v)));
        data.extend((0..3).flat_map(|_| 0..=u8::MAX));
        data
    }

    /// The transfer function of IEC 61966-2-1, which Display P3 shares.
    fn decode(value: u8) -> f64 {
        decode_share(f64::from(value) / 255.0)
    }

    pub(in crate::photo) fn decode_share(v: f64) -> f64 {
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    }

    pub(in crate::photo) fn encode(linear: f64) -> f64 {
        let v = linear.clamp(0.0, 1.0);
        255.0 * if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
    }

    /// Linear Display P3 to linear sRGB: the product of the matrices that follow from the primaries in SMPTE EG 432-1
    /// and IEC 61966-2-1 with white D65.
    pub(in crate::photo) const P3_TO_SRGB: [[f64; 3]; 3] =
        [[1.224_940_2, -0.224_940_2, 0.0], [-0.042_056_9, 1.042_056_9, 0.0], [-0.019_637_6, -0.078_636_1, 1.098_273_7]];

    #[test]
    fn display_p3_is_converted_as_the_matrices_say() {
        let colours: Vec<[u8; 3]> =
            (0..8 * 8 * 8).map(|i| [i / 64 * 36, i / 8 % 8 * 36, i % 8 * 36].map(|v: u32| v as u8)).collect();
        let mut rgb = colours.concat();
        from_kept(&mut rgb, Profile::DisplayP3).unwrap();
        for (source, result) in colours.iter().zip(rgb.chunks_exact(3)) {
            let linear = source.map(decode);
            for (row, value) in P3_TO_SRGB.iter().zip(result) {
                let expected = encode(row.iter().zip(linear).map(|(a, b)| a * b).sum());
                assert!((expected - f64::from(*value)).abs() <= 1.5, "{source:?}: {expected} but {value}");
            }
        }
    }

    #[test]
    fn what_is_written_means_what_others_write() {
        let others = [ColorProfile::new_display_p3(), ColorProfile::new_adobe_rgb()];
        for (written, other) in Profile::ALL.into_iter().zip(others) {
            let mut rgb: Vec<u8> =
                (0..17 * 17 * 17).flat_map(|i| [i / 289, i / 17 % 17, i % 17].map(|v: u32| (v * 15) as u8)).collect();
            let mut theirs = rgb.clone();
            from_kept(&mut rgb, written).unwrap();
            to_srgb(&mut theirs, false, &other).unwrap();
            assert!(rgb.iter().zip(&theirs).all(|(a, b)| a.abs_diff(*b) <= 1), "{written:?}");
        }
    }

    #[test]
    fn well_known_profiles_are_kept_whoever_wrote_them() {
        for written in Profile::ALL {
            assert_eq!(kept(written.bytes()), Some(written));
        }
        assert_eq!(kept(&display_p3().encode().unwrap()), Some(Profile::DisplayP3));
        assert_eq!(kept(&ColorProfile::new_adobe_rgb().encode().unwrap()), Some(Profile::AdobeRgb));
        // Sampled as scanners and raw converters do.
        let curve = (0..1024).map(|i| (decode_share(f64::from(i) / 1023.0) * 65_535.0).round() as u16).collect();
        let curve = Some(ToneReprCurve::Lut(curve));
        let mut sampled = display_p3();
        (sampled.red_trc, sampled.green_trc, sampled.blue_trc) = (curve.clone(), curve.clone(), curve);
        assert_eq!(kept(&sampled.encode().unwrap()), Some(Profile::DisplayP3));
        let curve = (0..1024).map(|i| ((f64::from(i) / 1023.0).powf(2.2) * 65_535.0).round() as u16).collect();
        let curve = Some(ToneReprCurve::Lut(curve));
        let mut sampled = ColorProfile::new_adobe_rgb();
        (sampled.red_trc, sampled.green_trc, sampled.blue_trc) = (curve.clone(), curve.clone(), curve);
        assert_eq!(kept(&sampled.encode().unwrap()), Some(Profile::AdobeRgb));
        for transfer in [1, 13] {
            let cicp = [b'c', b'i', b'c', b'p', 0, 0, 0, 0, 12, transfer, 0, 1];
            assert_eq!(kept(&with_tag(Profile::DisplayP3.bytes(), b"cicp", &cicp)), Some(Profile::DisplayP3));
        }
    }

    #[test]
    fn what_may_mean_something_else_is_converted() {
        let p3 = Profile::DisplayP3.bytes();
        let with_curve = |curve: ToneReprCurve| {
            let mut profile = display_p3();
            profile.green_trc = Some(curve);
            profile.encode().unwrap()
        };
        let cicp = |points: [u8; 4]| with_tag(p3, b"cicp", &[&b"cicp\0\0\0\0"[..], &points].concat());
        let [mut of_printer, mut moved] = [p3; 2].map(<[u8]>::to_vec);
        of_printer[12..16].copy_from_slice(b"prtr");
        // X of red: half a percent of light more.
        let red = moved.windows(4).position(|number| number == 33_759_u32.to_be_bytes()).unwrap();
        moved[red + 2] += 1;
        let profiles = [
            ("gamma 2.2", with_curve(curve_from_gamma(2.2))),
            ("gamma 1.0", with_curve(ToneReprCurve::Lut(Vec::new()))),
            ("A2B0", with_tag(p3, b"A2B0", &table())),
            ("B2A0", with_tag(p3, b"B2A0", &table())),
            ("D2B0", with_tag(p3, b"D2B0", b"mpet\0\0\0\0")),
            ("a tag of nobody", with_tag(p3, b"what", b"data")),
            ("two of a kind", with_tag(p3, b"rXYZ", b"XYZ \0\0\0\0\0\0\x80\0\0\0\x80\0\0\0\x80\0")),
            ("PQ", cicp([12, 16, 0, 1])),
            ("other primaries", cicp([9, 13, 0, 1])),
            ("primaries of cinemas", ColorProfile::new_display_p3().encode().unwrap()),
            ("printer", of_printer),
            ("colorant", moved),
            ("Rec. 2020", ColorProfile::new_bt2020().encode().unwrap()),
            ("DCI-P3", ColorProfile::new_dci_p3().encode().unwrap()),
            ("ProPhoto", ColorProfile::new_pro_photo_rgb().encode().unwrap()),
        ];
        for (name, profile) in profiles {
            assert_eq!(kept(&profile), None, "{name}");
        }
    }

    #[test]
    fn greys_of_a_kept_profile_are_those_of_srgb_or_converted() {
        for written in Profile::ALL {
            let mut rgb: Vec<u8> = (0..=u8::MAX).flat_map(|v| [v; 3]).collect();
            let before = rgb.clone();
            let note = code(keep_or_convert(&mut rgb, true, written.bytes()).unwrap());
            assert_eq!(note.is_none(), written.has_greys_of_srgb());
            assert_eq!(rgb == before, written.has_greys_of_srgb());
            assert!(rgb.chunks_exact(3).all(|pixel| pixel.iter().all(|value| value.abs_diff(pixel[0]) <= 1)));
        }
    }

    #[test]
    fn srgb_stays_as_it_is() {
        let profile = ColorProfile::new_srgb().encode().unwrap();
        let mut rgb: Vec<u8> = (0..=254).collect();
        let before = rgb.clone();
        assert_eq!(code(keep_or_convert(&mut rgb, false, &profile).unwrap()), None);
        assert_eq!(rgb, before);
    }

    #[test]
    fn grey_follows_its_own_curve() {
        let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let mut rgb = vec![55; 3];
        assert_eq!(code(keep_or_convert(&mut rgb, true, &profile).unwrap()), Some(NoteCode::ConvertedToSrgb));
        let expected = encode(55.0 / 255.0);
        assert!(rgb.iter().all(|v| (f64::from(*v) - expected).abs() <= 1.5), "{rgb:?}, not {expected}");
    }

    #[test]
    fn a_profile_for_grey_does_not_fit_colour() {
        let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let mut rgb = vec![10, 20, 30];
        assert_eq!(code(keep_or_convert(&mut rgb, false, &profile).unwrap()), Some(NoteCode::ProfileIgnored));
        assert_eq!(rgb, [10, 20, 30]);
    }

    #[test]
    fn an_unreadable_profile_leaves_the_colours() {
        let mut rgb = vec![10, 20, 30];
        assert_eq!(code(keep_or_convert(&mut rgb, false, b"no profile").unwrap()), Some(NoteCode::ProfileIgnored));
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
                let _ = keep_or_convert(&mut rgb, false, &damaged);
            }
            let _ = keep_or_convert(&mut [10, 20, 30], false, &whole[..position]);
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
