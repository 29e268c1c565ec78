//! What the fields of EXIF (CIPA DC-008) and TIFF files say.

use super::comment::user_comment;
use super::findings::{Block, Findings};
use super::makernote;
use crate::container::tiff::{Directory, Field, Role, Tiff};
use crate::container::{ByteOrder, Span, jpeg, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

const MAKE: u16 = 0x010F;

/// What the TIFF structure is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// EXIF of a photo in another format: pictures in it are copies of that photo.
    Photo,
    /// A TIFF file: its first picture is the photo.
    TiffFile,
    /// A camera's raw file: its pictures are previews, but for what the sensor has measured.
    #[cfg(feature = "rare-formats")]
    RawFile,
}

/// How a field is read.
#[derive(Clone, Copy)]
enum Reading {
    Text(LeakKind),
    /// UTF-16, as Windows writes it into BYTE fields.
    Windows(LeakKind),
    /// Text after a character code.
    UserComment(LeakKind),
    MakerNote,
    Xmp,
    Iptc,
    Photoshop,
    PhotoshopLayers,
    Icc,
    GeoTiff,
    /// Needed to show the picture, the same in millions of files, or followed elsewhere.
    Structure,
}

/// Fields by tag. Names: CIPA DC-008, TIFF 6.0, DNG 1.7, ExifTool's tag tables.
const FIELDS: &[(u16, Reading)] = &[
    (0x000B, Reading::Text(LeakKind::Software)),    // ProcessingSoftware
    (0x00FE, Reading::Structure),                   // NewSubfileType
    (0x00FF, Reading::Structure),                   // SubfileType
    (0x010A, Reading::Structure),                   // FillOrder
    (0x010D, Reading::Text(LeakKind::Description)), // DocumentName
    (0x010E, Reading::Text(LeakKind::Description)), // ImageDescription
    (0x010F, Reading::Text(LeakKind::Camera)),      // Make
    (0x0110, Reading::Text(LeakKind::Camera)),      // Model
    (0x011D, Reading::Text(LeakKind::Description)), // PageName
    (0x0131, Reading::Text(LeakKind::Software)),    // Software
    (0x0132, Reading::Text(LeakKind::Date)),        // DateTime
    (0x013B, Reading::Text(LeakKind::Owner)),       // Artist
    (0x013C, Reading::Text(LeakKind::Software)),    // HostComputer
    (0x02BC, Reading::Xmp),
    (0x8298, Reading::Text(LeakKind::Owner)), // Copyright
    (0x830E, Reading::GeoTiff),               // ModelPixelScale
    (0x8482, Reading::GeoTiff),               // ModelTiepoint
    (0x83BB, Reading::Iptc),
    (0x85D8, Reading::GeoTiff), // ModelTransformation
    (0x8649, Reading::Photoshop),
    (0x8773, Reading::Icc),
    (0x9003, Reading::Text(LeakKind::Date)), // DateTimeOriginal
    (0x9004, Reading::Text(LeakKind::Date)), // DateTimeDigitized
    (0x9010, Reading::Text(LeakKind::Date)), // OffsetTime
    (0x9011, Reading::Text(LeakKind::Date)), // OffsetTimeOriginal
    (0x9012, Reading::Text(LeakKind::Date)), // OffsetTimeDigitized
    (0x927C, Reading::MakerNote),
    (0x9286, Reading::UserComment(LeakKind::Comment)),
    (0x935C, Reading::PhotoshopLayers),                // ImageSourceData
    (0x9C9B, Reading::Windows(LeakKind::Description)), // XPTitle
    (0x9C9C, Reading::Windows(LeakKind::Comment)),     // XPComment
    (0x9C9D, Reading::Windows(LeakKind::Owner)),       // XPAuthor
    (0x9C9E, Reading::Windows(LeakKind::Description)), // XPKeywords
    (0x9C9F, Reading::Windows(LeakKind::Description)), // XPSubject
    (0xA004, Reading::Text(LeakKind::Audio)),          // RelatedSoundFile
    (0xA420, Reading::Text(LeakKind::Id)),             // ImageUniqueID
    (0xA430, Reading::Text(LeakKind::Owner)),          // CameraOwnerName
    (0xA431, Reading::Text(LeakKind::Serial)),         // BodySerialNumber
    (0xA433, Reading::Text(LeakKind::Camera)),         // LensMake
    (0xA434, Reading::Text(LeakKind::Camera)),         // LensModel
    (0xA435, Reading::Text(LeakKind::Serial)),         // LensSerialNumber
    (0xA436, Reading::Text(LeakKind::Description)),    // ImageTitle
    (0xA437, Reading::Text(LeakKind::Owner)),          // Photographer
    (0xA438, Reading::Text(LeakKind::Owner)),          // ImageEditor
    (0xA439, Reading::Text(LeakKind::Software)),       // CameraFirmware
    (0xA43A, Reading::Text(LeakKind::Software)),       // RAWDevelopingSoftware
    (0xA43B, Reading::Text(LeakKind::Software)),       // ImageEditingSoftware
    (0xA43C, Reading::Text(LeakKind::Software)),       // MetadataEditingSoftware
    (0xC614, Reading::Text(LeakKind::Camera)),         // UniqueCameraModel
    (0xC62F, Reading::Text(LeakKind::Serial)),         // CameraSerialNumber
    (0xC634, Reading::MakerNote),                      // DNGPrivateData
    (0xC65D, Reading::Text(LeakKind::Id)),             // RawDataUniqueID
    (0xC68B, Reading::Text(LeakKind::Description)),    // OriginalRawFileName
    (0xC7A1, Reading::Text(LeakKind::Camera)),         // CameraLabel
    (0xC353, Reading::UserComment(LeakKind::Owner)),   // CameraOwner, Kodak
    (0xC354, Reading::UserComment(LeakKind::Serial)),  // SerialNumber, Kodak
    (0xFDE8, Reading::Text(LeakKind::Owner)),          // OwnerName, Adobe Camera Raw
    (0xFDE9, Reading::Text(LeakKind::Serial)),         // SerialNumber, Adobe Camera Raw
    (0xFDEA, Reading::Text(LeakKind::Camera)),         // Lens, Adobe Camera Raw
];

/// Ranges of tags that are [`Reading::Structure`].
const STRUCTURE: &[std::ops::RangeInclusive<u16>] = &[
    0x0100..=0x0107, // ImageWidth to Thresholding
    0x0111..=0x011C, // StripOffsets to PlanarConfiguration
    0x0122..=0x0129, // GrayResponseUnit to PageNumber
    0x012D..=0x012D, // TransferFunction
    0x013D..=0x0159, // Predictor to TargetPrinter, SubIFDs among them
    0x0200..=0x0214, // the fields of old JPEG compression and YCbCr
    0x8769..=0x8769, // Exif IFD
    0x8825..=0x8825, // GPS IFD
    0x9000..=0x9000, // ExifVersion
    0x9101..=0x9102, // ComponentsConfiguration, CompressedBitsPerPixel
    0xA000..=0xA003, // FlashpixVersion to PixelYDimension
    0xA005..=0xA005, // Interop IFD
    0xEA1C..=0xEA1C, // Padding
];

/// The field's meaning; `None` for technical data such as the exposure time.
fn reading(tag: u16) -> Option<Reading> {
    let listed = FIELDS.iter().find(|(listed, _)| *listed == tag).map(|(_, reading)| *reading);
    listed.or_else(|| STRUCTURE.iter().any(|range| range.contains(&tag)).then_some(Reading::Structure))
}

/// Reports what the TIFF structure in `span` says.
pub(super) fn find(span: Span, host: Host, out: &mut Findings) {
    if host == Host::Photo {
        out.name("exif", span);
    }
    out.nest(span, |out| match Tiff::open(span) {
        Some(tiff) => structure(span, tiff, host, out),
        None => out.add(LeakKind::Other, host.name(), span, LeakWords::Damaged),
    });
}

impl Host {
    fn name(self) -> &'static str {
        match self {
            Host::Photo => "EXIF",
            Host::TiffFile => "TIFF",
            #[cfg(feature = "rare-formats")]
            Host::RawFile => "TIFF",
        }
    }
}

fn structure(span: Span, tiff: Tiff, host: Host, out: &mut Findings) {
    let (directories, fault) = tiff.directories();
    if fault.is_some() {
        out.add(LeakKind::Other, host.name(), span, LeakWords::Damaged);
    }
    let make = directories.iter().find_map(|directory| directory.field(MAKE));
    let reader = Reader { tiff, make: make.map(|field| text::decode(field.data.bytes())).unwrap_or_default() };
    let mut technical = 0;
    for directory in &directories {
        let location = format!("{} {}", host.name(), directory.role.name());
        match directory.role {
            Role::Gps => gps(directory, &location, out),
            Role::Interop => {}
            _ => technical += reader.fields(directory, &location, out),
        }
        picture(span, directory, host, &location, out);
    }
    if technical > 0 {
        out.add(LeakKind::Other, host.name(), span, LeakWords::TechnicalEntries { count: count(technical) });
    }
    if host == Host::Photo {
        hidden_pictures(span, out);
    }
}

/// What reading a field needs to know of its structure.
struct Reader<'a> {
    tiff: Tiff<'a>,
    /// Who made the camera.
    make: String,
}

impl Reader<'_> {
    /// Reports a directory's fields and returns the number of technical ones.
    fn fields(&self, directory: &Directory, location: &str, out: &mut Findings) -> usize {
        let mut technical = 0;
        for field in &directory.fields {
            match reading(field.tag) {
                Some(reading) => self.report(field, reading, location, out),
                None => technical += 1,
            }
        }
        technical
    }

    fn report(&self, field: &Field, reading: Reading, location: &str, out: &mut Findings) {
        let data = field.data;
        match reading {
            Reading::Text(kind) => out.add_text(kind, location, data, &text::decode(data.bytes())),
            Reading::Windows(kind) => {
                out.add_text(kind, location, data, &text::decode_utf16(data.bytes(), ByteOrder::Little));
            }
            Reading::UserComment(kind) => out.add_text(kind, location, data, &user_comment(data, self.tiff.order())),
            Reading::MakerNote => makernote::find(self.tiff, field, &self.make, location, out),
            Reading::Xmp => out.read(Block::Xmp(data, location)),
            Reading::Iptc => out.read(Block::Iptc(data, location)),
            Reading::Photoshop => out.read(Block::Photoshop(data, location)),
            Reading::PhotoshopLayers => {
                out.add(LeakKind::Photoshop, location, data, LeakWords::EditorLayers { bytes: count(data.len()) });
            }
            Reading::Icc => out.read(Block::Icc { profile: data, place: data, location }),
            Reading::GeoTiff => out.add(LeakKind::Gps, location, data, LeakWords::MapPosition),
            Reading::Structure => {}
        }
    }
}

/// Reports the picture that a directory describes, unless it is the file's own.
fn picture(span: Span, directory: &Directory, host: Host, location: &str, out: &mut Findings) {
    /// Bit 0 of NewSubfileType: a smaller version of another picture in the file.
    const NEW_SUBFILE_TYPE: u16 = 0x00FE;
    let is_reduced = || directory.field(NEW_SUBFILE_TYPE).and_then(|f| f.numbers().next()).is_some_and(|n| n & 1 == 1);
    let kind = match (host, directory.role) {
        (Host::TiffFile, Role::Main(0)) => return,
        #[cfg(feature = "rare-formats")]
        (Host::RawFile, _) if directory.is_of_sensor() => return,
        (Host::Photo, Role::Main(1)) => LeakKind::Thumbnail,
        (Host::TiffFile, Role::Main(_) | Role::Sub) if !is_reduced() => LeakKind::SecondImage,
        _ => LeakKind::Preview,
    };
    if let Some(picture) = directory.picture(span) {
        out.add(kind, location, picture, LeakWords::Picture { bytes: count(picture.len()) });
    }
}

/// Makers hide previews in their notes and after the directories.
fn hidden_pictures(span: Span, out: &mut Findings) {
    for picture in jpeg::embedded(span) {
        if !out.has_picture_at(picture) {
            out.add(LeakKind::Preview, "EXIF", picture, LeakWords::Picture { bytes: count(picture.len()) });
        }
    }
}

/// Reports what a structure says whose first directory holds a position.
#[cfg(feature = "rare-formats")]
pub(super) fn find_gps(span: Span, location: &str, out: &mut Findings) {
    let directories = Tiff::open(span).and_then(|tiff| Some(tiff.directories_from(Role::Gps, tiff.first()?).0));
    if let Some(directory) = directories.as_ref().and_then(|directories| directories.first()) {
        gps(directory, location, out);
    }
}

const GPS_LATITUDE_REF: u16 = 1;
const GPS_ALTITUDE: u16 = 6;
const GPS_TIME: u16 = 7;
const GPS_DESTINATION_LATITUDE_REF: u16 = 0x13;
const GPS_METHOD: u16 = 0x1B;
const GPS_AREA: u16 = 0x1C;
const GPS_DATE: u16 = 0x1D;
/// GPSHPositioningError (CIPA DC-008, 4.6.6).
const GPS_ERROR: u16 = 0x1F;

/// Reports a position, or what else a GPS directory says. It is reported, as harmless, even if that is nothing:
/// people look for it.
fn gps(directory: &Directory, location: &str, out: &mut Findings) {
    if let Some(date) = directory.field(GPS_DATE) {
        out.add_text(LeakKind::Date, location, date.data, &text::decode(date.data.bytes()));
    }
    let mut said = false;
    for first in [GPS_LATITUDE_REF, GPS_DESTINATION_LATITUDE_REF] {
        if let Some((span, position)) = position(directory, first) {
            out.add_text(LeakKind::Gps, location, span, &position);
            said = true;
        }
    }
    if let Some((field, metres)) = directory.field(GPS_ERROR).and_then(|f| Some((f, metres(f)?))) {
        out.add(LeakKind::Gps, location, field.data, LeakWords::Accuracy { metres });
    }
    if said {
        return;
    }
    let altitude = directory.field(GPS_ALTITUDE).and_then(|f| Some((f, metres(f)?)));
    if let Some((field, metres)) = altitude {
        out.add(LeakKind::Gps, location, field.data, LeakWords::Altitude { metres });
        said = true;
    }
    for (tag, say) in [(GPS_TIME, time as fn(&Field) -> Option<String>), (GPS_METHOD, area), (GPS_AREA, area)] {
        if let Some((field, value)) = directory.field(tag).and_then(|f| Some((f, say(f)?))) {
            out.add_text(LeakKind::Gps, location, field.data, &value);
            said = true;
        }
    }
    if !said && let Some(first) = directory.fields.first() {
        out.add_harmless(LeakKind::Gps, location, first.data, LeakWords::NoPosition);
    }
}

/// Latitude and longitude in degrees from four fields in a row: reference and degrees, minutes, seconds of each.
fn position<'a>(directory: &Directory<'a>, first: u16) -> Option<(Span<'a>, String)> {
    let latitude_field = directory.field(first + 1)?;
    let latitude = degrees(latitude_field)?;
    let longitude = degrees(directory.field(first + 3)?)?;
    let is = |tag, letter: u8| directory.field(tag).is_some_and(|f| f.data.u8(0) == Some(letter));
    let latitude = if is(first, b'S') { -latitude } else { latitude };
    let longitude = if is(first + 2, b'W') { -longitude } else { longitude };
    Some((latitude_field.data, format!("{latitude:.5}, {longitude:.5}")))
}

fn degrees(field: &Field) -> Option<f64> {
    // A missing or meaningless minute or second (0/0) counts as none.
    let part = |n| field.rationals().nth(n);
    let finite = |n| part(n).filter(|v| v.is_finite()).unwrap_or(0.0);
    let whole = part(0).filter(|v| v.is_finite())?;
    Some(whole + finite(1) / 60.0 + finite(2) / 3600.0)
}

/// A distance as it is shown: whole metres.
fn metres(field: &Field) -> Option<String> {
    field.rationals().next().filter(|metres| metres.is_finite()).map(|metres| format!("{metres:.0}"))
}

fn time(field: &Field) -> Option<String> {
    let parts: Vec<f64> = field.rationals().take(3).filter(|v| v.is_finite()).collect();
    let [hour, minute, second] = parts[..] else {
        return None;
    };
    Some(format!("{hour:02.0}:{minute:02.0}:{second:02.0} UTC"))
}

fn area(field: &Field) -> Option<String> {
    Some(user_comment(field.data, ByteOrder::Big)).filter(|area| !area.is_empty())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::container::tiff::tests::{Value, tiff};
    use crate::leaks::find as find_in;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::report::{Format, Severity};

    const NORTH_EAST: [(u16, Value<'static>); 4] = [
        (1, Value::Ascii("N")),
        (2, Value::Rational(&[[52, 1], [30, 1], [5868, 100]])),
        (3, Value::Ascii("E")),
        (4, Value::Rational(&[[13, 1], [22, 1], [3972, 100]])),
    ];

    /// EXIF with a position.
    pub(in crate::leaks) fn with_gps(order: ByteOrder) -> Vec<u8> {
        tiff(order, &[&[(0x8825, Value::Directory(1))], &NORTH_EAST])
    }

    /// A JPEG with this EXIF.
    fn photo(exif: &[u8]) -> Vec<u8> {
        jpeg(&segment(0xE1, &[b"Exif\0\0", exif].concat()))
    }

    fn with_field(tag: u16, value: Value) -> Vec<u8> {
        photo(&tiff(ByteOrder::Little, &[&[(tag, value)]]))
    }

    fn with_gps_fields(fields: &[(u16, Value)]) -> Vec<u8> {
        photo(&tiff(ByteOrder::Little, &[&[(0x8825, Value::Directory(1))], fields]))
    }

    #[test]
    fn a_position_is_read_in_either_byte_order() {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            let gps = leak(&photo(&with_gps(order)), LeakKind::Gps);
            assert_eq!((gps.value.as_str(), gps.location.as_str()), ("52.51630, 13.37770", "EXIF GPS IFD"));
            assert_eq!(gps.severity, Severity::High);
        }
    }

    #[test]
    fn south_and_west_are_negative() {
        let [_, latitude, _, longitude] = NORTH_EAST;
        let file = with_gps_fields(&[(1, Value::Ascii("S")), latitude, (3, Value::Ascii("W")), longitude]);
        assert_eq!(leak(&file, LeakKind::Gps).value, "-52.51630, -13.37770");
    }

    #[test]
    fn an_altitude_and_a_time_are_reported_where_there_is_no_position() {
        let file = with_gps_fields(&[(6, Value::Rational(&[[345, 10]]))]);
        assert_eq!(leak(&file, LeakKind::Gps).value, "altitude 34 m");
        let file = with_gps_fields(&[(7, Value::Rational(&[[9, 1], [5, 1], [7, 1]]))]);
        assert_eq!(leak(&file, LeakKind::Gps).value, "09:05:07 UTC");
    }

    #[test]
    fn a_gps_directory_that_says_nothing_is_harmless() {
        let file = with_gps_fields(&[(0, Value::Byte(&[2, 3, 0, 0]))]);
        assert_eq!(leak(&file, LeakKind::Gps).severity, Severity::Low);
    }

    #[test]
    fn a_position_of_zero_divisors_is_no_position() {
        let zero = || Value::Rational(&[[0, 0], [0, 0], [0, 0]]);
        let file = with_gps_fields(&[(1, Value::Ascii("N")), (2, zero()), (3, Value::Ascii("E")), (4, zero())]);
        assert_eq!(leak(&file, LeakKind::Gps).severity, Severity::Low);
    }

    #[test]
    fn the_thumbnail_is_found_at_its_bytes() {
        let thumbnail = [(0x0201, Value::Offset(b"thumb")), (0x0202, Value::Long(5))];
        let file = photo(&tiff(ByteOrder::Big, &[&[(0x0112, Value::Short(1))], &thumbnail]));
        assert_eq!(kinds(&file), [LeakKind::Thumbnail]);
        assert_eq!(bytes_of(&file, LeakKind::Thumbnail), b"thumb");
        assert_eq!(leak(&file, LeakKind::Thumbnail).location, "EXIF IFD1");
    }

    #[test]
    fn an_uncompressed_thumbnail_is_found() {
        let thumbnail = [(0x0111, Value::Offset(b"RGBRGB")), (0x0117, Value::Long(6))];
        let file = photo(&tiff(ByteOrder::Big, &[&[], &thumbnail]));
        assert_eq!(bytes_of(&file, LeakKind::Thumbnail), b"RGBRGB");
    }

    #[test]
    fn a_picture_in_the_makers_note_is_a_preview() {
        let note = [b"Maker\0".to_vec(), jpeg(&[])].concat();
        let file =
            photo(&tiff(ByteOrder::Big, &[&[(0x8769, Value::Directory(1))], &[(0x927C, Value::Undefined(&note))]]));
        assert_eq!(kinds(&file), [LeakKind::Makernote, LeakKind::Preview]);
        assert_eq!(bytes_of(&file, LeakKind::Preview), jpeg(&[]));
    }

    #[test]
    fn a_child_directory_with_a_picture_is_a_preview() {
        let child = [(0x0201, Value::Offset(b"preview")), (0x0202, Value::Long(7))];
        let file = photo(&tiff(ByteOrder::Big, &[&[(0x014A, Value::Directory(1))], &child]));
        assert_eq!(bytes_of(&file, LeakKind::Preview), b"preview");
    }

    #[test]
    fn text_fields_have_their_kinds() {
        for (tag, kind) in [
            (0x010F, LeakKind::Camera),
            (0x0131, LeakKind::Software),
            (0x013B, LeakKind::Owner),
            (0x010E, LeakKind::Description),
            (0xA420, LeakKind::Id),
            (0xA431, LeakKind::Serial),
        ] {
            let file = with_field(tag, Value::Ascii("some text"));
            assert_eq!(leak(&file, kind).value, "some text");
        }
    }

    #[test]
    fn empty_fields_say_nothing() {
        assert_eq!(find_in(&with_field(0x010E, Value::Ascii("       ")), "a.jpg"), []);
        assert_eq!(find_in(&with_field(0x0132, Value::Ascii("0000:00:00 00:00:00")), "a.jpg"), []);
    }

    #[test]
    fn windows_fields_are_utf_16() {
        assert_eq!(leak(&with_field(0x9C9D, Value::Byte(b"J\0\xe4\0\0\0")), LeakKind::Owner).value, "Jä");
    }

    #[test]
    fn comments_are_read_in_their_character_code() {
        let ascii = with_field(0x9286, Value::Undefined(b"ASCII\0\0\0hello"));
        assert_eq!(leak(&ascii, LeakKind::Comment).value, "hello");
        let unicode = with_field(0x9286, Value::Undefined(b"UNICODE\0h\0i\0"));
        assert_eq!(leak(&unicode, LeakKind::Comment).value, "hi");
    }

    #[test]
    fn technical_fields_are_counted() {
        let file = with_field(0x829A, Value::Rational(&[[1, 60]]));
        assert_eq!(leak(&file, LeakKind::Other).words, Some(LeakWords::TechnicalEntries { count: 1 }));
    }

    #[test]
    fn the_pages_of_a_tiff_file_are_further_pictures() {
        let page = |data: &'static [u8], subfile| {
            [(0x00FE, Value::Long(subfile)), (0x0111, Value::Offset(data)), (0x0117, Value::Long(data.len() as u32))]
        };
        let file = tiff(ByteOrder::Little, &[&page(b"first", 0), &page(b"small", 1), &page(b"third", 0)]);
        assert_eq!(kinds(&file), [LeakKind::Preview, LeakKind::SecondImage]);
        assert_eq!(bytes_of(&file, LeakKind::SecondImage), b"third");
    }

    #[test]
    fn broken_files_are_survived() {
        let thumbnail = [(0x0201, Value::Offset(b"thumb")), (0x0202, Value::Long(5))];
        let main = [(0x010F, Value::Ascii("Camera")), (0x8825, Value::Directory(2))];
        let exif = tiff(ByteOrder::Big, &[&main, &thumbnail, &NORTH_EAST]);
        assert_robust(&photo(&exif), Format::Jpeg);
        assert_robust(&exif, Format::Tiff);
    }
}
