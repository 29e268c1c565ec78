#!/usr/bin/env python3
"""Times our command line and engine against onnxruntime and deface, which Python has, and writes two tables.

Usage: native.py --binary tarnkappe --inference inference --onnx FOLDER --evaldata FOLDER [--docs docs/performance.md]

INFERENCE is the built example of that name, FOLDER the networks as `pack` writes them for other runtimes. Runs in the
environment that `tools/setup.sh peers` makes. Everything takes turns; of each round's runs the fastest counts, and the
medians of all rounds are written.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
from deface.centerface import CenterFace
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent))
import sections

ROOT = Path(__file__).parent.parent.parent
# Each network with the side of the pictures to measure with.
NETWORKS = {"yunet": 640, "sface": 112, "centerface": 640}
ROUNDS = 9
RUNS = 5
MEGAPIXELS = 12
JPEG_QUALITY = 92
PICTURES = 20
# A detection overlaps a face by at least this: detectors draw their boxes differently.
SAME = 0.3
# onnxruntime's number for logging errors only.
ERRORS = 3
# deface's own default.
DEFACE_THRESHOLD = 0.2


def onnxruntime_session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = ERRORS
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def time_onnxruntime(session, picture):
    def run():
        started = time.perf_counter()
        session.run(None, {session.get_inputs()[0].name: picture})
        return (time.perf_counter() - started) * 1e3

    return min(run() for _ in range(RUNS))


def time_ours(inference, network, side):
    command = [inference, network, str(side), str(RUNS)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return min(map(float, printed.split()))


def inference_table(arguments):
    rows = ["| network | tarnkappe, ms | onnxruntime, ms | ratio |", "| --- | --- | --- | --- |"]
    for network, side in NETWORKS.items():
        session = onnxruntime_session(arguments.onnx / f"{network}.onnx")
        picture = np.random.default_rng(1).integers(0, 256, (1, 3, side, side)).astype(np.float32)
        time_onnxruntime(session, picture)
        turns = [
            (time_ours(arguments.inference, network, side), time_onnxruntime(session, picture)) for _ in range(ROUNDS)
        ]
        ours, theirs = (statistics.median(times) for times in zip(*turns))
        rows.append(f"| {network}, {side} x {side} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} |")
    return "\n".join(rows)


def enlarged(folder):
    """The test group, enlarged."""
    path = folder / "photo.jpg"
    height = round((MEGAPIXELS * 1e6 * 0.75) ** 0.5)
    size = (round(MEGAPIXELS * 1e6 / height), height)
    with Image.open(ROOT / "tests/photos/solvay_1927.jpg") as group:
        group.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(path, quality=JPEG_QUALITY)
    return path


# Runs a command and prints its exit code, seconds, seconds of processor time and peak memory. A process of its own, because
# Linux counts what a process was before it became the command, and this one holds the peers' libraries.
STOPWATCH = """
import json, os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
used = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), time.perf_counter() - started, used, usage.ru_maxrss]))
"""


def run_command(command):
    """Seconds, seconds of processor time, and peak memory in megabytes. Linux counts the memory in kilobytes."""
    watched = subprocess.run([sys.executable, "-S", "-c", STOPWATCH, *command], capture_output=True, text=True, check=True)
    code, seconds, used, kilobytes = json.loads(watched.stdout)
    # A check that found something says so by 1.
    if code not in (0, 1):
        sys.exit(f"{command[0]} ended with {code}")
    return seconds, used, kilobytes / 1024


def overlap(a, b):
    """Intersection over union."""
    shared = [max(0, min(a[axis] + a[axis + 2], b[axis] + b[axis + 2]) - max(a[axis], b[axis])) for axis in (0, 1)]
    both = shared[0] * shared[1]
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def annotated(evaldata):
    """Every so many of the annotated pictures: the same as in peers.mjs."""
    file = evaldata / "wider_val/annotations_dev.json"
    if not file.exists():
        return []
    entries = json.loads(file.read_text())
    chosen = entries[:: max(1, len(entries) // PICTURES)][:PICTURES]
    return [
        (
            evaldata / "wider_val/images" / entry["file"],
            [[face[key] for key in "xywh"] for face in entry["faces"] if not face.get("ignore") and not face.get("invalid")],
        )
        for entry in chosen
    ]


def detect_ours(binary, path, *options):
    command = [binary, "check", "--json", *options, path]
    printed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return [face["box"] for face in json.loads(printed)["regions"]]


def detect_deface(detector, path):
    with Image.open(path) as picture:
        found, _ = detector(np.asarray(picture.convert("RGB")), threshold=DEFACE_THRESHOLD)
    return [[x, y, right - x, bottom - y] for x, y, right, bottom, _ in found.tolist()]


def recall(detect, pictures):
    hits = faces = 0
    for path, annotations in pictures:
        found = detect(path)
        hits += sum(any(overlap(box, face) >= SAME for box in found) for face in annotations)
        faces += len(annotations)
    return f"{hits / faces:.3f}" if faces else ""


def photo_table(arguments):
    centerface = CenterFace()
    detectors = {
        "default": lambda path: detect_ours(arguments.binary, path),
        "thorough": lambda path: detect_ours(arguments.binary, path, "--thorough"),
        "deface": lambda path: detect_deface(centerface, path),
    }
    pictures = annotated(arguments.evaldata)
    recalls = {name: recall(detect, pictures) for name, detect in detectors.items()}
    with tempfile.TemporaryDirectory() as folder:
        photo = enlarged(Path(folder))
        deface = Path(sys.executable).parent / "deface"
        commands = {
            "`tarnkappe check`": ("default", [arguments.binary, "check", photo]),
            "`tarnkappe check --thorough`": ("thorough", [arguments.binary, "check", "--thorough", photo]),
            "`tarnkappe protect`": ("default", [arguments.binary, "protect", "--out", f"{folder}/out", photo]),
            "`deface`": ("deface", [deface, "--output", f"{folder}/deface.jpg", photo]),
        }
        turns = [{name: run_command(command) for name, (_, command) in commands.items()} for _ in range(ROUNDS // 2)]
        counts = {name: len(detect(photo)) for name, detect in detectors.items()}
    rows = ["| command | s | processor s | peak MB | faces found in the group | recall |", "| --- | --- | --- | --- | --- | --- |"]
    for name, (detector, _) in commands.items():
        seconds, processor, memory = (statistics.median(values) for values in zip(*(turn[name] for turn in turns)))
        rows.append(f"| {name} | {seconds:.2f} | {processor:.2f} | {memory:.0f} | {counts[detector]} | {recalls[detector]} |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--binary", "--inference", "--onnx", "--evaldata"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--docs", type=Path)
    arguments = parser.parse_args()
    sections.write(arguments.docs, "bench: native inference", inference_table(arguments))
    sections.write(arguments.docs, "bench: native photo", photo_table(arguments))


if __name__ == "__main__":
    main()
