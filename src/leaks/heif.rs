//! What the items of HEIF and AVIF say.

use super::findings::{Block, Findings, LIMITS};
use crate::container::isobmff::{Box, Item, Items, Role};
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Where a thumbnail or another picture among the items is.
pub(crate) const ITEM: &str = "item";

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
    out.add(kind, ITEM, span, words);
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
        return out.add(LeakKind::Text, ITEM, first, LeakWords::PackedText { name });
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

#[cfg(test)]
pub(in crate::leaks) mod tests {
    use crate::container::ByteOrder;
    use crate::container::isobmff::tests::{boxed, full, heif};
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::scan;
    use crate::leaks::tests::{assert_robust_boxes, bytes_of, kinds};
    use crate::report::{LeakKind, NoteCode};

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
        scan(file, "a").parts.into_iter().map(|part| part.name).collect()
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
    fn adjacent_thumbnails_of_one_length_are_two() {
        let items: [(&[u8; 4], &[u8], &[u8]); 3] =
            [(b"hvc1", b"\0", b"picture"), (b"hvc1", b"\0", b"one"), (b"hvc1", b"\0", b"two")];
        let file = heif(&items, &[reference(b"thmb", 2, &[1]), reference(b"thmb", 3, &[1])], &[]);
        assert_eq!(kinds(&file), [LeakKind::Thumbnail; 2]);
    }

    #[test]
    fn a_picture_that_claims_to_be_part_of_another_is_told() {
        let kinds_of = |kind: &[u8; 4], references: &[Vec<u8>], properties: &[Vec<u8>]| {
            let items: [(&[u8; 4], &[u8], &[u8]); 3] =
                [(b"hvc1", b"\0", b"picture"), (b"hvc1", b"\0", b"other"), (kind, b"\0", b"third")];
            kinds(&heif(&items, references, properties))
        };
        // Of nothing, of what is no picture, of a coded picture, of one that is computed from it.
        assert_eq!(kinds_of(b"tmap", &[reference(b"dimg", 9, &[2])], &[]), [LeakKind::SecondImage]);
        assert_eq!(kinds_of(b"none", &[reference(b"dimg", 3, &[2])], &[]), [LeakKind::SecondImage, LeakKind::Other]);
        assert_eq!(kinds_of(b"tmap", &[reference(b"dimg", 1, &[2])], &[]), [LeakKind::SecondImage]);
        assert!(kinds_of(b"tmap", &[reference(b"dimg", 3, &[2, 1])], &[]).contains(&LeakKind::SecondImage));
        // The transparency of nothing, and a second one.
        let alpha = full(b"auxC", 0, b"urn:mpeg:hevc:2015:auxid:1\0");
        let properties = [boxed(b"ipco", &alpha), full(b"ipma", 0, &[0, 0, 0, 2, 0, 2, 1, 1, 0, 3, 1, 1])];
        let of = |first, second| [reference(b"auxl", 2, &[first]), reference(b"auxl", 3, &[second])];
        assert_eq!(kinds_of(b"hvc1", &of(1, 9), &properties), [LeakKind::SecondImage]);
        assert_eq!(kinds_of(b"hvc1", &of(1, 1), &properties), [LeakKind::SecondImage]);
    }

    #[test]
    fn packed_xmp_is_unpacked_or_at_least_reported() {
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(b"<a tiff:Make='Maker'/>", 6);
        let of = |texts: &[u8]| kinds(&heif(&[(b"hvc1", b"\0", b"picture"), (b"mime", texts, &packed)], &[], &[]));
        assert_eq!(of(b"\0application/rdf+xml\0deflate\0"), [LeakKind::Xmp, LeakKind::Camera]);
        assert_eq!(of(b"\0application/rdf+xml\0br\0"), [LeakKind::Text]);
    }

    #[test]
    fn auxiliary_pictures_are_recognised_by_their_type() {
        let aux = |name: &[u8]| {
            let associations = full(b"ipma", 0, &[0, 0, 0, 1, 0, 2, 1, 1]);
            let properties = [boxed(b"ipco", &full(b"auxC", 0, name)), associations];
            let items: [(&[u8; 4], &[u8], &[u8]); 2] = [(b"hvc1", b"\0", b"picture"), (b"hvc1", b"\0", b"aux")];
            let file = heif(&items, &[reference(b"auxl", 2, &[1])], &properties);
            let note = crate::leaks::gain_map_note(&crate::leaks::find(&file, "a"));
            (kinds(&file), note.map(|note| note.code))
        };
        assert_eq!(aux(b"urn:mpeg:hevc:2015:auxid:2\0"), (vec![LeakKind::Depth], None));
        let gain_map = aux(b"urn:com:apple:photo:2020:aux:hdrgainmap\0");
        assert_eq!(gain_map, (vec![LeakKind::Depth], Some(NoteCode::GainMapDropped)));
        assert_eq!(aux(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"), (vec![], None));
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
