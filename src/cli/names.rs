//! Names of files, and other texts that are not ours, on a terminal and in reports.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// A path for people: control characters are escaped, and so are bytes that are no UTF-8.
pub(super) fn shown(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&harmless(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// A text without what could drive a terminal, begin a line of its own or turn the writing's direction: control characters are escaped as in
/// Rust.
pub(super) fn harmless(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match is_control(character) {
            true => escaped.extend(character.escape_default()),
            false => escaped.push(character),
        }
    }
    escaped
}

/// Control characters, separators of lines, and those that turn the direction of writing (UAX 9).
fn is_control(character: char) -> bool {
    let turns =
        matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Writes a line to standard error; if nobody reads it, nobody can be told.
pub(super) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", harmless(line));
}

/// The bytes of a path that is no UTF-8, percent-encoded but for ASCII letters, digits and `-._~/`; `None` if its text says it all.
pub(super) fn encoded(path: &Path) -> Option<String> {
    if path.to_str().is_some() {
        return None;
    }
    let mut text = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => text.push(char::from(byte)),
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_or_turns_the_writing_is_escaped() {
        assert_eq!(
            harmless("a\nb\x1b[31m\u{9b}\u{202e}\u{2066}\u{2028}é"),
            "a\\nb\\u{1b}[31m\\u{9b}\\u{202e}\\u{2066}\\u{2028}é"
        );
    }

    #[test]
    #[cfg(unix)]
    fn names_that_are_no_utf_8_keep_their_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let path = |bytes: &'static [u8]| Path::new(std::ffi::OsStr::from_bytes(bytes)).to_owned();
        assert_eq!(shown(&path(b"caf\xe9.jpg")), "caf\\xe9.jpg");
        assert_eq!(encoded(&path(b"a b/caf\xe9%.jpg")).as_deref(), Some("a%20b/caf%E9%25.jpg"));
        assert_eq!(encoded(&path("café.jpg".as_bytes())), None);
    }
}
