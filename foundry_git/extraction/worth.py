"""Worth: how much a unit deserves a person's look, 0–100, from named parts. Pure.

The weights are a first, documented guess that puts self-contained, documented, typed functions of a readable size first; measuring
them against what a history did later comes with history mining.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from foundry_git.source.units import Unit

SELF_CONTAINED = 35  # code that needs its module cannot be reused by copying it
PROJECT_NAME_COST = 14  # two project-local names are a chore, three make it a part of its module
THIRD_PARTY_COST = 5  # a dependency is a decision, but one that a team may have taken already
DOCUMENTED, DOCUMENTED_WELL = 15, 20  # a sentence; parameters, errors or reasons too
WELL_DOCUMENTED_LINES = 3
TYPED = 15
VARIABLE = 10  # parameters: something to vary; from the fifth on it does too much
MOST_PARAMETERS = 5
SIZE, SIZE_OF_CHOICE = 10, (8, 40)
BRANCHES, BRANCHES_OF_CHOICE = 10, (4, 10)  # fewer are written as fast as found; above 10 McCabe called for a split


def worth_of(unit: Unit) -> tuple[int, tuple[str, ...]]:
    """The worth of a unit and the reasons, in the order of the parts."""
    parts = (_self_containedness(unit), _documentation(unit), _types(unit), _parameters(unit), _size(unit), _branches(unit))
    return round(sum(points for points, _ in parts)), tuple(reason for _, reason in parts if reason)


def _self_containedness(unit: Unit) -> tuple[float, str]:
    needed, foreign = unit.project_names, _third_party(unit)
    points = max(0, SELF_CONTAINED - PROJECT_NAME_COST * len(needed) - THIRD_PARTY_COST * len(foreign))
    if needed:
        return points, f"needs {_listed(needed)} from its project"
    return points, f"needs {_listed(foreign)}" if foreign else "self-contained"


def _third_party(unit: Unit) -> tuple[str, ...]:
    roots = [re.match(r"\s*(?:from|import)\s+(\w+)", line) for line in unit.imports]
    return tuple(sorted({root[1] for root in roots if root} - sys.stdlib_module_names))


def _documentation(unit: Unit) -> tuple[float, str]:
    lines = len(unit.docstring.strip().splitlines())
    if not lines:
        return 0, "undocumented"
    return (DOCUMENTED_WELL if lines >= WELL_DOCUMENTED_LINES else DOCUMENTED), "documented"


def _types(unit: Unit) -> tuple[float, str]:
    if not unit.parameters:
        return TYPED / 2, ""
    typed = sum(bool(re.search(rf"\b{re.escape(name)}\s*:", unit.signature)) for name in unit.parameters)
    return TYPED * typed / len(unit.parameters), "typed" if typed == len(unit.parameters) else ""


def _parameters(unit: Unit) -> tuple[float, str]:
    count = len(unit.parameters)
    if not count:
        return 0, "takes no parameters"
    return VARIABLE * min(1.0, MOST_PARAMETERS / count), ""


def _size(unit: Unit) -> tuple[float, str]:
    return SIZE * _closeness(unit.measures.lines, SIZE_OF_CHOICE), f"{unit.measures.lines} lines"


def _branches(unit: Unit) -> tuple[float, str]:
    return BRANCHES * _closeness(unit.measures.complexity, BRANCHES_OF_CHOICE), f"complexity {unit.measures.complexity}"


def _closeness(value: int, choice: tuple[int, int]) -> float:
    """1 inside the range of choice, falling to 0 in proportion outside."""
    low, high = choice
    return min(1.0, value / low, high / max(value, 1))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
