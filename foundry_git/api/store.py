"""The pattern store: what programs told the predecessor's store, over libraries, candidates and evidence.

from foundry_git import PatternLibrary, PatternStore

with PatternLibrary() as library:
    store = PatternStore(library)
    id = store.record_pattern("validation_failure", "File not created", suggested_action="Check the path before you write.")
    store.record_pattern_application(id, "run-17", pattern_led_to_success=True, validation_passed=True)
"""

from __future__ import annotations

import contextlib
import shutil
import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from foundry_git.api.applications import completed, outcome_of, reason_named
from foundry_git.api.arguments import reference
from foundry_git.api.batch import Batch, say
from foundry_git.api.classes import PatternLibrary
from foundry_git.api.stored import (
    PatternProvenance,
    StoredId,
    StoredPattern,
    content_of,
    kind_of,
    of_candidate,
    of_document,
    origin_of,
    provenance_of,
    sighting_of,
)
from foundry_git.errors import LibraryError, UnknownPatternError
from foundry_git.evidence.events import Rejected, event_id, new_nonce
from foundry_git.evidence.scoring import UNTESTED
from foundry_git.inbox import guidance_notes
from foundry_git.inbox.decisions import decide
from foundry_git.inbox.inbox import Inbox
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.naming import parse_reference
from foundry_git.pattern.record import Origin, Pattern
from foundry_git.pattern.tags_told import tags_told
from foundry_git.source.shapes import shape_of

MIN_PRIORITY = 0.01  # the predecessor's: a higher one hid whatever was seen once
HIGH_TRUST, LOW_TRUST = 0.7, 0.3
_ALL = 1_000_000


class PatternStore:
    """Stores what programs tell of patterns, and what came of using them; a thin front for an open :class:`PatternLibrary`."""

    def __init__(self, library: PatternLibrary) -> None:
        self.library = library
        self._batch: Batch | None = None

    def record_pattern(
        self,
        pattern_type: str,
        pattern_name: str,
        description: str | None = None,
        context_tags: Sequence[str] | None = None,
        suggested_action: str | None = None,
        provenance: PatternProvenance | None = None,
        provenance_job_hash: str | None = None,
        provenance_sheet_num: int | None = None,
        instrument_name: str | None = None,
    ) -> StoredId:
        """Store a pattern as guidance that waits for review, or count a sighting of one that is known; return its id.

        Known is what has the same type and name (case and spaces aside), else what has the same type, description and action. The text
        of a candidate is replaced by a newer one; reviewed text is not. What was refused or deleted is not revived: its
        sighting is counted and logged. ``provenance_job_hash`` and ``provenance_sheet_num`` are deprecated.

        Raises:
            UsageError: no letters in type or name, or in a tag. SecretFoundError: it holds a secret.
        """
        if provenance is None and (provenance_job_hash, provenance_sheet_num) != (None, None):
            warnings.warn("provenance_job_hash and provenance_sheet_num: pass provenance", DeprecationWarning, stacklevel=2)
            provenance = PatternProvenance(provenance_job_hash, provenance_sheet_num)
        origin = origin_of(provenance or PatternProvenance())
        note = guidance_notes.GuidanceNote(
            kind=pattern_type.strip(),
            name=pattern_name,
            description=description or "",
            suggested_action=suggested_action or "",
            tags=None if context_tags is None else tags_told("context_tags", context_tags),
            framework=instrument_name or "",
            origin=origin,
        )
        with self._writing() as batch:
            seen, waiting = sighting_of(provenance), self._waiting(batch)
            kept = guidance_notes.resolve(self.library.workspace, note, seen, waiting, batch.refused)
            if kept.put is not None:
                batch.put[kept.put.id] = kept.put
            batch.events.append(kept.sighting)
            batch.say(f"pattern_{kept.resolution}", pattern=kept.id, pattern_type=note.kind)
        return StoredId.of(kept)

    def record_pattern_application(
        self,
        pattern_id: str,
        execution_id: str,
        pattern_led_to_success: bool,
        retry_count_before: int = 0,
        retry_count_after: int = 0,
        application_mode: str = "exploitation",
        validation_passed: bool | None = None,
        grounding_confidence: float | None = None,
    ) -> str:
        """Record what came of a pattern in an execution, whole, and return the event's id; scores follow at once.

        Of several words on one execution the latest counts.

        Raises:
            UnknownPatternError: nothing has that id. UsageError: a number or mode is out of bounds.
            BusyError, OSError: it could not be written.
        """
        outcome = outcome_of(self._digest(pattern_id), execution_id, pattern_led_to_success, validation_passed)
        event = completed(outcome, retry_count_before, retry_count_after, application_mode, grounding_confidence)
        with self._writing() as batch:
            batch.events.append(event)
            batch.say("pattern_applied", pattern=pattern_id, result=event.result)
        return event_id(event)

    def soft_delete_pattern(self, pattern_id: str) -> bool:
        """Retire a pattern: a candidate is refused, a pattern's files are deleted from the work tree, for you to commit.

        True, and False where nothing has that id, or no more. History and evidence stay, and nothing of its shape is proposed again.

        Raises:
            LibraryError: its files are not committed, or the library is read-only.
        """
        try:
            candidate = self._candidate(pattern_id)
            pattern = None if candidate else self.library.workspace.patterns.pattern_of(pattern_id)
        except UnknownPatternError:
            return False
        with self._writing() as batch:
            if candidate is not None:
                batch.put.pop(candidate.id, None)
                batch.gone[candidate.id] = candidate
                batch.events += _refusals(candidate.shape, *content_of(candidate.manifest))
            elif pattern is not None:
                folder = self._own_folder(pattern)
                if folder in batch.folders:
                    return False
                batch.folders.append(folder)
                batch.events += _refusals(*_known_by(pattern))
            batch.say("pattern_retired", pattern=pattern_id)
        return True

    def update_pattern_effectiveness(self, pattern_id: str) -> float | None:
        """Return the effectiveness by all that is recorded up to now, None where nothing has that id.

        Nothing is stored that could be out of date.
        """
        try:
            digest = self._digest(pattern_id)
        except UnknownPatternError:
            return None
        say("pattern_updated", pattern=pattern_id)
        return self.library.workspace.scores().get(digest, UNTESTED).mean

    def recalculate_all_pattern_priorities(self) -> int:
        """Build the view of the evidence anew from all events; return how many patterns have a score."""
        workspace = self.library.workspace
        workspace.ledger.rebuild()
        count = len(workspace.scores())
        say("patterns_recalculated", count=count)
        return count

    @contextlib.contextmanager
    def batch_connection(self) -> Iterator[PatternStore]:
        """Write what is recorded inside in one transaction at its end; nothing of it after an error."""
        with self._writing():
            yield self

    def get_patterns(
        self,
        pattern_type: str | None = None,
        min_priority: float = MIN_PRIORITY,
        limit: int = 20,
        context_tags: Sequence[str] | None = None,
        quarantine_status: str | None = None,
        exclude_quarantined: bool = True,
        min_trust: float | None = None,
        max_trust: float | None = None,
        include_inactive: bool = False,
        instrument_name: str | None = None,
        include_candidates: bool = False,
    ) -> list[StoredPattern]:
        """Return patterns, the highest priority first.

        ``context_tags``: any of them, written as :meth:`record_pattern` writes them; ``instrument_name``: of it or of none;
        ``include_inactive``: deprecated ones too; ``include_candidates``: what nobody reviewed too. Quarantined ones are left out
        unless asked for.
        """
        tags = None if context_tags is None else {*tags_told("context_tags", context_tags)}
        shown = [
            one
            for one in self._all(include_candidates)
            if (pattern_type is None or one.pattern_type == pattern_type)
            and one.priority_score >= min_priority
            and (tags is None or tags & {*one.context_tags})
            and (quarantine_status is None or one.quarantine_status == quarantine_status)
            and (quarantine_status is not None or not exclude_quarantined or one.quarantine_status != "quarantined")
            and (min_trust is None or one.trust_score >= min_trust)
            and (max_trust is None or one.trust_score <= max_trust)
            and (include_inactive or one.active)
            and (instrument_name is None or one.instrument_name in ("", instrument_name))
        ]
        return sorted(shown, key=lambda one: (-one.priority_score, one.id))[:limit]

    def get_pattern_by_id(self, pattern_id: str) -> StoredPattern | None:
        """Return one pattern or candidate; None where nothing has that id."""
        wanted = reference(pattern_id)
        return next((one for one in self._all(True) if one.id == wanted), None)

    def get_pattern_provenance(self, pattern_id: str) -> PatternProvenance | None:
        """Return where a pattern was discovered; None where nothing has that id."""
        try:
            candidate = self._candidate(reference(pattern_id))
            origin = candidate.origin if candidate else self.library.workspace.patterns.pattern_of(pattern_id).manifest.origin
        except UnknownPatternError:
            return None
        return provenance_of(origin or Origin())

    def get_high_trust_patterns(self, threshold: float = HIGH_TRUST) -> list[StoredPattern]:
        """Return patterns with at least so much trust, which comes from use alone: what was never used has 0.5."""
        return self.get_patterns(min_trust=threshold, min_priority=0.0, limit=_ALL)

    def get_low_trust_patterns(self, threshold: float = LOW_TRUST) -> list[StoredPattern]:
        """Return patterns with at most so much trust, quarantined ones among them."""
        return self.get_patterns(max_trust=threshold, min_priority=0.0, limit=_ALL, exclude_quarantined=False)

    def get_quarantined_patterns(self) -> list[StoredPattern]:
        """Return what is quarantined, by its evidence or a person's word."""
        return self.get_patterns(quarantine_status="quarantined", min_priority=0.0, limit=_ALL)

    def quarantine_pattern(self, pattern_id: str, reason: str = "other") -> None:
        """Keep a pattern out of prompts, whatever its evidence says; raises UnknownPatternError, UsageError."""
        decide(self.library.workspace, reference(pattern_id), "quarantined", reason_named(reason))
        say("pattern_quarantined", pattern=pattern_id, reason=reason)

    def validate_pattern(self, pattern_id: str, reason: str = "reviewed") -> None:
        """Vouch for a pattern, whatever its evidence says; raises UnknownPatternError, UsageError."""
        decide(self.library.workspace, reference(pattern_id), "validated", reason_named(reason))
        say("pattern_validated", pattern=pattern_id, reason=reason)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Batch]:
        if self._batch is not None:
            yield self._batch
            return
        self._batch = batch = Batch()
        try:
            yield batch
            self._write(batch)
        finally:
            self._batch = None

    def _write(self, batch: Batch) -> None:
        workspace = self.library.workspace
        if batch.put or batch.gone:
            there = workspace.candidates.read()
            per_week = workspace.settings.extraction.per_week
            put = guidance_notes.within_budget(list(batch.put.values()), there, per_week) if batch.put else []
            kept = [one for one in put if one.id in batch.put or one.id not in batch.gone]
            workspace.candidates.update(kept, batch.gone.values())
        workspace.ledger.record(*batch.events)
        for folder in batch.folders:
            shutil.rmtree(folder)
        for event, facts in batch.said:
            say(event, **facts)

    def _waiting(self, batch: Batch) -> list[Candidate]:
        there = {candidate.id: candidate for candidate in self._candidates() if candidate.id not in batch.gone}
        return list((there | batch.put).values())

    def _candidates(self) -> list[Candidate]:
        workspace = self.library.workspace
        refused = workspace.ledger.rejected_shapes()
        there = workspace.candidates.read() if workspace.repository else []
        return [candidate for candidate in there if candidate.shape not in refused]

    def _candidate(self, pattern_id: str) -> Candidate | None:
        """The candidate of an id, where no pattern has it; raises UnknownPatternError, and UsageError of what is no id."""
        wanted = parse_reference(reference(pattern_id))
        self.library.workspace.patterns.converge()
        with contextlib.suppress(UnknownPatternError):
            self.library.workspace.patterns.pattern_of(pattern_id)
            return None
        batch = self._batch or Batch()
        inside = next((one for one in batch.put.values() if wanted.names(one.id, 1, "")), None)
        found = inside or Inbox.of(self.library.workspace).named(pattern_id)
        if inside is None and (found.id in batch.gone or found.shape in self.library.workspace.ledger.rejected_shapes()):
            raise UnknownPatternError(pattern_id)
        return found

    def _digest(self, pattern_id: str) -> str:
        candidate = self._candidate(pattern_id)
        return digest_of(candidate.files()) if candidate else self.library.workspace.patterns.pattern_of(pattern_id).digest

    def _own_folder(self, pattern: Pattern) -> Path:
        workspace = self.library.workspace
        own, repository = workspace.need_library(), workspace.need_repository()
        folder = own.patterns / pattern.ref.id
        if pattern.library != own.name or own.read_only or not folder.is_dir():
            raise LibraryError(pattern.folder, "is not in your own library", "retire it where it lives")
        if repository.text("status", "--porcelain", "--ignored", "--", str(folder)):
            raise LibraryError(folder, "holds what is not committed", "commit it, then retire it")
        return folder

    def _all(self, with_candidates: bool) -> list[StoredPattern]:
        workspace = self.library.workspace
        workspace.patterns.converge()
        scores, sightings = workspace.scores(), workspace.ledger.sightings()
        rows = workspace.patterns.rows()
        newest = {(row.library, row.id): row for row in sorted(rows, key=lambda row: row.version)}
        documents = workspace.index.catalogue.documents([row.number for row in newest.values()]).values()
        found = [of_document(document, scores.get(document.digest, UNTESTED), sightings) for document in documents]
        taken = {one.id for one in found}
        waiting = [one for one in self._candidates() if one.id not in taken] if with_candidates else []
        return found + [of_candidate(one, scores.get(digest_of(one.files()), UNTESTED), sightings) for one in waiting]


def _known_by(pattern: Pattern) -> list[str]:
    """The shapes by which a pattern would be proposed again."""
    if pattern.code:
        symbol = pattern.manifest.origin.symbol if pattern.manifest.origin else ""
        return [shape_of(pattern.code, pattern.language, symbol)]
    manifest = pattern.manifest
    return [guidance_notes.shape_of_note(kind_of(manifest), manifest.name), *content_of(manifest)]


def _refusals(*shapes: str) -> list[Rejected]:
    at = datetime.now(UTC)
    return [Rejected(at=at, nonce=new_nonce(), shape=shape, reason="other") for shape in shapes]
