"""Pictures that are drawn for `tools/eval.py` from annotated ones: faces under a niqab, and crowds of 12 million pixels."""

import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SHEET = (4096, 2944)
SHEETS = 3
COLUMN = 1024
CLOTHS = [(18, 18, 20), (18, 18, 20), (30, 28, 30), (20, 24, 44), (52, 44, 40), (12, 12, 12)]
# What stays open of a face, in heights of its box from the top: the eyes, without the brows.
OPEN = [(0.30, 0.48), (0.31, 0.49), (0.29, 0.47)]


def veil(picture, box, draw):
    """Draws dark cloth over a head and its shoulders; only the eyes stay open. `draw` is a source of randomness."""
    x, y, w, h = box
    cx, scale = x + w / 2, 2
    cloth = Image.new("L", (picture.width * scale, picture.height * scale), 0)
    pen = ImageDraw.Draw(cloth)
    shoulders = [(-0.78, 0.35), (0.78, 0.35), (0.95, 1.2), (1.7, 1.9), (1.8, 3.4), (-1.8, 3.4), (-1.7, 1.9), (-0.95, 1.2)]
    corners = [(cx - 0.8 * w, y - 0.28 * h), (cx + 0.8 * w, y + 1.15 * h)]
    pen.ellipse([(scale * a, scale * b) for a, b in corners], fill=255)
    pen.polygon([(scale * (cx + a * w), scale * (y + b * h)) for a, b in shoulders], fill=255)
    top, bottom = draw.choice(OPEN)
    corners = [(x + 0.08 * w, y + top * h), (x + 0.92 * w, y + bottom * h)]
    pen.rounded_rectangle([(scale * a, scale * b) for a, b in corners], radius=0.08 * h * scale, fill=0)
    cloth = cloth.resize(picture.size, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))
    noise = np.random.default_rng(draw.randrange(1 << 30))
    folds = (noise.random((max(picture.height // 24, 2), max(picture.width // 24, 2))) * 255).astype("u1")
    folds = np.asarray(Image.fromarray(folds).resize(picture.size, Image.Resampling.BICUBIC)) / 255 - 0.5
    grain = noise.normal(0, 3, (picture.height, picture.width, 1))
    colour = np.array(draw.choice(CLOTHS), float) + 24 * folds[..., None] + grain
    share = np.asarray(cloth)[..., None] / 255
    return Image.fromarray(np.clip(np.asarray(picture) * (1 - share) + colour * share, 0, 255).astype("u1"))


def clear_faces(folder, annotations, count, draw):
    """One sharp, upright, whole face of 60 to 260 pixels of each of `count` pictures, with what is around it."""
    chosen = []
    for entry in annotations:
        faces = [f for f in entry["faces"] if not f["ignore"] and 60 <= f["h"] <= 260 and f["x"] > 0.3 * f["w"]
                 and f["y"] > 0.4 * f["h"] and not (f["blur"] or f["occlusion"] or f["pose"])]
        if faces:
            chosen.append((entry["file"], draw.choice(faces)))
    draw.shuffle(chosen)
    for file, face in chosen[:count]:
        picture = Image.open(folder / file).convert("RGB")
        x, y, reach = face["x"] + face["w"] / 2, face["y"] + face["h"] / 2, max(4 * face["h"], 256)
        x0, y0 = max(int(x - reach), 0), max(int(y - reach), 0)
        part = picture.crop((x0, y0, min(int(x + reach), picture.width), min(int(y + reach), picture.height)))
        yield part, (face["x"] - x0, face["y"] - y0, face["w"], face["h"])


def sheets(folder, annotations):
    """Crowds of many pictures side by side, at their own sizes: each sheet with its annotated faces."""
    entries = [e for e in annotations if e["width"] == COLUMN and 4 <= sum(not f["ignore"] for f in e["faces"]) <= 40]
    random.Random(3).shuffle(entries)
    for _ in range(SHEETS):
        sheet, faces, used = Image.new("RGB", SHEET, (90, 90, 90)), [], [0] * (SHEET[0] // COLUMN)
        while entries and min(used) <= SHEET[1] - 500:
            column, entry = used.index(min(used)), entries.pop()
            x, y = column * COLUMN, used[column]
            sheet.paste(Image.open(folder / entry["file"]).convert("RGB"), (x, y))
            used[column] += entry["height"]
            for face in entry["faces"]:
                face = {**face, "x": face["x"] + x, "y": face["y"] + y}
                cut = face["y"] + face["h"] > SHEET[1]
                faces.append({**face, "ignore": face["ignore"] or cut})
        yield sheet, faces
