//! Tiles in which colours show more than light and shade: the networks know faces by light and shade, people also by colour.

use super::shown::{BLOCK, FEWEST_BLOCKS, SMALLEST_PART, Shown};

/// Weights of red, green and blue: of luma (ITU-R BT.601), or of any other grey that can be made of them.
pub(super) type Weights = [f32; 3];

const LUMA: Weights = [0.299, 0.587, 0.114];

/// Pixels between two that are compared: further apart than the noise of single pixels.
const APART: usize = 2;

/// How many times as much structure (mean square of differences) as luma another grey has to show. The differences of colour
/// in a photo show more than this in 5 tiles of 75 crowd photos, and in 4 of 76 pictures without a person.
const MORE: f32 = 4.0;

/// Differences in levels, as a root mean square, from which on there is anything.
const LEAST: f32 = 4.0;

/// For each pair of channels, the sum of the products of their differences.
type Structure = [[f32; 3]; 3];

/// The grey that shows most, if it shows much more than luma does in a part of the tile at least; brighter where luma is. `None`
/// of nearly all photos.
pub(super) fn most_distinct(rgb: &[u8], shown: Shown) -> Option<Weights> {
    let blocks = blocks(rgb, shown);
    let fewest = (blocks.len() / SMALLEST_PART).max(FEWEST_BLOCKS);
    let compared = 2 * (BLOCK / APART).pow(2);
    let is_distinct = |block: &&Structure| {
        let most = energy(block, main_axis(block));
        most > MORE * energy(block, LUMA) && most > LEAST * LEAST * compared as f32
    };
    let (mut all, mut count) = (Structure::default(), 0);
    for block in blocks.iter().filter(is_distinct) {
        all.as_flattened_mut().iter_mut().zip(block.as_flattened()).for_each(|(sum, value)| *sum += value);
        count += 1;
    }
    let weights = main_axis(&all);
    let is_inverted = weights.iter().zip(LUMA).map(|(a, b)| a * b).sum::<f32>() < 0.0;
    (count >= fewest).then(|| if is_inverted { weights.map(|weight| -weight) } else { weights })
}

/// The tile in this grey; what lies past the picture's edge stays as it is.
pub(super) fn in_grey(mut rgb: Vec<u8>, shown: Shown, weights: Weights) -> Vec<u8> {
    let darkest = 255.0 * weights.iter().map(|weight| weight.min(0.0)).sum::<f32>();
    for row in rgb.chunks_exact_mut(3 * shown.width.max(1)).take(shown.rows) {
        for pixel in row.as_chunks_mut::<3>().0[..shown.columns].iter_mut().filter(|pixel| shown.counts(pixel)) {
            let grey: f32 = pixel.iter().zip(weights).map(|(value, weight)| weight * f32::from(*value)).sum();
            // Black is what lies beside a tilted picture.
            *pixel = [(grey - darkest).round().max(1.0) as u8; 3];
        }
    }
    rgb
}

/// The structure of every block of the tile that lies in the picture.
fn blocks(rgb: &[u8], shown: Shown) -> Vec<Structure> {
    let (across, down) = (shown.columns / BLOCK, shown.rows / BLOCK);
    let mut blocks = vec![Structure::default(); across * down];
    let pixel = |x: usize, y: usize| &rgb[3 * (y * shown.width + x)..][..3];
    for y in (0..down * BLOCK).step_by(APART) {
        for x in (0..across * BLOCK).step_by(APART) {
            let others = [(x + APART, y), (x, y + APART)];
            for (x2, y2) in others.into_iter().filter(|&(x, y)| x < shown.columns && y < shown.rows) {
                add(&mut blocks[y / BLOCK * across + x / BLOCK], pixel(x, y), pixel(x2, y2));
            }
        }
    }
    blocks
}

fn add(structure: &mut Structure, one: &[u8], other: &[u8]) {
    let difference: [f32; 3] = std::array::from_fn(|i| f32::from(other[i]) - f32::from(one[i]));
    for (row, a) in structure.iter_mut().zip(difference) {
        row.iter_mut().zip(difference).for_each(|(sum, b)| *sum += a * b);
    }
}

/// What of the structure a grey shows.
fn energy(structure: &Structure, weights: Weights) -> f32 {
    let along = apply(structure, weights);
    along.iter().zip(weights).map(|(a, b)| a * b).sum()
}

fn apply(structure: &Structure, weights: Weights) -> Weights {
    structure.map(|row| row.iter().zip(weights).map(|(a, b)| a * b).sum())
}

/// The weights along which there is most, by power iteration; their sizes add up to 1, so that the grey has as many levels as luma.
fn main_axis(structure: &Structure) -> Weights {
    let fullest = (0..3).max_by(|&a, &b| structure[a][a].total_cmp(&structure[b][b])).unwrap_or(0);
    (0..6).fold(structure[fullest], |axis, _| {
        let next = apply(structure, axis);
        let size = next.iter().map(|weight| weight.abs()).sum::<f32>().max(f32::MIN_POSITIVE);
        next.map(|weight| weight / size)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 64;
    const SHOWN: Shown = Shown { width: SIDE, columns: SIDE, rows: SIDE, tilted: false };

    fn tile(colour: impl Fn(u8) -> [u8; 3]) -> Vec<u8> {
        (0..SIDE * SIDE).flat_map(|i| colour(((i / SIDE) * 37 % 200 + (i % SIDE) * 11 % 50) as u8)).collect()
    }

    #[test]
    fn where_light_and_shade_show_as_much_there_is_no_other_grey() {
        assert_eq!(most_distinct(&tile(|v| [v; 3]), SHOWN), None);
        assert_eq!(most_distinct(&tile(|v| [v, v / 2 + 60, v / 2 + 20]), SHOWN), None);
        assert_eq!(most_distinct(&tile(|_| [90, 0, 200]), SHOWN), None);
    }

    #[test]
    fn what_is_shown_by_colours_only_is_recognised_and_made_grey() {
        let tile = tile(|v| [255 - v, v, 255 - v]);
        let weights = most_distinct(&tile, SHOWN).expect("more than luma shows");
        assert!(weights[0] < -0.3 && weights[1] > 0.3 && weights[2] < -0.3, "{weights:?}");
        let grey = in_grey(tile.clone(), SHOWN, weights);
        assert!(
            grey.chunks_exact(3).zip(tile.chunks_exact(3)).all(|(grey, pixel)| grey[0].abs_diff(pixel[1].max(1)) < 3)
        );
    }
}
