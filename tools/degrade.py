"""Makes photos of faces worse in measured steps: smaller, blurred, shaken, compressed, noisy, dark, and several at once."""

import zlib

import numpy as np
from PIL import Image
from scipy import ndimage

# Each series: (height of the face in pixels, strengths). Blur: standard deviation, shake: length, both in widths of the face;
# compression: quality of the Independent JPEG Group; noise: standard deviation in grey levels; dark: factor.
SERIES = {
    "size": [(height, [None]) for height in (160, 128, 96, 80, 64, 56, 48, 40, 32, 28, 24, 20, 16, 12, 10, 8)],
    "blur": [(64, [0.02, 0.04, 0.06, 0.08, 0.1, 0.14]), (32, [0.04, 0.08, 0.12])],
    "shake": [(64, [0.1, 0.2, 0.3, 0.45])],
    "compression": [(64, [50, 25, 12, 6]), (32, [50, 20, 8])],
    "noise": [(64, [8, 16, 32, 64]), (32, [8, 16, 32])],
    "dark": [(64, [0.25, 0.1, 0.05])],
    "mixture": [(None, range(5))],
}
# A face that is smaller than a step asks for is left as it is if it is nearly large enough, else the step is left out.
ENLARGED_AT_MOST = 1.25
# Half the side of what is cut out around a face, in heights of the face.
REACH = 1.6


def steps():
    return [(name, height, strength) for name, rows in SERIES.items() for height, strengths in rows for strength in strengths]


def degraded(picture, face, series, height, strength, seed):
    """The face's surroundings, made worse: `(picture, face, JPEG quality or None)`, or None if the face is too small.

    `face`: its `box` [x, y, width, height] and five `landmarks` in pixels of the picture; the result has them in its own.
    """
    chance = np.random.default_rng(zlib.crc32(seed.encode()))
    harm = mixture(chance) if series == "mixture" else {series: strength}
    wanted = harm.get("size") or height
    factor = wanted / face["box"][3]
    if factor > ENLARGED_AT_MOST and series != "mixture":
        return None
    picture, face = resized(*cut_out(picture, face), min(factor, 1))
    values = np.asarray(picture, np.float32)
    width = face["box"][2]
    if "blur" in harm:
        values = ndimage.gaussian_filter(values, (harm["blur"] * width, harm["blur"] * width, 0), mode="nearest")
    if "shake" in harm:
        values = shaken(values, harm["shake"] * width, chance.uniform(0, np.pi))
    values = values * harm.get("dark", 1)
    values = values + chance.normal(0, harm.get("noise", 0), values.shape)
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8)), face, harm.get("compression")


def mixture(chance):
    """Some of everything, as photos have it."""
    harm = {"size": np.exp(chance.uniform(np.log(10), np.log(80)))}
    if chance.random() < 0.6:
        harm["blur"] = chance.uniform(0, 0.08)
    if chance.random() < 0.2:
        harm["shake"] = chance.uniform(0.05, 0.4)
    if chance.random() < 0.6:
        harm["compression"] = int(chance.uniform(8, 95))
    if chance.random() < 0.4:
        harm["noise"] = chance.exponential(10)
    if chance.random() < 0.3:
        harm["dark"] = chance.uniform(0.1, 1)
    return harm


def cut_out(picture, face):
    x, y, width, height = face["box"]
    centre, reach = (x + width / 2, y + height / 2), REACH * height
    left, top = (max(0, int(c - reach)) for c in centre)
    right, bottom = (min(side, int(c + reach)) for c, side in zip(centre, picture.size))
    return picture.crop((left, top, right, bottom)), moved(face, lambda x, y: (x - left, y - top), 1, 1)


def resized(picture, face, factor):
    size = [max(1, round(side * factor)) for side in picture.size]
    across, down = (new / old for new, old in zip(size, picture.size))
    resampled = picture.resize(size, Image.Resampling.LANCZOS)
    return resampled, moved(face, lambda x, y: (x * across, y * down), across, down)


def moved(face, place, across, down):
    x, y, width, height = face["box"]
    box = [*place(x, y), width * across, height * down]
    return {"box": box, "landmarks": [list(place(*point)) for point in face["landmarks"]]}


def shaken(values, length, angle):
    """Moved along a straight line while the shutter was open."""
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for place in np.linspace(-length / 2, length / 2, int(8 * length) + 2):
        x, y = reach + place * np.cos(angle), reach + place * np.sin(angle)
        column, row = int(x), int(y)
        kernel[row : row + 2, column : column + 2] += np.outer([row + 1 - y, y - row], [column + 1 - x, x - column])
    kernel /= kernel.sum()
    return np.stack([ndimage.convolve(values[..., c], kernel, mode="nearest") for c in range(3)], -1)
