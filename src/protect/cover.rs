//! How far a cover reaches: from a face to the whole head.

use crate::geometry::TiltedBox;

/// How a face's box grows to the whole head, in shares of the box's sides.
///
/// The detector's boxes reach from the forehead to the chin and hardly to the ears. A head from the vertex to below the chin with its
/// ears and the hair at its sides is an ellipse about 1.5 times as wide and 1.65 times as high, with its centre a little above the
/// box's. The command `deface` covers 1.3 times the box.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverRules {
    /// Half the head's width, in widths.
    pub across: f32,
    /// Half the head's height, in heights.
    pub along: f32,
    /// How far the head's centre lies above the face's, in heights.
    pub up: f32,
    /// By how many pixels what is hidden grows in a JPEG before its blocks are chosen. Encoders that smooth a picture before they
    /// compress it (libjpeg's `-smooth`, measured at 50 and 100) carry a face one pixel far into blocks of brightness and of colour that
    /// it does not touch; those that do not carry it nowhere.
    pub smoothed: u32,
}

impl Default for CoverRules {
    fn default() -> Self {
        Self { across: 0.74, along: 0.82, up: 0.1, smoothed: 1 }
    }
}

/// The head `[cx, cy, rx, ry, angle]` of a face that was found in `face`. `extent`, the union of all upright boxes in which it was
/// found, and landmarks that lie outside make it larger.
pub fn head_of_face(
    face: TiltedBox,
    extent: [f32; 4],
    landmarks: Option<&[[f32; 2]; 5]>,
    rules: &CoverRules,
) -> [f32; 5] {
    let TiltedBox { centre: [x, y], sides: [width, height], tilt } = face;
    let (sin, cos) = tilt.sin_cos();
    let (rx, ry) = (rules.across * width, rules.along * height);
    let (cx, cy) = (x + rules.up * height * sin, y - rules.up * height * cos);
    let [ex, ey, ew, eh] = extent;
    let sides = [[ex, ey + eh / 2.0], [ex + ew, ey + eh / 2.0], [ex + ew / 2.0, ey], [ex + ew / 2.0, ey + eh]];
    let points =
        landmarks.into_iter().flatten().copied().chain(sides).filter(|point| point.iter().all(|v| v.is_finite()));
    // Half a pixel more, so that rounding leaves none out.
    let distance = |[px, py]: [f32; 2]| {
        let (dx, dy) = (px - cx, py - cy);
        let (u, v) = ((dx * cos + dy * sin).abs() + 0.5, (dy * cos - dx * sin).abs() + 0.5);
        (u / rx).hypot(v / ry)
    };
    let scale = points.map(distance).fold(1.0, f32::max);
    [cx, cy, scale * rx, scale * ry, tilt]
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPRIGHT: [[f32; 2]; 5] = [[40.0, 40.0], [60.0, 40.0], [50.0, 50.0], [43.0, 62.0], [57.0, 62.0]];

    fn head(bbox: [f32; 4], landmarks: Option<&[[f32; 2]; 5]>) -> [f32; 5] {
        head_of_face(TiltedBox::along_eyes(bbox, landmarks), bbox, landmarks, &CoverRules::default())
    }

    #[test]
    fn a_head_reaches_from_the_vertex_to_below_the_chin() {
        let [cx, cy, rx, ry, angle] = head([30.0, 20.0, 40.0, 60.0], Some(&UPRIGHT));
        assert_eq!((cx, angle), (50.0, 0.0));
        assert!(rx > 28.0 && cy - ry < 0.0 && cy + ry > 88.0, "{rx} {cy} {ry}");
    }

    #[test]
    fn a_lying_head_is_covered_to_its_vertex() {
        // Turned a quarter clockwise: the right eye above the left, the vertex to the right.
        let landmarks = [[210.0, 190.0], [210.0, 210.0], [200.0, 200.0], [190.0, 190.0], [190.0, 210.0]];
        let [cx, _, _, ry, angle] = head([170.0, 180.0, 60.0, 40.0], Some(&landmarks));
        assert!((angle - std::f32::consts::FRAC_PI_2).abs() < 1e-3 && cx + ry > 250.0, "{cx} {ry} {angle}");
    }

    #[test]
    fn landmarks_and_other_boxes_of_the_face_lie_in_the_head() {
        let mut landmarks = UPRIGHT;
        landmarks[0] = [-20.0, 44.0];
        let [cx, _, rx, ..] = head([30.0, 20.0, 40.0, 60.0], Some(&landmarks));
        assert!(cx - rx < -20.0);
        let rules = CoverRules::default();
        let upright = TiltedBox::along_eyes([30.0, 20.0, 40.0, 60.0], None);
        let [_, cy, _, ry, _] = head_of_face(upright, [30.0, 20.0, 40.0, 120.0], None, &rules);
        assert!(cy + ry > 140.0);
    }

    #[test]
    fn landmarks_that_are_no_numbers_leave_it_upright() {
        let landmarks = [[f32::NAN; 2]; 5];
        assert_eq!(head([30.0, 20.0, 40.0, 60.0], Some(&landmarks)), head([30.0, 20.0, 40.0, 60.0], None));
    }
}
