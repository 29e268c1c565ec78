//! What is done with each face or region of a photo.

use super::{FaceChoice, Grow, Region, Settings};
use crate::detect::Detection;
use crate::error::{InputError, Result};
use crate::geometry::PixelRect;
use crate::identify;
use crate::order::{descending, sort_by_key};
use crate::photo::{Frame, Photo};
use crate::protect::{self, Cover, CoverRules, REDRAWS};
use crate::prove::{self, Elsewhere, MosaicTarget};
use crate::report::Face;

/// What is covered, and what is left open.
#[derive(Clone)]
pub(super) struct Plan {
    /// Sorted by place. What is drawn must not depend on the order in which covers were found or given: that of finds depends on
    /// the scores of what is covered.
    entries: Vec<Entry>,
    /// How to treat faces that only the proof finds; `None` if a person gave the regions.
    pub(super) choice: Option<FaceChoice>,
    pub(super) elsewhere: Elsewhere,
}

/// A face or region and what is done with it.
#[derive(Clone)]
struct Entry {
    face: Face,
    /// Its place in the report.
    number: usize,
    covered: bool,
    redraws: u8,
}

impl Entry {
    fn of_found(number: usize, face: Face, choice: FaceChoice) -> Self {
        Self { covered: choice.covers(&face), face, number, redraws: 0 }
    }

    fn of_given(number: usize, region: &Region, photo: &Photo, settings: &Settings) -> Result<Option<Self>> {
        let bbox = region.bbox;
        if bbox.iter().any(|v| !v.is_finite()) || bbox[2] <= 0.0 || bbox[3] <= 0.0 {
            return Err(InputError::BadRegion.into());
        }
        let cover = match (region.area, region.grow) {
            (Some(area), _) => protect::cover_of_area(area, photo, &settings.cover_rules),
            (None, Grow::Head) => protect::cover_of_face(bbox, None, photo, &settings.cover_rules),
            (None, Grow::None) => protect::cover_of_region(bbox, photo, &settings.cover_rules),
        };
        let identifiability = identify::identifiability_of_region(bbox);
        Ok(cover.map(|cover| {
            let face =
                Face { bbox, score: 1.0, maybe: false, landmarks: None, cover: cover.to_xywh(), identifiability };
            Self { face, number, covered: region.cover, redraws: 0 }
        }))
    }

    /// Its fill can still be drawn in another way.
    fn is_redrawable(&self) -> bool {
        self.covered && self.redraws < REDRAWS
    }

    fn rect(&self) -> PixelRect {
        let [x, y, w, h] = self.face.cover;
        PixelRect { x0: x, y0: y, x1: x + w, y1: y + h }
    }
}

impl Plan {
    pub(super) fn of_found(faces: Vec<Face>, choice: FaceChoice) -> Self {
        // With no face covered nothing is decided face by face: whatever is there is left open.
        let elsewhere = if choice == FaceChoice::None { Elsewhere::LeftOpen } else { Elsewhere::Fails };
        let mut plan = Self { entries: Vec::new(), choice: Some(choice), elsewhere };
        plan.add(faces, choice);
        plan
    }

    /// Adds faces that were found.
    pub(super) fn add(&mut self, faces: Vec<Face>, choice: FaceChoice) {
        let numbers = self.entries.len()..;
        self.entries.extend(numbers.zip(faces).map(|(number, face)| Entry::of_found(number, face, choice)));
        self.sort();
    }

    /// By place, and where that is the same by width, the only other thing that matters for what is drawn.
    fn sort(&mut self) {
        sort_by_key(&mut self.entries, |entry| descending(entry.face.bbox[2]));
        sort_by_key(&mut self.entries, |entry| entry.rect().order());
    }

    /// The faces in the order in which they were found or given.
    pub(super) fn into_faces(mut self) -> Vec<Face> {
        sort_by_key(&mut self.entries, |entry| entry.number as u64);
        self.entries.into_iter().map(|entry| entry.face).collect()
    }

    pub(super) fn of_given(
        regions: &[Region],
        elsewhere: Elsewhere,
        photo: &Photo,
        settings: &Settings,
    ) -> Result<Self> {
        let entries: Result<Vec<_>> =
            (0..).zip(regions).map(|(number, region)| Entry::of_given(number, region, photo, settings)).collect();
        let mut plan = Self { entries: entries?.into_iter().flatten().collect(), choice: None, elsewhere };
        plan.sort();
        Ok(plan)
    }

    /// The covered faces whose landmarks are known, before anything is drawn on them.
    pub(super) fn mosaic_targets(&self, frame: &Frame) -> Result<Vec<MosaicTarget>> {
        let covered = self.entries.iter().filter(|entry| entry.covered);
        let targets = covered.filter_map(|entry| {
            let found = Detection::new(entry.face.bbox, entry.face.score, entry.face.landmarks?);
            MosaicTarget::of(frame, found, entry.rect()).transpose()
        });
        targets.collect()
    }

    /// The covers, each once.
    pub(super) fn covers(&self) -> Vec<Cover> {
        let covered = self.entries.iter().filter(|entry| entry.covered);
        let cover = |e: &Entry| Cover { rect: e.rect(), face_width: e.face.bbox[2], redraws: e.redraws };
        let mut covers: Vec<Cover> = covered.map(cover).collect();
        covers.dedup();
        covers
    }

    /// What of the covers is coded anew in a file whose other blocks stay as they are.
    pub(super) fn recoded(&self, photo: &Photo, rules: &CoverRules) -> Vec<PixelRect> {
        let covered = self.entries.iter().filter(|entry| entry.covered);
        let covers: Vec<_> = covered.map(|entry| (entry.rect(), entry.face.bbox)).collect();
        protect::recoded(&covers, photo, rules)
    }

    pub(super) fn kept(&self) -> Vec<[f32; 4]> {
        self.entries.iter().filter(|entry| !entry.covered).map(|entry| entry.face.bbox).collect()
    }

    /// Where the covers lie, each place once.
    pub(super) fn covered_rects(&self) -> Vec<PixelRect> {
        let mut rects: Vec<PixelRect> = self.entries.iter().filter(|entry| entry.covered).map(Entry::rect).collect();
        rects.dedup();
        rects
    }

    /// Asks for another fill, one that counts as redrawn so many `times` more, of the covers that make a find look like a face:
    /// those that lie at its eyes, nose and mouth, or if none of them can be redrawn, all under it. Returns them.
    pub(super) fn redraw_at<'a>(&mut self, finds: impl Iterator<Item = &'a Detection>, times: u8) -> Vec<PixelRect> {
        let areas = self.under(finds, |find, rects| {
            let points = find.landmarks.iter().flatten().map(|[x, y]| [x.max(0.0) as u32, y.max(0.0) as u32]);
            let points: Vec<[u32; 2]> = points.collect();
            let shows = |rect: &PixelRect| points.iter().any(|&[x, y]| rect.contains(x, y));
            rects.iter().copied().filter(shows).collect()
        });
        self.redraw(&areas, times)
    }

    /// Asks for the flattest fill of all covers under finds. False if there are none that can be redrawn.
    pub(super) fn flatten_under<'a>(&mut self, finds: impl Iterator<Item = &'a Detection>) -> bool {
        let areas = self.under(finds, |_, _| Vec::new());
        !self.redraw(&areas, REDRAWS).is_empty()
    }

    /// The covers that can be redrawn and lie under finds which may rest on fills: those that `telling` picks of them for a
    /// find, or if it picks none, all.
    fn under<'a>(
        &self,
        finds: impl Iterator<Item = &'a Detection>,
        telling: impl Fn(&Detection, &[PixelRect]) -> Vec<PixelRect>,
    ) -> Vec<PixelRect> {
        let covered = self.covered_rects();
        let rects: Vec<PixelRect> = self.entries.iter().filter(|e| e.is_redrawable()).map(Entry::rect).collect();
        let of_find = |find: &Detection| {
            let picked = telling(find, &rects);
            if !picked.is_empty() {
                return picked;
            }
            let area = PixelRect::enclosing(find.bbox, u32::MAX, u32::MAX);
            rects.iter().copied().filter(|rect| area.is_some_and(|area| area.intersects(*rect))).collect()
        };
        finds.filter(|find| rests_on(find, &covered)).flat_map(of_find).collect()
    }

    fn redraw(&mut self, areas: &[PixelRect], times: u8) -> Vec<PixelRect> {
        let mut redrawn = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| entry.is_redrawable() && areas.contains(&entry.rect())) {
            entry.redraws = REDRAWS.min(entry.redraws + times);
            redrawn.push(entry.rect());
        }
        redrawn.dedup();
        redrawn
    }
}

/// The fills may be what looks like a face.
pub(super) fn rests_on(find: &Detection, covers: &[PixelRect]) -> bool {
    prove::covered_share(find.bbox, covers) >= RESTS_ON_COVERS
}

/// Share of a find that lies in covers from which on the fills may be what looks like a face. A whole face beside a
/// cover overlaps it by less.
const RESTS_ON_COVERS: f32 = 0.15;
