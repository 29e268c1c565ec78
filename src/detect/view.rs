//! How the picture is turned before a network scans it, and where its pixels come from.

use serde::{Deserialize, Serialize};

use super::level::Level;

/// How the picture is turned before a network scans it, clockwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct View {
    /// By an eighth of a full turn more.
    pub tilted: bool,
    /// Quarter turns, 0 to 3.
    pub quarter_turns: u8,
}

impl View {
    /// As it is.
    pub const UPRIGHT: Self = Self { tilted: false, quarter_turns: 0 };

    /// The three quarter turns: with the upright view, no head is more than 45° off. Most are found that far; of small ones,
    /// a tenth less than with [`Self::TURNED`], which costs four times as much.
    pub const QUARTER_TURNS: [Self; 3] = [
        Self { tilted: false, quarter_turns: 1 },
        Self { tilted: false, quarter_turns: 2 },
        Self { tilted: false, quarter_turns: 3 },
    ];

    /// The three quarter turns and the four that lie between: with the upright view, no head is more than 22.5° off.
    pub const TURNED: [Self; 7] = [
        Self { tilted: true, quarter_turns: 0 },
        Self { tilted: false, quarter_turns: 1 },
        Self { tilted: true, quarter_turns: 1 },
        Self { tilted: false, quarter_turns: 2 },
        Self { tilted: true, quarter_turns: 2 },
        Self { tilted: false, quarter_turns: 3 },
        Self { tilted: true, quarter_turns: 3 },
    ];

    /// A number for each view, 0 for the upright one.
    pub(super) fn rank(self) -> u8 {
        4 * u8::from(self.tilted) + self.quarter_turns
    }

    /// Size of a level in this view.
    pub(super) fn size(self, level: Level) -> Level {
        let Level { width, height } = if self.tilted { tilted_size(level) } else { level };
        if self.quarter_turns % 2 == 1 { Level { width: height, height: width } } else { Level { width, height } }
    }

    /// From a point of this view of a level to the level's pixels.
    pub(super) fn undo(self, [x, y]: [f32; 2], level: Level) -> [f32; 2] {
        let canvas = if self.tilted { tilted_size(level) } else { level };
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        let [x, y] = match self.quarter_turns {
            1 => [y, h - x],
            2 => [w - x, h - y],
            3 => [w - y, x],
            _ => [x, y],
        };
        if self.tilted { untilt([x, y], canvas, level) } else { [x, y] }
    }

    /// [`Self::undo`] for a box `[x, y, width, height]`. A face is an ellipse rather than a rectangle, so a tilted box becomes
    /// the box around the tilted ellipse in it.
    pub(super) fn undo_box(self, [x, y, w, h]: [f32; 4], level: Level) -> [f32; 4] {
        let [cx, cy] = self.undo([x + w / 2.0, y + h / 2.0], level);
        let (w, h) = match self {
            Self { tilted: true, .. } => (w.hypot(h) * DIAGONAL, w.hypot(h) * DIAGONAL),
            Self { quarter_turns: 1 | 3, .. } => (h, w),
            _ => (w, h),
        };
        [cx - w / 2.0, cy - h / 2.0, w, h]
    }
}

/// Sine and cosine of an eighth of a full turn.
const DIAGONAL: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// Size of the smallest canvas that holds a level turned by an eighth.
pub(super) fn tilted_size(level: Level) -> Level {
    let side = ((level.width + level.height) as f32 * DIAGONAL).ceil() as u32;
    Level { width: side, height: side }
}

/// From a point of the tilted canvas to the level, both about their centres.
pub(super) fn untilt([x, y]: [f32; 2], canvas: Level, level: Level) -> [f32; 2] {
    let (dx, dy) = (x - canvas.width as f32 / 2.0, y - canvas.height as f32 / 2.0);
    [level.width as f32 / 2.0 + (dx + dy) * DIAGONAL, level.height as f32 / 2.0 + (dy - dx) * DIAGONAL]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_keeps_its_area_and_quarter_turns_swap_its_sides() {
        let area = |b: [f32; 4]| b[2] * b[3];
        for view in View::TURNED {
            let back = view.undo_box([10.0, 10.0, 8.0, 8.0], Level { width: 60, height: 40 });
            assert!((area(back) - 64.0).abs() < 0.01, "{view:?}: {back:?}");
        }
        let back =
            View { tilted: false, quarter_turns: 1 }.undo_box([10.0, 10.0, 6.0, 8.0], Level { width: 60, height: 40 });
        assert_eq!([back[2], back[3]], [8.0, 6.0]);
    }
}
