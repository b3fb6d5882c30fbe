#!/usr/bin/env bash
# A query that finds the statements of Go's blocks with tree-sitter-go 0.23 finds something else with 0.25, and no error says so.
#
# Versions:  tree-sitter 0.25.2 with tree-sitter-go 0.23.4 and 0.25.0 (PyPI)
# Guess:     where a grammar changes its tree, a query that no longer fits is refused, since queries are checked against the grammar.
# Seen:      0.25 puts a `statement_list` between a block and its statements. A query that names both kinds next to each other is
#            refused indeed ("Impossible pattern"); one with a wildcard, `(block (_) @s)`, is not, and returns lists for statements.
#            Walks over children change in silence too: whoever hashes kinds of nodes gets another hash for the same code, and depth
#            counts one more for each block.
# Output:    0.23.4: if_statement return_statement, depth 8 · 0.25.0: statement_list, depth 10
# Date:      2026-11-29
# Touches:   hashes of normalised code (duplicates, sightings), saved queries, complexity by depth: a grammar's minor version is part
#            of what they are, and belongs into their name or a cap on the dependency.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/look.py" <<'PYTHON'
import tree_sitter_go
from tree_sitter import Language, Parser, Query, QueryCursor

GO = Language(tree_sitter_go.language())
CODE = b"package p\n\nfunc f(x int) int {\n\tif x > 0 {\n\t\treturn 1\n\t}\n\treturn 0\n}\n"


def depth(node):
    return 1 + max((depth(child) for child in node.children), default=0)


root = Parser(GO).parse(CODE).root_node
found = QueryCursor(Query(GO, "(block (_) @statement)")).captures(root)
kinds = sorted({node.type for node in found["statement"]})
print(f"{' '.join(kinds)}, depth {depth(root)}")
PYTHON
look() {
    python3 -m venv "$folder/$1"
    "$folder/$1/bin/pip" install --quiet --disable-pip-version-check tree-sitter==0.25.2 "tree-sitter-go==$1"
    "$folder/$1/bin/python" "$folder/look.py"
}
old=$(look 0.23.4)
new=$(look 0.25.0)
echo "0.23.4: $old · 0.25.0: $new"
[ "$old" = "if_statement return_statement, depth 8" ] && [ "$new" = "statement_list, depth 10" ] || { echo "changed: see above"; exit 1; }
