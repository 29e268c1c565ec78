//! Content Credentials: JUMBF boxes (ISO 19566-5) that hold a signed record of who made and edited a picture (C2PA 2.1).
//!
//! The record's CBOR and certificates are not parsed as a whole: a few values are taken from where the specification
//! puts them.

use super::findings::{Findings, LIMITS};
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Length 4, type 4.
const BOX_HEADER_LEN: usize = 8;
/// CBOR major types (RFC 8949, 3.1).
const CBOR_TEXT: u8 = 3;
const CBOR_BYTES: u8 = 2;
/// Keys of a claim (C2PA 2.1, 10.3), as CBOR texts: what wrote it, in one text or as a map with a name.
const CLAIM_GENERATOR: &[u8] = b"\x6Fclaim_generator";
const CLAIM_GENERATOR_INFO: &[u8] = b"\x74claim_generator_info";
const NAME: &[u8] = b"\x64name";
/// A certificate's object identifiers 2.5.4.3 and 2.5.4.10 (RFC 5280, A.1) as DER.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x0A];

/// Reports the boxes `boxes`, which lie in `place`, and who signed with what.
pub(super) fn find(boxes: Span, place: Span, location: &str, out: &mut Findings) {
    out.nest(boxes, |out| {
        out.add(LeakKind::C2pa, location, place, LeakWords::Credentials { bytes: count(boxes.len()) });
        content(boxes, 0, &mut |label, data| {
            if label.starts_with(b"c2pa.claim")
                && let Some(name) = generator(data)
            {
                out.add(LeakKind::Software, location, data, LeakWords::MadeWith { name });
            } else if label == b"c2pa.signature"
                && let Some(name) = signer(data)
            {
                out.add(LeakKind::Owner, location, data, LeakWords::SignedBy { name });
            }
        });
    });
}

/// Calls `say` with the label of every superbox and each of its content boxes.
fn content<'a>(boxes: Span<'a>, depth: usize, say: &mut impl FnMut(&'a [u8], Span<'a>)) {
    let mut label: &[u8] = b"";
    let mut rest = boxes;
    while let Some((kind, data, after)) = next(rest) {
        match kind {
            // Description box: type 16, switches 1, label up to a zero byte.
            b"jumd" => label = data.from(17).split_at_byte(0).map_or(b"", |(label, _)| label.bytes()),
            b"jumb" if depth < LIMITS.nesting => content(data, depth + 1, say),
            _ => say(label, data),
        }
        rest = after;
    }
}

/// The first box's type and data, and what follows it.
fn next<'a>(rest: Span<'a>) -> Option<(&'a [u8], Span<'a>, Span<'a>)> {
    let kind = rest.part(4, 4)?.bytes();
    let len = match rest.u32(0, ByteOrder::Big)? as usize {
        0 => rest.len(),
        len => len,
    };
    let data = rest.from(BOX_HEADER_LEN).clipped(0, len.checked_sub(BOX_HEADER_LEN)?);
    Some((kind, data, rest.from(len)))
}

/// The program or device that wrote a claim.
fn generator(claim: Span) -> Option<String> {
    let after = |span: Span<'_>, key: &[u8]| span.find(key).map(|at| at + key.len());
    let stated = after(claim, CLAIM_GENERATOR).and_then(|at| cbor_string(claim.from(at), CBOR_TEXT));
    let info = || {
        let info = claim.from(after(claim, CLAIM_GENERATOR_INFO)?);
        cbor_string(info.from(after(info, NAME)?), CBOR_TEXT)
    };
    stated.or_else(info).map(|name| text::decode(name.bytes()))
}

/// The subject of the first certificate, which is the signer's.
fn signer(signature: Span) -> Option<String> {
    // COSE's header x5chain (RFC 9360) is under the text or, since C2PA 1.3, under 33; then a certificate or an array
    // of some. In either case the first long byte string that starts as DER does is the signer's certificate.
    let at = (0..signature.len())
        .find(|&at| signature.from(at).bytes().starts_with(&[0x59]) && signature.u8(at + 3) == Some(0x30))?;
    let certificate = cbor_string(signature.from(at), CBOR_BYTES)?;
    let subject = subject(certificate)?;
    let names = [ORGANISATION, COMMON_NAME].map(|id| attribute(subject, id));
    let names: Vec<String> = names.into_iter().flatten().collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A CBOR string of this major type at the start.
fn cbor_string(data: Span, major: u8) -> Option<Span> {
    let first = data.u8(0).filter(|first| first >> 5 == major)?;
    let (len, at) = match first & 0x1F {
        len @ 0..=23 => (usize::from(len), 1),
        24 => (usize::from(data.u8(1)?), 2),
        25 => (usize::from(data.u16(1, ByteOrder::Big)?), 3),
        _ => return None,
    };
    data.part(at, len)
}

/// The subject of a certificate (RFC 5280, 4.1): after version, serial number, algorithm, issuer and validity.
fn subject(certificate: Span) -> Option<Span> {
    let (_, certificate, _) = der(certificate)?;
    let (_, mut rest, _) = der(certificate)?;
    // The version is optional and has a tag of its own.
    if rest.u8(0) == Some(0xA0) {
        rest = der(rest)?.2;
    }
    for _ in 0..4 {
        rest = der(rest)?.2;
    }
    der(rest).map(|(_, subject, _)| subject)
}

/// Tag and content of a DER element, and what follows it.
fn der(data: Span) -> Option<(u8, Span, Span)> {
    let tag = data.u8(0)?;
    let (len, at) = match data.u8(1)? {
        0x81 => (usize::from(data.u8(2)?), 3),
        0x82 => (usize::from(data.u16(2, ByteOrder::Big)?), 4),
        len @ 0..=0x7F => (usize::from(len), 2),
        _ => return None,
    };
    Some((tag, data.part(at, len)?, data.from(at + len)))
}

/// The text of a name's attribute.
fn attribute(name: Span, id: &[u8]) -> Option<String> {
    let (_, value, _) = der(name.from(name.find(id)? + id.len()))?;
    Some(text::decode(value.bytes())).filter(|text| !text.is_empty())
}

#[cfg(test)]
pub(super) mod tests {
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::leaks::tests::{assert_robust, leak};
    use crate::report::{Format, LeakKind};

    fn boxed(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32 + 8).to_be_bytes()[..], kind, data].concat()
    }

    fn superbox(label: &str, content: &[u8]) -> Vec<u8> {
        let description = [&[0; 16][..], &[3], label.as_bytes(), &[0]].concat();
        boxed(b"jumb", &[boxed(b"jumd", &description), content.to_vec()].concat())
    }

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x82][..], &(content.len() as u16).to_be_bytes(), content].concat()
    }

    fn name(common_name: &str) -> Vec<u8> {
        let value = element(0x0C, common_name.as_bytes());
        let attribute = element(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03][..], &value].concat());
        element(0x30, &element(0x31, &attribute))
    }

    /// A record signed by "Jane", with a certificate of "Issuer".
    pub(in crate::leaks) fn record() -> Vec<u8> {
        let empty = element(0x30, b"");
        let parts = [element(0x02, &[7]), empty.clone(), name("Issuer"), empty, name("Jane")].concat();
        let certificate = element(0x30, &element(0x30, &parts));
        let cose = [&[0x59][..], &(certificate.len() as u16).to_be_bytes(), &certificate].concat();
        let claim = b"\xA1\x6Fclaim_generator\x66Editor";
        let boxes =
            [superbox("c2pa.claim", &boxed(b"cbor", claim)), superbox("c2pa.signature", &boxed(b"cbor", &cose))];
        superbox("c2pa", &superbox("urn:uuid:1", &boxes.concat()))
    }

    /// A JPEG whose record is cut into two segments.
    fn photo() -> Vec<u8> {
        let record = record();
        let (first, second) = record.split_at(60);
        let piece = |number: u32, data: &[u8]| segment(0xEB, &[b"JP\0\x01", &number.to_be_bytes()[..], data].concat());
        // Every later piece repeats the outermost box's header.
        jpeg(&[piece(1, first), piece(2, &[&record[..8], second].concat())].concat())
    }

    #[test]
    fn the_signer_and_the_program_are_reported_across_segments() {
        assert_eq!(leak(&photo(), LeakKind::Owner).value, "signed by Jane");
        assert_eq!(leak(&photo(), LeakKind::Software).value, "made with Editor");
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&photo(), Format::Jpeg);
    }
}
