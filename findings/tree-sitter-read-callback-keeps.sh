#!/usr/bin/env bash
# tree-sitter's Python binding keeps for good whatever a read callback returns: parsing through a callback leaks twice the source.
#
# Versions:  tree-sitter 0.26.1 (0.25.2 and 0.26.0 the same), tree-sitter-go 0.25.0 (PyPI), CPython 3.11
# Guess:     Parser.parse(callback), meant for text that is not in one piece, needs less memory than Parser.parse(bytes).
# Seen:      parsing 240 kB thirty times from bytes adds nothing to the process; through a callback that returns slices of 4 kB it
#            adds about 14 MB, which no garbage collection gives back: two bytes for each byte parsed.
# Output:    bytes: 0 KiB · callback: 14124 KiB
# Date:      2026-11-29
# Touches:   indexers and watchers that parse thousands of files in one process: read the file, hand over bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tree-sitter==0.26.1 tree-sitter-go==0.25.0
"$folder/venv/bin/python" - <<'PYTHON'
import gc
import sys
from pathlib import Path

import tree_sitter_go
from tree_sitter import Language, Parser

parser = Parser(Language(tree_sitter_go.language()))
source = b"package p\n" + b"func f() {}\n" * 20_000


def read(offset, point):
    return source[offset : offset + 4096]


def resident():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def growth(argument):
    for _ in range(3):
        parser.parse(argument)
    before = resident()
    for _ in range(30):
        parser.parse(argument)
    return resident() - before


plain, called = growth(source), growth(read)
print(f"bytes: {plain} KiB · callback: {called} KiB")
sys.exit(0 if plain < 2_000 and called > 7_000 else "changed: see above")
PYTHON
