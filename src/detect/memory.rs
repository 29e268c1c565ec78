//! What was looked at before, so that what shows the same pixels is not looked at again.
//!
//! A saved photo is the one that was checked, except under the covers, and a network finds the same in the same pixels. So
//! the detector remembers what it found in each tile by a hash of everything that the finds depend on, and the result is
//! that of looking at everything. It does not matter which photo a tile was part of, or which instance of the detector
//! looked at it: [`CachedTile`] carries finds from one to another.
//!
//! The hash is keyed by random bytes. With a key that is known, somebody who chooses pixels could make two tiles that have the
//! same hash, and a tile with a face would pass for one without. Detectors that take over from each other share the key.

use std::collections::{HashMap, VecDeque};
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::contrast::Appearance;
use super::policy::Policy;
use super::pyramid::{Level, Tile};
use super::{NetworkId, RawDetection, View};
use crate::error::{Error, Result};
use crate::photo::Frame;

/// The key of the hashes.
pub(super) type Secret = [u8; 16];

/// Which network looked where: in this view of this level.
pub(super) type Place = (NetworkId, View, Level, Tile);

/// What was found in a tile. Holds no pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CachedTile {
    /// See [`Memory::key`]: from the highest bits to the lowest, because a number of JavaScript has 53.
    key: [u32; 4],
    detections: Vec<RawDetection>,
    /// It was known from an earlier picture, and not looked at for this one.
    earlier: bool,
}

/// A tile that a look went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) key: u128,
    /// As [`CachedTile::earlier`].
    pub(super) earlier: bool,
}

/// Tiles that are remembered, of which a 12-megapixel photo has 30 with its proof: a hundred photos.
const MOST_TILES: usize = 4096;

/// Finds by tile, of the tiles that were looked at last.
#[derive(Default)]
pub(super) struct Memory {
    /// Of the hashes; drawn at random when the first is made, unless it was set.
    secret: Option<Secret>,
    detections: HashMap<u128, Vec<RawDetection>>,
    /// Oldest first.
    order: VecDeque<u128>,
    /// Those looked at for the picture that several look at, by whichever of them: a few dozen, too few for a set.
    fresh: Vec<u128>,
}

impl Memory {
    pub(super) fn set_secret(&mut self, secret: Secret) {
        *self = Self { secret: Some(secret), ..Self::default() };
    }

    /// Forgets all finds.
    pub(super) fn clear(&mut self) {
        *self = Self { secret: self.secret, ..Self::default() };
    }

    /// A hash of bytes.
    pub(super) fn hash(&mut self, bytes: &[u8]) -> Result<u128> {
        let mut hasher = self.hasher()?;
        hasher.write(bytes);
        Ok(hasher.finish128().as_u128())
    }

    /// A hash of all that the finds in a tile depend on: its pixels, where they lie in which picture, and what is weighed. Two
    /// tiles have the same of these 128 bits once in 10^38 times.
    pub(super) fn key(&mut self, seen: &Appearance, place: Place, frame: &Frame, policy: &Policy) -> Result<u128> {
        let mut hasher = self.hasher()?;
        (place, frame.width, frame.height).hash(&mut hasher);
        (seen.lowest_score(policy).to_bits(), policy.merge_iou.to_bits()).hash(&mut hasher);
        seen.in_part.hash(&mut hasher);
        hasher.write(&seen.rgb);
        Ok(hasher.finish128().as_u128())
    }

    fn hasher(&mut self) -> Result<SipHasher13> {
        let secret = match self.secret {
            Some(secret) => secret,
            None => *self.secret.insert(random()?),
        };
        Ok(SipHasher13::new_with_key(&secret))
    }

    pub(super) fn recall(&self, key: u128) -> Option<&[RawDetection]> {
        self.detections.get(&key).map(Vec::as_slice)
    }

    pub(super) fn keep(&mut self, key: u128, detections: Vec<RawDetection>) {
        if self.detections.insert(key, detections).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() > MOST_TILES {
            self.order.pop_front().and_then(|oldest| self.detections.remove(&oldest));
        }
    }

    /// The tile is known from an earlier picture.
    pub(super) fn is_earlier(&self, key: u128) -> bool {
        self.detections.contains_key(&key) && !self.fresh.contains(&key)
    }

    /// A look at a picture is over: whatever is known is from an earlier one for the next.
    pub(super) fn end_picture(&mut self) {
        self.fresh.clear();
    }

    /// What is known of these tiles, which were looked at for a picture that several look at.
    pub(super) fn export(&mut self, seen: &[Seen]) -> Vec<CachedTile> {
        self.fresh.extend(seen.iter().filter(|seen| !seen.earlier).map(|seen| seen.key));
        let known = seen.iter().filter_map(|&seen| Some((seen, self.detections.get(&seen.key)?.clone())));
        let told = known.map(|(Seen { key, earlier }, detections)| {
            let key = [96, 64, 32, 0].map(|shift| (key >> shift) as u32);
            CachedTile { key, detections, earlier }
        });
        told.collect()
    }

    pub(super) fn import_tiles(&mut self, tiles: Vec<CachedTile>) {
        for CachedTile { key, detections, earlier } in tiles {
            let key = key.into_iter().fold(0, |key, part| key << 32 | u128::from(part));
            self.keep(key, detections);
            if !earlier {
                self.fresh.push(key);
            }
        }
    }
}

fn random() -> Result<Secret> {
    let mut secret = Secret::default();
    getrandom::fill(&mut secret).map_err(|e| Error::Internal(format!("no source of randomness: {e}")))?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_known_until_too_many_others_came() {
        let mut memory = Memory::default();
        memory.keep(7, Vec::new());
        assert_eq!(memory.recall(7), Some(&[][..]));
        for key in 0..MOST_TILES as u128 {
            memory.keep(1000 + key, Vec::new());
        }
        assert_eq!(memory.recall(7), None);
        assert_eq!(memory.recall(1000), Some(&[][..]));
        assert_eq!(memory.detections.len(), memory.order.len());
    }

    #[test]
    fn what_one_tells_another_knows() {
        let (mut one, mut other) = (Memory::default(), Memory::default());
        let key = 0xfedc_ba98_7654_3210_0f1e_2d3c_4b5a_6978;
        one.keep(key, Vec::new());
        other.import_tiles(one.export(&[Seen { key, earlier: false }, Seen { key: 5, earlier: false }]));
        assert_eq!((other.recall(key), other.recall(5)), (Some(&[][..]), None));
    }

    #[test]
    fn hashes_agree_where_the_secret_is_shared_and_only_there() {
        let hash = |secret: Option<Secret>| {
            let mut memory = Memory::default();
            secret.into_iter().for_each(|secret| memory.set_secret(secret));
            memory.hash(b"the same bytes").expect("there is randomness")
        };
        assert_eq!(hash(Some([7; 16])), hash(Some([7; 16])));
        assert_ne!(hash(Some([7; 16])), hash(Some([8; 16])));
        assert_ne!(hash(None), hash(None));
    }

    #[test]
    fn what_was_seen_for_this_picture_is_not_from_an_earlier_one() {
        let (mut one, mut other) = (Memory::default(), Memory::default());
        one.keep(7, Vec::new());
        one.keep(8, Vec::new());
        other.import_tiles(one.export(&[Seen { key: 7, earlier: false }, Seen { key: 8, earlier: true }]));
        for memory in [&mut one, &mut other] {
            assert_eq!([7, 8, 9].map(|key| memory.is_earlier(key)), [false, true, false]);
            memory.end_picture();
            assert_eq!([7, 8, 9].map(|key| memory.is_earlier(key)), [true, true, false]);
        }
    }
}
