//! Blocks that programs append to a picture, known by how they end: the last is found first.
//!
//! Their layouts are as documented for AFCP by its specification (PDF, tocarte.com) and for the others by ExifTool.

use super::findings::{Block, Findings};
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Blocks of one trailer; programs write one or two.
const MAX_BLOCKS: usize = 16;
/// Entries or records of one block.
const MAX_RECORDS: usize = 64;

/// What a block is.
#[derive(Clone, Copy)]
enum Kind {
    Afcp,
    FotoStation,
    PhotoMechanic,
    Mie,
    Samsung,
    CanonVrd,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Afcp, Self::FotoStation, Self::PhotoMechanic, Self::Mie, Self::Samsung, Self::CanonVrd];

    /// In the byte map and in the report.
    fn name(self) -> &'static str {
        match self {
            Self::Afcp => "AFCP",
            Self::FotoStation => "FotoStation",
            Self::PhotoMechanic => "PhotoMechanic",
            Self::Mie => "MIE",
            Self::Samsung => "Samsung SEFT",
            Self::CanonVrd => "CanonVRD",
        }
    }

    /// The length of the block of this kind that ends where `trailer` does.
    fn len(self, trailer: Span) -> Option<usize> {
        let len = match self {
            Self::Afcp => afcp_len(trailer),
            Self::FotoStation => Some(foto_station(trailer).map(|record| record.len).sum()),
            Self::PhotoMechanic => photo_mechanic_len(trailer),
            Self::Mie => mie_len(trailer),
            Self::Samsung => samsung_len(trailer),
            Self::CanonVrd => canon_vrd_len(trailer),
        };
        len.filter(|&len| len > 0 && len <= trailer.len())
    }

    fn read(self, block: Span, out: &mut Findings) {
        let bytes = count(block.len());
        let words = match self {
            Self::Samsung => LeakWords::SamsungData { bytes },
            _ => LeakWords::AppendedData { name: self.name().to_owned(), bytes },
        };
        out.add(LeakKind::Trailer, self.name(), block, words);
        out.name(self.name(), block);
        match self {
            Self::Afcp => read_afcp(block, out),
            Self::FotoStation => read_foto_station(block, out),
            Self::Samsung => {
                // A film in the block counts as reaching to its end, but its directory is no part of that.
                if let Some(directory) = samsung_directory(block) {
                    out.name(self.name(), directory);
                }
            }
            Self::PhotoMechanic | Self::Mie | Self::CanonVrd => {}
        }
    }
}

/// Reports the blocks at the end of a trailer and returns what stands before them.
pub(super) fn find<'a>(trailer: Span<'a>, out: &mut Findings) -> Span<'a> {
    let mut rest = trailer;
    for _ in 0..MAX_BLOCKS {
        let Some((kind, len)) = Kind::ALL.iter().find_map(|kind| Some((kind, kind.len(rest)?))) else {
            break;
        };
        let at = rest.len() - len;
        kind.read(rest.from(at), out);
        rest = rest.clipped(0, at);
    }
    rest
}

/// The last `len` bytes.
fn end(span: Span, len: usize) -> Option<Span> {
    span.part(span.len().checked_sub(len)?, len)
}

/// Header and end record of AFCP: mark 4; version 2 and entries 2, or the place of the header 4; reserved 4.
const AFCP_RECORD_LEN: usize = 12;

/// The last letter of the mark says the order of bytes.
fn afcp_order(mark: &[u8]) -> Option<ByteOrder> {
    match mark {
        b"AXS!" => Some(ByteOrder::Big),
        b"AXS*" => Some(ByteOrder::Little),
        _ => None,
    }
}

/// Where an end record says that the header stands in the file, and the order of its bytes.
fn afcp_end(block: Span) -> Option<(usize, ByteOrder)> {
    let record = end(block, AFCP_RECORD_LEN)?;
    let order = afcp_order(record.clipped(0, 4).bytes())?;
    Some((record.u32(4, order)? as usize, order))
}

/// The header stands where the end record says, or elsewhere if the file has become longer or shorter since.
fn afcp_len(trailer: Span) -> Option<usize> {
    let (stated, _) = afcp_end(trailer)?;
    let mark = end(trailer, AFCP_RECORD_LEN)?.clipped(0, 4).bytes();
    let before_end = trailer.clipped(0, trailer.len() - AFCP_RECORD_LEN);
    let trailer_at = usize::try_from(trailer.range()[0]).ok()?;
    let is_header = |at: &usize| before_end.part(*at, AFCP_RECORD_LEN).is_some_and(|h| h.bytes().starts_with(mark));
    let at = stated.checked_sub(trailer_at).filter(is_header).or_else(|| before_end.find(mark))?;
    Some(trailer.len() - at)
}

/// Entries of type 4, length 4 and place in the file 4. The places are right in relation to that of the header.
fn read_afcp(block: Span, out: &mut Findings) {
    const ENTRY_LEN: usize = 12;
    /// Before a picture stand its size and a varying number of bytes.
    const PICTURE_HEADER_LEN: usize = 10;
    let Some((header_at, order)) = afcp_end(block) else { return };
    let entries = usize::from(block.u16(6, order).unwrap_or(0));
    for n in 0..entries.min(MAX_RECORDS) {
        let entry = block.from(AFCP_RECORD_LEN + n * ENTRY_LEN);
        let (Some(len), Some(at)) = (entry.u32(4, order), entry.u32(8, order)) else { return };
        let Some(at) = (at as usize).checked_sub(header_at) else { continue };
        let data = block.clipped(at, len as usize);
        let picture = data.from(PICTURE_HEADER_LEN);
        match entry.clipped(0, 4).bytes() {
            b"IPTC" => out.read(Block::Iptc(data, "AFCP")),
            b"TEXT" => out.add_text(LeakKind::Text, "AFCP", data, &text::decode(data.bytes())),
            b"Nail" => add_picture(LeakKind::Thumbnail, "AFCP", picture, out),
            b"PrVw" => add_picture(LeakKind::Preview, "AFCP", picture, out),
            _ => {}
        }
    }
}

/// A picture in JPEG, from its start on.
fn add_picture(kind: LeakKind, location: &str, data: Span, out: &mut Findings) {
    let picture = data.find(b"\xFF\xD8\xFF").map_or(data, |at| data.from(at));
    if !picture.is_empty() {
        out.add(kind, location, picture, LeakWords::Picture { bytes: count(picture.len()) });
        out.read(Block::Jpeg(picture));
    }
}

/// A record of FotoStation.
struct Record<'a> {
    number: u16,
    data: Span<'a>,
    /// With its end.
    len: usize,
}

/// Records from the last on: data, then number 2, length with these 4, mark 4.
fn foto_station(trailer: Span) -> impl Iterator<Item = Record> {
    const END_LEN: usize = 10;
    const MARK: u32 = 0xA1B2_C3D4;
    let mut rest = trailer;
    let next = move || {
        let last = end(rest, END_LEN).filter(|last| last.u32(6, ByteOrder::Big) == Some(MARK))?;
        let len = last.u32(2, ByteOrder::Big)? as usize;
        let data = end(rest, len)?.part(0, len.checked_sub(END_LEN)?)?;
        rest = rest.clipped(0, rest.len() - len);
        Some(Record { number: last.u16(0, ByteOrder::Big)?, data, len })
    };
    std::iter::from_fn(next).take(MAX_RECORDS)
}

fn read_foto_station(block: Span, out: &mut Findings) {
    for Record { number, data, .. } in foto_station(block) {
        match number {
            1 => out.read(Block::Iptc(data, "FotoStation")),
            3 => add_picture(LeakKind::Thumbnail, "FotoStation", data, out),
            4 => add_picture(LeakKind::Preview, "FotoStation", data, out),
            _ => {}
        }
    }
}

/// Data, its length 4, mark 8.
fn photo_mechanic_len(trailer: Span) -> Option<usize> {
    const END_LEN: usize = 12;
    let last = end(trailer, END_LEN).filter(|last| last.bytes().ends_with(b"cbipcbbl"))?;
    (last.u32(0, ByteOrder::Big)? as usize).checked_add(END_LEN)
}

/// The last element of the outermost group: the signature, then the end of the group with the length of all in 4 or 8 bytes, the
/// order of bytes and the number of those bytes.
fn mie_len(trailer: Span) -> Option<usize> {
    const SIGNATURE: &[u8] = b"~\0\x04\0zmie~\0\0";
    const NUMBER_AT: usize = SIGNATURE.len() + 1;
    let last = |number_len: usize| {
        end(trailer, NUMBER_AT + number_len + 2).filter(|last| {
            last.bytes().starts_with(SIGNATURE)
                && last.u8(SIGNATURE.len()) == Some(number_len as u8 + 2)
                && last.bytes().ends_with(&[number_len as u8])
        })
    };
    let order = |last: Span, number_len: usize| match last.u8(NUMBER_AT + number_len)? {
        0x10 => Some(ByteOrder::Big),
        0x18 => Some(ByteOrder::Little),
        _ => None,
    };
    let len = match (last(4), last(8)) {
        (Some(last), _) => u64::from(last.u32(NUMBER_AT, order(last, 4)?)?),
        (_, Some(last)) => last.u64(NUMBER_AT, order(last, 8)?)?,
        _ => return None,
    };
    let len = usize::try_from(len).ok()?;
    end(trailer, len).filter(|block| block.part(4, 4).is_some_and(|name| name.bytes() == b"0MIE")).map(Span::len)
}

/// Length of the directory 4 and mark 4.
const SAMSUNG_END_LEN: usize = 8;

/// From its mark on: mark 4, version 4, number of entries 4, entries; and the end.
fn samsung_directory(trailer: Span) -> Option<Span> {
    let last = end(trailer, SAMSUNG_END_LEN).filter(|last| last.bytes().ends_with(b"SEFT"))?;
    let len = (last.u32(0, ByteOrder::Little)? as usize).checked_add(SAMSUNG_END_LEN)?;
    end(trailer, len).filter(|directory| directory.bytes().starts_with(b"SEFH"))
}

/// Entries of type 4, distance of the data before the directory 4, length 4.
fn samsung_len(trailer: Span) -> Option<usize> {
    const HEADER_LEN: usize = 12;
    const ENTRY_LEN: usize = 12;
    let directory = samsung_directory(trailer)?;
    let entries = (directory.u32(8, ByteOrder::Little)? as usize).min(MAX_RECORDS);
    let distances = (0..entries).map_while(|n| directory.u32(HEADER_LEN + n * ENTRY_LEN + 4, ByteOrder::Little));
    directory.len().checked_add(distances.max().unwrap_or(0) as usize)
}

/// A header of 28 bytes and an end of 64, which start alike; the end says the length of what is between.
fn canon_vrd_len(trailer: Span) -> Option<usize> {
    const MARK: &[u8] = b"CANON OPTIONAL DATA\0";
    const HEADER_LEN: usize = 28;
    const END_LEN: usize = 64;
    let last = end(trailer, END_LEN).filter(|last| last.bytes().starts_with(MARK))?;
    let len = (last.u32(MARK.len(), ByteOrder::Big)? as usize).checked_add(HEADER_LEN + END_LEN)?;
    end(trailer, len).filter(|block| block.bytes().starts_with(MARK)).map(Span::len)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::container::jpeg::tests::jpeg;
    use crate::leaks::iptc::tests::data_set;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::leaks::{find as find_in, scan};
    use crate::report::Format;

    /// Its header is to stand at this place of the file.
    fn afcp(order: ByteOrder, header_at: usize) -> Vec<u8> {
        let mark: &[u8] = if order == ByteOrder::Big { b"AXS!" } else { b"AXS*" };
        let u16 = |n: u16| if order == ByteOrder::Big { n.to_be_bytes() } else { n.to_le_bytes() };
        let u32 = |n: u32| if order == ByteOrder::Big { n.to_be_bytes() } else { n.to_le_bytes() };
        let thumbnail = [&[0; 18][..], &jpeg(&[])].concat();
        let entries = [(b"IPTC", data_set(80, "Jane")), (b"TEXT", b"at the lake".to_vec()), (b"Nail", thumbnail)];
        let mut data_at = header_at + AFCP_RECORD_LEN + 12 * entries.len();
        let mut block = [mark, &u16(0x100), &u16(entries.len() as u16), &[0; 4]].concat();
        for (kind, data) in &entries {
            block.extend([&kind[..], &u32(data.len() as u32), &u32(data_at as u32)].concat());
            data_at += data.len();
        }
        block.extend(entries.iter().flat_map(|(_, data)| data));
        block.extend([mark, &u32(header_at as u32), &[0; 4]].concat());
        block
    }

    fn foto_station_of(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let record = |(number, data): &(u16, Vec<u8>)| {
            let len = data.len() as u32 + 10;
            [data, &number.to_be_bytes()[..], &len.to_be_bytes(), b"\xA1\xB2\xC3\xD4"].concat()
        };
        records.iter().flat_map(record).collect()
    }

    fn mie(long: bool, big: bool) -> Vec<u8> {
        let start = b"~\x10\x04\xFE0MIE\0\0\0\0data~\0\x04\0zmie~\0\0";
        let len = start.len() + if long { 11 } else { 7 };
        let number = (len as u64).to_be_bytes();
        let number = if long { &number[..] } else { &number[4..] };
        let ordered: Vec<u8> = if big { number.to_vec() } else { number.iter().rev().copied().collect() };
        let order = if big { 0x10 } else { 0x18 };
        [&start[..], &[number.len() as u8 + 2], &ordered[..], &[order, number.len() as u8]].concat()
    }

    /// With data of a film.
    fn samsung() -> Vec<u8> {
        let film = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42moov";
        let data = [&[0, 0, 0x30, 0x0A][..], &16u32.to_le_bytes(), b"MotionPhoto_Data", film].concat();
        let len = (data.len() as u32).to_le_bytes();
        let directory = [b"SEFH", &[101, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x30, 0x0A][..], &len, &len].concat();
        [&data, &directory[..], &(directory.len() as u32).to_le_bytes(), b"SEFT"].concat()
    }

    fn canon_vrd() -> Vec<u8> {
        let mark = b"CANON OPTIONAL DATA\0";
        let mut block = [&mark[..], b"\0\x01\0\0\0\0\0\x04data", mark, &4u32.to_be_bytes()].concat();
        block.resize(28 + 4 + 64 - 2, 0);
        [&block, &[0xFF, 0xD9][..]].concat()
    }

    /// A block of each kind, to be put at this place of a file.
    pub(in crate::leaks) fn blocks(at: usize) -> Vec<(&'static str, Vec<u8>)> {
        let records = [(3, jpeg(&[])), (1, data_set(80, "Jane")), (2, vec![0; 48])];
        vec![
            ("AFCP", afcp(ByteOrder::Big, at)),
            ("AFCP", afcp(ByteOrder::Little, at)),
            ("FotoStation", foto_station_of(&records)),
            ("PhotoMechanic", b"\x1C\x02\xDE\0\x01\x05\0\0\0\x06cbipcbbl".to_vec()),
            ("MIE", mie(false, true)),
            ("MIE", mie(true, false)),
            ("Samsung SEFT", samsung()),
            ("CanonVRD", canon_vrd()),
        ]
    }

    fn names(file: &[u8]) -> Vec<String> {
        scan(file, "a").parts.into_iter().map(|part| part.name).collect()
    }

    #[test]
    fn blocks_are_named_by_their_kind() {
        let start = jpeg(&[]).len();
        for (name, block) in blocks(start) {
            let file = [jpeg(&[]), block.clone()].concat();
            let found = leak(&file, LeakKind::Trailer);
            assert_eq!((found.location.as_str(), found.bytes), (name, Some([start as u64, file.len() as u64])));
            assert!(names(&file).iter().any(|part| part == name), "{name}: {:?}", names(&file));
            assert!(!names(&file).iter().any(|part| part == "trailer"), "{name}: {:?}", names(&file));
            assert_robust(&file, Format::Jpeg);
        }
    }

    #[test]
    fn blocks_one_after_the_other_are_all_named() {
        let start = jpeg(&[]).len() + 4;
        let all = || blocks(start).into_iter();
        for ((first, before), (last, after)) in all().flat_map(|block| all().map(move |other| (block.clone(), other))) {
            let file = [jpeg(&[]), b"rest".to_vec(), before, after].concat();
            let names = names(&file);
            assert!(names.iter().any(|part| part == first) && names.iter().any(|part| part == last), "{names:?}");
            assert!(names.iter().any(|part| part == "trailer"), "{names:?}");
        }
    }

    #[test]
    fn press_data_texts_and_pictures_of_afcp_are_read_also_at_another_place() {
        let start = jpeg(&[]).len();
        for order in [ByteOrder::Big, ByteOrder::Little] {
            // The offsets are right; too small; too big.
            for stated in [start, start - 20, start + 300] {
                let file = [jpeg(&[]), afcp(order, stated)].concat();
                assert_eq!(leak(&file, LeakKind::Owner).value, "Jane");
                assert_eq!(leak(&file, LeakKind::Iptc).location, "AFCP");
                assert_eq!(leak(&file, LeakKind::Text).value, "at the lake");
                assert_eq!(bytes_of(&file, LeakKind::Thumbnail), jpeg(&[]));
                assert!(!kinds(&file).contains(&LeakKind::SecondImage));
            }
        }
    }

    #[test]
    fn press_data_and_pictures_of_foto_station_are_read() {
        let records = [(1, data_set(80, "Jane")), (4, jpeg(&[]))];
        let file = [jpeg(&[]), foto_station_of(&records)].concat();
        assert_eq!(leak(&file, LeakKind::Owner).value, "Jane");
        assert_eq!(leak(&file, LeakKind::Iptc).location, "FotoStation");
        assert_eq!(bytes_of(&file, LeakKind::Preview), jpeg(&[]));
    }

    #[test]
    fn the_film_of_a_samsung_phone_is_told_besides_its_block() {
        let file = [jpeg(&[]), samsung()].concat();
        assert!(kinds(&file).contains(&LeakKind::MotionPhoto));
        let expected = [LeakWords::SamsungData { bytes: samsung().len() as u32 }];
        let blocks = find_in(&file, "a").into_iter().filter(|leak| leak.location == "Samsung SEFT");
        assert_eq!(blocks.filter_map(|leak| leak.words).collect::<Vec<_>>(), expected);
        assert_eq!(names(&file).last().map(String::as_str), Some("Samsung SEFT"));
    }

    #[test]
    fn a_block_that_is_longer_than_the_trailer_is_none() {
        for (name, block) in blocks(0).into_iter().filter(|(name, _)| *name != "AFCP") {
            // Less than half of it, and less than the last record of FotoStation.
            let len = (block.len() / 2).min(40);
            let file = [jpeg(&[]), block[block.len() - len..].to_vec()].concat();
            assert!(!names(&file).iter().any(|part| part == name), "{name}");
        }
    }
}
