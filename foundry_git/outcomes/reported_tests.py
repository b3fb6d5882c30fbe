"""Reported tests: which test in the source code a test case of a report is a run of.

Reporters name a test by module, package, file or title, and never by the path in the repository alone, as they start where the runner
was started. A case joins the test of its name whose place agrees best with what the reporter says; two that agree as well are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from foundry_git.outcomes.junit import CaseResult, TestCase
from foundry_git.source.languages import language_of
from foundry_git.source.units import Unit, UnitKey

PASSED = "passed"
_PARAMETERS = re.compile(r"\[.*\]\Z", re.DOTALL)
_METHOD = re.compile(r"^\s+(?:async )?def (test\w*)\(", re.MULTILINE)
_SEPARATORS = re.compile(r"\s+(?:[>›»]\s+)?")
_ORDER = (CaseResult.ERROR, CaseResult.FAILED, CaseResult.SKIPPED)


class Joined(Struct, frozen=True):
    """Test → ``passed``, or the one word that keeps it from it (``failed``, ``error``, ``skipped``, ``flaky``, ``incomplete``).

    ``lost``: the cases that are a run of no test in the code.
    """

    results: Mapping[UnitKey, str]
    lost: tuple[TestCase, ...]


def join(cases: Iterable[TestCase], tests: Iterable[tuple[str, Unit]]) -> Joined:
    """Find the tests (units with their paths) that the cases are runs of; a test passed when all its cases did, at the first try."""
    named: dict[str, list[tuple[str, Unit]]] = {}
    for path, unit in tests:
        named.setdefault(_own_name(unit), []).append((path, unit))
    runs: dict[UnitKey, list[TestCase]] = {}
    units: dict[UnitKey, Unit] = {}
    lost = []
    for case in cases:
        found = _test_of(case, named)
        if found is None:
            lost.append(case)
            continue
        key = found[0], found[1].symbol
        units[key] = found[1]
        runs.setdefault(key, []).append(case)
    return Joined({key: _result_of(units[key], of) for key, of in runs.items()}, tuple(lost))


def _result_of(unit: Unit, cases: Sequence[TestCase]) -> str:
    results = {case.result for case in cases}
    worst = next((result.value for result in _ORDER if result in results), "")
    if worst or any(case.is_flaky for case in cases):
        return worst or "flaky"
    run = {_PARAMETERS.sub("", case.name) for case in cases}
    is_class = unit.language == "python" and unit.symbol not in run
    return "incomplete" if is_class and not set(_METHOD.findall(unit.body)) <= run else PASSED


def _test_of(case: TestCase, named: Mapping[str, Sequence[tuple[str, Unit]]]) -> tuple[str, Unit] | None:
    """The one test that fits best; None where none does, or several do."""
    best = 0
    found: list[tuple[str, Unit]] = []
    for name in dict.fromkeys(_names(case)):
        for path, unit in named.get(name, ()):
            rank = _FITS[unit.language](case, path, unit) if unit.language in _FITS else 0
            if rank > best:
                best, found = rank, []
            if rank and rank == best:
                found.append((path, unit))
    return found[0] if len(found) == 1 else None


def _own_name(unit: Unit) -> str:
    if unit.language in ("javascript", "typescript"):
        return _title(unit.symbol)
    return unit.symbol.rpartition("::")[2]


def _names(case: TestCase) -> Iterator[str]:
    """Every name that the test may have in the code."""
    plain = _PARAMETERS.sub("", case.name)
    yield plain
    yield plain.partition("/")[0]
    yield plain.rpartition("::")[2]
    yield from case.classname.split(".")
    for title in _titles(case):
        words = title.split(" ")
        yield from (" ".join(words[:count]) for count in range(len(words), 0, -1))


def _titles(case: TestCase) -> tuple[str, ...]:
    """The title with those of the blocks around it, as jest-junit and vitest may have written it."""
    return tuple(dict.fromkeys((_title(case.name), _title(f"{case.classname} {case.name}"))))


def _title(text: str) -> str:
    return _SEPARATORS.sub(" ", text.strip())


# How well a case fits a test: 0 not at all, else the more the better.


def _fits_python(case: TestCase, path: str, unit: Unit) -> int:
    place = path.rpartition(".")[0].split("/")
    module = case.classname.split(".") if case.classname else []
    if unit.symbol != _PARAMETERS.sub("", case.name):
        if unit.symbol not in module:
            return 0
        module = module[: module.index(unit.symbol)]
    return _agreement(place, module) or (1 if not module else 0)


def _fits_script(case: TestCase, path: str, unit: Unit) -> int:
    own = _title(unit.symbol)
    if not any(title == own or title.startswith(f"{own} ") for title in _titles(case)):
        return 0
    named = next((name for name in (case.file, case.classname, case.suite) if "." in name and language_of(name)), "")
    words = len(own.split(" "))  # of describe("a") and describe("a b") the longer is meant
    if not named:
        return words
    agreement = _agreement(path.split("/"), named.lstrip("/").split("/"))
    return 1000 * agreement + words if agreement else 0


def _fits_go(case: TestCase, path: str, unit: Unit) -> int:
    folder = path.split("/")[:-1]
    return 1 + _shared(folder, case.classname.split("/")) if _shared(folder, case.classname.split("/")) or not folder else 0


def _fits_rust(case: TestCase, path: str, unit: Unit) -> int:
    *modules, _ = _PARAMETERS.sub("", case.name).split("::")
    outside = [name for name in modules if name not in ("tests", "test")]
    crate, _, binary = case.classname.partition("::")
    place = [part for part in path.removesuffix(".rs").split("/") if part != "src"]
    is_root = place[-1] in ("lib", "main")
    place = place[:-1] if place[-1] in ("lib", "main", "mod") else place
    in_crate = 1 if crate.replace("_", "-") in {part.replace("_", "-") for part in place} else 0
    if outside:
        shared = _shared(place, outside)
        return 1 + shared + in_crate if shared == len(outside) else 0
    at_root = is_root and not binary
    return 1 + in_crate if at_root or (binary and place[-1:] == [binary.rpartition("/")[2]]) else 0


_FITS: Mapping[str, Callable[[TestCase, str, Unit], int]] = {
    "python": _fits_python,
    "javascript": _fits_script,
    "typescript": _fits_script,
    "go": _fits_go,
    "rust": _fits_rust,
}


def _agreement(one: Sequence[str], other: Sequence[str]) -> int:
    """How many last parts of two paths agree, where one ends in the whole other: the runner may start above the repository."""
    shared = _shared(one, other)
    return shared if shared == min(len(one), len(other)) else 0


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count
