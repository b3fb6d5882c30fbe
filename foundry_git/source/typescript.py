"""TypeScript with JSX, read with tree-sitter: two grammars, since ``<T>x`` is a cast in one and a tag in the other."""

from __future__ import annotations

import re

import tree_sitter_typescript

from foundry_git.source.ecmascript.grammar import grammar_of
from foundry_git.source.ecmascript.linkage import ModuleLinkage
from foundry_git.source.treesitter.closure import closer
from foundry_git.source.treesitter.parsing import Load
from foundry_git.source.treesitter.units import reader

_PLAIN, _WITH_TAGS = tree_sitter_typescript.language_typescript, tree_sitter_typescript.language_tsx


def _loads(path: str, text: str) -> tuple[Load, ...]:
    if path.lower().endswith(".tsx"):
        return (_WITH_TAGS,)
    return (_PLAIN, _WITH_TAGS) if not path.rpartition("/")[2].count(".") else (_PLAIN,)


_USING = re.compile(
    rb"(?<![\w$.])(?:await[ \t]+)?using(?=[ \t]+(?!of\b|in\b|instanceof\b)[\w$]+(?:[ \t]*=(?![=>])|[ \t]*:|[ \t]+of\b))"
)


def _mended(data: bytes) -> bytes:
    """``using`` declares as ``const`` does; tree-sitter-typescript 0.23 takes it for an assignment, or for nothing at all."""
    return _USING.sub(lambda found: b"const".ljust(len(found[0])), data) if b"using" in data else data


GRAMMAR = grammar_of("typescript", "ts1", _loads, _mended)
READER = reader(GRAMMAR, closer(GRAMMAR, ModuleLinkage(GRAMMAR)))
