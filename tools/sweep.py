#!/usr/bin/env python3
"""Runs `tarnkappe check` on every file of a folder of nasty files, one process each.

Each must end by itself within the time and memory limits and print one report, or one typed error; its parts must cover
every byte once. What Pillow (the folder's ../index_dev.json) or exiftool (if installed) sees in a file must be reported,
except for the differences explained in docs/accuracy.md. Prints the table of that section. Then cleans every file that
opens, and searches the copies for what the originals said.

Usage: sweep.py PROGRAM FOLDER
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

SECONDS = 10
MEMORY_BYTES = 1 << 30
# Exit statuses of `check`: nothing found, something found, the file could not be processed.
REPORTED = {0, 1}
NOT_PROCESSED = 3

# What is compared, and the kinds of leaks that report it.
FACTS = {
    "GPS": {"gps"},
    "thumbnail or preview": {"thumbnail", "preview", "second-image"},
    "serial number": {"serial"},
    "owner or author": {"owner"},
    "XMP": {"xmp"},
    "MPF": {"second-image", "preview"},
    "depth or gain map": {"depth"},
    "trailer": {"trailer"},
    "camera": {"camera"},
    "date": {"date"},
    "IPTC": {"iptc"},
    "description or comment": {"description", "comment", "text"},
    "unique number": {"id"},
    "Content Credentials": {"c2pa"},
}
# Fields of index_dev.json.
INDEX_FACTS = {
    "gps": "GPS",
    "exif_thumbnail": "thumbnail or preview",
    "xmp": "XMP",
    "xmp_extended": "XMP",
    "mpf": "MPF",
    "gdepth": "depth or gain map",
}
# Differences that docs/accuracy.md explains: where a peer sees what is not reported.
EXPLAINED = {("invalid/pillow__crash-1152ec2d1a1a71395b6f2ce6721c38924d025bf3.tif", "thumbnail or preview")}
# Groups of exiftool's tags that a copy may have: of the file system, of what is computed, of the containers themselves.
COPY_GROUPS = {"SourceFile", "System", "File", "ExifTool", "Composite", "JFIF", "PNG", "RIFF"}
# Groups that a copy may have if its report says that the picture keeps its colour space, and the SHA-256 of the profile that the engine
# then writes: the same bytes in everybody's copies.
PROFILE_GROUPS = {"ICC-header", "ICC_Profile"}
PROFILES = {
    "kept-display-p3": "1c463b45de8141ec4ab5c74977839d6e63a7eee128eb0c09da80567b758899b4",
    "kept-adobe-rgb": "62af06fcfdf9ce9de3277075d84e89c88153f4e256ddbf6b710e0db74d1d0ada",
}
# The note of copies that have quantisation tables of their own.
KEPT_TABLES = "kept-tables"
# The one field of EXIF that a copy may have: a picture that could not be turned without compressing it again has it.
ORIENTATION = "IFD0:Orientation"
# Shorter texts are found by chance.
SECRET_CHARS = 6


def run(program: str, path: Path) -> tuple[int, str, int]:
    """Checks one file, for SECONDS at most. Gives the exit status, the output, and the peak memory in bytes."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [program, "check", "--json", str(path)], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL
        )
        deadline = threading.Timer(SECONDS, process.kill)
        deadline.start()
        _, status, usage = os.wait4(process.pid, 0)
        deadline.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    return process.returncode, text, usage.ru_maxrss * 1024


def judge(path: Path, status: int, text: str, memory: int) -> tuple[dict | None, str | None]:
    """The report on one file, and what is wrong with the outcome; None if nothing is."""
    if status < 0:
        return None, f"killed by signal {-status} (9: took longer than {SECONDS} s)"
    if status not in REPORTED | {NOT_PROCESSED}:
        return None, f"exit status {status}"
    if memory > MEMORY_BYTES:
        return None, f"used {memory >> 20} MiB"
    try:
        (report,) = [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return None, "did not print one line of JSON"
    if (status == NOT_PROCESSED) != (report["error"] is not None):
        return report, f"exit status {status} contradicts error {report['error']}"
    return report, map_fault(report["parts"], path.stat().st_size)


def map_fault(parts: list[dict], size: int) -> str | None:
    """What is wrong with a byte map: it must cover every byte exactly once. Files of no known format have none."""
    end = 0
    for part in parts:
        if part["offset"] != end or part["bytes"] == 0:
            return f"the byte map has a gap or an overlap at {end}"
        end += part["bytes"]
    return f"the byte map ends at {end} of {size}" if parts and end != size else None


def exiftool_facts(folder: Path) -> dict[str, set[str]] | None:
    """What exiftool sees in each file; None if it is not installed."""
    if shutil.which("exiftool") is None:
        return None
    command = ["exiftool", "-json", "-G1", "-a", "-u", "-q", "-r", str(folder)]
    listing = subprocess.run(command, capture_output=True, check=False).stdout
    return {entry["SourceFile"]: set(tag_facts(entry)) for entry in json.loads(listing)}


def tag_facts(entry: dict) -> Iterator[str]:
    """The facts that exiftool's tags of one file stand for, by the tags' groups and names."""
    names = {
        "camera": {"Make", "Model"},
        "date": {"DateTimeOriginal", "CreateDate", "ModifyDate", "DateCreated", "Modify-date"},
        "description or comment": {"Comment", "UserComment", "ImageDescription", "Caption-Abstract", "Description", "Title"},
        "unique number": {"ImageUniqueID", "DocumentID", "InstanceID"},
    }
    owners = {"OwnerName", "CameraOwner", "CameraOwnerName", "Artist", "By-line", "Creator", "XPAuthor", "Author", "Copyright"}
    for key, value in entry.items():
        group, _, tag = key.partition(":")
        if (group in {"Composite", "File", "ICC_Profile", "ICC-header"} and tag != "Comment") or value in ("", 0):
            continue
        if tag.startswith("GPS") and tag != "GPSVersionID":
            yield "GPS"
        if tag.endswith(("ThumbnailImage", "PreviewImage", "PhotoshopThumbnail", "ThumbnailTIFF")):
            yield "thumbnail or preview"
        if tag.endswith("SerialNumber"):
            yield "serial number"
        if tag in owners:
            yield "owner or author"
        if group.startswith("XMP"):
            yield "XMP"
        if group.startswith("MPImage"):
            yield "MPF"
        if tag == "Warning" and "railer" in str(value):
            yield "trailer"
        if group.startswith("IPTC"):
            yield "IPTC"
        if group.startswith(("JUMBF", "C2PA", "CBOR")):
            yield "Content Credentials"
        # Blank fields say nothing.
        if re.search("[A-Za-z1-9]", str(value)):
            yield from (fact for fact, tags in names.items() if tag in tags)


def index_facts(folder: Path) -> dict[str, set[str]]:
    """What Pillow saw in each file, by the index beside the folder, if there is one."""
    index = folder.parent / "index_dev.json"
    entries = json.loads(index.read_text()) if index.exists() else []
    return {
        str(folder / entry["file"]): {fact for field, fact in INDEX_FACTS.items() if entry.get(field)} for entry in entries
    }


def compare(folder: Path, reports: dict[Path, dict], seen: list[dict[str, set[str]]]) -> list[str]:
    """Prints how many files each fact is seen in and reported of. Gives what is neither reported nor explained."""
    rows = defaultdict(lambda: [0, 0, 0])
    wrong = []
    for path, report in reports.items():
        kinds = {leak["kind"] for leak in report["leaks"]}
        for fact, reporting in FACTS.items():
            peer = any(fact in facts.get(str(path), ()) for facts in seen)
            ours = bool(kinds & reporting)
            name = str(path.relative_to(folder))
            rows[fact][0] += peer
            rows[fact][1] += peer and ours
            rows[fact][2] += ours and not peer
            if peer and not ours and (name, fact) not in EXPLAINED:
                wrong.append(f"{name}: {fact} is not reported")
    print("| fact | files where a peer sees it | reported of them | reported of other files |\n| --- | --- | --- | --- |")
    for fact in FACTS:
        print("| {} | {} | {} | {} |".format(fact, *rows[fact]))
    return wrong


def print_map_summary(reports: dict[Path, dict]) -> None:
    """Prints how many files have a byte map, and how many whole ones have bytes without a meaning."""
    mapped = [report for report in reports.values() if report["parts"]]
    opened = [report for report in mapped if report["error"] is None]
    unknown = [report["file"] for report in opened if any(part["name"] == "unknown" for part in report["parts"])]
    print(f"byte maps: {len(mapped)} of {len(reports)} files, every byte once")
    print(f"files that open: {len(opened)}, of them with bytes that the format gives no meaning to: {len(unknown)}")
    for name in unknown:
        print(f"  {name}")


def secrets(report: dict) -> set[str]:
    """Texts of the original that must not stand in its copy."""
    return {leak["value"] for leak in report["leaks"] if leak["words"] is None and len(leak["value"]) >= SECRET_CHARS}


def is_our_profile(copy: Path, notes: set[str]) -> bool:
    """Whether the colour profile of a copy is the one that its report announces."""
    profile = subprocess.run(["exiftool", "-b", "-icc_profile", str(copy)], capture_output=True, check=False).stdout
    return hashlib.sha256(profile).hexdigest() in {PROFILES[code] for code in notes & PROFILES.keys()}


def copy_fault(copy: Path, original: dict, notes: set[str], groups: set[str], leaks: list[dict]) -> str | None:
    """What is wrong with a cleaned copy, by a second walk, by exiftool's groups of tags, and by its bytes."""
    # How it was compressed stays in a copy that is kept without loss, if that is said.
    leaks = [leak for leak in leaks if leak["kind"] != "coding" or KEPT_TABLES not in notes]
    if leaks:
        return f"its copy says something: {leaks[0]['value']}"
    if groups & PROFILE_GROUPS and is_our_profile(copy, notes):
        groups = groups - PROFILE_GROUPS
    if groups - COPY_GROUPS:
        return f"exiftool sees in its copy {sorted(groups - COPY_GROUPS)}"
    content = copy.read_bytes()
    left = [text for text in secrets(original) if text.encode() in content or text.encode("utf-16-le") in content]
    return f"its copy holds the text {left[0]}" if left else None


def clean(program: str, folder: Path, reports: dict[Path, dict]) -> list[str]:
    """Cleans every file that opens and gives what is wrong with the copies."""
    with tempfile.TemporaryDirectory() as out:
        command = [program, "protect", "--json", "--faces", "none", "--out", out, str(folder)]
        lines = subprocess.run(command, capture_output=True, check=False).stdout.splitlines()
        cleaned = [report for report in map(json.loads, lines) if report["output"]]
        copies = {Path(report["file"]): Path(report["output"]) for report in cleaned}
        notes = {Path(report["file"]): {note["code"] for note in report["notes"]} for report in cleaned}
        second = subprocess.run([program, "check", "--json", out], capture_output=True, check=False).stdout.splitlines()
        leaks = {Path(r["file"]): r["leaks"] for r in map(json.loads, second)}
        listing = b"[]"
        if shutil.which("exiftool") is not None:
            listing = subprocess.run(["exiftool", "-json", "-G1", "-a", "-u", "-q", out], capture_output=True, check=False).stdout
        groups = {Path(entry["SourceFile"]): {key.split(":")[0] for key in entry if key != ORIENTATION} for entry in json.loads(listing)}
        faults = {
            path: copy_fault(copy, reports[path], notes[path], groups.get(copy, set()), leaks[copy]) for path, copy in copies.items()
        }
    kept = sum(KEPT_TABLES in notes[path] for path in copies)
    print(f"cleaned: {len(copies)} files, {len(copies) - sum(map(bool, faults.values()))} copies say nothing")
    print(f"of them, with the quantisation tables of the original, which their reports say: {kept}")
    expected = {path for path, report in reports.items() if report["error"] is None}
    missing = [f"{path.relative_to(folder)}: no copy was made" for path in sorted(expected - copies.keys())]
    return missing + [f"{path.relative_to(folder)}: {fault}" for path, fault in faults.items() if fault is not None]


def main(program: str, folder: Path) -> int:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    wrong = []
    reports = {}
    for path in files:
        report, fault = judge(path, *run(program, path))
        if fault is not None:
            wrong.append(f"{path.relative_to(folder)}: {fault}")
        if report is not None:
            reports[path] = report
    exiftool = exiftool_facts(folder)
    if exiftool is None:
        print("sweep: exiftool is not installed, so nothing is compared with it")
    unreported = compare(folder, reports, [index_facts(folder), exiftool or {}])
    print_map_summary(reports)
    wrong += unreported + clean(program, folder, reports)
    for line in wrong:
        print(f"sweep: {line}")
    failed = len({line.split(":")[0] for line in wrong})
    verdict = "FAILED" if failed else "ok"
    print(f"test result: {verdict}. {len(files) - failed} passed; {failed} failed")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
