use super::*;
use crate::photo::Photo;

fn detection(bbox: [f32; 4], score: f32) -> Detection {
    Detection::new(bbox, score, [[0.0; 2]; 5])
}

/// Squares of one grey: left, top, side.
fn drawn(squares: &[[u32; 3]], value: u8) -> Drawn {
    let square = |&[x, y, side]: &[u32; 3]| crate::geometry::PixelRect { x0: x, y0: y, x1: x + side, y1: y + side };
    let mask = Mask::union(&squares.iter().map(|numbers| Mask::of_rect(square(numbers))).collect::<Vec<_>>());
    let frame = Frame { width: 64, height: 64, rgb: vec![value; 3 * 64 * 64], alpha: None };
    Drawn::of(&frame, mask.clone(), mask)
}

fn expected<'a>(drawn: &'a Drawn, kept: &'a [[f32; 4]], format: Format) -> Expected<'a> {
    Expected {
        format,
        profile: None,
        width: 64,
        height: 64,
        keeps_tables: false,
        drawn,
        kept,
        before: &[],
        elsewhere: Elsewhere::Fails,
    }
}

fn nothing() -> Drawn {
    Drawn::default()
}

fn rules() -> ProofRules {
    ProofRules::for_policy(&Policy::default())
}

fn sorted(detections: Vec<Detection>, expected: &Expected<'_>) -> SortedDetections {
    let fills = vec![false; detections.len()];
    SortedDetections::sort(detections, &fills, expected, &rules())
}

#[test]
fn a_face_outside_every_cover_fails_the_proof() {
    let detections = sorted(vec![detection([0.0, 0.0, 10.0, 10.0], 0.9)], &expected(&nothing(), &[], Format::Png));
    assert!(!detections.outside_check(0.0, 0).ok);
    assert_eq!(detections.outside_check(0.0, 0).regions, [[0.0, 0.0, 10.0, 10.0]]);
}

#[test]
fn a_less_certain_detection_outside_is_shown_and_does_not_fail() {
    let detections = sorted(vec![detection([0.0, 0.0, 10.0, 10.0], 0.15)], &expected(&nothing(), &[], Format::Png));
    assert!(detections.outside_check(0.0, 0).ok);
    assert_eq!(detections.outside_check(0.0, 0).regions.len(), 1);
}

#[test]
fn a_face_left_open_by_the_person_does_not_fail() {
    let kept = [[1.0, 0.0, 10.0, 10.0]];
    let detections = sorted(vec![detection([0.0, 0.0, 10.0, 10.0], 0.9)], &expected(&nothing(), &kept, Format::Png));
    assert!(detections.outside_check(0.0, 0).ok);
}

#[test]
fn a_detection_in_a_cover_does_not_fail() {
    let drawn = drawn(&[[0, 0, 20]], 0);
    let detections = sorted(vec![detection([5.0, 5.0, 10.0, 10.0], 0.9)], &expected(&drawn, &[], Format::Png));
    assert!(detections.inside_check().ok && detections.outside_check(0.0, 0).ok);
    assert_eq!(detections.inside_check().regions.len(), 1);
}

#[test]
fn one_changed_covered_pixel_in_a_png_fails() {
    let drawn = drawn(&[[8, 8, 16]], 90);
    let expected = expected(&drawn, &[], Format::Png);
    let mut frame = Frame { width: 64, height: 64, rgb: vec![90; 3 * 64 * 64], alpha: None };
    assert!(covers::compare(&jpeg_photo(frame.clone()), &[], &expected).ok);
    frame.rgb[3 * (10 * 64 + 10)] = 91;
    assert!(!covers::compare(&jpeg_photo(frame.clone()), &[], &expected).ok);
}

#[test]
fn a_copy_that_is_not_opaque_fails() {
    let drawn = nothing();
    let expected = expected(&drawn, &[], Format::Png);
    let mut photo = jpeg_photo(Frame { width: 64, height: 64, rgb: vec![90; 3 * 64 * 64], alpha: None });
    assert!(opens(&photo, &expected).ok);
    photo.frame.alpha = Some(vec![254; 64 * 64]);
    assert!(!opens(&photo, &expected).ok);
}

#[test]
fn a_jpeg_smaller_than_a_block_is_compared_too() {
    let frame = Frame { width: 4, height: 4, rgb: vec![90; 3 * 16], alpha: None };
    let saved = photo::save(&jpeg_photo(frame.clone())).expect("a small picture");
    let compared = |value| {
        let drawn = drawn(&[[0, 0, 4]], value);
        let expected = Expected { width: 4, height: 4, ..expected(&drawn, &[], Format::Jpeg) };
        covers::compare(&jpeg_photo(frame.clone()), &saved.bytes, &expected).ok
    };
    assert!(compared(90) && !compared(160));
}

fn jpeg_photo(frame: Frame) -> Photo {
    Photo {
        frame,
        format: Format::Jpeg,
        profile: None,
        orientation: image::metadata::Orientation::NoTransforms,
        blocks: None,
        jpeg_quality: Some(90),
        luma_block: (8, 8),
        full_chroma: false,
        full_size: None,
        notes: Vec::new(),
    }
}

#[test]
fn a_jpeg_that_is_not_what_was_scanned_fails() {
    let slope = |i: u32| [i % 40 * 5, i / 40 * 7, 90].map(|v| v as u8);
    let frame = Frame { width: 40, height: 24, rgb: (0..40 * 24).flat_map(slope).collect(), alpha: None };
    let saved = photo::save(&jpeg_photo(frame)).expect("a small picture").bytes;
    let mut scanned = photo::open(&saved, &photo::Limits::default()).expect("a sound file");
    let drawn = nothing();
    let expected = expected(&drawn, &[], Format::Jpeg);
    assert!(decoders(&saved, &scanned, &expected).ok);
    // As a decoder garbles it: moved.
    scanned.frame.rgb.rotate_right(3 * 7);
    assert!(!decoders(&saved, &scanned, &expected).ok);
    // What the second decoder cannot read is not proved.
    assert!(!decoders(&saved[..saved.len() - 40], &scanned, &expected).ok);
}

#[test]
fn how_a_copy_was_compressed_fails_the_proof_unless_it_is_said() {
    let leak = |kind| Leak {
        kind,
        severity: crate::report::Severity::Low,
        location: "DQT".to_owned(),
        bytes: None,
        value: String::new(),
        words: None,
        faces: None,
    };
    let [tables, other] = [LeakKind::Coding, LeakKind::Comment].map(leak);
    assert!(metadata(&[], true).ok && metadata(std::slice::from_ref(&tables), true).ok);
    assert!(!metadata(std::slice::from_ref(&tables), false).ok);
    assert!(!metadata(&[tables, other], true).ok);
}

#[test]
fn a_file_with_anything_more_than_was_written_fails() {
    let photo = jpeg_photo(Frame { width: 16, height: 16, rgb: vec![90; 3 * 256], alpha: None });
    let saved = photo::save(&photo).expect("a small picture");
    assert!(container(&saved.bytes, Format::Jpeg, None, &[]).ok);
    let mut with_trailer = saved.bytes.clone();
    with_trailer.push(0);
    assert!(!container(&with_trailer, Format::Jpeg, None, &[]).ok);
    let mut with_comment = saved.bytes.clone();
    with_comment.splice(2..2, *b"\xff\xfe\x00\x04hi");
    assert!(!container(&with_comment, Format::Jpeg, None, &[]).ok);
}

#[test]
fn an_orientation_tag_is_the_only_exif_that_passes() {
    let tag = *b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let photo = jpeg_photo(Frame { width: 16, height: 24, rgb: vec![90; 3 * 16 * 24], alpha: None });
    let saved = photo::save(&photo).expect("a small picture").bytes;
    let after_jfif = 20;
    let with = |tag: &[u8]| [&saved[..after_jfif], tag, &saved[after_jfif..]].concat();
    assert!(container(&with(&tag), Format::Jpeg, None, &[]).ok);
    assert!(metadata(&leaks::scan(&with(&tag), "").leaks, false).ok);
    let mut resolution = tag;
    resolution[21] = 0x28;
    assert!(
        metadata(&leaks::scan(&with(&resolution), "").leaks, false).ok
            && !container(&with(&resolution), Format::Jpeg, None, &[]).ok
    );
    assert!(!container(&with(&[tag, tag].concat()), Format::Jpeg, None, &[]).ok);
}

#[test]
fn a_profile_is_the_one_that_is_written_or_fails() {
    for (format, start) in [(Format::Jpeg, &b"\xFF\xE2"[..]), (Format::Png, b"iCCP")] {
        let rgb = [250, 20, 30].repeat(256);
        let frame = Frame { width: 16, height: 16, rgb, alpha: None };
        let photo = Photo { format, profile: Some(Profile::DisplayP3), ..jpeg_photo(frame) };
        let saved = photo::save(&photo).expect("a small picture");
        let is_sound = |bytes: &[u8]| container(bytes, format, saved.profile, &[]).ok;
        assert!(is_sound(&saved.bytes) && metadata(&leaks::scan(&saved.bytes, "").leaks, false).ok);
        assert!(!container(&saved.bytes, format, None, &[]).ok);
        let at = saved.bytes.windows(start.len()).position(|bytes| bytes == start).expect("it has one");
        // The marker or the name of the chunk, what belongs to the profile before it, and all of it.
        for byte in at..at + Profile::DisplayP3.bytes().len() + 18 {
            let mut changed = saved.bytes.clone();
            changed[byte] ^= 0x10;
            assert!(!is_sound(&changed), "{format:?} {byte}");
        }
        // A copy without its profile shows other colours.
        let plain = photo::save(&Photo { profile: None, ..photo }).expect("a small picture").bytes;
        assert!(!is_sound(&plain));
        let opened = photo::open(&plain, &photo::Limits::default()).expect("a sound file");
        let drawn = nothing();
        let expected = Expected { profile: saved.profile, width: 16, height: 16, ..expected(&drawn, &[], format) };
        assert!(!opens(&opened, &expected).ok);
        let opened = photo::open(&saved.bytes, &photo::Limits::default()).expect("a sound file");
        assert!(opens(&opened, &expected).ok);
    }
}

#[test]
fn covers_are_compared_by_the_blocks_of_the_stored_picture() {
    // Turned by half, a picture of 20 columns has its cut block at the left.
    let orientation = image::metadata::Orientation::Rotate180;
    let frame = Frame { width: 20, height: 24, rgb: vec![90; 3 * 20 * 24], alpha: None };
    let saved = photo::save(&jpeg_photo(frame.clone())).expect("a small picture").bytes;
    let drawn = drawn(&[[4, 8, 8]], 90);
    let expected = Expected { width: 20, height: 24, ..expected(&drawn, &[], Format::Jpeg) };
    let mut photo = Photo { orientation, ..jpeg_photo(frame) };
    assert!(covers::compare(&photo, &saved, &expected).ok);
    for y in 8..16 {
        photo.frame.rgb[3 * (20 * y + 4)..3 * (20 * y + 12)].fill(200);
    }
    assert!(!covers::compare(&photo, &saved, &expected).ok);
}

#[test]
fn a_detection_of_which_a_fifth_is_seen_is_outside() {
    let drawn = drawn(&[[0, 0, 20]], 0);
    let detections = sorted(vec![detection([4.0, 0.0, 20.0, 20.0], 0.9)], &expected(&drawn, &[], Format::Png));
    assert_eq!((detections.outside.len(), detections.inside.len()), (1, 0));
}

#[test]
fn a_face_of_the_original_that_is_partly_covered_fails_unless_it_was_left_open() {
    let (drawn, before) = (drawn(&[[0, 0, 20]], 0), [detection([10.0, 0.0, 20.0, 20.0], 0.9)]);
    let partly = |kept: &[[f32; 4]], before: &[Detection]| {
        for elsewhere in [Elsewhere::Fails, Elsewhere::LeftOpen] {
            let expected = Expected { before, elsewhere, ..expected(&drawn, kept, Format::Png) };
            let check = partly_check(&expected, &rules());
            assert_eq!(check.ok, check.regions.is_empty());
            if !check.ok {
                assert_eq!((&check.detail[..], elsewhere), ("1 face is only partly covered", elsewhere));
                return false;
            }
        }
        true
    };
    assert!(!partly(&[], &before));
    assert!(partly(&[before[0].bbox], &before));
    assert!(partly(&[], &[detection([0.0, 0.0, 20.0, 20.0], 0.9)]));
    // The landmarks, at the corner, are left out here: they would be covered.
    assert!(partly(&[], &[Detection { landmarks: None, ..detection([40.0, 0.0, 20.0, 20.0], 0.9) }]));
}

#[test]
fn a_detection_across_two_covers_is_inside() {
    let drawn = drawn(&[[0, 0, 20], [20, 0, 20]], 0);
    let detections = sorted(vec![detection([10.0, 0.0, 20.0, 20.0], 0.9)], &expected(&drawn, &[], Format::Png));
    assert!(detections.outside.is_empty());
}

#[test]
fn what_samples_of_more_than_8_bits_show_is_not_judged() {
    use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
    for (colour, bytes, ok) in [(ExtendedColorType::L8, 1, true), (ExtendedColorType::L16, 2, false)] {
        let mut file = Vec::new();
        PngEncoder::new(&mut file).write_image(&[9; 32][..16 * bytes], 4, 4, colour).expect("written");
        assert_eq!(one_picture(&file).ok, ok);
    }
}

#[test]
fn equal_colours_of_a_palette_are_told() {
    for (colours, is_told) in [([1, 2, 3, 4, 5, 6], false), ([1, 2, 3, 1, 2, 3], true)] {
        let mut file = png::SIGNATURE.to_vec();
        png::push_chunk(&mut file, *b"PLTE", &colours);
        assert_eq!(has_equal_colours(&file), is_told);
    }
}

#[test]
fn colour_other_than_drawn_fails() {
    let frame = Frame { width: 64, height: 64, rgb: [150, 90, 40].repeat(64 * 64), alpha: None };
    let saved = photo::save(&jpeg_photo(frame)).expect("a small picture").bytes;
    let opened = photo::open(&saved, &photo::Limits::default()).expect("a sound file");
    let judged = |rgb: [u8; 3]| {
        let frame = Frame { rgb: rgb.repeat(64 * 64), ..opened.frame.clone() };
        let mask = Mask::of_rect(crate::geometry::PixelRect { x0: 16, y0: 16, x1: 48, y1: 48 });
        let drawn = Drawn::of(&frame, mask.clone(), mask);
        decoders(&saved, &opened, &expected(&drawn, &[], Format::Jpeg)).ok
    };
    // The second has the same brightness.
    assert!(judged([150, 90, 40]) && !judged([102, 102, 102]));
}
