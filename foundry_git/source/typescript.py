"""TypeScript with JSX, read with tree-sitter: two grammars, since ``<T>x`` is a cast in one and a tag in the other."""

from __future__ import annotations

import tree_sitter_typescript

from foundry_git.source.ecmascript.grammar import grammar_of
from foundry_git.source.ecmascript.linkage import ModuleLinkage
from foundry_git.source.treesitter.closure import closer
from foundry_git.source.treesitter.parsing import Load
from foundry_git.source.treesitter.units import reader

_PLAIN, _WITH_TAGS = tree_sitter_typescript.language_typescript, tree_sitter_typescript.language_tsx


def _loads(path: str) -> tuple[Load, ...]:
    if path.lower().endswith(".tsx"):
        return (_WITH_TAGS,)
    return (_PLAIN, _WITH_TAGS) if not path else (_PLAIN,)


GRAMMAR = grammar_of("typescript", "ts1", _loads)
READER = reader(GRAMMAR, closer(GRAMMAR, ModuleLinkage(GRAMMAR)))
