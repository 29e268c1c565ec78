//! Where and how hard to look: every parameter of detection in one place.

/// The detection policy. Sizes are in pixels; "network pixels" are those of a pyramid level.
///
/// What these values reach on the evaluation pictures, and the command that measures it, is in docs/accuracy.md.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Lowest score that counts as a face. 0.6 is YuNet's published operating point; docs/accuracy.md has what is missed
    /// and what is found wrongly here.
    pub threshold: f32,
    /// Largest factor by which a small picture is enlarged. YuNet sees faces from about 10 network pixels, so a factor
    /// of 2 lets it see faces of 5.
    pub max_enlargement: f64,
    /// Enlarged pictures have at most this many pixels, because the cost grows with them: at 8 million a small
    /// picture costs no more than a phone's photo of 12.
    pub enlarged_pixels: f64,
    /// No level has more pixels than this, so that a quick look at a large picture is possible; no limit for a real one.
    pub largest_pixels: f64,
    /// Pyramid levels end once the picture's long side is at most this. YuNet was trained on faces of 10 to 300
    /// pixels, so a face that fills the frame is seen at 256; the levels below 1/4 add 2 % together (1/64 + 1/256 + …).
    pub smallest_side: u32,
    /// Longest side of a tile in network pixels. Larger tiles overlap less and need more memory: tract holds
    /// whole feature maps, 19 MB for the first (16 channels of 4 bytes at half the size); the compact engine, rows.
    pub tile_side: u32,
    /// Overlap of neighbouring tiles in network pixels. A face up to this size lies whole in one of them; larger ones
    /// are seen whole at the next level, where they are half as large.
    pub tile_overlap: u32,
    /// Two finds that overlap by more than this (intersection over union) are one face. The published value for YuNet
    /// is 0.3 to 0.4 within one pass.
    pub merge_iou: f32,
    /// A find cut by a tile's inner edge is dropped if a whole find contains this share of it.
    pub cut_containment: f32,
    /// Quarter turns of the picture, 1 to 3, that are looked at besides the upright one.
    pub quarter_turns: &'static [u8],
    /// Lowest score that counts in a turned picture, if it is above [`Policy::threshold`]. Three more looks at
    /// everything find more walls and shoes that look faintly like a face.
    pub turned_threshold: f32,
    /// Turned pictures have at most this many pixels: turned faces are looked for at moderate size only, so that three
    /// turns of a 12-megapixel photo cost a quarter of its upright pass.
    pub turned_pixels: f64,
}

impl Policy {
    /// A quick look for large and medium faces: a third of the work for a 12-megapixel photo. The threshold is
    /// below the one at which faces are listed, so that what follows does not find what was just passed over.
    pub fn glance() -> Self {
        Self { threshold: 0.4, max_enlargement: 1.0, largest_pixels: 4e6, ..Self::default() }
    }

    /// Looks longer: weaker signs count, small pictures are enlarged further, and turned heads are looked for.
    pub fn thorough() -> Self {
        Self {
            threshold: 0.3,
            max_enlargement: 3.0,
            enlarged_pixels: 24e6,
            quarter_turns: &[1, 2, 3],
            turned_pixels: 4e6,
            ..Self::default()
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            threshold: 0.6,
            max_enlargement: 2.0,
            enlarged_pixels: 8e6,
            largest_pixels: f64::INFINITY,
            smallest_side: 256,
            tile_side: 1088,
            tile_overlap: 64,
            merge_iou: 0.4,
            cut_containment: 0.6,
            quarter_turns: &[],
            turned_threshold: 0.5,
            turned_pixels: 1e6,
        }
    }
}
