#!/usr/bin/env python3
"""Fits how identifiable a face is to how often the recogniser still matches degraded faces, and writes
src/identifiability/fitted.rs and the tables of docs/accuracy.md.

Usage: fit_identifiability.py --measures MEASURES --evaldata FOLDER --work FOLDER --out src/identifiability/fitted.rs [--docs FILE]

MEASURES is the built example of that name. The folder holds lfw_pairs and deepface_pairs. Needs numpy, scipy and Pillow.

One photo of each pair is degraded (tools/degrade.py). The recogniser compares it, given where the face truly is, with the
other, clear photo. The threshold is that of one false match in a thousand pairs of clear photos of different persons. The
features come from the detection in the degraded photo. The tables are by five-fold cross-validation, in which no person is in
two parts.
"""

import argparse
import csv
import json
import os
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.optimize import minimize

from degrade import degraded, steps
from eval import table, write
from fit import overlaps, sigmoid

SETS = ["lfw_pairs", "deepface_pairs"]
FALSE_MATCHES = 1e-3
# As in src/identifiability/model.rs.
FEATURES = 6
CORNERS = 7
# Corners stand at these quantiles.
QUANTILES = np.linspace(0.01, 0.99, CORNERS)
PENALTY = 3e-4
FOLDS = 5
# Overlap of a detection with the face that was degraded.
SAME_FACE = 0.35
# As in src/identifiability/model.rs.
POSSIBLE_FROM = 0.07
LIKELY_FROM = 0.5
BINS = 10
# The series that other measurements have, too.
CLASSIC = ["size", "blur", "shake", "compression"]


def measured(binary, lines):
    """What the example says of each line, in order; one process for each core."""
    parts = np.array_split(np.arange(len(lines)), os.cpu_count() or 1)

    def run(part):
        text = "".join(json.dumps(lines[i]) + "\n" for i in part)
        done = subprocess.run([binary], input=text, stdout=subprocess.PIPE, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    with ThreadPoolExecutor() as pool:
        return [row for rows in pool.map(run, parts) for row in rows]


def clear_faces(binary, evaldata):
    """The face in the middle of each clear photo, with its person and embedding, by the photo's path."""
    persons = {}
    for name in SETS:
        for entry in json.loads((evaldata / name / "annotations_dev.json").read_text()):
            persons[str(evaldata / name / "images" / entry["file"])] = entry["person"]
    faces = {}
    for row in measured(binary, [{"file": path} for path in persons]):
        centre = np.array(Image.open(row["file"]).size) / 2
        distance = lambda detection: np.hypot(*(np.array(detection["box"][:2]) + np.array(detection["box"][2:]) / 2 - centre))
        if row["finds"]:
            faces[row["file"]] = max(row["finds"], key=lambda detection: detection["box"][3] - distance(detection))
    for row in measured(binary, [{"file": path, "landmarks": face["landmarks"]} for path, face in faces.items()]):
        faces[row["file"]] |= {"embedding": np.array(row["embedding"]), "person": persons[row["file"]]}
    return faces


def threshold_of(faces):
    """The likeness that one in a thousand pairs of different persons reaches."""
    embeddings = np.stack([face["embedding"] for face in faces.values()])
    persons = np.array([face["person"] for face in faces.values()])
    different = np.triu(persons[:, None] != persons[None, :], 1)
    return np.quantile((embeddings @ embeddings.T)[different], 1 - FALSE_MATCHES)


def make_probes(evaldata, faces, folder):
    folder.mkdir(parents=True, exist_ok=True)
    probes = []
    for name in SETS:
        with open(evaldata / name / "pairs_dev.csv", newline="") as rows:
            pairs = [(row["file_a"], row["file_b"]) for row in csv.DictReader(rows) if row["same"] == "1"]
        for pair in pairs:
            one, other = (str(evaldata / name / "images" / file) for file in pair)
            if one in faces and other in faces:
                probes += probes_of(one, other, faces[one], folder)
    return probes


def probes_of(one, other, face, folder):
    picture = Image.open(one).convert("RGB")
    probes = []
    for series, height, strength in steps():
        seed = f"{Path(one).name} {Path(other).name} {series} {height} {strength}"
        made = degraded(picture, face, series, height, strength, seed)
        if made is None:
            continue
        worse, there, quality = made
        path = folder / f"{zlib.crc32(seed.encode()):08x}.{'jpg' if quality else 'png'}"
        worse.save(path, **({"quality": quality} if quality else {}))
        probes.append({"file": str(path), **there, "series": series, "height": height, "other": other, "person": face["person"]})
    return probes


class Data:
    """The probes whose face is detected: features with the norm of the embedding last, logarithm of the distance between
    the eyes, matched or not, series, height, fold."""

    def __init__(self, probes, rows, faces, threshold):
        features, sizes, matched, kept = [], [], [], []
        self.all, self.unfound, self.unfound_matched = len(probes), 0, 0
        for probe, row in zip(probes, rows):
            match = float(np.dot(row["embedding"], faces[probe["other"]]["embedding"]) > threshold)
            detection = nearest(row["finds"], probe["box"])
            if detection is None:
                self.unfound += 1
                self.unfound_matched += match
                continue
            features.append([*detection["features"], detection["norm"]])
            sizes.append([np.log(detection["size"])])
            matched.append(match)
            kept.append(probe)
        self.features, self.sizes, self.matched = np.array(features), np.array(sizes), np.array(matched)
        self.series = np.array([probe["series"] for probe in kept])
        self.height = np.array([probe["height"] or 0 for probe in kept])
        self.fold = np.array([zlib.crc32(probe["person"].encode()) % FOLDS for probe in kept])


def nearest(detections, box):
    if not detections:
        return None
    overlap = overlaps(np.array([detection["box"] for detection in detections]), np.array([box]))[:, 0]
    best = overlap.argmax()
    return detections[best] if overlap[best] > SAME_FACE else None


def shares(column, corners):
    """How far a value has come through each part of a curve, 0 to 1."""
    return np.clip((column[:, None] - corners[:-1]) / (corners[1:] - corners[:-1]), 0, 1)


def fit(columns, matched):
    """Offset, corners and values of the curves: maximum likelihood with a weak L2 penalty; no curve falls."""
    corners = [np.quantile(column, QUANTILES) for column in columns.T]
    # Where many values are the same, corners would fall together.
    corners = [np.maximum.accumulate(row + 1e-3 * np.arange(CORNERS)) for row in corners]
    parts = np.concatenate([np.ones((len(matched), 1)), *(shares(c, row) for c, row in zip(columns.T, corners))], 1)

    def loss(parameters):
        log_odds = parts @ parameters
        gradient = parts.T @ (sigmoid(log_odds) - matched) / len(matched)
        penalty = PENALTY * (parameters[1:] ** 2).sum()
        return np.mean(np.logaddexp(0, log_odds) - matched * log_odds) + penalty, gradient + 2 * PENALTY * np.r_[0, parameters[1:]]

    bounds = [(None, None)] + [(0, None)] * (parts.shape[1] - 1)
    found = minimize(loss, np.zeros(parts.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000}).x
    values = [np.r_[0, np.cumsum(rises)] for rises in found[1:].reshape(len(corners), -1)]
    return found[0], corners, values


def scores(model, columns):
    offset, corners, values = model
    return sigmoid(offset + sum(np.interp(column, at, value) for column, at, value in zip(columns.T, corners, values)))


def cross_validated(columns, data):
    """Scores as src/identifiability/model.rs gives them: no face is more identifiable than a sharp one of its size."""
    result = np.zeros(len(data.matched))
    for fold in range(FOLDS):
        held = data.fold == fold
        by_size = scores(fit_size(data, ~held), data.sizes[held])
        result[held] = np.minimum(scores(fit(columns[~held], data.matched[~held]), columns[held]), by_size)
    return result


def fit_size(data, chosen):
    alone = chosen & (data.series == "size")
    return fit(data.sizes[alone], data.matched[alone])


def auc(score, matched):
    """Chance that a matched face has the higher score."""
    values, place = np.unique(score, return_inverse=True)
    ranks = np.cumsum(np.bincount(place)) - (np.bincount(place) - 1) / 2
    good = matched > 0
    count = good.sum()
    if count in (0, len(matched)):
        return float("nan")
    return (ranks[place][good].sum() - count * (count + 1) / 2) / (count * (len(matched) - count))


def calibration_error(score, matched):
    bins = np.minimum((score * BINS).astype(int), BINS - 1)
    return sum(abs(score[bins == b].sum() - matched[bins == b].sum()) for b in range(BINS)) / len(score)


def tables(data, results):
    classic = np.isin(data.series, CLASSIC)
    groups = {"all": np.ones(len(classic), bool), "size, blur, shake, compression": classic}
    for series in dict.fromkeys(data.series):
        for height in dict.fromkeys(data.height[data.series == series]):
            single = (data.series == series) & (data.height == height)
            name = series if series in ("size", "mixture") else f"{series}, {height} px"
            groups[name] = data.series == series if series == "size" else single
    rows = [
        [name, int(chosen.sum()), f"{100 * data.matched[chosen].mean():.0f} %",
         *(f"{auc(score[chosen], data.matched[chosen]):.3f}" for score in results.values())]
        for name, chosen in groups.items()
    ]
    discrimination = table(["series", "faces", "matched", *results], rows)
    rows = []
    for name, score in results.items():
        for group, chosen in list(groups.items())[:2]:
            rows.append([name, group, *levels(score[chosen], data.matched[chosen])])
    head = ["model", "series", "calibration error", "matched of “unlikely”", "of “possible”", "of “likely”", "matched faces called “unlikely”"]
    return discrimination, table(head, rows)


def levels(score, matched):
    level = np.digitize(score, [POSSIBLE_FROM, LIKELY_FROM])
    shares_matched = [f"{100 * matched[level == k].mean():.1f} % of {(level == k).sum()}" for k in range(3)]
    return [f"{calibration_error(score, matched):.3f}", *shares_matched, f"{100 * (level[matched > 0] == 0).mean():.2f} %"]


def rust_list(values):
    return "[" + ", ".join(f"{value:.3f}" for value in values) + "]"


def rust_model(docs, name, model):
    offset, corners, values = model
    curves = "".join(
        f"        Curve {{\n            at: {rust_list(at)},\n            value: {rust_list(value)},\n        }},\n"
        for at, value in zip(corners, values)
    )
    return (
        f"/// {docs}\npub(super) static {name}: Model<{len(corners)}> = Model {{\n    offset: {offset:.3f},\n"
        f"    curves: [\n{curves}    ],\n}};\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measures", required=True)
    parser.add_argument("--evaldata", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--docs", type=Path)
    arguments = parser.parse_args()
    evaldata = arguments.evaldata.resolve()
    faces = clear_faces(arguments.measures, evaldata)
    threshold = threshold_of(faces)
    probes = make_probes(evaldata, faces, arguments.work.resolve())
    data = Data(probes, measured(arguments.measures, probes), faces, threshold)
    print(f"{data.all} degraded faces; threshold {threshold:.3f}; {data.unfound} not found, {data.unfound_matched:.0f} of them matched")
    light = data.features[:, :FEATURES]
    results = {"without the recogniser": cross_validated(light, data), "with it": cross_validated(data.features, data)}
    for section, text in zip(["identifiability", "identifiability_levels"], tables(data, results)):
        write(arguments.docs, section, text)
    models = [
        rust_model("The size alone, by the series in which nothing but the size changed.", "SIZE_ALONE",
                   fit_size(data, np.ones(len(light), bool))),
        rust_model("What is measured in the picture.", "LIGHT", fit(light, data.matched)),
        rust_model("The same and the norm of the recogniser's embedding.", "WITH_RECOGNISER", fit(data.features, data.matched)),
    ]
    arguments.out.write_text(
        "//! Curves fitted to how often degraded faces were matched: `make fit-identifiability EVALDATA=…` writes this file.\n\n"
        "use super::model::{Curve, Model};\n\n" + "\n".join(models)
    )
    subprocess.run(["rustfmt", str(arguments.out)], check=True)


if __name__ == "__main__":
    main()
