use super::*;
use crate::infer::Output;

/// A network that finds one face wherever a tile's pixel is pure white, so that geometry can be tested without weights.
/// It answers in YuNet's layout: the cell of stride 8 that holds the pixel, with a box of 16 x 16 around it.
struct WhitePixel;

impl Network for WhitePixel {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        let mut outputs = Vec::new();
        for values_per_cell in [1, 1, 4, 10] {
            for stride in [8, 16, 32] {
                let cells = (width / stride) * (height / stride);
                outputs.push(Output {
                    shape: vec![1, cells, values_per_cell],
                    values: vec![0.0; cells * values_per_cell],
                });
            }
        }
        for (index, _) in rgb.chunks_exact(3).enumerate().filter(|(_, pixel)| **pixel == [255; 3]) {
            let (x, y) = (index % width, index / width);
            let cell = (y / 8) * (width / 8) + x / 8;
            outputs[0].values[cell] = 1.0;
            outputs[3].values[cell] = 1.0;
            let offset = |at: usize| (at % 8) as f32 / 8.0 + 0.5 / 8.0;
            let size = 2.0f32.ln();
            outputs[6].values[4 * cell..4 * cell + 4].copy_from_slice(&[offset(x), offset(y), size, size]);
        }
        Ok(outputs)
    }
}

/// A network that must not be asked.
struct Untouchable;

impl Network for Untouchable {
    fn run(&mut self, _: &[u8], _: usize, _: usize) -> Result<Vec<Output>> {
        Err(ModelError::Run("it was asked".into()).into())
    }
}

fn detector(network: impl Network + 'static) -> Detector {
    let mut detector = Detector::default();
    // Detectors that import each other's tiles share one.
    detector.set_secret([7; 16]);
    detector.set_network(Family::YuNet, Box::new(network));
    detector
}

fn frame(width: u32, height: u32, white: &[(u32, u32)]) -> Frame {
    let mut rgb = vec![40; 3 * (width * height) as usize];
    for (x, y) in white {
        rgb[3 * (y * width + x) as usize..][..3].fill(255);
    }
    Frame { width, height, rgb, alpha: None }
}

/// Scans at full size only, so that the white pixel is not averaged away, and stretches no contrast.
fn full_size(tile_side: u32) -> Policy {
    let mut policy = Policy { tile_side, faint_span: 0, ..Policy::default() };
    policy.scans[0].max_enlargement = 1.0;
    policy
}

fn centres(frame: &Frame, policy: &Policy) -> Vec<(f32, f32)> {
    let found = detector(WhitePixel).detect(frame, policy, &mut |_| ()).expect("the network does not fail");
    found.iter().map(|d| (d.bbox[0] + d.bbox[2] / 2.0, d.bbox[1] + d.bbox[3] / 2.0)).collect()
}

#[test]
fn a_face_is_found_at_its_place_in_every_tile() {
    for (x, y) in [(5, 5), (150, 40), (151, 99), (299, 199), (64, 128)] {
        let found = centres(&frame(300, 200, &[(x, y)]), &full_size(128));
        assert_eq!(found, [(x as f32 + 0.5, y as f32 + 0.5)]);
    }
}

#[test]
fn a_face_in_a_turned_view_is_found_at_its_place_in_the_picture() {
    let mut policy = full_size(128);
    policy.scans[0].views = vec![View { tilted: false, quarter_turns: 1 }];
    assert_eq!(centres(&frame(60, 40, &[(50, 7)]), &policy), [(50.5, 7.5)]);
}

#[test]
fn what_lies_in_the_black_past_the_edge_is_no_face() {
    let level = Level { width: 33, height: 33 };
    let tile = Tile { x: 0, y: 0, width: 64, height: 64 };
    let pass = Pass { network: NetworkId::Shipped(Family::YuNet), view: View::UPRIGHT, level, tiles: vec![tile] };
    let candidate = Candidate { bbox: [40.0, 40.0, 10.0, 10.0], score: 0.9, landmarks: None };
    assert_eq!(pass.detection(&candidate, tile, &frame(33, 33, &[])), None);
}

#[test]
fn a_network_that_the_policy_asks_for_must_be_there() {
    let mut policy = full_size(128);
    policy.scans[0].family = Family::CenterFace;
    let found = detector(WhitePixel).detect(&frame(60, 40, &[(50, 7)]), &policy, &mut |_| ());
    assert_eq!(found, Err(ModelError::Missing.into()));
}

#[test]
fn a_picture_of_one_colour_is_not_scanned_and_its_tiles_are_counted() {
    let scanned = detector(Untouchable).inspect(&frame(300, 200, &[]), &full_size(128), &mut |_| ());
    let scanned = scanned.expect("the network is not asked");
    // Of 300 x 200 pixels twelve, of 150 x 100 two.
    assert_eq!((scanned.faces, scanned.skipped_tiles), (Vec::new(), 14));
}

#[test]
fn a_faint_face_is_found_and_nothing_is_skipped() {
    let mut picture = frame(60, 40, &[(50, 7)]);
    picture.rgb.iter_mut().for_each(|value| *value = 40 + *value / 128);
    let mut policy = Policy::default();
    policy.scans[0].max_enlargement = 1.0;
    let scanned = detector(WhitePixel).inspect(&picture, &policy, &mut |_| ()).expect("the network does not fail");
    assert_eq!((scanned.faces.len(), scanned.skipped_tiles), (1, 0));
}

#[test]
fn a_face_that_only_alpha_shows_is_found_on_a_page_of_any_grey() {
    for (colour, around, there) in [(0, 255, 0), (255, 0, 255)] {
        let mut alpha = vec![around; 60 * 40];
        alpha[7 * 60 + 50] = there;
        let picture = Frame { width: 60, height: 40, rgb: vec![colour; 3 * 60 * 40], alpha: Some(alpha) };
        assert_eq!(centres(&picture, &full_size(128)), [(50.5, 7.5)], "{colour}");
    }
}

#[test]
fn a_face_that_is_seen_with_and_without_alpha_is_one() {
    let alpha = Some(vec![254; 60 * 40]);
    assert_eq!(centres(&Frame { alpha, ..frame(60, 40, &[(50, 7)]) }, &full_size(128)), [(50.5, 7.5)]);
}

#[test]
fn half_a_face_at_a_tile_edge_gives_way_to_the_whole_even_if_it_scores_higher() {
    let detection = |bbox: [f32; 4], score, cut| RawDetection {
        network: NetworkId::Shipped(Family::YuNet),
        view: View::UPRIGHT,
        bbox,
        landmarks: None,
        score,
        network_size: 32.0,
        cut,
    };
    let (half, whole) = (detection([0.0, 0.0, 10.0, 32.0], 0.9, true), detection([0.0, 0.0, 32.0, 32.0], 0.7, false));
    let policy = Policy::default();
    let faces = fusion::fuse(vec![half.clone(), whole.clone()], 1e4, &policy);
    assert_eq!(faces.iter().map(|face| face.bbox).collect::<Vec<_>>(), [whole.bbox]);
    assert_eq!(fusion::fuse(vec![half], 1e4, &policy).len(), 1, "a half that nobody saw whole is kept");
}

/// Scans a picture with one white pixel, then another one with `after`: the centres of what is found there, and the share
/// that was cached.
fn scan_again(after: (u32, u32), policy: &Policy) -> (Vec<(f32, f32)>, f32) {
    let (before, now) = (frame(900, 700, &[(100, 100)]), frame(900, 700, &[after, (800, 600)]));
    let mut detector = detector(WhitePixel);
    let first = detector.inspect(&before, policy, &mut |_| ()).expect("the network does not fail");
    assert_eq!(first.known, 0.0);
    let scanned = detector.inspect(&now, policy, &mut |_| ()).expect("the network does not fail");
    let mut centres: Vec<_> =
        scanned.faces.iter().map(|d| (d.bbox[0] + d.bbox[2] / 2.0, d.bbox[1] + d.bbox[3] / 2.0)).collect();
    centres.sort_by(|a, b| a.0.total_cmp(&b.0));
    (centres, scanned.known)
}

#[test]
fn only_tiles_that_changed_are_scanned_again() {
    let mut policy = full_size(256);
    // One level, since others show faint traces of both pixels.
    policy.scans[0].smallest_side = 900;
    let (found, known) = scan_again((100, 100), &policy);
    assert_eq!(found, [(100.5, 100.5), (800.5, 600.5)]);
    // Of the two tiles that show anything, one shows the same as before.
    assert_eq!(known, 0.5);
}

#[test]
fn a_face_that_is_no_longer_there_is_not_found_again() {
    assert_eq!(scan_again((150, 120), &full_size(256)).0, [(150.5, 120.5), (800.5, 600.5)]);
}

/// A policy whose passes halve the picture several times and turn it.
fn many_passes() -> Policy {
    let mut policy = full_size(128);
    policy.scans.push(Scan::turned(&View::TURNED));
    policy
}

/// Pixels that differ everywhere, with some that are white. All are grey: a tile whose colours differ has more appearances, and
/// the memory does not hold that many.
fn noisy() -> Frame {
    let mut picture = frame(700, 500, &[(64, 128), (250, 20), (690, 480)]);
    let noise = (0..picture.rgb.len() as u32).map(|i| ((i / 3).wrapping_mul(0x9e37_79b9) >> 26) as u8);
    picture.rgb.iter_mut().zip(noise).filter(|(value, _)| **value != 255).for_each(|(value, noise)| *value = noise);
    picture
}

#[test]
fn what_all_parts_saw_is_the_whole_and_is_not_scanned_again() {
    let (picture, policy) = (noisy(), many_passes());
    let whole = detector(WhitePixel).inspect(&picture, &policy, &mut |_| ()).expect("the network does not fail");
    let mut other = detector(Untouchable);
    for index in 0..3 {
        let part = Part { index, of: 3 };
        let tiles = detector(WhitePixel).scan_part(&picture, &policy, part, &mut |_| ());
        other.import_tiles(tiles.expect("the network does not fail"));
    }
    let again = other.inspect(&picture, &policy, &mut |_| ()).expect("it is not asked");
    assert_eq!((again.faces, again.known, again.earlier), (whole.faces, 1.0, 0.0));
}

#[test]
fn what_was_seen_before_counts_as_earlier_also_where_several_scan() {
    let (picture, policy) = (noisy(), many_passes());
    let (mut one, mut other) = (detector(WhitePixel), detector(WhitePixel));
    for earlier in [0.0, 1.0] {
        let part = |detector: &mut Detector, index| {
            let part = Part { index, of: 2 };
            detector.scan_part(&picture, &policy, part, &mut |_| ()).expect("the network does not fail")
        };
        part(&mut one, 0);
        let tiles = part(&mut other, 1);
        one.import_tiles(tiles);
        let scanned = one.inspect(&picture, &policy, &mut |_| ()).expect("it is known");
        assert_eq!((scanned.known, scanned.earlier), (1.0, earlier));
    }
}

#[test]
fn a_part_that_is_missing_is_scanned() {
    let (picture, policy) = (noisy(), many_passes());
    let tiles = detector(WhitePixel).scan_part(&picture, &policy, Part { index: 1, of: 2 }, &mut |_| ());
    let mut other = detector(WhitePixel);
    other.import_tiles(tiles.expect("the network does not fail"));
    let scanned = other.inspect(&picture, &policy, &mut |_| ()).expect("the network does not fail");
    let whole = detector(WhitePixel).detect(&picture, &policy, &mut |_| ()).expect("the network does not fail");
    assert_eq!(scanned.faces, whole);
    assert!((0.45..0.55).contains(&scanned.known), "{}", scanned.known);
}

#[test]
fn replacing_a_network_clears_its_cached_tiles() {
    let (picture, policy) = (frame(300, 200, &[(64, 128)]), full_size(128));
    let mut detector = detector(WhitePixel);
    detector.detect(&picture, &policy, &mut |_| ()).expect("the network does not fail");
    detector.set_network(Family::YuNet, Box::new(Untouchable));
    assert!(detector.detect(&picture, &policy, &mut |_| ()).is_err());
}

#[test]
fn turned_views_are_scanned_again_where_something_changed() {
    let mut policy = full_size(256);
    policy.scans[0].views = vec![View { tilted: false, quarter_turns: 3 }];
    policy.scans[0].smallest_side = 900;
    let (found, known) = scan_again((100, 100), &policy);
    assert_eq!(found, [(100.5, 100.5), (800.5, 600.5)]);
    // Of the two tiles that show anything, one shows the same as before.
    assert_eq!(known, 0.5);
}

#[test]
fn a_partial_detection_scans_its_areas_and_nothing_else() {
    let picture = frame(900, 700, &[(200, 300), (800, 600)]);
    let area = PixelRect { x0: 180, y0: 280, x1: 230, y1: 330 };
    let found = detector(WhitePixel).detect_in(&picture, &full_size(256), &[area]).expect("the network does not fail");
    let centres: Vec<_> = found.iter().map(|d| (d.bbox[0] + d.bbox[2] / 2.0, d.bbox[1] + d.bbox[3] / 2.0)).collect();
    assert_eq!(centres, [(200.5, 300.5)]);
}

#[test]
fn a_partial_detection_in_many_areas_costs_no_more_than_a_scan() {
    let frame = frame(800, 600, &[]);
    let area =
        |i: u32| PixelRect { x0: 50 * (i % 15), y0: 50 * (i / 15), x1: 50 * (i % 15) + 40, y1: 50 * (i / 15) + 40 };
    for count in [1, 10, 150] {
        let areas: Vec<PixelRect> = (0..count).map(area).collect();
        let whole = passes(&frame, &Policy::default(), None);
        for partial in partial_passes(&frame, &Policy::default(), &areas) {
            let scan = whole.iter().find(|pass| pass.level == partial.level).expect("the level is scanned");
            assert!(partial.cost() <= scan.cost(), "{} areas, {:?}", count, partial.level);
        }
    }
}

#[test]
fn a_partial_detection_in_no_area_runs_no_network() {
    let picture = frame(900, 700, &[(200, 300)]);
    assert_eq!(detector(Untouchable).detect_in(&picture, &full_size(256), &[]), Ok(Vec::new()));
}

#[test]
fn progress_ends_at_one() {
    let mut last = 0.0;
    detector(WhitePixel).detect(&frame(300, 200, &[]), &full_size(128), &mut |share| last = share).expect("no failure");
    assert!(last > 0.999, "{last}");
}

#[test]
fn pictures_of_extreme_shapes_are_scanned() {
    for (width, height) in [(1, 1), (8, 8), (10, 5000), (5000, 10)] {
        assert_eq!(centres(&frame(width, height, &[]), &Policy::default()), []);
    }
}
