//! Every walker on arbitrary bytes, on files changed at random, and on files made to exhaust it.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::exif::tests::with_gps;
use super::findings::LIMITS;
use super::jpeg::tests::extended;
use super::tests::assert_covered;
use super::{appended, c2pa, heif, scan};
use crate::container::jpeg::tests::{jpeg, segment};
use crate::container::{ByteOrder, Container, isobmff, tiff};

/// A file of each container that holds something for the readers inside.
fn files() -> Vec<(Container, Vec<u8>)> {
    let exif = with_gps(ByteOrder::Little);
    let xmp = b"<a tiff:Make='Maker' GImage:Data='/9j/4AAQ'/>";
    let index = tiff::tests::tiff(ByteOrder::Big, &[&[(0xB002, tiff::tests::Value::Undefined(&[1; 32]))]]);
    let segments = [
        segment(0xE1, &[b"Exif\0\0", &exif[..]].concat()),
        super::makernote::tests::segments(),
        segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", &xmp[..]].concat()),
        segment(0xE2, &[b"MPF\0", &index[..]].concat()),
        extended(b'A', b"<a aux:SerialNumber='S123'/>", 10, 90),
        extended(b'A', b"<a aux:SerialNumber='S123'/>", 0, 10),
        super::thermal::tests::segments(),
        segment(0xEB, &[b"JP\0\x01\0\0\0\x01", &c2pa::tests::record()[..]].concat()),
    ];
    let mut photo = [jpeg(&segments.concat()), jpeg(&[])].concat();
    for kind in 0..appended::tests::blocks(0).len() {
        let (_, block) = appended::tests::blocks(photo.len()).swap_remove(kind);
        photo.extend(block);
    }
    let chunk = |kind: &[u8], data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat();
    let png = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0; 13]),
        chunk(b"eXIf", &exif),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", &xmp[..]].concat()),
        chunk(b"zTXt", b"Comment\0\0\x78\x01\x01\x02\0\xFD\xFFhi"),
        chunk(b"IEND", b""),
    ];
    let riff = [b"EXIF", &(exif.len() as u32).to_le_bytes()[..], &exif].concat();
    let webp = [b"RIFF", &(riff.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &riff].concat();
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0RGBRGB!\xFE\x02hi\0!\xFF\x0BXMP DataXMP<a/>\x01\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";
    let mut bmp = vec![0; 62];
    bmp[..2].copy_from_slice(b"BM");
    (bmp[10], bmp[14], bmp[18], bmp[22], bmp[28]) = (54, 40, 1, 2, 24);
    vec![
        (Container::Jpeg, photo),
        (Container::Png, png.concat()),
        (Container::Webp, webp),
        (Container::Gif, gif.to_vec()),
        (Container::Bmp, bmp),
        (Container::Tiff, exif),
        (Container::Boxes, heif::tests::photo()),
        (Container::Xml, b"<x:xmpmeta><rdf:RDF><a tiff:Make='Maker'/></rdf:RDF></x:xmpmeta>".to_vec()),
    ]
}

/// One change of a file. Places are shares of its length.
#[derive(Debug, Clone)]
enum Change {
    Overwrite(f64, Vec<u8>),
    Insert(f64, Vec<u8>),
    Remove(f64, usize),
    Repeat(f64, usize, usize),
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        let place = |share: f64| (share * file.len() as f64) as usize;
        match self {
            Self::Overwrite(at, bytes) => {
                let at = place(*at);
                let len = bytes.len().min(file.len() - at);
                file[at..at + len].copy_from_slice(&bytes[..len]);
            }
            Self::Insert(at, bytes) => {
                let at = place(*at);
                file.splice(at..at, bytes.iter().copied());
            }
            Self::Remove(at, len) => {
                let at = place(*at);
                file.drain(at..(at + len).min(file.len()));
            }
            Self::Repeat(at, len, times) => {
                let at = place(*at);
                let piece = file[at..(at + len).min(file.len())].repeat(*times);
                file.splice(at..at, piece);
            }
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0.0..1.0;
    let numbers = prop_oneof![
        Just(vec![0xFF; 4]),
        Just(vec![0; 4]),
        Just(vec![0x7F, 0xFF, 0xFF, 0xFF]),
        Just(vec![0, 0, 0, 1]),
        prop::collection::vec(any::<u8>(), 1..9),
    ];
    prop_oneof![
        (place.clone(), numbers.clone()).prop_map(|(at, bytes)| Change::Overwrite(at, bytes)),
        (place.clone(), numbers).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place.clone(), 1_usize..40).prop_map(|(at, len)| Change::Remove(at, len)),
        (place, 1_usize..60, 1_usize..20).prop_map(|(at, len, times)| Change::Repeat(at, len, times)),
    ]
}

/// For a file of some kilobytes, whatever is in it.
const CASE_TIME: Duration = Duration::from_secs(2);

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2000), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_covered(n in 0_usize..8, keep in 0_usize..40, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (container, file) = &files()[n];
        let file = [&file[..keep.min(file.len())], &bytes].concat();
        let start = Instant::now();
        assert_covered(&file, *container);
        prop_assert!(start.elapsed() < CASE_TIME);
    }

    #[test]
    fn changed_files_are_covered(n in 0_usize..8, changes in prop::collection::vec(change(), 1..6)) {
        let (container, mut file) = files().swap_remove(n);
        changes.iter().for_each(|change| change.apply(&mut file));
        let start = Instant::now();
        assert_covered(&file, container);
        prop_assert!(start.elapsed() < CASE_TIME);
    }
}

/// Far more than any of these takes, and less than a person waits.
const SECONDS: u64 = 5;

fn assert_quick(file: &[u8]) {
    let start = Instant::now();
    let found = scan(file, "a");
    assert!(start.elapsed() < Duration::from_secs(SECONDS), "{:?}", start.elapsed());
    assert!(found.leaks.len() <= LIMITS.leaks && found.parts.len() <= LIMITS.parts);
    assert_eq!(found.parts.iter().map(|part| part.bytes).sum::<u64>(), file.len() as u64);
}

#[test]
fn a_million_tiny_segments_take_bounded_time() {
    const COUNT: usize = 1_000_000;
    assert_quick(&[b"\xFF\xD8", segment(0xFE, b"").repeat(COUNT).as_slice()].concat());
    assert_quick(&[jpeg(&[]), b"\0\x01\0\0\0\x0A\xA1\xB2\xC3\xD4".repeat(COUNT)].concat());
    assert_quick(&[jpeg(&[]), b"AXS!\x01\0\xFF\xFF\0\0\0\0".repeat(COUNT)].concat());
    let pieces = |guid: u8| [extended(guid, &[b'<'; 90], 0, 60), extended(guid, &[b'<'; 90], 80, 10)].concat();
    assert_quick(&jpeg(&[pieces(b'A'), pieces(b'B')].concat().repeat(COUNT / 20)));
    assert_quick(
        &[b"\x89PNG\r\n\x1a\n\xFF", b"\0\0\0\x80zTXtk\0\0\x78\x01\0\0\0\xFF\xFF".repeat(COUNT).as_slice()].concat(),
    );
    assert_quick(&[b"\x89PNG\r\n\x1a\n", b"\0\0\0\0abcdXCRC".repeat(COUNT).as_slice()].concat());
    assert_quick(&[b"RIFF\xFF\xFF\xFF\x7FWEBP", b"abcd\0\0\0\0".repeat(COUNT).as_slice()].concat());
    assert_quick(&isobmff::tests::file(&[isobmff::tests::boxed(b"mdat", b"").repeat(COUNT)]));
    assert_quick(&[&b"GIF89a\x01\0\x01\0\0\0\0"[..], &b"!\xFE\x01x\0".repeat(COUNT)].concat());
}

#[test]
fn lengths_of_four_gigabytes_take_bounded_time() {
    for (container, file) in files() {
        for at in 0..file.len().saturating_sub(4) {
            let mut changed = file.clone();
            changed[at..at + 4].copy_from_slice(&[0xFF; 4]);
            assert_covered(&changed, container);
        }
    }
}

#[test]
fn extents_of_no_length_take_bounded_time() {
    // Fields of no bytes: each of many items has 65,535 extents that cost nothing to state.
    let item = [0, 1, 0, 0, 0xFF, 0xFF];
    let location = [&[0, 0, 0, 0, 0, 0, 0xFF, 0xFF][..], &item.repeat(0xFFFF)].concat();
    let meta = isobmff::tests::boxed(b"meta", &[&[0; 4][..], &isobmff::tests::boxed(b"iloc", &location)].concat());
    assert_quick(&isobmff::tests::file(&[meta]));
}

#[test]
fn pictures_in_pictures_take_bounded_time() {
    let mut file = jpeg(&[]);
    for _ in 0..200 {
        let entries = [[0; 16], [0; 16]].concat();
        let index = tiff::tests::tiff(ByteOrder::Big, &[&[(0xB002, tiff::tests::Value::Undefined(&entries))]]);
        file = [jpeg(&segment(0xE2, &[b"MPF\0", &index[..]].concat())), file].concat();
    }
    assert_quick(&file);
}

#[test]
fn a_directory_that_refers_to_itself_is_called_damaged() {
    // The next directory is the first.
    let mut file = tiff::tests::tiff(ByteOrder::Little, &[&[(0x0100, tiff::tests::Value::Short(1))]]);
    let end = file.len();
    file[end - 4..].copy_from_slice(&8u32.to_le_bytes());
    let found = scan(&file, "a");
    assert!(found.leaks.iter().any(|leak| leak.words == Some(super::LeakWords::Damaged)), "{found:?}");
}
