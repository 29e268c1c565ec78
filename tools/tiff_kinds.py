#!/usr/bin/env python3
"""Are TIFFs of all kinds opened as other programs open them?

Usage: tiff_kinds.py SEEN

SEEN is the example `seen`. Needs Pillow, and `tiffcp` of libtiff's tools. Writes a picture in every kind that these programs write,
and compares what is opened with what Pillow opens, both on white. Lists the kinds that differ by half a level of 255 or more as a mean
over the picture, and those that are refused. Exit status: 1 if a kind differs.
"""

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

PHOTO = Path(__file__).parent.parent / "tests/photos/astronaut.jpg"
SIZE = (203, 157)
TOLERANCE = 0.5
TILES = ["-t", "-w", "64", "-l", "48"]
STRIPS = ["-r", "16"]

FAX = ["g3:1d", "g3:2d", "g3:1d:fill", "g3:2d:fill", "g4"]
LOSSLESS = ["none", "packbits", "lzw", "zip"]
WAYS = [["-B"], STRIPS, TILES, ["-f", "lsb2msb"], ["-8"]]
DIFFERENCES = ["lzw:2", "zip:2"]


def pictures():
    """The picture in each kind of samples that Pillow writes, by name."""
    colours = Image.open(PHOTO).convert("RGB").resize(SIZE)
    alpha = Image.linear_gradient("L").resize(SIZE)
    grey = colours.convert("L")
    with_alpha, grey_alpha = colours.copy(), grey.copy()
    with_alpha.putalpha(alpha)
    grey_alpha.putalpha(alpha)
    return {
        "black": colours.convert("1"),
        "grey": grey,
        "grey-alpha": grey_alpha,
        "grey-16": grey.point(lambda v: v * 257, "I").convert("I;16"),
        "palette": colours.quantize(200),
        "rgb": colours,
        "rgb-alpha": with_alpha,
        "inks": colours.convert("CMYK"),
    }


def kinds(folder):
    """Writes the files, and returns their paths."""
    for name, picture in pictures().items():
        plain = folder / f"{name}.tif"
        picture.save(plain)
        codings = LOSSLESS + ({"black": FAX, "palette": DIFFERENCES}.get(name, DIFFERENCES))
        if name in ("grey", "rgb", "inks"):
            codings = [*codings, "jpeg"]
        for coding in codings:
            copy(plain, ["-c", coding, *STRIPS])
            for way in WAYS if coding in FAX or coding in ("none", "lzw") else []:
                copy(plain, ["-c", coding, *way])
        if name in ("rgb", "rgb-alpha", "inks"):
            copy(plain, ["-p", "separate"])
            copy(plain, ["-p", "separate", *TILES])
    for photometric in (0, 1):
        for coding in ("group3", "group4", "tiff_ccitt"):
            path = folder / f"black-{photometric}-{coding}.tif"
            pictures()["black"].save(path, compression=coding, tiffinfo={262: photometric})
    return sorted(folder.glob("*.tif"))


def copy(plain, options):
    name = "_".join([plain.stem, *(option.strip("-").replace(":", "") for option in options)])
    subprocess.run(["tiffcp", *options, plain, plain.with_name(f"{name}.tif")], check=True, capture_output=True)


def opened(seen, path):
    """The picture as it is opened here, or the reason why not."""
    output = subprocess.run([seen, path], capture_output=True, check=True).stdout
    if output.startswith(b"error "):
        return output.decode().strip()
    header, pixels = output.split(b"ENDHDR\n", 1)
    fields = dict(line.split(b" ", 1) for line in header.splitlines()[1:])
    return Image.frombytes("RGBA", (int(fields[b"WIDTH"]), int(fields[b"HEIGHT"])), pixels)


def reference(path):
    """The picture as Pillow opens it; `None` if it does not."""
    try:
        picture = Image.open(path)
        if picture.mode.startswith("I;16"):
            picture = picture.point(lambda v: v / 257).convert("L")
        return picture.convert("RGBA")
    except (OSError, ValueError):
        return None


def on_white(picture):
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def main():
    warnings.simplefilter("ignore")
    differing, refused, compared = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for path in kinds(Path(folder)):
            ours, theirs = opened(sys.argv[1], path), reference(path)
            if isinstance(ours, str):
                refused += 1
                print(f"{path.stem}: {ours}")
            elif theirs is not None:
                compared += 1
                difference = sum(ImageStat.Stat(ImageChops.difference(on_white(ours), on_white(theirs))).mean) / 3
                if difference >= TOLERANCE:
                    differing += 1
                    print(f"{path.stem}: differs by {difference:.2f} levels")
    print(f"{compared} kinds compared: {differing} differ, {refused} are refused.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
