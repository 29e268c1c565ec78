//! The profile of a Windows bitmap.

use super::findings::{Block, Findings};
use crate::container::bmp::{PROFILE, names_profile};
use crate::container::{Segment, Span, text};
use crate::report::LeakKind;

/// Reports the profile, or the path to one.
pub(super) fn find(file: Span, segments: &[Segment], out: &mut Findings) {
    for segment in segments.iter().filter(|segment| segment.name == PROFILE) {
        let profile = segment.of(file);
        if names_profile(file) {
            out.add_text(LeakKind::Text, "path of the profile", profile, &text::decode(profile.bytes()));
        } else {
            out.read(Block::Icc { profile, place: profile, location: PROFILE });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::bmp::tests::bmp;
    use crate::leaks::find as find_in;
    use crate::leaks::tests::{assert_robust, bytes_of, leak};
    use crate::report::Format;

    #[test]
    fn what_follows_the_pixels_is_found() {
        let file = [bmp(40, b""), b"after".to_vec()].concat();
        assert_eq!(bytes_of(&file, LeakKind::Trailer), b"after");
        assert_eq!(find_in(&bmp(40, b""), "a.bmp"), []);
    }

    #[test]
    fn the_path_of_a_profile_is_found() {
        let file = bmp(124, b"C:\\Users\\jane\\p.icc");
        assert_eq!(leak(&file, LeakKind::Text).value, "C:\\Users\\jane\\p.icc");
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&bmp(124, b"C:\\p.icc"), Format::Bmp);
    }
}
