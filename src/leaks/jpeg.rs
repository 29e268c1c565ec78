//! What applications write into the segments of a JPEG.

use super::ciff;
use super::findings::{Block, Findings};
use super::thermal;
use crate::container::jpeg::{embedded, payload, walk};
use crate::container::{ByteOrder, Segment, Span, text};
use crate::order::sort_by_key;
use crate::photo;
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Name 5, version 1, number of the piece, number of the last.
const FLIR_HEADER_LEN: usize = 8;
const FLIR_NUMBER_AT: usize = 6;

/// Reports what the segments of a picture inside the file say.
pub(super) fn find_inside(picture: Span, out: &mut Findings) {
    out.nest(picture, |out| {
        let segments = walk(picture.bytes()).segments;
        find(picture, &segments, out);
    });
}

/// Reports what the segments say.
pub(super) fn find(file: Span, segments: &[Segment], out: &mut Findings) {
    let mut extended = Extended::default();
    let mut thermal_cameras = Pieces::default();
    let mut is_infiray = false;
    let mut credentials = Joined::default();
    for segment in segments {
        let whole = segment.of(file);
        let payload = payload(whole);
        is_infiray |= segment.name == "APP2" && thermal::announces_infiray(payload);
        match segment.name.as_str() {
            "APP0" => app0(whole, payload, out),
            "APP1" if payload.bytes().starts_with(b"FLIR\0") => {
                let number = u32::from(payload.u8(FLIR_NUMBER_AT).unwrap_or(0));
                thermal_cameras.add(number, whole, payload.from(FLIR_HEADER_LEN));
            }
            "APP1" => app1(whole, payload, &mut extended, out),
            "APP2" => app2(file, whole, payload, out),
            "APP9" if is_infiray => thermal::infiray(payload, "APP9 InfiRay", out),
            "APP3" => app3(whole, payload, out),
            "APP11" => app11(whole, payload, &mut credentials, out),
            "APP12" => app12(whole, payload, out),
            "APP13" => app13(whole, payload, out),
            "APP14" if payload.bytes().starts_with(b"Adobe") => {}
            "COM" => out.add_text(LeakKind::Comment, "COM", payload, &text::decode(payload.bytes())),
            app if app.starts_with("APP") => other(app, whole, payload, out),
            _ => {}
        }
    }
    extended.find(out);
    if let Some((data, range)) = thermal_cameras.joined() {
        thermal::flir(Span::unpacked(&data, range), "APP1 FLIR", out);
    }
    if let Some(place) = credentials.place(file) {
        let boxes = Span::unpacked(&credentials.data, place.range());
        out.read(Block::C2pa { boxes, place, location: "APP11 JUMBF" });
    }
}

/// Reports quantisation tables that are not standard ones. Only those of the picture itself stay in a copy.
pub(super) fn find_tables(file: Span, segments: &[Segment], out: &mut Findings) {
    if photo::has_own_jpeg_tables(file.bytes()) {
        for segment in segments.iter().filter(|segment| segment.name == "DQT") {
            out.add(LeakKind::Coding, "DQT", segment.of(file), LeakWords::OwnTables);
        }
    }
}

/// A segment of no kind known here: its identifier, and pictures that makers put into such segments.
fn other(name: &str, whole: Span, payload: Span, out: &mut Findings) {
    for picture in embedded(payload) {
        out.add(LeakKind::Preview, name, picture, LeakWords::Picture { bytes: count(picture.len()) });
    }
    let id: Vec<u8> = payload.bytes().iter().copied().take_while(u8::is_ascii_graphic).collect();
    match text::decode(&id) {
        id if id.is_empty() => out.add(LeakKind::Other, name, whole, LeakWords::Data { bytes: count(payload.len()) }),
        id => out.add_text(LeakKind::Other, name, whole, &id),
    }
}

/// JFIF 1.02: a thumbnail of RGB pixels in the JFIF segment, of any kind in a JFXX segment.
fn app0(whole: Span, payload: Span, out: &mut Findings) {
    /// Identifier 5, version 2, units 1, densities 4.
    const THUMBNAIL_SIZE_AT: usize = 12;
    if let Some(rest) = payload.strip_prefix(b"JFXX\0") {
        out.add(LeakKind::Thumbnail, "APP0 JFXX", rest.from(1), LeakWords::SmallCopy);
    } else if payload.bytes().starts_with(b"JFIF\0") {
        let side = |at| payload.u8(at).unwrap_or(0);
        let (width, height) = (side(THUMBNAIL_SIZE_AT), side(THUMBNAIL_SIZE_AT + 1));
        let pixels = payload.clipped(THUMBNAIL_SIZE_AT + 2, 3 * usize::from(width) * usize::from(height));
        if !pixels.is_empty() {
            out.add(
                LeakKind::Thumbnail,
                "APP0 JFIF",
                pixels,
                LeakWords::Pixels { width: width.into(), height: height.into() },
            );
        }
    } else if ciff::is_heap(payload) {
        out.read(Block::Ciff(payload, "APP0 CIFF"));
    } else {
        other("APP0", whole, payload, out);
    }
}

fn app1<'a>(whole: Span<'a>, payload: Span<'a>, extended: &mut Extended<'a>, out: &mut Findings) {
    // The identifier's sixth byte is a NUL, but some writers leave something else there.
    if payload.bytes().starts_with(b"Exif\0") {
        out.read(Block::Exif(payload.from(6)));
    } else if let Some(packet) = payload.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
        out.read(Block::Xmp(packet, "APP1 XMP"));
    } else if let Some(piece) = payload.strip_prefix(b"http://ns.adobe.com/xmp/extension/\0") {
        extended.add(whole, piece);
    } else {
        other("APP1", whole, payload, out);
    }
}

/// Data that is too long for one segment, joined.
#[derive(Default)]
struct Joined {
    data: Vec<u8>,
    range: Option<[u64; 2]>,
}

impl Joined {
    fn join(&mut self, whole: Span, piece: Span) {
        let [start, end] = whole.range();
        self.range = Some(self.range.map_or([start, end], |range| [range[0].min(start), range[1].max(end)]));
        self.data.extend_from_slice(piece.bytes());
    }

    /// The stretch from the first to the last.
    fn place<'a>(&self, file: Span<'a>) -> Option<Span<'a>> {
        let [start, end] = self.range?.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        Some(file.clipped(start, end - start))
    }

    /// Reads a packet of extended XMP.
    fn find_extended(self, out: &mut Findings) {
        if let Some(range) = self.range {
            out.read(Block::Xmp(Span::unpacked(&self.data, range), "APP1 extended XMP"));
        }
    }
}

/// XMP that is too long for one segment (Adobe XMP Specification part 3, 1.1.3.1): pieces by the packet that they belong to and
/// their place in it. A file may hold several packets, and every program's reader takes another one, so all are read.
#[derive(Default)]
struct Extended<'a> {
    pieces: Vec<Piece<'a>>,
}

/// A piece of a packet.
#[derive(Clone, Copy)]
struct Piece<'a> {
    /// The packet's digest in hexadecimal digits.
    guid: &'a [u8],
    /// Where the data stands in the packet.
    offset: u32,
    /// The segment.
    whole: Span<'a>,
    data: Span<'a>,
}

impl Piece<'_> {
    /// The digest as a number.
    fn packet(&self) -> u128 {
        self.guid.iter().fold(0, |number, &digit| number << 4 | u128::from(char::from(digit).to_digit(16).unwrap_or(0)))
    }

    /// Whether nothing is missing between the piece `before` and this one.
    fn continues(&self, before: &Self) -> bool {
        let end = u64::from(before.offset) + before.data.len() as u64;
        self.guid == before.guid && u64::from(self.offset) <= end
    }

    fn repeats(&self, before: &Self) -> bool {
        (self.guid, self.offset, self.data.bytes()) == (before.guid, before.offset, before.data.bytes())
    }
}

impl<'a> Extended<'a> {
    fn add(&mut self, whole: Span<'a>, piece: Span<'a>) {
        /// Digest 32, full length 4, offset of this piece 4.
        const HEADER_LEN: usize = 40;
        const GUID_LEN: usize = 32;
        const OFFSET_AT: usize = 36;
        let guid = piece.clipped(0, GUID_LEN).bytes();
        let offset = piece.u32(OFFSET_AT, ByteOrder::Big).unwrap_or(u32::MAX);
        self.pieces.push(Piece { guid, offset, whole, data: piece.from(HEADER_LEN) });
    }

    /// Reads the packets. What stands before and after a missing piece is read as two. Only the data of one packet's pieces is
    /// kept in memory, whatever lengths and offsets they state.
    fn find(mut self, out: &mut Findings) {
        sort_by_key(&mut self.pieces, |piece| piece.offset);
        sort_by_key(&mut self.pieces, Piece::packet);
        let mut joined = Joined::default();
        let mut before: Option<Piece> = None;
        for piece in self.pieces {
            if before.is_some_and(|before| !piece.continues(&before)) {
                std::mem::take(&mut joined).find_extended(out);
            }
            let is_repeated = before.is_some_and(|before| piece.repeats(&before));
            joined.join(piece.whole, if is_repeated { piece.data.clipped(0, 0) } else { piece.data });
            before = Some(piece);
        }
        joined.find_extended(out);
    }
}

/// Pieces of one thing by number, in any order.
#[derive(Default)]
struct Pieces<'a>(Vec<(u32, Span<'a>, Span<'a>)>);

impl<'a> Pieces<'a> {
    fn add(&mut self, number: u32, whole: Span<'a>, piece: Span<'a>) {
        self.0.push((number, whole, piece));
    }

    /// What is there, in order, and the stretch that it comes from; of pieces of the same number the first.
    fn joined(mut self) -> Option<(Vec<u8>, [u64; 2])> {
        sort_by_key(&mut self.0, |(number, ..)| *number);
        self.0.dedup_by_key(|(number, ..)| *number);
        let mut joined = Joined::default();
        for (_, whole, piece) in self.0 {
            joined.join(whole, piece);
        }
        Some((joined.data, joined.range?))
    }
}

fn app2<'a>(file: Span<'a>, whole: Span<'a>, payload: Span<'a>, out: &mut Findings) {
    if let Some(profile) = payload.strip_prefix(b"ICC_PROFILE\0") {
        out.read(Block::Icc { profile: profile.from(2), place: whole, location: "APP2 ICC" });
    } else if let Some(mpf) = payload.strip_prefix(b"MPF\0") {
        out.read(Block::Mpf { file, index: mpf });
    } else if payload.bytes().starts_with(b"urn:iso:std:iso:ts:21496") {
        out.add(LeakKind::Depth, "APP2 ISO 21496-1", whole, LeakWords::GainMap);
    } else if is_voice_note(payload) {
        out.add(LeakKind::Audio, "APP2 FPXR", whole, LeakWords::Sound { bytes: count(payload.len()) });
    } else {
        other("APP2", whole, payload, out);
    }
}

/// FlashPix extensions can hold a voice note (Exif 2.3, 4.7.3).
fn is_voice_note(payload: Span) -> bool {
    payload.bytes().starts_with(b"FPXR\0") && payload.contains(b"WAVEfmt ")
}

/// Kodak keeps a TIFF structure of its own there, with the owner's name.
fn app3(whole: Span, payload: Span, out: &mut Findings) {
    let prefixes: [&[u8]; 3] = [b"Meta\0\0", b"META\0\0", b"Exif\0\0"];
    match prefixes.iter().find_map(|prefix| payload.strip_prefix(prefix)) {
        Some(structure) => out.read(Block::Exif(structure)),
        None => other("APP3", whole, payload, out),
    }
}

/// JUMBF boxes (ISO 19566-5, D.2) start with "JP", a box number and a sequence number; C2PA is what cameras put there.
fn app11(whole: Span, payload: Span, credentials: &mut Joined, out: &mut Findings) {
    const BOX_AT: usize = 8;
    const BOX_HEADER_LEN: usize = 8;
    let is_jumbf =
        payload.bytes().starts_with(b"JP") && payload.part(BOX_AT + 4, 4).is_some_and(|kind| kind.bytes() == b"jumb");
    if is_jumbf {
        // Every later piece repeats the box's header.
        let skipped = if credentials.data.is_empty() { BOX_AT } else { BOX_AT + BOX_HEADER_LEN };
        credentials.join(whole, payload.from(skipped));
    } else {
        other("APP11", whole, payload, out);
    }
}

/// Cameras of before EXIF (Olympus, Agfa, Sanyo) wrote lines of `name=value` there.
fn app12(whole: Span, payload: Span, out: &mut Findings) {
    const LINES: [(&[u8], LeakKind); 2] = [(b"Serial#=", LeakKind::Serial), (b"TimeDate=", LeakKind::Date)];
    other("APP12", whole, payload, out);
    for (start, kind) in LINES {
        if let Some(at) = payload.find(start) {
            let line = payload.from(at);
            let value_len = line.from(start.len()).bytes().iter().take_while(|b| b.is_ascii_graphic()).count();
            let value = line.clipped(start.len(), value_len);
            out.add_text(kind, "APP12", value, &text::decode(value.bytes()));
        }
    }
}

fn app13(whole: Span, payload: Span, out: &mut Findings) {
    match payload.strip_prefix(b"Photoshop 3.0\0") {
        Some(resources) => out.read(Block::Photoshop(resources, "APP13")),
        None => other("APP13", whole, payload, out),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::container::jpeg::walk;
    use crate::leaks::find as find_in;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::report::{Format, LeakKind};
    use proptest::prelude::*;

    #[test]
    fn bytes_after_the_end_are_a_trailer() {
        let file = [jpeg(&[]), b"after".to_vec()].concat();
        assert_eq!(walk(&file).segments.last().map(|segment| segment.name.as_str()), Some("trailer"));
        assert_eq!(bytes_of(&file, LeakKind::Trailer), b"after");
    }

    #[test]
    fn what_follows_bytes_between_segments_is_still_found() {
        let file = jpeg(&[segment(0xE3, b""), b"stray".to_vec(), segment(0xFE, b"hello")].concat());
        assert_eq!(leak(&file, LeakKind::Comment).value, "hello");
        let places: Vec<_> = find_in(&file, "a").into_iter().filter_map(|leak| leak.bytes).collect();
        assert!(places.contains(&[6, 11]), "{places:?}");
    }

    #[test]
    fn a_plain_file_gives_nothing_away() {
        let jfif = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
        let adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01");
        assert_eq!(find_in(&jpeg(&[jfif, adobe].concat()), "a.jpg"), []);
    }

    #[test]
    fn quantisation_tables_of_its_own_are_found_where_they_stand() {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
        let [luma, chroma] = [jpeg_encoder::QuantizationTableType::Flat, jpeg_encoder::QuantizationTableType::Default];
        encoder.set_quantization_tables(luma, chroma);
        encoder.encode(&[90; 3 * 64], 8, 8, jpeg_encoder::ColorType::Rgb).expect("a small JPEG");
        assert_eq!(kinds(&file), [LeakKind::Coding]);
        let tables = bytes_of(&file, LeakKind::Coding);
        assert!(tables.starts_with(&[0xFF, 0xDB]) && tables.len() == 2 * (2 + 2 + 65));
        assert_robust(&file, Format::Jpeg);
    }

    #[test]
    fn thumbnails_of_jfif_and_jfxx_are_found() {
        let jfif = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x01RGBRGB");
        assert_eq!(bytes_of(&jpeg(&jfif), LeakKind::Thumbnail), b"RGBRGB");
        let jfxx = segment(0xE0, b"JFXX\0\x10thumb");
        assert_eq!(bytes_of(&jpeg(&jfxx), LeakKind::Thumbnail), b"thumb");
    }

    #[test]
    fn application_segments_of_no_known_kind_are_named() {
        let file = jpeg(&segment(0xEC, b"Ducky\0rest"));
        assert_eq!(leak(&file, LeakKind::Other).value, "Ducky");
        assert_eq!(leak(&file, LeakKind::Other).location, "APP12");
    }

    #[test]
    fn lines_of_early_cameras_are_read() {
        let file = jpeg(&segment(0xEC, b"[camera info]\r\nSerial#=#0042\r\nTimeDate=909698819\r\n"));
        assert_eq!(leak(&file, LeakKind::Serial).value, "#0042");
        assert_eq!(leak(&file, LeakKind::Date).value, "909698819");
    }

    #[test]
    fn a_picture_in_a_segment_of_no_known_kind_is_a_preview() {
        let file = jpeg(&segment(0xE3, &[b"Maker\0".to_vec(), jpeg(&[])].concat()));
        assert_eq!(kinds(&file), [LeakKind::Preview, LeakKind::Other]);
        assert_eq!(bytes_of(&file, LeakKind::Preview), jpeg(&[]));
    }

    #[test]
    fn a_record_of_origin_in_two_segments_is_one_leak() {
        let piece = |n: u8| segment(0xEB, &[b"JP\0\x01\0\0\0", &[n][..], b"\0\0\0\x20jumbrest"].concat());
        assert_eq!(kinds(&jpeg(&[piece(1), piece(2)].concat())), [LeakKind::C2pa]);
    }

    #[test]
    fn gain_maps_and_sound_are_found() {
        let gain = segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0xx");
        let sound = segment(0xE2, b"FPXR\0\x02\0\0RIFF\0\0\0\0WAVEfmt ");
        assert_eq!(kinds(&jpeg(&[gain, sound].concat())), [LeakKind::Depth, LeakKind::Audio]);
    }

    #[test]
    fn extended_xmp_is_joined_before_it_is_read() {
        let head = |rest: &[u8]| {
            let payload = [b"http://ns.adobe.com/xmp/extension/\0", &[b'0'; 40][..], rest].concat();
            segment(0xE1, &payload)
        };
        let file = jpeg(&[head(b"<rdf:Description GIma"), head(b"ge:Data=\"AAAA\"/>")].concat());
        assert_eq!(kinds(&file), [LeakKind::Xmp, LeakKind::SecondImage]);
    }

    /// A segment with the piece of a packet that starts at `offset`.
    pub(in crate::leaks) fn extended(guid: u8, packet: &[u8], offset: usize, len: usize) -> Vec<u8> {
        let head = [&[guid; 32][..], &(packet.len() as u32).to_be_bytes(), &(offset as u32).to_be_bytes()].concat();
        let data = &packet[offset..(offset + len).min(packet.len())];
        segment(0xE1, &[b"http://ns.adobe.com/xmp/extension/\0", &head[..], data].concat())
    }

    const PACKET: &[u8] =
        b"<rdf:Description aux:SerialNumber='S123' xmp:CreateDate='2024-01-31T12:00:00' tiff:Make='Maker'>\
        <dc:creator><rdf:Seq><rdf:li>Jane</rdf:li></rdf:Seq></dc:creator></rdf:Description>";
    const OTHER: &[u8] =
        b"<rdf:Description aux:OwnerName='John' exif:GPSLatitude='52,30N' exif:GPSLongitude='13,22W'/>";

    /// What extended packets say, in an order that does not depend on that of the segments.
    fn said(segments: &[Vec<u8>]) -> Vec<(String, String)> {
        let leaks = find_in(&jpeg(&segments.concat()), "a").into_iter().filter(|leak| leak.kind != LeakKind::Xmp);
        let mut said: Vec<_> = leaks.map(|leak| (format!("{:?}", leak.kind), leak.value)).collect();
        said.sort();
        said
    }

    proptest! {
        #[test]
        fn extended_xmp_is_joined_in_any_order(
            lens in (1_usize..60, 1_usize..60),
            order in Just((0_u8..200).collect::<Vec<_>>()).prop_shuffle(),
            repeated in any::<u8>(),
        ) {
            let pieces = |guid, packet: &'static [u8], len| {
                (0..packet.len()).step_by(len).map(move |at| extended(guid, packet, at, len))
            };
            let mut segments: Vec<_> = pieces(b'A', PACKET, lens.0).chain(pieces(b'7', OTHER, lens.1)).collect();
            segments.push(segments[usize::from(repeated) % segments.len()].clone());
            let mut shuffled: Vec<_> = segments.iter().zip(order.iter().cycle()).collect();
            shuffled.sort_by_key(|(_, place)| **place);
            let shuffled: Vec<_> = shuffled.into_iter().map(|(segment, _)| segment.clone()).collect();
            let expected = [
                ("Camera", "Maker"),
                ("Date", "2024-01-31T12:00:00"),
                ("Gps", "52.50000, -13.36667"),
                ("Owner", "Jane"),
                ("Owner", "John"),
                ("Serial", "S123"),
            ];
            let expected = expected.map(|(kind, value)| (kind.to_owned(), value.to_owned()));
            prop_assert_eq!(said(&shuffled), expected);
        }
    }

    #[test]
    fn extended_xmp_with_a_missing_piece_is_read_on_both_sides() {
        let values = |from: usize, to: usize| {
            let segments = [extended(b'A', PACKET, 0, from), extended(b'A', PACKET, to, PACKET.len())];
            said(&segments).into_iter().map(|(_, value)| value).collect::<Vec<_>>()
        };
        let at = |mark: &[u8]| PACKET.windows(mark.len()).position(|part| part == mark).unwrap_or_default();
        // From the middle of a value into that of another one.
        assert_eq!(values(at(b"123"), at(b"01-31")), ["Maker", "Jane", "S"]);
        assert_eq!(values(at(b"S123"), at(b"Jane")), Vec::<String>::new());
        assert_eq!(values(at(b"ne<"), PACKET.len()), ["Maker", "2024-01-31T12:00:00", "Ja", "S123"]);
        assert_eq!(values(0, at(b"aux:")), ["Maker", "2024-01-31T12:00:00", "Jane", "S123"]);
    }

    #[test]
    fn broken_files_are_survived() {
        let jfif = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x01RGBRGB");
        let file =
            jpeg(&[jfif, segment(0xFE, b"hello"), segment(0xE2, b"FPXR\0"), extended(b'A', b"<a/>", 0, 2)].concat());
        assert_robust(&[file, jpeg(&[])].concat(), Format::Jpeg);
    }
}
