"""Go, read with tree-sitter.

A type and its methods are one unit. A name is private only if it begins with ``_``: helpers that a package keeps to itself, which
Go writes in lower case, are what one reuses most.
"""

from __future__ import annotations

from foundry_git.source.go.grammar import GRAMMAR
from foundry_git.source.go.linkage import PackageLinkage
from foundry_git.source.treesitter.closure import closer
from foundry_git.source.treesitter.units import reader

READER = reader(GRAMMAR, closer(GRAMMAR, PackageLinkage(GRAMMAR)))
