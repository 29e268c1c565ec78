//! What the recogniser makes of faces that were found: how identifiable they are, and what to compare them by.

use super::Pipeline;
use super::settings::Progress;
use crate::error::Result;
use crate::identifiability;
use crate::photo::{Frame, Limits, Source};
use crate::recognition::recogniser::{Embedding, Recogniser};
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
        let embeddings = embed_each(recogniser, &frame, regions, progress)?;
        let rated = regions.iter().zip(embeddings).map(|(region, embedding)| match &region.landmarks {
            Some(landmarks) => identifiability::of_face(&frame, region.bbox, landmarks, embedding.as_ref()),
            None => identifiability::of_box(region.bbox),
        });
        Ok(rated.collect())
    }

    /// The embedding of each of the regions of a file; none of one without landmarks. They are biometric data: whoever
    /// gets them compares them at once and drops them.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened or a region from being embedded.
    pub fn embed<'a>(
        &self,
        recogniser: &mut Recogniser,
        file: impl Into<Source<'a>>,
        regions: &[RegionRequest],
        limits: &Limits,
        progress: Progress<'_>,
    ) -> Result<Vec<Option<Embedding>>> {
        let frame = file.into().open(limits)?.frame;
        embed_each(recogniser, &frame, regions, progress)
    }
}

fn embed_each(
    recogniser: &mut Recogniser,
    frame: &Frame,
    regions: &[RegionRequest],
    progress: Progress<'_>,
) -> Result<Vec<Option<Embedding>>> {
    let embed = |(index, region): (usize, &RegionRequest)| {
        progress(Stage::Recognise, index as f32 / regions.len() as f32);
        region.landmarks.as_ref().map(|landmarks| recogniser.embed(frame, landmarks)).transpose()
    };
    regions.iter().enumerate().map(embed).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Settings;
    use super::*;
    use crate::detect::Detector;
    use crate::recognition::recogniser::{SAME_PERSON_FROM, similarity};
    use crate::report::Reason;

    const PORTRAIT: &[u8] = include_bytes!("../../tests/photos/astronaut.jpg");
    const OTHER_PORTRAIT: &[u8] = include_bytes!("../../tests/photos/grace_hopper.jpg");

    fn recogniser() -> Recogniser {
        Recogniser::load(include_bytes!("../../models/face_recognition_sface_2021dec.packed")).unwrap()
    }

    fn first_face(pipeline: &mut Pipeline, photo: &[u8]) -> RegionRequest {
        let checked = pipeline.check(photo, "a.jpg", &Settings::default(), &mut |_, _| ()).unwrap();
        RegionRequest::from(&checked.report.regions[0])
    }

    fn pipeline() -> Pipeline {
        Pipeline::new(Detector::from_yunet(include_bytes!("../../models/face_detection_yunet_2023mar.packed")).unwrap())
    }

    #[test]
    fn each_face_is_rated_by_the_recogniser_in_its_place() {
        let mut pipeline = pipeline();
        let found = first_face(&mut pipeline, PORTRAIT);
        let given = RegionRequest { landmarks: None, ..found.clone() };
        let rated = pipeline
            .recognise(&mut recogniser(), PORTRAIT, &[given, found], &Limits::default(), &mut |_, _| ())
            .unwrap();
        assert_eq!(rated[0].reasons, [Reason::NotMeasured]);
        assert_eq!(rated[1].reasons.last(), Some(&Reason::Recogniser));
        assert!(rated[1].score > 0.9, "{}", rated[1].score);
    }

    #[test]
    fn faces_are_embedded_in_their_order_and_two_people_are_told_apart() {
        let (mut pipeline, mut recogniser) = (pipeline(), recogniser());
        let mut embed = |photo: &[u8]| {
            let found = first_face(&mut pipeline, photo);
            let given = RegionRequest { landmarks: None, ..found.clone() };
            pipeline.embed(&mut recogniser, photo, &[given, found], &Limits::default(), &mut |_, _| ()).unwrap()
        };
        let (one, other) = (embed(PORTRAIT), embed(OTHER_PORTRAIT));
        assert_eq!((one.len(), &one[0]), (2, &None));
        let (one, other) = (one[1].as_ref().unwrap(), other[1].as_ref().unwrap());
        assert!(similarity(one, one) > 0.99);
        assert!(similarity(one, other) < SAME_PERSON_FROM, "{}", similarity(one, other));
    }
}
