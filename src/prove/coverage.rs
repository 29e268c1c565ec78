//! How much of a face lies under covers: the one measure of it.

use crate::detect::Detection;
use crate::geometry::PixelRect;
use crate::mask::Mask;

/// Covers of a picture.
pub(crate) struct Coverage<'a> {
    mask: &'a Mask,
    width: u32,
    height: u32,
}

/// Points across a face at which it is told whether they are covered: a thirtieth of a face is finer than the question.
const SAMPLES: usize = 32;

/// Side of the squares that a cover must be made of to hide what is in it, as a share of the face's: a face is recognised
/// from eight samples across and more, and those that a dotted or hatched cover leaves open are such samples.
const SOLID_SIDE: f32 = 1.0 / 8.0;

/// Share of a face that must be covered for it to be covered.
const COVERED_FROM: f32 = 0.9;

/// Share of a face from which on covers that do not cover it hide a part of it: a quarter. A cover beside a face touches it by
/// less.
const PARTLY_FROM: f32 = 0.25;

impl<'a> Coverage<'a> {
    /// What is covered of a picture of `width` x `height` pixels.
    pub(crate) fn of(mask: &'a Mask, width: u32, height: u32) -> Self {
        Self { mask, width, height }
    }

    /// The face is covered: all its landmarks, and nine tenths of it, by covers without gaps.
    pub(crate) fn covers(&self, face: &Detection) -> bool {
        let landmarks = face.landmarks.iter().flatten().filter(|point| self.pixel(**point).is_some());
        landmarks.into_iter().all(|point| self.is_covered(*point)) && self.solid_share(face.bbox) >= COVERED_FROM
    }

    /// What of the face is covered is covered without gaps.
    pub(crate) fn is_solid_on(&self, face: &Detection) -> bool {
        self.solid_share(face.bbox) >= COVERED_FROM * self.share(face.bbox)
    }

    /// A part of the face is covered that is large enough to keep a search from finding the rest: a landmark or a quarter of it.
    pub(crate) fn touches(&self, face: &Detection) -> bool {
        face.landmarks.iter().flatten().any(|point| self.is_covered(*point)) || self.share(face.bbox) >= PARTLY_FROM
    }

    /// Share of the ellipse inscribed in a box `[x, y, width, height]`, as far as it lies in the picture, that lies under covers,
    /// 0 to 1. Corners of the box show no face.
    pub(crate) fn share(&self, bbox: [f32; 4]) -> f32 {
        self.share_where(bbox, |x, y| self.mask.contains(x, y))
    }

    /// That share, of covers as far as squares of [`SOLID_SIDE`] fit into them: the morphological opening by such a square, of which
    /// nine places about each pixel are tried.
    fn solid_share(&self, bbox: [f32; 4]) -> f32 {
        let side = (SOLID_SIDE * (bbox[2] + bbox[3]) / 2.0).ceil().max(1.0) as u32;
        let offsets = || [side / 2, 0, side - 1].into_iter();
        self.share_where(bbox, |x, y| {
            self.mask.contains(x, y)
                && offsets().any(|left| offsets().any(|above| self.is_square_covered([x, y], [left, above], side)))
        })
    }

    /// The square that reaches so far to the left of a pixel and above it is covered, as far as it lies in the picture.
    fn is_square_covered(&self, [x, y]: [u32; 2], [left, above]: [u32; 2], side: u32) -> bool {
        let span = |at: u32, before: u32, end: u32| (at.saturating_sub(before), (at + side - before).min(end));
        let ((x0, x1), (y0, y1)) = (span(x, left, self.width), span(y, above, self.height));
        self.mask.contains_rect(PixelRect { x0, y0, x1, y1 })
    }

    fn share_where(&self, bbox: [f32; 4], is_covered: impl Fn(u32, u32) -> bool) -> f32 {
        let [x, y, w, h] = bbox;
        let (mut shown, mut covered) = (0, 0);
        for (column, row) in (0..SAMPLES * SAMPLES).map(|i| (i % SAMPLES, i / SAMPLES)) {
            let [u, v] = [column, row].map(|i| (i as f32 + 0.5) / SAMPLES as f32);
            let in_ellipse = (u - 0.5).hypot(v - 0.5) <= 0.5;
            let Some((px, py)) = self.pixel([x + w * u, y + h * v]).filter(|_| in_ellipse) else { continue };
            shown += 1;
            covered += usize::from(is_covered(px, py));
        }
        if shown == 0 { 1.0 } else { covered as f32 / shown as f32 }
    }

    fn is_covered(&self, point: [f32; 2]) -> bool {
        self.pixel(point).is_some_and(|(x, y)| self.mask.contains(x, y))
    }

    /// The pixel at a point; `None` outside the picture.
    fn pixel(&self, [x, y]: [f32; 2]) -> Option<(u32, u32)> {
        let inside = (0.0..self.width as f32).contains(&x) && (0.0..self.height as f32).contains(&y);
        inside.then_some((x as u32, y as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Run;

    const EYES: [[f32; 2]; 5] = [[40.0, 40.0], [60.0, 40.0], [50.0, 50.0], [43.0, 62.0], [57.0, 62.0]];

    fn face() -> Detection {
        Detection::new([30.0, 20.0, 40.0, 60.0], 0.9, EYES)
    }

    fn of(mask: &Mask) -> Coverage<'_> {
        Coverage::of(mask, 100, 100)
    }

    fn rect(x0: u32, y0: u32, x1: u32, y1: u32) -> Mask {
        Mask::of_rect(PixelRect { x0, y0, x1, y1 })
    }

    #[test]
    fn a_face_is_covered_without_the_corners_of_its_box() {
        assert!(of(&rect(30, 20, 70, 80)).covers(&face()));
        assert!(of(&rect(32, 23, 68, 78)).covers(&face()));
        assert!(!of(&rect(36, 20, 70, 80)).covers(&face()));
    }

    #[test]
    fn a_face_of_which_an_eye_is_seen_is_not_covered() {
        let mut face = face();
        face.landmarks = face.landmarks.map(|mut points| {
            points[0] = [29.0, 40.0];
            points
        });
        assert!(!of(&rect(30, 20, 70, 80)).covers(&face));
    }

    #[test]
    fn a_cover_from_below_the_eyes_down_touches_a_face_and_does_not_cover_it() {
        let mask = rect(20, 45, 80, 90);
        assert!(of(&mask).touches(&face()) && !of(&mask).covers(&face()));
    }

    #[test]
    fn a_cover_at_the_hair_does_not_touch_a_face() {
        assert!(!of(&rect(20, 0, 80, 30)).touches(&face()));
    }

    #[test]
    fn what_lies_past_the_edge_needs_no_cover() {
        let mut face = face();
        face.bbox[0] -= 50.0;
        face.landmarks = Some(EYES.map(|[x, y]| [x - 50.0, y]));
        assert!(of(&rect(0, 20, 20, 80)).covers(&face));
        assert!(!of(&rect(10, 20, 20, 80)).covers(&face));
    }

    #[test]
    fn covers_side_by_side_cover_a_face_together() {
        let halves = Mask::union([&rect(30, 20, 50, 80), &rect(50, 20, 70, 80)]);
        assert!(of(&halves).covers(&face()));
    }

    #[test]
    fn a_cover_with_gaps_covers_no_face() {
        let dotted = |pitch: u32| {
            let rows = (0..100).flat_map(|y| (0..100).map(move |x| (x, y)));
            let covered = rows.filter(|(x, y)| x % pitch != 0 || y % pitch != 0);
            Mask::of_runs(covered.map(|(x, y)| Run { y, from: x, to: x + 1 }).collect())
        };
        let hatched = Mask::of_runs((0..100).filter(|y| y % 6 != 0).map(|y| Run { y, from: 0, to: 100 }).collect());
        let patches = (0..400).map(|i| (30 + i % 20 * 2, 20 + i / 20 * 3));
        let spots = Mask::of_runs(patches.map(|(x, y)| Run { y, from: x, to: x + 2 }).collect());
        for mask in [dotted(4), dotted(5), hatched, spots] {
            assert!(!of(&mask).covers(&face()) && !of(&mask).is_solid_on(&face()) && of(&mask).touches(&face()));
        }
    }

    #[test]
    fn a_cover_is_solid_where_it_ends_in_a_face() {
        assert!(of(&rect(36, 20, 70, 80)).is_solid_on(&face()));
        assert!(of(&rect(20, 45, 80, 90)).is_solid_on(&face()));
    }
}
