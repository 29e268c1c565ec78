//! Numbers fitted to annotated pictures: `make fit EVALDATA=…` writes this file.

use super::fusion::{Calibration, Fusion};

/// How to read each network's score, in the order of the families.
pub(super) const CALIBRATIONS: [Calibration; 3] = [
    Calibration { offset: -0.81, score: 1.9, size: -0.19, size_squared: -0.07, score_by_size: 0.05 },
    Calibration { offset: 1.18, score: 2.02, size: -0.11, size_squared: 0.0, score_by_size: -0.12 },
    Calibration { offset: -0.64, score: 1.2, size: -0.66, size_squared: -0.07, score_by_size: -0.06 },
];

/// How to weigh what YuNet alone found.
pub(super) const YUNET_ALONE: Fusion =
    Fusion { offset: -0.05, best: [0.69, 0.0, 0.0], support: [2.07, 0.0, 0.0], size: -0.57, size_squared: 0.1 };

/// How to weigh what the three networks found.
pub(super) const ALL_FAMILIES: Fusion =
    Fusion { offset: -2.7, best: [0.28, 0.55, 0.14], support: [0.28, 1.1, 0.0], size: -0.54, size_squared: 0.1 };
