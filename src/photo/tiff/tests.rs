#![allow(clippy::unwrap_used)]

use miniz_oxide::deflate::compress_to_vec_zlib;
use moxcms::ColorProfile;
use proptest::prelude::*;

use super::*;
use crate::container::Profile;
use crate::error::ErrorCode;
use crate::photo::{dimensions, open};
use crate::report::NoteCode;

const WIDTH: u32 = 33;
const HEIGHT: u32 = 21;

fn opened(bytes: &[u8]) -> Photo {
    open(bytes, &Limits::default()).unwrap()
}

fn refused(bytes: &[u8]) -> crate::Error {
    open(bytes, &Limits::default()).unwrap_err()
}

fn has_note(photo: &Photo, code: NoteCode) -> bool {
    photo.notes.iter().any(|note| note.code == code)
}

fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

fn jpeg(width: u32, height: u32, kind: jpeg_encoder::ColorType, samples: usize) -> Vec<u8> {
    let pixel = |i: u32| [i % width * 7, i / width * 12, (i % width + i / width) * 4, 99].map(|v| v as u8);
    let data: Vec<u8> = (0..width * height).flat_map(|i| pixel(i).into_iter().take(samples)).collect();
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 95);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_4_4);
    encoder.encode(&data, width as u16, height as u16, kind).unwrap();
    bytes
}

fn rgb_jpeg() -> Vec<u8> {
    jpeg(WIDTH, HEIGHT, jpeg_encoder::ColorType::Rgb, 3)
}

/// How a picture is stored, and its samples.
#[derive(Debug, Clone)]
struct Kind {
    order: ByteOrder,
    is_big: bool,
    size: (u32, u32),
    /// Width and height of a tile, or width and rows of a strip.
    part: (u32, u32),
    is_tiled: bool,
    bits: u32,
    samples: usize,
    photometric: u64,
    compression: u64,
    is_planar: bool,
    is_differenced: bool,
    lowest_bit_first: bool,
    extra: Vec<u64>,
    more: Vec<(u16, Vec<u64>)>,
    /// Of all pixels, row by row.
    values: Vec<u16>,
}

impl Kind {
    fn new(bits: u32, photometric: u64, samples: usize, size: (u32, u32), values: Vec<u16>) -> Self {
        Self {
            order: ByteOrder::Little,
            is_big: false,
            size,
            part: size,
            is_tiled: false,
            bits,
            samples,
            photometric,
            compression: 1,
            is_planar: false,
            is_differenced: false,
            lowest_bit_first: false,
            extra: Vec::new(),
            more: Vec::new(),
            values,
        }
    }

    fn file(&self) -> Vec<u8> {
        let tags = if self.is_tiled { [322, 323, 324, 325] } else { [256, 278, 273, 279] };
        let parts = self.parts();
        let mut fields = vec![
            (256, vec![self.size.0.into()]),
            (257, vec![self.size.1.into()]),
            (258, vec![self.bits.into(); self.samples]),
            (259, vec![self.compression]),
            (262, vec![self.photometric]),
            (266, vec![1 + u64::from(self.lowest_bit_first)]),
            (277, vec![self.samples as u64]),
            (284, vec![1 + u64::from(self.is_planar)]),
            (317, vec![1 + u64::from(self.is_differenced)]),
        ];
        if self.is_tiled {
            fields.push((tags[0], vec![self.part.0.into()]));
        }
        fields.push((tags[1], vec![self.part.1.into()]));
        fields.extend((!self.extra.is_empty()).then(|| (338, self.extra.clone())));
        fields.extend(self.more.clone());
        file(self.order, self.is_big, &fields, (tags[2], tags[3]), &parts)
    }

    fn parts(&self) -> Vec<Vec<u8>> {
        let planes = if self.is_planar { self.samples } else { 1 };
        let of_plane = |plane: usize| {
            let tops = (0..self.size.1).step_by(self.part.1 as usize);
            tops.flat_map(move |top| {
                let lefts = (0..self.size.0).step_by(self.part.0 as usize);
                lefts.map(move |left| self.part_at(left, top, self.is_planar.then_some(plane)))
            })
        };
        (0..planes).flat_map(of_plane).collect()
    }

    fn part_at(&self, left: u32, top: u32, plane: Option<usize>) -> Vec<u8> {
        let rows = if self.is_tiled { self.part.1 } else { self.part.1.min(self.size.1 - top) };
        let value = |x: u32, y: u32, sample: usize| {
            let is_inside = x < self.size.0 && y < self.size.1;
            if is_inside { self.values[(y * self.size.0 + x) as usize * self.samples + sample] } else { 1 }
        };
        let mut bytes = Vec::new();
        for y in top..top + rows {
            let pixel = |x: u32| plane.map_or(0..self.samples, |plane| plane..plane + 1).map(move |s| value(x, y, s));
            let mut row: Vec<u16> = (left..left + self.part.0).flat_map(pixel).collect();
            let step = if plane.is_some() { 1 } else { self.samples };
            for at in (step..row.len()).rev().filter(|_| self.is_differenced) {
                row[at] = row[at].wrapping_sub(row[at - step]);
            }
            bytes.extend(self.packed(&row));
        }
        if self.compression == 32_773 {
            bytes = bytes.chunks(100).flat_map(|run| [&[run.len() as u8 - 1], run].concat()).collect();
        }
        match self.compression {
            5 => bytes = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(&bytes).unwrap(),
            8 => bytes = compress_to_vec_zlib(&bytes, 6),
            _ => {}
        }
        bytes.iter_mut().filter(|_| self.lowest_bit_first).for_each(|byte| *byte = byte.reverse_bits());
        bytes
    }

    fn packed(&self, row: &[u16]) -> Vec<u8> {
        let ordered = |value: u16| if self.order == ByteOrder::Big { value.to_be_bytes() } else { value.to_le_bytes() };
        match self.bits {
            16 => row.iter().flat_map(|value| ordered(*value)).collect(),
            bits => {
                let byte = |values: &[u16]| {
                    values.iter().zip(1..).fold(0, |byte, (value, n)| byte | (*value as u8) << (8 - n * bits))
                };
                row.chunks(8 / bits as usize).map(byte).collect()
            }
        }
    }

    /// In 8 bits.
    fn level(&self, value: u16) -> u8 {
        match self.bits {
            16 => to_8_bits(value),
            bits => (u32::from(value) * 255 / ((1 << bits) - 1)) as u8,
        }
    }
}

/// A TIFF file of one page: its fields of numbers, and its parts with the fields that say where they are and how long.
fn file(order: ByteOrder, is_big: bool, fields: &[(u16, Vec<u64>)], tags: (u16, u16), parts: &[Vec<u8>]) -> Vec<u8> {
    let number = |value: u64, bytes: usize| match order {
        ByteOrder::Little => value.to_le_bytes()[..bytes].to_vec(),
        ByteOrder::Big => value.to_be_bytes()[8 - bytes..].to_vec(),
    };
    let wide = if is_big { 8 } else { 4 };
    let mut file = if order == ByteOrder::Little { b"II".to_vec() } else { b"MM".to_vec() };
    file.extend(if is_big { [number(43, 2), number(8, 2), number(0, 2)].concat() } else { number(42, 2) });
    let first = file.len();
    file.extend(vec![0; wide]);
    let mut offsets = Vec::new();
    for part in parts {
        offsets.push(file.len() as u64);
        file.extend(part);
    }
    let lengths = parts.iter().map(|part| part.len() as u64).collect();
    let mut fields = [fields, &[(tags.0, offsets), (tags.1, lengths)]].concat();
    fields.sort_by_key(|(tag, _)| *tag);
    let mut directory = number(fields.len() as u64, if is_big { 8 } else { 2 });
    for (tag, values) in fields {
        // Bytes of a profile; LONG otherwise.
        let (kind, bytes) = if tag == 0x8773 { (7, 1) } else { (4, 4) };
        let mut data: Vec<u8> = values.iter().flat_map(|value| number(*value, bytes)).collect();
        if data.len() > wide {
            let at = number(file.len() as u64, wide);
            file.extend(std::mem::replace(&mut data, at));
        }
        data.resize(wide, 0);
        directory.extend([number(tag.into(), 2), number(kind, 2), number(values.len() as u64, wide), data].concat());
    }
    let at = number(file.len() as u64, wide);
    file[first..first + wide].copy_from_slice(&at);
    [file, directory, vec![0; wide]].concat()
}

fn kinds() -> impl Strategy<Value = Kind> {
    let meaning = prop_oneof![
        Just((1_u64, 1_usize, vec![])),
        Just((0, 1, vec![])),
        Just((1, 2, vec![2])),
        Just((2, 3, vec![])),
        Just((2, 4, vec![2])),
        Just((2, 5, vec![0, 2])),
        Just((5, 4, vec![])),
    ];
    let depth = prop_oneof![Just(1_u32), Just(2), Just(4), Just(8), Just(16)];
    let compression = prop_oneof![Just(1_u64), Just(5), Just(8), Just(32_773)];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let shape = ((1..40_u32, 1..40_u32), (1..4_u32, 1..4_u32), 1..40_u32);
    (meaning, depth, compression, flags, shape, any::<u64>()).prop_map(
        |(meaning, bits, compression, flags, shape, seed)| {
            let (photometric, samples, extra) = meaning;
            let (size, tile, rows) = shape;
            let bits = if photometric > 1 { bits.max(8) } else { bits };
            let mut state = seed;
            let mut value = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 40) & ((1 << bits) - 1)) as u16
            };
            let values = (0..(size.0 * size.1) as usize * samples).map(|_| value()).collect();
            let mut kind = Kind::new(bits, photometric, samples, size, values);
            kind.is_tiled = flags.0;
            kind.part = if flags.0 { (16 * tile.0, 16 * tile.1) } else { (size.0, rows.min(size.1)) };
            kind.order = if flags.1 { ByteOrder::Big } else { ByteOrder::Little };
            kind.is_big = flags.2;
            kind.is_planar = flags.3 && samples > 1;
            kind.is_differenced = flags.4 && bits >= 8 && matches!(compression, 5 | 8);
            kind.lowest_bit_first = flags.5;
            (kind.compression, kind.extra) = (compression, extra);
            kind
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_way_of_storing_a_picture_gives_its_pixels(kind in kinds()) {
        let photo = opened(&kind.file());
        prop_assert_eq!((photo.frame.width, photo.frame.height), kind.size);
        let pixels: Vec<Vec<u8>> =
            kind.values.chunks(kind.samples).map(|pixel| pixel.iter().map(|v| kind.level(*v)).collect()).collect();
        let rgb: Vec<u8> = match kind.photometric {
            0 => pixels.iter().flat_map(|pixel| [255 - pixel[0]; 3]).collect(),
            1 => pixels.iter().flat_map(|pixel| [pixel[0]; 3]).collect(),
            2 => pixels.iter().flat_map(|pixel| pixel[..3].to_vec()).collect(),
            _ => inks_to_srgb(pixels.concat(), None).unwrap().0,
        };
        prop_assert_eq!(&photo.frame.rgb, &rgb);
        let alpha = kind.extra.iter().position(|kind| *kind == 2).map(|n| kind.samples - kind.extra.len() + n);
        let alpha: Option<Vec<u8>> = alpha.map(|n| pixels.iter().map(|pixel| pixel[n]).collect());
        prop_assert_eq!(photo.frame.alpha, alpha.filter(|alpha| alpha.iter().any(|a| *a != 255)));
        prop_assert_eq!(photo.notes.iter().any(|note| note.code == NoteCode::ReducedTo8Bit), kind.bits == 16);
    }

    #[test]
    fn a_file_that_lacks_bytes_or_has_others_is_refused_or_opened(kind in kinds(), at: prop::sample::Index, bit in 0..8_u8) {
        let file = kind.file();
        let limits = Limits { max_pixels: 1 << 16, ..Limits::default() };
        let mut changed = file.clone();
        changed[at.index(file.len())] ^= 1_u8 << bit;
        let _ = open(&changed, &limits);
        // The directory is at the end.
        prop_assert!(open(&file[..8.max(at.index(file.len()))], &limits).is_err());
    }
}

/// The size and a step, by which no pixel is like another.
fn grey_values(size: (u32, u32), step: usize) -> Vec<u16> {
    (0..(size.0 * size.1) as usize).map(|n| (n * step % 251) as u16).collect()
}

#[test]
fn the_numbers_of_a_well_known_profile_stay_and_others_are_converted() {
    let values: Vec<u16> = grey_values((30, 20), 7).into_iter().flat_map(|v| [v, 255 - v, 90]).collect();
    let with = |profile: &ColorProfile, photometric, samples: usize| {
        let values = values.iter().copied().take(200 * samples).collect();
        let mut kind = Kind::new(8, photometric, samples, (20, 10), values);
        kind.more = vec![(0x8773, profile.encode().unwrap().into_iter().map(u64::from).collect())];
        opened(&kind.file())
    };
    let kept = with(&ColorProfile::new_adobe_rgb(), 2, 3);
    assert_eq!((kept.profile, kept.notes.len()), (Some(Profile::AdobeRgb), 0));
    let converted = with(&ColorProfile::new_bt2020(), 2, 3);
    assert!(has_note(&converted, NoteCode::ConvertedToSrgb) && converted.frame != kept.frame);
    let grey = with(&ColorProfile::new_gray_with_gamma(1.0), 1, 1);
    assert!(has_note(&grey, NoteCode::ConvertedToSrgb));
    // Of a profile for colours nothing is taken for inks.
    assert!(has_note(&with(&ColorProfile::new_bt2020(), 5, 4), NoteCode::ProfileIgnored));
}

#[test]
fn palettes_of_all_sizes_are_applied() {
    for bits in [1, 2, 4, 8] {
        let values: Vec<u16> = grey_values((13, 5), 3).into_iter().map(|value| value % (1 << bits)).collect();
        let mut kind = Kind::new(bits, 3, 1, (13, 5), values);
        let colour = |channel: u64, value: u64| (value * 31 + channel * 50) % 256;
        let map = |factor: u64| (0..3).flat_map(move |c| (0..1 << bits).map(move |v| factor * colour(c, v))).collect();
        let expected: Vec<u8> =
            kind.values.iter().flat_map(|v| [0, 1, 2].map(|channel| colour(channel, (*v).into()) as u8)).collect();
        for factor in [1, 257] {
            kind.more = vec![(320, map(factor))];
            assert_eq!(opened(&kind.file()).frame.rgb, expected, "{bits} bits");
        }
        kind.more[0].1.pop();
        assert_eq!(refused(&kind.file()).code(), ErrorCode::Corrupt);
    }
}

#[test]
fn fax_is_black_on_white_unless_the_file_says_otherwise() {
    // A line of group 4 that is white for 8 pixels, then black: horizontal, white 8, black 8.
    let line = [0b0011_0011, 0b0001_0100];
    for (photometric, expected) in [(0, [255, 0]), (1, [0, 255])] {
        for lowest_bit_first in [false, true] {
            let part: Vec<u8> =
                line.iter().map(|byte: &u8| if lowest_bit_first { byte.reverse_bits() } else { *byte }).collect();
            let fields = [
                (256, vec![16]),
                (257, vec![1]),
                (259, vec![4]),
                (262, vec![photometric]),
                (266, vec![1 + u64::from(lowest_bit_first)]),
            ];
            let photo = opened(&file(ByteOrder::Little, false, &fields, (273, 279), &[part]));
            assert_eq!(photo.frame.rgb, [[expected[0]; 24], [expected[1]; 24]].concat());
        }
    }
}

#[test]
fn parts_of_jpegs_have_the_colours_that_the_file_says() {
    use jpeg_encoder::ColorType;
    let of = |photometric: u64, samples: u64, part: &[u8]| {
        let fields = [
            (256, vec![WIDTH.into()]),
            (257, vec![HEIGHT.into()]),
            (258, vec![8; samples as usize]),
            (259, vec![7]),
            (262, vec![photometric]),
            (277, vec![samples]),
        ];
        file(ByteOrder::Big, false, &fields, (273, 279), &[part.to_vec()])
    };
    let strip = rgb_jpeg();
    let photo = opened(&of(6, 3, &strip));
    assert!(mean_difference(&photo.frame.rgb, &opened(&strip).frame.rgb) <= 1.0);
    assert_eq!(photo.blocks, Some(CodingBlocks { width: 16, height: 16 }));
    // The same numbers taken as red, green and blue.
    let raw = opened(&of(2, 3, &strip)).frame.rgb;
    assert!(mean_difference(&raw, &photo.frame.rgb) > 20.0);
    let grey = jpeg(WIDTH, HEIGHT, ColorType::Luma, 1);
    assert_eq!(opened(&of(1, 1, &grey)).frame, opened(&grey).frame);
    let inverted: Vec<u8> = opened(&grey).frame.rgb.iter().map(|value| 255 - value).collect();
    assert_eq!(opened(&of(0, 1, &grey)).frame.rgb, inverted);
    // Inks are stored as amounts here, and as what is left of white in a JPEG by itself.
    let inks = jpeg(WIDTH, HEIGHT, ColorType::Cmyk, 4);
    assert!(mean_difference(&opened(&of(5, 4, &inks)).frame.rgb, &opened(&inks).frame.rgb) > 20.0);
    for (photometric, samples, part) in [(2, 3, &grey), (1, 1, &strip), (5, 4, &strip)] {
        assert_eq!(refused(&of(photometric, samples, part)).code(), ErrorCode::Corrupt);
    }
    let half = &strip[..strip.len() / 2];
    assert_eq!(refused(&of(6, 3, half)).code(), ErrorCode::Truncated);
}

#[test]
fn parts_that_are_together_larger_than_the_file_are_not_read() {
    // A thousand strips that are all the same bytes of a stream without end.
    let mut kind = Kind::new(8, 1, 1, (1, 1000), vec![0; 1000]);
    (kind.part, kind.compression) = ((1, 1), 32_773);
    let file_of = |part: &[u8], count: u64| {
        let fields =
            [(256, vec![1]), (257, vec![count]), (258, vec![8]), (259, vec![32_773]), (262, vec![1]), (278, vec![1])];
        let at = vec![8; count as usize];
        let lengths = vec![part.len() as u64; count as usize];
        let fields = [&fields[..], &[(273, at), (279, lengths)]].concat();
        file(ByteOrder::Little, false, &fields, (1000, 1001), &[part.to_vec()])
    };
    let part = [&vec![128; 30_000][..], &[0, 9]].concat();
    assert_eq!(refused(&file_of(&part, 1000)).code(), ErrorCode::Corrupt);
    assert_eq!(opened(&file_of(&part, 1)).frame.rgb, [9; 3]);
    assert_eq!(opened(&kind.file()).frame.height, 1000);
}

#[test]
fn sizes_and_depth_are_read_without_decoding() {
    let file = Kind::new(16, 1, 1, (5, 3), vec![7; 15]).file();
    assert_eq!(dimensions(&file, &Limits::default()).unwrap(), (5, 3));
    assert!(crate::photo::has_deep_samples(&file, &Limits::default()));
    assert!(!crate::photo::has_deep_samples(&Kind::new(4, 1, 1, (5, 3), vec![7; 15]).file(), &Limits::default()));
}

/// A TIFF of one directory: tag, kind (3 of 16 bits, 4 of 32 bits) and value of its entries.
fn tiff(entries: &[(u16, u16, u32)]) -> Vec<u8> {
    let mut file = b"II\x2A\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    [file, vec![0; 64]].concat()
}

#[test]
fn a_tiny_tiff_that_announces_two_thousand_megapixels_is_refused() {
    let mut tiff = Kind::new(8, 2, 3, (WIDTH, HEIGHT), vec![0; 3 * (WIDTH * HEIGHT) as usize]).file();
    let width_entry = [0x00, 0x01, 0x04, 0x00, 0x01, 0x00, 0x00, 0x00];
    let entry = tiff.windows(8).position(|bytes| bytes == width_entry).unwrap();
    tiff[entry + 8..entry + 12].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
    assert_eq!(refused(&tiff).code(), ErrorCode::TooManyPixels);
}

#[test]
fn a_tiny_tiff_of_huge_tiles_is_refused() {
    let with_tiles_of = |width: u32| {
        let size = [(256, 4, 33), (257, 4, 1), (258, 3, 8), (262, 3, 1), (277, 3, 1)];
        tiff(&[&size[..], &[(322, 4, width), (323, 4, 1), (324, 4, 8), (325, 4, width)]].concat())
    };
    assert_eq!(opened(&with_tiles_of(64)).frame.width, 33);
    assert_eq!(refused(&with_tiles_of(1 << 30)), LimitsError::Memory.into());
}

#[test]
fn a_camera_s_raw_file_is_refused_with_advice() {
    let preview = [
        (254, 4, 1),
        (256, 4, 8),
        (257, 4, 1),
        (258, 3, 8),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, 1),
        (279, 4, 8),
    ];
    assert_eq!(opened(&tiff(&preview)).frame.width, 8);
    let with = |entries: &[(u16, u16, u32)]| tiff(&[&preview[..], entries].concat());
    assert_eq!(refused(&with(&[(50_706, 4, 0x0401)])), InputError::Raw.into());
    let (main, sub) = (with(&[(330, 4, 8 + 2 + 12 * 10 + 4 + 60)]), [(262, 3, 32_803), (259, 3, 1)]);
    let sub = &tiff(&sub)[8..];
    assert_eq!(refused(&[&main[..main.len()], sub].concat()), InputError::Raw.into());
    let coded: Vec<_> = preview.iter().copied().filter(|entry| entry.0 != 259).chain([(259, 3, 34_713)]).collect();
    assert_eq!(refused(&tiff(&coded)), InputError::Raw.into());
}

#[test]
fn a_full_picture_after_its_reduced_one_is_opened_and_both_are_shown() {
    let page = |kind: u32, width: u32| {
        let size = [(254, 4, kind), (256, 4, width), (257, 4, 1), (258, 3, 8), (262, 3, 1)];
        [&size[..], &[(273, 4, 8), (277, 3, 1), (278, 4, 1), (279, 4, width)]].concat()
    };
    let first = tiff(&page(1, 4));
    let directory_end = 8 + 2 + 12 * 9;
    let mut file = first.clone();
    file[directory_end..directory_end + 4].copy_from_slice(&(first.len() as u32).to_le_bytes());
    file.extend(&tiff(&page(0, 16))[8..]);
    let photo = opened(&file);
    assert_eq!(photo.frame.width, 16);
    assert!(has_note(&photo, NoteCode::FirstFrameOnly));
    let mut widths = Vec::new();
    let skipped = crate::photo::show_further(&file, &Limits::default(), &mut |further| {
        widths.push(further.frame.width);
        Ok(())
    });
    assert_eq!((skipped.unwrap(), widths), (0, vec![4]));
}

#[test]
fn colours_that_were_multiplied_by_alpha_are_divided() {
    let size = [(256, 4, 1), (257, 4, 1), (258, 3, 8), (262, 3, 2), (277, 3, 4), (278, 4, 1)];
    let at = 8 + 2 + 12 * 9 + 64;
    let file = |alpha| {
        [tiff(&[&size[..], &[(273, 4, at), (279, 4, 4), (338, 3, alpha)]].concat()), vec![50, 25, 100, 128]].concat()
    };
    assert_eq!(opened(&file(2)).frame.rgb, [50, 25, 100]);
    assert_eq!(opened(&file(1)).frame.rgb, [100, 50, 199]);
    assert_eq!(opened(&file(1)).frame.alpha, Some(vec![128]));
}

#[test]
fn a_tiff_s_inks_are_mixed_as_those_of_a_jpeg_and_said() {
    let size = [(256, 4, 1), (257, 4, 1), (258, 3, 8), (262, 3, 5), (277, 3, 4), (278, 4, 1)];
    let at = 8 + 2 + 12 * 8 + 64;
    let inks = vec![0, 128, 255, 64];
    let photo = opened(&[tiff(&[&size[..], &[(273, 4, at), (279, 4, 4)]].concat()), inks.clone()].concat());
    let (rgb, note) = inks_to_srgb(inks, None).unwrap();
    assert!(mean_difference(&photo.frame.rgb, &rgb) <= 1.0, "{:?} {rgb:?}", photo.frame.rgb);
    assert!(has_note(&photo, note.code));
}

#[test]
fn what_keeps_a_tiff_from_being_opened_is_named() {
    let size = [(256, 4, 8), (257, 4, 1), (258, 3, 8), (273, 4, 8), (277, 3, 1), (278, 4, 1), (279, 4, 8)];
    for (entries, cause) in [
        (vec![(262, 3, 0), (259, 3, 6)], "old-style JPEG"),
        (vec![(262, 3, 0), (259, 3, 32_771)], "fax"),
        (vec![(262, 3, 1), (259, 3, 50_000)], "Zstandard"),
        (vec![(262, 3, 1), (259, 3, 12_345)], "unknown"),
        (vec![(262, 3, 1), (259, 3, 4)], "bits"),
        (vec![(262, 3, 1), (317, 3, 3), (259, 3, 5)], "differences"),
        (vec![(262, 3, 1), (339, 3, 3)], "fractions"),
        (vec![(262, 3, 4)], "mask"),
        (vec![(262, 3, 5), (332, 3, 2)], "inks"),
        (vec![(262, 3, 6)], "YCbCr"),
        (vec![(262, 3, 8), (259, 3, 1)], "Lab"),
        (vec![(262, 3, 2)], "bits"),
        (vec![], "colours"),
    ] {
        let error = refused(&tiff(&[&size[..], &entries].concat()));
        assert_eq!(error.code(), ErrorCode::Unsupported);
        assert!(error.to_string().contains(cause), "{error}");
    }
}

#[test]
fn a_tiff_of_jpegs_larger_than_it_says_is_refused() {
    let strip = rgb_jpeg();
    let with_height = |height: u32| {
        let size = [(256, 4, WIDTH), (257, 4, height), (258, 3, 8), (259, 3, 7), (262, 3, 2)];
        let strips = [(273, 4, 8 + 2 + 8 * 12 + 64), (277, 3, 3), (279, 4, strip.len() as u32)];
        [tiff(&[&size[..], &strips].concat()), strip.clone()].concat()
    };
    assert_eq!(opened(&with_height(HEIGHT)).blocks, Some(CodingBlocks { width: 16, height: 16 }));
    assert_eq!(refused(&with_height(HEIGHT - 1)).code(), ErrorCode::Corrupt);
}
