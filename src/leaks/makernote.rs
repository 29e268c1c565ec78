//! Makers' notes: what identifies the camera or a person, where it is documented (ExifTool's tag tables).

use super::comment::user_comment;
use super::findings::Findings;
use super::phaseone;
use super::record::{self, Coding, Piece, piece};
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
    /// The start of the camera's `Make`: for notes without a signature, and where several makers have the same; empty for any.
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
    /// There is none: these texts stand at fixed places of the note.
    Record(&'static [Piece]),
    /// Fields of a kind that no other maker has.
    PhaseOne,
}

/// How a tag is read.
#[derive(Clone, Copy)]
enum Value {
    /// Text, or a number.
    Plain(LeakKind),
    /// A child directory of which these tags are read.
    Directory(&'static [(u16, LeakKind)]),
    /// The number at this place of several.
    Number(LeakKind, usize),
    /// Texts at fixed places of its bytes.
    Record(&'static [Piece]),
}

use LeakKind::{Camera, Description, Id, Owner, Serial};

const OLYMPUS_TAGS: &[(u16, Value)] = &[
    (0x0101, Value::Plain(Serial)),
    // CameraID.
    (0x0209, Value::Plain(Camera)),
    (0x0404, Value::Plain(Serial)),
    (0x101A, Value::Plain(Serial)),
    // Equipment: body, internal, lens, extender, flash.
    (
        0x2010,
        Value::Directory(&[(0x0101, Serial), (0x0102, Serial), (0x0202, Serial), (0x0302, Serial), (0x1003, Serial)]),
    ),
];
/// Pentax and Ricoh share theirs since 2012.
const PENTAX_TAGS: &[(u16, Value)] = &[
    // CameraInfo: model, date, two production codes, internal serial number.
    (0x0215, Value::Number(Serial, 4)),
    (0x0229, Value::Plain(Serial)),
    (0x022E, Value::Plain(Owner)),
    (0x022F, Value::Plain(Owner)),
];
const NIKON_TAGS: &[(u16, Value)] = &[(0x001D, Value::Plain(Serial)), (0x00A0, Value::Plain(Serial))];
/// Internal serial number; lens, accessory; title, baby's name, place, country, state, city, landmark.
const PANASONIC_TAGS: &[(u16, Value)] = &[
    (0x0025, Value::Plain(Serial)),
    (0x0052, Value::Plain(Serial)),
    (0x0054, Value::Plain(Serial)),
    (0x0065, Value::Plain(Description)),
    (0x0066, Value::Plain(Owner)),
    (0x0067, Value::Plain(Description)),
    (0x0069, Value::Plain(Description)),
    (0x006B, Value::Plain(Description)),
    (0x006D, Value::Plain(Description)),
    (0x006F, Value::Plain(Description)),
];
const SONY_TAGS: &[(u16, Value)] = &[(0x2031, Value::Plain(Serial))];
/// Body, internal.
const LEICA_TAGS: &[(u16, Value)] = &[(0x0305, Value::Plain(Serial)), (0x0500, Value::Plain(Serial))];
/// Of the DSLR-A100.
const MINOLTA_TAGS: &[(u16, Value)] = &[(0x0020, Value::Record(&[piece(Serial, 0x49DC, 12)]))];
const SIGMA_TAGS: &[(u16, Value)] = &[(0x0002, Value::Plain(Serial))];
const FUJIFILM_TAGS: &[(u16, Value)] = &[(0x0010, Value::Plain(Serial))];

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
        tags: NIKON_TAGS,
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
    Maker { name: "Fujifilm", signature: b"FUJIFILM", make: "", layout: Layout::Pointer, tags: FUJIFILM_TAGS },
    Maker {
        name: "Panasonic",
        signature: b"Panasonic\0\0\0",
        make: "",
        layout: Layout::InExif { directory: 12 },
        tags: PANASONIC_TAGS,
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
        tags: &[
            (0x0005, Value::Plain(Serial)),
            (0x002C, Value::Record(&[piece(Serial, 16, 16), piece(Serial, 48, 16)])),
        ],
    },
    Maker {
        name: "Sigma",
        signature: b"SIGMA\0\0\0",
        make: "",
        layout: Layout::InExif { directory: 10 },
        tags: SIGMA_TAGS,
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
        // In a child directory.
        tags: &[(0x3000, Value::Directory(&[(0x3103, Serial)]))],
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\0\0",
        make: "Leica Camera AG",
        layout: Layout::InNote { directory: 8 },
        tags: &[(0x0303, Value::Plain(Serial))],
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\0\0",
        make: "LEICA",
        layout: Layout::InExif { directory: 8 },
        tags: PANASONIC_TAGS,
    },
    // Of the lens.
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x02\xFF",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: &[(0x0321, Value::Plain(Serial))],
    },
    Maker {
        name: "Epson",
        signature: b"EPSON\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: OLYMPUS_TAGS,
    },
    Maker {
        name: "Minolta",
        signature: b"MINOL\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: OLYMPUS_TAGS,
    },
    Maker {
        name: "Minolta",
        signature: b"CAMER\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: OLYMPUS_TAGS,
    },
    Maker {
        name: "Sony",
        signature: b"PREMI\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: OLYMPUS_TAGS,
    },
    Maker {
        name: "Sony",
        signature: b"SONY PI\0",
        make: "",
        layout: Layout::InExif { directory: 12 },
        tags: OLYMPUS_TAGS,
    },
    Maker { name: "Sony", signature: b"SONY DSC", make: "", layout: Layout::InExif { directory: 12 }, tags: SONY_TAGS },
    Maker { name: "Sony", signature: b"SONY CAM", make: "", layout: Layout::InExif { directory: 12 }, tags: SONY_TAGS },
    Maker {
        name: "Sony",
        signature: b"SONY MOBILE",
        make: "",
        layout: Layout::InExif { directory: 12 },
        tags: SONY_TAGS,
    },
    Maker {
        name: "Sony",
        signature: b"\0\0SONY PIC\0",
        make: "",
        layout: Layout::InExif { directory: 12 },
        tags: SONY_TAGS,
    },
    Maker {
        name: "Sony",
        signature: b"VHAB     \0",
        make: "",
        layout: Layout::InExif { directory: 12 },
        tags: SONY_TAGS,
    },
    Maker { name: "Fujifilm", signature: b"GENERALE", make: "", layout: Layout::Pointer, tags: FUJIFILM_TAGS },
    Maker {
        name: "Ricoh",
        signature: b"RICOH\0II",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: PENTAX_TAGS,
    },
    Maker {
        name: "Ricoh",
        signature: b"RICOH\0MM",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: PENTAX_TAGS,
    },
    Maker {
        name: "Sigma",
        signature: b"FOVEON\0\0",
        make: "",
        layout: Layout::InExif { directory: 10 },
        tags: SIGMA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA CAMERA AG\0",
        make: "",
        layout: Layout::InExif { directory: 18 },
        tags: PANASONIC_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x01\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x04\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x05\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x06\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x07\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x10\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x1A\0",
        make: "",
        layout: Layout::InNote { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x08\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Leica",
        signature: b"LEICA\0\x09\0",
        make: "",
        layout: Layout::InExif { directory: 8 },
        tags: LEICA_TAGS,
    },
    Maker {
        name: "Reconyx",
        signature: b"\x01\xF1",
        make: "",
        layout: Layout::Record(&[
            Piece { kind: Serial, at: 0x2A, len: 30, coding: Coding::Utf16 },
            piece(Owner, 0x56, 22),
        ]),
        tags: &[],
    },
    Maker {
        name: "Reconyx",
        signature: b"RECONYXUF\0",
        make: "",
        layout: Layout::Record(&[piece(Serial, 0x4B, 15), piece(Owner, 0x5A, 21)]),
        tags: &[],
    },
    Maker {
        name: "Reconyx",
        signature: b"RECONYXH2\0",
        make: "",
        layout: Layout::Record(&[
            piece(Owner, 0x68, 22),
            Piece { kind: Serial, at: 0x7E, len: 30, coding: Coding::Utf16 },
        ]),
        tags: &[],
    },
    Maker {
        name: "Hewlett-Packard",
        signature: b"IIII\x04\0",
        make: "",
        layout: Layout::Record(&[piece(Serial, 0x5C, 26)]),
        tags: &[],
    },
    Maker {
        name: "Hewlett-Packard",
        signature: b"IIII\x06\0",
        make: "",
        layout: Layout::Record(&[piece(Serial, 0x58, 26)]),
        tags: &[],
    },
    Maker {
        name: "Canon",
        signature: b"",
        make: "Canon",
        layout: Layout::InExif { directory: 0 },
        tags: &[
            (0x0009, Value::Plain(Owner)),
            (0x000C, Value::Plain(Serial)),
            (0x0096, Value::Plain(Serial)),
            // ImageUniqueID, which holds the time and a counter in code.
            (0x0028, Value::Record(&[Piece { kind: Id, at: 0, len: 16, coding: Coding::Hex }])),
            // LensInfo: the lens's internal number comes first.
            (0x4019, Value::Record(&[Piece { kind: Serial, at: 0, len: 5, coding: Coding::Hex }])),
        ],
    },
    Maker {
        name: "Samsung",
        signature: b"",
        make: "SAMSUNG",
        layout: Layout::InExif { directory: 0 },
        // Body, lens.
        tags: &[(0xA002, Value::Plain(Serial)), (0xA005, Value::Plain(Serial))],
    },
    Maker {
        name: "Nintendo",
        signature: b"",
        make: "Nintendo",
        layout: Layout::InExif { directory: 0 },
        // CameraInfo; the camera's own number starts at byte 24.
        tags: &[(0x1101, Value::Record(&[Piece { kind: Serial, at: 24, len: 4, coding: Coding::Hex }]))],
    },
    Maker { name: "Nikon", signature: b"", make: "NIKON", layout: Layout::InExif { directory: 0 }, tags: NIKON_TAGS },
    Maker { name: "Sony", signature: b"", make: "SONY", layout: Layout::InExif { directory: 0 }, tags: SONY_TAGS },
    Maker {
        name: "Leica",
        signature: b"",
        make: "Leica Camera AG",
        layout: Layout::InExif { directory: 0 },
        tags: &[(0x000B, Value::Record(&[piece(Serial, 4, 8)]))],
    },
    Maker {
        name: "Minolta",
        signature: b"",
        make: "Minolta",
        layout: Layout::InExif { directory: 0 },
        tags: MINOLTA_TAGS,
    },
    Maker {
        name: "Minolta",
        signature: b"",
        make: "KONICA MINOLTA",
        layout: Layout::InExif { directory: 0 },
        tags: MINOLTA_TAGS,
    },
];

/// Notes of many compact cameras of Kodak: the number comes first, and nothing else tells them from others.
const KODAK: Maker =
    Maker { name: "Kodak", signature: b"", make: "", layout: Layout::Record(&[piece(Serial, 0, 16)]), tags: &[] };

const PHASE_ONE: Maker = Maker { name: "Phase One", signature: b"", make: "", layout: Layout::PhaseOne, tags: &[] };

/// Makers whose notes do not begin with the same bytes each time.
fn by_pattern(note: &[u8], make: &str) -> Option<&'static Maker> {
    let of_kodak = starts_with_kodak_number(note, make).then_some(&KODAK);
    of_kodak.or(phaseone::is_note(note).then_some(&PHASE_ONE))
}

/// A number of the kind `KCGJN12345678`, or what looks like one: ExifTool's condition.
fn starts_with_kodak_number(note: &[u8], make: &str) -> bool {
    if !make.to_ascii_lowercase().contains("kodak") {
        return false;
    }
    let is_code = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_number = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let is_rest = |rest: &[u8]| match rest {
        [number @ .., code, a, b, c, d, b' ' | 0] if number.len() == 2 => {
            is_number(number) && is_code(&[*code]) && is_number(&[*a, *b, *c, *d])
        }
        _ => false,
    };
    let [b'C' | b'K', code @ ..] = note else { return false };
    let Some((_, rest)) = code.split_at_checked(3).filter(|(code, _)| is_code(code)) else { return false };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    [1, 2].into_iter().any(|len| {
        let letters = rest.get(..len).is_some_and(is_code);
        letters && rest.get(len..len + 8).is_some_and(is_rest)
    })
}

/// Reports the note in `note`, a field of the EXIF structure `exif` of a camera made by `make`, and what identifies
/// the camera or a person in it.
pub(super) fn find(exif: Tiff, note: &Field, make: &str, location: &str, out: &mut Findings) {
    let data = note.data;
    let maker = by_pattern(data.bytes(), make).or_else(|| MAKERS.iter().find(|maker| maker.wrote(data, make)));
    let name = maker.map_or_else(|| signature(data), |maker| maker.name.to_owned());
    out.add(LeakKind::Makernote, location, data, LeakWords::MakerNote { name, bytes: count(data.len()) });
    let Some(maker) = maker else { return };
    let location = format!("{location} {}", maker.name);
    out.nest(data, |out| {
        match maker.layout {
            Layout::Record(pieces) => return record::find(data, pieces, &location, out),
            Layout::PhaseOne => return phaseone::find(data, &location, out),
            _ => {}
        }
        let Some((tiff, directory)) = maker.layout.open(exif, note) else { return };
        if let Some(directory) = tiff.directories_from(Role::Sub, directory).0.first() {
            maker.read(tiff, directory, &location, out);
        }
    });
}

/// Reports the note of Canon's that a structure of its own holds.
#[cfg(feature = "rare-formats")]
pub(super) fn find_canon(structure: Span, location: &str, out: &mut Findings) {
    const NAME: &str = "Canon";
    let words = LeakWords::MakerNote { name: NAME.to_owned(), bytes: count(structure.len()) };
    out.add(LeakKind::Makernote, location, structure, words);
    let maker = MAKERS.iter().find(|maker| maker.name == NAME);
    if let (Some(maker), Some(tiff)) = (maker, Tiff::open(structure))
        && let Some(directory) = tiff.directories().0.first()
    {
        out.nest(structure, |out| maker.read(tiff, directory, location, out));
    }
}

/// What a note that is of no maker known here calls itself.
fn signature(data: Span) -> String {
    let name: Vec<u8> = data.bytes().iter().copied().take_while(u8::is_ascii_alphanumeric).collect();
    if name.len() > 2 { text::decode(&name) } else { "?".to_owned() }
}

impl Maker {
    fn wrote(&self, note: Span, make: &str) -> bool {
        let is_made_by = make.get(..self.make.len()).is_some_and(|start| start.eq_ignore_ascii_case(self.make));
        is_made_by && note.bytes().starts_with(self.signature)
    }

    fn read(&self, tiff: Tiff, directory: &Directory, location: &str, out: &mut Findings) {
        for &(tag, value) in self.tags {
            let Some(field) = directory.field(tag) else { continue };
            match value {
                Value::Plain(kind) => out.add_text(kind, location, field.data, &plain(field)),
                Value::Number(kind, at) => {
                    let number = field.numbers().nth(at).map(|n| n.to_string()).unwrap_or_default();
                    out.add_text(kind, location, field.data, &number);
                }
                Value::Record(pieces) => record::find(field.data, pieces, location, out),
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
            Layout::Record(_) | Layout::PhaseOne => None,
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

#[cfg(test)]
pub(in crate::leaks) mod tests {
    use crate::container::ByteOrder;
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::container::tiff::tests::{Value, tiff};
    use crate::leaks::find;
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

    pub(in crate::leaks) fn photo(make: &str, note: &[u8]) -> Vec<u8> {
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

    /// What notes of these makers say: first bytes of the note, whether offsets count from them, field, kind.
    #[test]
    fn numbers_and_names_are_read_by_maker() {
        let cases: [(&str, &[u8], bool, u16, LeakKind); 15] = [
            ("Olympus", b"OLYMPUS\0II\x03\0", true, 0x101A, LeakKind::Serial),
            ("SEIKO EPSON CORP.", b"EPSON\0\0\0", false, 0x0404, LeakKind::Serial),
            ("Minolta", b"MINOL\0\x03\0", false, 0x101A, LeakKind::Serial),
            ("PENTAX", b"PENTAX \0MM", true, 0x022E, LeakKind::Owner),
            ("PENTAX", b"AOC\0MM", false, 0x022F, LeakKind::Owner),
            ("RICOH", b"RICOH\0MM", true, 0x0229, LeakKind::Serial),
            ("SONY", b"SONY DSC \0\0\0", false, 0x2031, LeakKind::Serial),
            ("SONY", b"", false, 0x2031, LeakKind::Serial),
            ("NIKON", b"", false, 0x001D, LeakKind::Serial),
            ("Panasonic", b"Panasonic\0\0\0", false, 0x0052, LeakKind::Serial),
            ("Leica Camera AG", b"LEICA CAMERA AG\0\0\0", false, 0x0025, LeakKind::Serial),
            ("Leica Camera AG", b"LEICA\0\x06\0", true, 0x0500, LeakKind::Serial),
            ("Leica Camera AG", b"LEICA\0\x09\0", false, 0x0500, LeakKind::Serial),
            ("LEICA", b"LEICA\0\0\0", false, 0x0025, LeakKind::Serial),
            ("SAMSUNG", b"", false, 0xA005, LeakKind::Serial),
        ];
        for (make, head, in_note, tag, kind) in cases {
            // The note is the last value of the structure.
            let note = |at: usize| [head, &directory(ByteOrder::Big, tag, b"X1234567", at + head.len() + 18)].concat();
            let exif_len = photo(make, &note(0)).len() - jpeg(&segment(0xE1, b"Exif\0\0")).len();
            let at = if in_note { 0 } else { exif_len - note(0).len() };
            assert_eq!(leak(&photo(make, &note(at)), kind).value, "X1234567", "{make} {tag:04X}");
        }
    }

    #[test]
    fn numbers_at_fixed_places_are_read() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let cases: [(&[u8], usize, Vec<u8>, LeakKind); 6] = [
            (b"\x01\xF1\x03\0", 0x2A, wide("H500ABCDE"), LeakKind::Serial),
            (b"\x01\xF1\x03\0", 0x56, b"H500ABCDE".to_vec(), LeakKind::Owner),
            (b"RECONYXUF\0", 0x4B, b"H500ABCDE".to_vec(), LeakKind::Serial),
            (b"RECONYXH2\0", 0x7E, wide("H500ABCDE"), LeakKind::Serial),
            (b"RECONYXH2\0", 0x68, b"H500ABCDE".to_vec(), LeakKind::Owner),
            (b"IIII\x06\0", 0x58, b"H500ABCDE".to_vec(), LeakKind::Serial),
        ];
        for (head, at, value, kind) in cases {
            let mut note = head.to_vec();
            note.resize(at, 0);
            note.extend(&value);
            note.resize(0xC0, 0);
            let file = photo("RECONYX", &note);
            assert_eq!(leak(&file, kind).value, "H500ABCDE", "{at:X}");
            assert_robust(&file, Format::Jpeg);
        }
    }

    #[test]
    fn a_number_at_the_start_of_a_note_of_kodak_is_read() {
        for (note, is_number) in [
            ("KCGJN12345678   ", true),
            ("CX73 N12A1234\0\0\0", true),
            ("KCGJN123456     ", false),
            ("KDK INFO12345678", false),
        ] {
            let file = photo("EASTMAN KODAK COMPANY", note.as_bytes());
            assert_eq!(kinds(&file).contains(&LeakKind::Serial), is_number, "{note}");
            assert!(!kinds(&photo("Acme", note.as_bytes())).contains(&LeakKind::Serial));
            assert_robust(&file, Format::Jpeg);
        }
    }

    /// Of cameras of Leica: numbers in place of their offset, in a child directory and inside a value; Canon's name for a picture.
    #[test]
    fn numbers_of_rarer_kinds_are_read() {
        let exif_len = |make: &str, note: &[u8]| photo(make, note).len() - jpeg(&segment(0xE1, b"Exif\0\0")).len();
        let inline = 3_456_789u32.to_be_bytes();
        for (head, tag) in [(b"LEICA\0\0\0", 0x0303), (b"LEICA\0\x02\xFF", 0x0321)] {
            let file = photo("Leica Camera AG", &[&head[..], &fields(0, &[(tag, LONG, &inline)])].concat());
            assert_eq!(leak(&file, LeakKind::Serial).value, "3456789");
        }
        let child = |at: usize| fields(at + 18, &[(0x3103, UNDEFINED, b"3912345\0")]);
        let note = [&b"LEICA0\x03\0"[..], &fields(8, &[(0x3000, UNDEFINED, &child(8))])].concat();
        assert_eq!(leak(&photo("Leica Camera AG", &note), LeakKind::Serial).value, "3912345");
        let values: [(&str, u16, &[u8], LeakKind, &str); 3] = [
            ("Leica Camera AG", 0x000B, b"\0\0\0\x01RR223344", LeakKind::Serial, "RR223344"),
            ("Canon", 0x0028, &[0xAB; 16], LeakKind::Id, "ABABABABABABABABABABABABABABABAB"),
            ("Minolta", 0x0020, &[&[0; 0x49DC][..], b"A100-1234567"].concat(), LeakKind::Serial, "A100-1234567"),
        ];
        for (make, tag, value, kind, expected) in values {
            let note = |at: usize| fields(at, &[(tag, UNDEFINED, value)]);
            let at = exif_len(make, &note(0)) - note(0).len();
            assert_eq!(leak(&photo(make, &note(at)), kind).value, expected, "{make}");
        }
    }

    #[test]
    fn numbers_inside_a_value_are_read() {
        let mut lens = directory(ByteOrder::Big, 0x4019, &[0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0], 0);
        let at = photo("Canon", &lens).len() - jpeg(&segment(0xE1, b"Exif\0\0")).len() - lens.len() + 18;
        lens[10..14].copy_from_slice(&(at as u32).to_be_bytes());
        assert_eq!(leak(&photo("Canon", &lens), LeakKind::Serial).value, "0012345678");
    }

    const LONG: u16 = 4;
    const UNDEFINED: u16 = 7;

    /// A big-endian directory of fields with tag, type and value, `at` bytes after where its offsets count from. The
    /// values follow it.
    fn fields(at: usize, fields: &[(u16, u16, &[u8])]) -> Vec<u8> {
        let values_at = at + 6 + 12 * fields.len();
        let (mut table, mut values) = ((fields.len() as u16).to_be_bytes().to_vec(), Vec::new());
        for &(tag, kind, data) in fields {
            let count = if kind == LONG { data.len() / 4 } else { data.len() } as u32;
            table.extend([&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes()].concat());
            if data.len() > 4 {
                table.extend(((values_at + values.len()) as u32).to_be_bytes());
                values.extend(data);
            } else {
                table.extend([data, &[0; 4][data.len()..]].concat());
            }
        }
        [table, vec![0; 4], values].concat()
    }

    /// Olympus: numbers in the equipment directory, which a field refers to or, with old cameras, holds.
    fn equipment(is_held: bool) -> Vec<u8> {
        let head = b"OLYMPUS\0MM\x03\0";
        let child_at = head.len() + 18;
        let numbers: [(u16, u16, &[u8]); 5] = [
            (0x0101, UNDEFINED, b"BODY-1"),
            (0x0102, UNDEFINED, b"INTERNAL-2"),
            (0x0202, UNDEFINED, b"LENS-3"),
            (0x0302, UNDEFINED, b"EXTENDER-4"),
            (0x1003, UNDEFINED, b"FLASH-5"),
        ];
        let child = fields(child_at, &numbers);
        let offset = (child_at as u32).to_be_bytes();
        let reference = [fields(head.len(), &[(0x2010, LONG, &offset)]), child.clone()].concat();
        let note = if is_held { fields(head.len(), &[(0x2010, UNDEFINED, &child)]) } else { reference };
        photo("OLYMPUS", &[&head[..], &note].concat())
    }

    /// The segments of a photo with such a note.
    pub(in crate::leaks) fn segments() -> Vec<u8> {
        let photo = equipment(false);
        let end = photo.len() - jpeg(&[]).len() + 2;
        photo[2..end].to_vec()
    }

    #[test]
    fn numbers_of_the_equipment_are_read() {
        for is_held in [false, true] {
            let file = equipment(is_held);
            let leaks = find(&file, "a");
            let serials: Vec<_> = leaks.iter().filter(|leak| leak.kind == LeakKind::Serial).collect();
            let values: Vec<_> = serials.iter().map(|leak| leak.value.as_str()).collect();
            assert_eq!(values, ["BODY-1", "INTERNAL-2", "LENS-3", "EXTENDER-4", "FLASH-5"]);
            assert_robust(&file, Format::Jpeg);
        }
    }

    #[test]
    fn an_internal_number_among_numbers_is_read() {
        let head = b"PENTAX \0MM";
        let numbers = [77_000, 20_240_131, 1, 2, 7_654_321].map(u32::to_be_bytes).concat();
        let file = photo("PENTAX", &[&head[..], &fields(head.len(), &[(0x0215, LONG, &numbers)])].concat());
        assert_eq!(leak(&file, LeakKind::Serial).value, "7654321");
        assert_robust(&file, Format::Jpeg);
    }

    /// Firmware and number of the body, firmware and number of the lens unit; offsets count from the EXIF structure.
    #[test]
    fn numbers_of_body_and_lens_unit_are_read() {
        let head = b"Ricoh\0\0\0";
        let record = ["RS1 :V01020200", "SID:00100056", "RL2 :V01020300", "LID:00010024"];
        let record = record.map(|text| format!("{text:\0<16}")).concat();
        let note =
            |at: usize| [&head[..], &fields(at + head.len(), &[(0x002C, UNDEFINED, record.as_bytes())])].concat();
        let exif_len = photo("RICOH", &note(0)).len() - jpeg(&segment(0xE1, b"Exif\0\0")).len();
        let file = photo("RICOH", &note(exif_len - note(0).len()));
        let leaks = find(&file, "a");
        let serials: Vec<_> = leaks.iter().filter(|leak| leak.kind == LeakKind::Serial).map(|l| &*l.value).collect();
        assert_eq!(serials, ["SID:00100056", "LID:00010024"]);
        assert_robust(&file, Format::Jpeg);
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
