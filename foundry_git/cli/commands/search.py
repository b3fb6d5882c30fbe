"""``foundry search``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from foundry_git.cli import output
from foundry_git.cli.opening import opened, warn_of
from foundry_git.errors import UsageError
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.search.query import Filters
from foundry_git.search.search import Answer, Hit
from foundry_git.workspace.finding import find, refuse_unknown_filters

MOST_SURE = 0.99  # nothing that was fitted on samples is certain
NO_WEIGHTS = "foundry: searched by word only; for search by meaning: pip install 'foundry-git[model]'"
SWITCHED_OFF = "foundry: searched by word only, as your config.yaml says (encoder.enabled)"


def search(options: argparse.Namespace) -> int:
    """Find patterns."""
    query = " ".join(options.query)
    if not query.strip():
        raise UsageError("the query is empty; say in your own words what the code should do")
    if options.limit is not None and options.limit < 1:
        raise UsageError(f"--limit {options.limit}: must be at least 1")
    languages = frozenset({options.language} if options.language else ())
    filters = Filters(languages, options.framework, options.tag, options.kind, options.source)
    with opened(options, wake=True) as workspace:
        refuse_unknown_filters(workspace, filters)
        answer, problems = find(workspace, query, filters, options.limit, output.Bar("encoding"))
        warn_of(problems)
        scores = workspace.scores()
        if not answer.by_meaning:
            output.remark(NO_WEIGHTS if workspace.settings.encoder.enabled else SWITCHED_OFF)
        if options.json:
            output.say_json([as_json(hit, scores) for hit in answer.hits])
        else:
            _print(answer, scores)
    return 0


def as_json(hit: Hit, scores: Mapping[str, Score]) -> dict[str, object]:
    """One hit for programs."""
    document = hit.document
    return {
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
    }


def _print(answer: Answer, scores: Mapping[str, Score]) -> None:
    width = output.terminal_width()
    for hit in answer.hits:
        document = hit.document
        name = f"{document.library}:{document.id}@{document.version}"
        output.say(f"{min(hit.relevance, MOST_SURE):>4.0%}  {output.styled(name, 'bold')}")
        output.say(f"      {output.shortened(document.description, width - 6)}")
        why = " + ".join(f"{part} {value:.2f}" for part, value in hit.parts.items() if abs(value) >= 0.005)
        evidence = sentence(scores.get(document.digest, UNTESTED))
        output.say(output.styled(f"      {evidence} · {why} · {_place(document.path)}", "dim"))
    if not answer.hits:
        nearest = answer.nearest
        near = f"; nearest was {nearest.document.id} ({nearest.relevance:.0%})" if nearest else ""
        output.say(f"Nothing fits{near}.")


def _place(path: str) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else path
