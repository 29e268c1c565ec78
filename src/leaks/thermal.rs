//! What thermal cameras write into JPEGs (ExifTool's tag tables FLIR and InfiRay).

use super::findings::{Block, Findings};
use super::record::{self, Piece, piece};
use crate::container::jpeg::embedded;
use crate::container::{ByteOrder, Span};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Type 2, subtype 2, version 4, number 4, offset 4, length 4, parent 4, object 4, checksum 4.
const ENTRY_LEN: usize = 32;
/// Records that are read; cameras write about ten.
const MAX_RECORDS: usize = 64;
const CAMERA_INFO: u16 = 0x20;
const GPS_INFO: u16 = 0x2B;

/// Camera model and number, lens model and number, filter number.
const CAMERA: &[Piece] = &[
    piece(LeakKind::Camera, 0xD4, 32),
    piece(LeakKind::Serial, 0x104, 16),
    piece(LeakKind::Camera, 0x170, 32),
    piece(LeakKind::Serial, 0x1A0, 16),
    piece(LeakKind::Serial, 0x21C, 32),
];
/// The numbers of the thermal sensor and of the other one.
const INFIRAY_SENSORS: &[Piece] = &[piece(LeakKind::Serial, 0xC0, 32), piece(LeakKind::Serial, 0x240, 32)];

/// Reports what FLIR's file `data`, joined from segments in `place`, says.
pub(super) fn flir(data: Span, location: &str, out: &mut Findings) {
    out.nest(data, |out| {
        let words = LeakWords::MakerNote { name: "FLIR".to_owned(), bytes: count(data.len()) };
        out.add(LeakKind::Makernote, location, data, words);
        for picture in embedded(data) {
            out.add(LeakKind::Preview, location, picture, LeakWords::Picture { bytes: count(picture.len()) });
            out.read(Block::Jpeg(picture));
        }
        let Some(order) = order(data) else { return };
        let number = |at| data.u32(at, order).unwrap_or(0) as usize;
        let directory = data.from(number(0x18));
        for n in 0..number(0x1C).min(MAX_RECORDS) {
            let Some(entry) = directory.part(n * ENTRY_LEN, ENTRY_LEN) else { return };
            let place = |at| entry.u32(at, order).unwrap_or(0) as usize;
            let content = data.clipped(place(0x0C), place(0x10));
            match entry.u16(0, order) {
                Some(CAMERA_INFO) => record::find(content, CAMERA, location, out),
                Some(GPS_INFO) => position(content, location, out),
                _ => {}
            }
        }
    });
}

/// Whatever their order, versions are 100 or a little more.
fn order(data: Span) -> Option<ByteOrder> {
    let is_version = |order: &ByteOrder| data.u32(0x14, *order).is_some_and(|version| (100..200).contains(&version));
    [ByteOrder::Big, ByteOrder::Little].into_iter().find(is_version)
}

/// Whether it is valid 4, version 4, references 4, unknown 4, latitude 8, longitude 8. Numbers are in the order of
/// the processor, which need not be that of the directory.
fn position(gps: Span, location: &str, out: &mut Findings) {
    let valid = |order: &ByteOrder| gps.u32(0, *order) == Some(1);
    let Some(order) = [ByteOrder::Big, ByteOrder::Little].into_iter().find(valid) else { return };
    let degrees = |at| gps.u64(at, order).map(f64::from_bits).filter(|degrees| degrees.abs() <= 180.0);
    if let (Some(latitude), Some(longitude)) = (degrees(0x10), degrees(0x18)) {
        out.add_text(LeakKind::Gps, location, gps, &format!("{latitude:.5}, {longitude:.5}"));
    }
}

/// Whether a segment says that others are of InfiRay: version 4, name.
pub(super) fn announces_infiray(payload: Span) -> bool {
    payload.from(4).bytes().starts_with(b"IJPEG\0")
}

/// Reports what InfiRay's description of its sensors says.
pub(super) fn infiray(payload: Span, location: &str, out: &mut Findings) {
    let words = LeakWords::MakerNote { name: "InfiRay".to_owned(), bytes: count(payload.len()) };
    out.add(LeakKind::Makernote, location, payload, words);
    record::find(payload, INFIRAY_SENSORS, location, out);
}

#[cfg(test)]
pub(in crate::leaks) mod tests {
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::leaks::find;
    use crate::leaks::tests::{assert_robust, leak};
    use crate::report::{Format, LeakKind};

    /// A thermal camera's file with numbers of camera, lens and filter, and a position.
    fn file() -> Vec<u8> {
        let mut camera = vec![0; 0x23C];
        for (at, text) in [(0x104, &b"CAM-1"[..]), (0x1A0, b"LENS-2"), (0x21C, b"FILTER-3")] {
            camera[at..at + text.len()].copy_from_slice(text);
        }
        let [latitude, longitude] = [46.94809_f64, 7.44744].map(f64::to_le_bytes);
        let gps = [&[1, 0, 0, 0][..], &[0; 12], &latitude, &longitude].concat();
        let mut out = b"FFF\0".to_vec();
        out.resize(0x14, 0);
        out.extend([100u32, 0x40, 2].map(u32::to_be_bytes).concat());
        out.resize(0x40, 0);
        let mut at = 0x80u32;
        for (kind, content) in [(0x20u16, &camera), (0x2B, &gps)] {
            let entry = [&kind.to_be_bytes()[..], &[0; 10], &at.to_be_bytes(), &(content.len() as u32).to_be_bytes()];
            out.extend(entry.concat());
            out.resize(out.len() + 12, 0);
            at += content.len() as u32;
        }
        [out, camera, gps].concat()
    }

    /// In pieces, the last of them first.
    pub(in crate::leaks) fn segments() -> Vec<u8> {
        let file = file();
        let pieces: Vec<&[u8]> = file.chunks(300).collect();
        let last = pieces.len() as u8 - 1;
        let piece = |(n, piece): (usize, &&[u8])| segment(0xE1, &[b"FLIR\0\x01", &[n as u8, last][..], piece].concat());
        pieces.iter().enumerate().rev().flat_map(piece).collect()
    }

    #[test]
    fn numbers_and_the_position_of_a_thermal_camera_are_read() {
        let leaks = find(&jpeg(&segments()), "a");
        let serials: Vec<_> = leaks.iter().filter(|leak| leak.kind == LeakKind::Serial).map(|l| &*l.value).collect();
        assert_eq!(serials, ["CAM-1", "LENS-2", "FILTER-3"]);
        assert_eq!(leak(&jpeg(&segments()), LeakKind::Gps).value, "46.94809, 7.44744");
    }

    #[test]
    fn numbers_of_sensors_are_read_where_they_are_announced() {
        let mut sensors = vec![0; 0x260];
        sensors[0xC0..0xC5].copy_from_slice(b"IR-01");
        let sensors = segment(0xE9, &sensors);
        let announced = jpeg(&[segment(0xE2, b"\0\0\0\x01IJPEG\0"), sensors.clone()].concat());
        assert_eq!(leak(&announced, LeakKind::Serial).value, "IR-01");
        assert!(find(&jpeg(&sensors), "a").iter().all(|leak| leak.kind != LeakKind::Serial));
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&jpeg(&segments()), Format::Jpeg);
    }
}
