//! Covered pixels in the exported file, compared with what was computed.

use super::{Expected, check};
use crate::geometry::PixelRect;
use crate::mask::{Mask, Run};
use crate::photo::{Frame, Photo, Turn, luma_quantisation};
use crate::report::{Check, CheckName, Format};

/// What was drawn into a picture, as computed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Where brightness was replaced.
    pub covered: Mask,
    /// Where colour was replaced.
    coloured: Mask,
    /// The colours there, run by run: red green blue.
    rgb: Vec<[u8; 3]>,
    /// For each row from the first on how many pixels of `coloured` lie before it.
    before: Vec<usize>,
}

impl Drawn {
    /// What `frame` shows there.
    pub fn of(frame: &Frame, covered: Mask, coloured: Mask) -> Self {
        let pixels = frame.rgb.as_chunks::<3>().0;
        let (mut rgb, mut before) = (Vec::new(), Vec::new());
        let bounds = coloured.bounds();
        for y in bounds.y0..bounds.y1 {
            before.push(rgb.len());
            let row = &pixels[y as usize * frame.width as usize..];
            coloured.row(y).iter().for_each(|[from, to]| rgb.extend_from_slice(&row[*from as usize..*to as usize]));
        }
        Self { covered, coloured, rgb, before }
    }

    /// The colour that was drawn at a pixel.
    pub fn at(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        let row = self.coloured.row(y);
        let run = row.partition_point(|[from, _]| *from <= x).checked_sub(1)?;
        let [from, to] = row[run];
        let earlier: u32 = row[..run].iter().map(|[from, to]| to - from).sum();
        let before = self.before[(y - self.coloured.bounds_top()) as usize];
        (x < to).then(|| self.rgb[before + (earlier + x - from) as usize])
    }

    /// What a picture shows in the covered pixels, run by run.
    pub(super) fn shown_in(&self, frame: &Frame) -> Vec<u8> {
        self.covered.runs().flat_map(|run| &frame.rgb[bytes_of(frame, run)]).copied().collect()
    }

    /// Makes the covered pixels of a picture grey.
    pub(super) fn fill(&self, frame: &mut Frame, grey: u8) {
        for run in self.covered.runs() {
            let bytes = bytes_of(frame, run);
            frame.rgb[bytes].fill(grey);
        }
    }

    /// Makes the covered pixels of a picture what [`Self::shown_in`] gave.
    pub(super) fn show_again(&self, frame: &mut Frame, mut shown: &[u8]) {
        for run in self.covered.runs() {
            let bytes = bytes_of(frame, run);
            let (own, rest) = shown.split_at(bytes.len());
            frame.rgb[bytes].copy_from_slice(own);
            shown = rest;
        }
    }

    /// The runs of `covered` with the colours that were drawn there.
    fn covered_runs(&self) -> impl Iterator<Item = (Run, &[[u8; 3]])> {
        self.covered.runs().filter_map(|run| {
            let row = self.coloured.row(run.y);
            let around = row.partition_point(|[from, _]| *from <= run.from).checked_sub(1)?;
            let earlier: u32 = row[..around].iter().map(|[from, to]| to - from).sum();
            let first = self.before[(run.y - self.coloured.bounds_top()) as usize]
                + (earlier + run.from - row[around][0]) as usize;
            Some((run, &self.rgb[first..first + (run.to - run.from) as usize]))
        })
    }
}

/// Where a run's pixels lie in a picture.
fn bytes_of(frame: &Frame, Run { y, from, to }: Run) -> std::ops::Range<usize> {
    let row = y as usize * frame.width as usize;
    3 * (row + from as usize)..3 * (row + to as usize)
}

/// Side of a block of the discrete cosine transform, in pixels.
const BLOCK: u32 = 8;

/// Root mean square in grey levels that rounding may add to the quantisation error of a block: half a level each in the
/// colour conversions both ways and in the inverse transform, doubled for chroma that leaves the gamut and is cut.
const ROUNDING: f64 = 4.0;

pub(super) fn compare(photo: &Photo, bytes: &[u8], expected: &Expected<'_>) -> Check {
    let frame = &photo.frame;
    if (frame.width, frame.height) != (expected.width, expected.height) {
        return check(CheckName::Covers, false, "the size differs");
    }
    let (worst, bound) = match expected.format {
        Format::Jpeg => match luma_quantisation(bytes) {
            Some(table) => (worst_block(photo, expected.drawn), error_bound(&table)),
            None => return check(CheckName::Covers, false, "the file has no quantisation table"),
        },
        _ => (worst_pixel(frame, expected.drawn), 0.0),
    };
    let detail = format!(
        "{} covered pixels differ from what was drawn by {worst:.1} grey levels at most; the format's bound is {bound:.1}",
        expected.drawn.covered.pixels()
    );
    check(CheckName::Covers, worst <= bound, detail)
}

/// The most by which quantisation can change a block, as root mean square in grey levels.
///
/// The transform of ISO/IEC 10918-1, A.3.3 is orthonormal, so by Parseval's theorem the squared error of the 64 pixels
/// equals that of the 64 coefficients, each of which is at most half a step off.
fn error_bound(luma_table: &[u16; 64]) -> f64 {
    let squares: f64 = luma_table.iter().map(|&step| (f64::from(step) / 2.0).powi(2)).sum();
    (squares / 64.0).sqrt() + ROUNDING
}

/// Largest root mean square difference in luma over the 8 x 8 blocks of all covers. A block of which only a part was drawn counts
/// with that part, whose squared error is no more than the whole block's. The blocks are those of the picture as stored, which a tag
/// may turn.
fn worst_block(photo: &Photo, drawn: &Drawn) -> f64 {
    let frame = &photo.frame;
    let turn = Turn::of(photo.orientation);
    let (width, height) = if turn.transposes { (frame.height, frame.width) } else { (frame.width, frame.height) };
    let columns = width.div_ceil(BLOCK) as usize;
    let mut squares = vec![0.0f64; columns * height.div_ceil(BLOCK) as usize];
    for (Run { y, from, .. }, colours) in drawn.covered_runs() {
        let at = y as usize * frame.width as usize + from as usize;
        for ((theirs, ours), x) in frame.rgb[3 * at..].chunks_exact(3).zip(colours).zip(from..) {
            let stored = turn.apply(PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 }, frame.width, frame.height);
            let block = (stored.y0 / BLOCK) as usize * columns + (stored.x0 / BLOCK) as usize;
            squares[block] += (luma(ours) - luma(theirs)).powi(2);
        }
    }
    (squares.into_iter().fold(0.0, f64::max) / f64::from(BLOCK * BLOCK)).sqrt()
}

/// Largest difference of any channel of any covered pixel.
fn worst_pixel(frame: &Frame, drawn: &Drawn) -> f64 {
    let mut worst = 0;
    for (Run { y, from, .. }, colours) in drawn.covered_runs() {
        let at = 3 * (y as usize * frame.width as usize + from as usize);
        let differences = frame.rgb[at..].iter().zip(colours.as_flattened()).map(|(a, b)| a.abs_diff(*b));
        worst = worst.max(differences.max().unwrap_or(0));
    }
    f64::from(worst)
}

/// Luma of ITU-R BT.601, as JFIF prescribes.
fn luma(rgb: &[u8]) -> f64 {
    0.299 * f64::from(rgb[0]) + 0.587 * f64::from(rgb[1]) + 0.114 * f64::from(rgb[2])
}
