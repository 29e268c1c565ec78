//! The pictures of a file besides the one that is opened: frames of an animation and pages.
//!
//! Each frame is made a file of its own and opened as any other, so that all limits and checks hold for it, and then drawn on
//! the frames before it as browsers do.

use std::ops::Range;

use super::coded::{Animation, Coded, Dispose, MOST};
use super::decode::{upright, upright_page};
use super::frame::Frame;
use super::limits::{Limits, filled};
use crate::container::{png, tiff};
use crate::error::Result;

/// Which further picture of a file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A frame of an animation, counted from 1 as people do.
    Frame(u32),
    /// A picture of an animation that is not part of it.
    Hidden,
    /// A page, or a picture that belongs to one.
    Page,
}

/// A further picture of a file.
#[derive(Debug)]
pub struct Further<'a> {
    /// Which one.
    pub place: Place,
    /// Where its data lies in the file: first byte and the one after the last.
    pub bytes: [u64; 2],
    /// As it is shown, in sRGB.
    pub frame: &'a Frame,
}

/// How many pictures a file holds besides the one that is opened: frames, pages and hidden pictures.
pub fn count_further(bytes: &[u8]) -> usize {
    let frames = Animation::read(bytes)
        .map_or(0, |animation| animation.frames.len() - 1 + animation.more + usize::from(animation.hidden.is_some()));
    frames + tiff::pages(bytes).len()
}

/// Shows every further picture of a file, one after the other, at most a hundred. Together they may have as many pixels as one
/// picture within `limits`. Returns how many were not shown, because they are too many, too large or damaged.
///
/// # Errors
/// What `show` returns.
pub fn show_further(bytes: &[u8], limits: &Limits, show: &mut dyn FnMut(Further<'_>) -> Result<()>) -> Result<usize> {
    match Animation::read(bytes) {
        Some(animation) => show_frames(&animation, limits, show),
        None => show_pages(bytes, limits, show),
    }
}

/// The first frame of an animation as browsers show it, if the file's own picture is not part of the animation. `None` for
/// any other file, and for animations that browsers do not play.
pub(super) fn shown_instead(bytes: &[u8], limits: &Limits) -> Option<Frame> {
    // Most files have no animation, and need not be read further.
    png::chunks(bytes).take_while(|chunk| chunk.kind != b"IDAT").find(|chunk| chunk.kind == b"acTL")?;
    let animation = Animation::read(bytes).filter(|animation| animation.hidden.is_some())?;
    let first = animation.frames.first()?;
    let mut canvas = Canvas::new(animation.canvas, limits).ok()?;
    canvas.draw(&animation.file(first), first, limits).ok()?;
    Some(canvas.into_frame())
}

fn show_frames(
    animation: &Animation,
    limits: &Limits,
    show: &mut dyn FnMut(Further<'_>) -> Result<()>,
) -> Result<usize> {
    let mut skipped = animation.more;
    let mut left = *limits;
    if let Some(hidden) = &animation.hidden {
        match upright(&animation.file(hidden), limits) {
            Ok(frame) => show(Further { place: Place::Hidden, bytes: hidden.bytes, frame: &frame })?,
            Err(_) => skipped += 1,
        }
    }
    let Ok(mut canvas) = Canvas::new(animation.canvas, limits) else {
        return Ok(skipped + animation.frames.len().saturating_sub(1));
    };
    for (index, coded) in animation.frames.iter().enumerate() {
        let drawn = canvas.draw(&animation.file(coded), coded, limits);
        // The first frame is the picture that is opened, if it can be.
        if index > 0 || drawn.is_err() {
            match drawn.and_then(|()| left.spend(canvas.frame.width, canvas.frame.height)) {
                Ok(()) => {
                    let (place, bytes) = (Place::Frame(index as u32 + 1), coded.bytes);
                    canvas.shown(|frame| show(Further { place, bytes, frame }))?;
                }
                Err(_) => skipped += 1,
            }
        }
        canvas.dispose();
    }
    Ok(skipped)
}

fn show_pages(bytes: &[u8], limits: &Limits, show: &mut dyn FnMut(Further<'_>) -> Result<()>) -> Result<usize> {
    let pages = tiff::pages(bytes);
    if pages.is_empty() {
        return Ok(0);
    }
    let mut skipped = pages.len().saturating_sub(MOST);
    let mut left = *limits;
    for page in pages.into_iter().take(MOST) {
        let opened = upright_page(bytes, &page, &left).and_then(|frame| {
            left.spend(frame.width, frame.height)?;
            Ok(frame)
        });
        match opened {
            Ok(frame) => show(Further { place: Place::Page, bytes: page.bytes, frame: &frame })?,
            Err(_) => skipped += 1,
        }
    }
    Ok(skipped)
}

/// What an animation shows at one moment.
struct Canvas {
    /// With an alpha plane.
    frame: Frame,
    /// What is undone before the next frame.
    undo: Option<Undo>,
}

/// An area `x, y, width, height` and what it becomes; transparent if there is nothing.
struct Undo {
    area: [u32; 4],
    pixels: Option<(Vec<u8>, Vec<u8>)>,
}

impl Canvas {
    /// Transparent.
    fn new([width, height]: [u32; 2], limits: &Limits) -> Result<Self> {
        limits.check_pixels(width, height)?;
        let pixels = u64::from(width) * u64::from(height);
        // The canvas, what it is restored to, and a frame with its samples.
        limits.check_memory(16 * pixels)?;
        let frame = Frame { width, height, rgb: filled(3 * pixels, 0)?, alpha: Some(filled(pixels, 0)?) };
        Ok(Self { frame, undo: None })
    }

    /// Draws a frame, of which `file` holds the picture.
    fn draw(&mut self, file: &[u8], coded: &Coded, limits: &Limits) -> Result<()> {
        self.undo = None;
        let drawn = upright(file, limits)?;
        let [x, y] = coded.at;
        let width = drawn.width.min(self.frame.width.saturating_sub(x));
        let height = drawn.height.min(self.frame.height.saturating_sub(y));
        let area = [x, y, width, height];
        self.undo = match coded.dispose {
            Dispose::Keep => None,
            Dispose::Clear => Some(Undo { area, pixels: None }),
            Dispose::Restore => Some(Undo { area, pixels: Some(self.copy(area)) }),
        };
        let Frame { rgb, alpha: Some(alpha), width: across, .. } = &mut self.frame else { return Ok(()) };
        for row in 0..height as usize {
            let (from, to) = (row * drawn.width as usize, (y as usize + row) * *across as usize + x as usize);
            for column in 0..width as usize {
                let (from, to) = (from + column, to + column);
                let above = drawn.alpha.as_ref().map_or(u8::MAX, |alpha| alpha[from]);
                let colour = &mut rgb[3 * to..3 * to + 3];
                match coded.blends {
                    true => alpha[to] = blend(colour, alpha[to], &drawn.rgb[3 * from..], above),
                    false => {
                        colour.copy_from_slice(&drawn.rgb[3 * from..3 * from + 3]);
                        alpha[to] = above;
                    }
                }
            }
        }
        Ok(())
    }

    /// Colours and alpha of an area, row by row.
    fn copy(&self, area: [u32; 4]) -> (Vec<u8>, Vec<u8>) {
        let (mut rgb, mut alpha) = (Vec::new(), Vec::new());
        for row in rows(area, self.frame.width) {
            rgb.extend_from_slice(&self.frame.rgb[3 * row.start..3 * row.end]);
            alpha.extend(self.frame.alpha.iter().flat_map(|plane| &plane[row.clone()]));
        }
        (rgb, alpha)
    }

    fn dispose(&mut self) {
        let Some(Undo { area, pixels }) = self.undo.take() else { return };
        let Frame { rgb, alpha: Some(alpha), width, .. } = &mut self.frame else { return };
        let across = area[2] as usize;
        for (index, row) in rows(area, *width).enumerate() {
            let (colours, plane) = (&mut rgb[3 * row.start..3 * row.end], &mut alpha[row]);
            match &pixels {
                None => {
                    colours.fill(0);
                    plane.fill(0);
                }
                Some((rgb, alpha)) => {
                    colours.copy_from_slice(&rgb[3 * index * across..][..3 * across]);
                    plane.copy_from_slice(&alpha[index * across..][..across]);
                }
            }
        }
    }

    /// The canvas as a picture; without an alpha plane where it is opaque.
    fn shown(&mut self, show: impl FnOnce(&Frame) -> Result<()>) -> Result<()> {
        let opaque = self.frame.alpha.take_if(|alpha| alpha.iter().all(|alpha| *alpha == u8::MAX));
        let shown = show(&self.frame);
        self.frame.alpha = opaque.or(self.frame.alpha.take());
        shown
    }

    fn into_frame(mut self) -> Frame {
        self.frame.alpha.take_if(|alpha| alpha.iter().all(|alpha| *alpha == u8::MAX));
        self.frame
    }
}

/// The rows of an area `x, y, width, height` as pixels of a picture that is `across` pixels wide.
fn rows([x, y, width, height]: [u32; 4], across: u32) -> impl Iterator<Item = Range<usize>> {
    let start = move |row: u32| row as usize * across as usize + x as usize;
    (y..y + height).map(move |row| start(row)..start(row) + width as usize)
}

/// Draws a colour of some opacity over another; returns the opacity of both.
fn blend(below: &mut [u8], below_alpha: u8, above: &[u8], alpha: u8) -> u8 {
    if alpha == 0 {
        return below_alpha;
    }
    let (over, under) = (255 * u32::from(alpha), u32::from(below_alpha) * (255 - u32::from(alpha)));
    for (below, above) in below.iter_mut().zip(above) {
        *below = ((u32::from(*above) * over + u32::from(*below) * under + (over + under) / 2) / (over + under)) as u8;
    }
    ((over + under + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];
    const VEIL: [u8; 4] = [0, 255, 0, 128];
    const NOTHING: [u8; 4] = [0, 0, 0, 0];

    /// A PNG of one row.
    fn row(pixels: &[[u8; 4]]) -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        let row = image::RgbaImage::from_raw(pixels.len() as u32, 1, pixels.concat()).unwrap();
        row.write_to(&mut file, image::ImageFormat::Png).unwrap();
        file.into_inner()
    }

    /// What a canvas of three red pixels shows after a frame at the second, and after that is disposed of.
    fn drawn(pixels: &[[u8; 4]], blends: bool, dispose: Dispose) -> [Vec<[u8; 4]>; 2] {
        let limits = Limits::default();
        let mut canvas = Canvas::new([3, 1], &limits).unwrap();
        canvas.draw(&row(&[RED; 3]), &Coded::at([0, 0], false, Dispose::Keep), &limits).unwrap();
        canvas.dispose();
        canvas.draw(&row(pixels), &Coded::at([1, 0], blends, dispose), &limits).unwrap();
        let seen = |canvas: &Canvas| {
            let Frame { rgb, alpha, .. } = &canvas.frame;
            let pixels = rgb.chunks_exact(3).zip(alpha.iter().flatten());
            pixels.map(|(rgb, alpha)| [rgb[0], rgb[1], rgb[2], *alpha]).collect()
        };
        let shown = seen(&canvas);
        canvas.dispose();
        [shown, seen(&canvas)]
    }

    #[test]
    fn a_frame_is_drawn_over_others_or_replaces_them() {
        assert_eq!(drawn(&[BLUE, NOTHING], true, Dispose::Keep)[0], [RED, BLUE, RED]);
        assert_eq!(drawn(&[BLUE, NOTHING], false, Dispose::Keep)[0], [RED, BLUE, NOTHING]);
        assert_eq!(drawn(&[VEIL], true, Dispose::Keep)[0], [RED, [127, 128, 0, 255], RED]);
        assert_eq!(drawn(&[VEIL], false, Dispose::Keep)[0], [RED, VEIL, RED]);
    }

    #[test]
    fn what_lies_past_the_canvas_is_cut() {
        assert_eq!(drawn(&[BLUE; 5], true, Dispose::Keep)[0], [RED, BLUE, BLUE]);
    }

    #[test]
    fn its_area_stays_or_becomes_transparent_or_what_it_was() {
        assert_eq!(drawn(&[BLUE], true, Dispose::Keep)[1], [RED, BLUE, RED]);
        assert_eq!(drawn(&[BLUE], true, Dispose::Clear)[1], [RED, NOTHING, RED]);
        assert_eq!(drawn(&[BLUE], true, Dispose::Restore)[1], [RED; 3]);
    }

    #[test]
    fn frames_that_are_too_large_together_are_counted() {
        let mut file = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut file);
        let frames = (0..4).map(|_| image::Frame::new(image::RgbaImage::new(10, 10)));
        encoder.encode_frames(frames).unwrap();
        drop(encoder);
        let mut shown = 0;
        let limits = Limits { max_pixels: 250, ..Limits::default() };
        let skipped = show_further(&file, &limits, &mut |_| {
            shown += 1;
            Ok(())
        });
        assert_eq!((skipped.unwrap(), shown, count_further(&file)), (1, 2, 3));
    }
}
