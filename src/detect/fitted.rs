//! Numbers fitted to annotated pictures: `make fit EVALDATA=…` writes this file.

use super::fusion::{Calibration, Fusion};

/// How to read each network's score, in the order of the families.
pub(super) const CALIBRATIONS: [Calibration; 3] = [
    Calibration { offset: -0.997, slope: 1.862 },
    Calibration { offset: 1.042, slope: 2.085 },
    Calibration { offset: -0.643, slope: 1.042 },
];

/// How to weigh what YuNet alone found.
pub(super) const YUNET_ALONE: Fusion =
    Fusion { offset: -2.471, best: [0.662, 0.000, 0.000], support: [2.253, 0.000, 0.000] };

/// How to weigh what the three networks found.
pub(super) const ALL_FAMILIES: Fusion =
    Fusion { offset: -2.081, best: [0.279, 0.583, 0.073], support: [0.359, 1.195, 0.000] };
