"""Token counts: how many tokens a text takes in a prompt, without a tokenizer at hand.

Each agent has a tokenizer of its own. What they share: a common word is one token, a long one several, digits go by threes and
each mark is one. `python -m benchmarks.execution.tokens` holds the rule against WordPiece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from foundry_git.escaping import for_prompt

LETTERS, DIGITS = 7, 3
"""The most letters and digits that one token holds."""

_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


def tokens_of(text: str) -> int:
    """Return how many tokens a text takes, about."""
    return sum(_tokens(piece) for piece in _PIECE.findall(text))


def within(lines: Iterable[str], budget: int) -> tuple[str, int]:
    """Return the first lines that fit into a budget of tokens as one text, and how many tokens that takes; the first is cut to fit.

    What a line holds may be anybody's: it begins no other line, no code and no tag.
    """
    kept: list[str] = []
    used = 0
    for each in lines:
        line = for_prompt(each)
        count = tokens_of(line)
        if used + count > budget:
            if not kept:
                line, count = _cut(line, budget)
                kept, used = [line], count
            break
        kept.append(line)
        used += count
    return "\n".join(kept), used


def _tokens(piece: str) -> int:
    if not piece.isascii() and not piece.isdigit():
        return len(piece)
    return -(-len(piece) // (DIGITS if piece.isdigit() else LETTERS))


def _cut(line: str, budget: int) -> tuple[str, int]:
    """The beginning of a line that fits, with a mark that something is missing."""
    used, end = 1, 0
    for piece in _PIECE.finditer(line):
        count = _tokens(piece[0])
        if used + count > budget:
            break
        used, end = used + count, piece.end()
    return f"{line[:end]}…", used
