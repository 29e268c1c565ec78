//! Where the faces are: pyramid, tiles, turns, decoding, calibration, fusion.

mod boxes;
mod centerface;
mod colour;
mod contrast;
mod custom;
mod family;
mod fitted;
mod fusion;
mod memory;
mod policy;
mod pyramid;
mod retinaface;
mod rows;
mod view;
mod yunet;

pub use boxes::iou;
pub use custom::{DetectorSpec, Head};
pub use family::{Family, NetworkId};
pub use memory::CachedTile;
pub use policy::{Policy, Scan};
pub use rows::{BoxForm, Rows, Unit};
pub use view::View;

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, Result};
use crate::geometry::PixelRect;
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
use memory::{Memory, Seen};
use pyramid::{Level, Tile};
use view::{Ground, Image};

/// A face that was found, in pixels of the picture looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// `[x, y, width, height]`; may reach past the picture's edge.
    pub bbox: [f32; 4],
    /// The probability that this is a face, 0 to 1, as fitted to annotated pictures: see docs/accuracy.md. The score as it
    /// is of what only a brought network found.
    pub confidence: f32,
    /// Right eye, left eye, nose tip, right and left corner of the mouth (the person's right and left), `[x, y]`; `None` from
    /// a brought network that does not tell them.
    pub landmarks: Option<[[f32; 2]; 5]>,
    /// The smallest box that holds every credible find of this face at all sizes; covers are grown from it.
    pub extent: [f32; 4],
}

impl Detection {
    /// A face that was found once.
    pub fn new(bbox: [f32; 4], confidence: f32, landmarks: [[f32; 2]; 5]) -> Self {
        Self { bbox, confidence, landmarks: Some(landmarks), extent: bbox }
    }
}

/// What one network found in one pass, before the finds are weighed against each other.
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
    /// Square root of the box's area in network pixels; with the box it tells at which size the picture was seen.
    pub network_size: f32,
    /// The box touches an edge of its tile that is not an edge of the picture.
    pub cut: bool,
}

/// What looking at a picture gives that is known in part.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// As [`Detector::detect`] gives them.
    pub faces: Vec<Detection>,
    /// Share, 0 to 1, of what the networks were to look at that they did not, because it was known.
    pub known: f32,
    /// The part of it that was known from pictures before this one, and not from others who looked at parts of it.
    pub earlier: f32,
    /// Tiles that no network looked at, because all of their pixels have the same colour.
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

/// One of several parts of a look at a picture. All parts together are the whole, and each has about the same work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
pub struct Part {
    /// 0 to one less than [`Part::of`].
    pub index: usize,
    /// How many parts there are, at least 1.
    pub of: usize,
}

/// Finds faces. Owns the networks, and remembers what they found in the tiles that they saw last.
#[derive(Default)]
pub struct Detector {
    networks: [Option<Box<dyn Network>>; FAMILIES],
    custom: Option<Custom>,
    memory: Memory,
}

impl Detector {
    /// A detector that knows YuNet only, from the bytes of its packed file.
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

    /// Brings along a network of somebody else's from the bytes of its ONNX file. From then on it looks wherever YuNet looks
    /// upright, and what it finds is added to what the others find.
    ///
    /// # Errors
    /// [`ModelError`], by what is wrong with the file, the description, or what the network says of a grey picture.
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

    /// Brings along a network that any engine runs.
    ///
    /// # Errors
    /// As [`Self::load_custom_onnx`].
    pub fn set_custom(&mut self, network: Box<dyn Network>, spec: DetectorSpec) -> Result<()> {
        self.custom = Some(Custom::new(network, spec)?);
        self.memory.clear();
        Ok(())
    }

    /// Sets the key of the hashes by which tiles are remembered: random bytes, the same for all detectors that take over from
    /// each other. Without it each draws its own.
    pub fn set_secret(&mut self, secret: [u8; 16]) {
        self.memory.set_secret(secret);
    }

    /// A hash of bytes, to tell them from others for as long as this detector lives.
    ///
    /// # Errors
    /// [`crate::error::Error::Internal`] if there is no source of randomness.
    pub(crate) fn hash(&mut self, bytes: &[u8]) -> Result<u128> {
        self.memory.hash(bytes)
    }

    /// Finds every face in a picture that has at least the confidence [`Policy::threshold`], best first. `progress` is
    /// told the share of the work done, 0 to 1.
    ///
    /// # Errors
    /// [`ModelError::Missing`] if the policy asks for a network that is not loaded; [`ModelError::Run`] if an engine
    /// fails.
    pub fn detect(&mut self, frame: &Frame, policy: &Policy, progress: &mut dyn FnMut(f32)) -> Result<Vec<Detection>> {
        Ok(self.inspect(frame, policy, progress)?.faces)
    }

    /// As [`Self::detect`], and tells how much was known.
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn inspect(&mut self, frame: &Frame, policy: &Policy, progress: &mut dyn FnMut(f32)) -> Result<Scanned> {
        let run = self.run(frame, policy, self.passes(frame, policy), None, progress)?;
        self.memory.end_picture();
        let (known, earlier) = (run.share(run.known), run.share(run.earlier));
        Ok(Scanned { faces: fusion::fuse(run.detections, policy), known, earlier, skipped_tiles: run.skipped })
    }

    /// Looks at some areas of a picture, from nearby, for what [`Self::detect`] would find there. It sees them upright and at
    /// the sizes that are most telling, and costs a fraction of a look at everything. Sizes at which the areas together are no
    /// less than the picture are seen whole, so that it can find something elsewhere as well. What it finds is at least as
    /// probable as [`Policy::partial_threshold`].
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn detect_in(&mut self, frame: &Frame, policy: &Policy, areas: &[PixelRect]) -> Result<Vec<Detection>> {
        let run = self.run(frame, policy, partial_passes(frame, policy, areas), None, &mut |_| ())?;
        Ok(fusion::fuse(run.detections, &Policy { threshold: policy.partial_threshold, ..policy.clone() }))
    }

    /// Looks at a part of a picture for a detector that takes it over ([`Self::import_tiles`]) and then need not.
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

    /// Takes over what a detector with the same networks found: where a tile shows the same pixels, it is not looked at
    /// again.
    pub fn import_tiles(&mut self, tiles: Vec<CachedTile>) {
        self.memory.import_tiles(tiles);
    }

    /// Everything that any network finds in any pass, for measuring; [`Self::detect`] weighs it.
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

    /// Finds in one tile, in each way in which it is seen, as far as they are not known.
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

    /// Looks at the pixels of one tile.
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
        let detections = candidates.iter().filter_map(|candidate| pass.find(candidate, tile, frame)).collect();
        Ok(suppress(detections, policy))
    }
}

/// What came of going through passes.
#[derive(Default)]
struct Run {
    detections: Vec<RawDetection>,
    /// Every tile that shows anything, once for each way in which it was seen.
    seen: Vec<Seen>,
    /// Tiles of one colour, which no network looked at.
    skipped: usize,
    /// The networks' work as it was planned, done, known, and known from earlier pictures, in pixels.
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

/// One network's look at the picture: at one size, in one view.
struct Pass {
    network: NetworkId,
    view: View,
    /// Size before turning.
    level: Level,
    /// Where to look in the turned level.
    tiles: Vec<Tile>,
}

impl Pass {
    fn place(&self, tile: Tile) -> memory::Place {
        (self.network, self.view, self.level, tile)
    }

    fn cost(&self) -> f32 {
        cost(&self.tiles)
    }

    /// A candidate in pixels of the picture; `None` if its centre lies past the picture's edge.
    fn find(&self, candidate: &Candidate, tile: Tile, frame: &Frame) -> Option<RawDetection> {
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

/// The network's work, in pixels.
fn cost(tiles: &[Tile]) -> f32 {
    tiles.iter().map(|tile| tile.cost()).sum()
}

/// Every pass that the policy asks for, and those of a `brought` network, in the order that lets each level be made from
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

/// The upright passes of a policy with shipped networks, with tiles around those areas only that have a telling size at the
/// pass's level. Where these tiles would cost more than the whole level, it is seen whole; so most small levels are, at which
/// several fills together can look like a face.
fn partial_passes(frame: &Frame, policy: &Policy, areas: &[PixelRect]) -> Vec<Pass> {
    let mut passes = passes(frame, policy, None);
    passes.retain(|pass| pass.view == View::UPRIGHT);
    for pass in &mut passes {
        let scale = pass.level.width as f32 / frame.width as f32;
        let telling = areas
            .iter()
            .filter(|area| policy.partial_sides.contains(&(area.width().max(area.height()) as f32 * scale)));
        let around = |area: &PixelRect| pyramid::tile_around(*area, scale, pass.level, policy.partial_step);
        let tiles: Vec<Tile> = telling.map(around).collect();
        if cost(&tiles) < pass.cost() {
            pass.tiles = tiles;
        }
    }
    passes.retain(|pass| !pass.tiles.is_empty());
    passes
}

/// The passes of each level with the lists of their finds.
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

/// Greedy non-maximum suppression within one pass, whole finds before cut ones.
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
