#!/usr/bin/env python3
"""Copies the networks named in models/manifest.toml, each with its packed form and its licence, to a folder, after
comparing the hashes.

Usage: copy_models.py MANIFEST FOLDER
"""

import hashlib
import shutil
import sys
import tomllib
from pathlib import Path


def read_verified(path: Path, described: dict) -> bytes:
    """The bytes of the file at `path`; exits if they are not those that the manifest describes."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != described["sha256"]:
        sys.exit(f"{path}: SHA-256 is {digest}, but the manifest says {described['sha256']}")
    return content


def main(manifest: Path, folder: Path) -> None:
    models = tomllib.loads(manifest.read_text(encoding="utf-8"))["model"]
    files = [file for model in models for file in (model, model["packed"])]
    verified = {file["file"]: read_verified(manifest.parent / file["file"], file) for file in files}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in verified.items():
        (folder / name).write_bytes(content)
    for model in models:
        shutil.copy(manifest.parent / model["licence_file"], folder)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
