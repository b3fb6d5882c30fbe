"""``foundry search``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.cli.command_workspace import Opening, opened, warn_of, warn_of_words_alone
from foundry_git.errors import UsageError
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.index.document import HEAD, Document, DocumentRow
from foundry_git.search.answer import Answer, Hit
from foundry_git.search.find import find, refuse_unknown_filters
from foundry_git.search.query import Filters, SearchQuery
from foundry_git.source.callers import Callers
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.search.head_units import HeadUnits

MOST_SURE = 0.99  # nothing that was fitted on samples is certain
MOST_ALSO = 3  # places named of what is folded under a hit
FACETS = ("library", "language", "kind", "framework", "tags")

_EXPLAINED = {
    "meaning": "cosine of the question and what it is",
    "words": "words of the question in it, rare ones counting more",
    "name": "called what the question names",
    "file": "its file is called so",
    "language": "in the language that the question names",
    "mates": "others in its file answer too",
    "prose": "described, and prose is near to any question",
    "kind": "a type stands for its methods",
    "place": "deep in folders, or tests, examples, superseded code",
    "evidence": "what became of it where it was used",
}

CallersOf = Mapping[str, Callers]


def run(options: argparse.Namespace, opening: Opening = opened) -> int:
    """Find patterns, and what stands at HEAD unreviewed, in the workspace that ``opening`` gives."""
    text = " ".join(options.query)
    if not text.strip():
        raise UsageError("the query is empty; say in your own words what the code should do")
    if options.limit is not None and options.limit < 1:
        raise UsageError(f"--limit {options.limit}: must be at least 1")
    if options.unreviewed_only and options.source:
        raise UsageError("--unreviewed-only and --from exclude each other: what nobody reviewed is in no library")
    languages = frozenset({options.language} if options.language else ())
    source = HEAD if options.unreviewed_only else options.source
    filters = Filters(languages, options.framework, options.tag, options.kind, source)
    query = SearchQuery(text, filters, options.limit, with_units=not options.accepted_only)
    with opening(options, wake=True) as workspace:
        refuse_unknown_filters(workspace, query)
        answer, problems = find(workspace, query, output.ProgressBar)
        warn_of(problems)
        if not answer.by_meaning:
            warn_of_words_alone(workspace.settings.encoder)
        units = _head_units(workspace) if query.with_units else None
        scores = workspace.scores()
        scores.ahead([hit.document.digest for hit in answer.hits])
        _answer(scores, answer, options, units)
        if units:
            _go_on_encoding(workspace, units, answer.by_meaning)
    return 0


def as_json(hit: Hit, scores: Mapping[str, Score], callers: CallersOf | None = None) -> dict[str, object]:
    """One hit for programs; of a unit of HEAD ``path`` is relative to the repository, ``line`` its first one there."""
    document = hit.document
    found: dict[str, object] = {
        "id": document.id,
        "version": document.version,
        "library": document.library,
        "name": document.name,
        "description": document.description,
        "language": document.language,
        "framework": document.framework,
        "tags": list(document.tags),
        "kind": document.kind,
        "digest": document.digest,
        "score": round(hit.score, 6),
        "relevance": round(hit.relevance, 4),
        "parts": {name: round(part, 6) for name, part in hit.parts.items()},
        "evidence": sentence(scores.get(document.digest, UNTESTED)),
        "path": document.path,
        "also": [place_of(one) for one in hit.also],
        "requires": list(document.requires),
        "conflicts": list(document.conflicts),
        "reviewed": not document.line,
    }
    if document.line:
        used = (callers or {}).get(document.place)  # who calls a method is not told by words
        found |= {"line": document.line, "callers": used.files if used else None}
    return found


def place_of(document: Document) -> str:
    """What one types or opens: ``team:python/retry@2``, or ``billing/time.py:41``."""
    if document.line:
        return f"{document.path}:{document.line}"
    return f"{document.library}:{document.id}@{document.version}"


def facets(rows: Sequence[DocumentRow]) -> dict[str, dict[str, int]]:
    """How many of the rows have each value of each field that one filters by, the most frequent first."""
    found = {}
    for field in FACETS:
        values = [value for row in rows for value in (row.tags if field == "tags" else (getattr(row, field),)) if value]
        found[field] = dict(sorted(Counter(values).items(), key=lambda one: (-one[1], one[0])))
    return found


def _answer(scores: Mapping[str, Score], answer: Answer, options: argparse.Namespace, units: HeadUnits | None) -> None:
    if options.facets:
        counts = facets(answer.fitting)
        if options.json:
            output.say_json(counts)
        else:
            _print_facets(counts, len(answer.fitting))
        return
    callers = units.callers([hit.document for hit in answer.hits if hit.document.line]) if units else {}
    if options.json:
        output.say_json([as_json(hit, scores, callers) for hit in answer.hits])
    else:
        _print(answer, scores, callers, options.explain)


def _head_units(workspace: Workspace) -> HeadUnits | None:
    from foundry_git.search.head_units import HeadUnits  # 25 ms that a search of accepted patterns alone does not pay

    return HeadUnits.of(workspace)


def _go_on_encoding(workspace: Workspace, units: HeadUnits, by_meaning: bool) -> None:
    """Say how far the units of HEAD are encoded, where not all are, and let that go on in the background."""
    from foundry_git.search.search import AT_ONCE
    from foundry_git.worker.launch import wake_for_units

    done, total = units.encoded()
    if by_meaning and done < total:
        others = f"of the others up to {min(AT_ONCE, total - done)}, the likeliest by word; they are being encoded"
        output.remark(f"foundry: {done:,} of {total:,} units of HEAD are encoded and compared by meaning, {others}")
        wake_for_units(workspace)


def _print(answer: Answer, scores: Mapping[str, Score], callers: CallersOf, explain: bool) -> None:
    width = output.terminal_width()
    if answer.missing:
        output.say(output.styled(f"Nothing fits in {' or '.join(answer.missing)}; in other languages:", "dim"))
    for hit in answer.hits:
        document = hit.document
        output.say(f"{min(hit.relevance, MOST_SURE):>4.0%}  {output.styled(_title(document), 'bold')}")
        if document.description:
            output.say(f"      {output.shortened(document.description, width - 6)}")
        output.say(output.styled(f"      {_standing(document, scores, callers)}", "dim"))
        for word, others in (("requires", document.requires), ("conflicts with", document.conflicts)):
            if others:
                output.say(output.styled(f"      {word} {', '.join(others)}", "dim"))
        if hit.also:
            more = f" and {len(hit.also) - MOST_ALSO} more" if len(hit.also) > MOST_ALSO else ""
            output.say(output.styled(f"      also {', '.join(map(place_of, hit.also[:MOST_ALSO]))}{more}", "dim"))
        if explain:
            _explain(hit)
    if not answer.hits:
        nearest = answer.nearest
        near = f"; nearest was {_title(nearest.document)} ({nearest.relevance:.0%})" if nearest else ""
        output.say(f"Nothing fits{near}.")


def _title(document: Document) -> str:
    return f"{place_of(document)}  {document.name}" if document.line else place_of(document)


def _standing(document: Document, scores: Mapping[str, Score], callers: CallersOf) -> str:
    """What is known of it: of a pattern what became of it and where it is, of a unit of HEAD who uses it."""
    if not document.line:
        return f"{sentence(scores.get(document.digest, UNTESTED))} · {output.from_here(document.path)}"
    found = callers.get(document.place)
    if found is None:  # who calls a method is not told by words
        return "unreviewed"
    tests = f" and {output.counted(found.tests, 'test file')}" if found.tests else ""
    return f"{output.used_in(found.files)}{tests} · unreviewed"


def _explain(hit: Hit) -> None:
    rows = [[f"{part:+.3f}", name, _EXPLAINED.get(name, "")] for name, part in hit.parts.items() if part]
    rows.append([f"{hit.score:.3f}", "score", "orders the hits; the percentage is the probability that it answers"])
    for line in output.table(rows, indent="        "):
        output.say(output.styled(line, "dim"))


def _print_facets(counts: Mapping[str, Mapping[str, int]], total: int) -> None:
    output.say(f"{output.counted(total, 'hit')} in all")
    rows = [[field, ", ".join(f"{value} {count}" for value, count in found.items())] for field, found in counts.items() if found]
    for line in output.table(rows):
        output.say(line)
