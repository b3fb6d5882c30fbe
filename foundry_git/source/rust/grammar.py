"""The grammar of Rust."""

from __future__ import annotations

import re

import tree_sitter_rust

from foundry_git.source.rust.definitions import definitions
from foundry_git.source.rust.heads import documentation, head
from foundry_git.source.rust.imports import declared, imports, module_of, origin, written
from foundry_git.source.rust.language import TOKENS
from foundry_git.source.rust.macros import CONDITION
from foundry_git.source.rust.names import NAMES
from foundry_git.source.rust.traits import implied
from foundry_git.source.rust.visibility import alone
from foundry_git.source.treesitter.grammar import Branching, Grammar

_NAMED_LIKE_A_TYPE = re.compile(rb"\bstr(?=!\s*[\[({])")
"""The macro ``str!`` of snapshot tests: the grammar takes no name of a primitive type for a macro."""

_BRANCHING = Branching(
    functions=frozenset({"function_item", "function_item of a type"}),
    decisions={**dict.fromkeys(("if", "while", "&&", "||", "?", "other_arm", CONDITION, "let else", "for_expression"), 1)},
    blocks=frozenset({"if_expression", "for_expression", "while_expression", "loop_expression", "match_expression"}),
)

GRAMMAR = Grammar(
    language="rust",
    algorithm="rs1",
    loads=lambda path, text: (tree_sitter_rust.language,),
    tokens=TOKENS,
    names=NAMES,
    branching=_BRANCHING,
    definitions=definitions,
    head=head,
    documentation=documentation,
    imports=imports,
    written=written,
    import_kinds=frozenset({"use_declaration"}),
    origin=origin,
    module_of=module_of,
    declared=declared,
    mended=lambda data: _NAMED_LIKE_A_TYPE.sub(b"_tr", data),
    separator="::",
    implied=implied,
    alone=alone,
)
