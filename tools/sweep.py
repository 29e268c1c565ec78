#!/usr/bin/env python3
"""Runs `tarnkappe check` on every file of a folder of nasty files, one process each.

Each must end by itself within the time and memory limits and print one report, or one typed error.
Usage: sweep.py PROGRAM FOLDER
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

SECONDS = 10
MEMORY_BYTES = 1 << 30
# Exit statuses of `check`: nothing found, something found, the file could not be processed.
REPORTED = {0, 1}
NOT_PROCESSED = 3


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


def fault(status: int, text: str, memory: int) -> str | None:
    """What is wrong with the outcome of one file; None if nothing is."""
    if status < 0:
        return f"killed by signal {-status} (9: took longer than {SECONDS} s)"
    if status not in REPORTED | {NOT_PROCESSED}:
        return f"exit status {status}"
    if memory > MEMORY_BYTES:
        return f"used {memory >> 20} MiB"
    try:
        (report,) = [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return "did not print one line of JSON"
    if (status == NOT_PROCESSED) != (report["error"] is not None):
        return f"exit status {status} contradicts error {report['error']}"
    return None


def main(program: str, folder: Path) -> int:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    failed = 0
    for path in files:
        wrong = fault(*run(program, path))
        if wrong is not None:
            failed += 1
            print(f"sweep: {path.relative_to(folder)}: {wrong}")
    verdict = "FAILED" if failed else "ok"
    print(f"test result: {verdict}. {len(files) - failed} passed; {failed} failed")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
