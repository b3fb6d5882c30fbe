"""A search over patterns, and where asked over the units of HEAD, in step with both as they are now."""

from __future__ import annotations

from foundry_git.errors import UsageError
from foundry_git.index.index import Index
from foundry_git.library.reading import Problem
from foundry_git.progress import Progress
from foundry_git.search.answer import Answer
from foundry_git.search.query import Filters
from foundry_git.search.search import search
from foundry_git.settings import SearchSettings
from foundry_git.workspace import Workspace


def find(
    workspace: Workspace,
    query: str,
    filters: Filters | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
    settings: SearchSettings | None = None,
    reading: Progress | None = None,
    with_units: bool = False,
) -> tuple[Answer, list[Problem]]:
    """Search the stack, and ``with_units`` what stands at HEAD unreviewed; the answer is in step with both as they are now.

    ``progress`` hears of texts encoded, ``reading`` of files of HEAD read, which only takes long the first time.
    """
    problems = workspace.patterns.converge()
    workspace.patterns.encode(progress)
    units = _units_in_step(workspace, reading) if with_units else None
    worth = {digest: score.mean for digest, score in workspace.scores().items()}
    names = [library.name for library in workspace.stack]
    answer = search(workspace.index, query, names, worth, settings or workspace.settings.search, filters, limit, units)
    return answer, problems


def _units_in_step(workspace: Workspace, progress: Progress | None) -> Index | None:
    if workspace.units is None:
        return None
    from foundry_git.search.head_units import converge_units, encode_few_units

    converge_units(workspace, progress)
    encode_few_units(workspace)
    return workspace.units


def refuse_unknown_filters(workspace: Workspace, filters: Filters, with_units: bool = False) -> None:
    """Raise UsageError for a filter that no pattern of the stack could pass, nor a unit of HEAD, naming those that some do."""
    if filters == Filters():
        return
    workspace.patterns.converge()
    units = _units_in_step(workspace, None) if with_units else None
    rows = [*workspace.patterns.rows(), *(units.catalogue.rows() if units else ())]
    asked = {
        "library": (filters.library, {row.library for row in rows}),
        "kind": (filters.kind, {row.kind for row in rows}),
        "framework": (filters.framework, {row.framework for row in rows}),
        "tag": (filters.tag, {tag for row in rows for tag in row.tags}),
        "language": ("".join(filters.languages), {row.language for row in rows}),
    }
    for name, (value, known) in asked.items():
        if value and value not in known:
            raise UsageError(f"{name} {value}: nothing here has it; there are {', '.join(sorted(known - {''}))}")
