#!/usr/bin/env bash
# `using file = open()` in TypeScript is an assignment to a name that nobody declared, without an error; JavaScript's grammar knows it.
#
# Versions:  tree-sitter 0.26.1, tree-sitter-typescript 0.23.2, tree-sitter-javascript 0.25.0 (PyPI); `using` is in TypeScript since 5.2
# Guess:     a declaration that a grammar does not know is an ERROR node, so that whoever looks for errors sees that the file is too new.
# Seen:      TypeScript's grammar takes the word `using` as if it were not there: what is left is an assignment_expression within an
#            expression_statement, and has_error is false; `await using` awaits an assignment. With a type (`using file: File`) there is an
#            error. JavaScript's grammar has using_declaration, but reads `for (using x of xs)` as a loop over a name `x` that
#            stands outside, again without an error.
# Output:    typescript: expression_statement, error False; javascript: using_declaration, error False; loop: identifier, error False
# Date:      2026-11-30
# Touches:   rename tools, linters and indexes on this grammar: the name counts as a global of the file, in each function that says `using`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    tree-sitter==0.26.1 tree-sitter-typescript==0.23.2 tree-sitter-javascript==0.25.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Parser

GRAMMARS = {"typescript": tree_sitter_typescript.language_typescript(), "javascript": tree_sitter_javascript.language()}


def parsed(language, text):
    return Parser(Language(GRAMMARS[language])).parse(text.encode()).root_node


def first_statement(language):
    root = parsed(language, "function f() {\n  using file = open();\n  return file.read();\n}\n")
    block = root.named_children[0].child_by_field_name("body")
    return f"{block.named_children[0].type}, error {root.has_error}"


loop = parsed("javascript", "for (using x of xs) { g(x) }\n")
found = [f"{language}: {first_statement(language)}" for language in GRAMMARS]
found.append(f"loop: {loop.named_children[0].child_by_field_name('left').type}, error {loop.has_error}")
print("; ".join(found))
sys.exit(
    found
    != [
        "typescript: expression_statement, error False",
        "javascript: using_declaration, error False",
        "loop: identifier, error False",
    ]
)
PYTHON
