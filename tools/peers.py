"""Compares what the example `seen` shows of files with what other programs show."""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy
from PIL import Image

MEAN_LIMIT = 1.0
PSNR_LIMIT = 40.0
# Pictures of more pixels are opened in half their width and height.
REDUCED_FROM = 100_000_000
# Compared at a time.
ROWS = 256


def files(paths, suffixes):
    """The pictures among paths and in folders."""
    for path in map(Path, paths):
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in inside if file.suffix.lower() in suffixes)


def seen(binary, paths):
    """What the example writes of each file: a picture as an array, or why it is refused."""
    for path in paths:
        out = subprocess.run([binary, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if out.returncode != 0:
            yield "crashed: " + out.stderr.decode()[-200:]
        elif out.stdout.startswith(b"error"):
            yield out.stdout.decode().strip()[:60]
        else:
            head, _, samples = out.stdout.partition(b"ENDHDR\n")
            fields = dict(line.split(b" ", 1) for line in head.splitlines() if b" " in line)
            width, height = int(fields[b"WIDTH"]), int(fields[b"HEIGHT"])
            yield numpy.frombuffer(samples, "uint8").reshape(height, width, 4)


def compared(ours, theirs, peer):
    """A line's words, and whether they are good."""
    if isinstance(ours, str):
        opened = "" if isinstance(theirs, str) else f"  ({peer} opens it)"
        return ours + opened, not ours.startswith("crashed")
    size = f"{ours.shape[1]} x {ours.shape[0]}"
    if isinstance(theirs, str):
        return f"{size}: {theirs}", True
    height, width, _ = theirs.shape
    if ours.shape[:2] == (height // 2, width // 2) and width * height > REDUCED_FROM:
        size += ", half"
        theirs = numpy.asarray(Image.fromarray(theirs).reduce(2))
    if ours.shape != theirs.shape:
        return f"{size}, {peer} {theirs.shape[1]} x {theirs.shape[0]}", False
    total = squares = most = 0
    for top in range(0, len(ours), ROWS):
        one, other = ours[top : top + ROWS], theirs[top : top + ROWS]
        difference = one[..., :3].astype("int16") - other[..., :3]
        # Colours of what is not seen do not matter.
        difference[other[..., 3] == 0] = 0
        difference = numpy.abs(numpy.dstack((difference, one[..., 3].astype("int16") - other[..., 3])))
        total, most = total + int(difference.sum()), max(most, int(difference.max()))
        squares += int(numpy.square(difference.astype("int32")).sum())
    channels = 4 if (theirs[..., 3] < 255).any() else 3
    count = channels * ours.shape[0] * ours.shape[1]
    mean = total / count
    psnr = 10 * numpy.log10(255**2 / max(squares / count, 1e-9))
    good = mean <= MEAN_LIMIT and psnr >= PSNR_LIMIT
    return f"{size}: mean {mean:.3f}, most {most}, {psnr:.1f} dB", good


def main(description, peer, suffixes, made, shown):
    """Prints a line for each file, and tells whether one is wrong. `made` writes files into a folder; each of `shown` gives what the peer
    shows of a file, or a text if it refuses it. The nearest of them counts."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seen", required=True)
    parser.add_argument("--made", action="store_true")
    parser.add_argument("paths", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.made:
            made(Path(folder))
        paths = list(files(options.paths + ([folder] if options.made else []), suffixes))
        bad = counted = 0
        for path, ours in zip(paths, seen(options.seen, paths)):
            # Good ones and those with a reference first.
            comparisons = [compared(ours, show(path), peer) for show in shown]
            words, good = max(comparisons, key=lambda said: (said[1], "mean" in said[0]))
            counted += not isinstance(ours, str)
            bad += not good
            print(f"{'ok   ' if good else 'WRONG'} {path.name}  {words}", flush=True)
    print(f"{len(paths)} files, {counted} opened, {bad} wrong")
    return bad > 0
