"""Labelled queries over a corpus of code, as files: what is searched, what is asked, and what answers it.

A folder holds ``corpus.jsonl`` {id, set, language, code, name?, doc?, repo?, path?, kind?}, ``queries.jsonl`` {id, set, query,
language?, repo?, category?} and ``qrels.tsv`` (query, document or file ``repo:path``, relevance).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry_git.index.document import Document
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.source.descriptions import first_sentence
from foundry_git.source.reader import stored_code, units_in

SAYS_NOTHING = frozenset({"main", ""})
_DEFINED = re.compile(r"\b(?:def|fn|func|function|class|struct|enum|trait|interface|type|const|let|var)\s+([^\W\d][\w$]*)")


@dataclass(frozen=True, slots=True)
class Query:
    """One question; ``language`` "" is any; ``group`` says where it is searched: a set, or a repository; ``kind`` is its category."""

    id: str
    set: str
    group: str
    text: str
    language: str
    kind: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """Documents by group, queries, and the relevance of ids by query. ``of_files``: the labels name files, not documents."""

    groups: Mapping[str, Sequence[Document]]
    queries: Sequence[Query]
    relevance: Mapping[str, Mapping[str, float]]
    of_files: bool


def read_labelled(folder: Path) -> Labelled:
    """Read a folder of that format."""
    entries = _lines(folder / "corpus.jsonl")
    groups: dict[str, list[Document]] = {}
    for entry in entries:
        groups.setdefault(_group(entry), []).append(document_of(entry))
    queries = [
        Query(one["id"], one["set"], _group(one), one["query"], one.get("language") or "", one.get("category") or "")
        for one in _lines(folder / "queries.jsonl")
    ]
    return Labelled(groups, queries, _relevance(folder / "qrels.tsv"), any("path" in entry for entry in entries))


def document_of(entry: Mapping[str, Any]) -> Document:
    """An entry as the product would hold it: a unit of source code where it has a path, else a pattern.

    A name that the entry lacks is read from its code, as extraction would; so is a description. The entry's own id is not
    searched: it may hold the title that is asked for.
    """
    name, doc = entry.get("name") or "", entry.get("doc") or ""
    if not name:
        name, doc = _read(entry["code"], entry["language"], doc)
    path = entry.get("path") or ""
    return Document(
        library=entry["set"], place=entry["id"], id=f"{path}:{name}" if path else f"{entry['language']}/x",
        version=0 if path else 1, digest=entry["id"], name=name, kind="class" if entry.get("kind") == "type" else "function",
        language=entry["language"], framework="", tags=(), description=first_sentence(doc), suggested_action="",
        code=entry["code"], path=path, origin_repository=entry.get("repo") or "", line=1 if path else 0,
    )  # fmt: skip


def _group(entry: Mapping[str, Any]) -> str:
    return str(entry.get("repo") or entry["set"])


def _read(code: str, language: str, doc: str) -> tuple[str, str]:
    """Name and description of what a piece of code defines: of its largest unit, or of the first definition in it."""
    units = [one for one in units_in(code.encode(), f"x.{EXTENSIONS[language]}") if one.name not in SAYS_NOTHING]
    if units:
        unit = max(units, key=lambda one: len(stored_code(one)))
        return unit.name, doc or unit.description
    return next((name for name in _DEFINED.findall(code) if name not in SAYS_NOTHING), ""), doc


def _relevance(path: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, relevance = line.split("\t")[:3]
        found.setdefault(query, {})[document] = float(relevance)
    return found


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
