//! The picture as a pass sees it: resized, turned, and cut into tiles.

use std::borrow::Cow;

use super::contrast::{self, Appearance, Care};
use super::level::{Level, Tile};
use super::policy::Policy;
use super::shown::Shown;
use super::view::{View, tilted_size, untilt};
use crate::error::Result;
use crate::photo::{Frame, resize_rgb};

/// The picture at one size, upright.
pub(super) struct Image<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Cow<'a, [u8]>,
    /// Turned by an eighth: some of it lies beside the picture.
    tilted: bool,
}

/// What a picture that is not opaque lies on: what is seen of it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Nothing: the colours as they are, as programs show them that do not heed alpha.
    Nothing,
    /// A page of this grey.
    Grey(u8),
}

impl Ground {
    /// Every ground on which a picture is scanned: white and black pages as well if it is not opaque.
    pub(super) fn of(frame: &Frame) -> &'static [Self] {
        match frame.alpha {
            None => &[Self::Nothing],
            Some(_) => &[Self::Nothing, Self::Grey(u8::MAX), Self::Grey(0)],
        }
    }
}

impl<'a> Image<'a> {
    pub(super) fn of(frame: &'a Frame, ground: Ground) -> Self {
        let rgb = match (ground, &frame.alpha) {
            (Ground::Grey(grey), Some(_)) => frame.on_grey(grey).into(),
            _ => (&frame.rgb[..]).into(),
        };
        Self { width: frame.width as usize, height: frame.height as usize, rgb, tilted: false }
    }

    pub(super) fn borrowed(&self) -> Image<'_> {
        Image { rgb: (&self.rgb[..]).into(), ..*self }
    }

    /// This picture at another size.
    pub(super) fn resized(self, level: Level) -> Result<Image<'a>> {
        let (width, height) = (level.width as usize, level.height as usize);
        if (self.width, self.height) == (width, height) {
            return Ok(self);
        }
        let rgb = resize_rgb(&self.rgb, self.width as u32, self.height as u32, level.width, level.height)?;
        Ok(Self { width, height, rgb: rgb.into(), tilted: self.tilted })
    }

    /// What the networks are to see of a tile of this picture after quarter turns; what lies past the picture's edge is black.
    ///
    /// # Errors
    /// Only by a defect of the program.
    pub(super) fn tile(&self, tile: Tile, quarter_turns: u8, care: Care, policy: &Policy) -> Result<Vec<Appearance>> {
        let (rgb, shown) = self.cut(tile, quarter_turns);
        contrast::appearances(rgb, shown, care, policy)
    }

    /// The tile as it is, and what of it lies in the picture.
    fn cut(&self, tile: Tile, quarter_turns: u8) -> (Vec<u8>, Shown) {
        let mut rgb = vec![0; 3 * tile.width as usize * tile.height as usize];
        let size = View { tilted: false, quarter_turns }.size(self.level());
        let (columns, rows) = (tile.width.min(size.width - tile.x), tile.height.min(size.height - tile.y));
        for (y, row) in rgb.chunks_exact_mut(3 * tile.width as usize).take(rows as usize).enumerate() {
            let row = &mut row.as_chunks_mut::<3>().0[..columns as usize];
            self.copy_row(tile.x as usize, tile.y as usize + y, quarter_turns, row);
        }
        let (width, columns, rows) = (tile.width as usize, columns as usize, rows as usize);
        (rgb, Shown { width, columns, rows, tilted: self.tilted })
    }

    /// Copies pixels of row `y`, counted after quarter turns, from column `x` to the right.
    fn copy_row(&self, x: usize, y: usize, quarter_turns: u8, out: &mut [[u8; 3]]) {
        let pixels = self.rgb.as_chunks::<3>().0;
        let (right, bottom) = (self.width - 1, self.height - 1);
        match quarter_turns {
            1 => out.iter_mut().zip(x..).for_each(|(pixel, x)| *pixel = pixels[(bottom - x) * self.width + y]),
            2 => out.iter_mut().zip(x..).for_each(|(pixel, x)| *pixel = pixels[(bottom - y) * self.width + right - x]),
            3 => out.iter_mut().zip(x..).for_each(|(pixel, x)| *pixel = pixels[x * self.width + right - y]),
            _ => out.copy_from_slice(&pixels[y * self.width + x..][..out.len()]),
        }
    }

    /// This picture turned clockwise by an eighth, on the smallest canvas that holds it; what lies beside it is black.
    pub(super) fn tilted(&self) -> Image<'static> {
        let canvas = tilted_size(self.level());
        let (width, height) = (canvas.width as usize, canvas.height as usize);
        let mut rgb = vec![0; 3 * width * height];
        for (y, row) in rgb.chunks_exact_mut(3 * width).enumerate() {
            self.tilt_row(y, canvas, row.as_chunks_mut().0);
        }
        Image { width, height, rgb: rgb.into(), tilted: true }
    }

    fn level(&self) -> Level {
        Level { width: self.width as u32, height: self.height as u32 }
    }

    /// Makes a row of the tilted canvas. Pixels beside the picture are left as they are.
    fn tilt_row(&self, y: usize, canvas: Level, out: &mut [[u8; 3]]) {
        // The row is a straight line through the picture; its points are pixels' centres, moved to their corners.
        let point = |x: f32| untilt([x + 0.5, y as f32 + 0.5], canvas, self.level()).map(|v| v - 0.5);
        let (start, next) = (point(0.0), point(1.0));
        let step = [next[0] - start[0], next[1] - start[1]];
        let last = [(self.width - 1) as f32, (self.height - 1) as f32];
        let [(x_from, x_to), (y_from, y_to)] = [0, 1].map(|axis| crossing(start[axis], step[axis], last[axis]));
        let (from, to) = (x_from.max(y_from).max(0.0), x_to.min(y_to).min(out.len() as f32 - 1.0));
        let inside = from.ceil() as usize..(to.floor() + 1.0).max(0.0) as usize;
        let Some(pixels) = out.get_mut(inside.clone()) else { return };
        for (pixel, index) in pixels.iter_mut().zip(inside) {
            let at = |axis: usize| (start[axis] + index as f32 * step[axis]).clamp(0.0, last[axis]);
            *pixel = self.between(at(0), at(1));
        }
    }

    /// Bilinear interpolation between the pixels around a point inside the picture, in steps of [`WEIGHTS`].
    fn between(&self, x: f32, y: f32) -> [u8; 3] {
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let weight = |part: f32| (part * WEIGHTS as f32) as u32;
        let (right, down) = (weight(x - x0 as f32), weight(y - y0 as f32));
        let [a, b, c, d] = [self.pixel(x0, y0), self.pixel(x1, y0), self.pixel(x0, y1), self.pixel(x1, y1)];
        let mix = |a: u32, b: u32, share: u32| a * (WEIGHTS - share) + b * share;
        std::array::from_fn(|i| {
            let [a, b, c, d] = [a[i], b[i], c[i], d[i]].map(u32::from);
            let sum = mix(mix(a, b, right), mix(c, d, right), down);
            ((sum + WEIGHTS * WEIGHTS / 2) / (WEIGHTS * WEIGHTS)) as u8
        })
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = 3 * (y * self.width + x);
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }
}

/// Between which multiples of `step` a line that starts at `start` lies from 0 to `last`.
fn crossing(start: f32, step: f32, last: f32) -> (f32, f32) {
    let (a, b) = (-start / step, (last - start) / step);
    (a.min(b), a.max(b))
}

/// Steps between two pixels, for whole-number arithmetic: finer than the 255 levels of a channel.
const WEIGHTS: u32 = 256;

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: Level = Level { width: 60, height: 40 };

    /// A dark picture with a bright spot of 3 x 3 around the pixel.
    fn spot(x: usize, y: usize) -> Frame {
        let mut rgb = vec![10; 3 * 60 * 40];
        for row in y - 1..=y + 1 {
            rgb[3 * (row * 60 + x - 1)..3 * (row * 60 + x + 2)].fill(255);
        }
        Frame { width: 60, height: 40, rgb, alpha: None }
    }

    /// A view of the whole picture.
    fn seen(frame: &Frame, view: View) -> Image<'static> {
        let Level { width, height } = view.size(LEVEL);
        let rgb = part(frame, view, Tile { x: 0, y: 0, width, height });
        Image { width: width as usize, height: height as usize, rgb: rgb.into(), tilted: false }
    }

    fn part(frame: &Frame, view: View, tile: Tile) -> Vec<u8> {
        let upright = Image::of(frame, Ground::Nothing);
        let image = if view.tilted { upright.tilted() } else { upright };
        image.cut(tile, view.quarter_turns).0
    }

    #[test]
    fn every_view_leads_back_to_the_place_in_the_picture() {
        let frame = spot(50, 7);
        for view in View::TURNED {
            let image = seen(&frame, view);
            let bright: Vec<usize> = (0..image.width * image.height).filter(|i| image.rgb[3 * i] == 255).collect();
            let mean = |axis: fn(usize, usize) -> usize| {
                bright.iter().map(|&i| axis(i, image.width) as f32 + 0.5).sum::<f32>() / bright.len() as f32
            };
            let [x, y] = view.undo([mean(|i, w| i % w), mean(|i, w| i / w)], LEVEL);
            assert!((x - 50.5).abs() < 0.5 && (y - 7.5).abs() < 0.5, "{view:?}: {x} {y}");
        }
    }

    #[test]
    fn a_tile_is_a_part_of_the_view_and_black_past_the_edge() {
        let frame = spot(50, 7);
        for view in [View::UPRIGHT].into_iter().chain(View::TURNED) {
            let image = seen(&frame, view);
            let tile = Tile { x: 3, y: 2, width: 96, height: 96 };
            let rgb = part(&frame, view, tile);
            for (index, pixel) in rgb.chunks_exact(3).enumerate() {
                let (x, y) = (3 + index % 96, 2 + index / 96);
                let expected = if x < image.width && y < image.height { image.pixel(x, y) } else { [0; 3] };
                assert_eq!(pixel, expected, "{view:?}: {x} {y}");
            }
        }
    }

    #[test]
    fn a_quarter_turn_loses_nothing() {
        let noise = (0..3 * 60 * 40u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
        let frame = Frame { width: 60, height: 40, rgb: noise, alpha: None };
        let (upright, turned) =
            (Image::of(&frame, Ground::Nothing), seen(&frame, View { tilted: false, quarter_turns: 1 }));
        for (x, y) in (0..60).flat_map(|x| (0..40).map(move |y| (x, y))) {
            assert_eq!(turned.pixel(39 - y, x), upright.pixel(x, y));
        }
    }
}
