//! PNG and WebP files reduced to what holds the picture, byte for byte.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER};
use miniz_oxide::inflate::core::{DecompressorOxide, TINFL_LZ_DICT_SIZE, decompress};

use super::container::riff_chunk;
use super::frame::Photo;
use super::rewrite::Obstacle;

/// A PNG's header, palette, transparency and image data (PNG, 11.2 and 11.3.1), the last in one chunk.
///
/// # Errors
/// [`Obstacle::Damaged`] if the image data is not one whole stream with all rows and nothing else: what follows them is
/// shown by no decoder.
pub(super) fn png(source: &[u8]) -> Result<Vec<u8>, Obstacle> {
    const SIGNATURE_LENGTH: usize = 8;
    let (signature, mut rest) = source.split_at_checked(SIGNATURE_LENGTH).ok_or(Obstacle::Damaged)?;
    let (mut before, mut data, mut header) = (signature.to_vec(), Vec::new(), None);
    while let Some((name, content, after)) = png_chunk(rest) {
        match name {
            b"IHDR" => header = Header::read(content),
            b"IDAT" => data.extend_from_slice(content),
            _ => {}
        }
        if matches!(name, b"IHDR" | b"PLTE" | b"tRNS") {
            push_png_chunk(&mut before, *name, content);
        }
        rest = after;
    }
    let rows = header.and_then(|header| header.raw_bytes()).ok_or(Obstacle::Damaged)?;
    if inflated_bytes(&data) != Some(rows) {
        return Err(Obstacle::Damaged);
    }
    let mut file = before;
    push_png_chunk(&mut file, *b"IDAT", &data);
    push_png_chunk(&mut file, *b"IEND", &[]);
    Ok(file)
}

/// Name, content and what follows; `None` if there is no whole chunk.
fn png_chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    const CHECKSUM_LENGTH: usize = 4;
    let (length, rest) = bytes.split_first_chunk()?;
    let (name, rest) = rest.split_first_chunk()?;
    let (content, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((name, content, rest.get(CHECKSUM_LENGTH..)?))
}

fn push_png_chunk(file: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    file.extend((content.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(content);
    let checksum = crc32fast::hash(&file[start..]);
    file.extend(checksum.to_be_bytes());
}

/// What a PNG's header says of the layout of its rows (PNG, 11.2.2).
struct Header {
    width: u64,
    height: u64,
    bits_per_pixel: u64,
    interlaced: bool,
}

impl Header {
    fn read(content: &[u8]) -> Option<Self> {
        let (width, rest) = content.split_first_chunk()?;
        let (height, rest) = rest.split_first_chunk()?;
        let &[depth, colour_type, _compression, _filter, interlace] = rest else { return None };
        let channels = match colour_type {
            0 | 3 => 1,
            4 => 2,
            2 => 3,
            6 => 4,
            _ => return None,
        };
        Some(Self {
            width: u32::from_be_bytes(*width).into(),
            height: u32::from_be_bytes(*height).into(),
            bits_per_pixel: channels * u64::from(depth),
            interlaced: interlace != 0,
        })
    }

    /// Bytes of all rows with their filter types (PNG, 7.2 and 8.1); `None` if that is no number.
    fn raw_bytes(&self) -> Option<u64> {
        /// First column, first row, columns and rows between the pixels of each pass.
        const ADAM7: [[u64; 4]; 7] =
            [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];
        let passes = if self.interlaced { &ADAM7[..] } else { &[[0, 0, 1, 1]] };
        let pass = |&[x, y, across, down]: &[u64; 4]| {
            let columns = self.width.saturating_sub(x).div_ceil(across);
            let rows = self.height.saturating_sub(y).div_ceil(down);
            if columns == 0 { Some(0) } else { rows.checked_mul(1 + (columns * self.bits_per_pixel).div_ceil(8)) }
        };
        passes.iter().map(pass).sum()
    }
}

/// How many bytes a zlib stream unpacks to; `None` if it is not sound or does not end where the data does. Nothing but the
/// last 32 kB is held.
fn inflated_bytes(data: &[u8]) -> Option<u64> {
    let mut state = Box::new(DecompressorOxide::new());
    let mut window = vec![0; TINFL_LZ_DICT_SIZE];
    let (mut rest, mut total) = (data, 0_u64);
    loop {
        let position = (total % TINFL_LZ_DICT_SIZE as u64) as usize;
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_COMPUTE_ADLER32;
        let (status, consumed, written) = decompress(&mut state, rest, &mut window, position, flags);
        rest = &rest[consumed..];
        total += written as u64;
        match status {
            TINFLStatus::HasMoreOutput => {}
            TINFLStatus::Done if rest.is_empty() => return Some(total),
            _ => return None,
        }
    }
}

/// A WebP's bitstream, with the plane of a lossy one's transparency (RFC 9649, 2.5 to 2.7).
///
/// # Errors
/// [`Obstacle::Format`] for an animation, [`Obstacle::Damaged`] if what the file says of its transparency does not agree,
/// since then programs show it differently.
pub(super) fn webp(source: &[u8], photo: &Photo) -> Result<Vec<u8>, Obstacle> {
    const HEADER_LENGTH: usize = 12;
    let mut rest = source.get(HEADER_LENGTH..).unwrap_or_default();
    let (mut extended, mut alpha, mut bitstream) = (None, None, None);
    while let (Some((name, content, after)), None) = (riff_chunk(rest), bitstream) {
        match name {
            b"ANMF" | b"ANIM" => return Err(Obstacle::Format),
            b"VP8X" => extended = content.first().map(|flags| flags & ALPHA_FLAG != 0),
            b"ALPH" => alpha = Some(content),
            b"VP8 " | b"VP8L" => bitstream = Some((name, content)),
            _ => {}
        }
        rest = after;
    }
    let (name, content) = bitstream.ok_or(Obstacle::Damaged)?;
    let has_alpha = if name == b"VP8L" { vp8l_has_alpha(content) } else { alpha.is_some() };
    if extended.is_some_and(|announced| announced != has_alpha) {
        return Err(Obstacle::Damaged);
    }
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    if let (b"VP8 ", Some(alpha)) = (name, alpha) {
        push_riff_chunk(&mut file, b"VP8X", &extended_header(photo));
        push_riff_chunk(&mut file, b"ALPH", alpha);
    }
    push_riff_chunk(&mut file, name, content);
    let length = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(file)
}

/// In the first byte of a `VP8X` chunk (RFC 9649, 2.7).
const ALPHA_FLAG: u8 = 0x10;

/// A `VP8X` chunk that announces transparency and nothing else: flags, three reserved bytes, width and height less 1.
fn extended_header(photo: &Photo) -> Vec<u8> {
    let side = |n: u32| n.saturating_sub(1).to_le_bytes().into_iter().take(3);
    [ALPHA_FLAG, 0, 0, 0].into_iter().chain(side(photo.frame.width)).chain(side(photo.frame.height)).collect()
}

/// The bit after signature, width and height (RFC 9649, 3.4).
fn vp8l_has_alpha(content: &[u8]) -> bool {
    content.get(4).is_some_and(|byte| byte & 0x10 != 0)
}

fn push_riff_chunk(file: &mut Vec<u8>, name: &[u8], content: &[u8]) {
    file.extend(name);
    file.extend((content.len() as u32).to_le_bytes());
    file.extend(content);
    // Chunks are padded to an even length.
    file.resize(file.len().next_multiple_of(2), 0);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::photo::{Limits, open, rewrite};
    use crate::report::Format;
    use image::codecs::{png::PngEncoder, webp::WebPEncoder};
    use image::{ExtendedColorType, ImageEncoder};
    use miniz_oxide::deflate::compress_to_vec_zlib;

    const WIDTH: u32 = 7;
    const HEIGHT: u32 = 5;

    fn samples(bytes_per_pixel: u32) -> Vec<u8> {
        (0..WIDTH * HEIGHT * bytes_per_pixel).map(|i| (i * 37 % 255 + 1) as u8).collect()
    }

    fn encoded_png(samples: &[u8], color: ExtendedColorType) -> Vec<u8> {
        let mut file = Vec::new();
        PngEncoder::new(&mut file).write_image(samples, WIDTH, HEIGHT, color).unwrap();
        file
    }

    /// A PNG of one grey row with these image data.
    fn png_of(data: &[u8]) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
        push_png_chunk(&mut file, *b"IHDR", &[0, 0, 0, 3, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
        push_png_chunk(&mut file, *b"IDAT", data);
        push_png_chunk(&mut file, *b"IEND", &[]);
        file
    }

    fn png_chunks(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
        let mut rest = &file[8..];
        let mut chunks = Vec::new();
        while let Some((name, content, after)) = png_chunk(rest) {
            chunks.push((*name, content.to_vec()));
            rest = after;
        }
        assert!(rest.is_empty());
        chunks
    }

    #[test]
    fn a_png_keeps_its_image_data_and_nothing_else() {
        use ExtendedColorType as Color;
        let kinds =
            [(Color::L8, 1), (Color::La8, 2), (Color::Rgb8, 3), (Color::Rgba8, 4), (Color::L16, 2), (Color::Rgb16, 6)];
        for (color, bytes_per_pixel) in kinds {
            let plain = encoded_png(&samples(bytes_per_pixel), color);
            // After the header's chunk, which has a fixed length.
            let mut extra = Vec::new();
            push_png_chunk(&mut extra, *b"tEXt", b"Author\0Somebody");
            push_png_chunk(&mut extra, *b"pHYs", &[0; 9]);
            let mut file = [&plain[..33], &extra, &plain[33..]].concat();
            file.extend(b"after the end");
            let photo = open(&file, &Limits::default()).unwrap();
            let copy = rewrite(&file, &photo, &[]).unwrap();
            assert_eq!(copy.format, Format::Png);
            assert_eq!(open(&copy.bytes, &Limits::default()).unwrap().frame, photo.frame);
            let names: Vec<[u8; 4]> = png_chunks(&copy.bytes).iter().map(|chunk| chunk.0).collect();
            assert_eq!(names, [*b"IHDR", *b"IDAT", *b"IEND"]);
            let data = |file: &[u8]| -> Vec<u8> {
                png_chunks(file)
                    .into_iter()
                    .filter(|(name, _)| name == b"IDAT")
                    .flat_map(|(_, content)| content)
                    .collect()
            };
            assert_eq!(data(&copy.bytes), data(&plain));
        }
    }

    #[test]
    fn a_palette_and_its_transparency_are_kept() {
        let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
        push_png_chunk(&mut file, *b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0]);
        push_png_chunk(&mut file, *b"PLTE", &[10, 20, 30, 40, 50, 60]);
        push_png_chunk(&mut file, *b"tRNS", &[100]);
        push_png_chunk(&mut file, *b"IDAT", &compress_to_vec_zlib(&[0, 0, 1], 6));
        push_png_chunk(&mut file, *b"IEND", &[]);
        assert_eq!(png(&file), Ok(file));
    }

    #[test]
    fn image_data_that_no_decoder_shows_is_not_copied() {
        let row = compress_to_vec_zlib(&[0, 1, 2, 3], 6);
        assert_eq!(png(&png_of(&row)), Ok(png_of(&row)));
        assert_eq!(png(&png_of(&[&row[..], b"more"].concat())), Err(Obstacle::Damaged));
        assert_eq!(png(&png_of(&compress_to_vec_zlib(&[0, 1, 2, 3, 0, 4, 5, 6], 6))), Err(Obstacle::Damaged));
        assert_eq!(png(&png_of(&row[..row.len() - 1])), Err(Obstacle::Damaged));
    }

    #[test]
    fn colour_under_full_transparency_is_not_copied() {
        let mut pixels = samples(4);
        pixels[3] = 0;
        for (colour, expected) in [([0, 0, 0], Ok(())), ([0, 9, 0], Err(Obstacle::Hidden))] {
            pixels[..3].copy_from_slice(&colour);
            let file = encoded_png(&pixels, ExtendedColorType::Rgba8);
            let photo = open(&file, &Limits::default()).unwrap();
            assert_eq!(rewrite(&file, &photo, &[]).map(|_| ()), expected);
        }
    }

    #[test]
    fn the_rows_of_an_interlaced_png_are_counted() {
        let header = Header { width: 8, height: 8, bits_per_pixel: 8, interlaced: true };
        // Passes of 1 x 1, 1 x 1, 2 x 1, 2 x 2, 4 x 2, 4 x 4 and 8 x 4 pixels, each row with its filter type.
        assert_eq!(header.raw_bytes(), Some(2 + 2 + 3 + 2 * 3 + 2 * 5 + 4 * 5 + 4 * 9));
        let narrow = Header { width: 1, height: 5, bits_per_pixel: 1, interlaced: true };
        // Without the passes that start right of the first column.
        assert_eq!(narrow.raw_bytes(), Some(2 + 2 + 2 + 2 * 2));
    }

    fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
        chunks.iter().for_each(|(name, content)| push_riff_chunk(&mut file, *name, content));
        let length = file.len() as u32 - 8;
        file[4..8].copy_from_slice(&length.to_le_bytes());
        file
    }

    #[test]
    fn a_webp_keeps_its_bitstream_and_nothing_else() {
        for (color, bytes_per_pixel, flags) in
            [(ExtendedColorType::Rgb8, 3, 0), (ExtendedColorType::Rgba8, 4, ALPHA_FLAG)]
        {
            let mut plain = Vec::new();
            WebPEncoder::new_lossless(&mut plain).encode(&samples(bytes_per_pixel), WIDTH, HEIGHT, color).unwrap();
            let (name, bitstream, _) = riff_chunk(&plain[12..]).unwrap();
            assert_eq!(name, b"VP8L");
            let extended = [flags | 0x04, 0, 0, 0, WIDTH as u8 - 1, 0, 0, HEIGHT as u8 - 1, 0, 0];
            let file = riff(&[(b"VP8X", &extended), (b"VP8L", bitstream), (b"XMP ", b"<x/>"), (b"EXIF", b"MM\0\x2A")]);
            let photo = open(&file, &Limits::default()).unwrap();
            let copy = rewrite(&file, &photo, &[]).unwrap();
            assert_eq!((copy.format, &copy.bytes), (Format::Webp, &riff(&[(b"VP8L", bitstream)])));
            assert_eq!(open(&copy.bytes, &Limits::default()).unwrap().frame, photo.frame);
        }
    }

    #[test]
    fn a_lossy_webp_keeps_its_plane_of_transparency() {
        let photo = open(&encoded_png(&samples(3), ExtendedColorType::Rgb8), &Limits::default()).unwrap();
        let extended = [ALPHA_FLAG, 0, 0, 0, WIDTH as u8 - 1, 0, 0, HEIGHT as u8 - 1, 0, 0];
        let clean = riff(&[(b"VP8X", &extended), (b"ALPH", b"plane"), (b"VP8 ", b"picture")]);
        let mut flags = extended;
        flags[0] |= 0x2C;
        let file =
            riff(&[(b"VP8X", &flags), (b"ICCP", b"x"), (b"ALPH", b"plane"), (b"VP8 ", b"picture"), (b"EXIF", b"y")]);
        assert_eq!(webp(&file, &photo), Ok(clean));
        let contradiction = riff(&[(b"VP8X", &[0; 10]), (b"ALPH", b"plane"), (b"VP8 ", b"picture")]);
        assert_eq!(webp(&contradiction, &photo), Err(Obstacle::Damaged));
    }

    #[test]
    fn an_animation_is_not_copied() {
        let photo = open(&encoded_png(&samples(3), ExtendedColorType::Rgb8), &Limits::default()).unwrap();
        let file = riff(&[(b"VP8X", &[2; 10]), (b"ANIM", b"loops."), (b"ANMF", b"frame")]);
        assert_eq!(webp(&file, &photo), Err(Obstacle::Format));
    }

    #[test]
    fn damage_never_panics() {
        let png_file = encoded_png(&samples(3), ExtendedColorType::Rgb8);
        let photo = open(&png_file, &Limits::default()).unwrap();
        let webp_file = riff(&[(b"VP8X", &[ALPHA_FLAG; 10]), (b"ALPH", b"plane"), (b"VP8 ", b"picture")]);
        for length in 0..png_file.len() {
            let _ = png(&png_file[..length]);
            let mut damaged = png_file.clone();
            damaged[length] ^= 0xFF;
            let _ = png(&damaged);
        }
        (0..webp_file.len()).for_each(|length| drop(webp(&webp_file[..length], &photo)));
    }
}
