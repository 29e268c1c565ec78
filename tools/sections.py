"""The parts of documents that measurements write: they stand between `<!-- NAME -->` and `<!-- end -->`."""

import re
import sys


def write(docs, name, text):
    """Prints a section, and replaces what stands between its markers in `docs`, a path, if there is one."""
    print(f"\n== {name}\n\n{text}", flush=True)
    if docs:
        old = docs.read_text()
        pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)
        if not pattern.search(old):
            sys.exit(f"{docs} has no section {name}")
        docs.write_text(pattern.sub(lambda match: f"{match[1]}\n{text}\n{match[2]}", old))
