//! What a file's name says: dates, the app or camera that named it, phone numbers and accounts.

use super::findings::Findings;
use crate::report::LeakWords;
use crate::report::NoteCode;

/// Who names files in a way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// Takes out position and camera when it sends a photo.
    Messenger(&'static str),
    /// Takes pictures, or keeps what the camera wrote.
    Device(&'static str),
    /// Takes pictures of a screen.
    Screen,
}

/// Starts of names, in lower case. Longer before shorter.
const PREFIXES: &[(&str, Source)] = &[
    ("whatsapp image", Source::Messenger("WhatsApp")),
    ("whatsapp-image", Source::Messenger("WhatsApp")),
    ("signal-", Source::Messenger("Signal")),
    ("fb_img_", Source::Messenger("Facebook")),
    ("received_", Source::Messenger("Facebook Messenger")),
    ("snapchat-", Source::Messenger("Snapchat")),
    ("telegram-cloud-photo", Source::Messenger("Telegram")),
    ("photo_", Source::Messenger("Telegram")),
    ("screenshot", Source::Screen),
    ("screen shot", Source::Screen),
    ("bildschirmfoto", Source::Screen),
    ("capture d", Source::Screen),
    ("pxl_", Source::Device("Google Pixel")),
    ("mvimg_", Source::Device("Google Pixel, Motorola")),
    ("burst", Source::Device("Android")),
    ("gopr", Source::Device("GoPro")),
    ("dji_", Source::Device("DJI")),
    ("dscn", Source::Device("Nikon")),
    ("dscf", Source::Device("Fujifilm")),
    ("dsc", Source::Device("Sony, Nikon")),
    ("_dsc", Source::Device("Sony, Nikon")),
    ("_mg_", Source::Device("Canon")),
    ("mg_", Source::Device("Canon")),
    ("imgp", Source::Device("Pentax")),
    ("img_e", Source::Device("iPhone")),
    ("img", Source::Device("iPhone, Android, Canon")),
    ("dcim", Source::Device("DCIM")),
    ("sam_", Source::Device("Samsung")),
];

/// Years in which a date in a name is likely one.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;
/// Counters have at least this many digits.
const COUNTER_LEN: usize = 3;
/// Facebook's numbers of an upload: three or more in a row, the middle one the longest.
const ACCOUNT_NUMBERS: usize = 3;
const ACCOUNT_NUMBER_LEN: usize = 6;
/// Digits of an international phone number (ITU-T E.164: at most 15).
const PHONE_LEN: std::ops::RangeInclusive<usize> = 8..=15;

/// Reports what the name, the last part of the path `path`, says.
pub(super) fn find(path: &str, out: &mut Findings) {
    let name = last_part(path);
    match source(name) {
        Some(Source::Screen) => out.add_name(LeakWords::NameOfScreenshot),
        Some(Source::Messenger(app) | Source::Device(app)) => {
            out.add_name(LeakWords::NamedByApp { name: app.to_owned() });
        }
        None => {}
    }
    if let Some(date) = date(name) {
        out.add_name(LeakWords::NameHoldsDate { date });
    } else if has_timestamp(name) {
        out.add_name(LeakWords::NameHoldsTime);
    }
    if is_upload(name) {
        out.add_name(LeakWords::NameHoldsAccount);
    }
    if has_phone(name) {
        out.add_name(LeakWords::NameHoldsPhone);
    }
}

/// What the name says about the way the file has come.
pub(super) fn note(path: &str) -> Option<NoteCode> {
    let name = last_part(path);
    match source(name) {
        Some(Source::Messenger(_)) => Some(NoteCode::MessengerCopy),
        Some(Source::Screen) => Some(NoteCode::Screenshot),
        _ if is_upload(name) => Some(NoteCode::MessengerCopy),
        _ => None,
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn source(name: &str) -> Option<Source> {
    let lower = name.to_lowercase();
    if is_whatsapp(&lower) {
        return Some(Source::Messenger("WhatsApp"));
    }
    let listed = PREFIXES.iter().find(|(prefix, _)| lower.starts_with(prefix) && has_counter(&lower[prefix.len()..]));
    if let Some((_, source)) = listed {
        return Some(*source);
    }
    // P, month or folder, counter.
    let stem = lower.split('.').next().unwrap_or_default();
    let is_counted = |rest: &str| rest.len() == 7 && rest.bytes().all(|b| b.is_ascii_digit());
    stem.strip_prefix('p').is_some_and(is_counted).then_some(Source::Device("Olympus, Panasonic"))
}

/// `IMG-20240131-WA0001`.
fn is_whatsapp(lower: &str) -> bool {
    let rest = lower.strip_prefix("img-").and_then(|rest| rest.split_once("-wa"));
    rest.is_some_and(|(day, counter)| day.len() == 8 && counter.starts_with(|c: char| c.is_ascii_digit()))
}

fn has_counter(rest: &str) -> bool {
    rest.bytes().filter(u8::is_ascii_digit).count() >= COUNTER_LEN
}

/// The runs of digits in a name, and where they start.
fn numbers(name: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    name.split(|c: char| !c.is_ascii_digit()).filter_map(move |run| {
        let start = at;
        // What separates runs may have several bytes, but then the run after it starts at a character all the same.
        at += run.len() + name[start + run.len()..].chars().next().map_or(0, char::len_utf8);
        (!run.is_empty()).then_some((start, run))
    })
}

/// A day written as `20240131`, `2024-01-31` or with another separator.
fn date(name: &str) -> Option<String> {
    numbers(name).find_map(|(start, _)| day(&name.as_bytes()[start..]))
}

fn day(rest: &[u8]) -> Option<String> {
    let separator = rest.get(4).is_some_and(|b| matches!(b, b'-' | b'_' | b'.' | b' '));
    if separator && rest.get(7) != rest.get(4) {
        return None;
    }
    let at = if separator { [0, 5, 8] } else { [0, 4, 6] };
    let (year, month, day) = (digits(rest, at[0], 4)?, digits(rest, at[1], 2)?, digits(rest, at[2], 2)?);
    let is_date = YEARS.contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then(|| format!("{year}-{month:02}-{day:02}"))
}

fn digits(bytes: &[u8], at: usize, len: usize) -> Option<u32> {
    let mut digits = bytes.get(at..at + len)?.iter().map(|&b| char::from(b).to_digit(10));
    digits.try_fold(0, |number, digit| Some(number * 10 + digit?))
}

/// Thirteen digits from 1 on: milliseconds between 2001 and 2033.
fn has_timestamp(name: &str) -> bool {
    const LEN: usize = 13;
    numbers(name).any(|(_, run)| run.len() == LEN && run.starts_with('1'))
}

/// `12345678_10151234567890_1234567890_n`: Facebook's and Instagram's names for uploads.
fn is_upload(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let Some(stem) = ["_n", "_o", "_a", "_b", "_s"].iter().find_map(|end| stem.strip_suffix(end)) else {
        return false;
    };
    let is_number = |part: &str| part.len() >= ACCOUNT_NUMBER_LEN && part.bytes().all(|b| b.is_ascii_digit());
    stem.split('_').count() >= ACCOUNT_NUMBERS && stem.split('_').all(is_number)
}

/// `+491701234567`, with the plus that no counter has.
fn has_phone(name: &str) -> bool {
    numbers(name).any(|(start, run)| name[..start].ends_with('+') && PHONE_LEN.contains(&run.len()))
}

#[cfg(test)]
mod tests {
    use crate::leaks::{find as find_in, note};
    use crate::report::{LeakKind, NoteCode};

    fn said(name: &str) -> String {
        let leaks = find_in(b"", name);
        assert!(leaks.iter().all(|leak| leak.kind == LeakKind::Filename && leak.bytes.is_none()));
        leaks.into_iter().map(|leak| leak.value).collect::<Vec<_>>().join("; ")
    }

    fn code(name: &str) -> Option<NoteCode> {
        note(name, &[]).map(|note| note.code)
    }

    #[test]
    fn dates_are_read() {
        assert_eq!(said("IMG_20240131_120000.jpg"), "named by iPhone, Android, Canon; says the date: 2024-01-31");
        assert_eq!(said("party 2019.07.04.png"), "says the date: 2019-07-04");
        assert_eq!(said("1706700000000.jpg"), "says the time to the millisecond");
        assert_eq!(said("Ärger 20240131.jpg"), "says the date: 2024-01-31");
    }

    #[test]
    fn counters_are_read() {
        assert_eq!(said("/home/x/DSC_1234.JPG"), "named by Sony, Nikon");
        assert_eq!(said("P1010023.JPG"), "named by Olympus, Panasonic");
    }

    #[test]
    fn messengers_are_reported() {
        for (name, app) in [
            ("IMG-20240131-WA0001.jpg", "WhatsApp"),
            ("WhatsApp Image 2024-01-31 at 12.00.jpeg", "WhatsApp"),
            ("signal-2024-01-31-12-00-00-123.jpg", "Signal"),
            ("photo_2024-01-31_12-00-00.jpg", "Telegram"),
        ] {
            assert_eq!(said(name), format!("named by {app}; says the date: 2024-01-31"));
            assert_eq!(code(name), Some(NoteCode::MessengerCopy), "{name}");
        }
    }

    #[test]
    fn accounts_and_phone_numbers_are_reported() {
        assert!(said("12345678_10151234567890_1234567890_n.jpg").contains("account"));
        assert_eq!(said("from +491701234567.jpg"), "looks like a phone number");
    }

    #[test]
    fn screenshots_are_reported() {
        for name in ["Screenshot_20240131-120000.png", "Bildschirmfoto 2024-01-31 um 12.00.00.png"] {
            assert_eq!(code(name), Some(NoteCode::Screenshot), "{name}");
        }
    }

    #[test]
    fn ordinary_names_say_nothing() {
        for name in
            ["portrait.jpg", "a.png", "99999999.jpg", "20241399.jpg", "image.webp", "2024-01_31.jpg", "ÄÖÜ.jpg", ""]
        {
            assert_eq!(said(name), "", "{name}");
            assert_eq!(code(name), None, "{name}");
        }
    }
}
