//! The pixels of shapes that a cover can have. A pixel of which any part lies in the shape belongs to the cover: no cover is smaller
//! than what was asked for.

use crate::error::{InputError, Result};
use crate::geometry::PixelRect;
use crate::mask::{Mask, Run};
use crate::order::{descending, sort_by_key};
use crate::report::{Brush, Shape};

/// Rows of edges, discs and strokes that are followed for one shape: a stroke of a thousand points with a radius of a thousand
/// pixels takes 2 million. More takes over a second.
const MOST_ROWS: f64 = 1e8;

/// Runs that are held before they are merged.
const MOST_RUNS: usize = 1 << 20;

/// Crossings of a polygon's edges with rows: 32 MB.
const MOST_CROSSINGS: f64 = 2e6;

/// A shape in a picture of `width` x `height` pixels, cut by its edges. `bounds` are those of a rectangle or of runs.
///
/// # Errors
/// [`InputError::BadRegion`] if a number is not finite, a radius is not above 0, or there are too many points.
pub fn mask_of(shape: &Shape, bounds: PixelRect, size: (u32, u32)) -> Result<Mask> {
    match shape {
        Shape::Rectangle => Ok(Mask::of_rect(bounds.intersection(PixelRect::full(size.0, size.1)))),
        Shape::Ellipse(numbers) => ellipse(*numbers, size),
        Shape::Polygon(corners) => polygon(corners, size),
        Shape::Brush(stroke) => brush(stroke, size),
        Shape::Mask(lengths) => runs(lengths, bounds, size),
    }
}

fn bad(text: impl Into<String>) -> crate::Error {
    InputError::BadRegion(text.into()).into()
}

/// Columns of rows: the runs of a shape as it is made, merged from time to time.
struct Rows {
    size: (u32, u32),
    merged: Mask,
    runs: Vec<Run>,
}

impl Rows {
    fn new(size: (u32, u32)) -> Self {
        Self { size, merged: Mask::default(), runs: Vec::new() }
    }

    /// The rows of the picture that a span touches.
    fn touched(&self, top: f64, bottom: f64) -> std::ops::Range<u32> {
        let bottom = bottom.ceil().max(top.floor() + 1.0);
        clamped(top.floor(), self.size.1)..clamped(bottom, self.size.1)
    }

    /// Adds the pixels that a row's span touches.
    fn add(&mut self, y: u32, left: f64, right: f64) {
        let right = right.ceil().max(left.floor() + 1.0);
        self.runs.push(Run { y, from: clamped(left.floor(), self.size.0), to: clamped(right, self.size.0) });
        if self.runs.len() >= MOST_RUNS {
            self.merge();
        }
    }

    fn merge(&mut self) {
        self.runs.extend(self.merged.runs());
        self.merged = Mask::of_runs(std::mem::take(&mut self.runs));
    }

    fn into_mask(mut self) -> Mask {
        self.merge();
        self.merged
    }
}

/// Numbers outside are cut; the conversion saturates.
fn clamped(value: f64, limit: u32) -> u32 {
    (value.max(0.0) as u32).min(limit)
}

/// `[cx, cy, rx, ry, angle]`: centre and radii in pixels; the angle in radians by which the ellipse is turned clockwise on the screen.
fn ellipse(numbers: [f32; 5], size: (u32, u32)) -> Result<Mask> {
    let [cx, cy, rx, ry, angle] = numbers.map(f64::from);
    if numbers.iter().any(|number| !number.is_finite()) || rx <= 0.0 || ry <= 0.0 {
        return Err(bad(format!("an ellipse needs five finite numbers with radii above 0, not {numbers:?}")));
    }
    let (sin, cos) = angle.sin_cos();
    // In the quadratic form a x² + 2 b x y + c y² = 1.
    let a = (cos / rx).powi(2) + (sin / ry).powi(2);
    let b = cos * sin * (1.0 / (rx * rx) - 1.0 / (ry * ry));
    let c = (sin / rx).powi(2) + (cos / ry).powi(2);
    let (half_width, half_height) = (c.sqrt() * rx * ry, a.sqrt() * rx * ry);
    // How far below the centre the rightmost point lies; the leftmost lies as far above it.
    let rightmost = -b / c * half_width;
    let mut rows = Rows::new(size);
    for y in rows.touched(cy - half_height, cy + half_height) {
        let top = (f64::from(y) - cy).max(-half_height);
        let bottom = (f64::from(y) + 1.0 - cy).min(half_height);
        // How far the ellipse reaches to the right (1) or left (-1) in the row: it is convex.
        let reach = |side: f64| {
            let at = |dy: f64| -side * b / a * dy + ((1.0 - (dy / half_height).powi(2)).max(0.0) / a).sqrt();
            match (top..=bottom).contains(&(side * rightmost)) {
                true => half_width,
                false => at(top).max(at(bottom)),
            }
        };
        rows.add(y, cx - reach(-1.0), cx + reach(1.0));
    }
    Ok(rows.into_mask())
}

/// The corners in their order; what is inside has a winding number other than 0.
fn polygon(corners: &[[f32; 2]], size: (u32, u32)) -> Result<Mask> {
    let corners = finite(corners)?;
    if corners.len() < 3 {
        return Err(bad("a polygon needs three corners or more"));
    }
    let edges = || corners.iter().zip(corners.iter().cycle().skip(1)).map(|(a, b)| (*a, *b));
    let rows_of = |(a, b): ([f64; 2], [f64; 2])| {
        let inside = |y: f64| y.clamp(0.0, f64::from(size.1));
        (inside(a[1]) - inside(b[1])).abs() + 1.0
    };
    if edges().map(rows_of).sum::<f64>() > MOST_CROSSINGS {
        return Err(bad("a polygon's edges cross too many rows"));
    }
    let mut rows = Rows::new(size);
    edges().for_each(|(a, b)| stroke(&mut rows, a, b, 0.0));
    // Pixels that no edge touches lie inside with their centre or not at all.
    let mut crossings: Vec<(u32, f64, i32)> = edges().flat_map(|(a, b)| crossings(a, b, size.1)).collect();
    // From right to left in each row.
    sort_by_key(&mut crossings, |(y, x, _)| u64::from(*y) << 32 | u64::from(descending(*x as f32)));
    for of_row in crossings.chunk_by(|a, b| a.0 == b.0) {
        let mut winding = 0;
        for pair in of_row.windows(2) {
            winding += pair[0].2;
            if winding != 0 {
                rows.add(pair[0].0, pair[1].1, pair[0].1);
            }
        }
    }
    Ok(rows.into_mask())
}

/// Where an edge crosses the middle of rows: row, place and direction.
fn crossings(a: [f64; 2], b: [f64; 2], height: u32) -> impl Iterator<Item = (u32, f64, i32)> {
    let (upper, lower, direction) = if a[1] <= b[1] { (a, b, 1) } else { (b, a, -1) };
    let first = |y: f64| clamped((y - 0.5).ceil(), height);
    (first(upper[1])..first(lower[1])).map(move |y| {
        let share = (f64::from(y) + 0.5 - upper[1]) / (lower[1] - upper[1]);
        (y, upper[0] + share * (lower[0] - upper[0]), direction)
    })
}

fn brush(Brush { points, radius }: &Brush, size: (u32, u32)) -> Result<Mask> {
    let points = finite(points)?;
    let radius = f64::from(*radius);
    if points.is_empty() || !radius.is_finite() || radius <= 0.0 {
        return Err(bad("a brush needs a point or more, and a finite radius above 0"));
    }
    let segments = || {
        let ends = points.windows(2).map(|pair| (pair[0], pair[1]));
        ends.chain((points.len() == 1).then(|| (points[0], points[0])))
    };
    let rows_of = |(a, b): ([f64; 2], [f64; 2])| {
        let inside = |y: f64| y.clamp(0.0, f64::from(size.1));
        inside(a[1].max(b[1]) + radius) - inside(a[1].min(b[1]) - radius) + 1.0
    };
    if segments().map(rows_of).sum::<f64>() > MOST_ROWS {
        return Err(bad("a brush has too many points for its radius"));
    }
    let mut rows = Rows::new(size);
    segments().for_each(|(a, b)| stroke(&mut rows, a, b, radius));
    Ok(rows.into_mask())
}

/// All that is at most `radius` away from a segment. In each row that is one run, since it is convex: the hull of both ends' discs
/// and of the strip between them.
fn stroke(rows: &mut Rows, a: [f64; 2], b: [f64; 2], radius: f64) {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = (dx * dx + dy * dy).sqrt();
    let aside = if length > 0.0 { [-dy / length * radius, dx / length * radius] } else { [0.0; 2] };
    let corner = |end: [f64; 2], side: f64| [end[0] + side * aside[0], end[1] + side * aside[1]];
    let strip = [corner(a, 1.0), corner(b, 1.0), corner(b, -1.0), corner(a, -1.0)];
    for y in rows.touched(a[1].min(b[1]) - radius, a[1].max(b[1]) + radius) {
        let (top, bottom) = (f64::from(y), f64::from(y) + 1.0);
        let mut reach = [f64::INFINITY, f64::NEG_INFINITY];
        for [x, cy] in [a, b] {
            // Widest where the row is nearest to the centre.
            let off = cy - cy.clamp(top, bottom);
            let half = radius * radius - off * off;
            if half >= 0.0 {
                reach = [reach[0].min(x - half.sqrt()), reach[1].max(x + half.sqrt())];
            }
        }
        for (p, q) in (0..4).map(|i| (strip[i], strip[(i + 1) % 4])) {
            if let Some([left, right]) = within_rows(p, q, top, bottom) {
                reach = [reach[0].min(left), reach[1].max(right)];
            }
        }
        if reach[0] <= reach[1] {
            rows.add(y, reach[0], reach[1]);
        }
    }
}

/// The least and greatest column of the part of a segment between two heights.
fn within_rows(p: [f64; 2], q: [f64; 2], top: f64, bottom: f64) -> Option<[f64; 2]> {
    let (upper, lower) = if p[1] <= q[1] { (p, q) } else { (q, p) };
    if upper[1] > bottom || lower[1] < top {
        return None;
    }
    let rise = lower[1] - upper[1];
    let at = |y: f64| {
        let share = if rise > 0.0 { ((y - upper[1]) / rise).clamp(0.0, 1.0) } else { 0.0 };
        upper[0] + share * (lower[0] - upper[0])
    };
    let ends = if rise > 0.0 { [at(top), at(bottom)] } else { [p[0], q[0]] };
    Some([ends[0].min(ends[1]), ends[0].max(ends[1])])
}

/// Lengths of runs in the bounds, row by row: what is not covered first, then what is, in turns.
fn runs(lengths: &[u32], bounds: PixelRect, size: (u32, u32)) -> Result<Mask> {
    let width = u64::from(bounds.width());
    let total: u64 = lengths.iter().map(|length| u64::from(*length)).sum();
    if total != width * u64::from(bounds.height()) {
        return Err(bad("a mask's runs must be as long as its bounds have pixels"));
    }
    let mut rows = Rows::new(size);
    let mut at = 0u64;
    for (number, length) in lengths.iter().enumerate() {
        let end = at + u64::from(*length);
        while number % 2 == 1 && at < end {
            let (row, column) = (at / width, at % width);
            let part = (width - column).min(end - at);
            let y = u64::from(bounds.y0) + row;
            if y < u64::from(size.1) {
                let left = (u64::from(bounds.x0) + column) as f64;
                rows.add(y as u32, left, left + part as f64);
            }
            at += part;
        }
        at = end;
    }
    Ok(rows.into_mask())
}

/// A mask's runs as [`Shape::Mask`] has them, in its bounds.
pub fn lengths_of(mask: &Mask) -> Vec<u32> {
    let bounds = mask.bounds();
    let mut lengths = vec![0u32];
    let mut add = |covered: bool, length: u32| match (length, lengths.len() % 2 == 0) {
        (0, _) => {}
        (_, last_is_covered) if last_is_covered == covered => {
            if let Some(last) = lengths.last_mut() {
                *last += length;
            }
        }
        _ => lengths.push(length),
    };
    for y in bounds.y0..bounds.y1 {
        let mut x = bounds.x0;
        for &[from, to] in mask.row(y) {
            add(false, from - x);
            add(true, to - from);
            x = to;
        }
        add(false, bounds.x1 - x);
    }
    lengths
}

fn finite(points: &[[f32; 2]]) -> Result<Vec<[f64; 2]>> {
    match points.iter().flatten().all(|number| number.is_finite()) {
        true => Ok(points.iter().map(|point| point.map(f64::from)).collect()),
        false => Err(bad("a shape's points must be finite numbers")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const SIZE: (u32, u32) = (64, 48);
    const NOWHERE: PixelRect = PixelRect { x0: 0, y0: 0, x1: 0, y1: 0 };

    fn drawn(shape: &Shape) -> Mask {
        mask_of(shape, NOWHERE, SIZE).unwrap()
    }

    /// How much wider than what is covered the places are in which a covered pixel must lie: samples miss what is thinner than the
    /// distance between them.
    const WIDER: f64 = 0.3;

    /// The mask has every pixel with a point inside, and none whose whole surroundings lie outside. `is_inside` takes by how much
    /// wider than it is the shape is to be taken, and a place.
    fn is_tight(mask: &Mask, is_inside: &dyn Fn(f64, f64, f64) -> bool) -> std::result::Result<(), TestCaseError> {
        for (x, y) in (0..SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y))) {
            let any = |wider: f64, from: f64, to: f64| {
                let steps = || (0..=8).map(|i| from + (to - from) * f64::from(i) / 8.0);
                steps().any(|dy| steps().any(|dx| is_inside(wider, f64::from(x) + dx, f64::from(y) + dy)))
            };
            if any(0.0, 0.0, 1.0) {
                prop_assert!(mask.contains(x, y), "{x}, {y} is not covered");
            } else if !any(WIDER, -1.0, 2.0) {
                prop_assert!(!mask.contains(x, y), "{x}, {y} is covered");
            }
        }
        Ok(())
    }

    fn near() -> impl Strategy<Value = [f32; 2]> {
        (-20.0f32..84.0, -20.0f32..68.0).prop_map(|(x, y)| [x, y])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_ellipse_covers_what_it_touches([cx, cy] in near(), rx in 0.1f32..40.0, ry in 0.1f32..40.0, angle in -7.0f32..7.0) {
            let (sin, cos) = f64::from(angle).sin_cos();
            is_tight(&drawn(&Shape::Ellipse([cx, cy, rx, ry, angle])), &|wider, x, y| {
                let (dx, dy) = (x - f64::from(cx), y - f64::from(cy));
                let radii = [rx, ry].map(|radius| f64::from(radius) + wider);
                let (u, v) = ((dx * cos + dy * sin) / radii[0], (dy * cos - dx * sin) / radii[1]);
                u * u + v * v <= 1.0
            })?;
        }

        #[test]
        fn a_brush_covers_what_it_touches(points in prop::collection::vec(near(), 1..5), radius in 0.1f32..20.0) {
            let ends: Vec<_> = points.iter().zip(points.iter().skip(1).chain(points.last())).collect();
            is_tight(&drawn(&Shape::Brush(Brush { points: points.clone(), radius })), &|wider, x, y| {
                ends.iter().any(|(a, b)| distance([x, y], **a, **b) <= f64::from(radius) + wider)
            })?;
        }

        #[test]
        fn a_polygon_covers_what_it_touches(corners in prop::collection::vec(near(), 3..7)) {
            let edges: Vec<_> = corners.iter().zip(corners.iter().cycle().skip(1)).collect();
            let winding = |x: f64, y: f64| -> i32 {
                let side = |a: &[f32; 2], b: &[f32; 2]| {
                    (f64::from(b[0]) - f64::from(a[0])) * (y - f64::from(a[1])) - (x - f64::from(a[0])) * (f64::from(b[1]) - f64::from(a[1]))
                };
                let turn = |(a, b): &(&[f32; 2], &[f32; 2])| match (f64::from(a[1]) <= y, f64::from(b[1]) <= y) {
                    (true, false) if side(a, b) > 0.0 => 1,
                    (false, true) if side(a, b) < 0.0 => -1,
                    _ => 0,
                };
                edges.iter().map(turn).sum()
            };
            is_tight(&drawn(&Shape::Polygon(corners.clone())), &|wider, x, y| {
                winding(x, y) != 0 || wider > 0.0 && edges.iter().any(|(a, b)| distance([x, y], **a, **b) <= wider)
            })?;
        }

        #[test]
        fn runs_are_read_as_they_are_written(points in prop::collection::vec(near(), 1..5), radius in 0.5f32..9.0) {
            let mask = drawn(&Shape::Brush(Brush { points, radius }));
            let again = mask_of(&Shape::Mask(lengths_of(&mask)), mask.bounds(), SIZE).unwrap();
            prop_assert_eq!(again, mask);
        }
    }

    fn distance([x, y]: [f64; 2], a: [f32; 2], b: [f32; 2]) -> f64 {
        let (a, b) = (a.map(f64::from), b.map(f64::from));
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let squared = dx * dx + dy * dy;
        let share = if squared > 0.0 { (((x - a[0]) * dx + (y - a[1]) * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
        (x - a[0] - share * dx).hypot(y - a[1] - share * dy)
    }

    #[test]
    fn shapes_beside_the_picture_are_empty() {
        for shape in [
            Shape::Ellipse([-50.0, 10.0, 9.0, 9.0, 0.3]),
            Shape::Brush(Brush { points: vec![[90.0, 90.0], [1e9, 1e9]], radius: 4.0 }),
            Shape::Polygon(vec![[-9.0, -9.0], [-3.0, -9.0], [-3.0, -2.0]]),
        ] {
            assert!(drawn(&shape).is_empty(), "{shape:?}");
        }
    }

    #[test]
    fn shapes_without_area_or_with_bad_numbers_are_refused() {
        for shape in [
            Shape::Ellipse([5.0, 5.0, 0.0, 9.0, 0.0]),
            Shape::Ellipse([5.0, f32::NAN, 4.0, 9.0, 0.0]),
            Shape::Brush(Brush { points: vec![[4.0, 4.0]], radius: -1.0 }),
            Shape::Brush(Brush { points: vec![], radius: 1.0 }),
            Shape::Polygon(vec![[1.0, 1.0], [5.0, 5.0]]),
            Shape::Mask(vec![3, 4]),
        ] {
            assert!(mask_of(&shape, PixelRect { x0: 0, y0: 0, x1: 4, y1: 4 }, SIZE).is_err(), "{shape:?}");
        }
    }

    #[test]
    fn a_million_points_are_covered_or_refused_in_bounded_time() {
        let points: Vec<[f32; 2]> =
            (0..1_000_000).map(|i| [(i % 640) as f32 / 10.0, (i % 480) as f32 / 10.0]).collect();
        assert!(mask_of(&Shape::Brush(Brush { points: points.clone(), radius: 2.0 }), NOWHERE, SIZE).is_ok());
        let large = Shape::Brush(Brush { points, radius: 5000.0 });
        assert!(mask_of(&large, NOWHERE, (10_000, 10_000)).is_err());
    }
}
