//! Decoded pixels.

use std::borrow::Cow;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageBuffer, RgbImage};

use crate::container::Profile;
use crate::error::{Error, Result};
use crate::geometry::PixelRect;
use crate::report::{Format, Note, NoteCode};

/// A decoded picture, upright, 8 bits a channel, sRGB unless its [`Photo`] says otherwise.
///
/// Colour and alpha are separate planes, since few pictures have alpha, and no copy does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Columns, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
    /// `3 * width * height` bytes, row-major, red green blue, not premultiplied.
    pub rgb: Vec<u8>,
    /// `width * height` bytes, 255 opaque; `None` where everything is opaque.
    pub alpha: Option<Vec<u8>>,
}

impl Frame {
    /// Splits interleaved 8-bit samples (grey, grey and alpha, RGB, RGB and alpha: 1 to 4 `channels`, not premultiplied)
    /// into colour and alpha. An alpha plane that is opaque throughout is dropped.
    pub(super) fn from_samples(width: u32, height: u32, samples: Vec<u8>, channels: u8) -> Self {
        let alpha = match channels {
            2 => plane(&samples, 2, 1),
            4 => plane(&samples, 4, 3),
            _ => None,
        };
        let rgb = match channels {
            1 | 2 => samples.iter().step_by(channels.into()).flat_map(|v| [*v; 3]).collect(),
            3 => samples,
            _ => without_fourth(samples),
        };
        Self { width, height, rgb, alpha }
    }

    /// Undoes that colours were multiplied by alpha.
    #[cfg(feature = "rare-formats")]
    pub(super) fn divide_by_alpha(&mut self) {
        for (pixel, alpha) in self.rgb.chunks_exact_mut(3).zip(self.alpha.iter().flatten()) {
            let alpha = u32::from(*alpha).max(1);
            pixel.iter_mut().for_each(|value| *value = ((u32::from(*value) * 255 + alpha / 2) / alpha).min(255) as u8);
        }
    }

    /// Red green blue of a rectangle that lies inside, row by row.
    pub fn part(&self, rect: PixelRect) -> Vec<u8> {
        let row = |y: u32| 3 * (y as usize * self.width as usize + rect.x0 as usize);
        (rect.y0..rect.y1).flat_map(|y| &self.rgb[row(y)..][..3 * rect.width() as usize]).copied().collect()
    }

    /// The colours as they are seen on a page of one grey, as in [`Frame::rgb`].
    pub(crate) fn on_grey(&self, grey: u8) -> Vec<u8> {
        let mut rgb = self.rgb.clone();
        lay_on(grey, &mut rgb, self.alpha.as_deref().unwrap_or_default());
        rgb
    }

    /// Lays the picture on a white page, if it is not opaque. Returns whether it was not.
    fn flatten(&mut self) -> bool {
        let alpha = self.alpha.take();
        lay_on(u8::MAX, &mut self.rgb, alpha.as_deref().unwrap_or_default());
        alpha.is_some()
    }

    /// The picture as it may be seen: its colours, and on a white and a black page if it is not opaque.
    pub(crate) fn appearances(&self) -> Vec<Cow<'_, Self>> {
        let mut appearances = vec![Cow::Borrowed(self)];
        if self.alpha.is_some() {
            let on = |grey| Self { rgb: self.on_grey(grey), alpha: None, ..*self };
            appearances.extend([on(u8::MAX), on(0)].map(Cow::Owned));
        }
        appearances
    }

    /// The frame turned as its file's orientation tag asks. Holds one plane twice at most.
    pub(super) fn turned(self, orientation: Orientation) -> Result<Self> {
        if orientation == Orientation::NoTransforms {
            return Ok(self);
        }
        let wrong_size = || Error::Internal("a plane's size is not that of its frame".into());
        let rgb: RgbImage = ImageBuffer::from_raw(self.width, self.height, self.rgb).ok_or_else(wrong_size)?;
        let mut rgb = DynamicImage::from(rgb);
        rgb.apply_orientation(orientation);
        let turn_alpha = |alpha| {
            let alpha: GrayImage = ImageBuffer::from_raw(self.width, self.height, alpha).ok_or_else(wrong_size)?;
            let mut alpha = DynamicImage::from(alpha);
            alpha.apply_orientation(orientation);
            Ok::<_, Error>(alpha.into_bytes())
        };
        let alpha = self.alpha.map(turn_alpha).transpose()?;
        Ok(Self { width: rgb.width(), height: rgb.height(), rgb: rgb.into_bytes(), alpha })
    }
}

/// Turns colours into those that are seen on a page of one grey.
fn lay_on(grey: u8, rgb: &mut [u8], alpha: &[u8]) {
    for (pixel, alpha) in rgb.chunks_exact_mut(3).zip(alpha) {
        let alpha = u32::from(*alpha);
        let mix = |value: u8| ((u32::from(value) * alpha + u32::from(grey) * (255 - alpha) + 127) / 255) as u8;
        pixel.iter_mut().for_each(|value| *value = mix(*value));
    }
}

/// The alpha channel of interleaved samples, `None` if it is opaque throughout.
pub(super) fn plane(samples: &[u8], channels: usize, channel: usize) -> Option<Vec<u8>> {
    let values = || samples.iter().skip(channel).step_by(channels);
    values().any(|alpha| *alpha != u8::MAX).then(|| values().copied().collect())
}

/// The nearest level of 8 bits.
pub(super) fn to_8_bits(value: u16) -> u8 {
    ((u32::from(value) * 255 + 32_767) / 65_535) as u8
}

/// Rounds 16-bit samples (native byte order) to 8 bits, in place.
pub(super) fn to_8_bit(mut samples: Vec<u8>) -> Vec<u8> {
    let count = samples.len() / 2;
    for i in 0..count {
        samples[i] = to_8_bits(u16::from_ne_bytes([samples[2 * i], samples[2 * i + 1]]));
    }
    samples.truncate(count);
    samples.shrink_to_fit();
    samples
}

/// Says that a file has more than the picture that is opened.
pub(super) fn one_picture_note() -> Note {
    Note {
        code: NoteCode::FirstFrameOnly,
        message: "The file holds several pictures; only the first is read and written.".into(),
    }
}

/// Says that samples of more bits became such levels.
pub(super) fn reduced_note() -> Note {
    Note { code: NoteCode::ReducedTo8Bit, message: "More than 8 bits a channel were reduced to 8.".into() }
}

/// Moves the first three of every four bytes together, in place.
pub(super) fn without_fourth(mut samples: Vec<u8>) -> Vec<u8> {
    let pixels = samples.len() / 4;
    for pixel in 1..pixels {
        samples.copy_within(4 * pixel..4 * pixel + 3, 3 * pixel);
    }
    samples.truncate(3 * pixels);
    samples.shrink_to_fit();
    samples
}

/// A decoded picture and what saving and covering need to know of the file it came from.
#[derive(Debug, Clone)]
pub struct Photo {
    /// The pixels, upright.
    pub frame: Frame,
    /// The file's format.
    pub format: Format,
    /// What the pixels' numbers mean where they are not sRGB: those of some well-known profiles stay as they are.
    pub profile: Option<Profile>,
    /// How the file's pixels were turned to be upright.
    pub orientation: Orientation,
    /// The coding blocks of a lossy file, through which a region's pixels reach their surroundings; `None` if lossless.
    pub blocks: Option<CodingBlocks>,
    /// Width and height of the blocks in which a JPEG's brightness is coded, in pixels of the file as stored; (1, 1) if it is none.
    pub luma_block: (u32, u32),
    /// The lowest quality on the scale of the Independent JPEG Group, 1 to 100, that is as good as the file's; `None` if not a JPEG.
    pub jpeg_quality: Option<u8>,
    /// The file's chroma is at full resolution (JPEG 4:4:4, or not a JPEG at all).
    pub full_chroma: bool,
    /// Width and height, upright, of a picture that was opened smaller than it is.
    pub full_size: Option<(u32, u32)>,
    /// What the person should know.
    pub notes: Vec<Note>,
}

impl Photo {
    /// Notes that the file holds a picture of this size, as stored, and that it was opened in half of it.
    pub(super) fn opened_smaller(&mut self, stored: (u32, u32)) {
        let transposes = Turn::of(self.orientation).transposes;
        let upright = |(width, height)| if transposes { (height, width) } else { (width, height) };
        let (full, half) = (upright(stored), upright((self.frame.width, self.frame.height)));
        let message = format!(
            "The picture has {} x {} pixels, more than can be opened. It was opened with {} x {}, and the copy has that size.",
            full.0, full.1, half.0, half.1
        );
        self.notes.push(Note { code: NoteCode::OpenedSmaller, message });
        self.full_size = Some(full);
    }

    /// Lays a picture that is not opaque on a white page, and notes that. What such a picture shows depends on the page that it
    /// lies on, and a face can be made to be seen on one page only; so no copy is like that.
    pub fn flatten(&mut self) {
        if self.frame.flatten() {
            let message = "See-through parts became white.".into();
            self.notes.push(Note { code: NoteCode::Flattened, message });
        }
    }
}

/// Size of the blocks in which a lossy file is coded (a JPEG's MCU), in pixels of the file as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodingBlocks {
    /// Columns of a block: 8, 16 or 32 in a JPEG.
    pub width: u32,
    /// Rows of a block.
    pub height: u32,
}

/// How upright coordinates become stored ones: mirror along x, then along y, then swap the axes. Stored ones become upright
/// ones by the same steps in reverse order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Left and right change places in the upright picture.
    pub(crate) mirrors_x: bool,
    /// Top and bottom change places in the upright picture.
    pub(crate) mirrors_y: bool,
    /// Rows become columns.
    pub(crate) transposes: bool,
}

impl Turn {
    /// From upright to stored: the inverse of what the tag says is to be done to the stored picture.
    pub(crate) fn of(orientation: Orientation) -> Self {
        let (mirrors_x, mirrors_y, transposes) = match orientation {
            Orientation::NoTransforms => (false, false, false),
            Orientation::FlipHorizontal => (true, false, false),
            Orientation::Rotate180 => (true, true, false),
            Orientation::FlipVertical => (false, true, false),
            // Turned clockwise: stored (x, y) stands at upright (height - 1 - y, x).
            Orientation::Rotate90 => (true, false, true),
            Orientation::Rotate270 => (false, true, true),
            Orientation::Rotate90FlipH => (false, false, true),
            Orientation::Rotate270FlipH => (true, true, true),
        };
        Self { mirrors_x, mirrors_y, transposes }
    }

    /// Upright to stored; `width` and `height` are the upright picture's.
    pub(crate) fn apply(&self, rect: PixelRect, width: u32, height: u32) -> PixelRect {
        let mirrored = mirror(rect, self.mirrors_x.then_some(width), self.mirrors_y.then_some(height));
        if self.transposes { transpose(mirrored) } else { mirrored }
    }

    /// Stored to upright; `width` and `height` are the stored picture's.
    pub(crate) fn undo(&self, rect: PixelRect, width: u32, height: u32) -> PixelRect {
        let (rect, width, height) = match self.transposes {
            true => (transpose(rect), height, width),
            false => (rect, width, height),
        };
        mirror(rect, self.mirrors_x.then_some(width), self.mirrors_y.then_some(height))
    }
}

fn transpose(rect: PixelRect) -> PixelRect {
    PixelRect { x0: rect.y0, y0: rect.x0, x1: rect.y1, y1: rect.x1 }
}

fn mirror(rect: PixelRect, width: Option<u32>, height: Option<u32>) -> PixelRect {
    let (x0, x1) = width.map_or((rect.x0, rect.x1), |w| (w - rect.x1, w - rect.x0));
    let (y0, y1) = height.map_or((rect.y0, rect.y1), |h| (h - rect.y1, h - rect.y0));
    PixelRect { x0, y0, x1, y1 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 3 x 2 pixels numbered 0 to 5, with the same numbers as alpha.
    fn numbered() -> Frame {
        let samples = (0..6).flat_map(|n| [n, n, n, n]).collect();
        Frame::from_samples(3, 2, samples, 4)
    }

    #[test]
    fn every_orientation_brings_the_first_row_to_its_place() {
        // Exif 2.32, 4.6.4: where row 0 and column 0 of the stored picture are to be shown.
        let cases: [(u8, u32, [u8; 6]); 8] = [
            (1, 3, [0, 1, 2, 3, 4, 5]),
            (2, 3, [2, 1, 0, 5, 4, 3]),
            (3, 3, [5, 4, 3, 2, 1, 0]),
            (4, 3, [3, 4, 5, 0, 1, 2]),
            (5, 2, [0, 3, 1, 4, 2, 5]),
            (6, 2, [3, 0, 4, 1, 5, 2]),
            (7, 2, [5, 2, 4, 1, 3, 0]),
            (8, 2, [2, 5, 1, 4, 0, 3]),
        ];
        for (tag, width, pixels) in cases {
            let frame = numbered().turned(Orientation::from_exif(tag).unwrap()).unwrap();
            assert_eq!((frame.width, frame.height), (width, 6 / width), "orientation {tag}");
            assert_eq!(frame.alpha.unwrap(), pixels, "orientation {tag}");
            let reds: Vec<u8> = frame.rgb.iter().step_by(3).copied().collect();
            assert_eq!(reds, pixels, "orientation {tag}");
        }
    }

    #[test]
    fn opaque_alpha_is_dropped() {
        let frame = Frame::from_samples(2, 1, vec![1, 2, 3, 255, 4, 5, 6, 255], 4);
        assert_eq!(frame.rgb, [1, 2, 3, 4, 5, 6]);
        assert_eq!(frame.alpha, None);
    }

    #[test]
    fn grey_with_alpha_becomes_colour_and_alpha() {
        let frame = Frame::from_samples(2, 1, vec![7, 0, 9, 255], 2);
        assert_eq!(frame.rgb, [7, 7, 7, 9, 9, 9]);
        assert_eq!(frame.alpha, Some(vec![0, 255]));
    }
}
