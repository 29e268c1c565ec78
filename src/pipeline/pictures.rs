//! The pictures that a file holds besides its own: the classic leak is a thumbnail that shows the uncovered face.

use crate::detect::{Detector, Policy, Scan};
use crate::error::{Error, InputError, Result};
use crate::leaks;
use crate::photo::{self, Frame, Further, Limits, Photo, Place, Profile};
use crate::report::{FileReport, Format, Leak, LeakKind, LeakWords, NoteCode, Severity};

/// A leaked picture, small enough to be shown.
#[derive(Debug, Clone)]
pub struct LeakedPicture {
    /// The leak's place in [`crate::report::FileReport::leaks`].
    pub leak: usize,
    /// A JPEG that was made from the leaked pixels and holds nothing else but what their colours mean.
    pub file: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// Pictures of one file that are searched for faces, besides frames and pages, of which there may be as many again.
const MAX_PICTURES: usize = 100;
/// Bytes that are copied of one file for the pictures within it: those of a HEIC are each a file as large as the whole.
const MAX_COPIED: usize = 1 << 30;
/// Pictures of one file that are made ready to be shown: thumbnail, preview, the picture of the other eye, and some more.
const MAX_SHOWN: usize = 8;
/// Longest side of what is shown, in pixels: the width of the page's column.
const SHOWN_SIDE: u32 = 320;

/// Pixels and bytes, together, of pictures that are decoded outside of the engine.
#[cfg(feature = "rare-formats")]
const MOST_FOR_PLATFORM: (u64, u64) = (32_000_000, 64 << 20);

/// The thumbnails and second pictures of a HEIC in which the engine has not looked for faces, for the platform to decode: the places of
/// their `leaks`, and each as a file of its own. That is empty for those that would be too much, or too many, together with the ones before.
#[cfg(feature = "rare-formats")]
pub fn further_for_platform(file: &[u8], leaks: &[Leak]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let (max_pixels, max_bytes) = MOST_FOR_PLATFORM;
    let mut left = Limits { max_pixels, max_bytes, ..Limits::default() };
    let unseen = leaks.iter().enumerate().filter(|(_, leak)| leak.faces.is_none() && is_item(leak));
    unseen.enumerate().map(move |(number, (place, leak))| {
        // The whole file is copied for each.
        let is_too_much = number >= MAX_PICTURES || left.max_bytes < file.len() as u64;
        let picture = if is_too_much { None } else { leaks::coded_picture(file, leak) };
        let size = picture.as_ref().and_then(|picture| photo::dimensions(picture, &left).ok());
        let Some((picture, (width, height))) = picture.zip(size) else { return (place, Vec::new()) };
        left.max_pixels -= u64::from(width) * u64::from(height);
        left.max_bytes -= picture.len() as u64;
        (place, picture)
    })
}

/// Looks through all pictures that a file holds besides its own: those that leaks point at, frames and pages. Says in the leaks
/// how many faces are seen in each, adds leaks for frames, and counts in `report.skipped` what was not scanned, because it is
/// too much, damaged or in no format known here. Those that leaks point at may together have as many pixels as one picture, and
/// so may the others.
///
/// # Errors
/// If the detector fails; [`InputError::NeedsFormats`] if one of them is of a format that this build does not open.
pub(super) fn scan_embedded(
    file: &[u8],
    report: &mut FileReport,
    detector: &mut Detector,
    policy: &Policy,
    limits: &Limits,
) -> Result<Vec<LeakedPicture>> {
    let mut search = Search { report, detector, policy, pictures: Vec::new(), run: None };
    search.embedded(file, limits)?;
    let skipped = photo::show_further(file, limits, &mut |further| search.further(&further))?;
    // The frames of a sequence of AVIF or HEIF are decoded by the platform only, which does not hand them out one by one.
    let sequences = search.report.leaks.iter().filter(|leak| leak.location == "moov box").count();
    search.report.skipped.frames += (skipped + sequences) as u32;
    // The decoder of JPEG XL passes over later frames, and does not count them.
    let has_later_frames = search.report.notes.iter().any(|note| note.code == NoteCode::FirstFrameOnly);
    if has_later_frames && search.report.format == Some(Format::Jxl) {
        search.report.skipped.frames += 1;
    }
    Ok(search.pictures)
}

/// Looks through the previews in a raw file, as [`scan_embedded`] does through those in a photo.
///
/// # Errors
/// If the detector fails.
#[cfg(feature = "rare-formats")]
pub(super) fn scan_previews(
    file: &[u8],
    report: &mut FileReport,
    detector: &mut Detector,
    policy: &Policy,
    limits: &Limits,
) -> Result<()> {
    Search { report, detector, policy, pictures: Vec::new(), run: None }.embedded(file, limits)
}

struct Search<'a> {
    report: &'a mut FileReport,
    detector: &'a mut Detector,
    policy: &'a Policy,
    pictures: Vec<LeakedPicture>,
    /// The leak of the last frames, with the numbers of the first and the last of them.
    run: Option<(usize, u32, u32)>,
}

impl Search<'_> {
    /// Pictures that leaks point at and that are files of their own.
    fn embedded(&mut self, file: &[u8], limits: &Limits) -> Result<()> {
        let mut limits = *limits;
        let mut opened = 0;
        let mut copies_left = MAX_PICTURES.min(MAX_COPIED / file.len().max(1));
        for leak in 0..self.report.leaks.len() {
            // Each becomes a copy of the whole file.
            if cfg!(feature = "heic") && is_item(&self.report.leaks[leak]) {
                if copies_left == 0 {
                    self.report.skipped.frames += 1;
                    continue;
                }
                copies_left -= 1;
            }
            let Some(bytes) = leaks::picture(file, &self.report.leaks[leak]) else {
                self.report.skipped.frames += u32::from(is_out_of_reach(&self.report.leaks[leak]));
                continue;
            };
            let photo = if opened < MAX_PICTURES { openable(photo::open(&bytes, &limits))? } else { None };
            let Some(Photo { frame, profile, .. }) = photo else {
                self.report.skipped.frames += 1;
                continue;
            };
            opened += 1;
            limits.max_pixels -= u64::from(frame.width) * u64::from(frame.height);
            let scan = match self.report.leaks[leak].kind {
                LeakKind::SecondImage => Scan::photo(),
                _ => Scan::preview(),
            };
            self.report.leaks[leak].faces = Some(self.faces(&frame, scan)?);
            self.show(leak, &frame, profile)?;
        }
        Ok(())
    }

    /// A frame, page or hidden picture. Neighbouring frames with as many faces are one leak.
    fn further(&mut self, further: &Further<'_>) -> Result<()> {
        let faces = Some(self.faces(further.frame, Scan::photo())?);
        let leaks = &mut self.report.leaks;
        if let (Place::Frame(number), Some((leak, first, last))) = (further.place, self.run)
            && number == last + 1
            && leaks[leak].faces == faces
        {
            let [start, _] = leaks[leak].bytes.unwrap_or(further.bytes);
            let words = LeakWords::FurtherFrames { count: number - first + 1 };
            leaks[leak] = leak_of(format!("frames {first} to {number}"), [start, further.bytes[1]], words, faces);
            self.run = Some((leak, first, number));
            return Ok(());
        }
        let leak = match leaks.iter().position(|leak| leak.bytes == Some(further.bytes)) {
            Some(known) => {
                leaks[known].faces = faces;
                known
            }
            None => {
                let (place, words) = match further.place {
                    Place::Frame(number) => (format!("frame {number}"), LeakWords::FurtherFrames { count: 1 }),
                    Place::Hidden => ("IDAT".to_owned(), LeakWords::HiddenPicture),
                    Place::Page => ("page".to_owned(), LeakWords::FurtherPage),
                };
                leaks.push(leak_of(place, further.bytes, words, faces));
                leaks.len() - 1
            }
        };
        self.run = match further.place {
            Place::Frame(number) => Some((leak, number, number)),
            Place::Hidden | Place::Page => None,
        };
        self.show(leak, further.frame, None)
    }

    fn faces(&mut self, frame: &Frame, scan: Scan) -> Result<u32> {
        let policy = Policy { scans: vec![scan], ..self.policy.clone() };
        Ok(self.detector.detect(frame, &policy, &mut |_| ())?.len() as u32)
    }

    fn show(&mut self, leak: usize, frame: &Frame, profile: Option<Profile>) -> Result<()> {
        if self.pictures.len() < MAX_SHOWN {
            let (file, width, height) = photo::preview(frame, profile, SHOWN_SIDE)?;
            self.pictures.push(LeakedPicture { leak, file, width, height });
        }
        Ok(())
    }
}

/// Whether a leak is of a thumbnail or second picture among the items of a HEIC or AVIF.
fn is_item(leak: &Leak) -> bool {
    matches!(leak.kind, LeakKind::Thumbnail | LeakKind::SecondImage) && leak.location == leaks::ITEM
}

/// Whether a leak is of a picture in the codestream of a JPEG XL, which cannot be taken out.
fn is_out_of_reach(leak: &Leak) -> bool {
    matches!(leak.kind, LeakKind::Preview | LeakKind::SecondImage) && leak.location == leaks::CODESTREAM
}

/// `None` for a picture that is damaged, too large or in no format known here.
///
/// # Errors
/// If another build can open it.
fn openable(photo: Result<Photo>) -> Result<Option<Photo>> {
    match photo {
        Err(Error::Input(error @ InputError::NeedsFormats)) => Err(error.into()),
        photo => Ok(photo.ok()),
    }
}

fn leak_of(location: String, bytes: [u64; 2], words: LeakWords, faces: Option<u32>) -> Leak {
    let (kind, severity, value) = (LeakKind::SecondImage, Severity::High, words.to_string());
    Leak { kind, severity, location, bytes: Some(bytes), value, words: Some(words), faces }
}

#[cfg(all(test, feature = "rare-formats"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::isobmff::tests::{boxed, full, heif};

    /// A HEIC of one pixel with a square thumbnail of each of these sides.
    fn heic(sides: &[u32]) -> Vec<u8> {
        let items: Vec<(&[u8; 4], &[u8], &[u8])> = vec![(b"hvc1", b"\0", b"x"); sides.len() + 1];
        let numbers = 1..=items.len() as u16;
        let size = |side: &u32| full(b"ispe", 0, &[*side; 2].map(u32::to_be_bytes).concat());
        let sizes: Vec<u8> = std::iter::once(&1).chain(sides).flat_map(size).collect();
        let of_each = numbers.clone().flat_map(|id| [&id.to_be_bytes()[..], &[1, id as u8]].concat());
        let associations = [u32::from(*numbers.end()).to_be_bytes().to_vec(), of_each.collect()].concat();
        let thumbnail = |id: u16| boxed(b"thmb", &[id, 1, 1].map(u16::to_be_bytes).concat());
        let references: Vec<Vec<u8>> = numbers.skip(1).map(thumbnail).collect();
        heif(&items, &references, &[boxed(b"ipco", &sizes), full(b"ipma", 0, &associations)])
    }

    #[test]
    fn a_preview_that_cannot_be_taken_out_counts_as_not_looked_at() {
        use crate::container::jxl::tests::Writer;
        let size = [(1, 0), (2, 0), (9, 199), (3, 0), (2, 0), (9, 299), (1, 0)];
        let preview = [(1, 1), (3, 0), (1, 0), (1, 1), (1, 1), (2, 2), (5, 7), (3, 7), (1, 0)];
        let file =
            Writer::new().with(&size).with(&preview).with(&[(1, 0), (2, 0), (1, 1), (2, 0), (32, 1)]).codestream();
        let mut report = FileReport { leaks: leaks::find(&file, ""), ..FileReport::new("a") };
        let (mut detector, policy) = (Detector::default(), Policy::default());
        let mut search =
            Search { report: &mut report, detector: &mut detector, policy: &policy, pictures: Vec::new(), run: None };
        search.embedded(&file, &Limits::default()).unwrap();
        assert_eq!((report.leaks.len(), report.skipped.frames), (1, 1));
    }

    #[cfg(feature = "heic")]
    #[test]
    fn a_large_heic_is_not_copied_for_each_of_many_thumbnails() {
        let file = [heic(&[1; 400]), boxed(b"free", &vec![0; 64 << 20])].concat();
        let mut report = FileReport { leaks: leaks::find(&file, ""), ..FileReport::new("a") };
        let (mut detector, policy) = (Detector::default(), Policy::default());
        let mut search =
            Search { report: &mut report, detector: &mut detector, policy: &policy, pictures: Vec::new(), run: None };
        let start = std::time::Instant::now();
        search.embedded(&file, &Limits::default()).unwrap();
        assert_eq!((report.leaks.len(), report.skipped.frames), (400, 400));
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }

    #[test]
    fn pictures_for_the_platform_are_not_too_many_nor_too_large_together() {
        let given = |sides: &[u32]| {
            let file = heic(sides);
            let leaks = leaks::find(&file, "");
            let further = further_for_platform(&file, &leaks);
            let side = |picture: &[u8]| photo::dimensions(picture, &Limits::default()).map_or(0, |(width, _)| width);
            further.map(|(leak, picture)| (leak, side(&picture))).collect::<Vec<(usize, u32)>>()
        };
        assert_eq!(given(&[4000, 100]), [(0, 4000), (1, 100)]);
        assert_eq!(given(&[6000, 4000, 3000, 3000, 2000]), [(0, 0), (1, 4000), (2, 3000), (3, 0), (4, 2000)]);
        let many = given(&[1; MAX_PICTURES + 20]);
        assert!(many.iter().all(|(place, side)| *side == u32::from(*place < MAX_PICTURES)));
        assert_eq!(many.len(), MAX_PICTURES + 20);
    }
}
