//! Covers: how far they reach and how they are drawn.
//!
//! A soft fill is made of pixels outside every cover only, after what is drawn on has been erased to black: it cannot depend on
//! what was under a cover, its own or a neighbour's.

mod blocks;
mod cover;
mod mosaic;
mod soft;
#[cfg(feature = "attacks")]
pub mod weak;

pub use blocks::{recoded, with_reach};
pub use cover::{CoverRules, cover_of_area, cover_of_face, cover_of_region};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::geometry::PixelRect;
use crate::photo::Frame;
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

/// Draws all covers into the picture and makes them opaque.
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
    parts: Vec<PixelRect>,
}

impl SoftFills {
    /// Draws the covers as [`draw`] does with [`Method::Soft`], but in some `parts` of the picture only: what a file whose
    /// other coding blocks are kept will show.
    pub fn draw(frame: &mut Frame, covers: &[Cover], parts: Vec<PixelRect>) -> Self {
        let erased = covers.iter().flat_map(|cover| parts.iter().map(|part| part.intersection(cover.rect)));
        erased.filter(|rect| !rect.is_empty()).for_each(|rect| fill_rect(frame, rect, [0; 3]));
        let fills = groups(covers).into_iter().map(|group| Fill::new(frame, group, covers)).collect();
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

fn groups(covers: &[Cover]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, cover) in covers.iter().enumerate() {
        let touches =
            |group: &Group| group.covers.iter().any(|&other| covers[other].rect.grown(1).intersects(cover.rect));
        let (touching, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(touches);
        groups = apart;
        let mut merged = Group { covers: vec![index], bounds: cover.rect };
        for group in touching {
            merged.bounds = merged.bounds.union(group.bounds);
            merged.covers.extend(group.covers);
        }
        groups.push(merged);
    }
    groups
}

fn fill_rect(frame: &mut Frame, rect: PixelRect, colour: [u8; 3]) {
    let width = frame.width as usize;
    for y in rect.y0 as usize..rect.y1 as usize {
        let row = y * width + rect.x0 as usize..y * width + rect.x1 as usize;
        if let Some(alpha) = &mut frame.alpha {
            alpha[row.clone()].fill(u8::MAX);
        }
        for pixel in frame.rgb[3 * row.start..3 * row.end].chunks_exact_mut(3) {
            pixel.copy_from_slice(&colour);
        }
    }
}

#[cfg(test)]
mod tests;
