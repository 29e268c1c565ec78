//! RIFF: the chunks of a WebP (RFC 9649).

use super::span::{ByteOrder, Span};
use super::text;
use super::walk::{UNKNOWN, Walk};

/// `RIFF`, length 4, `WEBP`.
const HEADER_LEN: usize = 12;
/// Name 4, length 4.
const CHUNK_HEADER_LEN: usize = 8;

/// A chunk, as far as it is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    /// Four bytes.
    pub(crate) name: &'a [u8],
    /// Without the padding byte.
    pub(crate) data: Span<'a>,
    /// Of the data, as announced.
    len: usize,
}

/// The chunk at the start of `rest`, if its name and length are there, and what follows it and its padding.
pub(crate) fn next(rest: Span) -> Option<(Chunk, Span)> {
    let name = rest.part(0, 4)?.bytes();
    let len = rest.u32(4, ByteOrder::Little)? as usize;
    let data = rest.clipped(CHUNK_HEADER_LEN, len);
    let after = rest.from(CHUNK_HEADER_LEN.saturating_add(len).saturating_add(len % 2));
    Some((Chunk { name, data, len }, after))
}

/// The chunks in `span`, one after the other, as decoders read them.
pub(crate) fn chunks(span: Span) -> impl Iterator<Item = Chunk> {
    let mut rest = span;
    std::iter::from_fn(move || {
        let (chunk, after) = next(rest)?;
        rest = after;
        Some(chunk)
    })
}

/// What follows the header of a file.
pub(crate) fn content(bytes: &[u8]) -> Span<'_> {
    Span::whole(bytes).from(HEADER_LEN)
}

/// The data of a chunk that was cut out of a file.
pub(crate) fn data(chunk: Span) -> Span {
    chunk.clipped(CHUNK_HEADER_LEN, chunk.u32(4, ByteOrder::Little).unwrap_or(0) as usize)
}

/// Whether a file is as long as its header says.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let len = Span::whole(bytes).u32(4, ByteOrder::Little);
    len.is_some_and(|len| u64::from(len) + CHUNK_HEADER_LEN as u64 <= bytes.len() as u64)
}

/// The bitstream, still or in its first animation frame (RFC 9649).
fn bitstream(bytes: &[u8]) -> Option<Chunk<'_>> {
    let mut rest = content(bytes);
    loop {
        let (chunk, after) = next(rest)?;
        rest = match chunk.name {
            b"VP8 " | b"VP8L" => return Some(chunk),
            // Position, size, duration and flags of the frame precede its own chunks.
            b"ANMF" => chunk.data.from(16),
            _ => after,
        };
    }
}

/// Whether the bitstream is lossy.
pub(crate) fn is_lossy(bytes: &[u8]) -> bool {
    bitstream(bytes).is_some_and(|chunk| chunk.name == b"VP8 ")
}

/// Width and height that a lossy bitstream itself announces (RFC 6386, 9.1), for which the decoder makes room.
pub(crate) fn lossy_size(bytes: &[u8]) -> Option<(u32, u32)> {
    /// The upper two bits scale.
    const SIDE: u16 = (1 << 14) - 1;
    let frame = bitstream(bytes).filter(|chunk| chunk.name == b"VP8 ")?.data;
    let side = |at: usize| frame.u16(at, ByteOrder::Little).map(|side| u32::from(side & SIDE));
    side(6).zip(side(8))
}

/// A chunk of these pieces, padded to an even length.
pub(crate) fn chunk(name: &[u8], pieces: &[&[u8]]) -> Vec<u8> {
    let data = pieces.concat();
    let mut chunk = [name, &(data.len() as u32).to_le_bytes(), &data].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// Cuts a WebP file into its header and its chunks, each with its padding byte.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
    let file = Span::whole(bytes);
    let mut walk = Walk::new(bytes.len());
    let Some(riff_len) = file.u32(4, ByteOrder::Little).filter(|_| bytes.len() >= HEADER_LEN) else {
        return walk.give_up();
    };
    walk.cut("RIFF", HEADER_LEN);
    let end = (riff_len as usize).saturating_add(CHUNK_HEADER_LEN);
    while walk.goes_on() && walk.end() < end {
        let start = walk.end();
        let Some((chunk, _)) = next(file.from(start)) else {
            return walk.give_up();
        };
        let (len, chunk_end) = (chunk.len, start.saturating_add(CHUNK_HEADER_LEN).saturating_add(chunk.len));
        if chunk_end > end && end <= bytes.len() {
            walk.corrupt("a chunk reaches past the container's end");
            walk.cut(UNKNOWN, end);
            break;
        }
        // Some writers leave out the padding of the last chunk.
        walk.cut(text::decode(chunk.name), chunk_end.saturating_add(len % 2).min(end.max(chunk_end)));
    }
    if walk.end() >= end { walk.finish() } else { walk.give_up() }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::error::InputError;

    pub(crate) fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        for (name, data) in chunks {
            body.extend([&name[..], &(data.len() as u32).to_le_bytes(), data].concat());
            body.resize(body.len().next_multiple_of(2), 0);
        }
        [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
    }

    #[test]
    fn chunks_take_their_padding_with_them() {
        let file = [webp(&[(b"VP8L", b"odd"), (b"ALPH", b"even")]), b"after".to_vec()].concat();
        let segments = walk(&file).segments;
        let names: Vec<_> = segments.iter().map(|s| (s.name.as_str(), s.start, s.end)).collect();
        assert_eq!(names, [("RIFF", 0, 12), ("VP8L", 12, 24), ("ALPH", 24, 36), ("trailer", 36, 41)]);
    }

    #[test]
    fn a_cut_off_file_is_truncated() {
        let file = webp(&[(b"VP8 ", b"picture!")]);
        for len in 12..file.len() {
            assert_eq!(walk(&file[..len]).fault, Some(InputError::Truncated), "{len}");
        }
    }

    #[test]
    fn a_chunk_past_the_containers_end_is_corrupt() {
        let mut file = webp(&[(b"VP8 ", b"picture!")]);
        file[16] += 2;
        let file = [file, b"after".to_vec()].concat();
        assert!(matches!(walk(&file).fault, Some(InputError::Corrupt(_))));
    }

    #[test]
    fn a_chunk_that_is_written_is_read() {
        let file = [chunk(b"odd ", &[b"ab", b"c"]), chunk(b"even", &[b"abcd"])].concat();
        let found: Vec<_> = chunks(Span::whole(&file)).map(|chunk| (chunk.name, chunk.data.bytes())).collect();
        assert_eq!(found, [(&b"odd "[..], &b"abc"[..]), (b"even", b"abcd")]);
    }

    #[test]
    fn lossy_and_lossless_webp_are_distinguished() {
        let lossy = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\0\0\0\0\0\0VP8 \0\0\0\0";
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\x02\0\0\0\0\0VP8 \0\0\0\0";
        assert!(is_lossy(lossy));
        assert!(!is_lossy(lossless));
        let frame = b"RIFF\0\0\0\0WEBPVP8 \x0A\0\0\0\0\0\0\x9D\x01\x2A\x40\xC1\x20\0";
        assert_eq!(lossy_size(frame), Some((320, 32)));
    }
}
