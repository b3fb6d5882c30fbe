"""Passes over a file that was read before: each definition is walked once, for its own unit and for all that need it.

Of a definition of several parts each is a statement of its own to whoever needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import islice

from foundry_git.source.treesitter.definitions import Part
from foundry_git.source.treesitter.grammar import Grammar
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.tree import Node
from foundry_git.source.treesitter.walk import Outside, UnitWalk

_LINES, _OUTSIDE = "lines", "outside"


def keep_lines(part: Part, lines: int, source: Source) -> None:
    """Keep how many lines of code a part is, which is told from its trees."""
    source.kept[_LINES, *_place(part)] = lines


def kept_lines(part: Part, source: Source) -> int | None:
    """How many lines of code a part is, where that was kept."""
    found = source.kept.get((_LINES, *_place(part)))
    return found if isinstance(found, int) else None


def walked(part: Part, trees: Callable[[], Sequence[Node]], names: Sequence[str], source: Source, grammar: Grammar) -> Outside:
    """What a part of a file, whose own names are ``names``, uses; its ``trees`` are asked for where it was not walked yet."""
    found = source.kept.get((_place(part), *names))
    if isinstance(found, Outside):
        return found
    found = source.kept.get((_OUTSIDE, *_place(part)))
    return found.binding(names) if isinstance(found, Outside) else walk_anew([part], [trees()], names, source, grammar)


def walk_anew(
    parts: Sequence[Part], trees: Sequence[Sequence[Node]], names: Sequence[str], source: Source, grammar: Grammar
) -> UnitWalk:
    """Walk through the trees of each part, and keep what was found."""
    walk = UnitWalk([tree for some in trees for tree in some], names, grammar.names, grammar.branching)
    source.kept[*map(_place, parts), *names] = walk
    if len(parts) > 1:
        pieces = iter(walk.pieces)
        for part, some in zip(parts, trees, strict=True):
            outside = source.kept[_OUTSIDE, *_place(part)] = Outside()
            for each in islice(pieces, len(some)):
                outside.add(each)
    return walk


def _place(part: Part) -> tuple[Hashable, ...]:
    return part.first.start_byte, part.node.start_byte, part.node.end_byte, part.node.type
