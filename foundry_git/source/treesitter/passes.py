"""Passes over a file that was read before: each definition is walked once, for its own unit and for all that need it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from foundry_git.source.treesitter.definitions import Part
from foundry_git.source.treesitter.grammar import Grammar
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.tree import Node
from foundry_git.source.treesitter.walk import UnitWalk


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
    return (*((part.first.start_byte, part.node.start_byte, part.node.end_byte, part.node.type) for part in parts), *names)
