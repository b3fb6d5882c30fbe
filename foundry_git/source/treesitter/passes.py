"""Passes over a file that was read before: each definition is walked once, for its own unit and for all that need it.

Of a definition of several parts each is a statement of its own to whoever needs it, so their trees are kept for that once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from foundry_git.source.treesitter.definitions import Part
from foundry_git.source.treesitter.grammar import Grammar
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.tree import Node, grow
from foundry_git.source.treesitter.walk import UnitWalk

_LINES = "lines"


@dataclass(frozen=True, slots=True)
class Grown:
    """A part as trees: its node and the attributes above it, each with where the comments in it stand."""

    node: tuple[Node, list[tuple[int, int]]]
    attributes: tuple[tuple[Node, list[tuple[int, int]]], ...]


def grown(part: Part, source: Source, grammar: Grammar) -> Grown:
    """The trees of a part: those that were kept, which are then no longer, or grown anew."""
    found = source.kept.pop(_place(part), None)
    if isinstance(found, Grown):
        return found
    data, tokens = source.data, grammar.tokens
    above = (grow(node, data, tokens) for node in part.above if node.type in tokens.attributes)
    return Grown(grow(part.node, data, tokens), tuple(above))


def keep_grown(part: Part, trees: Grown, source: Source) -> None:
    """Keep trees for whoever asks for the part next."""
    source.kept[_place(part)] = trees


def keep_lines(part: Part, lines: int, source: Source) -> None:
    """Keep how many lines of code a part is, which is told from its trees."""
    source.kept[_LINES, *_place(part)] = lines


def kept_lines(part: Part, source: Source) -> int | None:
    """How many lines of code a part is, where that was kept."""
    found = source.kept.get((_LINES, *_place(part)))
    return found if isinstance(found, int) else None


def walked(
    parts: Sequence[Part], trees: Callable[[], Sequence[Node]], names: Sequence[str], source: Source, grammar: Grammar
) -> UnitWalk:
    """The walk over some parts of a file, whose own names are ``names``; ``trees`` are asked for where there was none yet."""
    found = source.kept.get(_key(parts, names))
    return found if isinstance(found, UnitWalk) else walk_anew(parts, trees(), names, source, grammar)


def walk_anew(parts: Sequence[Part], trees: Sequence[Node], names: Sequence[str], source: Source, grammar: Grammar) -> UnitWalk:
    """Walk, which some plans prepare trees for, and keep what was found."""
    walk = UnitWalk(trees, names, grammar.names, grammar.branching)
    source.kept[_key(parts, names)] = walk
    return walk


def _key(parts: Sequence[Part], names: Sequence[str]) -> tuple[object, ...]:
    return (*map(_place, parts), *names)


def _place(part: Part) -> tuple[Hashable, ...]:
    return part.first.start_byte, part.node.start_byte, part.node.end_byte, part.node.type
