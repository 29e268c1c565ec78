//! Covers over a small picture of a photo, to be shown before a copy is made.

use super::plan::cover_of;
use crate::error::Result;
use crate::photo::{self, Frame, Limits};
use crate::protect::{self, CoverRules, Style};
use crate::report::{Brush, Decision, RegionRequest, Shape};

/// Draws the covers of the regions that are not left open over `picture`, a small picture of an upright photo of `size`. In a JPEG
/// more than that will be drawn: up to its coding blocks.
///
/// # Errors
/// If the picture cannot be opened, or a region describes no place.
pub fn preview_covers(
    picture: &[u8],
    size: (u32, u32),
    regions: &[RegionRequest],
    style: impl Into<Style>,
) -> Result<Frame> {
    let mut frame = photo::open(picture, &Limits::default())?.frame;
    let scale = frame.width as f32 / size.0.max(1) as f32;
    let small = (frame.width, frame.height);
    let mut covers = Vec::new();
    for region in regions.iter().filter(|region| region.decision != Decision::Open) {
        let Some(cover) = cover_of(region, size, &CoverRules::default())? else { continue };
        let mask = match &cover.shape {
            Shape::Rectangle | Shape::Mask(_) => {
                protect::mask_of(&cover.shape, cover.bounds, size)?.shrunk(size, small)
            }
            shape => protect::mask_of(&scaled(shape, scale), cover.bounds, small)?,
        };
        let head = match cover.shape {
            Shape::Ellipse(head) => Some(scaled_ellipse(head, scale)),
            _ => None,
        };
        covers.push(protect::Cover { mask, head, redraws: 0 });
    }
    protect::draw(&mut frame, &covers, &style.into());
    Ok(frame)
}

fn scaled(shape: &Shape, scale: f32) -> Shape {
    let point = |[x, y]: &[f32; 2]| [x * scale, y * scale];
    match shape {
        Shape::Ellipse(numbers) => Shape::Ellipse(scaled_ellipse(*numbers, scale)),
        Shape::Polygon(corners) => Shape::Polygon(corners.iter().map(point).collect()),
        Shape::Brush(Brush { points, radius }) => {
            Shape::Brush(Brush { points: points.iter().map(point).collect(), radius: radius * scale })
        }
        other => other.clone(),
    }
}

fn scaled_ellipse([cx, cy, rx, ry, angle]: [f32; 5], scale: f32) -> [f32; 5] {
    [cx * scale, cy * scale, rx * scale, ry * scale, angle]
}
