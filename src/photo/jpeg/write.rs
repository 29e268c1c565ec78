//! Coefficients to a baseline JPEG with one scan and Huffman codes made for it.

use image::metadata::Orientation;

use super::bits::BitWriter;
use super::coefficients::{Block, Coefficients, Plane, nonzero};
use super::header::{self, ColourModel};
use super::huffman::{Encoder, Specification};
use super::orientation;
use crate::photo::rewrite::Obstacle;

/// Largest size category of a difference between DC values (T.81, table F.1).
const MAX_DC_SIZE: u32 = 11;

/// JFIF 1.02: identifier, version, no unit, a pixel as high as wide, no thumbnail.
const JFIF: &[u8] = b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0";

/// Adobe Technical Note 5116: identifier, version 100, two flags, colours as they are.
const ADOBE_RGB: &[u8] = b"Adobe\0\x64\0\0\0\0\0";

/// Huffman codes by destination and class (DC, AC): the first component has codes of its own, the others share theirs.
type ByCode<T> = [[T; 2]; 2];
const DC: usize = 0;
const AC: usize = 1;

/// The file, with an orientation tag if it is yet to be turned by `orientation`.
///
/// # Errors
/// [`Obstacle::Damaged`] if neighbouring DC values differ by more than a baseline file can hold.
pub(super) fn write(
    picture: &Coefficients,
    colour_model: ColourModel,
    orientation: Orientation,
) -> Result<Vec<u8>, Obstacle> {
    let mut occurrences = Occurrences([[[0; 256]; 2]; 2]);
    scan(picture, &mut occurrences)?;
    let codes = occurrences.0.each_ref().map(|classes| classes.each_ref().map(Specification::optimal));
    let mut bytes = vec![0xFF, header::SOI];
    // Some decoders know stored RGB by the segment, others by the identifiers.
    let (marker, content, ids) = match colour_model {
        ColourModel::Rgb => (header::APP14, ADOBE_RGB, *b"RGB"),
        _ => (header::APP0, JFIF, [1, 2, 3]),
    };
    segment(&mut bytes, marker, content);
    if orientation != Orientation::NoTransforms {
        segment(&mut bytes, header::APP1, &orientation::content(orientation));
    }
    frame_header(&mut bytes, picture, ids);
    for (destination, classes) in codes.iter().enumerate().take(picture.planes.len()) {
        for (class, code) in classes.iter().enumerate() {
            let selector = (class << 4 | destination) as u8;
            segment(&mut bytes, header::DHT, &[&[selector], &code.counts[..], &code.symbols].concat());
        }
    }
    scan_header(&mut bytes, picture, ids);
    let mut coded =
        Coded { codes: codes.each_ref().map(|c| c.each_ref().map(Encoder::new)), bits: BitWriter::new(bytes) };
    scan(picture, &mut coded)?;
    let mut bytes = coded.bits.finish();
    bytes.extend([0xFF, header::EOI]);
    Ok(bytes)
}

/// Appends a marker segment; no content here is as long as the length field allows.
fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    bytes.extend([0xFF, marker]);
    bytes.extend((content.len() as u16 + 2).to_be_bytes());
    bytes.extend(content);
}

/// SOF0 and the quantisation tables, each once.
fn frame_header(bytes: &mut Vec<u8>, picture: &Coefficients, ids: [u8; 3]) {
    let steps = |plane: &Plane| picture.planes.iter().position(|p| p.steps == plane.steps).unwrap_or_default();
    let mut content = vec![8];
    content.extend((picture.height as u16).to_be_bytes());
    content.extend((picture.width as u16).to_be_bytes());
    content.push(picture.planes.len() as u8);
    for (id, plane) in ids.into_iter().zip(&picture.planes) {
        content.extend([id, (plane.horizontal << 4 | plane.vertical) as u8, steps(plane) as u8]);
    }
    segment(bytes, header::SOF0, &content);
    for (destination, plane) in picture.planes.iter().enumerate().filter(|(i, plane)| steps(plane) == *i) {
        let steps = plane.steps.map(|step| step as u8);
        segment(bytes, header::DQT, &[&[destination as u8], &steps[..]].concat());
    }
}

fn scan_header(bytes: &mut Vec<u8>, picture: &Coefficients, ids: [u8; 3]) {
    let mut content = vec![picture.planes.len() as u8];
    for (component, id) in ids.into_iter().enumerate().take(picture.planes.len()) {
        let destination = code_of(component) as u8;
        content.extend([id, destination << 4 | destination]);
    }
    content.extend([0, 63, 0]);
    segment(bytes, header::SOS, &content);
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
fn scan(picture: &Coefficients, sink: &mut impl Sink) -> Result<(), Obstacle> {
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
) -> Result<(), Obstacle> {
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
fn dc(difference: i16, destination: usize, sink: &mut impl Sink) -> Result<(), Obstacle> {
    let (size, bits) = size_and_bits(difference);
    if size > MAX_DC_SIZE {
        return Err(Obstacle::Damaged);
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

/// A value's size category and the bits that tell it within that (T.81, F.1.2.1).
#[inline]
fn size_and_bits(value: i16) -> (u32, u32) {
    let size = 16 - value.unsigned_abs().leading_zeros();
    let bits = i32::from(value) - i32::from(value < 0);
    (size, bits as u32 & ((1 << size) - 1))
}
