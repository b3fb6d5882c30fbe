"""Regression: the queries of a library, asked of it as it is and as it was, and what is worse."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git.errors import ConfigurationError, LibraryError, UsageError
from foundry_git.git.repository import Repository
from foundry_git.library.library import Library
from foundry_git.library.past import library_at
from foundry_git.library.queries import Queries, Query, queries_file, read_queries
from foundry_git.library.reading import read_library
from foundry_git.progress import Progress
from foundry_git.review.library_alone import Answered, LibraryAlone
from foundry_git.search.evaluation import Figures, below, measure, regressions
from foundry_git.workspace import Workspace


class QueryComparison(Struct, frozen=True):
    """The library as it is against ``commit``, on the queries that it could have passed there.

    A query whose expected patterns were all missing there is left out of ``now`` and ``before``: a library that grows must not make
    up with new patterns for what it lost of the old ones. ``lost`` passed there and fail now, ``won`` the reverse; ``added`` and
    ``gone`` are the queries that only one of the two files holds.
    """

    commit: str
    now: Figures
    before: Figures
    lost: tuple[Answered, ...]
    won: tuple[Answered, ...]
    added: tuple[Query, ...]
    gone: tuple[Query, ...]


class QueryReport(Struct, frozen=True):
    """What the queries got; ``findings`` says why that is not good enough, one sentence each."""

    answers: tuple[Answered, ...]
    figures: Figures
    comparison: QueryComparison | None
    findings: tuple[str, ...]
    by_meaning: bool


def examine(workspace: Workspace, base: str | None = None, progress: Progress | None = None) -> QueryReport:
    """Ask the queries of the project's own library; with ``base``, a revision, of what it was there too.

    Findings are rates below ``at_least`` of ``queries.yaml``; with ``base``, rates and lengths that are worse than there; with
    neither, that a query fails.

    Raises:
        LibraryError: the library has no query that can be asked.
        UnknownRevisionError, UsageError: ``base`` names no commit, or one without the library.
    """
    library = workspace.need_library()
    queries, problems = read_queries(library)
    if not queries.asked:
        reason = "holds no query that can be asked" if problems else "is not there"
        raise LibraryError(queries_file(library), reason, "write queries as docs/library-format.md says")
    answers = LibraryAlone.of(library, workspace).ask(queries.asked, progress)
    figures = measure([one.outcome for one in answers])
    comparison = _compared(workspace, library, queries, answers, base, progress) if base is not None else None
    findings = below(figures, queries.at_least)
    if comparison:
        findings += [f"{said}, against {base}" for said in regressions(comparison.now, comparison.before)]
    elif not queries.at_least and (failing := sum(not one.passed for one in answers)):
        findings.append(
            f"{failing} of {len(answers)} queries fail, and `at_least` of {queries_file(library).name} allows for none"
        )
    return QueryReport(tuple(answers), figures, comparison, tuple(findings), workspace.index.encoder is not None)


def _compared(
    workspace: Workspace, library: Library, queries: Queries, now: Sequence[Answered], base: str, progress: Progress | None
) -> QueryComparison:
    repository = Repository.at(library.root)
    commit = repository.resolve(base)
    with tempfile.TemporaryDirectory(prefix="foundry-") as folder:
        past = library_at(library, repository, commit, Path(folder))
        there = {pattern.ref.id for pattern in read_library(past)[0] if pattern.deprecation is None}
        before = _asked_there(workspace, past, queries.asked, commit, progress)
        old = set(read_queries(past)[0].asked)
    pairs = [
        pair for pair in zip(now, before, strict=True) if not pair[0].query.expect or there.intersection(pair[0].query.expect)
    ]
    return QueryComparison(
        commit=commit,
        now=measure([is_now.outcome for is_now, _ in pairs]),
        before=measure([was.outcome for _, was in pairs]),
        lost=tuple(is_now for is_now, was in pairs if was.passed and not is_now.passed),
        won=tuple(is_now for is_now, was in pairs if is_now.passed and not was.passed),
        added=tuple(query for query in queries.asked if query not in old),
        gone=tuple(sorted(old - {*queries.asked}, key=lambda query: query.ask)),
    )


def _asked_there(
    workspace: Workspace, past: Library, queries: Sequence[Query], commit: str, progress: Progress | None
) -> list[Answered]:
    try:
        return LibraryAlone.of(past, workspace).ask(queries, progress)
    except ConfigurationError as error:
        raise UsageError(f"{commit[:10]}: {past.file.name} there: {'; '.join(error.problems)}; name another revision") from None
