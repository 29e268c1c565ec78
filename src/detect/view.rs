//! The picture as a pass sees it: resized, turned, and cut into tiles.

use std::borrow::Cow;

use super::pyramid::{Level, Tile};
use crate::error::Result;
use crate::geometry::PixelRect;
use crate::photo::{Frame, resize_rgb};

/// How the picture is turned before a network looks at it, clockwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct View {
    /// By an eighth of a full turn more.
    pub tilted: bool,
    /// Quarter turns, 0 to 3.
    pub quarter_turns: u8,
}

impl View {
    /// As it is.
    pub const UPRIGHT: Self = Self { tilted: false, quarter_turns: 0 };

    /// The three quarter turns and the four that lie between: with the upright view, no head is more than 22.5° off.
    pub const TURNED: [Self; 7] = [
        Self { tilted: true, quarter_turns: 0 },
        Self { tilted: false, quarter_turns: 1 },
        Self { tilted: true, quarter_turns: 1 },
        Self { tilted: false, quarter_turns: 2 },
        Self { tilted: true, quarter_turns: 2 },
        Self { tilted: false, quarter_turns: 3 },
        Self { tilted: true, quarter_turns: 3 },
    ];

    /// Size of a level in this view.
    pub(super) fn size(self, level: Level) -> Level {
        let Level { width, height } = if self.tilted { tilted_size(level) } else { level };
        if self.quarter_turns % 2 == 1 { Level { width: height, height: width } } else { Level { width, height } }
    }

    /// From a point of this view of a level to the level's pixels.
    pub(super) fn undo(self, [x, y]: [f32; 2], level: Level) -> [f32; 2] {
        let canvas = if self.tilted { tilted_size(level) } else { level };
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        let [x, y] = match self.quarter_turns {
            1 => [y, h - x],
            2 => [w - x, h - y],
            3 => [w - y, x],
            _ => [x, y],
        };
        if self.tilted { untilt([x, y], canvas, level) } else { [x, y] }
    }

    /// From a point of the level's pixels to a point of this view: the inverse of [`Self::undo`].
    fn apply(self, point: [f32; 2], level: Level) -> [f32; 2] {
        let canvas = if self.tilted { tilted_size(level) } else { level };
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        let [x, y] = if self.tilted { tilt(point, canvas, level) } else { point };
        match self.quarter_turns {
            1 => [h - y, x],
            2 => [w - x, h - y],
            3 => [y, w - x],
            _ => [x, y],
        }
    }

    /// The smallest rectangle of this view that holds what a rectangle of the level shows.
    pub(super) fn apply_rect(self, rect: PixelRect, level: Level) -> PixelRect {
        let corners = [[rect.x0, rect.y0], [rect.x1, rect.y0], [rect.x0, rect.y1], [rect.x1, rect.y1]];
        let seen = corners.map(|corner| self.apply(corner.map(|v| v as f32), level));
        let least = |axis: usize| seen.iter().map(|point| point[axis]).fold(f32::INFINITY, f32::min).floor() as u32;
        let most = |axis: usize| seen.iter().map(|point| point[axis]).fold(0.0, f32::max).ceil() as u32;
        let Level { width, height } = self.size(level);
        PixelRect { x0: least(0), y0: least(1), x1: most(0), y1: most(1) }.intersection(PixelRect::full(width, height))
    }

    /// [`Self::undo`] for a box `[x, y, width, height]`. A face is an ellipse rather than a rectangle, so a tilted box becomes
    /// the box around the tilted ellipse in it.
    pub(super) fn undo_box(self, [x, y, w, h]: [f32; 4], level: Level) -> [f32; 4] {
        let [cx, cy] = self.undo([x + w / 2.0, y + h / 2.0], level);
        let (w, h) = match self {
            Self { tilted: true, .. } => (w.hypot(h) * DIAGONAL, w.hypot(h) * DIAGONAL),
            Self { quarter_turns: 1 | 3, .. } => (h, w),
            _ => (w, h),
        };
        [cx - w / 2.0, cy - h / 2.0, w, h]
    }
}

/// Sine and cosine of an eighth of a full turn.
const DIAGONAL: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// Size of the smallest canvas that holds a level turned by an eighth.
fn tilted_size(level: Level) -> Level {
    let side = ((level.width + level.height) as f32 * DIAGONAL).ceil() as u32;
    Level { width: side, height: side }
}

/// From a point of the tilted canvas to the level, both about their centres.
fn untilt([x, y]: [f32; 2], canvas: Level, level: Level) -> [f32; 2] {
    let (dx, dy) = (x - canvas.width as f32 / 2.0, y - canvas.height as f32 / 2.0);
    [level.width as f32 / 2.0 + (dx + dy) * DIAGONAL, level.height as f32 / 2.0 + (dy - dx) * DIAGONAL]
}

/// The inverse of [`untilt`].
fn tilt([x, y]: [f32; 2], canvas: Level, level: Level) -> [f32; 2] {
    let (dx, dy) = (x - level.width as f32 / 2.0, y - level.height as f32 / 2.0);
    [canvas.width as f32 / 2.0 + (dx - dy) * DIAGONAL, canvas.height as f32 / 2.0 + (dx + dy) * DIAGONAL]
}

/// One view of the picture at one size.
pub(super) struct Image<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Cow<'a, [u8]>,
}

impl<'a> Image<'a> {
    pub(super) fn of(frame: &'a Frame) -> Self {
        Self { width: frame.width as usize, height: frame.height as usize, rgb: (&frame.rgb[..]).into() }
    }

    /// This picture at another size.
    pub(super) fn resized(self, level: Level) -> Result<Image<'a>> {
        let (width, height) = (level.width as usize, level.height as usize);
        if (self.width, self.height) == (width, height) {
            return Ok(self);
        }
        let rgb = resize_rgb(&self.rgb, self.width as u32, self.height as u32, level.width, level.height)?;
        Ok(Self { width, height, rgb: rgb.into() })
    }

    /// This picture in another view.
    pub(super) fn seen(&self, view: View) -> Image<'_> {
        let first = if view.tilted { self.tilted() } else { Image { rgb: (&self.rgb[..]).into(), ..*self } };
        (0..view.quarter_turns).fold(first, |image, _| image.turned())
    }

    /// Turned a quarter clockwise.
    fn turned<'b>(&self) -> Image<'b> {
        let (width, height) = (self.height, self.width);
        let mut turned = vec![0; self.rgb.len()];
        for (y, row) in turned.chunks_exact_mut(3 * width).enumerate() {
            for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                *pixel = self.pixel(y, width - 1 - x);
            }
        }
        Image { width, height, rgb: turned.into() }
    }

    /// Turned an eighth clockwise on a canvas that holds all of it; the corners are black.
    fn tilted<'b>(&self) -> Image<'b> {
        let level = Level { width: self.width as u32, height: self.height as u32 };
        let canvas = tilted_size(level);
        let (width, height) = (canvas.width as usize, canvas.height as usize);
        let (right, bottom) = ((self.width - 1) as f32, (self.height - 1) as f32);
        let mut tilted = vec![0; 3 * width * height];
        for (row, out) in tilted.chunks_exact_mut(3 * width).enumerate() {
            let [x0, y0] = untilt([0.5, row as f32 + 0.5], canvas, level).map(|v| v - 0.5);
            // To the right in the canvas is to the right and up in the picture.
            let from = f32::max(-x0, y0 - bottom) / DIAGONAL;
            let to = f32::min(right - x0, y0) / DIAGONAL;
            let inside = from.ceil().max(0.0) as usize..((to.floor() + 1.0).max(0.0) as usize).min(width);
            let Some(pixels) = out.as_chunks_mut::<3>().0.get_mut(inside.clone()) else { continue };
            for (pixel, column) in pixels.iter_mut().zip(inside) {
                let along = column as f32 * DIAGONAL;
                *pixel = self.between((x0 + along).clamp(0.0, right), (y0 - along).clamp(0.0, bottom));
            }
        }
        Image { width, height, rgb: tilted.into() }
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

    /// No colour channel spans more than `span` in a tile.
    pub(super) fn is_flat(&self, tile: Tile, span: u8) -> bool {
        let (mut low, mut high) = ([u8::MAX; 3], [0; 3]);
        self.rows(tile).all(|row| {
            for pixel in row.as_chunks::<3>().0 {
                low = std::array::from_fn(|i| low[i].min(pixel[i]));
                high = std::array::from_fn(|i| high[i].max(pixel[i]));
            }
            low.into_iter().zip(high).all(|(low, high)| high.saturating_sub(low) <= span)
        })
    }

    /// Copies a tile; what lies past the picture's edge is black.
    pub(super) fn tile(&self, tile: Tile) -> Vec<u8> {
        let mut pixels = vec![0; 3 * tile.width as usize * tile.height as usize];
        for (row, out) in self.rows(tile).zip(pixels.chunks_exact_mut(3 * tile.width as usize)) {
            out[..row.len()].copy_from_slice(row);
        }
        pixels
    }

    /// The rows of a tile, as far as they lie in the picture.
    fn rows(&self, tile: Tile) -> impl Iterator<Item = &[u8]> {
        let (x, y) = (tile.x as usize, tile.y as usize);
        let (columns, rows) = ((tile.width as usize).min(self.width - x), (tile.height as usize).min(self.height - y));
        (y..y + rows).map(move |row| &self.rgb[3 * (row * self.width + x)..][..3 * columns])
    }
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

    #[test]
    fn every_view_leads_back_to_the_place_in_the_picture() {
        let frame = spot(50, 7);
        for view in View::TURNED {
            let upright = Image::of(&frame);
            let image = upright.seen(view);
            assert_eq!(view.size(LEVEL), Level { width: image.width as u32, height: image.height as u32 });
            let bright: Vec<usize> = (0..image.width * image.height).filter(|i| image.rgb[3 * i] == 255).collect();
            let mean = |axis: fn(usize, usize) -> usize| {
                bright.iter().map(|&i| axis(i, image.width) as f32 + 0.5).sum::<f32>() / bright.len() as f32
            };
            let [x, y] = view.undo([mean(|i, w| i % w), mean(|i, w| i / w)], LEVEL);
            assert!((x - 50.5).abs() < 0.5 && (y - 7.5).abs() < 0.5, "{view:?}: {x} {y}");
        }
    }

    #[test]
    fn a_rectangle_is_seen_where_its_pixels_are() {
        let rect = PixelRect { x0: 49, y0: 6, x1: 52, y1: 9 };
        let (frame, nothing) = (spot(50, 7), spot(5, 35));
        for view in View::TURNED {
            let seen = view.apply_rect(rect, LEVEL);
            let (with, without) = (Image::of(&frame), Image::of(&nothing));
            let (with, without) = (with.seen(view), without.seen(view));
            let elsewhere = view.apply_rect(PixelRect { x0: 4, y0: 34, x1: 7, y1: 37 }, LEVEL);
            for (x, y) in (0..with.height).flat_map(|y| (0..with.width).map(move |x| (x, y))) {
                let differs = with.pixel(x, y) != without.pixel(x, y);
                let near = [seen, elsewhere].iter().any(|rect| rect.grown(1).contains(x as u32, y as u32));
                assert!(!differs || near, "{view:?}: {x} {y}");
            }
            assert!(seen.area() <= 2 * 36, "{view:?}: {seen:?}");
        }
    }

    #[test]
    fn a_box_keeps_its_area_and_quarter_turns_swap_its_sides() {
        let area = |b: [f32; 4]| b[2] * b[3];
        for view in View::TURNED {
            let back = view.undo_box([10.0, 10.0, 8.0, 8.0], LEVEL);
            assert!((area(back) - 64.0).abs() < 0.01, "{view:?}: {back:?}");
        }
        let back = View { tilted: false, quarter_turns: 1 }.undo_box([10.0, 10.0, 6.0, 8.0], LEVEL);
        assert_eq!([back[2], back[3]], [8.0, 6.0]);
    }
}
