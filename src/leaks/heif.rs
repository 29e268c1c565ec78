//! The items of HEIF and AVIF (ISO/IEC 23008-12, ISO/IEC 14496-12 section 8.11): pictures, thumbnails, depth and gain
//! maps, EXIF, XMP.

mod announced;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::findings::{Block, Findings, LIMITS};
use super::isobmff::Box;
use super::words::{LeakWords, count};
use crate::container::{ByteOrder, Span, UNKNOWN, Walk, text};
use crate::order::sort_by_key;
use crate::report::LeakKind;

pub(crate) use announced::{Announced, announced, without_turns};

const EXIF: &[u8] = b"Exif";
const MIME: &[u8] = b"mime";
/// A picture computed from another and a gain map (ISO 21496-1).
const TONE_MAPPED: &[u8] = b"tmap";
/// Types of items that are pictures: coded in some way, or derived from others.
const PICTURES: [&[u8]; 14] = [
    b"hvc1",
    b"hev1",
    b"lhv1",
    b"av01",
    b"vvc1",
    b"avc1",
    b"jpeg",
    b"j2k1",
    b"unci",
    b"mski",
    b"grid",
    b"iovl",
    b"iden",
    TONE_MAPPED,
];

/// The items of a file, and where they lie.
#[derive(Default)]
pub(super) struct Items<'a> {
    items: BTreeMap<u32, Item<'a>>,
    primary: u32,
    /// Thumbnails and auxiliary pictures: the item that is one, and as what.
    attached: Vec<(u32, Attached)>,
    /// What an item is derived from: the tiles of a grid.
    derived: HashMap<u32, Vec<u32>>,
    /// The boxes that describe items, in the order of their numbers from 1.
    properties: Vec<Box<'a>>,
    /// Media data that no item uses belongs to a film or to nothing.
    has_film: bool,
    /// What every item is.
    roles: BTreeMap<u32, Role>,
    /// First byte, the byte after the last, and name of what items use, in order and without overlap.
    used: Vec<(usize, usize, &'static str)>,
}

#[derive(Default)]
struct Item<'a> {
    kind: &'a [u8],
    /// The media type of a `mime` item.
    content_type: &'a [u8],
    /// The packing of a `mime` item; empty if it is not packed.
    encoding: &'a [u8],
    extents: Vec<Span<'a>>,
    /// Numbers of properties.
    properties: Vec<usize>,
}

/// How an item belongs to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attached {
    Thumbnail,
    Auxiliary,
}

impl<'a> Items<'a> {
    /// Reads the first `meta` box; without one there are no items.
    pub(super) fn read(file: Span<'a>) -> Self {
        let mut items = Self { has_film: Box::all(file).any(|found| found.kind == b"moov"), ..Self::default() };
        let Some(meta) = Box::all(file).find(|found| found.kind == b"meta") else {
            return Self { has_film: true, ..items };
        };
        let data = Box::all(meta.full_data()).find(|found| found.kind == b"idat").map(|found| found.data);
        for found in Box::all(meta.full_data()) {
            match found.kind {
                b"pitm" => items.primary = number(found.full_data(), 0, id_len(found.data)).unwrap_or(0) as u32,
                b"iinf" => items.read_entries(found.data),
                b"iloc" => {
                    items.read_locations(file, data, found.data);
                }
                b"iref" => {
                    items.read_references(found.data);
                }
                b"iprp" => items.read_properties(found.data),
                _ => {}
            }
        }
        items.roles = items.roles();
        items.used = items.used();
        items
    }

    /// The entry that an item's box makes or completes; `None` if there are too many.
    fn entry(&mut self, id: u32) -> Option<&mut Item<'a>> {
        if self.items.len() >= LIMITS.items && !self.items.contains_key(&id) {
            return None;
        }
        Some(self.items.entry(id).or_default())
    }

    fn read_entries(&mut self, data: Span<'a>) {
        let count_len = if data.u8(0) == Some(0) { 2 } else { 4 };
        for entry in Box::all(data.from(4 + count_len)).take(LIMITS.items) {
            self.read_entry(entry.data);
        }
    }

    /// Version 2 has numbers of two bytes, version 3 of four; then a protection index of two, type, name.
    fn read_entry(&mut self, data: Span<'a>) -> Option<()> {
        let id_len = if data.u8(0)? == 3 { 4 } else { 2 };
        let id = number(data, 4, id_len)? as u32;
        let after = data.from(4 + id_len + 2);
        let kind = after.part(0, 4)?.bytes();
        let name = after.from(4).split_at_byte(0);
        let mut texts = name.map(|(_, rest)| rest);
        let mut next = || {
            let (text, rest) = texts?.split_at_byte(0)?;
            texts = Some(rest);
            Some(text.bytes())
        };
        let (content_type, encoding) = (next().unwrap_or_default(), next().unwrap_or_default());
        let item = self.entry(id)?;
        (item.kind, item.content_type, item.encoding) = (kind, content_type, encoding);
        Some(())
    }

    /// Where items lie: in the file (0) or in the `idat` box `data` (1). Items made of others (2) are not followed.
    fn read_locations(&mut self, file: Span<'a>, data: Option<Span<'a>>, location: Span<'a>) -> Option<()> {
        let version = location.u8(0)?;
        let sizes = location.u16(4, ByteOrder::Big)?;
        let nibble = |shift: u32| usize::from(sizes >> shift & 0xF);
        let (offset_len, length_len, base_len) = (nibble(12), nibble(8), nibble(4));
        let index_len = if version == 0 { 0 } else { nibble(0) };
        let id_len = if version < 2 { 2 } else { 4 };
        let mut at = 6;
        let mut read = |len: usize| {
            let value = number(location, at, len)?;
            at += len;
            Some(value)
        };
        let items = read(id_len)?;
        let mut extents_left = LIMITS.extents;
        for _ in 0..items {
            let id = read(id_len)? as u32;
            let method = if version == 0 { 0 } else { read(2)? & 0xF };
            // The data reference: other files are not read.
            read(2)?;
            let base = read(base_len)?;
            let mut extents = Vec::new();
            for _ in 0..read(2)? {
                extents_left = extents_left.checked_sub(1)?;
                read(index_len)?;
                let (offset, len) = (base.saturating_add(read(offset_len)?), read(length_len)?);
                // A length of 0 means all there is.
                let len = if len == 0 { u64::MAX } else { len };
                let host = if method == 0 { Some(file) } else { data.filter(|_| method == 1) };
                extents
                    .extend(host.map(|host| host.clipped(index(offset), index(len))).filter(|span| !span.is_empty()));
            }
            self.entry(id)?.extents = extents;
        }
        Some(())
    }

    fn read_references(&mut self, data: Span<'a>) -> Option<()> {
        let id_len = if data.u8(0)? == 0 { 2 } else { 4 };
        let mut references_left = LIMITS.items;
        for found in Box::all(data.from(4)) {
            let from = number(found.data, 0, id_len)? as u32;
            let targets = number(found.data, id_len, 2)? as usize;
            references_left = references_left.checked_sub(targets.max(1))?;
            let ids = (0..targets).map_while(|n| number(found.data, id_len + 2 + n * id_len, id_len));
            match found.kind {
                b"dimg" => self.derived.entry(from).or_default().extend(ids.map(|id| id as u32)),
                b"thmb" => self.attached.push((from, Attached::Thumbnail)),
                b"auxl" => self.attached.push((from, Attached::Auxiliary)),
                _ => {}
            }
        }
        Some(())
    }

    fn read_properties(&mut self, data: Span<'a>) {
        for found in Box::all(data) {
            match found.kind {
                b"ipco" => self.properties = Box::all(found.data).take(LIMITS.items).collect(),
                b"ipma" => {
                    self.read_associations(found.data);
                }
                _ => {}
            }
        }
    }

    /// For each item the numbers of its properties, whose highest bit says whether they are essential.
    fn read_associations(&mut self, data: Span<'a>) -> Option<()> {
        let id_len = if data.u8(0)? == 0 { 2 } else { 4 };
        let index_len = if data.u8(3)? & 1 == 0 { 1 } else { 2 };
        let mut at = 8;
        for _ in 0..number(data, 4, 4)? {
            let id = number(data, at, id_len)? as u32;
            let associations = number(data, at + id_len, 1)? as usize;
            at += id_len + 1;
            let mask = if index_len == 1 { 0x7F } else { 0x7FFF };
            let properties =
                (0..associations).map_while(|n| number(data, at + n * index_len, index_len)).map(|n| index(n & mask));
            self.entry(id)?.properties = properties.collect();
            at += associations * index_len;
        }
        Some(())
    }

    /// What an item is derived from.
    fn sources(&self, id: u32) -> impl Iterator<Item = u32> {
        self.derived.get(&id).into_iter().flatten().copied()
    }

    /// The item and those it is derived from.
    fn parts_of(&self, id: u32) -> HashSet<u32> {
        let mut found = HashSet::from([id]);
        let mut queue = vec![id];
        while let Some(id) = queue.pop() {
            queue.extend(self.sources(id).filter(|&part| found.insert(part)));
        }
        found
    }

    /// What every item is.
    fn roles(&self) -> BTreeMap<u32, Role> {
        let mut roles = BTreeMap::new();
        for part in self.parts_of(self.primary) {
            roles.insert(part, Role::Picture);
        }
        let derived: HashSet<u32> = self.derived.values().flatten().copied().collect();
        for (&id, _) in self.items.iter().filter(|(_, item)| item.kind == TONE_MAPPED) {
            roles.extend(self.sources(id).skip(1).map(|map| (map, Role::GainMap)));
        }
        for &(id, attached) in &self.attached {
            let role = match attached {
                Attached::Thumbnail => Role::Thumbnail,
                Attached::Auxiliary => self.auxiliary(id),
            };
            roles.extend(self.sources(id).map(|part| (part, Role::PartOf)));
            roles.insert(id, role);
        }
        for (&id, item) in &self.items {
            let role = match item.kind {
                EXIF => Role::Exif,
                MIME if item.content_type == b"application/rdf+xml" => Role::Xmp,
                TONE_MAPPED => Role::Picture,
                kind if PICTURES.contains(&kind) && derived.contains(&id) => Role::PartOf,
                kind if PICTURES.contains(&kind) => Role::SecondImage,
                _ => Role::Other,
            };
            roles.entry(id).or_insert(role);
        }
        roles
    }

    /// What an auxiliary picture is, by the name of its type in a property.
    fn auxiliary(&self, id: u32) -> Role {
        let properties = self.items.get(&id).map(|item| item.properties.as_slice()).unwrap_or_default();
        let named = properties.iter().filter_map(|&n| self.properties.get(n.checked_sub(1)?));
        let name = named.filter(|property| property.kind == b"auxC").map(|property| property.full_data()).next();
        match name {
            // ISO/IEC 23008-2 (HEVC) numbers them; MIAF and Apple name them.
            Some(name) if name.contains(b"auxid:1") || name.contains(b"alpha") => Role::Picture,
            Some(name) if name.contains(b"gainmap") => Role::GainMap,
            _ => Role::Depth,
        }
    }

    /// Cuts the media data up to `end` by the items that use it.
    pub(super) fn cut(&self, walk: &mut Walk, end: usize) {
        let unused = if self.has_film { "mdat" } else { UNKNOWN };
        let first = self.used.partition_point(|&(_, to, _)| to <= walk.end());
        for &(from, to, name) in self.used[first..].iter().take_while(|(from, ..)| *from < end) {
            if walk.goes_on() {
                walk.cut(unused, from.min(end));
                walk.cut(name, to.min(end));
            }
        }
        walk.cut(unused, end);
    }

    /// The stretches that items use. Bytes that several use go to the one that starts first.
    fn used(&self) -> Vec<(usize, usize, &'static str)> {
        let extents = self.items.iter().flat_map(|(id, item)| {
            let name = self.roles.get(id).map_or(UNKNOWN, |role| role.name());
            item.extents.iter().map(move |extent| (index(extent.range()[0]), index(extent.range()[1]), name))
        });
        let mut used: Vec<_> = extents.collect();
        sort_by_key(&mut used, |(from, to, _)| (*from as u128) << 64 | *to as u128);
        let mut end = 0;
        used.retain_mut(|(from, to, _)| {
            *from = end.max(*from);
            end = end.max(*to);
            from < to
        });
        used
    }

    /// The stretch from the first to the last byte of an item and those it is derived from.
    fn stretch(&self, file: Span<'a>, id: u32) -> Option<Span<'a>> {
        let parts = self.parts_of(id);
        let ranges = || {
            let items = parts.iter().filter_map(|part| self.items.get(part));
            items.flat_map(|item| item.extents.iter().map(|extent| extent.range()))
        };
        let (from, to) = (ranges().map(|r| r[0]).min()?, ranges().map(|r| r[1]).max()?);
        Some(file.clipped(index(from), index(to - from)))
    }
}

/// What an item is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The picture, a tile of it or its transparency.
    Picture,
    Thumbnail,
    Depth,
    GainMap,
    SecondImage,
    /// A tile of anything but the picture.
    PartOf,
    Exif,
    Xmp,
    Other,
}

impl Role {
    /// In the byte map.
    fn name(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Thumbnail => "thumbnail",
            Self::Depth | Self::GainMap => "depth or gain map",
            Self::SecondImage => "second image",
            Self::PartOf => "tile",
            Self::Exif => "exif",
            Self::Xmp => "xmp",
            Self::Other => "item",
        }
    }
}

/// Reports what the items are and say.
pub(super) fn find(file: Span, items: &Items, out: &mut Findings) {
    for (&id, &role) in &items.roles {
        let Some(item) = items.items.get(&id) else { continue };
        match role {
            Role::Picture | Role::PartOf => {}
            Role::Exif => with_content(item, out, |content, out| {
                // The offset of the structure, from after this number.
                let offset = content.u32(0, ByteOrder::Big).unwrap_or(0) as usize;
                let structure = content.from(offset.saturating_add(4));
                out.read(Block::Exif(structure));
            }),
            Role::Xmp => with_content(item, out, |content, out| out.read(Block::Xmp(content, "XMP item"))),
            Role::Thumbnail | Role::Depth | Role::GainMap | Role::SecondImage => {
                if let Some(span) = items.stretch(file, id) {
                    report_picture(role, span, out);
                }
            }
            Role::Other => with_content(item, out, |content, out| {
                let location = format!("item {}", text::decode(item.kind));
                out.add(LeakKind::Other, &location, content, LeakWords::Data { bytes: count(content.len()) });
            }),
        }
    }
    for property in &items.properties {
        describe(*property, out);
    }
}

fn report_picture(role: Role, span: Span, out: &mut Findings) {
    let bytes = count(span.len());
    let (kind, words) = match role {
        Role::Thumbnail => (LeakKind::Thumbnail, LeakWords::Picture { bytes }),
        Role::Depth => (LeakKind::Depth, LeakWords::DepthMap),
        Role::GainMap => (LeakKind::Depth, LeakWords::GainMap),
        _ => (LeakKind::SecondImage, LeakWords::Picture { bytes }),
    };
    out.add(kind, "item", span, words);
}

/// Hands out what an item holds: as it stands in the file where it is in one piece, else joined or unpacked.
fn with_content(item: &Item, out: &mut Findings, read: impl FnOnce(Span, &mut Findings)) {
    let Some(&first) = item.extents.first() else { return };
    if item.encoding == b"deflate"
        && let Some(data) = out.unpack(first.bytes())
    {
        return read(Span::unpacked(&data, first.range()), out);
    }
    if !item.encoding.is_empty() {
        let name = format!("{} ({})", text::decode(item.content_type), text::decode(item.encoding));
        return out.add(LeakKind::Text, "item", first, LeakWords::PackedText { name });
    }
    if item.extents.len() == 1 {
        return read(first, out);
    }
    // Extents may name the same bytes again and again.
    let joined = item.extents.iter().flat_map(|extent| extent.bytes());
    let joined: Vec<u8> = joined.copied().take(LIMITS.unpacked).collect();
    read(Span::unpacked(&joined, first.range()), out);
}

/// Properties that say something: colour profiles, and descriptions that a person gave.
fn describe(property: Box, out: &mut Findings) {
    match property.kind {
        b"colr" => {
            if let Some(profile) = property.data.strip_prefix(b"prof").or(property.data.strip_prefix(b"rICC")) {
                out.read(Block::Icc { profile, place: property.whole, location: "colr" });
            }
        }
        // Language, name, description and tags, each up to a zero byte.
        b"udes" => {
            let text = property.full_data().bytes();
            let spaced: Vec<u8> = text.iter().map(|&b| if b == 0 { b' ' } else { b }).collect();
            out.add_text(LeakKind::Description, "udes", property.whole, &text::decode(&spaced));
        }
        _ => {}
    }
}

/// A number of 0 to 8 bytes at `at`; 0 bytes mean 0.
fn number(span: Span, at: usize, len: usize) -> Option<u64> {
    let bytes = span.part(at, len)?.bytes();
    (len <= 8).then(|| bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// Bytes of an item's number in `pitm`, by the box's version.
fn id_len(full_box: Span) -> usize {
    if full_box.u8(0) == Some(0) { 2 } else { 4 }
}

fn index(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
pub(in crate::leaks) mod tests {
    use crate::container::ByteOrder;
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::isobmff::tests::{boxed, file};
    use crate::leaks::look;
    use crate::leaks::tests::{assert_robust_boxes, bytes_of, kinds};
    use crate::report::LeakKind;

    /// Version and flags before the data.
    pub(super) fn full(kind: &[u8; 4], version: u8, data: &[u8]) -> Vec<u8> {
        boxed(kind, &[&[version, 0, 0, 0], data].concat())
    }

    fn entry(id: u16, kind: &[u8; 4], texts: &[u8]) -> Vec<u8> {
        full(b"infe", 2, &[&id.to_be_bytes()[..], &[0, 0], kind, texts].concat())
    }

    /// A file whose items have these types and contents, numbered from 1; the first is the picture. `properties` and
    /// their associations, and `references`, stand as given.
    pub(super) fn heif(items: &[(&[u8; 4], &[u8], &[u8])], references: &[Vec<u8>], properties: &[Vec<u8>]) -> Vec<u8> {
        let numbered = || items.iter().enumerate().map(|(n, item)| (n as u16 + 1, item));
        let entries: Vec<u8> = numbered().flat_map(|(id, (kind, texts, _))| entry(id, kind, texts)).collect();
        let meta = |data_at: usize| {
            let mut at = data_at as u32;
            let mut locations = vec![0x44, 0x00];
            locations.extend((items.len() as u16).to_be_bytes());
            for (id, (.., content)) in numbered() {
                locations.extend([&id.to_be_bytes()[..], &[0, 0, 0, 1]].concat());
                locations.extend([at, content.len() as u32].map(u32::to_be_bytes).concat());
                at += content.len() as u32;
            }
            let count = (items.len() as u16).to_be_bytes();
            let boxes = [
                full(b"pitm", 0, &1u16.to_be_bytes()),
                full(b"iinf", 0, &[&count[..], &entries].concat()),
                full(b"iloc", 0, &locations),
                full(b"iref", 0, &references.concat()),
                boxed(b"iprp", &properties.concat()),
            ];
            full(b"meta", 0, &boxes.concat())
        };
        let data: Vec<u8> = items.iter().flat_map(|(.., content)| content.to_vec()).collect();
        let data_at = file(&[meta(0)]).len() + 8;
        file(&[meta(data_at), boxed(b"mdat", &data)])
    }

    /// A picture of this size as stored, with these boxes that say how to turn it.
    pub(in crate::leaks) fn sized(width: u32, height: u32, turns: &[Vec<u8>]) -> Vec<u8> {
        let size = full(b"ispe", 0, &[width, height].map(u32::to_be_bytes).concat());
        let properties = [&[size], turns].concat();
        let numbers: Vec<u8> = (1..=properties.len() as u8).collect();
        let associations = full(b"ipma", 0, &[&[0, 0, 0, 1, 0, 1, numbers.len() as u8], &numbers[..]].concat());
        heif(&[(b"hvc1", b"\0", b"picture")], &[], &[boxed(b"ipco", &properties.concat()), associations])
    }

    fn reference(kind: &[u8; 4], from: u16, to: &[u16]) -> Vec<u8> {
        let ids = to.iter().flat_map(|id| id.to_be_bytes());
        boxed(
            kind,
            &from.to_be_bytes().into_iter().chain((to.len() as u16).to_be_bytes()).chain(ids).collect::<Vec<u8>>(),
        )
    }

    /// EXIF as an item: the offset of the structure, which follows a prefix.
    fn exif_item() -> Vec<u8> {
        [b"\0\0\0\x06Exif\0\0", &with_gps(ByteOrder::Big)[..]].concat()
    }

    /// A picture with a thumbnail, EXIF and XMP.
    pub(in crate::leaks) fn photo() -> Vec<u8> {
        let exif = exif_item();
        let items: [(&[u8; 4], &[u8], &[u8]); 4] = [
            (b"hvc1", b"\0", b"picture"),
            (b"hvc1", b"\0", b"small"),
            (b"Exif", b"\0", &exif),
            (b"mime", b"\0application/rdf+xml\0\0", b"<a tiff:Make='Maker'/>"),
        ];
        heif(&items, &[reference(b"thmb", 2, &[1])], &[])
    }

    fn parts(file: &[u8]) -> Vec<String> {
        look(file, "a").parts.into_iter().map(|part| part.name).collect()
    }

    #[test]
    fn items_are_found_at_their_bytes() {
        let file = photo();
        assert_eq!(kinds(&file), [LeakKind::Thumbnail, LeakKind::Gps, LeakKind::Xmp, LeakKind::Camera]);
        assert_eq!(bytes_of(&file, LeakKind::Thumbnail), b"small");
        assert_eq!(bytes_of(&file, LeakKind::Xmp), b"<a tiff:Make='Maker'/>");
    }

    #[test]
    fn media_data_belongs_to_the_items_that_use_it() {
        let parts = parts(&photo());
        let after = parts.iter().position(|name| name == "mdat").map(|at| &parts[at + 1..]);
        assert_eq!(after, Some(["picture", "thumbnail", "exif", "xmp"].map(str::to_owned).as_slice()));
    }

    #[test]
    fn media_data_that_nobody_uses_is_unknown() {
        let mut file = photo();
        let at = file.windows(4).rposition(|kind| kind == b"mdat").unwrap_or(0);
        file.extend(b"secret");
        let len = (file.len() - at + 4) as u32;
        file[at - 4..at].copy_from_slice(&len.to_be_bytes());
        assert_eq!(parts(&file).last().map(String::as_str), Some("unknown"));
        assert_eq!(bytes_of(&file, LeakKind::Other), b"secret");
    }

    #[test]
    fn tiles_are_the_picture_and_a_picture_of_no_use_is_a_second_one() {
        let items: [(&[u8; 4], &[u8], &[u8]); 4] = [
            (b"grid", b"\0", b"grid"),
            (b"hvc1", b"\0", b"tile"),
            (b"hvc1", b"\0", b"tile"),
            (b"hvc1", b"\0", b"other"),
        ];
        let file = heif(&items, &[reference(b"dimg", 1, &[2, 3])], &[]);
        assert_eq!(kinds(&file), [LeakKind::SecondImage]);
        assert_eq!(bytes_of(&file, LeakKind::SecondImage), b"other");
    }

    #[test]
    fn packed_xmp_is_unpacked_or_at_least_told() {
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(b"<a tiff:Make='Maker'/>", 6);
        let of = |texts: &[u8]| kinds(&heif(&[(b"hvc1", b"\0", b"picture"), (b"mime", texts, &packed)], &[], &[]));
        assert_eq!(of(b"\0application/rdf+xml\0deflate\0"), [LeakKind::Xmp, LeakKind::Camera]);
        assert_eq!(of(b"\0application/rdf+xml\0br\0"), [LeakKind::Text]);
    }

    #[test]
    fn auxiliary_pictures_are_told_by_their_type() {
        let aux = |name: &[u8]| {
            let associations = full(b"ipma", 0, &[0, 0, 0, 1, 0, 2, 1, 1]);
            let properties = [boxed(b"ipco", &full(b"auxC", 0, name)), associations];
            let items: [(&[u8; 4], &[u8], &[u8]); 2] = [(b"hvc1", b"\0", b"picture"), (b"hvc1", b"\0", b"aux")];
            kinds(&heif(&items, &[reference(b"auxl", 2, &[1])], &properties))
        };
        assert_eq!(aux(b"urn:mpeg:hevc:2015:auxid:2\0"), [LeakKind::Depth]);
        assert_eq!(aux(b"urn:com:apple:photo:2020:aux:hdrgainmap\0"), [LeakKind::Depth]);
        assert_eq!(aux(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"), []);
    }

    #[test]
    fn items_derived_from_each_other_end() {
        let items: [(&[u8; 4], &[u8], &[u8]); 2] = [(b"grid", b"\0", b"a"), (b"grid", b"\0", b"b")];
        let file = heif(&items, &[reference(b"dimg", 1, &[2]), reference(b"dimg", 2, &[1])], &[]);
        assert_eq!(kinds(&file), []);
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust_boxes(&photo());
    }
}
