#!/usr/bin/env python3
"""Does an independent decoder (Pillow) show the same pixels of a copy that the proof scanned?

Usage: visibility.py --binary tarnkappe --seen seen [--cases N] [--seed N] [--keep FOLDER]

Makes random small pictures in every format and encoding that Pillow and cjpeg can write, protects them with and without
covers, and compares each copy as Pillow shows it with the pixels that the proof scanned (the example `seen`): the same in
pictures without loss; in JPEGs the means of blocks of 8 x 8 pixels within 3 levels. Where there is a colour profile, what is
compared is what LittleCMS makes of it in sRGB, and a copy that keeps its profile's colours with its source as well. JPEGs that come in are compared in the same
way, since what is scanned must be what others see. A file that is refused has not been shown at all; these are counted by kind.

Exit status: 0 all the same; 1 a difference, whose files are kept.
"""

import argparse
import collections
import io
import json
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy
from PIL import Image, ImageCms, ImageOps

# Files in one run of the command line.
BATCH = 100
# Levels by which block means of a JPEG may differ.
TOLERANCE = 3
# The same where colours were converted: at the edge of sRGB a level of the source is several.
CONVERTED_TOLERANCE = 9
BLOCK = 8
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CJPEG = shutil.which("cjpeg")
# Primaries and the power of the curve, 0 for the curve of sRGB; what copies keep.
PROFILES = {
    "Display P3": ([(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)], 0),
    "Adobe RGB": ([(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)], 563 / 256),
    "P3 with another curve": ([(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)], 2.0),
    "Rec. 2020": ([(0.708, 0.292), (0.170, 0.797), (0.131, 0.046)], 0),
}
KEPT = ("Display P3", "Adobe RGB")
SRGB = ImageCms.createProfile("sRGB")


def picture(random, channels=3, smooth=None):
    """Slopes and a few shapes, with some noise."""
    width, height = random.randint(17, 120), random.randint(17, 120)
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    planes = []
    for _ in range(channels):
        plane = random.uniform(40, 200) + random.uniform(-1, 1) * x + random.uniform(-1, 1) * y
        for _ in range(3):
            cx, cy, r = random.uniform(0, width), random.uniform(0, height), random.uniform(4, 40)
            plane += random.uniform(-90, 90) * ((x - cx) ** 2 + (y - cy) ** 2 < r * r)
        planes.append(plane)
    noise = numpy.random.default_rng(random.getrandbits(32)).normal(0, random.choice([0, 2, 10]), (height, width, channels))
    return numpy.clip(numpy.stack(planes, -1) + noise, 0, 255).astype(numpy.uint8)


def image(random, mode):
    channels = len(Image.new(mode, (1, 1)).getbands())
    pixels = picture(random, channels)
    return Image.fromarray(pixels if channels > 1 else pixels[..., 0], mode if channels > 1 else None)


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def whole_ratios(factors):
    across, down = [max(f[i] for f in factors) for i in (0, 1)]
    return all(across % h == 0 and down % v == 0 for h, v in factors)


def factors(random):
    """Sampling factors of three components; mostly few that differ, as in files that there are."""
    while True:
        side = [1, 1, 2, 2, 3, 4]
        luma, blue, red = [(random.choice(side), random.choice(side)) for _ in range(3)]
        chosen = [luma, blue, blue if random.random() < 0.6 else red]
        if whole_ratios(chosen):
            return chosen


def colour_profile(name):
    """An ICC profile of version 2 with sampled curves, white D65."""
    primaries, power = PROFILES[name]
    bradford = numpy.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    d50, d65 = numpy.array([0.9642, 1.0, 0.8249]), numpy.array([0.3127 / 0.3290, 1.0, 0.3583 / 0.3290])
    columns = numpy.array([[x / y, 1.0, (1.0 - x - y) / y] for x, y in primaries]).T
    columns = columns * numpy.linalg.solve(columns, d65)
    columns = numpy.linalg.inv(bradford) @ numpy.diag((bradford @ d50) / (bradford @ d65)) @ bradford @ columns
    level = numpy.arange(1024) / 1023
    light = level**power if power else numpy.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(float(v) * 65536)) for v in values)

    text = name.encode() + b"\0"
    curve = b"curv\0\0\0\0" + struct.pack(">I", 1024) + (light * 65535).round().astype(">u2").tobytes()
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78), b"cprt": b"text\0\0\0\0none\0"}
    tags |= {b"wtpt": xyz(d50), b"rXYZ": xyz(columns[:, 0]), b"gXYZ": xyz(columns[:, 1]), b"bXYZ": xyz(columns[:, 2])}
    tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    table, data = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">IIIIIII", 0, 0, 0x02100000, 0x6D6E7472, 0x52474220, 0x58595A20, 0)
    header = header.ljust(36, b"\0") + b"acsp" + bytes(28) + xyz(d50)[8:]
    whole = header.ljust(128, b"\0") + table + data
    return struct.pack(">I", len(whole)) + whole[4:]


def cjpeg(random):
    """Every sampling, in one scan, in several, progressively."""
    pixels = picture(random)
    command = [CJPEG, "-quality", str(random.randint(30, 100))]
    name, scans = "cjpeg", ""
    if random.random() < 0.15:
        command += ["-grayscale", "-sample", f"{random.randint(1, 4)}x{random.randint(1, 4)}"]
        name += " grey"
    else:
        chosen = factors(random)
        command += ["-sample", ",".join(f"{h}x{v}" for h, v in chosen)]
        name += " " + ",".join(f"{h}x{v}" for h, v in chosen)
        if random.random() < 0.1:
            command += ["-rgb"]
            name += " rgb"
        way = random.choice(["one", "one", "progressive", "split", "half"])
        name += f" {way}"
        if way == "progressive" and sum(h * v for h, v in chosen) <= 10:
            command += ["-progressive"]
        elif way == "progressive":
            scans = "0: 0-0, 0, 0; 1: 0-0, 0, 0; 2: 0-0, 0, 0; 0: 1-63, 0, 0; 1: 1-63, 0, 0; 2: 1-63, 0, 0;"
        elif way == "split" or sum(h * v for h, v in chosen) > 10:
            scans = "0; 1; 2;"
        elif way == "half":
            scans = "0; 1 2;" if random.random() < 0.5 else "1; 0 2;"
    if random.random() < 0.3:
        command += ["-restart", f"{random.randint(1, 20)}B"]
    if random.random() < 0.3:
        command += ["-optimize"]
    with tempfile.NamedTemporaryFile("w", suffix=".scans") as script:
        if scans:
            script.write(scans)
            script.flush()
            command += ["-scans", script.name]
        done = subprocess.run(command, input=saved(Image.fromarray(pixels), "PPM"), capture_output=True)
    return (name, "jpg", done.stdout) if done.returncode == 0 else None


def pillow_jpeg(random):
    mode = random.choice(["RGB", "RGB", "RGB", "L", "CMYK"])
    options = {"quality": random.randint(30, 100), "progressive": random.random() < 0.4, "optimize": random.random() < 0.3}
    if mode == "RGB":
        options["subsampling"] = random.choice([0, 1, 2])
        options["keep_rgb"] = random.random() < 0.15
        if options["keep_rgb"]:
            options["subsampling"] = 0
    name = ""
    if mode == "RGB" and random.random() < 0.5:
        name = random.choice(list(PROFILES))
        options["icc_profile"] = colour_profile(name)
    if random.random() < 0.6:
        exif = Image.Exif()
        exif[0x0112] = random.randint(1, 8)
        options["exif"] = exif.tobytes()
    return f"jpeg {mode} {name}".rstrip(), "jpg", saved(image(random, mode), "JPEG", **options)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(random):
    """All colour types and depths, interlaced as well, which Pillow does not write."""
    colour, depths, channels = random.choice(
        [(0, [1, 2, 4, 8, 16], 1), (2, [8, 16], 3), (3, [1, 2, 4, 8], 1), (4, [8, 16], 2), (6, [8, 16], 4)]
    )
    depth = random.choice(depths)
    samples = picture(random, channels).astype(numpy.uint32)
    height, width, _ = samples.shape
    samples = numpy.minimum(samples * 257 + random.getrandbits(8), 65535) if depth == 16 else samples >> (8 - depth)
    interlaced = random.random() < 0.4
    rows = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size:
            rows += b"".join(b"\0" + packed(row.ravel(), depth) for row in part)
    before = b""
    if colour == 3:
        entries = random.randint(1 << depth, 256) if depth == 8 else 1 << depth
        before += chunk(b"PLTE", random.randbytes(3 * entries))
        if random.random() < 0.5:
            before += chunk(b"tRNS", random.randbytes(random.randint(1, entries)))
    elif colour in (0, 2) and random.random() < 0.4:
        # The depth's own values: others would be out of range.
        before += chunk(b"tRNS", b"".join(struct.pack(">H", int(v)) for v in samples[0, 0]))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return f"png {colour}/{depth}{' interlaced' if interlaced else ''}{' tRNS' if b'tRNS' in before else ''}", "png", data


def packed(samples, depth):
    if depth == 16:
        return samples.astype(">u2").tobytes()
    bits = ((samples[:, None] >> numpy.arange(depth - 1, -1, -1)) & 1).astype(numpy.uint8)
    return numpy.packbits(bits.ravel()).tobytes()


def webp(random):
    mode = random.choice(["RGB", "RGBA"])
    lossless = random.random() < 0.5
    options = {"lossless": lossless, "quality": random.randint(20, 100), "method": random.choice([0, 2, 4])}
    return f"webp {mode} {'lossless' if lossless else 'lossy'}", "webp", saved(image(random, mode), "WEBP", **options)


def gif(random):
    picture = image(random, "RGB").quantize(random.choice([2, 16, 200]))
    options = {"transparency": random.randint(0, 1)} if random.random() < 0.5 else {}
    return "gif", "gif", saved(picture, "GIF", interlace=random.random() < 0.5, **options)


def bmp(random):
    mode = random.choice(["1", "L", "P", "RGB", "RGBA"])
    made = image(random, "RGB" if mode in "1P" else mode)
    made = made.convert("1") if mode == "1" else made.quantize(64) if mode == "P" else made
    return f"bmp {mode}", "bmp", saved(made, "BMP")


def tiff(random):
    mode = random.choice(["1", "L", "LA", "RGB", "RGBA", "P", "CMYK", "I;16"])
    made = image(random, "RGB" if mode in ("1", "P", "I;16") else mode)
    if mode == "I;16":
        made = Image.fromarray(numpy.asarray(made.convert("L")).astype(numpy.uint16) * 257)
    elif mode in "1P":
        made = made.convert("1") if mode == "1" else made.quantize(64)
    compressions = ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"]
    compressions += ["jpeg"] if mode in ("L", "RGB") else ["group3", "group4"] if mode == "1" else []
    compression = random.choice(compressions)
    return f"tiff {mode} {compression}", "tif", saved(made, "TIFF", compression=compression)


def cases(seed, count):
    """`(kind, extension, bytes)`."""
    kinds = [pillow_jpeg, pillow_jpeg, png, png, webp, gif, bmp, tiff] + ([cjpeg] * 6 if CJPEG else [])
    made = 0
    while made < count:
        source = random.Random(f"{seed} {made}")
        made += 1
        if case := source.choice(kinds)(source):
            yield case


def shown(path):
    """Red, green, blue and alpha as Pillow shows them, in sRGB."""
    with Image.open(path) as opened:
        if opened.mode == "RGB" and (profile := opened.info.get("icc_profile")):
            opened = ImageOps.exif_transpose(opened)
            opened = ImageCms.profileToProfile(opened, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB)
        return numpy.asarray(ImageOps.exif_transpose(opened).convert("RGBA"))


def seen_pixels(binary, paths):
    """The pixels that the program sees, or the reason why it does not."""
    data = subprocess.run([binary, *map(str, paths)], check=True, stdout=subprocess.PIPE).stdout
    position = 0
    for _ in paths:
        if data.startswith(b"error", position):
            end = data.index(b"\n", position)
            yield data[position:end].decode()
            position = end + 1
            continue
        start = data.index(b"ENDHDR\n", position) + 7
        fields = dict(line.split() for line in data[position:start].splitlines()[1:3])
        width, height = int(fields[b"WIDTH"]), int(fields[b"HEIGHT"])
        position = start + 4 * width * height
        yield numpy.frombuffer(data[start:position], numpy.uint8).reshape(height, width, 4)


def block_means(pixels):
    """Means of blocks; what is left at the edges goes with the last one."""
    for axis in (0, 1):
        size = pixels.shape[axis]
        starts = numpy.arange(0, max(size - BLOCK + 1, 1), BLOCK)
        counts = numpy.diff(numpy.append(starts, size))
        shape = [1] * pixels.ndim
        shape[axis] = -1
        pixels = numpy.add.reduceat(pixels.astype(float), starts, axis) / counts.reshape(shape)
    return pixels


def difference(one, other, lossy):
    """In levels; infinite if the sizes differ."""
    if one.shape != other.shape:
        return float("inf")
    if lossy:
        return float(numpy.abs(block_means(one) - block_means(other)).max())
    return int(numpy.abs(one.astype(int) - other.astype(int)).max())


def covers(source, path):
    with Image.open(path) as opened:
        width, height = opened.size
    x, y = source.randint(0, width // 2), source.randint(0, height // 2)
    return [[x, y, source.randint(4, width), source.randint(4, height)]]


def protected(binary, paths, folder, regions):
    """The report of each file."""
    command = [binary, "protect", "--json", "--out", str(folder)]
    command += ["--regions", str(regions)] if regions else ["--faces", "none"]
    done = subprocess.run(command + list(map(str, paths)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == len(paths), f"{len(reports)} reports for {len(paths)} files"
    return reports


class Tally:
    def __init__(self, keep):
        self.keep = keep
        self.compared = 0
        self.refused = collections.Counter()
        self.differing = []

    def compare(self, kind, what, source, one, other, lossy):
        self.compared += 1
        levels = difference(one, other, lossy)
        is_converted = kind.endswith(tuple(PROFILES)) and "its source" not in what
        if levels > (0 if not lossy else CONVERTED_TOLERANCE if is_converted else TOLERANCE):
            self.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, self.keep)
            self.differing.append(f"{kind}: {what} differs by {levels} ({source.name})")


def batch(arguments, tally, folder, made, seed):
    kinds, paths = [], []
    for number, (kind, extension, data) in enumerate(made):
        kinds.append(kind)
        paths.append(folder / f"{seed}-{number:05}.{extension}")
        paths[-1].write_bytes(data)
    for kind, path, seen in zip(kinds, paths, seen_pixels(arguments.seen, paths)):
        if isinstance(seen, str):
            tally.refused[f"{kind}: {seen}"] += 1
        elif path.suffix == ".jpg" and "CMYK" not in kind:
            tally.compare(kind, "the input", path, seen, shown(path), True)
    source = random.Random(f"covers {seed}")
    regions = folder / "regions.json"
    regions.write_text(json.dumps({path.name: covers(source, path) for path in paths}))
    for given in (None, regions):
        reports = protected(arguments.binary, paths, folder / "out", given)
        outputs = [(k, p, r, Path(r["output"])) for k, p, r in zip(kinds, paths, reports) if r.get("output")]
        for kind, path, report in zip(kinds, paths, reports):
            if not report.get("output") and not report.get("error"):
                failed = [check["name"] for check in report["proof"]["checks"] if not check["ok"]]
                tally.refused[f"{kind}: proof failed: {failed}"] += 1
        for (kind, path, report, output), seen in zip(outputs, seen_pixels(arguments.seen, [o for *_, o in outputs])):
            codes = {note["code"] for note in report["notes"]}
            if kind.endswith(KEPT) and not codes & {"kept-display-p3", "kept-adobe-rgb"}:
                tally.differing.append(f"{kind}: the colours are not kept ({path.name})")
            if given is None and kind.endswith(KEPT) and "compressed-again" not in codes:
                tally.compare(kind, "the copy from its source", path, shown(path), shown(output), True)
            tally.compare(kind, "the copy" if given is None else "the covered copy", path, seen, shown(output), output.suffix == ".jpg")
        shutil.rmtree(folder / "out", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--seen", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("target/visibility"))
    arguments = parser.parse_args()
    tally = Tally(arguments.keep)
    everything = list(range(0, arguments.cases, BATCH))
    for start in everything:
        seed = arguments.seed + start
        with tempfile.TemporaryDirectory() as folder:
            made = list(cases(seed, min(BATCH, arguments.cases - start)))
            batch(arguments, tally, Path(folder), made, seed)
    for kind, count in sorted(tally.refused.items()):
        print(f"{count} refused, {kind}")
    print("\n".join(tally.differing))
    differing = len(tally.differing)
    print(f"visibility: {tally.compared} pictures compared\ntest result: {tally.compared - differing} passed, {differing} failed")
    sys.exit(1 if tally.differing else 0)


if __name__ == "__main__":
    main()
