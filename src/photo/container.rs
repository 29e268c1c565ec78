//! What containers say about their pictures, beyond what the decoders tell: how many, whether lossy, whether whole.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use crate::container::png::{self, Chunk};
use crate::container::{ByteOrder, riff};

/// The first directory of a TIFF, as far as opening needs it (TIFF 6.0, section 2; BigTIFF for version 43).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TiffDirectory {
    /// It points to another directory.
    pub(super) more_pages: bool,
    /// Its colours lie in separate planes made of tiles, which the decoder cannot read (it aborts).
    pub(super) tiled_planes: bool,
}

impl TiffDirectory {
    /// `None` if the file ends before the directory does.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        const TILE_WIDTH: u64 = 322;
        const PLANAR_CONFIGURATION: u64 = 284;
        const SEPARATE: u64 = 2;
        let little = bytes.first()? == &b'I';
        let number = |offset: u64, width: usize| {
            let start = usize::try_from(offset).ok()?;
            let field = bytes.get(start..start.checked_add(width)?)?;
            let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
            Some(if little { field.iter().rev().fold(0, fold) } else { field.iter().fold(0, fold) })
        };
        let big = number(2, 2)? == 43;
        // Position of the first offset; widths of an offset, of the entry count, of an entry; a value's place in it.
        let (first, offset, count, entry, value) = if big { (8, 8, 8, 20, 12) } else { (4, 4, 2, 12, 8) };
        let directory = number(first, offset)?;
        let start = directory.checked_add(count as u64)?;
        let end = start.checked_add(number(directory, count)?.checked_mul(entry)?)?;
        let more_pages = number(end, offset)? != 0;
        let entries = || (start..end).step_by(entry as usize);
        let has_tag = |at: u64, tag: u64| number(at, 2) == Some(tag);
        let tiled = entries().any(|at| has_tag(at, TILE_WIDTH));
        let separate = entries().any(|at| has_tag(at, PLANAR_CONFIGURATION) && number(at + value, 2) == Some(SEPARATE));
        Some(Self { more_pages, tiled_planes: tiled && separate })
    }
}

/// The bytes that a PNG's colour profiles unpack to (PNG, 11.3.2.3), `limit` at most; `None` if they are more.
pub(super) fn png_profile_bytes(bytes: &[u8], limit: usize) -> Option<usize> {
    let profiles = png::chunks(bytes).filter(|chunk| chunk.kind == b"iCCP");
    let mut total = 0;
    for Chunk { data, .. } in profiles {
        // A name, a zero, the method of compression.
        let name = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
        let packed = data.get(name + 2..).unwrap_or_default();
        total += match decompress_to_vec_zlib_with_limit(packed, limit - total) {
            Ok(profile) => profile.len(),
            Err(error) if error.status == TINFLStatus::HasMoreOutput => return None,
            // Damage; the decoder stops there as well.
            Err(error) => error.output.len(),
        };
    }
    Some(total)
}

/// A WebP's bitstream, still or in its first animation frame (RFC 9649).
fn webp_bitstream(bytes: &[u8]) -> Option<riff::Chunk<'_>> {
    let mut rest = riff::content(bytes);
    loop {
        let (chunk, after) = riff::next(rest)?;
        rest = match chunk.name {
            b"VP8 " | b"VP8L" => return Some(chunk),
            // Position, size, duration and flags of the frame precede its own chunks.
            b"ANMF" => chunk.data.from(16),
            _ => after,
        };
    }
}

/// A WebP with a lossy bitstream.
pub(super) fn webp_is_lossy(bytes: &[u8]) -> bool {
    webp_bitstream(bytes).is_some_and(|chunk| chunk.name == b"VP8 ")
}

/// Width and height that a lossy WebP's own bitstream announces (RFC 6386, 9.1), for which the decoder makes room.
pub(super) fn webp_lossy_size(bytes: &[u8]) -> Option<(u32, u32)> {
    /// The upper two bits scale.
    const SIDE: u16 = (1 << 14) - 1;
    let frame = webp_bitstream(bytes).filter(|chunk| chunk.name == b"VP8 ")?.data;
    let side = |at: usize| frame.u16(at, ByteOrder::Little).map(|side| u32::from(side & SIDE));
    side(6).zip(side(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_directory_is_a_second_page() {
        let mut one = b"II\x2A\0\x08\0\0\0\x01\0".to_vec();
        one.extend([0; 12]);
        let mut two = one.clone();
        one.extend([0; 4]);
        two.extend([0x40, 0, 0, 0]);
        assert_eq!(TiffDirectory::read(&one), Some(TiffDirectory { more_pages: false, tiled_planes: false }));
        assert_eq!(TiffDirectory::read(&two), Some(TiffDirectory { more_pages: true, tiled_planes: false }));
    }

    #[test]
    fn separate_planes_in_tiles_are_told() {
        let mut file = b"MM\0\x2A\0\0\0\x08\0\x02".to_vec();
        file.extend(b"\x01\x1C\0\x03\0\0\0\x01\0\x02\0\0");
        file.extend(b"\x01\x42\0\x03\0\0\0\x01\0\x40\0\0\0\0\0\0");
        assert_eq!(TiffDirectory::read(&file), Some(TiffDirectory { more_pages: false, tiled_planes: true }));
    }

    #[test]
    fn a_directory_past_the_end_is_none() {
        let file = b"II\x2B\0\x08\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
        assert_eq!(TiffDirectory::read(file), None);
    }

    #[test]
    fn lossy_and_lossless_webp_are_told_apart() {
        let lossy = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\0\0\0\0\0\0VP8 \0\0\0\0";
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\x02\0\0\0\0\0VP8 \0\0\0\0";
        assert!(webp_is_lossy(lossy));
        assert!(!webp_is_lossy(lossless));
        let frame = b"RIFF\0\0\0\0WEBPVP8 \x0A\0\0\0\0\0\0\x9D\x01\x2A\x40\xC1\x20\0";
        assert_eq!(webp_lossy_size(frame), Some((320, 32)));
    }
}
