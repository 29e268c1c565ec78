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

/// What is hidden. In a JPEG more is drawn: up to its coding blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "CoverFields", try_from = "CoverFields")]
pub struct Cover {
    /// The smallest rectangle around it, inside the picture.
    pub bounds: PixelRect,
    /// Its shape.
    pub shape: Shape,
}

/// The shape of a cover, in upright pixels. May reach past the picture's edge.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// All of the bounds.
    Rectangle,
    /// `[cx, cy, rx, ry, angle]`: centre, radii, and the angle in radians by which it is turned clockwise on the screen.
    Ellipse([f32; 5]),
    /// Corners; what has a winding number other than 0 is inside.
    Polygon(Vec<[f32; 2]>),
    /// A stroke.
    Brush(Brush),
    /// Lengths of runs in the bounds, row by row: what is not covered first, then what is, in turns.
    Mask(Vec<u32>),
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
    /// The smallest rectangle around what is hidden, `[x, y, width, height]`, whole pixels inside the picture. In a JPEG more is
    /// drawn: up to its coding blocks.
    bounds: [u32; 4],
    /// Which of the fields below says more.
    shape: ShapeKind,
    /// `[cx, cy, rx, ry, angle]`: centre, radii, and the angle in radians by which it is turned clockwise on the screen.
    ellipse: Option<[f32; 5]>,
    /// Corners, `[x, y]`; what has a winding number other than 0 is inside.
    polygon: Option<Vec<[f32; 2]>>,
    /// A stroke.
    brush: Option<Brush>,
    /// Lengths of runs in the bounds, row by row: what is not covered first, then what is, in turns.
    mask: Option<Vec<u32>>,
}

impl From<Cover> for CoverFields {
    fn from(Cover { bounds, shape }: Cover) -> Self {
        let request = CoverRequest::of_shape([0.0; 4], shape);
        let CoverRequest { shape, ellipse, polygon, brush, mask, .. } = request;
        Self { bounds: bounds.to_xywh(), shape, ellipse, polygon, brush, mask }
    }
}

impl TryFrom<CoverFields> for Cover {
    type Error = String;

    fn try_from(fields: CoverFields) -> Result<Self, String> {
        let CoverFields { bounds: [x, y, w, h], shape, ellipse, polygon, brush, mask } = fields;
        let request = CoverRequest { bounds: [0.0, 0.0, 1.0, 1.0], shape, ellipse, polygon, brush, mask };
        let bounds = PixelRect { x0: x, y0: y, x1: x.saturating_add(w), y1: y.saturating_add(h) };
        Ok(Self { bounds, shape: request.into_shape()? })
    }
}

/// The names of the shapes of covers.
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
        let Region { id, kind, origin, bbox, score, maybe, landmarks, ref cover, decision, ref identifiability } =
            *region;
        Self {
            bbox,
            decision,
            kind,
            origin,
            cover: cover.clone().map(CoverRequest::from),
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
    /// `[x, y, width, height]`: of a rectangle, of an ellipse that is not told otherwise, or of a mask.
    pub bounds: [f32; 4],
    /// Which of the fields below says more.
    pub shape: ShapeKind,
    /// As in [`Cover`]; without it an ellipse is the upright one that fits into the bounds.
    #[serde(default)]
    pub ellipse: Option<[f32; 5]>,
    /// As in [`Cover`].
    #[serde(default)]
    pub polygon: Option<Vec<[f32; 2]>>,
    /// As in [`Cover`].
    #[serde(default)]
    pub brush: Option<Brush>,
    /// As in [`Cover`].
    #[serde(default)]
    pub mask: Option<Vec<u32>>,
}

impl CoverRequest {
    /// A rectangle `[x, y, width, height]`.
    pub fn rectangle(bounds: [f32; 4]) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// A shape; `bounds` as they are needed for a rectangle and a mask.
    pub fn of_shape(bounds: [f32; 4], shape: Shape) -> Self {
        let plain = Self::rectangle(bounds);
        match shape {
            Shape::Rectangle => plain,
            Shape::Ellipse(ellipse) => Self { shape: ShapeKind::Ellipse, ellipse: Some(ellipse), ..plain },
            Shape::Polygon(corners) => Self { shape: ShapeKind::Polygon, polygon: Some(corners), ..plain },
            Shape::Brush(brush) => Self { shape: ShapeKind::Brush, brush: Some(brush), ..plain },
            Shape::Mask(runs) => Self { shape: ShapeKind::Mask, mask: Some(runs), ..plain },
        }
    }

    /// The shape that is asked for.
    ///
    /// # Errors
    /// The name of the field that is missing.
    pub(crate) fn into_shape(self) -> Result<Shape, String> {
        let missing = |field: &str| format!("cover.{field}: is missing");
        match self.shape {
            ShapeKind::Rectangle => Ok(Shape::Rectangle),
            ShapeKind::Ellipse => {
                let [x, y, w, h] = self.bounds;
                let inscribed = [x + w / 2.0, y + h / 2.0, w / 2.0, h / 2.0, 0.0];
                Ok(Shape::Ellipse(self.ellipse.unwrap_or(inscribed)))
            }
            ShapeKind::Polygon => self.polygon.map(Shape::Polygon).ok_or_else(|| missing("polygon")),
            ShapeKind::Brush => self.brush.map(Shape::Brush).ok_or_else(|| missing("brush")),
            ShapeKind::Mask => self.mask.map(Shape::Mask).ok_or_else(|| missing("mask")),
        }
    }
}

impl From<Cover> for CoverRequest {
    fn from(Cover { bounds, shape }: Cover) -> Self {
        Self::of_shape(bounds.to_xywh().map(|side| side as f32), shape)
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
