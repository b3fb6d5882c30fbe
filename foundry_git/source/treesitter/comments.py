"""Comments: the text of those that document a unit, and how many lines of code stand between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from foundry_git.source.treesitter.definitions import Part
from foundry_git.source.treesitter.grammar import Grammar
from foundry_git.source.treesitter.parsing import Source

_STAR = re.compile(r"^[ \t]*\* ?", re.MULTILINE)


def docstring_of(part: Part, source: Source, grammar: Grammar) -> str:
    """Join the documenting comments directly above a definition, without their marks."""
    found: list[str] = []
    for node in part.above:
        if node.type in grammar.tokens.comments:
            text = grammar.documentation(source.cut(node.start_byte, node.end_byte))
            if text is not None:
                found.append(text)
    return "\n".join(found).strip()


def block_text(comment: str, opening: str) -> str:
    """Take the marks off a block comment that begins with ``opening``, and the star before each line."""
    return _STAR.sub("", comment.removeprefix(opening).removesuffix("*/")).strip()


def lines_of_code(data: bytes, spans: Iterable[tuple[int, int]], comments: Sequence[tuple[int, int]]) -> int:
    """Count the lines within some spans of bytes that hold more than blanks and comments."""
    ordered = sorted(comments)
    starts = [start for start, _ in ordered]
    return sum(_count(data, start, end, ordered[bisect_left(starts, start) : bisect_left(starts, end)]) for start, end in spans)


def _count(data: bytes, start: int, end: int, comments: Sequence[tuple[int, int]]) -> int:
    kept: list[bytes] = []
    for first, last in comments:
        kept += [data[start:first], b"\n" * data.count(b"\n", first, last)]
        start = last
    kept.append(data[start:end])
    return sum(1 for line in b"".join(kept).split(b"\n") if line.strip())
