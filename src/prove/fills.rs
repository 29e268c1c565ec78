//! Faces that are none: covers and what is around them look like a larger face.

use super::covers::Drawn;
use super::{Coverage, ProofRules};
use crate::detect::{Detection, Detector, iou};
use crate::error::Result;
use crate::geometry::PixelRect;
use crate::photo::Frame;

/// Share of a detection that lies in covers from which on the fills may be what looks like a face. A whole face beside a cover
/// overlaps it by less.
pub(crate) const RESTS_ON_COVERS: f32 = 0.15;

/// Grey levels of the fills that are tried in the covers' place: dark, middle and bright.
const TRIED: [u8; 3] = [40, 128, 215];

/// Which of the detections come of the fills: they lie in covers in part, and with any other fill nothing is found in their place. A
/// face that shows beside a cover does so whatever the cover looks like. What a second search with the very fills does not find
/// cannot be judged, and counts as a face. The frame is as before when this returns.
///
/// # Errors
/// If the detector fails.
pub(super) fn come_of_fills(
    frame: &mut Frame,
    drawn: &Drawn,
    coverage: &Coverage<'_>,
    detections: &[Detection],
    detector: &mut Detector,
    rules: &ProofRules,
) -> Result<Vec<bool>> {
    let may = |detection: &Detection| {
        detection.confidence >= rules.fails_from
            && coverage.share(detection.bbox) >= RESTS_ON_COVERS
            && !coverage.covers(detection)
            // Between the gaps of a cover the face itself may show.
            && coverage.is_solid_on(detection)
    };
    let mut judged: Vec<bool> = detections.iter().map(may).collect();
    if !judged.contains(&true) {
        return Ok(judged);
    }
    let exported: Vec<u8> = drawn.shown_in(frame);
    let size = (frame.width, frame.height);
    let areas = |judged: &[bool]| -> Vec<PixelRect> {
        let boxes = detections.iter().zip(judged).filter(|(_, judged)| **judged);
        boxes.filter_map(|(detection, _)| PixelRect::enclosing(detection.bbox, size.0, size.1)).collect()
    };
    let mut found = |frame: &Frame, judged: &[bool]| detector.detect_in(frame, &rules.policy, &areas(judged));
    let is_among =
        |faces: &[Detection], one: &Detection| faces.iter().any(|face| iou(face.bbox, one.bbox) > rules.kept_iou);
    let again = found(frame, &judged)?;
    judged.iter_mut().zip(detections).for_each(|(judged, detection)| *judged &= is_among(&again, detection));
    for grey in TRIED {
        if !judged.contains(&true) {
            break;
        }
        drawn.fill(frame, grey);
        let faces = found(frame, &judged);
        drawn.show_again(frame, &exported);
        let faces = faces?;
        judged.iter_mut().zip(detections).for_each(|(judged, detection)| *judged &= !is_among(&faces, detection));
    }
    Ok(judged)
}
