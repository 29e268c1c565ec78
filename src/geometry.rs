//! Rectangles in pixels, with total operations.

/// A rectangle of whole pixels: columns `x0..x1`, rows `y0..y1`. Empty if `x0 >= x1` or `y0 >= y1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PixelRect {
    /// First column.
    pub x0: u32,
    /// First row.
    pub y0: u32,
    /// Column after the last.
    pub x1: u32,
    /// Row after the last.
    pub y1: u32,
}

impl PixelRect {
    /// The smallest rectangle of whole pixels that contains `[x, y, width, height]`, cut to a picture of
    /// `width` x `height` pixels. `None` if nothing of it lies inside or a number is not finite.
    pub fn enclosing(bbox: [f32; 4], width: u32, height: u32) -> Option<Self> {
        if bbox.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let [x, y, w, h] = bbox.map(f64::from);
        // `as` saturates, so any finite number is all right.
        let rect = Self {
            x0: x.floor().max(0.0) as u32,
            y0: y.floor().max(0.0) as u32,
            x1: ((x + w).ceil().max(0.0) as u32).min(width),
            y1: ((y + h).ceil().max(0.0) as u32).min(height),
        };
        (!rect.is_empty()).then_some(rect)
    }

    /// The whole of a picture.
    pub fn full(width: u32, height: u32) -> Self {
        Self { x0: 0, y0: 0, x1: width, y1: height }
    }

    /// Columns.
    pub fn width(self) -> u32 {
        self.x1.saturating_sub(self.x0)
    }

    /// Rows.
    pub fn height(self) -> u32 {
        self.y1.saturating_sub(self.y0)
    }

    /// No pixel lies inside.
    pub fn is_empty(self) -> bool {
        self.width() == 0 || self.height() == 0
    }

    /// Larger by `pixels` on each side, as far as numbers reach; may reach past a picture's right and bottom edge.
    pub fn grown(self, pixels: u32) -> Self {
        Self {
            x0: self.x0.saturating_sub(pixels),
            y0: self.y0.saturating_sub(pixels),
            x1: self.x1.saturating_add(pixels),
            y1: self.y1.saturating_add(pixels),
        }
    }

    /// The smallest rectangle that holds both.
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// What lies in both; may be empty.
    pub fn intersection(self, other: Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    /// Some pixel lies in both.
    pub fn intersects(self, other: Self) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    /// The pixel lies inside.
    pub fn contains(self, x: u32, y: u32) -> bool {
        (self.x0..self.x1).contains(&x) && (self.y0..self.y1).contains(&y)
    }

    /// A key that sorts rectangles by place: from top to bottom, then from left to right, then by size.
    pub(crate) fn order(self) -> u128 {
        [self.y0, self.x0, self.y1, self.x1].into_iter().fold(0, |key, side| key << 32 | u128::from(side))
    }

    /// As in reports: `[x, y, width, height]`.
    pub fn to_xywh(self) -> [u32; 4] {
        [self.x0, self.y0, self.width(), self.height()]
    }
}
/// A face's box along the head's axis, in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TiltedBox {
    /// Its centre.
    pub centre: [f32; 2],
    /// Its sides across the axis and along it.
    pub sides: [f32; 2],
    /// By how much the head is tilted clockwise on the screen, in radians.
    pub tilt: f32,
}

impl TiltedBox {
    /// From an upright box `[x, y, width, height]` and the line between the eyes (the first two landmarks: right, left); upright without
    /// landmarks or if they are no numbers. Of a head that lies, the box's width is the height.
    pub fn along_eyes([x, y, w, h]: [f32; 4], landmarks: Option<&[[f32; 2]; 5]>) -> Self {
        let roll = landmarks.map_or(0.0, |[right, left, ..]| (left[1] - right[1]).atan2(left[0] - right[0]));
        let tilt = if roll.is_finite() { roll } else { 0.0 };
        let (sin, cos) = tilt.sin_cos();
        let sides = [w * cos * cos + h * sin * sin, h * cos * cos + w * sin * sin];
        Self { centre: [x + w / 2.0, y + h / 2.0], sides, tilt }
    }
}
