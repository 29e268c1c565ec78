//! How the picture of a TIFF's first page is stored (TIFF 6.0 sections 3 to 15, Technical Note 2 for JPEG).

use super::{
    ByteOrder, COMPRESSION, Directory, DirectoryReader, PHOTOMETRIC, Role, STRIP_LENGTHS, STRIP_OFFSETS, Span,
    TILE_LENGTHS, TILE_OFFSETS, Tiff, has_more_pages,
};
use crate::error::InputError;

const IMAGE_WIDTH: u16 = 0x0100;
const IMAGE_HEIGHT: u16 = 0x0101;
const BITS_PER_SAMPLE: u16 = 0x0102;
const FILL_ORDER: u16 = 0x010A;
const ORIENTATION: u16 = 0x0112;
const SAMPLES_PER_PIXEL: u16 = 0x0115;
const ROWS_PER_STRIP: u16 = 0x0116;
const PLANAR_CONFIGURATION: u16 = 0x011C;
const T4_OPTIONS: u16 = 0x0124;
const PREDICTOR: u16 = 0x013D;
const COLOUR_MAP: u16 = 0x0140;
const TILE_WIDTH: u16 = 0x0142;
const TILE_HEIGHT: u16 = 0x0143;
const INK_SET: u16 = 0x014C;
const EXTRA_SAMPLES: u16 = 0x0152;
const SAMPLE_FORMAT: u16 = 0x0153;
const JPEG_TABLES: u16 = 0x015B;
const PROFILE: u16 = 0x8773;

/// Strips and tiles that are read at most: the largest picture in tiles of 16 x 16 pixels, the least that the standard allows, has
/// less than half of it.
const MAX_PARTS: usize = 1 << 20;

/// How the picture of a TIFF's first page is stored.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stored<'a> {
    /// Columns.
    pub(crate) width: u32,
    /// Rows.
    pub(crate) height: u32,
    /// Bits of a sample: 1, 2, 4, 8 or 16.
    pub(crate) bits: u32,
    /// Samples of a pixel, with those that are not shown.
    pub(crate) samples: u32,
    /// What the first samples mean.
    pub(crate) colours: Colours,
    /// Which sample is alpha, if one is.
    pub(crate) alpha: Option<Alpha>,
    /// The coding of strips and tiles.
    pub(crate) coding: Coding<'a>,
    /// Each sample is the difference from the one on its left.
    pub(crate) is_differenced: bool,
    /// The order of the bytes of a sample.
    pub(crate) order: ByteOrder,
    /// The first pixel is in the lowest bit of a byte.
    pub(crate) lowest_bit_first: bool,
    /// Each sample has strips or tiles of its own.
    pub(crate) is_planar: bool,
    /// The parts are tiles, which are whole at the edges as well.
    pub(crate) is_tiled: bool,
    /// Columns and rows of a strip or tile; the last strip has fewer rows.
    pub(crate) part_size: (u32, u32),
    /// The strips or tiles, row by row, of each plane, as far as they are there.
    pub(crate) parts: Vec<&'a [u8]>,
    /// The orientation tag's value; 1 if there is none.
    pub(crate) orientation: u8,
    /// The colour profile.
    pub(crate) profile: Option<&'a [u8]>,
}

/// What the samples of a pixel mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Colours {
    /// From white to black.
    Inverted,
    /// From black to white.
    Grey,
    /// Red, green and blue.
    Rgb,
    /// Red green blue of each value.
    Palette(Vec<[u8; 3]>),
    /// Cyan, magenta, yellow and black.
    Inks,
    /// Luma and chroma, in JPEGs only.
    Ycc,
}

impl Colours {
    /// Samples of a pixel without alpha and others.
    fn samples(&self) -> u64 {
        match self {
            Self::Inverted | Self::Grey | Self::Palette(_) => 1,
            Self::Rgb | Self::Ycc => 3,
            Self::Inks => 4,
        }
    }
}

/// An alpha sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alpha {
    /// Its place in the pixel.
    pub(crate) sample: usize,
    /// The colours are multiplied by it.
    pub(crate) is_associated: bool,
}

/// The coding of strips and tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding<'a> {
    /// As they are.
    Plain,
    /// Runs of bytes.
    PackBits,
    /// LZW with the lengths of codes that TIFF has.
    Lzw,
    /// A zlib stream.
    Deflate,
    /// Runs of black and white.
    Fax(Fax),
    /// A JPEG.
    Jpeg {
        /// Tables that all parts share, as a JPEG without a picture; empty if there are none.
        tables: &'a [u8],
    },
}

/// The kinds of runs of black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fax {
    /// Modified Huffman: lines that begin with a byte.
    Lines,
    /// Group 3 (ITU-T T.4): lines that begin with an end-of-line code.
    Group3 {
        /// A line may be coded by its differences from the one above.
        two_dimensional: bool,
    },
    /// Group 4 (ITU-T T.6): every line is coded so.
    Group4,
}

/// How the picture of a TIFF's first page is stored.
///
/// # Errors
/// [`InputError`] for what is not opened here, and if the file does not say where or how large its parts are.
pub(crate) fn stored(file: &[u8]) -> Result<Stored<'_>, InputError> {
    has_more_pages(file).ok_or(InputError::Truncated)?;
    let tiff = Tiff::open(Span::whole(file)).ok_or(InputError::Truncated)?;
    let mut reader = DirectoryReader::new(tiff);
    reader.read(Role::Main(0), tiff.first().unwrap_or(0));
    let directory = reader.directories.pop().ok_or(InputError::Truncated)?;
    if reader.fields_left == 0 {
        return Err(InputError::Corrupt("it has too many fields".to_owned()));
    }
    directory.stored(tiff)
}

impl<'a> Directory<'a> {
    fn stored(&self, tiff: Tiff<'a>) -> Result<Stored<'a>, InputError> {
        let coding = self.coding()?;
        let samples = self.number(SAMPLES_PER_PIXEL).unwrap_or(1);
        let bits = self.bits()?;
        let colours = self.colours(bits, coding)?;
        let is_known = match (&colours, coding) {
            (_, Coding::Fax(_)) => (bits, samples) == (1, 1),
            (_, Coding::Jpeg { .. }) => bits == 8 && samples == colours.samples(),
            (Colours::Inverted | Colours::Grey, _) => matches!(bits, 1 | 2 | 4 | 8 | 16),
            (Colours::Palette(_), _) => bits == 8 || samples == 1 && matches!(bits, 1 | 2 | 4),
            (Colours::Rgb | Colours::Inks | Colours::Ycc, _) => matches!(bits, 8 | 16),
        };
        if !is_known || samples < colours.samples() {
            return Err(unknown("an unusual number of bits or kind of samples"));
        }
        let alpha = self.alpha(colours.samples(), samples);
        let is_differenced = self.is_differenced(bits, coding)?;
        let is_planar = samples > 1 && self.number(PLANAR_CONFIGURATION) == Some(2);
        let unsized_parts = || InputError::Corrupt("it does not say how large its parts are".to_owned());
        let (width, height) = self.size(IMAGE_WIDTH, IMAGE_HEIGHT).ok_or_else(unsized_parts)?;
        let is_tiled = self.field(TILE_OFFSETS).is_some();
        let part_size = match is_tiled {
            true => self.size(TILE_WIDTH, TILE_HEIGHT).ok_or_else(unsized_parts)?,
            false => (width, self.side(ROWS_PER_STRIP).map_or(height, |rows| rows.min(height))),
        };
        if part_size.0 == 0 || part_size.1 == 0 {
            return Err(unsized_parts());
        }
        let (offsets, lengths) = if is_tiled { (TILE_OFFSETS, TILE_LENGTHS) } else { (STRIP_OFFSETS, STRIP_LENGTHS) };
        Ok(Stored {
            width,
            height,
            bits: bits as u32,
            samples: u32::try_from(samples).map_err(|_| unknown("so many samples"))?,
            colours,
            alpha,
            coding,
            is_differenced,
            order: tiff.order,
            lowest_bit_first: self.number(FILL_ORDER) == Some(2),
            is_planar,
            is_tiled,
            part_size,
            parts: self.parts(tiff.span, offsets, lengths),
            orientation: self.number(ORIENTATION).and_then(|tag| u8::try_from(tag).ok()).unwrap_or(1),
            profile: self.field(PROFILE).map(|field| field.data.bytes()),
        })
    }

    fn side(&self, tag: u16) -> Option<u32> {
        self.number(tag).map(|side| u32::try_from(side).unwrap_or(u32::MAX))
    }

    fn size(&self, width: u16, height: u16) -> Option<(u32, u32)> {
        self.side(width).zip(self.side(height))
    }

    fn numbers(&self, tag: u16) -> impl Iterator<Item = u64> {
        self.field(tag).into_iter().flat_map(|field| field.numbers())
    }

    fn coding(&self) -> Result<Coding<'a>, InputError> {
        let is_tagged = self.field(COMPRESSION).is_some();
        let name = match self.number(COMPRESSION) {
            None if !is_tagged => return Ok(Coding::Plain),
            Some(1) => return Ok(Coding::Plain),
            Some(2) => return Ok(Coding::Fax(Fax::Lines)),
            Some(3) => {
                let two_dimensional = self.number(T4_OPTIONS).unwrap_or(0) & 1 == 1;
                return Ok(Coding::Fax(Fax::Group3 { two_dimensional }));
            }
            Some(4) => return Ok(Coding::Fax(Fax::Group4)),
            Some(5) => return Ok(Coding::Lzw),
            Some(7) => {
                let tables = self.field(JPEG_TABLES).map_or(&[][..], |field| field.data.bytes());
                return Ok(Coding::Jpeg { tables });
            }
            Some(8 | 32_946) => return Ok(Coding::Deflate),
            Some(32_773) => return Ok(Coding::PackBits),
            Some(6) => "old-style JPEG",
            Some(32_771) => "fax (CCITT) in words",
            Some(34_661) => "JBIG",
            Some(33_003..=33_005 | 34_712) => "JPEG 2000",
            Some(50_000) => "Zstandard",
            Some(50_001) => "WebP",
            Some(50_002 | 52_546) => "JPEG XL",
            Some(34_887) => "LERC",
            Some(34_925) => "LZMA",
            _ => "unknown",
        };
        Err(InputError::Unsupported(format!("This TIFF uses {name} compression, which is not supported. Such")))
    }

    /// Bits of every sample.
    fn bits(&self) -> Result<u64, InputError> {
        /// Whole numbers from 0, and what is of no stated kind.
        const NUMBERS: [u64; 2] = [1, 4];
        if self.numbers(SAMPLE_FORMAT).any(|kind| !NUMBERS.contains(&kind)) {
            return Err(unknown("samples that are fractions or negative"));
        }
        let bits = self.number(BITS_PER_SAMPLE).unwrap_or(1);
        match self.numbers(BITS_PER_SAMPLE).all(|of_sample| of_sample == bits) {
            true => Ok(bits),
            false => Err(unknown("samples of different numbers of bits")),
        }
    }

    fn colours(&self, bits: u64, coding: Coding<'_>) -> Result<Colours, InputError> {
        let name = match self.number(PHOTOMETRIC) {
            Some(0) => return Ok(Colours::Inverted),
            Some(1) => return Ok(Colours::Grey),
            Some(2) => return Ok(Colours::Rgb),
            Some(3) => return self.palette(bits),
            // CMYK is the default of sets of inks.
            Some(5) if self.number(INK_SET).unwrap_or(1) == 1 => return Ok(Colours::Inks),
            Some(6) if matches!(coding, Coding::Jpeg { .. }) => return Ok(Colours::Ycc),
            Some(4) => "a mask",
            Some(5) => "inks other than cyan, magenta, yellow and black",
            Some(6) => "YCbCr colours that are not JPEG",
            Some(8..=10) => "Lab colours",
            _ => "unknown colours",
        };
        Err(unknown(name))
    }

    fn palette(&self, bits: u64) -> Result<Colours, InputError> {
        let map: Vec<u64> = self.numbers(COLOUR_MAP).collect();
        let count = 1 << bits.min(8);
        let channel = |n: usize| map.get(count * n..count * (n + 1));
        let (Some(red), Some(green), Some(blue)) = (channel(0), channel(1), channel(2)) else {
            return Err(InputError::Corrupt("its palette is not whole".to_owned()));
        };
        // Some writers store 8 bits a value instead of 16.
        let shift = if map.iter().all(|value| *value < 256) { 0 } else { 8 };
        let colours = red.iter().zip(green).zip(blue);
        let colours = colours.map(|((r, g), b)| [*r, *g, *b].map(|value| (value >> shift) as u8));
        Ok(Colours::Palette(colours.collect()))
    }

    /// The first alpha among the samples after the colours. One sample that no field explains is alpha, as image programs have it.
    fn alpha(&self, colours: u64, samples: u64) -> Option<Alpha> {
        let place = |extra: usize| colours as usize + extra;
        let extra = samples - colours;
        if self.field(EXTRA_SAMPLES).is_none() {
            return (extra == 1).then(|| Alpha { sample: place(0), is_associated: false });
        }
        let kinds = self.numbers(EXTRA_SAMPLES).take(usize::try_from(extra).unwrap_or(usize::MAX));
        let mut alphas = kinds.enumerate().filter(|(_, kind)| matches!(kind, 1 | 2));
        alphas.next().map(|(extra, kind)| Alpha { sample: place(extra), is_associated: kind == 1 })
    }

    /// Of the codings of bytes LZW and Deflate alone know of differences (libtiff, tif_predict.c).
    fn is_differenced(&self, bits: u64, coding: Coding<'_>) -> Result<bool, InputError> {
        match (coding, self.number(PREDICTOR)) {
            (Coding::Lzw | Coding::Deflate, Some(2)) if bits >= 8 => Ok(true),
            (Coding::Lzw | Coding::Deflate, Some(2..)) => Err(unknown("such differences of samples")),
            _ => Ok(false),
        }
    }

    fn parts(&self, file: Span<'a>, offsets: u16, lengths: u16) -> Vec<&'a [u8]> {
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let parts = self.numbers(offsets).zip(self.numbers(lengths)).take(MAX_PARTS);
        parts.map(|(start, len)| file.clipped(place(start), place(len)).bytes()).collect()
    }
}

/// What is not opened here.
fn unknown(what: &str) -> InputError {
    InputError::Unsupported(format!("TIFFs with {what} are not supported. Such"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Value, tiff};
    use super::*;

    #[test]
    fn how_a_picture_is_stored_is_read() {
        let of = |more: &[(u16, Value)]| {
            let size = [
                (IMAGE_WIDTH, Value::Long(30)),
                (IMAGE_HEIGHT, Value::Long(20)),
                (BITS_PER_SAMPLE, Value::Short(8)),
                (PHOTOMETRIC, Value::Short(2)),
                (SAMPLES_PER_PIXEL, Value::Short(4)),
                (STRIP_OFFSETS, Value::Long(8)),
                (STRIP_LENGTHS, Value::Long(2)),
            ];
            tiff(ByteOrder::Big, &[&[&size[..], more].concat()])
        };
        let file = of(&[(ROWS_PER_STRIP, Value::Long(16)), (EXTRA_SAMPLES, Value::Short(1))]);
        let plain = stored(&file);
        let expected = Stored {
            width: 30,
            height: 20,
            bits: 8,
            samples: 4,
            colours: Colours::Rgb,
            alpha: Some(Alpha { sample: 3, is_associated: true }),
            coding: Coding::Plain,
            is_differenced: false,
            order: ByteOrder::Big,
            lowest_bit_first: false,
            is_planar: false,
            is_tiled: false,
            part_size: (30, 16),
            parts: vec![&file[8..10]],
            orientation: 1,
            profile: None,
        };
        assert_eq!(plain, Ok(expected));
        let tiles = [
            (TILE_WIDTH, Value::Long(64)),
            (TILE_HEIGHT, Value::Long(16)),
            (TILE_OFFSETS, Value::Long(8)),
            (TILE_LENGTHS, Value::Long(3)),
        ];
        let tiled = of(&tiles);
        let tiled = stored(&tiled).map(|stored| (stored.part_size, stored.parts.concat().len()));
        assert_eq!(tiled, Ok(((64, 16), 3)));
        assert!(stored(&of(&[(COMPRESSION, Value::Short(34_712))])).is_err());
    }

    #[test]
    fn extra_samples_are_alpha_if_the_file_says_so_or_says_nothing() {
        let of = |fields: &[(u16, Value)]| {
            let (directories, _) = Tiff::open(Span::whole(&tiff(ByteOrder::Little, &[fields])))
                .map(|tiff| (tiff.directories().0.first().and_then(|directory| directory.alpha(3, 4)), ()))
                .unwrap_or_default();
            directories
        };
        let alpha = |is_associated| Some(Alpha { sample: 3, is_associated });
        assert_eq!(of(&[(IMAGE_WIDTH, Value::Long(30))]), alpha(false));
        assert_eq!(of(&[(EXTRA_SAMPLES, Value::Short(2))]), alpha(false));
        assert_eq!(of(&[(EXTRA_SAMPLES, Value::Short(1))]), alpha(true));
        assert_eq!(of(&[(EXTRA_SAMPLES, Value::Short(0))]), None);
    }
}
