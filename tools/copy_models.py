#!/usr/bin/env python3
"""Copies the networks named in models/manifest.toml, each with its licence, to a folder, after comparing the hashes.

Usage: copy_models.py MANIFEST FOLDER
"""

import hashlib
import shutil
import sys
import tomllib
from pathlib import Path


def read_verified(path: Path, model: dict) -> bytes:
    """The bytes of the network at `path`; exits if they are not those that the manifest describes."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != model["sha256"]:
        sys.exit(f"{path}: SHA-256 is {digest}, but the manifest says {model['sha256']}")
    return content


def main(manifest: Path, folder: Path) -> None:
    models = tomllib.loads(manifest.read_text(encoding="utf-8"))["model"]
    verified = {model["file"]: read_verified(manifest.parent / model["file"], model) for model in models}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in verified.items():
        (folder / name).write_bytes(content)
    for model in models:
        shutil.copy(manifest.parent / model["licence_file"], folder)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
