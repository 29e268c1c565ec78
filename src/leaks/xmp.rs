//! XMP (ISO 16684-1): RDF/XML in which every program keeps its own notes.
//!
//! The packet is not parsed as XML but read once for names and values, which also serves packets that are cut off
//! or not well-formed: no entity is expanded, no document type read. Prefixes have their customary meaning unless the
//! packet binds another one to a known namespace.

use super::findings::Findings;
use crate::container::{Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Properties by name, or by prefix where the name ends with a colon. The first that fits counts.
const PROPERTIES: &[(&str, Meaning)] = &[
    ("exif:GPSLatitude", Meaning::Latitude),
    ("exif:GPSLongitude", Meaning::Longitude),
    ("GCamera:MotionPhoto", Meaning::Switch(LeakKind::MotionPhoto, Note::Film)),
    ("GCamera:MicroVideo", Meaning::Switch(LeakKind::MotionPhoto, Note::Film)),
    ("Camera:MotionPhoto", Meaning::Switch(LeakKind::MotionPhoto, Note::Film)),
    ("GImage:Data", Meaning::Present(LeakKind::SecondImage, Note::UneditedPicture)),
    ("xmpGImg:image", Meaning::Present(LeakKind::Thumbnail, Note::SmallCopy)),
    ("GAudio:Data", Meaning::Present(LeakKind::Audio, Note::Sound)),
    ("GDepth:", Meaning::Present(LeakKind::Depth, Note::DepthMap)),
    ("Device:Container", Meaning::Present(LeakKind::Depth, Note::DepthMap)),
    ("hdrgm:Version", Meaning::Present(LeakKind::Depth, Note::GainMap)),
    ("HDRGainMap:", Meaning::Present(LeakKind::Depth, Note::GainMap)),
    ("apdi:", Meaning::Present(LeakKind::Depth, Note::GainMap)),
    ("Item:Semantic", Meaning::Semantic),
    ("mwg-rs:Type", Meaning::RegionType),
    ("mwg-rs:Name", Meaning::Text(LeakKind::FaceRegion)),
    ("MPReg:PersonDisplayName", Meaning::Text(LeakKind::FaceRegion)),
    ("MPReg:Rectangle", Meaning::Present(LeakKind::FaceRegion, Note::MarkedFace)),
    ("Iptc4xmpExt:PersonInImage", Meaning::Text(LeakKind::FaceRegion)),
    ("xmpMM:DocumentID", Meaning::Text(LeakKind::Id)),
    ("xmpMM:InstanceID", Meaning::Text(LeakKind::Id)),
    ("xmpMM:OriginalDocumentID", Meaning::Text(LeakKind::Id)),
    ("stRef:documentID", Meaning::Text(LeakKind::Id)),
    ("stRef:originalDocumentID", Meaning::Text(LeakKind::Id)),
    ("stEvt:softwareAgent", Meaning::Text(LeakKind::Software)),
    ("stEvt:when", Meaning::Text(LeakKind::Date)),
    ("photoshop:DocumentAncestors", Meaning::Text(LeakKind::Id)),
    ("exif:ImageUniqueID", Meaning::Text(LeakKind::Id)),
    ("aux:SerialNumber", Meaning::Text(LeakKind::Serial)),
    ("aux:LensSerialNumber", Meaning::Text(LeakKind::Serial)),
    ("exifEX:BodySerialNumber", Meaning::Text(LeakKind::Serial)),
    ("exifEX:LensSerialNumber", Meaning::Text(LeakKind::Serial)),
    ("dc:creator", Meaning::Text(LeakKind::Owner)),
    ("dc:rights", Meaning::Text(LeakKind::Owner)),
    ("aux:OwnerName", Meaning::Text(LeakKind::Owner)),
    ("exifEX:CameraOwnerName", Meaning::Text(LeakKind::Owner)),
    ("xmpRights:Owner", Meaning::Text(LeakKind::Owner)),
    ("photoshop:Credit", Meaning::Text(LeakKind::Owner)),
    ("Iptc4xmpCore:CiEmailWork", Meaning::Text(LeakKind::Owner)),
    ("Iptc4xmpCore:CiTelWork", Meaning::Text(LeakKind::Owner)),
    ("tiff:Make", Meaning::Text(LeakKind::Camera)),
    ("tiff:Model", Meaning::Text(LeakKind::Camera)),
    ("aux:Lens", Meaning::Text(LeakKind::Camera)),
    ("xmp:CreateDate", Meaning::Text(LeakKind::Date)),
    ("xmp:ModifyDate", Meaning::Text(LeakKind::Date)),
    ("photoshop:DateCreated", Meaning::Text(LeakKind::Date)),
    ("exif:DateTimeOriginal", Meaning::Text(LeakKind::Date)),
    ("exif:GPSTimeStamp", Meaning::Text(LeakKind::Date)),
    ("xmp:CreatorTool", Meaning::Text(LeakKind::Software)),
    ("dc:title", Meaning::Text(LeakKind::Description)),
    ("dc:description", Meaning::Text(LeakKind::Description)),
    ("dc:subject", Meaning::Text(LeakKind::Description)),
    ("exif:UserComment", Meaning::Text(LeakKind::Comment)),
    ("photoshop:AuthorsPosition", Meaning::Text(LeakKind::Owner)),
    ("photoshop:CaptionWriter", Meaning::Text(LeakKind::Owner)),
    ("tiff:Artist", Meaning::Text(LeakKind::Owner)),
    ("tiff:Copyright", Meaning::Text(LeakKind::Owner)),
    ("tiff:ImageDescription", Meaning::Text(LeakKind::Description)),
    ("tiff:Software", Meaning::Text(LeakKind::Software)),
    ("tiff:DateTime", Meaning::Text(LeakKind::Date)),
    ("Iptc4xmpCore:CiAdrCity", Meaning::Text(LeakKind::Owner)),
    ("Iptc4xmpCore:CiAdrExtadr", Meaning::Text(LeakKind::Owner)),
    ("photoshop:Headline", Meaning::Text(LeakKind::Description)),
    ("photoshop:City", Meaning::Text(LeakKind::Description)),
    ("photoshop:State", Meaning::Text(LeakKind::Description)),
    ("photoshop:Country", Meaning::Text(LeakKind::Description)),
    ("Iptc4xmpCore:Location", Meaning::Text(LeakKind::Description)),
];

/// What a property says.
#[derive(Clone, Copy)]
enum Meaning {
    /// Its value.
    Text(LeakKind),
    /// That something is there; reported once.
    Present(LeakKind, Note),
    /// That something is there, unless its value is 0; reported once.
    Switch(LeakKind, Note),
    /// What a further item of the file is (Google's container directory).
    Semantic,
    /// A marked region is a face or something else.
    RegionType,
    Latitude,
    Longitude,
}

/// What is there, reported once for a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    Film,
    UneditedPicture,
    SmallCopy,
    Sound,
    DepthMap,
    GainMap,
    MarkedFace,
}

impl Note {
    fn words(self, value: Span) -> LeakWords {
        let bytes = count(value.len());
        match self {
            Self::Film => LeakWords::AnnouncesFilm,
            Self::UneditedPicture => LeakWords::UneditedPicture,
            Self::SmallCopy => LeakWords::SmallCopy,
            Self::Sound => LeakWords::Sound { bytes },
            Self::DepthMap => LeakWords::DepthMap,
            Self::GainMap => LeakWords::GainMap,
            Self::MarkedFace => LeakWords::MarkedFace,
        }
    }

    /// The kind and meaning of an item of a container directory; `None` for the picture itself.
    fn of_item(semantic: &str) -> Option<(LeakKind, Self)> {
        match semantic {
            "MotionPhoto" => Some((LeakKind::MotionPhoto, Self::Film)),
            "GainMap" => Some((LeakKind::Depth, Self::GainMap)),
            "Depth" | "Confidence" => Some((LeakKind::Depth, Self::DepthMap)),
            "Original" => Some((LeakKind::SecondImage, Self::UneditedPicture)),
            _ => None,
        }
    }
}

/// Prefixes by the namespaces that they customarily stand for, of those in [`PROPERTIES`].
const NAMESPACES: &[(&[u8], &[u8])] = &[
    (b"http://ns.adobe.com/exif/1.0/", b"exif"),
    (b"http://cipa.jp/exif/1.0/", b"exifEX"),
    (b"http://ns.adobe.com/exif/1.0/aux/", b"aux"),
    (b"http://ns.adobe.com/tiff/1.0/", b"tiff"),
    (b"http://ns.adobe.com/xap/1.0/", b"xmp"),
    (b"http://ns.adobe.com/xap/1.0/mm/", b"xmpMM"),
    (b"http://ns.adobe.com/xap/1.0/rights/", b"xmpRights"),
    (b"http://ns.adobe.com/xap/1.0/g/img/", b"xmpGImg"),
    (b"http://ns.adobe.com/xap/1.0/sType/ResourceEvent#", b"stEvt"),
    (b"http://ns.adobe.com/xap/1.0/sType/ResourceRef#", b"stRef"),
    (b"http://ns.adobe.com/photoshop/1.0/", b"photoshop"),
    (b"http://purl.org/dc/elements/1.1/", b"dc"),
    (b"http://www.metadataworkinggroup.com/schemas/regions/", b"mwg-rs"),
    (b"http://ns.microsoft.com/photo/1.2/t/Region#", b"MPReg"),
    (b"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/", b"Iptc4xmpCore"),
    (b"http://iptc.org/std/Iptc4xmpExt/2008-02-29/", b"Iptc4xmpExt"),
    (b"http://ns.google.com/photos/1.0/camera/", b"GCamera"),
    (b"http://ns.google.com/photos/1.0/container/item/", b"Item"),
    (b"http://ns.google.com/photos/1.0/image/", b"GImage"),
    (b"http://ns.google.com/photos/1.0/audio/", b"GAudio"),
    (b"http://ns.google.com/photos/1.0/depthmap/", b"GDepth"),
    (b"http://ns.google.com/photos/dd/1.0/device/", b"Device"),
    (b"http://ns.adobe.com/hdr-gain-map/1.0/", b"hdrgm"),
    (b"http://ns.apple.com/HDRGainMap/1.0/", b"HDRGainMap"),
    (b"http://ns.apple.com/pixeldatainfo/1.0/", b"apdi"),
];

/// Reports a packet and what is in it.
pub(super) fn find(packet: Span, location: &str, out: &mut Findings) {
    out.nest(packet, |out| {
        out.add(LeakKind::Xmp, location, packet, LeakWords::ProgramNotes { bytes: count(packet.len()) });
        let narrow = narrowed(packet);
        let packet = narrow.as_ref().map_or(packet, |bytes| Span::unpacked(bytes, packet.range()));
        let mut reader = Reader { location, latitude: None, reported: Vec::new(), prefixes: Vec::new(), out };
        scan(packet, |name, value| reader.property(name, value));
    });
}

/// A packet in UTF-16 or UTF-32 without its zero bytes, which leaves names and most values legible.
fn narrowed(packet: Span) -> Option<Vec<u8>> {
    let is_wide = packet.bytes().iter().take(4).any(|&b| b == 0);
    is_wide.then(|| packet.bytes().iter().copied().filter(|&b| b != 0).collect())
}

struct Reader<'a, 'o> {
    location: &'a str,
    latitude: Option<String>,
    reported: Vec<Note>,
    /// Prefixes that the packet binds to a listed namespace, and the customary ones.
    prefixes: Vec<(&'a [u8], &'static [u8])>,
    out: &'o mut Findings,
}

impl<'a> Reader<'a, '_> {
    fn property(&mut self, name: &'a [u8], value: Span<'a>) {
        if let Some(prefix) = name.strip_prefix(b"xmlns:") {
            return self.bind(prefix, value.bytes());
        }
        let customary = self.customary(name);
        let name = customary.as_deref().unwrap_or(name);
        let fits = |listed: &str| {
            let listed = listed.as_bytes();
            if listed.ends_with(b":") { name.starts_with(listed) } else { name == listed }
        };
        let Some(&(_, meaning)) = PROPERTIES.iter().find(|(listed, _)| fits(listed)) else {
            return;
        };
        let text = text::decode(value.bytes());
        match meaning {
            Meaning::Text(kind) => self.out.add_text(kind, self.location, value, &unescape(&text)),
            Meaning::Present(kind, what) => self.add_once(kind, value, what),
            Meaning::Switch(kind, what) if text != "0" => self.add_once(kind, value, what),
            Meaning::Semantic => {
                if let Some((kind, what)) = Note::of_item(&text) {
                    self.add_once(kind, value, what);
                }
            }
            Meaning::RegionType if text == "Face" => {
                self.out.add(LeakKind::FaceRegion, self.location, value, LeakWords::MarkedFace);
            }
            Meaning::Latitude => self.latitude = Some(coordinate(&text)),
            Meaning::Longitude => {
                let latitude = self.latitude.take().unwrap_or_else(|| "?".to_owned());
                let position = format!("{latitude}, {}", coordinate(&text));
                self.out.add_text(LeakKind::Gps, self.location, value, &position);
            }
            Meaning::Switch(..) | Meaning::RegionType => {}
        }
    }

    fn add_once(&mut self, kind: LeakKind, value: Span, what: Note) {
        if !self.reported.contains(&what) {
            self.reported.push(what);
            self.out.add_value(kind, self.location, value, what.words(value));
        }
    }

    /// Remembers what a prefix stands for, unless it stands for itself.
    fn bind(&mut self, prefix: &'a [u8], namespace: &[u8]) {
        let listed = NAMESPACES.iter().find(|(listed, _)| *listed == namespace);
        if let Some(&(_, customary)) = listed.filter(|(_, customary)| *customary != prefix)
            && self.prefixes.len() < NAMESPACES.len()
        {
            self.prefixes.push((prefix, customary));
        }
    }

    /// The name with its customary prefix; `None` if it has that already.
    fn customary(&self, name: &[u8]) -> Option<Vec<u8>> {
        let colon = name.iter().position(|&b| b == b':')?;
        let (prefix, rest) = name.split_at(colon);
        if let Some((_, customary)) = self.prefixes.iter().find(|(bound, _)| *bound == prefix) {
            return Some([customary, rest].concat());
        }
        // Programs before 2004 wrote xap where others write xmp.
        name.strip_prefix(b"xap").map(|rest| [b"xmp", rest].concat())
    }
}

/// `52,30.978N` or `52,30,58N` (XMP Specification part 2, 1.2.7.4) in degrees; as it stands if it is neither.
fn coordinate(text: &str) -> String {
    let degrees = || {
        let (number, direction) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let sign = match direction {
            "N" | "E" => 1.0,
            "S" | "W" => -1.0,
            _ => return None,
        };
        let parts: Vec<f64> = number.split(',').map(decimal).collect::<Option<_>>()?;
        let sum: f64 = parts.iter().zip([1.0, 60.0, 3600.0]).map(|(part, unit)| part / unit).sum();
        Some(sign * sum)
    };
    degrees().map_or_else(|| text.to_owned(), |degrees| format!("{degrees:.5}"))
}

/// A number without sign or exponent, to 15 digits, which [`f64`] holds. The standard library's parser takes any number and
/// needs tables for that: 12 kB of what a phone has to fetch before its first photo.
fn decimal(text: &str) -> Option<f64> {
    const MOST_DIGITS: usize = 15;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = &fraction[..fraction.floor_char_boundary(MOST_DIGITS.saturating_sub(whole.len()))];
    let digits = [whole, fraction].concat();
    let is_number = !whole.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let value: u64 = digits.parse().ok().filter(|_| is_number && whole.len() <= MOST_DIGITS)?;
    Some(value as f64 / 10f64.powi(fraction.len() as i32))
}

/// The five entities that XML always knows.
fn unescape(text: &str) -> String {
    const ENTITIES: [(&str, &str); 5] =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

/// Calls `say` with every attribute, and with every element and the text in it. RDF's lists count as their property.
fn scan<'a>(packet: Span<'a>, mut say: impl FnMut(&'a [u8], Span<'a>)) {
    let mut element: &[u8] = b"";
    let mut rest = rest_of_tag(packet).map_or(packet, |tag| attributes(tag, &mut say));
    while let Some((content, after)) = rest.split_at_byte(b'<') {
        say_content(element, content, &mut say);
        let (name, tail) = split_name(after);
        match name.first() {
            _ if name.starts_with(b"rdf:") || name.starts_with(b"/rdf:") => {}
            // A closing tag, a comment or a processing instruction.
            Some(b'/' | b'!' | b'?') | None => element = b"",
            Some(_) => element = name,
        }
        // A value that is a URI may stand in this attribute of the element.
        rest = attributes(tail, &mut |name, value| say(if name == b"rdf:resource" { element } else { name }, value));
    }
    say_content(element, rest, &mut say);
}

/// Where the first whole attribute of a tag starts in the middle of which the packet does, since what stood before it is missing.
fn rest_of_tag(packet: Span) -> Option<Span> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.');
    let before_tags = packet.bytes().split(|&b| b == b'<').next()?;
    let mut from = 0;
    loop {
        let at = from + before_tags.get(from..)?.iter().position(|&b| b == b'=')?;
        let len = before_tags[from..at].iter().rev().take_while(|b| is_name(b)).count();
        let start = at - len;
        // Data in base 64 may end with this sign, but has no colon.
        if matches!(before_tags.get(at + 1), Some(b'"' | b'\'')) && before_tags[start..at].contains(&b':') {
            return Some(packet.from(start));
        }
        from = at + 1;
    }
}

fn say_content<'a>(element: &'a [u8], content: Span<'a>, say: &mut impl FnMut(&'a [u8], Span<'a>)) {
    let blank = content.bytes().iter().all(u8::is_ascii_whitespace);
    if !element.is_empty() && !blank {
        say(element, content);
    }
}

/// A name and what follows it.
fn split_name<'a>(tag: Span<'a>) -> (&'a [u8], Span<'a>) {
    let is_name = |&&b: &&u8| !b.is_ascii_whitespace() && !matches!(b, b'>' | b'=' | b'"' | b'\'');
    let len = tag.bytes().iter().take(text::MAX_CHARS).take_while(is_name).count();
    (tag.clipped(0, len).bytes(), tag.from(len))
}

/// Reads a tag's attributes and returns what follows the tag.
fn attributes<'a>(tag: Span<'a>, say: &mut impl FnMut(&'a [u8], Span<'a>)) -> Span<'a> {
    let mut rest = tag;
    loop {
        let blank = rest.bytes().iter().take_while(|b| b.is_ascii_whitespace() || **b == b'/').count();
        let (name, after) = split_name(rest.from(blank));
        let quote = after.bytes().iter().position(|b| !b.is_ascii_whitespace() && *b != b'=');
        let Some((at, &byte)) = quote.and_then(|at| after.bytes().get(at).map(|byte| (at, byte))) else {
            return rest.from(rest.len());
        };
        match byte {
            b'"' | b'\'' => {
                let Some((value, next)) = after.from(at + 1).split_at_byte(byte) else {
                    say(name, after.from(at + 1));
                    return rest.from(rest.len());
                };
                say(name, value);
                rest = next;
            }
            b'>' => return after.from(at + 1),
            // A stray byte, or a name without a value.
            _ if name.is_empty() => rest = after.from(at + 1),
            _ => rest = after.from(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaks::findings::Findings;

    fn leaks(packet: &str) -> Vec<(LeakKind, String)> {
        let mut out = Findings::new(packet.len(), |_, _| ());
        find(Span::whole(packet.as_bytes()), "XMP", &mut out);
        out.into_parts().0.into_iter().skip(1).map(|leak| (leak.kind, leak.value)).collect()
    }

    fn one(packet: &str) -> (LeakKind, String) {
        let mut leaks = leaks(packet);
        assert_eq!(leaks.len(), 1, "{leaks:?}");
        leaks.remove(0)
    }

    #[test]
    fn the_packet_itself_is_reported() {
        let mut out = Findings::new(10, |_, _| ());
        find(Span::whole(b"<x/>"), "XMP", &mut out);
        assert_eq!(out.into_parts().0.first().map(|leak| leak.kind), Some(LeakKind::Xmp));
    }

    #[test]
    fn attributes_and_elements_are_read_alike() {
        let camera = (LeakKind::Camera, "A & B".to_owned());
        assert_eq!(one("<rdf:Description x='1' tiff:Model=\"A &amp; B\"/>"), camera);
        assert_eq!(one("<rdf:Description><tiff:Model>A &amp; B</tiff:Model></rdf:Description>"), camera);
    }

    #[test]
    fn a_coordinate_is_reported_in_degrees_and_what_is_none_as_it_stands() {
        assert_eq!(coordinate("52,30.978N"), "52.51630");
        assert_eq!(coordinate("13,22,39.5W"), "-13.37764");
        assert_eq!(coordinate("52.000000000000000000001,30S"), "-52.50000");
        for other in ["", "N", "52,30", "52,,5N", "5é,3N", "-52N", "1e3N", "1.2.3N", "99999999999999999999N"] {
            assert_eq!(coordinate(other), other);
        }
    }

    #[test]
    fn a_value_that_is_a_uri_is_read() {
        assert_eq!(one("<xmpMM:DocumentID rdf:resource='uuid:7'/>"), (LeakKind::Id, "uuid:7".to_owned()));
    }

    #[test]
    fn lists_count_as_their_property() {
        let packet = "<dc:creator>\n <rdf:Seq>\n  <rdf:li>Jane</rdf:li>\n </rdf:Seq>\n</dc:creator> x <y/>";
        assert_eq!(one(packet), (LeakKind::Owner, "Jane".to_owned()));
    }

    #[test]
    fn all_of_a_list_is_read() {
        let packet = "<dc:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:subject>";
        assert_eq!(leaks(packet).len(), 2);
    }

    #[test]
    fn the_old_prefix_is_understood() {
        assert_eq!(one("<a xapMM:DocumentID='7'/>"), (LeakKind::Id, "7".to_owned()));
    }

    #[test]
    fn another_prefix_for_a_known_namespace_is_understood() {
        let packet = "<a xmlns:q='http://ns.adobe.com/xap/1.0/mm/' q:DocumentID='x7'/>";
        assert_eq!(one(packet), (LeakKind::Id, "x7".to_owned()));
    }

    #[test]
    fn a_packet_in_utf_16_is_read() {
        let wide: String = "<a tiff:Make='Maker'/>".chars().flat_map(|c| ['\0', c]).collect();
        assert_eq!(one(&wide), (LeakKind::Camera, "Maker".to_owned()));
    }

    #[test]
    fn a_position_is_reported_in_degrees() {
        let packet = "<a exif:GPSLatitude='52,30.978N' exif:GPSLongitude='13,22,40W'/>";
        assert_eq!(one(packet), (LeakKind::Gps, "52.51630, -13.37778".to_owned()));
    }

    #[test]
    fn a_film_is_reported_unless_switched_off() {
        assert_eq!(one("<a GCamera:MicroVideo='1' GCamera:MotionPhoto='1'/>").0, LeakKind::MotionPhoto);
        assert_eq!(leaks("<a GCamera:MotionPhoto='0'/>"), []);
    }

    #[test]
    fn marked_faces_and_their_names_are_reported_but_not_other_regions() {
        let face = "<rdf:li><rdf:Description mwg-rs:Name='Jane' mwg-rs:Type='Face'/></rdf:li>";
        assert_eq!(
            leaks(face),
            [(LeakKind::FaceRegion, "Jane".to_owned()), (LeakKind::FaceRegion, "marked face".to_owned())]
        );
        assert_eq!(leaks("<a mwg-rs:Type='Focus'/>"), []);
        assert_eq!(one("<rdf:Description MPReg:Rectangle='0,0,1,1'/>").0, LeakKind::FaceRegion);
    }

    #[test]
    fn the_history_of_edits_is_reported() {
        let step = "<rdf:li stEvt:softwareAgent='Editor 7' stEvt:when='2024-01-31T12:00:00'/>";
        assert_eq!(
            leaks(step),
            [(LeakKind::Software, "Editor 7".to_owned()), (LeakKind::Date, "2024-01-31T12:00:00".to_owned())]
        );
    }

    #[test]
    fn items_of_the_file_are_reported_by_their_meaning() {
        assert_eq!(one("<Container:Item Item:Semantic='MotionPhoto' Item:Length='9'/>").0, LeakKind::MotionPhoto);
        assert_eq!(one("<Container:Item Item:Semantic='GainMap'/>").0, LeakKind::Depth);
        assert_eq!(leaks("<Container:Item Item:Semantic='Primary'/>"), []);
    }

    #[test]
    fn pictures_sounds_and_depths_inside_are_reported() {
        assert_eq!(one("<a GImage:Data='AAAA'/>").0, LeakKind::SecondImage);
        assert_eq!(one("<a GDepth:Data='AAAA' GDepth:Near='1'/>").0, LeakKind::Depth);
        assert_eq!(one("<a hdrgm:Version='1.0'/>").0, LeakKind::Depth);
        assert_eq!(one("<xmpGImg:image>/9j/4AAQ</xmpGImg:image>").0, LeakKind::Thumbnail);
        assert_eq!(one("<a GAudio:Data='AAAA'/>").0, LeakKind::Audio);
    }

    #[test]
    fn a_packet_that_is_cut_off_is_read_as_far_as_it_goes() {
        assert_eq!(one("<a tiff:Model='Mod"), (LeakKind::Camera, "Mod".to_owned()));
        assert_eq!(one("<tiff:Model>Mod</tiff:Model><a b=").1, "Mod");
    }
}
