//! What a JPEG's marker segments say: size, sampling, quality, and whether the file is whole (ITU-T T.81).

use super::tables;
use crate::container::jpeg::{APP0, APP2, APP14, DHT, DQT, DRI, EOI, MarkerSegment, Markers, SOF2, SOI, SOS, put};
use crate::error::{InputError, Result};
use crate::photo::frame::CodingBlocks;

/// A component of the frame header (T.81, B.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) horizontal: u8,
    pub(super) vertical: u8,
    pub(super) quantisation_table: u8,
}

/// What the samples of a JPEG's components are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::photo) enum ColourModel {
    /// One component.
    Grey,
    /// Luma and two chroma components, as in JFIF.
    YCbCr,
    /// Red, green and blue, stored as they are.
    Rgb,
    /// Four components: inks.
    Inks,
}

/// Steps in zigzag order, by destination.
pub(super) type QuantisationTables = [Option<[u16; 64]>; 4];

/// The first frame of a JPEG file, as far as opening and saving need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::photo) struct Header {
    /// Samples a line.
    pub(in crate::photo) width: u32,
    /// Lines; 0 if they are announced after the first scan (DNL).
    pub(in crate::photo) height: u32,
    process: u8,
    precision: u8,
    pub(super) components: Vec<Component>,
    /// In zigzag order, by destination.
    pub(super) tables: QuantisationTables,
    /// A JFIF segment stands before the first scan.
    is_jfif: bool,
    /// The colour transform that the last Adobe segment before the first scan names: 0 none, 1 YCbCr, 2 YCCK.
    adobe_transform: Option<u8>,
    /// The first scan has all components.
    first_has_all: bool,
    /// A piece of a colour profile stands after the first scan, where no program reads it.
    has_late_profile: bool,
    /// Where the file's picture ends, after the end marker if there is one; why that could not be found without reading the
    /// scans.
    end: Result<usize, InputError>,
}

/// Largest number of blocks in an MCU (T.81, B.2.3).
pub(super) const MAX_UNIT_BLOCKS: u32 = 10;

/// Markers that announce a frame: SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).
fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Segments of a file, a scan as one. The largest file that is read, with metadata of all kinds in full segments, has a quarter
/// of it; stray bytes and decoders' lists of segments cost nothing then.
const MAX_SEGMENTS: usize = 1 << 14;

fn corrupt(what: &str) -> crate::Error {
    InputError::Corrupt(what.into()).into()
}

/// Walks all segments up to the end marker; what follows it is not read. If there is none, [`Header::check_end`] says so, and the
/// scans have to be read to know whether the picture is whole ([`super::check`]).
///
/// # Errors
/// [`InputError::Truncated`] if the file ends before its first scan, [`InputError::Corrupt`] if a segment is
/// impossible, a frame or scan is missing, there are too many segments, or there is more than one frame (none of the
/// processes that use several is supported, and a second frame header could get around the limits).
pub(in crate::photo) fn read_header(bytes: &[u8]) -> Result<Header> {
    let mut markers = Markers::after_start(bytes);
    let mut header = read_to_scan(&mut markers)?;
    header.end = header.read_to_end(&mut markers);
    Ok(header)
}

/// What stands before the first scan, as libjpeg reads it.
fn read_to_scan(markers: &mut Markers<'_>) -> Result<Header> {
    let mut header: Option<Header> = None;
    let mut tables = [None; 4];
    let (mut is_jfif, mut adobe_transform) = (false, None);
    for _ in 0..MAX_SEGMENTS {
        let MarkerSegment { code, content, .. } = markers.next()?;
        match code {
            EOI if header.is_some() => return Err(corrupt("it has no picture data")),
            SOS => {
                let header = header.ok_or_else(|| corrupt("it has no frame"))?;
                let first_has_all = content.first().is_some_and(|&count| usize::from(count) == header.components());
                return Ok(Header { tables, is_jfif, adobe_transform, first_has_all, ..header });
            }
            EOI => return Err(corrupt("it has no frame")),
            SOI => return Err(corrupt("a second picture begins before the first one's end")),
            DQT => read_tables(content, &mut tables)?,
            APP0 => is_jfif |= content.len() >= 14 && content.starts_with(b"JFIF\0"),
            APP14 => adobe_transform = read_adobe(content).or(adobe_transform),
            code if is_frame_header(code) && header.is_some() => return Err(corrupt("it has more than one frame")),
            code if is_frame_header(code) => header = Some(read_frame(code, content)?),
            _ => {}
        }
    }
    Err(corrupt("it has too many segments"))
}

fn read_frame(process: u8, content: &[u8]) -> Result<Header> {
    let [precision, y1, y0, x1, x0, count, specifications @ ..] = content else {
        return Err(corrupt("its frame header is too short"));
    };
    let components: Vec<_> = specifications
        .chunks_exact(3)
        .take(usize::from(*count))
        .map(|c| Component { id: c[0], horizontal: c[1] >> 4, vertical: c[1] & 15, quantisation_table: c[2] })
        .collect();
    let sound = |c: &Component| (1..=4).contains(&c.horizontal) && (1..=4).contains(&c.vertical);
    if components.is_empty() || components.len() < usize::from(*count) || !components.iter().all(sound) {
        return Err(corrupt("its frame header is impossible"));
    }
    Ok(Header {
        width: u32::from(u16::from_be_bytes([*x1, *x0])),
        height: u32::from(u16::from_be_bytes([*y1, *y0])),
        process,
        precision: *precision,
        components,
        tables: [None; 4],
        is_jfif: false,
        adobe_transform: None,
        first_has_all: false,
        has_late_profile: false,
        end: Err(InputError::Truncated),
    })
}

/// How a piece of a colour profile begins (ICC.1, annex B.4); its number and the number of pieces follow.
pub(super) const ICC: &[u8] = b"ICC_PROFILE\0";

/// The colour transform that an Adobe segment names (Adobe Technical Note 5116: identifier 5, version 2, flags 4,
/// transform); `None` if it is another application's.
fn read_adobe(content: &[u8]) -> Option<u8> {
    content.strip_prefix(b"Adobe")?.get(6).copied()
}

pub(super) fn read_tables(mut content: &[u8], tables: &mut QuantisationTables) -> Result<(), InputError> {
    while let Some((&kind, rest)) = content.split_first() {
        let width = if kind >> 4 == 0 { 1 } else { 2 };
        let values =
            rest.get(..64 * width).ok_or_else(|| InputError::Corrupt("a quantisation table is cut off".into()))?;
        let slot = tables.get_mut(usize::from(kind & 15));
        let slot = slot.ok_or_else(|| InputError::Corrupt("a table's number is impossible".into()))?;
        let mut table = [0; 64];
        for (entry, bytes) in table.iter_mut().zip(values.chunks_exact(width)) {
            *entry = bytes.iter().fold(0, |value, byte| value << 8 | u16::from(*byte));
        }
        *slot = Some(table);
        content = &rest[64 * width..];
    }
    Ok(())
}

impl Header {
    /// `Err` with [`InputError::Unsupported`] for coding processes that the decoder does not know.
    pub(in crate::photo) fn check_supported(&self) -> Result<(), InputError> {
        let name = match self.process {
            0xC0..=0xC2 if !matches!(self.components(), 1 | 3 | 4) => "Rare JPEG",
            0xC0..=0xC2 if self.precision == 8 => return Ok(()),
            0xC0..=0xC2 => "12-bit JPEG",
            0xC3 => "Lossless JPEG",
            0xC9..=0xCB => "Arithmetic-coded JPEG",
            _ => "Hierarchical JPEG",
        };
        Err(InputError::Unsupported(name.into()))
    }

    /// Walks the segments after the first scan's to the end marker, and returns where that ends.
    fn read_to_end(&mut self, markers: &mut Markers<'_>) -> Result<usize, InputError> {
        for _ in 0..MAX_SEGMENTS {
            let MarkerSegment { code, content, .. } = markers.next()?;
            match code {
                EOI => return Ok(markers.position()),
                APP2 => self.has_late_profile |= content.starts_with(ICC),
                // Of a picture in one scan no program shows what follows that.
                _ if self.is_in_one_scan() => {}
                DQT => read_tables(content, &mut self.tables)?,
                SOI => return Err(InputError::Corrupt("a second picture begins before the first one's end".into())),
                code if is_frame_header(code) => {
                    return Err(InputError::Corrupt("it has more than one frame".into()));
                }
                _ => {}
            }
        }
        Err(InputError::Corrupt("it has too many segments".into()))
    }

    /// `Err` if there is no end marker.
    pub(in crate::photo) fn check_end(&self) -> Result<(), InputError> {
        self.end.clone().map(|_| ())
    }

    /// Where the picture ends, if that is known.
    pub(super) fn end(&self) -> Option<usize> {
        self.end.clone().ok()
    }

    /// Has the end sought by reading the scans.
    pub(super) fn forget_end(&mut self) {
        self.end = Err(InputError::Truncated);
    }

    /// Sets where the picture ends.
    pub(super) fn set_end(&mut self, end: usize) {
        self.end = Ok(end);
    }

    /// The file without anything but the picture: what the decoder reads, which is stricter than other programs and tells
    /// colours by other rules. Identifiers of components and, for inks, an Adobe segment say the [`ColourModel`]; there are no
    /// stray bytes and no further segments, and there is an end marker.
    ///
    /// # Errors
    /// [`InputError::Corrupt`] if a scan names components in a way that libjpeg refuses.
    pub(in crate::photo) fn plain(&self, bytes: &[u8]) -> Result<Vec<u8>, InputError> {
        let bytes = &bytes[..self.end.clone()?];
        let mut out = Vec::with_capacity(bytes.len());
        out.extend([0xFF, SOI]);
        if self.colour_model() == ColourModel::Inks {
            put(&mut out, APP14, &[&b"Adobe\0\x64\0\0\0\0"[..], &[if self.is_ycck() { 2 } else { 0 }]].concat());
        }
        let ids = if self.colour_model() == ColourModel::Rgb { *b"RGB\0" } else { [1, 2, 3, 4] };
        let mut markers = Markers::after_start(bytes);
        // Where the data of the scan starts that the walk is in.
        let mut data = None;
        // The walk has been here before: the only error is that there is no end marker.
        while let Ok(MarkerSegment { code, at, content }) = markers.next() {
            let ended = data.take().map(|start| &bytes[start..at]);
            out.extend(ended.unwrap_or_default());
            if code == EOI || ended.is_some() && self.is_in_one_scan() {
                break;
            }
            let mut content = content.to_vec();
            match code {
                SOS => {
                    self.rename(&mut content, &ids)?;
                    data = Some(markers.position());
                }
                code if is_frame_header(code) => {
                    let of_components = content.get_mut(6..).unwrap_or_default().chunks_mut(3);
                    of_components.zip(ids).for_each(|(component, id)| component[0] = id);
                }
                DHT | DQT | DRI => {}
                _ => continue,
            }
            put(&mut out, code, &content);
        }
        out.extend(data.map(|start| &bytes[start..]).unwrap_or_default());
        out.extend([0xFF, EOI]);
        Ok(out)
    }

    /// Gives the components of a scan other identifiers.
    fn rename(&self, scan: &mut [u8], ids: &[u8; 4]) -> Result<(), InputError> {
        let count = usize::from(scan.first().copied().unwrap_or_default());
        let selectors = scan.get_mut(1..).unwrap_or_default().chunks_exact_mut(2).take(count);
        for (place, selector) in selectors.enumerate() {
            let component = self.component(selector[0], place).and_then(|component| ids.get(component));
            selector[0] = *component.ok_or_else(|| InputError::Corrupt("a scan names no component".into()))?;
        }
        Ok(())
    }

    /// The component that a scan names at a place in its list, by libjpeg's rule (jdmarker.c, `get_sos`), under which several
    /// components may have the same identifier.
    pub(super) fn component(&self, id: u8, place: usize) -> Option<usize> {
        (place..self.components.len()).find(|&component| self.components[component].id == id)
    }

    /// A piece of a colour profile stands after the first scan.
    pub(in crate::photo) fn has_late_profile(&self) -> bool {
        self.has_late_profile
    }

    /// The number of components: 1 grey, 3 colour, 4 inks.
    pub(in crate::photo) fn components(&self) -> usize {
        self.components.len()
    }

    /// Coded in several scans of growing precision (T.81, annex G).
    pub(super) fn is_progressive(&self) -> bool {
        self.process == SOF2
    }

    /// Sequential, with its components in scans of their own instead of one for all.
    pub(in crate::photo) fn is_split(&self) -> bool {
        !self.is_progressive() && !self.first_has_all
    }

    /// The first scan holds the picture, and nothing after it is shown.
    pub(super) fn is_in_one_scan(&self) -> bool {
        !self.is_progressive() && self.first_has_all
    }

    /// By the rules of libjpeg (jdapimin.c, `default_decompress_parms`), which browsers use: JFIF wins over Adobe, which wins
    /// over identifiers that spell RGB.
    pub(in crate::photo) fn colour_model(&self) -> ColourModel {
        let spells_rgb = self.components.iter().map(|c| c.id).eq(*b"RGB");
        match (self.components.len(), self.adobe_transform) {
            (1, _) => ColourModel::Grey,
            (3, _) if self.is_jfif => ColourModel::YCbCr,
            (3, Some(0)) => ColourModel::Rgb,
            (3, None) if spells_rgb => ColourModel::Rgb,
            (3, _) => ColourModel::YCbCr,
            _ => ColourModel::Inks,
        }
    }

    /// Takes the samples to mean this, whatever the file says. False if it has another number of components.
    #[cfg(feature = "rare-formats")]
    pub(in crate::photo) fn assume(&mut self, colour_model: ColourModel) -> bool {
        self.is_jfif = colour_model == ColourModel::YCbCr;
        self.adobe_transform = (colour_model == ColourModel::Rgb).then_some(0);
        self.colour_model() == colour_model
    }

    /// Whether inks are stored as luma, chroma and black, by the same rules.
    pub(in crate::photo) fn is_ycck(&self) -> bool {
        !matches!(self.adobe_transform, None | Some(0))
    }

    /// The header of a picture that ends with the first row of MCUs.
    pub(super) fn of_one_row(&self) -> Self {
        Self { height: self.height.min(self.coding_blocks().height), ..self.clone() }
    }

    /// The decoder that photos are opened with supports the sampling factors. With others it shows something else than all
    /// other programs, or nothing (zune-jpeg 0.5.15): if the first component is sampled less than another in a direction; if
    /// the factor across is 3; if one of the factors down is 2 and the largest is 4; if a single component has any but 1; in
    /// some files with more blocks an MCU than a scan of all components may have.
    pub(in crate::photo) fn has_common_sampling(&self) -> bool {
        let (horizontal, vertical) = self.max_sampling();
        let first = self.components.first().map(|c| (u32::from(c.horizontal), u32::from(c.vertical)));
        let is_fraction = |c: &Component| {
            let (across, down) = (u32::from(c.horizontal), u32::from(c.vertical));
            horizontal.is_multiple_of(across) && vertical.is_multiple_of(down) && !(vertical == 4 && down == 2)
        };
        let largest_first =
            first == Some((horizontal, vertical)) && (self.components.len() > 1 || first == Some((1, 1)));
        let blocks: u32 = self.components.iter().map(|c| u32::from(c.horizontal) * u32::from(c.vertical)).sum();
        largest_first && horizontal != 3 && blocks <= MAX_UNIT_BLOCKS && self.components.iter().all(is_fraction)
    }

    fn max_sampling(&self) -> (u32, u32) {
        let max = |factor: fn(&Component) -> u8| self.components.iter().map(factor).max().unwrap_or(1).into();
        (max(|c| c.horizontal), max(|c| c.vertical))
    }

    /// The minimum coded unit (T.81, A.2): 8 x 8 samples of the component sampled least often. With a single component
    /// it is one block whatever the factors say.
    pub(in crate::photo) fn coding_blocks(&self) -> CodingBlocks {
        if self.components.len() == 1 {
            return CodingBlocks { width: 8, height: 8 };
        }
        let (horizontal, vertical) = self.max_sampling();
        CodingBlocks { width: 8 * horizontal, height: 8 * vertical }
    }

    /// Blocks of a component that hold samples of the picture, across and down (T.81, A.1.1 and A.2.2).
    pub(super) fn used_blocks(&self, component: &Component) -> (u32, u32) {
        let unit = self.coding_blocks();
        let (across, down) = match self.components.len() {
            1 => (1, 1),
            _ => (component.horizontal.into(), component.vertical.into()),
        };
        ((self.width * across).div_ceil(unit.width), (self.height * down).div_ceil(unit.height))
    }

    /// The block of the first component, which is all of the brightness unless the picture is stored as red, green and blue.
    pub(in crate::photo) fn luma_block(&self) -> (u32, u32) {
        let blocks = self.coding_blocks();
        match self.components.first().filter(|_| self.colour_model() == ColourModel::YCbCr) {
            Some(luma) => (blocks.width / u32::from(luma.horizontal), blocks.height / u32::from(luma.vertical)),
            None => (blocks.width, blocks.height),
        }
    }

    /// Every component has the resolution of the picture.
    pub(in crate::photo) fn full_chroma(&self) -> bool {
        let (horizontal, vertical) = self.max_sampling();
        self.components.iter().all(|c| (u32::from(c.horizontal), u32::from(c.vertical)) == (horizontal, vertical))
    }

    /// Upper bound of what a decoder holds in 16-bit coefficients if it must keep them all (progressive), in bytes.
    pub(in crate::photo) fn coefficient_bytes(&self) -> u64 {
        let blocks = self.coding_blocks();
        let padded = |size: u32, block: u32| u64::from(size.next_multiple_of(block));
        2 * padded(self.width, blocks.width) * padded(self.height, blocks.height) * self.components.len() as u64
    }

    /// Width and height of the picture in half its size.
    pub(in crate::photo) fn halved_size(&self) -> (u32, u32) {
        (self.width.div_ceil(2), self.height.div_ceil(2))
    }

    /// What is held of the components' coefficients while the lines of the picture are made, in bytes.
    pub(super) fn held_coefficient_bytes(&self) -> u64 {
        let held = if self.is_in_one_scan() { self.of_one_row() } else { self.clone() };
        let sampling = |c: &Component| u64::from(c.horizontal) * u64::from(c.vertical);
        let largest = self.max_sampling();
        let all: u64 = self.components.iter().map(sampling).sum();
        held.coefficient_bytes() / self.components.len() as u64 * all / u64::from(largest.0 * largest.1)
    }

    /// The quantisation tables of the components that have one, in their order.
    pub(super) fn component_tables(&self) -> impl Iterator<Item = &[u16; 64]> {
        let destinations = self.components.iter().map(|component| usize::from(component.quantisation_table));
        destinations.filter_map(|destination| self.tables.get(destination)?.as_ref())
    }

    /// The lowest quality, 1 to 100, at which the Independent JPEG Group's encoder uses tables that are no coarser on the whole than
    /// the file's; `None` if the file has no table.
    pub(in crate::photo) fn quality(&self) -> Option<u8> {
        let mut tables = self.component_tables();
        let luma = tables.next()?;
        Some(tables::quality(luma, tables.next()))
    }
}

/// The quantisation steps of a JPEG's first component, in zigzag order; `None` if the bytes are no whole JPEG.
pub fn luma_quantisation(bytes: &[u8]) -> Option<[u16; 64]> {
    let header = read_header(bytes).ok()?;
    let destination = header.components.first()?.quantisation_table;
    *header.tables.get(usize::from(destination))?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    fn encoded(quality: u8, sampling: SamplingFactor, progressive: bool) -> Vec<u8> {
        let pixels: Vec<u8> = (0..40 * 24 * 3).map(|i| (i * 7 % 251) as u8).collect();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(sampling);
        encoder.set_progressive(progressive);
        encoder.encode(&pixels, 40, 24, ColorType::Rgb).unwrap();
        bytes
    }

    fn error(bytes: &[u8]) -> crate::Error {
        read_header(bytes).unwrap_err()
    }

    #[test]
    fn blocks_follow_the_largest_sampling_factors() {
        let cases = [
            (SamplingFactor::R_4_4_4, 8, 8),
            (SamplingFactor::R_4_2_2, 16, 8),
            (SamplingFactor::R_4_4_0, 8, 16),
            (SamplingFactor::R_4_2_0, 16, 16),
            (SamplingFactor::R_4_1_1, 32, 8),
        ];
        for (sampling, width, height) in cases {
            let header = read_header(&encoded(90, sampling, false)).unwrap();
            assert_eq!(header.coding_blocks(), CodingBlocks { width, height });
            assert_eq!(header.full_chroma(), (width, height) == (8, 8));
        }
    }

    #[test]
    fn a_single_component_is_coded_in_blocks_of_8_whatever_its_factors() {
        let component = Component { id: 1, horizontal: 2, vertical: 2, quantisation_table: 0 };
        let mut header = read_header(&encoded(90, SamplingFactor::R_4_2_0, false)).unwrap();
        header.components = vec![component];
        assert_eq!(header.coding_blocks(), CodingBlocks { width: 8, height: 8 });
    }

    #[test]
    fn the_quality_is_read_back_from_the_tables() {
        for quality in [5, 30, 50, 75, 85, 92, 95, 100] {
            let header = read_header(&encoded(quality, SamplingFactor::R_4_2_0, true)).unwrap();
            assert_eq!(header.quality(), Some(quality));
        }
    }

    #[test]
    fn a_file_without_its_end_marker_is_truncated() {
        let whole = encoded(80, SamplingFactor::R_4_2_0, false);
        for length in 3..whole.len() {
            let end = read_header(&whole[..length]).and_then(|header| Ok(header.check_end()?));
            assert_eq!(end, Err(InputError::Truncated.into()), "{length} bytes");
        }
    }

    #[test]
    fn what_follows_the_end_marker_is_not_read() {
        let mut bytes = encoded(80, SamplingFactor::R_4_2_0, false);
        let alone = read_header(&bytes).unwrap();
        bytes.extend(encoded(20, SamplingFactor::R_4_4_4, false));
        assert_eq!(read_header(&bytes).unwrap(), alone);
    }

    #[test]
    fn stray_bytes_between_segments_are_taken_out() {
        let clean = encoded(80, SamplingFactor::R_4_2_0, false);
        let plain = |bytes: &[u8]| read_header(bytes).unwrap().plain(bytes).unwrap();
        let mut bytes = clean.clone();
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes.splice(frame..frame, [0, 0, 7]);
        bytes.splice(2..2, [5]);
        assert_eq!(plain(&bytes), plain(&clean));
        // All but the JFIF segment stays.
        assert_eq!(plain(&clean).len(), clean.len() - 18);
    }

    #[test]
    fn a_flood_of_segments_is_refused() {
        let clean = encoded(80, SamplingFactor::R_4_2_0, false);
        for segment in [&[0xFF, 0xFE, 0, 2][..], &[7, 0xFF, 0xFE, 0, 2]] {
            let with = |count: usize| [&clean[..2], &segment.repeat(count), &clean[2..]].concat();
            assert!(read_header(&with(1000)).is_ok());
            assert_eq!(error(&with(MAX_SEGMENTS)), corrupt("it has too many segments"));
            let with = [&clean[..clean.len() - 2], &segment.repeat(MAX_SEGMENTS), &[0xFF, EOI]].concat();
            assert!(read_header(&with).unwrap().check_end().is_err());
        }
    }

    #[test]
    fn a_second_frame_is_refused() {
        let frame = [0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
        let mut bytes = vec![0xFF, SOI];
        bytes.extend(frame);
        bytes.extend(frame);
        bytes.extend([0xFF, SOS, 0, 8, 1, 1, 0, 0, 63, 0, 0xFF, EOI]);
        assert!(matches!(error(&bytes), crate::Error::Input(InputError::Corrupt(_))));
    }

    #[test]
    fn processes_that_cannot_be_decoded_are_named() {
        let mut header = read_header(&encoded(80, SamplingFactor::R_4_2_0, false)).unwrap();
        header.process = 0xC9;
        assert_eq!(header.check_supported(), Err(InputError::Unsupported("Arithmetic-coded JPEG".into())));
        header.process = 0xC1;
        header.precision = 12;
        assert_eq!(header.check_supported(), Err(InputError::Unsupported("12-bit JPEG".into())));
    }
}
