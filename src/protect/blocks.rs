//! What of the covers is coded anew in a JPEG whose other coding blocks are taken over.

use super::CoverRules;
use crate::geometry::PixelRect;
use crate::photo::{CodingBlocks, Photo, Turn};

/// The parts of covers that are coded anew where all other blocks of a JPEG stay as they are. They do not overlap.
///
/// With chroma of lower resolution, decoders enlarge that smoothly, so that a block coded anew changes pixels beside it.
/// The outermost block of what is covered is left for that: then no pixel outside the covers changes. It holds nothing of what
/// is covered, being one of [`CoverRules::extra_blocks`]; what the decoder carried into its pixels is not in its
/// coefficients. At the picture's edge and between covers that touch there is nothing to leave a block for. Each cover comes
/// with what it has to hide; if that were not coded anew as a whole, the whole cover is.
pub fn recoded(covers: &[(PixelRect, PixelRect)], photo: &Photo, rules: &CoverRules) -> Vec<PixelRect> {
    let Some(blocks) = photo.blocks.filter(|_| !photo.full_chroma && rules.extra_blocks > 0) else {
        return covers.iter().map(|(cover, _)| *cover).collect();
    };
    let grid = Grid::of(photo, blocks);
    let mut covered = grid.none();
    covers.iter().for_each(|(cover, _)| covered.insert(grid.blocks_of(*cover)));
    let mut recoded = covered.without_border();
    // All are looked at before any is added, so that the order of the covers does not matter.
    let is_whole = |hidden: PixelRect| recoded.contains(grid.blocks_of(hidden));
    let cut: Vec<PixelRect> = covers.iter().filter(|(_, hidden)| !is_whole(*hidden)).map(|(cover, _)| *cover).collect();
    cut.into_iter().for_each(|cover| recoded.insert(grid.blocks_of(cover)));
    recoded.rectangles().into_iter().map(|rect| grid.pixels_of(rect)).collect()
}

/// What is coded anew, and as much around it as the decoder's smooth enlargement of chroma reaches: one sample, which may be past
/// the picture's edge. Where covers are drawn in all of that, no pixel that is left of the picture depends on what was in the
/// blocks that are coded anew.
pub fn with_reach(recoded: &[PixelRect], photo: &Photo) -> Vec<PixelRect> {
    /// Samples along a block's side.
    const BLOCK: u32 = 8;
    let reach = photo.blocks.map_or(0, |blocks| blocks.width.max(blocks.height) / BLOCK);
    recoded.iter().map(|part| part.grown(reach)).collect()
}

/// The grid of coding blocks. It starts at the stored picture's top left corner, which the orientation tag may have turned to
/// any other.
struct Grid {
    turn: Turn,
    blocks: CodingBlocks,
    upright: (u32, u32),
    stored: (u32, u32),
}

impl Grid {
    fn of(photo: &Photo, blocks: CodingBlocks) -> Self {
        let turn = Turn::of(photo.orientation);
        let (width, height) = (photo.frame.width, photo.frame.height);
        let stored = if turn.transposes { (height, width) } else { (width, height) };
        Self { turn, blocks, upright: (width, height), stored }
    }

    fn none(&self) -> BlockSet {
        let columns = self.stored.0.div_ceil(self.blocks.width) as usize;
        let rows = self.stored.1.div_ceil(self.blocks.height) as usize;
        BlockSet { columns, rows, has: vec![false; columns * rows] }
    }

    /// The blocks that upright pixels touch.
    fn blocks_of(&self, pixels: PixelRect) -> PixelRect {
        let stored = self.turn.apply(pixels, self.upright.0, self.upright.1);
        let CodingBlocks { width, height } = self.blocks;
        PixelRect {
            x0: stored.x0 / width,
            y0: stored.y0 / height,
            x1: stored.x1.div_ceil(width),
            y1: stored.y1.div_ceil(height),
        }
    }

    /// The upright pixels of blocks.
    fn pixels_of(&self, blocks: PixelRect) -> PixelRect {
        let CodingBlocks { width, height } = self.blocks;
        let stored = PixelRect {
            x0: blocks.x0 * width,
            y0: blocks.y0 * height,
            x1: (blocks.x1 * width).min(self.stored.0),
            y1: (blocks.y1 * height).min(self.stored.1),
        };
        self.turn.undo(stored, self.stored.0, self.stored.1)
    }
}

/// Some blocks of a picture.
struct BlockSet {
    columns: usize,
    rows: usize,
    /// Row-major.
    has: Vec<bool>,
}

impl BlockSet {
    fn insert(&mut self, rect: PixelRect) {
        let columns = rect.x0 as usize..rect.x1 as usize;
        for row in rect.y0 as usize..rect.y1 as usize {
            self.has[row * self.columns..][columns.clone()].fill(true);
        }
    }

    fn contains(&self, rect: PixelRect) -> bool {
        let columns = rect.x0 as usize..rect.x1 as usize;
        (rect.y0 as usize..rect.y1 as usize)
            .all(|row| self.has[row * self.columns..][columns.clone()].iter().all(|has| *has))
    }

    /// Those with nothing but the picture's edge and blocks of the set around them.
    fn without_border(&self) -> Self {
        let around = |place: usize, length: usize| place.saturating_sub(1) as u32..(place + 2).min(length) as u32;
        let is_inner = |index: usize| {
            let (xs, ys) = (around(index % self.columns, self.columns), around(index / self.columns, self.rows));
            self.contains(PixelRect { x0: xs.start, y0: ys.start, x1: xs.end, y1: ys.end })
        };
        let has = (0..self.has.len()).map(|index| self.has[index] && is_inner(index)).collect();
        Self { columns: self.columns, rows: self.rows, has }
    }

    /// Rectangles that make up the set and do not overlap.
    fn rectangles(&self) -> Vec<PixelRect> {
        let mut rectangles: Vec<PixelRect> = Vec::new();
        // The rectangle that ends above a column, by the column in which it begins.
        let mut above: Vec<Option<usize>> = vec![None; self.columns];
        for row in 0..self.rows {
            let y0 = row as u32;
            for run in runs(&self.has[row * self.columns..][..self.columns]) {
                let goes_on = |rect: &PixelRect| rect.y1 == y0 && (rect.x0, rect.x1) == run;
                let number = &mut above[run.0 as usize];
                match number.filter(|&number| goes_on(&rectangles[number])) {
                    Some(number) => rectangles[number].y1 += 1,
                    None => {
                        *number = Some(rectangles.len());
                        rectangles.push(PixelRect { x0: run.0, y0, x1: run.1, y1: y0 + 1 });
                    }
                }
            }
        }
        rectangles
    }
}

/// Where the runs of blocks of the set begin and end in a row.
fn runs(row: &[bool]) -> Vec<(u32, u32)> {
    let mut end = 0;
    let runs = row.chunk_by(|a, b| a == b).map(|run| {
        end += run.len() as u32;
        (run[0], (end - run.len() as u32, end))
    });
    runs.filter_map(|(has, run)| has.then_some(run)).collect()
}

#[cfg(test)]
mod tests {
    use image::metadata::Orientation;
    use proptest::prelude::*;

    use super::*;
    use crate::photo::Frame;
    use crate::protect::grown_to_blocks;
    use crate::report::Format;

    fn photo(orientation: Orientation) -> Photo {
        Photo {
            frame: Frame { width: 200, height: 150, rgb: vec![0; 3 * 200 * 150], alpha: None },
            format: Format::Jpeg,
            profile: None,
            orientation,
            blocks: Some(CodingBlocks { width: 16, height: 16 }),
            jpeg_quality: None,
            full_chroma: false,
            notes: Vec::new(),
        }
    }

    fn rect([x, y, w, h]: [u32; 4]) -> PixelRect {
        PixelRect { x0: x, y0: y, x1: x + w, y1: y + h }
    }

    fn recoded_of(regions: &[[u32; 4]], photo: &Photo) -> Vec<[u32; 4]> {
        let rules = CoverRules::default();
        let regions = regions.iter().map(|region| rect(*region));
        let covers: Vec<_> = regions.map(|region| (grown_to_blocks(region, photo, &rules), region)).collect();
        recoded(&covers, photo, &rules).iter().map(|rect| rect.to_xywh()).collect()
    }

    #[test]
    fn the_outermost_block_is_not_coded_anew_but_at_the_edge() {
        let photo = photo(Orientation::NoTransforms);
        assert_eq!(recoded_of(&[[33, 49, 10, 20]], &photo), [[32, 48, 16, 32]]);
        assert_eq!(recoded_of(&[[5, 140, 10, 5]], &photo), [[0, 128, 16, 22]]);
    }

    #[test]
    fn between_covers_that_touch_everything_is_coded_anew() {
        let photo = photo(Orientation::NoTransforms);
        assert_eq!(recoded_of(&[[33, 49, 10, 10], [65, 49, 10, 10]], &photo), [[32, 48, 48, 16]]);
    }

    #[test]
    fn a_cover_without_a_block_to_spare_is_coded_anew_as_a_whole() {
        let cover = PixelRect { x0: 32, y0: 32, x1: 48, y1: 48 };
        let photo = photo(Orientation::NoTransforms);
        assert_eq!(recoded(&[(cover, rect([36, 36, 5, 5]))], &photo, &CoverRules::default()), [cover]);
    }

    #[test]
    fn with_full_chroma_the_whole_cover_is_coded_anew() {
        let photo = Photo { full_chroma: true, ..photo(Orientation::NoTransforms) };
        let cover = PixelRect { x0: 32, y0: 32, x1: 96, y1: 96 };
        assert_eq!(recoded(&[(cover, rect([60, 60, 5, 5]))], &photo, &CoverRules::default()), [cover]);
    }

    proptest! {
        #[test]
        fn all_that_is_hidden_is_coded_anew_once_and_nothing_outside_the_covers(
            regions in prop::collection::vec((0u32..180, 0u32..140, 1u32..60, 1u32..60), 1..5),
            tag in 1u8..=8,
        ) {
            let photo = photo(Orientation::from_exif(tag).expect("1 to 8"));
            let rules = CoverRules::default();
            let inside = PixelRect::full(200, 150);
            let regions = regions.into_iter().map(|(x, y, w, h)| rect([x, y, w, h]).intersection(inside));
            let covers: Vec<_> = regions.map(|region| (grown_to_blocks(region, &photo, &rules), region)).collect();
            let parts = recoded(&covers, &photo, &rules);
            for (x, y) in (0..200).flat_map(|x| (0..150).map(move |y| (x, y))) {
                let times = parts.iter().filter(|part| part.contains(x, y)).count();
                prop_assert!(times <= 1);
                prop_assert!(times == 1 || !covers.iter().any(|(_, hidden)| hidden.contains(x, y)));
                prop_assert!(times == 0 || covers.iter().any(|(cover, _)| cover.contains(x, y)));
            }
        }
    }
}
