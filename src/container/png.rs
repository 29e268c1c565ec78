//! PNG: chunks (ISO/IEC 15948, PNG third edition).

use std::borrow::Cow;

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::profile::Profile;
use super::span::{ByteOrder, Span};
use super::tiff;
use super::walk::{Segment, TRAILER, UNKNOWN, Walk};
use crate::error::InputError;

/// The first eight bytes.
pub(crate) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// The last chunk, which has no data.
pub(crate) const END: [u8; 12] = *b"\0\0\0\0IEND\xAE\x42\x60\x82";
/// Length 4, type 4.
const CHUNK_HEADER_LEN: usize = 8;
const CRC_LEN: usize = 4;

/// A chunk, as far as it is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    /// Its type.
    pub(crate) kind: &'a [u8],
    /// Where the data starts.
    pub(crate) at: usize,
    /// Without the checksum.
    pub(crate) data: &'a [u8],
    /// After the checksum; may be past the file's end.
    end: usize,
    /// Of the type and the data; `None` if it is not there.
    checksum: Option<u32>,
}

impl Chunk<'_> {
    /// Whether it is whole and its checksum is right.
    pub(crate) fn is_intact(&self) -> bool {
        let mut hash = crc32fast::Hasher::new();
        hash.update(self.kind);
        hash.update(self.data);
        self.checksum == Some(hash.finalize())
    }

    fn start(&self) -> usize {
        self.at - CHUNK_HEADER_LEN
    }
}

/// The chunk at `start`, if its length and type are there.
fn chunk_at(file: Span, start: usize) -> Option<Chunk> {
    let len = file.u32(start, ByteOrder::Big)? as usize;
    let kind = file.part(start + 4, 4)?.bytes();
    let at = start + CHUNK_HEADER_LEN;
    let data_end = at.saturating_add(len);
    let checksum = file.u32(data_end, ByteOrder::Big);
    Some(Chunk { kind, at, data: file.clipped(at, len).bytes(), end: data_end.saturating_add(CRC_LEN), checksum })
}

/// Cuts a PNG into its signature and its chunks.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
    let file = Span::whole(bytes);
    let mut walk = Walk::new(bytes.len());
    walk.cut("signature", SIGNATURE.len());
    while walk.goes_on() {
        let start = walk.end();
        let Some(chunk) = chunk_at(file, start) else {
            return walk.give_up();
        };
        let Some(name) = std::str::from_utf8(chunk.kind).ok().filter(|name| is_name(name)) else {
            walk.corrupt("a chunk's type is not four letters");
            return walk.give_up();
        };
        if (start == SIGNATURE.len()) != (name == "IHDR") {
            walk.corrupt("the header must be the first chunk and the only one of its kind");
        }
        walk.cut(name, chunk.end);
        if name == "IEND" {
            return walk.finish();
        }
    }
    walk.give_up()
}

fn is_name(kind: &str) -> bool {
    kind.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The data of a chunk that was cut out of a file.
pub(crate) fn data(chunk: Span) -> Span {
    chunk.clipped(CHUNK_HEADER_LEN, chunk.u32(0, ByteOrder::Big).unwrap_or(0) as usize)
}

/// Chunks with text or EXIF where none are expected: in a segment with this name that is no intact chunk. They are known by their
/// type and the start of their data; their lengths and checksums may be wrong.
pub(crate) fn stray_chunks<'a>(name: &str, segment: Span<'a>) -> impl Iterator<Item = (&'static str, Span<'a>)> {
    let is_chunk = !matches!(name, TRAILER | UNKNOWN);
    let is_intact = is_chunk && chunk_at(segment, 0).is_some_and(|chunk| chunk.is_intact());
    let skipped = match (is_intact, is_chunk) {
        (true, _) => segment.len(),
        (false, true) => CHUNK_HEADER_LEN,
        (false, false) => 0,
    };
    let mut rest = segment.from(skipped);
    std::iter::from_fn(move || {
        loop {
            let at = rest.bytes().windows(CHUNK_HEADER_LEN).position(|start| is_text_type(&start[4..]))?;
            let chunk = rest.from(at);
            rest = chunk.from(CHUNK_HEADER_LEN);
            if let Some(name) = stray_name(chunk) {
                return Some((name, chunk.clipped(0, data(chunk).len() + CHUNK_HEADER_LEN + CRC_LEN)));
            }
        }
    })
}

fn is_text_type(kind: &[u8]) -> bool {
    matches!(kind, b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf")
}

/// The type of a chunk whose data starts as it should.
fn stray_name(chunk: Span) -> Option<&'static str> {
    let data = chunk.from(CHUNK_HEADER_LEN);
    match chunk.part(4, 4)?.bytes() {
        b"eXIf" => tiff::is_tiff(data.bytes()).then_some("eXIf"),
        kind => {
            let after = after_keyword(data)?;
            match kind {
                b"tEXt" => Some("tEXt"),
                b"zTXt" => (after.u8(0)? == 0).then_some("zTXt"),
                _ => (after.u8(0)? <= 1 && after.u8(1)? == 0).then_some("iTXt"),
            }
        }
    }
}

/// What follows a keyword and its zero (11.3.3.1); `None` if there is no keyword.
fn after_keyword(data: Span) -> Option<Span> {
    const MAX_LEN: usize = 79;
    let (keyword, _) = data.clipped(0, MAX_LEN + 1).split_at_byte(0)?;
    let is_printable = |byte: &u8| matches!(byte, 0x20..=0x7E | 0xA1..=0xFF);
    (!keyword.is_empty() && keyword.bytes().iter().all(is_printable)).then(|| data.from(keyword.len() + 1))
}

/// The chunks as decoders read them: whatever their types are, up to the first that is not whole.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut start = SIGNATURE.len();
    std::iter::from_fn(move || {
        let chunk = chunk_at(Span::whole(bytes), start).filter(|chunk| chunk.end <= bytes.len())?;
        start = chunk.end;
        Some(chunk)
    })
}

/// Whether the last chunk, `IEND`, and every chunk before it are whole.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    chunks(bytes).any(|chunk| chunk.kind == b"IEND")
}

/// Whether data of the picture is there.
pub(crate) fn has_data(bytes: &[u8]) -> bool {
    chunks(bytes).any(|chunk| chunk.kind == b"IDAT")
}

/// The file as far as its picture can be read, as browsers read it: up to the last chunk that is whole, then the end. The last of the
/// picture's data counts as far as it is there, and if only its checksum is wrong.
pub(crate) fn completed(bytes: &[u8]) -> Cow<'_, [u8]> {
    let file = Span::whole(bytes);
    let before_end = || chunks(bytes).take_while(|chunk| chunk.kind != b"IEND");
    let whole_end = before_end().last().map_or(SIGNATURE.len(), |chunk| chunk.end);
    let is_data = |chunk: &Chunk| chunk.kind == b"IDAT";
    let last = chunk_at(file, whole_end).filter(is_data).or_else(|| before_end().filter(is_data).last());
    let rest = if is_whole(bytes) { None } else { Some(&END[..]) };
    match last.filter(|data| !data.is_intact()) {
        Some(data) => {
            let mut repaired = bytes[..data.start()].to_vec();
            push_chunk(&mut repaired, *b"IDAT", data.data);
            repaired.extend(bytes.get(data.end..whole_end).unwrap_or_default());
            repaired.extend(rest.unwrap_or(bytes.get(whole_end.max(data.end)..).unwrap_or_default()));
            repaired.into()
        }
        None => rest.map_or(bytes.into(), |rest| [&bytes[..whole_end], rest].concat().into()),
    }
}

/// Why the picture of a PNG cannot be decoded, in plain words.
pub(crate) fn fault(bytes: &[u8]) -> InputError {
    /// More than a picture within the limits unpacks to need not be known here.
    const MOST: usize = 1 << 28;
    // The capital letter says that a picture cannot be decoded without the chunk (5.4).
    let is_critical = |chunk: &Chunk| chunk.kind.first().is_some_and(u8::is_ascii_uppercase);
    let critical = || chunks(bytes).take_while(|chunk| chunk.kind != b"IEND").filter(is_critical);
    let corrupt = |what: &str| InputError::Corrupt(what.to_owned());
    if critical().any(|chunk| !chunk.is_intact()) {
        return corrupt("a checksum is wrong, so some of its bytes are not those that were written.");
    }
    if critical().any(|chunk| !matches!(chunk.kind, b"IHDR" | b"PLTE" | b"IDAT")) {
        return corrupt("it has a part that no standard knows and that its picture needs.");
    }
    let data: Vec<&[u8]> = critical().filter(|chunk| chunk.kind == b"IDAT").map(|chunk| chunk.data).collect();
    match decompress_to_vec_zlib_with_limit(&data.concat(), MOST) {
        Err(error) if error.status == TINFLStatus::FailedCannotMakeProgress => InputError::Truncated,
        Err(error) if error.status != TINFLStatus::HasMoreOutput => corrupt("its picture data cannot be unpacked."),
        _ => corrupt("rows of its picture are missing or wrong."),
    }
}

/// What chunks before the picture's data say of its colours, besides a profile (11.3.2). Of each kind the first counts, and only
/// with the right checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ColourChunks {
    /// `cICP`: primaries, transfer function, matrix, whether the range is full.
    pub(crate) code_points: Option<[u8; 4]>,
    /// `sRGB` is there.
    pub(crate) is_srgb: bool,
    /// `gAMA`, times 100,000.
    pub(crate) gamma: Option<u32>,
    /// `cHRM`: x and y of white, red, green and blue, times 100,000.
    pub(crate) chromaticities: Option<[u32; 8]>,
}

/// What a PNG says of its colours, besides a profile.
pub(crate) fn colour_chunks(bytes: &[u8]) -> ColourChunks {
    let mut found = ColourChunks::default();
    let mut has_palette = false;
    for chunk in chunks(bytes).take_while(|chunk| chunk.kind != b"IDAT") {
        let number = |at: usize| Span::whole(chunk.data).u32(at, ByteOrder::Big);
        match (chunk.kind, chunk.data.len()) {
            (b"PLTE", _) => has_palette = true,
            (b"cICP" | b"sRGB" | b"gAMA" | b"cHRM", _) if !chunk.is_intact() => {}
            (b"cICP", 4) if !has_palette => found.code_points = found.code_points.or(chunk.data.first_chunk().copied()),
            (b"sRGB", 1) => found.is_srgb = true,
            (b"gAMA", 4) => found.gamma = found.gamma.or(number(0)),
            (b"cHRM", 32) => {
                let values = std::array::from_fn(|n| number(4 * n).unwrap_or(0));
                found.chromaticities = found.chromaticities.or(Some(values));
            }
            _ => {}
        }
    }
    found
}

/// Width and height in pixels as the header announces them (11.2.2: the first chunk, at a fixed place).
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let file = Span::whole(bytes);
    let header = chunk_at(file, SIGNATURE.len()).filter(|chunk| chunk.kind == b"IHDR")?;
    Some((file.u32(header.at, ByteOrder::Big)?, file.u32(header.at + 4, ByteOrder::Big)?))
}

/// The bytes that all colour profiles unpack to (11.3.2.3), `limit` at most; `None` if they are more.
pub(crate) fn profile_bytes(bytes: &[u8], limit: usize) -> Option<usize> {
    let profiles = chunks(bytes).filter(|chunk| chunk.kind == b"iCCP");
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

/// Appends a chunk.
pub(crate) fn push_chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(data);
    let checksum = crc32fast::hash(&file[start..]);
    file.extend(checksum.to_be_bytes());
}

/// The chunks of a PNG that is written here, in order; the profile may be missing, and the data may be in several chunks.
const WRITTEN: [&str; 5] = ["signature", "IHDR", PROFILE, "IDAT", "IEND"];
const PROFILE: &str = "iCCP";

/// Whether a file has these chunks, each where it belongs, and no others; exactly this profile, or none.
pub(super) fn is_as_written(file: Span, segments: &[Segment], profile: Option<Profile>) -> bool {
    let mut names: Vec<&str> = segments.iter().map(|segment| segment.name.as_str()).collect();
    names.dedup_by(|name, before| name == before && *name == "IDAT");
    let written = WRITTEN.into_iter().filter(|name| *name != PROFILE || profile.is_some());
    let mut profiles =
        segments.iter().filter(|segment| segment.name == PROFILE).map(|segment| segment.of(file).bytes());
    names.into_iter().eq(written)
        && profiles.all(|chunk| profile.is_some_and(|profile| chunk == profile_chunk(profile)))
}

/// The chunk with a profile.
fn profile_chunk(profile: Profile) -> Vec<u8> {
    let mut chunk = Vec::new();
    push_chunk(&mut chunk, *b"iCCP", &profile.png_data());
    chunk
}

/// Puts a profile into a PNG that has none: after its first chunk, the header.
pub(crate) fn insert_profile(file: &mut Vec<u8>, profile: Profile) {
    /// Signature 8, length 4, type 4, data 13, checksum 4.
    const HEADER_END: usize = 33;
    file.splice(HEADER_END..HEADER_END, profile_chunk(profile));
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::error::InputError;

    pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat()
    }

    pub(crate) fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
        let head = [SIGNATURE.to_vec(), chunk(b"IHDR", &[0; 13])].concat();
        [head, chunks.concat(), chunk(b"IDAT", b"data"), END.to_vec()].concat()
    }

    fn accepted(file: &[u8], profile: Option<Profile>) -> bool {
        is_as_written(Span::whole(file), &walk(file).segments, profile)
    }

    #[test]
    fn every_chunk_is_named() {
        let file = [png(&[]), b"after".to_vec()].concat();
        let names: Vec<_> = walk(&file).segments.into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["signature", "IHDR", "IDAT", "IEND", "trailer"]);
    }

    #[test]
    fn a_cut_off_file_is_truncated() {
        let file = png(&[]);
        for len in 8..file.len() {
            assert_eq!(walk(&file[..len]).fault, Some(InputError::Truncated), "{len}");
        }
    }

    #[test]
    fn a_chunk_without_a_type_or_out_of_place_is_corrupt() {
        let code = |file: &[u8]| {
            walk(file).fault.map_or("ok".to_owned(), |fault| crate::Error::from(fault).code().to_string())
        };
        assert_eq!(code(&png(&[chunk(b"a b1", b"")])), "corrupt");
        assert_eq!(code(&png(&[chunk(b"IHDR", b"")])), "corrupt");
    }

    #[test]
    fn a_chunk_that_is_not_whole_ends_the_chunks() {
        let file = [&SIGNATURE[..], b"\0\0\0\x01abcdXCRC_", &END].concat();
        assert!(is_whole(&file));
        assert!(!is_whole(&file[..file.len() - 1]));
        let found: Vec<_> = chunks(&file).map(|chunk| (chunk.kind, chunk.at, chunk.data)).collect();
        assert_eq!(found, [(&b"abcd"[..], 16, &b"X"[..]), (b"IEND", 29, b"")]);
    }

    #[test]
    fn a_chunk_that_is_written_is_read() {
        let mut file = SIGNATURE.to_vec();
        push_chunk(&mut file, *b"IHDR", b"\0\0\0\x07\0\0\0\x09 rest");
        push_chunk(&mut file, *b"IEND", b"");
        assert_eq!(file[file.len() - END.len()..], END);
        assert_eq!(size(&file), Some((7, 9)));
        assert!(!accepted(&file, None));
    }

    #[test]
    fn only_what_is_written_is_accepted() {
        let idat = chunk(b"IDAT", b"data");
        let plain = |chunks: &[Vec<u8>]| accepted(&png(chunks), None);
        assert!(plain(&[]) && plain(&[idat.clone(), idat]));
        assert!(!plain(&[chunk(b"tEXt", b"a\0b")]));
        assert!(!accepted(&[png(&[]), vec![0]].concat(), None));
    }

    #[test]
    fn only_the_profile_that_is_written_is_accepted() {
        let mut file = png(&[]);
        insert_profile(&mut file, Profile::DisplayP3);
        assert!(accepted(&file, Some(Profile::DisplayP3)));
        assert!(!accepted(&file, None) && !accepted(&file, Some(Profile::AdobeRgb)));
        assert!(!accepted(&png(&[]), Some(Profile::DisplayP3)));
        let end = file.windows(4).position(|part| part == b"IDAT").expect("there is data") - 4;
        for byte in 33..end {
            let mut changed = file.clone();
            changed[byte] ^= 1;
            assert!(!accepted(&changed, Some(Profile::DisplayP3)), "byte {byte}");
        }
        insert_profile(&mut file, Profile::DisplayP3);
        assert!(!accepted(&file, Some(Profile::DisplayP3)));
    }
}
