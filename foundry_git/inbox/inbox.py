"""The inbox: the candidates that wait for a person, who names, accepts or rejects them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from foundry_git.errors import UnknownPatternError, UsageError
from foundry_git.evidence.events import Rejected, new_nonce
from foundry_git.evidence.kinds.reviews import Reason
from foundry_git.evidence.ledger import Ledger
from foundry_git.extraction import budget
from foundry_git.index.stack_index import StackIndex, similar_ids
from foundry_git.library.candidates import Candidate, CandidateStore
from foundry_git.pattern.naming import parse_reference
from foundry_git.pattern.record import Pattern
from foundry_git.workspace import Workspace


class Inbox(Struct, frozen=True):
    """The candidates of a repository, with what says which of them are settled: the patterns there are, and what was rejected."""

    candidates: CandidateStore
    patterns: StackIndex
    ledger: Ledger

    @classmethod
    def of(cls, workspace: Workspace) -> Inbox:
        """That of a workspace; raises NotARepositoryError where it has no repository."""
        return cls(workspace.candidates, workspace.patterns, workspace.ledger)

    def waiting(self) -> list[Candidate]:
        """The candidates that wait for a person: not those that are patterns already, nor what was rejected."""
        self.patterns.converge()
        settled = {*self.patterns.documents_by_shape(), *self.ledger.rejected_shapes()}
        ids = self.patterns.ids()
        waiting = [candidate for candidate in self.candidates.read() if candidate.shape not in settled]
        return [c for c in waiting if c.code or c.id not in ids]  # guidance has no code, and so no shape once it is accepted

    def shown(self) -> list[Candidate]:
        """Those of the waiting candidates that a person is shown: few a week, the most worth first."""
        return budget.shown(self.waiting())

    def named(self, reference: str) -> Candidate:
        """The candidate that a person's reference means.

        Raises:
            UsageError: the reference is not well formed, or means several.
            UnknownPatternError: no candidate has that name.
        """
        wanted = parse_reference(reference)
        there = self.candidates.read()
        meant = [c for c in there if wanted.names(c.id, wanted.version or 1, wanted.library or "")]
        if not meant:
            near = set(similar_ids(wanted.slug, {c.id for c in there}))
            raise UnknownPatternError(reference, "candidate", [_said(c) for c in there if c.id in near])
        if len(meant) > 1:
            raise UsageError(f"{reference}: means {' and '.join(map(_said, meant))}; name one with its language")
        return meant[0]

    def reject(self, references: Sequence[str], reason: Reason = "none") -> list[Candidate]:
        """Refuse candidates: their shapes are never asked again; raises like :meth:`named`."""
        chosen = [self.named(reference) for reference in references]
        at = datetime.now(UTC)
        self.ledger.record(*(Rejected(at=at, nonce=new_nonce(), shape=c.shape, reason=reason) for c in chosen))
        self.candidates.update([], chosen)
        return chosen


def meant_by(workspace: Workspace, reference: str) -> Pattern | Candidate:
    """The pattern that a person's reference means, and where no pattern has that name the candidate.

    Raises:
        UsageError: the reference is not well formed, or means several.
        UnknownPatternError: nothing has that name.
    """
    try:
        return workspace.patterns.pattern_of(reference)
    except UnknownPatternError as unknown:
        if workspace.repository is None:
            raise
        try:
            candidate = Inbox.of(workspace).named(reference)
        except UnknownPatternError:
            raise unknown from None
        if candidate.shape in workspace.ledger.rejected_shapes():  # it was accepted, and then retired
            raise unknown from None
        return candidate


def _said(candidate: Candidate) -> str:
    """An id with the file it is from: of several that a name may mean, one is told from the other by that."""
    return f"{candidate.id} ({candidate.origin.path})" if candidate.origin.path else candidate.id
