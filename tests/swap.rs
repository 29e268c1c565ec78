//! What lies under a content-free cover does not reach the exported file: swap it, and the file is the same byte for byte.

mod common;

use std::hash::{DefaultHasher, Hasher};

use common::{Blind, pipeline};
use image::metadata::Orientation;
use image::{ExtendedColorType, ImageEncoder};
use proptest::prelude::*;
use tarnkappe::error::Result;
use tarnkappe::geometry::PixelRect;
use tarnkappe::infer::{Network, Output};
use tarnkappe::mask::Mask;
use tarnkappe::photo::{Limits, open};
use tarnkappe::pipeline::{Choice, CopyRules, Settings};
use tarnkappe::protect::{Area, Cover, CoverRules, Method, draw, mask_of};
use tarnkappe::prove::Elsewhere;
use tarnkappe::report::{Brush, CoverRequest, NoteCode, RegionRequest, Shape};

/// A network that detects a face or none, by a hash of the pixels: any changed pixel is likely to change the result.
struct Nervous;

impl Network for Nervous {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        let mut outputs = Blind.run(rgb, width, height)?;
        let mut hasher = DefaultHasher::new();
        hasher.write(rgb);
        if hasher.finish().is_multiple_of(2) {
            // The scores of the cell in the middle, of the heads for class and object at stride 32.
            let cell = height / 64 * (width / 32) + width / 64;
            outputs[2].values[cell] = 1.0;
            outputs[5].values[cell] = 1.0;
        }
        Ok(outputs)
    }
}

/// How a source file is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    Png,
    PngWithAlpha,
    WebpWithAlpha,
    Bmp,
    /// Strips of so many rows, each a JPEG.
    TiffOfJpegs {
        quality: u8,
        sampling: jpeg_encoder::SamplingFactor,
        rows: u32,
    },
    Jpeg {
        quality: u8,
        sampling: jpeg_encoder::SamplingFactor,
        progressive: bool,
        restart_interval: u16,
        orientation: u8,
    },
}

fn sources() -> impl Strategy<Value = Source> {
    use jpeg_encoder::SamplingFactor as Sampling;
    let sampling =
        prop_oneof![Just(Sampling::R_4_4_4), Just(Sampling::R_4_2_0), Just(Sampling::R_4_2_2), Just(Sampling::R_4_4_0)];
    let restart_interval = prop_oneof![Just(0), 1u16..5];
    let jpeg = (1u8..=100, sampling, any::<bool>(), restart_interval, 1u8..=8).prop_map(
        |(quality, sampling, progressive, restart_interval, orientation)| Source::Jpeg {
            quality,
            sampling,
            progressive,
            restart_interval,
            orientation,
        },
    );
    let sampling = prop_oneof![Just(Sampling::R_4_4_4), Just(Sampling::R_4_2_0), Just(Sampling::R_4_1_1)];
    let tiff = (1u8..=100, sampling, 1u32..80).prop_map(|(quality, sampling, rows)| Source::TiffOfJpegs {
        quality,
        sampling,
        rows,
    });
    prop_oneof![Just(Source::Png), Just(Source::PngWithAlpha), Just(Source::Bmp), tiff, jpeg.boxed()]
}

/// A picture, regions in it, and noise to put under them.
#[derive(Debug, Clone)]
struct Case {
    width: u32,
    height: u32,
    /// Red green blue alpha.
    pixels: Vec<u8>,
    noise: Vec<u8>,
    /// As a person sees them: in the picture turned upright.
    regions: Vec<Region>,
    source: Source,
    method: Method,
    /// No channel is near its ends. A JPEG of harsher noise can reach so far past them that it is not kept.
    muted: bool,
    copy_rules: CopyRules,
}

/// A shape and, for a rectangle, its bounds `[x, y, width, height]`.
type Region = ([f32; 4], Shape);

/// Shapes in and beyond a picture's edges.
fn regions(width: u32, height: u32) -> impl Strategy<Value = Region> {
    let (w, h) = (width as f32, height as f32);
    let point = move || (-0.2 * w..1.2 * w, -0.2 * h..1.2 * h).prop_map(|(x, y)| [x, y]);
    let rectangle = (0..width, 0..height, 1..=width, 1..=height)
        .prop_map(|(x, y, w, h)| ([x, y, w, h].map(|side| side as f32), Shape::Rectangle));
    let ellipse = ((0.0..w, 0.0..h), 1f32..40.0, 1f32..40.0, -4f32..4.0)
        .prop_map(|((x, y), rx, ry, angle)| ([0.0, 0.0, 1.0, 1.0], Shape::Ellipse([x, y, rx, ry, angle])));
    let polygon = (prop::collection::vec(point(), 3..6), 0.0..w, 0.0..h).prop_map(|(mut corners, x, y)| {
        // So that something of it lies inside.
        corners[0] = [x, y];
        ([0.0, 0.0, 1.0, 1.0], Shape::Polygon(corners))
    });
    let brush =
        (prop::collection::vec(point(), 0..4), 0.0..w, 0.0..h, 0.5f32..20.0).prop_map(|(mut points, x, y, radius)| {
            points.push([x, y]);
            ([0.0, 0.0, 1.0, 1.0], Shape::Brush(Brush { points, radius }))
        });
    prop_oneof![rectangle, ellipse, polygon, brush]
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::Soft), Just(Method::Solid), Just(Method::Mosaic), Just(Method::Sticker)]
}

/// Most copies are kept if they can be.
fn copy_rules() -> impl Strategy<Value = CopyRules> {
    let long_side = prop::option::weighted(0.25, 16u32..140);
    (prop::bool::weighted(0.25), long_side).prop_map(|(recompress, long_side)| CopyRules { recompress, long_side })
}

fn cases() -> impl Strategy<Value = Case> {
    let methods = methods();
    let shapes = (1u32..140, 1u32..140, sources(), methods, any::<bool>(), copy_rules());
    shapes.prop_flat_map(|(width, height, source, method, muted, copy_rules)| {
        let byte = move |value: u8| if muted { 96 + value / 4 } else { value };
        let bytes = move || prop::collection::vec(any::<u8>().prop_map(byte), 4 * (width * height) as usize);
        let (across, down) = if source.transposes() { (height, width) } else { (width, height) };
        let regions = prop::collection::vec(regions(across, down), 1..4);
        (bytes(), bytes(), regions).prop_map(move |(pixels, noise, regions)| Case {
            width,
            height,
            pixels,
            noise,
            regions,
            source,
            method,
            muted,
            copy_rules,
        })
    })
}

impl Case {
    /// A JPEG of it keeps its coefficients. At the lowest qualities a step of quantisation is as large as the range of levels: noise, and
    /// the edges of what is drawn, then reach far past black and white.
    fn is_kept(&self) -> bool {
        let quality = match self.source {
            Source::Jpeg { quality, .. } => quality,
            _ => 100,
        };
        self.muted && quality >= 10
    }

    fn settings(&self) -> Settings {
        Settings { copy_rules: self.copy_rules, ..Settings::default() }
    }

    /// Where in the file a pixel of the upright picture is stored, row by row: turned by an independent implementation.
    fn stored_places(&self) -> image::RgbImage {
        let place = |x: u32, y: u32| image::Rgb([x as u8, y as u8, 0]);
        let mut places = image::DynamicImage::from(image::RgbImage::from_fn(self.width, self.height, place));
        places.apply_orientation(Orientation::from_exif(self.source.orientation()).expect("1 to 8"));
        places.into_rgb8()
    }

    /// The places in the file of what is covered.
    fn covered(&self) -> Vec<usize> {
        let places = self.stored_places();
        let mask = mask(&self.regions, places.dimensions());
        let places = places.enumerate_pixels().filter(|(x, y, _)| mask.contains(*x, *y));
        places
            .map(|(_, _, stored)| u32::from(stored.0[1]) * self.width + u32::from(stored.0[0]))
            .map(|at| at as usize)
            .collect()
    }

    /// The picture with other pixels under every region.
    fn swapped(&self) -> Vec<u8> {
        let mut swapped = self.pixels.clone();
        for at in self.covered() {
            swapped[4 * at..4 * at + 4].copy_from_slice(&self.noise[4 * at..4 * at + 4]);
        }
        swapped
    }

    fn file(&self, rgba: &[u8]) -> Vec<u8> {
        let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
        let (width, height) = (self.width, self.height);
        let mut file = Vec::new();
        let written = match self.source {
            Source::Png => {
                image::codecs::png::PngEncoder::new(&mut file).write_image(&rgb, width, height, ExtendedColorType::Rgb8)
            }
            Source::PngWithAlpha => image::codecs::png::PngEncoder::new(&mut file).write_image(
                rgba,
                width,
                height,
                ExtendedColorType::Rgba8,
            ),
            Source::WebpWithAlpha => image::codecs::webp::WebPEncoder::new_lossless(&mut file).write_image(
                rgba,
                width,
                height,
                ExtendedColorType::Rgba8,
            ),
            Source::Bmp => {
                image::codecs::bmp::BmpEncoder::new(&mut file).write_image(&rgb, width, height, ExtendedColorType::Rgb8)
            }
            Source::TiffOfJpegs { quality, sampling, rows } => {
                file = tiff_of_jpegs(&rgb, width, rows, quality, sampling);
                Ok(())
            }
            Source::Jpeg { quality, sampling, progressive, restart_interval, orientation } => {
                let mut encoder = jpeg_encoder::Encoder::new(&mut file, quality);
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
                encoder.set_restart_interval(restart_interval);
                // One short entry, 0x0112, in the first directory of a big-endian TIFF header (EXIF 3.0, 4.5).
                let entry = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
                let exif = [&entry[..], &[orientation], &[0; 6]].concat();
                encoder.add_exif_metadata(&exif).expect("a short segment");
                encoder.encode(&rgb, width as u16, height as u16, jpeg_encoder::ColorType::Rgb).expect("a small JPEG");
                Ok(())
            }
        };
        written.expect("a small picture");
        file
    }
}

/// A TIFF of strips that are JPEGs (TIFF Technical Note 2). It says that their components are red, green and blue, because
/// the decoder refuses others; what the colours are does not matter here.
fn tiff_of_jpegs(rgb: &[u8], width: u32, rows: u32, quality: u8, sampling: jpeg_encoder::SamplingFactor) -> Vec<u8> {
    let strip = |pixels: &[u8]| {
        let mut strip = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut strip, quality);
        encoder.set_sampling_factor(sampling);
        let height = pixels.len() / 3 / width as usize;
        encoder.encode(pixels, width as u16, height as u16, jpeg_encoder::ColorType::Rgb).expect("a small JPEG");
        strip
    };
    let strips: Vec<Vec<u8>> = rgb.chunks((3 * width * rows) as usize).map(strip).collect();
    let height = rgb.len() as u32 / 3 / width;
    // Both lists stand before the strips, even where they would fit into the directory: one strip comes with an empty one.
    let count = strips.len().max(2);
    let mut lists = [vec![0_u32; count], vec![0; count]];
    const DIRECTORY: u32 = 8 + 2 + 9 * 12 + 4;
    let mut at = DIRECTORY + 8 * count as u32;
    for (i, strip) in strips.iter().enumerate() {
        (lists[0][i], lists[1][i]) = (at, strip.len() as u32);
        at += strip.len() as u32;
    }
    let of_list = |list: u32| match strips.len() {
        1 => lists[list as usize][0],
        _ => DIRECTORY + 4 * list * count as u32,
    };
    let strip_count = strips.len() as u32;
    let (long, short) = (4_u16, 3_u16);
    let entries = [
        (256_u16, long, 1, width),
        (257, long, 1, height),
        (258, short, 1, 8),
        (259, short, 1, 7),
        (262, short, 1, 2),
        (273, long, strip_count, of_list(0)),
        (277, short, 1, 3),
        (278, long, 1, rows),
        (279, long, strip_count, of_list(1)),
    ];
    let mut file = b"II\x2a\0\x08\0\0\0\x09\0".to_vec();
    for (tag, kind, count, value) in entries {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([u32::to_le_bytes(count), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file.extend(lists.concat().iter().flat_map(|number| number.to_le_bytes()));
    [file, strips.concat()].concat()
}

impl Source {
    fn orientation(self) -> u8 {
        if let Self::Jpeg { orientation, .. } = self { orientation } else { 1 }
    }

    fn transposes(self) -> bool {
        self.orientation() >= 5
    }
}

/// What regions cover of a picture.
fn mask(regions: &[Region], size: (u32, u32)) -> Mask {
    let mask = |(bounds, shape): &Region| {
        let bounds = PixelRect::enclosing(*bounds, size.0, size.1).expect("inside");
        mask_of(shape, bounds, size).expect("a sound shape")
    };
    Mask::union(&regions.iter().map(mask).collect::<Vec<_>>())
}

/// What a protected copy is compared by.
#[derive(PartialEq)]
struct Copy {
    bytes: Vec<u8>,
    /// What the report says is hidden, upright.
    hidden: Mask,
    /// Whether all of a JPEG was compressed again instead of being kept as it was outside the covers.
    compressed_again: bool,
}

fn given(regions: &[Region]) -> Choice {
    let region = |(bounds, shape): &Region| RegionRequest {
        cover: Some(CoverRequest::of_shape(*bounds, shape.clone())),
        ..RegionRequest::area(*bounds)
    };
    Choice::Given { regions: regions.iter().map(region).collect(), elsewhere: Elsewhere::Fails }
}

fn protect(file: &[u8], case: &Case) -> Copy {
    let choice = given(&case.regions);
    let protected = pipeline(Blind)
        .protect(file, "photo", case.method, &choice, &case.settings(), &mut |_, _| ())
        .expect("a sound file");
    let compressed_again = protected.report.notes.iter().any(|note| note.code == NoteCode::CompressedAgain);
    let (width, height) = (protected.report.width, protected.report.height);
    let hidden = protected.report.regions.iter().map(|region| {
        let cover = region.cover.as_ref().expect("inside");
        mask_of(&cover.shape, cover.bounds, (width, height)).expect("a sound shape")
    });
    let hidden = Mask::union(&hidden.collect::<Vec<_>>());
    let proof = protected.report.proof;
    let bytes = protected.saved.unwrap_or_else(|| panic!("not proved: {proof:?}")).bytes;
    Copy { bytes, hidden, compressed_again }
}

proptest! {
    #[test]
    fn swapping_what_is_covered_leaves_the_file_the_same(case in cases()) {
        let original = protect(&case.file(&case.pixels), &case);
        let swapped = protect(&case.file(&case.swapped()), &case);
        prop_assert!(original == swapped, "{:?} {:?} {:?}", case.source, case.method, case.regions);
        let is_kept = case.is_kept() && case.copy_rules == CopyRules::default();
        prop_assert!(!is_kept || !original.compressed_again, "{:?} was compressed again", case.source);
    }

    #[test]
    fn transparency_and_colour_under_covers_do_not_decide_how_the_file_is_written(
        mut case in cases(),
        source in prop_oneof![Just(Source::PngWithAlpha), Just(Source::WebpWithAlpha)],
        is_opaque in any::<bool>(),
        is_grey in any::<bool>(),
    ) {
        if case.source.transposes() {
            // The regions are those of the upright picture.
            (case.width, case.height) = (case.height, case.width);
        }
        case.source = source;
        for pixel in case.noise.chunks_exact_mut(4) {
            pixel.copy_from_slice(&[pixel[0], pixel[0], pixel[0], 255]);
        }
        for pixel in case.pixels.chunks_exact_mut(4) {
            let [red, green, blue, alpha] = [pixel[0], pixel[1], pixel[2], pixel[3]];
            let [green, blue] = if is_grey { [red; 2] } else { [green, blue] };
            pixel.copy_from_slice(&[red, green, blue, if is_opaque { 255 } else { alpha }]);
        }
        // Transparent and in colours under the covers, and opaque and grey there.
        let grey = Case { pixels: case.swapped(), ..case.clone() };
        let mut colour = grey.clone();
        for at in case.covered() {
            let (x, y) = (at % case.width as usize, at / case.width as usize);
            colour.pixels[4 * at..4 * at + 4].copy_from_slice(&[x as u8, y as u8, 90, 77]);
        }
        let copy = |case: &Case| protect(&case.file(&case.pixels), case);
        prop_assert!(copy(&grey) == copy(&colour), "{:?} {:?}", case.source, case.regions);
    }

    #[test]
    fn how_often_a_fill_is_redrawn_depends_on_nothing_covered(case in cases(), has_profile in any::<bool>()) {
        let choice = given(&case.regions);
        let exported = |pixels: &[u8]| {
            let mut file = case.file(pixels);
            if has_profile && matches!(case.source, Source::Jpeg { .. }) {
                add_profile(&mut file);
            }
            let job = pipeline(Nervous).cover(&file[..], "photo", Method::Soft, &choice, &case.settings(), &mut |_, _| ());
            job.expect("a sound file").exported().to_vec()
        };
        prop_assert!(exported(&case.pixels) == exported(&case.swapped()), "{:?} {:?}", case.source, case.regions);
    }

    #[test]
    fn covers_in_another_order_or_twice_give_the_same_file(
        case in cases(),
        keys in prop::collection::vec(any::<u32>(), 4),
    ) {
        let method = case.method;
        let file = case.file(&case.pixels);
        let mut keyed: Vec<_> = keys.into_iter().zip(case.regions.clone()).collect();
        let exported = |keyed: &[(u32, Region)]| {
            let regions: Vec<Region> = keyed.iter().map(|(_, region)| region.clone()).collect();
            let job = pipeline(Nervous)
                .cover(&file[..], "photo", method, &given(&regions), &case.settings(), &mut |_, _| ());
            job.expect("a sound file").exported().to_vec()
        };
        let in_one_order = exported(&keyed);
        keyed.push(keyed[0].clone());
        keyed.sort_by_key(|(key, _)| *key);
        prop_assert!(in_one_order == exported(&keyed), "{:?} {:?}", case.source, case.regions);
    }

    #[test]
    fn outside_the_covers_no_pixel_changes(case in cases()) {
        let case = Case { copy_rules: CopyRules::default(), ..case };
        let is_kept = case.is_kept() && !matches!(case.source, Source::Jpeg { orientation: 2.., .. });
        prop_assume!(is_kept || !matches!(case.source, Source::Jpeg { .. }));
        let file = case.file(&case.pixels);
        let copy = protect(&file, &case);
        let pixels = |file: &[u8]| {
            let mut photo = open(file, &Limits::default()).expect("a sound file");
            photo.flatten();
            photo.frame.rgb
        };
        let (before, after) = (pixels(&file), pixels(&copy.bytes));
        let photo = open(&file, &Limits::default()).expect("a sound file");
        let changed = Area::of_anew(&copy.hidden, &photo, &CoverRules::default()).unread;
        for (i, (a, b)) in before.chunks_exact(3).zip(after.chunks_exact(3)).enumerate() {
            let (x, y) = (i as u32 % case.width, i as u32 / case.width);
            prop_assert!(a == b || changed.contains(x, y), "pixel {} {} of {:?}", x, y, case.source);
        }
    }
}

/// Gives a JPEG a profile, for which all of it is compressed again (ICC.1, B.4).
fn add_profile(jpeg: &mut Vec<u8>) {
    const START_OF_IMAGE: usize = 2;
    let profile = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    let payload = [b"ICC_PROFILE\0\x01\x01", &profile[..]].concat();
    let length = (payload.len() + 2) as u16;
    let segment = [&[0xFF, 0xE2], &length.to_be_bytes()[..], &payload].concat();
    jpeg.splice(START_OF_IMAGE..START_OF_IMAGE, segment);
}

/// With covers that stop at the region's edge the swap must show in the file, or the test above could not fail.
#[test]
fn without_growing_to_the_blocks_a_jpeg_gives_the_swap_away() {
    let (width, height) = (96, 96);
    let pixels: Vec<u8> = (0..4 * width * height).map(|i| (i * 7 % 251) as u8).collect();
    let noise: Vec<u8> = (0..4 * width * height).map(|i| (i * 91 % 253) as u8).collect();
    let sampling = jpeg_encoder::SamplingFactor::R_4_2_0;
    let source = Source::Jpeg { quality: 80, sampling, progressive: false, restart_interval: 0, orientation: 1 };
    let regions = vec![([37.0, 37.0, 20.0, 20.0], Shape::Rectangle)];
    let mask = mask(&regions, (width, height));
    let case = Case {
        width,
        height,
        pixels,
        noise,
        regions,
        source,
        method: Method::Solid,
        muted: true,
        copy_rules: CopyRules::default(),
    };
    let covered = |file: Vec<u8>| {
        let mut photo = open(&file, &Limits::default()).expect("a sound file");
        let cover = Cover { mask: mask.clone(), head: None, redraws: 0 };
        draw(&mut photo.frame, &[cover], &Method::Solid.into());
        photo.frame
    };
    assert!(covered(case.file(&case.pixels)) != covered(case.file(&case.swapped())));
}
