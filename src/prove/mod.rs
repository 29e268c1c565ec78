//! What is left in the exported bytes.
//!
//! The file is read again from its bytes, as anybody who receives it would, and compared with what it was meant to be.
//! "Not found" is all that can be said: no check here can show that nobody recognises a person by other means.
//!
//! Most of the exported picture has the pixels that were scanned in the check: a JPEG keeps its coefficients outside the covers, a PNG
//! its pixels. The proof hashes what it decoded, tile by tile, as the networks would see it, and scans every tile whose hash is not in
//! the cache: the same pixels would give the same detections. The check [`CheckName::FacesOutside`] says how much came from the cache.
//! See [`Detector::inspect`].

#[cfg_attr(not(feature = "attacks"), path = "no_adversary.rs")]
mod adversary;
#[cfg(feature = "attacks")]
pub mod attacks;
mod coverage;
mod covers;
mod fills;
mod likeness;
mod placement;
mod shared;

pub use adversary::Adversary;
#[cfg(feature = "attacks")]
pub use adversary::FacePart;
pub(crate) use coverage::Coverage;
pub use covers::Drawn;
pub(crate) use fills::RESTS_ON_COVERS;

use std::borrow::Cow;

use crate::container::{self, Profile, gif, png, sniff};
use crate::detect::{Detection, Detector, Policy, Scan, Scanned, View, iou};
use crate::error::{InputError, Result};
use crate::leaks;
use crate::mask::Mask;
use crate::photo::{self, Frame, Limits, Photo};
use crate::places::{Places, bounds_of_box};
use crate::report::{Check, CheckName, Format, Leak, LeakKind, Part, Proof};
use fills::come_of_fills;
use placement::Placement;

/// How the exported file is scanned.
#[derive(Debug, Clone, PartialEq)]
pub struct ProofRules {
    /// How to detect faces: as for the check, but turned by quarters as well, and down to a confidence at which most detections
    /// are none.
    pub policy: Policy,
    /// A detection that overlaps a region left open by more than this is that region: the low end of what counts as the
    /// same face in the field (0.3 to 0.5), since a saved picture moves boxes a little.
    pub kept_iou: f32,
    /// Confidence from which a detection outside the covers fails the proof: the threshold at which faces are listed, but never
    /// more than the one that is shipped, whatever a caller asks of a check.
    pub fails_from: f32,
}

impl ProofRules {
    /// The rules that belong to a detection policy.
    pub fn for_policy(policy: &Policy) -> Self {
        let mut scans = policy.scans.clone();
        if scans.iter().all(|scan| scan.views == [View::UPRIGHT]) {
            scans.push(Scan::turned(&View::QUARTER_TURNS));
        }
        Self {
            policy: Policy { scans, ..policy.clone().with_threshold(policy.threshold.min(DOUBTFUL)) },
            kept_iou: 0.3,
            fails_from: policy.threshold.min(Policy::default().threshold),
        }
    }
}

/// Lowest confidence at which the proof points out a place that may be a face: one in ten is.
const DOUBTFUL: f32 = 0.1;

/// What the exported file is meant to be.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    /// Its format.
    pub format: Format,
    /// The profile that it has.
    pub profile: Option<Profile>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// It may have quantisation tables that are not standard ones, and the person is told so.
    pub keeps_tables: bool,
    /// The covered pixels as computed.
    pub drawn: &'a Drawn,
    /// Faces `[x, y, width, height]` that the person expressly left open: where they were found, however large the areas are that
    /// the person made of them.
    pub kept: &'a [[f32; 4]],
    /// Faces that were found in the original. A search may pass over what is left of one that is covered in part.
    pub before: &'a [Detection],
    /// What is said of faces that are neither covered nor in a region left open.
    pub elsewhere: Elsewhere,
}

/// Faces outside all regions that a person or the check knew of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Elsewhere {
    /// Nobody saw it: the proof fails.
    #[default]
    Fails,
    /// The person's regions are the whole decision: it is counted as left open.
    LeftOpen,
}

/// What came out of a proof.
#[derive(Debug, Clone)]
pub struct Proven {
    /// For the report.
    pub proof: Proof,
    /// Faces found outside every cover that nobody left open and that fail the proof.
    pub outside: Vec<Detection>,
    /// Detections inside covers at a confidence at which faces are listed.
    pub inside: Vec<Detection>,
    /// Detections partly inside covers at such a confidence that count as left open.
    pub partly: Vec<Detection>,
    /// Faces found outside every cover where the regions given are the whole decision and say nothing of them.
    pub elsewhere: Vec<Detection>,
    /// The picture as read from the exported bytes; `None` if it cannot be read.
    pub frame: Option<Frame>,
}

/// Proves an exported file. `opened` is what [`photo::open`] gives for its `bytes`. `progress` is told the share of the
/// work done, 0 to 1.
///
/// # Errors
/// Only if the detector fails; whatever is wrong with the file is a failed check.
pub fn prove(
    bytes: &[u8],
    opened: Result<Photo>,
    expected: &Expected<'_>,
    detector: &mut Detector,
    rules: &ProofRules,
    progress: &mut dyn FnMut(f32),
) -> Result<Proven> {
    let found = leaks::scan(bytes, "");
    let mut checks = vec![
        container(bytes, expected.format, expected.profile, &found.parts),
        metadata(&found.leaks, expected.keeps_tables),
    ];
    let mut frame = match opened {
        Ok(photo) => {
            checks.push(opens(&photo, expected));
            checks.extend((expected.format == Format::Jpeg).then(|| decoders(bytes, &photo, expected)));
            checks.push(covers::compare(&photo, bytes, expected));
            Some(photo.frame)
        }
        Err(error) => {
            checks.push(check(CheckName::Opens, false, error.to_string()));
            None
        }
    };
    let mut detections = SortedDetections::default();
    if let Some(frame) = &mut frame {
        let Scanned { faces, earlier, skipped_tiles, .. } = detector.inspect(frame, &rules.policy, progress)?;
        let fills = come_of_fills(frame, expected.drawn, &expected.coverage(), &faces, detector, rules)?;
        detections = SortedDetections::sort(faces, &fills, expected, rules);
        checks.push(detections.outside_check(earlier, skipped_tiles));
        checks.push(detections.inside_check());
        checks.push(partly_check(expected, rules));
    }
    let proof = Proof::new(checks, found.parts);
    let SortedDetections { outside, inside, partly, elsewhere, .. } = detections;
    Ok(Proven { proof, outside, inside, partly, elsewhere, frame })
}

/// Compares a protected copy with its original, however it was turned, resized or cropped: is anything of the original's
/// faces left, and does the copy say anything besides its pixels? Without knowing what was covered, "nothing found" is all
/// that can be said. `before` and `after` are the pictures, `parts` all bytes of the original and `protected` those of the copy.
/// Without an adversary the copy is not searched for the persons.
///
/// # Errors
/// [`InputError::Unrelated`] if the two do not show the same picture; else if a network fails.
pub fn verify(
    before: &Frame,
    after: &Frame,
    parts: &[&[u8]],
    protected: &[u8],
    detector: &mut Detector,
    adversary: Option<&mut Adversary>,
    rules: &ProofRules,
) -> Result<Proof> {
    let (originals, copies) = (before.appearances(), after.appearances());
    let (original, place) = placed(&originals, &copies)?.ok_or(InputError::Unrelated)?;
    let shown = rules.policy.clone().with_threshold(rules.fails_from);
    let faces = detector.detect(before, &shown, &mut |_| ())?;
    let found = leaks::scan(protected, "");
    let mut checks = vec![metadata(&found.leaks, true), one_picture(protected), shared::compare(parts, protected)];
    checks.push(check(CheckName::Size, true, place.describe()));
    let left = detector.detect(after, &shown, &mut |_| ())?;
    let is_left = if place.is_same() {
        checks.push(original_faces(faces.len(), 0));
        checks.extend(compare_appearances(original, &copies, &faces, adversary)?);
        vec![true; left.len()]
    } else {
        let aligned: Vec<_> = copies.iter().map(|copy| place.align(copy, original)).collect();
        let seen = Mask::of_rect(aligned[0].1);
        let seen = Coverage::of(&seen, before.width, before.height);
        let copies: Vec<_> = aligned.into_iter().map(|(copy, _)| Cow::Owned(copy)).collect();
        let (kept, cropped): (Vec<_>, Vec<_>) = faces.into_iter().partition(|face| seen.share(face.bbox) > SEEN_FROM);
        checks.push(original_faces(kept.len(), cropped.len()));
        checks.extend(compare_appearances(original, &copies, &kept, adversary)?);
        let mut seen = Vec::new();
        for copy in &copies {
            seen.extend(detector.detect(copy, &shown, &mut |_| ())?);
        }
        let places = left.iter().map(|detection| place.box_in_original(detection.bbox, after));
        places.map(|bbox| !is_cover(bbox, original, &copies, &kept, &seen)).collect()
    };
    checks.push(left_check(&left, &is_left));
    Ok(Proof::new(checks, found.parts))
}

/// What a cover makes of a head may look like a face once it is mirrored or resized. Where the original has `faces` of which no part
/// is as it was, and nothing is `seen` in the aligned copies, what was found in a box is the cover.
fn is_cover(
    bbox: [f32; 4],
    original: &Frame,
    copies: &[Cow<'_, Frame>],
    faces: &[Detection],
    seen: &[Detection],
) -> bool {
    let at = |face: &&Detection| iou(face.bbox, bbox) > COVER_IOU;
    let is_left = |face: &Detection| copies.iter().any(|copy| likeness::keeps_a_part(original, copy, face.bbox));
    let mut covered = faces.iter().filter(at).peekable();
    covered.peek().is_some() && !seen.iter().any(|face| at(&face)) && !covered.any(is_left)
}

/// From this overlap with a face of the original on, a detection in a copy may be due to its cover: one that takes head and shoulders for
/// a face is fifteen times as large.
const COVER_IOU: f32 = 0.05;

/// Faces in a copy, and which of them are more than covers.
fn left_check(detections: &[Detection], is_left: &[bool]) -> Check {
    let left = detections.iter().zip(is_left).filter(|(_, is_left)| **is_left);
    let regions: Vec<[f32; 4]> = left.map(|(detection, _)| detection.bbox).collect();
    let mut detail = format!("{} found in the copy", regions.len());
    let covers = detections.len() - regions.len();
    if covers > 0 {
        detail += &format!("; {covers} covers look like a face as the copy was passed on, and not as it was made");
    }
    Check { ok: regions.is_empty(), regions, ..check(CheckName::FacesOutside, true, detail) }
}

/// Share of a face from which on a cropped copy is said to show it: half.
const SEEN_FROM: f32 = 0.5;

/// The first appearance of the original in which one of the copy's is found, and where.
fn placed<'a>(originals: &'a [Cow<'_, Frame>], copies: &[Cow<'_, Frame>]) -> Result<Option<(&'a Frame, Placement)>> {
    for original in originals {
        for copy in copies {
            if let Some(place) = placement::find(original, copy)? {
                return Ok(Some((original, place)));
            }
        }
    }
    Ok(None)
}

/// What is left of the original's faces in any appearance of a copy: of each check the first that fails, if one does.
fn compare_appearances(
    original: &Frame,
    copies: &[Cow<'_, Frame>],
    faces: &[Detection],
    mut adversary: Option<&mut Adversary>,
) -> Result<Vec<Check>> {
    let mut worst: Vec<Check> = Vec::new();
    for copy in copies {
        for check in compare_faces(original, copy, faces, adversary.as_deref_mut())? {
            match worst.iter_mut().find(|known| known.name == check.name) {
                None => worst.push(check),
                Some(known) if known.ok => *known = check,
                Some(_) => {}
            }
        }
    }
    Ok(worst)
}

/// Nothing says that a further picture is covered: only the first is compared, and that as it is shown. Another can lie in the
/// bits of samples below those, or in which of two equal colours of a palette a pixel has. Most palettes are filled up with equal
/// colours, so those are only told.
fn one_picture(protected: &[u8]) -> Check {
    let further = photo::count_further(protected);
    let is_deep = photo::has_deep_samples(protected, &Limits::default());
    let detail = match (further, is_deep) {
        (0, true) => "not judged: samples have more than 8 bits".to_owned(),
        (0, false) if has_equal_colours(protected) => {
            "one picture; not judged: which of the equal colours of its palette a pixel has".to_owned()
        }
        (0, false) => "one picture".to_owned(),
        (further, _) => format!("{further} further pictures in the file"),
    };
    check(CheckName::OnePicture, further == 0 && !is_deep, detail)
}

/// Two colours of the palette of a PNG, or of the first one of a GIF, are equal.
fn has_equal_colours(bytes: &[u8]) -> bool {
    let palette = match sniff(bytes) {
        Ok(Format::Png) => png::chunks(bytes).find(|chunk| chunk.kind == b"PLTE").map(|chunk| chunk.data),
        Ok(Format::Gif) => gif::blocks(bytes).next().and_then(|(_, range)| bytes.get(range)),
        _ => None,
    };
    let colours: Vec<&[u8]> = palette.unwrap_or_default().chunks_exact(3).take(256).collect();
    colours.iter().enumerate().any(|(number, colour)| colours[..number].contains(colour))
}

/// Where no face was found nothing can be said about what is left of one, so the check fails.
fn original_faces(kept: usize, cropped: usize) -> Check {
    let detail = match (kept, cropped) {
        (0, 0) => "no face was found in the original: nothing can be said about what is left of one".to_owned(),
        (kept, 0) => format!("{kept} found in the original"),
        (kept, cropped) => format!("{kept} found in the original, and {cropped} that the copy does not show"),
    };
    check(CheckName::OriginalFaces, kept + cropped > 0, detail)
}

/// What is left of the original's faces in a copy of the same size.
fn compare_faces(
    before: &Frame,
    copy: &Frame,
    faces: &[Detection],
    adversary: Option<&mut Adversary>,
) -> Result<Vec<Check>> {
    let mut checks = vec![likeness::compare(before, copy, faces)];
    if let Some(adversary) = adversary {
        checks.extend(adversary.compare(before, copy, faces)?);
    }
    Ok(checks)
}

/// Faces found in the exported picture, by what they mean.
#[derive(Default)]
struct SortedDetections {
    /// Outside every cover, not left open, at a confidence that fails the proof.
    outside: Vec<Detection>,
    /// Outside every cover, not left open, weaker.
    maybe: Vec<Detection>,
    /// Left open by the person.
    kept: usize,
    /// Inside covers, at a score at which faces are listed.
    inside: Vec<Detection>,
    /// Partly inside covers, at such a score, where whatever lies elsewhere is left open.
    partly: Vec<Detection>,
    /// At such a score, where the regions given say nothing.
    elsewhere: Vec<Detection>,
}

impl SortedDetections {
    /// `fills` says which of those that were found come of the fills.
    fn sort(found: Vec<Detection>, fills: &[bool], expected: &Expected<'_>, rules: &ProofRules) -> Self {
        let mut detections = Self::default();
        let (coverage, kept) = (expected.coverage(), Kept::of(expected.kept));
        for (detection, &is_fill) in found.into_iter().zip(fills) {
            let strong = detection.confidence >= rules.fails_from;
            if is_fill || coverage.covers(&detection) {
                if strong {
                    detections.inside.push(detection);
                }
            } else if kept.has(&detection, rules) {
                detections.kept += 1;
            } else if expected.elsewhere == Elsewhere::LeftOpen {
                if strong && coverage.touches(&detection) {
                    detections.partly.push(detection.clone());
                }
                let seen = if strong { &mut detections.elsewhere } else { &mut detections.maybe };
                seen.push(detection);
            } else if strong {
                detections.outside.push(detection);
            } else {
                detections.maybe.push(detection);
            }
        }
        detections
    }

    /// `earlier` is the share that was scanned in pictures before this one, `skipped_tiles` as in [`Scanned`].
    fn outside_check(&self, earlier: f32, skipped_tiles: usize) -> Check {
        let mut detail = format!("{} found outside the covers", self.outside.len());
        if self.kept > 0 {
            detail += &format!(", {} left open on purpose", self.kept);
        }
        if !self.elsewhere.is_empty() {
            detail += &format!(", {} where the regions given leave the picture open", self.elsewhere.len());
        }
        if !self.maybe.is_empty() {
            detail += &format!(", {} places that may be a face", self.maybe.len());
        }
        // Rounded down: nothing is called known that is not.
        let percent = (100.0 * earlier).floor();
        if percent > 0.0 {
            detail += &format!("; {percent} % of the scan was done before, at the same pixels");
        }
        if skipped_tiles > 0 {
            detail += &format!("; {skipped_tiles} parts of one colour were not scanned");
        }
        // Where there are faces, they are what a person has to look at.
        let shown = [&self.outside, &self.elsewhere, &self.maybe].into_iter().find(|faces| !faces.is_empty());
        Check {
            regions: shown.into_iter().flatten().map(|d| d.bbox).collect(),
            ..check(CheckName::FacesOutside, self.outside.is_empty(), detail)
        }
    }

    /// A detection in a cover leaks nothing; it only means that the fill looks like a face.
    fn inside_check(&self) -> Check {
        let detail = match self.inside.len() {
            0 => "no face found in the covers".to_owned(),
            n => format!("{n} covers look like a face; nothing of the real one is in them"),
        };
        Check { regions: self.inside.iter().map(|d| d.bbox).collect(), ..check(CheckName::FacesInside, true, detail) }
    }
}

impl<'a> Expected<'a> {
    /// What is covered.
    fn coverage(&self) -> Coverage<'a> {
        Coverage::of(&self.drawn.covered, self.width, self.height)
    }
}

/// The faces left open, by place.
struct Kept<'a> {
    boxes: &'a [[f32; 4]],
    places: Places,
}

impl<'a> Kept<'a> {
    fn of(boxes: &'a [[f32; 4]]) -> Self {
        let mut places = Places::new();
        boxes.iter().for_each(|bbox| places.put(bounds_of_box(*bbox)));
        Self { boxes, places }
    }

    fn has(&self, detection: &Detection, rules: &ProofRules) -> bool {
        let is_same = &mut |number: usize| iou(self.boxes[number], detection.bbox) > rules.kept_iou;
        self.places.any(bounds_of_box(detection.bbox), is_same)
    }
}

/// Faces of the original that are covered in part.
fn partly_check(expected: &Expected<'_>, rules: &ProofRules) -> Check {
    let (coverage, kept) = (expected.coverage(), Kept::of(expected.kept));
    let is_partly = |face: &&Detection| coverage.touches(face) && !coverage.covers(face) && !kept.has(face, rules);
    let regions: Vec<[f32; 4]> = expected.before.iter().filter(is_partly).map(|face| face.bbox).collect();
    let detail = match regions.len() {
        0 => "no face is only partly covered".to_owned(),
        1 => "1 face is only partly covered".to_owned(),
        count => format!("{count} faces are only partly covered"),
    };
    Check { ok: regions.is_empty(), regions, ..check(CheckName::FacesPartlyCovered, true, detail) }
}

/// Only the segments that this program writes, each where it belongs, and nothing after the end; of profiles the one that is
/// expected, byte for byte. Says what every byte belongs to.
fn container(bytes: &[u8], format: Format, profile: Option<Profile>, parts: &[Part]) -> Check {
    let segments = match container::segments(bytes, format) {
        Ok(segments) => segments,
        Err(error) => return check(CheckName::Container, false, error.to_string()),
    };
    let Some(ok) = container::is_as_written(bytes, format, &segments, profile) else {
        return check(CheckName::Container, false, format!("{format:?} is never written"));
    };
    let parts: Vec<String> = parts.iter().map(|part| format!("{} {}", part.name, part.bytes)).collect();
    check(CheckName::Container, ok, format!("{} bytes: {}", bytes.len(), parts.join(", ")))
}

/// What the copy says besides its pixels; `keeps_tables` if that may be how it was compressed.
fn metadata(found: &[Leak], keeps_tables: bool) -> Check {
    let (tables, other): (Vec<_>, Vec<_>) =
        found.iter().partition(|leak| keeps_tables && leak.kind == LeakKind::Coding);
    let places: Vec<&str> = other.iter().map(|leak| leak.location.as_str()).collect();
    let mut detail = if other.is_empty() { "none".to_owned() } else { places.join(", ") };
    if !tables.is_empty() {
        detail += "; the quantisation tables are not standard ones";
    }
    check(CheckName::Metadata, other.is_empty(), detail)
}

fn opens(photo: &Photo, expected: &Expected<'_>) -> Check {
    let frame = &photo.frame;
    let is_opaque = frame.alpha.is_none();
    let has_colours = photo.profile == expected.profile;
    let ok = is_opaque && has_colours && (frame.width, frame.height) == (expected.width, expected.height);
    let see_through = if is_opaque { "" } else { ", see-through" };
    let colours = if has_colours { "" } else { ", in other colours" };
    check(CheckName::Opens, ok, format!("{} x {} pixels{see_through}{colours}", frame.width, frame.height))
}

/// Levels of a channel by which two sound decoders of JPEG differ at most: 1 in each component by the inverse transform, 1
/// more in chroma by its enlargement, which the conversion to blue takes 1.772 times, and 1 by the conversion.
const DECODERS_DIFFER: u8 = 6;

/// What was scanned is what other programs show: `photo`, opened from `bytes`, against pixels that come from the file's
/// coefficients by code of our own. A picture that one of them garbles would have been scanned for faces in vain. And
/// nothing to speak of lies beyond black and white, where nobody sees it.
///
/// In the covers the colour that the file has is compared with what was drawn.
fn decoders(bytes: &[u8], photo: &Photo, expected: &Expected<'_>) -> Check {
    match photo::compare_jpeg(bytes, photo, &|x, y| expected.drawn.at(x, y)) {
        Ok(found) => {
            let (worst, clipped) = (found.difference, found.clipped);
            let beyond = format!(
                "beyond black or white lie {:.1} levels of a block, {:.1} where there is no edge, and {} of a sample",
                clipped.rms, clipped.unexplained, clipped.peak
            );
            let is_as_drawn = found.colour_excess <= 0.0;
            let colour = if is_as_drawn { "colour is as drawn" } else { "colour is other than drawn" };
            let detail = format!(
                "two decoders differ by {worst} levels at most; {DECODERS_DIFFER} are allowed; {colour}; {beyond}"
            );
            check(CheckName::Decoders, worst <= DECODERS_DIFFER && clipped.is_ringing() && is_as_drawn, detail)
        }
        Err(lossy_reason) => {
            check(CheckName::Decoders, false, format!("the second decoder cannot read it: {lossy_reason}"))
        }
    }
}

fn check(name: CheckName, ok: bool, detail: impl Into<String>) -> Check {
    Check { name, ok, detail: detail.into(), regions: Vec::new() }
}

#[cfg(test)]
mod tests;
