#!/usr/bin/env python3
"""Attacks covers of all kinds on pairs of photos and writes the tables into docs/threats.md.

Usage: attack.py --attack attack --evaldata FOLDER [--docs docs/threats.md] [--rows FILE]

The folder holds lfw_pairs/images, one folder a person. ATTACK is the built example of that name. With --rows its output
is read from FILE, if that is there, or else kept in it.

Each number is the share of persons, in per cent, of whom the attack named the right one, with its 95 % interval (Wilson).
"""

import argparse
import json
import math
import subprocess
from pathlib import Path

import sections

# Of a standard normal distribution 95 % lies within this many standard deviations.
DEVIATIONS = 1.96
NAMES = {
    "None": "as it is",
    "Unsharp": "unsharp mask",
    "Enlarged(2)": "2x",
    "Enlarged(4)": "4x",
    "Wiener": "Wiener",
    "Cubic": "cubic",
}


def interval(share, count):
    """Wilson's interval of a share."""
    square = DEVIATIONS**2 / count
    middle = (share + square / 2) / (1 + square)
    reach = DEVIATIONS / (1 + square) * math.sqrt(share * (1 - share) / count + square / (4 * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def cell(outcomes):
    share = sum(outcomes) / len(outcomes)
    low, high = interval(share, len(outcomes))
    return f"{100 * share:.0f} [{100 * low:.0f}–{100 * high:.0f}]"


def best_undoing(row):
    """The way of undoing that names most persons, and its outcomes."""
    name = max(row["undone"], key=lambda name: sum(row["undone"][name]))
    words = ", ".join(NAMES.get(part, part) for part in name.split(", "))
    return f"{cell(row['undone'][name])} ({words})"


def attacks(rows):
    lines = [
        "| cover | detected again | other photo | undone first | gallery covered alike | two photos averaged | same photo, pixels | transplant |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cells = [
            cell(row["redetected"]),
            cell(row["other_photo"]),
            best_undoing(row),
            cell(row["parrot"]),
            cell(row["averaged"]),
            cell(row["same_photo"]),
            cell(row["transplant"]),
        ]
        lines.append(f"| {row['cover']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def verified(rows):
    lines = ["| cover | recognised | linked |", "| --- | --- | --- |"]
    lines += [f"| {row['cover']} | {' | '.join(map(cell, row['seen_by_verify']))} |" for row in rows]
    return "\n".join(lines) + "\n"


def measure(arguments):
    if arguments.rows and arguments.rows.exists():
        return arguments.rows.read_text()
    command = [arguments.attack, arguments.evaldata / "lfw_pairs/images"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    if arguments.rows:
        arguments.rows.write_text(output)
    return output


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attack", required=True)
    parser.add_argument("--evaldata", required=True, type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--rows", type=Path)
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in measure(arguments).splitlines()]
    sections.write(arguments.docs, "attack: covers", attacks(rows))
    sections.write(arguments.docs, "attack: verify", verified(rows))


if __name__ == "__main__":
    main()
