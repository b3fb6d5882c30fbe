#!/usr/bin/env bash
# lizard does not list Python methods that stand on one line, nor a function around such a one, nor TypeScript's generic functions.
#
# Versions:  lizard 1.24.3, tree-sitter 0.26.1, tree-sitter-python 0.25.0, tree-sitter-typescript 0.23.2 (PyPI)
# Guess:     lizard reads tokens, not a grammar, so its numbers may be off, but each function of a valid file is there.
# Seen:      `def width(self): return self._width` is not there. Where the first statement of a function is such a one, that one is
#            there, with the lines of the outer function, which is not: 2 of 5 functions are listed. In TypeScript
#            `function first<T>(…)` is missing, its plain twin is not. No warning, no option.
# Output:    python: area inner of width height area outer inner · typescript: last of first last
# Date:      2026-11-29
# Touches:   counts of functions, complexity gates, and who mines histories with PyDriller: its changed methods come from lizard.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    lizard==1.24.3 tree-sitter==0.26.1 tree-sitter-python==0.25.0 tree-sitter-typescript==0.23.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import lizard
import tree_sitter_python
import tree_sitter_typescript
from tree_sitter import Language, Parser, Query, QueryCursor

PYTHON = """\
class Box:
    def width(self): return self._width
    def height(self): return self._height

    def area(self):
        return self.width() * self.height()


def outer(x):
    def inner(): return x
    return inner
"""
TYPESCRIPT = "function first<T>(all: T[]): T { return all[0] }\nfunction last(all: string[]): string { return all[all.length - 1] }\n"


def counted(name, code):
    return " ".join(found.name.rpartition(".")[2] for found in lizard.analyze_file.analyze_source_code(name, code).function_list)


def parsed(language, kind, code):
    root = Parser(language).parse(code.encode()).root_node
    assert not root.has_error
    found = QueryCursor(Query(language, f"({kind} name: (_) @name)")).captures(root)["name"]
    return " ".join(node.text.decode() for node in sorted(found, key=lambda node: node.start_byte))


python = counted("box.py", PYTHON), parsed(Language(tree_sitter_python.language()), "function_definition", PYTHON)
typescript = (
    counted("ends.ts", TYPESCRIPT),
    parsed(Language(tree_sitter_typescript.language_typescript()), "function_declaration", TYPESCRIPT),
)
seen = "python: {} of {} · typescript: {} of {}".format(*python, *typescript)
print(seen)
sys.exit(0 if seen == "python: area inner of width height area outer inner · typescript: last of first last" else "changed: see above")
PYTHON
