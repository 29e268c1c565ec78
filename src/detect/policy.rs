//! What is scanned and how thoroughly: every parameter of detection in one place.

use std::ops::RangeInclusive;

use super::family::Family;
use super::view::View;
use crate::infer::Sides;

/// The detection policy. Sizes are in pixels; "network pixels" are those of a pyramid level.
///
/// What these values reach on the evaluation pictures, and the command that measures it, is in docs/accuracy.md.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// What is scanned, by which network.
    pub scans: Vec<Scan>,
    /// Lowest confidence of a detection that is listed as a face, 0 to 1, if its cover takes much of the picture. Lower than one
    /// half: a missed face costs a person, a false one some pixels. How many that are depends on its size, and so does where
    /// it is listed from.
    pub threshold: f32,
    /// The same if its cover takes next to nothing of the picture.
    pub small_threshold: f32,
    /// Between the two thresholds a detection is listed if the odds that it is a face are at least this many times the share of
    /// the picture that its cover takes. With 60 the thresholds meet at covers of 0.13 % and 0.42 % of the picture: in a photo of
    /// 12 million pixels, faces of 85 and 155 pixels.
    pub area_cost: f32,
    /// The same, whatever its size, for the best detection of a picture in which none is listed otherwise, if two passes agree on
    /// it: it may be somebody of whom only the eyes are seen. Not lower than what a fill may look like.
    pub lone_threshold: f32,
    /// Faces with less confidence than this are called "maybe a face": they are less likely than not.
    pub certain_from: f32,
    /// Longest side of a tile in network pixels. Larger tiles overlap less and need more memory: tract holds
    /// whole feature maps, 19 MB for the first (16 channels of 4 bytes at half the size); the compact engine, rows.
    pub tile_side: u32,
    /// Overlap of neighbouring tiles in network pixels. A face up to this size lies whole in one of them; larger ones
    /// are seen whole at the next level, where they are half as large.
    pub tile_overlap: u32,
    /// A tile in which no colour channel spans more levels than this, of 255, is stretched in contrast before it is scanned.
    /// YuNet loses a face at a span of about 25.
    pub faint_span: u8,
    /// In levels of at most this many pixels, parts of a tile may be faint beside others that are not. Each such part costs
    /// another scan of the tile: for a photo of 12 million pixels, a twentieth more at most.
    pub faint_part_pixels: u32,
    /// Levels of at most this many pixels along each side are also scanned without their details: a regular pattern hides
    /// a face from the networks, but not from people, who step back.
    pub coarse_side: u32,
    /// Lowest score that counts in a tile without its details. It gives 3 more detections in 76 pictures without a person, most
    /// of them animals; [`Policy::lowest_score`] would give 8.
    pub coarse_score: f32,
    /// Lowest score that counts at all. Below it, fewer than one detection in fifty is a face.
    pub lowest_score: f32,
    /// Two detections that overlap by more than this (intersection over union) are one face. Between 0.35 and 0.5 the
    /// average precision changes by less than 0.003.
    pub merge_iou: f32,
    /// A detection cut by a tile's inner edge is dropped if a whole one contains this share of it.
    pub cut_containment: f32,
    /// Detections of a face that are less probable than this share of its best one do not widen its cover.
    pub extent_share: f32,
    /// Lowest confidence that counts in a turned view, if it is above [`Policy::threshold`]. Turned heads are rare, and in
    /// seven more views some walls and folds look like a face: a single pass scores them at up to 0.85. A face is seen at
    /// several sizes.
    pub turned_threshold: f32,
    /// [`super::Detector::detect_in`]: longest side of an area, in network pixels, at the levels where it is scanned. A fill
    /// is as large as a head; those that look like a face do so at most of the sizes at which the networks see best.
    pub partial_sides: RangeInclusive<f32>,
    /// Tiles of a partial detection have sides of a multiple of this, in network pixels, so that an engine plans for few
    /// sizes. A multiple of every network's stride, so that a network's grid lies as it does when the whole level is one tile.
    pub partial_step: u32,
    /// Lowest confidence in a partial detection: below [`Policy::threshold`], so that a whole scan afterwards does not find
    /// what the partial one dropped.
    pub partial_threshold: f32,
    /// How each face is scanned a second time.
    pub rescan: Rescan,
}

/// The second scan of a face, by YuNet, scaled to one size and turned. The figures are from the evaluation pictures of
/// docs/accuracy.md.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescan {
    /// Mean side in pixels of the smallest faces that are scanned again: a cover of a smaller one takes few pixels, however the
    /// head is tilted.
    pub least_side: f32,
    /// At most so many faces of a picture are scanned again, the most certain ones first.
    pub most: usize,
    /// From this score on, a face whose score is higher than at an eighth to either side stands upright: no more turns are tried.
    pub clear: f32,
    /// By how much the score of a tilted face must be above that of the upright one: heads are seldom tilted that far.
    pub lead: f32,
    /// Lowest score of a face that is called tilted.
    pub tilted_score: f32,
    /// Faces tilted by less keep their upright box, in radians.
    pub least_tilt: f32,
    /// Faces tilted by less keep their landmarks, in radians: these were placed in a larger picture of the face than the second scan
    /// sees. From there on they lie wrong by more. Matched pairs of LFW at a false match rate of 1 %, for 0.1, 0.3 and 0.6: 98.4, 99.2
    /// and 99.2 %; with one of the two photos turned by 20 degrees 98.4, 99.2 and 98.4 %.
    pub landmark_tilt: f32,
    /// A face with less confidence than this whose box takes [`Self::doubted_share`] of the picture is dropped if its second
    /// score is below [`Self::doubted_score`].
    pub doubted_below: f32,
    /// See [`Self::doubted_below`]. A box of 0.3 of the picture is a cover of more than half of it; a smaller false cover costs less than
    /// a missed person. Of 56 faces under a niqab (docs/accuracy.md), 12 have low scores in both scans, and take at most 0.28.
    pub doubted_share: f32,
    /// See [`Self::doubted_below`]. No face in an annotated box had a lower one.
    pub doubted_score: f32,
}

/// One network's scan of the picture: at which sizes, and turned how.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The network.
    pub family: Family,
    /// How the picture is turned.
    pub views: Vec<View>,
    /// Largest factor by which a small picture is enlarged. The networks see faces from about 10 network pixels, so a
    /// factor of 2 lets them see faces of 5.
    pub max_enlargement: f64,
    /// Enlarged pictures have at most this many pixels, because the cost grows with them.
    pub enlarged_pixels: f64,
    /// No level has more pixels than this.
    pub largest_pixels: f64,
    /// No picture turned by an eighth lies on a canvas of more pixels than this. Only strips ten times as long as wide and more
    /// are made smaller for it.
    pub largest_canvas: f64,
    /// Levels end once the picture's long side is at most this. The networks were trained on faces of 10 to 300 pixels,
    /// so a face that fills the frame is seen at 256; the levels below 1/4 add 2 % together (1/64 + 1/256 + …).
    pub smallest_side: u32,
}

impl Scan {
    /// YuNet, upright, at full size and every half of it; small pictures are enlarged twice, to no more than the cost
    /// of a phone's photo of 12 million pixels.
    pub fn photo() -> Self {
        Self {
            family: Family::YuNet,
            views: vec![View::UPRIGHT],
            max_enlargement: 2.0,
            enlarged_pixels: 8e6,
            largest_pixels: f64::INFINITY,
            largest_canvas: 6e6,
            smallest_side: 256,
        }
    }

    /// This scan for a network that takes these sizes, upright only. A network with a small input also scans smaller levels,
    /// until one tile shows the whole picture.
    pub(super) fn upright_for(&self, sides: Sides) -> Self {
        let seen = match sides {
            Sides::MultipleOf(_) => u32::MAX,
            Sides::Fixed([width, height]) => width.min(height),
        };
        Self { views: vec![View::UPRIGHT], smallest_side: self.smallest_side.min(seen), ..self.clone() }
    }

    /// YuNet in other views at a million pixels: seven turns of a 12-megapixel photo then cost as much as its upright scan,
    /// and heads that are not upright are seldom small.
    pub fn turned(views: &[View]) -> Self {
        Self { views: views.to_vec(), enlarged_pixels: 1e6, largest_pixels: 1e6, ..Self::photo() }
    }

    /// YuNet, upright, at up to a million pixels: for the small pictures that a file holds besides its own, where it
    /// matters that there is a face, not how many.
    pub fn preview() -> Self {
        Self { enlarged_pixels: 1e6, largest_pixels: 1e6, ..Self::photo() }
    }
}

impl Policy {
    /// A thorough scan: three networks, small pictures are enlarged further, and turned heads are found. All networks scan the
    /// picture at full size: one alone at full size finds more of the small faces of a crowd than three at a smaller one. YuNet,
    /// which costs a seventh of CenterFace for a pixel, scans a phone's photo enlarged twice as well.
    pub fn thorough() -> Self {
        let yunet = Scan { max_enlargement: 4.0, enlarged_pixels: 48e6, ..Scan::photo() };
        let second = |family| Scan { family, max_enlargement: 3.0, ..Scan::photo() };
        Self {
            scans: vec![yunet, second(Family::CenterFace), second(Family::RetinaFace), Scan::turned(&View::TURNED)],
            ..Self::default()
        }
    }

    /// This policy with one threshold for detections of all sizes.
    #[must_use]
    pub fn with_threshold(self, threshold: f32) -> Self {
        Self { threshold, small_threshold: threshold, lone_threshold: threshold, ..self }
    }

    /// Lowest confidence at which a detection with this box is listed in a picture of so many pixels: the larger its cover, the
    /// more a false one hides.
    pub(super) fn listed_from(&self, [_, _, width, height]: [f32; 4], pixels: f32) -> f32 {
        let odds = self.area_cost * COVER_AREA * width * height / pixels;
        (odds / (1.0 + odds)).max(self.small_threshold).min(self.threshold)
    }
}

/// Area of the ellipse that covers a face, in areas of its box: semi-axes of 0.8 of the width and 0.85 of the height.
const COVER_AREA: f32 = 0.8 * 0.85 * std::f32::consts::PI;

impl Default for Policy {
    fn default() -> Self {
        Self {
            scans: vec![Scan::photo()],
            threshold: 0.2,
            small_threshold: 0.07,
            area_cost: 60.0,
            lone_threshold: 0.1,
            certain_from: 0.5,
            tile_side: 1088,
            tile_overlap: 64,
            faint_span: 32,
            faint_part_pixels: 300_000,
            coarse_side: 256,
            coarse_score: 0.7,
            lowest_score: 0.05,
            merge_iou: 0.4,
            cut_containment: 0.6,
            extent_share: 0.3,
            turned_threshold: 0.95,
            partial_sides: 12.0..=96.0,
            partial_step: 32,
            partial_threshold: 0.1,
            rescan: Rescan::default(),
        }
    }
}

impl Default for Rescan {
    fn default() -> Self {
        Self {
            least_side: 24.0,
            most: 200,
            clear: 0.8,
            lead: 0.1,
            tilted_score: 0.5,
            least_tilt: 0.1,
            landmark_tilt: 0.3,
            doubted_below: 0.8,
            doubted_share: 0.3,
            doubted_score: 0.2,
        }
    }
}
