//! Comments of EXIF.

use crate::container::{ByteOrder, Span, text};

/// A comment starts with eight bytes that name its character code (CIPA DC-008, 4.6.5).
pub(super) fn user_comment(data: Span, order: ByteOrder) -> String {
    const CODE_LEN: usize = 8;
    let comment = data.from(CODE_LEN).bytes();
    match data.bytes().get(..CODE_LEN) {
        Some(b"UNICODE\0") => text::decode_utf16(comment, order),
        Some(b"ASCII\0\0\0" | b"JIS\0\0\0\0\0" | b"\0\0\0\0\0\0\0\0") => text::decode(comment),
        _ => text::decode(data.bytes()),
    }
}
