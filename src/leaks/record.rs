//! Texts at fixed places of a record, as makers write them without any directory.

use super::findings::Findings;
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;

/// A text at a fixed place.
pub(super) struct Piece {
    pub(super) kind: LeakKind,
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) coding: Coding,
}

#[derive(Clone, Copy)]
pub(super) enum Coding {
    /// Up to the first zero byte.
    Text,
    /// Little-endian, up to the first zero.
    Utf16,
    /// Bytes, shown in hexadecimal digits.
    Hex,
}

/// Text of at most `len` bytes.
pub(super) const fn piece(kind: LeakKind, at: usize, len: usize) -> Piece {
    Piece { kind, at, len, coding: Coding::Text }
}

/// Reports the texts of a record; what has no letter and no digit is padding.
pub(super) fn find(data: Span, pieces: &[Piece], location: &str, out: &mut Findings) {
    for &Piece { kind, at, len, coding } in pieces {
        let value = data.clipped(at, len);
        let bytes = value.bytes();
        let text = match coding {
            Coding::Text => text::decode(value.split_at_byte(0).map_or(value, |(text, _)| text).bytes()),
            Coding::Utf16 => {
                let end = bytes.chunks(2).position(|unit| unit == [0, 0]).map_or(bytes.len(), |units| 2 * units);
                text::decode_utf16(&bytes[..end], ByteOrder::Little)
            }
            Coding::Hex => hex(bytes),
        };
        if text.chars().any(char::is_alphanumeric) {
            out.add_text(kind, location, value, &text);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
