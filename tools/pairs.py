#!/usr/bin/env python3
"""Measures the recogniser on pairs of photos and writes the tables into docs/accuracy.md.

Usage: pairs.py --pairs pairs --evaldata FOLDER [--docs docs/accuracy.md]

The folder holds lfw_pairs and deepface_pairs (images/, pairs_dev.csv: file_a, file_b, same) and utkface_fairness
(images/, annotations_dev.json: one face each, with perceived race, gender and age). PAIRS is the built example of that name.

Accuracy is that of LFW's protocol: ten folds, each judged with the threshold that suits the other nine best. A pair with
a picture in which no face is found counts as judged wrong.
"""

import argparse
import csv
import itertools
import json
import random
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
BOOTSTRAPS = 500
# In the tables by group, people of this age and over.
FROM_AGE = 13


def embeddings(binary, folder, files):
    """The direction of each file's face, by its name in the folder."""
    command = [binary, *(str(folder / file) for file in files)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    reports = map(json.loads, lines)
    return {str(Path(report["file"]).relative_to(folder)): report.get("direction") for report in reports}


def likeness(one, other):
    return sum(x * y for x, y in zip(one, other))


def similarities(binary, folder):
    """`(similarity, same)` of each pair."""
    with open(folder / "pairs_dev.csv", newline="") as table:
        pairs = [(row["file_a"], row["file_b"], row["same"] == "1") for row in csv.DictReader(table)]
    found = embeddings(binary, folder / "images", sorted({file for a, b, _ in pairs for file in (a, b)}))

    def similarity(a, b):
        one, other = found[a], found[b]
        return likeness(one, other) if one and other else UNKNOWN

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


def false_matches(directions, threshold):
    """Share of the pairs of different persons that reach the threshold, with its 95 % interval."""
    count = len(directions)
    hits = [pair for pair in itertools.combinations(range(count), 2) if likeness(*(directions[i] for i in pair)) >= threshold]
    draw, shares = random.Random(0), []
    for _ in range(BOOTSTRAPS):
        times = [0] * count
        for person in draw.choices(range(count), k=count):
            times[person] += 1
        # Nobody is compared with themselves, however often they are drawn.
        pairs = (count * count - sum(n * n for n in times)) / 2
        shares.append(sum(times[i] * times[j] for i, j in hits) / pairs)
    low, high = (sorted(shares)[round(part * (BOOTSTRAPS - 1))] for part in (0.025, 0.975))
    pairs = count * (count - 1) // 2
    return f"{100 * len(hits) / pairs:.2f}%", f"{100 * low:.2f}% to {100 * high:.2f}%"


def groups(binary, folder):
    """False matches by group: at the threshold that is shipped, and at that which one in a hundred pairs of `FROM_AGE` and over passes."""
    people = json.loads((folder / "annotations_dev.json").read_text())
    found = embeddings(binary, folder / "images", [person["file"] for person in people])
    people = [person for person in people if found[person["file"]]]
    # Children are so much alike that they would hide what else groups differ in.
    older = [person for person in people if person["age"] >= FROM_AGE]
    likenesses = [likeness(found[a["file"]], found[b["file"]]) for a, b in itertools.combinations(older, 2)]
    usual = sorted(likenesses, reverse=True)[int(FALSE_MATCHES * len(likenesses))]
    lines = [
        f"|  | persons | pairs | false matches at {SHIPPED_THRESHOLD} | interval | at {usual:.3f} | interval |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    kinds = (("race", older, f", from {FROM_AGE} years"), ("gender", older, f", from {FROM_AGE} years"), ("age_group", people, ""))
    for attribute, among, limit in kinds:
        for value in sorted({person[attribute] for person in among}):
            directions = [found[person["file"]] for person in among if person[attribute] == value]
            cells = [cell for threshold in (SHIPPED_THRESHOLD, usual) for cell in false_matches(directions, threshold)]
            pairs = len(directions) * (len(directions) - 1) // 2
            lines.append(f"| {attribute.replace('_', ' ')}{limit}: {value} | {len(directions)} | {pairs} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


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
    sections.write(arguments.docs, "pairs: groups", groups(arguments.pairs, arguments.evaldata.resolve() / "utkface_fairness"))


if __name__ == "__main__":
    main()
