"""A search over patterns, and where asked over the units of HEAD, in step with both as they are now."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from foundry_git.errors import UsageError
from foundry_git.evidence.known_scores import KnownScores
from foundry_git.index.index import Index
from foundry_git.library.reading import Problem
from foundry_git.progress import Bars, no_bar
from foundry_git.search.answer import Answer
from foundry_git.search.query import Filters, Question, SearchQuery
from foundry_git.search.search import search
from foundry_git.source.seen_languages import SeenLanguages
from foundry_git.workspace import Workspace


def find(workspace: Workspace, query: SearchQuery, bar: Bars = no_bar) -> tuple[Answer, list[Problem]]:
    """Answer a query in step with the files as they are now, and say which of them could not be read.

    A pattern of another language than those of the repository is an answer only where the query asks for it, or nothing else fits.
    There is a bar for texts encoded, and one for files of HEAD read, which only takes long the first time.
    """
    problems = workspace.patterns.converge()
    if not query.by_words:
        workspace.patterns.encode(bar("encoding"))
    units = units_in_step(workspace, bar, query.by_words) if query.with_units else None
    return find_in_step(workspace, query, units, workspace.scores()), problems


def find_in_step(workspace: Workspace, query: SearchQuery, units: Index | None, scores: KnownScores) -> Answer:
    """Answer a query from patterns and ``units`` that the caller has brought in step, with what the evidence says in ``scores``."""

    def worth(digests: Collection[str]) -> dict[str, float]:
        scores.ahead(digests)
        return {digest: scores[digest].mean for digest in digests if digest in scores}

    def answer(languages: frozenset[str], units: Index | None) -> Answer:
        return search(workspace.patterns, query, worth, workspace.settings.search, units, languages=languages)

    if query.filters.languages or Question.of(query.text).languages:
        return answer(frozenset(), units)
    seen = workspace.languages()
    own = _own_languages(workspace, seen)
    first = answer(own, units)
    if first.hits or not own:
        return first
    others = answer(frozenset(), None)  # of units nothing fits, whatever the patterns are written in
    if others.hits:
        return replace(others, missing=seen.used or tuple(seen.not_read)[:1])
    return replace(first, nearest=first.nearest or others.nearest)


def units_in_step(workspace: Workspace, bar: Bars = no_bar, by_words: bool = False) -> Index | None:
    """The units of HEAD, read as they are now and a few that are new encoded; None without a repository."""
    from foundry_git.search.head_units import HeadUnits  # 25 ms that a search of accepted patterns alone does not pay

    units = HeadUnits.of(workspace)
    if units is None:
        return None
    if by_words:
        units.converge(bar("reading code"))
    else:
        units.prepare(bar("reading code"))
    return units.index


def refuse_unknown_filters(workspace: Workspace, query: SearchQuery) -> None:
    """Raise UsageError for a filter that nothing which is searched could pass, naming those that something does."""
    filters = query.filters
    if filters == Filters():
        return
    workspace.patterns.converge()
    units = units_in_step(workspace, no_bar) if query.with_units else None
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


def _own_languages(workspace: Workspace, seen: SeenLanguages) -> frozenset[str]:
    """Those that the repository is written in, and those of its own library's patterns; none where nothing is known of it."""
    own = workspace.own
    if not seen.total:
        return frozenset()
    kept = {row.language for row in workspace.patterns.rows() if row.library == own.name} if own else set()
    return seen.fitting.union(kept, seen.not_read)
