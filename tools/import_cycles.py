#!/usr/bin/env python3
"""Fails if files of src/ import from each other in a circle, or if the modules of the crate do.

    tools/import_cycles.py [SRC]

A module may import from the modules inside it, and they from it. A generated table may use the types of the file that reads it. Code
for tests only does not count. A name that a module re-exports (`pub use`) counts as the file that defines it.
"""

import re
import sys
from pathlib import Path

Module = tuple[str, ...]

# Comments (documentation may link to anything), strings and characters.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|r(#*)".*?"\1|"(?:\\.|[^"\\])*"|' r"'(?:\\.|[^'\\])'", re.DOTALL)
FOR_TESTS = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\]\s*(?:#\[[^\n]*\]\s*)*")
GENERATED = re.compile(r"//!.* writes this file\.$", re.MULTILINE)
USE = re.compile(r"^\s*(pub(?:\([a-z ]+\))? )?use ([^;]+);", re.MULTILINE)
PATH = re.compile(r"(?<![\w:])(?:\w+::)+\w+")


def code_of(file: Path) -> str:
    """The file without comments, strings and what is only for tests."""
    code = NO_CODE.sub("", file.read_text())
    while match := FOR_TESTS.search(code):
        code = code[: match.start()] + code[end_of_item(code, match.end()) :]
    return code


def end_of_item(code: str, start: int) -> int:
    """Behind the item that starts here: its semicolon, or the brace that closes it."""
    depth = 0
    for place in range(start, len(code)):
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(code[place], 0)
        if depth == 0 and code[place] in ";}":
            return place + 1
    return len(code)


def flat(tree: str) -> list[list[str]]:
    """The paths of a `use` tree: `a::{b, c::d}` are `a::b` and `a::c::d`."""
    tree = tree.strip()
    head, brace, rest = tree.partition("{")
    if not brace:
        return [re.split(r"::|\s+as\s+", tree)]
    parts, depth, part = [], 0, ""
    for letter in rest.rstrip().removesuffix("}"):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    parts.append(part)
    prefix = [name for name in head.strip().split("::") if name]
    return [prefix + path for part in parts if part.strip() for path in flat(part)]


class Sources:
    """The modules of a crate, each a file."""

    def __init__(self, folder: Path):
        files = [file for file in sorted(folder.rglob("*.rs")) if file.stem not in ("main", "tests")]
        self.files = {module_of(file.relative_to(folder)): file for file in files}
        self.code = {module: code_of(file) for module, file in self.files.items()}
        self.uses = {module: USE.findall(code) for module, code in self.code.items()}

    def absolute(self, module: Module, path: list[str]) -> list[str] | None:
        """The path from the crate's root; none for other crates and for local names."""
        if path[0] == "crate":
            return path[1:]
        base = list(module)
        while path[0] in ("self", "super"):
            base, path = (base, path[1:]) if path[0] == "self" else (base[:-1], path[1:])
            if not path:
                return base
            if path[0] != "super":
                return base + path
        return [*module, *path] if (*module, path[0]) in self.files else None

    def home(self, path: list[str], seen: frozenset = frozenset()) -> Module:
        """The module that the first name on the path which is no module is defined in."""
        module: Module = ()
        for place, name in enumerate(path):
            if (*module, name) in self.files:
                module = (*module, name)
                continue
            for is_public, tree in self.uses[module]:
                for passed_on in flat(tree) if is_public else []:
                    source = self.absolute(module, passed_on)
                    if source is not None and passed_on[-1] in (name, "*") and (module, name) not in seen:
                        if passed_on[-1] == name:
                            return self.home(source, seen | {(module, name)})
            break
        return module

    def imports(self, module: Module) -> set[Module]:
        """The modules that this one takes something from, but for those around and inside it."""
        if GENERATED.search(self.files[module].read_text()):
            return set()
        paths, names = [], {}
        for _, tree in self.uses[module]:
            for path in flat(tree):
                path = [name for name in path if name != "self"] if path[0] != "self" else path
                source = self.absolute(module, path)
                if source is not None:
                    names[path[-1]] = source
                    if tuple(source) not in self.files:
                        paths.append(source)
        for path in PATH.findall(USE.sub("", self.code[module])):
            path = path.split("::")
            source = names[path[0]] + path[1:] if path[0] in names else self.absolute(module, path)
            if source is not None:
                paths.append(source)
        homes = {self.home([name for name in path if name != "*"]) for path in paths}
        return {home for home in homes if home[: len(module)] != module and module[: len(home)] != home}


def module_of(file: Path) -> Module:
    parts = file.with_suffix("").parts
    return () if parts == ("lib",) else parts[:-1] if parts[-1] == "mod" else parts


def circles(graph: dict[Module, set[Module]]) -> list[list[Module]]:
    """A shortest way around for every group of modules that reach each other."""
    found, done = [], set()
    for start in sorted(graph):
        ways = {start: [start]}
        queue = [start]
        for module in queue:
            for target in sorted(graph[module]):
                if target == start and not done & set(ways[module]):
                    found.append([*ways[module], start])
                    done |= set(ways[module])
                if target not in ways:
                    ways[target] = [*ways[module], target]
                    queue.append(target)
    return found


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "src")
    sources = Sources(folder)
    files = {module: sources.imports(module) for module in sources.files}
    folders: dict[Module, set[Module]] = {module[:1]: set() for module in files}
    for module, imported in files.items():
        folders[module[:1]] |= {other[:1] for other in imported} - {module[:1]}
    found = circles(files) or circles(folders)
    for circle in found:
        print("a circle of imports:", " → ".join("::".join(module) for module in circle))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
