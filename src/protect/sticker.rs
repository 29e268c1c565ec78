//! Emblems: what is drawn over a head, from where in the head's ellipse a pixel lies and nothing else.
//!
//! The frame of all lengths here is the head's ellipse as the unit circle: `u` points to the right, `v` down along the axis.
//! An emblem is a few shapes, each given by its signed distance (negative inside). Only `sqrt` and the four basic
//! operations are used: IEEE 754 rounds them alike everywhere, so an emblem is the same to the bit on every platform.

use serde::{Deserialize, Serialize};

/// An emblem.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Sticker {
    /// A yellow disc with a smile.
    #[default]
    Smile,
    /// A red heart.
    Heart,
    /// A golden star with five rounded points.
    Star,
    /// A white flower on a green disc.
    Flower,
    /// An orange cat's head on a blue disc.
    Cat,
}

/// Red, green and blue, 0 to 255.
type Colour = [f32; 3];

/// Width of the darker line around a shape.
const OUTLINE: f32 = 0.065;

/// Colour of an emblem at a place and its alpha, 0 to 1, over whatever is below: 0 outside the unit circle.
///
/// `footprint` is the size of a pixel in this frame: edges are about that wide. Where the ellipse is narrow, that of its
/// shorter axis looks best. All numbers are to be finite.
pub(super) fn shade(sticker: Sticker, u: f32, v: f32, footprint: f32) -> (Colour, f32) {
    // Less than four pixels across, wider edges would reach the centre.
    let mut brush = Brush { colour: [0.0; 3], reach: 0.75 * footprint.clamp(1e-5, 0.5) };
    let silhouette = match sticker {
        Sticker::Smile => smile(&mut brush, u, v),
        Sticker::Heart => heart(&mut brush, u, v),
        Sticker::Star => star(&mut brush, u, v),
        Sticker::Flower => flower(&mut brush, u, v),
        Sticker::Cat => cat(&mut brush, u, v),
    };
    // The edge of the circle ends at the circle instead of halfway beyond it.
    let alpha = brush.coverage(silhouette.max(circle(u, v, 1.0) + brush.reach));
    (brush.colour, alpha)
}

/// The colour so far at one place.
struct Brush {
    colour: Colour,
    /// How far an edge is smoothed to either side.
    reach: f32,
}

impl Brush {
    /// How much of the pixel a shape covers, 0 to 1.
    fn coverage(&self, distance: f32) -> f32 {
        let t = ((self.reach - distance) / (2.0 * self.reach)).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    /// Paints a shape over the colour so far.
    fn fill(&mut self, distance: f32, colour: Colour) {
        let share = self.coverage(distance);
        for (old, new) in self.colour.iter_mut().zip(colour) {
            *old += share * (new - *old);
        }
    }

    /// The emblem's own shape. Its outline's colour goes on beyond it: alpha is what ends it.
    fn base(&mut self, distance: f32, colour: Colour, outline: Colour) -> f32 {
        self.colour = outline;
        self.fill(distance + OUTLINE, colour);
        distance
    }
}

fn smile(brush: &mut Brush, u: f32, v: f32) -> f32 {
    let (x, dark) = (u.abs(), [84.0, 54.0, 22.0]);
    let silhouette = brush.base(circle(u, v, 1.0), [255.0, 209.0, 71.0], [224.0, 157.0, 32.0]);
    brush.fill(circle(x - 0.6, v - 0.16, 0.13), [255.0, 172.0, 92.0]);
    brush.fill(ellipse(x - 0.32, v + 0.22, 0.105, 0.17), dark);
    brush.fill(arc(x, v - 0.02, [0.866_025_4, 0.5], 0.5) - 0.065, dark);
    silhouette
}

/// A square on its tip with a half disc on each of its upper sides, rounded.
fn heart(brush: &mut Brush, u: f32, v: f32) -> f32 {
    /// The square's diagonal is 1 / `SCALE`; its tip lies `TIP` / `SCALE` below the centre.
    const SCALE: f32 = 0.675;
    const TIP: f32 = 0.632;
    let (x, y) = (SCALE * u.abs(), TIP - SCALE * v);
    let distance = if x + y > 1.0 {
        circle(x - 0.25, y - 0.75, 0.353_553_4)
    } else {
        let side = 0.5 * (x + y).max(0.0);
        let nearest = length(x, y - 1.0).min(length(x - side, y - side));
        if x < y { -nearest } else { nearest }
    };
    let silhouette = brush.base(distance / SCALE - 0.05, [235.0, 77.0, 92.0], [188.0, 44.0, 66.0]);
    brush.fill(ellipse(u + 0.47, v + 0.42, 0.15, 0.12), [250.0, 150.0, 155.0]);
    silhouette
}

/// Folded along its axes until only half of one point is left.
fn star(brush: &mut Brush, u: f32, v: f32) -> f32 {
    /// Distance of the points from the centre, before they are rounded by `ROUND`.
    const POINTS: f32 = 0.85;
    const ROUND: f32 = 0.13;
    /// Sine and cosine of 36 degrees.
    const SIN: f32 = 0.587_785_25;
    const COS: f32 = 0.809_017;
    /// From a point towards the corner between two points, which is 0.58 times as far from the centre.
    const EDGE: [f32; 2] = [0.58 * SIN, 0.58 * COS - 1.0];
    let (mut x, mut y) = (u.abs(), -v);
    for axis in [[COS, -SIN], [-COS, -SIN]] {
        let beyond = 2.0 * (axis[0] * x + axis[1] * y).max(0.0);
        (x, y) = (x - beyond * axis[0], y - beyond * axis[1]);
    }
    (x, y) = (x.abs(), y - POINTS);
    let along = (x * EDGE[0] + y * EDGE[1]) / (EDGE[0] * EDGE[0] + EDGE[1] * EDGE[1]);
    let along = along.clamp(0.0, POINTS);
    let nearest = length(x - along * EDGE[0], y - along * EDGE[1]);
    let distance = if y * EDGE[0] < x * EDGE[1] { -nearest } else { nearest };
    brush.base(distance - ROUND, [255.0, 196.0, 61.0], [219.0, 142.0, 24.0])
}

fn flower(brush: &mut Brush, u: f32, v: f32) -> f32 {
    let x = u.abs();
    let silhouette = brush.base(circle(u, v, 1.0), [110.0, 190.0, 128.0], [70.0, 145.0, 92.0]);
    // Five petals: three, as left and right are the same.
    let petals = [[0.0, -0.48], [0.456_507, -0.148_328], [0.282_137, 0.388_328]];
    let petals = petals.map(|[right, down]| circle(x - right, v - down, 0.35)).into_iter().fold(2.0, f32::min);
    brush.fill(petals, [205.0, 214.0, 224.0]);
    brush.fill(petals + 0.6 * OUTLINE, [252.0, 252.0, 255.0]);
    brush.fill(circle(u, v, 0.29), [226.0, 160.0, 30.0]);
    brush.fill(circle(u, v, 0.29 - 0.6 * OUTLINE), [255.0, 203.0, 64.0]);
    silhouette
}

fn cat(brush: &mut Brush, u: f32, v: f32) -> f32 {
    let (x, dark, pink) = (u.abs(), [74.0, 48.0, 40.0], [240.0, 130.0, 125.0]);
    let silhouette = brush.base(circle(u, v, 1.0), [128.0, 198.0, 224.0], [80.0, 148.0, 182.0]);
    let ear = triangle(x, v, [[0.12, -0.2], [0.57, -0.6], [0.68, 0.14]]) - 0.06;
    let head = ellipse(x, v - 0.17, 0.75, 0.56).min(ear);
    brush.fill(head, [206.0, 116.0, 40.0]);
    brush.fill(head + 0.6 * OUTLINE, [250.0, 167.0, 84.0]);
    brush.fill(triangle(x, v, [[0.36, -0.26], [0.54, -0.44], [0.59, -0.12]]) - 0.03, pink);
    brush.fill(ellipse(x, v - 0.44, 0.36, 0.22), [255.0, 232.0, 205.0]);
    brush.fill(ellipse(x - 0.33, v - 0.06, 0.1, 0.145), dark);
    brush.fill(triangle(x, v, [[-0.09, 0.29], [0.09, 0.29], [0.0, 0.38]]) - 0.04, [226.0, 98.0, 104.0]);
    brush.fill(arc(x - 0.12, v - 0.44, [1.0, 0.0], 0.12) - 0.02, [128.0, 84.0, 66.0]);
    silhouette
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

fn circle(x: f32, y: f32, radius: f32) -> f32 {
    length(x, y) - radius
}

/// Exact at the edge and nearly so beside it, which is all that is looked at.
fn ellipse(x: f32, y: f32, radius_x: f32, radius_y: f32) -> f32 {
    let (x, y) = (x / radius_x, y / radius_y);
    let (size, slope) = (length(x, y), length(x / radius_x, y / radius_y));
    if size < 1e-3 { -radius_x.min(radius_y) } else { size * (size - 1.0) / slope }
}

/// Distance to an arc around the origin that is open at the top. `end` is the sine and cosine of half its angle.
fn arc(x: f32, y: f32, end: [f32; 2], radius: f32) -> f32 {
    let x = x.abs();
    if end[1] * x > end[0] * y { length(x - radius * end[0], y - radius * end[1]) } else { circle(x, y, radius).abs() }
}

/// The corners go clockwise as seen.
fn triangle(x: f32, y: f32, corners: [[f32; 2]; 3]) -> f32 {
    let (mut nearest, mut is_inside) = (f32::INFINITY, true);
    for (from, to) in [(0, 1), (1, 2), (2, 0)].map(|(from, to): (usize, usize)| (corners[from], corners[to])) {
        let (edge, place) = ([to[0] - from[0], to[1] - from[1]], [x - from[0], y - from[1]]);
        let along = (place[0] * edge[0] + place[1] * edge[1]) / (edge[0] * edge[0] + edge[1] * edge[1]);
        let along = along.clamp(0.0, 1.0);
        nearest = nearest.min(length(place[0] - along * edge[0], place[1] - along * edge[1]));
        is_inside &= edge[0] * place[1] >= edge[1] * place[0];
    }
    if is_inside { -nearest } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Sticker; 5] = [Sticker::Smile, Sticker::Heart, Sticker::Star, Sticker::Flower, Sticker::Cat];

    /// Places on a grid beyond the circle, `footprint` apart.
    fn grid(footprint: f32) -> impl Iterator<Item = (f32, f32)> {
        let side = (1.2 / footprint) as i32;
        (-side..=side).flat_map(move |y| (-side..=side).map(move |x| (x as f32 * footprint, y as f32 * footprint)))
    }

    #[test]
    fn colours_and_alpha_are_in_range_and_nothing_is_drawn_outside_the_circle() {
        for sticker in ALL {
            for footprint in [0.0, 0.005, 0.1, 0.6, 3.0] {
                for (u, v) in grid(0.02) {
                    let (colour, alpha) = shade(sticker, u, v, footprint);
                    assert!(colour.iter().all(|value| (0.0..=255.0).contains(value)), "{sticker:?} {u} {v} {colour:?}");
                    assert!((0.0..=1.0).contains(&alpha), "{sticker:?} {u} {v} {alpha}");
                    assert!(length(u, v) < 1.0 || alpha == 0.0, "{sticker:?} {u} {v} {alpha}");
                }
            }
        }
    }

    #[test]
    fn emblems_fill_most_of_the_circle_and_its_centre() {
        for sticker in ALL {
            for footprint in [0.002, 0.02, 2.0 / 24.0] {
                let inside: Vec<_> = grid(0.01).filter(|&(u, v)| length(u, v) <= 1.0).collect();
                let covered = inside.iter().filter(|&&(u, v)| shade(sticker, u, v, footprint).1 == 1.0).count();
                let least = if matches!(sticker, Sticker::Heart | Sticker::Star) { 0.5 } else { 0.75 };
                let share = covered as f32 / inside.len() as f32;
                assert!(share >= least, "{sticker:?} with pixels of {footprint}: {share}");
            }
            assert_eq!(shade(sticker, 0.0, 0.0, 10.0).1, 1.0, "{sticker:?}");
        }
    }
}
