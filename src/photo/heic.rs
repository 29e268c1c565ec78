//! HEIC: pictures coded with HEVC, alone or as the tiles of a grid.
//!
//! The crate `heic-rs` decodes the coded pictures and converts their colours. All else is read here, from our own boxes: which
//! item is the picture, what it is made of, what its numbers mean, and what of it is shown. Of the crate's faults
//! (docs/dependencies.md) those of its container, its default colours and its turns do not matter then; a picture with a tool that
//! it decodes wrongly is refused.

use std::borrow::Cow;
use std::ops::Range;

use heic_rs::color::convert;
use heic_rs::hevc::{ChromaFormat, Frame as Planes, decode_still};
use heic_rs::{MatrixCoefficients, Nclx, PixelLayout};

use super::limits::{Limits, filled, zeroed};
use super::pixels::{PixelFormat, PlatformPixels};
use super::resize::halve_lines;
use crate::container::isobmff::hevc::{CodePoints, Config, Sequence};
use crate::container::isobmff::{self, Items, clean_aperture};
use crate::container::{ByteOrder, Span};
use crate::error::{Error, InputError, LimitsError, Result};

/// Properties that are understood here, or that say nothing of the numbers of pixels.
const UNDERSTOOD: [&[u8]; 13] = [
    b"hvcC", b"ispe", b"colr", b"pixi", b"pasp", b"irot", b"imir", b"clap", b"auxC", b"mdcv", b"clli", b"cclv", b"amve",
];
/// The matrix of a picture that states none, as in libheif: that of BT.601.
const UNLABELLED_MATRIX: u16 = 6;
/// Bits of a sample for which the decoder was compared with others.
const DEPTHS: std::ops::RangeInclusive<u32> = 8..=12;
/// Bytes that the decoder holds for each sample: in 16 bits twice, since it cuts the picture, and what it knows of blocks.
const BYTES_PER_CODED: u64 = 5;
/// Bytes of a sample that is decoded.
const BYTES_PER_DECODED: u64 = 2;
/// By how much the sides of a picture with too many pixels become shorter.
const REDUCTION: u32 = 2;
/// How often all pixels that are allowed may be decoded: tiles reach over the edge of a picture that is reduced, and each slice counts
/// as its whole picture.
const DECODED_OFTEN: u64 = 5;

/// Decodes a picture as stored, cut to what is shown.
///
/// # Errors
/// [`InputError::NoDecoder`] for what is not decoded, or not rightly; otherwise as [`super::open`].
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<PlatformPixels> {
    limits.check_bytes(bytes.len() as u64)?;
    let items = Items::read(Span::whole(bytes));
    let announced = isobmff::size(&items, items.primary).ok_or_else(without_size)?;
    if limits.check_pixels(announced.0.div_ceil(REDUCTION), announced.1.div_ceil(REDUCTION)).is_err() {
        limits.check_pixels(announced.0, announced.1)?;
    }
    // Programs differ in which picture they show if the one that is named is the thumbnail of another.
    if items.is_attached(items.primary) {
        return Err(not_decoded());
    }
    let mut allowance = Allowance::new(bytes, limits);
    let picture = Picture::read(&items, items.primary, &mut allowance)?;
    let shown = clean_aperture(&items, items.primary).ok_or_else(|| corrupt("it shows a part that is not there"))?;
    // Without its transparency a picture would show what nobody has seen.
    let is_opaque = items.alpha_of(items.primary).is_none();
    match limits.check_pixels(picture.width, picture.height) {
        Err(Error::Limits(LimitsError::TooManyPixels { .. })) if is_opaque && picture.can_be_reduced(limits) => {
            picture.check_memory(limits, 1)?;
            picture.reduced()?.cut(shown.map(|side| side / REDUCTION))
        }
        Err(error) => Err(error),
        Ok(()) => whole(&items, &picture, &mut allowance, limits)?.cut(shown),
    }
}

/// The picture in its own size, with its transparency.
fn whole(items: &Items, picture: &Picture, allowance: &mut Allowance, limits: &Limits) -> Result<PlatformPixels> {
    let alpha = items.alpha_of(items.primary);
    let read = |(id, multiplied)| Picture::read(items, id, allowance).map(|alpha| (alpha, multiplied));
    let alpha = alpha.map(read).transpose()?;
    if alpha.as_ref().is_some_and(|(alpha, _)| (alpha.width, alpha.height) != (picture.width, picture.height)) {
        return Err(corrupt("its transparency is not as large as its picture"));
    }
    let (format, layout) = match (&alpha, needs_depth(picture.colours)) {
        (None, false) => (PixelFormat::Rgb, PixelLayout::Rgb8),
        (None, true) => (PixelFormat::Rgb16, PixelLayout::Rgb16),
        (Some((_, false)), false) => (PixelFormat::Rgba, PixelLayout::Rgba8),
        // Colours of high range with transparency, or multiplied by it: nobody writes that.
        (Some(_), _) => return Err(not_decoded()),
    };
    for picture in alpha.iter().map(|(alpha, _)| alpha).chain([picture]) {
        picture.check_memory(limits, layout.bytes_per_pixel() as u64)?;
    }
    let samples = match alpha {
        None if picture.parts.len() > 1 => picture.tiled(layout)?,
        None => converted(&picture.planes()?, None, picture.nclx()?, layout)?,
        Some((alpha, _)) => converted(&picture.planes()?, Some(&alpha.planes()?), picture.nclx()?, layout)?,
    };
    Ok(PlatformPixels {
        width: picture.width,
        height: picture.height,
        samples,
        format,
        code_points: Some([picture.colours.primaries, picture.colours.transfer]),
        profile: None,
        is_reduced: false,
    })
}

/// Whether numbers have to be converted from all of their bits: high dynamic range in 8 bits shows steps.
fn needs_depth(colours: CodePoints) -> bool {
    const PQ: u16 = 16;
    const HLG: u16 = 18;
    matches!(colours.transfer, PQ | HLG)
}

/// A picture: coded as one, or in tiles.
struct Picture<'a> {
    width: u32,
    height: u32,
    /// Coded pictures in one row.
    columns: u32,
    /// Row by row, all of the same kind.
    parts: Vec<Coded<'a>>,
    colours: CodePoints,
}

impl<'a> Picture<'a> {
    fn read(items: &'a Items, id: u32, allowance: &mut Allowance) -> Result<Self> {
        let item = items.items.get(&id).ok_or_else(|| corrupt("it does not say which picture it shows"))?;
        if items.properties_of(id).any(|(property, essential)| essential && !UNDERSTOOD.contains(&property.kind)) {
            return Err(not_decoded());
        }
        let size = isobmff::size(items, id).ok_or_else(without_size)?;
        let (columns, ids) = match item.kind {
            b"hvc1" | b"hev1" => (1, vec![id]),
            b"grid" => grid(items, id, size, allowance)?,
            _ => return Err(not_decoded()),
        };
        let parts = ids.into_iter().map(|id| Coded::read(items, id, allowance)).collect::<Result<Vec<_>>>()?;
        let Some(first) = parts.first() else { return Err(corrupt("its picture has no parts")) };
        let own = code_points(items, id);
        let is_same =
            |part: &Coded| part.sequence == first.sequence && (own.is_some() || part.colours == first.colours);
        if !parts.iter().all(is_same) {
            return Err(corrupt("the tiles of its picture are of different kinds"));
        }
        let colours = own.unwrap_or(first.colours);
        let picture = Self { width: size.0, height: size.1, columns, parts, colours };
        picture.check_tiles()?;
        Ok(picture)
    }

    /// The tiles reach over the picture's edge, or are several.
    fn is_cut(&self) -> bool {
        self.part().shown != (self.width, self.height)
    }

    fn rows(&self) -> u32 {
        self.parts.len() as u32 / self.columns
    }

    fn part(&self) -> &Sequence {
        &self.parts[0].sequence
    }

    /// `Err` unless the tiles cover the picture, none lies outside it, and each begins with a sample of chroma.
    fn check_tiles(&self) -> Result<()> {
        let (width, height) = self.part().shown;
        let covers = |side: u32, count: u32, all: u32| {
            let [side, count, all] = [side, count, all].map(u64::from);
            side * (count - 1) < all && all <= side * count
        };
        let is_even = |side: u32, count: u32| count == 1 || side.is_multiple_of(2);
        let is_covered = covers(width, self.columns, self.width) && covers(height, self.rows(), self.height);
        if !is_covered || !is_even(width, self.columns) || !is_even(height, self.rows()) {
            return Err(corrupt("the tiles of its picture do not fit"));
        }
        Ok(())
    }

    fn check_memory(&self, limits: &Limits, bytes_per_pixel: u64) -> Result<()> {
        let part = self.part();
        limits.check_pixels(part.coded.0, part.coded.1)?;
        let pixels = u64::from(self.width) * u64::from(self.height);
        let coded = BYTES_PER_CODED * samples(u64::from(part.coded.0) * u64::from(part.coded.1), part.chroma);
        let (decoded, shown) = (BYTES_PER_DECODED * samples(pixels, part.chroma), bytes_per_pixel * pixels);
        let canvas = if self.is_cut() { decoded } else { 0 };
        limits.check_memory((canvas + coded).max(decoded + shown))
    }

    /// What the numbers of all parts mean, for the conversion to red, green and blue.
    fn nclx(&self) -> Result<Nclx> {
        let CodePoints { primaries, transfer, matrix, full_range } = self.colours;
        // Without a matrix of its own: that of the primaries, or the one of pictures that say nothing.
        let matrix = match (matrix, primaries) {
            (2, _) => UNLABELLED_MATRIX,
            (12, 1) => 1,
            (12, 5 | 6) => 6,
            (12, 9) => 9,
            (matrix, _) => matrix,
        };
        let is_known = matches!(matrix, 1 | 5 | 6 | 7 | 9);
        let range = if full_range { heic_rs::Range::Full } else { heic_rs::Range::Limited };
        let interpreted = MatrixCoefficients::from_code(matrix);
        let nclx = Nclx { primaries, transfer, matrix: interpreted, matrix_code: matrix, range };
        is_known.then_some(nclx).ok_or_else(not_decoded)
    }

    fn planes(&self) -> Result<Planes> {
        match &self.parts[..] {
            [only] if !self.is_cut() => only.planes(),
            parts => {
                let mut canvas = Canvas::new(self)?;
                for (n, part) in (0..).zip(parts) {
                    canvas.place(n, &part.planes()?);
                }
                Ok(canvas.planes)
            }
        }
    }

    /// The picture, each tile converted before the next is decoded: so the planes of all are not in memory at once.
    fn tiled(&self, layout: PixelLayout) -> Result<Vec<u8>> {
        let pixel = layout.bytes_per_pixel();
        let mut samples = zeroed(pixel as u64 * u64::from(self.width) * u64::from(self.height))?;
        let (part_width, part_height) = self.part().shown;
        let nclx = self.nclx()?;
        for (n, part) in (0..).zip(&self.parts) {
            let tile = converted(&part.planes()?, None, nclx, layout)?;
            let (left, top) = (n % self.columns * part_width, n / self.columns * part_height);
            let len = pixel * part_width.min(self.width - left) as usize;
            let rows = tile.chunks_exact(pixel * part_width as usize);
            for (y, row) in (top..self.height).zip(rows) {
                let to = pixel * (y as usize * self.width as usize + left as usize);
                samples[to..to + len].copy_from_slice(&row[..len]);
            }
        }
        Ok(samples)
    }

    /// Whether it can be opened with sides of half their length: only if no part of it is too large, and where nothing has to be
    /// computed from its full size.
    fn can_be_reduced(&self, limits: &Limits) -> bool {
        let (width, height) = (self.width.div_ceil(REDUCTION), self.height.div_ceil(REDUCTION));
        let shown = self.part().shown;
        let is_whole = shown.0.is_multiple_of(REDUCTION) && shown.1.is_multiple_of(REDUCTION);
        is_whole && self.parts.len() > 1 && !needs_depth(self.colours) && limits.check_pixels(width, height).is_ok()
    }

    /// The picture with sides of half their length, each tile reduced before the next is decoded.
    fn reduced(&self) -> Result<PlatformPixels> {
        let (width, height) = (self.width.div_ceil(REDUCTION), self.height.div_ceil(REDUCTION));
        let mut samples = zeroed(3 * u64::from(width) * u64::from(height))?;
        let (part_width, part_height) = (self.part().shown.0 / REDUCTION, self.part().shown.1 / REDUCTION);
        let nclx = self.nclx()?;
        for (n, part) in (0..).zip(&self.parts) {
            let tile = converted(&part.planes()?, None, nclx, PixelLayout::Rgb8)?;
            let (left, top) = (n % self.columns * part_width, n / self.columns * part_height);
            for y in 0..part_height.min(height - top) {
                let columns = part_width.min(width - left) as usize;
                let to = 3 * (((top + y) * width + left) as usize);
                halve_rows(&tile, self.part().shown.0 as usize, y as usize, &mut samples[to..to + 3 * columns]);
            }
        }
        let code_points = Some([self.colours.primaries, self.colours.transfer]);
        Ok(PlatformPixels {
            width,
            height,
            samples,
            format: PixelFormat::Rgb,
            code_points,
            profile: None,
            is_reduced: true,
        })
    }
}

/// Red, green and blue, row by row, of planes and of the transparency beside them.
///
/// All pixels of a sample of colour have its value, as in libheif: the copy, whose samples of colour are means of four pixels, has the
/// photo's own then. The crate would blend them, each as if it lay further left than most programs mean it.
fn converted(planes: &Planes, alpha: Option<&Planes>, nclx: Nclx, layout: PixelLayout) -> Result<Vec<u8>> {
    const ROWS: usize = 64;
    let height = planes.height as usize;
    let len = layout.bytes_per_pixel() * planes.width as usize * height;
    let mut samples = Vec::new();
    samples.try_reserve_exact(len).map_err(|_| LimitsError::Memory)?;
    for top in (0..height).step_by(ROWS) {
        let rows = top..(top + ROWS).min(height);
        let alpha = alpha.map(|alpha| band(alpha, rows.clone()));
        let band = convert(&band(planes, rows), alpha.as_ref(), nclx, layout, u64::MAX, Some(1));
        samples.extend_from_slice(&band.map_err(error_of)?.data);
    }
    Ok(samples)
}

/// Some rows of a picture, with as many samples of colour as of luma.
fn band(planes: &Planes, rows: Range<usize>) -> Planes {
    let (stride, chroma_stride) = (planes.y_stride as usize, planes.c_stride as usize);
    let y = planes.y[rows.start * stride..rows.end * stride].to_vec();
    let height = rows.len() as u32;
    if planes.chroma == ChromaFormat::Monochrome {
        return Planes { height, y, cb: Vec::new(), cr: Vec::new(), ..*planes };
    }
    let enlarged = |plane: &[u16]| {
        let mut out = Vec::with_capacity(rows.len() * planes.width as usize);
        for row in rows.clone().map(|y| &plane[y / 2 * chroma_stride..][..chroma_stride]) {
            let pixels = row.iter().flat_map(|sample| [*sample; 2]);
            out.extend(pixels.take(planes.width as usize));
        }
        out
    };
    let (cb, cr) = (enlarged(&planes.cb), enlarged(&planes.cr));
    Planes { height, chroma: ChromaFormat::Yuv444, y, cb, cr, c_stride: planes.width, ..*planes }
}

/// Row `y` of a picture of half the size: each pixel is the mean of four.
fn halve_rows(rgb: &[u8], width: usize, y: usize, row: &mut [u8]) {
    let above = &rgb[3 * width * 2 * y..][..3 * width];
    let below = &rgb[3 * width * (2 * y + 1)..][..3 * width];
    halve_lines(above, below, row);
}

/// How many samples so many pixels have.
fn samples(pixels: u64, chroma: u32) -> u64 {
    if chroma == 0 { pixels } else { pixels + pixels / 2 }
}

/// The columns of a grid and its tiles, row by row (ISO/IEC 23008-12, 6.6.2.3).
fn grid(items: &Items, id: u32, size: (u32, u32), allowance: &mut Allowance) -> Result<(u32, Vec<u32>)> {
    let content = content(items, id, allowance)?;
    let grid = Span::whole(&content);
    let read = || {
        let number = |n: usize| match grid.u8(1)? & 1 {
            0 => grid.u16(4 + 2 * n, ByteOrder::Big).map(u32::from),
            _ => grid.u32(4 + 4 * n, ByteOrder::Big),
        };
        Some((u32::from(grid.u8(2)?) + 1, u32::from(grid.u8(3)?) + 1, (number(0)?, number(1)?)))
    };
    let (rows, columns, output) = read().ok_or(InputError::Truncated)?;
    let tiles: Vec<u32> = items.sources(id).collect();
    if output != size || tiles.len() as u64 != u64::from(rows) * u64::from(columns) {
        return Err(corrupt("the tiles of its picture do not fit"));
    }
    // A tile that is cut or turned, or made of others, is none of a coded picture.
    let is_plain = |id: u32| !items.properties_of(id).any(|(it, _)| matches!(it.kind, b"clap" | b"irot" | b"imir"));
    let is_coded = |id: u32| items.items.get(&id).is_some_and(|item| matches!(item.kind, b"hvc1" | b"hev1"));
    if !tiles.iter().all(|&id| is_plain(id) && is_coded(id)) {
        return Err(not_decoded());
    }
    Ok((columns, tiles))
}

/// What the parts of a picture may cost together. A file can name the same bytes many times, and code the same pixels in many slices, so
/// that few bytes would take all memory, or hours.
struct Allowance {
    /// Bytes that are looked at.
    read: u64,
    /// Bytes that are copied: each of the file once.
    copied: u64,
    /// Pixels that are decoded.
    decoded: u64,
}

impl Allowance {
    fn new(file: &[u8], limits: &Limits) -> Self {
        let decoded = limits.max_pixels.saturating_mul(DECODED_OFTEN);
        Self { read: limits.max_bytes, copied: file.len() as u64, decoded }
    }

    fn spend(left: &mut u64, cost: u64) -> Result<()> {
        *left = left.checked_sub(cost).ok_or_else(|| corrupt("it holds more coded data than its picture needs"))?;
        Ok(())
    }
}

/// All of an item's content.
fn content<'a>(items: &Items<'a>, id: u32, allowance: &mut Allowance) -> Result<Cow<'a, [u8]>> {
    let item = items.items.get(&id).ok_or_else(|| corrupt("a part of its picture is not there"))?;
    let len = item.extents.iter().map(|part| part.len() as u64).sum();
    Allowance::spend(&mut allowance.read, len)?;
    if item.extents.len() > 1 {
        Allowance::spend(&mut allowance.copied, len)?;
    }
    match &item.extents[..] {
        _ if !item.is_whole => Err(InputError::Truncated.into()),
        [only] => Ok(only.bytes().into()),
        parts => Ok(parts.iter().flat_map(|part| part.bytes()).copied().collect::<Vec<u8>>().into()),
    }
}

/// What an item says of its colours (`colr`; ISO/IEC 14496-12, 12.1.5), without a profile.
fn code_points(items: &Items, id: u32) -> Option<CodePoints> {
    let said = items.properties_of(id).filter(|(property, _)| property.kind == b"colr");
    let said = said.filter_map(|(property, _)| property.data.strip_prefix(b"nclx")).next()?;
    let number = |n: usize| said.u16(2 * n, ByteOrder::Big);
    let full_range = said.u8(6)? & 0x80 != 0;
    Some(CodePoints { primaries: number(0)?, transfer: number(1)?, matrix: number(2)?, full_range })
}

/// A picture that is coded as one.
struct Coded<'a> {
    config: Config<'a>,
    content: Cow<'a, [u8]>,
    sequence: Sequence,
    colours: CodePoints,
}

impl<'a> Coded<'a> {
    fn read(items: &Items<'a>, id: u32, allowance: &mut Allowance) -> Result<Self> {
        let unreadable = || corrupt("it does not say how its picture is coded");
        let config = items.property(id, b"hvcC").and_then(Config::read).ok_or_else(unreadable)?;
        let content = content(items, id, allowance)?;
        let units = config.picture(&content).ok_or(InputError::Truncated)?;
        Allowance::spend(&mut allowance.read, units.sets.iter().map(|set| set.len() as u64).sum())?;
        let sequence = units.sequence().ok_or_else(unreadable)?;
        let pixels = u64::from(sequence.coded.0) * u64::from(sequence.coded.1);
        Allowance::spend(&mut allowance.decoded, pixels.saturating_mul(units.coded.len() as u64))?;
        let is_decoded = units.is_single()
            && matches!(sequence.chroma, 0 | 1)
            && DEPTHS.contains(&sequence.depth.0)
            && (sequence.chroma == 0 || sequence.depth.0 == sequence.depth.1);
        if !is_decoded {
            return Err(not_decoded());
        }
        if isobmff::size(items, id).is_some_and(|size| size != sequence.shown) {
            return Err(corrupt("its picture is not as large as it says"));
        }
        let colours = code_points(items, id).unwrap_or(sequence.signal);
        Ok(Self { config, content, sequence, colours })
    }

    fn planes(&self) -> Result<Planes> {
        let units = self.config.picture(&self.content).ok_or(InputError::Truncated)?;
        let sets = units.plain_sets();
        let sets: Vec<&[u8]> = sets.iter().map(|set| &**set).collect();
        let planes = decode_still(&sets, &units.coded).map_err(error_of)?;
        planes.validate().map_err(error_of)?;
        if (planes.width, planes.height) != self.sequence.shown {
            return Err(corrupt("its picture is not as large as it says"));
        }
        Ok(planes)
    }
}

/// The samples of a picture that is put together of tiles.
struct Canvas {
    planes: Planes,
    columns: u32,
}

impl Canvas {
    fn new(picture: &Picture) -> Result<Self> {
        let (width, height) = (picture.width, picture.height);
        let chroma = ChromaFormat::from_idc(picture.part().chroma as u8).unwrap_or_default();
        let (chroma_width, chroma_height) = chroma.chroma_size(width, height);
        let plane = |width: u32, height: u32| filled(u64::from(width) * u64::from(height), 0_u16);
        let planes = Planes {
            width,
            height,
            bit_depth: picture.part().depth.0 as u8,
            chroma,
            y: plane(width, height)?,
            cb: plane(chroma_width, chroma_height)?,
            cr: plane(chroma_width, chroma_height)?,
            y_stride: width,
            c_stride: chroma_width,
        };
        Ok(Self { planes, columns: picture.columns })
    }

    /// Copies tile `n`, as far as it lies in the picture.
    fn place(&mut self, n: u32, tile: &Planes) {
        let (column, row) = (n % self.columns, n / self.columns);
        let tile_chroma = tile.chroma.chroma_size(tile.width, tile.height);
        let planes = [
            (&mut self.planes.y, self.planes.y_stride, &tile.y, tile.y_stride, (tile.width, tile.height)),
            (&mut self.planes.cb, self.planes.c_stride, &tile.cb, tile.c_stride, tile_chroma),
            (&mut self.planes.cr, self.planes.c_stride, &tile.cr, tile.c_stride, tile_chroma),
        ];
        for (to, to_stride, from, from_stride, (width, height)) in planes {
            let (left, top) = ((column * width) as usize, (row * height) as usize);
            if to_stride == 0 || from_stride == 0 {
                continue;
            }
            let to_rows = to.chunks_exact_mut(to_stride as usize).skip(top);
            for (to, from) in to_rows.zip(from.chunks(from_stride as usize)).take(height as usize) {
                let columns = (width as usize).min(to.len() - left);
                to[left..left + columns].copy_from_slice(&from[..columns]);
            }
        }
    }
}

fn corrupt(what: &str) -> Error {
    InputError::Corrupt(what.into()).into()
}

fn without_size() -> Error {
    corrupt("it does not say how large its picture is")
}

fn not_decoded() -> Error {
    InputError::NoDecoder("HEIC").into()
}

fn error_of(error: heic_rs::Error) -> Error {
    match error {
        heic_rs::Error::Unsupported(_) => not_decoded(),
        heic_rs::Error::Truncated(_) => InputError::Truncated.into(),
        _ => corrupt("its picture cannot be decoded"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::isobmff::tests::{boxed, full, heif};
    use crate::error::ErrorCode;
    use crate::photo::damaged::{assert_opened_or_refused, damaged};
    use crate::photo::{Frame, Photo, open};
    use crate::report::NoteCode;
    use image::metadata::Orientation;

    /// 512 x 512, 4:2:0, coded in one.
    const WHOLE: &[u8] = include_bytes!("../../tests/photos/astronaut.heic");
    const SIDE: u32 = 512;

    /// The property that says how the picture is coded, and the coded picture.
    fn coded() -> (Vec<u8>, Vec<u8>) {
        let items = Items::read(Span::whole(WHOLE));
        let config = items.property(items.primary, b"hvcC").unwrap().whole.bytes().to_vec();
        (config, content(&items, items.primary, &mut ample()).unwrap().into_owned())
    }

    fn ample() -> Allowance {
        Allowance::new(WHOLE, &Limits::default())
    }

    fn ispe(width: u32, height: u32) -> Vec<u8> {
        full(b"ispe", 0, &[width, height].map(u32::to_be_bytes).concat())
    }

    fn nclx(points: [u16; 3], full_range: bool) -> Vec<u8> {
        let points = points.map(u16::to_be_bytes).concat();
        boxed(b"colr", &[b"nclx", &points[..], &[u8::from(full_range) << 7]].concat())
    }

    fn clap(numbers: [u32; 8]) -> Vec<u8> {
        boxed(b"clap", &numbers.map(u32::to_be_bytes).concat())
    }

    /// For each item the numbers of its properties, with the highest bit if they have to be understood.
    fn associations(of: &[(u16, &[u8])]) -> Vec<u8> {
        let entries =
            of.iter().flat_map(|(id, numbers)| [&id.to_be_bytes()[..], &[numbers.len() as u8], numbers].concat());
        full(b"ipma", 0, &[(of.len() as u32).to_be_bytes().to_vec(), entries.collect()].concat())
    }

    fn reference(kind: &[u8; 4], from: u16, to: &[u16]) -> Vec<u8> {
        let ids: Vec<u8> = to.iter().flat_map(|id| id.to_be_bytes()).collect();
        boxed(kind, &[&from.to_be_bytes()[..], &(to.len() as u16).to_be_bytes(), &ids].concat())
    }

    /// The picture alone, with further properties in this order.
    fn single(further: &[Vec<u8>]) -> Vec<u8> {
        let (config, content) = coded();
        let properties = [&[config, ispe(SIDE, SIDE)], further].concat();
        let numbers: Vec<u8> = (1..=properties.len() as u8).collect();
        let properties = [boxed(b"ipco", &properties.concat()), associations(&[(1, &numbers)])];
        heif(&[(b"hvc1", b"\0", &content)], &[], &properties)
    }

    /// A grid of so many columns and rows, each tile the picture; of this size, and with references to these items.
    fn grid_of(columns: u8, rows: u8, (width, height): (u32, u32), tiles: &[u16]) -> Vec<u8> {
        let (config, content) = coded();
        let grid = [&[0, 1, rows - 1, columns - 1], &[width, height].map(u32::to_be_bytes).concat()[..]].concat();
        let properties = [config, ispe(SIDE, SIDE), ispe(width, height)].concat();
        let properties = [boxed(b"ipco", &properties), associations(&[(1, &[3]), (2, &[1, 2])])];
        let items: [(&[u8; 4], &[u8], &[u8]); 2] = [(b"grid", b"\0", &grid), (b"hvc1", b"\0", &content)];
        heif(&items, &[reference(b"dimg", 1, tiles)], &properties)
    }

    fn opened(file: &[u8]) -> Photo {
        open(file, &Limits::default()).unwrap()
    }

    fn code(file: &[u8]) -> ErrorCode {
        open(file, &Limits::default()).unwrap_err().code()
    }

    fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
    }

    #[test]
    fn a_photo_is_as_its_jpeg() {
        let photo = opened(WHOLE);
        let jpeg = opened(include_bytes!("../../tests/photos/astronaut.jpg"));
        assert_eq!((photo.frame.width, photo.frame.height), (SIDE, SIDE));
        let difference = mean_difference(&photo.frame.rgb, &jpeg.frame.rgb);
        assert!(difference < 3.0, "{difference}");
        assert_eq!(photo.notes, []);
        assert_eq!(opened(&single(&[])).frame, photo.frame);
    }

    #[test]
    fn tiles_lie_beside_each_other_and_are_cut_at_the_edge() {
        let single = opened(WHOLE).frame;
        let grid = opened(&grid_of(2, 2, (700, 900), &[2, 2, 2, 2])).frame;
        assert_eq!((grid.width, grid.height), (700, 900));
        let row = |frame: &Frame, y: usize, columns: Range<usize>| {
            let at = 3 * y * frame.width as usize;
            frame.rgb[at + 3 * columns.start..at + 3 * columns.end].to_vec()
        };
        for y in 0..900 {
            let halves = [row(&single, y % 512, 0..512), row(&single, y % 512, 0..188)].concat();
            assert!(row(&grid, y, 0..700) == halves, "{y}");
        }
        let part = opened(&grid_of(1, 1, (300, 200), &[2])).frame;
        assert!((0..200).all(|y| row(&part, y, 0..300) == row(&single, y, 0..300)));
    }

    #[test]
    fn a_picture_with_too_many_pixels_is_opened_in_half_its_size() {
        let file = grid_of(2, 2, (1000, 1024), &[2, 2, 2, 2]);
        let limits = Limits { max_pixels: 300_000, ..Limits::default() };
        let photo = open(&file, &limits).unwrap();
        assert_eq!((photo.frame.width, photo.frame.height), (500, 512));
        assert_eq!(photo.notes.iter().map(|note| note.code).collect::<Vec<_>>(), [NoteCode::OpenedSmaller]);
        let whole = opened(&file).frame;
        let half = super::super::resize_rgb_smoothly(&whole.rgb, 1000, 1024, 500, 512).unwrap();
        assert!(mean_difference(&half, &photo.frame.rgb) < 3.0);
        let too_small = Limits { max_pixels: 200_000, ..Limits::default() };
        assert_eq!(open(&file, &too_small).unwrap_err().code(), ErrorCode::TooManyPixels);
        assert_eq!(open(WHOLE, &too_small).unwrap_err().code(), ErrorCode::TooManyPixels);
    }

    #[test]
    fn transparency_is_not_left_out_of_a_picture_with_too_many_pixels() {
        let (config, content) = coded();
        let grid = [&[0, 0, 1, 1], &[1000_u16, 1024].map(u16::to_be_bytes).concat()[..]].concat();
        let alpha = full(b"auxC", 0, b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0");
        let properties = [config, ispe(SIDE, SIDE), ispe(1000, 1024), alpha].concat();
        let numbers = associations(&[(1, &[3]), (2, &[1, 2]), (3, &[3, 4])]);
        let items: [(&[u8; 4], &[u8], &[u8]); 3] =
            [(b"grid", b"\0", &grid), (b"hvc1", b"\0", &content), (b"grid", b"\0", &grid)];
        let references = [reference(b"dimg", 1, &[2; 4]), reference(b"dimg", 3, &[2; 4]), reference(b"auxl", 3, &[1])];
        let file = heif(&items, &references, &[boxed(b"ipco", &properties), numbers]);
        assert!(opened(&file).frame.alpha.is_some());
        let limits = Limits { max_pixels: 300_000, ..Limits::default() };
        assert_eq!(open(&file, &limits).unwrap_err().code(), ErrorCode::TooManyPixels);
    }

    #[test]
    fn the_same_bytes_are_copied_once_at_most() {
        let file = single(&[]);
        let mut items = Items::read(Span::whole(&file));
        let [extent] = items.items[&1].extents[..] else { panic!("one piece") };
        let mut of = |pieces: Vec<_>| {
            items.items.get_mut(&1).unwrap().extents = pieces;
            content(&items, 1, &mut Allowance::new(&file, &Limits::default())).map(Cow::into_owned)
        };
        assert_eq!(of(vec![extent.clipped(0, 10), extent.from(10)]).unwrap(), coded().1);
        assert_eq!(of(vec![extent, extent]).unwrap_err().code(), ErrorCode::Corrupt);
    }

    #[test]
    fn slices_that_overlap_are_not_decoded_without_end() {
        /// The header of the picture's one slice, with the address 0 as for one that is not the first.
        const FURTHER: [u8; 15] =
            [0x20, 0x3C, 0xB1, 0x03, 0x22, 0x42, 0x32, 0x1A, 0x06, 0xC1, 0x6D, 0x6B, 0x65, 0xF4, 0x36];
        let (config, content) = coded();
        let mut further = content.clone();
        further[6..6 + FURTHER.len()].copy_from_slice(&FURTHER);
        let of = |count: usize, max_pixels: u64| {
            let slices = [&content[..], &further.repeat(count)].concat();
            let properties =
                [boxed(b"ipco", &[config.clone(), ispe(SIDE, SIDE)].concat()), associations(&[(1, &[1, 2])])];
            let file = heif(&[(b"hvc1", b"\0", &slices)], &[], &properties);
            open(&file, &Limits { max_pixels, ..Limits::default() }).map(|photo| photo.frame)
        };
        let pixels = u64::from(SIDE * SIDE);
        assert_eq!(of(1, pixels).unwrap(), opened(WHOLE).frame);
        assert_eq!(of(5, pixels).unwrap_err().code(), ErrorCode::Corrupt);
        // In any number not even looked at.
        assert!(of(600, 1 << 40).is_err());
    }

    #[test]
    fn a_grid_of_twelve_megapixels_is_opened() {
        let frame = opened(&grid_of(8, 6, (4032, 3024), &[2; 48])).frame;
        assert_eq!((frame.width, frame.height, frame.rgb.len()), (4032, 3024, 3 * 4032 * 3024));
        let tile = opened(WHOLE).frame;
        assert!(frame.rgb[3 * 4032 * 2600..][..3 * 512] == tile.rgb[3 * 512 * (2600 % 512)..][..3 * 512]);
    }

    #[test]
    fn turns_and_cuts_are_done_in_their_order() {
        let plain = opened(&single(&[])).frame;
        // 100 x 60, whose middle lies 20 to the right of the picture's and 30 above.
        let cut = clap([100, 1, 60, 1, 20, 1, -30_i32 as u32, 1]);
        let mut part = Vec::new();
        for y in 196..256 {
            part.extend_from_slice(&plain.rgb[3 * (y * 512 + 226)..3 * (y * 512 + 326)]);
        }
        let photo = opened(&single(std::slice::from_ref(&cut)));
        assert_eq!((photo.frame.width, photo.frame.height, &photo.frame.rgb), (100, 60, &part));
        let turned = opened(&single(&[cut.clone(), boxed(b"irot", &[1]), boxed(b"imir", &[1])]));
        let expected = photo.frame.turned(Orientation::Rotate270).unwrap();
        assert_eq!(turned.frame, expected.turned(Orientation::FlipHorizontal).unwrap());
        assert_eq!(code(&single(&[boxed(b"irot", &[1]), cut])), ErrorCode::Corrupt);
        for outside in [[513, 1, 60, 1, 0, 1, 0, 1], [100, 0, 60, 1, 0, 1, 0, 1], [100, 1, 60, 1, 300, 1, 0, 1]] {
            assert_eq!(code(&single(&[clap(outside)])), ErrorCode::Corrupt);
        }
    }

    #[test]
    fn what_the_file_says_of_its_colours_holds() {
        let unlabelled = opened(&single(&[])).frame.rgb;
        let labelled = |points, full_range| opened(&single(&[nclx(points, full_range)]));
        // Each moves the colours by levels: range, matrix.
        let narrow = labelled([1, 13, 6], false).frame.rgb;
        let of_television = labelled([1, 13, 1], true).frame.rgb;
        let same = labelled([1, 13, 6], true);
        assert!((same.frame.rgb == unlabelled) != (narrow == unlabelled));
        assert!(mean_difference(&narrow, &same.frame.rgb) > 4.0);
        assert!(mean_difference(&of_television, &same.frame.rgb) > 0.5);
        let p3 = labelled([12, 13, 6], true);
        assert_eq!((p3.profile, &p3.frame), (Some(crate::photo::Profile::DisplayP3), &same.frame));
        let hlg = labelled([9, 18, 9], true);
        assert_eq!(hlg.notes.iter().map(|note| note.code).collect::<Vec<_>>(), [NoteCode::ConvertedToSrgb]);
        // Matrices that are not known, or not with this sampling.
        for matrix in [0, 8, 14] {
            assert_eq!(code(&single(&[nclx([1, 13, matrix], true)])), ErrorCode::NoDecoder);
        }
    }

    #[test]
    fn what_cannot_be_shown_rightly_is_refused() {
        let (config, content) = coded();
        let with = |kind: &[u8; 4], properties: &[Vec<u8>], numbers: &[u8]| {
            let properties = [boxed(b"ipco", &properties.concat()), associations(&[(1, numbers)])];
            heif(&[(kind, b"\0", &content)], &[], &properties)
        };
        let properties = [config.clone(), ispe(SIDE, SIDE), boxed(b"what", b"")];
        assert_eq!(code(&with(b"hvc1", &properties, &[1, 2, 0x83])), ErrorCode::NoDecoder);
        opened(&with(b"hvc1", &properties, &[1, 2, 3]));
        for kind in [b"iovl", b"iden", b"av01", b"lhv1", b"unci"] {
            assert_eq!(code(&with(kind, &properties, &[1, 2])), ErrorCode::NoDecoder);
        }
        assert_eq!(code(&with(b"hvc1", &properties, &[2])), ErrorCode::Corrupt);
        assert_eq!(code(&with(b"hvc1", &[config.clone(), ispe(SIDE, 500)], &[1, 2])), ErrorCode::Corrupt);
        // Too few tiles, too many, such as do not cover the picture, none at all, a grid in a grid, and in itself.
        let size = (700, 900);
        for tiles in [&[2, 2, 2][..], &[2, 2, 2, 2, 2], &[2, 2, 2, 9], &[2, 2, 2, 1], &[]] {
            assert!(
                matches!(code(&grid_of(2, 2, size, tiles)), ErrorCode::Corrupt | ErrorCode::NoDecoder),
                "{tiles:?}"
            );
        }
        assert_eq!(code(&grid_of(2, 2, (1100, 900), &[2; 4])), ErrorCode::Corrupt);
        assert_eq!(code(&grid_of(2, 2, (500, 900), &[2; 4])), ErrorCode::Corrupt);
        // The thumbnail of another picture.
        let ids = associations(&[(1, &[1, 2]), (2, &[1, 2])]);
        let items: [(&[u8; 4], &[u8], &[u8]); 2] = [(b"hvc1", b"\0", &content), (b"hvc1", b"\0", &content)];
        let ipco = boxed(b"ipco", &[config, ispe(SIDE, SIDE)].concat());
        let thumbnail = heif(&items, &[reference(b"thmb", 1, &[2])], &[ipco.clone(), ids.clone()]);
        assert_eq!(code(&thumbnail), ErrorCode::NoDecoder);
        // Shown with its own picture in the place of the thumbnail it has.
        let photo = heif(&items, &[reference(b"thmb", 2, &[1])], &[ipco, ids]);
        let leaks = crate::leaks::find(&photo, "a");
        let thumbnail = crate::leaks::picture(&photo, &leaks[0]).unwrap();
        assert_eq!(opened(&thumbnail).frame, opened(&photo).frame);
        assert!(thumbnail[..] != photo[..]);
        // Without a primary item.
        let mut file = single(&[]);
        let primary = file.windows(4).position(|kind| kind == b"pitm").unwrap();
        file[primary + 9] = 7;
        assert_eq!(code(&file), ErrorCode::Corrupt);
        // Cut off.
        let file = single(&[]);
        assert_eq!(code(&file[..file.len() - 100]), ErrorCode::Truncated);
    }

    #[test]
    fn a_grid_of_tiles_of_different_size_is_refused() {
        let (config, content) = coded();
        let mut other = config.clone();
        // Any change of the parameter sets makes tiles of another kind, or none.
        let set = other.windows(2).position(|unit| unit == [0x42, 0x01]).unwrap();
        let grid = [&[0, 0, 0, 1], &[1024_u16, 512].map(u16::to_be_bytes).concat()[..]].concat();
        let items: [(&[u8; 4], &[u8], &[u8]); 3] =
            [(b"grid", b"\0", &grid), (b"hvc1", b"\0", &content), (b"hvc1", b"\0", &content)];
        let mut refused = 0;
        for bit in 0..8 * 20 {
            other.clone_from(&config);
            other[set + 12 + bit / 8] ^= 1 << (bit % 8);
            let properties = [config.clone(), ispe(SIDE, SIDE), ispe(1024, 512), other.clone()].concat();
            let ids = associations(&[(1, &[3]), (2, &[1, 2]), (3, &[4, 2])]);
            let file = heif(&items, &[reference(b"dimg", 1, &[2, 3])], &[boxed(b"ipco", &properties), ids]);
            refused += u32::from(open(&file, &Limits::default()).is_err());
        }
        assert!(refused > 100, "{refused}");
    }

    #[test]
    fn memory_is_limited_before_it_is_taken() {
        let limits = Limits { max_decode_memory: 1 << 20, ..Limits::default() };
        assert_eq!(open(WHOLE, &limits).unwrap_err(), LimitsError::Memory.into());
    }

    proptest::proptest! {
        /// Each case decodes as much as the limits allow.
        #[test]
        fn damaged_files_are_survived(
            is_grid in proptest::bool::ANY,
            places in proptest::collection::vec((proptest::num::usize::ANY, proptest::num::u8::ANY), 1..20),
            cut in proptest::option::weighted(0.1, proptest::num::usize::ANY),
        ) {
            let file = if is_grid { grid_of(2, 2, (700, 900), &[2; 4]) } else { WHOLE.to_vec() };
            let file = damaged(file, &places, cut);
            let start = std::time::Instant::now();
            assert_opened_or_refused(&file);
            assert!(start.elapsed().as_secs() < 5);
        }
    }
}
