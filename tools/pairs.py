#!/usr/bin/env python3
"""Measures the recogniser on pairs of photos and writes the table into docs/accuracy.md.

Usage: pairs.py --pairs pairs --evaldata FOLDER [--docs docs/accuracy.md]

The folder holds lfw_pairs and deepface_pairs (images/, pairs_dev.csv: file_a, file_b, same). PAIRS is the built example
of that name.

Accuracy is that of LFW's protocol: ten folds, each judged with the threshold that suits the other nine best. A pair with
a picture in which no face is found counts as judged wrong.
"""

import argparse
import csv
import json
import subprocess
from pathlib import Path

import sections

FOLDS = 10
# FMR at which the share of matched pairs is stated.
FALSE_MATCHES = 0.01
# Similarity of a pair that has none: no threshold calls it rightly.
UNKNOWN = None
# SAME_PERSON_FROM in src/recognition/recogniser.rs.
SHIPPED_THRESHOLD = 0.363


def embeddings(binary, folder, files):
    """The direction of each file's face, by its name in the folder."""
    command = [binary, *(str(folder / file) for file in files)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    reports = map(json.loads, lines)
    return {str(Path(report["file"]).relative_to(folder)): report.get("direction") for report in reports}


def similarities(binary, folder):
    """`(similarity, same)` of each pair."""
    with open(folder / "pairs_dev.csv", newline="") as table:
        pairs = [(row["file_a"], row["file_b"], row["same"] == "1") for row in csv.DictReader(table)]
    found = embeddings(binary, folder / "images", sorted({file for a, b, _ in pairs for file in (a, b)}))

    def similarity(a, b):
        one, other = found[a], found[b]
        return sum(x * y for x, y in zip(one, other)) if one and other else UNKNOWN

    return [(similarity(a, b), same) for a, b, same in pairs]


def correct(pairs, threshold):
    return sum(similarity is not UNKNOWN and (similarity >= threshold) == same for similarity, same in pairs)


def best_threshold(pairs):
    return max((similarity for similarity, _ in pairs if similarity is not UNKNOWN), key=lambda t: correct(pairs, t))


def cross_validated(pairs):
    """Accuracy over ten folds with as many same and different pairs each."""
    same, different = ([pair for pair in pairs if pair[1] is kind] for kind in (True, False))
    folds = [same[i::FOLDS] + different[i::FOLDS] for i in range(FOLDS)]
    rest = [[pair for other in folds if other is not fold for pair in other] for fold in folds]
    return sum(correct(fold, best_threshold(others)) for fold, others in zip(folds, rest)) / len(pairs)


def matched(pairs):
    """Share of the same pairs above the threshold that FALSE_MATCHES of the different pairs pass."""
    different = sorted((s for s, same in pairs if not same and s is not UNKNOWN), reverse=True)
    threshold = different[int(FALSE_MATCHES * len(different))]
    same = [s for s, is_same in pairs if is_same]
    return sum(s is not UNKNOWN and s > threshold for s in same) / len(same), threshold


def row(name, pairs):
    unseen = sum(similarity is UNKNOWN for similarity, _ in pairs)
    share, threshold = matched(pairs)
    same = sum(is_same for _, is_same in pairs)
    shipped = correct(pairs, SHIPPED_THRESHOLD) / len(pairs)
    folds = f"{cross_validated(pairs):.4f}" if same >= FOLDS else "–"
    return f"| {name} | {same} + {len(pairs) - same} | {unseen} | {folds} | {shipped:.4f} | {100 * share:.1f} % | {threshold:.3f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--evaldata", required=True, type=Path)
    parser.add_argument("--docs", type=Path)
    arguments = parser.parse_args()
    lines = [
        "| pairs | same + different | without a face | accuracy, ten folds | accuracy at 0.363 | matched at FMR 1 % | threshold for that |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in ("lfw_pairs", "deepface_pairs"):
        lines.append(row(name, similarities(arguments.pairs, arguments.evaldata.resolve() / name)))
    text = "\n".join(lines) + "\n"
    sections.write(arguments.docs, "pairs", text)


if __name__ == "__main__":
    main()
