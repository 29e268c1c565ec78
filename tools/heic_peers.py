#!/usr/bin/env python3
"""Are HEIC files opened as libheif shows them?

Usage: heic_peers.py --seen seen [--made] FILE-OR-FOLDER…

Opens every file with the example `seen` and with libheif (pillow-heif from PyPI), both upright and in sRGB, and prints a table: the
size, the mean and the largest difference in levels, and the PSNR in decibels; or why a file is refused. `--made` adds files that
libheif writes here: kinds of sampling, depth, range, transparency and sizes, and a grid of 12 megapixels.

Exit status: 0 if every file that is opened has the right size, a mean of at most 1.0 level and a PSNR of at least 40 dB; 1 otherwise.
"""

import io
import sys

import numpy
import pillow_heif
from PIL import Image, ImageCms

import peers

SUFFIXES = (".heic", ".heif", ".hif")
SRGB = ImageCms.createProfile("sRGB")
pillow_heif.options.DISABLE_SECURITY_LIMITS = True

Image.MAX_IMAGE_PIXELS = None


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


if __name__ == "__main__":
    sys.exit(peers.main(__doc__, "libheif", SUFFIXES, made, [shown]))
