#!/usr/bin/env python3
"""Draws every method over the test photos and pastes the copies into contact sheets, to be looked at.

Usage: covers.py --binary tarnkappe --photos tests/photos --out FOLDER

For each case there is a sheet with all methods at full size (a part of it, where it is large) and one as wide as a phone. A copy that is
not proved is named, and makes the exit status 1. Needs Pillow.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

METHODS = {
    "soft": ["--method", "soft"],
    "solid": ["--method", "solid"],
    "solid, teal": ["--method", "solid", "--colour", "1f6f6b"],
    "mosaic": ["--method", "mosaic"],
    "sticker": ["--method", "sticker"],
    "sticker, heart": ["--method", "sticker", "--sticker", "heart"],
    "sticker, star": ["--method", "sticker", "--sticker", "star"],
    "sticker, flower": ["--method", "sticker", "--sticker", "flower"],
    "sticker, cat": ["--method", "sticker", "--sticker", "cat"],
}
# Pixels of a sheet's pictures at full size, and the width of a phone's screen in CSS pixels.
PART = (900, 620)
PHONE = 360
LABEL = 18
QUALITY = 92


def opened(path):
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


def cases(photos):
    """Pictures by name, with the format in which each is saved."""
    portrait, group = opened(photos / "grace_hopper.jpg"), opened(photos / "solvay_1927.jpg")
    row, astronaut = opened(photos / "oath.jpg"), opened(photos / "astronaut.jpg")
    see_through = astronaut.copy()
    see_through.putalpha(Image.linear_gradient("L").resize(astronaut.size).point(lambda value: 255 - value // 2))
    return {
        "portrait": (portrait, "jpg"),
        "portrait, PNG": (astronaut, "png"),
        "group": (group, "jpg"),
        "group in colour": (row, "jpg"),
        "small faces": (group.resize((group.width // 3, group.height // 3), Image.LANCZOS), "jpg"),
        "tilted head": (portrait.rotate(24, Image.BICUBIC, expand=True, fillcolor=(40, 60, 110)), "jpg"),
        "edge": (portrait.crop((portrait.width // 2 - 40, 40, portrait.width, portrait.height)), "jpg"),
        "dark": (ImageEnhance.Brightness(row).enhance(0.22), "jpg"),
        "grey": (astronaut.convert("L"), "jpg"),
        "alpha": (see_through, "png"),
    }


def protected(binary, path, options, out):
    """The copy of a picture, or None if it was not proved."""
    command = [binary, "protect", "--json", "--out", str(out), *options, str(path)]
    report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout)
    return opened(report["output"]) if report.get("output") else None


def sheet(pictures, columns):
    """Pictures of one size in rows, each under its name."""
    width, height = next(iter(pictures.values())).size
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * width, rows * (height + LABEL)), "white")
    draw = ImageDraw.Draw(page)
    for place, (name, picture) in enumerate(pictures.items()):
        left, top = place % columns * width, place // columns * (height + LABEL)
        draw.text((left + 4, top + 3), name, fill="black")
        page.paste(picture, (left, top + LABEL))
    return page


def middle(picture):
    """The upper middle of a picture at full size: where the heads are."""
    width, height = min(PART[0], picture.width), min(PART[1], picture.height)
    left, top = (picture.width - width) // 2, min(picture.height - height, picture.height // 4 if picture.height > PART[1] else 0)
    return picture.crop((left, top, left + width, top + height))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--photos", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, (picture, format) in cases(arguments.photos).items():
            path = Path(folder) / f"picture.{format}"
            picture.save(path, **({"quality": QUALITY} if format == "jpg" else {}))
            copies = {}
            for method, options in METHODS.items():
                copy = protected(arguments.binary, path, options, Path(folder) / "copies")
                if copy is None:
                    print(f"{name}: {method}: not proved", file=sys.stderr)
                    failed = True
                else:
                    copies[method] = copy
            if copies:
                file = name.replace(", ", "-").replace(" ", "-")
                sheet({method: middle(copy) for method, copy in copies.items()}, 2).save(arguments.out / f"{file}-full.png")
                phone = {m: c.resize((PHONE, round(c.height * PHONE / c.width)), Image.LANCZOS) for m, c in copies.items()}
                sheet(phone, 4).save(arguments.out / f"{file}-phone.png")
    sys.exit(failed)


if __name__ == "__main__":
    main()
