//! Where the faces are: pyramid, tiles, turns, decoding, calibration, fusion.

mod boxes;
mod centerface;
mod colour;
mod contrast;
mod custom;
mod family;
mod fitted;
mod fusion;
mod level;
mod memory;
mod picture;
mod policy;
mod pose;
mod pyramid;
mod retinaface;
mod rows;
mod shown;
mod view;
mod yunet;

pub use boxes::iou;
pub use custom::{DetectorSpec, Head};
pub use family::{Family, NetworkId};
pub use memory::CachedTile;
pub use policy::{Policy, Rescan, Scan};
pub use rows::{BoxForm, Rows, Unit};
pub use view::View;

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, Result};
use crate::geometry::{PixelRect, TiltedBox};
#[cfg(feature = "tract")]
use crate::infer::TractNetwork;
use crate::infer::{CompactNetwork, Network, Sides, verify_hash};
use crate::order::{descending, sort_by_key};
use crate::photo::Frame;
use crate::places::{Places, bounds_of_box};
use boxes::union;
use contrast::{Appearance, Care};
use custom::Custom;
use family::FAMILIES;
use level::{Level, Tile};
use memory::{Memory, Seen};
use picture::{Ground, Image};

/// A face that was found, in pixels of the scanned picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// `[x, y, width, height]`; may reach past the picture's edge.
    pub bbox: [f32; 4],
    /// The probability that this is a face, 0 to 1, as fitted to annotated pictures: see docs/accuracy.md. If only a custom
    /// detector found it, the detector's score.
    pub confidence: f32,
    /// Right eye, left eye, nose tip, right and left corner of the mouth (the person's right and left), `[x, y]`; `None` from
    /// a custom detector that has no landmarks.
    pub landmarks: Option<[[f32; 2]; 5]>,
    /// The smallest box around all credible raw detections of this face; covers are grown from it.
    pub extent: [f32; 4],
    /// The face's box along the head's axis, if the second scan says that the head is tilted.
    pub tilted: Option<TiltedBox>,
}

impl Detection {
    /// A face that was found once.
    pub fn new(bbox: [f32; 4], confidence: f32, landmarks: [[f32; 2]; 5]) -> Self {
        Self { bbox, confidence, landmarks: Some(landmarks), extent: bbox, tilted: None }
    }

    /// [`Self::tilted`], or the box along the line of the eyes.
    pub fn tilted_box(&self) -> TiltedBox {
        self.tilted.unwrap_or_else(|| TiltedBox::along_eyes(self.bbox, self.landmarks.as_ref()))
    }
}

/// One network's detection in one pass, before fusion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawDetection {
    /// The network.
    pub network: NetworkId,
    /// How the picture was turned.
    pub view: View,
    /// `[x, y, width, height]` in pixels of the picture.
    pub bbox: [f32; 4],
    /// As in [`Detection::landmarks`].
    pub landmarks: Option<[[f32; 2]; 5]>,
    /// The network's score, 0 to 1. It is no probability, and means something else for each network.
    pub score: f32,
    /// Square root of the box's area in network pixels; with the box it gives the pyramid level.
    pub network_size: f32,
    /// The box touches an edge of its tile that is not an edge of the picture.
    pub cut: bool,
}

/// The result of a scan that may have used cached tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// As [`Detector::detect`] gives them.
    pub faces: Vec<Detection>,
    /// Share of the scan, 0 to 1, that came from cached tiles.
    pub known: f32,
    /// Share of the scan, 0 to 1, that came from tiles cached for earlier pictures, not for other parts of this one.
    pub earlier: f32,
    /// Tiles that were not scanned, because all of their pixels have the same colour.
    pub skipped_tiles: usize,
}

/// A box that a network scored, in pixels of its input.
#[derive(Debug, Clone, PartialEq)]
struct Candidate {
    bbox: [f32; 4],
    score: f32,
    landmarks: Option<[[f32; 2]; 5]>,
}

/// Most candidates of a tile that are weighed, best first: the published RetinaFace code keeps as many. A crowd has a few
/// hundred; more come from pictures made to keep a detector busy.
const MOST_CANDIDATES: usize = 5000;

/// One of several parts of a scan. All parts together are the whole scan, and each has about the same work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
pub struct Part {
    /// 0 to one less than [`Part::of`].
    pub index: usize,
    /// How many parts there are, at least 1.
    pub of: usize,
}

/// Finds faces. Owns the networks, and caches the detections of the latest tiles.
#[derive(Default)]
pub struct Detector {
    networks: [Option<Box<dyn Network>>; FAMILIES],
    custom: Option<Custom>,
    memory: Memory,
}

impl Detector {
    /// A detector with YuNet only, from the bytes of its packed file.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_yunet(packed: &[u8]) -> Result<Self> {
        let mut detector = Self::default();
        detector.load(Family::YuNet, packed)?;
        Ok(detector)
    }

    /// Loads a network from the bytes of its packed file into the compact engine.
    ///
    /// # Errors
    /// [`ModelError`] if the bytes are not the expected ones.
    pub fn load(&mut self, family: Family, packed: &[u8]) -> Result<()> {
        verify_hash(packed, family.packed_sha256())?;
        self.set_network(family, Box::new(CompactNetwork::from_packed(packed)?));
        Ok(())
    }

    /// Loads a network from the bytes of its ONNX file into tract: slower, the reference for the compact engine.
    ///
    /// # Errors
    /// [`ModelError`] if the bytes are not the expected ones or tract cannot read them.
    #[cfg(feature = "tract")]
    pub fn load_onnx(&mut self, family: Family, onnx: &[u8]) -> Result<()> {
        verify_hash(onnx, family.onnx_sha256())?;
        self.set_network(family, Box::new(TractNetwork::from_onnx(onnx, family.input())?));
        Ok(())
    }

    /// Uses any engine that runs the network.
    pub fn set_network(&mut self, family: Family, network: Box<dyn Network>) {
        self.networks[family as usize] = Some(network);
        self.memory.clear();
    }

    /// Adds a custom detector from the bytes of its ONNX file. It scans wherever YuNet scans upright, and its detections are
    /// added to those of the other networks.
    ///
    /// # Errors
    /// [`ModelError`], by what is wrong with the file, the description, or the network's outputs for a grey picture.
    #[cfg(feature = "tract")]
    pub fn load_custom_onnx(&mut self, onnx: &[u8], spec: DetectorSpec) -> Result<()> {
        let network = TractNetwork::from_onnx(onnx, spec.input)?;
        let network = match spec.head.names() {
            Some(names) => network.with_outputs(&names)?,
            None => network,
        };
        self.set_custom(Box::new(network), spec)
    }

    /// As above, in a build without tract.
    ///
    /// # Errors
    /// [`ModelError::NoImporter`].
    #[cfg(not(feature = "tract"))]
    pub fn load_custom_onnx(&mut self, _: &[u8], _: DetectorSpec) -> Result<()> {
        Err(ModelError::NoImporter.into())
    }

    /// Adds a custom detector that any engine runs.
    ///
    /// # Errors
    /// As [`Self::load_custom_onnx`].
    pub fn set_custom(&mut self, network: Box<dyn Network>, spec: DetectorSpec) -> Result<()> {
        self.custom = Some(Custom::new(network, spec)?);
        self.memory.clear();
        Ok(())
    }

    /// Sets the key of the tiles' hashes: random bytes, the same for all detectors that import each other's tiles. Without it
    /// each draws its own.
    pub fn set_secret(&mut self, secret: [u8; 16]) {
        self.memory.set_secret(secret);
    }

    /// A hash of bytes, to compare them with others for as long as this detector lives.
    ///
    /// # Errors
    /// [`crate::error::Error::Internal`] if there is no source of randomness.
    pub(crate) fn hash(&mut self, bytes: &[u8]) -> Result<u128> {
        self.memory.hash(bytes)
    }

    /// Finds every face in a picture that has at least the confidence at which the policy lists it, best first. `progress` is
    /// called with the share of the work done, 0 to 1.
    ///
    /// # Errors
    /// [`ModelError::Missing`] if the policy asks for a network that is not loaded; [`ModelError::Run`] if an engine
    /// fails.
    pub fn detect(&mut self, frame: &Frame, policy: &Policy, progress: &mut dyn FnMut(f32)) -> Result<Vec<Detection>> {
        Ok(self.inspect(frame, policy, progress)?.faces)
    }

    /// As [`Self::detect`], and gives the share that came from cached tiles.
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn inspect(&mut self, frame: &Frame, policy: &Policy, progress: &mut dyn FnMut(f32)) -> Result<Scanned> {
        let run = self.run(frame, policy, self.passes(frame, policy), None, progress)?;
        self.memory.end_picture();
        let (known, earlier) = (run.share(run.known), run.share(run.earlier));
        let (shipped, custom) = fusion::fuse_apart(run.detections, pixels(frame), policy);
        // YuNet has no say in what somebody else's network detects.
        let shipped = self.rescan(frame, shipped, &policy.rescan)?;
        let faces = fusion::add(shipped, custom, policy);
        Ok(Scanned { faces, known, earlier, skipped_tiles: run.skipped })
    }

    /// A partial detection: scans some areas of a picture, upright and only at the levels where the networks see them best, at
    /// a fraction of a whole scan's cost. A level is scanned whole if the tiles around the areas would cost more, so there can
    /// be detections elsewhere as well. All have at least the confidence [`Policy::partial_threshold`].
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn detect_in(&mut self, frame: &Frame, policy: &Policy, areas: &[PixelRect]) -> Result<Vec<Detection>> {
        let run = self.run(frame, policy, partial_passes(frame, policy, areas), None, &mut |_| ())?;
        Ok(fusion::fuse(run.detections, pixels(frame), &policy.clone().with_threshold(policy.partial_threshold)))
    }

    /// Scans a part of a picture and exports its tiles, so that another detector can import them
    /// ([`Self::import_tiles`]) instead of scanning that part.
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn scan_part(
        &mut self,
        frame: &Frame,
        policy: &Policy,
        part: Part,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Vec<CachedTile>> {
        self.memory.end_picture();
        let run = self.run(frame, policy, self.passes(frame, policy), Some(part), progress)?;
        Ok(self.memory.export(&run.seen))
    }

    /// Imports the cached tiles of a detector with the same networks: a tile of the same pixels is not scanned again.
    pub fn import_tiles(&mut self, tiles: Vec<CachedTile>) {
        self.memory.import_tiles(tiles);
    }

    /// Every network's detections in every pass, before [`Self::detect`] fuses them; for measurements.
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn raw_detections(
        &mut self,
        frame: &Frame,
        policy: &Policy,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Vec<RawDetection>> {
        Ok(self.run(frame, policy, self.passes(frame, policy), None, progress)?.detections)
    }

    fn passes(&self, frame: &Frame, policy: &Policy) -> Vec<Pass> {
        passes(frame, policy, self.custom.as_ref().map(Custom::sides))
    }

    /// Goes through the passes, or through one part of all their tiles.
    fn run(
        &mut self,
        frame: &Frame,
        policy: &Policy,
        mut passes: Vec<Pass>,
        part: Option<Part>,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Run> {
        if let Some(part) = part {
            keep_part(&mut passes, part);
        }
        let grounds = Ground::of(frame);
        let mut run =
            Run { total: grounds.len() as f32 * passes.iter().map(Pass::cost).sum::<f32>(), ..Run::default() };
        let mut detections = vec![Vec::new(); passes.len()];
        for ground in grounds {
            let whole = Image::of(frame, *ground);
            let mut upright = whole.borrowed();
            for (of_level, detections) in in_levels(&passes, &mut detections) {
                upright = shrink(upright, &whole, of_level[0].level)?;
                let tilted = of_level.iter().any(|pass| pass.view.tilted).then(|| upright.tilted());
                for (pass, detections) in of_level.iter().zip(detections) {
                    let image = tilted.as_ref().filter(|_| pass.view.tilted).unwrap_or(&upright);
                    for &tile in &pass.tiles {
                        detections.extend(self.scan_tile(image, tile, pass, frame, policy, &mut run)?);
                        progress((run.done / run.total).min(1.0));
                    }
                }
            }
        }
        progress(1.0);
        run.detections = detections.into_iter().flat_map(|of_pass| suppress(of_pass, policy)).collect();
        Ok(run)
    }

    /// The raw detections in one tile, in each of its appearances: from the cache, or by a scan.
    fn scan_tile(
        &mut self,
        image: &Image<'_>,
        tile: Tile,
        pass: &Pass,
        frame: &Frame,
        policy: &Policy,
        run: &mut Run,
    ) -> Result<Vec<RawDetection>> {
        let Level { width, height } = pass.level;
        let care = Care {
            in_parts: width * height <= policy.faint_part_pixels,
            coarsely: width.max(height) <= policy.coarse_side,
        };
        let appearances = image.tile(tile, pass.view.quarter_turns, care, policy)?;
        run.skipped += usize::from(appearances.is_empty());
        // Together they count as one tile, so that no share is more than the whole.
        let cost = tile.cost() / appearances.len().max(1) as f32;
        let mut of_tile = Vec::new();
        for appearance in appearances {
            let key = self.memory.key(&appearance, pass.place(tile), frame, policy)?;
            let seen = Seen { key, earlier: self.memory.is_earlier(key) };
            if let Some(detections) = self.memory.recall(key) {
                of_tile.extend_from_slice(detections);
                run.known += cost;
            } else {
                let detections = self.scan(&appearance, tile, pass, frame, policy)?;
                of_tile.extend_from_slice(&detections);
                self.memory.keep(key, detections);
            }
            run.earlier += if seen.earlier { cost } else { 0.0 };
            run.done += cost;
            run.seen.push(seen);
        }
        Ok(of_tile)
    }

    /// Runs the pass's network on the pixels of one tile.
    fn scan(
        &mut self,
        seen: &Appearance,
        tile: Tile,
        pass: &Pass,
        frame: &Frame,
        policy: &Policy,
    ) -> Result<Vec<RawDetection>> {
        let (pixels, width, height) = (&seen.rgb[..], tile.width as usize, tile.height as usize);
        let lowest_score = seen.lowest_score(policy);
        let mut candidates = match pass.network {
            NetworkId::Shipped(family) => {
                let network = self.networks[family as usize].as_mut().ok_or(ModelError::Missing)?;
                family.decode(&network.run(pixels, width, height)?, width, height, lowest_score)?
            }
            NetworkId::Custom => {
                let custom = self.custom.as_mut().ok_or(ModelError::Missing)?;
                custom.scan(pixels, width, height, lowest_score)?
            }
        };
        candidates.retain(|candidate| seen.shows(candidate.bbox, width));
        sort_by_key(&mut candidates, |candidate| descending(candidate.score));
        candidates.truncate(MOST_CANDIDATES);
        let detections = candidates.iter().filter_map(|candidate| pass.detection(candidate, tile, frame)).collect();
        Ok(suppress(detections, policy))
    }
}

/// The result of going through passes.
#[derive(Default)]
struct Run {
    detections: Vec<RawDetection>,
    /// Every tile that shows anything, once for each of its appearances.
    seen: Vec<Seen>,
    /// Tiles of one colour, which were not scanned.
    skipped: usize,
    /// The networks' work in pixels: planned, done, cached, and cached for earlier pictures.
    total: f32,
    done: f32,
    known: f32,
    earlier: f32,
}

impl Run {
    /// A part of what was done, as a share.
    fn share(&self, part: f32) -> f32 {
        part / self.done.max(1.0)
    }
}

/// One network's pass over the picture: at one level, in one view.
struct Pass {
    network: NetworkId,
    view: View,
    /// Size before turning.
    level: Level,
    /// The tiles to scan, in the turned level.
    tiles: Vec<Tile>,
}

impl Pass {
    fn place(&self, tile: Tile) -> memory::Place {
        (self.network, self.view, self.level, tile)
    }

    fn cost(&self) -> f32 {
        cost(&self.tiles)
    }

    /// A candidate as a detection in pixels of the picture; `None` if its centre lies past the picture's edge.
    fn detection(&self, candidate: &Candidate, tile: Tile, frame: &Frame) -> Option<RawDetection> {
        let (sx, sy) = (frame.width as f32 / self.level.width as f32, frame.height as f32 / self.level.height as f32);
        let place = |[x, y]: [f32; 2]| {
            let [x, y] = self.view.undo([x + tile.x as f32, y + tile.y as f32], self.level);
            [x * sx, y * sy]
        };
        let [x, y, w, h] = candidate.bbox;
        let [cx, cy] = place([x + w / 2.0, y + h / 2.0]);
        let inside = (0.0..frame.width as f32).contains(&cx) && (0.0..frame.height as f32).contains(&cy);
        let back = self.view.undo_box([x + tile.x as f32, y + tile.y as f32, w, h], self.level);
        inside.then(|| RawDetection {
            network: self.network,
            view: self.view,
            bbox: [back[0] * sx, back[1] * sy, back[2] * sx, back[3] * sy],
            landmarks: candidate.landmarks.map(|points| points.map(place)),
            score: candidate.score,
            network_size: (w * h).sqrt(),
            cut: self.cuts(candidate.bbox, tile),
        })
    }

    /// The box touches an edge of its tile behind which the picture goes on.
    fn cuts(&self, [x, y, w, h]: [f32; 4], tile: Tile) -> bool {
        let seen = self.view.size(self.level);
        let goes_on_right = tile.x + tile.width < seen.width;
        let goes_on_below = tile.y + tile.height < seen.height;
        (tile.x > 0 && x <= 0.0)
            || (tile.y > 0 && y <= 0.0)
            || (goes_on_right && x + w >= tile.width as f32)
            || (goes_on_below && y + h >= tile.height as f32)
    }
}

fn pixels(frame: &Frame) -> f32 {
    frame.width as f32 * frame.height as f32
}

/// The network's work, in pixels.
fn cost(tiles: &[Tile]) -> f32 {
    tiles.iter().map(|tile| tile.cost()).sum()
}

/// Every pass that the policy asks for, and those of a `custom` detector, in the order that lets each level be made from
/// the one before: the upright ones from large to small, then the turned ones, each level in every view.
fn passes(frame: &Frame, policy: &Policy, custom: Option<Sides>) -> Vec<Pass> {
    let mut passes = Vec::new();
    for scan in &policy.scans {
        let network = NetworkId::Shipped(scan.family);
        passes.extend(passes_of(scan, network, scan.family.input().sides, frame, policy));
        let accompanied = scan.family == Family::YuNet && scan.views.contains(&View::UPRIGHT);
        if let Some(sides) = custom.filter(|_| accompanied) {
            let scan = scan.upright_for(sides);
            passes.extend(passes_of(&scan, NetworkId::Custom, sides, frame, policy));
        }
    }
    let size = |level: Level| std::cmp::Reverse((level.width, level.height));
    passes.sort_by_key(|pass| (pass.view != View::UPRIGHT, size(pass.level), pass.view, pass.network));
    passes
}

fn passes_of(scan: &Scan, network: NetworkId, sides: Sides, frame: &Frame, policy: &Policy) -> Vec<Pass> {
    let levels = pyramid::levels(frame.width, frame.height, scan);
    let views = levels.into_iter().flat_map(|level| scan.views.iter().map(move |&view| (level, view)));
    let pass = |(level, view): (Level, View)| {
        let tiles = pyramid::tiles(view.size(level), sides, policy);
        Pass { network, view, level, tiles }
    };
    views.map(pass).collect()
}

/// Leaves the tiles of one part: each goes to the part that has least to do so far. Passes in other views are the last, so
/// what is upright falls to the same part with them and without. Passes stay even if they have no tile left, because each
/// level is made from the one before.
fn keep_part(passes: &mut [Pass], part: Part) {
    let mut loads = vec![0.0; part.of];
    for pass in passes.iter_mut() {
        pass.tiles.retain(|tile| {
            let least = (0..part.of).min_by(|&a, &b| f32::total_cmp(&loads[a], &loads[b])).unwrap_or(0);
            loads[least] += tile.cost();
            least == part.index
        });
    }
}

/// The upright passes of a policy with shipped networks. Only the areas that have a size of [`Policy::partial_sides`] at a
/// pass's level are scanned there. If the tiles around them would cost more than the whole level, all of it is scanned: so most
/// small levels are, at which several fills together can look like a face.
fn partial_passes(frame: &Frame, policy: &Policy, areas: &[PixelRect]) -> Vec<Pass> {
    let mut passes = passes(frame, policy, None);
    passes.retain(|pass| pass.view == View::UPRIGHT);
    for pass in &mut passes {
        let scale = pass.level.width as f32 / frame.width as f32;
        let suitable = areas
            .iter()
            .filter(|area| policy.partial_sides.contains(&(area.width().max(area.height()) as f32 * scale)));
        let around = |area: &PixelRect| pyramid::tile_around(*area, scale, pass.level, policy.partial_step);
        let tiles: Vec<Tile> = suitable.map(around).collect();
        if cost(&tiles) < pass.cost() {
            pass.tiles = tiles;
        }
    }
    passes.retain(|pass| !pass.tiles.is_empty());
    passes
}

/// The passes of each level with the lists of their detections.
fn in_levels<'a>(
    passes: &'a [Pass],
    mut detections: &'a mut [Vec<RawDetection>],
) -> impl Iterator<Item = (&'a [Pass], &'a mut [Vec<RawDetection>])> {
    passes.chunk_by(|a, b| a.level == b.level).map(move |of_level| {
        let (here, rest) = std::mem::take(&mut detections).split_at_mut(of_level.len());
        detections = rest;
        (of_level, here)
    })
}

/// The whole picture at a level's size, made from `last`, its image at the level before, if that is larger and no enlargement.
fn shrink<'a>(last: Image<'a>, whole: &'a Image<'_>, level: Level) -> Result<Image<'a>> {
    let is_larger = last.width >= level.width as usize && last.height >= level.height as usize;
    let is_enlarged = last.width > whole.width || last.height > whole.height;
    let source = if is_larger && !is_enlarged { last } else { whole.borrowed() };
    source.resized(level)
}

/// Greedy non-maximum suppression within one pass, whole boxes before cut ones.
fn suppress(mut detections: Vec<RawDetection>, policy: &Policy) -> Vec<RawDetection> {
    sort_by_key(&mut detections, |detection| descending(detection.score));
    sort_by_key(&mut detections, |detection| detection.cut);
    let mut kept: Vec<RawDetection> = Vec::new();
    let mut places = Places::new();
    for detection in detections {
        let is_same = &mut |better: usize| iou(kept[better].bbox, detection.bbox) > policy.merge_iou;
        if !places.any(bounds_of_box(detection.bbox), is_same) {
            places.put(bounds_of_box(detection.bbox));
            kept.push(detection);
        }
    }
    kept
}

#[cfg(test)]
mod tests;
