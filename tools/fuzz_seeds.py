"""Makes the seeds of the fuzz targets from the public-domain pictures in tests/photos.

    python3 tools/fuzz_seeds.py fuzz/corpus

Small, so that the fuzzer tries many; each with EXIF (position, camera, thumbnail), XMP and what else the format holds.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

PHOTOS = Path(__file__).parent.parent / "tests" / "photos"
SIDE = 48
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><a tiff:Make='Maker' xmpMM:DocumentID='1'/></rdf:RDF></x:xmpmeta>"
ORIENTATION, MAKE, DATE, GPS, EXIF, SERIAL, MAKER_NOTE = 0x0112, 0x010F, 0x0132, 0x8825, 0x8769, 0xA431, 0x927C


def exif() -> bytes:
    fields = Image.Exif()
    fields[MAKE], fields[DATE], fields[ORIENTATION] = "Canon", "2020:01:02 03:04:05", 6
    fields.get_ifd(EXIF).update({SERIAL: "123456", MAKER_NOTE: b"Apple iOS\0\0\x01MM" + bytes(20)})
    degrees = (IFDRational(29, 1), IFDRational(33, 1), IFDRational(0, 1))
    fields.get_ifd(GPS).update({1: "N", 2: degrees, 3: "W", 4: degrees})
    return fields.tobytes()


def written(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def seeds() -> dict[str, dict[str, bytes]]:
    """Files by target and name."""
    picture = Image.open(PHOTOS / "astronaut.jpg").convert("RGB").resize((SIDE, SIDE - 5))
    data = exif()
    jpegs = {
        f"{mode}-{subsampling}-{progressive}.jpg": written(
            picture.convert(mode), "JPEG", quality=60, subsampling=subsampling, progressive=progressive, exif=data, xmp=XMP, comment=b"hi"
        )
        for mode in ("RGB", "L", "CMYK")
        for subsampling in (0, 1, 2)
        for progressive in (False, True)
    }
    jpegs["restart.jpg"] = written(picture, "JPEG", restart_marker_blocks=2)
    two = jpegs["RGB-2-False.jpg"] + jpegs["L-0-False.jpg"]
    walkers = {
        "walk_jpeg": jpegs | {"trailer.jpg": two},
        "walk_png": {"a.png": written(picture, "PNG", exif=data), "b.png": written(picture.quantize(8), "PNG")},
        "walk_webp": {
            "lossy.webp": written(picture, "WEBP", exif=data, xmp=XMP),
            "lossless.webp": written(picture.convert("RGBA"), "WEBP", lossless=True),
        },
        "walk_gif": {"a.gif": written(picture.quantize(8), "GIF", save_all=True, append_images=[picture.quantize(4)], comment=b"hi")},
        "walk_bmp": {"a.bmp": written(picture, "BMP"), "b.bmp": written(picture.quantize(8), "BMP")},
        "walk_tiff": {
            "a.tif": written(picture, "TIFF", exif=data),
            "lzw.tif": written(picture, "TIFF", compression="tiff_lzw", save_all=True, append_images=[picture]),
        },
        "walk_heif": {name: (PHOTOS / name).read_bytes() for name in ("astronaut.heic", "astronaut_turned.avif")}
        | {"small.avif": written(picture, "AVIF", exif=data, xmp=XMP)},
        "walk_xml": {"a.xmp": XMP},
    }
    walkers["jxl"] = {path.name: path.read_bytes() for path in sorted((PHOTOS / "jxl").iterdir())}
    walkers["heic"] = {"astronaut.heic": (PHOTOS / "astronaut.heic").read_bytes()}
    everything = {name: file for files in walkers.values() for name, file in files.items()}
    return walkers | {"open": everything, "rewrite": jpegs}


def main(corpus: Path) -> None:
    for target, files in seeds().items():
        (corpus / target).mkdir(parents=True, exist_ok=True)
        for name, file in files.items():
            (corpus / target / name).write_bytes(file)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
