"""The public Python API: the classes of the first plan, over the same code as the command line.

from foundry_git import PatternLibrary, PatternExtractor, PatternInjector

library = PatternLibrary()                        # found from the current folder upwards
for id, code, description, relevance in library.search_patterns("retry with backoff"):
    ...
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from foundry_git.api import applied
from foundry_git.api.arguments import library_folder, reference
from foundry_git.api.not_known import printable
from foundry_git.capture.harvest import harvest_folder, known_to
from foundry_git.errors import UnknownPatternError, UsageError
from foundry_git.extraction.next_version import next_ref
from foundry_git.extraction.screening import screened
from foundry_git.inbox import acceptance, feedback
from foundry_git.inbox.given_code import candidate_of, language_named, shape_of_given
from foundry_git.inbox.inbox import meant_by
from foundry_git.injection import prompt
from foundry_git.injection.selection import Chosen
from foundry_git.library.candidates import Candidate
from foundry_git.outcomes.reports import read_reports
from foundry_git.pattern.naming import PatternRef
from foundry_git.pattern.tags_told import tags_told
from foundry_git.search.code_query import of_text
from foundry_git.search.find import find
from foundry_git.search.query import Filters, SearchQuery
from foundry_git.search.similarity import Resemblance, find_similar
from foundry_git.sessions import analysis
from foundry_git.sessions.reports.facts import report_facts
from foundry_git.sessions.reports.report import FORMATS
from foundry_git.workspace import Workspace

FOUND_FIELDS = 4


class SearchResult(Struct, frozen=True):
    """One search result; unpacks as the plan's ``(id, code, description, relevance)``. ``relevance`` is a probability, 0–1."""

    id: str
    code: str
    description: str
    relevance: float
    version: int
    library: str
    digest: str
    path: str
    score: float
    parts: Mapping[str, float]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.id, self.code, self.description, self.relevance))

    def __len__(self) -> int:
        return FOUND_FIELDS

    def __getitem__(self, at: int) -> Any:
        return tuple(self)[at]


class EnhancedPrompt(str):
    """A prompt with patterns in it: a plain string, and with it the ``receipt`` and what was put in.

    The receipt is "" when nothing was to be put in; a prompt that was withheld by lot has one, and no patterns.
    """

    __slots__ = ("patterns", "receipt")

    receipt: str
    patterns: tuple[Chosen, ...]

    @classmethod
    def of(cls, injection: prompt.Injection) -> EnhancedPrompt:
        """Wrap an injection."""
        prompt = cls(injection.prompt)
        prompt.receipt, prompt.patterns = injection.receipt, injection.chosen
        return prompt


class PatternLibrary:
    """A library with its index and evidence; works in any clone, with no server. Use it in a ``with`` block, or close it."""

    def __init__(self, path: str | os.PathLike[str] | None = None, db_path: str | os.PathLike[str] | None = None) -> None:
        """Open the library at ``path``, or the one found from the current folder upwards (or by ``FOUNDRY_LIBRARY``).

        Raises:
            UsageError: ``path`` is a database, or ``db_path`` is given, which the first plan called it.
        """
        folder = library_folder(path, db_path)
        self.workspace = Workspace.open(folder or Path.cwd(), os.fspath(folder) if folder is not None else None)

    def __enter__(self) -> PatternLibrary:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its files."""
        self.workspace.close()

    def extract_pattern(self, code: str, metadata: Mapping[str, Any], accept: bool = False) -> str:
        """Store a piece of code as a candidate, or with ``accept`` as a pattern in the work tree; return its ``id@version``.

        ``metadata``: ``description`` and ``language`` (default python); optional ``name``, ``tags`` (any words), ``framework``,
        ``kind``. Code of a shape that is known already is not stored again: the known id comes back.

        Raises:
            SecretFoundError: the code holds a secret. PrivateDataError: an address or a home folder in a literal.
            UsageError: the code is empty, not valid in its language, or was refused before; the metadata lacks a description or
            holds what fits no manifest.
        """
        shape = shape_of_given(code, language_named(metadata.get("language")))
        known = known_to(self.workspace)
        if shape in known.rejected and not accept:
            raise UsageError("code: of this shape was refused before, and is not asked about again; accept=True takes it in")
        if shape in known.accepted:
            return str(self.workspace.patterns.pattern_of(known.accepted[shape].id).ref)
        twin = next((candidate for candidate in known.candidates if candidate.shape == shape), None)
        candidate = twin or candidate_of(code, metadata, shape, known.ids | {c.id for c in known.candidates})
        candidate = screened(candidate, self.workspace.settings.screen)
        if twin is None:
            self.workspace.candidates.update([candidate])
        if accept:
            return str(acceptance.accept(self.workspace, [candidate.id])[0].ref)
        return str(next_ref(candidate) or PatternRef(candidate.id, 1))

    def search_patterns(
        self, query: str, limit: int | None = None, language: str = "", framework: str = "", tags: Sequence[str] = ()
    ) -> list[SearchResult]:
        """Find patterns by meaning and word, best first; empty when nothing fits. ``tags``: all of them.

        Raises:
            UsageError: a tag is no word.
        """
        asked = tags_told("tags", tags)
        filters = Filters(languages=frozenset({language} if language else ()), framework=framework, tag=asked[0] if asked else "")
        answer, _ = find(self.workspace, SearchQuery(query, filters, limit))
        wanted = [hit for hit in answer.hits if set(asked) <= set(hit.document.tags)]
        return [
            SearchResult(
                id=hit.document.id,
                code=hit.document.code,
                description=hit.document.description,
                relevance=hit.relevance,
                version=hit.document.version,
                library=hit.document.library,
                digest=hit.document.digest,
                path=hit.document.path,
                score=hit.score,
                parts=dict(hit.parts),
            )
            for hit in wanted
        ]

    def find_similar(self, code: str, language: str = "", accepted_only: bool = False) -> list[Resemblance]:
        """Compare the definitions in a piece of code with the accepted patterns and the units of HEAD.

        Raises:
            UsageError: the code is empty, or in no language that is read.
        """
        asked = of_text(code.encode("utf-8", "surrogatepass"), language and language_named(language))
        return find_similar(self.workspace, asked, accepted_only)

    def apply_pattern(self, pattern_id: str, context: str | None = None) -> dict[str, Any] | None:
        """Return a pattern or candidate with its evidence, licence and origin for use; None when there is none of that name.

        ``success_rate`` is a percentage, the mean of what the evidence says (50 while it says nothing), and ``decided`` tells whether
        there is enough evidence for it. ``reviewed`` is False of a candidate, and ``note`` says what that means. ``use`` is ``import``
        where the code lives unchanged in this repository (``place`` and ``import_line`` then say how), else ``copy``. ``context``, what
        it is wanted for, comes back with the answer.

        Raises:
            UsageError: the id is a number, or no name at all.
        """
        workspace = self.workspace
        workspace.patterns.converge()
        try:
            found = meant_by(workspace, reference(pattern_id))
        except UnknownPatternError:
            return None
        if isinstance(found, Candidate):
            version = next_ref(found) or PatternRef(found.id, 1)
            return applied.of_candidate(found, version.version, workspace.scores(), context)
        return applied.of_pattern(found, workspace.ledger, workspace.scores(), workspace.repository, context)

    def rate_pattern(self, pattern_id: str, rating: int, session_id: str | None = None) -> None:
        """Rate a pattern or candidate 1 to 5 for a session; 4 and 5 count as success. A later rating of the same session replaces
        the first, and what is said of a candidate stays with it when it is accepted.

        Raises:
            UsageError: the rating is not 1 to 5, or the id is a number. UnknownPatternError: nothing has that name.
        """
        if rating not in range(1, 6):
            raise UsageError(f"rating {rating}: must be 1 to 5")
        feedback.record_rating(self.workspace, reference(pattern_id), rating, session=session_id)


class PatternExtractor:
    """Finds candidates in folders of code."""

    def __init__(self, library: PatternLibrary) -> None:
        self.library = library

    def extract_from_session(self, session_dir: str | os.PathLike[str], junit: Sequence[str] = ()) -> int:
        """Extract every unit below a folder; return how many candidates were not there before.

        ``junit`` names reports of its tests (files, globs, folders): those that passed come along.

        Raises:
            ReportError: one of them cannot be read.
        """
        reports = read_reports(junit, Path.cwd())
        workspace = self.library.workspace
        before = {candidate.id for candidate in workspace.candidates.read()}
        harvest = harvest_folder(workspace, Path(session_dir), reports=reports)
        return sum(candidate.id not in before for candidate in harvest.intake.put)


class PatternInjector:
    """Puts patterns into prompts."""

    def __init__(self, library: PatternLibrary) -> None:
        self.library = library

    def enhance_prompt(self, original_prompt: str, task_description: str, session_id: str | None = None) -> EnhancedPrompt:
        """Put the patterns that fit the task into the prompt; byte for byte the same prompt when none fits."""
        return EnhancedPrompt.of(prompt.inject(self.library.workspace, original_prompt, task_description, session_id))


class SessionAnalyzer:
    """Measures build sessions from their logs."""

    def __init__(self, library: PatternLibrary, transcripts: str | os.PathLike[str] | None = None) -> None:
        """``transcripts``: the folder in which sessions are found by name; without it where Claude Code keeps this project's."""
        self.library = library
        self._transcripts = Path(transcripts) if transcripts is not None else None

    def analyze(
        self, session: str | os.PathLike[str], form: str = "markdown", output: str | os.PathLike[str] | None = None
    ) -> dict[str, Any]:
        """Measure a session, write its report, rate the patterns it adopted by its completion, and return the metrics.

        ``session``: a session folder, a transcript, or a session's name. The keys are those of ``foundry agent analyze --json``:
        among them ``completion``, ``tests`` (coverage) and ``cost``, numbers, and ``context``, ``time``, ``tokens`` and ``patterns``,
        mappings. A number of these that the log does not tell is :data:`NOT_KNOWN`, which prints as n/a in any format. Analysing it
        again writes the report again and records nothing twice. ``report`` is where that is.

        Raises:
            SessionError: no log has that name, or it cannot be read.
            UsageError: ``form`` is none of markdown, html, json.
        """
        if form not in FORMATS:
            raise UsageError(f"form {form!r}: is none of {', '.join(FORMATS)}")
        workspace = self.library.workspace
        workspace.patterns.converge()
        path = analysis.found_sessions(analysis.transcript_folders(workspace.repository, self._transcripts), [os.fspath(session)])
        report = analysis.analyse(workspace, path)
        place = analysis.write_report(workspace.repository, report, form, Path(output) if output is not None else None)
        facts: dict[str, Any] = report_facts(report)
        return printable(facts) | {"report": str(place)}
