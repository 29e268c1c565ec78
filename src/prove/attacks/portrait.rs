//! A photo of one person, and what an attacker makes of it: clear, covered, and with another face under the cover.

use super::covers::{self, Covered, Covering};
use super::{Rank, Undoing, transplant, trimmed_distance, undone};
use crate::detect::{Detection, Detector, Policy};
use crate::error::Result;
use crate::photo::{Frame, Photo};
use crate::recognition::alignment::align;
use crate::recognition::recogniser::{Embedding, Recogniser, similarity};

/// Faces that each could have had under the cover.
pub const FACES: usize = 10;

/// A photo and the face in it that is attacked.
#[derive(Debug, Clone)]
pub struct Portrait {
    /// The photo.
    pub photo: Photo,
    /// The face.
    pub face: Detection,
    /// As in [`Detection::landmarks`].
    pub landmarks: [[f32; 2]; 5],
    /// What the recogniser makes of the clear face.
    pub clear: Embedding,
    /// The clear face, aligned.
    pub aligned: Vec<u8>,
}

impl Portrait {
    /// The portrait of the face that lies nearest to a place in the photo, in widths of the face; `None` if there is no face.
    ///
    /// # Errors
    /// If a network fails.
    pub fn nearest(
        photo: Photo,
        [x, y]: [f32; 2],
        detector: &mut Detector,
        recogniser: &mut Recogniser,
    ) -> Result<Option<Self>> {
        let found = detector.detect(&photo.frame, &Policy::default(), &mut |_| ())?;
        let off = |face: &Detection| {
            let [left, top, width, height] = face.bbox;
            (left + width / 2.0 - x).hypot(top + height / 2.0 - y) / width
        };
        match found.into_iter().min_by(|a, b| off(a).total_cmp(&off(b))) {
            Some(face) => Self::of(photo, face, recogniser),
            None => Ok(None),
        }
    }

    /// The portrait of a face that was found in the photo; `None` if its landmarks make no face.
    ///
    /// # Errors
    /// If the recogniser fails.
    fn of(photo: Photo, face: Detection, recogniser: &mut Recogniser) -> Result<Option<Self>> {
        let Some(landmarks) = face.landmarks else { return Ok(None) };
        let Some(aligned) = align(&photo.frame, &landmarks) else { return Ok(None) };
        let clear = recogniser.embed_aligned(&aligned)?;
        Ok(Some(Self { photo, face, landmarks, clear, aligned }))
    }

    /// The photo with the face covered.
    ///
    /// # Errors
    /// If the face lies outside the picture.
    pub fn publish(&self, covering: Covering) -> Result<Covered> {
        covering.publish(&self.photo.frame, &self.photo, &self.face)
    }

    /// What the recogniser makes of a published photo: an attacker who parrots makes it of every photo there is.
    ///
    /// # Errors
    /// If the recogniser fails.
    pub fn covered(&self, covered: &Covered, recogniser: &mut Recogniser) -> Result<Embedding> {
        recogniser.embed(&covered.frame, &self.landmarks)
    }

    /// Every aligned face that can be made of the published photo, and what the recogniser makes of it.
    ///
    /// # Errors
    /// If the recogniser fails.
    pub fn undone(&self, covered: &Covered, recogniser: &mut Recogniser) -> Result<Vec<Undone>> {
        let faces = undone(&covered.frame, &self.landmarks, covered.known)?;
        let embed = |(undoing, aligned): (Undoing, Vec<u8>)| {
            Ok(Undone { undoing, embedding: recogniser.embed_aligned(&aligned)?, aligned })
        };
        faces.into_iter().map(embed).collect()
    }

    /// How far what is seen under the cover is from each of the faces that could be there, in grey levels: the attacker has this very
    /// photo, puts each of the aligned `faces` in it, and covers it once more. The first of them is the one that was published.
    ///
    /// # Errors
    /// As [`Self::publish`].
    pub fn transplanted<'a>(&self, covering: Covering, faces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<f32>> {
        let area = covers::compared(&self.photo.frame, &self.face);
        let mut published: Option<Vec<u8>> = None;
        let mut distances = Vec::new();
        for face in faces {
            let picture = transplant(&self.photo.frame, &self.landmarks, area, face);
            let again = self.under(covering, &picture)?;
            let seen = match &published {
                Some(seen) => seen,
                None => published.insert(self.under(covering, &picture)?),
            };
            distances.push(trimmed_distance(seen, &again));
        }
        Ok(distances)
    }

    /// What is seen where the face was in a picture that differs from the photo in the face alone, once it is covered.
    fn under(&self, covering: Covering, picture: &Frame) -> Result<Vec<u8>> {
        covers::under(&covering.publish(picture, &self.photo, &self.face)?.frame, &self.face)
    }
}

/// What undoing a cover made of the face.
#[derive(Debug, Clone)]
pub struct Undone {
    /// The way.
    pub undoing: Undoing,
    /// The face, aligned.
    pub aligned: Vec<u8>,
    /// What the recogniser makes of it.
    pub embedding: Embedding,
}

/// The chance that the first of some distances is taken for the least.
pub fn chance_of_nearest(distances: &[f32]) -> f32 {
    let [own, others @ ..] = distances else { return 0.0 };
    Rank::among(-own, others.iter().map(|other| -other)).chance_of_first()
}

/// How alike a face is to each of a gallery, in its order.
pub fn search<'a>(probe: &Embedding, gallery: impl IntoIterator<Item = &'a Embedding>) -> Vec<f32> {
    gallery.into_iter().map(|entry| similarity(probe, entry)).collect()
}
