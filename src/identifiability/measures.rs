//! What can be measured of a face that decides whether it can be recognised: size, detail, compression, noise, light, pose.
//!
//! Everything is measured on luma (ITU-R BT.601), where the face lies by its landmarks. The time does not grow with the
//! face: a large one is sampled.

use crate::photo::{Frame, noise};

/// Pixels of the patch that stand for one distance between the eyes: twice the size from which a recogniser gains nothing
/// more (docs/accuracy.md), so that all detail that counts is in it.
const PATCH_PER_EYES: f32 = 16.0;

/// Side of the patch in patch pixels: two and a half distances between the eyes, from the brows to the chin.
const PATCH: usize = 40;

/// Most samples a side that are averaged for one patch pixel, if it stands for many pixels of the picture.
const MOST_SAMPLES: f32 = 4.0;

/// Patch pixels at each edge that are not counted, because the filters reach past the edge there.
const RIM: usize = 4;

/// Bands of detail. Band `b` holds 4 to 8 cycles for each distance between the eyes, divided by `2^b`.
pub(super) const BANDS: usize = 4;

/// Distance from the eyes' middle to the mouth's in distances between the eyes, in a face seen from the front: of the
/// template that ArcFace and SFace are aligned to (J. Deng et al., "ArcFace", 2019).
const EYES_TO_MOUTH: f32 = 1.155;

/// Least distance between the eyes as a share of the box's height: 99 of 100 detections have more. Where the landmarks say less,
/// they are not trusted.
const LEAST_INTER_EYE: f32 = 0.27;

/// Side of a JPEG's blocks.
const BLOCK: u32 = 8;

/// Blocks a side that are transformed at most; of a larger face only those around its middle.
const MOST_BLOCKS: u32 = 8;

/// A DCT coefficient counts if it is at least this many grey levels (orthonormal transform): more than rounding to whole
/// grey levels leaves of a coefficient that was quantised to zero.
const COUNTED_COEFFICIENT: f32 = 4.0;

/// Most and least pixels a side of the area in which noise and blocks are measured. The least holds a whole block wherever the
/// grid lies, if need be from around the face.
const MOST_PIXELS: f32 = 96.0;
const LEAST_PIXELS: f32 = 16.0;

/// Side of the area in which blocks are measured, in distances between the eyes: the face without the hair.
const FACE_SIDE: f32 = 2.0;

/// Side of the area in which noise is measured: more than the head, since smooth surroundings separate noise from texture.
const NOISE_SIDE: f32 = 5.0;

/// What was measured of one face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Distance between the eyes' centres in pixels as it would be if the face were seen from the front: from the height
    /// between eyes and mouth, which turning the head aside does not change, or of the box, where that gives more.
    pub frontal_inter_eye: f32,
    /// Root mean square of each band of detail, finest first, in grey levels (0 to 255).
    pub detail: [f32; BANDS],
    /// How much more neighbours differ across the edges of 8 x 8 blocks than inside them: logarithm of the ratio, 0 for none.
    pub blockiness: f32,
    /// DCT coefficients of the face that are not near zero, on the grid of a JPEG's blocks.
    pub coefficients: f32,
    /// Standard deviation of the noise in grey levels, from the smoothest quarter of the face's surroundings: with the mask of
    /// J. Immerkaer, "Fast Noise Variance Estimation", 1996.
    pub noise: f32,
    /// Mean luma, 0 to 255.
    pub brightness: f32,
    /// Standard deviation of the luma, 0 to 127.5.
    pub contrast: f32,
    /// How far the nose stands off the line between the middles of eyes and mouth, in distances between the eyes; 0 from the
    /// front, over 0.5 in a profile.
    pub turned: f32,
}

/// Where a face lies: the middle between eyes and mouth, and one distance between the eyes to the right and downwards.
struct Place {
    middle: [f32; 2],
    right: [f32; 2],
    down: [f32; 2],
}

impl Measures {
    /// Measures the face in this box `[x, y, width, height]`, at these landmarks (as in
    /// [`crate::detect::Detection::landmarks`]), all in pixels of the picture. `None` if a number is not finite or nothing has an
    /// extent, or if the picture's pixels are not there.
    pub fn of(frame: &Frame, bbox: [f32; 4], landmarks: &[[f32; 2]; 5]) -> Option<Self> {
        if frame.rgb.is_empty() {
            return None;
        }
        let [right_eye, left_eye, nose, right_mouth, left_mouth] = *landmarks;
        let (eyes, mouth) = (middle(right_eye, left_eye), middle(right_mouth, left_mouth));
        let inter_eye = distance(right_eye, left_eye);
        let least = LEAST_INTER_EYE * bbox[3];
        let frontal_inter_eye = inter_eye.max(distance(eyes, mouth) / EYES_TO_MOUTH).max(least);
        let is_finite = landmarks.as_flattened().iter().chain(&bbox).all(|v| v.is_finite());
        if !is_finite || !frontal_inter_eye.is_finite() || frontal_inter_eye <= 0.0 {
            return None;
        }
        let place = Place::of(eyes, mouth, [left_eye[0] - right_eye[0], left_eye[1] - right_eye[1]], frontal_inter_eye);
        let patch = place.patch(frame);
        let (brightness, contrast) = moments(&patch);
        let area = Area::of(frame, &place, FACE_SIDE * frontal_inter_eye);
        Some(Self {
            frontal_inter_eye,
            detail: bands(patch),
            blockiness: area.blockiness(),
            coefficients: area.coefficients(),
            noise: Area::of(frame, &place, NOISE_SIDE * frontal_inter_eye).noise(),
            brightness,
            contrast,
            turned: place.aside(nose) / frontal_inter_eye,
        })
    }
}

impl Place {
    fn of(eyes: [f32; 2], mouth: [f32; 2], across: [f32; 2], unit: f32) -> Self {
        let down = [mouth[0] - eyes[0], mouth[1] - eyes[1]];
        let length = down[0].hypot(down[1]);
        // Without a height the direction between the eyes, turned by a quarter, has to do.
        let (down, length) = if length > 0.0 { (down, length) } else { ([-across[1], across[0]], unit) };
        let down = down.map(|v| v * unit / length);
        Self { middle: middle(eyes, mouth), right: [down[1], -down[0]], down }
    }

    /// Distance of a point from the line through the face's middle downwards, in pixels.
    fn aside(&self, point: [f32; 2]) -> f32 {
        let unit = self.right[0].hypot(self.right[1]);
        let offset = [point[0] - self.middle[0], point[1] - self.middle[1]];
        ((offset[0] * self.right[0] + offset[1] * self.right[1]) / unit).abs()
    }

    /// Luma of the face, upright, at [`PATCH_PER_EYES`], row-major.
    fn patch(&self, frame: &Frame) -> Vec<f32> {
        let step = self.right[0].hypot(self.right[1]) / PATCH_PER_EYES;
        let samples = step.ceil().clamp(1.0, MOST_SAMPLES) as usize;
        let mut patch = Vec::with_capacity(PATCH * PATCH);
        for row in 0..PATCH {
            for column in 0..PATCH {
                patch.push(self.averaged(frame, column, row, samples));
            }
        }
        patch
    }

    fn averaged(&self, frame: &Frame, column: usize, row: usize, samples: usize) -> f32 {
        let offset = |index: usize, sample: usize| {
            (index as f32 + (sample as f32 + 0.5) / samples as f32 - PATCH as f32 / 2.0) / PATCH_PER_EYES
        };
        let mut sum = 0.0;
        for i in 0..samples * samples {
            let (x, y) = (offset(column, i % samples), offset(row, i / samples));
            let point = [0, 1].map(|axis| self.middle[axis] + x * self.right[axis] + y * self.down[axis]);
            sum += interpolated(frame, point);
        }
        sum / (samples * samples) as f32
    }
}

fn middle(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Luma of a pixel, 0 to 255.
fn luma(frame: &Frame, x: u32, y: u32) -> f32 {
    let at = 3 * (y as usize * frame.width as usize + x as usize);
    let [r, g, b] = [0, 1, 2].map(|c| f32::from(frame.rgb[at + c]));
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Bilinear luma at a point; past the edge lies the edge's own luma.
fn interpolated(frame: &Frame, point: [f32; 2]) -> f32 {
    let [x, y] = point.map(|v| v - 0.5);
    let (right, bottom) = (frame.width - 1, frame.height - 1);
    // `as` saturates: what lies left of 0 is 0.
    let column = |x: f32| (x.max(0.0) as u32).min(right);
    let row = |y: f32| (y.max(0.0) as u32).min(bottom);
    let (x0, y0) = (x.floor(), y.floor());
    let blend = |a: f32, b: f32, share: f32| a + share * (b - a);
    let at = |y: f32| blend(luma(frame, column(x0), row(y)), luma(frame, column(x0 + 1.0), row(y)), x - x0);
    blend(at(y0), at(y0 + 1.0), y - y0)
}

fn moments(patch: &[f32]) -> (f32, f32) {
    let mean = patch.iter().sum::<f32>() / patch.len() as f32;
    let variance = patch.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / patch.len() as f32;
    (mean, variance.sqrt())
}

/// Root mean square of each band: differences between the patch blurred more and more, each time with the binomial filter
/// spread to twice the step (the "à trous" pyramid: M. Holschneider et al., 1989).
fn bands(patch: Vec<f32>) -> [f32; BANDS] {
    let mut fine = patch;
    let mut energies = [0.0; BANDS];
    for (band, energy) in energies.iter_mut().enumerate() {
        let coarse = blurred(&fine, 1 << band);
        *energy = rms_of_difference(&fine, &coarse);
        fine = coarse;
    }
    energies
}

fn rms_of_difference(a: &[f32], b: &[f32]) -> f32 {
    let inside = RIM..PATCH - RIM;
    let count = (inside.len() * inside.len()) as f32;
    let pixels = inside.clone().flat_map(|y| inside.clone().map(move |x| y * PATCH + x));
    (pixels.map(|i| (a[i] - b[i]) * (a[i] - b[i])).sum::<f32>() / count).sqrt()
}

/// Binomial filter 1 4 6 4 1 with its taps `step` apart, along both axes.
fn blurred(patch: &[f32], step: usize) -> Vec<f32> {
    blurred_along(&blurred_along(patch, step, 1), step, PATCH)
}

fn blurred_along(patch: &[f32], step: usize, stride: usize) -> Vec<f32> {
    let tap = |index: usize, offset: isize| {
        let place = index / stride % PATCH;
        let moved = place.saturating_add_signed(offset * step as isize).min(PATCH - 1);
        patch[index - place * stride + moved * stride]
    };
    let filtered = |i| (tap(i, -2) + tap(i, 2) + 4.0 * (tap(i, -1) + tap(i, 1)) + 6.0 * patch[i]) / 16.0;
    (0..patch.len()).map(filtered).collect()
}

/// The face's own pixels, not resampled.
struct Area {
    /// Row-major luma.
    luma: Vec<f32>,
    width: usize,
    height: usize,
    /// Column and row of the picture that the area starts at.
    start: [u32; 2],
    /// Columns and rows of the picture.
    picture: [u32; 2],
    /// Blocks of the square that was asked for, even if the area is only a part of it.
    blocks: f32,
}

impl Area {
    /// A square around the face's middle, or its middle part, as far as it lies in the picture.
    fn of(frame: &Frame, place: &Place, wanted: f32) -> Self {
        let picture = [frame.width, frame.height];
        let side = wanted.clamp(LEAST_PIXELS, MOST_PIXELS);
        let span = |axis: usize| {
            let from = (place.middle[axis] - side / 2.0).max(0.0) as u32;
            let from = from.min(picture[axis] - 1);
            from..(from + side.ceil() as u32).min(picture[axis])
        };
        let (columns, rows) = (span(0), span(1));
        let (width, height) = (columns.len(), rows.len());
        let start = [columns.start, rows.start];
        let luma = rows.flat_map(|y| columns.clone().map(move |x| luma(frame, x, y))).collect();
        let blocks = (wanted / BLOCK as f32).powi(2);
        Self { luma, width, height, start, picture, blocks }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.luma[y * self.width + x]
    }

    /// Standard deviation of the noise: from the response, in smooth places, of the difference of two Laplacian masks, which
    /// enlarges that of white noise six times.
    fn noise(&self) -> f32 {
        let mut answers = Vec::with_capacity(self.luma.len());
        for y in 1..self.height.saturating_sub(1) {
            for x in 1..self.width.saturating_sub(1) {
                let row = |y| self.at(x - 1, y) - 2.0 * self.at(x, y) + self.at(x + 1, y);
                answers.push((row(y - 1) - 2.0 * row(y) + row(y + 1)).abs());
            }
        }
        noise::standard_deviation(answers, 6.0)
    }

    /// A turned picture's blocks are counted from its other edge, so both are tried.
    fn phases(&self, axis: usize) -> [u32; 2] {
        [0, self.picture[axis] % BLOCK]
    }

    fn blockiness(&self) -> f32 {
        let along = |axis: usize| {
            let phases = self.phases(axis);
            phases.map(|phase| self.step_ratio(axis, phase)).into_iter().fold(0.0, f32::max)
        };
        (along(0) + along(1)) / 2.0
    }

    /// Logarithm of how much larger steps across block edges are than the others.
    fn step_ratio(&self, axis: usize, phase: u32) -> f32 {
        let (mut across, mut inside) = ([0.0f32; 2], [0.0f32; 2]);
        for y in axis..self.height {
            for x in (1 - axis)..self.width {
                let (before, place) = if axis == 0 { (self.at(x - 1, y), x) } else { (self.at(x, y - 1), y) };
                let on_edge = (self.start[axis] + place as u32 + BLOCK - phase).is_multiple_of(BLOCK);
                let sum = if on_edge { &mut across } else { &mut inside };
                sum[0] += (self.at(x, y) - before).abs();
                sum[1] += 1.0;
            }
        }
        // One grey level is added, so that flat areas do not count.
        let mean = |sum: [f32; 2]| sum[0] / sum[1].max(1.0) + 1.0;
        (mean(across) / mean(inside)).ln().max(0.0)
    }

    fn coefficients(&self) -> f32 {
        let [stored, turned] = [0, 1].map(|edge| [0, 1].map(|axis| self.phases(axis)[edge]));
        let count = self.coefficients_at(stored);
        // The grid that a picture was coded on leaves fewer.
        if stored == turned { count } else { count.min(self.coefficients_at(turned)) }
    }

    fn coefficients_at(&self, phase: [u32; 2]) -> f32 {
        let starts = |axis: usize, length: usize| {
            let first = (phase[axis] + BLOCK - self.start[axis] % BLOCK) % BLOCK;
            (first as usize..(length + 1).saturating_sub(BLOCK as usize))
                .step_by(BLOCK as usize)
                .take(MOST_BLOCKS as usize)
        };
        let transform = Transform::new();
        let (mut count, mut blocks) = (0, 0.0f32);
        for y in starts(1, self.height) {
            for x in starts(0, self.width) {
                count += self.counted_in_block(x, y, &transform);
                blocks += 1.0;
            }
        }
        if blocks == 0.0 { 0.0 } else { count as f32 * self.blocks / blocks }
    }

    /// AC coefficients of the block at a place that count.
    fn counted_in_block(&self, x: usize, y: usize, transform: &Transform) -> usize {
        let rows: Block = std::array::from_fn(|row| transform.of(std::array::from_fn(|i| self.at(x + i, y + row))));
        let columns: Block = std::array::from_fn(|column| transform.of(rows.map(|row| row[column])));
        let dc = usize::from(columns[0][0].abs() >= COUNTED_COEFFICIENT);
        columns.iter().flatten().filter(|c| c.abs() >= COUNTED_COEFFICIENT).count() - dc
    }
}

type Block = [[f32; BLOCK as usize]; BLOCK as usize];

/// Orthonormal DCT of type II of a block's row or column.
struct Transform {
    basis: Block,
}

impl Transform {
    fn new() -> Self {
        let n = BLOCK as f32;
        let scale = |k: usize| if k == 0 { (1.0 / n).sqrt() } else { (2.0 / n).sqrt() };
        let wave = |k: usize, i: usize| (std::f32::consts::PI * (i as f32 + 0.5) * k as f32 / n).cos();
        Self { basis: std::array::from_fn(|k| std::array::from_fn(|i| scale(k) * wave(k, i))) }
    }

    fn of(&self, values: [f32; BLOCK as usize]) -> [f32; BLOCK as usize] {
        self.basis.map(|wave| wave.iter().zip(values).map(|(a, b)| a * b).sum())
    }
}
