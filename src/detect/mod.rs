//! Where the faces are: pyramid, tiles, turns, decoding, merging.

mod merge;
mod policy;
mod pyramid;
mod yunet;

pub use merge::iou;
pub use policy::Policy;

use crate::error::Result;
#[cfg(feature = "tract")]
use crate::infer::TractNetwork;
use crate::infer::{CompactNetwork, Network, verify_hash};
use crate::photo::{Frame, resize_rgb};
use pyramid::{Level, Tile, Tiling};

/// A face that was found, in pixels of the picture looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// `[x, y, width, height]`; may reach past the picture's edge.
    pub bbox: [f32; 4],
    /// The network's confidence, 0 to 1.
    pub score: f32,
    /// Right eye, left eye, nose tip, right and left corner of the mouth (the person's right and left), `[x, y]`.
    pub landmarks: [[f32; 2]; 5],
    /// The smallest box that holds every find of this face at all sizes; covers are grown from it.
    pub extent: [f32; 4],
    /// The find touches an edge of its tile that is not an edge of the picture.
    cut: bool,
}

impl Detection {
    /// A find that nothing else has been merged into.
    pub fn new(bbox: [f32; 4], score: f32, landmarks: [[f32; 2]; 5]) -> Self {
        Self { bbox, score, landmarks, extent: bbox, cut: false }
    }

    /// The same find with every point passed through `map`, which must keep axes parallel.
    fn mapped(&self, map: impl Fn([f32; 2]) -> [f32; 2]) -> Self {
        let [x, y, w, h] = self.bbox;
        let (a, b) = (map([x, y]), map([x + w, y + h]));
        let bbox = [a[0].min(b[0]), a[1].min(b[1]), (a[0] - b[0]).abs(), (a[1] - b[1]).abs()];
        Self { bbox, extent: bbox, landmarks: self.landmarks.map(&map), ..*self }
    }
}

/// Finds faces. Owns the network.
pub struct Detector {
    network: Box<dyn Network>,
}

impl Detector {
    /// Loads YuNet from the bytes of its packed file into the compact engine.
    ///
    /// # Errors
    /// [`crate::error::ModelError`] if the bytes are not the expected ones.
    pub fn from_yunet(packed: &[u8]) -> Result<Self> {
        verify_hash(packed, yunet::PACKED_SHA256)?;
        Ok(Self::with_network(Box::new(CompactNetwork::from_packed(packed)?)))
    }

    /// Loads YuNet from the bytes of its ONNX file into tract: slower, the reference for the compact engine.
    ///
    /// # Errors
    /// [`crate::error::ModelError`] if the bytes are not the expected ones or tract cannot read them.
    #[cfg(feature = "tract")]
    pub fn from_yunet_onnx(onnx: &[u8]) -> Result<Self> {
        verify_hash(onnx, yunet::SHA256)?;
        Ok(Self::with_network(Box::new(TractNetwork::from_onnx(onnx, yunet::INPUT)?)))
    }

    /// Uses any engine that runs YuNet.
    pub fn with_network(network: Box<dyn Network>) -> Self {
        Self { network }
    }

    /// Finds every face in a picture that scores at least [`Policy::threshold`], best first. `progress` is told the
    /// share of the work done, 0 to 1.
    ///
    /// # Errors
    /// [`crate::error::ModelError::Run`] if the engine fails.
    pub fn detect(&mut self, frame: &Frame, policy: &Policy, progress: &mut dyn FnMut(f32)) -> Result<Vec<Detection>> {
        let passes = passes(frame, policy);
        let total: f32 = passes.iter().map(Pass::cost).sum();
        let mut done = 0.0;
        let mut found = Vec::new();
        let mut image = Image::of(frame);
        for pass in &passes {
            image.show(frame, pass)?;
            for tile in &pass.tiling.tiles {
                let finds = self.look(&image, *tile, &pass.tiling, policy)?;
                let counted = finds.iter().filter(|find| pass.turns == 0 || find.score >= policy.turned_threshold);
                found.extend(counted.map(|find| pass.to_picture(find, frame)));
                done += pass.cost() / pass.tiling.tiles.len() as f32;
                progress((done / total).min(1.0));
            }
        }
        Ok(merge::merge(found, policy))
    }

    /// Looks at one tile; the finds are in pixels of the level.
    fn look(&mut self, image: &Image<'_>, tile: Tile, tiling: &Tiling, policy: &Policy) -> Result<Vec<Detection>> {
        let (width, height) = (tiling.width as usize, tiling.height as usize);
        let pixels = image.tile(tile, width, height);
        let outputs = self.network.run(&pixels, width, height)?;
        let found = yunet::decode(&outputs, width, height, policy.threshold)?;
        let origin = [tile.x as f32, tile.y as f32];
        let shown = found.into_iter().filter(|d| image.shows(d, origin)).map(|d| {
            let cut = image.cuts(&d, tile, tiling);
            Detection { cut, ..d.mapped(|[x, y]| [x + origin[0], y + origin[1]]) }
        });
        Ok(merge::merge(shown.collect(), policy))
    }
}

/// One look at the whole picture: at one size, turned by some quarter turns.
struct Pass {
    /// Clockwise quarter turns, 0 to 3.
    turns: u8,
    /// Size before turning.
    level: Level,
    /// Tiles of the turned level.
    tiling: Tiling,
}

impl Pass {
    fn cost(&self) -> f32 {
        (self.tiling.tiles.len() as f32) * (self.tiling.width as f32) * (self.tiling.height as f32)
    }

    /// From pixels of the turned level to pixels of the picture.
    fn to_picture(&self, find: &Detection, frame: &Frame) -> Detection {
        let (w, h) = (self.level.width as f32, self.level.height as f32);
        let (sx, sy) = (frame.width as f32 / w, frame.height as f32 / h);
        find.mapped(|[x, y]| {
            let [x, y] = match self.turns {
                1 => [y, h - x],
                2 => [w - x, h - y],
                3 => [w - y, x],
                _ => [x, y],
            };
            [x * sx, y * sy]
        })
    }
}

/// Every pass that the policy asks for, in the order that lets each level be made from the one before.
fn passes(frame: &Frame, policy: &Policy) -> Vec<Pass> {
    let upright = pyramid::levels(frame.width, frame.height, policy).into_iter().map(|level| (0, level));
    let turned = policy.quarter_turns.iter().flat_map(|&turns| {
        let levels = pyramid::turned_levels(frame.width, frame.height, policy);
        levels.into_iter().map(move |level| (turns, level))
    });
    let stride = yunet::INPUT.stride as u32;
    let pass = |(turns, level): (u8, Level)| {
        let Level { width, height } = level;
        let seen = if turns % 2 == 1 { Level { width: height, height: width } } else { level };
        Pass { turns, level, tiling: pyramid::tiling(seen, stride, policy) }
    };
    upright.chain(turned).map(pass).collect()
}

/// The picture as one pass sees it.
struct Image<'a> {
    width: usize,
    height: usize,
    rgb: std::borrow::Cow<'a, [u8]>,
    turns: u8,
}

impl<'a> Image<'a> {
    fn of(frame: &'a Frame) -> Self {
        Self { width: frame.width as usize, height: frame.height as usize, rgb: (&frame.rgb[..]).into(), turns: 0 }
    }

    /// Changes to another pass: from the level before if that is larger and not turned, else from the picture.
    fn show(&mut self, frame: &'a Frame, pass: &Pass) -> Result<()> {
        let (width, height) = (pass.level.width as usize, pass.level.height as usize);
        if self.turns != 0 || self.width < width || self.height < height || self.width > frame.width as usize {
            *self = Self::of(frame);
        }
        if (self.width, self.height) != (width, height) {
            let size = (self.width as u32, self.height as u32);
            let resized = resize_rgb(&self.rgb, size.0, size.1, pass.level.width, pass.level.height)?;
            *self = Self { width, height, rgb: resized.into(), turns: 0 };
        }
        for _ in 0..pass.turns {
            self.turn();
        }
        self.turns = pass.turns;
        Ok(())
    }

    /// Turns a quarter clockwise.
    fn turn(&mut self) {
        let (width, height) = (self.height, self.width);
        let mut turned = vec![0; self.rgb.len()];
        for (index, pixel) in turned.chunks_exact_mut(3).enumerate() {
            let (x, y) = (index % width, index / width);
            let from = 3 * ((self.height - 1 - x) * self.width + y);
            pixel.copy_from_slice(&self.rgb[from..from + 3]);
        }
        *self = Self { width, height, rgb: turned.into(), turns: 0 };
    }

    /// Copies a tile; what lies past the picture's edge is black.
    fn tile(&self, tile: Tile, width: usize, height: usize) -> Vec<u8> {
        let (x, y) = (tile.x as usize, tile.y as usize);
        let columns = width.min(self.width - x);
        let mut pixels = vec![0; 3 * width * height];
        for (row, out) in pixels.chunks_exact_mut(3 * width).take(self.height - y).enumerate() {
            let from = 3 * ((y + row) * self.width + x);
            out[..3 * columns].copy_from_slice(&self.rgb[from..from + 3 * columns]);
        }
        pixels
    }

    /// The find's centre lies in the picture, not in the black past its edge.
    fn shows(&self, find: &Detection, origin: [f32; 2]) -> bool {
        let [x, y, w, h] = find.bbox;
        let (cx, cy) = (origin[0] + x + w / 2.0, origin[1] + y + h / 2.0);
        (0.0..self.width as f32).contains(&cx) && (0.0..self.height as f32).contains(&cy)
    }

    /// The find touches an edge of its tile behind which the picture goes on.
    fn cuts(&self, find: &Detection, tile: Tile, tiling: &Tiling) -> bool {
        let [x, y, w, h] = find.bbox;
        let goes_on_right = ((tile.x + tiling.width) as usize) < self.width;
        let goes_on_below = ((tile.y + tiling.height) as usize) < self.height;
        (tile.x > 0 && x <= 0.0)
            || (tile.y > 0 && y <= 0.0)
            || (goes_on_right && x + w >= tiling.width as f32)
            || (goes_on_below && y + h >= tiling.height as f32)
    }
}

#[cfg(test)]
mod tests;
