//! What is drawn over the surroundings: heads, cells and emblems, front over back.

use super::sticker::{self, Sticker};
use super::surroundings::{Surroundings, deviate, luma};
use super::{Cover, Method, REDRAWS, Style};
use crate::geometry::PixelRect;
use crate::mask::{Mask, Run};
use crate::photo::Frame;

/// How far a head's brightness is drawn from its surroundings' towards [`NEUTRAL`], after each redraw: heads that touch are to be told
/// from each other and from what is behind them.
const PULL: [f32; REDRAWS as usize + 1] = [0.62, 0.3, 0.0, 0.0];

/// How much of a head's shading is drawn after each redraw.
const SHADING: [f32; REDRAWS as usize + 1] = [1.0, 0.4, 0.0, 0.0];

/// By how much a head differs from its surroundings after the last redraw, in grey levels, to the side where there is more room.
const LAST_SHIFT: f32 = 70.0;

/// A grey that is neither of light nor of dark skin, in a picture of common brightness; a dark picture has darker ones. In grey levels:
/// the darkest, by how much brighter for each level of the picture's mean, and the brightest.
const NEUTRAL: [f32; 3] = [40.0, 1.1, 150.0];

/// By how much that grey varies from head to head (standard deviation), as a share of it.
const VARIES: f32 = 0.1;

/// Share of its surroundings' colour that a head keeps. None is added: grey pictures stay grey.
const KEPT_COLOUR: f32 = 0.45;

/// Share of its surroundings' changes of light and colour across it that a soft head shows.
const VARIATION: f32 = 0.35;

/// Width of the rim in which a head fades into its surroundings, in radii.
const RIM: f32 = 0.12;

/// Width of the outline of a solid head that another one touches, in radii.
const OUTLINE: f32 = 0.07;

/// By how much that outline differs in brightness, in grey levels, to the side where there is more room.
const OUTLINE_SHIFT: i16 = 48;

/// Cells of a mosaic across a head.
const CELLS_ACROSS: f32 = 6.0;

/// Standard deviation of the brightness of a mosaic's cells, in grey levels.
const CELLS_VARY: f32 = 16.0;

/// The ellipse of a head, as a frame of reference.
pub(super) struct Head {
    centre: [f32; 2],
    radii: [f32; 2],
    sin: f32,
    cos: f32,
    /// Red green blue.
    tone: [f32; 3],
    /// Of the surroundings across it.
    mean: [f32; 3],
    redraws: usize,
    /// Whether another head may touch it.
    beside_another: bool,
}

impl Head {
    /// The head that a cover hides, or the ellipse that fits into its bounds.
    pub(super) fn of(cover: &Cover, surroundings: &Surroundings, beside_another: bool) -> Self {
        let bounds = cover.mask.bounds();
        let [x, y, w, h] = bounds.to_xywh().map(|side| side as f32);
        let inscribed = [x + w / 2.0, y + h / 2.0, w / 2.0, h / 2.0, 0.0];
        let [cx, cy, rx, ry, angle] = cover.head.unwrap_or(inscribed);
        let (sin, cos) = angle.sin_cos();
        let redraws = usize::from(cover.redraws.min(REDRAWS));
        let mut head = Self {
            centre: [cx, cy],
            radii: [rx, ry],
            sin,
            cos,
            tone: [0.0; 3],
            mean: [0.0; 3],
            redraws,
            beside_another,
        };
        head.mean = head.mean_of(surroundings);
        head.tone = head.tone_of_its_own(surroundings);
        head
    }

    /// Where a pixel lies: to the head's right and down along its axis, in radii.
    fn place(&self, x: u32, y: u32) -> [f32; 2] {
        let (dx, dy) = (x as f32 + 0.5 - self.centre[0], y as f32 + 0.5 - self.centre[1]);
        [(dx * self.cos + dy * self.sin) / self.radii[0], (dy * self.cos - dx * self.sin) / self.radii[1]]
    }

    /// The pixel at a place.
    fn point(&self, u: f32, v: f32) -> [f32; 2] {
        let (du, dv) = (u * self.radii[0], v * self.radii[1]);
        [self.centre[0] + du * self.cos - dv * self.sin, self.centre[1] + du * self.sin + dv * self.cos]
    }

    /// The surroundings' colour across the head.
    fn mean_of(&self, surroundings: &Surroundings) -> [f32; 3] {
        /// Places along an axis at which the surroundings are taken.
        const SAMPLES: usize = 9;
        let place = |i: usize| (i as f32 + 0.5) / SAMPLES as f32 * 2.0 - 1.0;
        let mut sum = [0.0; 3];
        for (i, j) in (0..SAMPLES).flat_map(|i| (0..SAMPLES).map(move |j| (i, j))) {
            let [x, y] = self.point(place(i), place(j));
            let colour = surroundings.colour_at(x, y);
            (0..3).for_each(|c| sum[c] += colour[c]);
        }
        sum.map(|value| value / (SAMPLES * SAMPLES) as f32)
    }

    /// That colour with a brightness of its own.
    fn tone_of_its_own(&self, surroundings: &Surroundings) -> [f32; 3] {
        let mean = self.mean;
        let brightness = luma(mean);
        let [darkest, slope, brightest] = NEUTRAL;
        let neutral = (darkest + slope * surroundings.brightness()).min(brightest);
        let place = self.centre.map(|at| at.max(0.0) as u32);
        let own = neutral * (1.0 + VARIES * deviate(place[0], place[1]));
        let shift = match self.redraws == usize::from(REDRAWS) {
            true if brightness > 127.5 => -LAST_SHIFT,
            true => LAST_SHIFT,
            false => PULL[self.redraws] * (own - brightness),
        };
        mean.map(|value| brightness + shift + KEPT_COLOUR * (value - brightness))
    }

    /// None once the head was redrawn: what varies may be what looks like a face.
    fn variation(&self) -> f32 {
        if self.redraws == 0 { VARIATION } else { 0.0 }
    }

    /// The head's colour at a place: lit from above, and darker towards its outline.
    fn shaded(&self, [u, v]: [f32; 2]) -> [f32; 3] {
        let squared = u * u + v * v;
        let shade = 1.0 + SHADING[self.redraws] * (-0.08 * v - 0.03 * u - 0.2 * squared * squared);
        self.tone.map(|value| value * shade)
    }
}

/// Draws what a method shows of a cover over its surroundings, in those of its pixels that are in `mask`.
pub(super) fn paint(
    frame: &mut Frame,
    cover: &Cover,
    mask: &Mask,
    head: &Head,
    surroundings: &Surroundings,
    style: &Style,
) {
    match style.method {
        Method::Soft if cover.head.is_some() => paint_soft(frame, mask, head, surroundings),
        Method::Soft => {}
        Method::Solid if head.beside_another => paint_outlined(frame, mask, head, style.colour),
        Method::Solid => each_pixel(frame, mask, |_, _, _| style.colour),
        Method::Mosaic => paint_mosaic(frame, mask, cover.mask.bounds(), head),
        Method::Sticker => paint_sticker(frame, mask, head, style.sticker),
    }
}

fn each_pixel(frame: &mut Frame, mask: &Mask, colour: impl Fn(u32, u32, [u8; 3]) -> [u8; 3]) {
    for Run { y, from, to } in mask.runs() {
        let at = 3 * (y as usize * frame.width as usize + from as usize);
        let pixels = frame.rgb[at..].as_chunks_mut::<3>().0;
        for (pixel, x) in pixels.iter_mut().zip(from..to) {
            *pixel = colour(x, y, *pixel);
        }
    }
}

/// A frosted head that fades into what is drawn behind it.
fn paint_soft(frame: &mut Frame, mask: &Mask, head: &Head, surroundings: &Surroundings) {
    each_pixel(frame, mask, |x, y, behind| {
        let [u, v] = head.place(x, y);
        let inside = ((1.0 - (u * u + v * v).sqrt()) / RIM).min(1.0);
        if inside <= 0.0 {
            return behind;
        }
        let share = inside * inside * (3.0 - 2.0 * inside);
        let (shaded, around) = (head.shaded([u, v]), surroundings.between(x, y));
        let varied = [0, 1, 2].map(|c| shaded[c] + head.variation() * (around[c] - head.mean[c]));
        let own = surroundings.with_grain(varied, x, y);
        [0, 1, 2].map(|c| (f32::from(behind[c]) + share * (f32::from(own[c]) - f32::from(behind[c])) + 0.5) as u8)
    });
}

/// One colour in an outline, by which heads of the same colour that touch are told from each other.
fn paint_outlined(frame: &mut Frame, mask: &Mask, head: &Head, colour: [u8; 3]) {
    let shift = if luma(colour.map(f32::from)) > 127.5 { -OUTLINE_SHIFT } else { OUTLINE_SHIFT };
    let outline = colour.map(|value| (i16::from(value) + shift).clamp(0, 255) as u8);
    each_pixel(frame, mask, |x, y, _| {
        let [u, v] = head.place(x, y);
        if u * u + v * v > (1.0 - OUTLINE) * (1.0 - OUTLINE) { outline } else { colour }
    });
}

/// Cells that stand upright whatever the head's tilt, each with one colour of the head's tone and a brightness of its place.
fn paint_mosaic(frame: &mut Frame, mask: &Mask, bounds: PixelRect, head: &Head) {
    let side = (2.0 * head.radii[0].min(head.radii[1]) / CELLS_ACROSS).ceil().max(1.0) as u32;
    let cell = |at: u32, start: u32| (at - start) / side;
    each_pixel(frame, mask, |x, y, _| {
        let (column, row) = (cell(x, bounds.x0), cell(y, bounds.y0));
        let centre = [bounds.x0 + column * side + side / 2, bounds.y0 + row * side + side / 2];
        let vary = CELLS_VARY * deviate(centre[0], centre[1]);
        head.shaded(head.place(centre[0], centre[1]).map(|at| at.clamp(-1.0, 1.0)))
            .map(|value| (value + vary + 0.5) as u8)
    });
}

fn paint_sticker(frame: &mut Frame, mask: &Mask, head: &Head, sticker: Sticker) {
    let footprint = 1.0 / head.radii[0].min(head.radii[1]).max(1.0);
    each_pixel(frame, mask, |x, y, behind| {
        let [u, v] = head.place(x, y);
        let (colour, share) = sticker::shade(sticker, u, v, footprint);
        [0, 1, 2].map(|c| (f32::from(behind[c]) + share * (colour[c] - f32::from(behind[c])) + 0.5) as u8)
    });
}
