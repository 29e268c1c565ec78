//! The byte map: the container's segments, with what readers found inside them put in its place.

use super::findings::LIMITS;
use crate::container::{Segment, UNKNOWN};
use crate::order::sort_by_key;
use crate::report::Part;

/// A stretch that a reader named: first byte and the byte after the last.
pub(super) type Named = (&'static str, [u64; 2]);

/// Every byte once, in file order: a byte belongs to the smallest named stretch around it, else to its segment.
/// Neighbours of one name are one part. A map of too many parts ends with one that is `unknown`.
pub(super) fn parts(segments: &[Segment], named: &[Named]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for segment in segments {
        push(&mut parts, &segment.name, segment.start, segment.end);
    }
    parts = refine(&parts, named);
    if parts.len() > LIMITS.parts {
        let end = parts.last().map_or(0, |part| part.offset + part.bytes);
        parts.truncate(LIMITS.parts - 1);
        let start = parts.last().map_or(0, |part| part.offset + part.bytes);
        parts.push(Part { name: UNKNOWN.to_owned(), offset: start, bytes: end - start });
    }
    parts
}

/// Cuts the parts at the edges of named stretches.
fn refine(parts: &[Part], named: &[Named]) -> Vec<Part> {
    let mut edges: Vec<u64> = named.iter().flat_map(|(_, range)| *range).collect();
    sort_by_key(&mut edges, |edge| *edge);
    edges.dedup();
    // The smallest first, so that the first around a byte is the innermost.
    let mut innermost = named.to_vec();
    sort_by_key(&mut innermost, |(_, [start, end])| end - start);
    let mut refined = Vec::new();
    for part in parts {
        let end = part.offset + part.bytes;
        let first = edges.partition_point(|&edge| edge <= part.offset);
        let inner = edges[first..].iter().copied().take_while(|&edge| edge < end);
        let mut start = part.offset;
        for edge in inner.chain([end]) {
            let around = innermost.iter().find(|(_, range)| range[0] <= start && edge <= range[1]);
            push(&mut refined, around.map_or(part.name.as_str(), |(name, _)| name), start, edge);
            start = edge;
        }
    }
    refined
}

fn push(parts: &mut Vec<Part>, name: &str, start: u64, end: u64) {
    match parts.last_mut() {
        Some(last) if last.name == name => last.bytes = end - last.offset,
        _ => parts.push(Part { name: name.to_owned(), offset: start, bytes: end - start }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(parts: &[Part]) -> Vec<(&str, u64, u64)> {
        parts.iter().map(|part| (part.name.as_str(), part.offset, part.bytes)).collect()
    }

    fn segment(name: &str, start: u64, end: u64) -> Segment {
        Segment { name: name.to_owned(), start, end }
    }

    #[test]
    fn a_byte_belongs_to_the_innermost_stretch() {
        let segments = [segment("SOI", 0, 2), segment("APP1", 2, 100), segment("scan", 100, 120)];
        let map = parts(&segments, &[("exif", [12, 100]), ("thumbnail", [50, 80])]);
        let expected = [
            ("SOI", 0, 2),
            ("APP1", 2, 10),
            ("exif", 12, 38),
            ("thumbnail", 50, 30),
            ("exif", 80, 20),
            ("scan", 100, 20),
        ];
        assert_eq!(named(&map), expected);
    }

    #[test]
    fn neighbours_of_one_name_are_one_part() {
        let map = parts(&[segment("IDAT", 0, 10), segment("IDAT", 10, 30), segment("IEND", 30, 42)], &[]);
        assert_eq!(named(&map), [("IDAT", 0, 30), ("IEND", 30, 12)]);
    }

    #[test]
    fn a_map_of_too_many_parts_still_covers_every_byte() {
        let names = ["a", "b"];
        let segments: Vec<Segment> =
            (0..3 * LIMITS.parts as u64).map(|n| segment(names[n as usize % 2], n, n + 1)).collect();
        let map = parts(&segments, &[]);
        assert_eq!(map.len(), LIMITS.parts);
        assert_eq!(map.iter().map(|part| part.bytes).sum::<u64>(), 3 * LIMITS.parts as u64);
        assert_eq!(map.last().map(|part| part.name.as_str()), Some(UNKNOWN));
    }
}
