//! Regions of a picture: what was found or given, and what becomes of it.

use serde::{Deserialize, Serialize};

use crate::geometry::PixelRect;

/// Right eye, left eye, nose tip, right and left corner of the mouth (the person's right and left), `[x, y]`.
pub type Landmarks = [[f32; 2]; 5];

/// A part of the picture that is covered or left open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Region {
    /// 1, 2, … in the order of the list; unique in a report.
    pub id: u32,
    /// What it is.
    pub kind: RegionKind,
    /// Where it comes from.
    pub origin: Origin,
    /// `[x, y, width, height]` of what was found, or as given; may reach past the picture's edge.
    #[serde(rename = "box")]
    pub bbox: [f32; 4],
    /// Probability that this is a face, 0 to 1, as fitted to annotated pictures (docs/accuracy.md); `None` unless found.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), schemars(range(min = 0.0, max = 1.0)))]
    pub score: Option<f32>,
    /// Less likely a face than not; covered all the same unless the person says otherwise.
    pub maybe: bool,
    /// Where the face's landmarks are, if they are known.
    pub landmarks: Option<Landmarks>,
    /// What `protect` hides, or would; `None` only for what lies outside the picture.
    #[cfg_attr(
        all(test, not(target_arch = "wasm32")),
        ts(as = "Option<CoverFields>"),
        schemars(with = "Option<CoverFields>")
    )]
    pub cover: Option<Cover>,
    /// What becomes of it.
    pub decision: Decision,
    /// How identifiable the face is; `None` for what is no face or was not measured.
    pub identifiability: Option<Identifiability>,
}

/// What a region is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RegionKind {
    /// A face; its cover grows to the head.
    #[default]
    Face,
    /// A head of which the face is not seen.
    Head,
    /// A hand.
    Hand,
    /// Writing.
    Text,
    /// Anything else.
    Other,
}

impl RegionKind {
    /// The region names a person's face or head, which the proof asks about.
    pub(crate) fn is_person(self) -> bool {
        matches!(self, Self::Face | Self::Head)
    }
}

/// Where a region comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The check found it.
    Found,
    /// A person gave it.
    #[default]
    Added,
    /// The proof of the copy found it.
    Rechecked,
}

/// What becomes of a region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It is covered.
    #[default]
    Cover,
    /// It is left open on purpose.
    Open,
    /// Nobody has decided; `protect` covers it.
    Undecided,
}

/// What is hidden. In a lossy file more is drawn: up to the file's coding blocks, and one block more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "CoverFields", try_from = "CoverFields")]
pub struct Cover {
    /// The smallest rectangle around it, inside the picture.
    pub bounds: PixelRect,
    /// Its shape.
    pub shape: Shape,
}

/// The shape of a cover within its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// All of the bounds.
    Rectangle,
}

impl From<PixelRect> for Cover {
    fn from(bounds: PixelRect) -> Self {
        Self { bounds, shape: Shape::Rectangle }
    }
}

/// A [`Cover`] as it is written: plain fields, of which those that the shape has no use for are null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    all(test, not(target_arch = "wasm32")),
    derive(ts_rs::TS, schemars::JsonSchema),
    ts(rename = "Cover"),
    schemars(rename = "Cover")
)]
pub(crate) struct CoverFields {
    /// The smallest rectangle around what is hidden, `[x, y, width, height]`, whole pixels inside the picture. In a lossy file more
    /// is drawn: up to the file's coding blocks, and one block more.
    bounds: [u32; 4],
    /// Which of the fields below says more.
    shape: ShapeKind,
    /// `[cx, cy, rx, ry, angle]`, the angle in radians.
    ellipse: Option<[f32; 5]>,
    /// Corners, `[x, y]`.
    polygon: Option<Vec<[f32; 2]>>,
    /// A stroke.
    brush: Option<Brush>,
}

impl From<Cover> for CoverFields {
    fn from(Cover { bounds, shape: Shape::Rectangle }: Cover) -> Self {
        Self { bounds: bounds.to_xywh(), shape: ShapeKind::Rectangle, ellipse: None, polygon: None, brush: None }
    }
}

impl TryFrom<CoverFields> for Cover {
    type Error = String;

    fn try_from(fields: CoverFields) -> Result<Self, String> {
        let shape = fields.shape.without_details()?;
        let [x, y, w, h] = fields.bounds;
        let bounds = PixelRect { x0: x, y0: y, x1: x.saturating_add(w), y1: y.saturating_add(h) };
        Ok(Self { bounds, shape })
    }
}

/// The names of the shapes of covers. So far only rectangles are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum ShapeKind {
    #[default]
    Rectangle,
    Ellipse,
    Polygon,
    Brush,
    Mask,
}

impl ShapeKind {
    /// The shape that has this name and needs no further field.
    pub(crate) fn without_details(self) -> Result<Shape, String> {
        match self {
            Self::Rectangle => Ok(Shape::Rectangle),
            Self::Ellipse | Self::Polygon | Self::Brush | Self::Mask => {
                Err("cover.shape: only \"rectangle\" can be drawn so far".to_owned())
            }
        }
    }
}

/// A stroke of constant radius.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Brush {
    /// Through these points, `[x, y]`.
    pub points: Vec<[f32; 2]>,
    /// In pixels.
    pub radius: f32,
}

/// A region that a person decided about: one of a report, changed or not, or a new one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct RegionRequest {
    /// `[x, y, width, height]` in upright pixels: where the face was found, whatever a person made of its cover since, or else what
    /// was drawn. The proof compares its detections with it.
    #[serde(rename = "box")]
    pub bbox: [f32; 4],
    /// `cover` if absent. What is undecided is covered.
    #[serde(default)]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<Decision>", optional))]
    pub decision: Decision,
    /// `face` if absent.
    #[serde(default)]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<RegionKind>", optional))]
    pub kind: RegionKind,
    /// `added` if absent.
    #[serde(default)]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<Origin>", optional))]
    pub origin: Origin,
    /// What to hide. Without it a face or head grows from its box to the whole head, and anything else is its box.
    #[serde(default)]
    pub cover: Option<CoverRequest>,
    /// Has no effect: regions are numbered anew.
    #[serde(default)]
    pub id: Option<u32>,
    /// As in the report that the region comes from.
    #[serde(default)]
    pub score: Option<f32>,
    /// As in the report that the region comes from.
    #[serde(default)]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<bool>", optional))]
    pub maybe: bool,
    /// As in the report that the region comes from.
    #[serde(default)]
    pub landmarks: Option<Landmarks>,
    /// As in the report that the region comes from.
    #[serde(default)]
    pub identifiability: Option<Identifiability>,
}

impl RegionRequest {
    /// A face, to be covered with its whole head.
    pub fn face(bbox: [f32; 4]) -> Self {
        Self { bbox, ..Self::default() }
    }

    /// An area that is covered as it is.
    pub fn area(bbox: [f32; 4]) -> Self {
        Self { bbox, kind: RegionKind::Other, ..Self::default() }
    }
}

/// What a report says, unchanged.
impl From<&Region> for RegionRequest {
    fn from(region: &Region) -> Self {
        let Region { id, kind, origin, bbox, score, maybe, landmarks, cover, decision, ref identifiability } = *region;
        Self {
            bbox,
            decision,
            kind,
            origin,
            cover: cover.map(CoverRequest::from),
            id: Some(id),
            score,
            maybe,
            landmarks,
            identifiability: identifiability.clone(),
        }
    }
}

/// A cover that is asked for; cut to the picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct CoverRequest {
    /// `[x, y, width, height]`
    pub bounds: [f32; 4],
    /// So far only rectangles can be drawn.
    pub shape: ShapeKind,
    /// As in [`Cover`].
    #[serde(default)]
    pub ellipse: Option<[f32; 5]>,
    /// As in [`Cover`].
    #[serde(default)]
    pub polygon: Option<Vec<[f32; 2]>>,
    /// As in [`Cover`].
    #[serde(default)]
    pub brush: Option<Brush>,
}

impl CoverRequest {
    /// A rectangle `[x, y, width, height]`.
    pub fn rectangle(bounds: [f32; 4]) -> Self {
        Self { bounds, ..Self::default() }
    }
}

impl From<Cover> for CoverRequest {
    fn from(cover: Cover) -> Self {
        Self::rectangle(cover.bounds.to_xywh().map(|side| side as f32))
    }
}

/// How identifiable a face is, as far as it can be estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Identifiability {
    /// In one word.
    pub level: Level,
    /// Estimated probability that a recogniser matches the face with another photo of the person, 0 to 1.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), schemars(range(min = 0.0, max = 1.0)))]
    pub score: f32,
    /// Distance between the eyes' centres in pixels, as it would be if the face were seen from the front; 0 if not known.
    pub inter_eye_px: f32,
    /// What led to the level, most important first.
    pub reasons: Vec<Reason>,
}

/// How identifiable, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// More likely than not.
    Likely,
    /// It can happen.
    Possible,
    /// Rarely.
    Unlikely,
}

/// What makes a face more or less identifiable; the words are in the locale files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Large enough for a face search engine.
    SizeAmple,
    /// So small that matching begins to fail.
    SizeScant,
    /// So small that matching fails more often than not.
    SizeTiny,
    /// Detail is missing that a face of this size could have.
    Blurred,
    /// Blocks of strong JPEG compression.
    Compressed,
    /// Strong noise.
    Grainy,
    /// Hardly any contrast, because it is dark.
    Dark,
    /// Hardly any contrast, because it is too bright.
    Overexposed,
    /// Hardly any contrast.
    Flat,
    /// Seen from the side, where the measures were not tried.
    Turned,
    /// The face could not be measured: only its size is known.
    NotMeasured,
    /// A recogniser was run on the face as well.
    Recogniser,
}
