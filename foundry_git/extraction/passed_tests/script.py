"""JavaScript and TypeScript tests: which units they import, and the test file that some of them make beside a pattern's code."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest, UnitsUsed
from foundry_git.source.units import Unit, UnitKey

_NAMED = re.compile(
    r"(?:import|const|let|var)\s*\{(?P<names>[^{}]*)\}\s*(?:from\s*|=\s*require\()(?P<quote>[\"'])(?P<module>[^\"'\n]+)"
)
_MODULE = re.compile(r"(?:from\s*|require\(|import\s*)[\"'](?P<module>[^\"'\n]+)[\"']")
_EXPORTED = re.compile(r"^export\b", re.MULTILINE)


def uses_of(test: PlacedTest, project: ProjectUnderTest) -> UnitsUsed:
    """Say which units a test imports by name from files beside it; anything else of its project keeps it from being plain."""
    units: dict[UnitKey, None] = {}
    known: set[str] = set()
    for line in _own_imports(test.unit):
        named = _NAMED.match(line)
        for original, local in _names(named["names"]) if named else ():
            path = _file_of(named["module"] if named else "", original, test.path, project)
            if path:
                units[(path, original)] = None
                known.add(local)
    return UnitsUsed(tuple(units), not test.unit.free_names and set(test.unit.project_names) <= known)


def can_travel(unit: Unit, code_file: str) -> bool:
    """Say whether tests can import a unit from beside its code: it exports itself."""
    return bool(_EXPORTED.search(unit.body))


def written_together(
    tests: Sequence[PlacedTest], target: UnitKey, code_file: str, project: ProjectUnderTest
) -> tuple[str, list[PlacedTest]]:
    """Write tests of one unit as one file that imports it from beside, and say which are in it; of two with one title the first is."""
    kept = list({test.unit.symbol: test for test in reversed(tests)}.values())[::-1]
    lines: dict[str, set[str]] = {}
    for test in kept:
        own = set(_own_imports(test.unit))
        for line in test.unit.imports:
            moved = _moved(line, code_file) if line in own else line
            head, names, tail = _split(moved)
            lines.setdefault(f"{head}\0{tail}", set()).update(names)
    merged = [_joined(key, names) for key, names in sorted(lines.items(), key=lambda item: "./" in item[0])]
    return "\n\n".join(["\n".join(merged), *(test.unit.body.rstrip() for test in kept)]) + "\n", kept


def renamed(text: str, old: str, new: str) -> str:
    """Let a test file import its unit from the code file ``new`` instead of ``old``."""
    before, after = f"./{old.rpartition('.')[0]}", f"./{new.rpartition('.')[0]}"
    return re.sub(rf"([\"']){re.escape(before)}\1", rf"\g<1>{after}\g<1>", text)


def _own_imports(unit: Unit) -> list[str]:
    return [line for line in unit.imports if (found := _MODULE.search(line)) and found["module"].startswith(".")]


def _names(text: str) -> list[tuple[str, str]]:
    parts = [re.split(r"\s+as\s+|\s*:\s*", name.strip().removeprefix("type ")) for name in text.split(",") if name.strip()]
    return [(part[0], part[-1]) for part in parts]


def _file_of(module: str, name: str, test: str, project: ProjectUnderTest) -> str:
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(test), module))
    stem = wanted.removesuffix(".js")  # TypeScript imports ./a.ts as "./a.js"
    ends = {wanted, stem, f"{wanted}/index"}
    found = [path for path in project.symbols.get(name, ()) if path == wanted or path.rpartition(".")[0] in ends]
    return found[0] if len(found) == 1 else ""


def _moved(line: str, code_file: str) -> str:
    found = _MODULE.search(line)
    return line[: found.start("module")] + f"./{code_file.rpartition('.')[0]}" + line[found.end("module") :] if found else line


def _split(line: str) -> tuple[str, list[str], str]:
    named = _NAMED.match(line)
    if not named:
        return line, [], ""
    return (
        line[: named.start("names")],
        [name.strip() for name in named["names"].split(",") if name.strip()],
        line[named.end("names") :],
    )


def _joined(key: str, names: set[str]) -> str:
    head, _, tail = key.partition("\0")
    return f"{head} {', '.join(sorted(names))} {tail}" if names else f"{head}{tail}"
