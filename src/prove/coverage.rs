//! How much of a face lies under covers: the one measure of it.

use crate::detect::Detection;
use crate::geometry::PixelRect;
use crate::places::{Places, bounds_of_box};

/// Covers of a picture.
pub(crate) struct Coverage {
    rects: Vec<PixelRect>,
    places: Places,
    width: u32,
    height: u32,
}

/// Points across a face at which it is told whether they are covered: a thirtieth of a face is finer than the question.
const SAMPLES: usize = 32;

/// Share of a face that must be covered for it to be covered.
const COVERED_FROM: f32 = 0.9;

/// Share of a face from which on covers that do not cover it hide a part of it: a quarter. A cover beside a face touches it by
/// less.
const PARTLY_FROM: f32 = 0.25;

impl Coverage {
    /// The covers `rects` of a picture of `width` x `height` pixels.
    pub(crate) fn of(rects: Vec<PixelRect>, width: u32, height: u32) -> Self {
        Self { places: Places::of(rects.iter().copied()), rects, width, height }
    }

    /// The face is covered: all its landmarks, and nine tenths of it.
    pub(crate) fn covers(&self, face: &Detection) -> bool {
        let landmarks = face.landmarks.iter().flatten().filter(|point| self.pixel(**point).is_some());
        landmarks.into_iter().all(|point| self.is_covered(*point)) && self.share(face.bbox) >= COVERED_FROM
    }

    /// A part of the face is covered that is large enough to keep a search from finding the rest: a landmark or a quarter of it.
    pub(crate) fn touches(&self, face: &Detection) -> bool {
        face.landmarks.iter().flatten().any(|point| self.is_covered(*point)) || self.share(face.bbox) >= PARTLY_FROM
    }

    /// Share of the ellipse inscribed in a box `[x, y, width, height]`, as far as it lies in the picture, that lies under covers,
    /// 0 to 1. Corners of the box show no face.
    pub(crate) fn share(&self, bbox: [f32; 4]) -> f32 {
        let near = self.places.at(bounds_of_box(bbox));
        let [x, y, w, h] = bbox;
        let (mut shown, mut covered) = (0, 0);
        for (column, row) in (0..SAMPLES * SAMPLES).map(|i| (i % SAMPLES, i / SAMPLES)) {
            let [u, v] = [column, row].map(|i| (i as f32 + 0.5) / SAMPLES as f32);
            let in_ellipse = (u - 0.5).hypot(v - 0.5) <= 0.5;
            let Some((px, py)) = self.pixel([x + w * u, y + h * v]).filter(|_| in_ellipse) else { continue };
            shown += 1;
            covered += usize::from(near.iter().any(|&cover| self.rects[cover].contains(px, py)));
        }
        if shown == 0 { 1.0 } else { covered as f32 / shown as f32 }
    }

    fn is_covered(&self, point: [f32; 2]) -> bool {
        let Some((x, y)) = self.pixel(point) else { return false };
        let (left, top) = (i64::from(x), i64::from(y));
        self.places.any([left, top, left, top], &mut |cover| self.rects[cover].contains(x, y))
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

    const EYES: [[f32; 2]; 5] = [[40.0, 40.0], [60.0, 40.0], [50.0, 50.0], [43.0, 62.0], [57.0, 62.0]];

    fn face() -> Detection {
        Detection::new([30.0, 20.0, 40.0, 60.0], 0.9, EYES)
    }

    fn covered_by(x0: u32, y0: u32, x1: u32, y1: u32) -> Coverage {
        Coverage::of(vec![PixelRect { x0, y0, x1, y1 }], 100, 100)
    }

    #[test]
    fn a_face_is_covered_without_the_corners_of_its_box() {
        assert!(covered_by(30, 20, 70, 80).covers(&face()));
        assert!(covered_by(32, 23, 68, 78).covers(&face()));
        assert!(!covered_by(36, 20, 70, 80).covers(&face()));
    }

    #[test]
    fn a_face_of_which_an_eye_is_seen_is_not_covered() {
        let mut face = face();
        face.landmarks = face.landmarks.map(|mut points| {
            points[0] = [29.0, 40.0];
            points
        });
        assert!(!covered_by(30, 20, 70, 80).covers(&face));
    }

    #[test]
    fn a_cover_from_below_the_eyes_down_touches_a_face_and_does_not_cover_it() {
        let coverage = covered_by(20, 45, 80, 90);
        assert!(coverage.touches(&face()) && !coverage.covers(&face()));
    }

    #[test]
    fn a_cover_at_the_hair_does_not_touch_a_face() {
        assert!(!covered_by(20, 0, 80, 30).touches(&face()));
    }

    #[test]
    fn what_lies_past_the_edge_needs_no_cover() {
        let mut face = face();
        face.bbox[0] -= 50.0;
        face.landmarks = Some(EYES.map(|[x, y]| [x - 50.0, y]));
        assert!(covered_by(0, 20, 20, 80).covers(&face));
        assert!(!covered_by(10, 20, 20, 80).covers(&face));
    }

    #[test]
    fn covers_side_by_side_cover_a_face_together() {
        let halves = [30, 50].map(|x0| PixelRect { x0, y0: 20, x1: x0 + 20, y1: 80 });
        assert!(Coverage::of(halves.to_vec(), 100, 100).covers(&face()));
    }
}
