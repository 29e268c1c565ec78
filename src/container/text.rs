//! Text of any encoding made fit to be shown on one line.

use super::span::ByteOrder;

/// Characters of a text; enough for one or two lines.
pub(crate) const MAX_CHARS: usize = 120;

/// Bytes as text: UTF-8 where valid, else Latin-1, up to trailing NULs; see [`printable`].
pub(crate) fn decode(bytes: &[u8]) -> String {
    // A character has at most four bytes, so nothing shown is lost; the one partly cut off is not worth Latin-1.
    let cut = &bytes[..bytes.len().min(4 * MAX_CHARS + 4)];
    let valid = match std::str::from_utf8(cut) {
        Ok(text) => Some(text),
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&cut[..e.valid_up_to()]).ok(),
        Err(_) => None,
    };
    match valid {
        Some(text) => printable(text.chars()),
        None => printable(cut.iter().map(|&b| char::from(b))),
    }
}

/// UTF-16 as text; see [`printable`].
pub(crate) fn decode_utf16(bytes: &[u8], order: ByteOrder) -> String {
    let units = bytes.chunks_exact(2).take(2 * MAX_CHARS + 2).map(|pair| match order {
        ByteOrder::Big => u16::from_be_bytes([pair[0], pair[1]]),
        ByteOrder::Little => u16::from_le_bytes([pair[0], pair[1]]),
    });
    printable(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)))
}

/// One line without control characters, surplus spaces or characters that turn the direction of writing, shortened.
pub(crate) fn printable(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut space = false;
    for c in chars.filter(|&c| !is_hidden(c)) {
        if c.is_whitespace() {
            space = count > 0;
            continue;
        }
        if count + usize::from(space) >= MAX_CHARS {
            out.push('…');
            break;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
            count += 1;
        }
        out.push(c);
        count += 1;
    }
    out
}

/// Control and format characters; those of the bidirectional algorithm could make a value read as another.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_is_read_where_utf_8_is_not_valid() {
        assert_eq!(decode(b"Z\xfcrich"), "Zürich");
        assert_eq!(decode("Zürich".as_bytes()), "Zürich");
    }

    #[test]
    fn control_and_direction_characters_are_dropped() {
        assert_eq!(decode("\x1b[31ma\0\u{202e}b\r\n  c\0".as_bytes()), "[31mab c");
    }

    #[test]
    fn long_text_is_shortened() {
        assert_eq!(decode(&[b'x'; 1000]).chars().count(), MAX_CHARS + 1);
        assert_eq!(decode("ü".repeat(1000).as_bytes()).chars().next(), Some('ü'));
    }

    #[test]
    fn utf_16_is_read_in_either_order() {
        assert_eq!(decode_utf16(b"A\0\xfc\0\0\0", ByteOrder::Little), "Aü");
        assert_eq!(decode_utf16(b"\0A\0\xfc", ByteOrder::Big), "Aü");
    }
}
