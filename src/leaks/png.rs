//! What the chunks of a PNG say (ISO/IEC 15948, PNG third edition).

use super::findings::{Block, Findings};
use crate::container::{ByteOrder, Segment, Span, TRAILER, UNKNOWN, png, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Reports what the chunks say.
pub(super) fn find(file: Span, segments: &[Segment], out: &mut Findings) {
    for segment in segments {
        let whole = segment.of(file);
        chunk(&segment.name, whole, png::data(whole), out);
        // Where a length is wrong, chunks are taken for data of another one, or for bytes that mean nothing.
        for (name, stray) in png::stray_chunks(&segment.name, whole) {
            out.nest(stray, |out| chunk(name, stray, png::data(stray), out));
        }
    }
}

fn chunk(name: &str, whole: Span, data: Span, out: &mut Findings) {
    match name {
        "tEXt" | "zTXt" | "iTXt" => text_chunk(name, data, out),
        "eXIf" => out.read(Block::Exif(data.strip_prefix(b"Exif\0\0").unwrap_or(data))),
        "tIME" => out.add_text(LeakKind::Date, name, data, &time(data)),
        "iCCP" => profile(whole, data, out),
        "caBX" => out.read(Block::C2pa { boxes: data, place: whole, location: name }),
        "gdAT" | "gmAP" => out.add(LeakKind::Depth, name, whole, LeakWords::GainMap),
        // Fireworks and its like.
        "prVW" => out.add(LeakKind::Preview, name, data, LeakWords::Picture { bytes: count(data.len()) }),
        // What the standard and its register of extensions define to show a picture or an animation.
        "signature" | "IHDR" | "PLTE" | "IDAT" | "IEND" | "tRNS" | "cHRM" | "gAMA" | "sBIT" | "sRGB" | "cICP"
        | "mDCV" | "cLLI" | "mDCv" | "cLLi" | "bKGD" | "hIST" | "pHYs" | "sPLT" | "oFFs" | "pCAL" | "sCAL" | "sTER"
        | "acTL" | "fcTL" | "fdAT" | TRAILER | UNKNOWN => {}
        _ => out.add(LeakKind::Other, name, whole, LeakWords::Data { bytes: count(data.len()) }),
    }
}

/// Year 2, month, day, hour, minute, second.
fn time(data: Span) -> String {
    let (Some(year), Some(&[month, day, hour, minute, second])) =
        (data.u16(0, ByteOrder::Big), data.from(2).bytes().first_chunk::<5>())
    else {
        return String::new();
    };
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// A name, a method byte and the packed profile.
fn profile(whole: Span, data: Span, out: &mut Findings) {
    let Some((name, packed)) = data.split_at_byte(0) else {
        return out.add(LeakKind::Icc, "iCCP", whole, LeakWords::ColourProfile);
    };
    match out.unpack(packed.from(1).bytes()) {
        Some(profile) => {
            let profile = Span::unpacked(&profile, whole.range());
            out.read(Block::Icc { profile, place: whole, location: "iCCP" });
        }
        None => out.add_text(LeakKind::Icc, "iCCP", whole, &text::decode(name.bytes())),
    }
}

/// A keyword, after which `zTXt` packs and `iTXt` may pack the text.
fn text_chunk(name: &str, data: Span, out: &mut Findings) {
    let Some((keyword, rest)) = data.split_at_byte(0) else {
        return out.add_text(LeakKind::Text, name, data, &text::decode(data.bytes()));
    };
    let (is_packed, content) = match name {
        "tEXt" => (false, Some(rest)),
        "zTXt" => (true, Some(rest.from(1))),
        // Flag, method, language, translated keyword.
        _ => {
            (rest.u8(0) == Some(1), rest.from(2).split_at_byte(0).and_then(|(_, r)| r.split_at_byte(0)).map(|(_, r)| r))
        }
    };
    let keyword = text::decode(keyword.bytes());
    let content = content.unwrap_or(rest);
    if !is_packed {
        return said(name, &keyword, content, out);
    }
    let unpacked = out.unpack_beginning(content.bytes());
    if unpacked.is_empty() {
        return out.add(LeakKind::Text, name, data, LeakWords::PackedText { name: keyword });
    }
    said(name, &keyword, Span::unpacked(&unpacked, data.range()), out);
}

/// Reports a text by its keyword.
fn said(name: &str, keyword: &str, content: Span, out: &mut Findings) {
    if keyword == "XML:com.adobe.xmp" {
        return out.read(Block::Xmp(content, name));
    }
    if let Some(profile) = keyword.strip_prefix("Raw profile type ") {
        return raw_profile(name, profile, content, out);
    }
    let value = text::decode(content.bytes());
    let kind = keyword_kind(keyword);
    if !value.is_empty() {
        out.add_text(kind, name, content, &text::printable(format!("{keyword}: {value}").chars()));
    }
}

/// Keywords of the standard (11.3.3.2), of thumbnail stores, and of ImageMagick, which writes EXIF fields one by one.
fn keyword_kind(keyword: &str) -> LeakKind {
    match keyword.to_ascii_lowercase().as_str() {
        "title" | "description" | "subject" => LeakKind::Description,
        "author" | "artist" | "copyright" | "exif:artist" | "exif:copyright" => LeakKind::Owner,
        "creation time" | "create-date" | "modify-date" | "thumb::mtime" => LeakKind::Date,
        "software" | "exif:software" => LeakKind::Software,
        "source" | "exif:make" | "exif:model" => LeakKind::Camera,
        "comment" => LeakKind::Comment,
        keyword if keyword.starts_with("date:") || keyword.starts_with("exif:datetime") => LeakKind::Date,
        keyword if keyword.starts_with("exif:gps") => LeakKind::Gps,
        _ => LeakKind::Text,
    }
}

/// ImageMagick's way of keeping profiles: a name, a length and hexadecimal digits.
fn raw_profile(name: &str, profile: &str, content: Span, out: &mut Findings) {
    let bytes = unhex(content.bytes());
    let inner = Span::unpacked(&bytes, content.range());
    match profile {
        "exif" | "APP1" if inner.bytes().starts_with(b"Exif\0\0") => out.read(Block::Exif(inner.from(6))),
        "APP1" | "xmp" => out.read(Block::Xmp(inner, name)),
        "iptc" | "8bim" if inner.bytes().starts_with(b"8BIM") => out.read(Block::Photoshop(inner, name)),
        "iptc" => out.read(Block::Iptc(inner, name)),
        "icc" | "icm" => out.read(Block::Icc { profile: inner, place: content, location: name }),
        _ => {
            let words = LeakWords::NamedProfile { name: text::printable(profile.chars()), bytes: count(bytes.len()) };
            out.add(LeakKind::Text, name, content, words);
        }
    }
}

/// The bytes of a raw profile, after two lines of name and length.
fn unhex(content: &[u8]) -> Vec<u8> {
    let trimmed = content.trim_ascii_start();
    let lines: Vec<&[u8]> = trimmed.splitn(3, |&b| b == b'\n').collect();
    let [_, _, digits] = lines[..] else {
        return Vec::new();
    };
    let digits: Vec<u8> = digits.iter().filter_map(|&b| char::from(b).to_digit(16)).map(|d| d as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::png::END;
    use crate::container::png::tests::{chunk, png};
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::find as find_in;
    use crate::leaks::icc::tests::profile;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::report::{Format, Leak};
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn text_leak(keyword: &str) -> Leak {
        let file = png(&[chunk(b"tEXt", format!("{keyword}\0value").as_bytes())]);
        find_in(&file, "a.png").remove(0)
    }

    #[test]
    fn a_plain_file_gives_nothing_away() {
        assert_eq!(find_in(&png(&[chunk(b"gAMA", &[0; 4]), chunk(b"sRGB", &[0])]), "a.png"), []);
    }

    #[test]
    fn texts_have_the_kind_of_their_keyword() {
        for (keyword, kind) in [
            ("Title", LeakKind::Description),
            ("Author", LeakKind::Owner),
            ("Software", LeakKind::Software),
            ("comment", LeakKind::Comment),
            ("date:create", LeakKind::Date),
            ("exif:GPSLatitude", LeakKind::Gps),
            ("parameters", LeakKind::Text),
        ] {
            assert_eq!(text_leak(keyword).kind, kind, "{keyword}");
        }
        assert_eq!(text_leak("parameters").value, "parameters: value");
    }

    #[test]
    fn packed_texts_are_unpacked() {
        let packed = [b"Author\0\0".to_vec(), compress_to_vec_zlib(b"Jane", 6)].concat();
        assert_eq!(leak(&png(&[chunk(b"zTXt", &packed)]), LeakKind::Owner).value, "Author: Jane");
        let packed = [b"Author\0\x01\0en\0Autorin\0".to_vec(), compress_to_vec_zlib(b"Jane", 6)].concat();
        assert_eq!(leak(&png(&[chunk(b"iTXt", &packed)]), LeakKind::Owner).value, "Author: Jane");
    }

    #[test]
    fn a_text_that_cannot_be_unpacked_is_reported_all_the_same() {
        let file = png(&[chunk(b"zTXt", b"Author\0\0broken")]);
        assert_eq!(leak(&file, LeakKind::Text).value, "packed text: Author");
    }

    /// Chunks with right checksums that hold one comment each, and what they say.
    fn comments() -> Vec<Vec<u8>> {
        let text = "written by Jane, who lives at the lake. ".repeat(3);
        let packed = compress_to_vec_zlib(text.as_bytes(), 0);
        [
            (b"tEXt", [b"Comment\0", text.as_bytes()].concat()),
            (b"zTXt", [b"Comment\0\0", &packed[..]].concat()),
            (b"iTXt", [b"Comment\0\0\0en\0\0", text.as_bytes()].concat()),
            (b"iTXt", [b"Comment\0\x01\0en\0\0", &packed[..]].concat()),
        ]
        .map(|(kind, data)| {
            let mut chunk = Vec::new();
            png::push_chunk(&mut chunk, *kind, &data);
            chunk
        })
        .to_vec()
    }

    fn has_comment(file: &[u8]) -> bool {
        let comments = find_in(file, "a").into_iter().filter(|leak| leak.kind == LeakKind::Comment);
        comments.filter(|leak| leak.value.starts_with("Comment: written by Jane")).count() == 1
    }

    #[test]
    fn comments_are_told_in_damaged_files() {
        let with_length = |kind: &[u8; 4], data: &[u8], len: u32| {
            let whole = chunk(kind, data);
            [&len.to_be_bytes()[..], &whole[4..]].concat()
        };
        for comment in comments() {
            // A wrong checksum, and the last byte of the file being one of the chunk.
            let mut changed = comment.clone();
            *changed.last_mut().unwrap() ^= 1;
            assert!(has_comment(&png(&[changed])), "{comment:?}");
            let start = png(&[]).len() - END.len() - chunk(b"IDAT", b"data").len();
            for len in start + comment.len() - 30..start + comment.len() {
                assert!(has_comment(&png(std::slice::from_ref(&comment))[..len]), "{comment:?} {len}");
            }
            // After a type that is none, after data of a length that is too small, too big, or past the file's end.
            for before in [
                chunk(b"a b1", b""),
                b"stray".to_vec(),
                with_length(b"IDAT", b"more data", 3),
                with_length(b"IDAT", b"more data", 9 + comment.len() as u32),
                with_length(b"IDAT", b"more data", 0x7FFF_FFFF),
                END.to_vec(),
            ] {
                let file = png(&[before.clone(), comment.clone()]);
                assert!(has_comment(&file), "{before:?} {comment:?}");
                assert_robust(&file, Format::Png);
            }
        }
        let stray = png(&[chunk(b"a b1", b""), chunk(b"eXIf", &with_gps(ByteOrder::Big))]);
        assert_eq!(leak(&stray, LeakKind::Gps).value, "52.51630, 13.37770");
    }

    #[test]
    fn what_only_looks_like_a_chunk_says_nothing() {
        for data in [&b"\0\0\0\x04tEXt\x01\x02\0x"[..], b"\0\0\0\x04tEXt\0abc", b"\0\0\0\x04eXIfabcd", b"abtEXtk\0v"] {
            assert_eq!(kinds(&png(&[chunk(b"IDAT", data)])), [], "{data:?}");
        }
    }

    #[test]
    fn xmp_is_found_at_its_bytes() {
        let packet = b"<a tiff:Make='Maker'/>";
        let file = png(&[chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", &packet[..]].concat())]);
        assert_eq!(kinds(&file), [LeakKind::Xmp, LeakKind::Camera]);
        assert_eq!(bytes_of(&file, LeakKind::Xmp), packet);
    }

    #[test]
    fn exif_is_read_from_its_chunk_and_from_a_raw_profile() {
        let exif = with_gps(ByteOrder::Big);
        assert_eq!(leak(&png(&[chunk(b"eXIf", &exif)]), LeakKind::Gps).value, "52.51630, 13.37770");
        let digits: String = [b"Exif\0\0", &exif[..]].concat().iter().map(|b| format!("{b:02x}")).collect();
        let text = format!("\nexif\n{:8}\n{digits}\n", digits.len() / 2);
        let packed = [b"Raw profile type exif\0\0".to_vec(), compress_to_vec_zlib(text.as_bytes(), 6)].concat();
        assert_eq!(leak(&png(&[chunk(b"zTXt", &packed)]), LeakKind::Gps).value, "52.51630, 13.37770");
    }

    #[test]
    fn times_profiles_and_records_are_found() {
        let time = chunk(b"tIME", &[7, 0xE8, 1, 31, 12, 5, 6]);
        assert_eq!(leak(&png(&[time]), LeakKind::Date).value, "2024-01-31 12:05:06 UTC");
        let icc = compress_to_vec_zlib(&profile(b"desc\0\0\0\0\0\0\0\x05Mine\0"), 6);
        let icc = chunk(b"iCCP", &[b"name\0\0".to_vec(), icc].concat());
        assert_eq!(leak(&png(&[icc]), LeakKind::Icc).value, "Mine");
        assert_eq!(kinds(&png(&[chunk(b"caBX", b"jumb"), chunk(b"iDOT", b"x")])), [LeakKind::C2pa, LeakKind::Other]);
    }

    #[test]
    fn the_rest_of_a_cropped_picture_is_called_so() {
        let file = [png(&[]), b"old data".to_vec(), END.to_vec()].concat();
        let trailer = leak(&file, LeakKind::Trailer);
        assert!(trailer.value.contains("uncropped"));
    }

    #[test]
    fn broken_files_are_survived() {
        let packed = [b"Author\0\x01\0en\0Autorin\0".to_vec(), compress_to_vec_zlib(b"Jane", 6)].concat();
        let exif = chunk(b"eXIf", &with_gps(ByteOrder::Big));
        assert_robust(&png(&[chunk(b"tEXt", b"a\0b"), chunk(b"iTXt", &packed), exif]), Format::Png);
    }
}
