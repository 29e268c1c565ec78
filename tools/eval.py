#!/usr/bin/env python3
"""Measures detection on the evaluation pictures with the command line, and prints the evaluator's tables.

Usage: eval.py --binary tarnkappe --evaldata FOLDER [--sets wider_val,face_mask_853,dlib_faces]

The folder holds one folder a set (images/, annotations_dev.json) and the evaluator, eval_detection.py, which needs numpy.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Low enough that average precision sees the whole curve: below it, precision is under a few per cent.
LOWEST_SCORE = "0.05"
# Where the product lists a face (src/detect/policy.rs).
SHIPPED_SCORE = "0.6"
PROCESSES = 2

# What the evaluator is told for each set.
OPTIONS = {
    "wider_val": ["--wider-pixels", "--bootstrap", "200", "--by", "perceived_skin"],
    "face_mask_853": ["--by", "mask"],
    "dlib_faces": ["--iou", "0.35"],
}


def look(binary: str, folder: Path, files: list[str]) -> dict[str, list[list[float]]]:
    """Boxes and scores by file name."""
    command = [binary, "check", "--json", "--threshold", LOWEST_SCORE, *(str(folder / file) for file in files)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    reports = map(json.loads, lines)
    return {str(Path(r["file"]).relative_to(folder)): [[*f["box"], f["score"]] for f in r["faces"]] for r in reports}


def predict(binary: str, set_folder: Path) -> dict:
    """Predictions for every annotated picture of a set."""
    files = [entry["file"] for entry in json.loads((set_folder / "annotations_dev.json").read_text())]
    with ThreadPoolExecutor(PROCESSES) as pool:
        parts = pool.map(lambda part: look(binary, set_folder / "images", part), (files[i::PROCESSES] for i in range(PROCESSES)))
        return {file: boxes for part in parts for file, boxes in part.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--evaldata", required=True, type=Path)
    parser.add_argument("--sets", default=",".join(OPTIONS))
    arguments = parser.parse_args()
    evaluator = arguments.evaldata / "eval_detection.py"
    if not evaluator.exists():
        sys.exit(f"eval: there is no {evaluator}")
    negatives = arguments.evaldata / "negatives"
    with tempfile.TemporaryDirectory() as folder:
        false_alarms = Path(folder, "negatives.json")
        false_alarms.write_text(json.dumps(predict(arguments.binary, negatives)))
        for name in arguments.sets.split(","):
            predictions = Path(folder, "predictions.json")
            predictions.write_text(json.dumps(predict(arguments.binary, arguments.evaldata / name)))
            print(f"\n== {name}", flush=True)
            subprocess.run(
                [sys.executable, evaluator, "--gt", arguments.evaldata / name / "annotations_dev.json", "--pred", predictions,
                 "--threshold", SHIPPED_SCORE, "--negatives", negatives / "annotations_dev.json", "--neg-pred", false_alarms,
                 *OPTIONS[name]],
                check=True,
            )


if __name__ == "__main__":
    main()
