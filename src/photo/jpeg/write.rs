//! Coefficients to a baseline JPEG with one scan and Huffman codes made for it.

use image::metadata::Orientation;

use super::bits::BitWriter;
use super::block::{Block, nonzero};
use super::coefficients::{Coefficients, Plane};
use super::header::ColourModel;
use super::huffman::{Encoder, Specification};
use crate::container::Profile;
use crate::container::jpeg::{self, Colours, Contents};
use crate::photo::lossy_reason::LossyReason;

/// Largest size category of a difference between DC values (T.81, table F.1).
const MAX_DC_SIZE: u32 = 11;

/// Huffman codes by destination and class (DC, AC): the first component has codes of its own, the others share theirs.
type ByCode<T> = [[T; 2]; 2];
const DC: usize = 0;
const AC: usize = 1;

/// The file, with an orientation tag if it is yet to be turned by `orientation`, and the profile that its colours have.
///
/// # Errors
/// [`LossyReason::Damaged`] if neighbouring DC values differ by more than a baseline file can hold.
pub(super) fn write(
    picture: &Coefficients,
    colour_model: ColourModel,
    orientation: Orientation,
    profile: Option<Profile>,
) -> Result<Vec<u8>, LossyReason> {
    let mut occurrences = Occurrences([[[0; 256]; 2]; 2]);
    scan(picture, &mut occurrences)?;
    let codes = occurrences.0.each_ref().map(|classes| classes.each_ref().map(Specification::optimal));
    // Some decoders know stored RGB by the segment, others by the identifiers.
    let (colours, ids) = match colour_model {
        ColourModel::Rgb => (Colours::Rgb, *b"RGB"),
        _ => (Colours::Jfif, [1, 2, 3]),
    };
    let contents = Contents {
        colours,
        orientation,
        profile,
        frame: frame_header(picture, ids),
        quantisation_tables: quantisation_tables(picture),
        huffman_tables: huffman_tables(&codes[..picture.planes.len().min(codes.len())]),
        scan: scan_header(picture, ids),
    };
    jpeg::write(&contents, &mut |bytes| {
        let codes = codes.each_ref().map(|c| c.each_ref().map(Encoder::new));
        let mut coded = Coded { codes, bits: BitWriter::new(bytes) };
        scan(picture, &mut coded)?;
        Ok(coded.bits.finish())
    })
}

/// The first plane with the steps of this one: its table is theirs.
fn table_of(picture: &Coefficients, plane: &Plane) -> usize {
    picture.planes.iter().position(|p| p.steps == plane.steps).unwrap_or_default()
}

fn frame_header(picture: &Coefficients, ids: [u8; 3]) -> Vec<u8> {
    let mut content = vec![8];
    content.extend((picture.height as u16).to_be_bytes());
    content.extend((picture.width as u16).to_be_bytes());
    content.push(picture.planes.len() as u8);
    for (id, plane) in ids.into_iter().zip(&picture.planes) {
        content.extend([id, (plane.horizontal << 4 | plane.vertical) as u8, table_of(picture, plane) as u8]);
    }
    content
}

/// Each once.
fn quantisation_tables(picture: &Coefficients) -> Vec<Vec<u8>> {
    let planes = picture.planes.iter().enumerate().filter(|(i, plane)| table_of(picture, plane) == *i);
    planes
        .map(|(destination, plane)| [&[destination as u8], &plane.steps.map(|step| step as u8)[..]].concat())
        .collect()
}

fn huffman_tables(codes: &[[Specification; 2]]) -> Vec<Vec<u8>> {
    let mut tables = Vec::new();
    for (destination, classes) in codes.iter().enumerate() {
        for (class, code) in classes.iter().enumerate() {
            let selector = (class << 4 | destination) as u8;
            tables.push([&[selector], &code.counts[..], &code.symbols].concat());
        }
    }
    tables
}

fn scan_header(picture: &Coefficients, ids: [u8; 3]) -> Vec<u8> {
    let mut content = vec![picture.planes.len() as u8];
    for (component, id) in ids.into_iter().enumerate().take(picture.planes.len()) {
        let destination = code_of(component) as u8;
        content.extend([id, destination << 4 | destination]);
    }
    content.extend([0, 63, 0]);
    content
}

/// The destination of a component's Huffman codes.
fn code_of(component: usize) -> usize {
    component.min(1)
}

/// Takes the symbols of a scan, each with the bits that follow its code.
trait Sink {
    fn put(&mut self, destination: usize, class: usize, symbol: u8, bits: u32, size: u32);
}

/// Counts symbols.
struct Occurrences(ByCode<[u32; 256]>);

impl Sink for Occurrences {
    #[inline]
    fn put(&mut self, destination: usize, class: usize, symbol: u8, _bits: u32, _size: u32) {
        self.0[destination][class][usize::from(symbol)] += 1;
    }
}

/// Writes symbols.
struct Coded {
    codes: ByCode<Encoder>,
    bits: BitWriter,
}

impl Sink for Coded {
    #[inline]
    fn put(&mut self, destination: usize, class: usize, symbol: u8, bits: u32, size: u32) {
        let (code, length) = self.codes[destination][class].code(symbol);
        self.bits.put(code << size | bits, length + size);
    }
}

/// Hands over all symbols of the one scan (T.81, F.1.2), in which the components' blocks are interleaved.
fn scan(picture: &Coefficients, sink: &mut impl Sink) -> Result<(), LossyReason> {
    let mut predictors = vec![0; picture.planes.len()];
    let (across, down) = picture.units();
    for (x, y) in (0..down).flat_map(|y| (0..across).map(move |x| (x, y))) {
        for (component, (plane, predictor)) in picture.planes.iter().zip(&mut predictors).enumerate() {
            unit(plane, (x, y), code_of(component), predictor, sink)?;
        }
    }
    Ok(())
}

/// A component's blocks of an MCU.
#[inline]
fn unit(
    plane: &Plane,
    (x, y): (u32, u32),
    destination: usize,
    predictor: &mut i16,
    sink: &mut impl Sink,
) -> Result<(), LossyReason> {
    for row in y * plane.vertical..(y + 1) * plane.vertical {
        let start = plane.index(x * plane.horizontal, row);
        for block in &plane.blocks[start..start + plane.horizontal as usize] {
            dc(block[0] - *predictor, destination, sink)?;
            *predictor = block[0];
            ac(block, destination, sink);
        }
    }
    Ok(())
}

#[inline]
fn dc(difference: i16, destination: usize, sink: &mut impl Sink) -> Result<(), LossyReason> {
    let (size, bits) = size_and_bits(difference);
    if size > MAX_DC_SIZE {
        return Err(LossyReason::Damaged);
    }
    sink.put(destination, DC, size as u8, bits, size);
    Ok(())
}

#[inline]
fn ac(block: &Block, destination: usize, sink: &mut impl Sink) {
    let mut rest = nonzero(block) & !1;
    let mut next = 1;
    while rest != 0 {
        let position = rest.trailing_zeros();
        let zeros = position - next;
        for _ in 0..zeros / 16 {
            sink.put(destination, AC, 0xF0, 0, 0);
        }
        let (size, bits) = size_and_bits(block[position as usize]);
        sink.put(destination, AC, ((zeros % 16) << 4 | size) as u8, bits, size);
        next = position + 1;
        rest &= rest - 1;
    }
    if next <= 63 {
        sink.put(destination, AC, 0x00, 0, 0);
    }
}

/// A value's size category and the bits that give the value within it (T.81, F.1.2.1).
#[inline]
fn size_and_bits(value: i16) -> (u32, u32) {
    let size = 16 - value.unsigned_abs().leading_zeros();
    let bits = i32::from(value) - i32::from(value < 0);
    (size, bits as u32 & ((1 << size) - 1))
}
