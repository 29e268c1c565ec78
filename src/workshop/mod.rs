//! What the workshop shows: a face, what a recogniser makes of it, whom of a gallery it finds by that, and what covers of all kinds
//! change about it. The attacks are those of `make attack`; nothing here computes anything of its own.

#[cfg(test)]
mod tests;

use crate::detect::{Detection, Detector, Policy};
use crate::error::{Error, Result};
use crate::geometry::PixelRect;
use crate::photo::{Frame, Limits, Photo, Source, resize_rgb};
use crate::protect::Method;
use crate::prove::attacks::Undoing;
use crate::prove::attacks::covers::{Covered, Covering};
use crate::prove::attacks::portrait::{FACES, Portrait, search};
use crate::recognition::alignment::{Similarity, TEMPLATE, align};
use crate::recognition::recogniser::{DIMENSIONS, Embedding, Recogniser};
use crate::report::Format;

/// Longest side of a photo in which a person chooses a face. Faces of a group are still found in it, within a second.
const LONGEST_SIDE: f32 = 1600.0;

/// Confidence from which on a detection is offered: what may be a face is of use to those who cover, not to those who search.
const LIKELY: f32 = 0.5;

/// Width in pixels to which larger faces are scaled, a little more than the recogniser sees, and how much is kept around
/// them, in widths: both bound the time that a cover takes.
const FACE_WIDTH: f32 = 128.0;
const MARGIN: f32 = 1.1;

/// One participant's photo, and the gallery.
pub struct Workshop {
    detector: Detector,
    recogniser: Recogniser,
    opened: Option<Opened>,
    subject: Option<Portrait>,
    published: Option<(Covering, Covered)>,
    gallery: Vec<Entry>,
}

/// A photo of which a person chooses a face.
struct Opened {
    photo: Photo,
    faces: Vec<Detection>,
}

/// Somebody in the gallery.
struct Entry {
    portrait: Portrait,
    /// What the recogniser makes of it under a cover.
    covered: Option<(Covering, Embedding)>,
}

/// A face as it is seen, and what it gives away.
#[derive(Debug, Clone)]
pub struct Look {
    /// The face and what is around it.
    pub picture: Frame,
    /// `3 * 112 * 112` bytes; see [`align`].
    pub aligned: Vec<u8>,
    /// Where the landmarks of the clear face lie in the aligned one.
    pub landmarks: [[f32; 2]; 5],
    /// All that a search engine keeps.
    pub numbers: [f32; DIMENSIONS],
    /// How alike the face is to each entry of the gallery, in its order, -1 to 1.
    pub likeness: Vec<f32>,
}

/// What undoing a cover made of the face.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The way of undoing, as a word for a page.
    pub undoing: &'static str,
    /// The face, aligned.
    pub aligned: Vec<u8>,
    /// As in [`Look::likeness`].
    pub likeness: Vec<f32>,
}

/// A cover by the name that a page has for it; `strength` is the blur in face widths, or the number of a mosaic's cells.
pub fn covering_named(kind: &str, strength: f32) -> Option<Covering> {
    match kind {
        "none" => Some(Covering::None),
        "eye-bar" => Some(Covering::EyeBar),
        "mask" => Some(Covering::Mask),
        "small-sticker" => Some(Covering::SmallSticker),
        "blur" => (0.0..=1.0).contains(&strength).then_some(Covering::Gaussian(strength)),
        "mosaic" => (1.0..=64.0).contains(&strength).then_some(Covering::Mosaic(strength)),
        "soft" => Some(Covering::Own(Method::Soft)),
        "solid" => Some(Covering::Own(Method::Solid)),
        "own-mosaic" => Some(Covering::Own(Method::Mosaic)),
        "sticker" => Some(Covering::Own(Method::Sticker)),
        _ => None,
    }
}

/// A way of undoing as a word for a page.
fn undoing_name(undoing: Undoing) -> &'static str {
    match undoing {
        Undoing::None => "none",
        Undoing::Unsharp => "unsharp",
        Undoing::Enlarged(2) => "enlarged-2",
        Undoing::Enlarged(_) => "enlarged-4",
        Undoing::Wiener => "wiener",
        Undoing::Cubic => "cubic",
    }
}

impl Workshop {
    /// Without a photo, and with an empty gallery.
    ///
    /// # Errors
    /// If the bytes are not those of the networks.
    pub fn new(yunet: &[u8], sface: &[u8]) -> Result<Self> {
        Ok(Self {
            detector: Detector::from_yunet(yunet)?,
            recogniser: Recogniser::load(sface)?,
            opened: None,
            subject: None,
            published: None,
            gallery: Vec::new(),
        })
    }

    /// Opens a photo, made smaller if it is large, and returns it with the boxes of its faces, large ones first.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened.
    pub fn open<'a>(&mut self, file: impl Into<Source<'a>>) -> Result<(&Frame, Vec<[f32; 4]>)> {
        self.forget(self.gallery.len());
        let photo = opened(file)?;
        let faces = self.faces(&photo)?;
        let boxes = faces.iter().map(|face| face.bbox).collect();
        let opened = self.opened.insert(Opened { photo, faces });
        Ok((&opened.photo.frame, boxes))
    }

    /// Takes one of the faces of the photo that was opened; `None` if there is no such face, or nothing can be made of it.
    ///
    /// # Errors
    /// If a network fails.
    pub fn choose(&mut self, index: usize) -> Result<Option<Look>> {
        (self.subject, self.published) = (None, None);
        let Some(opened) = &self.opened else { return Ok(None) };
        let Some(face) = opened.faces.get(index) else { return Ok(None) };
        self.subject = around(&opened.photo, face, &mut self.detector, &mut self.recogniser)?;
        if self.subject.is_none() { Ok(None) } else { self.weaken(Covering::None).map(Some) }
    }

    /// Adds the face in the middle of a picture to the gallery. Returns whether there is one.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened.
    pub fn enrol<'a>(&mut self, file: impl Into<Source<'a>>) -> Result<bool> {
        let photo = opened(file)?;
        let middle = [photo.frame.width as f32 / 2.0, photo.frame.height as f32 / 2.0];
        let portrait = Portrait::nearest(photo, middle, &mut self.detector, &mut self.recogniser)?;
        Ok(self.add(portrait))
    }

    /// Adds the largest face of a photo to the gallery: a participant's second photo. Returns whether there is one.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened.
    pub fn enrol_largest<'a>(&mut self, file: impl Into<Source<'a>>) -> Result<bool> {
        let photo = opened(file)?;
        let faces = self.faces(&photo)?;
        let Some(face) = faces.first() else { return Ok(false) };
        let portrait = around(&photo, face, &mut self.detector, &mut self.recogniser)?;
        Ok(self.add(portrait))
    }

    fn add(&mut self, portrait: Option<Portrait>) -> bool {
        let is_usable = portrait.is_some();
        self.gallery.extend(portrait.map(|portrait| Entry { portrait, covered: None }));
        is_usable
    }

    /// Faces that can be searched for, large ones first.
    fn faces(&mut self, photo: &Photo) -> Result<Vec<Detection>> {
        let mut faces = self.detector.detect(&photo.frame, &Policy::default(), &mut |_| ())?;
        faces.retain(|face| face.landmarks.is_some() && face.confidence >= LIKELY);
        faces.sort_by(|a, b| b.bbox[2].total_cmp(&a.bbox[2]));
        Ok(faces)
    }

    /// Adds the chosen photo itself to the gallery, as if it had been published once without a cover.
    ///
    /// # Errors
    /// If no face was chosen.
    pub fn enrol_subject(&mut self) -> Result<()> {
        let portrait = self.subject.clone().ok_or_else(nothing_chosen)?;
        self.gallery.push(Entry { portrait, covered: None });
        Ok(())
    }

    /// Covers the chosen face, publishes it and searches the gallery for it.
    ///
    /// # Errors
    /// If no face was chosen, or a network fails.
    pub fn weaken(&mut self, covering: Covering) -> Result<Look> {
        let subject = self.subject.as_ref().ok_or_else(nothing_chosen)?;
        let covered = subject.publish(covering)?;
        let seen = subject.covered(&covered, &mut self.recogniser)?;
        let aligned = align(&covered.frame, &subject.landmarks).unwrap_or_default();
        let to_template = Similarity::between(&subject.landmarks, &TEMPLATE).ok_or_else(nothing_chosen)?;
        let look = Look {
            picture: covered.frame.clone(),
            aligned,
            landmarks: subject.landmarks.map(|point| to_template.apply(point)),
            numbers: seen.direction,
            likeness: search(&seen, self.clear()),
        };
        self.published = Some((covering, covered));
        Ok(look)
    }

    /// Tries to undo the last cover, and searches with what comes of it.
    ///
    /// # Errors
    /// If no face was chosen, or a network fails.
    pub fn undo(&mut self) -> Result<Vec<Attempt>> {
        let (subject, (_, covered)) = both(&self.subject, &self.published)?;
        let undone = subject.undone(covered, &mut self.recogniser)?;
        let attempts = undone.into_iter().map(|undone| Attempt {
            undoing: undoing_name(undone.undoing),
            aligned: undone.aligned,
            likeness: search(&undone.embedding, self.clear()),
        });
        Ok(attempts.collect())
    }

    /// Covers a photo of the gallery like the chosen one.
    ///
    /// # Errors
    /// If no face was chosen, there is no such entry, or a network fails.
    pub fn cover_entry(&mut self, index: usize) -> Result<()> {
        let (_, (covering, _)) = both(&self.subject, &self.published)?;
        let covering = *covering;
        let entry = self.gallery.get_mut(index).ok_or_else(nothing_chosen)?;
        let published = entry.portrait.publish(covering)?;
        entry.covered = Some((covering, entry.portrait.covered(&published, &mut self.recogniser)?));
        Ok(())
    }

    /// Searches with the covered face among the gallery's covered photos.
    ///
    /// # Errors
    /// If one of them has not been covered in the same way; see [`Self::cover_entry`].
    pub fn parrot(&mut self) -> Result<Vec<f32>> {
        let (subject, (covering, covered)) = both(&self.subject, &self.published)?;
        let alike = |entry: &Entry| match &entry.covered {
            Some((other, embedding)) if other == covering => Ok(embedding.clone()),
            _ => Err(nothing_chosen()),
        };
        let gallery = self.gallery.iter().map(alike).collect::<Result<Vec<_>>>()?;
        Ok(search(&subject.covered(covered, &mut self.recogniser)?, &gallery))
    }

    /// The very photo is known: how far what is seen under the cover is from the own face, and from as many others of the gallery
    /// as [`FACES`] allows, put into the same photo and covered alike. Grey levels; the own face comes first.
    ///
    /// # Errors
    /// If no face was chosen.
    pub fn same_photo(&self) -> Result<Vec<f32>> {
        let (subject, (covering, _)) = both(&self.subject, &self.published)?;
        let strangers =
            self.gallery.iter().map(|entry| &entry.portrait.aligned).filter(|face| **face != subject.aligned);
        let faces = std::iter::once(&subject.aligned).chain(strangers).take(FACES);
        subject.transplanted(*covering, faces.map(Vec::as_slice))
    }

    /// Forgets the photo, the face and all of the gallery but its first `kept` entries.
    pub fn forget(&mut self, kept: usize) {
        (self.opened, self.subject, self.published) = (None, None, None);
        self.gallery.truncate(kept);
    }

    fn clear(&self) -> impl Iterator<Item = &Embedding> {
        self.gallery.iter().map(|entry| &entry.portrait.clear)
    }
}

/// A photo, made smaller if it is large.
fn opened<'a>(file: impl Into<Source<'a>>) -> Result<Photo> {
    let mut photo = file.into().open(&Limits::default())?;
    photo.flatten();
    scaled(&photo, PixelRect::full(photo.frame.width, photo.frame.height), LONGEST_SIDE)
}

/// The part of the photo around a face, made smaller if the face is large, and that face in it.
fn around(
    photo: &Photo,
    face: &Detection,
    detector: &mut Detector,
    recogniser: &mut Recogniser,
) -> Result<Option<Portrait>> {
    let [x, y, width, height] = face.bbox;
    let side = width.max(height) * (1.0 + 2.0 * MARGIN);
    let (cx, cy) = (x + width / 2.0, y + height / 2.0);
    let wanted = [cx - side / 2.0, cy - side / 2.0, side, side];
    let Some(rect) = PixelRect::enclosing(wanted, photo.frame.width, photo.frame.height) else { return Ok(None) };
    let longest = rect.width().max(rect.height()) as f32;
    let part = scaled(photo, rect, longest * (FACE_WIDTH / width).min(1.0))?;
    let scale = part.frame.width as f32 / rect.width() as f32;
    let place = [(cx - rect.x0 as f32) * scale, (cy - rect.y0 as f32) * scale];
    Portrait::nearest(part, place, detector, recogniser)
}

/// A part of a photo whose sides are at most `longest`; a photo without loss, since its pixels are new ones.
fn scaled(photo: &Photo, rect: PixelRect, longest: f32) -> Result<Photo> {
    let scale = (longest / rect.width().max(rect.height()) as f32).min(1.0);
    let [width, height] = [rect.width(), rect.height()].map(|side| ((side as f32 * scale).round() as u32).max(1));
    let rgb = resize_rgb(&photo.frame.part(rect), rect.width(), rect.height(), width, height)?;
    Ok(Photo {
        frame: Frame { width, height, rgb, alpha: None },
        format: Format::Png,
        profile: photo.profile,
        orientation: photo.orientation,
        blocks: None,
        luma_block: (1, 1),
        jpeg_quality: None,
        full_chroma: true,
        full_size: None,
        notes: Vec::new(),
    })
}

fn both<'a>(
    subject: &'a Option<Portrait>,
    published: &'a Option<(Covering, Covered)>,
) -> Result<(&'a Portrait, &'a (Covering, Covered))> {
    subject.as_ref().zip(published.as_ref()).ok_or_else(nothing_chosen)
}

fn nothing_chosen() -> Error {
    Error::Internal("no face was chosen, or none was covered".into())
}
