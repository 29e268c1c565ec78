#!/usr/bin/env python3
"""Are JPEG XL files opened as libjxl shows them?

Usage: jxl_peers.py --seen seen [--made] FILE-OR-FOLDER…

Opens every file with the example `seen` and with libjxl, all upright and in sRGB, and prints a table: the size, the mean and the largest
difference in levels, and the PSNR in decibels; or why a file is refused. libjxl comes twice, since both are wrong at times: Debian's
`djxl` 0.7 has no 9 to 15 bits and old noise, and PyPI's `pillow-jxl-plugin` rounds colours before they are converted. The nearer counts.
`--made` adds files that libjxl's `cjxl` writes
here: kinds of effort, loss, depth, transparency, orientation, colours, resampling and progressive ones, and transcoded JPEGs.

Exit status: 0 if every file that is opened has the right size, a mean of at most 1.0 level and a PSNR of at least 40 dB; 1 otherwise.
"""

import io
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy
import pillow_jxl  # noqa: F401, for Pillow
from PIL import Image, ImageCms

import peers

SUFFIXES = (".jxl",)
# Transfer functions in the descriptions of profiles that libjxl writes.
HIGH_RANGE = [name.encode(encoding) for name in ("Rel_PeQ", "Per_PeQ", "Rel_HLG", "Per_HLG") for encoding in ("ascii", "utf-16-be")]
SRGB = ImageCms.createProfile("sRGB")
PHOTO = Path(__file__).parent.parent / "tests" / "photos" / "astronaut.jpg"

Image.MAX_IMAGE_PIXELS = None


def drawn(width, height):
    """Slopes, edges and letters again and again, of which encoders make patches."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [127 + 100 * numpy.sin(x / 37 + y / 53), 255 * ((x // 40 + y // 40) % 2), 255 * x / width]
    picture = numpy.stack(planes, -1).clip(0, 255).astype("uint8")
    glyph = numpy.random.default_rng(1).integers(0, 2, (9, 7)) * 255
    for top in range(20, height - 20, 16):
        for left in range(20, min(width, 300) - 10, 12):
            picture[top : top + 9, left : left + 7] = glyph[..., None]
    return picture


def sources(folder):
    """Pictures to be encoded, by name."""
    photo = Image.open(PHOTO).convert("RGB")
    art = Image.fromarray(drawn(840, 600))
    clear = photo.copy()
    clear.putalpha(Image.fromarray((numpy.mgrid[0:512, 0:512][0] // 2).astype("uint8")))
    pictures = {"photo": photo, "art": art, "clear": clear, "grey": photo.convert("L"), "tiny": photo.resize((7, 5)), "dot": photo.resize((1, 1))}
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png")
    for (name, picture), mode in [(("photo", photo), "RGB"), (("grey", photo), "L")]:
        deep(folder / f"{name}16.png", numpy.asarray(picture.convert(mode)))
    for mode, quality, subsampling, progressive in [("RGB", 90, 0, False), ("RGB", 75, 2, True), ("L", 80, 0, False)]:
        photo.convert(mode).save(folder / f"{mode}{quality}.jpg", quality=quality, subsampling=subsampling, progressive=progressive)
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        art.resize((210, 150)).save(folder / f"turned{turn}.jpg", quality=95, exif=exif)
        art.resize((210, 150)).save(folder / f"turned{turn}.png", exif=exif)


def deep(path, levels):
    """A PNG of 16 bits a sample, whose lower bits are used."""
    noise = numpy.random.default_rng(2).integers(-128, 128, levels.shape)
    values = (levels.astype("int64") * 257 + noise).clip(0, 65535).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    height, width = levels.shape[:2]
    kind = 2 if levels.ndim == 3 else 0
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    data = b"".join(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)


def kinds():
    """Source and options of each file that is made."""
    for effort in range(1, 10):
        yield f"effort{effort}", "photo.png", ["-d", "1", "-e", str(effort)]
    for effort in (1, 3, 5, 7, 9):
        yield f"lossless{effort}", "art.png", ["-d", "0", "-e", str(effort)]
    for distance in ("0.1", "0.5", "2", "4", "8", "15"):
        yield f"distance{distance}", "photo.png", ["-d", distance]
    for name in ("photo", "art", "clear", "grey", "photo16", "grey16", "tiny", "dot"):
        for distance in ("0", "1"):
            yield f"{name}-d{distance}", f"{name}.png", ["-d", distance]
    for name in ("RGB90", "RGB75", "L80"):
        yield f"transcoded-{name}", f"{name}.jpg", ["-j", "1"]
        yield f"transcoded-{name}-bare", f"{name}.jpg", ["-j", "1", "--container=0"]
    for turn in range(1, 9):
        yield f"turned{turn}-jpeg", f"turned{turn}.jpg", ["-j", "1"]
        yield f"turned{turn}-png", f"turned{turn}.png", ["-d", "0.5"]
    for space in ("RGB_D65_SRG_Rel_Lin", "RGB_D65_202_Rel_SRG", "RGB_D65_SRG_Rel_709", "RGB_D65_DCI_Rel_SRG", "RGB_D65_SRG_Rel_g0.55", "RGB_EER_SRG_Rel_SRG"):
        for distance in ("0", "0.5"):
            yield f"{space}-d{distance}", "photo16.png", ["-d", distance, "-x", f"color_space={space}"]
    options = {
        "progressive": ["-p"],
        "progressive-dc": ["--progressive_dc=1"],
        "modular": ["-m", "1", "-d", "1"],
        "responsive": ["-m", "1", "-d", "0", "-R", "1"],
        "noise": ["--photon_noise=800"],
        "centre-first": ["--group_order=1"],
        "patches": ["--patches=1"],
        "dots": ["--dots=1"],
        "no-filters": ["--gaborish=0", "--epf=0"],
        "epf3": ["--epf=3", "-d", "3"],
        "palette": ["-d", "0", "--modular_palette_colors=1024"],
        "lossy-palette": ["-d", "0", "-m", "1", "--modular_lossy_palette", "--modular_palette_colors=0"],
        "boxes": ["--container=1"],
        "faster4": ["--faster_decoding=4"],
    } | {f"resampling{n}": [f"--resampling={n}"] for n in (2, 4, 8)} | {f"group{n}": ["-d", "0", "-g", str(n)] for n in range(4)}
    for name, words in options.items():
        yield name, "art.png", words
        yield f"{name}-clear", "clear.png", words


def made(folder):
    """Files of many kinds, written by libjxl."""
    sources(folder)
    for name, source, words in kinds():
        # What this version of the encoder does not take is not compared.
        subprocess.run(["cjxl", folder / source, folder / f"made-{name}.jxl", *words], capture_output=True, check=False)


def by_pillow(path):
    """What libjxl shows through Pillow, in sRGB; a text if it refuses the file."""
    try:
        return in_srgb(path)
    except Exception as error:  # Of many kinds.
        return f"libjxl: {error}"[:60]


def by_djxl(path):
    """What libjxl's own program shows, in sRGB; a text if it refuses the file."""
    with tempfile.TemporaryDirectory() as folder:
        # The frames of an animation become files of their own.
        command = ["djxl", path, f"{folder}/shown.png", "--bits_per_sample=8", "--color_space=RGB_D65_SRG_Rel_SRG"]
        out = subprocess.run(command, capture_output=True, check=False)
        pictures = sorted(Path(folder).glob("*.png"))
        if out.returncode != 0 or not pictures:
            return "djxl: " + (out.stderr.decode().strip().splitlines() or ["no picture"])[-1][:60]
        return in_srgb(pictures[0])


def in_srgb(path):
    """The pixels of a file as they are seen; a text if programs differ in that."""
    picture = Image.open(path)
    picture.load()
    icc = picture.info.get("icc_profile")
    if icc and any(name in icc for name in HIGH_RANGE):
        return "of high dynamic range, not compared"
    if picture.mode.startswith("I"):
        picture = Image.fromarray((numpy.asarray(picture).astype("uint32") * 255 / 65535 + 0.5).astype("uint8"))
    alpha = picture.convert("RGBA").getchannel("A")
    rgb = picture.convert("L" if icc and icc[16:20] == b"GRAY" else "RGB")
    if icc:
        try:
            intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
            rgb = ImageCms.profileToProfile(rgb, ImageCms.ImageCmsProfile(io.BytesIO(icc)), SRGB, renderingIntent=intent, outputMode="RGB")
        except ImageCms.PyCMSError:
            rgb = rgb.convert("RGB")
    rgb.putalpha(alpha)
    return numpy.asarray(rgb)


if __name__ == "__main__":
    sys.exit(peers.main(__doc__, "libjxl", SUFFIXES, made, [by_djxl, by_pillow]))
