//! Places in a picture, and in a copy of another size.

use crate::detect::Detection;
use crate::geometry::TiltedBox;

/// How many times as large something is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    x: f32,
    y: f32,
}

impl Scale {
    /// From a picture of one size to the same in another.
    pub(super) fn between(from: (u32, u32), to: (u32, u32)) -> Self {
        Self { x: to.0 as f32 / from.0 as f32, y: to.1 as f32 / from.1 as f32 }
    }

    pub(super) fn scaled_box(self, [x, y, width, height]: [f32; 4]) -> [f32; 4] {
        [x * self.x, y * self.y, width * self.x, height * self.y]
    }

    pub(super) fn detection(self, detection: &Detection) -> Detection {
        let point = |[x, y]: [f32; 2]| [x * self.x, y * self.y];
        let side = |side: f32| side * (self.x + self.y) / 2.0;
        let tilted =
            |TiltedBox { centre, sides, tilt }| TiltedBox { centre: point(centre), sides: sides.map(side), tilt };
        Detection {
            bbox: self.scaled_box(detection.bbox),
            confidence: detection.confidence,
            landmarks: detection.landmarks.map(|landmarks| landmarks.map(point)),
            extent: self.scaled_box(detection.extent),
            tilted: detection.tilted.map(tilted),
        }
    }

    pub(super) fn detections(self, detections: &[Detection]) -> Vec<Detection> {
        detections.iter().map(|detection| self.detection(detection)).collect()
    }
}
