"""Worth: how much a unit deserves a person's look, 0–100, from named parts. Pure.

The weights were fitted to two things: what became of units of six repositories within a year, and what readers of 1,070 units of 32
repositories would keep; see ``benchmarks/extraction`` and docs/extraction.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from foundry_git.extraction.helper_words import helper_share
from foundry_git.extraction.unit_context import UnitContext
from foundry_git.source.files import is_aside
from foundry_git.source.units import Unit

WEIGHTS = {
    "fan-in": 6,
    "spread": 6,
    "tests": 2,
    "documentation": 5,
    "self-containedness": 12,
    "generality": 12,
    "types": 2,
    "size": 8,
    "stability": 2,
    "activity": 2,
    "recurrence": 2,
    "substance": 11,
    "words": 20,
    "place": 10,
}
"""Points of each part, together 100: from ``python -m benchmarks.extraction --fit``, with a floor for what a person reads with it."""

MANY_USES, MANY_FILES, MANY_TESTS = 30, 10, 4  # from here on a part is full; fan-in grows in proportion to its logarithm
MANY_NEEDS = 6
LEAST_LINES, SHORT, LONG, TOO_LONG = 5, 25, 60, 240  # full between the middle two, nothing at either end
YEAR = 365.0
UNKNOWN = 0.5  # a part that nobody looked into counts half: it neither lifts nor sinks
WELL_DOCUMENTED = 10  # lines; like uses, in proportion to the logarithm
ONE_PATH, MANY_PATHS = 2, 8  # complexity: nothing to find out, and enough
OF_WORDS = 0.65  # of generality; the rest is for few literals
SOMEWHERE = 0.5  # where nothing says that it is meant for all
EXAMPLE, DEPRECATED = 0.5, 0.6  # what is left of the worth of code that shows a use, or that is there for old users
BARE_TYPE = 0.5  # of a type with fewer functions, of which readers kept 15 in 100
NO_INPUT = 0.6  # of a function without parameters, of which they kept 18
FEW_FUNCTIONS = 3

_LITERAL = re.compile(  # what it may begin with stands first: re looks for that alone, which takes half the time
    r"[\"'`\d](?:(?<=\")[^\"\n]{2,}\"|(?<=')[^'\n]{2,}'|(?<=`)[^`\n]{2,}`|(?<=\d)(?<![\w.]\d)\d+(?:\.\d+)?(?![\w.]))"
)


_SHARED = re.compile(r"util|helper|(?:^|/)(?:common|shared|lib|support|internal)(?:/|\.|$)", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:^|/)_?(?:scripts?|tools?|website|contrib|samples?|playground|codemods?|docs_src|test[^/]*)/|(?:bench|test)[^/]*$",
    re.IGNORECASE,
)
_DEPRECATED = re.compile(
    r"\bdeprecat|\bbackwards?[- ]compat|\bworkaround|\btemporar(?:y|ily) (?:fix|hack)|\blegacy\b|\bobsolete|\bpolyfill|\bFIXME\b"
    r"|\bpython ?2\b|\bPY2\b|\bshim\b",
    re.IGNORECASE,
)


_FUNCTION = re.compile(
    r"\b(?:def|fn|func|function)\b"
    r"|^[ \t]+(?:(?:public|private|protected|static|async|get|set)\s+)*#?[A-Za-z_$][\w$]*\s*\([^()\n]*\)[^;{}\n]*\{",
    re.MULTILINE,
)
_ENUM = re.compile(r"^(?:pub(?:\([^)]*\))?\s+)?enum\b", re.MULTILINE)


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
    """The worth of a unit and what it is made of; ``left``: what is left of the sum, by the reason why not all of it."""

    parts: tuple[WorthPart, ...]
    left: Mapping[str, float] = {}

    @property
    def points(self) -> int:
        """What is left of the sum, 0 to 100."""
        return round(sum(part.points for part in self.parts) * math.prod(self.left.values()))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What a person reads, in the order of the parts."""
        return (*(part.reason for part in self.parts if part.reason), *self.left)

    def explained(self) -> str:
        """The parts in one line, the strongest first: ``worth 61: fan-in 20, documentation 10, …``."""
        shown = sorted(self.parts, key=lambda part: -part.points)
        parts = ", ".join(f"{part.name} {part.points:.0f}/{WEIGHTS[part.name]}" for part in shown)
        return "; ".join([f"worth {self.points}: {parts}", *(f"{reason}: x {left}" for reason, left in self.left.items())])


def worth_of(unit: Unit, standing: UnitContext) -> Worth:
    """Weigh a unit by what it is and how it stands."""
    return Worth(tuple(part(unit, standing) for part in _PARTS), dict(_left(unit, standing.path)))


def _left(unit: Unit, path: str) -> Iterator[tuple[str, float]]:
    """Why not all of the parts' sum counts, and what is left of it."""
    if is_aside(path) or _ASIDE.search(path):
        yield "an example, or beside the code", EXAMPLE
    if _DEPRECATED.search(unit.body) or _DEPRECATED.search(path):
        yield "deprecated, or for old users", DEPRECATED
    if unit.kind == "class" and (len(_FUNCTION.findall(unit.body)) < FEW_FUNCTIONS or _ENUM.search(unit.body)):
        yield "a type with little behaviour", BARE_TYPE
    if unit.kind == "function" and not unit.parameters:
        yield "takes no arguments", NO_INPUT


def _fan_in(unit: Unit, standing: UnitContext) -> WorthPart:
    callers = standing.callers
    if callers is None:
        return WorthPart("fan-in", UNKNOWN)
    others = _files(callers.files, "other file" if callers.nearby else "file") if callers.files else ""
    own = "its own" if others else "its file"
    said = f"used {_times(callers.uses)} in {' and '.join(filter(None, (others, own if callers.nearby else '')))}"
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
    return WorthPart("documentation", _grown(lines, WELL_DOCUMENTED), "documented" if lines else "undocumented")


def _self_containedness(unit: Unit, standing: UnitContext) -> WorthPart:
    needed = unit.project_names
    share = 1 - _grown(len(needed) + len(unit.third_party) / 2, MANY_NEEDS)
    if needed:
        return WorthPart("self-containedness", share, f"needs {_listed(needed)} from its project")
    return WorthPart("self-containedness", share, f"needs {_listed(unit.third_party)}" if unit.third_party else "self-contained")


def _generality(unit: Unit, standing: UnitContext) -> WorthPart:
    """Words that any project uses, and few literals to a line."""
    words = UNKNOWN if standing.generality is None else standing.generality
    literals = len(_LITERAL.findall(unit.body.replace(unit.docstring, "") if unit.docstring else unit.body))
    plain = 1 / (1 + 2 * literals / max(unit.measures.lines, 1))
    return WorthPart("generality", OF_WORDS * words + (1 - OF_WORDS) * plain)


def _types(unit: Unit, standing: UnitContext) -> WorthPart:
    typed = unit.measures.typed
    return WorthPart("types", typed, "typed" if typed == 1 and unit.parameters else "")


def _size(unit: Unit, standing: UnitContext) -> WorthPart:
    lines = unit.measures.lines
    enough, small = lines / LEAST_LINES, TOO_LONG / max(lines, 1)
    share = min(_logarithmic(enough, SHORT / LEAST_LINES), _logarithmic(small, TOO_LONG / LONG))
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


def _substance(unit: Unit, standing: UnitContext) -> WorthPart:
    share = (unit.measures.complexity - ONE_PATH) / (MANY_PATHS - ONE_PATH)
    return WorthPart("substance", min(1.0, max(0.0, share)))


def _words(unit: Unit, standing: UnitContext) -> WorthPart:
    return WorthPart("words", helper_share(unit.body))


def _place(unit: Unit, standing: UnitContext) -> WorthPart:
    return WorthPart("place", 1.0 if _SHARED.search(standing.path) else SOMEWHERE)


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
    _substance,
    _words,
    _place,
)


def _grown(count: float, many: int) -> float:
    """0 for none, 1 for many, in proportion to the logarithm between."""
    return min(1.0, math.log1p(count) / math.log1p(many))


def _logarithmic(ratio: float, full: float) -> float:
    """0 up to a ratio of 1, 1 from a full one on, in proportion to the logarithm between."""
    return min(1.0, max(0.0, math.log(max(ratio, 1.0)) / math.log(full)))


def _files(count: int, noun: str = "file") -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _taken_back(count: int) -> str:
    return f"taken back {_times(count)}" if count else ""


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
