//! An adversary with a recogniser, set on the faces of a copy.
//!
//! It searches for each face among [`COHORT`]'s, and not by a threshold alone: the faces of a group photo of 1927 stand in
//! for all the people who could be meant. What it does not find, another may.

use crate::detect::Detection;
use crate::error::{Error, Result};
use crate::geometry::PixelRect;
use crate::photo::{Frame, resize_rgb};
use crate::protect::reversible;
use crate::prove::attacks::{Known, Undoing, crop_under, identify, transplant, trimmed_distance, undone};
use crate::prove::check;
use crate::recognition::alignment::{SIDE, Similarity, TEMPLATE};
use crate::recognition::recogniser::{Embedding, Recogniser, SAME_PERSON_FROM, similarity};
use crate::report::{Check, CheckName};

/// 29 faces, aligned, one above the other: those of `tests/photos/solvay_1927.jpg`, in the public domain.
const COHORT: &[u8] = include_bytes!("cohort_1927.jpg");

/// Width in pixels from which on the recogniser is asked whether a copy shows a face. Of smaller ones it takes one blur for another:
/// of 484 of them under soft covers 47 were said to be recognised, of 35 larger ones 3.
const SMALLEST_FACE: f32 = 32.0;

/// Width in pixels to which faces are scaled for the recogniser. It sees 112 x 112 pixels, in which a face is 80 wide.
const FACE_WIDTH: f32 = 96.0;

/// Width to which faces are scaled for comparing pixels: small, since covers leave coarse light and shade only, and the
/// work of blurring grows with the fourth power.
const COARSE_FACE_WIDTH: f32 = 32.0;

/// How much more than the face's box is kept around it, as a share of its sides: what an aligned face shows, and a margin.
const MARGIN: f32 = 0.6;

/// Strengths of blur that candidates are given, in face widths: from none to one that leaves a shade, each about 1.4 times
/// the last, so that one is near that of any copy.
const BLURS: [f32; 9] = [0.0, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56];

/// Strengths of blur, in face widths, that are guessed for undoing one.
const GUESSED_BLURS: [f32; 3] = [0.05, 0.1, 0.2];

/// By how much more alike the person a face must be than without its features, for them to be what is recognised: a cover has the
/// light and colours of its photo, and the recogniser takes those for likeness. In 13 of 14 matches under
/// soft covers the likeness without features was 0.01 lower to 0.16 higher.
const SHOWN_FROM: f32 = 0.1;

/// Strength of blur, in face widths, that leaves light and tone of a face only: at half of it the recogniser finds none of 20 faces
/// (docs/threats.md).
const FACELESS_BLUR: f32 = 0.4;

/// A copy is linked to its photo if that differs from it by less than this share of what the next likely candidate does.
const LINKED_BELOW: f32 = 0.6;

/// What is compared pixel by pixel: the inner part of an aligned face, `[x, y, width, height]` in its pixels.
const INNER_FACE: [f32; 4] = [30.0, 36.0, 52.0, 62.0];

/// An adversary.
pub struct Adversary {
    recogniser: Recogniser,
    cohort: Vec<Embedding>,
    faces: Vec<Vec<u8>>,
}

/// What is needed of a picture to attack one of its faces: a small part of it.
#[derive(Debug, Clone)]
pub struct FacePart {
    fine: Part,
    coarse: Part,
}

/// A part of a picture and the landmarks of the face in it.
#[derive(Debug, Clone)]
struct Part {
    frame: Frame,
    landmarks: [[f32; 2]; 5],
    face_width: f32,
    /// Where it lies in the picture, and how much smaller it was made along each axis, 0 to 1.
    rect: PixelRect,
    scale: [f32; 2],
}

impl Adversary {
    /// An adversary that uses this recogniser.
    ///
    /// # Errors
    /// If the recogniser fails.
    pub fn new(mut recogniser: Recogniser) -> Result<Self> {
        let strip = image::load_from_memory(COHORT).map_err(|e| Error::Internal(e.to_string()))?.into_rgb8();
        let faces: Vec<Vec<u8>> = strip.as_raw().chunks_exact(3 * SIDE * SIDE).map(<[u8]>::to_vec).collect();
        let cohort = faces.iter().map(|face| recogniser.embed_aligned(face)).collect::<Result<_>>()?;
        Ok(Self { recogniser, cohort, faces })
    }

    /// Whether a recogniser takes the face for the same person, and not for one of the cohort, as it is or after undoing.
    /// `before` is what the original shows of it, `after` what the copy shows in its place, `cells` the cells of a mosaic
    /// `(area, side)` in pixels of the copy, if it is known for one.
    ///
    /// # Errors
    /// If the recogniser fails.
    pub fn reidentifies(
        &mut self,
        before: &FacePart,
        after: &FacePart,
        cells: Option<(PixelRect, u32)>,
    ) -> Result<bool> {
        let (before, after) = (&before.fine, &after.fine);
        let clear = self.recogniser.embed(&before.frame, &before.landmarks)?;
        let strangers = self.strangers(&clear);
        let mut controls = None;
        for (number, face) in guesses(after, &before.landmarks, cells)?.iter().enumerate() {
            let probe = self.recogniser.embed_aligned(face)?;
            let rank = identify(&probe, &clear, strangers.iter().map(|&stranger| &self.cohort[stranger]));
            let likeness = similarity(&probe, &clear);
            if rank.better > 0 || likeness < SAME_PERSON_FROM {
                continue;
            }
            if controls.is_none() {
                controls = Some(guesses(&after.faceless(), &before.landmarks, cells)?);
            }
            let control = controls.as_ref().and_then(|faces| faces.get(number));
            let control = control.map(|face| self.recogniser.embed_aligned(face)).transpose()?;
            if control.is_none_or(|control| likeness >= similarity(&control, &clear) + SHOWN_FROM) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the copy of a face can be told to be of this very photo: gives the original other faces, blurs it and them in
    /// the same way, and asks which is nearest to the copy.
    ///
    /// # Errors
    /// If the recogniser fails.
    pub fn links(&mut self, before: &FacePart, after: &FacePart) -> Result<bool> {
        let clear = self.recogniser.embed(&before.fine.frame, &before.fine.landmarks)?;
        let strangers = self.strangers(&clear);
        let (before, after) = (&before.coarse, &after.coarse);
        // What cannot be compared counts as linked.
        let Some(inner) = before.inner() else { return Ok(true) };
        let whole = PixelRect::full(before.frame.width, before.frame.height);
        let exchange = |&stranger: &usize| transplant(&before.frame, &before.landmarks, whole, &self.faces[stranger]);
        let others: Vec<Frame> = strangers.iter().map(exchange).collect();
        let seen = crop_under(&after.frame, inner)?;
        for widths in BLURS {
            let distance = |candidate: &Frame| {
                let mut candidate = candidate.clone();
                reversible::blur(&mut candidate, inner, widths * before.face_width);
                Ok(trimmed_distance(&seen, &crop_under(&candidate, inner)?))
            };
            let own = distance(&before.frame)?;
            let nearest = others.iter().map(distance).collect::<Result<Vec<f32>>>()?;
            if own < LINKED_BELOW * nearest.into_iter().fold(f32::INFINITY, f32::min) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Those of the cohort who are not the person themselves, by number.
    fn strangers(&self, person: &Embedding) -> Vec<usize> {
        let is_stranger = |&index: &usize| similarity(person, &self.cohort[index]) < SAME_PERSON_FROM;
        (0..self.cohort.len()).filter(is_stranger).collect()
    }

    /// Checks for a comparison: which of the original's faces are recognised in a copy of the same size, and which can be
    /// linked to it.
    ///
    /// # Errors
    /// If the recogniser fails.
    pub(super) fn compare(&mut self, before: &Frame, copy: &Frame, faces: &[Detection]) -> Result<[Check; 2]> {
        let (mut recognised, mut linked) = (Vec::new(), Vec::new());
        for face in faces {
            let (Some(before), Some(after)) = (FacePart::of(before, face)?, FacePart::of(copy, face)?) else {
                continue;
            };
            if is_large_enough(face) && self.reidentifies(&before, &after, None)? {
                recognised.push(face.bbox);
            }
            if self.links(&before, &after)? {
                linked.push(face.bbox);
            }
        }
        let (count, people) = (faces.len(), self.cohort.len());
        let untried = match faces.iter().filter(|face| face.landmarks.is_none()).count() {
            0 => String::new(),
            untried => format!("; {untried} were not tried, since their landmarks are not known"),
        };
        let mut recognised_detail = format!(
            "{} of {count} faces are recognised among {people} others, also after undoing{untried}",
            recognised.len()
        );
        let small = faces.iter().filter(|face| face.landmarks.is_some() && !is_large_enough(face)).count();
        if small > 0 {
            recognised_detail += &format!("; {small} are too small for the recogniser to tell");
        }
        let linked_detail = format!(
            "{} of {count} covers can be linked to this very photo by their light and shade{untried}",
            linked.len()
        );
        Ok([
            Check {
                ok: recognised.is_empty(),
                regions: recognised,
                ..check(CheckName::Reidentified, true, recognised_detail)
            },
            Check { ok: linked.is_empty(), regions: linked, ..check(CheckName::Linked, true, linked_detail) },
        ])
    }
}

/// The recogniser can tell something of the face.
fn is_large_enough(face: &Detection) -> bool {
    face.bbox[2] >= SMALLEST_FACE
}

/// What an adversary tries: the aligned face as it is, and after undoing what may have been done to it.
fn guesses(face: &Part, landmarks: &[[f32; 2]; 5], cells: Option<(PixelRect, u32)>) -> Result<Vec<Vec<u8>>> {
    let known = cells.map_or(Known::Nothing, |(area, side)| face.cells(area, side));
    let mut guesses: Vec<Vec<u8>> = undone(&face.frame, landmarks, known)?.into_iter().map(|(_, face)| face).collect();
    for widths in GUESSED_BLURS {
        let guess = Known::Blur { sigma: widths * face.face_width };
        let made = undone(&face.frame, landmarks, guess)?;
        guesses.extend(made.into_iter().filter(|(undoing, _)| *undoing == Undoing::Wiener).map(|(_, face)| face));
    }
    Ok(guesses)
}

impl FacePart {
    /// The part of a picture around a face; `None` if nothing of it lies in the picture or its landmarks are not known.
    ///
    /// # Errors
    /// Only by a defect of the program.
    pub fn of(picture: &Frame, face: &Detection) -> Result<Option<Self>> {
        let Some(landmarks) = face.landmarks else { return Ok(None) };
        let [x, y, width, height] = face.bbox;
        let grown =
            [x - MARGIN * width, y - MARGIN * height, width * (1.0 + 2.0 * MARGIN), height * (1.0 + 2.0 * MARGIN)];
        let Some(rect) = PixelRect::enclosing(grown, picture.width, picture.height) else { return Ok(None) };
        let part = Part {
            frame: Frame { width: rect.width(), height: rect.height(), rgb: picture.part(rect), alpha: None },
            landmarks: landmarks.map(|[x, y]| [x - rect.x0 as f32, y - rect.y0 as f32]),
            face_width: width,
            rect,
            scale: [1.0; 2],
        };
        let fine = part.shrunk(FACE_WIDTH)?;
        Ok(Some(Self { coarse: fine.shrunk(COARSE_FACE_WIDTH)?, fine }))
    }
}

impl Part {
    /// The part with so strong a blur on the face that nothing of a person is left but light and tone.
    fn faceless(&self) -> Self {
        let mut faceless = self.clone();
        if let Some(inner) = self.inner() {
            reversible::blur(&mut faceless.frame, inner, FACELESS_BLUR * self.face_width);
        }
        faceless
    }

    /// So small that the face is at most `face_width` pixels wide.
    fn shrunk(&self, face_width: f32) -> Result<Self> {
        let scale = face_width / self.face_width;
        if scale.is_nan() || scale >= 1.0 {
            return Ok(self.clone());
        }
        let Frame { width, height, rgb, .. } = &self.frame;
        let [to_width, to_height] = [width, height].map(|side| ((*side as f32 * scale).round() as u32).max(1));
        let (scale_x, scale_y) = (to_width as f32 / *width as f32, to_height as f32 / *height as f32);
        Ok(Self {
            frame: Frame {
                width: to_width,
                height: to_height,
                rgb: resize_rgb(rgb, *width, *height, to_width, to_height)?,
                alpha: None,
            },
            landmarks: self.landmarks.map(|[x, y]| [x * scale_x, y * scale_y]),
            face_width: self.face_width * scale_x,
            rect: self.rect,
            scale: [self.scale[0] * scale_x, self.scale[1] * scale_y],
        })
    }

    /// Cells of the picture as they lie here.
    fn cells(&self, area: PixelRect, side: u32) -> Known {
        let [scale_x, scale_y] = self.scale;
        let x = (area.x0 as f32 - self.rect.x0 as f32) * scale_x;
        let y = (area.y0 as f32 - self.rect.y0 as f32) * scale_y;
        Known::Cells { corner: [x, y], side: side as f32 * scale_x }
    }

    /// Where [`INNER_FACE`] lies.
    fn inner(&self) -> Option<PixelRect> {
        let back = Similarity::between(&TEMPLATE, &self.landmarks)?;
        let [x, y, width, height] = INNER_FACE;
        let [cx, cy] = back.apply([x + width / 2.0, y + height / 2.0]);
        let (width, height) = (width * back.scale(), height * back.scale());
        PixelRect::enclosing([cx - width / 2.0, cy - height / 2.0, width, height], self.frame.width, self.frame.height)
    }
}
