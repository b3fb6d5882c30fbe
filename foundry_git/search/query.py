"""A query as typed, and what it asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from foundry_git.index.document import DocumentRow
from foundry_git.index.identifiers import as_pairs, split_identifiers
from foundry_git.pattern.vocabulary import ANY_LANGUAGE

MAX_WORDS = 32
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$./-]*\Z")
_MENTIONED = re.compile(r"\b(?:[A-Za-z]+_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|[A-Z]\w{2,})\b")
_STOP_WORDS = frozenset(
    "a an and any are as at be by can do does for from get given has have how i if in into is it its my of on or our so than that"
    " the their them then there this to up use using want we what when where which while who why will with you your".split()
)
_LANGUAGE_WORDS = {
    "python": "python", "python3": "python", "py": "python", "javascript": "javascript", "js": "javascript", "nodejs": "javascript",
    "typescript": "typescript", "ts": "typescript", "golang": "go", "rust": "rust",
}  # fmt: skip
"""Words that name a language and nothing else: ``go`` and ``node`` mean too much besides."""
_LEFT_HANGING = re.compile(r"\s+(?:in|with|using|for|on)\s*\Z")


class Question(Struct, frozen=True):
    """A query, taken apart.

    ``text``: as typed; ``bare``: without the words that name a language; ``languages``: those named; ``words``: to look up;
    ``name``: the one identifier that it consists of, split into words, else ""; ``mentioned``: identifiers within prose, split.
    """

    text: str
    bare: str
    languages: frozenset[str]
    words: tuple[str, ...]
    name: str
    mentioned: frozenset[str]

    @classmethod
    def of(cls, query: str) -> Question:
        """Take a query apart."""
        text = " ".join(query.split())
        named = {word: _LANGUAGE_WORDS[word] for word in re.findall(r"\w+", text.lower()) if word in _LANGUAGE_WORDS}
        bare = _without(text, named) if named else text
        name = split_identifiers(text) if _IDENTIFIER.match(text) else ""
        # What opens a sentence is written large for that, not because it is a name.
        mentioned = frozenset() if name else frozenset(split_identifiers(word) for word in _MENTIONED.findall(text[1:]))
        return cls(text, bare, frozenset(named.values()), tuple(words_of(bare)), name, mentioned)


class Filters(Struct, frozen=True):
    """Only versions that have all of these; "" takes any, no ``languages`` take every one. Guidance is of any language."""

    languages: frozenset[str] = frozenset()
    framework: str = ""
    tag: str = ""
    kind: str = ""
    library: str = ""

    def admits(self, row: DocumentRow) -> bool:
        """Tell whether a row may be shown."""
        return (
            (not self.languages or row.language in self.languages or row.language == ANY_LANGUAGE)
            and self.framework in ("", row.framework)
            and (not self.tag or self.tag in row.tags)
            and self.kind in ("", row.kind)
            and self.library in ("", row.library)
        )


class SearchQuery(Struct, frozen=True):
    """What is searched for: a ``text`` among what ``filters`` admit; ``limit`` None takes the settings' default.

    ``with_units``: among the units of HEAD too, which nobody reviewed. ``by_words``: by words alone, so that no model is opened.
    """

    text: str
    filters: Filters = Filters()
    limit: int | None = None
    with_units: bool = False
    by_words: bool = False


def words_of(query: str) -> list[str]:
    """The words to look up: identifiers split, stop words out unless nothing else is left; at most 32, each once."""
    words = list(dict.fromkeys(split_identifiers(as_pairs(query)).split()))
    telling = [word for word in words if word not in _STOP_WORDS]
    return (telling or words)[:MAX_WORDS]


def current_rows(rows: Sequence[DocumentRow], libraries: Sequence[str], filters: Filters) -> list[DocumentRow]:
    """The one row that stands for each pattern: its newest version that is not deprecated, of the first library that has it."""
    rank = {name: number for number, name in enumerate(libraries)}
    best: dict[str, DocumentRow] = {}
    for row in rows:
        if row.deprecated or row.library not in rank or not filters.admits(row):
            continue
        held = best.get(row.id)
        if held is None or _precedence(row, rank) < _precedence(held, rank):
            best[row.id] = row
    return list(best.values())


def _precedence(row: DocumentRow, rank: Mapping[str, int]) -> tuple[int, int]:
    return rank[row.library], -row.version


def _without(text: str, words: Collection[str]) -> str:
    """The text without some words and what then hangs at its end ("… in python"); the text itself where nothing else is left."""
    left = " ".join(word for word in text.split() if word.lower().strip("?.,:;()") not in words)
    return _LEFT_HANGING.sub("", left) or text
