//! The TIFF structure (TIFF 6.0 section 2, BigTIFF): directories of fields. EXIF and MPF are written in it too.

#[cfg(feature = "rare-formats")]
mod picture;

use std::collections::{HashSet, VecDeque};

use super::sniff::sniff;
use super::span::{ByteOrder, Span};
use super::walk::{MAX_SEGMENTS, UNKNOWN, Walk};
use crate::error::InputError;
use crate::order::sort_by_key;
use crate::report::Format;

#[cfg(feature = "rare-formats")]
pub(crate) use picture::{Coding, Colours, Fax, Stored, stored};

/// Directories of a structure: IFD0, IFD1 and their children, or the pages of a scan.
const MAX_DIRECTORIES: usize = 256;
/// Entries of all directories; cameras write under 200.
const MAX_FIELDS: usize = 1 << 15;

const NEW_SUBFILE_TYPE: u16 = 0x00FE;
#[cfg(feature = "rare-formats")]
const PHOTOMETRIC: u16 = 0x0106;
#[cfg(feature = "rare-formats")]
const DNG_VERSION: u16 = 0xC612;
const SUB_IFDS: u16 = 0x014A;
const EXIF_IFD: u16 = 0x8769;
const GPS_IFD: u16 = 0x8825;
const INTEROP_IFD: u16 = 0xA005;
#[cfg(feature = "rare-formats")]
const COMPRESSION: u16 = 0x0103;
const STRIP_OFFSETS: u16 = 0x0111;
const STRIP_LENGTHS: u16 = 0x0117;
const TILE_OFFSETS: u16 = 0x0144;
const TILE_LENGTHS: u16 = 0x0145;
const JPEG_OFFSET: u16 = 0x0201;
const JPEG_LENGTH: u16 = 0x0202;

/// What raw formats built on TIFF have in place of 42: `RO` and `RS` of Olympus, `U` of Panasonic.
const OLYMPUS_RAW: u16 = 0x4F52;
const OLYMPUS_OLD_RAW: u16 = 0x5352;
const PANASONIC_RAW: u16 = 0x0055;

/// Pairs of fields that say where picture data lies and how long it is.
const DATA_FIELDS: [(u16, u16, &str); 3] =
    [(STRIP_OFFSETS, STRIP_LENGTHS, "strip"), (TILE_OFFSETS, TILE_LENGTHS, "tile"), (JPEG_OFFSET, JPEG_LENGTH, "JPEG")];

/// A TIFF structure whose header is sound.
#[derive(Clone, Copy)]
pub(crate) struct Tiff<'a> {
    span: Span<'a>,
    order: ByteOrder,
    layout: Layout,
}

/// What differs between TIFF and BigTIFF: lengths in bytes.
#[derive(Clone, Copy)]
struct Layout {
    header: usize,
    /// Of offsets, of a field's number of values, and of the values that stand in the field itself.
    offset: usize,
    /// Of a directory's number of fields.
    count: usize,
}

const CLASSIC: Layout = Layout { header: 8, offset: 4, count: 2 };
const BIG: Layout = Layout { header: 16, offset: 8, count: 8 };

impl Layout {
    fn field_len(self) -> usize {
        4 + 2 * self.offset
    }
}

/// What a directory is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// In the chain from the header: 0 describes the picture, 1 in EXIF the thumbnail, in TIFF the next page.
    Main(usize),
    /// Shooting data.
    Exif,
    /// Position.
    Gps,
    /// Interoperability.
    Interop,
    /// Child picture.
    Sub,
}

/// A directory, in the EXIF standard's term an IFD.
pub(crate) struct Directory<'a> {
    pub(crate) role: Role,
    /// The table itself, without values that stand elsewhere.
    table: Span<'a>,
    /// The fields whose values are, at least in part, there.
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field, in the EXIF standard's term an entry.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) tag: u16,
    /// 1 BYTE, 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL, 7 UNDEFINED, 10 SRATIONAL and so on.
    kind: u16,
    order: ByteOrder,
    /// The values' bytes.
    pub(crate) data: Span<'a>,
    /// Where they start in the structure.
    pub(crate) data_at: usize,
    inline: bool,
}

impl<'a> Tiff<'a> {
    /// Reads the header; `None` if there is none.
    pub(crate) fn open(span: Span<'a>) -> Option<Self> {
        let order = match span.bytes().get(..2)? {
            b"II" => ByteOrder::Little,
            b"MM" => ByteOrder::Big,
            _ => return None,
        };
        let layout = match span.u16(2, order)? {
            42 | OLYMPUS_RAW | OLYMPUS_OLD_RAW | PANASONIC_RAW => CLASSIC,
            43 => BIG,
            _ => return None,
        };
        (span.len() >= layout.header).then_some(Self { span, order, layout })
    }

    /// A structure without a header of its own: offsets count from the start of `span`.
    pub(crate) fn without_header(span: Span<'a>, order: ByteOrder) -> Self {
        Self { span, order, layout: CLASSIC }
    }

    pub(crate) fn span(self) -> Span<'a> {
        self.span
    }

    pub(crate) fn order(self) -> ByteOrder {
        self.order
    }

    /// An offset or count at `at`.
    fn offset(self, at: usize) -> Option<usize> {
        match self.layout.offset {
            4 => self.span.u32(at, self.order).map(|n| n as usize),
            _ => self.span.u64(at, self.order).and_then(|n| usize::try_from(n).ok()),
        }
    }

    /// The number of fields of the directory at `offset`.
    fn count(self, offset: usize) -> Option<usize> {
        match self.layout.count {
            2 => self.span.u16(offset, self.order).map(usize::from),
            _ => self.span.u64(offset, self.order).and_then(|n| usize::try_from(n).ok()),
        }
    }

    /// Where the directory stands that the header refers to.
    pub(crate) fn first(self) -> Option<usize> {
        self.offset(self.layout.header - self.layout.offset)
    }

    /// All directories, each once, and the first fault met.
    pub(crate) fn directories(self) -> (Vec<Directory<'a>>, Option<InputError>) {
        self.directories_from(Role::Main(0), self.first().unwrap_or(0))
    }

    /// The directory at `offset` and those it refers to, each once, and the first fault met.
    pub(crate) fn directories_from(self, role: Role, offset: usize) -> (Vec<Directory<'a>>, Option<InputError>) {
        let mut reader = DirectoryReader::new(self);
        reader.queue.push_back((role, offset));
        while let Some((role, offset)) = reader.queue.pop_front() {
            reader.read(role, offset);
        }
        (reader.directories, reader.fault)
    }

    /// The field at `at`, and whether all of its values are there.
    fn field(self, at: usize) -> Option<(Field<'a>, bool)> {
        let tag = self.span.u16(at, self.order)?;
        let kind = self.span.u16(at + 2, self.order)?;
        let len = self.offset(at + 4)?.saturating_mul(value_len(kind)?);
        let value_at = at + 4 + self.layout.offset;
        let inline = len <= self.layout.offset;
        let data_at = if inline { value_at } else { self.offset(value_at)? };
        let data = self.span.clipped(data_at, len);
        Some((Field { tag, kind, order: self.order, data, data_at, inline }, data.len() == len))
    }
}

/// Whether the first directory points to another one; `None` if the file ends before its first directory does.
pub(crate) fn has_more_pages(bytes: &[u8]) -> Option<bool> {
    let tiff = Tiff::open(Span::whole(bytes))?;
    let directory = tiff.first()?;
    let start = directory.checked_add(tiff.layout.count)?;
    let end = start.checked_add(tiff.count(directory)?.checked_mul(tiff.layout.field_len())?)?;
    Some(tiff.offset(end)? != 0)
}

/// A picture of a TIFF file that is not its first one.
pub(crate) struct Page {
    /// Of its directory, from the file's start.
    offset: u64,
    /// Where its data lies: first byte and the one after the last.
    pub(crate) bytes: [u64; 2],
}

impl Page {
    /// A copy of the file in which this page comes first.
    pub(crate) fn first_in(&self, bytes: &[u8]) -> Vec<u8> {
        let mut file = bytes.to_vec();
        let Some(Tiff { order, layout, .. }) = Tiff::open(Span::whole(bytes)) else { return file };
        let offset = match order {
            ByteOrder::Little => self.offset.to_le_bytes(),
            ByteOrder::Big => self.offset.to_be_bytes(),
        };
        let bytes = match order {
            ByteOrder::Little => &offset[..layout.offset],
            ByteOrder::Big => &offset[8 - layout.offset..],
        };
        file[layout.header - layout.offset..layout.header].copy_from_slice(bytes);
        file
    }
}

/// All directories of a TIFF file; none for other files.
fn all_directories(bytes: &[u8]) -> Vec<Directory<'_>> {
    let tiff = if sniff(bytes) == Ok(Format::Tiff) { Tiff::open(Span::whole(bytes)) } else { None };
    tiff.map(|tiff| tiff.directories().0).unwrap_or_default()
}

/// Further pages of a TIFF file, and pictures that belong to its pages; none for other files.
pub(crate) fn pages(bytes: &[u8]) -> Vec<Page> {
    let directories = all_directories(bytes);
    let opened = opened(&directories, bytes);
    let pictures = directories.iter().filter(|directory| matches!(directory.role, Role::Main(_) | Role::Sub));
    let further = pictures.filter(|directory| Some(directory.role) != opened);
    further.filter_map(|page| page.as_page(bytes)).collect()
}

/// The page that is opened, if it is not the first one: some programs write a reduced picture before the full one.
pub(crate) fn full_page(bytes: &[u8]) -> Option<Page> {
    let directories = all_directories(bytes);
    let role = opened(&directories, bytes).filter(|role| *role != Role::Main(0))?;
    directories.iter().find(|directory| directory.role == role)?.as_page(bytes)
}

/// The first page that is not marked as a reduced picture or a mask of another one; the first of all if all are.
fn opened(directories: &[Directory], bytes: &[u8]) -> Option<Role> {
    const REDUCED_OR_MASK: u64 = 1 | 4;
    let kind = |page: &Directory| page.number(NEW_SUBFILE_TYPE).unwrap_or(0);
    let mut pages = directories.iter().filter(|directory| matches!(directory.role, Role::Main(_)));
    let full = pages.find(|page| kind(page) & REDUCED_OR_MASK == 0 && page.as_page(bytes).is_some());
    full.or(directories.first()).map(|page| page.role)
}

/// Whether a TIFF is a camera's raw file, whose pictures that could be opened are only previews.
#[cfg(feature = "rare-formats")]
pub(crate) fn is_raw(bytes: &[u8]) -> bool {
    let directories = all_directories(bytes);
    directories.iter().any(|directory| directory.field(DNG_VERSION).is_some() || directory.is_of_sensor())
}

/// The orientation that a TIFF, or a raw file built on it, states for its picture, as EXIF numbers it.
#[cfg(feature = "rare-formats")]
pub(crate) fn orientation(structure: Span) -> Option<u8> {
    const ORIENTATION: u16 = 0x0112;
    let directories = Tiff::open(structure)?.directories().0;
    let number = directories.first()?.number(ORIENTATION)?;
    u8::try_from(number).ok()
}

/// Whether a file starts as TIFF or a raw format built on it does.
pub(crate) fn is_tiff(bytes: &[u8]) -> bool {
    Tiff::open(Span::whole(bytes)).is_some()
}

/// Bytes of one value of a type; `None` for an unknown type.
fn value_len(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 | 129 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16..=18 => Some(8),
        _ => None,
    }
}

struct DirectoryReader<'a> {
    tiff: Tiff<'a>,
    queue: VecDeque<(Role, usize)>,
    seen: HashSet<usize>,
    directories: Vec<Directory<'a>>,
    fields_left: usize,
    fault: Option<InputError>,
}

impl<'a> DirectoryReader<'a> {
    fn new(tiff: Tiff<'a>) -> Self {
        Self {
            tiff,
            queue: VecDeque::new(),
            seen: HashSet::new(),
            directories: Vec::new(),
            fields_left: MAX_FIELDS,
            fault: None,
        }
    }

    fn read(&mut self, role: Role, offset: usize) {
        if !self.seen.insert(offset) {
            return self.fail(InputError::Corrupt("a directory is referred to twice".to_owned()));
        }
        if self.directories.len() >= MAX_DIRECTORIES {
            return self.fail(InputError::Corrupt("it has too many directories".to_owned()));
        }
        let Some(count) = self.tiff.count(offset) else {
            return self.fail(InputError::Truncated);
        };
        let layout = self.tiff.layout;
        let first = offset + layout.count;
        let there = (self.tiff.span.len() - first) / layout.field_len();
        if count > there {
            self.fail(InputError::Truncated);
        }
        let count = count.min(there).min(self.fields_left);
        self.fields_left -= count;
        let end = first + count * layout.field_len();
        let fields = self.fields(first, count);
        self.follow(role, &fields, end);
        let table = self.tiff.span.clipped(offset, end + layout.offset - offset);
        self.directories.push(Directory { role, table, fields });
    }

    fn fields(&mut self, first: usize, count: usize) -> Vec<Field<'a>> {
        let mut fields = Vec::with_capacity(count);
        for n in 0..count {
            let Some((field, complete)) = self.tiff.field(first + n * self.tiff.layout.field_len()) else {
                continue;
            };
            if !complete {
                self.fail(InputError::Truncated);
            }
            fields.push(field);
        }
        fields
    }

    /// Queues the directories that one refers to; only the main chain goes on after its fields.
    fn follow(&mut self, role: Role, fields: &[Field], end: usize) {
        for field in fields {
            let child = match field.tag {
                EXIF_IFD => Role::Exif,
                GPS_IFD => Role::Gps,
                INTEROP_IFD => Role::Interop,
                SUB_IFDS => Role::Sub,
                _ => continue,
            };
            let offsets = field.numbers().take(MAX_DIRECTORIES);
            self.queue.extend(offsets.map(|offset| (child, usize::try_from(offset).unwrap_or(usize::MAX))));
        }
        if let (Role::Main(n), Some(next @ 1..)) = (role, self.tiff.offset(end)) {
            self.queue.push_back((Role::Main(n + 1), next));
        }
    }

    fn fail(&mut self, fault: InputError) {
        self.fault.get_or_insert(fault);
    }
}

impl<'a> Directory<'a> {
    /// The first value of a field of numbers.
    fn number(&self, tag: u16) -> Option<u64> {
        self.field(tag)?.numbers().next()
    }

    /// Its picture is what a camera's sensor has measured.
    #[cfg(feature = "rare-formats")]
    pub(crate) fn is_of_sensor(&self) -> bool {
        /// A colour filter array, and light of a raw file (DNG 1.7, PhotometricInterpretation).
        const OF_SENSORS: [u64; 2] = [32_803, 34_892];
        /// Sony, Epson, Samsung, Panasonic, Nikon, Kodak, Pentax.
        const CODED_BY_CAMERAS: [u64; 7] = [32_767, 32_769, 32_770, 34_316, 34_713, 65_000, 65_535];
        /// How Canon cuts its data into strips (ExifTool, CR2CFAPattern and CR2Slices).
        const CANON_SLICES: u16 = 0xC640;
        let is_one_of = |tag, values: &[u64]| self.number(tag).is_some_and(|value| values.contains(&value));
        is_one_of(PHOTOMETRIC, &OF_SENSORS)
            || is_one_of(COMPRESSION, &CODED_BY_CAMERAS)
            || self.field(CANON_SLICES).is_some()
    }

    /// `None` if it has no picture.
    fn as_page(&self, bytes: &[u8]) -> Option<Page> {
        let picture = self.picture(Span::whole(bytes))?.range();
        Some(Page { offset: self.table.range()[0], bytes: picture })
    }

    pub(crate) fn field(&self, tag: u16) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.tag == tag)
    }

    /// The stretch from the first to the last byte of the directory's picture, as far as it is there.
    pub(crate) fn picture<'b>(&self, tiff: Span<'b>) -> Option<Span<'b>> {
        let mut stretch: Option<(usize, usize)> = None;
        for part in self.data_parts().filter(|part| part.len > 0 && part.start < tiff.len()) {
            let (start, end) = stretch.unwrap_or((part.start, 0));
            stretch = Some((start.min(part.start), end.max(part.start.saturating_add(part.len))));
        }
        stretch.map(|(start, end)| tiff.clipped(start, end - start))
    }

    fn data_parts(&self) -> impl Iterator<Item = Part> {
        DATA_FIELDS.iter().flat_map(|&(offset_tag, length_tag, name)| {
            let numbers = |tag| self.field(tag).into_iter().flat_map(|field: &Field<'a>| field.numbers());
            numbers(offset_tag).zip(numbers(length_tag)).map(move |(start, len)| Part {
                name: name.into(),
                start: usize::try_from(start).unwrap_or(usize::MAX),
                len: usize::try_from(len).unwrap_or(usize::MAX),
            })
        })
    }
}

/// A number of so many bytes. Not inlined: copies of it in every chain of iterators took 25 kB of the page's module.
#[inline(never)]
fn number(data: Span<'_>, at: usize, bytes: usize, order: ByteOrder) -> Option<u64> {
    match bytes {
        1 => data.u8(at).map(u64::from),
        2 => data.u16(at, order).map(u64::from),
        4 => data.u32(at, order).map(u64::from),
        _ => data.u64(at, order),
    }
}

impl Field<'_> {
    /// Whether the values are ASCII, UTF-8 or bytes of no stated kind, which makers use for text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.kind, 2 | 7 | 129)
    }

    /// The values of a BYTE, SHORT or LONG field.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        let step = match self.kind {
            1 | 3 | 4 | 13 | 16 | 18 => value_len(self.kind).unwrap_or(1),
            _ => usize::MAX,
        };
        let (data, order) = (self.data, self.order);
        (0..data.len() / step).filter_map(move |n| number(data, n * step, step, order))
    }

    /// The values of a RATIONAL or SRATIONAL field; a value without meaning is not finite.
    pub(crate) fn rationals(&self) -> impl Iterator<Item = f64> {
        let (data, order, kind) = (self.data, self.order, self.kind);
        let count = if matches!(kind, 5 | 10) { data.len() / 8 } else { 0 };
        let number = move |at| {
            let bits = data.u32(at, order).unwrap_or(0);
            if kind == 10 { f64::from(bits.cast_signed()) } else { f64::from(bits) }
        };
        (0..count).map(move |n| number(8 * n) / number(8 * n + 4))
    }
}

/// A stretch that the structure refers to, from the structure's start.
struct Part {
    name: std::borrow::Cow<'static, str>,
    start: usize,
    len: usize,
}

/// Cuts a TIFF into what its directories refer to. TIFF leaves the order free and lets parts overlap: bytes go to the
/// first part that refers to them. Other bytes are `padding` if they are zero, else `unknown`, or a `trailer` after the last
/// part.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
    let mut walk = Walk::new(bytes.len());
    let Some(tiff) = Tiff::open(Span::whole(bytes)) else {
        return walk.give_up();
    };
    let (directories, fault) = tiff.directories();
    if let Some(fault) = fault {
        walk.fail(fault);
    }
    let mut parts = vec![Part { name: "header".into(), start: 0, len: tiff.layout.header }];
    for directory in &directories {
        add_parts(directory, &mut parts);
    }
    sort_by_key(&mut parts, |part| part.start as u64);
    for part in parts {
        if !walk.goes_on() {
            break;
        }
        let end = part.start.saturating_add(part.len);
        if part.start > bytes.len() {
            walk.fail(InputError::Truncated);
        } else if end > walk.end() {
            let gap = bytes.get(walk.end()..part.start).unwrap_or_default();
            walk.cut(if gap.iter().all(|&b| b == 0) { "padding" } else { UNKNOWN }, part.start);
            walk.cut(part.name, end);
        }
    }
    // Otherwise the limit was hit, and what is left need not be a trailer.
    if walk.goes_on() || walk.end() == bytes.len() { walk.finish() } else { walk.give_up() }
}

fn add_parts(directory: &Directory, parts: &mut Vec<Part>) {
    let mut add = |name: std::borrow::Cow<'static, str>, span: Span| {
        let [start, _] = span.range();
        parts.push(Part { name, start: usize::try_from(start).unwrap_or(usize::MAX), len: span.len() });
    };
    add(directory.role.name().into(), directory.table);
    for field in directory.fields.iter().filter(|field| !field.inline) {
        add(format!("value of 0x{:04X}", field.tag).into(), field.data);
    }
    parts.extend(directory.data_parts().take(MAX_SEGMENTS));
}

impl Role {
    /// As people who read EXIF know it.
    pub(crate) fn name(self) -> String {
        match self {
            Role::Main(n) => format!("IFD{n}"),
            Role::Exif => "Exif IFD".to_owned(),
            Role::Gps => "GPS IFD".to_owned(),
            Role::Interop => "Interop IFD".to_owned(),
            Role::Sub => "SubIFD".to_owned(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::container::walk::tests::assert_total;

    /// A field's value for [`tiff`].
    #[derive(Clone, Copy)]
    pub(crate) enum Value<'a> {
        Byte(&'a [u8]),
        Ascii(&'a str),
        Short(u16),
        Long(u32),
        Rational(&'a [[u32; 2]]),
        Undefined(&'a [u8]),
        /// The offset of the directory with this index.
        Directory(usize),
        /// The offset and, in the next field, the length of these bytes.
        Offset(&'a [u8]),
    }

    fn number<const N: usize>(bytes_be: [u8; N], order: ByteOrder) -> Vec<u8> {
        let mut bytes = bytes_be.to_vec();
        if order == ByteOrder::Little {
            bytes.reverse();
        }
        bytes
    }

    /// A TIFF structure of directories. Those that no [`Value::Directory`] refers to form the main chain.
    pub(crate) fn tiff(order: ByteOrder, directories: &[&[(u16, Value)]]) -> Vec<u8> {
        let short = |n: u16| number(n.to_be_bytes(), order);
        let long = |n: usize| number((n as u32).to_be_bytes(), order);
        let is_child = |n: usize| {
            let refers = |value: &Value| matches!(value, Value::Directory(child) if *child == n);
            directories.iter().any(|d| d.iter().any(|(_, value)| refers(value)))
        };
        let starts: Vec<usize> = directories
            .iter()
            .scan(8, |at, d| {
                let start = *at;
                *at += 6 + 12 * d.len();
                Some(start)
            })
            .collect();
        let mut heap_at = starts.last().zip(directories.last()).map_or(8, |(at, d)| at + 6 + 12 * d.len());
        let mut heap = Vec::new();
        let mut out = if order == ByteOrder::Little { b"II".to_vec() } else { b"MM".to_vec() };
        out.extend([short(42), long(8)].concat());
        for (n, directory) in directories.iter().enumerate() {
            out.extend(short(directory.len() as u16));
            for (tag, value) in *directory {
                let (kind, count, mut data) = match value {
                    Value::Byte(bytes) => (1, bytes.len(), bytes.to_vec()),
                    Value::Ascii(text) => (2, text.len() + 1, [text.as_bytes(), &[0]].concat()),
                    Value::Short(n) => (3, 1, short(*n)),
                    Value::Long(n) => (4, 1, long(*n as usize)),
                    Value::Rational(r) => (5, r.len(), r.iter().flatten().flat_map(|&n| long(n as usize)).collect()),
                    Value::Undefined(bytes) => (7, bytes.len(), bytes.to_vec()),
                    Value::Directory(child) => (4, 1, long(starts[*child])),
                    Value::Offset(bytes) => {
                        let at = long(heap_at);
                        heap_at += bytes.len();
                        heap.extend(bytes.to_vec());
                        (4, 1, at)
                    }
                };
                if data.len() > 4 {
                    let at = long(heap_at);
                    heap_at += data.len();
                    heap.extend(std::mem::replace(&mut data, at));
                }
                data.resize(4, 0);
                out.extend([short(*tag), short(kind), long(count), data].concat());
            }
            let next = (n + 1..directories.len()).find(|&next| !is_child(next) && !is_child(n));
            out.extend(long(next.map_or(0, |next| starts[next])));
        }
        [out, heap].concat()
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        walk(bytes).segments.into_iter().map(|segment| segment.name).collect()
    }

    fn picture_file(order: ByteOrder) -> Vec<u8> {
        let directory =
            [(0x010F, Value::Ascii("Camera")), (0x0111, Value::Offset(b"pixels")), (0x0117, Value::Long(6))];
        tiff(order, &[&directory])
    }

    #[test]
    fn everything_referred_to_is_named_in_either_byte_order() {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            let file = picture_file(order);
            assert_eq!(names(&file), ["header", "IFD0", "value of 0x010F", "strip"]);
        }
    }

    #[test]
    fn bytes_that_nothing_refers_to_are_a_trailer() {
        let file = [picture_file(ByteOrder::Little), b"after".to_vec()].concat();
        assert_eq!(names(&file).last().map(String::as_str), Some("trailer"));
    }

    #[test]
    fn missing_pixels_are_an_error() {
        let file = picture_file(ByteOrder::Little);
        assert_eq!(walk(&file[..file.len() - 1]).fault, Some(InputError::Truncated));
    }

    #[test]
    fn a_directory_that_refers_to_itself_is_read_once() {
        let file = tiff(ByteOrder::Big, &[&[(SUB_IFDS, Value::Long(8))]]);
        let directories = Tiff::open(Span::whole(&file)).map(|tiff| tiff.directories().0.len());
        assert_eq!(directories, Some(1));
    }

    #[test]
    fn a_second_directory_is_a_second_page() {
        let mut one = b"II\x2A\0\x08\0\0\0\x01\0".to_vec();
        one.extend([0; 12]);
        let mut two = one.clone();
        one.extend([0; 4]);
        two.extend([0x40, 0, 0, 0]);
        assert_eq!(has_more_pages(&one), Some(false));
        assert_eq!(has_more_pages(&two), Some(true));
    }

    #[test]
    fn a_directory_past_the_end_is_none() {
        let file = b"II\x2B\0\x08\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
        assert_eq!(has_more_pages(file), None);
    }

    #[test]
    fn broken_files_are_survived() {
        assert_total(&picture_file(ByteOrder::Little), walk);
    }
}
