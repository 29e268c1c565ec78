//! Covers: how far they reach and how they are drawn.
//!
//! A soft fill is made of pixels outside every cover only, after what is drawn on has been erased to black: it cannot depend on
//! what was under a cover, its own or a neighbour's.

mod blocks;
mod cover;
mod mosaic;
#[cfg(feature = "attacks")]
pub mod reversible;
mod soft;

pub use blocks::{recoded, with_reach};
pub use cover::{CoverRules, cover_of_face, cover_of_region, grown_to_blocks, head_of_face};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::geometry::PixelRect;
use crate::photo::Frame;
use crate::places::{Places, bounds_of};
use soft::Fill;

/// How a cover is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Looks like a strong blur, but is computed only from pixels outside every cover.
    #[default]
    Soft,
    /// One flat colour.
    Solid,
    /// At most six cells across the face, a quarter or more of them random. Not content-free: whoever has this very
    /// photo can link it.
    Mosaic,
}

impl Method {
    /// The cover does not depend on the pixels under it.
    pub fn is_content_free(self) -> bool {
        self != Self::Mosaic
    }
}

/// Colour of [`Method::Solid`]: a dark slate, calmer on a photo than black and unlike any skin, red green blue.
const SOLID_COLOUR: [u8; 3] = [38, 44, 52];

/// How often a fill that looks like a face is drawn anew before it is left as it is; see [`Cover::redraws`].
pub const REDRAWS: u8 = 3;

/// Something to cover: the rectangle, and how wide the face in it is (for the cells of a mosaic), in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cover {
    /// What is covered, inside the picture.
    pub rect: PixelRect,
    /// Width of the face in the cover.
    pub face_width: f32,
    /// How often a soft fill was drawn anew because it looked like a face, 0 to [`REDRAWS`]; each time it is less
    /// face-like.
    pub redraws: u8,
}

/// Side of a cell of [`Method::Mosaic`] over a face that is `face_width` pixels wide, in pixels. Whoever undoes one knows it.
pub fn mosaic_cell(face_width: f32) -> u32 {
    mosaic::cell_side(face_width)
}

/// Draws all covers into the picture, which is to be opaque.
///
/// # Errors
/// [`crate::error::Error::Internal`] if the mosaic finds no source of randomness.
pub fn draw(frame: &mut Frame, covers: &[Cover], method: Method) -> Result<()> {
    match method {
        Method::Soft => {
            let everywhere: Vec<PixelRect> = covers.iter().map(|cover| cover.rect).collect();
            SoftFills::draw(frame, covers, everywhere);
        }
        Method::Solid => covers.iter().for_each(|cover| fill_rect(frame, cover.rect, SOLID_COLOUR)),
        Method::Mosaic => {
            let tiles = mosaic::tiles(frame, covers)?;
            tiles.iter().for_each(|tile| fill_rect(frame, tile.rect, tile.colour));
        }
    }
    Ok(())
}

/// The soft fills of a picture's covers, to redraw some of them ([`Cover::redraws`]).
pub struct SoftFills {
    fills: Vec<Fill>,
    parts: Parts,
}

/// The parts of a picture in which covers are drawn.
struct Parts {
    rects: Vec<PixelRect>,
    places: Places,
}

impl Parts {
    /// What of a rectangle lies in them.
    fn within(&self, rect: PixelRect) -> impl Iterator<Item = PixelRect> {
        let near = self.places.at(bounds_of(rect));
        near.into_iter().map(move |part| self.rects[part].intersection(rect)).filter(|rect| !rect.is_empty())
    }
}

impl SoftFills {
    /// Draws the covers as [`draw`] does with [`Method::Soft`], but in some `parts` of the picture only: what a file whose
    /// other coding blocks are kept will show.
    pub fn draw(frame: &mut Frame, covers: &[Cover], parts: Vec<PixelRect>) -> Self {
        let parts = Parts { places: Places::of(parts.iter().copied()), rects: parts };
        covers.iter().flat_map(|cover| parts.within(cover.rect)).for_each(|rect| fill_rect(frame, rect, [0; 3]));
        let places = Places::of(covers.iter().map(|cover| cover.rect));
        let groups = groups(covers, &places).into_iter();
        let fills = groups.map(|group| Fill::new(frame, group, covers, &places)).collect();
        let mut fills = Self { fills, parts };
        fills.redraw(frame, covers);
        fills
    }

    /// Draws again what looks different with other redraws: the picture is then as if it had been drawn so at once. `covers` are
    /// otherwise the same as before.
    pub fn redraw(&mut self, frame: &mut Frame, covers: &[Cover]) {
        self.fills.iter_mut().for_each(|fill| fill.draw(frame, covers, &self.parts));
    }
}

/// Covers that touch or overlap each other, directly or through others.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    /// Their numbers.
    covers: Vec<usize>,
    /// The smallest rectangle that holds them.
    bounds: PixelRect,
}

/// `places` are those of the covers.
fn groups(covers: &[Cover], places: &Places) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut is_in_group = vec![false; covers.len()];
    for first in 0..covers.len() {
        if std::mem::replace(&mut is_in_group[first], true) {
            continue;
        }
        let mut group = Group { covers: vec![first], bounds: covers[first].rect };
        let mut looked_at = 0;
        while let Some(&member) = group.covers.get(looked_at) {
            looked_at += 1;
            group.bounds = group.bounds.union(covers[member].rect);
            places.any(bounds_of(covers[member].rect), &mut |other| {
                if !std::mem::replace(&mut is_in_group[other], true) {
                    group.covers.push(other);
                }
                false
            });
        }
        groups.push(group);
    }
    groups
}

fn fill_rect(frame: &mut Frame, rect: PixelRect, colour: [u8; 3]) {
    let width = frame.width as usize;
    for y in rect.y0 as usize..rect.y1 as usize {
        let row = y * width + rect.x0 as usize..y * width + rect.x1 as usize;
        for pixel in frame.rgb[3 * row.start..3 * row.end].chunks_exact_mut(3) {
            pixel.copy_from_slice(&colour);
        }
    }
}

#[cfg(test)]
mod tests;
