#!/usr/bin/env python3
"""Copies the packed networks named in models/manifest.toml, each with its licence, to a folder, after comparing the hashes. Their
new names carry the beginning of the hash. Prints where they are, as JSON.

Usage: copy_models.py MANIFEST FOLDER
"""

import hashlib
import json
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
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for model in models:
        packed = model["packed"]
        content = read_verified(manifest.parent / packed["file"], packed)
        source = Path(packed["file"])
        name = f"{source.stem}-{packed['sha256'][:8]}{source.suffix}"
        (folder / name).write_bytes(content)
        shutil.copy(manifest.parent / model["licence_file"], folder)
        written[model["name"]] = {"path": f"{folder.name}/{name}", "bytes": len(content), "sha256": packed["sha256"]}
    print(json.dumps(written))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
