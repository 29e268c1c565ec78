//! Where a copy's picture lies in its original: turned, resized, cropped or all of these, as other programs leave it.
//!
//! First the copy is tried as the whole picture in each of the eight orientations. If none fits, it is searched for as a part
//! of the original at every size, coarsely by correlation, then more and more finely. What decides is the share of small
//! blocks with any texture that look alike: covers change some of them only, and unrelated pictures share next to none.

use std::cmp::Reverse;

use crate::error::Result;
use crate::geometry::PixelRect;
use crate::order::{descending, sort_by_key};
use crate::photo::{Frame, resize_rgb};
use crate::prove::likeness::subtract_plane;

/// Width or height of the original, whichever is larger, when a part of it is searched for, in pixels.
const COARSE: u32 = 48;

/// The same when places are compared and made exact.
const FINE: u32 = 320;

/// Smallest copy, as a share of the original's larger side.
const SMALLEST_PART: f32 = 0.3;

/// Places that are made exact, the best ones of all orientations and sizes.
const CANDIDATES: usize = 6;

/// Pixels along a block, and how far blocks lie apart.
const BLOCK: usize = 16;

/// Standard deviation in grey levels about its slope from which a block has texture: several times what JPEG makes.
const TEXTURE: f32 = 5.0;

/// Blocks with texture without which nothing can be said.
const FEWEST_BLOCKS: usize = 12;

/// From this correlation on two blocks look alike, once each is freed of its slope: any two slopes are alike in one case of
/// five.
const ALIKE: f32 = 0.8;

/// From this share of textured blocks that look alike on it is the same picture.
const SAME_PICTURE: f32 = 0.2;

/// Smallest step in pixels of the fine picture: a tenth of a pixel, below which nothing changes.
const FINEST_STEP: f32 = 0.1;

/// Aspect ratios that differ by less than this share are those of one picture resized to whole pixels.
const SAME_ASPECT: f32 = 0.02;

/// How the copy shows the original: a point `(x, y)` of the original is at `(scale_x * x + x0, scale_y * y + y0)` of the copy
/// after that was turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// Quarter turns clockwise that the copy needs, after it was mirrored left to right if `mirrored`.
    turns: u8,
    mirrored: bool,
    scale: [f32; 2],
    offset: [f32; 2],
}

impl Placement {
    /// The copy shows the original pixel by pixel.
    const SAME: Self = Self { turns: 0, mirrored: false, scale: [1.0; 2], offset: [0.0; 2] };

    /// Nothing was turned, resized or cropped.
    pub(super) fn is_same(&self) -> bool {
        *self == Self::SAME
    }

    /// In words, for the report.
    pub(super) fn describe(&self) -> String {
        let mut words = Vec::new();
        if self.mirrored {
            words.push("mirrored".to_owned());
        }
        if self.turns > 0 {
            words.push(format!("turned by {} degrees", 360 - 90 * u32::from(self.turns)));
        }
        if (self.scale[0] - 1.0).abs() > 1e-3 {
            words.push(format!("resized to {:.0} %", 100.0 * self.scale[0]));
        }
        if self.offset.iter().any(|offset| offset.abs() > 1.0) {
            words.push("cropped".to_owned());
        }
        if words.is_empty() { "as the original".to_owned() } else { words.join(", ") }
    }

    /// The copy as the original shows it, of the original's size, and which part of it the copy shows. The rest is black.
    pub(super) fn align(&self, copy: &Frame, before: &Frame) -> (Frame, PixelRect) {
        let turned = turned(&copy.rgb, 3, copy.width, copy.height, self.turns, self.mirrored);
        let mut back =
            Frame { width: before.width, height: before.height, rgb: vec![0; before.rgb.len()], alpha: None };
        let range = |axis: usize, length: u32, most: u32| {
            let first = (-self.offset[axis] / self.scale[axis]).ceil().max(0.0) as u32;
            let last = ((length as f32 - self.offset[axis]) / self.scale[axis]).floor().max(0.0) as u32;
            (first.min(most), last.min(most))
        };
        let ((x0, x1), (y0, y1)) = (range(0, turned.width, before.width), range(1, turned.height, before.height));
        for y in y0..y1 {
            for x in x0..x1 {
                let at = 3 * (y as usize * before.width as usize + x as usize);
                let place = self.apply([x as f32 + 0.5, y as f32 + 0.5]);
                for channel in 0..3 {
                    back.rgb[at + channel] = turned.sample(place, channel).round() as u8;
                }
            }
        }
        (back, PixelRect { x0, y0, x1, y1 })
    }

    /// Where a box `[x, y, width, height]` of the copy `after` lies in the original.
    pub(super) fn box_in_original(&self, [x, y, w, h]: [f32; 4], after: &Frame) -> [f32; 4] {
        let (mut width, mut height) = (after.width as f32, after.height as f32);
        let mut turned = if self.mirrored { [width - x - w, y, w, h] } else { [x, y, w, h] };
        for _ in 0..self.turns {
            let [x, y, w, h] = turned;
            turned = [height - y - h, x, h, w];
            (width, height) = (height, width);
        }
        let [x, y, w, h] = turned;
        let [sx, sy] = self.scale;
        [(x - self.offset[0]) / sx, (y - self.offset[1]) / sy, w / sx, h / sy]
    }

    /// For a copy that shows all of the original: with the scale that the pictures' sizes give.
    fn with_whole_sizes(self, before: &Frame, after: &Frame) -> Self {
        let (width, height) = match self.turns % 2 {
            1 => (after.height, after.width),
            _ => (after.width, after.height),
        };
        Self { scale: [width as f32 / before.width as f32, height as f32 / before.height as f32], ..self }
    }

    fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.scale[0] * x + self.offset[0], self.scale[1] * y + self.offset[1]]
    }
}

/// Where the copy lies in the original; `None` if they do not show the same picture, or too little of it is left to tell.
///
/// # Errors
/// Only by a defect of the program.
pub(super) fn find(before: &Frame, after: &Frame) -> Result<Option<Placement>> {
    let original = Grey::of(before, FINE)?;
    let copy = Grey::of(after, FINE)?;
    if let Some(place) = find_whole(&original, &copy) {
        return Ok(Some(place.with_whole_sizes(before, after)));
    }
    let place = find_part(&original, &copy, &Grey::of(before, COARSE)?)?;
    Ok(place.map(|place| {
        let reduction =
            |frame: &Frame, grey: &Grey| frame.width.max(frame.height) as f32 / grey.width.max(grey.height) as f32;
        let (of_copy, of_original) = (reduction(after, &copy), reduction(before, &original));
        let scale = place.scale.map(|scale| scale * of_copy / of_original);
        Placement { scale, offset: place.offset.map(|offset| offset * of_copy), ..place }
    }))
}

/// Quarter turns clockwise, and whether the picture is mirrored before.
fn orientations() -> impl Iterator<Item = (u8, bool)> {
    (0..4).flat_map(|turns| [(turns, false), (turns, true)])
}

/// The place of a copy that shows all of the original.
fn find_whole(original: &Grey, copy: &Grey) -> Option<Placement> {
    let places = orientations().filter_map(|(turns, mirrored)| {
        let turned = copy.turned(turns, mirrored);
        let scale = [turned.width as f32 / original.width as f32, turned.height as f32 / original.height as f32];
        let place = Placement { turns, mirrored, scale, offset: [0.0; 2] };
        let fits = (scale[0] / scale[1] - 1.0).abs() < SAME_ASPECT;
        fits.then(|| (original.agreement(&turned, &place), place))
    });
    Some(places.max_by(by_agreement).filter(|(agreement, _)| *agreement >= SAME_PICTURE)?.1)
}

/// The place of a copy that shows a part of the original, in pixels of the reduced pictures. `coarse` is the original.
fn find_part(original: &Grey, copy: &Grey, coarse: &Grey) -> Result<Option<Placement>> {
    let mut candidates = Vec::new();
    for (turns, mirrored) in orientations() {
        candidates.extend(coarse.places_of(&copy.turned(turns, mirrored), turns, mirrored)?);
    }
    sort_by_key(&mut candidates, |(agreement, _)| descending(*agreement));
    candidates.truncate(CANDIDATES);
    let refined = candidates.into_iter().map(|(_, place)| {
        let turned = copy.turned(place.turns, place.mirrored);
        original.refined(&turned, coarse.place_for(original, place))
    });
    let best = refined.max_by(by_agreement).filter(|(agreement, _)| *agreement >= SAME_PICTURE);
    Ok(best.map(|(_, place)| place))
}

fn by_agreement(one: &(f32, Placement), other: &(f32, Placement)) -> std::cmp::Ordering {
    one.0.total_cmp(&other.0)
}

/// Samples of one or several channels.
struct Samples {
    width: u32,
    height: u32,
    channels: usize,
    values: Vec<u8>,
}

impl Samples {
    /// Bilinear, where 0.5 is the first pixel's centre; the edge's pixels are repeated beyond it.
    fn sample(&self, [x, y]: [f32; 2], channel: usize) -> f32 {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let value = |x: f32, y: f32| {
            let column = x.clamp(0.0, self.width as f32 - 1.0) as usize;
            let row = y.clamp(0.0, self.height as f32 - 1.0) as usize;
            f32::from(self.values[self.channels * (row * self.width as usize + column) + channel])
        };
        let along = |y: f32| value(left, y) * (1.0 - (x - left)) + value(left + 1.0, y) * (x - left);
        along(top) * (1.0 - (y - top)) + along(top + 1.0) * (y - top)
    }
}

/// Mirrored left to right if asked, then turned clockwise by quarters.
fn turned(values: &[u8], channels: usize, width: u32, height: u32, turns: u8, mirrored: bool) -> Samples {
    let (to_width, to_height) = if turns % 2 == 1 { (height, width) } else { (width, height) };
    let mut out = Vec::with_capacity(values.len());
    for y in 0..to_height {
        for x in 0..to_width {
            let (from_x, from_y) = match turns {
                0 => (x, y),
                1 => (y, height - 1 - x),
                2 => (width - 1 - x, height - 1 - y),
                _ => (width - 1 - y, x),
            };
            let from_x = if mirrored { width - 1 - from_x } else { from_x };
            let at = channels * (from_y as usize * width as usize + from_x as usize);
            out.extend_from_slice(&values[at..at + channels]);
        }
    }
    Samples { width: to_width, height: to_height, channels, values: out }
}

/// A reduced grey picture.
struct Grey {
    width: u32,
    height: u32,
    values: Vec<u8>,
}

impl Grey {
    /// With its larger side at most `side` pixels long.
    fn of(frame: &Frame, side: u32) -> Result<Self> {
        let factor = (side as f32 / frame.width.max(frame.height) as f32).min(1.0);
        let [width, height] =
            [frame.width, frame.height].map(|length| ((length as f32 * factor).round() as u32).max(1));
        let rgb = resize_rgb(&frame.rgb, frame.width, frame.height, width, height)?;
        let grey = |pixel: &[u8; 3]| ((u16::from(pixel[0]) + 2 * u16::from(pixel[1]) + u16::from(pixel[2])) / 4) as u8;
        Ok(Self { width, height, values: rgb.as_chunks::<3>().0.iter().map(grey).collect() })
    }

    fn turned(&self, turns: u8, mirrored: bool) -> Samples {
        turned(&self.values, 1, self.width, self.height, turns, mirrored)
    }

    /// Share of this picture's textured blocks, of those that the copy shows, that look alike in it; 0 if there are too few.
    fn agreement(&self, copy: &Samples, place: &Placement) -> f32 {
        let (mut shown, mut alike) = (0, 0);
        for y in (0..self.height as usize).step_by(BLOCK) {
            for x in (0..self.width as usize).step_by(BLOCK) {
                let Some(correlation) = self.block_correlation(copy, place, x, y) else { continue };
                shown += 1;
                alike += usize::from(correlation >= ALIKE);
            }
        }
        if shown < FEWEST_BLOCKS { 0.0 } else { alike as f32 / shown as f32 }
    }

    /// `None` for a block without texture, or of which the copy does not show all.
    fn block_correlation(&self, copy: &Samples, place: &Placement, x: usize, y: usize) -> Option<f32> {
        if x + BLOCK > self.width as usize || y + BLOCK > self.height as usize {
            return None;
        }
        let first = place.apply([x as f32, y as f32]);
        let last = place.apply([(x + BLOCK) as f32, (y + BLOCK) as f32]);
        // Half a pixel of tolerance, so that rounding does not take away the edge.
        let is_shown = first.iter().all(|side| *side >= -0.5)
            && last[0] <= copy.width as f32 + 0.5
            && last[1] <= copy.height as f32 + 0.5;
        if !is_shown {
            return None;
        }
        let (mut own, mut other) = ([0.0; BLOCK * BLOCK], [0.0; BLOCK * BLOCK]);
        for (index, (own, other)) in own.iter_mut().zip(&mut other).enumerate() {
            let (x, y) = (x + index % BLOCK, y + index / BLOCK);
            *own = f32::from(self.values[y * self.width as usize + x]);
            *other = copy.sample(place.apply([x as f32 + 0.5, y as f32 + 0.5]), 0);
        }
        subtract_plane(&mut own, BLOCK);
        subtract_plane(&mut other, BLOCK);
        correlation(own.into_iter().zip(other), TEXTURE)
    }

    /// Every place where the copy may lie as a part of this picture, with how well it correlates there: the best one for each
    /// size.
    fn places_of(&self, copy: &Samples, turns: u8, mirrored: bool) -> Result<Vec<(f32, Placement)>> {
        let longest = copy.width.max(copy.height) as f32;
        let mut places = Vec::new();
        for side in (SMALLEST_PART * COARSE as f32) as u32..=COARSE {
            let scale = side as f32 / longest;
            let [width, height] =
                [copy.width, copy.height].map(|length| ((length as f32 * scale).round() as u32).max(1));
            if width > self.width || height > self.height {
                continue;
            }
            let part = Self::reduced(copy, width, height)?;
            let offsets = (0..=self.height - height).flat_map(|y| (0..=self.width - width).map(move |x| [x, y]));
            let rated = offsets.map(|[x, y]| (self.correlation_at(&part, x, y), [x, y]));
            let Some((rating, [x, y])) = rated.min_by_key(|(rating, _)| Reverse((rating * 1e6) as i64)) else {
                continue;
            };
            let scale = [copy.width as f32 / width as f32, copy.height as f32 / height as f32];
            let offset = [-(x as f32) * scale[0], -(y as f32) * scale[1]];
            places.push((rating, Placement { turns, mirrored, scale, offset }));
        }
        Ok(places)
    }

    fn reduced(copy: &Samples, width: u32, height: u32) -> Result<Self> {
        let rgb: Vec<u8> = copy.values.iter().flat_map(|value| [*value; 3]).collect();
        let small = resize_rgb(&rgb, copy.width, copy.height, width, height)?;
        Ok(Self { width, height, values: small.into_iter().step_by(3).collect() })
    }

    fn correlation_at(&self, part: &Self, x: u32, y: u32) -> f32 {
        let pairs = part.values.chunks_exact(part.width as usize).zip(y as usize..).flat_map(|(row, y)| {
            let own = &self.values[y * self.width as usize + x as usize..][..part.width as usize];
            own.iter().zip(row).map(|(own, other)| (f32::from(*own), f32::from(*other)))
        });
        correlation(pairs, 0.0).unwrap_or(0.0)
    }

    /// A place in this picture as a place in another reduction of the same.
    fn place_for(&self, other: &Self, place: Placement) -> Placement {
        let scale = [self.width as f32 / other.width as f32, self.height as f32 / other.height as f32];
        Placement { scale: [place.scale[0] * scale[0], place.scale[1] * scale[1]], ..place }
    }

    /// The place near a given one at which most blocks look alike: steps along each axis and in size, each halved when none
    /// helps.
    fn refined(&self, copy: &Samples, mut place: Placement) -> (f32, Placement) {
        let mut best = self.likeness(copy, &place);
        let mut step = self.width.max(self.height) as f32 / COARSE as f32;
        while step > FINEST_STEP {
            let longest = self.width.max(self.height) as f32;
            let moves = [[step, 0.0, 0.0], [0.0, step, 0.0], [0.0, 0.0, step / longest]];
            let moved = moves.iter().flat_map(|by| [place.moved(by, 1.0, self), place.moved(by, -1.0, self)]);
            let rated = moved.map(|place| (self.likeness(copy, &place), place)).max_by(by_agreement);
            match rated.filter(|(likeness, _)| *likeness > best) {
                Some((likeness, better)) => (best, place) = (likeness, better),
                None => step /= 2.0,
            }
        }
        (self.agreement(copy, &place), place)
    }

    /// Mean correlation of the textured blocks, those that do not look alike counting nothing: it rises gradually towards the
    /// right place.
    fn likeness(&self, copy: &Samples, place: &Placement) -> f32 {
        let (mut sum, mut shown) = (0.0, 0);
        for y in (0..self.height as usize).step_by(2 * BLOCK) {
            for x in (0..self.width as usize).step_by(2 * BLOCK) {
                let Some(correlation) = self.block_correlation(copy, place, x, y) else { continue };
                shown += 1;
                sum += correlation.max(0.0);
            }
        }
        if shown < FEWEST_BLOCKS { 0.0 } else { sum / shown as f32 }
    }
}

impl Placement {
    /// Moved along x, along y, and enlarged about the original's middle.
    fn moved(&self, [x, y, size]: &[f32; 3], direction: f32, original: &Grey) -> Self {
        let factor = 1.0 + direction * size;
        let middle = [original.width as f32 / 2.0, original.height as f32 / 2.0];
        let shift = [direction * x, direction * y];
        let scale = self.scale.map(|scale| scale * factor);
        let offset = [0, 1].map(|a| self.offset[a] + self.scale[a] * shift[a] + (self.scale[a] - scale[a]) * middle[a]);
        Self { scale, offset, ..*self }
    }
}

/// Correlation of pairs; `None` if the first ones vary less than `texture`, 0 if the others do not vary.
fn correlation(pairs: impl Iterator<Item = (f32, f32)>, texture: f32) -> Option<f32> {
    let (mut count, mut sums, mut squares, mut product) = (0.0f32, [0.0f32; 2], [0.0f32; 2], 0.0f32);
    for (a, b) in pairs {
        count += 1.0;
        sums = [sums[0] + a, sums[1] + b];
        squares = [squares[0] + a * a, squares[1] + b * b];
        product += a * b;
    }
    let variance = [0, 1].map(|i| squares[i] / count - (sums[i] / count).powi(2));
    let covariance = product / count - sums[0] * sums[1] / (count * count);
    let spread = variance[0].max(0.0).sqrt();
    if spread.is_nan() || spread < texture {
        return None;
    }
    let both = spread * variance[1].max(0.0).sqrt();
    Some(if both > 0.0 { covariance / both } else { 0.0 })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn photo(bytes: &[u8]) -> Frame {
        let rgb = image::load_from_memory(bytes).unwrap().into_rgb8();
        Frame { width: rgb.width(), height: rgb.height(), rgb: rgb.into_raw(), alpha: None }
    }

    fn portrait() -> Frame {
        photo(include_bytes!("../../tests/photos/astronaut.jpg"))
    }

    fn picture(frame: &Frame) -> image::RgbImage {
        image::RgbImage::from_raw(frame.width, frame.height, frame.rgb.clone()).unwrap()
    }

    fn frame(picture: image::RgbImage) -> Frame {
        Frame { width: picture.width(), height: picture.height(), rgb: picture.into_raw(), alpha: None }
    }

    /// Mean difference in grey levels over what the copy shows.
    fn difference(before: &Frame, after: &Frame, place: &Placement) -> f32 {
        let (back, seen) = place.align(after, before);
        let [a, b] = [&back, before].map(|frame| frame.part(seen));
        assert!(seen.width() > 50 && seen.height() > 50, "{seen:?}");
        a.iter().zip(&b).map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / a.len() as f32
    }

    #[test]
    fn a_copy_of_the_same_size_lies_on_the_original() {
        assert!(find(&portrait(), &portrait()).unwrap().unwrap().is_same());
    }

    #[test]
    fn every_orientation_is_found() {
        let original = portrait();
        let picture = picture(&original);
        for turn in [image::imageops::rotate90, image::imageops::rotate180, image::imageops::rotate270] {
            let place = find(&original, &frame(turn(&picture))).unwrap().unwrap();
            assert!(difference(&original, &frame(turn(&picture)), &place) < 0.5, "{place:?}");
        }
        let mirrored = frame(image::imageops::flip_horizontal(&picture));
        let place = find(&original, &mirrored).unwrap().unwrap();
        assert!(difference(&original, &mirrored, &place) < 0.5, "{place:?}");
    }

    #[test]
    fn a_box_in_the_copy_is_where_the_original_shows_it() {
        let original = portrait();
        let mut mark = Frame { rgb: vec![0; original.rgb.len()], ..original.clone() };
        let (x, y, w, h) = (100usize, 40usize, 30usize, 50usize);
        for row in y..y + h {
            mark.rgb[3 * (row * 512 + x)..3 * (row * 512 + x + w)].fill(255);
        }
        type Turn = fn(&image::RgbImage) -> image::RgbImage;
        let turns: [Turn; 4] = [
            image::imageops::rotate90,
            image::imageops::rotate180,
            image::imageops::rotate270,
            image::imageops::flip_horizontal,
        ];
        for turn in turns {
            let copy = frame(turn(&picture(&original)));
            let place = find(&original, &copy).unwrap().unwrap();
            let marked = turn(&picture(&mark));
            let white = || marked.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[0] > 0);
            let first = white().next().unwrap();
            let bbox = match white().last() {
                Some((x1, y1, _)) => {
                    [first.0 as f32, first.1 as f32, (x1 - first.0 + 1) as f32, (y1 - first.1 + 1) as f32]
                }
                None => [0.0; 4],
            };
            let back = place.box_in_original(bbox, &copy);
            let expected = [x, y, w, h].map(|v| v as f32);
            assert!(back.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1.0), "{back:?}");
        }
    }

    #[test]
    fn a_resized_copy_is_found() {
        let original = portrait();
        let small = frame(image::imageops::thumbnail(&picture(&original), 200, 200));
        let place = find(&original, &small).unwrap().unwrap();
        assert_eq!(
            place.scale,
            [small.width as f32 / original.width as f32, small.height as f32 / original.height as f32]
        );
        assert_eq!((place.offset, place.turns), ([0.0; 2], 0));
    }

    #[test]
    fn a_cropped_and_resized_copy_is_found() {
        let original = portrait();
        let cut = image::imageops::crop_imm(&picture(&original), 60, 20, 330, 400).to_image();
        for copy in [cut.clone(), image::imageops::thumbnail(&cut, 247, 300), image::imageops::rotate90(&cut)] {
            let copy = frame(copy);
            let place = find(&original, &copy).unwrap().unwrap();
            let difference = difference(&original, &copy, &place);
            assert!(difference < 8.0, "{difference}: {place:?}");
        }
    }

    #[test]
    fn unrelated_pictures_are_not_placed() {
        let other = photo(include_bytes!("../../tests/photos/coffee.png"));
        let group = photo(include_bytes!("../../tests/photos/solvay_1927.jpg"));
        assert_eq!(find(&portrait(), &other).unwrap(), None);
        assert_eq!(find(&group, &portrait()).unwrap(), None);
        assert_eq!(find(&other, &group).unwrap(), None);
    }

    #[test]
    fn flat_and_tiny_pictures_are_not_placed() {
        let flat = |width, height| Frame { width, height, rgb: vec![7; 3 * (width * height) as usize], alpha: None };
        for (width, height) in [(1, 1), (1, 4000), (600, 400)] {
            assert_eq!(find(&portrait(), &flat(width, height)).unwrap(), None);
            assert_eq!(find(&flat(width, height), &portrait()).unwrap(), None);
        }
    }
}
