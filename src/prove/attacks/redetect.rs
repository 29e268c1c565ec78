//! Looking for faces again. It says little either way: a face that no detector sees can be recognised, and a fill without
//! anything of a face can look like one.

use crate::detect::{Detection, Detector, Policy, iou};
use crate::error::Result;
use crate::photo::Frame;

/// A detection is the same face from this overlap on: the low end of what counts as a match in the field, as in the proof.
const SAME_FACE_IOU: f32 = 0.3;

/// For each of the original's faces, whether a detector finds one in its place in the protected picture, at the policy's
/// threshold.
///
/// # Errors
/// If the detector fails.
pub fn redetected(
    protected: &Frame,
    faces: &[Detection],
    detector: &mut Detector,
    policy: &Policy,
) -> Result<Vec<bool>> {
    let detections = detector.detect(protected, policy, &mut |_| ())?;
    let is_found = |face: &Detection| detections.iter().any(|detection| iou(detection.bbox, face.bbox) > SAME_FACE_IOU);
    Ok(faces.iter().map(is_found).collect())
}
