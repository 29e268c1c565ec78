//! What the boxes of HEIF, AVIF, JPEG 2000 and JPEG XL say.

use super::findings::{Block, Findings};
use super::heif;
use crate::container::isobmff::{Box, FULL_BOX_LEN, Items};
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

const UUID_LEN: usize = 16;

/// Reports what the boxes and the items say.
pub(super) fn find(file: Span, out: &mut Findings) {
    // Canon's raw file keeps what its camera says, and no film, in the header of one.
    let is_raw = file.from(4).bytes().starts_with(b"ftypcrx ");
    for found in Box::all(file).take(super::findings::LIMITS.leaks).filter(|found| !is_raw || found.kind != b"moov") {
        top_level(found, out);
    }
    heif::find(file, &Items::read(file), out);
}

fn top_level(found: Box, out: &mut Findings) {
    let Box { kind, whole, data, .. } = found;
    let bytes = count(data.len());
    match kind {
        // JPEG XL: as an item, after the offset of the structure.
        b"Exif" => out.read(Block::Exif(data.from(FULL_BOX_LEN))),
        b"xml " => out.read(Block::Xmp(data, "xml box")),
        b"jumb" => out.read(Block::C2pa { boxes: whole, place: whole, location: "jumb box" }),
        b"brob" => packed(whole, data, out),
        // What a JPEG holds besides its picture, to have it again byte for byte.
        b"jbrd" => out.add(LeakKind::Text, "jbrd box", whole, LeakWords::PackedMetadata { name: "JPEG".into(), bytes }),
        b"jhgm" => out.add(LeakKind::Depth, "jhgm box", whole, LeakWords::GainMap),
        b"uuid" => extension(whole, data, out),
        // Google's and Samsung's motion photos.
        b"mpvd" => out.add(LeakKind::MotionPhoto, "mpvd box", data, LeakWords::Film { bytes }),
        b"moov" => out.add(LeakKind::MotionPhoto, "moov box", whole, LeakWords::AnnouncesFilm),
        b"mini" => minimised(data, out),
        b"jp2h" => jpeg_2000_header(data, out),
        b"sefd" => out.add(LeakKind::Other, "sefd box", whole, LeakWords::SamsungData { bytes }),
        b"free" | b"skip" if data.bytes().iter().any(|&b| b != 0) => {
            out.add(LeakKind::Other, "free box", whole, LeakWords::MeaninglessData { bytes, places: 1 });
        }
        b"ftyp" | b"meta" | b"mdat" | b"free" | b"skip" | b"jP  " | b"jp2c" => {}
        b"JXL " | b"jxlc" | b"jxlp" | b"jxll" | b"jxli" => {}
        _ => out.add(LeakKind::Other, &format!("{} box", found.name()), whole, LeakWords::Data { bytes }),
    }
}

/// A box of JPEG XL that holds another one, compressed with Brotli (ISO/IEC 18181-2, 9.8). It is not unpacked.
fn packed(whole: Span, data: Span, out: &mut Findings) {
    const KIND_LEN: usize = 4;
    let inner = data.clipped(0, KIND_LEN).bytes();
    let kind = match inner {
        b"xml " => LeakKind::Xmp,
        b"jumb" => LeakKind::C2pa,
        _ => LeakKind::Text,
    };
    let words = LeakWords::PackedMetadata { name: text::decode(inner), bytes: count(data.from(KIND_LEN).len()) };
    out.add(kind, "brob box", whole, words);
}

/// Colour profiles of JPEG 2000 (ISO/IEC 15444-1, I.5.3.3): method 1, precedence 1, approximation 1, then the profile.
fn jpeg_2000_header(data: Span, out: &mut Findings) {
    const METHODS_WITH_PROFILE: [Option<u8>; 2] = [Some(2), Some(3)];
    for colours in Box::all(data).filter(|found| found.kind == b"colr") {
        if METHODS_WITH_PROFILE.contains(&colours.data.u8(0)) {
            out.read(Block::Icc { profile: colours.data.from(3), place: colours.whole, location: "colr" });
        }
    }
}

/// The whole of a small AVIF in one box (ISO/IEC 23008-12:2025, 9): a profile, EXIF and XMP are parts of it. Its header counts
/// bits, so they are found by how they start.
fn minimised(data: Span, out: &mut Findings) {
    /// In the header of a profile, which starts with its length (ICC.1:2022, 7.2).
    const SIGNATURE_AT: usize = 36;
    if let Some(at) = data.find(b"acsp").and_then(|at| at.checked_sub(SIGNATURE_AT)) {
        let len = data.u32(at, ByteOrder::Big).unwrap_or(0) as usize;
        let profile = data.clipped(at, len);
        out.read(Block::Icc { profile, place: profile, location: "mini box" });
    }
    let starts = |marks: [&[u8]; 2]| marks.iter().find_map(|mark| data.find(mark)).map(|at| data.from(at));
    if let Some(structure) = starts([b"II\x2A\0\x08\0\0\0", b"MM\0\x2A\0\0\0\x08"]) {
        out.read(Block::Exif(structure));
    }
    if let Some(packet) = starts([b"<?xpacket", b"<x:xmpmeta"]) {
        out.read(Block::Xmp(packet, "mini box"));
    }
}

/// A box whose type is a UUID.
fn extension(whole: Span, data: Span, out: &mut Findings) {
    let content = data.from(UUID_LEN);
    match data.clipped(0, UUID_LEN).bytes() {
        b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC" => {
            out.read(Block::Xmp(content, "uuid box"))
        }
        b"JpgTiffExif->JP2" => out.read(Block::Exif(content)),
        b"\x33\xC7\xA4\xD2\xB8\x1D\x47\x23\xA0\xBA\xF1\xA3\xE0\x97\xAD\x38" => {
            out.read(Block::Iptc(content, "uuid box"))
        }
        // C2PA 2.1, A.5: version and flags, then a purpose up to a zero byte, an offset of 8, the boxes.
        b"\xD8\xFE\xC3\xD6\x1B\x0E\x48\x3C\x92\x97\x58\x28\x87\x7E\xC4\x81" => {
            let boxes = content.from(FULL_BOX_LEN).split_at_byte(0).map_or(content, |(_, rest)| rest.from(8));
            out.read(Block::C2pa { boxes, place: whole, location: "uuid box" });
        }
        _ => out.add(LeakKind::Other, "uuid box", whole, LeakWords::Data { bytes: count(content.len()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::isobmff::tests::{boxed, file, heif};
    use crate::leaks::icc::tests::profile;
    use crate::leaks::tests::{assert_robust_boxes, bytes_of, kinds, leak};
    use crate::leaks::{c2pa, scan};

    #[test]
    fn the_film_of_a_motion_photo_is_found_at_its_bytes() {
        let file = file(&[boxed(b"mdat", b"picture"), boxed(b"mpvd", b"film")]);
        assert_eq!(bytes_of(&file, LeakKind::MotionPhoto), b"film");
    }

    #[test]
    fn a_box_of_a_long_length_is_cut_where_it_ends() {
        let long = [&1u32.to_be_bytes()[..], b"skip", &20u64.to_be_bytes(), b"rest"].concat();
        let file = file(&[long, boxed(b"mdat", b"x")]);
        let names: Vec<String> = scan(&file, "a").parts.into_iter().map(|part| part.name).collect();
        assert_eq!(names, ["ftyp", "skip", "mdat"]);
        assert_eq!(kinds(&file), [LeakKind::Other]);
    }

    #[test]
    fn a_box_shorter_than_its_header_is_none() {
        let short = [&1u32.to_be_bytes()[..], b"skip", &0u64.to_be_bytes()].concat();
        let file = file(&[boxed(b"mdat", b"x"), short.clone()]);
        assert_eq!(bytes_of(&file, LeakKind::Trailer), short);
    }

    #[test]
    fn damaged_boxes_are_called_damaged() {
        let mut file = file(&[boxed(b"mdat", b"x")]);
        file.truncate(file.len() - 1);
        assert_eq!(leak(&file, LeakKind::Other).words, Some(LeakWords::Damaged));
    }

    #[test]
    fn bytes_after_the_last_box_are_a_trailer() {
        let file = [file(&[boxed(b"mdat", b"x")]), b"\0\0\0\x01\x02\x03\x04\x05".to_vec()].concat();
        assert_eq!(bytes_of(&file, LeakKind::Trailer), b"\0\0\0\x01\x02\x03\x04\x05");
    }

    #[test]
    fn extensions_are_recognised_by_their_number() {
        let xmp = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC<a tiff:Make='Maker'/>";
        assert_eq!(kinds(&file(&[boxed(b"uuid", xmp)])), [LeakKind::Xmp, LeakKind::Camera]);
        let head =
            b"\xD8\xFE\xC3\xD6\x1B\x0E\x48\x3C\x92\x97\x58\x28\x87\x7E\xC4\x81\0\0\0\0manifest\0\0\0\0\0\0\0\0\0";
        let signed = boxed(b"uuid", &[&head[..], &c2pa::tests::record()].concat());
        assert_eq!(leak(&file(&[signed]), LeakKind::Owner).value, "signed by Jane");
    }

    #[test]
    fn colour_profiles_are_found_in_every_kind_of_file() {
        let mut profile = profile(b"desc\0\0\0\0\0\0\0\x05Mine\0");
        let len = profile.len() as u32;
        profile[..4].copy_from_slice(&len.to_be_bytes());
        let colours = |head: &[u8]| boxed(b"colr", &[head, &profile].concat());
        let heif = |property: Vec<u8>| heif(&[(b"av01", b"\0", b"picture")], &[], &[boxed(b"ipco", &property)]);
        let files = [
            heif(colours(b"prof")),
            heif(colours(b"rICC")),
            file(&[boxed(b"jp2h", &colours(&[2, 0, 0]))]),
            file(&[boxed(b"mini", &[b"bits", &profile[..], b"picture"].concat())]),
        ];
        for file in &files {
            assert_eq!(kinds(file), [LeakKind::Icc]);
            let icc = leak(file, LeakKind::Icc);
            assert_eq!(icc.value, "Mine");
            assert!(scan(file, "a").parts.iter().any(|part| part.name == "colour profile"), "{icc:?}");
        }
        // Code points are no profile.
        assert_eq!(kinds(&heif(boxed(b"colr", b"nclx\0\x01\0\x0D\0\x06\x80"))), []);
        assert_eq!(kinds(&file(&[boxed(b"jp2h", &boxed(b"colr", &[1, 0, 0, 0, 0, 0, 16]))])), []);
        files.iter().for_each(|file| assert_robust_boxes(file));
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust_boxes(&file(&[boxed(b"uuid", b"JpgTiffExif->JP2MM\0\x2A"), boxed(b"mpvd", b"film")]));
    }
}
