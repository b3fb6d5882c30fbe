"""A library alone: what it says by itself to the queries that it carries.

The starter library, the evidence of this machine and the repository around it stay out, so that everybody gets the same figures of
the same files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from foundry_git import config
from foundry_git.evidence.scoring import UNTESTED
from foundry_git.index.stack_index import StackIndex
from foundry_git.injection.blocks import block_of
from foundry_git.injection.prompt import POOL
from foundry_git.injection.rendering import fitting, render_section
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
from foundry_git.search.search import nothing_known, search, vectors_for
from foundry_git.settings import InjectionSettings, Settings
from foundry_git.workspace import Workspace

_RECEIPT = "r-000000000000"  # as long as a real one

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Answered(Struct, frozen=True):
    """One query and what it got; ``first`` is the first hit shown, or what came closest where none is."""

    query: Query
    outcome: QueryResult
    first: Hit | None

    @property
    def passed(self) -> bool:
        """Whether it got what it should."""
        return self.outcome.passed


class LibraryAlone(Struct, frozen=True):
    """The accepted ``patterns`` of one library, in an index in memory, under its own ``settings`` and those of this user."""

    patterns: StackIndex
    settings: Settings

    @classmethod
    def of(cls, library: Library, workspace: Workspace) -> LibraryAlone:
        """A library by itself; the encoder, the cached vectors and this user's settings are those of the workspace which asks.

        Raises:
            ConfigurationError: the settings of the library cannot be used.
        """
        settings = config.load(library, workspace.folders.configuration / "config.yaml", {})
        return cls(StackIndex(workspace.index.beside(), [library]), settings)

    def ask(self, queries: Sequence[Query], progress: Progress | None = None) -> list[Answered]:
        """Put every query to the patterns, as search and injection would."""
        try:
            self.patterns.converge()
            self.patterns.encode(progress)
            there = {pattern.ref: pattern for pattern in read_library(self.patterns.stack[0])[0]}
            asked = [SearchQuery(one.ask, Filters(frozenset({one.language} if one.language else ())), POOL) for one in queries]
            vectors = vectors_for(self.patterns, asked)
            return [self._answered(*each, there) for each in zip(queries, asked, vectors, strict=True)]
        finally:
            self.patterns.index.close()

    def _answered(
        self,
        query: Query,
        asked: SearchQuery,
        vector: NDArray[np.float32] | None,
        patterns: Mapping[PatternRef, Pattern],
    ) -> Answered:
        answer = search(self.patterns, asked, nothing_known, self.settings.search, vector=vector)
        shown = tuple(hit.document.id for hit in answer.hits)
        characters = _characters(answer.hits, query.ask, self.settings.injection, patterns)
        outcome = QueryResult(frozenset(query.expect), shown, characters)
        return Answered(query, outcome, answer.hits[0] if answer.hits else answer.nearest)


def _characters(hits: Sequence[Hit], task: str, settings: InjectionSettings, patterns: Mapping[PatternRef, Pattern]) -> int:
    """How long the section is that injection would put into a prompt for ``task``; 0 where it puts in none."""
    if not settings.enabled or not settings.max_patterns:
        return 0
    usual = select(hits, {}, replace(settings, holdout=0.0, version_trial=0.0), Chances("", task, budget=0.0))
    drawn = [(one.hit, patterns.get(_ref(one.hit))) for one in usual.chosen]
    # A pattern that is not there was edited while the queries were asked.
    blocks = [block_of(hit, pattern, UNTESTED, None) for hit, pattern in drawn if pattern is not None]
    shown = blocks[: fitting(blocks, settings.max_characters)]
    return len(render_section(shown, _RECEIPT)) if shown else 0


def _ref(hit: Hit) -> PatternRef:
    return PatternRef(hit.document.id, hit.document.version)
