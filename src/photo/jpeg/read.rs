//! Entropy-coded data to coefficients: sequential (T.81, annex F) and progressive (annex G) Huffman coding.
//!
//! Stricter than decoders that show what they can: whatever is not as the standard has it is refused, so that no
//! coefficient is other than what every decoder reads. Work is bounded by [`MAX_SCANS`] passes over the blocks.

use std::ops::{Range, RangeInclusive};

use super::bits::BitReader;
use super::block::Block;
use super::coefficients::{Coefficients, Plane};
use super::header::{Header, QuantisationTables, read_tables};
use super::huffman::{Decoder, Specification};
use crate::container::jpeg::{DHT, DQT, DRI, EOI, Markers, SOI, SOS, scan_end_with};
use crate::photo::lossy_reason::LossyReason;

/// Scans of a file. Encoders make about 10; a hostile file could have thousands.
const MAX_SCANS: u32 = 100;

/// Largest size categories of a baseline file with 8 bits a sample (T.81, F.1.2.1 and F.1.2.2).
const MAX_DC_SIZE: u8 = 11;
const MAX_AC_SIZE: u8 = 10;

/// Largest DC value: that of a block whose samples are all extreme, with a step of 1.
const MAX_DC: i32 = 2047;

/// Most low bits that a scan may leave to later ones (T.81, table B.3).
const MAX_MISSING_BITS: u8 = 13;

/// A run of 16 zeros.
const ZERO_RUN: u8 = 0xF0;

/// Reads every coefficient of a JPEG.
///
/// # Errors
/// [`LossyReason`] if there is anything that is not understood fully.
pub(super) fn read(bytes: &[u8], header: &Header) -> Result<Coefficients, LossyReason> {
    let mut coefficients = room(bytes, header)?;
    read_scans(bytes, header, &mut |scan| scan.read(&mut coefficients))?;
    Ok(coefficients)
}

/// Room for all coefficients of a file. None for one that is too short for the picture that its header announces: the first scan of a
/// component has a code for each of its blocks, of a bit at least (T.81, F.1.2.1 and G.1.2.1).
///
/// # Errors
/// As [`Coefficients::zero`].
fn room(bytes: &[u8], header: &Header) -> Result<Coefficients, LossyReason> {
    let used = header.components.iter().map(|component| header.used_blocks(component));
    let blocks: u64 = used.map(|(columns, rows)| u64::from(columns) * u64::from(rows)).sum();
    if blocks > 8 * bytes.len() as u64 {
        return Err(LossyReason::Damaged);
    }
    Coefficients::zero(header)
}

/// Where each scan's data begins, and where its last MCU ends.
///
/// # Errors
/// As [`read`].
pub(super) fn scans(bytes: &[u8], header: &Header) -> Result<Vec<Range<usize>>, LossyReason> {
    let mut coefficients = room(bytes, header)?;
    let mut ranges = Vec::new();
    read_scans(bytes, header, &mut |scan| {
        let start = scan.bits.position();
        let end = scan.read(&mut coefficients)?;
        ranges.push(start..end);
        Ok(end)
    })?;
    Ok(ranges)
}

/// Checks all but the coefficients: that the headers of the scans name each bit of each coefficient once, and that the restart
/// markers are as many as there must be. Other files have no picture that all decoders agree on, and the one that photos are
/// opened with does not refuse them.
///
/// # Errors
/// As [`read`].
pub(super) fn check(bytes: &[u8], header: &Header) -> Result<(), LossyReason> {
    read_scans(bytes, header, &mut |scan| scan.check(header))
}

/// Reads every coefficient, and keeps none. Returns where the last MCU ends.
///
/// # Errors
/// As [`read`].
pub(super) fn end(bytes: &[u8], header: &Header) -> Result<usize, LossyReason> {
    if header.is_in_one_scan() {
        return read_rows(bytes, header, &mut |_| Ok(()));
    }
    scans(bytes, header)?.last().map(|scan| scan.end).ok_or(LossyReason::Damaged)
}

/// Reads a JPEG with one sequential scan, by rows of MCUs, each of which `take` is given alone. No more than one is held. Returns
/// where the last MCU ends.
///
/// # Errors
/// As [`read`], and [`LossyReason::Process`] for other JPEGs.
pub(super) fn read_rows(
    bytes: &[u8],
    header: &Header,
    take: &mut dyn FnMut(&Coefficients) -> Result<(), LossyReason>,
) -> Result<usize, LossyReason> {
    if header.is_progressive() || header.is_split() {
        return Err(LossyReason::Process);
    }
    let mut row = Coefficients::zero(&header.of_one_row())?;
    let rows = header.height.div_ceil(header.coding_blocks().height);
    let mut end = 0;
    read_scans(bytes, header, &mut |mut scan| {
        for _ in 0..rows {
            row.planes.iter_mut().for_each(|plane| plane.blocks.fill([0; 64]));
            scan.read_interleaved(&mut row)?;
            take(&row)?;
        }
        end = scan.bits.position();
        Ok(end)
    })?;
    Ok(end)
}

/// Walks the segments, and has each scan read.
fn read_scans(
    bytes: &[u8],
    header: &Header,
    read: &mut dyn FnMut(Scan<'_>) -> Result<usize, LossyReason>,
) -> Result<(), LossyReason> {
    header.check_supported().map_err(|_| LossyReason::Process)?;
    let mut reader = Reader {
        header,
        bytes,
        codes: Codes { dc: std::array::from_fn(|_| Decoder::empty()), ac: std::array::from_fn(|_| Decoder::empty()) },
        steps: [None; 4],
        restart_interval: 0,
        progress: vec![[None; 64]; header.components.len()],
    };
    let mut markers = Markers::after_start(bytes);
    let mut scans = 0;
    // Without an end marker the picture ends with the scan that completes it.
    while let Ok(segment) = markers.next() {
        match segment.code {
            EOI | SOI => break,
            SOS if scans == MAX_SCANS => return Err(LossyReason::Damaged),
            SOS => {
                scans += 1;
                markers.skip_to(read(reader.scan(segment.content, markers.position())?)?);
                if header.is_in_one_scan() {
                    break;
                }
            }
            // After the last scan these are parts of what follows the picture, if it has no end marker.
            _ if reader.is_complete() => {}
            code => reader.segment(code, segment.content)?,
        }
    }
    // A coefficient that no scan refines to full precision is smoothed over by some decoders.
    if reader.is_complete() { Ok(()) } else { Err(LossyReason::Damaged) }
}

/// Huffman codes by destination; one that the file has not stated yet has no symbols, so that nothing can be read by it.
struct Codes {
    dc: [Decoder; 4],
    ac: [Decoder; 4],
}

/// What the segments read so far have set.
struct Reader<'a> {
    header: &'a Header,
    bytes: &'a [u8],
    codes: Codes,
    steps: QuantisationTables,
    /// MCUs between restart markers; 0 for none.
    restart_interval: u32,
    /// By component and coefficient: how many low bits are still missing; `None` if nothing has been read.
    progress: Vec<[Option<u8>; 64]>,
}

impl Reader<'_> {
    /// Every coefficient has been read in full.
    fn is_complete(&self) -> bool {
        self.progress.iter().flatten().all(|missing| *missing == Some(0))
    }

    fn segment(&mut self, marker: u8, content: &[u8]) -> Result<(), LossyReason> {
        match (marker, content) {
            (DHT, content) => self.codes.read(content),
            (DQT, content) => read_tables(content, &mut self.steps).map_err(|_| LossyReason::Damaged),
            (DRI, [high, low]) => {
                self.restart_interval = u16::from_be_bytes([*high, *low]).into();
                Ok(())
            }
            (DRI, _) => Err(LossyReason::Damaged),
            _ => Ok(()),
        }
    }

    /// The scan that a segment announces, whose data starts at `position`.
    fn scan(&mut self, content: &[u8], position: usize) -> Result<Scan<'_>, LossyReason> {
        let (count, rest) = content.split_first().ok_or(LossyReason::Damaged)?;
        let (selectors, rest) = rest.split_at_checked(2 * usize::from(*count)).ok_or(LossyReason::Damaged)?;
        let [first, last, precision] = *rest else { return Err(LossyReason::Damaged) };
        let band = Band { first, last, before: precision >> 4, after: precision & 15 };
        let kind = band.kind(self.header.is_progressive(), *count)?;
        let component =
            |(place, selector): (usize, &[u8])| self.header.component(selector[0], place).ok_or(LossyReason::Damaged);
        let planes: Vec<usize> =
            selectors.chunks_exact(2).enumerate().map(component).collect::<Result<_, LossyReason>>()?;
        planes.iter().try_for_each(|&plane| self.advance(plane, &band))?;
        let component = |(selector, &plane): (&[u8], &usize)| {
            let dc = self.codes.dc.get(usize::from(selector[1] >> 4)).ok_or(LossyReason::Damaged)?;
            let ac = self.codes.ac.get(usize::from(selector[1] & 15)).ok_or(LossyReason::Damaged)?;
            Ok(Component { plane, dc, ac, predictor: 0 })
        };
        let components: Result<_, LossyReason> = selectors.chunks_exact(2).zip(&planes).map(component).collect();
        Ok(Scan {
            bits: BitReader::new(self.bytes, position),
            components: components?,
            kind,
            band,
            end_of_band_run: 0,
            restart_interval: self.restart_interval,
            units: 0,
        })
    }

    /// Notes that a scan refines a component's coefficients to a higher precision. `Err` if it is not the next step, or
    /// if the quantisation table is not the one that holds at the file's end.
    fn advance(&mut self, component: usize, band: &Band) -> Result<(), LossyReason> {
        let table = usize::from(self.header.components[component].quantisation_table);
        if self.steps.get(table).copied().flatten() != self.header.tables.get(table).copied().flatten() {
            return Err(LossyReason::Damaged);
        }
        let expected = (band.before > 0).then_some(band.before);
        for missing in &mut self.progress[component][band.range()] {
            if *missing != expected {
                return Err(LossyReason::Damaged);
            }
            *missing = Some(band.after);
        }
        Ok(())
    }
}

impl Codes {
    fn read(&mut self, mut content: &[u8]) -> Result<(), LossyReason> {
        while let Some((kind, rest)) = content.split_first() {
            content = rest;
            let decoder = Decoder::new(&Specification::read(&mut content)?)?;
            let codes = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *codes.get_mut(usize::from(kind & 15)).ok_or(LossyReason::Damaged)? = decoder;
        }
        Ok(())
    }
}

/// What of each block a scan holds: coefficients `first..=last`, of which `before` low bits were missing before it (0: all
/// bits) and `after` are after it (T.81, G.1.1.1).
#[derive(Debug, Clone, Copy)]
struct Band {
    first: u8,
    last: u8,
    before: u8,
    after: u8,
}

/// How a scan codes its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sequential,
    DcFirst,
    DcRefinement,
    AcFirst,
    AcRefinement,
}

impl Band {
    fn range(&self) -> RangeInclusive<usize> {
        self.first.into()..=self.last.into()
    }

    /// `Err` for a band that a scan of so many components cannot have.
    fn kind(&self, is_progressive: bool, components: u8) -> Result<Kind, LossyReason> {
        let is_refinement = self.before > 0;
        if is_refinement && self.after != self.before - 1 || self.after > MAX_MISSING_BITS || components == 0 {
            return Err(LossyReason::Damaged);
        }
        match (is_progressive, self.first, self.last) {
            (false, 0, 63) if self.before == 0 && self.after == 0 => Ok(Kind::Sequential),
            (true, 0, 0) if is_refinement => Ok(Kind::DcRefinement),
            (true, 0, 0) => Ok(Kind::DcFirst),
            (true, 1.., last) if last > 63 || last < self.first || components != 1 => Err(LossyReason::Damaged),
            (true, 1.., _) if is_refinement => Ok(Kind::AcRefinement),
            (true, 1.., _) => Ok(Kind::AcFirst),
            _ => Err(LossyReason::Damaged),
        }
    }
}

/// A component in a scan.
struct Component<'a> {
    plane: usize,
    dc: &'a Decoder,
    ac: &'a Decoder,
    /// The last block's DC value.
    predictor: i32,
}

/// A scan being read.
struct Scan<'a> {
    bits: BitReader<'a>,
    components: Vec<Component<'a>>,
    kind: Kind,
    band: Band,
    /// Blocks whose band has no more new coefficients.
    end_of_band_run: u32,
    restart_interval: u32,
    /// MCUs read.
    units: u32,
}

impl Scan<'_> {
    /// Returns where the search for the next marker starts.
    fn read(mut self, picture: &mut Coefficients) -> Result<usize, LossyReason> {
        match self.components.len() {
            1 => self.read_alone(&mut picture.planes[self.components[0].plane])?,
            _ => self.read_interleaved(picture)?,
        }
        if self.end_of_band_run > 0 {
            return Err(LossyReason::Damaged);
        }
        Ok(self.bits.position())
    }

    /// Checks the restart markers. Returns where the search for the next marker starts.
    fn check(self, header: &Header) -> Result<usize, LossyReason> {
        let (across, down) = match &self.components[..] {
            [component] => header.used_blocks(&header.components[component.plane]),
            _ => {
                let unit = header.coding_blocks();
                (header.width.div_ceil(unit.width), header.height.div_ceil(unit.height))
            }
        };
        let expected = match self.restart_interval {
            0 => 0,
            interval => (across * down).div_ceil(interval) - 1,
        };
        let (mut count, mut last, mut in_order) = (0, 0, true);
        let end = scan_end_with(self.bits.bytes(), self.bits.position(), &mut |number, end| {
            in_order &= u32::from(number) == count % 8;
            (count, last) = (count + 1, end);
        });
        // Some encoders write one after the last MCU as well.
        let is_sound =
            in_order && (count == expected || self.restart_interval > 0 && count == expected + 1 && last == end);
        if is_sound { Ok(end) } else { Err(LossyReason::Damaged) }
    }

    /// A sole component's blocks come line by line, without those that only fill up MCUs (T.81, A.2.2).
    fn read_alone(&mut self, plane: &mut Plane) -> Result<(), LossyReason> {
        for row in 0..plane.used.1 {
            for column in 0..plane.used.0 {
                self.start_unit()?;
                let index = plane.index(column, row);
                self.block(0, &mut plane.blocks[index])?;
            }
        }
        Ok(())
    }

    fn read_interleaved(&mut self, picture: &mut Coefficients) -> Result<(), LossyReason> {
        let (across, down) = picture.units();
        for unit in (0..down).flat_map(|y| (0..across).map(move |x| (x, y))) {
            self.start_unit()?;
            for component in 0..self.components.len() {
                let plane = &mut picture.planes[self.components[component].plane];
                self.unit(component, plane, unit)?;
            }
        }
        Ok(())
    }

    /// A component's blocks of an MCU.
    fn unit(&mut self, component: usize, plane: &mut Plane, (x, y): (u32, u32)) -> Result<(), LossyReason> {
        for row in y * plane.vertical..(y + 1) * plane.vertical {
            let start = plane.index(x * plane.horizontal, row);
            for index in start..start + plane.horizontal as usize {
                self.block(component, &mut plane.blocks[index])?;
            }
        }
        Ok(())
    }

    /// Reads the restart marker before an MCU where there must be one.
    fn start_unit(&mut self) -> Result<(), LossyReason> {
        if self.restart_interval > 0 && self.units > 0 && self.units.is_multiple_of(self.restart_interval) {
            if self.end_of_band_run > 0 {
                return Err(LossyReason::Damaged);
            }
            let number = self.units / self.restart_interval - 1;
            self.bits.restart((number % 8) as u8)?;
            self.components.iter_mut().for_each(|component| component.predictor = 0);
        }
        self.units += 1;
        Ok(())
    }

    #[inline]
    fn block(&mut self, component: usize, block: &mut Block) -> Result<(), LossyReason> {
        let component = &mut self.components[component];
        let (bits, run) = (&mut self.bits, &mut self.end_of_band_run);
        match self.kind {
            Kind::Sequential => {
                block[0] = component.dc(bits, 0)?;
                sequential_ac(bits, component.ac, block)?;
            }
            Kind::DcFirst => block[0] = component.dc(bits, self.band.after)?,
            Kind::DcRefinement => block[0] |= (bits.number(1) << self.band.after) as i16,
            Kind::AcFirst => first_ac(bits, component.ac, block, self.band, run)?,
            Kind::AcRefinement => refine_ac(bits, component.ac, block, self.band, run)?,
        }
        bits.check()
    }
}

impl Component<'_> {
    /// The next block's DC value, of which some low bits are missing (T.81, F.2.2.1 and G.1.2.1).
    #[inline]
    fn dc(&mut self, bits: &mut BitReader, missing_bits: u8) -> Result<i16, LossyReason> {
        let size = bits.symbol(self.dc)?;
        if size > MAX_DC_SIZE {
            return Err(LossyReason::Damaged);
        }
        self.predictor += bits.value(size);
        let value = self.predictor << missing_bits;
        if value.abs() > MAX_DC || self.predictor.abs() > MAX_DC {
            return Err(LossyReason::Damaged);
        }
        Ok(value as i16)
    }
}

/// All AC coefficients (T.81, F.2.2.2).
#[inline]
fn sequential_ac(bits: &mut BitReader, code: &Decoder, block: &mut Block) -> Result<(), LossyReason> {
    let mut position = 1;
    while position < block.len() {
        match bits.symbol(code)? {
            0 => return Ok(()),
            ZERO_RUN => position += 16,
            symbol => {
                position += usize::from(symbol >> 4);
                *block.get_mut(position).ok_or(LossyReason::Damaged)? = ac_value(bits, symbol & 15)?;
                position += 1;
            }
        }
    }
    if position > block.len() { Err(LossyReason::Damaged) } else { Ok(()) }
}

/// An AC coefficient other than 0, of a size category.
#[inline]
fn ac_value(bits: &mut BitReader, size: u8) -> Result<i16, LossyReason> {
    if (1..=MAX_AC_SIZE).contains(&size) { Ok(bits.value(size) as i16) } else { Err(LossyReason::Damaged) }
}

/// The upper bits of a band (T.81, G.1.2.2).
fn first_ac(
    bits: &mut BitReader,
    code: &Decoder,
    block: &mut Block,
    band: Band,
    run: &mut u32,
) -> Result<(), LossyReason> {
    if *run > 0 {
        *run -= 1;
        return Ok(());
    }
    let last = usize::from(band.last);
    let mut position = usize::from(band.first);
    while position <= last {
        match bits.symbol(code)? {
            ZERO_RUN => position += 16,
            symbol if symbol & 15 == 0 => {
                *run = end_of_band_run(bits, symbol) - 1;
                return Ok(());
            }
            symbol => {
                position += usize::from(symbol >> 4);
                if position > last || symbol & 15 > MAX_AC_SIZE.saturating_sub(band.after) {
                    return Err(LossyReason::Damaged);
                }
                block[position] = ac_value(bits, symbol & 15)? << band.after;
                position += 1;
            }
        }
    }
    if position > last + 1 { Err(LossyReason::Damaged) } else { Ok(()) }
}

/// The number of blocks, with the present one, whose bands end here (T.81, G.1.2.2: EOB0 to EOB14).
fn end_of_band_run(bits: &mut BitReader, symbol: u8) -> u32 {
    let exponent = u32::from(symbol >> 4);
    (1 << exponent) + bits.number(exponent)
}

/// One more bit of a band (T.81, G.1.2.3).
fn refine_ac(
    bits: &mut BitReader,
    code: &Decoder,
    block: &mut Block,
    band: Band,
    run: &mut u32,
) -> Result<(), LossyReason> {
    let bit = 1 << band.after;
    let mut rest = &mut block[band.range()];
    while *run == 0 && !rest.is_empty() {
        let symbol = bits.symbol(code)?;
        let zeros = usize::from(symbol >> 4);
        let value = match symbol & 15 {
            0 if symbol != ZERO_RUN => {
                *run = end_of_band_run(bits, symbol);
                break;
            }
            0 => 0,
            1 if bits.number(1) == 1 => bit,
            1 => -bit,
            _ => return Err(LossyReason::Damaged),
        };
        let position = refine(bits, rest, bit, zeros).ok_or(LossyReason::Damaged)?;
        rest[position] = value;
        rest = &mut rest[position + 1..];
    }
    if *run > 0 {
        refine(bits, rest, bit, usize::MAX);
        *run -= 1;
    }
    Ok(())
}

/// Adds a bit to the coefficients other than 0, past as many zeros as stated. Returns the position of the zero after those.
fn refine(bits: &mut BitReader, coefficients: &mut [i16], bit: i16, mut zeros: usize) -> Option<usize> {
    for (position, coefficient) in coefficients.iter_mut().enumerate() {
        match (*coefficient, zeros) {
            (0, 0) => return Some(position),
            (0, _) => zeros -= 1,
            (value, _) if bits.number(1) == 1 => *coefficient = value + bit * value.signum(),
            _ => {}
        }
    }
    None
}
