//! Makers' notes: what identifies the camera or a person, where it is documented (ExifTool's tag tables).

use super::comment::user_comment;
use super::findings::Findings;
use crate::container::tiff::{Directory, Field, Role, Tiff};
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// How a maker lays out its note.
struct Maker {
    /// As people know it.
    name: &'static str,
    /// The note's first bytes; empty if there is no signature.
    signature: &'static [u8],
    /// The start of the camera's `Make`, for notes without a signature.
    make: &'static str,
    layout: Layout,
    tags: &'static [(u16, Value)],
}

/// Where the directory of a note starts, and what its offsets count from.
#[derive(Clone, Copy)]
enum Layout {
    /// At this byte of the note; offsets count from the start of the EXIF structure.
    InExif { directory: usize },
    /// At this byte of the note, from whose start offsets count.
    InNote { directory: usize },
    /// A TIFF structure with a header of its own at this byte of the note.
    OwnHeader { at: usize },
    /// The note's bytes 8 to 11 say where, from the note's start.
    Pointer,
}

/// How a tag is read.
#[derive(Clone, Copy)]
enum Value {
    /// Text, or a number.
    Plain(LeakKind),
    /// A child directory of which these tags are read.
    Directory(&'static [(u16, LeakKind)]),
    /// Bytes shown in hexadecimal digits, from this one on.
    Hex(LeakKind, usize),
}

use LeakKind::{Description, Id, Owner, Serial};

const OLYMPUS_TAGS: &[(u16, Value)] = &[
    (0x0101, Value::Plain(Serial)),
    (0x0404, Value::Plain(Serial)),
    // Equipment: body, internal, lens, extender, flash.
    (
        0x2010,
        Value::Directory(&[(0x0101, Serial), (0x0102, Serial), (0x0202, Serial), (0x0302, Serial), (0x1003, Serial)]),
    ),
];
/// Pentax and Ricoh share theirs since 2012.
const PENTAX_TAGS: &[(u16, Value)] = &[(0x0229, Value::Plain(Serial))];

const MAKERS: &[Maker] = &[
    Maker {
        name: "Apple",
        signature: b"Apple iOS\0",
        make: "",
        layout: Layout::InNote { directory: 14 },
        // ContentIdentifier (photo and film of a Live Photo share it), ImageUniqueID, PhotoIdentifier.
        tags: &[(0x0011, Value::Plain(Id)), (0x0015, Value::Plain(Id)), (0x002B, Value::Plain(Id))],
    },
    Maker {
        name: "Nikon",
        signature: b"Nikon\0\x02",
        make: "",
        layout: Layout::OwnHeader { at: 10 },
        tags: &[(0x001D, Value::Plain(Serial)), (0x00A0, Value::Plain(Serial))],
    },
    Maker {
        name: "Olympus",
        signature: b"OLYMPUS\0",
        make: "",
        layout: Layout::InNote { directory: 12 },
        tags: OLYMPUS_TAGS,
    },
    Maker {
        name: "OM System",
        signature: b"OM SYSTEM\0",
        make: "",
        layout: Layout::InNote { directory: 16 },
        tags: OLYMPUS_TAGS,
    },
    Maker {
        name: "Olympus",
        signature: b"OLYMP\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: OLYMPUS_TAGS,
    },
    Maker {
        name: "Fujifilm",
        signature: b"FUJIFILM",
        make: "",
        layout: Layout::Pointer,
        tags: &[(0x0010, Value::Plain(Serial))],
    },
    Maker {
        name: "Panasonic",
        signature: b"Panasonic\0\0\0",
        make: "",
        layout: Layout::InExif { directory: 12 },
        // Internal serial number; title, baby's name, place, country, state, city, landmark.
        tags: &[
            (0x0025, Value::Plain(Serial)),
            (0x0065, Value::Plain(Description)),
            (0x0066, Value::Plain(Owner)),
            (0x0067, Value::Plain(Description)),
            (0x0069, Value::Plain(Description)),
            (0x006B, Value::Plain(Description)),
            (0x006D, Value::Plain(Description)),
            (0x006F, Value::Plain(Description)),
        ],
    },
    Maker { name: "Pentax", signature: b"AOC\0", make: "", layout: Layout::InExif { directory: 6 }, tags: PENTAX_TAGS },
    Maker {
        name: "Pentax",
        signature: b"PENTAX \0",
        make: "",
        layout: Layout::InNote { directory: 10 },
        tags: PENTAX_TAGS,
    },
    Maker {
        name: "Ricoh",
        signature: b"Ricoh\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: &[(0x0005, Value::Plain(Serial))],
    },
    Maker {
        name: "Sigma",
        signature: b"SIGMA\0\0\0",
        make: "",
        layout: Layout::InExif { directory: 10 },
        tags: &[(0x0002, Value::Plain(Serial))],
    },
    Maker {
        name: "Motorola",
        signature: b"MOT\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: &[(0x5501, Value::Plain(Serial))],
    },
    Maker {
        name: "Leica",
        signature: b"LEICA0\x03\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: &[(0x0303, Value::Plain(Serial))],
    },
    Maker {
        name: "Canon",
        signature: b"",
        make: "Canon",
        layout: Layout::InExif { directory: 0 },
        tags: &[(0x0009, Value::Plain(Owner)), (0x000C, Value::Plain(Serial)), (0x0096, Value::Plain(Serial))],
    },
    Maker {
        name: "Samsung",
        signature: b"",
        make: "SAMSUNG",
        layout: Layout::InExif { directory: 0 },
        tags: &[(0xA002, Value::Plain(Serial))],
    },
    Maker {
        name: "Nintendo",
        signature: b"",
        make: "Nintendo",
        layout: Layout::InExif { directory: 0 },
        // CameraInfo; the camera's own number starts at byte 24.
        tags: &[(0x1101, Value::Hex(Serial, 24))],
    },
];

/// Reports the note in `note`, a field of the EXIF structure `exif` of a camera made by `make`, and what identifies
/// the camera or a person in it.
pub(super) fn find(exif: Tiff, note: &Field, make: &str, location: &str, out: &mut Findings) {
    let data = note.data;
    let maker = MAKERS.iter().find(|maker| maker.wrote(data, make));
    let name = maker.map_or_else(|| signature(data), |maker| maker.name.to_owned());
    out.add(LeakKind::Makernote, location, data, LeakWords::MakerNote { name, bytes: count(data.len()) });
    let Some(maker) = maker else { return };
    let location = format!("{location} {}", maker.name);
    out.nest(data, |out| {
        let Some((tiff, directory)) = maker.layout.open(exif, note) else { return };
        if let Some(directory) = tiff.directories_from(Role::Sub, directory).0.first() {
            maker.read(tiff, directory, &location, out);
        }
    });
}

/// What a note that is of no maker known here calls itself.
fn signature(data: Span) -> String {
    let name: Vec<u8> = data.bytes().iter().copied().take_while(u8::is_ascii_alphanumeric).collect();
    if name.len() > 2 { text::decode(&name) } else { "?".to_owned() }
}

impl Maker {
    fn wrote(&self, note: Span, make: &str) -> bool {
        match self.signature {
            [] => make.get(..self.make.len()).is_some_and(|start| start.eq_ignore_ascii_case(self.make)),
            signature => note.bytes().starts_with(signature),
        }
    }

    fn read(&self, tiff: Tiff, directory: &Directory, location: &str, out: &mut Findings) {
        for &(tag, value) in self.tags {
            let Some(field) = directory.field(tag) else { continue };
            match value {
                Value::Plain(kind) => out.add_text(kind, location, field.data, &plain(field)),
                Value::Hex(kind, from) => {
                    let number = field.data.clipped(from, 4);
                    out.add_text(kind, location, number, &hex(number.bytes()));
                }
                Value::Directory(tags) => child(tiff, field, tags, location, out),
            }
        }
    }
}

impl Layout {
    /// The structure that the note's directory stands in, and where.
    fn open<'a>(self, exif: Tiff<'a>, note: &Field<'a>) -> Option<(Tiff<'a>, usize)> {
        let data = note.data;
        match self {
            Layout::InExif { directory } => {
                let at = note.data_at.checked_add(directory)?;
                Some((Tiff::without_header(exif.span(), likely_order(exif.span(), at, exif.order())?), at))
            }
            Layout::InNote { directory } => {
                Some((Tiff::without_header(data, likely_order(data, directory, exif.order())?), directory))
            }
            Layout::OwnHeader { at } => {
                let span = data.from(at);
                let tiff = Tiff::open(span)?;
                Some((tiff, span.u32(4, tiff.order())? as usize))
            }
            Layout::Pointer => {
                // Fujifilm writes little-endian whatever the order of the EXIF structure.
                let directory = data.u32(8, ByteOrder::Little)? as usize;
                Some((Tiff::without_header(data, ByteOrder::Little), directory))
            }
        }
    }
}

/// The byte order of the directory at `at`: makers keep theirs when a program writes the EXIF structure in the other. No
/// note has 256 fields or more, so the number of fields shows the order.
fn likely_order(span: Span, at: usize, exif: ByteOrder) -> Option<ByteOrder> {
    let swapped = match exif {
        ByteOrder::Big => ByteOrder::Little,
        ByteOrder::Little => ByteOrder::Big,
    };
    Some(if span.u16(at, exif)? < 0x100 { exif } else { swapped })
}

/// A child directory is a field of type IFD whose value is its offset, or, with old cameras, its bytes.
fn child(tiff: Tiff, field: &Field, tags: &[(u16, LeakKind)], location: &str, out: &mut Findings) {
    let offset = field.numbers().next().and_then(|n| usize::try_from(n).ok()).unwrap_or(field.data_at);
    if let Some(directory) = tiff.directories_from(Role::Sub, offset).0.first() {
        for (field, kind) in tags.iter().filter_map(|&(tag, kind)| Some((directory.field(tag)?, kind))) {
            out.add_text(kind, location, field.data, &plain(field));
        }
    }
}

/// Text, or the first number.
fn plain(field: &Field) -> String {
    if field.is_text() {
        return user_comment(field.data, ByteOrder::Big);
    }
    field.numbers().next().map(|n| n.to_string()).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use crate::container::ByteOrder;
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::container::tiff::tests::{Value, tiff};
    use crate::leaks::tests::{assert_robust, kinds, leak};
    use crate::report::{Format, LeakKind};

    /// A directory of one field of text, whose value stands `at` bytes after where its offsets count from.
    fn directory(order: ByteOrder, tag: u16, text: &[u8], at: usize) -> Vec<u8> {
        let file = tiff(order, &[&[(tag, Value::Undefined(text))]]);
        let mut out = file[8..].to_vec();
        let offset = (at as u32).to_be_bytes();
        let offset: Vec<u8> =
            if order == ByteOrder::Big { offset.to_vec() } else { offset.into_iter().rev().collect() };
        out[10..14].copy_from_slice(&offset);
        out
    }

    fn photo(make: &str, note: &[u8]) -> Vec<u8> {
        let main = [(0x010F, Value::Ascii(make)), (0x8769, Value::Directory(1))];
        let exif = tiff(ByteOrder::Big, &[&main, &[(0x927C, Value::Undefined(note))]]);
        jpeg(&segment(0xE1, &[b"Exif\0\0", &exif[..]].concat()))
    }

    /// A note of Fujifilm: little-endian, offsets from its own start.
    fn fujifilm() -> Vec<u8> {
        let head = b"FUJIFILM\x0C\0\0\0";
        let directory = directory(ByteOrder::Little, 0x0010, b"FF7 12345", 12 + 18);
        photo("FUJIFILM", &[&head[..], &directory].concat())
    }

    #[test]
    fn a_serial_number_is_read_where_a_pointer_says() {
        assert_eq!(leak(&fujifilm(), LeakKind::Serial).value, "FF7 12345");
    }

    #[test]
    fn a_serial_number_is_read_under_a_header_of_its_own() {
        let inner = tiff(ByteOrder::Little, &[&[(0x001D, Value::Ascii("3001006"))]]);
        let note = [b"Nikon\0\x02\x10\0\0", &inner[..]].concat();
        assert_eq!(leak(&photo("NIKON", &note), LeakKind::Serial).value, "3001006");
    }

    #[test]
    fn a_note_keeps_its_byte_order() {
        let directory = directory(ByteOrder::Little, 0x5501, b"NX0A3S0075", 8 + 18);
        let note = [b"MOT\0\x01\0\0\0", &directory[..]].concat();
        assert_eq!(leak(&photo("Motorola", &note), LeakKind::Serial).value, "NX0A3S0075");
    }

    #[test]
    fn the_identifier_of_a_live_photo_is_read() {
        let directory = directory(ByteOrder::Big, 0x0011, b"4D2E-0001", 14 + 18);
        let note = [b"Apple iOS\0\0\x01MM", &directory[..]].concat();
        assert_eq!(leak(&photo("Apple", &note), LeakKind::Id).value, "4D2E-0001");
    }

    #[test]
    fn a_note_of_no_known_maker_is_reported_by_its_length() {
        let file = photo("Acme", b"Acme\0note");
        assert_eq!(kinds(&file), [LeakKind::Camera, LeakKind::Makernote]);
        assert!(leak(&file, LeakKind::Makernote).value.contains("9 bytes, Acme"));
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&fujifilm(), Format::Jpeg);
    }
}
