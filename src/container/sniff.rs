//! The format by content; a file's name says nothing.

use super::jxl::is_jxl;
use crate::error::{InputError, Result};
use crate::report::Format;

/// Most bytes that are read to find the root element of a text format: an XML declaration, a document type and a comment
/// fit in.
const TEXT_WINDOW: usize = 4096;

/// First bytes of formats that are recognised only to be named in the error, at an offset.
const UNSUPPORTED: &[(usize, &[u8], &str)] = &[
    (0, b"\0\0\0\x0CjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xFF\x4F\xFF\x51", "JPEG 2000"),
    (0, b"%PDF-", "PDF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"\0\0\x01\0", "ICO"),
    (0, b"qoif", "QOI"),
    (0, b"\x76\x2F\x31\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"DDS ", "DDS"),
    (0, b"\x1A\x45\xDF\xA3", "Matroska or WebM"),
    (8, b"AVI ", "AVI"),
];

/// First bytes of cameras' raw files that are no TIFF by them, at an offset: of Canon (three formats), Fujifilm, Olympus, Minolta,
/// Panasonic and Sigma.
const RAW: &[(usize, &[u8])] = &[
    (0, b"II\x2A\0\x10\0\0\0CR"),
    (4, b"ftypcrx "),
    (6, b"HEAPCCDR"),
    (0, b"FUJIFILMCCD-RAW"),
    (0, b"IIRO"),
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"\0MRM"),
    (0, b"IIU\0"),
    (0, b"FOVb"),
];

/// Major brands of ISO base media files (ISO/IEC 14496-12, 23008-12), bytes 8 to 11, that are only named.
const BRANDS: &[(&[u8], &str)] = &[
    (b"hevc", "HEIC sequence"),
    (b"hevx", "HEIC sequence"),
    (b"msf1", "HEIC sequence"),
    (b"avis", "AVIF sequence"),
    (b"qt  ", "QuickTime"),
];

/// The format of `bytes`, by their first ones.
///
/// # Errors
/// [`InputError::Empty`], [`InputError::Raw`], [`InputError::Unsupported`] with the name of a format that is known but not opened,
/// [`InputError::UnknownFormat`].
pub fn sniff(bytes: &[u8]) -> Result<Format> {
    if bytes.is_empty() {
        return Err(InputError::Empty.into());
    }
    if let Some(format) = supported(bytes) {
        return Ok(format);
    }
    if RAW.iter().any(|(offset, magic)| starts_at(bytes, *offset, magic)) {
        return Err(InputError::Raw.into());
    }
    Err(unsupported(bytes).map_or(InputError::UnknownFormat, |name| InputError::Unsupported(name.into())).into())
}

fn supported(bytes: &[u8]) -> Option<Format> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"\xFF\xD8\xFF") {
        Some(Format::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::Webp)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(Format::Gif)
    } else if is_bitmap(bytes) {
        Some(Format::Bmp)
    } else if is_tiff(bytes) {
        Some(Format::Tiff)
    } else if is_jxl(bytes) {
        Some(Format::Jxl)
    } else {
        heif(bytes)
    }
}

/// A still picture of HEIF, by its major brand (ISO/IEC 23008-12, annex B; AV1 Image File Format, 6). The general one is
/// AVIF's if that is among the compatible brands.
fn heif(bytes: &[u8]) -> Option<Format> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let brand = rest.strip_prefix(b"ftyp")?.first_chunk::<4>()?;
    let end = usize::try_from(u32::from_be_bytes(*length)).ok()?.min(bytes.len());
    let compatible = bytes.get(16..end).unwrap_or_default();
    match brand {
        b"avif" => Some(Format::Avif),
        b"mif1" if compatible.chunks_exact(4).any(|brand| brand == b"avif") => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" => Some(Format::Heic),
        _ => None,
    }
}

/// `BM` alone also begins words, so the length of the second header (bytes 14 to 17) must be one that exists.
fn is_bitmap(bytes: &[u8]) -> bool {
    const HEADER_LENGTHS: [u8; 8] = [12, 16, 40, 52, 56, 64, 108, 124];
    bytes.starts_with(b"BM") && matches!(bytes.get(14..18), Some([n, 0, 0, 0]) if HEADER_LENGTHS.contains(n))
}

/// Classic TIFF (42) or BigTIFF (43) in either byte order, but not the raw formats built on it that say so.
fn is_tiff(bytes: &[u8]) -> bool {
    let magic = matches!(bytes.get(..4), Some(b"II\x2A\0" | b"II\x2B\0" | b"MM\0\x2A" | b"MM\0\x2B"));
    magic && bytes.get(8..10) != Some(b"CR")
}

fn starts_at(bytes: &[u8], offset: usize, magic: &[u8]) -> bool {
    bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic))
}

fn unsupported(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| starts_at(bytes, offset, magic);
    if let Some((_, _, name)) = UNSUPPORTED.iter().find(|(offset, magic, _)| at(*offset, magic)) {
        return Some(name);
    }
    if at(4, b"ftyp") {
        return Some(BRANDS.iter().find(|(brand, _)| at(8, brand)).map_or("MP4", |(_, name)| name));
    }
    if matches!(bytes, [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n', ..]) {
        return Some("Netpbm");
    }
    is_svg(bytes).then_some("SVG")
}

fn is_svg(bytes: &[u8]) -> bool {
    let window = &bytes[..bytes.len().min(TEXT_WINDOW)];
    let text = window.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(window).trim_ascii_start();
    text.starts_with(b"<") && text.windows(4).any(|tag| tag.eq_ignore_ascii_case(b"<svg"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn refused(bytes: &[u8]) -> InputError {
        match sniff(bytes) {
            Err(crate::Error::Input(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn empty_is_not_unknown() {
        assert_eq!(refused(b""), InputError::Empty);
        assert_eq!(refused(b"This is a text, not a picture."), InputError::UnknownFormat);
    }

    #[test]
    fn a_word_that_begins_with_bm_is_no_bitmap() {
        assert_eq!(refused(b"BMW is a maker of cars and motorcycles"), InputError::UnknownFormat);
    }

    #[test]
    fn known_but_unsupported_formats_are_named() {
        let cases: [(&[u8], &str); 5] = [
            (b"\0\0\0\x1Cftypavis\0\0\0\0", "AVIF sequence"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "MP4"),
            (b"%PDF-1.7", "PDF"),
            (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"\">", "SVG"),
            (b"P6\n2 2\n255\n", "Netpbm"),
        ];
        for (bytes, name) in cases {
            assert_eq!(refused(bytes), InputError::Unsupported(name.into()));
        }
    }

    #[test]
    fn raw_files_are_called_so() {
        let starts: [&[u8]; 6] = [
            b"II\x2A\0\x10\0\0\0CR\x02\0",
            b"\0\0\0\x18ftypcrx \0\0\0\x01",
            b"II\x1A\0\0\0HEAPCCDR",
            b"FUJIFILMCCD-RAW 0201",
            b"IIRO\x08\0\0\0",
            b"IIU\0\x18\0\0\0",
        ];
        for bytes in starts {
            assert_eq!(refused(bytes), InputError::Raw);
        }
    }

    #[test]
    fn supported_formats_are_recognised_by_content() {
        let cases: [(&[u8], Format); 11] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Format::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Format::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Format::Avif),
            (b"\0\0\0\x1Cftypavif", Format::Avif),
            (b"\xFF\xD8\xFF\xE0", Format::Jpeg),
            (b"\x89PNG\r\n\x1A\n", Format::Png),
            (b"RIFF\0\0\0\0WEBPVP8 ", Format::Webp),
            (b"GIF89a", Format::Gif),
            (b"MM\0\x2A\0\0\0\x08", Format::Tiff),
            (b"\xFF\x0A", Format::Jxl),
            (b"\0\0\0\x0CJXL \r\n\x87\n", Format::Jxl),
        ];
        for (bytes, format) in cases {
            assert_eq!(sniff(bytes).unwrap(), format);
        }
    }
}
