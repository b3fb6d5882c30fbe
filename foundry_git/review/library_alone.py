"""Answering: what a library by itself says to the queries that it carries.

The starter library, the evidence of this machine and the repository around it stay out, so that everybody gets the same figures of
the same files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from foundry_git.index.index import Index
from foundry_git.injection.prompt import POOL, blocks_of
from foundry_git.injection.rendering import render_section
from foundry_git.injection.selection import Chances, select
from foundry_git.library.library import Library
from foundry_git.library.queries import Query
from foundry_git.library.reading import read_library
from foundry_git.pattern.naming import PatternRef
from foundry_git.pattern.record import Pattern
from foundry_git.progress import Progress
from foundry_git.search.answer import Hit
from foundry_git.search.evaluation import QueryResult
from foundry_git.search.query import Filters, SearchQuery
from foundry_git.search.search import search
from foundry_git.workspace import Workspace

_RECEIPT = "r-000000000000"  # as long as a real one


@dataclass(frozen=True, slots=True)
class Answered:
    """One query and what it got; ``first`` is the first hit shown, or what came closest where none is."""

    query: Query
    outcome: QueryResult
    first: Hit | None

    @property
    def passed(self) -> bool:
        """Whether it got what it should."""
        return self.outcome.passed


class Alone(Workspace):
    """One library by itself, its index in memory; the encoder is that of the workspace which asks."""

    def __init__(self, library: Library, asker: Workspace) -> None:
        super().__init__(None, library, asker.folders, {})
        self._asker = asker

    @cached_property
    def stack(self) -> list[Library]:
        """The library, and no other."""
        return [self.need_library()]

    @cached_property
    def index(self) -> Index:
        """An index that is gone with this object; vectors come from the user's cache where they are known."""
        return Index(None, self.folders.cache, lambda: self._asker.index.encoder)


def ask(workspace: Workspace, library: Library, queries: Sequence[Query], progress: Progress | None = None) -> list[Answered]:
    """Put every query to the accepted patterns of ``library``, as search and injection would.

    Raises:
        ConfigurationError: the settings of the library cannot be used.
    """
    alone = Alone(library, workspace)
    try:
        _ = alone.settings
        alone.patterns.converge()
        alone.patterns.encode(progress)
        patterns = {pattern.ref: pattern for pattern in read_library(library)[0]}
        return list(_answered(alone, queries, patterns))
    finally:
        alone.close()


def _answered(alone: Alone, queries: Sequence[Query], patterns: Mapping[PatternRef, Pattern]) -> Iterator[Answered]:
    for query in queries:
        filters = Filters(frozenset({query.language} if query.language else ()))
        answer = search(alone.patterns, SearchQuery(query.ask, filters, POOL), {}, alone.settings.search)
        shown = tuple(hit.document.id for hit in answer.hits)
        outcome = QueryResult(frozenset(query.expect), shown, _characters(alone, answer.hits, query.ask, patterns))
        yield Answered(query, outcome, answer.hits[0] if answer.hits else answer.nearest)


def _characters(alone: Alone, hits: Sequence[Hit], task: str, patterns: Mapping[PatternRef, Pattern]) -> int:
    """How long the section is that injection would put into a prompt for ``task``; 0 where it puts in none."""
    settings = alone.settings.injection
    if not settings.enabled or not settings.max_patterns:
        return 0
    usual = select(hits, {}, replace(settings, holdout=0.0, version_trial=0.0), Chances("", task, budget=0.0))
    drawn = [(one, patterns.get(_ref(one.hit))) for one in usual.chosen]
    there = [(one, pattern) for one, pattern in drawn if pattern is not None]  # not there: edited while the queries were asked
    blocks = blocks_of(alone, [one for one, _ in there], [pattern for _, pattern in there], {})
    return len(render_section(blocks, _RECEIPT)) if blocks else 0


def _ref(hit: Hit) -> PatternRef:
    return PatternRef(hit.document.id, hit.document.version)
