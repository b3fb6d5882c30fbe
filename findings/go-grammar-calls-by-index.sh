#!/usr/bin/env bash
# A Go call through an index is a type conversion to the grammar, or a call: it depends on the arguments and on what the index looks like.
#
# Versions:  tree-sitter 0.26.1, tree-sitter-go 0.25.0 (PyPI)
# Guess:     handlers[i](x) is a call_expression of an index_expression, whatever i is; only Map[int](xs) could be doubtful.
# Seen:      with one argument and a plain name as the index it is a type_conversion_expression to a generic type: handlers[i](x) as well
#            as Map[int](xs), where the first calls an element and the second a function. With another argument, or with an index that
#            can be no type (0, i+1, "a", i[j]), the same line is a call_expression. There is no error anywhere, and the Go language
#            tells the two apart only by what the names stand for.
# Output:    handlers[i](x) conversion · handlers[i](x, y) call · handlers[0](x) call · handlers[i+1](x) call · Map[int](xs) conversion
# Date:      2026-11-30
# Touches:   call graphs, complexity and rename tools that look for call_expression: dispatch through a table by a variable is missed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tree-sitter==0.26.1 tree-sitter-go==0.25.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import tree_sitter_go
from tree_sitter import Language, Parser

PARSER = Parser(Language(tree_sitter_go.language()))
KINDS = {"call_expression": "call", "type_conversion_expression": "conversion"}


def kind(line):
    root = PARSER.parse(f"package p\n\nfunc f(i int) {{\n\t{line}\n}}\n".encode()).root_node
    todo = [] if root.has_error else [root]
    while todo:
        node = todo.pop()
        if node.type in KINDS:
            return KINDS[node.type]
        todo += node.children
    return "error"


found = {line: kind(line) for line in ("handlers[i](x)", "handlers[i](x, y)", "handlers[0](x)", "handlers[i+1](x)", "Map[int](xs)")}
print(" · ".join(f"{line} {what}" for line, what in found.items()))
sys.exit(list(found.values()) != ["conversion", "call", "call", "call", "conversion"])
PYTHON
