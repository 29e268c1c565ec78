//! What the recogniser makes of faces that were found, so that a person sees how identifiable they are.

use super::Pipeline;
use super::settings::Progress;
use crate::error::Result;
use crate::identifiability;
use crate::photo::{Limits, Source};
use crate::recognition::recogniser::Recogniser;
use crate::report::{Identifiability, RegionRequest, Stage};

impl Pipeline {
    /// How identifiable each of the regions of a file is for the recogniser; one without landmarks is judged by its
    /// size. Embeddings are dropped at once.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened or a region from being rated.
    pub fn recognise<'a>(
        &self,
        recogniser: &mut Recogniser,
        file: impl Into<Source<'a>>,
        regions: &[RegionRequest],
        limits: &Limits,
        progress: Progress<'_>,
    ) -> Result<Vec<Identifiability>> {
        let frame = file.into().open(limits)?.frame;
        let mut rated = Vec::with_capacity(regions.len());
        for region in regions {
            progress(Stage::Recognise, rated.len() as f32 / regions.len() as f32);
            rated.push(match &region.landmarks {
                Some(landmarks) => {
                    let embedding = recogniser.embed(&frame, landmarks)?;
                    identifiability::of_face(&frame, region.bbox, landmarks, Some(&embedding))
                }
                None => identifiability::of_box(region.bbox),
            });
        }
        Ok(rated)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Settings;
    use super::*;
    use crate::detect::Detector;
    use crate::report::Reason;

    const PORTRAIT: &[u8] = include_bytes!("../../tests/photos/astronaut.jpg");

    #[test]
    fn each_face_is_rated_by_the_recogniser_in_its_place() {
        let yunet = include_bytes!("../../models/face_detection_yunet_2023mar.packed");
        let mut recogniser =
            Recogniser::load(include_bytes!("../../models/face_recognition_sface_2021dec.packed")).unwrap();
        let mut pipeline = Pipeline::new(Detector::from_yunet(yunet).unwrap());
        let found =
            pipeline.check(PORTRAIT, "a.jpg", &Settings::default(), &mut |_, _| ()).unwrap().report.regions.remove(0);
        let found = RegionRequest::from(&found);
        let given = RegionRequest { landmarks: None, ..found.clone() };
        let rated =
            pipeline.recognise(&mut recogniser, PORTRAIT, &[given, found], &Limits::default(), &mut |_, _| ()).unwrap();
        assert_eq!(rated[0].reasons, [Reason::NotMeasured]);
        assert_eq!(rated[1].reasons.last(), Some(&Reason::Recogniser));
        assert!(rated[1].score > 0.9, "{}", rated[1].score);
    }
}
