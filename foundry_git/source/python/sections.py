"""Sections of a Python file: where its units stand, read block by block, for most blocks of a version stood in the one before."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from foundry_git.errors import SourceError
from foundry_git.source.python.body import body_of, first_line
from foundry_git.source.python.parsing import normalised, parse
from foundry_git.source.python.units import candidates, is_overload, kind_of
from foundry_git.source.units import Section

BLOCKS_KEPT = 512  # some kilobytes each; with 128 `extract --all` of httpx takes a third longer, with 4,096 as long
_FIRST_WORD = re.compile(r"^(?:@|[^\W\d]\w*)|\"\"\"|'''", re.MULTILINE)
_QUOTES = frozenset({'"""', "'''"})
_GOES_ON = frozenset({"else", "elif", "except", "finally"})


def sections(text: str, path: str) -> list[Section]:
    """Read where the units of a file stand; see ``units.read_sections``.

    A file is cut where a statement at the left margin may begin. Where each block is Python, so is the file, and says the same; where
    one is not, as the cut went through a string, or the file is wrong, it is read as a whole.

    Raises:
        SourceError: not Python, or nested too deeply.
    """
    plain = normalised(text)
    try:
        found = [(line, found) for line, block in _blocks(plain) for found in _found_in(block)]
    except SourceError:
        found = [(0, found) for found in _read(plain, path)]
    first: dict[str, Section] = {}
    for line, one in found:
        if not one.is_overload and one.name not in first:
            first[one.name] = Section(one.kind, one.name, line + one.first, line + one.last, one.body)
    return list(first.values())


class _Found(Struct, frozen=True):
    """A definition in a block, its lines counted from the block's first as 1."""

    kind: str
    name: str
    first: int
    last: int
    body: str
    is_overload: bool


@lru_cache(maxsize=BLOCKS_KEPT)
def _found_in(block: str) -> tuple[_Found, ...]:
    return _read(block, "")


def _read(text: str, path: str) -> tuple[_Found, ...]:
    lines = text.split("\n")  # not splitlines: a form feed ends no line of Python
    return tuple(
        _Found(
            kind_of(node), node.name, first_line(node), node.end_lineno or node.lineno, body_of(node, lines), is_overload(node)
        )
        for node in candidates(parse(text, path).body)
    )


def _blocks(text: str) -> list[tuple[int, str]]:
    """The blocks of a file, each behind the number of lines before it; a decorator stands in one with what it decorates.

    A long string is passed over as far as that can be told without reading the file.
    """
    starts, is_decorated, quotes = [0], False, ""
    for found in _FIRST_WORD.finditer(text):
        word = found[0]
        if word in _QUOTES or quotes:
            quotes = quotes if quotes and word != quotes else "" if quotes else word
            continue
        if word not in _GOES_ON and not is_decorated:
            starts.append(found.start())
        is_decorated = word == "@"
    blocks, line = [], 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        blocks.append((line, text[start:end]))
        line += text.count("\n", start, end)
    return blocks
