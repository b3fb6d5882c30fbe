"""Signals: what the name of a row and the place of its file say about a question, beside words and meaning. Pure.

The bonuses were chosen together on 125 labelled questions about seven repositories (NDCG@10 of files, each taken away alone: see
`python -m benchmarks.retrieval`). Those of a file count only for units of source code: a pattern's folder says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from foundry_git.index.document import DocumentRow
from foundry_git.index.identifiers import split_identifiers
from foundry_git.search.query import Question
from foundry_git.source.files import is_aside, is_test_path

NAME_BONUS = 0.3  # more than all words together, so that what is called what was typed comes first
TYPE_BONUS = 0.1  # of a type over a function of the same name: who types `Router` wants the type, not a method
MENTION_BONUS = 0.2  # half a name: prose that mentions `TypeAdapter` is about more than it
FILE_BONUS = 0.07  # for a file whose whole name is in the question: "panic recovery" and recovery.go
SIDE_PENALTY = 0.1  # tests, examples, benchmarks and superseded code show a use, rarely the thing itself
MATES_BONUS = 0.15  # a file with several answers is more likely the place
TYPE_LIFT = 0.02  # a type stands for its methods
FOLDER_PENALTY = 0.01  # for each folder above: what lies deep is internal, or an older copy of what lies higher
PROSE_PENALTY = 0.037  # of what is described: prose is nearer to any question than code alone, by its vector and by its words
LANGUAGE_BONUS = 0.05  # a language named in the question, where several are searched

TYPES = frozenset({"class", "struct", "enum", "trait", "interface", "type"})


def bonuses(question: Question, row: DocumentRow, languages: int) -> dict[str, float]:
    """What name and place add to the score of one row, by what it is; ``languages``: how many the corpus has."""
    parts: dict[str, float] = {}
    name = split_identifiers(row.name)
    if question.name and question.name == name:
        parts["name"] = NAME_BONUS + TYPE_BONUS * (row.kind in TYPES)
    if languages > 1 and row.language in question.languages:
        parts["language"] = LANGUAGE_BONUS
    if row.described:
        parts["prose"] = -PROSE_PENALTY
    return parts | (_of_file(question, row) if row.line else {})


def mates(scores: Mapping[int, float], files: Mapping[int, str]) -> dict[int, float]:
    """What units gain by others of their file: ``MATES_BONUS`` for the file that has most score above the lowest given."""
    floor = min(scores.values(), default=0.0)
    whole: dict[str, float] = {}
    for number, file in files.items():
        whole[file] = whole.get(file, 0.0) + scores[number] - floor
    most = max(whole.values(), default=0.0)
    return {number: MATES_BONUS * whole[file] / most for number, file in files.items()} if most > 0 else {}


def _of_file(question: Question, row: DocumentRow) -> dict[str, float]:
    parts: dict[str, float] = {}
    if split_identifiers(row.name) in question.mentioned:
        parts["name"] = MENTION_BONUS
    stem = _stem_words(row.path)
    asked = _singular(question.words)
    if shared := len(stem & asked):
        parts["file"] = FILE_BONUS * shared / len(stem)
    if row.kind in TYPES:
        parts["kind"] = TYPE_LIFT
    parts["place"] = -FOLDER_PENALTY * row.path.count("/") - SIDE_PENALTY * _is_aside(row.path)
    return parts


@lru_cache(maxsize=4096)
def _stem_words(path: str) -> frozenset[str]:
    return _singular(split_identifiers(path.rpartition("/")[2].partition(".")[0]).split())


@lru_cache(maxsize=4096)
def _is_aside(path: str) -> bool:
    return is_test_path(path) or is_aside(path)


def _singular(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:-1] if word.endswith("s") and len(word) > 3 else word for word in words)
