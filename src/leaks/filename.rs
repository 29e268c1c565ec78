//! What a file's name says: dates, and counters and patterns of cameras and apps.

use super::findings::Findings;
use super::text;

/// Starts of names that cameras, phones and apps give, and whose they are. Longer before shorter.
const PREFIXES: &[(&str, &str)] = &[
    ("whatsapp image", "WhatsApp"),
    ("signal-", "Signal"),
    ("fb_img_", "Facebook"),
    ("received_", "Facebook"),
    ("snapchat-", "Snapchat"),
    ("screenshot", "screenshot"),
    ("screen shot", "screenshot"),
    ("bildschirmfoto", "screenshot"),
    ("pxl_", "Google Pixel"),
    ("mvimg_", "motion photo"),
    ("burst", "burst"),
    ("gopr", "GoPro"),
    ("dji_", "DJI drone"),
    ("dscn", "Nikon"),
    ("dscf", "Fujifilm"),
    ("dsc", "camera"),
    ("_dsc", "camera"),
    ("_mg_", "Canon"),
    ("mg_", "camera"),
    ("imgp", "Pentax"),
    ("img", "camera"),
    ("dcim", "camera"),
    ("sam_", "Samsung"),
    ("photo_", "Telegram"),
];

/// Years in which a date in a name is likely one.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;

/// Reports what the name, the last part of the path `name`, says.
pub(super) fn find(name: &str, out: &mut Findings) {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let said: Vec<String> = [date(name), device(name)].into_iter().flatten().collect();
    if !said.is_empty() {
        let name = text::printable(name.chars());
        out.add_name(&format!("{name}: {}", said.join(", ")));
    }
}

/// A day written as `20240131`, `2024-01-31` or with another separator, or milliseconds since 1970.
fn date(name: &str) -> Option<String> {
    let bytes = name.as_bytes();
    let starts = (0..bytes.len()).filter(|&at| at == 0 || !bytes[at - 1].is_ascii_digit());
    let day = |at: usize| {
        let rest = &bytes[at..];
        let separator = rest.get(4).is_some_and(|b| matches!(b, b'-' | b'_' | b'.' | b' '));
        let at = if separator { [0, 5, 8] } else { [0, 4, 6] };
        if separator && rest.get(7) != rest.get(4) {
            return None;
        }
        let (year, month, day) = (digits(rest, at[0], 4)?, digits(rest, at[1], 2)?, digits(rest, at[2], 2)?);
        let is_date = YEARS.contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        is_date.then(|| format!("date {year}-{month:02}-{day:02}"))
    };
    starts
        .clone()
        .find_map(day)
        .or_else(|| starts.clone().any(|at| is_timestamp(&bytes[at..])).then(|| "time".to_owned()))
}

fn digits(bytes: &[u8], at: usize, len: usize) -> Option<u32> {
    let mut digits = bytes.get(at..at + len)?.iter().map(|&b| char::from(b).to_digit(10));
    digits.try_fold(0, |number, digit| Some(number * 10 + digit?))
}

/// Thirteen digits from 1 on: milliseconds between 2001 and 2033.
fn is_timestamp(bytes: &[u8]) -> bool {
    const LEN: usize = 13;
    let len = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    len == LEN && bytes.first() == Some(&b'1')
}

/// A pattern with a counter or date after it: `DSC_1234`, `P1010023`.
fn device(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let listed = PREFIXES.iter().find(|(prefix, _)| lower.starts_with(prefix) && has_number(&lower[prefix.len()..]));
    if let Some((_, whose)) = listed {
        return Some(format!("named by {whose}"));
    }
    // Olympus and Panasonic: P, month or folder, counter.
    let stem = lower.split('.').next().unwrap_or_default();
    let counted =
        stem.len() == 8 && stem.strip_prefix('p').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    counted.then(|| "named by camera".to_owned())
}

fn has_number(rest: &str) -> bool {
    /// Counters have at least this many digits.
    const COUNTER_LEN: usize = 3;
    rest.bytes().filter(u8::is_ascii_digit).count() >= COUNTER_LEN
}

#[cfg(test)]
mod tests {
    use crate::leaks::find as find_in;
    use crate::report::LeakKind;

    fn said(name: &str) -> String {
        let leaks = find_in(b"", name);
        assert!(leaks.iter().all(|leak| leak.kind == LeakKind::Filename && leak.bytes.is_none()));
        leaks.into_iter().map(|leak| leak.value).collect()
    }

    #[test]
    fn dates_are_read() {
        assert_eq!(said("IMG_20240131_120000.jpg"), "IMG_20240131_120000.jpg: date 2024-01-31, named by camera");
        assert!(said("WhatsApp Image 2024-01-31 at 12.00.jpeg").ends_with("date 2024-01-31, named by WhatsApp"));
        assert_eq!(said("party 2019.07.04.png"), "party 2019.07.04.png: date 2019-07-04");
        assert_eq!(said("1706700000000.jpg"), "1706700000000.jpg: time");
    }

    #[test]
    fn counters_are_read() {
        assert_eq!(said("/home/x/DSC_1234.JPG"), "DSC_1234.JPG: named by camera");
        assert_eq!(said("P1010023.JPG"), "P1010023.JPG: named by camera");
    }

    #[test]
    fn ordinary_names_say_nothing() {
        for name in
            ["portrait.jpg", "a.png", "99999999.jpg", "20241399.jpg", "image.webp", "2024-01_31.jpg", "ÄÖÜ.jpg", ""]
        {
            assert_eq!(said(name), "", "{name}");
        }
    }
}
