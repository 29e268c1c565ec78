//! Covers: which pixels they hide and how they are drawn.
//!
//! A fill is made of pixels outside every cover only ([`Area::unread`]): it cannot depend on what was under a cover, its own or a
//! neighbour's. What is drawn over it depends on places and on the fill.

mod area;
mod cover;
mod heads;
#[cfg(feature = "attacks")]
pub mod reversible;
mod shape;
mod sticker;
mod surroundings;

pub use area::Area;
pub use cover::{CoverRules, head_of_face};
pub use shape::{lengths_of, mask_of};
pub use sticker::Sticker;

use serde::{Deserialize, Serialize};

use crate::geometry::PixelRect;
use crate::mask::Mask;
use crate::order::sort_by_key;
use crate::photo::Frame;
use crate::places::{Places, bounds_of};
use heads::Head;
use surroundings::Surroundings;

/// How a cover is drawn. Whatever the method, nothing of what is covered is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Looks like a strong blur: of each head by itself, and of the surroundings where a cover is no head.
    #[default]
    Soft,
    /// One flat colour.
    Solid,
    /// Looks like pixelation: six cells across a head, in colours of the surroundings and a pattern of the place.
    Mosaic,
    /// An emblem over the head.
    Sticker,
}

/// A method with its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// How covers are drawn.
    pub method: Method,
    /// Colour of [`Method::Solid`], red green blue.
    pub colour: [u8; 3],
    /// Emblem of [`Method::Sticker`].
    pub sticker: Sticker,
}

impl Default for Style {
    /// The colour is a dark slate, calmer on a photo than black and unlike any skin.
    fn default() -> Self {
        Self { method: Method::default(), colour: [38, 44, 52], sticker: Sticker::default() }
    }
}

impl From<Method> for Style {
    fn from(method: Method) -> Self {
        Self { method, ..Self::default() }
    }
}

/// How often a fill that looks like a face is drawn anew before it is left as it is; see [`Cover::redraws`].
pub const REDRAWS: u8 = 3;

/// Something to cover.
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    /// What is covered, inside the picture.
    pub mask: Mask,
    /// The ellipse `[cx, cy, rx, ry, angle]` of a head that is covered.
    pub head: Option<[f32; 5]>,
    /// How often a soft fill was drawn anew because it looked like a face, 0 to [`REDRAWS`]; each time it is less
    /// face-like.
    pub redraws: u8,
}

/// Draws covers into a picture, which is to be opaque. Reads it once; what is drawn can be drawn again in another way.
pub struct Drawing {
    unread: Mask,
    surroundings: Surroundings,
}

impl Drawing {
    /// For covers that hide no more than `area`.
    pub fn of(frame: &Frame, area: &Area) -> Self {
        Self { unread: area.unread.clone(), surroundings: Surroundings::of(frame, &area.unread) }
    }

    /// Draws all that may hold something of what is hidden, and the covers from back to front: those that end lower stand in front. Their order does not
    /// matter.
    pub fn draw(&self, frame: &mut Frame, covers: &[Cover], style: &Style) {
        self.draw_in(frame, covers, style, &[PixelRect::full(frame.width, frame.height)]);
    }

    /// Draws again what lies in some areas, as [`Self::draw`] would.
    pub fn draw_in(&self, frame: &mut Frame, covers: &[Cover], style: &Style, areas: &[PixelRect]) {
        let mut ordered: Vec<&Cover> = covers.iter().collect();
        sort_by_key(&mut ordered, |cover| cover.redraws);
        for number in 0..5 {
            sort_by_key(&mut ordered, |cover| cover.head.map_or(0, |head| head[number].to_bits()));
        }
        sort_by_key(&mut ordered, |cover| cover.mask.bounds().order());
        sort_by_key(&mut ordered, |cover| cover.mask.bounds().y1);
        let places = Places::of(ordered.iter().map(|cover| cover.mask.bounds()));
        let is_beside = |number: usize| {
            let near = bounds_of(ordered[number].mask.bounds());
            ordered[number].head.is_some()
                && places.any(near, &mut |other| other != number && ordered[other].head.is_some())
        };
        let heads: Vec<Head> =
            (0..ordered.len()).map(|number| Head::of(ordered[number], &self.surroundings, is_beside(number))).collect();
        for area in areas {
            // What may not be read is drawn as well, though a kept JPEG will not show it: nothing that is decided by this picture may
            // depend on what is hidden.
            self.surroundings.paint(frame, &self.unread.within(*area));
            for number in places.at(bounds_of(*area)) {
                let mask = ordered[number].mask.within(*area);
                heads::paint(frame, ordered[number], &mask, &heads[number], &self.surroundings, style);
            }
        }
    }
}

/// Draws covers where nothing but their own pixels depends on what they hide.
pub fn draw(frame: &mut Frame, covers: &[Cover], style: &Style) {
    let mask = Mask::union(covers.iter().map(|cover| &cover.mask));
    Drawing::of(frame, &Area::exactly(mask)).draw(frame, covers, style);
}

#[cfg(test)]
mod tests;
