//! IPTC-NAA Information Interchange Model 4.2: data sets in records.

use super::findings::Findings;
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Marker 1, record 1, data set 1, length 2.
const HEADER_LEN: usize = 5;
const MARKER: u8 = 0x1C;
/// The record that describes the content.
const APPLICATION_RECORD: u8 = 2;
/// The length field then holds the length of a longer length field; no text of a photo needs that.
const EXTENDED_LENGTH: u16 = 0x8000;

/// What a data set of the application record says.
fn kind(data_set: u8) -> Option<LeakKind> {
    Some(match data_set {
        // Object name, keywords, special instructions, sublocation, city, province, country, headline, caption.
        5 | 25 | 40 | 92 | 90 | 95 | 101 | 105 | 120 => LeakKind::Description,
        // By-line, credit, source, copyright notice, contact, caption writer.
        80 | 110 | 115 | 116 | 118 | 122 => LeakKind::Owner,
        // Date created, time created, digital creation date and time.
        55 | 60 | 62 | 63 => LeakKind::Date,
        // Originating program.
        65 => LeakKind::Software,
        _ => return None,
    })
}

/// Reports the block and its data sets.
pub(super) fn find(block: Span, location: &str, out: &mut Findings) {
    if block.is_empty() {
        return;
    }
    out.nest(block, |out| {
        out.add(LeakKind::Iptc, location, block, LeakWords::PressData { bytes: count(block.len()) });
        let mut rest = block;
        while rest.u8(0) == Some(MARKER)
            && let Some(len) = rest.u16(3, ByteOrder::Big).filter(|&len| len < EXTENDED_LENGTH)
        {
            let value = rest.clipped(HEADER_LEN, usize::from(len));
            if let (Some(APPLICATION_RECORD), Some(kind)) = (rest.u8(1), rest.u8(2).and_then(kind)) {
                out.add_text(kind, location, value, &text::decode(value.bytes()));
            }
            rest = rest.from(HEADER_LEN + usize::from(len));
        }
    });
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A data set of the application record.
    pub(in crate::leaks) fn data_set(number: u8, value: &str) -> Vec<u8> {
        let len = (value.len() as u16).to_be_bytes();
        [&[MARKER, APPLICATION_RECORD, number], &len[..], value.as_bytes()].concat()
    }

    #[test]
    fn data_sets_have_their_kinds() {
        let block =
            [data_set(0, "\0\u{2}"), data_set(80, "Jane"), data_set(90, "Bern"), data_set(55, "20240131")].concat();
        let mut out = Findings::new(block.len(), |_, _| ());
        find(Span::whole(&block), "IPTC", &mut out);
        let found: Vec<_> = out.into_parts().0.into_iter().skip(1).map(|leak| (leak.kind, leak.value)).collect();
        let expected = [(LeakKind::Owner, "Jane"), (LeakKind::Description, "Bern"), (LeakKind::Date, "20240131")];
        assert_eq!(found, expected.map(|(kind, value)| (kind, value.to_owned())));
    }
}
