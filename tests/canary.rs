//! Nothing that no program shows reaches a copy: what is planted in a file beside its picture makes no difference to it.
//!
//! Every file is built twice, with the same picture and other random bytes in all of its hiding places. If the copies are the
//! same, byte for byte, then nothing of those bytes is in either, in whatever form.

mod common;

use common::{Blind, pipeline};
use image::{ExtendedColorType, ImageEncoder};
use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;
use tarnkappe::pipeline::{Choice, Settings};
use tarnkappe::protect::Method;
use tarnkappe::prove::Elsewhere;
use tarnkappe::report::{Format, RegionRequest};

/// The bytes that are planted, over and over.
struct Canary {
    bytes: Vec<u8>,
    at: usize,
}

impl Canary {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.bytes[self.at % self.bytes.len()]
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// None of them is a NUL.
    fn text(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| b'a' + self.byte() % 26).collect()
    }
}

/// The picture of a file and how much is planted in it.
#[derive(Debug, Clone)]
struct Case {
    width: u32,
    height: u32,
    /// Red green blue alpha; some are wholly transparent.
    pixels: Vec<u8>,
    /// Bytes in a hiding place.
    size: usize,
    /// Which of a format's kinds it is.
    kind: usize,
    canaries: [Vec<u8>; 2],
    is_covered: bool,
}

prop_compose! {
    fn cases()(
        (width, height, pixels) in (1u32..24, 1u32..24).prop_flat_map(|(width, height)| {
            let alpha = prop_oneof![Just(0), Just(255), any::<u8>()];
            let pixel = (any::<[u8; 3]>(), alpha).prop_map(|([red, green, blue], alpha)| [red, green, blue, alpha]);
            let pixels = prop::collection::vec(pixel, (width * height) as usize);
            (Just(width), Just(height), pixels.prop_map(|pixels| pixels.concat()))
        }),
        size in 1usize..60,
        kind in any::<prop::sample::Index>(),
        canaries in prop::array::uniform2(prop::collection::vec(any::<u8>(), 64..200)),
        is_covered in any::<bool>(),
    ) -> Case {
        Case { width, height, pixels, size, kind: kind.index(1 << 16), canaries, is_covered }
    }
}

impl Case {
    /// The copies of the file that `build` makes with either canary: the file or why there is none.
    fn copies(&self, build: fn(&Case, &mut Canary) -> Vec<u8>) -> [Result<(Format, Vec<u8>), String>; 2] {
        let region = RegionRequest::area([0.0, 0.0, 4.0, 4.0]);
        let regions = if self.is_covered { vec![region] } else { Vec::new() };
        let choice = Choice::Given { regions, elsewhere: Elsewhere::Fails };
        self.canaries.each_ref().map(|bytes| {
            let file = build(self, &mut Canary { bytes: bytes.clone(), at: 0 });
            let protected =
                pipeline(Blind).protect(&file, "photo", Method::Solid, &choice, &Settings::default(), &mut |_, _| ());
            let saved = protected.map_err(|error| error.code().to_string())?.saved.ok_or("not proved".to_owned())?;
            Ok((saved.format, saved.bytes))
        })
    }

    fn check(&self, build: fn(&Case, &mut Canary) -> Vec<u8>) -> Result<(), TestCaseError> {
        let [one, other] = self.copies(build);
        prop_assert!(one.is_ok(), "not saved: {:?}", one);
        prop_assert!(one == other, "the copies differ");
        Ok(())
    }
}

proptest! {
    #[test]
    fn nothing_beside_the_picture_of_a_jpeg_is_copied(case in cases()) {
        case.check(jpeg)?;
    }

    #[test]
    fn nothing_beside_the_picture_of_a_png_is_copied(case in cases()) {
        case.check(png)?;
    }

    #[test]
    fn nothing_beside_the_picture_of_a_gif_is_copied(case in cases()) {
        case.check(gif)?;
    }

    #[test]
    fn nothing_beside_the_picture_of_a_bmp_is_copied(case in cases()) {
        case.check(bmp)?;
    }

    #[test]
    fn nothing_beside_the_picture_of_a_tiff_is_copied(case in cases()) {
        case.check(tiff)?;
    }

    #[test]
    fn nothing_beside_the_picture_of_a_webp_is_copied(case in cases()) {
        case.check(webp)?;
    }
}

/// Segments of all kinds, fields that mean nothing, stray and fill bytes, and what follows the end marker.
fn jpeg(case: &Case, canary: &mut Canary) -> Vec<u8> {
    use jpeg_encoder::SamplingFactor as Sampling;
    const MARKER_LEN: usize = 2;
    /// Marker, length, identifier, version, unit, densities, thumbnail of no size.
    const JFIF_LEN: usize = 18;
    let sampling = [Sampling::R_4_4_4, Sampling::R_4_2_0, Sampling::R_4_2_2, Sampling::R_4_4_0][case.kind % 4];
    let is_progressive = case.kind / 240 % 2 == 1;
    // In one scan for all components there are blocks wholly past the edge. What is planted there is grey, so that it is in no
    // block of chroma, which the edge may cut.
    let (width, height) = (case.width.next_multiple_of(8), case.height.next_multiple_of(8));
    let (wide, high) = match sampling {
        _ if is_progressive => (8, 8),
        Sampling::R_4_2_0 => (16, 16),
        Sampling::R_4_2_2 => (16, 8),
        Sampling::R_4_4_0 => (8, 16),
        _ => (8, 8),
    };
    let (coded_width, coded_height) = (width.next_multiple_of(wide), height.next_multiple_of(high));
    let mut rgb = Vec::new();
    for (x, y) in (0..coded_height).flat_map(|y| (0..coded_width).map(move |x| (x, y))) {
        let at = 4 * (y % case.height * case.width + x % case.width) as usize;
        let is_shown = x < width && y < height;
        let grey = if is_shown { case.pixels[at] } else { canary.byte() };
        rgb.extend([grey; 3]);
    }
    let mut plain = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut plain, 40 + (case.kind / 4 % 60) as u8);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(is_progressive);
    encoder.encode(&rgb, coded_width as u16, coded_height as u16, jpeg_encoder::ColorType::Rgb).expect("a small JPEG");
    let frame = find(&plain, &[0xFF, if is_progressive { 0xC2 } else { 0xC0 }]);
    plain[frame + 5..frame + 7].copy_from_slice(&(height as u16).to_be_bytes());
    plain[frame + 7..frame + 9].copy_from_slice(&(width as u16).to_be_bytes());

    let mut file = plain[..MARKER_LEN].to_vec();
    let mut jfif = plain[MARKER_LEN..MARKER_LEN + JFIF_LEN].to_vec();
    jfif[10..16].copy_from_slice(&canary.bytes(6));
    file.extend(jfif);
    for number in (0..16).filter(|number| *number != 14) {
        file.extend(canary.bytes(case.size % 5).iter().map(|byte| byte % 0xFF));
        file.extend(vec![0xFF; usize::from(canary.byte() % 3)]);
        file.extend(segment(0xE0 + number, &[b"XXXX\0", &canary.bytes(case.size)[..]].concat()));
        file.extend([0xFF, 0xD0 + canary.byte() % 8]);
    }
    let maker = canary.text(3);
    let exif = [b"Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x0F\x01\x02\0\x04\0\0\0", &maker[..], &[0; 5]].concat();
    file.extend(segment(0xE1, &exif));
    file.extend(segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", &canary.text(case.size)[..]].concat()));
    file.extend(segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", &canary.bytes(case.size)[..]].concat()));
    file.extend(segment(0xED, &[b"Photoshop 3.0\0", &canary.bytes(case.size)[..]].concat()));
    file.extend(segment(0xFE, &canary.bytes(case.size)));
    // A quantisation table that no component uses.
    file.extend(segment(
        0xDB,
        &[&[3], &canary.bytes(64).iter().map(|byte| byte | 1).collect::<Vec<u8>>()[..]].concat(),
    ));
    file.extend(&plain[MARKER_LEN + JFIF_LEN..]);
    file.extend(canary.bytes(case.size));
    file
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    [&[0xFF, marker], &(content.len() as u16 + 2).to_be_bytes()[..], content].concat()
}

fn find(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).position(|window| window == part).expect("it is there")
}

/// Chunks of all kinds, bits beyond the eighth, colours under full transparency, unused colours, the padding of rows, image
/// data after the last row and after its stream, and what follows the last chunk.
fn png(case: &Case, canary: &mut Canary) -> Vec<u8> {
    const GREY: u8 = 0;
    const RGB: u8 = 2;
    const PALETTE: u8 = 3;
    const GREY_ALPHA: u8 = 4;
    const RGBA: u8 = 6;
    let layouts = [
        (GREY, 1),
        (GREY, 2),
        (GREY, 4),
        (GREY, 8),
        (GREY, 16),
        (RGB, 8),
        (RGB, 16),
        (PALETTE, 1),
        (PALETTE, 2),
        (PALETTE, 4),
        (PALETTE, 8),
        (GREY_ALPHA, 8),
        (GREY_ALPHA, 16),
        (RGBA, 8),
        (RGBA, 16),
    ];
    let (colour, depth) = layouts[case.kind % layouts.len()];
    // Two colours of a palette are used, and if there is room, several entries have them.
    let copies = ((1_u32 << depth.min(8)) / 4).max(1);
    let mut rows = Vec::new();
    for row in case.pixels.chunks_exact(4 * case.width as usize) {
        let mut bits = Bits::default();
        for pixel in row.chunks_exact(4) {
            let is_hidden = pixel[3] == 0 && matches!(colour, GREY_ALPHA | RGBA);
            let channels = match colour {
                GREY | PALETTE => &pixel[..1],
                RGB => &pixel[..3],
                GREY_ALPHA => &[pixel[0], pixel[3]],
                _ => pixel,
            };
            for (i, value) in channels.iter().enumerate() {
                let is_alpha = i + 1 == channels.len() && matches!(colour, GREY_ALPHA | RGBA);
                let value = if is_hidden && !is_alpha { canary.byte() } else { *value };
                match depth {
                    16 => bits.push(u32::from(deep(value, canary.byte())), 16),
                    // Entries of one colour stand for each other.
                    depth if colour == PALETTE => {
                        bits.push(u32::from(value >> 7) + 2 * (u32::from(canary.byte()) % copies), depth);
                    }
                    depth => bits.push(u32::from(value >> (8 - depth)), depth),
                }
            }
        }
        rows.push(0);
        rows.extend(bits.finish(canary));
    }
    rows.extend(canary.bytes(case.size));
    let header = [&case.width.to_be_bytes()[..], &case.height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    let mut file = [b"\x89PNG\r\n\x1A\n", &chunk(b"IHDR", &header)[..]].concat();
    let profile = compress_to_vec_zlib(&canary.bytes(case.size), 6);
    file.extend(chunk(b"iCCP", &[&canary.text(5)[..], &[0, 0], &profile].concat()));
    let text = compress_to_vec_zlib(&canary.text(case.size), 6);
    file.extend(chunk(b"tEXt", &[&canary.text(5)[..], &[0], &canary.text(case.size)].concat()));
    file.extend(chunk(b"zTXt", &[&canary.text(5)[..], &[0, 0], &text].concat()));
    file.extend(chunk(b"iTXt", &[&canary.text(5)[..], &[0, 1, 0, 0, 0], &text].concat()));
    file.extend(chunk(
        b"eXIf",
        &[b"II\x2A\0\x08\0\0\0\x01\0\x0F\x01\x02\0\x04\0\0\0", &canary.text(3)[..], &[0; 5]].concat(),
    ));
    file.extend(chunk(b"tIME", &canary.bytes(7)));
    file.extend(chunk(b"pHYs", &canary.bytes(9)));
    file.extend(chunk(b"prVt", &canary.bytes(case.size)));
    if colour == PALETTE {
        let (mut colours, mut alphas) = (canary.bytes(3 << depth), canary.bytes(1 << depth));
        // The colour of a wholly transparent entry is nobody's.
        let is_transparent = case.size.is_multiple_of(3);
        for entry in 0..2 * copies as usize {
            let is_hidden = is_transparent && entry % 2 == 0;
            let colour = if is_hidden { canary.bytes(3) } else { vec![10 + 90 * (entry % 2) as u8, 20, 30] };
            colours[3 * entry..3 * entry + 3].copy_from_slice(&colour);
            alphas[entry] = if is_hidden { 0 } else { 255 - 75 * (entry % 2) as u8 };
        }
        if case.size.is_multiple_of(2) {
            alphas.truncate(2 * copies as usize);
        }
        file.extend(chunk(b"PLTE", &colours));
        file.extend(chunk(b"tRNS", &alphas));
    } else if matches!(colour, RGB | RGBA) {
        file.extend(chunk(b"PLTE", &canary.bytes(3 * case.size)));
    }
    if (colour, depth) == (RGB, 8) {
        // Longer than the one colour that it may name, which no pixel has.
        file.extend(chunk(b"tRNS", &[&[1; 6], &canary.bytes(case.size)[..]].concat()));
    }
    let data = [compress_to_vec_zlib(&rows, 6), canary.bytes(case.size)].concat();
    let (first, second) = data.split_at(data.len() / 2);
    file.extend([chunk(b"IDAT", first), chunk(b"IDAT", second)].concat());
    file.extend(chunk(b"tEXt", &[&canary.text(5)[..], &[0], &canary.text(case.size)].concat()));
    file.extend(chunk(b"IEND", b""));
    file.extend(chunk(b"tRNS", &canary.bytes(case.size)));
    file.extend(canary.bytes(case.size));
    file
}

/// 16 bits that are rounded to these 8.
fn deep(value: u8, low: u8) -> u16 {
    let middle = i32::from(value) * 257;
    (middle + i32::from(low) - 127).clamp(middle - 127, middle + 127).clamp(0, 65_535) as u16
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let checked = [kind, content].concat();
    [&(content.len() as u32).to_be_bytes()[..], &checked, &crc32fast::hash(&checked).to_be_bytes()].concat()
}

/// Numbers of any number of bits, the highest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn push(&mut self, value: u32, bits: u8) {
        for bit in (0..bits).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << (7 - self.used % 8);
            self.used += 1;
        }
    }

    /// Filled up to a whole byte.
    fn finish(mut self, canary: &mut Canary) -> Vec<u8> {
        while !self.used.is_multiple_of(8) {
            self.push(u32::from(canary.byte()), 1);
        }
        self.bytes
    }
}

/// Extensions, unused colours, fields that decoders do not heed, data after the last pixel, and what follows the trailer.
fn gif(case: &Case, canary: &mut Canary) -> Vec<u8> {
    const CLEAR: u8 = 128;
    const USED: u8 = 16;
    /// The table of the code is cleared before codes get longer than a byte.
    const CODES: usize = 100;
    let palette = |canary: &mut Canary| {
        let used = (0..USED).flat_map(|i| [i * 15, 255 - i * 9, i * 3]);
        [used.collect(), canary.bytes(3 * (128 - usize::from(USED)))].concat()
    };
    let has_local = case.kind.is_multiple_of(2);
    let is_transparent = (case.kind / 2).is_multiple_of(2);
    let side = |n: u32| (n as u16).to_le_bytes();
    let mut file = [b"GIF89a", &side(case.width)[..], &side(case.height)].concat();
    // The colour resolution, the index of the background and the shape of pixels.
    file.extend([0x86 | canary.byte() & 0x78, canary.byte(), canary.byte()]);
    file.extend(if has_local { canary.bytes(3 * 128) } else { palette(canary) });
    for (label, start) in [(0xFE, 0), (0xFF, 11), (0x01, 12)] {
        file.extend([0x21, label]);
        if start > 0 {
            file.push(start);
            file.extend(canary.text(start.into()));
        }
        file.push(case.size as u8);
        file.extend(canary.bytes(case.size));
        file.push(0);
    }
    let transparent_index = USED - 1;
    file.extend([0x21, 0xF9, 4, u8::from(is_transparent) | canary.byte() & 0xE2]);
    file.extend(canary.bytes(2));
    file.extend([if is_transparent { transparent_index } else { canary.byte() }, 0]);
    file.extend([0x2C, 0, 0, 0, 0]);
    file.extend([side(case.width), side(case.height)].concat());
    file.push(if has_local { 0x86 } else { 0 } | canary.byte() & 0x18);
    if has_local {
        let mut colours = palette(canary);
        if is_transparent {
            let at = 3 * usize::from(transparent_index);
            colours[at..at + 3].copy_from_slice(&canary.bytes(3));
        }
        file.extend(colours);
    }
    let mut codes = Vec::new();
    for pixels in case.pixels.chunks(4 * CODES) {
        codes.push(CLEAR);
        codes.extend(pixels.chunks_exact(4).map(|pixel| pixel[0] % USED));
    }
    codes.push(CLEAR);
    codes.extend(canary.bytes(case.size).iter().map(|byte| byte % 128));
    codes.push(CLEAR + 1);
    codes.extend(canary.bytes(case.size));
    file.push(7);
    for block in codes.chunks(200) {
        file.push(block.len() as u8);
        file.extend(block);
    }
    file.extend([0, 0x3B]);
    file.extend(canary.bytes(case.size));
    file
}

/// Fields that decoders do not heed, the gap before the pixels, unused colours, the bytes where others have alpha, the padding
/// of rows, and what follows the last.
fn bmp(case: &Case, canary: &mut Canary) -> Vec<u8> {
    let (bits, header_len) =
        [(24, 40), (32, 40), (16, 40), (8, 40), (4, 40), (1, 40), (24, 108), (24, 124)][case.kind % 8];
    let colours = if bits <= 8 { 1_usize << bits } else { 0 };
    let gap = case.size / 2;
    let pixels_at = 14 + header_len + 4 * colours + gap;
    let mut rows = Vec::new();
    for row in case.pixels.chunks_exact(4 * case.width as usize).rev() {
        let mut line = Bits::default();
        for pixel in row.chunks_exact(4) {
            match bits {
                24 => pixel[..3].iter().for_each(|value| line.push(u32::from(*value), 8)),
                32 => [pixel[0], pixel[1], pixel[2], canary.byte()]
                    .iter()
                    .for_each(|value| line.push(u32::from(*value), 8)),
                // Five bits a colour; the highest is not used. The lower byte comes first.
                16 => [pixel[0], pixel[1] & 0x7F | canary.byte() & 0x80]
                    .iter()
                    .for_each(|value| line.push(u32::from(*value), 8)),
                bits => line.push(u32::from(pixel[0] >> 7), bits),
            }
        }
        rows.extend(line.finish(canary));
        let padding = rows.len().next_multiple_of(4) - rows.len();
        rows.extend(canary.bytes(padding));
    }
    let mut file = b"BM".to_vec();
    // The file's length and two reserved numbers.
    file.extend(canary.bytes(8));
    file.extend((pixels_at as u32).to_le_bytes());
    file.extend((header_len as u32).to_le_bytes());
    file.extend([case.width.to_le_bytes(), case.height.to_le_bytes()].concat());
    file.extend([1, 0, bits, 0, 0, 0, 0, 0]);
    file.extend((rows.len() as u32).to_le_bytes());
    // Pixels a metre; all colours; which of them matter.
    file.extend(canary.bytes(8));
    file.extend([0; 4]);
    file.extend(canary.bytes(4));
    // Masks, for other layouts than these, then a calibrated colour space, and where a profile would be.
    file.extend(vec![0; (header_len - 40).min(16)]);
    file.extend(canary.bytes((header_len - 40).saturating_sub(16)));
    let mut table = canary.bytes(4 * colours);
    for (i, colour) in table.chunks_exact_mut(4).take(2).enumerate() {
        colour[..3].copy_from_slice(&[20 + 100 * i as u8, 30, 40]);
    }
    file.extend(table);
    file.extend(canary.bytes(gap));
    file.extend(rows);
    file.extend(canary.bytes(case.size));
    file
}

/// Fields of all kinds, gaps, a fourth component that means nothing, bits beyond the eighth, colours under full transparency,
/// the padding of rows, and more data than pixels.
fn tiff(case: &Case, canary: &mut Canary) -> Vec<u8> {
    let (bits, channels, extra) = [
        (1_u8, 1, None),
        (8, 1, None),
        (16, 1, None),
        (8, 3, None),
        (16, 3, None),
        (8, 4, Some(0)),
        (8, 4, Some(2)),
        (16, 4, Some(2)),
    ][case.kind % 8];
    let mut pixels = Vec::new();
    for row in case.pixels.chunks_exact(4 * case.width as usize) {
        let mut line = Bits::default();
        for pixel in row.chunks_exact(4) {
            let is_hidden = extra == Some(2) && pixel[3] == 0;
            for (i, value) in pixel[..channels].iter().enumerate() {
                let means_nothing = if i == 3 { extra == Some(0) } else { is_hidden };
                let value = if means_nothing { canary.byte() } else { *value };
                match bits {
                    // Little-endian.
                    16 => {
                        deep(value, canary.byte()).to_le_bytes().iter().for_each(|byte| line.push(u32::from(*byte), 8))
                    }
                    bits => line.push(u32::from(value >> (8 - bits)), bits),
                }
            }
        }
        pixels.extend(line.finish(canary));
    }
    pixels.extend(canary.bytes(case.size));
    let mut entries: Vec<(u16, u16, u32, u32)> = vec![
        (256, 4, 1, case.width),
        (257, 4, 1, case.height),
        (258, 3, 1, bits.into()),
        (259, 3, 1, 1),
        (262, 3, 1, if channels == 1 { 1 } else { 2 }),
        (270, 2, case.size as u32, 0),
        (273, 4, 1, 0),
        (277, 3, 1, channels as u32),
        (278, 4, 1, case.height),
        (279, 4, 1, pixels.len() as u32),
        (305, 2, case.size as u32, 0),
        (33_550, 7, case.size as u32, 0),
        (65_000, 4, 1, 0),
    ];
    if let Some(extra) = extra {
        entries.insert(10, (338, 3, 1, extra));
    }
    const HEADER_LEN: usize = 8;
    let data_at = HEADER_LEN + 2 + 12 * entries.len() + 4;
    let (text_len, gap) = (case.size.max(5), 7);
    let mut file =
        [b"II\x2A\0", &(HEADER_LEN as u32).to_le_bytes()[..], &(entries.len() as u16).to_le_bytes()].concat();
    for (i, (tag, kind, count, value)) in entries.into_iter().enumerate() {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        let (count, value) = match tag {
            270 | 305 | 33_550 => (text_len as u32, (data_at + i % 3 * text_len) as u32),
            273 => (count, (data_at + 3 * text_len + gap) as u32),
            65_000 => (count, u32::from_le_bytes(canary.bytes(4).try_into().expect("four"))),
            _ => (count, value),
        };
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file.extend(canary.bytes(3 * text_len + gap));
    file.extend(pixels);
    file.extend(canary.bytes(case.size));
    file
}

/// A lossy picture of 16 x 16 pixels, made by libwebp.
const LOSSY: &[u8] = &[
    0x52, 0x49, 0x46, 0x46, 0x44, 0x00, 0x00, 0x00, 0x57, 0x45, 0x42, 0x50, 0x56, 0x50, 0x38, 0x20, 0x38, 0x00, 0x00,
    0x00, 0xD0, 0x01, 0x00, 0x9D, 0x01, 0x2A, 0x10, 0x00, 0x10, 0x00, 0x04, 0x00, 0x68, 0x25, 0xB0, 0x02, 0x74, 0x01,
    0x0E, 0xB5, 0x89, 0xA8, 0x00, 0x00, 0xFE, 0xF4, 0x9B, 0xE6, 0xD9, 0xD7, 0xB3, 0x65, 0xFF, 0x18, 0x98, 0x8C, 0xF0,
    0x4E, 0x93, 0x7D, 0x37, 0x5E, 0x7D, 0xF9, 0x79, 0xFC, 0x38, 0x40, 0x7B, 0x91, 0xD4, 0xFC, 0x90, 0x00, 0x00, 0x00,
];

/// Chunks of all kinds, reserved bits, colours under full transparency, what follows a bitstream in its chunk, and the file's.
fn webp(case: &Case, canary: &mut Canary) -> Vec<u8> {
    const CHUNK_AT: usize = 12;
    const CHUNK_HEADER_LEN: usize = 8;
    let is_lossy = case.kind.is_multiple_of(2);
    let mut plain = LOSSY.to_vec();
    let (mut width, mut height) = (16, 16);
    let mut has_alpha = false;
    if !is_lossy {
        (width, height) = (case.width, case.height);
        let mut pixels = case.pixels.clone();
        for pixel in pixels.chunks_exact_mut(4).filter(|pixel| pixel[3] == 0) {
            pixel[..3].copy_from_slice(&canary.bytes(3));
        }
        has_alpha = true;
        plain.clear();
        let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut plain);
        encoder.write_image(&pixels, width, height, ExtendedColorType::Rgba8).expect("a small picture");
    }
    let length = u32::from_le_bytes(plain[CHUNK_AT + 4..CHUNK_AT + 8].try_into().expect("four")) as usize;
    let bitstream = plain[CHUNK_AT + CHUNK_HEADER_LEN..][..length].to_vec();
    let side = |n: u32| (n - 1).to_le_bytes()[..3].to_vec();
    // Reserved bits, and flags of chunks that are there.
    let flags = canary.byte() & 0xC1 | 0x2C | if has_alpha { 0x10 } else { 0 };
    let extended = [vec![flags], canary.bytes(3), side(width), side(height)].concat();
    let bitstream = [bitstream, canary.bytes(case.size)].concat();
    let name = if is_lossy { b"VP8 " } else { b"VP8L" };
    let exif = [b"II\x2A\0\x08\0\0\0\x01\0\x0F\x01\x02\0\x04\0\0\0", &canary.text(3)[..], &[0; 5]].concat();
    let mut content = b"WEBP".to_vec();
    for (name, data) in [
        (b"VP8X", extended),
        (b"ICCP", canary.bytes(case.size)),
        (b"UNKN", canary.bytes(case.size)),
        (name, bitstream),
        (b"EXIF", exif),
        (b"XMP ", canary.text(case.size)),
        (b"MORE", canary.bytes(case.size)),
    ] {
        content.extend(name);
        content.extend((data.len() as u32).to_le_bytes());
        content.extend(&data);
        if data.len() % 2 == 1 {
            content.push(canary.byte());
        }
    }
    [b"RIFF", &(content.len() as u32).to_le_bytes()[..], &content, &canary.bytes(case.size)].concat()
}
