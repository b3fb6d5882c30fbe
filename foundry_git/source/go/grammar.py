"""The grammar of Go."""

from __future__ import annotations

import tree_sitter_go

from foundry_git.source.go.definitions import definitions
from foundry_git.source.go.heads import documentation, head
from foundry_git.source.go.imports import declared, imports, origin, preamble, written
from foundry_git.source.go.language import TOKENS
from foundry_git.source.go.names import NAMES
from foundry_git.source.go.new_calls import mended
from foundry_git.source.treesitter.grammar import Branching, Grammar

_BRANCHING = Branching(
    functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
    decisions=dict.fromkeys(("if", "for", "case", "&&", "||"), 1),
    blocks=frozenset(
        {"if_statement", "for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"}
    ),
)

GRAMMAR = Grammar(
    language="go",
    algorithm="go1",
    loads=lambda path, text: (tree_sitter_go.language,),
    tokens=TOKENS,
    names=NAMES,
    branching=_BRANCHING,
    definitions=definitions,
    head=head,
    documentation=documentation,
    imports=imports,
    written=written,
    import_kinds=frozenset({"package_clause", "import_declaration"}),
    origin=origin,
    preamble=preamble,
    declared=declared,
    mended=mended,
    gap="\n\n",
)
