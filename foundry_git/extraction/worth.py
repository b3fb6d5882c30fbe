"""Worth: how much a unit deserves a person's look, 0–100, from named parts. Pure.

The weights are a first, documented guess that puts self-contained, documented code first; measuring them against what a history
did later comes with history mining.
"""

from __future__ import annotations

from collections.abc import Sequence

from foundry_git.source.units import Unit

SELF_CONTAINED = 40  # code that needs its module cannot be reused by copying it
NEEDED_NAME_COST = 14  # two project-local names are a chore, three make it a part of its module
DOCUMENTED = 25
NAMED_FOR_REUSE = 10  # parameters: something to vary
RIGHT_SIZE = 15
LINES_READ_AT_A_GLANCE = (6, 60)
BRANCHES_WORTH_KEEPING = 10
COMPLEXITY_UNDERSTOOD = 12  # above this McCabe himself called for a split


def worth_of(unit: Unit) -> tuple[int, tuple[str, ...]]:
    """The worth of a unit and the reasons, in the order of the parts."""
    parts = (_self_containedness(unit), _documentation(unit), _parameters(unit), _size(unit), _branches(unit))
    return sum(points for points, _ in parts), tuple(reason for _, reason in parts if reason)


def _self_containedness(unit: Unit) -> tuple[int, str]:
    needed = unit.project_names
    points = max(0, SELF_CONTAINED - NEEDED_NAME_COST * len(needed))
    return points, f"needs {_listed(needed)} from its project" if needed else "self-contained"


def _documentation(unit: Unit) -> tuple[int, str]:
    return (DOCUMENTED, "documented") if unit.docstring else (0, "undocumented")


def _parameters(unit: Unit) -> tuple[int, str]:
    return (NAMED_FOR_REUSE, "") if unit.parameters else (0, "takes no parameters")


def _size(unit: Unit) -> tuple[int, str]:
    low, high = LINES_READ_AT_A_GLANCE
    lines = unit.measures.lines
    return (RIGHT_SIZE if low <= lines <= high else 0), f"{lines} lines"


def _branches(unit: Unit) -> tuple[int, str]:
    complexity = unit.measures.complexity
    return (BRANCHES_WORTH_KEEPING if complexity <= COMPLEXITY_UNDERSTOOD else 0), f"complexity {complexity}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
