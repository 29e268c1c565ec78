//! The whole path on the test photos, with the real network.

use std::cell::Cell;
use std::io::Cursor;
use std::rc::Rc;

use image::ImageDecoder;
use moxcms::{ColorProfile, Layout, TransformOptions, curve_from_gamma};
use tarnkappe::detect::{Detector, Family, Part, iou};
use tarnkappe::error::Result;
use tarnkappe::infer::{CompactNetwork, Network, Output};
use tarnkappe::leaks;
use tarnkappe::photo::{self, Limits, PixelFormat, PlatformPixels, Source};
use tarnkappe::pipeline::{
    Choice, CopyRules, FaceChoice, Pipeline, Protected, Purpose, Settings, Step, report_unopened,
};
use tarnkappe::protect::Method;
use tarnkappe::prove::Elsewhere;
use tarnkappe::report::{
    Check, CheckName, CoverRequest, Decision, ErrorCode, FileReport, Format, LeakKind, Level, NoteCode, Origin, Proof,
    Region, RegionKind, RegionRequest,
};

const SFACE: &[u8] = include_bytes!("../models/face_recognition_sface_2021dec.packed");
const YUNET: &[u8] = include_bytes!("../models/face_detection_yunet_2023mar.packed");
const GROUP: &[u8] = include_bytes!("photos/solvay_1927.jpg");
const PORTRAIT: &[u8] = include_bytes!("photos/astronaut.jpg");
const HEIC: &[u8] = include_bytes!("photos/astronaut.heic");
#[cfg(feature = "jxl")]
const JPEG_XL: &[u8] = include_bytes!("photos/astronaut.jxl");
const NOBODY: &[u8] = include_bytes!("photos/coffee.png");

/// Pipelines that import each other's tiles share one.
const SECRET: [u8; 16] = [7; 16];

fn pipeline() -> Pipeline {
    let mut detector = Detector::from_yunet(YUNET).expect("the model is the expected one");
    detector.set_secret(SECRET);
    Pipeline::new(detector)
}

fn faces(file: &[u8]) -> Vec<[f32; 4]> {
    let checked = pipeline().check(file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    checked.report.regions.iter().map(|region| region.bbox).collect()
}

fn protect(file: &[u8], method: Method, choice: &Choice) -> Protected {
    pipeline().protect(file, "photo", method, choice, &Settings::default(), &mut |_, _| ()).expect("a sound file")
}

fn protect_all(file: &[u8], method: Method) -> Vec<u8> {
    protect(file, method, &Choice::Find(FaceChoice::All)).saved.expect("proved").bytes
}

fn given(regions: Vec<RegionRequest>) -> Choice {
    Choice::Given { regions, elsewhere: Elsewhere::Fails }
}

fn open(region: RegionRequest) -> RegionRequest {
    RegionRequest { decision: Decision::Open, ..region }
}

/// The region with a cover as a person has shaped it.
fn shaped(region: &RegionRequest, bounds: [f32; 4]) -> RegionRequest {
    RegionRequest { cover: Some(CoverRequest::rectangle(bounds)), ..region.clone() }
}

fn named(protected: &Protected, name: CheckName) -> &Check {
    let proof = protected.report.proof.as_ref().expect("a proof");
    proof.checks.iter().find(|check| check.name == name).expect("the check")
}

/// The portrait in any file format, made by an independent encoder.
fn portrait_as(format: image::ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::load_from_memory(PORTRAIT).expect("a JPEG").write_to(&mut file, format).expect("written");
    file.into_inner()
}

#[test]
fn every_face_of_a_group_is_found() {
    assert_eq!(faces(GROUP).len(), 29);
}

#[test]
fn a_portrait_has_one_face_and_a_still_life_none() {
    assert_eq!(faces(PORTRAIT).len(), 1);
    assert_eq!(faces(NOBODY).len(), 0);
}

/// The portrait with other values: of each sample `0..=255`.
fn portrait_of(value: impl Fn(u8) -> u8) -> image::RgbImage {
    let mut picture = image::load_from_memory(PORTRAIT).expect("a JPEG").to_rgb8();
    picture.iter_mut().for_each(|sample| *sample = value(*sample));
    picture
}

fn png(picture: &image::DynamicImage) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).expect("written");
    file.into_inner()
}

#[test]
fn a_face_in_a_dark_foggy_or_nearly_flat_photo_is_found() {
    let dark = portrait_of(|value| (f32::from(value) * 0.03).round() as u8);
    let fog = portrait_of(|value| (200.0 + (f32::from(value) - 128.0) * 0.06).round() as u8);
    let eleven_levels = portrait_of(|value| (100.0 + f32::from(value) * 11.0 / 255.0).round() as u8);
    for (name, picture) in [("dark", dark), ("fog", fog), ("eleven levels", eleven_levels)] {
        let file = png(&picture.into());
        let report =
            pipeline().check(&file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file").report;
        assert_eq!((report.regions.len(), report.skipped.tiles), (1, 0), "{name}");
        assert!(report.regions[0].score > Some(0.95), "{name}");
    }
}

#[test]
fn a_dark_face_is_found_beside_a_lamp_within_a_frame_and_beside_a_bright_half() {
    let is_bright: [fn(u32, u32) -> bool; 3] = [
        |x, y| x.abs_diff(25) < 6 && y.abs_diff(25) < 6,
        |x, y| x.min(y).min(511 - x).min(511 - y) < 40,
        |x, _| x > 340,
    ];
    for (case, is_bright) in is_bright.into_iter().enumerate() {
        let mut picture = portrait_of(|value| (f32::from(value) * 0.03).round() as u8);
        let pixels = picture.enumerate_pixels_mut();
        pixels.filter(|(x, y, _)| is_bright(*x, *y)).for_each(|(.., pixel)| *pixel = image::Rgb([250; 3]));
        assert_eq!(faces(&png(&picture.into())).len(), 1, "{case}");
    }
}

/// The portrait in the alpha channel of a picture of one colour, and behind a thin veil of another.
fn portraits_in_alpha() -> [Vec<u8>; 2] {
    let grey = image::load_from_memory(PORTRAIT).expect("a JPEG").to_luma8();
    let of = |pixel: &dyn Fn(u8) -> [u8; 4]| {
        let pixels = grey.pixels().flat_map(|grey| pixel(grey.0[0])).collect();
        png(&image::RgbaImage::from_raw(512, 512, pixels).expect("of this size").into())
    };
    [of(&|grey| [0, 0, 0, 255 - grey]), of(&|grey| [grey / 64 * 64, 60, 90, grey])]
}

#[test]
fn a_face_that_only_alpha_shows_is_found_and_gone_from_the_copy() {
    for file in portraits_in_alpha() {
        let report =
            pipeline().check(&file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file").report;
        assert_eq!(report.regions.len(), 1);
        // It is rated as it is seen, and not by colours that show nothing.
        assert_eq!(report.regions[0].identifiability.as_ref().expect("a face").level, Level::Likely);
        assert_eq!(faces(&protect_all(&file, Method::Soft)).len(), 0);
        assert!(protect(&file, Method::Soft, &given(Vec::new())).saved.is_none());
    }
}

/// The portrait as a grey page shows it; on white and on black, noise hides it.
fn portrait_on_grey(page: f32) -> Vec<u8> {
    let grey = image::load_from_memory(PORTRAIT).expect("a JPEG").to_luma8();
    let mut state = 1u32;
    let noise = (0..128 * 128).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as f32 / 255.0
    });
    let noise: Vec<f32> = noise.collect();
    let picture = image::RgbaImage::from_fn(512, 512, |x, y| {
        let shown = page - 60.0 + 0.2 * (f32::from(grey.get_pixel(x, y).0[0]) - 128.0);
        let alpha = ((0.25 + 0.75 * noise[(y / 4 * 128 + x / 4) as usize]) * 255.0).round();
        let colour = (page + (shown - page) * 255.0 / alpha).round() as u8;
        image::Rgba([colour, colour, colour, alpha as u8])
    });
    png(&picture.into())
}

#[test]
fn a_face_that_one_page_only_shows_is_on_no_page_once_it_is_saved() {
    let file = portrait_on_grey(230.0);
    let mut photo = photo::open(&file, &photo::Limits::default()).expect("a sound file");
    let protected = protect(&file, Method::Soft, &Choice::Find(FaceChoice::None));
    assert!(protected.report.notes.iter().any(|note| note.code == NoteCode::Flattened));
    let copy = image::load_from_memory(&protected.saved.expect("proved").bytes).expect("a PNG");
    assert!(!copy.color().has_alpha());
    photo.flatten();
    assert!(copy.to_rgb8().into_raw() == photo.frame.rgb);
}

fn portrait() -> image::RgbImage {
    portrait_of(|value| value)
}

/// A picture of one colour, as large as the portrait.
fn nothing() -> image::RgbImage {
    image::RgbImage::from_pixel(512, 512, image::Rgb([90, 120, 90]))
}

/// Kind and content of the chunks of a PNG without palette.
fn png_file(chunks: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    for (kind, content) in chunks {
        let body = [kind, &content[..]].concat();
        file.extend((content.len() as u32).to_be_bytes());
        file.extend(&body);
        file.extend(crc32fast::hash(&body).to_be_bytes());
    }
    file
}

/// The image data of a PNG of the picture.
fn png_data(picture: &image::RgbImage) -> Vec<u8> {
    let rows = picture.as_raw().chunks_exact(3 * 512).flat_map(|row| std::iter::once(&0).chain(row)).copied();
    miniz_oxide::deflate::compress_to_vec_zlib(&rows.collect::<Vec<u8>>(), 1)
}

/// An APNG of frames as large as the portrait; `hidden` is a picture that is not part of the animation.
fn apng(hidden: Option<&image::RgbImage>, frames: &[image::RgbImage]) -> Vec<u8> {
    let number = |n: u32| n.to_be_bytes();
    let header = [&number(512)[..], &number(512), &[8, 2, 0, 0, 0]].concat();
    let mut chunks = vec![(&b"IHDR"[..], header), (b"acTL", [number(frames.len() as u32), number(0)].concat())];
    chunks.extend(hidden.map(|picture| (&b"IDAT"[..], png_data(picture))));
    let mut sequence = 0;
    for (index, frame) in frames.iter().enumerate() {
        let control = [&number(sequence)[..], &number(512), &number(512), &[0; 8], &[0, 1, 0, 10, 0, 0]].concat();
        chunks.push((b"fcTL", control));
        sequence += 1;
        if index == 0 && hidden.is_none() {
            chunks.push((b"IDAT", png_data(frame)));
        } else {
            chunks.push((b"fdAT", [&number(sequence)[..], &png_data(frame)].concat()));
            sequence += 1;
        }
    }
    chunks.push((b"IEND", Vec::new()));
    png_file(&chunks)
}

fn gif(frames: &[image::RgbImage]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new_with_speed(&mut file, 30);
    let frames = frames.iter().map(|frame| image::Frame::new(image::DynamicImage::from(frame.clone()).to_rgba8()));
    encoder.encode_frames(frames).expect("written");
    drop(encoder);
    file
}

fn riff_chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
    let mut chunk = [name, &(content.len() as u32).to_le_bytes(), content].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

fn webp(frames: &[image::RgbImage]) -> Vec<u8> {
    // A canvas of 512 x 512 pixels, animated.
    let mut body = [&b"WEBP"[..], &riff_chunk(b"VP8X", &[2, 0, 0, 0, 255, 1, 0, 255, 1, 0])].concat();
    body.extend(riff_chunk(b"ANIM", &[0; 6]));
    for frame in frames {
        let mut still = std::io::Cursor::new(Vec::new());
        frame.write_to(&mut still, image::ImageFormat::WebP).expect("written");
        let head = [0, 0, 0, 0, 0, 0, 255, 1, 0, 255, 1, 0, 100, 0, 0, 2];
        body.extend(riff_chunk(b"ANMF", &[&head, &still.into_inner()[12..]].concat()));
    }
    riff_chunk(b"RIFF", &body)
}

/// A TIFF of grey pages without compression.
fn tiff(pages: &[image::RgbImage]) -> Vec<u8> {
    let mut file = b"II\x2A\0\x08\0\0\0".to_vec();
    for (index, page) in pages.iter().enumerate() {
        let grey = image::DynamicImage::from(page.clone()).to_luma8().into_raw();
        let (bytes, data) = (grey.len() as u32, file.len() as u32 + 2 + 12 * 9 + 4);
        // Width, height, bits, compression, colours, place, samples, rows, bytes.
        let entries: [(u16, u32); 9] =
            [(256, 512), (257, 512), (258, 8), (259, 1), (262, 1), (273, data), (277, 1), (278, 512), (279, bytes)];
        file.extend(9u16.to_le_bytes());
        for (tag, value) in entries {
            file.extend([&tag.to_le_bytes()[..], &4u16.to_le_bytes(), &[1, 0, 0, 0], &value.to_le_bytes()].concat());
        }
        let next = if index + 1 == pages.len() { 0 } else { data + bytes };
        file.extend(next.to_le_bytes());
        file.extend(grey);
    }
    file
}

fn second_images(file: &[u8]) -> (Vec<Option<u32>>, usize, u32) {
    let checked = pipeline().check(file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    let leaks = checked.report.leaks.iter().filter(|leak| leak.kind == LeakKind::SecondImage);
    (leaks.map(|leak| leak.faces).collect(), checked.pictures.len(), checked.report.skipped.frames)
}

#[test]
fn a_face_in_a_further_frame_or_page_is_reported() {
    let pictures = [nothing(), portrait()];
    for (name, file) in
        [("PNG", apng(None, &pictures)), ("GIF", gif(&pictures)), ("WebP", webp(&pictures)), ("TIFF", tiff(&pictures))]
    {
        assert_eq!(faces(&file).len(), 0, "{name}");
        assert_eq!(second_images(&file), (vec![Some(1)], 1, 0), "{name}");
    }
}

#[test]
fn frames_with_as_many_faces_are_one_leak() {
    let file = gif(&[nothing(), portrait(), portrait(), nothing()]);
    assert_eq!(second_images(&file), (vec![Some(1), Some(0)], 2, 0));
}

#[test]
fn of_an_animation_what_browsers_show_first_is_scanned_and_saved_and_the_hidden_picture_reported() {
    let file = apng(Some(&nothing()), &[portrait(), portrait()]);
    let checked = pipeline().check(&file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    assert_eq!(checked.report.regions.len(), 1);
    assert!(checked.report.notes.iter().any(|note| note.code == NoteCode::HiddenPicture));
    assert_eq!(second_images(&file).0, [Some(0), Some(1)]);
    let saved = protect(&file, Method::Soft, &Choice::Find(FaceChoice::None)).saved.expect("proved").bytes;
    assert!(image::load_from_memory(&saved).expect("a picture").to_rgb8() == portrait());
}

#[test]
fn frames_past_the_hundredth_and_damaged_ones_are_counted() {
    let small = image::RgbImage::new(8, 8);
    let mut file = gif(&vec![small; 104]);
    assert_eq!(second_images(&file).2, 3);
    let mut damaged = webp(&[nothing(), portrait(), portrait()]);
    let last = damaged.windows(4).rposition(|name| name == b"VP8L").expect("a frame");
    damaged[last + 8..last + 40].fill(0);
    assert_eq!(second_images(&damaged), (vec![Some(1)], 1, 1));
    file.truncate(file.len() / 2);
    assert!(pipeline().check(&file, "photo", &Settings::default(), &mut |_, _| ()).is_ok());
}

#[test]
fn verify_fails_a_copy_that_holds_more_than_one_picture() {
    let original = png(&portrait().into());
    let mut covered = portrait();
    (0..220).for_each(|y| (150..330).for_each(|x| covered.put_pixel(x, y, image::Rgb([38, 44, 52]))));
    assert!(is_ok(&verify(&mut pipeline(), &original, &png(&covered.clone().into())), CheckName::OnePicture));
    for copy in [apng(None, &[covered.clone(), portrait()]), apng(Some(&portrait()), &[covered])] {
        assert!(!is_ok(&verify(&mut pipeline(), &original, &copy), CheckName::OnePicture));
    }
}

#[test]
fn verify_sees_a_face_that_only_alpha_shows() {
    let grey = image::load_from_memory(PORTRAIT).expect("a JPEG").to_luma8();
    let original = png(&image::DynamicImage::from(grey).to_rgb8().into());
    for copy in portraits_in_alpha() {
        let proof = verify(&mut pipeline(), &original, &copy);
        assert!(!is_ok(&proof, CheckName::Likeness) && !is_ok(&proof, CheckName::FacesOutside));
    }
}

#[test]
fn parts_of_one_colour_are_counted_and_reported() {
    let file = png(&image::RgbImage::new(300, 200).into());
    let report = pipeline().check(&file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file").report;
    assert!(report.skipped.tiles > 0);
    let protected = protect(&file, Method::Soft, &given(Vec::new()));
    assert!(named(&protected, CheckName::FacesOutside).detail.ends_with("parts of one colour were not scanned"));
}

#[test]
fn a_face_that_fills_the_frame_is_found() {
    let face = image::load_from_memory(PORTRAIT).expect("a JPEG").crop_imm(160, 60, 130, 160);
    let large = face.resize_exact(1300, 1600, image::imageops::FilterType::CatmullRom);
    let mut file = std::io::Cursor::new(Vec::new());
    large.write_to(&mut file, image::ImageFormat::Jpeg).expect("written");
    assert_eq!(faces(&file.into_inner()).len(), 1);
}

#[test]
fn no_face_is_found_in_what_was_saved() {
    for method in [Method::Soft, Method::Solid] {
        assert_eq!(faces(&protect_all(GROUP, method)).len(), 0, "{method:?}");
    }
}

#[test]
fn every_format_is_opened_and_saved_as_the_nearest() {
    use image::ImageFormat as From;
    let cases = [
        (From::Jpeg, Format::Jpeg, None),
        (From::Png, Format::Png, None),
        (From::WebP, Format::Png, Some(NoteCode::SavedAsPng)),
        (From::Gif, Format::Png, Some(NoteCode::SavedAsPng)),
        (From::Bmp, Format::Png, Some(NoteCode::SavedAsPng)),
        (From::Tiff, Format::Png, Some(NoteCode::SavedAsPng)),
    ];
    for (from, to, note) in cases {
        let protected = protect(&portrait_as(from), Method::Soft, &Choice::Find(FaceChoice::All));
        assert_eq!(protected.saved.expect("proved").format, to, "{from:?}");
        assert_eq!(protected.report.notes.first().map(|note| note.code), note, "{from:?}");
    }
}

/// A JPEG with an EXIF block of two fields: the orientation, and who made the camera.
fn with_orientation(file: &[u8], tag: u8) -> Vec<u8> {
    let exif = b"\xFF\xE1\0\x2EExif\0\0MM\0\x2A\0\0\0\x08\0\x02\x01\x0F\0\x02\0\0\0\x04Cam\0\x01\x12\0\x03\0\0\0\x01\0";
    [&file[..2], exif, &[tag, 0, 0, 0, 0, 0, 0], &file[2..]].concat()
}

/// The portrait with quantisation tables that only few programs use.
fn with_own_tables() -> Vec<u8> {
    let picture = portrait_of(|value| value);
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    let tables = || jpeg_encoder::QuantizationTableType::ImageMagick;
    encoder.set_quantization_tables(tables(), tables());
    let (width, height) = picture.dimensions();
    encoder.encode(&picture, width as u16, height as u16, jpeg_encoder::ColorType::Rgb).expect("a small JPEG");
    file
}

fn notes(protected: &Protected) -> Vec<NoteCode> {
    protected.report.notes.iter().map(|note| note.code).collect()
}

#[test]
fn quantisation_tables_that_a_copy_keeps_are_said() {
    let protected = protect(&with_own_tables(), Method::Soft, &Choice::Find(FaceChoice::All));
    assert_eq!(notes(&protected), [NoteCode::KeptTables]);
    assert!(named(&protected, CheckName::Metadata).detail.contains("quantisation tables"));
    let saved = protected.saved.expect("proved").bytes;
    let kinds: Vec<LeakKind> = leaks::find(&saved, "").iter().map(|leak| leak.kind).collect();
    assert_eq!(kinds, [LeakKind::Coding]);
    let verified = pipeline().verify(&with_own_tables(), &saved, "copy", &Settings::default()).expect("two pictures");
    assert!(verified.proof.is_some_and(|proof| proof.ok), "verified");
    assert_eq!(verified.notes.last().map(|note| note.code), Some(NoteCode::KeptTables));
}

#[test]
fn a_photo_that_is_to_be_compressed_again_keeps_no_table() {
    let settings = Settings { copy_rules: CopyRules { recompress: true, long_side: None }, ..Settings::default() };
    let choice = Choice::Find(FaceChoice::All);
    for file in [PORTRAIT, &with_own_tables()] {
        let protected =
            pipeline().protect(file, "photo", Method::Soft, &choice, &settings, &mut |_, _| ()).expect("a sound file");
        assert_eq!(notes(&protected), [NoteCode::CompressedAgain]);
        let saved = protected.saved.expect("proved").bytes;
        assert_eq!(leaks::find(&saved, ""), []);
        let quality = |file: &[u8]| photo::open(file, &Limits::default()).expect("a sound file").jpeg_quality;
        assert!(quality(&saved) >= quality(file), "{:?} {:?}", quality(&saved), quality(file));
    }
}

fn protect_within(file: &[u8], long_side: u32, choice: &Choice) -> Protected {
    let copy_rules = CopyRules { recompress: false, long_side: Some(long_side) };
    let settings = Settings { copy_rules, ..Settings::default() };
    pipeline().protect(file, "photo", Method::Soft, choice, &settings, &mut |_, _| ()).expect("a sound file")
}

#[test]
fn a_smaller_copy_shows_no_face_and_its_report_has_the_pixels_of_the_original() {
    let all = Choice::Find(FaceChoice::All);
    for (file, longer, format) in
        [(GROUP, 1500, Format::Jpeg), (&portrait_as(image::ImageFormat::Png), 300, Format::Png)]
    {
        let size = photo::open(file, &Limits::default()).expect("a sound file").frame;
        let protected = protect_within(file, longer, &all);
        assert_eq!(notes(&protected), [NoteCode::MadeSmaller]);
        let report = &protected.report;
        assert_eq!((report.width, report.height), (size.width, size.height));
        let boxes: Vec<_> = report.regions.iter().map(|region| region.bbox).collect();
        assert!(faces(file).iter().all(|face| boxes.contains(face)));
        let saved = protected.saved.expect("proved");
        assert_eq!(saved.format, format);
        let copy = photo::open(&saved.bytes, &Limits::default()).expect("a sound file").frame;
        assert_eq!(copy.width.max(copy.height), longer);
        assert_eq!(faces(&saved.bytes), Vec::<[f32; 4]>::new());
    }
}

#[test]
fn what_the_proof_of_a_smaller_copy_finds_lies_where_the_original_has_it() {
    let face = faces(PORTRAIT)[0];
    let elsewhere = given(vec![RegionRequest::area([0.0, 400.0, 40.0, 40.0])]);
    let protected = protect_within(PORTRAIT, 300, &elsewhere);
    assert!(protected.saved.is_none());
    let outside = named(&protected, CheckName::FacesOutside);
    assert!(!outside.ok && outside.regions.iter().any(|found| iou(*found, face) > 0.6), "{outside:?}");
    // So does what a regions file leaves open.
    let drawn = vec![RegionRequest::area([0.0, 400.0, 40.0, 40.0])];
    let by_file = Choice::Given { regions: drawn, elsewhere: Elsewhere::LeftOpen };
    let listed = protect_within(PORTRAIT, 300, &by_file).report.regions;
    assert!(
        listed.iter().any(|region| region.decision == Decision::Open && iou(region.bbox, face) > 0.6),
        "{listed:?}"
    );
    // Left open where the original has it, it is known in the copy.
    let left_open = given(vec![open(RegionRequest::face(face))]);
    assert!(protect_within(PORTRAIT, 300, &left_open).saved.is_some());
}

#[test]
fn a_picture_that_is_small_already_is_kept() {
    let choice = Choice::Find(FaceChoice::All);
    let kept = protect(PORTRAIT, Method::Soft, &choice).saved;
    assert!(kept.is_some() && protect_within(PORTRAIT, 512, &choice).saved == kept);
}

#[test]
fn a_photo_that_cannot_be_turned_without_loss_is_turned_by_a_tag() {
    // 1303 lines are no whole number of blocks, and would start at the left or at the top.
    for tag in [3, 6, 7] {
        let file = with_orientation(GROUP, tag);
        let covered = RegionRequest::face([100.0, 200.0, 90.0, 110.0]);
        let choice = Choice::Given { regions: vec![covered], elsewhere: Elsewhere::LeftOpen };
        let protected = protect(&file, Method::Solid, &choice);
        assert_eq!(notes(&protected), [NoteCode::OrientationTag], "tag {tag}");
        let saved = protected.saved.expect("proved").bytes;
        assert_eq!(leaks::find(&saved, ""), [], "tag {tag}");
        let pixels = |file: &[u8]| photo::open(file, &Limits::default()).expect("a sound file").frame;
        let (before, after) = (pixels(&file), pixels(&saved));
        // More than is to be hidden, by two blocks on each side at most.
        let cover = protected.report.regions[0].cover.as_ref().expect("inside").bounds.grown(32);
        let changed =
            before.rgb.chunks_exact(3).zip(after.rgb.chunks_exact(3)).enumerate().filter(|(_, (a, b))| a != b);
        let places: Vec<(u32, u32)> =
            changed.map(|(i, _)| (i as u32 % before.width, i as u32 / before.width)).collect();
        assert!(places.len() > 90 * 110 / 2, "tag {tag}");
        assert!(places.iter().all(|(x, y)| cover.contains(*x, *y)), "tag {tag}");
    }
}

/// A JPEG with a colour profile.
fn with_profile(file: &[u8], profile: &ColorProfile) -> Vec<u8> {
    let content = [&b"ICC_PROFILE\0\x01\x01"[..], &profile.encode().expect("a sound profile")].concat();
    [&file[..2], &[0xFF, 0xE2], &(content.len() as u16 + 2).to_be_bytes(), &content, &file[2..]].concat()
}

/// Without the tag `cicp`, which says other primaries.
fn display_p3() -> ColorProfile {
    let mut profile = ColorProfile::new_display_p3();
    profile.cicp = None;
    profile
}

fn codes(report: &FileReport) -> Vec<NoteCode> {
    report.notes.iter().map(|note| note.code).collect()
}

/// As another program does it, whatever the profile is.
fn in_srgb(file: &[u8]) -> Vec<u8> {
    let mut decoder = image::codecs::jpeg::JpegDecoder::new(Cursor::new(file)).expect("a JPEG");
    let profile = decoder.icc_profile().expect("a JPEG").expect("a profile");
    let profile = ColorProfile::new_from_slice(&profile).expect("a sound profile");
    let transform = profile
        .create_transform_8bit(Layout::Rgb, &ColorProfile::new_srgb(), Layout::Rgb, TransformOptions::default())
        .expect("profiles of RGB");
    let rgb = image::DynamicImage::from_decoder(decoder).expect("a JPEG").to_rgb8().into_raw();
    let mut shown = vec![0; rgb.len()];
    transform.transform(&rgb, &mut shown).expect("as long");
    shown
}

#[test]
fn a_photo_in_display_p3_keeps_its_coefficients_and_is_shown_alike() {
    let file = with_profile(PORTRAIT, &display_p3());
    let checked = pipeline().check(&file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    assert_eq!(codes(&checked.report), []);
    let protected = protect(&file, Method::Solid, &Choice::Find(FaceChoice::All));
    assert_eq!(codes(&protected.report), [NoteCode::KeptDisplayP3]);
    let cover = protected.report.regions[0].cover.as_ref().expect("inside").bounds.grown(32);
    let saved = protected.saved.expect("proved").bytes;
    assert_eq!(leaks::find(&saved, ""), []);
    // The same for everybody: but for the profile, the copy is that of the photo without one.
    let plain = protect_all(PORTRAIT, Method::Solid);
    assert_eq!(saved.len(), plain.len() + 4 + 14 + 492);
    assert!(saved.starts_with(&plain[..20]) && saved.ends_with(&plain[20..]));
    let (before, after) = (in_srgb(&file), in_srgb(&saved));
    let differ = before.chunks_exact(3).zip(after.chunks_exact(3)).enumerate();
    let outside = differ.filter(|(i, _)| !cover.contains(*i as u32 % 512, *i as u32 / 512));
    let worst = outside.flat_map(|(_, (a, b))| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b))).max();
    assert!(worst.expect("pixels") <= 1, "{worst:?}");
    let report = pipeline().verify(&file, &saved, "copy", &Settings::default()).expect("sound files");
    assert!(report.proof.expect("a proof").ok);
}

#[test]
fn colours_of_a_profile_that_is_not_kept_are_converted() {
    let mut with_other_curve = display_p3();
    with_other_curve.red_trc = Some(curve_from_gamma(2.2));
    for profile in [with_other_curve, ColorProfile::new_bt2020()] {
        let protected = protect(&with_profile(PORTRAIT, &profile), Method::Solid, &Choice::Find(FaceChoice::All));
        assert_eq!(codes(&protected.report), [NoteCode::ConvertedToSrgb, NoteCode::CompressedAgain]);
        let saved = protected.saved.expect("proved");
        assert_eq!(saved.profile, None);
        assert!(!saved.bytes.windows(11).any(|bytes| bytes == b"ICC_PROFILE"));
    }
}

/// The portrait as the platform would decode it from the HEIC.
fn platform_pixels() -> PlatformPixels {
    let rgba = image::load_from_memory(PORTRAIT).expect("a JPEG").to_rgba8();
    let (samples, format) = (rgba.into_raw(), PixelFormat::Rgba);
    PlatformPixels { width: 512, height: 512, samples, format, code_points: None, profile: None, is_reduced: false }
}

#[test]
fn a_picture_that_the_platform_has_decoded_is_covered_and_proved() {
    let (pixels, mut pipeline) = (platform_pixels(), pipeline());
    let file = Source { bytes: HEIC, pixels: Some(&pixels) };
    let report = pipeline.check(file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file").report;
    assert_eq!((report.format, report.regions.len()), (Some(Format::Heic), 1));
    assert!(report.leaks.iter().any(|leak| leak.kind == LeakKind::Gps));
    let choice = Choice::Find(FaceChoice::All);
    let protected = pipeline
        .protect(file, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ())
        .expect("a sound file");
    assert_eq!(protected.report.notes[0].code, NoteCode::SavedAsJpeg);
    let saved = protected.saved.expect("proved");
    assert_eq!((saved.format, leaks::find(&saved.bytes, "")), (Format::Jpeg, Vec::new()));
}

#[cfg(feature = "heic")]
#[test]
fn a_heic_is_decoded_covered_and_proved() {
    let mut pipeline = pipeline();
    let choice = Choice::Find(FaceChoice::All);
    let protected = pipeline
        .protect(HEIC, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ())
        .expect("a sound file");
    assert_eq!((protected.report.format, protected.report.regions.len()), (Some(Format::Heic), 1));
    assert!(protected.report.leaks.iter().any(|leak| leak.kind == LeakKind::Gps));
    let saved = protected.saved.expect("proved");
    assert_eq!((saved.format, leaks::find(&saved.bytes, "")), (Format::Jpeg, Vec::new()));
}

#[cfg(feature = "jxl")]
#[test]
fn a_jpeg_xl_is_decoded_covered_and_proved() {
    let choice = Choice::Find(FaceChoice::All);
    let protected = pipeline()
        .protect(JPEG_XL, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ())
        .expect("a sound file");
    assert_eq!((protected.report.format, protected.report.regions.len()), (Some(Format::Jxl), 1));
    assert!(protected.report.leaks.iter().any(|leak| leak.kind == LeakKind::Gps));
    let saved = protected.saved.expect("proved");
    assert_eq!((saved.format, leaks::find(&saved.bytes, "")), (Format::Jpeg, Vec::new()));
}

#[cfg(feature = "jxl")]
#[test]
fn later_frames_of_a_jpeg_xl_are_said_not_to_be_searched() {
    const ANIMATED: &[u8] = include_bytes!("photos/jxl/animated.jxl");
    let skipped = |file| {
        let checked = pipeline().check(file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
        checked.report.skipped.frames
    };
    assert_eq!((skipped(ANIMATED), skipped(JPEG_XL)), (1, 0));
}

#[test]
fn what_the_platform_decoded_under_a_cover_does_not_change_the_copy() {
    let covered = RegionRequest::area([140.0, 0.0, 180.0, 220.0]);
    let choice = Choice::Given { regions: vec![covered], elsewhere: Elsewhere::LeftOpen };
    let copy = |value: u8| {
        let mut pixels = platform_pixels();
        for y in 0..220 {
            let row = &mut pixels.samples[4 * (512 * y + 140)..4 * (512 * y + 320)];
            row.chunks_exact_mut(4).for_each(|pixel| pixel[..3].fill(value));
        }
        let file = Source { bytes: HEIC, pixels: Some(&pixels) };
        let protected = pipeline()
            .protect(file, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ())
            .expect("a sound file");
        protected.saved.expect("proved").bytes
    };
    assert!(copy(0) == copy(255));
}

#[test]
fn a_file_that_cannot_be_opened_is_reported_with_what_it_gives_away() {
    // Of a kind that no decoder here knows.
    let other = HEIC.windows(4).position(|kind| kind == b"hvc1").expect("a coded picture");
    let file = [&HEIC[..other], b"vvc1", &HEIC[other + 4..]].concat();
    let error = pipeline().check(&file, "photo", &Settings::default(), &mut |_, _| ()).expect_err("no decoder");
    let report = report_unopened(&file, "photo", &error);
    assert_eq!(report.error.expect("an error").code, ErrorCode::NoDecoder);
    assert!(report.leaks.iter().any(|leak| leak.kind == LeakKind::Gps));
}

#[test]
fn a_file_that_is_only_cleaned_keeps_its_picture() {
    for (from, to, note) in [
        (image::ImageFormat::Jpeg, Format::Jpeg, None),
        (image::ImageFormat::Png, Format::Png, None),
        (image::ImageFormat::WebP, Format::Png, Some(NoteCode::SavedAsPng)),
    ] {
        let file = portrait_as(from);
        let protected = protect(&file, Method::Soft, &Choice::Find(FaceChoice::None));
        let saved = protected.saved.expect("proved");
        assert_eq!((saved.format, protected.report.notes.first().map(|note| note.code)), (to, note));
        let pixels = |file: &[u8]| image::load_from_memory(file).expect("a picture").to_rgb8();
        assert!(pixels(&saved.bytes) == pixels(&file), "{from:?}");
    }
}

/// A picture of so many of the portrait's faces in a row, and as many rows.
fn crowd(side: u32) -> Vec<u8> {
    let face = image::load_from_memory(PORTRAIT).expect("a JPEG").crop_imm(150, 40, 150, 188).to_rgb8();
    let face = image::imageops::thumbnail(&face, 6400 / side, 6400 * 5 / 4 / side);
    let (w, h) = face.dimensions();
    let picture = image::RgbImage::from_fn(side * w, side * h, |x, y| *face.get_pixel(x % w, y % h));
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).expect("written");
    file.into_inner()
}

/// How long covers and proof of a crowd take on one core, found and given. No step compares every pair of faces.
#[test]
#[ignore = "takes minutes; for measuring"]
fn ten_thousand_faces_take_seconds() {
    for side in [100, 200] {
        let file = crowd(side);
        let start = std::time::Instant::now();
        let found = protect(&file, Method::Soft, &Choice::Find(FaceChoice::All));
        println!("{} found: {:?}", found.report.regions.len(), start.elapsed());
        let pitch = 6400.0 / side as f32;
        let cell = |i: u32| [(i % side) as f32 * pitch + 4.0, (i / side) as f32 * pitch * 1.25 + 4.0];
        let drawn = (0..side * side).map(|i| RegionRequest::area([cell(i)[0], cell(i)[1], pitch * 0.8, pitch]));
        let choice = Choice::Given { regions: drawn.collect(), elsewhere: Elsewhere::LeftOpen };
        let start = std::time::Instant::now();
        let given = protect(&file, Method::Soft, &choice);
        println!("{} given: {:?}, {:?}", given.report.regions.len(), start.elapsed(), given.report.timings_ms);
        if side == 100 {
            assert!(start.elapsed().as_secs() < 60);
        }
    }
}

#[test]
fn the_covers_of_a_group_in_another_order_give_the_same_file() {
    let mut regions: Vec<RegionRequest> = faces(GROUP).into_iter().map(RegionRequest::area).collect();
    let exported = |regions: &[RegionRequest]| {
        let choice = given(regions.to_vec());
        let job = pipeline().cover(GROUP, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ());
        job.expect("a sound file").exported().to_vec()
    };
    let best_first = exported(&regions);
    regions.reverse();
    assert!(exported(&regions) == best_first);
    regions.sort_by(|a, b| (a.bbox[2] * 7.0 % 1.0).total_cmp(&(b.bbox[2] * 7.0 % 1.0)));
    assert!(exported(&regions) == best_first);
}

#[test]
fn a_jpeg_of_red_green_and_blue_sampled_apart_is_compressed_again_and_proved() {
    // The portrait without its JFIF segment, and with Adobe's, by which its components are red, green and blue.
    let jfif_len = 2 + usize::from(u16::from_be_bytes([PORTRAIT[4], PORTRAIT[5]]));
    let adobe = b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00";
    let file = [&PORTRAIT[..2], adobe, &PORTRAIT[2 + jfif_len..]].concat();
    let protected = protect(&file, Method::Solid, &Choice::Find(FaceChoice::All));
    assert_eq!(codes(&protected.report), [NoteCode::CompressedAgain]);
    assert!(protected.saved.is_some());
}

#[test]
fn a_photo_that_is_opened_smaller_is_covered_and_proved_in_that_size() {
    let limits = Limits { max_pixels: 256 * 256, ..Limits::default() };
    let settings = Settings { limits, ..Settings::default() };
    let choice = Choice::Find(FaceChoice::All);
    let protected =
        pipeline().protect(PORTRAIT, "photo", Method::Soft, &choice, &settings, &mut |_, _| ()).expect("a sound file");
    let report = &protected.report;
    assert_eq!((report.width, report.height, report.full_size), (256, 256, Some([512, 512])));
    assert_eq!(codes(report), [NoteCode::OpenedSmaller]);
    // Half of where the face is in the picture's own size.
    let halved = faces(PORTRAIT)[0].map(|side| side / 2.0);
    assert!(iou(report.regions[0].bbox, halved) > 0.7, "{:?}, {halved:?}", report.regions[0].bbox);
    let saved = protected.saved.expect("proved");
    assert_eq!(photo::dimensions(&saved.bytes, &limits), Ok((256, 256)));
    let verified = pipeline().verify(PORTRAIT, &saved.bytes, "copy", &settings).expect("both open");
    assert!(verified.proof.is_some_and(|proof| proof.ok));
}

#[test]
fn regions_in_the_own_size_of_a_photo_that_is_opened_smaller_leave_no_face_open_silently() {
    let limits = Limits { max_pixels: 256 * 256, ..Limits::default() };
    let settings = Settings { limits, ..Settings::default() };
    let protected = |bbox: [f32; 4]| {
        let choice = Choice::Given { regions: vec![RegionRequest::face(bbox)], elsewhere: Elsewhere::LeftOpen };
        pipeline().protect(PORTRAIT, "photo", Method::Soft, &choice, &settings, &mut |_, _| ()).expect("a sound file")
    };
    let own = faces(PORTRAIT)[0];
    // Its middle lies within the half, where it covers another place.
    assert!(own[0] + own[2] / 2.0 < 256.0 && own[1] + own[3] / 2.0 < 256.0, "{own:?}");
    let misplaced = protected(own);
    assert!(!named(&misplaced, CheckName::FacesOutside).ok && misplaced.saved.is_none());
    assert!(protected(own.map(|side| side / 2.0)).saved.is_some());
}

#[test]
fn a_proof_uses_the_settings_and_the_file_of_its_own_job() {
    let mut pipeline = pipeline();
    let strict = Settings { limits: Limits { max_pixels: 1, ..Limits::default() }, ..Settings::default() };
    let mut job = || {
        let choice = Choice::Find(FaceChoice::All);
        pipeline.cover(PORTRAIT, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ()).expect("sound")
    };
    let (one, other) = (job(), job());
    assert!(pipeline.check(PORTRAIT, "photo", &strict, &mut |_, _| ()).is_err());
    let Ok(Step::Done(done)) = pipeline.prove(PORTRAIT, one, &mut |_, _| ()) else { panic!("one round") };
    assert!(done.saved.is_some());
    let refused = pipeline.prove(GROUP, other, &mut |_, _| ()).err().expect("another file");
    assert_eq!(refused.code(), ErrorCode::OtherSource);
}

#[test]
fn a_face_that_nobody_saw_fails_the_proof_and_nothing_is_saved() {
    let protected = protect(PORTRAIT, Method::Soft, &given(Vec::new()));
    assert!(protected.saved.is_none() && protected.frame.is_none());
    assert!(!named(&protected, CheckName::FacesOutside).ok);
    assert_eq!(named(&protected, CheckName::FacesOutside).regions.len(), 1);
}

#[test]
fn a_face_left_open_on_purpose_does_not_fail_the_proof() {
    let face = faces(PORTRAIT)[0];
    assert!(protect(PORTRAIT, Method::Soft, &given(vec![open(RegionRequest::face(face))])).saved.is_some());
}

#[test]
fn a_face_given_by_a_person_is_covered() {
    let face = faces(PORTRAIT)[0];
    let protected = protect(PORTRAIT, Method::Soft, &given(vec![RegionRequest::face(face)]));
    assert_eq!(faces(&protected.saved.expect("proved").bytes).len(), 0);
}

#[test]
fn covers_over_more_than_half_of_the_picture_are_said() {
    let (width, height) = image::load_from_memory(NOBODY).expect("a JPEG").to_rgb8().dimensions();
    for (share, is_said) in [(0.3, false), (0.8, true)] {
        let region = RegionRequest::area([0.0, 0.0, width as f32, share * height as f32]);
        let region = shaped(&region, [0.0, 0.0, width as f32, share * height as f32]);
        let protected = protect(NOBODY, Method::Solid, &given(vec![region]));
        assert_eq!(codes(&protected.report).contains(&NoteCode::MostlyCovered), is_said, "{share}");
    }
}

#[test]
fn a_gain_map_that_the_copy_lacks_is_said() {
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
        <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
        <rdf:Description xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/' hdrgm:Version='1.0'/></rdf:RDF></x:xmpmeta>";
    let segment = [&[0xFF, 0xE1][..], &(xmp.len() as u16 + 2).to_be_bytes(), xmp].concat();
    let with_gain_map = [&PORTRAIT[..2], &segment, &PORTRAIT[2..]].concat();
    for (file, is_said) in [(PORTRAIT, false), (&with_gain_map[..], true)] {
        let checked = pipeline().check(file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
        let protected = protect(file, Method::Soft, &Choice::Find(FaceChoice::None));
        for report in [checked.report, protected.report] {
            assert_eq!(codes(&report).contains(&NoteCode::GainMapDropped), is_said);
        }
    }
}

#[test]
fn a_region_that_is_no_region_is_refused() {
    let cases = [
        ([f32::NAN, 0.0, 1.0, 1.0], ErrorCode::RegionNotFinite),
        ([0.0, 0.0, f32::INFINITY, 1.0], ErrorCode::RegionNotFinite),
        ([0.0, 0.0, 0.0, 5.0], ErrorCode::RegionEmpty),
        ([10.0, 10.0, 1e-30, 1e-30], ErrorCode::RegionEmpty),
        ([10.0, 10.0, -5.0, 5.0], ErrorCode::RegionNegative),
        ([5000.0, 5000.0, 100.0, 100.0], ErrorCode::RegionOutside),
        ([-30.0, 10.0, 30.0, 30.0], ErrorCode::RegionOutside),
    ];
    for (bbox, code) in cases {
        let shaped = shaped(&RegionRequest::face([10.0, 10.0, 20.0, 20.0]), bbox);
        for region in [RegionRequest::area(bbox), shaped] {
            let choice = given(vec![region]);
            let result =
                pipeline().protect(NOBODY, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ());
            assert_eq!(result.expect_err("refused").code(), code, "{bbox:?}");
        }
    }
}

#[test]
fn a_cover_that_reaches_past_the_edge_is_cut() {
    let drawn = RegionRequest::area([-30.0, 10.0, 50.0, 20.0]);
    let regions = protect(NOBODY, Method::Soft, &given(vec![drawn])).report.regions;
    assert_eq!(regions[0].cover.as_ref().expect("inside").bounds.to_xywh(), [0, 10, 20, 20]);
}

/// The face of the portrait as it was found.
fn portrait_face() -> RegionRequest {
    let checked = pipeline().check(PORTRAIT, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    RegionRequest::from(&checked.report.regions[0])
}

/// A cover of the face from below its eyes down.
fn below_the_eyes(face: &RegionRequest) -> [f32; 4] {
    let [x, y, w, h] = face.bbox;
    let eyes = face.landmarks.expect("landmarks")[0][1];
    [x - 10.0, eyes + 10.0, w + 20.0, y + h - eyes]
}

#[test]
fn the_regions_of_a_report_give_the_file_that_protect_makes_by_itself() {
    for file in [PORTRAIT, GROUP] {
        let found = pipeline().check(file, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
        assert!(found.report.regions.iter().all(|region| region.decision == Decision::Undecided));
        let regions = found.report.regions.iter().map(RegionRequest::from).collect();
        let given = protect(file, Method::Soft, &given(regions));
        assert!(given.saved.expect("proved").bytes == protect_all(file, Method::Soft));
        for (given, found) in given.report.regions.iter().zip(&found.report.regions) {
            assert_eq!(given, &Region { decision: Decision::Cover, ..found.clone() });
        }
    }
}

#[test]
fn what_a_person_adds_has_no_score_and_what_is_left_open_is_said() {
    let face = open(portrait_face());
    let regions = given(vec![RegionRequest::area([10.0, 400.0, 60.0, 60.0]), face]);
    let regions = protect(PORTRAIT, Method::Soft, &regions).report.regions;
    assert_eq!((regions[0].id, regions[0].kind, regions[0].origin), (1, RegionKind::Other, Origin::Added));
    assert_eq!((regions[0].score, &regions[0].identifiability), (None, &None));
    assert_eq!((regions[1].id, regions[1].origin, regions[1].decision), (2, Origin::Found, Decision::Open));
    assert!(regions[1].score > Some(0.95));
}

#[test]
fn a_face_that_is_half_covered_fails_the_proof() {
    let face = portrait_face();
    let [x, y, w, h] = face.bbox;
    for area in [below_the_eyes(&face), [x + w / 2.0, y, w, h], [x, y + h / 2.0, w, h]] {
        let drawn = RegionRequest::area(area);
        for (choice, method) in
            [(given(vec![shaped(&face, area)]), Method::Solid), (given(vec![drawn.clone()]), Method::Soft)]
        {
            let protected = protect(PORTRAIT, method, &choice);
            assert!(protected.saved.is_none());
            let check = named(&protected, CheckName::FacesPartlyCovered);
            assert_eq!((check.ok, &check.detail[..]), (false, "1 face is only partly covered"), "{area:?} {method:?}");
        }
        let choice = Choice::Given { regions: vec![drawn], elsewhere: Elsewhere::LeftOpen };
        assert!(!named(&protect(PORTRAIT, Method::Soft, &choice), CheckName::FacesPartlyCovered).ok);
    }
}

#[test]
fn a_face_far_from_all_covers_is_left_open_by_decision() {
    let drawn = RegionRequest::area([10.0, 400.0, 60.0, 60.0]);
    let choice = Choice::Given { regions: vec![drawn], elsewhere: Elsewhere::LeftOpen };
    assert!(protect(PORTRAIT, Method::Soft, &choice).saved.is_some());
}

#[test]
fn a_face_that_was_reshaped_and_left_open_does_not_fail_the_proof() {
    let face = portrait_face();
    let [x, y, w, h] = face.bbox;
    for area in [[x - w, y - h, 3.0 * w, 3.0 * h], [x, y, w / 3.0, h / 3.0], [10.0, 400.0, 60.0, 60.0]] {
        let open = open(shaped(&face, area));
        assert!(protect(PORTRAIT, Method::Soft, &given(vec![open])).saved.is_some(), "{area:?}");
    }
}

#[test]
fn what_the_file_said_besides_its_pixels_is_gone() {
    // An EXIF segment with one text entry: the camera's maker.
    let exif = b"\xff\xe1\x00\x28Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x08\0\0\0\x1a\0\0\0\0Acme Co\0";
    let mut file = PORTRAIT.to_vec();
    file.splice(2..2, exif.iter().copied());
    assert!(leaks::find(&file, "").iter().any(|leak| leak.kind == LeakKind::Camera));
    assert_eq!(leaks::find(&protect_all(&file, Method::Soft), ""), []);
}

/// The portrait with a thumbnail of itself in its EXIF.
fn portrait_with_thumbnail() -> Vec<u8> {
    let mut thumbnail = std::io::Cursor::new(Vec::new());
    let small = image::load_from_memory(PORTRAIT).expect("a JPEG").thumbnail(160, 160);
    small.write_to(&mut thumbnail, image::ImageFormat::Jpeg).expect("written");
    let thumbnail = thumbnail.into_inner();
    // An empty first directory, then one that says where the thumbnail is and how long.
    let mut exif =
        b"Exif\0\0MM\0\x2a\0\0\0\x08\0\0\0\0\0\x0e\0\x02\x02\x01\0\x04\0\0\0\x01\0\0\0\x2c\x02\x02\0\x04\0\0\0\x01"
            .to_vec();
    exif.extend((thumbnail.len() as u32).to_be_bytes());
    exif.extend([0; 4]);
    exif.extend(thumbnail);
    let segment = [&[0xFF, 0xE1][..], &(exif.len() as u16 + 2).to_be_bytes(), &exif].concat();
    let mut file = PORTRAIT.to_vec();
    file.splice(2..2, segment);
    file
}

#[test]
fn a_thumbnail_is_shown_and_scanned_for_faces() {
    let checked = pipeline()
        .check(&portrait_with_thumbnail(), "photo", &Settings::default(), &mut |_, _| ())
        .expect("a sound file");
    let leak = &checked.report.leaks[checked.pictures[0].leak];
    assert_eq!((leak.kind, leak.faces), (LeakKind::Thumbnail, Some(1)));
    assert_eq!(checked.pictures.len(), 1);
    assert_eq!(checked.pictures[0].width.max(checked.pictures[0].height), 160);
}

#[test]
fn every_byte_of_a_copy_belongs_to_a_part_that_was_written() {
    for photo in [PORTRAIT, NOBODY] {
        let protected = protect(photo, Method::Soft, &Choice::Find(FaceChoice::All));
        let parts = protected.report.proof.expect("a proof").parts;
        let bytes = protected.saved.expect("proved").bytes.len() as u64;
        assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), bytes);
        let foreign = parts.iter().find(|part| ["unknown", "trailer", "exif", "xmp"].contains(&part.name.as_str()));
        assert_eq!(foreign, None);
    }
}

#[test]
fn pictures_of_one_pixel_go_all_the_way() {
    let mut file = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(1, 1).write_to(&mut file, image::ImageFormat::Png).expect("written");
    let covered = given(vec![RegionRequest::area([0.0, 0.0, 1.0, 1.0])]);
    assert!(protect(&file.into_inner(), Method::Soft, &covered).saved.is_some());
}

#[test]
fn verify_passes_what_was_protected() {
    let report = pipeline()
        .verify(PORTRAIT, &protect_all(PORTRAIT, Method::Soft), "copy", &Settings::default())
        .expect("sound files");
    assert!(report.proof.expect("a proof").ok);
}

#[test]
fn verify_fails_a_copy_that_shows_the_face() {
    let report = pipeline().verify(PORTRAIT, PORTRAIT, "copy", &Settings::default()).expect("sound files");
    assert!(!report.proof.expect("a proof").ok);
}

/// As Fujifilm writes it: the portrait as its preview after a picture that announces more than it holds, then what the sensor measured.
#[cfg(feature = "rare-formats")]
fn raw_file(sensor: &[u8]) -> Vec<u8> {
    let mut file = b"FUJIFILMCCD-RAW 0201FF129502X-T1".to_vec();
    file.resize(0x94, 0);
    let mut lying = jpeg(&image::DynamicImage::new_rgb8(64, 48));
    let frame = lying.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
    lying[frame + 5..frame + 9].copy_from_slice(&[4000_u16; 2].map(u16::to_be_bytes).concat());
    [&file, &lying, PORTRAIT, sensor].concat()
}

#[cfg(feature = "rare-formats")]
#[test]
fn the_largest_preview_of_a_raw_file_that_opens_is_taken() {
    let raw = raw_file(b"");
    assert_eq!(tarnkappe::pipeline::raw_preview(&raw).as_deref(), Some(PORTRAIT));
    let report = report_unopened(&raw, "a.raf", &tarnkappe::error::InputError::Raw.into());
    assert_eq!(report.raw_preview.map(|preview| (preview.width, preview.height)), Some((512, 512)));
    // The other one is told all the same.
    let previews = report.leaks.iter().filter(|leak| leak.kind == LeakKind::Preview);
    assert_eq!(previews.count(), 2);
    let file = &raw[..raw.len() - PORTRAIT.len()];
    assert_eq!(tarnkappe::pipeline::raw_preview(file), None);
}

#[cfg(feature = "rare-formats")]
#[test]
fn verify_compares_a_copy_of_a_raw_file_with_its_preview() {
    let sensor: Vec<u8> = (0..200_u32).map(|n| (n * n * 7 % 251) as u8).collect();
    let raw = raw_file(&sensor);
    let copy = protect_all(PORTRAIT, Method::Soft);
    let report = pipeline().verify(&raw, &copy, "copy", &Settings::default()).expect("both open");
    let proof = report.proof.as_ref().expect("a proof");
    assert!(proof.ok, "{:?}", proof.checks);
    assert!(codes(&report).contains(&NoteCode::RawPreview));
    let shown = verify(&mut pipeline(), &raw, PORTRAIT);
    assert!(!shown.ok);
    // All bytes of the raw file are looked for, not only those of the preview.
    let proof = verify(&mut pipeline(), &raw, &[copy, sensor].concat());
    assert!(!is_ok(&proof, CheckName::SharedBytes));
}

/// A pipeline with a recogniser.
fn adversarial() -> Pipeline {
    let mut pipeline = pipeline();
    pipeline.load_recogniser(SFACE).expect("the model is the expected one");
    pipeline
}

fn verify(pipeline: &mut Pipeline, original: &[u8], copy: &[u8]) -> Proof {
    pipeline.verify(original, copy, "copy", &Settings::default()).expect("sound files").proof.expect("a proof")
}

fn is_ok(proof: &Proof, name: CheckName) -> bool {
    proof.checks.iter().find(|check| check.name == name).expect("the check").ok
}

fn jpeg(picture: &image::DynamicImage) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Jpeg).expect("written");
    file.into_inner()
}

/// The portrait with a blurred face.
fn blurred(face_widths: f32) -> Vec<u8> {
    let [x, y, w, h] = faces(PORTRAIT)[0].map(|v| v as u32);
    let mut picture = image::load_from_memory(PORTRAIT).expect("a JPEG");
    let blurred = picture.crop_imm(x, y, w, h).blur(face_widths * w as f32);
    image::imageops::replace(&mut picture, &blurred, i64::from(x), i64::from(y));
    jpeg(&picture)
}

/// A picture as other programs pass it on: turned, resized, cropped, and all of it.
fn passed_on(file: &[u8]) -> Vec<Vec<u8>> {
    let picture = image::load_from_memory(file).expect("a JPEG");
    let (width, height) = (picture.width(), picture.height());
    let cropped = picture.crop_imm(width / 8, 0, width * 3 / 4, height * 7 / 8);
    let small = picture.thumbnail(width / 2, height / 2);
    [picture.rotate90(), picture.fliph(), small, cropped.thumbnail(300, 300).rotate270(), cropped]
        .iter()
        .map(jpeg)
        .collect()
}

#[test]
fn verify_sees_a_face_through_a_blur() {
    assert!(!is_ok(&verify(&mut pipeline(), PORTRAIT, &blurred(0.1)), CheckName::Likeness));
}

#[test]
fn verify_with_a_recogniser_links_what_is_blurred_strongly() {
    let proof = verify(&mut adversarial(), PORTRAIT, &blurred(0.3));
    assert!(!is_ok(&proof, CheckName::Linked) && !proof.ok);
}

#[test]
fn verify_with_a_recogniser_passes_what_was_protected() {
    let mut pipeline = adversarial();
    for method in [Method::Soft, Method::Solid, Method::Mosaic] {
        let proof = verify(&mut pipeline, PORTRAIT, &protect_all(PORTRAIT, method));
        assert!(
            proof.ok && is_ok(&proof, CheckName::Linked) && is_ok(&proof, CheckName::Reidentified),
            "{method:?}: {proof:?}"
        );
    }
}

#[test]
fn verify_sees_the_face_however_the_copy_was_passed_on() {
    let mut pipeline = adversarial();
    for copy in passed_on(PORTRAIT) {
        let proof = verify(&mut pipeline, PORTRAIT, &copy);
        assert!(
            !is_ok(&proof, CheckName::Likeness)
                && !is_ok(&proof, CheckName::Reidentified)
                && !is_ok(&proof, CheckName::Linked),
            "{proof:?}"
        );
    }
}

#[test]
fn verify_passes_what_was_protected_however_it_was_passed_on() {
    let mut pipeline = adversarial();
    for method in [Method::Soft, Method::Solid] {
        for copy in passed_on(&protect_all(PORTRAIT, method)) {
            let proof = verify(&mut pipeline, PORTRAIT, &copy);
            assert!(proof.ok, "{proof:?}");
        }
    }
}

#[test]
fn verify_refuses_two_unrelated_files() {
    for (original, copy) in [(PORTRAIT, GROUP), (GROUP, PORTRAIT), (PORTRAIT, NOBODY)] {
        let refused = pipeline().verify(original, copy, "copy", &Settings::default()).expect_err("they are unrelated");
        assert_eq!(refused.code(), ErrorCode::Unrelated);
    }
}

#[test]
fn verify_never_passes_an_original_without_faces() {
    let proof = verify(&mut pipeline(), NOBODY, NOBODY);
    assert!(!proof.ok && !is_ok(&proof, CheckName::OriginalFaces));
}

/// Lets `helper` scan one half of a file for `leader`, who scans the other.
fn scan_together(leader: &mut Pipeline, helper: &mut Pipeline, file: &[u8], purpose: Purpose) {
    let part = |index| Part { index, of: 2 };
    leader.scan_part(file, purpose, part(0), &Settings::default(), &mut |_, _| ()).expect("a sound file");
    leader.import_tiles(
        helper.scan_part(file, purpose, part(1), &Settings::default(), &mut |_, _| ()).expect("a sound file"),
    );
}

/// YuNet, which counts its runs on tiles. Squares of 64 pixels are second scans of single faces.
struct Counting(CompactNetwork, Rc<Cell<usize>>);

impl Network for Counting {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        self.1.set(self.1.get() + usize::from((width, height) != (64, 64)));
        self.0.run(rgb, width, height)
    }
}

#[test]
fn two_pipelines_that_share_a_scan_give_the_same_as_one() {
    let runs = Rc::new(Cell::new(0));
    let mut detector = Detector::default();
    detector.set_secret(SECRET);
    let network = CompactNetwork::from_packed(YUNET).expect("a packed network");
    detector.set_network(Family::YuNet, Box::new(Counting(network, Rc::clone(&runs))));
    let (mut leader, mut helper) = (Pipeline::new(detector), pipeline());
    scan_together(&mut leader, &mut helper, GROUP, Purpose::Check);
    let scanned = runs.get();
    let faces =
        leader.check(GROUP, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file").report.regions;
    assert!(scanned > 0 && runs.get() == scanned, "what was seen by either is not scanned again");
    assert_eq!(
        faces,
        pipeline().check(GROUP, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file").report.regions
    );

    let choice = given(faces.iter().map(RegionRequest::from).collect());
    let mut job = leader
        .cover(GROUP, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ())
        .expect("a sound file");
    let together = loop {
        let copy = job.exported().to_vec();
        scan_together(&mut leader, &mut helper, &copy, Purpose::Proof);
        let scanned = runs.get();
        match leader.prove(GROUP, job, &mut |_, _| ()).expect("a sound file") {
            Step::Again(again) => job = *again,
            Step::Done(done) => {
                assert_eq!(runs.get(), scanned, "nor is what was seen of the copy");
                break done;
            }
        }
    };
    let mut one = pipeline();
    one.check(GROUP, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    let alone =
        one.protect(GROUP, "photo", Method::Soft, &choice, &Settings::default(), &mut |_, _| ()).expect("a sound file");

    assert_eq!(together.saved.expect("proved").bytes, alone.saved.expect("proved").bytes);
    // That also says how much of the scan came from cached tiles.
    assert_eq!(together.report.proof, alone.report.proof);
}

#[test]
fn what_was_scanned_in_another_file_is_not_taken_for_this_one() {
    let mut pipeline = pipeline();
    pipeline
        .scan_part(NOBODY, Purpose::Check, Part { index: 0, of: 1 }, &Settings::default(), &mut |_, _| ())
        .expect("a sound file");
    let checked = pipeline.check(PORTRAIT, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    assert_eq!(checked.report.regions.len(), 1);
}

#[test]
fn warming_up_leaves_nothing_behind() {
    let mut warmed_up = pipeline();
    warmed_up.warm_up(3).expect("the picture is sound");
    let checked = warmed_up.check(PORTRAIT, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    let plain = pipeline().check(PORTRAIT, "photo", &Settings::default(), &mut |_, _| ()).expect("a sound file");
    assert_eq!(checked.report.regions, plain.report.regions);
}
