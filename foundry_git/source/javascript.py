"""JavaScript with JSX, read with tree-sitter."""

from __future__ import annotations

import tree_sitter_javascript

from foundry_git.source.ecmascript.grammar import grammar_of
from foundry_git.source.ecmascript.linkage import ModuleLinkage
from foundry_git.source.treesitter.closure import closer
from foundry_git.source.treesitter.units import reader

GRAMMAR = grammar_of("javascript", "js1", lambda path: (tree_sitter_javascript.language,))
READER = reader(GRAMMAR, closer(GRAMMAR, ModuleLinkage(GRAMMAR)))
