"""Worth: how much a unit deserves a person's look, 0–100, from named parts. Pure.

The weights were fitted to what became of 4,304 units of six repositories within a year; see ``benchmarks/extraction`` and
docs/extraction.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from foundry_git.extraction.unit_context import UnitContext
from foundry_git.source.units import Unit
from foundry_git.source.words import words_of

WEIGHTS = {
    "fan-in": 16,
    "spread": 20,
    "tests": 6,
    "documentation": 7,
    "self-containedness": 12,
    "generality": 8,
    "types": 5,
    "size": 8,
    "stability": 7,
    "activity": 5,
    "recurrence": 6,
}
"""Points of each part, together 100: from ``python -m benchmarks.extraction --fit``, with a floor for what its label cannot see."""

MANY_USES, MANY_FILES, MANY_TESTS = 30, 10, 4  # from here on a part is full; fan-in grows in proportion to its logarithm
MANY_NEEDS = 6
SHORT, LONG = 12, 80  # lines: full up to the first, nothing from the second
YEAR = 365.0
UNKNOWN = 0.5  # a part that nobody looked into counts half: it neither lifts nor sinks
WELL_DOCUMENTED_LINES = 3
OF_THE_PROJECT = 0.7  # what bears its project's name is about it

_LITERAL = re.compile(  # what it may begin with stands first: re looks for that alone, which takes half the time
    r"[\"'`\d](?:(?<=\")[^\"\n]{2,}\"|(?<=')[^'\n]{2,}'|(?<=`)[^`\n]{2,}`|(?<=\d)(?<![\w.]\d)\d+(?:\.\d+)?(?![\w.]))"
)


class WorthPart(Struct, frozen=True):
    """One part of a worth: its share of the weight, 0 to 1, and what a person reads of it ("" when it says little)."""

    name: str
    share: float
    reason: str = ""

    @property
    def points(self) -> float:
        """The points it gives."""
        return WEIGHTS[self.name] * self.share


class Worth(Struct, frozen=True):
    """The worth of a unit and what it is made of."""

    parts: tuple[WorthPart, ...]

    @property
    def points(self) -> int:
        """The sum, 0 to 100."""
        return round(sum(part.points for part in self.parts))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What a person reads, in the order of the parts."""
        return tuple(part.reason for part in self.parts if part.reason)

    def explained(self) -> str:
        """The parts in one line, the strongest first: ``worth 61: fan-in 20, documentation 10, …``."""
        shown = sorted(self.parts, key=lambda part: -part.points)
        return f"worth {self.points}: {', '.join(f'{part.name} {part.points:.0f}/{WEIGHTS[part.name]}' for part in shown)}"


def worth_of(unit: Unit, standing: UnitContext) -> Worth:
    """Weigh a unit by what it is and how it stands."""
    return Worth(tuple(part(unit, standing) for part in _PARTS))


def _fan_in(unit: Unit, standing: UnitContext) -> WorthPart:
    callers = standing.callers
    if callers is None:
        return WorthPart("fan-in", UNKNOWN)
    said = f"used {_times(callers.uses)} in {_files(callers.files) if callers.files else 'its file'}"
    return WorthPart("fan-in", _grown(callers.uses, MANY_USES), said if callers.uses else "")


def _spread(unit: Unit, standing: UnitContext) -> WorthPart:
    return WorthPart("spread", UNKNOWN if standing.callers is None else _grown(standing.callers.files, MANY_FILES))


def _tests(unit: Unit, standing: UnitContext) -> WorthPart:
    if standing.passed:
        return WorthPart("tests", 1.0, f"{standing.passed} passing test{'s' if standing.passed > 1 else ''}")
    if standing.callers is None:
        return WorthPart("tests", UNKNOWN)
    tests = standing.callers.tests
    return WorthPart("tests", _grown(tests, MANY_TESTS), f"named in {_files(tests, 'test file')}" if tests else "")


def _documentation(unit: Unit, standing: UnitContext) -> WorthPart:
    lines = len(unit.docstring.strip().splitlines())
    if not lines:
        return WorthPart("documentation", 0.0, "undocumented")
    return WorthPart("documentation", 1.0 if lines >= WELL_DOCUMENTED_LINES else 0.75, "documented")


def _self_containedness(unit: Unit, standing: UnitContext) -> WorthPart:
    needed = unit.project_names
    share = 1 - _grown(len(needed) + len(unit.third_party) / 2, MANY_NEEDS)
    if needed:
        return WorthPart("self-containedness", share, f"needs {_listed(needed)} from its project")
    return WorthPart("self-containedness", share, f"needs {_listed(unit.third_party)}" if unit.third_party else "self-contained")


def _generality(unit: Unit, standing: UnitContext) -> WorthPart:
    """Few literals to a line, and no word of its project's name in its own name or its parameters."""
    literals = len(_LITERAL.findall(unit.body.replace(unit.docstring, "") if unit.docstring else unit.body))
    named = {word for name in (unit.name, *unit.parameters) for word in words_of(name)}
    share = 1 / (1 + 2 * literals / max(unit.measures.lines, 1))
    return WorthPart("generality", share if named.isdisjoint(standing.project_words) else share * OF_THE_PROJECT)


def _types(unit: Unit, standing: UnitContext) -> WorthPart:
    typed = unit.measures.typed
    return WorthPart("types", typed, "typed" if typed == 1 and unit.parameters else "")


def _size(unit: Unit, standing: UnitContext) -> WorthPart:
    lines = unit.measures.lines
    share = min(1.0, max(0.0, math.log(LONG / max(lines, 1)) / math.log(LONG / SHORT)))
    return WorthPart("size", share, f"{lines} lines, complexity {unit.measures.complexity}")


def _stability(unit: Unit, standing: UnitContext) -> WorthPart:
    life = standing.life
    if life is None:
        return WorthPart("stability", UNKNOWN)
    trouble = life.fixes + 2 * life.reverted
    said = f"fixed {_times(life.fixes)}" if life.fixes else ""
    return WorthPart(
        "stability", 1 / (1 + trouble), f"{said}{', ' if said and life.reverted else ''}{_taken_back(life.reverted)}"
    )


def _activity(unit: Unit, standing: UnitContext) -> WorthPart:
    life = standing.life
    return WorthPart("activity", UNKNOWN if life is None else math.exp(-life.since_change / YEAR))


def _recurrence(unit: Unit, standing: UnitContext) -> WorthPart:
    elsewhere = standing.places - 1 + standing.repositories
    said = f"in {_files(standing.places)}" if standing.places > 1 else ""
    also = (
        f"in {standing.repositories} other repositor{'ies' if standing.repositories > 1 else 'y'}"
        if standing.repositories
        else ""
    )
    return WorthPart("recurrence", _grown(elsewhere, 3), f"{said}{', ' if said and also else ''}{also}")


_PARTS: Sequence[Callable[[Unit, UnitContext], WorthPart]] = (
    _fan_in,
    _spread,
    _tests,
    _documentation,
    _self_containedness,
    _generality,
    _types,
    _size,
    _stability,
    _activity,
    _recurrence,
)


def _grown(count: float, many: int) -> float:
    """0 for none, 1 for many, in proportion to the logarithm between."""
    return min(1.0, math.log1p(count) / math.log1p(many))


def _files(count: int, noun: str = "file") -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _taken_back(count: int) -> str:
    return f"taken back {_times(count)}" if count else ""


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
