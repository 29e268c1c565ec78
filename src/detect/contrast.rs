//! Faint tiles: where the contrast is so low that the networks see nothing, it is stretched before the scan.
//!
//! Dark, foggy and nearly flat pictures show a face to anybody who turns up the contrast. YuNet loses the face of the test
//! portrait at about a tenth of its contrast, 25 levels, and finds it at 2 levels once they are stretched.

use super::colour;
use super::policy::Policy;
use super::shown::{BLOCK, FEWEST_BLOCKS, SMALLEST_PART, Shown};
use crate::error::Result;
use crate::photo::resize_rgb;

/// Rows and columns of which one pixel is counted: whether a tile is faint does not hang on single pixels.
const SAMPLED: (usize, usize) = (4, 2);

/// Share of the pixels at either end that a range leaves out: a lamp or a date stamp does not hide that the rest is dark.
const LEFT_OUT: f32 = 0.005;

/// Levels that a block spans at least if there is something in it, and not only the noise of a sky or a wall.
const STRUCTURE: u8 = 3;

/// One block in so many is tried as the middle of a part.
const SEEDS: usize = 3;

/// Most faint parts of a tile that are scanned: of a dark room with a window, the room and what is seen through the window.
const MOST_PARTS: usize = 2;

/// How many times smaller a tile is made and enlarged again, so that a pattern over a face becomes one shade: stripes of 12
/// pixels at a face that fills a picture of 720.
const COARSER: [u32; 2] = [4, 8];

/// How closely a tile is scanned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Care {
    /// Parts of it may be faint.
    pub(super) in_parts: bool,
    /// It is also scanned without its details.
    pub(super) coarsely: bool,
}

/// A tile as a network is to see it.
#[derive(Debug, PartialEq)]
pub(super) struct Appearance {
    /// Its pixels, row by row.
    pub(super) rgb: Vec<u8>,
    /// Only a part of it was stretched. All else may be black and white, where networks often see a face that is none.
    pub(super) in_part: bool,
    /// Its details were taken away. Much looks like a face then, so only high scores count.
    pub(super) is_coarse: bool,
}

impl Appearance {
    /// The lowest score that counts in it.
    pub(super) fn lowest_score(&self, policy: &Policy) -> f32 {
        if self.is_coarse { policy.coarse_score } else { policy.lowest_score }
    }

    /// A box `[x, y, width, height]` in pixels of the tile lies in what was stretched: half of its pixels at least are neither
    /// black nor white.
    pub(super) fn shows(&self, [x, y, w, h]: [f32; 4], width: usize) -> bool {
        if !self.in_part {
            return true;
        }
        let (left, right) = (x.max(0.0) as usize, ((x + w).max(0.0) as usize).min(width));
        let rows = self.rgb.chunks_exact(3 * width.max(1)).take((y + h).max(0.0) as usize).skip(y.max(0.0) as usize);
        let pixels = rows.flat_map(|row| row.as_chunks::<3>().0.get(left..right).unwrap_or_default());
        let (mut clipped, mut all) = (0, 0);
        for pixel in pixels {
            all += 1;
            clipped += usize::from(pixel.iter().all(|value| matches!(value, 0 | 255)));
        }
        2 * clipped <= all
    }
}

/// What the networks are to see of a tile: the tile itself unless it is faint throughout, and every copy that may show more:
/// stretched, in another grey than luma, or without details. None if all of it has one colour.
///
/// # Errors
/// Only by a defect of the program.
pub(super) fn appearances(rgb: Vec<u8>, shown: Shown, care: Care, policy: &Policy) -> Result<Vec<Appearance>> {
    let whole = Range::of(shown.pixels(&rgb).flatten(), policy.faint_span);
    if whole.span() == 0 {
        return Ok(Vec::new());
    }
    let most = Range::of_most(&rgb, shown);
    let most_is_faint = (1..=policy.faint_span).contains(&most.span());
    let (mut ranges, mut in_part) = (Vec::new(), false);
    if whole.span() <= policy.faint_span {
        ranges.push(whole);
        if most_is_faint && most.span() <= whole.span() / 2 {
            ranges.push(most);
        }
    } else if most_is_faint {
        (ranges, in_part) = (vec![most], true);
    } else if care.in_parts {
        (ranges, in_part) = (faint_parts(&rgb, shown, policy.faint_span), true);
    }
    let stretched = |range: &Range| Appearance { rgb: range.stretched(&rgb, shown), in_part, is_coarse: false };
    let mut appearances: Vec<Appearance> = ranges.iter().map(stretched).collect();
    if let Some(weights) = care.in_parts.then(|| colour::most_distinct(&rgb, shown)).flatten() {
        // Which of its ends is light is not known if their luma is the same.
        for weights in [weights, weights.map(|weight| -weight)] {
            let grey = colour::in_grey(rgb.clone(), shown, weights);
            let rgb = Range::of_most(&grey, shown).stretched(&grey, shown);
            appearances.push(Appearance { rgb, in_part: true, is_coarse: false });
        }
    }
    if care.coarsely {
        for times in COARSER {
            let rgb = coarse(&rgb, shown, times)?;
            if appearances.iter().all(|seen| seen.rgb != rgb) {
                appearances.push(Appearance { rgb, in_part: false, is_coarse: true });
            }
        }
    }
    if whole.span() > policy.faint_span {
        appearances.insert(0, Appearance { rgb, in_part: false, is_coarse: false });
    }
    Ok(appearances)
}

/// The tile without its details: made smaller so many times, and enlarged again.
fn coarse(rgb: &[u8], shown: Shown, times: u32) -> Result<Vec<u8>> {
    let mut out = rgb.to_vec();
    let (stride, length) = (3 * shown.width.max(1), 3 * shown.columns);
    let own: Vec<u8> = rgb.chunks_exact(stride).take(shown.rows).flat_map(|row| &row[..length]).copied().collect();
    let (width, height) = (shown.columns as u32, shown.rows as u32);
    let [to_width, to_height] = [width, height].map(|side| (side / times).max(1));
    let small = resize_rgb(&own, width, height, to_width, to_height)?;
    let large = resize_rgb(&small, to_width, to_height, width, height)?;
    let rows = out.chunks_exact_mut(stride).zip(large.chunks_exact(length.max(1)));
    rows.for_each(|(row, large)| row[..length].copy_from_slice(large));
    Ok(out)
}

/// The range of each colour channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    low: [u8; 3],
    high: [u8; 3],
}

impl Range {
    const EMPTY: Self = Self { low: [u8::MAX; 3], high: [0; 3] };

    /// Of all these pixels; no more of them are read once it spans more than `enough`.
    fn of<'a>(pixels: impl Iterator<Item = &'a [u8; 3]>, enough: u8) -> Self {
        let mut range = Self::EMPTY;
        for pixel in pixels {
            range.add(*pixel);
            if range.span() > enough {
                break;
            }
        }
        range
    }

    /// Of all but the brightest and darkest pixels.
    fn of_most(rgb: &[u8], shown: Shown) -> Self {
        let mut counts = [[0u32; 256]; 3];
        for row in shown.pixels(rgb).step_by(SAMPLED.0) {
            for pixel in row.step_by(SAMPLED.1) {
                (0..3).for_each(|channel| counts[channel][usize::from(pixel[channel])] += 1);
            }
        }
        Self::of_counts(&counts)
    }

    fn of_counts(counts: &[[u32; 256]; 3]) -> Self {
        let total: u32 = counts[0].iter().sum();
        let left_out = (LEFT_OUT * total as f32) as u32;
        // How many levels of one end fewer pixels have than are left out.
        let passed = |counts: &mut dyn Iterator<Item = &u32>| {
            let sums = counts.scan(0, |sum, count| {
                *sum += count;
                Some(*sum)
            });
            sums.take_while(|sum| *sum <= left_out).count().min(255) as u8
        };
        Self {
            low: std::array::from_fn(|i| passed(&mut counts[i].iter())),
            high: std::array::from_fn(|i| 255 - passed(&mut counts[i].iter().rev())),
        }
    }

    fn add(&mut self, pixel: [u8; 3]) {
        self.low = std::array::from_fn(|i| self.low[i].min(pixel[i]));
        self.high = std::array::from_fn(|i| self.high[i].max(pixel[i]));
    }

    /// Levels from the lowest to the highest, of the channel with most.
    fn span(&self) -> u8 {
        (0..3).map(|i| self.high[i].saturating_sub(self.low[i])).max().unwrap_or(0)
    }

    /// Both ranges.
    fn with(&self, other: &Self) -> Self {
        Self {
            low: std::array::from_fn(|i| self.low[i].min(other.low[i])),
            high: std::array::from_fn(|i| self.high[i].max(other.high[i])),
        }
    }

    /// The middles of all channels are at most so many levels apart.
    fn is_near(&self, other: &Self, levels: f32) -> bool {
        self.middle().iter().zip(other.middle()).all(|(own, other)| (own - other).abs() <= levels)
    }

    /// The middle of each channel.
    fn middle(&self) -> [f32; 3] {
        std::array::from_fn(|i| (f32::from(self.low[i]) + f32::from(self.high[i])) / 2.0)
    }

    /// A tile whose contrast is stretched until this range is the full one: about each channel's middle, so that a tint does
    /// not count, and by the same factor, so that colours stay apart as they are. What lies past the picture's edge stays black.
    fn stretched(&self, rgb: &[u8], shown: Shown) -> Vec<u8> {
        let factor = 255.0 / f32::from(self.span().max(1));
        let middle = self.middle();
        let table = |i: usize| -> [u8; 256] {
            std::array::from_fn(|level| (127.5 + (level as f32 - middle[i]) * factor).round() as u8)
        };
        let tables: [[u8; 256]; 3] = std::array::from_fn(table);
        let mut out = rgb.to_vec();
        for row in out.chunks_exact_mut(3 * shown.width.max(1)).take(shown.rows) {
            let pixels = row.as_chunks_mut::<3>().0[..shown.columns].iter_mut();
            for pixel in pixels.filter(|pixel| shown.counts(pixel)) {
                *pixel = std::array::from_fn(|i| tables[i][usize::from(pixel[i])]);
            }
        }
        out
    }
}

/// The ranges of the largest parts of a tile in which there is something, and every block is faint and near one colour.
fn faint_parts(rgb: &[u8], shown: Shown, faint_span: u8) -> Vec<Range> {
    let mut blocks = blocks(rgb, shown);
    let fewest = (blocks.len() / SMALLEST_PART).max(FEWEST_BLOCKS);
    // A part is faint throughout if its blocks span half of what is faint and lie half of it apart.
    blocks.retain(|block| (STRUCTURE..=faint_span / 2).contains(&block.span()));
    let near = f32::from(faint_span) / 4.0;
    let mut parts = Vec::new();
    while parts.len() < MOST_PARTS {
        let around = |seed: &Range| blocks.iter().filter(|block| block.is_near(seed, near)).count();
        let fullest = blocks.iter().step_by(SEEDS).map(|seed| (around(seed), *seed)).max_by_key(|(count, _)| *count);
        let Some((_, seed)) = fullest.filter(|(count, _)| *count >= fewest) else { break };
        let of_part = blocks.extract_if(.., |block| block.is_near(&seed, near));
        parts.push(of_part.fold(Range::EMPTY, |part, block| part.with(&block)));
    }
    parts
}

/// The range of every block of the tile that lies in the picture.
fn blocks(rgb: &[u8], shown: Shown) -> Vec<Range> {
    let across = shown.columns / BLOCK;
    let mut blocks = vec![Range::EMPTY; across * (shown.rows / BLOCK)];
    for (y, row) in rgb.chunks_exact(3 * shown.width.max(1)).take(shown.rows / BLOCK * BLOCK).enumerate() {
        let pieces = row.as_chunks::<3>().0[..across * BLOCK].chunks_exact(BLOCK);
        for (block, piece) in blocks[y / BLOCK * across..].iter_mut().zip(pieces) {
            piece.iter().for_each(|pixel| block.add(*pixel));
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 256;
    const SHOWN: Shown = Shown { width: SIDE, columns: SIDE, rows: SIDE, tilted: false };

    const CARE: Care = Care { in_parts: true, coarsely: false };

    /// A tile with noise of so many levels above one.
    fn noise(from: u8, levels: u32) -> Vec<u8> {
        let value = |i: u32| from + ((i.wrapping_mul(0x9e37_79b9) >> 16) % levels) as u8;
        (0..(SIDE * SIDE) as u32).flat_map(|i| [value(i); 3]).collect()
    }

    fn seen(rgb: &[u8]) -> Vec<Vec<u8>> {
        let seen = appearances(rgb.to_vec(), SHOWN, CARE, &Policy::default()).expect("resized");
        seen.into_iter().map(|seen| seen.rgb).collect()
    }

    fn range(rgb: &[u8]) -> Range {
        Range::of(rgb.as_chunks().0.iter(), u8::MAX)
    }

    const FULL: Range = Range { low: [0; 3], high: [255; 3] };

    #[test]
    fn a_tile_of_usual_contrast_is_seen_as_it_is() {
        assert_eq!(seen(&noise(0, 200)), [noise(0, 200)]);
    }

    #[test]
    fn a_tile_of_one_colour_is_not_seen() {
        assert_eq!(seen(&noise(7, 1)), [] as [Vec<u8>; 0]);
    }

    #[test]
    fn a_faint_tile_is_stretched_whatever_its_tint() {
        for levels in [2, 8, 20] {
            let mut tile = noise(30, levels);
            tile.chunks_exact_mut(3).for_each(|pixel| pixel[2] += 90);
            let seen = seen(&tile);
            assert_eq!(seen.iter().map(|tile| range(tile)).collect::<Vec<_>>(), [FULL], "{levels}");
        }
    }

    #[test]
    fn a_lamp_a_frame_and_a_bright_half_do_not_hide_what_is_dark() {
        let lit = |is_lit: fn(usize, usize) -> bool| {
            let mut tile = noise(0, 8);
            let pixels = tile.chunks_exact_mut(3).enumerate();
            pixels.filter(|(i, _)| is_lit(i % SIDE, i / SIDE)).for_each(|(_, pixel)| pixel.fill(250));
            tile
        };
        for is_lit in [|x, y| x < 9 && y < 9, |x, y| x < 30 || y < 30, |x, _| x < SIDE / 2] {
            let tile = lit(is_lit);
            let seen = seen(&tile);
            assert_eq!((seen.len(), &seen[0]), (2, &tile));
            // Its last pixels are dark ones.
            assert_eq!(range(&seen[1][3 * (SIDE * SIDE - SIDE / 4)..]), FULL);
        }
    }

    #[test]
    fn what_lies_past_the_edge_stays_black() {
        let shown = Shown { columns: 200, rows: 100, ..SHOWN };
        let seen = appearances(noise(100, 8), shown, CARE, &Policy::default()).expect("resized");
        assert_eq!(seen[0].rgb[3 * SIDE * 100..], noise(100, 8)[3 * SIDE * 100..]);
        assert_eq!(seen[0].rgb[3 * 200], noise(100, 8)[3 * 200]);
    }
}
