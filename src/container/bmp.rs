//! Windows bitmap: header, colours, pixels (Microsoft, "Bitmap Storage").

use super::span::{ByteOrder, Span};
use super::walk::{UNKNOWN, Walk};

const FILE_HEADER_LEN: usize = 14;
/// BITMAPCOREHEADER: no compression, widths of 16 bits.
const CORE_HEADER_LEN: usize = 12;
/// BITMAPV5HEADER, which may refer to a profile.
const V5_HEADER_LEN: usize = 124;
/// Rows are padded to whole 32-bit words.
const ROW_BITS: usize = 32;
/// The profile, or the path of one.
pub(crate) const PROFILE: &str = "profile";

/// What the headers say about where things are.
struct Layout {
    info_len: usize,
    pixels_at: usize,
    pixels_len: usize,
    profile: Option<(usize, usize)>,
}

fn layout(file: Span) -> Option<Layout> {
    let number = |at: usize| file.u32(at, ByteOrder::Little);
    let pixels_at = number(10)? as usize;
    let info_len = number(FILE_HEADER_LEN)? as usize;
    let (width, height, bits, compression) = if info_len == CORE_HEADER_LEN {
        let side = |at| file.u16(at, ByteOrder::Little).map(i32::from);
        (side(18)?, side(20)?, file.u16(24, ByteOrder::Little)?, 0)
    } else {
        let side = |at| number(at).map(u32::cast_signed);
        (side(18)?, side(22)?, file.u16(28, ByteOrder::Little)?, number(30)?)
    };
    let row_len =
        (width.unsigned_abs() as usize).saturating_mul(usize::from(bits)).div_ceil(ROW_BITS).saturating_mul(4);
    let pixels_len = match compression {
        // None, or bit masks; otherwise only the header knows the length.
        0 | 3 | 6 => row_len.saturating_mul(height.unsigned_abs() as usize),
        _ => number(34)? as usize,
    };
    let profile = if info_len >= V5_HEADER_LEN { profile(file) } else { None };
    Some(Layout { info_len, pixels_at, pixels_len, profile })
}

/// Stored as numbers, so the letters stand in reverse.
const EMBEDDED: &[u8] = b"DEBM";
const LINKED: &[u8] = b"KNIL";

/// The kind of colour space of the longest header.
fn colour_space(file: Span<'_>) -> Option<&[u8]> {
    file.part(FILE_HEADER_LEN + 56, 4).map(Span::bytes)
}

/// Whether the segment of the profile is a path instead.
pub(crate) fn names_profile(file: Span) -> bool {
    colour_space(file) == Some(LINKED)
}

/// Where the profile, or the path of one, lies: from the information header on.
fn profile(file: Span) -> Option<(usize, usize)> {
    let kind = colour_space(file)?;
    let number = |at| file.u32(FILE_HEADER_LEN + at, ByteOrder::Little).map(|n| n as usize);
    let (at, len) = (FILE_HEADER_LEN.saturating_add(number(112)?), number(116)?);
    matches!(kind, EMBEDDED | LINKED).then_some((at, len))
}

/// Cuts a bitmap into headers, colours, pixels and, where there is one, the profile after them.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
    let mut walk = Walk::new(bytes.len());
    let Some(layout) = layout(Span::whole(bytes)) else {
        return walk.give_up();
    };
    let headers_end = FILE_HEADER_LEN.saturating_add(layout.info_len);
    if layout.info_len < CORE_HEADER_LEN || layout.pixels_at < headers_end {
        walk.corrupt("the pixels start inside the header");
        return walk.give_up();
    }
    walk.cut("header", FILE_HEADER_LEN);
    walk.cut("information header", headers_end);
    walk.cut("colours", layout.pixels_at);
    walk.cut("pixels", layout.pixels_at.saturating_add(layout.pixels_len));
    if let Some((at, len)) = layout.profile {
        walk.cut(UNKNOWN, at);
        walk.cut(PROFILE, at.saturating_add(len));
    }
    walk.finish()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::error::InputError;

    /// Two rows of 3 pixels of 24 bits, padded to 12 bytes each.
    pub(crate) fn bmp(info_len: usize, profile: &[u8]) -> Vec<u8> {
        let pixels_at = FILE_HEADER_LEN + info_len;
        let mut out = vec![0; pixels_at + 24];
        out[..2].copy_from_slice(b"BM");
        let mut put = |at: usize, n: usize| out[at..at + 4].copy_from_slice(&(n as u32).to_le_bytes());
        put(10, pixels_at);
        put(14, info_len);
        put(18, 3);
        put(22, 2);
        put(26, 1 | 24 << 16);
        if !profile.is_empty() {
            put(14 + 112, info_len + 24);
            put(14 + 116, profile.len());
            out[70..74].copy_from_slice(b"KNIL");
        }
        [&out, profile].concat()
    }

    #[test]
    fn every_part_is_named() {
        let file = [bmp(40, b""), b"after".to_vec()].concat();
        let names: Vec<_> = walk(&file).segments.into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["header", "information header", "pixels", "trailer"]);
    }

    #[test]
    fn a_cut_off_file_is_truncated() {
        let file = bmp(40, b"");
        for len in 2..file.len() {
            assert_eq!(walk(&file[..len]).fault, Some(InputError::Truncated), "{len}");
        }
    }
}
