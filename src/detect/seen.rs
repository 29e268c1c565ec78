//! What was looked at before, so that what shows the same pixels is not looked at again.
//!
//! A saved photo is the one that was checked, except under the covers. [`Seen`] keeps a hash of what each tile showed to
//! its network, and what was found in it. The same pixels give the same finds, so the result is that of looking at
//! everything.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use super::policy::Policy;
use super::pyramid::{Level, Tile};
use super::{Family, Find, View};
use crate::photo::Frame;

/// A picture as it was looked at, without its pixels. The empty one, of `Default`, knows nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    width: u32,
    height: u32,
    /// Of the policy, what finds depend on besides the passes.
    policy: Option<Policy>,
    tiles: HashMap<Place, SeenTile>,
}

/// Which network looked where: in this view of this level.
pub(super) type Place = (Family, View, Level, Tile);

#[derive(Debug, Clone, PartialEq)]
struct SeenTile {
    hash: u64,
    finds: Vec<Find>,
}

impl Seen {
    /// A picture of which no tile is known yet.
    pub(super) fn new(frame: &Frame, policy: &Policy) -> Self {
        let policy = Some(Policy { looks: Vec::new(), threshold: 0.0, ..policy.clone() });
        Self { width: frame.width, height: frame.height, policy, tiles: HashMap::new() }
    }

    /// What is known holds for this picture too, where it shows the same: it has the same size and is looked at alike.
    pub(super) fn is_of_like(&self, other: &Self) -> bool {
        (self.width, self.height, &self.policy) == (other.width, other.height, &other.policy)
    }

    /// What was found at a place that showed pixels with this [`hash`].
    pub(super) fn finds(&self, place: Place, hash: u64) -> Option<&[Find]> {
        self.tiles.get(&place).filter(|tile| tile.hash == hash).map(|tile| &tile.finds[..])
    }

    /// Remembers what was found at a place.
    pub(super) fn add(&mut self, place: Place, hash: u64, finds: Vec<Find>) {
        self.tiles.insert(place, SeenTile { hash, finds });
    }
}

/// Different bytes have the same of these 64 bits once in 10^19 times.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
