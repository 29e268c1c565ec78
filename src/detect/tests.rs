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

fn frame(width: u32, height: u32, white: &[(u32, u32)]) -> Frame {
    let mut rgb = vec![40; 3 * (width * height) as usize];
    for (x, y) in white {
        rgb[3 * (y * width + x) as usize..][..3].fill(255);
    }
    Frame { width, height, rgb, alpha: None }
}

/// Looks at full size only, so that the white pixel is not averaged away.
fn full_size(tile_side: u32) -> Policy {
    Policy { max_enlargement: 1.0, tile_side, ..Policy::default() }
}

fn centres(frame: &Frame, policy: &Policy) -> Vec<(f32, f32)> {
    let mut detector = Detector::with_network(Box::new(WhitePixel));
    let found = detector.detect(frame, policy, &mut |_| ()).expect("the network does not fail");
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
fn a_face_in_a_turned_pass_is_found_at_its_place_in_the_picture() {
    for turns in 1..=3u8 {
        let pass = Pass {
            turns,
            level: Level { width: 60, height: 40 },
            tiling: Tiling { width: 64, height: 64, tiles: vec![Tile { x: 0, y: 0 }] },
        };
        let frame = frame(60, 40, &[(50, 7)]);
        let mut image = Image::of(&frame);
        image.show(&frame, &pass).expect("resizing to the same size");
        let white = image.rgb.chunks_exact(3).position(|p| p == [255; 3]).expect("the pixel");
        let (x, y) = ((white % image.width) as f32, (white / image.width) as f32);
        let found = Detection::new([x, y, 1.0, 1.0], 1.0, [[x, y]; 5]);
        assert_eq!(pass.to_picture(&found, &frame).bbox, [50.0, 7.0, 1.0, 1.0], "{turns} turns");
    }
}

#[test]
fn what_lies_in_the_black_past_the_edge_is_no_face() {
    let frame = frame(33, 33, &[]);
    let image = Image::of(&frame);
    let find = Detection::new([40.0, 40.0, 10.0, 10.0], 0.9, [[0.0; 2]; 5]);
    assert!(!image.shows(&find, [0.0, 0.0]));
}

#[test]
fn progress_ends_at_one() {
    let mut last = 0.0;
    let mut detector = Detector::with_network(Box::new(WhitePixel));
    detector.detect(&frame(300, 200, &[]), &full_size(128), &mut |share| last = share).expect("no failure");
    assert!(last > 0.999, "{last}");
}

#[test]
fn pictures_of_extreme_shapes_are_looked_at() {
    for (width, height) in [(1, 1), (8, 8), (10, 5000), (5000, 10)] {
        assert_eq!(centres(&frame(width, height, &[]), &Policy::default()), []);
    }
}
