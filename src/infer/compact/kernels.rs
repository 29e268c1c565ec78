//! The arithmetic: each function makes one row of a value.
//!
//! The sums of a tile must stay in registers. Where a kernel fetches its weights one row at a time (`let Some(..) =
//! weights.next() else { .. }`) and splits them by a length that is computed and not constant, that is the reason: the
//! branches keep V8 from loading everything a tile needs first and spilling the sums. Without them a picture takes 6 %
//! longer, and a third longer with fused multiply-add.
//!
//! A row is stored in blocks of four channels. A block is a zero pixel, the row's pixels and at least one zero pixel,
//! four channels each. So a tile of four neighbouring pixels is one run of 16 numbers wherever it is read or written,
//! and the edges need no case of their own. A tile may reach past the row's end into zeros; what it makes there is
//! not stored.

use super::model::{Activation, GROUP, OutputFunction, PANEL, PICTURE_CHANNELS, QUARTERS};
use super::simd::{F32x4, LANES};

/// Pixels made at once. Four pixels by eight channels are eight accumulators, which with two registers of weights and
/// one of input fit the 16 vector registers of x86-64.
const TILE: usize = 4;

/// Numbers in one block of a tile.
const RUN: usize = TILE * LANES;

/// Numbers that a 3-wide kernel of stride 1 reads for a tile.
const RUN_3: usize = (TILE + 2) * LANES;

/// Numbers that a 3-wide kernel of stride 2 reads for a tile.
const RUN_3_STRIDE_2: usize = (2 * TILE + 1) * LANES;

/// Widths are rounded up to this many pixels, so that a tile of a value of half the width stays inside.
const WIDTH_STEP: usize = 2 * TILE;

/// Layout of the rows of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowLayout {
    /// Pixels in a row.
    pub(super) width: usize,
    /// Blocks of four channels.
    pub(super) blocks: usize,
}

impl RowLayout {
    /// Numbers in one block.
    fn block(self) -> usize {
        (self.width.next_multiple_of(WIDTH_STEP) + 2) * LANES
    }

    /// Numbers in one row.
    pub(super) fn len(self) -> usize {
        self.block() * self.blocks
    }
}

/// Bytes of the picture, red green blue, less their mean, to one block with the fourth lane empty.
pub(super) fn picture(rgb: &[u8], mean: [f32; PICTURE_CHANNELS], out: &mut [f32]) {
    let pixels = rgb.as_chunks::<PICTURE_CHANNELS>().0;
    let out = out.as_chunks_mut::<LANES>().0;
    for (pixel, out) in pixels.iter().zip(out.iter_mut().skip(1)) {
        let [red, green, blue] = std::array::from_fn(|channel| f32::from(pixel[channel]) - mean[channel]);
        *out = [red, green, blue, 0.0];
    }
}

/// Dense 3 x 3 convolution of the picture, stride 2.
pub(super) fn stem(
    rows: [&[f32]; 3],
    weights: &[[f32; PANEL]],
    activation: Activation,
    out: &mut [f32],
    layout: RowLayout,
) {
    for x in (0..layout.width).step_by(TILE) {
        let runs = rows.map(|row| run::<RUN_3_STRIDE_2>(row, 2 * x));
        let panels = weights.chunks_exact(2 * weights.len() / layout.blocks);
        for (panel, out) in panels.zip(out.chunks_exact_mut(2 * layout.block())) {
            store(stem_tile(runs, panel), activation, out, x, layout);
        }
    }
}

#[inline(always)]
fn stem_tile(runs: [&[f32; RUN_3_STRIDE_2]; 3], panel: &[[f32; PANEL]]) -> Tile {
    let mut tile = start(&panel[0]);
    let mut weights = panel[1..].iter();
    for run in runs {
        for tap in 0..3 * PICTURE_CHANNELS {
            let Some(weights) = weights.next() else { return tile };
            let at = tap / PICTURE_CHANNELS * LANES + tap % PICTURE_CHANNELS;
            accumulate(&mut tile, std::array::from_fn(|pixel| run[at + 2 * LANES * pixel]), weights);
        }
    }
    tile
}

/// Dense 1 x 1 convolution.
pub(super) fn pointwise(
    source: &[f32],
    weights: &[[f32; PANEL]],
    activation: Activation,
    out: &mut [f32],
    layout: RowLayout,
) {
    let channels = source.len() / layout.block() * LANES;
    for x in (0..layout.width).step_by(TILE) {
        let panels = weights.chunks_exact(channels + 1);
        for (panel, out) in panels.zip(out.chunks_exact_mut(2 * layout.block())) {
            store(pointwise_tile(source, panel, x, layout), activation, out, x, layout);
        }
    }
}

#[inline(always)]
fn pointwise_tile(source: &[f32], panel: &[[f32; PANEL]], x: usize, layout: RowLayout) -> Tile {
    let mut tile = start(&panel[0]);
    let mut weights = panel[1..].iter();
    for block in source.chunks_exact(layout.block()) {
        let run = run::<RUN>(block, x + 1);
        for lane in 0..LANES {
            let Some(weights) = weights.next() else { return tile };
            accumulate(&mut tile, std::array::from_fn(|pixel| run[lane + LANES * pixel]), weights);
        }
    }
    tile
}

/// Dense 3 x 3 convolution.
pub(super) fn dense(
    rows: [&[f32]; 3],
    weights: &[[f32; PANEL]],
    activation: Activation,
    out: &mut [f32],
    layout: RowLayout,
) {
    let panels = weights.chunks_exact(PANEL / LANES * weights.len() / layout.blocks);
    for (panel, out) in panels.zip(out.chunks_exact_mut(2 * layout.block())) {
        for x in (0..layout.width).step_by(TILE) {
            store(dense_tile(rows, panel, x, layout), activation, out, x, layout);
        }
    }
}

#[inline(always)]
fn dense_tile(rows: [&[f32]; 3], panel: &[[f32; PANEL]], x: usize, layout: RowLayout) -> Tile {
    let mut tile = start(&panel[0]);
    let mut weights = panel[1..].as_chunks::<{ 3 * LANES }>().0.iter();
    for row in rows {
        for block in row.chunks_exact(layout.block()) {
            let run = run::<RUN_3>(block, x);
            let Some(weights) = weights.next() else { return tile };
            for (at, weights) in weights.iter().enumerate() {
                accumulate(&mut tile, std::array::from_fn(|pixel| run[at + LANES * pixel]), weights);
            }
        }
    }
    tile
}

/// Makes one of the two rows that a transposed convolution, 2 x 2, makes of a row; `weights` are those for all four
/// pixels that it makes of one.
pub(super) fn transposed(
    source: &[f32],
    from: RowLayout,
    weights: &[[f32; PANEL]],
    lower: bool,
    activation: Activation,
    out: &mut [f32],
    layout: RowLayout,
) {
    let channels = from.blocks * LANES;
    let quarters = weights.chunks_exact(weights.len() / QUARTERS).skip(if lower { 2 } else { 0 });
    for (column, weights) in quarters.take(2).enumerate() {
        let panels = weights.chunks_exact(channels + 1);
        for (panel, out) in panels.zip(out.chunks_exact_mut(2 * layout.block())) {
            for x in (0..from.width).step_by(TILE) {
                let tile = pointwise_tile(source, panel, x, from);
                store_apart(tile, activation, out, 2 * x + column, layout);
            }
        }
    }
}

/// Sums of four pixels and eight channels.
type Tile = [[F32x4; 2]; TILE];

#[inline(always)]
fn start(biases: &[f32; PANEL]) -> Tile {
    [halves(biases); TILE]
}

#[inline(always)]
fn accumulate(tile: &mut Tile, pixels: [f32; TILE], weights: &[f32; PANEL]) {
    let [low, high] = halves(weights);
    for (sums, pixel) in tile.iter_mut().zip(pixels) {
        let pixel = F32x4::splat(pixel);
        *sums = [pixel.mul_add(low, sums[0]), pixel.mul_add(high, sums[1])];
    }
}

#[inline(always)]
fn halves(values: &[f32; PANEL]) -> [F32x4; 2] {
    let (halves, _) = values.as_chunks::<LANES>();
    [F32x4::load(&halves[0]), F32x4::load(&halves[1])]
}

/// Stores a tile at pixel `x` of two blocks.
#[inline(always)]
fn store(tile: Tile, activation: Activation, out: &mut [f32], x: usize, layout: RowLayout) {
    let (low, high) = out.split_at_mut(layout.block());
    store_block(tile.map(|sums| sums[0]), activation, low, x, layout.width);
    store_block(tile.map(|sums| sums[1]), activation, high, x, layout.width);
}

/// Stores four pixels at pixel `x` of one block, those past the row's end excepted.
#[inline(always)]
fn store_block(pixels: [F32x4; TILE], activation: Activation, block: &mut [f32], x: usize, width: usize) {
    let pixels = activated(pixels, activation);
    let block = &mut block.as_chunks_mut::<LANES>().0[1..=width];
    match block[x..].first_chunk_mut::<TILE>() {
        Some(out) => pixels.into_iter().zip(out).for_each(|(pixel, out)| pixel.store(out)),
        None => pixels.into_iter().zip(&mut block[x..]).for_each(|(pixel, out)| pixel.store(out)),
    }
}

/// Stores a tile at every second pixel from pixel `x` of two blocks on.
#[inline(always)]
fn store_apart(tile: Tile, activation: Activation, out: &mut [f32], x: usize, layout: RowLayout) {
    let (low, high) = out.split_at_mut(layout.block());
    for (half, block) in [low, high].into_iter().enumerate() {
        let pixels = activated(tile.map(|sums| sums[half]), activation);
        let block = &mut block.as_chunks_mut::<LANES>().0[1..=layout.width];
        pixels.into_iter().zip(block[x..].iter_mut().step_by(2)).for_each(|(pixel, out)| pixel.store(out));
    }
}

#[inline(always)]
fn activated<const N: usize>(pixels: [F32x4; N], activation: Activation) -> [F32x4; N] {
    match activation {
        Activation::None => pixels,
        Activation::Relu => pixels.map(|pixel| pixel.max(F32x4::splat(0.0))),
        Activation::LeakyRelu(slope) => pixels.map(|pixel| pixel.max(pixel.mul(F32x4::splat(slope)))),
    }
}

/// Convolution of each channel for itself, 3 x 3.
pub(super) fn depthwise(
    rows: [&[f32]; 3],
    from: RowLayout,
    stride: usize,
    weights: &[[f32; GROUP]],
    activation: Activation,
    out: &mut [f32],
    layout: RowLayout,
) {
    let groups = weights.chunks_exact(weights.len() / layout.blocks);
    for (index, (group, out)) in groups.zip(out.chunks_exact_mut(layout.block())).enumerate() {
        let rows = rows.map(|row| &row[index * from.block()..][..from.block()]);
        for x in (0..layout.width).step_by(TILE) {
            let tile = match stride {
                1 => depthwise_tile::<1, RUN_3>(rows, x, group),
                _ => depthwise_tile::<2, RUN_3_STRIDE_2>(rows, x, group),
            };
            store_block(tile, activation, out, x, layout.width);
        }
    }
}

#[inline(always)]
fn depthwise_tile<const STRIDE: usize, const READ: usize>(
    rows: [&[f32]; 3],
    x: usize,
    group: &[[f32; GROUP]],
) -> [F32x4; TILE] {
    let mut sums = [F32x4::load(&group[0]); TILE];
    for (row, taps) in rows.into_iter().zip(group[1..].as_chunks::<3>().0) {
        let taps = taps.each_ref().map(F32x4::load);
        let (pixels, _) = run::<READ>(row, STRIDE * x).as_chunks::<LANES>();
        for (pixel, sum) in sums.iter_mut().enumerate() {
            for (column, tap) in taps.iter().enumerate() {
                *sum = F32x4::load(&pixels[STRIDE * pixel + column]).mul_add(*tap, *sum);
            }
        }
    }
    sums
}

/// The largest of 2 x 2, stride 2.
pub(super) fn max_pool(rows: [&[f32]; 2], from: RowLayout, activation: Activation, out: &mut [f32], layout: RowLayout) {
    let [upper, lower] = rows.map(|row| row.chunks_exact(from.block()));
    for ((upper, lower), out) in upper.zip(lower).zip(out.chunks_exact_mut(layout.block())) {
        let [upper, lower] = [upper, lower].map(|block| block[LANES..].as_chunks::<{ 2 * LANES }>().0);
        let out = &mut out.as_chunks_mut::<LANES>().0[1..=layout.width];
        for ((upper, lower), out) in upper.iter().zip(lower).zip(out) {
            let ([a, b], [c, d]) = (halves(upper), halves(lower));
            let [largest] = activated([a.max(b).max(c.max(d))], activation);
            largest.store(out);
        }
    }
}

/// Adds two values.
pub(super) fn add(one: &[f32], other: &[f32], activation: Activation, out: &mut [f32]) {
    let sums = one.iter().zip(other).map(|(one, other)| one + other);
    out.iter_mut().zip(sums).for_each(|(out, sum)| *out = activation.apply(sum));
}

/// Adds a value of half the size, each of its pixels repeated.
pub(super) fn add_upsampled(
    large: &[f32],
    small: &[f32],
    from: RowLayout,
    activation: Activation,
    out: &mut [f32],
    layout: RowLayout,
) {
    let small = small.chunks_exact(from.block());
    let blocks = large.chunks_exact(layout.block()).zip(small).zip(out.chunks_exact_mut(layout.block()));
    for ((large, small), out) in blocks {
        let small = &small.as_chunks::<LANES>().0[1..=from.width];
        let large = large[LANES..].as_chunks::<{ 2 * LANES }>().0;
        let out = out[LANES..].as_chunks_mut::<{ 2 * LANES }>().0;
        for ((large, small), out) in large.iter().zip(small).zip(out) {
            let small = F32x4::load(small);
            let sums = activated(halves(large).map(|large| large.add(small)), activation);
            sums.into_iter().zip(out.as_chunks_mut().0).for_each(|(sum, out)| sum.store(out));
        }
    }
}

/// Puts the channels of two values one after the other.
pub(super) fn concat(one: &[f32], other: &[f32], activation: Activation, out: &mut [f32]) {
    out.iter_mut().zip(one.iter().chain(other)).for_each(|(out, number)| *out = activation.apply(*number));
}

/// Copies some channels, pixel after pixel.
pub(super) fn gather_pixels(row: &[f32], layout: RowLayout, first: usize, channels: usize, out: &mut [f32]) {
    for (index, channel) in (first..first + channels).enumerate() {
        out.iter_mut().skip(index).step_by(channels).zip(numbers(row, layout, channel)).for_each(|(out, x)| *out = x);
    }
}

/// Copies one channel.
pub(super) fn gather_channel(row: &[f32], layout: RowLayout, channel: usize, out: &mut [f32]) {
    out.iter_mut().zip(numbers(row, layout, channel)).for_each(|(out, x)| *out = x);
}

/// The numbers of one channel, pixel by pixel.
fn numbers(row: &[f32], layout: RowLayout, channel: usize) -> impl Iterator<Item = f32> {
    let block = &row[channel / LANES * layout.block()..][..layout.block()];
    block.as_chunks::<LANES>().0[1..=layout.width].iter().map(move |pixel| pixel[channel % LANES])
}

/// Applies the function of an output to whole rows of it.
pub(super) fn finish(function: OutputFunction, values: &mut [f32], row: usize) {
    match function {
        OutputFunction::None => {}
        OutputFunction::Sigmoid => values.iter_mut().for_each(|value| *value = 1.0 / (1.0 + (-*value).exp())),
        OutputFunction::Softmax => values.chunks_exact_mut(row).for_each(softmax),
    }
}

fn softmax(row: &mut [f32]) {
    // Less the largest, so that no power overflows; the shares stay the same.
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|value| *value = (*value - largest).exp());
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|value| *value /= sum);
}

/// `N` numbers of a block from pixel `x` (counted with the zero pixel) on.
#[inline(always)]
fn run<const N: usize>(block: &[f32], x: usize) -> &[f32; N] {
    block[x * LANES..].first_chunk().expect("rows are rounded up to whole tiles")
}
