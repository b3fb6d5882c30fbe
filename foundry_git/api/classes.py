"""The public Python API: the classes of the first plan, over the same code as the command line.

from foundry_git import PatternLibrary, PatternExtractor, PatternInjector

library = PatternLibrary()                        # found from the current folder upwards
for id, code, description, relevance in library.search_patterns("retry with backoff"):
    ...
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundry_git.capture.harvest import harvest_folder, known_to
from foundry_git.errors import UnknownPatternError, UsageError
from foundry_git.evidence.scoring import UNTESTED, sentence
from foundry_git.extraction.screening import screened
from foundry_git.inbox import acceptance, feedback
from foundry_git.injection import prompt
from foundry_git.injection.blocks import local_of
from foundry_git.injection.selection import Chosen
from foundry_git.library.candidates import Candidate
from foundry_git.outcomes.reports import read_reports
from foundry_git.pattern.naming import code_file, free_id, slug_of
from foundry_git.pattern.record import Manifest, Origin
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.search.code_query import of_text
from foundry_git.search.find import find
from foundry_git.search.query import Filters, SearchQuery
from foundry_git.search.similarity import Resemblance, find_similar
from foundry_git.sessions import analysis
from foundry_git.sessions.reports.facts import report_facts
from foundry_git.sessions.reports.report import FORMATS
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.shapes import shape_of
from foundry_git.workspace import Workspace

FOUND_FIELDS = 4


@dataclass(frozen=True, slots=True)
class SearchResult:
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

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        """Open the library at ``path``, or the one found from the current folder upwards (or by ``FOUNDRY_LIBRARY``)."""
        folder = Path(path) if path is not None else Path.cwd()
        self.workspace = Workspace.open(folder, os.fspath(folder) if path is not None else None)

    def __enter__(self) -> PatternLibrary:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its files."""
        self.workspace.close()

    def extract_pattern(self, code: str, metadata: Mapping[str, Any], accept: bool = False) -> str:
        """Store a piece of code as a candidate, or with ``accept`` as a pattern in the work tree; return its ``id@version``.

        ``metadata``: ``description`` and ``language`` (default python); optional ``name``, ``tags``, ``framework``, ``kind``.
        Code of a shape that is known already is not stored again: the known id comes back.

        Raises:
            SecretFoundError: the code holds a secret. PrivateDataError: an address or a home folder in a literal.
            UsageError: the metadata lacks a description or names an unknown language.
        """
        known = known_to(self.workspace)
        shape = shape_of(code, _language(metadata))
        if shape in known.accepted:
            return str(self.workspace.patterns.pattern_of(known.accepted[shape].id).ref)
        twin = next((candidate for candidate in known.candidates if candidate.shape == shape), None)
        candidate = twin or _candidate(code, metadata, shape, known.ids | {c.id for c in known.candidates})
        candidate = screened(candidate, self.workspace.settings.screen)
        if twin is None:
            self.workspace.candidates.update([candidate])
        return str(acceptance.accept(self.workspace, [candidate.id])[0].ref) if accept else f"{candidate.id}@1"

    def search_patterns(
        self, query: str, limit: int | None = None, language: str = "", framework: str = "", tags: Sequence[str] = ()
    ) -> list[SearchResult]:
        """Find patterns by meaning and word, best first; empty when nothing fits."""
        filters = Filters(languages=frozenset({language} if language else ()), framework=framework, tag=tags[0] if tags else "")
        answer, _ = find(self.workspace, SearchQuery(query, filters, limit))
        wanted = [hit for hit in answer.hits if set(tags) <= set(hit.document.tags)]
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
        asked = of_text(code.encode("utf-8", "surrogatepass"), language and _language({"language": language}))
        return find_similar(self.workspace, asked, accepted_only)

    def apply_pattern(self, pattern_id: str, context: str | None = None) -> dict[str, Any] | None:
        """Return a pattern with its evidence, licence and origin for use; None when there is none of that name.

        ``success_rate`` is a percentage, None while there is not enough evidence. ``use`` is ``import`` where the code lives unchanged
        in this repository (``place`` and ``import_line`` then say how), else ``copy``. ``context``, what it is wanted for, comes back
        with the answer.
        """
        self.workspace.patterns.converge()
        try:
            pattern = self.workspace.patterns.pattern_of(pattern_id)
        except UnknownPatternError:
            return None
        score = self.workspace.scores().get(pattern.digest, UNTESTED)
        origin, local = pattern.manifest.origin or Origin(), local_of(pattern, self.workspace.repository)
        return {
            "id": pattern.ref.id,
            "version": pattern.ref.version,
            "library": pattern.library,
            "code": pattern.code,
            "description": pattern.manifest.description,
            "suggested_action": pattern.manifest.suggested_action,
            "language": pattern.language,
            "framework": pattern.manifest.framework,
            "success_rate": score.mean * 100 if score.enough else None,
            "usage_count": score.adopted,
            "success_count": score.passed,
            "rated_count": score.ratings,
            "injected_count": score.injected,
            "avg_rating": score.mean_rating,
            "evidence": sentence(score),
            "licence": origin.licence,
            "origin": f"{origin.repository} {origin.path}".strip(),
            "path": str(pattern.code_path),
            "use": "import" if local else "copy",
            "place": local.place if local else "",
            "import_line": local.import_line if local else "",
            "context": context,
        }

    def rate_pattern(self, pattern_id: str, rating: int, session_id: str | None = None) -> None:
        """Rate a pattern 1 to 5 for a session; 4 and 5 count as success. A later rating of the same session replaces the first.

        Raises:
            UsageError: the rating is not 1 to 5. UnknownPatternError: no pattern has that name.
        """
        if rating not in range(1, 6):
            raise UsageError(f"rating {rating}: must be 1 to 5")
        feedback.record_rating(self.workspace, pattern_id, rating, session=session_id)


class PatternExtractor:
    """Finds candidates in folders of code."""

    def __init__(self, library: PatternLibrary) -> None:
        self.library = library

    def extract_from_session(self, session_dir: str | os.PathLike[str], junit: Sequence[str] = ()) -> int:
        """Extract every unit below a folder; return how many new candidates were stored.

        ``junit`` names reports of its tests (files, globs, folders): those that passed come along.

        Raises:
            ReportError: one of them cannot be read.
        """
        reports = read_reports(junit, Path.cwd())
        harvest = harvest_folder(self.library.workspace, Path(session_dir), reports=reports)
        return len(harvest.intake.put)


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
        among them ``completion``, ``tests`` (coverage) and ``cost``, numbers or None, and ``context``, ``time``, ``tokens`` and
        ``patterns``, mappings. Analysing it again writes the report again and records nothing twice. ``report`` is where that is.

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
        return facts | {"report": str(place)}


def _language(metadata: Mapping[str, Any]) -> str:
    language = str(metadata.get("language") or "python")
    if language not in EXTENSIONS:
        raise UsageError(f"language {language!r}: is none of {', '.join(EXTENSIONS)}")
    return language


def _candidate(code: str, metadata: Mapping[str, Any], shape: str, taken: frozenset[str] | set[str]) -> Candidate:
    language, description = _language(metadata), scrubbed_prose(str(metadata.get("description") or "").strip())
    if not description:
        raise UsageError("metadata: description is missing; say in one sentence what the code does")
    name = scrubbed_prose(str(metadata.get("name") or description))
    id = free_id(language, slug_of(name), taken)
    manifest = Manifest(
        name=name,
        kind=str(metadata.get("kind") or "function"),
        description=description,
        language=language,
        code=code_file(id.partition("/")[2], EXTENSIONS[language]),
        framework=str(metadata.get("framework") or ""),
        tags=tuple(str(tag) for tag in metadata.get("tags") or ()),
        origin=Origin(author_date=datetime.now(UTC).isoformat(timespec="seconds")),
    )
    return Candidate(id, manifest, code if code.endswith("\n") else f"{code}\n", shape, "", "", 50, ("given by hand",))
