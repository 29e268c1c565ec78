//! Opening a file and finding what it gives away.

use std::borrow::Cow;

use super::Pipeline;
use super::clock::Stopwatch;
use super::settings::{Progress, Settings};
use crate::detect::Detection;
use crate::error::{Error, Result};
use crate::geometry::PixelRect;
use crate::identifiability;
use crate::leaks;
#[cfg(feature = "rare-formats")]
use crate::photo::{self, Limits};
use crate::photo::{Frame, Photo, Source};
use crate::protect;
use crate::report::{Cover, Decision, ErrorReport, FileReport, Origin, Region, RegionKind, Shape, Stage};
#[cfg(feature = "rare-formats")]
use crate::report::{Leak, RawPreview};

impl Pipeline {
    /// [`report_unopened`], and how many faces are seen in each preview of a camera's raw file.
    pub fn report_unopened(&mut self, bytes: &[u8], name: &str, error: &Error, settings: &Settings) -> FileReport {
        #[cfg_attr(not(feature = "rare-formats"), expect(unused_mut, reason = "there are no previews without"))]
        let mut report = report_unopened(bytes, name, error);
        #[cfg(feature = "rare-formats")]
        if report.raw_preview.is_some() {
            let Settings { policy, limits, .. } = settings;
            // Without the faces the report says what it can.
            let _ = super::pictures::scan_previews(bytes, &mut report, &mut self.detector, policy, limits);
        }
        #[cfg(not(feature = "rare-formats"))]
        let _ = settings;
        report
    }

    /// Opens a file, and writes into the report what it is and what it says besides its pixels.
    pub(super) fn open(
        &mut self,
        file: Source<'_>,
        name: &str,
        settings: &Settings,
        report: &mut FileReport,
        progress: Progress<'_>,
    ) -> Result<Photo> {
        progress(Stage::Decode, 0.0);
        let mut watch = Stopwatch::start(self.clock);
        let (photo, scan_ms) = self.opened(file, &settings.limits);
        let photo = photo?;
        report.timings_ms.detect += scan_ms;
        let found = leaks::scan(file.bytes, name);
        (report.leaks, report.parts) = (found.leaks, found.parts);
        report.timings_ms.decode += watch.lap();
        report.format = Some(photo.format);
        report.width = photo.frame.width;
        report.height = photo.frame.height;
        report.full_size = photo.full_size.map(<[u32; 2]>::from);
        report.notes.clone_from(&photo.notes);
        report.notes.extend(leaks::note(name, &report.leaks));
        report.notes.extend(leaks::gain_map_note(&report.leaks));
        progress(Stage::Decode, 1.0);
        Ok(photo)
    }

    /// The faces of a photo, not numbered yet.
    pub(super) fn find_faces(
        &mut self,
        photo: &Photo,
        settings: &Settings,
        report: &mut FileReport,
        progress: Progress<'_>,
    ) -> Result<Vec<Region>> {
        let found = self.scan(photo, settings, report, progress)?;
        let appearances = photo.frame.appearances();
        let regions =
            found.iter().filter_map(|detection| region(detection, Origin::Found, photo, &appearances, settings));
        Ok(regions.collect())
    }

    /// Scans a photo for faces, and writes into the report how long it took and what was skipped.
    pub(super) fn scan(
        &mut self,
        photo: &Photo,
        settings: &Settings,
        report: &mut FileReport,
        progress: Progress<'_>,
    ) -> Result<Vec<Detection>> {
        let mut watch = Stopwatch::start(self.clock);
        let mut report_share = |share| progress(Stage::Detect, share);
        let scanned = self.detector.inspect(&photo.frame, &settings.policy, &mut report_share)?;
        report.timings_ms.detect += watch.lap();
        report.skipped.tiles = scanned.skipped_tiles as u32;
        Ok(scanned.faces)
    }
}

/// A detection as it stands in the report, not numbered yet; `None` if nothing of it lies in the picture. It is rated as it is seen
/// best in any of the photo's `appearances`, or without any by its size.
pub(super) fn region(
    detection: &Detection,
    origin: Origin,
    photo: &Photo,
    appearances: &[Cow<'_, Frame>],
    settings: &Settings,
) -> Option<Region> {
    let Detection { bbox, confidence, landmarks, extent, .. } = *detection;
    let head = protect::head_of_face(detection.tilted_box(), extent, landmarks.as_ref(), &settings.cover_rules);
    let cover = cover_of(Shape::Ellipse(head), (photo.frame.width, photo.frame.height)).ok().flatten()?;
    let identifiability = match &landmarks {
        Some(landmarks) => appearances
            .iter()
            .map(|frame| identifiability::of_face(frame, bbox, landmarks, None))
            .max_by(|one, other| one.score.total_cmp(&other.score))
            .unwrap_or_else(|| identifiability::of_box(bbox)),
        None => identifiability::of_box(bbox),
    };
    Some(Region {
        id: 0,
        kind: RegionKind::Face,
        origin,
        bbox,
        score: Some(confidence),
        maybe: confidence < settings.policy.certain_from,
        landmarks,
        cover: Some(cover),
        decision: Decision::Undecided,
        identifiability: Some(identifiability),
    })
}

/// A cover of a shape that needs no bounds; `None` if nothing of it lies in the picture.
///
/// # Errors
/// As [`protect::mask_of`].
pub(super) fn cover_of(shape: Shape, size: (u32, u32)) -> Result<Option<Cover>> {
    const NOWHERE: PixelRect = PixelRect { x0: 0, y0: 0, x1: 0, y1: 0 };
    let mask = protect::mask_of(&shape, NOWHERE, size)?;
    Ok((!mask.is_empty()).then(|| Cover { bounds: mask.bounds(), shape }))
}

/// The regions in their order in a report.
pub(super) fn numbered(mut regions: Vec<Region>) -> Vec<Region> {
    (1..).zip(&mut regions).for_each(|(id, region)| region.id = id);
    regions
}

/// The report of a file that cannot be opened: why, and what it gives away all the same.
pub fn report_unopened(bytes: &[u8], name: &str, error: &Error) -> FileReport {
    let found = leaks::scan(bytes, name);
    FileReport {
        #[cfg(feature = "rare-formats")]
        raw_preview: largest_preview(bytes, &found.leaks).map(|(preview, _)| preview),
        leaks: found.leaks,
        parts: found.parts,
        error: Some(ErrorReport::from(error)),
        ..FileReport::new(name)
    }
}

/// The largest preview in a camera's raw file that can be opened, as a file of its own, to be opened as a photo; `None` for other files.
/// Its report should have [`crate::report::Note::raw_preview`].
#[cfg(feature = "rare-formats")]
pub fn raw_preview(bytes: &[u8]) -> Option<Vec<u8>> {
    largest_preview(bytes, &leaks::find(bytes, "")).map(|(_, file)| file)
}

/// The same, with its place. One that announces more than it holds is passed over.
#[cfg(feature = "rare-formats")]
fn largest_preview(bytes: &[u8], leaks: &[Leak]) -> Option<(RawPreview, Vec<u8>)> {
    /// Cameras write up to three.
    const MOST_TRIED: usize = 4;
    let previews = leaks::raw_previews(bytes, leaks).into_iter().take(MOST_TRIED);
    let mut files = previews.filter_map(|preview| Some((preview, leaks::preview_file(&preview, bytes)?)));
    files.find(|(_, file)| photo::open(file, &Limits::default()).is_ok())
}

/// The file that shows what an original does, and the parts of its own bytes: of a camera's raw file the preview, if there is one that
/// opens.
pub(super) fn original(bytes: &[u8]) -> (Cow<'_, [u8]>, Vec<&[u8]>) {
    #[cfg(feature = "rare-formats")]
    if let Some(preview) = raw_preview(bytes) {
        return (preview.into(), leaks::raw_parts(bytes));
    }
    (bytes.into(), vec![bytes])
}
