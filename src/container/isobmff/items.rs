//! The items of HEIF and AVIF (ISO/IEC 23008-12, ISO/IEC 14496-12 section 8.11): pictures, thumbnails, depth and gain
//! maps, EXIF, XMP.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Box;
use crate::container::span::{ByteOrder, Span};
use crate::container::walk::{UNKNOWN, Walk};
use crate::order::sort_by_key;

/// Most items of a file: more than the tiles of the largest pictures; a phone writes about 60.
const MAX_ITEMS: usize = 4096;
/// Most stretches of all items of a file, and most references between items.
const MAX_EXTENTS: usize = 1 << 14;
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

/// Of these, those that are made of others.
const DERIVED: [&[u8]; 4] = [b"grid", b"iovl", b"iden", TONE_MAPPED];

/// The items of a file, and where they lie.
#[derive(Default)]
pub(crate) struct Items<'a> {
    pub(crate) items: BTreeMap<u32, Item<'a>>,
    pub(crate) primary: u32,
    /// Thumbnails and auxiliary pictures: the item, its role, and the items that it belongs to.
    attached: Vec<(u32, Attached, Vec<u32>)>,
    /// Pictures whose colours are multiplied by their alpha.
    #[cfg(feature = "heic")]
    multiplied: HashSet<u32>,
    /// The items that an item is derived from, such as the tiles of a grid.
    derived: HashMap<u32, Vec<u32>>,
    /// The boxes that describe items, in the order of their numbers from 1.
    pub(crate) properties: Vec<Box<'a>>,
    /// Media data that no item uses belongs to a film or to nothing.
    has_film: bool,
    /// What every item is.
    pub(crate) roles: BTreeMap<u32, Role>,
    /// First byte, the byte after the last, and name of what items use, in order and without overlap.
    used: Vec<(usize, usize, &'static str)>,
}

/// An item, and where its content lies.
#[derive(Default)]
pub(crate) struct Item<'a> {
    /// Four letters.
    pub(crate) kind: &'a [u8],
    /// The media type of a `mime` item.
    pub(crate) content_type: &'a [u8],
    /// The packing of a `mime` item; empty if it is not packed.
    pub(crate) encoding: &'a [u8],
    /// The pieces of its content, in order, as far as they are there.
    pub(crate) extents: Vec<Span<'a>>,
    /// All of its content is there.
    #[cfg(feature = "heic")]
    pub(crate) is_whole: bool,
    /// Numbers of properties, and whether they have to be understood.
    properties: Vec<(usize, bool)>,
}

/// How an item belongs to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attached {
    Thumbnail,
    Auxiliary,
}

impl<'a> Items<'a> {
    /// Reads the first `meta` box; without one there are no items.
    pub(crate) fn read(file: Span<'a>) -> Self {
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
        if self.items.len() >= MAX_ITEMS && !self.items.contains_key(&id) {
            return None;
        }
        Some(self.items.entry(id).or_default())
    }

    fn read_entries(&mut self, data: Span<'a>) {
        let count_len = if data.u8(0) == Some(0) { 2 } else { 4 };
        for entry in Box::all(data.from(4 + count_len)).take(MAX_ITEMS) {
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
        let mut extents_left = MAX_EXTENTS;
        for _ in 0..items {
            let id = read(id_len)? as u32;
            let method = if version == 0 { 0 } else { read(2)? & 0xF };
            // The data reference: other files are not read.
            read(2)?;
            let base = read(base_len)?;
            let mut extents = Vec::new();
            #[cfg(feature = "heic")]
            let mut is_whole = true;
            for _ in 0..read(2)? {
                extents_left = extents_left.checked_sub(1)?;
                read(index_len)?;
                let (offset, len) = (base.saturating_add(read(offset_len)?), read(length_len)?);
                // A length of 0 means all there is.
                let len = if len == 0 { u64::MAX } else { len };
                let host = if method == 0 { Some(file) } else { data.filter(|_| method == 1) };
                let extent = host.map(|host| host.clipped(index(offset), index(len))).filter(|span| !span.is_empty());
                #[cfg(feature = "heic")]
                {
                    is_whole &= extent.is_some_and(|extent| len == u64::MAX || extent.len() as u64 == len);
                }
                extents.extend(extent);
            }
            let item = self.entry(id)?;
            #[cfg(feature = "heic")]
            {
                item.is_whole = is_whole && !extents.is_empty();
            }
            item.extents = extents;
        }
        Some(())
    }

    fn read_references(&mut self, data: Span<'a>) -> Option<()> {
        let id_len = if data.u8(0)? == 0 { 2 } else { 4 };
        let mut references_left = MAX_ITEMS;
        for found in Box::all(data.from(4)) {
            let from = number(found.data, 0, id_len)? as u32;
            let targets = number(found.data, id_len, 2)? as usize;
            references_left = references_left.checked_sub(targets.max(1))?;
            let ids = (0..targets).map_while(|n| number(found.data, id_len + 2 + n * id_len, id_len));
            match found.kind {
                b"dimg" => self.derived.entry(from).or_default().extend(ids.map(|id| id as u32)),
                b"thmb" => self.attached.push((from, Attached::Thumbnail, ids.map(|id| id as u32).collect())),
                b"auxl" => self.attached.push((from, Attached::Auxiliary, ids.map(|id| id as u32).collect())),
                #[cfg(feature = "heic")]
                b"prem" => {
                    self.multiplied.insert(from);
                }
                _ => {}
            }
        }
        Some(())
    }

    fn read_properties(&mut self, data: Span<'a>) {
        for found in Box::all(data) {
            match found.kind {
                b"ipco" => self.properties = Box::all(found.data).take(MAX_ITEMS).collect(),
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
            let essential = if index_len == 1 { 0x80 } else { 0x8000 };
            let properties = (0..associations)
                .map_while(|n| number(data, at + n * index_len, index_len))
                .map(|n| (index(n & (essential - 1)), n & essential != 0));
            self.entry(id)?.properties = properties.collect();
            at += associations * index_len;
        }
        Some(())
    }

    /// The properties of an item, in order, each with whether it has to be understood.
    pub(crate) fn properties_of(&self, id: u32) -> impl Iterator<Item = (&Box<'a>, bool)> {
        let numbers = self.items.get(&id).into_iter().flat_map(|item| &item.properties);
        numbers.filter_map(|&(n, is_essential)| Some((self.properties.get(n.checked_sub(1)?)?, is_essential)))
    }

    /// The first property of a kind.
    pub(crate) fn property(&self, id: u32, kind: &[u8]) -> Option<&Box<'a>> {
        self.properties_of(id).map(|(property, _)| property).find(|property| property.kind == kind)
    }

    /// The item with the transparency of another, and whether the colours of that one are multiplied by it.
    #[cfg(feature = "heic")]
    pub(crate) fn alpha_of(&self, id: u32) -> Option<(u32, bool)> {
        let belongs = |kind: Attached, to: &[u32]| kind == Attached::Auxiliary && to.contains(&id);
        let mut auxiliary = self.attached.iter().filter(|(_, kind, to)| belongs(*kind, to));
        let (alpha, ..) = auxiliary.find(|(from, ..)| self.auxiliary(*from) == Role::Picture)?;
        Some((*alpha, self.multiplied.contains(&id)))
    }

    /// Whether an item is the thumbnail of another, or belongs to one otherwise.
    #[cfg(feature = "heic")]
    pub(crate) fn is_attached(&self, id: u32) -> bool {
        self.attached.iter().any(|(from, ..)| *from == id)
    }

    /// What an item is derived from.
    pub(crate) fn sources(&self, id: u32) -> impl Iterator<Item = u32> {
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

    /// What every item is. A picture that others may show and that is no part of one is never passed over.
    fn roles(&self) -> BTreeMap<u32, Role> {
        let mut roles = BTreeMap::from([(self.primary, Role::Picture)]);
        if self.is_derived(self.primary) {
            roles.extend(self.parts_of(self.primary).into_iter().map(|part| (part, Role::Picture)));
        }
        // What a tone-mapped picture is made of is a picture of its own, mostly the primary one.
        let made = self.derived.iter().filter(|(id, _)| self.is_derived(**id) && !self.is_of_kind(**id, TONE_MAPPED));
        let derived: HashSet<u32> = made.flat_map(|(_, parts)| parts).copied().collect();
        let mut alpha = None;
        for (&id, _) in self.items.iter().filter(|(_, item)| item.kind == TONE_MAPPED) {
            roles.extend(self.sources(id).skip(1).map(|map| (map, Role::GainMap)));
        }
        for (id, attached, to) in &self.attached {
            let id = *id;
            let role = match attached {
                Attached::Thumbnail => Role::Thumbnail,
                Attached::Auxiliary => self.auxiliary(id),
            };
            // The transparency is the first that the picture has.
            let is_other = role == Role::Picture && (!to.contains(&self.primary) || *alpha.get_or_insert(id) != id);
            let role = if is_other { Role::SecondImage } else { role };
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

    fn is_of_kind(&self, id: u32, kind: &[u8]) -> bool {
        self.items.get(&id).is_some_and(|item| item.kind == kind)
    }

    /// Whether an item is made of others. A coded picture that names others is shown without them.
    fn is_derived(&self, id: u32) -> bool {
        DERIVED.iter().any(|kind| self.is_of_kind(id, kind))
    }

    /// What an auxiliary picture is, by the name of its type in a property.
    fn auxiliary(&self, id: u32) -> Role {
        match self.property(id, b"auxC").map(|property| property.full_data()) {
            // ISO/IEC 23008-2 (HEVC) numbers them; MIAF and Apple name them.
            Some(name) if name.contains(b"auxid:1") || name.contains(b"alpha") => Role::Picture,
            Some(name) if name.contains(b"gainmap") => Role::GainMap,
            _ => Role::Depth,
        }
    }

    /// Cuts the media data up to `end` by the items that use it.
    pub(crate) fn cut(&self, walk: &mut Walk, end: usize) {
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
    pub(crate) fn stretch(&self, file: Span<'a>, id: u32) -> Option<Span<'a>> {
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
pub(crate) enum Role {
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

/// A number of 0 to 8 bytes at `at`; 0 bytes mean 0.
fn number(span: Span, at: usize, len: usize) -> Option<u64> {
    let bytes = span.part(at, len)?.bytes();
    (len <= 8).then(|| bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// Bytes of an item's number in `pitm`, by the box's version.
fn id_len(full_box: Span) -> usize {
    if full_box.u8(0) == Some(0) { 2 } else { 4 }
}

/// An offset that may be past the end of any file.
pub(super) fn index(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
