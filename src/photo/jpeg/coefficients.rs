//! Quantised coefficients of a picture, as a JPEG holds them.

use super::block::Block;
use super::header::{ColourModel, Header};
use crate::photo::limits::filled;
use crate::photo::lossy_reason::LossyReason;

/// One component's blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plane {
    /// Sampling factors: blocks of an MCU across and down.
    pub(super) horizontal: u32,
    /// See [`Plane::horizontal`].
    pub(super) vertical: u32,
    /// Blocks with samples of the picture, across and down. A scan of this component alone holds only these.
    pub(super) used: (u32, u32),
    /// Blocks of whole MCUs across; rows follow each other.
    pub(super) stride: u32,
    /// Whole MCUs' blocks.
    pub(super) blocks: Vec<Block>,
    /// Steps in zigzag order, 1 to 255.
    pub(super) steps: [u16; 64],
}

impl Plane {
    /// Position in [`Plane::blocks`].
    #[inline]
    pub(super) fn index(&self, column: u32, row: u32) -> usize {
        row as usize * self.stride as usize + column as usize
    }

    /// Empties the blocks that hold no sample of the picture: flat, as bright as the neighbour that does, so that they take
    /// the fewest bits. Blocks that the edge cuts stay as they are, with up to seven hidden columns and rows of samples.
    pub(super) fn clear_past_edge(&mut self) {
        let (stride, used) = (self.stride as usize, (self.used.0 as usize, self.used.1 as usize));
        for row in self.blocks.chunks_exact_mut(stride).take(used.1) {
            let (shown, hidden) = row.split_at_mut(used.0);
            let mean = shown.last().map_or(0, |block| block[0]);
            hidden.iter_mut().for_each(|block| *block = flat(mean));
        }
        for index in used.1 * stride..self.blocks.len() {
            self.blocks[index] = flat(self.blocks[index - stride][0]);
        }
    }

    /// The numbers of the blocks that lie wholly past the picture's edge.
    pub(super) fn past_edge(&self) -> impl Iterator<Item = usize> {
        let (stride, used) = (self.stride as usize, (self.used.0 as usize, self.used.1 as usize));
        (0..self.blocks.len()).filter(move |index| index % stride >= used.0 || index / stride >= used.1)
    }
}

/// The block of one level.
pub(super) fn flat(mean: i16) -> Block {
    let mut block = [0; 64];
    block[0] = mean;
    block
}

/// A picture's coefficients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coefficients {
    /// Samples a line.
    pub(super) width: u32,
    /// Lines.
    pub(super) height: u32,
    /// By component.
    pub(super) planes: Vec<Plane>,
}

impl Coefficients {
    /// All zero, in the layout of a file.
    ///
    /// # Errors
    /// [`LossyReason`] if a baseline file cannot have such quantisation, or there is no memory.
    pub(super) fn zero(header: &Header) -> Result<Self, LossyReason> {
        let (width, height) = (header.width, header.height);
        // Lines that are counted only after the scan (T.81, B.2.5) are read by few decoders.
        if width == 0 || height == 0 {
            return Err(LossyReason::Damaged);
        }
        // The factors of a sole component mean nothing (T.81, A.2.2).
        let is_sole = header.colour_model() == ColourModel::Grey;
        let factors = |c: &super::header::Component| match is_sole {
            true => (1, 1),
            false => (u32::from(c.horizontal), u32::from(c.vertical)),
        };
        let all: Vec<(u32, u32)> = header.components.iter().map(factors).collect();
        let max_horizontal = all.iter().map(|f| f.0).max().unwrap_or(1);
        let max_vertical = all.iter().map(|f| f.1).max().unwrap_or(1);
        let units = (width.div_ceil(8 * max_horizontal), height.div_ceil(8 * max_vertical));
        let plane = |(component, &(horizontal, vertical)): (&super::header::Component, &(u32, u32))| {
            let stride = units.0 * horizontal;
            let count = u64::from(stride) * u64::from(units.1 * vertical);
            let steps = header.tables.get(usize::from(component.quantisation_table)).copied().flatten();
            Ok(Plane {
                horizontal,
                vertical,
                used: header.used_blocks(component),
                stride,
                blocks: filled(count, [0; 64]).map_err(|_| LossyReason::Memory)?,
                steps: steps.filter(|s| s.iter().all(|q| (1..=255).contains(q))).ok_or(LossyReason::Sampling)?,
            })
        };
        let planes: Result<_, LossyReason> = header.components.iter().zip(&all).map(plane).collect();
        Ok(Self { width, height, planes: planes? })
    }

    /// Largest sampling factors.
    pub(super) fn max_factors(&self) -> (u32, u32) {
        let max = |factor: fn(&Plane) -> u32| self.planes.iter().map(factor).max().unwrap_or(1);
        (max(|p| p.horizontal), max(|p| p.vertical))
    }

    /// Width and height of an MCU in samples.
    pub(super) fn unit_size(&self) -> (u32, u32) {
        let (horizontal, vertical) = self.max_factors();
        (8 * horizontal, 8 * vertical)
    }

    /// MCUs across and down.
    pub(super) fn units(&self) -> (u32, u32) {
        let (width, height) = self.unit_size();
        (self.width.div_ceil(width), self.height.div_ceil(height))
    }
}
