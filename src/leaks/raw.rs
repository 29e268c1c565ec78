//! What cameras' raw files say: those built on TIFF, Canon's of boxes (CR3) and of heaps (CRW), and Fujifilm's.
//!
//! Layouts: TIFF-EP and DNG 1.7; the others as ExifTool knows them. All hold their previews as JPEGs, wherever those stand.

use image::metadata::Orientation;

use super::exif::{self, Host};
use super::findings::{Block, Findings};
use super::{ciff, isobmff, makernote};
use crate::container::isobmff::Box;
use crate::container::{Container, Span, jpeg, sniff, text, tiff};
use crate::error::{Error, InputError};
use crate::photo;
use crate::report::words::{LeakWords, count};
use crate::report::{Format, Leak, LeakKind, RawPreview};

/// Of the box in a CR3's film header that holds what the camera says.
const CANON_BOX: &[u8] = b"\x85\xC0\xB6\x87\x82\x0F\x11\xE0\x81\x11\xF4\xCE\x46\x2B\x6A\x48";
/// Fujifilm: the mark, format and number of the camera, then its name.
const FUJIFILM: &[u8] = b"FUJIFILMCCD-RAW ";
const FUJIFILM_CAMERA: (usize, usize) = (0x1C, 32);

/// Whether a file is a camera's raw file.
pub(super) fn is_raw(bytes: &[u8]) -> bool {
    match sniff(bytes) {
        Ok(Format::Tiff) => tiff::is_raw(bytes),
        Err(Error::Input(InputError::Raw)) => true,
        _ => false,
    }
}

/// Reports what a raw file in a known container says.
pub(super) fn find_in(container: Container, file: Span, out: &mut Findings) {
    match container {
        Container::Tiff => exif::find(file, Host::RawFile, out),
        Container::Boxes => {
            isobmff::find(file, out);
            canon_boxes(file).for_each(|found| canon_box(found, out));
        }
        _ => {}
    }
}

/// Reports what is in a raw file of any kind: its previews, with what they say, and what has no container known here.
pub(super) fn find(file: Span, out: &mut Findings) {
    if file.bytes().starts_with(FUJIFILM) {
        let camera = file.clipped(FUJIFILM_CAMERA.0, FUJIFILM_CAMERA.1);
        out.add_text(LeakKind::Camera, "RAF", camera, &text::decode(camera.bytes()));
    }
    if ciff::is_heap(file) {
        out.read(Block::Ciff(file, "CIFF"));
    }
    // What the sensor has measured is a JPEG as well in some files, of a kind that is not shown.
    for picture in jpeg::embedded(file).into_iter().filter(|picture| photo::jpeg_size(picture.bytes()).is_some()) {
        if !out.has_picture_at(picture) {
            out.add(LeakKind::Preview, "raw file", picture, LeakWords::Picture { bytes: count(picture.len()) });
        }
        out.read(Block::Jpeg(picture));
    }
}

/// What Canon's box holds.
fn canon_boxes(file: Span<'_>) -> impl Iterator<Item = Box<'_>> {
    let of_film = Box::all(file).filter(|found| found.kind == b"moov").flat_map(|found| Box::all(found.data));
    let of_canon = of_film.filter_map(|found| found.data.strip_prefix(CANON_BOX).filter(|_| found.kind == b"uuid"));
    of_canon.flat_map(Box::all)
}

/// Each is a TIFF structure: of the picture, the shot, the maker, the position.
fn canon_box(found: Box, out: &mut Findings) {
    match found.kind {
        b"CMT1" | b"CMT2" => out.read(Block::Exif(found.data)),
        b"CMT3" => makernote::find_canon(found.data, "CMT3 box", out),
        b"CMT4" => exif::find_gps(found.data, "CMT4 box", out),
        _ => {}
    }
}

/// The orientation of the photo, as EXIF numbers it.
fn orientation(file: Span) -> Option<u8> {
    let of_boxes = canon_boxes(file).find(|found| found.kind == b"CMT1");
    tiff::orientation(of_boxes.map_or(file, |found| found.data))
}

/// A raw file's preview as a file of its own: a JPEG with all that it says, and with a tag for the orientation if it needs one. `None`
/// if the raw file is another one.
pub(crate) fn preview_file(preview: &RawPreview, raw: &[u8]) -> Option<Vec<u8>> {
    let [start, end] = preview.bytes.map(|at| usize::try_from(at).unwrap_or(usize::MAX));
    let file = raw.get(start..end)?;
    let tag = preview.orientation.and_then(Orientation::from_exif).map(jpeg::orientation::segment);
    let (start, rest) = file.split_at_checked(2)?;
    Some([start, &tag.unwrap_or_default(), rest].concat())
}

/// The previews in a raw file, of those that its leaks name, the largest first by what their headers say; none for other files.
pub(crate) fn raw_previews(bytes: &[u8], leaks: &[Leak]) -> Vec<RawPreview> {
    let mut previews = Vec::new();
    if !is_raw(bytes) {
        return previews;
    }
    let file = Span::whole(bytes);
    for leak in leaks.iter().filter(|leak| matches!(leak.kind, LeakKind::Thumbnail | LeakKind::Preview)) {
        let [start, end] = leak.bytes.unwrap_or_default().map(|at| usize::try_from(at).unwrap_or(usize::MAX));
        let Some(picture) = file.part(start, end.saturating_sub(start)) else { continue };
        let Some(stored) = photo::jpeg_size(picture.bytes()) else { continue };
        // Viewers turn a preview as the raw file says, unless it has a tag of its own.
        let own = photo::jpeg_orientation(picture.bytes());
        let added = if own.is_some() { None } else { orientation(file).filter(|tag| (2..=8).contains(tag)) };
        let transposes = own.or(added).is_some_and(|tag| tag >= 5);
        let (width, height) = if transposes { (stored.1, stored.0) } else { stored };
        previews.push(RawPreview { bytes: picture.range(), width, height, orientation: added });
    }
    previews.sort_by_key(|preview| std::cmp::Reverse(preview.pixels()));
    previews
}

/// A raw file in the parts that its pictures make of it: each picture, and what stands around them. Another file is one part.
pub(crate) fn raw_parts(bytes: &[u8]) -> Vec<&[u8]> {
    if !is_raw(bytes) {
        return vec![bytes];
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for picture in jpeg::embedded(Span::whole(bytes)) {
        let [start, end] = picture.range().map(|at| at as usize);
        parts.extend([&bytes[at..start], picture.bytes()]);
        at = end;
    }
    parts.push(&bytes[at..]);
    parts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::ByteOrder;
    use crate::container::isobmff::tests::boxed;
    use crate::container::tiff::tests::{Value, tiff};
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::tests::{assert_covered, leak};
    use crate::leaks::{find as find_in, scan};
    use crate::photo::{Limits, open};

    const ROLL: u16 = 6;

    /// A JPEG of this size, with these segments.
    fn jpeg(width: u16, height: u16, exif: Option<&[u8]>) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
        if let Some(exif) = exif {
            encoder.add_app_segment(1, [b"Exif\0\0", exif].concat()).unwrap();
        }
        let pixels: Vec<u8> = (0..usize::from(width) * usize::from(height) * 3).map(|i| (i % 241) as u8).collect();
        encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
        file
    }

    /// The mark of a raw file in the place of that of TIFF.
    fn marked(mark: [u8; 2], mut file: Vec<u8>) -> Vec<u8> {
        file[2..4].copy_from_slice(&mark);
        file
    }

    /// DNG, NEF, ARW: a small preview in the first directory, a larger one and the sensor's data in children. The serial number is a
    /// field of its own.
    fn dng() -> Vec<u8> {
        let (small, large, sensor) = (jpeg(24, 16, None), jpeg(64, 48, None), b"sensor");
        let main = [
            (0x010F, Value::Ascii("Maker")),
            (0x0111, Value::Offset(&small)),
            (0x0112, Value::Short(ROLL)),
            (0x0117, Value::Long(small.len() as u32)),
            (0x014A, Value::Directory(1)),
            (0x8769, Value::Directory(2)),
            (0x8825, Value::Directory(3)),
            (0xC612, Value::Byte(&[1, 4, 0, 0])),
            (0xC62F, Value::Ascii("SN12345")),
        ];
        let sub = [
            (0x0106, Value::Long(32_803)),
            (0x0111, Value::Offset(sensor)),
            (0x0117, Value::Long(sensor.len() as u32)),
            (0x0201, Value::Offset(&large)),
            (0x0202, Value::Long(large.len() as u32)),
        ];
        let shot = [(0xA430, Value::Ascii("Jane"))];
        tiff(ByteOrder::Little, &[&main, &sub, &shot, &position()])
    }

    fn position() -> [(u16, Value<'static>); 4] {
        let degrees = |degrees: &'static [[u32; 2]]| Value::Rational(degrees);
        [
            (1, Value::Ascii("N")),
            (2, degrees(&[[52, 1], [30, 1], [0, 1]])),
            (3, Value::Ascii("E")),
            (4, degrees(&[[13, 1], [30, 1], [0, 1]])),
        ]
    }

    /// ORF, RW2: as TIFF with a mark of their own; the preview is the value of a field.
    fn with_mark(mark: [u8; 2]) -> Vec<u8> {
        let preview = jpeg(64, 48, Some(&with_gps(ByteOrder::Big)));
        let main =
            [(0x002E, Value::Undefined(&preview)), (0x0112, Value::Short(ROLL)), (0xA431, Value::Ascii("SN12345"))];
        marked(mark, tiff(ByteOrder::Little, &[&main]))
    }

    /// CR2: a mark after the header, the preview in the first directory.
    fn cr2() -> Vec<u8> {
        let preview = jpeg(64, 48, None);
        let entry = |tag: u16, kind: u16, value: u32| {
            [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &1_u32.to_le_bytes(), &value.to_le_bytes()].concat()
        };
        let at = 16 + 2 + 3 * 12 + 4;
        let entries = [entry(0x0111, 4, at), entry(0x0112, 3, ROLL.into()), entry(0x0117, 4, preview.len() as u32)];
        [b"II\x2A\0\x10\0\0\0CR\x02\0\0\0\0\0\x03\0", &entries.concat()[..], &[0; 4], &preview].concat()
    }

    /// RAF: a header that says where the preview stands, which holds all that the camera says.
    fn raf() -> Vec<u8> {
        let preview = jpeg(64, 48, Some(&with_gps(ByteOrder::Big)));
        let mut file = [b"FUJIFILMCCD-RAW 0201FF129502", &b"X-T1"[..]].concat();
        file.resize(0x54, 0);
        file.extend([0x94_u32, preview.len() as u32].map(u32::to_be_bytes).concat());
        file.resize(0x94, 0);
        [&file, &preview, &b"sensor"[..]].concat()
    }

    /// CR3: TIFF structures in a box of the film's header, previews in further boxes.
    fn cr3() -> Vec<u8> {
        let structure = |fields: &[(u16, Value)]| tiff(ByteOrder::Little, &[fields]);
        let boxes = [
            boxed(b"CMT1", &structure(&[(0x010F, Value::Ascii("Canon")), (0x0112, Value::Short(ROLL))])),
            boxed(b"CMT2", &structure(&[(0xA431, Value::Ascii("SN12345"))])),
            boxed(b"CMT3", &structure(&[(0x0009, Value::Ascii("Jane"))])),
            boxed(b"CMT4", &structure(&position())),
        ];
        let canon = boxed(b"uuid", &[CANON_BOX, &boxes.concat()].concat());
        let preview = boxed(b"PRVW", &[&[0; 16][..], &jpeg(24, 16, None)].concat());
        [
            boxed(b"ftyp", b"crx \0\0\0\x01crx isom"),
            boxed(b"moov", &canon),
            boxed(b"uuid", &[&[7; 16][..], &preview].concat()),
            boxed(b"mdat", &[&jpeg(64, 48, None)[..], b"sensor"].concat()),
        ]
        .concat()
    }

    fn all() -> [(&'static str, Vec<u8>); 6] {
        let (orf, rw2) = (with_mark(*b"RO"), with_mark(*b"U\0"));
        [("DNG", dng()), ("ORF", orf), ("RW2", rw2), ("CR2", cr2()), ("RAF", raf()), ("CR3", cr3())]
    }

    fn preview(file: &[u8]) -> RawPreview {
        raw_previews(file, &find_in(file, "a"))[0]
    }

    #[test]
    fn the_largest_preview_of_every_kind_is_found_and_opened_upright() {
        for (name, file) in all() {
            assert_eq!(open(&file, &Limits::default()).unwrap_err(), InputError::Raw.into(), "{name}");
            let preview = preview(&file);
            let frame = open(&preview_file(&preview, &file).unwrap(), &Limits::default()).unwrap().frame;
            // The EXIF of the preview in a RAF, and of none other here, says nothing of an orientation, and no raw file around it does.
            let expected = if name == "RAF" { (64, 48) } else { (48, 64) };
            assert_eq!((preview.width, preview.height), expected, "{name}");
            assert_eq!((frame.width, frame.height), expected, "{name}");
        }
    }

    #[test]
    fn a_preview_with_an_orientation_of_its_own_is_turned_by_that() {
        let own = tiff(ByteOrder::Big, &[&[(0x0112, Value::Short(3))]]);
        let inner = jpeg(64, 48, Some(&own));
        let main = [(0x002E, Value::Undefined(&inner)), (0x0112, Value::Short(ROLL))];
        let file = marked(*b"U\0", tiff(ByteOrder::Little, &[&main]));
        let preview = preview(&file);
        assert_eq!((preview.width, preview.height, preview.orientation), (64, 48, None));
        assert_eq!(preview_file(&preview, &file).unwrap(), inner);
    }

    #[test]
    fn serial_number_owner_and_position_are_told() {
        for (name, file) in all() {
            let leaks = find_in(&file, "a");
            let values =
                |kind| leaks.iter().filter(|leak| leak.kind == kind).map(|leak| &*leak.value).collect::<Vec<_>>();
            let has_position = !matches!(name, "CR2");
            assert_eq!(values(LeakKind::Gps).len(), usize::from(has_position), "{name}: {leaks:?}");
            if matches!(name, "DNG" | "CR3") {
                assert_eq!(
                    (values(LeakKind::Serial), values(LeakKind::Owner)),
                    (vec!["SN12345"], vec!["Jane"]),
                    "{name}"
                );
            }
            assert!(
                leaks.iter().all(|leak| !matches!(leak.kind, LeakKind::SecondImage | LeakKind::MotionPhoto)),
                "{name}"
            );
        }
        assert_eq!(leak(&raf(), LeakKind::Camera).value, "X-T1");
    }

    #[test]
    fn what_the_sensor_has_measured_is_no_preview() {
        let mut sensor = jpeg(640, 480, None);
        let frame = sensor.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        // Lossless, as Canon's and Adobe's.
        sensor[frame + 1] = 0xC3;
        let preview = preview(&[raf(), sensor].concat());
        assert_eq!((preview.width, preview.height), (64, 48));
    }

    #[test]
    fn other_files_have_no_preview_of_this_kind() {
        let (plain, photo) = (tiff(ByteOrder::Big, &[&[]]), jpeg(24, 16, None));
        assert!([plain, photo].iter().all(|file| raw_previews(file, &find_in(file, "a")).is_empty()));
    }

    #[test]
    fn broken_files_are_survived() {
        let check = |file: &[u8]| {
            let leaks = scan(file, "a").leaks;
            for preview in raw_previews(file, &leaks) {
                assert!(preview_file(&preview, file).is_some());
            }
            assert_eq!(raw_parts(file).concat(), file);
            if let Some(container) = Container::of(file) {
                assert_covered(file, container);
            }
        };
        for (_, file) in all() {
            let step = (file.len() / 400).max(1);
            (0..file.len()).step_by(step).for_each(|len| check(&file[..len]));
            let mut changed = file.clone();
            for at in (0..file.len()).step_by(step).chain(0..200) {
                for byte in [0, 0xFF, file[at] ^ 0x80] {
                    changed[at] = byte;
                    check(&changed);
                }
                changed[at] = file[at];
            }
        }
    }
}
