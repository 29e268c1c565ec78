#!/usr/bin/env python3
"""Are HEIC files opened as libheif shows them?

Usage: heic_peers.py --seen seen [--made] FILE-OR-FOLDER…

Opens every file with the example `seen` and with libheif (pillow-heif from PyPI), both upright and in sRGB, and prints a table: the
size, the mean and the largest difference in levels, and the PSNR in decibels; or why a file is refused. `--made` adds files that
libheif writes here: kinds of sampling, depth, range, transparency and sizes, and a grid of 12 megapixels.

Exit status: 0 if every file that is opened has the right size, a mean of at most 1.0 level and a PSNR of at least 40 dB; 1 otherwise.
"""

import argparse
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pillow_heif
from PIL import Image, ImageCms

MEAN_LIMIT = 1.0
PSNR_LIMIT = 40.0
# Pictures of more pixels are opened in half their width and height.
REDUCED_FROM = 100_000_000
# Compared at a time.
ROWS = 256
SUFFIXES = (".heic", ".heif", ".hif")
SRGB = ImageCms.createProfile("sRGB")
pillow_heif.options.DISABLE_SECURITY_LIMITS = True


Image.MAX_IMAGE_PIXELS = None


def files(paths):
    """The pictures among paths and in folders."""
    for path in map(Path, paths):
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in inside if file.suffix.lower() in SUFFIXES)


def made(folder):
    """Files of many kinds, written by libheif from a picture with slopes, edges and colours."""
    y, x = numpy.mgrid[0:600, 0:840]
    planes = [127 + 100 * numpy.sin(x / 37 + y / 53), 255 * ((x // 40 + y // 40) % 2), 255 * x / 840]
    picture = Image.fromarray(numpy.stack(planes, -1).clip(0, 255).astype("uint8"))
    alpha = Image.fromarray((255 * y / 600).astype("uint8"))
    kinds = {"420": {}, "444": {"chroma": 444}, "422": {"chroma": 422}, "low": {"quality": 20}, "best": {"quality": 100}}
    # The encoder keeps the sampling of the picture before if none is given.
    fast = {"chroma": 420, "enc_params": {"preset": "ultrafast"}}
    for name, options in kinds.items():
        pillow_heif.from_pillow(picture).save(folder / f"made-{name}.heic", **{"quality": 80, **fast, **options})
    narrow = {"full_range_flag": 0, "matrix_coefficients": 1, "color_primaries": 1, "transfer_characteristics": 13}
    pillow_heif.from_pillow(picture).save(folder / "made-709-narrow.heic", quality=80, save_nclx_profile=True, **narrow, **fast)
    p3 = {"color_primaries": 12, "transfer_characteristics": 13, "matrix_coefficients": 6, "full_range_flag": 1}
    pillow_heif.from_pillow(picture).save(folder / "made-p3.heic", quality=80, save_nclx_profile=True, **p3, **fast)
    see_through = picture.copy()
    see_through.putalpha(alpha)
    pillow_heif.from_pillow(see_through).save(folder / "made-alpha.heic", quality=80, **fast)
    pillow_heif.from_pillow(picture.convert("L")).save(folder / "made-grey.heic", quality=80, **fast)
    for size in [(1, 1), (7, 5), (63, 65), (641, 479)]:
        pillow_heif.from_pillow(picture.resize(size)).save(folder / f"made-{size[0]}x{size[1]}.heic", quality=80, **fast)


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


def shown(path):
    """What libheif shows, in sRGB; a text if it refuses the file."""
    try:
        heif = pillow_heif.open_heif(path, convert_hdr_to_8bit=True)
        picture = heif.to_pillow()
    except Exception as error:  # Of many kinds.
        return f"libheif: {error}"[:60]
    if picture.mode.startswith("I"):
        picture = Image.fromarray((numpy.asarray(picture).astype("uint32") >> 8).astype("uint8"))
    picture = picture.convert("RGBA") if picture.mode in ("RGBA", "LA", "RGBa", "PA") else picture.convert("RGB")
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    rgb = in_srgb(picture.convert("RGB"), heif.info)
    rgb.putalpha(alpha or 255)
    return numpy.asarray(rgb)


def in_srgb(picture, info):
    icc = info.get("icc_profile")
    if icc:
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
            return ImageCms.profileToProfile(picture, profile, SRGB, renderingIntent=intent, outputMode="RGB")
        except ImageCms.PyCMSError:
            return picture
    nclx = info.get("nclx_profile") or {}
    if nclx.get("color_primaries") == 12:
        # What is left of Display P3 without a profile.
        to_srgb = numpy.array([[1.22494, -0.22494, 0], [-0.042057, 1.042057, 0], [-0.019638, -0.078636, 1.098274]])
        values = numpy.asarray(picture) / 255
        light = numpy.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4) @ to_srgb.T
        light = light.clip(0, 1)
        values = numpy.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
        return Image.fromarray((255 * values).round().astype("uint8"))
    return picture


def compared(ours, theirs):
    """A line's words, and whether they are good."""
    if isinstance(ours, str):
        opened = "" if isinstance(theirs, str) else "  (libheif opens it)"
        return ours + opened, not ours.startswith("crashed")
    size = f"{ours.shape[1]} x {ours.shape[0]}"
    if isinstance(theirs, str):
        return f"{size}: {theirs}", True
    height, width, _ = theirs.shape
    if ours.shape[:2] == (height // 2, width // 2) and width * height > REDUCED_FROM:
        size += ", half"
        theirs = numpy.asarray(Image.fromarray(theirs).reduce(2))
    if ours.shape != theirs.shape:
        return f"{size}, libheif {theirs.shape[1]} x {theirs.shape[0]}", False
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seen", required=True)
    parser.add_argument("--made", action="store_true")
    parser.add_argument("paths", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.made:
            made(Path(folder))
        paths = list(files(options.paths + ([folder] if options.made else [])))
        bad = counted = 0
        for path, ours in zip(paths, seen(options.seen, paths)):
            words, good = compared(ours, shown(path))
            counted += not isinstance(ours, str)
            bad += not good
            print(f"{'ok   ' if good else 'WRONG'} {path.name}  {words}", flush=True)
    print(f"{len(paths)} files, {counted} opened, {bad} wrong")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
