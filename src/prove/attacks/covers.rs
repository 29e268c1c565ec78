//! Covers: the product's own, plain ones, and the published defaults of other programs, drawn from their descriptions.

use std::io::Cursor;

use super::{Known, crop_under};
use crate::detect::Detection;
use crate::error::{Error, Result};
use crate::geometry::PixelRect;
use crate::mask::Mask;
use crate::photo::{self, Frame, Limits, Photo};
use crate::protect::{self, Area, Cover, CoverRules, Drawing, Method, reversible};
use crate::report::Shape;

/// Quality at which covered photos are published.
const JPEG_QUALITY: u8 = 90;

/// Growth of plain covers: the least that hides a face's outline.
const GROWTH: f32 = 1.3;

/// What is compared pixel by pixel: what every cover hides.
const COMPARED: f32 = 1.0;

/// Width and height of a bar over the eyes, in distances between them.
const EYE_BAR: [f32; 2] = [2.0, 0.5];

/// Colour of a mask over mouth and nose, and of a sticker.
const MASK_BLUE: [u8; 3] = [150, 190, 215];
const STICKER_YELLOW: [u8; 3] = [250, 205, 60];

/// A way of covering a face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Covering {
    /// The face is left open.
    None,
    /// A Gaussian with a standard deviation of so many widths of the face.
    Gaussian(f32),
    /// A mosaic with so many cells across the face.
    Mosaic(f32),
    /// A black bar over the eyes.
    EyeBar,
    /// A mask over mouth and nose, as people wear it.
    Mask,
    /// A round sticker on the middle of the face, which leaves brow, ears and chin open.
    SmallSticker,
    /// One colour over the face's box, enlarged so many times.
    Solid(f32),
    /// The program deface.
    Deface,
    /// The messenger Signal.
    Signal,
    /// The camera ObscuraCam.
    ObscuraCam,
    /// The camera SnapSafe.
    SnapSafe,
    /// The service sgblur.
    Sgblur,
    /// The product's own.
    Own(Method),
}

/// A published photo.
#[derive(Debug, Clone)]
pub struct Covered {
    /// Its pixels.
    pub frame: Frame,
    /// What an attacker knows of the cover.
    pub known: Known,
}

/// Every row of the table in docs/threats.md, with its name there.
pub const TABLE: &[(&str, Covering)] = &[
    ("none", Covering::None),
    ("Gaussian 0.05 w", Covering::Gaussian(0.05)),
    ("Gaussian 0.1 w", Covering::Gaussian(0.1)),
    ("Gaussian 0.2 w", Covering::Gaussian(0.2)),
    ("Gaussian 0.5 w", Covering::Gaussian(0.5)),
    ("mosaic, 16 cells", Covering::Mosaic(16.0)),
    ("mosaic, 8 cells", Covering::Mosaic(8.0)),
    ("mosaic, 6 cells", Covering::Mosaic(6.0)),
    ("mosaic, 4 cells", Covering::Mosaic(4.0)),
    ("eye bar", Covering::EyeBar),
    ("mask over mouth and nose", Covering::Mask),
    ("small sticker", Covering::SmallSticker),
    ("solid, box x 1.0", Covering::Solid(1.0)),
    ("solid, box x 1.3", Covering::Solid(GROWTH)),
    ("deface", Covering::Deface),
    ("Signal", Covering::Signal),
    ("ObscuraCam", Covering::ObscuraCam),
    ("SnapSafe", Covering::SnapSafe),
    ("sgblur", Covering::Sgblur),
    ("Tarnkappe mosaic", Covering::Own(Method::Mosaic)),
    ("Tarnkappe soft", Covering::Own(Method::Soft)),
    ("Tarnkappe sticker", Covering::Own(Method::Sticker)),
    ("Tarnkappe solid", Covering::Own(Method::Solid)),
];

impl Covering {
    /// Covers the face in a picture of the photo's size, and reads it back from a JPEG.
    ///
    /// # Errors
    /// If the face lies outside the picture or its eyes are not known.
    pub fn publish(self, picture: &Frame, photo: &Photo, face: &Detection) -> Result<Covered> {
        let mut frame = picture.clone();
        let known = self.draw(&mut frame, photo, face)?;
        let mut file = Cursor::new(Vec::new());
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY);
        let (width, height) = (frame.width, frame.height);
        image::ImageEncoder::write_image(encoder, &frame.rgb, width, height, image::ExtendedColorType::Rgb8)
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Covered { frame: photo::open(&file.into_inner(), &Limits::default())?.frame, known })
    }

    fn draw(self, frame: &mut Frame, photo: &Photo, face: &Detection) -> Result<Known> {
        match self {
            Self::None => Ok(Known::Nothing),
            Self::Gaussian(widths) => Ok(gaussian(frame, face, widths)),
            Self::Mosaic(across) => Ok(mosaic(frame, face, across)),
            Self::EyeBar => eye_bar(frame, face),
            Self::Mask => mask(frame, face),
            Self::SmallSticker => small_sticker(frame, face),
            Self::Solid(growth) => Ok(solid(frame, face, growth)),
            Self::Deface => Ok(deface(frame, face)),
            Self::Signal => Ok(signal(frame, face)),
            Self::ObscuraCam => obscuracam(frame, face),
            Self::SnapSafe => snapsafe(frame, face),
            Self::Sgblur => Ok(sgblur(frame, face)),
            Self::Own(method) => own(frame, photo, face, method),
        }
    }
}

/// What a published photo shows where the face is, to be compared pixel by pixel.
///
/// # Errors
/// Only by a defect of the program.
pub fn under(frame: &Frame, face: &Detection) -> Result<Vec<u8>> {
    crop_under(frame, compared(frame, face))
}

/// Where the face is compared pixel by pixel.
pub fn compared(frame: &Frame, face: &Detection) -> PixelRect {
    area(frame, face, COMPARED)
}

/// The product's own covers, as far as they reach in a JPEG.
fn own(frame: &mut Frame, photo: &Photo, face: &Detection, method: Method) -> Result<Known> {
    let rules = CoverRules::default();
    let head = protect::head_of_face(face.tilted_box(), face.extent, face.landmarks.as_ref(), &rules);
    let nowhere = PixelRect { x0: 0, y0: 0, x1: 0, y1: 0 };
    let mask = protect::mask_of(&Shape::Ellipse(head), nowhere, (frame.width, frame.height))?;
    let drawing = Drawing::of(frame, &Area::of_anew(&mask, photo, &rules));
    drawing.draw(frame, &[Cover { mask, head: Some(head), redraws: 0 }], &method.into());
    Ok(Known::Nothing)
}

/// What a plain cover of the face covers, as the attacker sees it too.
fn area(frame: &Frame, face: &Detection, growth: f32) -> PixelRect {
    let [x, y, width, height] = face.bbox;
    let (more_x, more_y) = (width * (growth - 1.0) / 2.0, height * (growth - 1.0) / 2.0);
    let grown = [x - more_x, y - more_y, width + 2.0 * more_x, height + 2.0 * more_y];
    PixelRect::enclosing(grown, frame.width, frame.height).unwrap_or(PixelRect::full(frame.width, frame.height))
}

fn gaussian(frame: &mut Frame, face: &Detection, widths: f32) -> Known {
    let sigma = widths * face.bbox[2];
    reversible::blur(frame, area(frame, face, GROWTH), sigma);
    Known::Blur { sigma }
}

fn mosaic(frame: &mut Frame, face: &Detection, across: f32) -> Known {
    let area = area(frame, face, GROWTH);
    let side = (face.bbox[2] / across).round().max(1.0) as u32;
    reversible::mosaic(frame, area, side);
    cells(area, side)
}

fn solid(frame: &mut Frame, face: &Detection, growth: f32) -> Known {
    let cover = Cover { mask: Mask::of_rect(area(frame, face, growth)), head: None, redraws: 0 };
    protect::draw(frame, &[cover], &Method::Solid.into());
    Known::Nothing
}

fn cells(area: PixelRect, side: u32) -> Known {
    Known::Cells { corner: [area.x0 as f32, area.y0 as f32], side: side as f32 }
}

fn eye_bar(frame: &mut Frame, face: &Detection) -> Result<Known> {
    let bar = bar_over_eyes(frame, face, EYE_BAR)?;
    fill(frame, bar, |_, _| [0; 3]);
    Ok(Known::Nothing)
}

fn bar_over_eyes(frame: &Frame, face: &Detection, [wide, high]: [f32; 2]) -> Result<PixelRect> {
    let [[x0, y0], [x1, y1], ..] = landmarks(face)?;
    let apart = (x1 - x0).hypot(y1 - y0);
    let (x, y) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
    let bar = [x - wide * apart / 2.0, y - high * apart / 2.0, wide * apart, high * apart];
    PixelRect::enclosing(bar, frame.width, frame.height).ok_or_else(nothing_to_cover)
}

/// A mask over mouth and nose: from the bridge of the nose to the chin, as wide as the face.
fn mask(frame: &mut Frame, face: &Detection) -> Result<Known> {
    let [[_, y0], [_, y1], [_, nose], ..] = landmarks(face)?;
    let [x, y, width, height] = face.bbox;
    let top = ((y0 + y1) / 2.0 + nose) / 2.0;
    let worn = PixelRect::enclosing([x, top, width, y + height - top], frame.width, frame.height);
    fill(frame, worn.ok_or_else(nothing_to_cover)?, |_, _| MASK_BLUE);
    Ok(Known::Nothing)
}

/// A disc around the middle of the landmarks, three quarters of the face wide.
fn small_sticker(frame: &mut Frame, face: &Detection) -> Result<Known> {
    let points = landmarks(face)?;
    let [cx, cy] = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f32>() / points.len() as f32);
    let radius = 0.375 * face.bbox[2];
    let bounds =
        PixelRect::enclosing([cx - radius, cy - radius, 2.0 * radius, 2.0 * radius], frame.width, frame.height);
    fill(frame, bounds.ok_or_else(nothing_to_cover)?, |[x, y], clear| {
        let is_inside = (x as f32 + 0.5 - cx).hypot(y as f32 + 0.5 - cy) <= radius;
        if is_inside { STICKER_YELLOW } else { clear }
    });
    Ok(Known::Nothing)
}

fn landmarks(face: &Detection) -> Result<[[f32; 2]; 5]> {
    face.landmarks.ok_or_else(nothing_to_cover)
}

fn nothing_to_cover() -> Error {
    Error::Internal("a face without eyes in the picture".into())
}

/// deface: the box grown by 0.3 of its sides on each side, an ellipse in it, filled with a box blur half as large.
fn deface(frame: &mut Frame, face: &Detection) -> Known {
    let area = area(frame, face, 1.6);
    let side = area.width() / 2;
    let clear = frame.clone();
    reversible::box_blur(frame, area, side);
    let (cx, cy) = ((area.x0 + area.x1) as f32 / 2.0, (area.y0 + area.y1) as f32 / 2.0);
    fill(frame, area, |[x, y], blurred| {
        let (dx, dy) =
            ((x as f32 + 0.5 - cx) * 2.0 / area.width() as f32, (y as f32 + 0.5 - cy) * 2.0 / area.height() as f32);
        if dx * dx + dy * dy <= 1.0 { blurred } else { pixel(&clear, x, y) }
    });
    // The variance of a box of n pixels is n squared over 12.
    Known::Blur { sigma: side as f32 / 12.0f32.sqrt() }
}

/// Signal: the whole picture shrunk to 300 pixels and blurred by a radius of 25, whose Gaussian has 0.4 times that and
/// 0.6 as its standard deviation.
fn signal(frame: &mut Frame, face: &Detection) -> Known {
    let sigma = (0.4 * 25.0 + 0.6) / 300.0 * frame.width.max(frame.height) as f32;
    reversible::blur(frame, area(frame, face, GROWTH), sigma);
    Known::Blur { sigma }
}

/// ObscuraCam: a box three distances between the eyes wide, ten cells across, each as its top left pixel.
fn obscuracam(frame: &mut Frame, face: &Detection) -> Result<Known> {
    let area = bar_over_eyes(frame, face, [3.0, 3.0])?;
    Ok(sampled(frame, area, area.width().div_ceil(10)))
}

/// SnapSafe: eight cells, each as one pixel, a quarter of them black or white, and a black line over the eyes.
fn snapsafe(frame: &mut Frame, face: &Detection) -> Result<Known> {
    let area = area(frame, face, 1.0);
    let side = area.width().div_ceil(8);
    let known = sampled(frame, area, side);
    let columns = area.width().div_ceil(side) as usize;
    let mut random = vec![0; columns * area.height().div_ceil(side) as usize];
    getrandom::fill(&mut random).map_err(|error| Error::Internal(error.to_string()))?;
    fill(frame, area, |[x, y], sample| {
        let cell = ((y - area.y0) / side) as usize * columns + ((x - area.x0) / side) as usize;
        // Two bits choose a quarter of the cells, a third one their colour.
        match (random[cell] & 3, random[cell] & 4) {
            (0, 0) => [0; 3],
            (0, _) => [255; 3],
            _ => sample,
        }
    });
    eye_bar(frame, face)?;
    Ok(known)
}

/// sgblur: twelve samples across, then a box blur of one cell.
fn sgblur(frame: &mut Frame, face: &Detection) -> Known {
    let area = area(frame, face, 1.0);
    let side = area.width().div_ceil(12);
    sampled(frame, area, side);
    reversible::box_blur(frame, area, side);
    Known::Blur { sigma: side as f32 / 6.0f32.sqrt() }
}

/// Cells that each show their top left pixel.
fn sampled(frame: &mut Frame, area: PixelRect, side: u32) -> Known {
    let clear = frame.clone();
    let first = |place: u32, start: u32| start + (place - start) / side * side;
    fill(frame, area, |[x, y], _| pixel(&clear, first(x, area.x0), first(y, area.y0)));
    cells(area, side)
}

fn pixel(frame: &Frame, x: u32, y: u32) -> [u8; 3] {
    let at = 3 * (y as usize * frame.width as usize + x as usize);
    [frame.rgb[at], frame.rgb[at + 1], frame.rgb[at + 2]]
}

fn fill(frame: &mut Frame, area: PixelRect, colour: impl Fn([u32; 2], [u8; 3]) -> [u8; 3]) {
    for y in area.y0..area.y1 {
        for x in area.x0..area.x1 {
            let at = 3 * (y as usize * frame.width as usize + x as usize);
            let made = colour([x, y], pixel(frame, x, y));
            frame.rgb[at..at + 3].copy_from_slice(&made);
        }
    }
}
