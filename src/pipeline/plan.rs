//! What is done with each face or region of a photo.

use super::check;
use super::settings::{FaceChoice, Settings};
use crate::detect::Detection;
use crate::error::{Error, InputError, Result};
use crate::geometry::{PixelRect, TiltedBox};
use crate::mask::Mask;
use crate::order::sort_by_key;
use crate::photo::{Frame, Photo};
use crate::places::{Places, bounds_of_box};
use crate::protect::{self, Area, CoverRules, REDRAWS};
use crate::prove::{Coverage, Elsewhere, RESTS_ON_COVERS};
use crate::report::{Cover, Decision, Region, RegionRequest, Shape};

/// What is covered, and what is left open.
#[derive(Clone)]
pub(super) struct Plan {
    /// Sorted by place. What is drawn must not depend on the order in which covers were found or given: that of detections depends on
    /// the scores of what is covered.
    entries: Vec<Entry>,
    /// How to treat faces that only the proof detects; `None` if a person gave the regions.
    pub(super) choice: Option<FaceChoice>,
    pub(super) elsewhere: Elsewhere,
    /// Faces that were found in the original besides those of the entries.
    pub(super) also_found: Vec<Detection>,
}

/// A region and what is done with it.
#[derive(Clone)]
struct Entry {
    region: Region,
    /// Its place in the report.
    number: usize,
    /// The pixels that are hidden if it is covered.
    mask: Mask,
    redraws: u8,
}

impl Entry {
    /// `region` with its decision, by which it is covered or open.
    fn new(number: usize, region: Region, photo: &Photo) -> Self {
        let size = (photo.frame.width, photo.frame.height);
        let mask = region.cover.as_ref().and_then(|cover| protect::mask_of(&cover.shape, cover.bounds, size).ok());
        Self { region, number, mask: mask.unwrap_or_default(), redraws: 0 }
    }

    fn of_given(number: usize, request: &RegionRequest, photo: &Photo, settings: &Settings) -> Result<Self> {
        let &RegionRequest { bbox, kind, origin, landmarks, score, maybe, ref identifiability, .. } = request;
        let decision = if request.decision == Decision::Open { Decision::Open } else { Decision::Cover };
        let cover = cover_of(request, (photo.frame.width, photo.frame.height), &settings.cover_rules)?;
        if cover.is_none() && decision == Decision::Cover {
            return Err(nothing_covered(request.cover.as_ref().map_or(bbox, |cover| cover.bounds), &photo.frame));
        }
        let identifiability = identifiability.clone();
        let region = Region { id: 0, kind, origin, bbox, score, maybe, landmarks, cover, decision, identifiability };
        Ok(Self::new(number, region, photo))
    }

    fn is_covered(&self) -> bool {
        self.region.decision != Decision::Open
    }

    /// Its fill can still be drawn in another way.
    fn is_redrawable(&self) -> bool {
        self.is_covered() && self.redraws < REDRAWS
    }

    fn detection(&self) -> Detection {
        let Region { bbox, score, landmarks, .. } = self.region;
        Detection { bbox, confidence: score.unwrap_or(1.0), landmarks, extent: bbox, tilted: None }
    }

    /// The smallest rectangle around what is hidden.
    fn rect(&self) -> PixelRect {
        self.mask.bounds()
    }

    /// The ellipse of what is hidden, if it is one.
    fn head(&self) -> Option<[f32; 5]> {
        match self.region.cover {
            Some(Cover { shape: Shape::Ellipse(head), .. }) => Some(head),
            _ => None,
        }
    }

    /// A number of the cover's pixels and head: a hash (FNV-1a of 64 bits), the same wherever and whenever it is computed.
    fn fingerprint(&self) -> u64 {
        let of_mask = self.mask.runs().flat_map(|run| [run.y, run.from, run.to]);
        let of_head = self.head().into_iter().flatten().map(f32::to_bits);
        of_mask
            .chain(of_head)
            .fold(0xCBF2_9CE4_8422_2325, |hash, number| (hash ^ u64::from(number)).wrapping_mul(0x0000_0100_0000_01B3))
    }

    fn drawn(&self) -> protect::Cover {
        protect::Cover { mask: self.mask.clone(), head: self.head(), redraws: self.redraws }
    }
}

impl Plan {
    pub(super) fn of_found(faces: Vec<Region>, choice: FaceChoice, photo: &Photo) -> Self {
        // With no face covered nothing is decided face by face: whatever is there is left open.
        let elsewhere = if choice == FaceChoice::None { Elsewhere::LeftOpen } else { Elsewhere::Fails };
        let mut plan = Self { entries: Vec::new(), choice: Some(choice), elsewhere, also_found: Vec::new() };
        plan.add(faces, choice, photo);
        plan
    }

    /// Adds faces that were found.
    pub(super) fn add(&mut self, faces: Vec<Region>, choice: FaceChoice, photo: &Photo) {
        let numbers = self.entries.len()..;
        self.entries.extend(numbers.zip(faces).map(|(number, face)| {
            let decision = choice.decision(&face);
            Entry::new(number, Region { decision, ..face }, photo)
        }));
        self.sort();
    }

    fn sort(&mut self) {
        // Where two covers have the same bounds, what they are decides, and not which was given first.
        sort_by_key(&mut self.entries, Entry::fingerprint);
        sort_by_key(&mut self.entries, |entry| entry.rect().order());
    }

    /// The regions in the order in which they were found or given.
    pub(super) fn into_regions(mut self) -> Vec<Region> {
        sort_by_key(&mut self.entries, |entry| entry.number as u64);
        self.entries.into_iter().map(|entry| entry.region).collect()
    }

    pub(super) fn of_given(
        regions: &[RegionRequest],
        elsewhere: Elsewhere,
        photo: &Photo,
        settings: &Settings,
    ) -> Result<Self> {
        if let Some(full_size) = photo.full_size {
            regions.iter().try_for_each(|region| check_size_of(region, &photo.frame, full_size))?;
        }
        // Regions in the photo's own size may all lie within the smaller one, and leave the faces open that they were meant for.
        let elsewhere = if photo.full_size.is_some() { Elsewhere::Fails } else { elsewhere };
        let entries: Result<Vec<_>> =
            (0..).zip(regions).map(|(number, region)| Entry::of_given(number, region, photo, settings)).collect();
        let mut plan = Self { entries: entries?, choice: None, elsewhere, also_found: Vec::new() };
        plan.sort();
        Ok(plan)
    }

    /// The covers, each once.
    pub(super) fn covers(&self) -> Vec<protect::Cover> {
        let mut covers: Vec<protect::Cover> = self.covered().map(Entry::drawn).collect();
        covers.dedup();
        covers
    }

    fn covered(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_covered())
    }

    /// Every pixel that is hidden.
    pub(super) fn mask(&self) -> Mask {
        Mask::union(self.covered().map(|entry| &entry.mask))
    }

    /// What is drawn of the photo so that the pixels are hidden, whether a JPEG's other blocks are kept or not.
    pub(super) fn area(&self, photo: &Photo, rules: &CoverRules, is_kept: bool) -> Area {
        let hidden = self.mask();
        if is_kept { Area::of_kept(&hidden, photo, rules) } else { Area::of_anew(&hidden, photo, rules) }
    }

    /// Some cover does not say of which face it is: any face of the photo may lie in it in part.
    pub(super) fn hides_unnamed(&self) -> bool {
        self.covered().any(|entry| !entry.region.kind.is_person())
    }

    /// The faces of the original that are to be covered, or of which nobody has said anything.
    pub(super) fn before(&self) -> Vec<Detection> {
        let covered = self.covered().filter(|entry| entry.region.kind.is_person());
        covered.map(Entry::detection).chain(self.also_found.iter().cloned()).collect()
    }

    pub(super) fn kept(&self) -> Vec<[f32; 4]> {
        self.entries.iter().filter(|entry| !entry.is_covered()).map(|entry| entry.region.bbox).collect()
    }

    /// Where the covers lie, each place once.
    pub(super) fn covered_rects(&self) -> Vec<PixelRect> {
        let mut rects: Vec<PixelRect> = self.covered().map(Entry::rect).collect();
        rects.dedup();
        rects
    }

    /// Asks for another fill, one that counts as redrawn so many `times` more, of the covers that look like a face:
    /// those at the eyes, nose and mouth of a detection, or if none of them can be redrawn, all under it. Returns them.
    pub(super) fn redraw_at(&mut self, frame: &Frame, detections: &[&Detection], times: u8) -> Vec<PixelRect> {
        let areas = self.under(frame, detections, |detection, mask| {
            let mut points = detection.landmarks.iter().flatten().map(|[x, y]| [x.max(0.0) as u32, y.max(0.0) as u32]);
            points.any(|[x, y]| mask.contains(x, y))
        });
        self.redraw(areas, times)
    }

    /// Asks for the flattest fill of all covers under detections. False if there are none that can be redrawn.
    pub(super) fn flatten_under(&mut self, photo: &Photo, detections: &[&Detection]) -> bool {
        let areas = self.under(&photo.frame, detections, |_, _| false);
        !self.redraw(areas, REDRAWS).is_empty()
    }

    /// The numbers of the covers that can be redrawn and lie under detections which may rest on fills: those of them that `is_at`
    /// picks for a detection, or if it picks none, all.
    fn under(&self, frame: &Frame, detections: &[&Detection], is_at: impl Fn(&Detection, &Mask) -> bool) -> Vec<usize> {
        let mask = self.mask();
        let coverage = Coverage::of(&mask, frame.width, frame.height);
        let places = Places::of(self.entries.iter().map(Entry::rect));
        let mut picked = vec![false; self.entries.len()];
        for detection in detections.iter().filter(|detection| rests_on(detection, &coverage)) {
            let reach =
                detection.landmarks.iter().flatten().fold(detection.bbox, |area, point| with_point(area, *point));
            let mut near = places.at(bounds_of_box(reach));
            near.retain(|&number| self.entries[number].is_redrawable());
            let at: Vec<usize> =
                near.iter().copied().filter(|&number| is_at(detection, &self.entries[number].mask)).collect();
            let area = PixelRect::enclosing(detection.bbox, u32::MAX, u32::MAX);
            near.retain(|&number| area.is_some_and(|area| area.intersects(self.entries[number].rect())));
            let all = if at.is_empty() { near } else { at };
            all.into_iter().for_each(|number| picked[number] = true);
        }
        (0..picked.len()).filter(|&number| picked[number]).collect()
    }

    fn redraw(&mut self, numbers: Vec<usize>, times: u8) -> Vec<PixelRect> {
        let mut redrawn = Vec::new();
        for number in numbers {
            let entry = &mut self.entries[number];
            entry.redraws = REDRAWS.min(entry.redraws + times);
            redrawn.push(entry.rect());
        }
        redrawn.dedup();
        redrawn
    }
}

/// What a person asks to hide of a picture of `size`; `None` if nothing of it lies in it.
///
/// # Errors
/// If the numbers describe no place.
pub(super) fn cover_of(request: &RegionRequest, size: (u32, u32), rules: &CoverRules) -> Result<Option<Cover>> {
    let RegionRequest { bbox, landmarks, kind, cover, .. } = request;
    check_box(*bbox)?;
    if landmarks.iter().flatten().flatten().any(|v| !v.is_finite()) {
        return Err(InputError::RegionNotFinite(format!("{landmarks:?}")).into());
    }
    let shape = match cover {
        Some(request) => {
            check_box(request.bounds)?;
            request.clone().into_shape().map_err(InputError::BadRegion)?
        }
        None if kind.is_person() => {
            let face = TiltedBox::along_eyes(*bbox, landmarks.as_ref());
            Shape::Ellipse(protect::head_of_face(face, *bbox, landmarks.as_ref(), rules))
        }
        None => Shape::Rectangle,
    };
    if !matches!(shape, Shape::Rectangle | Shape::Mask(_)) {
        return check::cover_of(shape, size);
    }
    let bounds = cover.as_ref().map_or(*bbox, |request| request.bounds);
    let bounds = PixelRect::enclosing(bounds, size.0, size.1);
    Ok(bounds.map(|bounds| Cover { bounds, shape }))
}

fn with_point([x, y, w, h]: [f32; 4], [px, py]: [f32; 2]) -> [f32; 4] {
    let (x0, y0) = (x.min(px), y.min(py));
    [x0, y0, (x + w).max(px) - x0, (y + h).max(py) - y0]
}

/// Four finite numbers, the last two above zero.
fn check_box(bbox: [f32; 4]) -> Result<()> {
    let text = || format!("{bbox:?}");
    if bbox.iter().any(|v| !v.is_finite()) {
        return Err(InputError::RegionNotFinite(text()).into());
    }
    if bbox[2] < 0.0 || bbox[3] < 0.0 {
        return Err(InputError::RegionNegative(text()).into());
    }
    if bbox[2] == 0.0 || bbox[3] == 0.0 {
        return Err(InputError::RegionEmpty(text()).into());
    }
    Ok(())
}

/// Regions of a photo that was opened smaller are in that size. `Err` for one whose middle lies beyond it: it was given in the photo's own
/// size, and so would cover another place.
fn check_size_of(region: &RegionRequest, frame: &Frame, (full_width, full_height): (u32, u32)) -> Result<()> {
    let &Frame { width, height, .. } = frame;
    let is_beyond = |[x, y, w, h]: [f32; 4]| x + w / 2.0 > width as f32 || y + h / 2.0 > height as f32;
    let areas = [Some(region.bbox), region.cover.as_ref().map(|cover| cover.bounds)];
    let Some(area) = areas.into_iter().flatten().find(|area| is_beyond(*area)) else { return Ok(()) };
    let sizes = format!("{width} x {height} pixels instead of {full_width} x {full_height}");
    let text = format!("{area:?}; it was opened with {sizes}, and regions are in that size");
    Err(InputError::RegionOutside(text).into())
}

/// Why no pixel is covered by an area.
fn nothing_covered(area: [f32; 4], frame: &Frame) -> Error {
    let [x, y, w, h] = area;
    let beside = x + w <= 0.0 || y + h <= 0.0 || x >= frame.width as f32 || y >= frame.height as f32;
    let text = format!("{area:?}");
    if beside { InputError::RegionOutside(text).into() } else { InputError::RegionEmpty(text).into() }
}

/// The fills may be what looks like a face.
pub(super) fn rests_on(detection: &Detection, coverage: &Coverage<'_>) -> bool {
    coverage.share(detection.bbox) >= RESTS_ON_COVERS
}
