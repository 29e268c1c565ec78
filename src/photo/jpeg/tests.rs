#![allow(clippy::unwrap_used)]

use image::metadata::Orientation;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::coefficients::Coefficients;
use super::*;
use crate::container::Profile;
use crate::container::jpeg::SOF0;
use crate::container::jpeg::orientation;
use crate::container::jpeg::tests::segment;
use crate::error::ErrorCode;
use crate::geometry::PixelRect;
use crate::mask::Mask;
use crate::photo::{Frame, Limits, Turn, open};
use crate::report::NoteCode;

/// The function under test, with what is hidden as rectangles.
fn rewrite(source: &[u8], photo: &Photo, covers: &[PixelRect]) -> Result<Rewritten, LossyReason> {
    super::rewrite(source, photo, &mask(covers))
}

fn compare(bytes: &[u8], photo: &Photo) -> Result<super::compare::Compared, LossyReason> {
    super::compare::compare(bytes, photo, &|_, _| None)
}

fn mask(covers: &[PixelRect]) -> Mask {
    Mask::union(&covers.iter().copied().map(Mask::of_rect).collect::<Vec<_>>())
}

/// How a test file is written, by an encoder that is not ours.
#[derive(Debug, Clone)]
struct Source {
    width: u16,
    height: u16,
    colour: ColorType,
    quality: u8,
    sampling: SamplingFactor,
    progressive: bool,
    restart_interval: u16,
    pixels: Vec<u8>,
}

impl Source {
    fn file(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.quality);
        encoder.set_sampling_factor(self.sampling);
        encoder.set_progressive(self.progressive);
        encoder.set_restart_interval(self.restart_interval);
        encoder.encode(&self.pixels, self.width, self.height, self.colour).unwrap();
        file
    }
}

fn samplings() -> impl Strategy<Value = SamplingFactor> {
    use SamplingFactor as Factor;
    // Sequentially the encoder gives each component of the last three a scan of its own.
    let in_one_scan = [Factor::R_4_4_4, Factor::R_4_2_2, Factor::R_4_2_0, Factor::R_4_4_0];
    let split = [Factor::R_4_1_1, Factor::R_4_4_1, Factor::R_4_1_0];
    prop::sample::select([&in_one_scan[..], &split].concat())
}

/// Noise on slopes: coefficients of all sizes, and runs of zeros.
fn pixels(count: usize, noise: u8) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..=noise, count)
        .prop_map(|noise| noise.iter().enumerate().map(|(i, n)| (i / 7 % 200) as u8 ^ n).collect())
}

prop_compose! {
    fn layouts()(
        width in 1u16..120,
        height in 1u16..120,
        grey in prop::bool::weighted(0.2),
        quality in 1u8..=100,
        sampling in samplings(),
        progressive in any::<bool>(),
        restart_interval in prop_oneof![Just(0), 1u16..5],
    ) -> Source {
        let colour = if grey { ColorType::Luma } else { ColorType::Rgb };
        Source { width, height, colour, quality, sampling, progressive, restart_interval, pixels: Vec::new() }
    }
}

fn sources() -> impl Strategy<Value = Source> {
    (layouts(), prop::sample::select(vec![0u8, 15, 255])).prop_flat_map(|(layout, noise)| {
        let samples = if layout.colour == ColorType::Luma { 1 } else { 3 };
        let count = usize::from(layout.width) * usize::from(layout.height) * samples;
        pixels(count, noise).prop_map(move |pixels| Source { pixels, ..layout.clone() })
    })
}

fn opened(file: &[u8]) -> Photo {
    open(file, &Limits::default()).unwrap()
}

fn difference(file: &[u8], photo: &Photo) -> Result<u8, LossyReason> {
    compare(file, photo).map(|compared| compared.difference)
}

fn coefficients(file: &[u8]) -> Coefficients {
    read::read(file, &read_header(file).unwrap()).unwrap()
}

/// The coefficients without those past the picture's edge.
fn shown(file: &[u8]) -> Coefficients {
    let mut coefficients = coefficients(file);
    coefficients.planes.iter_mut().for_each(Plane::clear_past_edge);
    coefficients
}

/// [`rewrite`], unless the source's noise and quality leave more beyond black and white than is kept.
fn kept(file: &[u8], photo: &Photo, covers: &[PixelRect]) -> Option<Vec<u8>> {
    match rewrite(file, photo, covers) {
        Err(LossyReason::Clipped) => None,
        rewritten => Some(rewritten.unwrap().bytes),
    }
}

/// A rectangle on the MCUs' grid, from random numbers.
fn aligned(photo: &Photo, places: [u32; 4]) -> PixelRect {
    let blocks = photo.blocks.unwrap();
    let (width, height) = (photo.frame.width, photo.frame.height);
    let (x0, y0) = (places[0] % width / blocks.width, places[1] % height / blocks.height);
    PixelRect {
        x0: x0 * blocks.width,
        y0: y0 * blocks.height,
        x1: ((x0 + 1 + places[2] % 3) * blocks.width).min(width),
        y1: ((y0 + 1 + places[3] % 3) * blocks.height).min(height),
    }
}

/// A drawing under the covers that is nothing like the picture.
fn draw(frame: &mut Frame, covers: &[PixelRect]) {
    for cover in covers {
        for y in cover.y0..cover.y1 {
            for x in cover.x0..cover.x1 {
                let at = 3 * (y * frame.width + x) as usize;
                frame.rgb[at..at + 3].copy_from_slice(&[(x * 5 % 256) as u8, 90, (y * 3 % 256) as u8]);
            }
        }
    }
}

fn differing_pixels(a: &Frame, b: &Frame) -> Vec<(u32, u32)> {
    let pairs = a.rgb.chunks_exact(3).zip(b.rgb.chunks_exact(3));
    pairs.zip(0..).filter(|((a, b), _)| a != b).map(|(_, i)| (i % a.width, i / a.width)).collect()
}

proptest! {
    #[test]
    fn without_covers_every_pixel_and_coefficient_stays(source in sources()) {
        let file = source.file();
        let photo = opened(&file);
        let Some(rewritten) = kept(&file, &photo, &[]) else { return Ok(()) };
        for (old, new) in shown(&file).planes.iter().zip(&coefficients(&rewritten).planes) {
            let plain = clipped::black_and_white(&old.steps);
            prop_assert!(old.blocks.iter().zip(&new.blocks).all(|(old, new)| old == new || plain.contains(new)));
        }
        prop_assert_eq!(opened(&rewritten).frame, photo.frame);
    }

    #[test]
    fn the_tables_of_a_copy_are_as_common_as_those_of_its_source(source in sources(), tag in 1u8..=8) {
        let file = tagged(&source.file(), tag);
        prop_assert!(!has_own_tables(&file));
        let Some(rewritten) = kept(&file, &opened(&file), &[]) else { return Ok(()) };
        prop_assert!(!has_own_tables(&rewritten));
    }

    #[test]
    fn what_lies_past_the_edge_does_not_matter(source in sources(), values in prop::collection::vec(-60i16..60, 64)) {
        let file = source.file();
        let header = read_header(&file).unwrap();
        let written = |picture: &Coefficients| write::write(picture, header.colour_model(), Orientation::NoTransforms, None).unwrap();
        let mut picture = coefficients(&file);
        let plain = written(&picture);
        for plane in &mut picture.planes {
            let (stride, used) = (plane.stride, plane.used);
            let past_edge = |index: usize| index as u32 % stride >= used.0 || index as u32 / stride >= used.1;
            for (index, block) in plane.blocks.iter_mut().enumerate().filter(|(index, _)| past_edge(*index)) {
                *block = std::array::from_fn(|place| values[(index + place) % values.len()]);
            }
        }
        let photo = opened(&plain);
        prop_assert!(kept(&plain, &photo, &[]) == kept(&written(&picture), &photo, &[]));
    }

    #[test]
    fn two_decoders_agree_on_sound_pictures(source in sources(), tag in 1u8..=8) {
        let file = tagged(&source.file(), tag);
        let photo = opened(&file);
        let Some(rewritten) = kept(&file, &photo, &[]) else { return Ok(()) };
        let worst = difference(&rewritten, &opened(&rewritten));
        prop_assert!(matches!(worst, Ok(0..=6)), "{:?}", worst);
    }

    #[test]
    fn a_file_is_opened_as_it_was_drawn(source in layouts()) {
        let samples = if source.colour == ColorType::Luma { 1 } else { 3 };
        let width = usize::from(source.width);
        let slope = |i: usize| (i / samples % width + i / samples / width) as u8;
        let pixels: Vec<u8> = (0..width * usize::from(source.height) * samples).map(slope).collect();
        let file = Source { pixels: pixels.clone(), quality: 95, ..source }.file();
        let frame = opened(&file).frame;
        let errors = frame.rgb.iter().step_by(3 / samples).zip(&pixels).map(|(a, b)| a.abs_diff(*b));
        prop_assert!(errors.max() <= Some(8));
    }

    #[test]
    fn outside_the_covers_every_coefficient_stays(source in sources(), places in prop::collection::vec(any::<[u32; 4]>(), 1..4)) {
        let file = source.file();
        let mut photo = opened(&file);
        let before = photo.frame.clone();
        let covers: Vec<PixelRect> = places.into_iter().map(|places| aligned(&photo, places)).collect();
        draw(&mut photo.frame, &covers);
        let Some(rewritten) = kept(&file, &photo, &covers) else { return Ok(()) };
        let (old, new) = (shown(&file), coefficients(&rewritten));
        for (old_plane, new_plane) in old.planes.iter().zip(&new.planes) {
            for (index, (a, b)) in old_plane.blocks.iter().zip(&new_plane.blocks).enumerate() {
                let (width, height) = old.unit_size();
                let (column, row) = (index as u32 % old_plane.stride, index as u32 / old_plane.stride);
                let (x, y) = (column / old_plane.horizontal * width, row / old_plane.vertical * height);
                let plain = clipped::black_and_white(&new_plane.steps);
                prop_assert!(a == b || plain.contains(b) || covers.iter().any(|cover| cover.contains(x, y)), "block {} {}", column, row);
            }
        }
        // Chroma of lower resolution is enlarged smoothly: across the edge of an MCU, but not beyond the next.
        let blocks = photo.blocks.unwrap();
        let reach = if photo.full_chroma { 0 } else { blocks.width.max(blocks.height) };
        for (x, y) in differing_pixels(&before, &opened(&rewritten).frame) {
            prop_assert!(covers.iter().any(|cover| cover.grown(reach).contains(x, y)), "pixel {} {}", x, y);
        }
    }

    #[test]
    fn what_was_under_a_cover_does_not_matter(source in sources(), noise in any::<u8>(), places in prop::collection::vec(any::<[u32; 4]>(), 1..4)) {
        let file = source.file();
        let photo = opened(&file);
        let covers: Vec<PixelRect> = places.into_iter().map(|places| aligned(&photo, places)).collect();
        let mut swapped = source.clone();
        let samples = source.pixels.len() / photo.frame.width as usize / photo.frame.height as usize;
        for (i, value) in swapped.pixels.iter_mut().enumerate() {
            let (x, y) = (i / samples % usize::from(source.width), i / samples / usize::from(source.width));
            if covers.iter().any(|cover| cover.contains(x as u32, y as u32)) {
                *value = value.wrapping_mul(31) ^ noise;
            }
        }
        // One and the same drawing: what it is made from is for others to test.
        let mut photo = photo;
        draw(&mut photo.frame, &covers);
        prop_assert!(rewrite(&file, &photo, &covers) == rewrite(&swapped.file(), &photo, &covers));
    }

    #[test]
    fn every_way_of_coding_gives_the_same_coefficients(source in sources()) {
        let sequential = coefficients(&Source { progressive: false, ..source.clone() }.file());
        let progressive = coefficients(&Source { progressive: true, restart_interval: 0, ..source }.file());
        for (a, b) in sequential.planes.iter().zip(&progressive.planes) {
            let (across, down) = a.used;
            for index in (0..down).flat_map(|row| (0..across).map(move |column| a.index(column, row))) {
                prop_assert!(a.blocks[index] == b.blocks[index]);
            }
        }
    }

    #[test]
    fn turning_back_gives_every_coefficient_back(source in sources(), tag in 1u8..=8) {
        let file = source.file();
        let stored = coefficients(&file);
        let orientation = Orientation::from_exif(tag).unwrap();
        // Only the two quarter turns are not their own inverse.
        let back = match orientation {
            Orientation::Rotate90 => Orientation::Rotate270,
            Orientation::Rotate270 => Orientation::Rotate90,
            other => other,
        };
        if turn::is_lossless(&stored, orientation) {
            let again = turn::turned(stored.clone(), orientation).and_then(|turned| turn::turned(turned, back));
            prop_assert!(again == Ok(stored));
        }
    }

    #[test]
    fn covers_lie_where_they_are_seen_under_a_tag(source in sources(), tag in 2u8..=8, places in any::<[u32; 4]>()) {
        let file = source.file();
        let orientation = Orientation::from_exif(tag).unwrap();
        if turn::is_lossless(&coefficients(&file), orientation) {
            return Ok(());
        }
        let mut stored = opened(&file);
        let cover = aligned(&stored, places);
        let seen = Turn::of(orientation).undo(cover, stored.frame.width, stored.frame.height);
        draw(&mut stored.frame, &[cover]);
        let upright = Photo { frame: stored.frame.clone().turned(orientation).unwrap(), orientation, ..stored.clone() };
        let written = |photo: &Photo, cover| kept(&file, photo, &[cover]).map(|bytes| coefficients(&bytes));
        prop_assert!(written(&stored, cover) == written(&upright, seen));
    }

    #[test]
    fn damage_gives_an_error_or_a_sound_file(source in sources(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut file = source.file();
        let photo = opened(&file);
        for (place, value) in flips {
            let at = place.index(file.len());
            file[at] = value;
        }
        if let Ok(rewritten) = rewrite(&file, &photo, &[]) {
            let error = open(&rewritten.bytes, &Limits::default()).err();
            prop_assert!(error.is_none(), "{:?}", error);
        }
    }
}

fn small(progressive: bool, sampling: SamplingFactor) -> Source {
    Source {
        width: 40,
        height: 24,
        colour: ColorType::Rgb,
        quality: 80,
        sampling,
        progressive,
        restart_interval: 2,
        pixels: (0..40 * 24 * 3).map(|i| (i * 7 % 251) as u8).collect(),
    }
}

/// A small file without a JFIF segment, whose components have these identifiers.
fn named(ids: [u8; 3]) -> Vec<u8> {
    let mut file = small(false, SamplingFactor::R_4_4_4).file();
    file.drain(2..20);
    let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    for (i, id) in ids.into_iter().enumerate() {
        file[frame + 10 + 3 * i] = id;
        file[scan + 5 + 2 * i] = id;
    }
    file
}

fn with_segment(mut file: Vec<u8>, code: u8, content: &[u8]) -> Vec<u8> {
    file.splice(2..2, segment(code, content));
    file
}

fn with_adobe(file: Vec<u8>, transform: u8) -> Vec<u8> {
    with_segment(file, 0xEE, &[b"Adobe\0\x64\0\0\0\0", &[transform][..]].concat())
}

fn with_jfif(file: Vec<u8>) -> Vec<u8> {
    with_segment(file, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
}

/// Both ways to say that the colours are stored as RGB: by an Adobe segment, and by the components' identifiers.
fn stored_as_rgb() -> [Vec<u8>; 2] {
    [with_adobe(named([0, 1, 2]), 0), named(*b"RGB")]
}

/// As djpeg of libjpeg-turbo 2.1.5 shows them.
#[test]
fn the_colour_model_is_told_as_libjpeg_tells_it() {
    let [ycbcr, rgb] = [named([1, 2, 3]), with_adobe(named([1, 2, 3]), 0)].map(|file| opened(&file).frame);
    // The first pixel as it is stored, and as it was drawn: converted by JFIF 1.02.
    let stored: Vec<f32> = rgb.rgb[..3].iter().map(|v| f32::from(*v)).collect();
    let red = (stored[0] + 1.402 * (stored[2] - 128.0)).clamp(0.0, 255.0);
    assert!((red - f32::from(ycbcr.rgb[0])).abs() <= 1.0 && rgb != ycbcr);
    for ids in [[1, 2, 3], [0, 1, 2], *b"RGB", *b"RGA", *b"BGR", [1, 34, 35], [7, 7, 7], [1, 1, 2]] {
        for jfif in [false, true] {
            for adobe in [None, Some(0), Some(1), Some(2), Some(9)] {
                let mut file = adobe.map_or(named(ids), |transform| with_adobe(named(ids), transform));
                if jfif {
                    file = with_jfif(file);
                }
                let is_rgb = !jfif && (adobe == Some(0) || adobe.is_none() && ids == *b"RGB");
                let photo = opened(&file);
                assert_eq!(photo.frame, if is_rgb { &rgb } else { &ycbcr }.clone(), "{ids:?} {jfif} {adobe:?}");
                let copy = rewrite(&file, &photo, &[]).unwrap().bytes;
                assert_eq!(opened(&copy).frame, photo.frame);
                // The copy says it by identifiers and by one segment, and both agree.
                assert_eq!(copy[3], if is_rgb { 0xEE } else { 0xE0 });
            }
        }
    }
}

#[test]
fn segments_of_colour_that_libjpeg_does_not_count_do_not_count() {
    let rgb = opened(&named(*b"RGB")).frame;
    let short = with_segment(named(*b"RGB"), 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0");
    let other = with_segment(named(*b"RGB"), 0xEE, b"Adobf\0\x64\0\0\0\0\x01");
    let mut late = named(*b"RGB");
    let end = late.len() - 2;
    late.splice(end..end, segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01"));
    for file in [short, other, late] {
        assert_eq!(opened(&file).frame, rgb);
    }
}

#[test]
fn the_number_of_lines_after_the_scan_does_not_matter() {
    for progressive in [false, true] {
        let file = small(progressive, SamplingFactor::R_4_2_0).file();
        let mut with_lines = file.clone();
        let end = file.len() - 2;
        with_lines.splice(end..end, segment(0xDC, &[0, 5]));
        assert_eq!(opened(&with_lines).frame, opened(&file).frame);
    }
}

/// The decoder that photos are opened with shows all of these, in its own way.
#[test]
fn files_that_decoders_disagree_on_are_not_opened() {
    let is_refused =
        |file: &[u8]| matches!(open(file, &Limits::default()), Err(crate::Error::Input(InputError::Corrupt(_))));
    let at = |file: &[u8], code: u8| file.windows(2).position(|pair| pair == [0xFF, code]).unwrap();
    let insert = |file: &[u8], at: usize, segment: &[u8]| [&file[..at], segment, &file[at..]].concat();
    // Restart markers other than announced.
    let whole = Source { restart_interval: 2, ..small(false, SamplingFactor::R_4_4_4) }.file();
    let scan = at(&whole, 0xDA);
    assert!(open(&whole, &Limits::default()).is_ok());
    for interval in [0, 1, 3] {
        assert!(is_refused(&insert(&whole, scan, &segment(0xDD, &[0, interval]))), "{interval}");
    }
    let mut swapped = whole.clone();
    swapped[at(&whole, 0xD0) + 1] = 0xD1;
    assert!(is_refused(&swapped));
    // One after the last MCU changes nothing.
    let more = insert(
        &whole,
        whole.len() - 2,
        &[
            0xFF,
            0xD0 + (whole.windows(2).filter(|pair| pair[0] == 0xFF && (0xD0..0xD8).contains(&pair[1])).count() % 8)
                as u8,
        ],
    );
    assert_eq!(opened(&more).frame, opened(&whole).frame);
    // A scan that ends too early, before an end marker.
    let short = small(false, SamplingFactor::R_4_2_0).file();
    for missing in 1..40 {
        assert!(is_refused(&[&short[..short.len() - 2 - missing], &[0xFF, 0xD9]].concat()), "{missing}");
    }
    // A progressive picture with a scan less, or with another table for its last scan.
    let progressive = small(true, SamplingFactor::R_4_4_4).file();
    let last = progressive.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    assert!(is_refused(&[&progressive[..last], &[0xFF, 0xD9]].concat()));
    let tables = at(&progressive, 0xDB);
    let mut other = progressive[tables..tables + 69].to_vec();
    other[10] ^= 8;
    assert!(is_refused(&insert(&progressive, last, &other)));
}

/// What stands after the data of a picture without an end marker: nothing, a film, another picture, bytes that look like markers.
fn trailers() -> Vec<Vec<u8>> {
    let film = [&b"\0\0\0\x18ftypmp42\0\0\0\0isommp42\0\0\x0F\xA8mdat"[..], &[7; 40]].concat();
    let markers = [&film[..], &[0xFF, 0xFE, 0, 9, 1, 0xFF, 0xC4, 0, 4, 0xFF, 0xDB, 0, 3, 9]].concat();
    vec![Vec::new(), film, small(false, SamplingFactor::R_4_4_4).file(), markers]
}

#[test]
fn a_picture_without_an_end_marker_opens_if_all_of_it_is_there() {
    for (progressive, sampling) in
        [(false, SamplingFactor::R_4_2_0), (false, SamplingFactor::R_4_1_1), (true, SamplingFactor::R_4_4_4)]
    {
        let whole = small(progressive, sampling).file();
        let data = &whole[..whole.len() - 2];
        let photo = opened(&whole);
        let copy = rewrite(&whole, &photo, &[]).unwrap().bytes;
        for trailer in trailers() {
            let file = [data, &trailer].concat();
            assert_eq!(opened(&file).frame, photo.frame, "{progressive} {sampling:?} {trailer:?}");
            assert_eq!(rewrite(&file, &photo, &[]).unwrap().bytes, copy);
            assert_eq!(unmarked_end(&file), Some(data.len()));
        }
        for end in (whole.len() - 60)..data.len() {
            let error = open(&whole[..end], &Limits::default()).unwrap_err();
            assert_eq!(error, InputError::Truncated.into(), "{end} of {}", whole.len());
        }
    }
}

#[test]
fn colours_stored_as_rgb_stay_so() {
    let as_ycbcr = opened(&small(false, SamplingFactor::R_4_4_4).file()).frame;
    for file in stored_as_rgb() {
        let photo = opened(&file);
        assert_ne!(photo.frame, as_ycbcr);
        assert_eq!(opened(&rewrite(&file, &photo, &[]).unwrap().bytes).frame, photo.frame);
    }
}

#[test]
fn a_profile_that_is_kept_changes_no_coefficient() {
    let sources = [small(false, SamplingFactor::R_4_2_0).file(), small(true, SamplingFactor::R_4_4_4).file()];
    for file in sources.into_iter().chain(stored_as_rgb()) {
        let plain = opened(&file);
        let mut segment = vec![0xFF, 0xE2];
        let content = Profile::DisplayP3.jpeg_segment();
        segment.extend((content.len() as u16 + 2).to_be_bytes());
        segment.extend(content);
        let mut photo = opened(&[&file[..2], &segment, &file[2..]].concat());
        assert_eq!((&photo.frame, photo.profile), (&plain.frame, Some(Profile::DisplayP3)));
        let cover = PixelRect { x0: 0, y0: 0, x1: 16, y1: 16 };
        draw(&mut photo.frame, &[cover]);
        let with = rewrite(&file, &photo, &[cover]).unwrap().bytes;
        let without = rewrite(&file, &Photo { profile: None, ..photo.clone() }, &[cover]).unwrap().bytes;
        // The files differ by the segment alone.
        let at = with.windows(segment.len()).position(|bytes| bytes == segment).unwrap();
        assert_eq!([&with[..at], &with[at + segment.len()..]].concat(), without);
        assert_eq!(opened(&with).profile, Some(Profile::DisplayP3));
    }
}

#[test]
fn covers_are_drawn_in_colours_stored_as_rgb() {
    let [file, _] = stored_as_rgb();
    let mut photo = opened(&file);
    let cover = PixelRect { x0: 8, y0: 8, x1: 24, y1: 16 };
    let before = photo.frame.clone();
    for at in (0..photo.frame.rgb.len()).step_by(3) {
        photo.frame.rgb[at..at + 3].copy_from_slice(&[200, 100, 30]);
    }
    let covered = opened(&rewrite(&file, &photo, &[cover]).unwrap().bytes).frame;
    let at = 3 * (12 * 40 + 16);
    assert!(covered.rgb[at..at + 3].iter().zip([200, 100, 30]).all(|(a, b)| a.abs_diff(b) < 8));
    assert!(differing_pixels(&before, &covered).iter().all(|(x, y)| cover.contains(*x, *y)));
}

#[test]
fn a_turned_picture_shows_its_turned_pixels() {
    for tag in 1..=8 {
        let mut source = small(false, SamplingFactor::R_4_2_0);
        (source.width, source.height) = (48, 32);
        source.pixels =
            (0..48 * 32).flat_map(|i| [i % 48 * 5, i / 48 * 7, (i % 48 + i / 48) * 3].map(|v| v as u8)).collect();
        let file = source.file();
        let orientation = Orientation::from_exif(tag).unwrap();
        let upright = opened(&file).frame.turned(orientation).unwrap();
        let photo = Photo { orientation, ..opened(&file) };
        let rewritten = opened(&rewrite(&file, &photo, &[]).unwrap().bytes).frame;
        assert_eq!((rewritten.width, rewritten.height), (upright.width, upright.height));
        // The inverse transform and the enlargement of chroma round differently in the other direction.
        let worst = rewritten.rgb.iter().zip(&upright.rgb).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(4), "tag {tag}: {worst:?}");
    }
}

/// The file with an orientation tag of its own.
fn tagged(file: &[u8], tag: u8) -> Vec<u8> {
    let orientation = Orientation::from_exif(tag).unwrap();
    [&file[..2], &[0xFF, crate::container::jpeg::APP1, 0, 34], &orientation::content(orientation), &file[2..]].concat()
}

#[test]
fn a_picture_whose_cut_blocks_would_move_is_turned_by_a_tag() {
    // 40 x 24 samples: with 4:2:0 both sides end within an MCU.
    for (sampling, tag, is_tagged) in [
        (SamplingFactor::R_4_4_4, 3, false),
        (SamplingFactor::R_4_2_0, 3, true),
        (SamplingFactor::R_4_2_0, 5, false),
        (SamplingFactor::R_4_2_0, 6, true),
        (SamplingFactor::R_4_2_0, 8, true),
    ] {
        let file = tagged(&small(false, sampling).file(), tag);
        let photo = opened(&file);
        let rewritten = rewrite(&file, &photo, &[]).unwrap();
        assert_eq!(rewritten.has_orientation_tag, is_tagged, "{sampling:?}, tag {tag}");
        let again = opened(&rewritten.bytes);
        assert_eq!(again.orientation != Orientation::NoTransforms, is_tagged);
        if is_tagged {
            assert_eq!(again.frame, photo.frame);
        }
    }
}

#[test]
fn a_picture_without_columns_or_lines_is_refused() {
    let file = small(false, SamplingFactor::R_4_2_0).file();
    let photo = opened(&file);
    let frame = file.windows(2).position(|pair| pair == [0xFF, SOF0]).unwrap();
    for size_at in [frame + 5, frame + 7] {
        let mut empty = file.clone();
        empty[size_at..size_at + 2].fill(0);
        assert_eq!(rewrite(&empty, &photo, &[]), Err(LossyReason::Damaged));
    }
}

#[test]
fn a_cover_within_a_block_replaces_the_blocks_that_it_touches_and_no_other() {
    let file = small(false, SamplingFactor::R_4_2_0).file();
    let mut photo = opened(&file);
    photo.frame.rgb.fill(200);
    let cover = PixelRect { x0: 17, y0: 9, x1: 20, y1: 11 };
    let (old, new) = (coefficients(&file), coefficients(&rewrite(&file, &photo, &[cover]).unwrap().bytes));
    for (component, (old, new)) in old.planes.iter().zip(&new.planes).enumerate() {
        let (shown_across, shown_down) = old.used;
        let shown = (0..shown_down).flat_map(|row| (0..shown_across).map(move |column| old.index(column, row)));
        let changed: Vec<usize> = shown.filter(|&index| old.blocks[index] != new.blocks[index]).collect();
        let expected = if component == 0 { old.index(2, 1) } else { old.index(1, 0) };
        assert_eq!(changed, [expected], "component {component}");
    }
}

#[test]
fn a_progressive_file_without_its_last_scan_is_refused() {
    let file = small(true, SamplingFactor::R_4_4_4).file();
    let scan = file.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let cut = [&file[..scan], &[0xFF, 0xD9]].concat();
    assert_eq!(rewrite(&cut, &opened(&file), &[]), Err(LossyReason::Damaged));
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    for progressive in [false, true] {
        let source = small(progressive, SamplingFactor::R_4_2_0);
        let file = source.file();
        let photo = opened(&file);
        for length in 0..file.len() {
            // With an end marker, so that the header does not give it away.
            let cut = [&file[..length], &[0xFF, 0xD9]].concat();
            let result = rewrite(&cut, &photo, &[]);
            let is_whole = length + 2 >= file.len();
            assert_eq!(result.is_ok(), is_whole, "{length} of {} bytes", file.len());
        }
    }
}

/// Sampling factors by component, across and down.
type Factors = [(u8, u8); 3];

/// A picture in a layout of which few encoders know.
fn sampled(frame: &Frame, factors: Factors) -> Result<Vec<u8>, LossyReason> {
    if factors.iter().map(|(h, v)| u32::from(h * v)).sum::<u32>() > header::MAX_UNIT_BLOCKS {
        return Err(LossyReason::Sampling);
    }
    let mut header = read_header(&small(false, SamplingFactor::R_4_4_4).file()).unwrap();
    (header.width, header.height) = (frame.width, frame.height);
    for (component, factors) in header.components.iter_mut().zip(factors) {
        (component.horizontal, component.vertical) = factors;
    }
    let mut picture = Coefficients::zero(&header)?;
    let whole = PixelRect { x0: 0, y0: 0, x1: frame.width, y1: frame.height };
    let touched = recode::touched(&picture, frame, Orientation::NoTransforms, &Mask::of_rect(whole))?;
    recode::recode(&mut picture, frame, Orientation::NoTransforms, &touched, ColourModel::YCbCr);
    write::write(&picture, ColourModel::YCbCr, Orientation::NoTransforms, None)
}

/// Soft slopes of colour, the same nowhere.
fn slopes(width: u32, height: u32) -> Frame {
    let pixel = |i: u32| [40 + i % width * 2, 60 + i / width * 2, 220 - i % width - i / width].map(|v| v as u8);
    Frame { width, height, rgb: (0..width * height).flat_map(pixel).collect(), alpha: None }
}

#[test]
fn every_combination_of_sampling_factors_is_shown_as_it_was_drawn() {
    let frame = slopes(61, 43);
    let all = || (1..=4).flat_map(|h| (1..=4).map(move |v| (h, v)));
    let combinations = all().flat_map(|y| all().flat_map(move |b| all().map(move |r| [y, b, r])));
    let mut kept = 0;
    let mut wrong = Vec::new();
    let mut opened_so_far = 0;
    for factors in combinations {
        // More than 10 blocks an MCU, or no whole ratio.
        let Ok(file) = sampled(&frame, factors) else { continue };
        opened_so_far += 1;
        let photo = opened(&file);
        // A sample that stands for 4 x 4 pixels is up to 3 columns and 3 lines off, with slopes of 2 levels a pixel.
        let errors = photo.frame.rgb.iter().zip(&frame.rgb).map(|(a, b)| a.abs_diff(*b));
        if errors.max() > Some(12) {
            wrong.push(factors);
        }
        match rewrite(&file, &photo, &[]) {
            Ok(rewritten) => {
                kept += 1;
                assert_eq!(difference(&rewritten.bytes, &photo).map(|levels| levels <= 6), Ok(true), "{factors:?}");
            }
            Err(lossy_reason) => assert_eq!(lossy_reason, LossyReason::Sampling),
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    // Of those with whole ratios and one scan, what the decoder that photos are opened with knows is kept.
    assert_eq!((opened_so_far, kept), (311, 47));
}

#[test]
fn the_last_column_of_a_picture_in_several_scans_is_coloured() {
    // 112 columns are 3.5 MCUs: of the last one's two blocks of chroma the second is in no scan of chroma alone.
    let frame = Frame { width: 112, height: 16, rgb: [200, 40, 30].repeat(112 * 16), alpha: None };
    let mut picture = coefficients(&sampled(&frame, [(4, 1), (2, 1), (2, 1)]).unwrap());
    picture.planes[1..].iter_mut().for_each(|plane| plane.blocks.chunks_exact_mut(8).for_each(|row| row[7] = [0; 64]));
    let file = write::write(&picture, ColourModel::YCbCr, Orientation::NoTransforms, None).unwrap();
    let photo = opened(&in_one_scan(&file, &read_header(&file).unwrap()).unwrap());
    let errors = photo.frame.rgb.iter().zip(&frame.rgb).map(|(a, b)| a.abs_diff(*b));
    assert!(errors.max() <= Some(6));
}

#[test]
fn factors_without_a_whole_ratio_are_refused_by_name() {
    let mut file = small(false, SamplingFactor::R_4_2_0).file();
    let frame = file.windows(2).position(|pair| pair == [0xFF, SOF0]).unwrap();
    file[frame + 11] = 0x32;
    file[frame + 14] = 0x21;
    let error = open(&file, &Limits::default()).unwrap_err();
    assert_eq!(error, InputError::Unsupported("Rare JPEG".into()).into());
}

#[test]
fn the_factors_of_a_grey_picture_mean_nothing() {
    let grey = Source {
        colour: ColorType::Luma,
        pixels: (0..40 * 24).map(|i| i as u8).collect(),
        ..small(false, SamplingFactor::R_4_4_4)
    };
    let plain = grey.file();
    let frame = plain.windows(2).position(|pair| pair == [0xFF, SOF0]).unwrap();
    for factors in [0x12, 0x21, 0x22, 0x31, 0x33, 0x44] {
        let mut file = plain.clone();
        file[frame + 11] = factors;
        let photo = opened(&file);
        let errors = photo.frame.rgb.iter().zip(opened(&plain).frame.rgb).map(|(a, b)| a.abs_diff(b));
        assert!(errors.max() <= Some(1), "{factors:x}");
        let rewritten = rewrite(&file, &photo, &[]).unwrap().bytes;
        assert_eq!(rewritten, rewrite(&plain, &photo, &[]).unwrap().bytes);
    }
}

#[test]
fn a_picture_that_is_shown_shifted_or_in_other_colours_differs() {
    for sampling in [SamplingFactor::R_4_4_4, SamplingFactor::R_4_2_0] {
        let frame = slopes(61, 43);
        let source = Source { width: 61, height: 43, pixels: frame.rgb, ..small(false, sampling) };
        let file = Source { restart_interval: 0, quality: 95, ..source }.file();
        let photo = opened(&file);
        assert!(difference(&file, &photo).unwrap() <= 6);
        let mut shifted = photo.clone();
        shifted.frame.rgb.rotate_right(3 * 4);
        let mut swapped = photo.clone();
        swapped.frame.rgb.chunks_exact_mut(3).for_each(|pixel| pixel.swap(0, 2));
        let mut stained = photo.clone();
        stained.frame.rgb[3 * (20 * 61 + 30)] ^= 16;
        for other in [shifted, swapped, stained] {
            assert!(difference(&file, &other).unwrap() > 6);
        }
    }
}

#[test]
fn blocks_that_no_picture_has_are_not_kept() {
    let file = small(false, SamplingFactor::R_4_4_4).file();
    let photo = opened(&file);
    let mut picture = coefficients(&file);
    // With the steps of this quality: more than 2048 in the pixels' scale.
    picture.planes[0].blocks[3][60..].fill(200);
    let loud = write::write(&picture, ColourModel::YCbCr, Orientation::NoTransforms, None).unwrap();
    assert_eq!(rewrite(&loud, &photo, &[]), Err(LossyReason::Damaged));
    assert_eq!(difference(&loud, &opened(&loud)), Err(LossyReason::Damaged));
    // What lies under a cover is of no account.
    let cover = PixelRect { x0: 24, y0: 0, x1: 32, y1: 8 };
    assert!(rewrite(&loud, &photo, &[cover]).is_ok());
}

/// A face in samplings that the decoder which photos are opened with garbles.
#[test]
fn a_face_is_found_where_luma_is_sampled_less_than_chroma() {
    let portrait = opened(include_bytes!("../../../tests/photos/astronaut.jpg")).frame;
    let mut detector = crate::detect::Detector::default();
    let network = include_bytes!("../../../models/face_detection_yunet_2023mar.packed");
    detector.load(crate::detect::Family::YuNet, network).unwrap();
    for factors in
        [[(1, 1), (2, 1), (2, 1)], [(1, 1), (1, 2), (1, 2)], [(1, 1), (2, 2), (2, 2)], [(2, 1), (1, 2), (1, 2)]]
    {
        let file = sampled(&portrait, factors).unwrap();
        let photo = opened(&file);
        let faces = detector.detect(&photo.frame, &crate::detect::Policy::default(), &mut |_| ()).unwrap();
        assert_eq!(faces.len(), 1, "{factors:?}");
        assert_eq!(rewrite(&file, &photo, &[]), Err(LossyReason::Sampling));
    }
}

/// A grey file whose samples lie beyond white, or black, once the step of the means is doubled.
fn doubled(level: u8, noise: &[u8], progressive: bool) -> Vec<u8> {
    let pixels = noise.iter().map(|noise| level + noise % 24).collect();
    let layout = small(progressive, SamplingFactor::R_4_4_4);
    let mut file = Source { colour: ColorType::Luma, quality: 90, pixels, ..layout }.file();
    let table = file.windows(2).position(|pair| pair == [0xFF, crate::container::jpeg::DQT]).unwrap();
    // Marker 2, length 2, number 1.
    file[table + 5] *= 2;
    file
}

proptest! {
    #[test]
    fn what_is_hidden_beyond_black_or_white_does_not_matter(
        layout in layouts(),
        noise in prop::array::uniform2(prop::collection::vec(-1i16..=1, 64)),
        is_white in any::<bool>(),
    ) {
        let count = usize::from(layout.width) * usize::from(layout.height);
        let samples = if layout.colour == ColorType::Luma { 1 } else { 3 };
        let pixels = (0..count * samples).map(|i| 100 + (i % 50) as u8).collect();
        let file = Source { pixels, quality: layout.quality.max(50), ..layout }.file();
        let colour_model = read_header(&file).unwrap().colour_model();
        let hidden = noise.map(|noise| {
            let mut picture = coefficients(&file);
            for plane in &mut picture.planes {
                let mean = (if is_white { 228 * 8 } else { -228 * 8 }) / plane.steps[0] as i16;
                for (i, block) in plane.blocks.iter_mut().enumerate().step_by(2) {
                    *block = coefficients::flat(mean);
                    for place in [1, 2, 5] {
                        block[place] = noise[(i + place) % noise.len()];
                    }
                }
            }
            write::write(&picture, colour_model, Orientation::NoTransforms, None).unwrap()
        });
        let [one, other] = hidden.each_ref().map(|file| rewrite(file, &opened(file), &[]).unwrap());
        prop_assert_eq!(opened(&hidden[0]).frame, opened(&one.bytes).frame);
        prop_assert!(one == other);
    }

    #[test]
    fn a_doubled_step_hides_nothing(
        noise in prop::array::uniform2(prop::collection::vec(any::<u8>(), 40 * 24)),
        level in prop::sample::select(vec![200u8, 30]),
        progressive in any::<bool>(),
    ) {
        let hidden = noise.map(|noise| doubled(level, &noise, progressive));
        let [one, other] = hidden.each_ref().map(|file| rewrite(file, &opened(file), &[]).unwrap());
        prop_assert!(one == other);
        prop_assert!(compare(&one.bytes, &opened(&one.bytes)).unwrap().clipped.is_ringing());
        if !progressive {
            prop_assert!(!compare(&hidden[0], &opened(&hidden[0])).unwrap().clipped.is_ringing());
        }
    }
}

#[test]
fn blocks_that_are_partly_far_beyond_white_are_not_kept() {
    let file = small(false, SamplingFactor::R_4_4_4).file();
    let mut picture = coefficients(&file);
    let plane = &mut picture.planes[0];
    // A slope from 128 - 90 to 128 + 340 or so.
    plane.blocks[3] = coefficients::flat(900 / plane.steps[0] as i16);
    plane.blocks[3][1] = 900 / plane.steps[1] as i16;
    let hidden = write::write(&picture, ColourModel::YCbCr, Orientation::NoTransforms, None).unwrap();
    assert_eq!(rewrite(&hidden, &opened(&hidden), &[]), Err(LossyReason::Clipped));
    assert!(!compare(&hidden, &opened(&hidden)).unwrap().clipped.is_ringing());
    let cover = PixelRect { x0: 24, y0: 0, x1: 32, y1: 8 };
    assert!(rewrite(&hidden, &opened(&hidden), &[cover]).is_ok());
}

#[test]
fn steps_that_no_coefficient_has_do_not_matter() {
    let flat_file = |last: u16| {
        let mut picture = coefficients(&small(false, SamplingFactor::R_4_2_0).file());
        for plane in &mut picture.planes {
            plane.blocks.iter_mut().for_each(|block| block[20..].fill(0));
            plane.steps[20..].iter_mut().zip(last..).for_each(|(step, value)| *step = value);
        }
        write::write(&picture, ColourModel::YCbCr, Orientation::NoTransforms, None).unwrap()
    };
    let [one, other] = [flat_file(17), flat_file(150)];
    let photo = opened(&one);
    assert_eq!(photo.frame, opened(&other).frame);
    assert_ne!(one, other);
    // Also where only what is covered has them.
    let cover = PixelRect { x0: 0, y0: 0, x1: 16, y1: 16 };
    for covers in [&[][..], &[cover]] {
        assert_eq!(rewrite(&one, &photo, covers), rewrite(&other, &photo, covers));
    }
}

#[test]
fn tables_that_are_not_everybodys_are_told() {
    use jpeg_encoder::QuantizationTableType as Tables;
    let file = |luma: Tables, chroma: Tables| {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 90);
        encoder.set_quantization_tables(luma, chroma);
        encoder.encode(&[90; 3 * 16 * 16], 16, 16, ColorType::Rgb).unwrap();
        file
    };
    assert!(!has_own_tables(&file(Tables::Default, Tables::Default)));
    assert!(has_own_tables(&file(Tables::Default, Tables::Flat)));
    assert!(has_own_tables(&file(Tables::ImageMagick, Tables::Default)));
}

proptest! {
    #[test]
    fn half_the_size_is_the_mean_of_four_pixels(source in sources()) {
        let file = source.file();
        let header = read_header(&file).unwrap();
        let whole = decode(&file, &header).unwrap();
        let halved = decode_halved(&file, &header).unwrap();
        let (width, height) = header.halved_size();
        prop_assert_eq!(halved.len(), 3 * width as usize * height as usize);
        let (last_column, last_line) = (header.width - 1, header.height - 1);
        let at = |x: u32, y: u32| 3 * (y.min(last_line) * header.width + x.min(last_column)) as usize;
        for (i, value) in (0..).zip(&halved) {
            let (x, y, channel) = (i / 3 % width, i / 3 / width, (i % 3) as usize);
            let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| whole[at(2 * x + dx, 2 * y + dy) + channel]);
            let sum: u32 = corners.map(u32::from).iter().sum();
            prop_assert_eq!(u32::from(*value), (sum + 2) / 4, "{}, {}", x, y);
        }
    }
}

/// As many pixels as the picture has in half its size.
fn half_of(source: &Source) -> Limits {
    let side = |side: u16| u64::from(side.div_ceil(2));
    Limits { max_pixels: side(source.width) * side(source.height), ..Limits::default() }
}

#[test]
fn a_picture_with_too_many_pixels_is_opened_in_half_its_size_and_never_kept() {
    for (progressive, sampling) in [(false, SamplingFactor::R_4_2_0), (true, SamplingFactor::R_4_4_4)] {
        let source = Source { width: 41, pixels: vec![90; 41 * 24 * 3], ..small(progressive, sampling) };
        let limits = half_of(&source);
        let turned = tagged(&source.file(), 6);
        let photo = open(&turned, &limits).unwrap();
        assert_eq!((photo.frame.width, photo.frame.height, photo.full_size), (12, 21, Some((24, 41))));
        let [note] = &photo.notes[..] else { panic!("{:?}", photo.notes) };
        assert_eq!(note.code, NoteCode::OpenedSmaller);
        assert!(note.message.contains("24 x 41") && note.message.contains("12 x 21"), "{}", note.message);
        let kept = crate::photo::rewrite(&turned, &photo, &Mask::default());
        assert_eq!(kept, Err(LossyReason::OpenedSmaller));
        // Its own size is what the header says, and it is opened in that where it may be.
        assert_eq!(crate::photo::dimensions(&turned, &limits), Ok((41, 24)));
        assert_eq!(open(&turned, &Limits::default()).unwrap().full_size, None);
        let too_few = Limits { max_pixels: limits.max_pixels - 1, ..limits };
        assert_eq!(open(&turned, &too_few).unwrap_err().code(), ErrorCode::TooManyPixels);
    }
}

#[test]
fn a_picture_in_one_scan_is_halved_a_row_at_a_time_and_others_are_refused_for_their_memory() {
    let memory = |progressive| {
        let source =
            Source { height: 2400, pixels: vec![90; 40 * 2400 * 3], ..small(progressive, SamplingFactor::R_4_2_0) };
        // Its pixels in half the size take 72 kB, its coefficients 307 kB.
        let limits = Limits { max_decode_memory: 100_000, ..half_of(&source) };
        open(&source.file(), &limits).map(|photo| photo.full_size)
    };
    assert_eq!(memory(false), Ok(Some((40, 2400))));
    assert_eq!(memory(true).unwrap_err().code(), ErrorCode::TooManyPixels);
}

#[test]
fn a_header_that_lies_about_its_size_is_refused() {
    for progressive in [false, true] {
        let mut file = small(progressive, SamplingFactor::R_4_2_0).file();
        let frame = file.windows(2).position(|pair| matches!(pair, [0xFF, 0xC0 | 0xC2])).unwrap();
        file[frame + 5..frame + 9].copy_from_slice(&[12_000_u16, 16_000].map(u16::to_be_bytes).concat());
        assert_eq!(open(&file, &Limits::default()).unwrap_err().code(), ErrorCode::Corrupt);
    }
}

#[test]
fn no_memory_is_taken_for_more_blocks_than_the_file_has_bits() {
    let mut file = small(true, SamplingFactor::R_4_4_4).file();
    let frame = file.windows(2).position(|pair| *pair == [0xFF, 0xC2]).unwrap();
    // 26 GB of coefficients.
    file[frame + 5..frame + 9].fill(0xFF);
    let header = read_header(&file).unwrap();
    assert_eq!(read::read(&file, &header).unwrap_err(), LossyReason::Damaged);
    assert_eq!(read::scans(&file, &header).unwrap_err(), LossyReason::Damaged);
}

#[test]
fn a_picture_that_is_cut_off_is_said_to_be_so_in_either_size() {
    for (progressive, sampling) in [(false, SamplingFactor::R_4_2_0), (true, SamplingFactor::R_4_4_4)] {
        let source = small(progressive, sampling);
        let file = source.file();
        for cut in [&file[..file.len() - 40], &file[..file.len() - 2 * file.len() / 5]] {
            for limits in [half_of(&source), Limits::default()] {
                assert_eq!(
                    open(cut, &limits).unwrap_err(),
                    InputError::Truncated.into(),
                    "{progressive} {}",
                    cut.len()
                );
            }
        }
    }
}

#[test]
fn inks_with_too_many_pixels_are_refused() {
    let inks = Source {
        colour: ColorType::CmykAsYcck,
        pixels: vec![90; 40 * 24 * 4],
        ..small(false, SamplingFactor::R_4_4_4)
    };
    assert_eq!(open(&inks.file(), &half_of(&inks)).unwrap_err().code(), ErrorCode::TooManyPixels);
}
