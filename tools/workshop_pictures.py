"""Makes the pictures of the workshop from the group photo of 1927, which is in the public domain (tests/photos/SOURCES.md).

    python tools/workshop_pictures.py target/release/tarnkappe www/apps/workshop/pictures

- `planted.jpg`: the heads are covered, but the file also has a place, a time, a serial number and a preview in which they are not.
  Place, time, camera and number are invented.
- `small.jpg`: as small and as strongly compressed as a messenger might send it. The quick search misses a face.
- `task.jpg`: one half of the photo, with the place and the time.

Needs Pillow.
"""

import io
import json
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw

PHOTO = Path(__file__).parent.parent / "tests/photos/solvay_1927.jpg"

# The Brandenburg Gate.
LATITUDE, LONGITUDE = 52.5163, 13.3777
TIME = "2026:05:01 14:32:07"
CAMERA = ("Example", "Example Phone 3")
SERIAL = "EX-3-0048151623"

EXIF, GPS = 0x8769, 0x8825


def degrees(value):
    """In EXIF's degrees, minutes and seconds."""
    whole = int(value)
    minutes = (value - whole) * 60
    return (whole, int(minutes), round((minutes - int(minutes)) * 60, 2))


def planted_exif():
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = CAMERA
    exif[0x0132] = TIME
    details = exif.get_ifd(EXIF)
    details[0x9003] = TIME
    details[0xA431] = SERIAL
    place = exif.get_ifd(GPS)
    place.update({1: "N", 2: degrees(LATITUDE), 3: "E", 4: degrees(LONGITUDE)})
    return exif


def with_preview(exif, preview):
    """The bytes of the EXIF block with a second directory that holds the preview, which Pillow does not write."""
    block = bytearray(exif.tobytes())
    tiff = 6  # After "Exif" and two zeros.
    order = "little" if block[tiff : tiff + 2] == b"II" else "big"
    number = lambda at, size: int.from_bytes(block[at : at + size], order)
    first = tiff + number(tiff + 4, 4)
    link = first + 2 + 12 * number(first, 2)
    second = len(block) - tiff
    block[link : link + 4] = second.to_bytes(4, order)
    entries = [(0x0103, 3, 6), (0x0201, 4, second + 2 + 3 * 12 + 4), (0x0202, 4, len(preview))]
    block += len(entries).to_bytes(2, order)
    for tag, kind, value in entries:
        size = 2 if kind == 3 else 4
        field = value.to_bytes(size, order).ljust(4, b"\0")
        block += tag.to_bytes(2, order) + kind.to_bytes(2, order) + (1).to_bytes(4, order) + field
    return bytes(block + bytes(4) + preview)


def jpeg(picture, quality, **options):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def heads(tarnkappe):
    """Bounds of what the program would cover."""
    run = subprocess.run([tarnkappe, "check", "--json", PHOTO], capture_output=True, text=True, check=False)
    return [region["cover"]["bounds"] for region in json.loads(run.stdout)["regions"]]


def planted(photo, covers):
    covered = photo.copy()
    draw = ImageDraw.Draw(covered)
    for x, y, width, height in covers:
        draw.ellipse([x, y, x + width, y + height], fill=(30, 34, 35))
    preview = jpeg(scaled(photo, 560), 75)
    return jpeg(scaled(covered, 1280), 80, exif=with_preview(planted_exif(), preview))


def scaled(photo, width):
    return photo.resize((width, round(width * photo.height / photo.width)), Image.LANCZOS)


def main():
    tarnkappe, out = sys.argv[1], Path(sys.argv[2])
    photo = Image.open(PHOTO).convert("RGB")
    half = photo.crop((900, 150, 1800, 1000))
    (out / "planted.jpg").write_bytes(planted(photo, heads(tarnkappe)))
    (out / "small.jpg").write_bytes(jpeg(photo.resize((360, 260), Image.BICUBIC), 20))
    (out / "task.jpg").write_bytes(jpeg(half, 85, exif=planted_exif().tobytes()))


if __name__ == "__main__":
    main()
