//! The notes of Phase One: a directory whose numbers have 32 bits, and one like it inside (ExifTool's tables).

use super::findings::Findings;
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;

/// Where both kinds of directory have their own offset.
const DIRECTORY_AT: usize = 8;
/// Number of fields 4, unused 4.
const FIELDS_AT: usize = 8;
/// Most fields of a directory; cameras write fewer than 100.
const MAX_FIELDS: usize = 300;

/// Number of the back.
const SERIAL: u32 = 0x0102;
/// A directory about the sensor.
const SENSOR: u32 = 0x0110;
/// Number of the back, in the sensor's directory.
const SENSOR_SERIAL: u32 = 0x0407;

/// How long fields are, with what stands between tag and length.
#[derive(Clone, Copy)]
enum Fields {
    /// Tag 4, type 4, length 4, value or where it stands 4.
    Typed = 16,
    /// Without the type.
    Plain = 12,
}

/// Whether a note begins like theirs.
pub(super) fn is_note(note: &[u8]) -> bool {
    matches!(note, [b'I', b'I', b'I', b'I', _, b'w', b'a', b'R', ..] | [b'M', b'M', b'M', b'M', b'R', b'a', b'w', ..])
}

/// Reports the serial numbers.
pub(super) fn find(note: Span, location: &str, out: &mut Findings) {
    let mut report = |value: Option<Span>| {
        let Some(value) = value else { return };
        let value = value.split_at_byte(0).map_or(value, |(text, _)| text);
        out.add_text(LeakKind::Serial, location, value, &text::decode(value.bytes()));
    };
    report(field(note, Fields::Typed, SERIAL));
    let sensor = field(note, Fields::Typed, SENSOR);
    report(sensor.and_then(|sensor| field(sensor, Fields::Plain, SENSOR_SERIAL)));
}

/// The value of a field of a directory that begins with its byte order. Offsets count from there.
fn field(directory: Span, kind: Fields, tag: u32) -> Option<Span> {
    let order = match directory.bytes() {
        [b'I', b'I', ..] => ByteOrder::Little,
        [b'M', b'M', ..] => ByteOrder::Big,
        _ => return None,
    };
    let number = |at: usize| Some(directory.u32(at, order)? as usize);
    let start = number(DIRECTORY_AT)?;
    let (count, first) = (number(start)?.min(MAX_FIELDS), start.checked_add(FIELDS_AT)?);
    let fields = (0..count).filter_map(|field| first.checked_add(field * kind as usize));
    let at = fields.into_iter().find(|&at| directory.u32(at, order) == Some(tag))?;
    let value_at = at.checked_add(kind as usize - 4)?;
    let len = number(value_at - 4)?;
    directory.part(if len > 4 { number(value_at)? } else { value_at }, len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaks::makernote::tests::photo;
    use crate::leaks::tests::assert_robust;
    use crate::report::Format;

    /// A directory with one text, and another directory after that if there is one.
    fn directory(is_big: bool, kind: Fields, mark: &[u8; 4], fields: &[(u32, &[u8])]) -> Vec<u8> {
        let bytes = |number: usize| if is_big { (number as u32).to_be_bytes() } else { (number as u32).to_le_bytes() };
        let order: &[u8] = if is_big { b"MMMM" } else { b"IIII" };
        let mut out = [order, mark, &bytes(12), &bytes(fields.len()), &[0; 4]].concat();
        let mut values_at = out.len() + fields.len() * kind as usize;
        for (tag, value) in fields {
            out.extend(bytes(*tag as usize));
            out.extend(matches!(kind, Fields::Typed).then(|| bytes(1)).into_iter().flatten());
            out.extend([bytes(value.len()), bytes(values_at)].concat());
            values_at += value.len();
        }
        fields.iter().for_each(|(_, value)| out.extend(*value));
        out
    }

    #[test]
    fn both_serial_numbers_are_read() {
        for is_big in [false, true] {
            let version: &[u8; 4] = if is_big { &[0, 0, 0, 1] } else { &[1, 0, 0, 0] };
            let sensor = directory(is_big, Fields::Plain, version, &[(SENSOR_SERIAL, b"EI001234\0")]);
            let mark = if is_big { b"Raw." } else { b".waR" };
            let note = directory(is_big, Fields::Typed, mark, &[(SERIAL, b"CC002233\0"), (SENSOR, &sensor)]);
            let file = photo("Phase One", &note);
            let leaks = crate::leaks::find(&file, "a");
            let serials: Vec<_> =
                leaks.iter().filter(|leak| leak.kind == LeakKind::Serial).map(|l| &*l.value).collect();
            assert_eq!(serials, ["CC002233", "EI001234"]);
            assert_robust(&file, Format::Jpeg);
        }
    }
}
