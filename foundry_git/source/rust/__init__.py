"""Rust, read with tree-sitter.

A type and its ``impl`` blocks are one unit. What a module keeps to itself is not private here: the helpers without ``pub`` are
what one reuses most; only a name that begins with ``_`` is.
"""

from __future__ import annotations

from foundry_git.source.rust.grammar import GRAMMAR
from foundry_git.source.rust.linkage import CrateLinkage
from foundry_git.source.treesitter.closure import closer
from foundry_git.source.treesitter.units import reader

READER = reader(GRAMMAR, closer(GRAMMAR, CrateLinkage(GRAMMAR)))
