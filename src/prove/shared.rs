//! Bytes of an original that stand in its copy.
//!
//! Whoever covers a face with another program may leave the original's file in the copy, or a part of it, where no reader of
//! metadata scans: after the coded picture's end, in tables that are never used, in chunks that are too long. Wherever it is, its
//! bytes are the original's.

use std::ops::Range;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER};
use miniz_oxide::inflate::core::{DecompressorOxide, TINFL_LZ_DICT_SIZE, decompress};

use super::check;
use crate::container::{Segment, png, segments, sniff};
use crate::photo;
use crate::report::{Check, CheckName, Format};

/// Bytes that are looked up at once. Half of a run, so that each run holds a whole one of the original's.
const WINDOW: usize = 32;

/// Shortest run that is no accident.
const RUN: usize = 64;

/// Runs that repeat so few bytes, such as rows of one colour, are in any file.
const LONGEST_PERIOD: usize = 8;

/// Places of the original that are compared where one window stands in it several times.
const MAX_PLACES: usize = 8;

/// Segments of an original that copies have as well: tables that encoders share, colours, colour profiles (of which the check of
/// metadata tells).
const COMMON: [&str; 10] =
    ["DQT", "DHT", "APP2", "iCCP", "PLTE", "tRNS", "ICCP", "colours", "profile", "global colour table"];

/// Nothing of an original stands in `copy`, but for what both have of the picture as it is coded. The original comes in one part, or in
/// several of which pictures are files of their own.
pub(super) fn compare(original: &[&[u8]], copy: &[u8]) -> Check {
    match original.iter().find_map(|part| shared(part, copy)) {
        Some(run) => {
            let detail = format!("{} bytes of the original stand in the copy from byte {} on", run.len(), run.start);
            check(CheckName::SharedBytes, false, detail)
        }
        None => check(CheckName::SharedBytes, true, "no bytes of the original's file stand in the copy"),
    }
}

/// The first bytes of `original` in `copy`.
fn shared(original: &[u8], copy: &[u8]) -> Option<Range<usize>> {
    let index = Index::of(original);
    outside(&kept(original, copy), copy.len()).into_iter().find_map(|part| index.find(copy, part))
}

/// Where a copy may have the original's bytes because a program kept the coded picture, in file order: only in the same format.
fn kept(original: &[u8], copy: &[u8]) -> Vec<Range<usize>> {
    let (Ok(format), Ok(other)) = (sniff(copy), sniff(original)) else { return Vec::new() };
    if format != other {
        return Vec::new();
    }
    match format {
        // Programs that turn, crop or cover without loss keep blocks.
        Format::Jpeg => photo::jpeg_scans(copy),
        // Encoders that use one code for all pictures come back to the same bytes after a cover.
        Format::Png => deflated(copy),
        // Not compressed, most of them; a run may lie anywhere after cropping.
        Format::Bmp => named(copy, format, &["pixels"]),
        Format::Tiff => named(copy, format, &["strip", "tile"]),
        // What was coded before the first cover. After it, the codes are others.
        Format::Gif => same_start(original, copy, format, &["image"]),
        Format::Webp => same_start(original, copy, format, &["VP8 ", "VP8L", "ALPH"]),
        Format::Heic | Format::Avif | Format::Jxl => Vec::new(),
    }
}

fn named(bytes: &[u8], format: Format, names: &[&str]) -> Vec<Range<usize>> {
    let segments = segments(bytes, format).unwrap_or_default();
    let named = segments.iter().filter(|segment| names.contains(&segment.name.as_str()));
    named.map(range).collect()
}

fn range(segment: &Segment) -> Range<usize> {
    segment.start as usize..segment.end as usize
}

/// The bytes from the start of each segment so called up to the first in which the copy differs, after the length that a chunk has.
fn same_start(original: &[u8], copy: &[u8], format: Format, names: &[&str]) -> Vec<Range<usize>> {
    /// Name 4, length 4 of a RIFF chunk; a GIF's image begins with its place and size.
    const HEADER_LEN: usize = 8;
    let pairs = named(original, format, names).into_iter().zip(named(copy, format, names));
    let same = pairs.map(|(original_at, at)| {
        let [original, copy] = [&original[original_at], &copy[at.clone()]].map(|bytes| bytes.iter().skip(HEADER_LEN));
        at.start..at.start + HEADER_LEN + original.zip(copy).take_while(|(one, other)| one == other).count()
    });
    same.filter(|range| range.end <= copy.len()).collect()
}

/// The data of a PNG's picture, up to where its zlib stream ends.
fn deflated(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut window = vec![0; TINFL_LZ_DICT_SIZE];
    let mut state = DecompressorOxide::new();
    let (mut at, mut is_done) = (0, false);
    let mut ranges = Vec::new();
    for chunk in png::chunks(bytes).filter(|chunk| chunk.kind == b"IDAT") {
        let mut used = 0;
        while !is_done {
            let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_HAS_MORE_INPUT;
            let (status, read, written) = decompress(&mut state, &chunk.data[used..], &mut window, at, flags);
            used += read;
            at = (at + written) % window.len();
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::NeedsMoreInput => break,
                _ => is_done = true,
            }
        }
        ranges.push(chunk.at..chunk.at + used);
        if is_done {
            break;
        }
    }
    ranges
}

/// What is in none of `ranges`, which are in order.
fn outside(ranges: &[Range<usize>], len: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(0).chain(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain([len]);
    starts.zip(ends).filter(|(start, end)| start + RUN <= *end).map(|(start, end)| start..end).collect()
}

/// Where the original's windows stand, one after the other, but for those that repeat few bytes.
struct Index<'a> {
    bytes: &'a [u8],
    /// The upper half of a window's hash, and its number, in order.
    windows: Vec<u64>,
    /// Two bits for each hash that occurs (Bloom): of 200 other windows of a copy one needs a search.
    occurs: Vec<u64>,
}

impl<'a> Index<'a> {
    /// Eight bytes for 32 of the original, and two more for the bits.
    fn of(bytes: &'a [u8]) -> Self {
        let mut windows = Vec::new();
        let count = (bytes.len() / WINDOW * 16).next_power_of_two().max(64);
        let mut occurs = vec![0; count / 64];
        for part in outside(&common(bytes), bytes.len()) {
            for number in part.start.div_ceil(WINDOW)..part.end / WINDOW {
                let window = &bytes[number * WINDOW..(number + 1) * WINDOW];
                if !is_repetitive(window) {
                    let hash = hash(window);
                    windows.push(hash >> 32 << 32 | number as u64);
                    for (word, bit) in places(hash, occurs.len()) {
                        occurs[word] |= bit;
                    }
                }
            }
        }
        windows.sort_unstable();
        Self { bytes, windows, occurs }
    }

    /// The first run of the original's bytes in a part of `copy`.
    fn find(&self, copy: &[u8], part: Range<usize>) -> Option<Range<usize>> {
        let bytes = &copy[part.clone()];
        let mut rolling = hash(bytes.get(..WINDOW)?);
        for at in 0.. {
            if let Some(run) = self.run_at(bytes, at, rolling) {
                return Some(part.start + run.start..part.start + run.end);
            }
            let next = *bytes.get(at + WINDOW)?;
            rolling = rolling
                .wrapping_sub(LAST_FACTOR.wrapping_mul(digit(bytes[at])))
                .wrapping_mul(FACTOR)
                .wrapping_add(digit(next));
        }
        None
    }

    /// The run about the window at a place, if it is one of the original's.
    fn run_at(&self, copy: &[u8], at: usize, hash: u64) -> Option<Range<usize>> {
        if places(hash, self.occurs.len()).iter().any(|(word, bit)| self.occurs[*word] & bit == 0) {
            return None;
        }
        let key = hash >> 32;
        let first = self.windows.partition_point(|window| window >> 32 < key);
        let same = self.windows[first..].iter().take(MAX_PLACES).take_while(|window| **window >> 32 == key);
        same.map(|window| self.run(copy, at, (window & u64::from(u32::MAX)) as usize * WINDOW))
            .find(|run| run.len() >= RUN)
    }

    /// The bytes about `at` in the copy that stand about `original_at` in the original.
    fn run(&self, copy: &[u8], at: usize, original_at: usize) -> Range<usize> {
        let same = |(one, other): &(&u8, &u8)| one == other;
        let after = copy[at..].iter().zip(&self.bytes[original_at..]).take_while(same).count();
        let before =
            copy[..at].iter().rev().zip(self.bytes[..original_at].iter().rev()).take(RUN).take_while(same).count();
        if after < WINDOW { at..at } else { at - before..at + after }
    }
}

/// The segments that other files have as well.
fn common(bytes: &[u8]) -> Vec<Range<usize>> {
    sniff(bytes).map(|format| named(bytes, format, &COMMON)).unwrap_or_default()
}

/// Repeats the same few bytes.
fn is_repetitive(window: &[u8]) -> bool {
    (1..=LONGEST_PERIOD).any(|period| window.iter().zip(&window[period..]).all(|(one, other)| one == other))
}

/// A polynomial of the bytes (Rabin and Karp). The factor is the golden ratio's fraction, which is odd.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
/// What the first byte of a window is taken times.
const LAST_FACTOR: u64 = FACTOR.wrapping_pow(WINDOW as u32 - 1);

/// A byte's part of a hash: spread, since the lowest bits of a product depend on the lowest bits only.
fn digit(byte: u8) -> u64 {
    (u64::from(byte) + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(32)
}

fn hash(window: &[u8]) -> u64 {
    window.iter().fold(0, |hash: u64, byte| hash.wrapping_mul(FACTOR).wrapping_add(digit(*byte)))
}

/// The words and the bits of a hash among `words`, a power of two.
#[inline]
fn places(hash: u64, words: usize) -> [(usize, u64); 2] {
    [hash, hash >> 29].map(|hash| ((hash >> 6) as usize & (words - 1), 1 << (hash & 63)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Bytes without a pattern.
    fn noise(len: usize, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    fn compare(original: &[u8], copy: &[u8]) -> Check {
        super::compare(&[original], copy)
    }

    fn photo(seed: u32) -> crate::photo::Photo {
        let rgb = noise(3 * 64 * 64, seed);
        crate::photo::Photo {
            frame: crate::photo::Frame { width: 64, height: 64, rgb, alpha: None },
            format: Format::Png,
            profile: None,
            orientation: image::metadata::Orientation::NoTransforms,
            blocks: None,
            jpeg_quality: None,
            luma_block: (8, 8),
            full_chroma: false,
            full_size: None,
            notes: Vec::new(),
        }
    }

    fn saved(format: Format, seed: u32) -> Vec<u8> {
        crate::photo::save(&crate::photo::Photo { format, ..photo(seed) }).unwrap().bytes
    }

    #[test]
    fn sixty_four_bytes_of_the_original_are_found_wherever_they_stand() {
        let original = noise(5000, 1);
        for (from, at) in [(0, 0), (1, 700), (31, 1023), (2017, 333), (4936, 1036)] {
            let mut copy = noise(1100, 2);
            copy[at..at + RUN].copy_from_slice(&original[from..from + RUN]);
            assert!(!compare(&original, &copy).ok, "{from} {at}");
            copy[at + RUN / 2] ^= 1;
            assert!(compare(&original, &copy).ok, "{from} {at}");
        }
    }

    #[test]
    fn rows_of_few_bytes_are_no_run() {
        for pattern in [&[7u8][..], &[1, 2, 3], &[0x28, 0xA2, 0x8A, 0]] {
            let rows = pattern.repeat(500);
            assert!(compare(&rows, &rows[..400]).ok);
        }
    }

    #[test]
    fn an_original_in_a_copy_of_another_format_is_found() {
        for (original, copy) in [(Format::Jpeg, Format::Png), (Format::Png, Format::Jpeg)] {
            let (original, copy) = (saved(original, 1), saved(copy, 2));
            assert!(compare(&original, &copy).ok);
            assert!(!compare(&original, &[&copy[..], &original].concat()).ok);
        }
    }

    #[test]
    fn a_picture_that_is_kept_may_be_shared_and_nothing_after_it() {
        for format in [Format::Jpeg, Format::Png] {
            let original = saved(format, 1);
            assert!(compare(&original, &original).ok, "{format:?}");
            assert!(!compare(&original, &[&original[..], &original].concat()).ok, "{format:?}");
        }
    }

    #[test]
    fn an_original_after_the_last_unit_of_a_scan_is_found() {
        let (original, copy) = (saved(Format::Jpeg, 1), saved(Format::Jpeg, 2));
        let stuffed: Vec<u8> =
            original.iter().flat_map(|byte| [*byte, 0].into_iter().take(1 + usize::from(*byte == 0xFF))).collect();
        let hidden = [&copy[..copy.len() - 2], &stuffed, &[0xFF, 0xD9]].concat();
        assert!(compare(&original, &copy).ok);
        assert!(!compare(&original, &hidden).ok);
    }

    #[test]
    fn an_original_after_the_end_of_a_zlib_stream_is_found() {
        let (original, copy) = (saved(Format::Png, 1), saved(Format::Png, 2));
        let last = png::chunks(&copy).filter(|chunk| chunk.kind == b"IDAT").last().unwrap();
        let longer = [last.data, &original].concat();
        let mut hidden = copy[..last.at - 8].to_vec();
        png::push_chunk(&mut hidden, *b"IDAT", &longer);
        png::push_chunk(&mut hidden, *b"IEND", &[]);
        assert!(crate::photo::open(&hidden, &crate::photo::Limits::default()).is_ok());
        assert!(compare(&original, &copy).ok);
        assert!(!compare(&original, &hidden).ok);
    }

    #[test]
    fn what_is_outside_of_ranges() {
        assert_eq!(outside(&[10..20, 30..400, 500..900], 1000), [400..500, 900..1000]);
    }
}
