//! What is known of the photos that were worked on last.

use std::collections::VecDeque;

use crate::detect::{Seen, hash};

/// A photo as it was looked at, at each stage.
#[derive(Default)]
pub(super) struct Known {
    /// As opened.
    pub(super) photo: Seen,
    /// As last read from an exported file.
    pub(super) exported: Option<Seen>,
}

impl Known {
    pub(super) fn exported(&mut self) -> &mut Seen {
        self.exported.get_or_insert_with(|| self.photo.clone())
    }
}

/// The last photos by the hash of their files. A photo that is taken for another costs time only: what is the same is
/// told by the pixels.
#[derive(Default)]
pub(super) struct Memory {
    photos: VecDeque<(u64, Known)>,
}

/// Photos that are remembered: as many as a person decides about in one go. Of each, hashes and finds are kept, no pixels.
const PHOTOS: usize = 16;

impl Memory {
    /// Takes out what is known of a file; nothing, if it was not worked on lately.
    pub(super) fn recall(&mut self, bytes: &[u8]) -> Known {
        let hash = hash(bytes);
        let index = self.photos.iter().position(|(of, _)| *of == hash);
        index.and_then(|index| self.photos.remove(index)).map(|(_, known)| known).unwrap_or_default()
    }

    /// Puts in what is known of a file.
    pub(super) fn keep(&mut self, bytes: &[u8], known: Known) {
        self.photos.push_back((hash(bytes), known));
        if self.photos.len() > PHOTOS {
            self.photos.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Policy;
    use crate::photo::Frame;

    fn known() -> Known {
        let frame = Frame { width: 1, height: 1, rgb: vec![7; 3], alpha: None };
        let mut known = Known::default();
        let mut detector = crate::detect::Detector::default();
        let nothing = Policy { looks: Vec::new(), ..Policy::default() };
        detector.detect_changes(&frame, &nothing, &mut known.photo, &mut |_| ()).expect("nothing is looked at");
        known
    }

    #[test]
    fn a_photo_is_known_until_too_many_others_came() {
        let mut memory = Memory::default();
        memory.keep(b"first", known());
        let first = memory.recall(b"first");
        assert!(first.photo != Seen::default());
        memory.keep(b"first", first);
        for index in 0..PHOTOS {
            memory.keep(&[index as u8], known());
        }
        assert!(memory.recall(b"first").photo == Seen::default());
        assert!(memory.recall(&[0]).photo != Seen::default());
    }
}
