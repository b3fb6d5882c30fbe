"""The desk: what answers are made from, for one state of the library; each part is read once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from foundry_git.errors import FoundryError
from foundry_git.evidence.known_scores import KnownScores
from foundry_git.evidence.scoring import UNTESTED, Score
from foundry_git.execution.additions import Addition, additions_of
from foundry_git.execution.asking import Asked
from foundry_git.execution.library_state import SLOT_SECONDS
from foundry_git.index.document import Document, DocumentRow
from foundry_git.index.index import Index
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.pattern.naming import PatternRef
from foundry_git.search.answer import Answer
from foundry_git.search.find import find_in_step, units_in_step
from foundry_git.search.query import Filters, SearchQuery, current_rows
from foundry_git.workspace import Workspace

Facts = dict[str, Any]


class Desk:
    """One workspace in one state. ``service`` tells figures of the engine, ``triggers`` what may be asked, each as plain values."""

    def __init__(
        self,
        workspace: Workspace,
        as_of: datetime,
        service: Callable[[], Mapping[str, Any]],
        triggers: Callable[[], Sequence[Facts]],
    ) -> None:
        self.workspace = workspace
        self.as_of = as_of
        self.service = service
        self.triggers = triggers

    @cached_property
    def scores(self) -> KnownScores:
        """What the evidence says of each digest at that moment."""
        ledger, settings = self.workspace.ledger, self.workspace.settings
        return KnownScores(lambda digests: ledger.scores(self.as_of, settings.evidence, settings.scoring.model, digests))

    @cached_property
    def rows(self) -> Sequence[DocumentRow]:
        """The newest version of every pattern that is not deprecated, of the first library that has it."""
        patterns = self.workspace.patterns
        return current_rows(patterns.rows(), patterns.libraries, Filters())

    @cached_property
    def waiting(self) -> Sequence[Candidate]:
        """The candidates that wait for a person; none without a repository."""
        workspace = self.workspace
        if workspace.repository is None:
            return ()
        known = {row.id for row in self.rows}
        try:
            settled = {*workspace.patterns.documents_by_shape(), *workspace.ledger.rejected_shapes()}
            return [one for one in workspace.candidates.read() if one.shape not in settled and (one.code or one.id not in known)]
        except FoundryError:
            return ()

    @cached_property
    def units(self) -> Index | None:
        """The units of HEAD, a few that are new encoded; None without a repository."""
        return units_in_step(self.workspace)

    @cached_property
    def units_by_words(self) -> Index | None:
        """The same without opening a model."""
        return units_in_step(self.workspace, by_words=True)

    @cached_property
    def is_encoded(self) -> bool:
        """Whether there is a model, by which then every pattern has its vector."""
        self.workspace.patterns.encode()
        return self.workspace.index.encoder is not None

    @property
    def now(self) -> datetime:
        """The end of the slot that the answer is of: what happened within it is there too."""
        return self.as_of + timedelta(seconds=SLOT_SECONDS)

    @cached_property
    def additions(self) -> Mapping[PatternRef, Addition]:
        """When the versions of the own library were committed."""
        return additions_of(self.workspace.own, self.workspace.repository)

    @cached_property
    def address(self) -> str:
        """The e-mail address that the user commits under; "" where none is set."""
        repository = self.workspace.repository
        return repository.setting("user.email") if repository else ""

    @property
    def own(self) -> Library | None:
        """The project's own library."""
        return self.workspace.own

    def within(self, asked: Asked) -> list[DocumentRow]:
        """The patterns that the context of a question admits."""
        chosen = filters_of(asked)
        return [row for row in self.rows if chosen.admits(row)]

    def find(self, text: str, asked: Asked, with_units: bool = False, by_words: bool = False, limit: int | None = None) -> Answer:
        """Search patterns, and where asked the units of HEAD."""
        query = SearchQuery(text, filters_of(asked), limit or asked.limit, with_units, by_words)
        units = (self.units_by_words if by_words else self.units) if with_units else None
        _ = by_words or self.is_encoded
        return find_in_step(self.workspace, query, units, self.scores)

    def score(self, digest: str) -> Score:
        """The score of a digest."""
        return self.scores.get(digest, UNTESTED)

    def documents(self, rows: Sequence[DocumentRow]) -> list[Document]:
        """The documents of some rows, in their order."""
        found = self.workspace.index.catalogue.documents([row.number for row in rows])
        return [found[row.number] for row in rows if row.number in found]


def filters_of(asked: Asked) -> Filters:
    """What the context of a question narrows the answer to."""
    told = asked.context.told
    language = str(told.get("language", ""))
    return Filters(
        languages=frozenset({language} if language else ()),
        framework=str(told.get("framework", "")),
        tag=str(told.get("tag", "")),
        kind=str(told.get("kind", "")),
        library=str(told.get("library", "")),
    )
