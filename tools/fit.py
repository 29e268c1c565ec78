#!/usr/bin/env python3
"""Fits the calibration and fusion of the networks' scores, and writes src/detect/fitted.rs.

Usage: fit.py --finds DETECTIONS --annotations ANNOTATIONS --out src/detect/fitted.rs

DETECTIONS is what `examples/detections.rs` wrote for the pictures of ANNOTATIONS (annotations_dev.json of wider_val). Needs numpy
and scipy. Prints the log loss in five-fold cross-validation by picture, so that over-fitting would show.

Both models are those of src/detect/fusion.rs, with the same constants; fitted by maximum likelihood with a weak L2 penalty.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

FAMILIES = ["yunet", "centerface", "retinaface"]
SCORE_MARGIN = 1e-4
UNSEEN = -6.0
MERGE_IOU = 0.4
# A detection is a face if it overlaps an annotated one by half, as in the WIDER evaluation, which counts both border pixels.
TRUE_IOU = 0.5
BORDER = 1.0
# In units of one over the number of detections: it only keeps parameters that the data do not determine near zero.
PENALTY = 1e-2
FOLDS = 5
# The default scan enlarges a picture twice at most (src/detect/policy.rs); rounding of sizes needs a margin.
DEFAULT_ENLARGEMENT = 2.05


def sigmoid(log_odds):
    return 1 / (1 + np.exp(-log_odds))


def overlaps(a, b, border=0.0):
    """IoU of every box of `a` with every box of `b`, both x, y, width, height."""
    sides = [
        np.clip(np.minimum(a[:, None, k] + a[:, None, k + 2], b[None, :, k] + b[None, :, k + 2])
                - np.maximum(a[:, None, k], b[None, :, k]) + border, 0, None)
        for k in (0, 1)
    ]
    shared = sides[0] * sides[1]
    area = [(boxes[:, 2] + border) * (boxes[:, 3] + border) for boxes in (a, b)]
    return shared / (area[0][:, None] + area[1][None, :] - shared)


class Picture:
    """The upright raw detections of a picture and its annotated faces."""

    def __init__(self, detections, faces):
        rows = [[*row, index] for index, family in enumerate(FAMILIES) for row in detections.get(f"{family}/upright", [])]
        rows = np.array(rows, float).reshape(-1, 8)
        rows = rows[rows[:, 6] == 0]
        self.boxes, self.score, self.family = rows[:, :4], rows[:, 4], rows[:, 7].astype(int)
        self.enlargement = rows[:, 5] / np.sqrt(self.boxes[:, 2] * self.boxes[:, 3])
        self.faces = np.array([[f["x"], f["y"], f["w"], f["h"]] for f in faces], float).reshape(-1, 4)
        self.usable = np.array([not f.get("ignore") and f["w"] > 0 and f["h"] > 0 for f in faces], bool)

    def truth(self, boxes, order=None):
        """1 for a face, 0 for none, -1 for one that the annotation says to ignore. With an order, which is from best to
        worst, the second box of a face is none."""
        truth = np.zeros(len(boxes))
        if not len(boxes) or not len(self.faces):
            return truth
        overlap = overlaps(boxes, self.faces, BORDER)
        nearest = overlap.argmax(1)
        hit = overlap[np.arange(len(boxes)), nearest] >= TRUE_IOU
        truth[hit] = np.where(self.usable[nearest[hit]], 1, -1)
        taken = set()
        for index in order if order is not None else []:
            if truth[index] == 1 and nearest[index] in taken:
                truth[index] = 0
            taken.add(nearest[index] if hit[index] else None)
        return truth


def fit(features, truth, rising=()):
    """Parameters of a logistic model; those numbered in `rising` are not negative."""
    def loss(parameters):
        log_odds = features @ parameters
        penalty = PENALTY * (parameters[1:] ** 2).sum() / len(truth)
        gradient = features.T @ (sigmoid(log_odds) - truth) / len(truth) + 2 * PENALTY * np.r_[0, parameters[1:]] / len(truth)
        return np.mean(np.logaddexp(0, log_odds) - truth * log_odds) + penalty, gradient

    bounds = [(0 if index in rising else None, None) for index in range(features.shape[1])]
    return minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x


def calibration_features(score):
    score = np.clip(score, SCORE_MARGIN, 1 - SCORE_MARGIN)
    logit = np.log(score / (1 - score))
    return np.stack([np.ones_like(logit), logit], 1)


def fit_calibrations(pictures):
    calibrations = []
    for family in range(len(FAMILIES)):
        features, truths = [], []
        for picture in pictures:
            mine = picture.family == family
            truth = picture.truth(picture.boxes[mine])
            known = truth >= 0
            features.append(calibration_features(picture.score[mine])[known])
            truths.append(truth[known])
        calibrations.append(fit(np.concatenate(features), np.concatenate(truths)))
    return calibrations


def groups(picture, calibrations, families):
    """Fused boxes of a picture and their features; only the named families count. YuNet alone is the default scan, which
    enlarges pictures less than the thorough one."""
    log_odds = np.zeros(len(picture.score))
    for family in range(len(FAMILIES)):
        mine = picture.family == family
        log_odds[mine] = calibration_features(picture.score[mine]) @ calibrations[family]
    counts = (log_odds > UNSEEN) & np.isin(picture.family, families)
    if families == [0]:
        counts &= picture.enlargement < DEFAULT_ENLARGEMENT
    boxes, log_odds, family = picture.boxes[counts], log_odds[counts], picture.family[counts]
    free = np.ones(len(boxes), bool)
    fused, features = [], []
    for leader in np.argsort(-log_odds, kind="stable"):
        if not free[leader]:
            continue
        members = np.flatnonzero(free & (overlaps(boxes[leader : leader + 1], boxes)[0] > MERGE_IOU))
        free[members] = False
        probability = sigmoid(log_odds[members])
        weight = probability**2 / (probability**2).sum()
        box = weight @ boxes[members]
        best = [log_odds[members][family[members] == f].max(initial=UNSEEN) for f in families]
        support = [probability[family[members] == f].sum() for f in families]
        fused.append(box)
        features.append([1, *best, *support])
    return np.array(fused).reshape(-1, 4), np.array(features).reshape(-1, 1 + 2 * len(families))


def fusion_data(pictures, calibrations, families):
    features, truths = [], []
    for picture in pictures:
        boxes, rows = groups(picture, calibrations, families)
        best = rows[:, 1 : 1 + len(families)].max(1)
        truth = picture.truth(boxes, np.argsort(-best, kind="stable"))
        features.append(rows[truth >= 0])
        truths.append(truth[truth >= 0])
    return np.concatenate(features), np.concatenate(truths)


def fit_fusion(pictures, calibrations, families):
    """More agreement never makes a face less probable."""
    return fit(*fusion_data(pictures, calibrations, families), rising=range(1, 1 + 2 * len(families)))


def cross_validate(pictures, families):
    """Mean log loss of pictures that were left out, and of guessing their share of faces."""
    order = np.random.default_rng(0).permutation(len(pictures))
    losses, guesses = [], []
    for fold in range(FOLDS):
        held = [pictures[i] for i in order[fold::FOLDS]]
        kept = [pictures[i] for i in np.setdiff1d(order, order[fold::FOLDS])]
        calibrations = fit_calibrations(kept)
        parameters = fit_fusion(kept, calibrations, families)
        features, truth = fusion_data(held, calibrations, families)
        log_odds = features @ parameters
        losses.append(np.logaddexp(0, log_odds) - truth * log_odds)
        share = truth.mean()
        guesses.append(np.where(truth > 0, -np.log(share), -np.log(1 - share)))
    return np.concatenate(losses).mean(), np.concatenate(guesses).mean()


def rust_calibration(parameters):
    fields = ", ".join(f"{name}: {value:.3f}" for name, value in zip(["offset", "slope"], parameters))
    return f"    Calibration {{ {fields} }},\n"


def rust_fusion(parameters, families):
    spread = np.zeros((2, len(FAMILIES)))
    spread[:, families] = parameters[1:].reshape(2, -1)
    best, support = (", ".join(f"{value:.3f}" for value in row) for row in spread)
    return (
        f"Fusion {{\n    offset: {parameters[0]:.3f},\n    best: [{best}],\n    support: [{support}],\n"
        "};\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--finds", required=True, type=Path)
    parser.add_argument("--annotations", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    annotated = {entry["file"]: entry["faces"] for entry in json.loads(arguments.annotations.read_text())}
    pictures = []
    with arguments.finds.open() as lines:
        for entry in map(json.loads, lines):
            pictures.append(Picture(entry["finds"], next(f for name, f in annotated.items() if entry["file"].endswith(name))))
    fits = {"YUNET_ALONE": [0], "ALL_FAMILIES": [0, 1, 2]}
    for name, families in fits.items():
        loss, guess = cross_validate(pictures, families)
        print(f"{name}: log loss {loss:.4f} on pictures left out; guessing the share of faces: {guess:.4f}")
    calibrations = fit_calibrations(pictures)
    alone, all_families = (fit_fusion(pictures, calibrations, families) for families in fits.values())
    arguments.out.write_text(
        "//! Numbers fitted to annotated pictures: `make fit EVALDATA=…` writes this file.\n\n"
        "use super::fusion::{Calibration, Fusion};\n\n"
        "/// How to read each network's score, in the order of the families.\n"
        "pub(super) const CALIBRATIONS: [Calibration; 3] = [\n" + "".join(map(rust_calibration, calibrations)) + "];\n\n"
        "/// How to weigh what YuNet alone found.\n"
        "pub(super) const YUNET_ALONE: Fusion = " + rust_fusion(alone, fits["YUNET_ALONE"]) + "\n"
        "/// How to weigh what the three networks found.\n"
        "pub(super) const ALL_FAMILIES: Fusion = " + rust_fusion(all_families, fits["ALL_FAMILIES"])
    )


if __name__ == "__main__":
    main()
