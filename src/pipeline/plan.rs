//! What is done with each face or region of a photo.

use super::settings::{FaceChoice, Settings};
use crate::detect::Detection;
use crate::error::{Error, InputError, Result};
use crate::geometry::PixelRect;
use crate::order::{descending, sort_by_key};
use crate::photo::{Frame, Photo};
use crate::places::{Places, bounds_of_box};
use crate::protect::{self, CoverRules, REDRAWS};
use crate::prove::{Coverage, Elsewhere, MosaicTarget};
use crate::report::{Cover, CoverRequest, Decision, Region, RegionRequest};

/// What is covered, and what is left open.
#[derive(Clone)]
pub(super) struct Plan {
    /// Sorted by place. What is drawn must not depend on the order in which covers were found or given: that of finds depends on
    /// the scores of what is covered.
    entries: Vec<Entry>,
    /// How to treat faces that only the proof finds; `None` if a person gave the regions.
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
    /// What is drawn if it is covered: what is to be hidden, grown to the file's blocks.
    rect: PixelRect,
    redraws: u8,
}

impl Entry {
    /// `region` with its decision, by which it is covered or open.
    fn new(number: usize, region: Region, photo: &Photo, settings: &Settings) -> Self {
        const NOWHERE: PixelRect = PixelRect { x0: 0, y0: 0, x1: 0, y1: 0 };
        let grown = |cover: Cover| protect::grown_to_blocks(cover.bounds, photo, &settings.cover_rules);
        let rect = region.cover.map_or(NOWHERE, grown);
        Self { region, number, rect, redraws: 0 }
    }

    fn of_given(number: usize, request: &RegionRequest, photo: &Photo, settings: &Settings) -> Result<Self> {
        let &RegionRequest { bbox, kind, origin, landmarks, score, maybe, ref identifiability, .. } = request;
        let decision = if request.decision == Decision::Open { Decision::Open } else { Decision::Cover };
        let cover = cover_of(request, photo, settings)?;
        if cover.is_none() && decision == Decision::Cover {
            return Err(nothing_covered(request.cover.as_ref().map_or(bbox, |cover| cover.bounds), &photo.frame));
        }
        let identifiability = identifiability.clone();
        let region = Region { id: 0, kind, origin, bbox, score, maybe, landmarks, cover, decision, identifiability };
        Ok(Self::new(number, region, photo, settings))
    }

    fn is_covered(&self) -> bool {
        self.region.decision != Decision::Open
    }

    /// Its fill can still be drawn in another way.
    fn is_redrawable(&self) -> bool {
        self.is_covered() && self.redraws < REDRAWS
    }

    fn find(&self) -> Detection {
        let Region { bbox, score, landmarks, .. } = self.region;
        Detection { bbox, confidence: score.unwrap_or(1.0), landmarks, extent: bbox }
    }

    /// What is drawn, and what it hides.
    fn hiding(&self) -> Option<(PixelRect, PixelRect)> {
        self.region.cover.map(|cover| (self.rect, cover.bounds))
    }
}

impl Plan {
    pub(super) fn of_found(faces: Vec<Region>, choice: FaceChoice, photo: &Photo, settings: &Settings) -> Self {
        // With no face covered nothing is decided face by face: whatever is there is left open.
        let elsewhere = if choice == FaceChoice::None { Elsewhere::LeftOpen } else { Elsewhere::Fails };
        let mut plan = Self { entries: Vec::new(), choice: Some(choice), elsewhere, also_found: Vec::new() };
        plan.add(faces, choice, photo, settings);
        plan
    }

    /// Adds faces that were found.
    pub(super) fn add(&mut self, faces: Vec<Region>, choice: FaceChoice, photo: &Photo, settings: &Settings) {
        let numbers = self.entries.len()..;
        self.entries.extend(numbers.zip(faces).map(|(number, face)| {
            let decision = choice.decision(&face);
            Entry::new(number, Region { decision, ..face }, photo, settings)
        }));
        self.sort();
    }

    /// By place, and where that is the same by width, the only other thing that matters for what is drawn.
    fn sort(&mut self) {
        sort_by_key(&mut self.entries, |entry| descending(entry.region.bbox[2]));
        sort_by_key(&mut self.entries, |entry| entry.rect.order());
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
        let entries: Result<Vec<_>> =
            (0..).zip(regions).map(|(number, region)| Entry::of_given(number, region, photo, settings)).collect();
        let mut plan = Self { entries: entries?, choice: None, elsewhere, also_found: Vec::new() };
        plan.sort();
        Ok(plan)
    }

    /// The covered faces whose landmarks are known, before anything is drawn on them.
    pub(super) fn mosaic_targets(&self, frame: &Frame) -> Result<Vec<MosaicTarget>> {
        let covered = self.entries.iter().filter(|entry| entry.is_covered());
        let targets = covered.filter_map(|entry| MosaicTarget::of(frame, entry.find(), entry.rect).transpose());
        targets.collect()
    }

    /// The covers, each once.
    pub(super) fn covers(&self) -> Vec<protect::Cover> {
        let covered = self.entries.iter().filter(|entry| entry.is_covered());
        let cover = |e: &Entry| protect::Cover { rect: e.rect, face_width: e.region.bbox[2], redraws: e.redraws };
        let mut covers: Vec<protect::Cover> = covered.map(cover).collect();
        covers.dedup();
        covers
    }

    /// What of the covers is coded anew in a file whose other blocks stay as they are.
    pub(super) fn recoded(&self, photo: &Photo, rules: &CoverRules) -> Vec<PixelRect> {
        let covered = self.entries.iter().filter(|entry| entry.is_covered());
        let covers: Vec<_> = covered.filter_map(Entry::hiding).collect();
        protect::recoded(&covers, photo, rules)
    }

    /// Some cover does not say of which face it is: any face of the photo may lie in it in part.
    pub(super) fn hides_unnamed(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_covered() && !entry.region.kind.is_person())
    }

    /// The faces of the original that are to be covered, or of which nobody has said anything.
    pub(super) fn before(&self) -> Vec<Detection> {
        let covered = self.entries.iter().filter(|entry| entry.is_covered() && entry.region.kind.is_person());
        covered.map(Entry::find).chain(self.also_found.iter().cloned()).collect()
    }

    pub(super) fn kept(&self) -> Vec<[f32; 4]> {
        self.entries.iter().filter(|entry| !entry.is_covered()).map(|entry| entry.region.bbox).collect()
    }

    /// Where the covers lie, each place once.
    pub(super) fn covered_rects(&self) -> Vec<PixelRect> {
        let mut rects: Vec<PixelRect> =
            self.entries.iter().filter(|entry| entry.is_covered()).map(|entry| entry.rect).collect();
        rects.dedup();
        rects
    }

    /// Asks for another fill, one that counts as redrawn so many `times` more, of the covers that make a find look like a face:
    /// those that lie at its eyes, nose and mouth, or if none of them can be redrawn, all under it. Returns them.
    pub(super) fn redraw_at(&mut self, frame: &Frame, detections: &[&Detection], times: u8) -> Vec<PixelRect> {
        let areas = self.under(frame, detections, |detection, rect| {
            let mut points = detection.landmarks.iter().flatten().map(|[x, y]| [x.max(0.0) as u32, y.max(0.0) as u32]);
            points.any(|[x, y]| rect.contains(x, y))
        });
        self.redraw(areas, times)
    }

    /// Asks for the flattest fill of all covers under finds. False if there are none that can be redrawn.
    pub(super) fn flatten_under(&mut self, photo: &Photo, detections: &[&Detection]) -> bool {
        let areas = self.under(&photo.frame, detections, |_, _| false);
        !self.redraw(areas, REDRAWS).is_empty()
    }

    /// The numbers of the covers that can be redrawn and lie under finds which may rest on fills: those of them that `telling`
    /// picks for a find, or if it picks none, all.
    fn under(
        &self,
        frame: &Frame,
        detections: &[&Detection],
        telling: impl Fn(&Detection, PixelRect) -> bool,
    ) -> Vec<usize> {
        let coverage = self.coverage(frame);
        let places = Places::of(self.entries.iter().map(|entry| entry.rect));
        let mut picked = vec![false; self.entries.len()];
        for detection in detections.iter().filter(|detection| rests_on(detection, &coverage)) {
            let reach =
                detection.landmarks.iter().flatten().fold(detection.bbox, |area, point| with_point(area, *point));
            let mut near = places.at(bounds_of_box(reach));
            near.retain(|&number| self.entries[number].is_redrawable());
            let telling: Vec<usize> =
                near.iter().copied().filter(|&number| telling(detection, self.entries[number].rect)).collect();
            let area = PixelRect::enclosing(detection.bbox, u32::MAX, u32::MAX);
            near.retain(|&number| area.is_some_and(|area| area.intersects(self.entries[number].rect)));
            let all = if telling.is_empty() { near } else { telling };
            all.into_iter().for_each(|number| picked[number] = true);
        }
        (0..picked.len()).filter(|&number| picked[number]).collect()
    }

    /// What is covered of a picture of this size.
    pub(super) fn coverage(&self, frame: &Frame) -> Coverage {
        Coverage::of(self.covered_rects(), frame.width, frame.height)
    }

    fn redraw(&mut self, numbers: Vec<usize>, times: u8) -> Vec<PixelRect> {
        let mut redrawn = Vec::new();
        for number in numbers {
            let entry = &mut self.entries[number];
            entry.redraws = REDRAWS.min(entry.redraws + times);
            redrawn.push(entry.rect);
        }
        redrawn.dedup();
        redrawn
    }
}

/// What a person asks to hide; `None` if nothing of it lies in the picture.
///
/// # Errors
/// If the numbers describe no place.
fn cover_of(request: &RegionRequest, photo: &Photo, settings: &Settings) -> Result<Option<Cover>> {
    let RegionRequest { bbox, landmarks, kind, cover, .. } = request;
    let (frame, rules) = (&photo.frame, &settings.cover_rules);
    check_box(*bbox)?;
    if landmarks.iter().flatten().flatten().any(|v| !v.is_finite()) {
        return Err(InputError::RegionNotFinite(format!("{landmarks:?}")).into());
    }
    let bounds = match cover {
        Some(CoverRequest { bounds, shape, .. }) => {
            check_box(*bounds)?;
            let shape = shape.without_details().map_err(InputError::BadRegion)?;
            let bounds = PixelRect::enclosing(*bounds, frame.width, frame.height);
            return Ok(bounds.map(|bounds| Cover { bounds, shape }));
        }
        None if kind.is_person() => protect::head_of_face(*bbox, landmarks.as_ref(), frame, rules),
        None => PixelRect::enclosing(*bbox, frame.width, frame.height),
    };
    Ok(bounds.map(Cover::from))
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

/// Why no pixel is covered by an area.
fn nothing_covered(area: [f32; 4], frame: &Frame) -> Error {
    let [x, y, w, h] = area;
    let beside = x + w <= 0.0 || y + h <= 0.0 || x >= frame.width as f32 || y >= frame.height as f32;
    let text = format!("{area:?}");
    if beside { InputError::RegionOutside(text).into() } else { InputError::RegionEmpty(text).into() }
}

/// The fills may be what looks like a face.
pub(super) fn rests_on(detection: &Detection, coverage: &Coverage) -> bool {
    coverage.share(detection.bbox) >= RESTS_ON_COVERS
}

/// Share of a find that lies in covers from which on the fills may be what looks like a face. A whole face beside a
/// cover overlaps it by less.
const RESTS_ON_COVERS: f32 = 0.15;
