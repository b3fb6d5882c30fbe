"""``python -m benchmarks.retrieval DIR … [--json]``: every figure of every method on folders of labelled queries."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import write
from benchmarks.retrieval.figures import gain, macro, measured, summary
from benchmarks.retrieval.labelled import Labelled, Query, read_labelled
from benchmarks.retrieval.methods import BASELINE, Remembering, corpora, filled, rankings
from benchmarks.retrieval.plain import Plain
from foundry_git.errors import TO_SEARCH_BY_MEANING
from foundry_git.index.document import Document
from foundry_git.index.index import Index
from foundry_git.search.query import Question
from foundry_git.search.search import Corpus
from foundry_git.workspace import UserFolders, Workspace

Rows = dict[Query, tuple[float, float, float]]
Figures = dict[str, Any]
"""As it is printed: figures by name, in groups."""
DEEP = 200  # documents among which the best ten files are looked for


def main() -> None:
    """Measure and print; as a table also write ``results/retrieval.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="holds corpus.jsonl, queries.jsonl and qrels.tsv")
    parser.add_argument("--json", action="store_true", help="print everything as JSON: methods, of several DIRs by their names")
    options = parser.parse_args()
    if Workspace(None, None, UserFolders.usual(), {}).index.encoder is None:
        parser.error(f"the weights are missing, so these would be figures of words alone: {TO_SEARCH_BY_MEANING}")
    found = {folder.name: run(read_labelled(folder)) for folder in options.folders}
    if options.json:
        print(json.dumps(found if len(found) > 1 else next(iter(found.values())), indent=2))
        return
    for name, figures in found.items():
        print(name)
        _print(figures)
    write("retrieval", found, quiet=True)


def run(labelled: Labelled) -> dict[str, Figures]:
    """Figures by method: ``macro`` over sets, each set, language and kind of query, and the same for the mixed corpus.

    In a mixed corpus all groups are searched at once and no language is filtered; files of repositories are never mixed.
    """
    folders = UserFolders.usual()
    opened = Workspace(None, None, folders, {}).index.encoder
    encoder = Remembering(opened) if opened else None

    def corpora_of(documents: Sequence[Document]) -> Corpora:
        index = filled(documents, Index(None, folders.cache, lambda: encoder))
        return Corpora(index, corpora(index), Plain(documents, encoder, folders.cache) if encoder else None)

    grouped = {group: corpora_of(documents) for group, documents in labelled.groups.items()}
    rows = _measured(labelled, lambda query: grouped[query.group], mixed=False)
    mixed: dict[str, Rows] = {}
    if not labelled.of_files:
        whole = corpora_of([document for documents in labelled.groups.values() for document in documents])
        mixed = _measured(labelled, lambda query: whole, mixed=True)
    found = {name: _figures(one) | _gains(name, rows, mixed) for name, one in rows.items()}
    for name, one in mixed.items():
        found[name]["mixed"] = _figures(one)
    return found


@dataclass(frozen=True, slots=True)
class Corpora:
    """One index, its corpora by language, and the baseline over the same documents."""

    index: Index
    of: Callable[[str], Corpus]
    plain: Plain | None


def _measured(labelled: Labelled, where: Callable[[Query], Corpora], mixed: bool) -> dict[str, Rows]:
    rows: dict[str, Rows] = {}
    for query in labelled.queries:
        searched = where(query)
        corpus, question = searched.of("" if mixed or labelled.of_files else query.language), Question.of(query.text)
        for name, ranked in rankings(searched.index, question, corpus, searched.plain).items():
            places = [corpus.by_number[one.number] for one in ranked[:DEEP]]
            ids = [f"{row.place.partition(':')[0]}:{row.path}" if labelled.of_files else row.place for row in places]
            rows.setdefault(name, {})[query] = measured(list(dict.fromkeys(ids)), labelled.relevance.get(query.id, {}))
    return rows


def _figures(rows: Rows) -> Figures:
    sets, languages, kinds = _by(rows, "set"), _by(rows, "language"), _by(rows, "kind")
    return {
        "macro": macro(list(sets.values())),
        "sets": {name: summary(some) for name, some in sets.items()},
        "languages": {name or "any": summary(some) for name, some in languages.items()},
        "kinds": {name: summary(some) for name, some in kinds.items() if name},
    }


def _gains(name: str, rows: dict[str, Rows], mixed: dict[str, Rows]) -> Figures:
    """What a method gains over the baseline, with a paired interval."""
    found: Figures = {}
    for label, some in (("over baseline", rows), ("over baseline mixed", mixed)):
        if BASELINE in some and name != BASELINE:
            found[label] = gain(list(_by(some[name], "set").values()), list(_by(some[BASELINE], "set").values()))
    return found


def _by(rows: Rows, field: str) -> dict[str, list[tuple[float, float, float]]]:
    groups: dict[str, list[tuple[float, float, float]]] = {}
    for query, one in rows.items():
        groups.setdefault(getattr(query, field), []).append(one)
    return groups


def _print(found: Mapping[str, Figures]) -> None:
    for name, figures in found.items():
        whole = figures["macro"]
        sets = "  ".join(f"{one} {some['ndcg@10']:.3f}" for one, some in figures["sets"].items())
        mixed = figures.get("mixed", {}).get("macro", {}).get("ndcg@10")
        print(f"{name:28} {whole['ndcg@10']:.4f} {whole['ndcg@10 interval']}  {sets}" + (f"  mixed {mixed:.4f}" if mixed else ""))


if __name__ == "__main__":
    main()
