//! The arithmetic: each function makes one row of a value.
//!
//! The sums of a tile must stay in registers. Where a kernel fetches its weights one row at a time (`let Some(..) =
//! next(..) else { .. }`) and splits them by a length that is computed and not constant, that is the reason: the branches
//! keep V8 from loading everything a tile needs first and spilling the sums. Without them a picture takes 6 % longer, and
//! a third longer with fused multiply-add. Loops over lanes are cut into halves because the compiler leaves longer ones
//! rolled up, and indexes are constants after unrolling because an array indexed by anything else lies in memory.
//!
//! A row is stored in blocks of eight channels. A block is a zero pixel, the row's pixels and at least one zero pixel,
//! eight channels each. So the edges need no case of their own. A tile may reach past the row's end into zeros; what it
//! makes there is not stored.

use std::slice::Iter;

use super::PANEL;
use super::model::{Activation, OutputFunction, PICTURE_CHANNELS, QUARTERS};
use super::simd::{LANES, Vector};

/// Pixels made at once. With registers of 128 bits, four pixels by eight channels are eight accumulators, which with two
/// registers of weights and one of input fit the 16 vector registers of x86-64; with registers of 256 bits, four pixels
/// by sixteen channels are.
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
    /// Blocks of eight channels.
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

/// The row to make.
pub(super) struct Target<'a> {
    pub(super) row: &'a mut [f32],
    pub(super) layout: RowLayout,
    pub(super) activation: Activation,
}

/// Bytes of the picture, red green blue, less their mean, to one block with the other lanes empty.
pub(super) fn picture(rgb: &[u8], mean: [f32; PICTURE_CHANNELS], out: &mut [f32]) {
    let pixels = rgb.as_chunks::<PICTURE_CHANNELS>().0;
    let out = out.as_chunks_mut::<LANES>().0;
    for (pixel, out) in pixels.iter().zip(out.iter_mut().skip(1)) {
        for (channel, out) in out.iter_mut().take(PICTURE_CHANNELS).enumerate() {
            *out = f32::from(pixel[channel]) - mean[channel];
        }
    }
}

/// Dense 3 x 3 convolution of the picture, stride 2.
#[inline(always)]
pub(super) fn stem<V: Vector>(rows: [&[f32]; 3], weights: &[[f32; PANEL]], target: Target<'_>) {
    convolve::<V>(weights, target, Stem { rows });
}

/// Dense 1 x 1 convolution.
#[inline(always)]
pub(super) fn pointwise<V: Vector>(source: &[f32], weights: &[[f32; PANEL]], target: Target<'_>) {
    let block = target.layout.block();
    convolve::<V>(weights, target, Pointwise { source, block });
}

/// Dense 3 x 3 convolution.
#[inline(always)]
pub(super) fn dense<V: Vector>(rows: [&[f32]; 3], weights: &[[f32; PANEL]], target: Target<'_>) {
    let block = target.layout.block();
    convolve::<V>(weights, target, Dense { rows, block });
}

/// What a dense kernel sums for a tile.
trait Window {
    /// The sums for the tile at pixel `x`, given the panels of weights.
    fn tile<V: Vector, const PANELS: usize>(&self, x: usize, panels: [&[[f32; PANEL]]; PANELS]) -> Tile<V, PANELS>;
}

/// Makes a row of a dense kernel, two panels at a time where the registers suffice.
#[inline(always)]
fn convolve<V: Vector>(weights: &[[f32; PANEL]], target: Target<'_>, window: impl Window) {
    let RowLayout { width, blocks } = target.layout;
    let (panel, block) = (weights.len() / blocks, target.layout.block());
    let paired = if V::IS_ONE_REGISTER { blocks / 2 * 2 } else { 0 };
    let (pairs, panels) = weights.split_at(paired * panel);
    let (pairs_out, out) = target.row.split_at_mut(paired * block);
    for (pair, out) in pairs.chunks_exact(2 * panel).zip(pairs_out.chunks_exact_mut(2 * block)) {
        let (first, second) = pair.split_at(panel);
        let (low, high) = out.split_at_mut(block);
        for x in (0..width).step_by(TILE) {
            let tile = window.tile::<V, 2>(x, [first, second]);
            store(&tile, 0, target.activation, low, x, width);
            store(&tile, 1, target.activation, high, x, width);
        }
    }
    for x in (0..width).step_by(TILE) {
        for (panel, out) in panels.chunks_exact(panel).zip(out.chunks_exact_mut(block)) {
            let tile = window.tile::<V, 1>(x, [panel]);
            store(&tile, 0, target.activation, out, x, width);
        }
    }
}

struct Stem<'a> {
    rows: [&'a [f32]; 3],
}

impl Window for Stem<'_> {
    #[inline(always)]
    fn tile<V: Vector, const PANELS: usize>(&self, x: usize, panels: [&[[f32; PANEL]]; PANELS]) -> Tile<V, PANELS> {
        let mut tile = start(panels);
        let mut weights = panels.map(|panel| panel[1..].iter());
        for row in self.rows {
            let run = run::<RUN_3_STRIDE_2>(row, 2 * x);
            for tap in 0..3 * PICTURE_CHANNELS {
                let Some(weights) = next(&mut weights) else { return tile };
                let at = tap / PICTURE_CHANNELS * LANES + tap % PICTURE_CHANNELS;
                accumulate(&mut tile, std::array::from_fn(|pixel| run[at + 2 * LANES * pixel]), weights);
            }
        }
        tile
    }
}

struct Pointwise<'a> {
    source: &'a [f32],
    block: usize,
}

impl Window for Pointwise<'_> {
    #[inline(always)]
    fn tile<V: Vector, const PANELS: usize>(&self, x: usize, panels: [&[[f32; PANEL]]; PANELS]) -> Tile<V, PANELS> {
        let mut tile = start(panels);
        let mut weights = panels.map(|panel| panel[1..].iter());
        for block in self.source.chunks_exact(self.block) {
            let run = run::<RUN>(block, x + 1);
            for half in 0..2 {
                for lane in 0..LANES / 2 {
                    let Some(weights) = next(&mut weights) else { return tile };
                    let at = half * LANES / 2 + lane;
                    accumulate(&mut tile, std::array::from_fn(|pixel| run[at + LANES * pixel]), weights);
                }
            }
        }
        tile
    }
}

struct Dense<'a> {
    rows: [&'a [f32]; 3],
    block: usize,
}

impl Window for Dense<'_> {
    #[inline(always)]
    fn tile<V: Vector, const PANELS: usize>(&self, x: usize, panels: [&[[f32; PANEL]]; PANELS]) -> Tile<V, PANELS> {
        let mut tile = start(panels);
        let mut weights = panels.map(|panel| panel[1..].iter());
        for row in self.rows {
            for block in row.chunks_exact(self.block) {
                let run = run::<RUN_3>(block, x);
                for half in 0..6 {
                    for lane in 0..LANES / 2 {
                        let Some(weights) = next(&mut weights) else { return tile };
                        let at = half * LANES / 2 + lane;
                        accumulate(&mut tile, std::array::from_fn(|pixel| run[at + LANES * pixel]), weights);
                    }
                }
            }
        }
        tile
    }
}

/// Sums of four pixels and some panels.
type Tile<V, const PANELS: usize> = [[V; PANELS]; TILE];

#[inline(always)]
fn start<V: Vector, const PANELS: usize>(panels: [&[[f32; PANEL]]; PANELS]) -> Tile<V, PANELS> {
    [panels.map(|panel| V::load(&panel[0])); TILE]
}

/// The next row of weights of each panel.
#[inline(always)]
fn next<'a, const PANELS: usize>(weights: &mut [Iter<'a, [f32; PANEL]>; PANELS]) -> Option<[&'a [f32; PANEL]; PANELS]> {
    let mut rows = [&[0.0; PANEL]; PANELS];
    for (row, weights) in rows.iter_mut().zip(weights) {
        *row = weights.next()?;
    }
    Some(rows)
}

#[inline(always)]
fn accumulate<V: Vector, const PANELS: usize>(
    tile: &mut Tile<V, PANELS>,
    pixels: [f32; TILE],
    weights: [&[f32; PANEL]; PANELS],
) {
    let weights = weights.map(V::load);
    for (sums, pixel) in tile.iter_mut().zip(pixels) {
        let pixel = V::splat(pixel);
        for (sum, weights) in sums.iter_mut().zip(weights) {
            *sum = pixel.mul_add(weights, *sum);
        }
    }
}

/// Makes one of the two rows that a transposed convolution, 2 x 2, makes of a row; `weights` are those for all four
/// pixels that it makes of one.
#[inline(always)]
pub(super) fn transposed<V: Vector>(
    source: &[f32],
    from: RowLayout,
    weights: &[[f32; PANEL]],
    lower: bool,
    target: Target<'_>,
) {
    let window = Pointwise { source, block: from.block() };
    let quarters = weights.chunks_exact(weights.len() / QUARTERS).skip(if lower { 2 } else { 0 });
    for (column, weights) in quarters.take(2).enumerate() {
        let panels = weights.chunks_exact(from.blocks * LANES + 1);
        for (panel, out) in panels.zip(target.row.chunks_exact_mut(target.layout.block())) {
            let pixels = &mut out.as_chunks_mut::<LANES>().0[1..=target.layout.width];
            for x in (0..from.width).step_by(TILE) {
                let tile = window.tile::<V, 1>(x, [panel]);
                for (index, [sum]) in tile.into_iter().enumerate() {
                    if let Some(pixel) = pixels.get_mut(2 * (x + index) + column) {
                        activated(sum, target.activation).store(pixel);
                    }
                }
            }
        }
    }
}

/// Stores what a tile has of one panel at pixel `x` of a block, pixels past the row's end excepted.
#[inline(always)]
fn store<V: Vector, const PANELS: usize>(
    tile: &Tile<V, PANELS>,
    panel: usize,
    activation: Activation,
    block: &mut [f32],
    x: usize,
    width: usize,
) {
    let [a, b, c, d] = tile;
    let mut sums = [a[panel], b[panel], c[panel], d[panel]];
    activate(&mut sums, activation);
    let pixels = &mut block.as_chunks_mut::<LANES>().0[1..=width][x..];
    match pixels.first_chunk_mut::<TILE>() {
        Some(pixels) => sums.into_iter().zip(pixels).for_each(|(sum, pixel)| sum.store(pixel)),
        None => sums.into_iter().zip(pixels).for_each(|(sum, pixel)| sum.store(pixel)),
    }
}

#[inline(always)]
fn activate<V: Vector, const N: usize>(pixels: &mut [V; N], activation: Activation) {
    match activation {
        Activation::None => {}
        Activation::Relu => pixels.iter_mut().for_each(|pixel| *pixel = pixel.max(V::splat(0.0))),
        Activation::LeakyRelu(slope) => {
            pixels.iter_mut().for_each(|pixel| *pixel = pixel.max(pixel.mul(V::splat(slope))));
        }
    }
}

#[inline(always)]
fn activated<V: Vector>(pixel: V, activation: Activation) -> V {
    let mut pixels = [pixel];
    activate(&mut pixels, activation);
    pixels[0]
}

/// Convolution of each channel for itself, 3 x 3.
#[inline(always)]
pub(super) fn depthwise<V: Vector>(
    rows: [&[f32]; 3],
    from: RowLayout,
    stride: usize,
    weights: &[[f32; PANEL]],
    target: Target<'_>,
) {
    let panels = weights.chunks_exact(weights.len() / target.layout.blocks);
    let blocks = panels.zip(target.row.chunks_exact_mut(target.layout.block()));
    for (index, (panel, out)) in blocks.enumerate() {
        let rows = rows.map(|row| &row[index * from.block()..][..from.block()]);
        for x in (0..target.layout.width).step_by(TILE) {
            let tile = match stride {
                1 => depthwise_tile::<V, 1, RUN_3>(rows, x, panel),
                _ => depthwise_tile::<V, 2, RUN_3_STRIDE_2>(rows, x, panel),
            };
            store(&tile, 0, target.activation, out, x, target.layout.width);
        }
    }
}

#[inline(always)]
fn depthwise_tile<V: Vector, const STRIDE: usize, const READ: usize>(
    rows: [&[f32]; 3],
    x: usize,
    panel: &[[f32; PANEL]],
) -> Tile<V, 1> {
    let mut tile = start([panel]);
    for (row, taps) in rows.into_iter().zip(panel[1..].as_chunks::<3>().0) {
        let (pixels, _) = run::<READ>(row, STRIDE * x).as_chunks::<LANES>();
        for (column, tap) in taps.iter().enumerate() {
            let tap = V::load(tap);
            for (pixel, [sum]) in tile.iter_mut().enumerate() {
                *sum = V::load(&pixels[STRIDE * pixel + column]).mul_add(tap, *sum);
            }
        }
    }
    tile
}

/// The largest of 2 x 2, stride 2.
#[inline(always)]
pub(super) fn max_pool<V: Vector>(rows: [&[f32]; 2], from: RowLayout, target: Target<'_>) {
    let [upper, lower] = rows.map(|row| row.chunks_exact(from.block()));
    for ((upper, lower), out) in upper.zip(lower).zip(target.row.chunks_exact_mut(target.layout.block())) {
        let [upper, lower] = [upper, lower].map(|block| block.as_chunks::<LANES>().0[1..].as_chunks::<2>().0);
        let out = &mut out.as_chunks_mut::<LANES>().0[1..=target.layout.width];
        for (x, out) in out.iter_mut().enumerate() {
            let above = V::load(&upper[x][0]).max(V::load(&upper[x][1]));
            let below = V::load(&lower[x][0]).max(V::load(&lower[x][1]));
            activated(above.max(below), target.activation).store(out);
        }
    }
}

/// Adds two values.
#[inline(always)]
pub(super) fn add<V: Vector>(one: &[f32], other: &[f32], target: Target<'_>) {
    let vectors = one.as_chunks().0.iter().zip(other.as_chunks().0);
    for ((one, other), out) in vectors.zip(target.row.as_chunks_mut().0) {
        activated(V::load(one).add(V::load(other)), target.activation).store(out);
    }
}

/// Adds a value of half the size, each of its pixels repeated.
#[inline(always)]
pub(super) fn add_upsampled<V: Vector>(large: &[f32], small: &[f32], from: RowLayout, target: Target<'_>) {
    let block = target.layout.block();
    let small = small.chunks_exact(from.block());
    for ((large, small), out) in large.chunks_exact(block).zip(small).zip(target.row.chunks_exact_mut(block)) {
        let small = &small.as_chunks::<LANES>().0[1..=from.width];
        let large = large.as_chunks::<LANES>().0[1..].as_chunks::<2>().0;
        let out = out.as_chunks_mut::<LANES>().0[1..].as_chunks_mut::<2>().0;
        for ((large, small), out) in large.iter().zip(small).zip(out) {
            let small = V::load(small);
            for (large, out) in large.iter().zip(out) {
                activated(V::load(large).add(small), target.activation).store(out);
            }
        }
    }
}

/// Puts the channels of two values one after the other.
#[inline(always)]
pub(super) fn concat<V: Vector>(one: &[f32], other: &[f32], target: Target<'_>) {
    let vectors = one.as_chunks().0.iter().chain(other.as_chunks().0);
    for (vector, out) in vectors.zip(target.row.as_chunks_mut().0) {
        activated(V::load(vector), target.activation).store(out);
    }
}

/// `max(x, 0) + slope * min(x, 0)` with a slope for each channel.
#[inline(always)]
pub(super) fn parametric_relu<V: Vector>(source: &[f32], slopes: &[[f32; PANEL]], target: Target<'_>) {
    let block = target.layout.block();
    let blocks = source.chunks_exact(block).zip(target.row.chunks_exact_mut(block));
    for ((source, out), slopes) in blocks.zip(slopes) {
        let slopes = V::load(slopes);
        for (pixel, out) in source.as_chunks().0.iter().zip(out.as_chunks_mut().0) {
            let pixel = V::load(pixel);
            let positive = pixel.max(V::splat(0.0));
            let negative = positive.mul_add(V::splat(-1.0), pixel);
            activated(negative.mul_add(slopes, positive), target.activation).store(out);
        }
    }
}

/// Biases plus weighted sums of all `values`; see [`OutputFunction::FullyConnected`].
#[inline(always)]
pub(super) fn fully_connected<V: Vector>(values: &[f32], weights: &[[f32; PANEL]]) -> Vec<f32> {
    let panels = weights.chunks_exact(values.len() + 1);
    let sums = panels.flat_map(|panel| {
        let weighted = values.iter().zip(&panel[1..]);
        let sum =
            weighted.fold(V::load(&panel[0]), |sum, (value, weights)| V::splat(*value).mul_add(V::load(weights), sum));
        let mut sums = [0.0; PANEL];
        sum.store(&mut sums);
        sums
    });
    sums.collect()
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

/// Applies the function of an output to whole rows of it, if rows are all it needs.
pub(super) fn finish(function: &OutputFunction, values: &mut [f32], row: usize) {
    match function {
        OutputFunction::None | OutputFunction::FullyConnected { .. } => {}
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
