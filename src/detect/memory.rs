//! A cache of scanned tiles, so that the same pixels are not scanned twice.
//!
//! A saved photo is the one that was checked, except under the covers, and a network finds the same in the same pixels. So
//! the detector caches the detections of each tile under a hash of everything that they depend on, and the result is that of
//! a scan of everything. It does not matter which photo a tile was part of, or which instance of the detector scanned it:
//! [`CachedTile`] carries detections from one to another.
//!
//! The hash is keyed by random bytes. With a known key, somebody who chooses pixels could make two tiles that have the same
//! hash, and a tile with a face would pass for one without. Detectors that import each other's tiles share the key.

use std::collections::{HashMap, VecDeque};
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::contrast::Appearance;
use super::level::{Level, Tile};
use super::policy::Policy;
use super::{NetworkId, RawDetection, View};
use crate::error::{Error, Result};
use crate::photo::Frame;

/// The key of the hashes.
pub(super) type Secret = [u8; 16];

/// Which network scanned which tile: in this view of this level.
pub(super) type Place = (NetworkId, View, Level, Tile);

/// The detections in a tile. Holds no pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CachedTile {
    /// See [`Memory::key`]: from the highest bits to the lowest, because a number of JavaScript has 53.
    key: [u32; 4],
    detections: Vec<RawDetection>,
    /// It was cached for an earlier picture, and not scanned for this one.
    earlier: bool,
}

/// A tile that a scan went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) key: u128,
    /// As [`CachedTile::earlier`].
    pub(super) earlier: bool,
}

/// Most tiles in the cache. A 12-megapixel photo has 30 with its proof, so these are a hundred photos.
const MOST_TILES: usize = 4096;

/// Detections by tile, of the tiles that were scanned last.
#[derive(Default)]
pub(super) struct Memory {
    /// Of the hashes; drawn at random when the first is made, unless it was set.
    secret: Option<Secret>,
    detections: HashMap<u128, Vec<RawDetection>>,
    /// Oldest first.
    order: VecDeque<u128>,
    /// Tiles scanned for the present picture, by this detector or another one: a few dozen, too few for a set.
    fresh: Vec<u128>,
}

impl Memory {
    pub(super) fn set_secret(&mut self, secret: Secret) {
        *self = Self { secret: Some(secret), ..Self::default() };
    }

    /// Forgets all detections.
    pub(super) fn clear(&mut self) {
        *self = Self { secret: self.secret, ..Self::default() };
    }

    /// A hash of bytes.
    pub(super) fn hash(&mut self, bytes: &[u8]) -> Result<u128> {
        let mut hasher = self.hasher()?;
        hasher.write(bytes);
        Ok(hasher.finish128().as_u128())
    }

    /// A hash of all that the detections in a tile depend on: its pixels, their place, the picture's size, and the policy's
    /// thresholds. Two tiles have the same 128 bits once in 10^38 times.
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

    /// The tile was cached for an earlier picture.
    pub(super) fn is_earlier(&self, key: u128) -> bool {
        self.detections.contains_key(&key) && !self.fresh.contains(&key)
    }

    /// The scan of a picture is over: for the next one, all cached tiles are from an earlier picture.
    pub(super) fn end_picture(&mut self) {
        self.fresh.clear();
    }

    /// The cached tiles among these, which were scanned for a picture that several detectors share.
    pub(super) fn export(&mut self, seen: &[Seen]) -> Vec<CachedTile> {
        self.fresh.extend(seen.iter().filter(|seen| !seen.earlier).map(|seen| seen.key));
        let known = seen.iter().filter_map(|&seen| Some((seen, self.detections.get(&seen.key)?.clone())));
        let exported = known.map(|(Seen { key, earlier }, detections)| {
            let key = [96, 64, 32, 0].map(|shift| (key >> shift) as u32);
            CachedTile { key, detections, earlier }
        });
        exported.collect()
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
    fn exported_tiles_are_known_after_import() {
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
